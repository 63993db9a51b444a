"""Rare calls of the historic clouds and MyBMW: when they are due. A failed call affects only its own values.

CarData allows few calls and has its own schedule: ``bmw.clouds.cardata.rare_calls``.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.errors import CloudError

log = logging.getLogger("bmw")


def is_due(memory, topic, vin, now, seconds):
    """True at most every ``seconds`` per topic and car. Remembers the time in ``memory`` (JSON-able dict)."""
    asked = memory.setdefault(topic, {})
    last = asked.get(vin)
    if last is not None and 0 <= now - last < seconds:
        return False
    asked[vin] = now
    return True


def readings(title, rows, session, vehicle):
    """Readings of the rare calls. A failed call is skipped.

    Args:
        title (str): the cloud, for the log. rows: pairs of (request function with session and vehicle, function that translates).
    """
    found = {}
    for ask, translate in rows:
        try:
            found.update(translate(ask(session, vehicle)))
        except CloudError as error:
            log.debug("%s: not available for now: %s", title, error.text())
    return found
