"""``python3 -m bmw``: the command line, see ``bmw.cli.main``."""

from __future__ import absolute_import, unicode_literals

import sys

from bmw.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
