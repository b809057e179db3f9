"""`python -m eventwindow` is the command `eventwindow`."""

import sys

from eventwindow.cli.process import process

if __name__ == "__main__":  # a second process imports this file again
    sys.exit(process())
