"""`python -m influencr` is the command line."""

import sys

from influencr.cli import main

if __name__ == "__main__":
    sys.exit(main())
