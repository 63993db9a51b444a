"""The logs of a car as the dashboard reads them from an item: JSON, the newest entry first, of this year and the last. Pure.

A text such as ``{"version":1,"cut":false,"rows":[[start,end,...],...]}``; ``conf/html/bmw/js/logs.js`` reads it. It has neither a VIN
nor a position. Times are whole epoch seconds; what is unknown is null.
"""

from __future__ import absolute_import, unicode_literals

import json

from bmw import times
from bmw.vehicle import states

VERSION = 1
#: characters of the text: all that an item shows, and openHAB writes each state into its log of events. 600 charges have about 30,000
MAX_CHARACTERS = states.MAX_CHARACTERS


def charges(found, now):
    """The text of charges (list of bmw.logbook.charges.Charge, the oldest first)."""
    return _text(found, now, _charge)


def trips(found, now, older=None):
    """The text of trips (list of bmw.logbook.trips.Trip, the oldest first). ``older``: start of the newest one that is left out."""
    return _text(found, now, _trip, older)


def curve(drawn):
    """The text of one charge (bmw.logbook.course.Drawn): ``{"version":1,"start":...,"end":...,"points":[[seconds, kW],...]}``.

    What is known of the state of charge follows as ``"levels":[[seconds, percent],...]``, ``"from"`` and ``"to"``.
    """
    end = None if drawn.end is None else int(drawn.end)
    points = [[int(moment), round(power, 1)] for moment, power in drawn.powers]
    told = {"version": VERSION, "start": int(drawn.start), "end": end, "points": points}
    more = (("levels", drawn.levels or None), ("from", drawn.begin), ("to", drawn.final))
    told.update((name, value) for name, value in more if value is not None)
    return json.dumps(told, separators=(",", ":"), sort_keys=True)


def _charge(charge):
    seconds = None if charge.seconds is None else int(charge.seconds)
    told_by = charge.sources.get("energy")
    span = [int(charge.start), int(charge.end), seconds, charge.energy, charge.begin, charge.final]
    return span + [charge.price, charge.cost, charge.place, told_by, charge.odometer]


def _trip(trip):
    span = [int(trip.start), int(trip.end), trip.distance, trip.odometer, trip.begin, trip.final, trip.energy]
    return span + [trip.origin, trip.destination, trip.has_gap]


def _text(found, now, row_of, older=None):
    since = times.month_start(now, times.at_home(now).tm_mon + 11)  # 1 January of last year
    rows, length = [], 0
    wanted = [entry for entry in reversed(found) if entry.start >= since]
    for entry in wanted:
        row = json.dumps(row_of(entry), separators=(",", ":"))
        length += len(row) + 1
        if length > MAX_CHARACTERS - 50:  # room for the rest of the text
            break
        rows.append(row)
    is_cut = len(rows) < len(wanted) or (older is not None and older >= since)
    return '{{"version":{},"cut":{},"rows":[{}]}}'.format(VERSION, "true" if is_cut else "false", ",".join(rows))
