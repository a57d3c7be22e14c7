"""``python -m sanctum_tui``."""

import sys

from sanctum_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
