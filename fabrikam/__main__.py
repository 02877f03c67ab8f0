"""`python -m fabrikam`: the same as the command `fabrikam`."""

import sys

from fabrikam.console import run

if __name__ == "__main__":
    sys.exit(run())
