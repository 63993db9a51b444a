"""What the historic clouds and MyBMW are asked more seldom than a car's state: when it is due, and trouble with it costs only itself.

CarData, whose calls are few, has a timetable of its own: ``bmw.clouds.cardata.rare_calls``.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.errors import CloudError

log = logging.getLogger("bmw")


def is_due(memory, topic, vin, now, seconds):
    """True at most every ``seconds`` per topic and car; takes note of it in ``memory`` (JSON-able dict)."""
    asked = memory.setdefault(topic, {})
    last = asked.get(vin)
    if last is not None and 0 <= now - last < seconds:
        return False
    asked[vin] = now
    return True


def readings(title, rows, session, vehicle):
    """Readings of the rarer calls; one that fails costs only itself.

    Args:
        title (str): the cloud, for the log. rows: pairs of (function that asks with session and vehicle, function that translates).
    """
    found = {}
    for ask, translate in rows:
        try:
            found.update(translate(ask(session, vehicle)))
        except CloudError as error:
            log.debug("%s: left out for now: %s", title, error.text())
    return found
