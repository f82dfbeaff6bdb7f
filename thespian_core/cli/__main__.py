"""Lets ``python -m thespian_core.cli`` do what ``thespian`` does."""

from __future__ import annotations

import sys

from thespian_core.cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
