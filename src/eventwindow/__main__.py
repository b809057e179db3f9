"""`python -m eventwindow` is the command `eventwindow`."""

import sys

from eventwindow.cli.main import main

sys.exit(main())
