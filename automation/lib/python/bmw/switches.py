"""Resets a switch after its command. openHAB sets the switch to the command that it received, maybe after our own update."""

from __future__ import absolute_import, unicode_literals

#: seconds until openHAB's own update by a command is surely done
SETTLES = 1


def put_back(worker, name, show):
    """Shows a switch's state after its command: now, and again after openHAB's own update.

    Args:
        worker (bmw.worker.Worker); name (str): of the switch; show: called without arguments, on the worker.
    """
    show()
    worker.later("put back " + name, SETTLES, show)
