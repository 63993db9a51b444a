"""Steps that are all done, whatever fails at one of them: the end of an account must not hang on that of another."""

from __future__ import absolute_import, unicode_literals

import logging

log = logging.getLogger("bmw")


def do_all(steps, line):
    """Does each step, in order.

    Args:
        steps: callables without arguments.
        line (str): what the log says of a step that fails, with its error.
    """
    for step in steps:
        try:
            step()
        except:  # noqa: E722 - on Jython a Java exception is no Python Exception
            log.exception(line)
