"""Regular expressions that are compiled at their first use.

Jython compiles them in Python, a few milliseconds each: together a sixth of the module's load time, and most are not needed at the start.
"""

from __future__ import absolute_import, unicode_literals

import re


class Pattern(object):
    """Has the methods of ``re.compile(text, flags)``."""

    def __init__(self, text, flags=0):
        self._text = text
        self._flags = flags

    def __getattr__(self, name):
        if name.startswith("_"):  # of copy and pickle; nothing of a compiled one
            raise AttributeError(name)
        method = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, method)  # from now on without this function
        return method
