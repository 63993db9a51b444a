"""A switch that goes back by itself: as openHAB sets it to the command that it got, and may do so after our answer."""

from __future__ import absolute_import, unicode_literals

#: seconds after which openHAB's own update by a command is surely through
SETTLES = 1


def put_back(worker, name, show):
    """Shows a switch as it is after its command: now, and again when nothing changes it any more.

    Args:
        worker (bmw.worker.Worker); name (str): of the switch; show: called without arguments, on the worker.
    """
    show()
    worker.later("put back " + name, SETTLES, show)
