"""``python3 -m bmw``: the command line, see ``bmw.cli``."""

from __future__ import absolute_import, unicode_literals

import sys

from bmw.cli import main

if __name__ == "__main__":
    sys.exit(main())
