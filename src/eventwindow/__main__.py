"""`python -m eventwindow` is the command `eventwindow`."""

import sys

from eventwindow.cli import main

sys.exit(main())
