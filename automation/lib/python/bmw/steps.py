"""Does several steps even if one of them fails: an error while one account stops must not keep the others from stopping."""

from __future__ import absolute_import, unicode_literals

import logging

log = logging.getLogger("bmw")


def do_all(steps, line):
    """Does each step, in order.

    Args:
        steps: callables without arguments.
        line (str): log line for a failed step.
    """
    for step in steps:
        try:
            step()
        except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
            attempt(lambda: log.exception(line))


def attempt(function):
    """Calls the function, whatever it ends in: an error can leave no memory even for the log line about it."""
    try:
        function()
    except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
        return
