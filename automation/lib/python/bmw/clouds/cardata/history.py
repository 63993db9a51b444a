"""CarData's charging history: the last session and its curve, and the sessions for the log of charges (``bmw.logbook.charges``).

Pure. ``notes`` (JSON-able dict) keeps what is known, so that only new sessions are requested, and the sessions until the log has them.
Times are epoch seconds. BMW reports the energy taken from the grid, but not how much reached the battery, nor the cost.
Source: cardata.md 2.5.
"""

from __future__ import absolute_import, unicode_literals

import json
import time

from bmw import times
from bmw.clouds import values
from bmw.compat import upper
from bmw.redact import without_vins
from bmw.vehicle.plausible import converted, is_plausible
from bmw.vehicle.vehicle import Reading

#: each request starts so many seconds before the newest known session, because a car may report a session late, after newer ones
OVERLAP = 3 * 86400
#: a session may begin so many seconds after our clock's time
AHEAD = 86400
#: points of a curve, so that the item's text stays short
MAX_POINTS = 60
#: sessions that wait for the log: about ten a day for two months
MAX_SESSIONS = 600

_LAST = (
    "lastChargingSession",
    "lastChargingStart",
    "lastChargingEnd",
    "lastChargingDuration",
    "lastChargingEnergy",
    "lastChargingStartStateOfCharge",
    "lastChargingEndStateOfCharge",
    "lastChargingPlace",
    "lastChargingCurve",
)


def span(notes, now):
    """(from, to) of the next request, epoch seconds: two months at first, later only new sessions."""
    begin = times.month_start(now, 1)
    newest = notes.get("newest")
    if newest is not None and newest <= now and not notes.get("again"):
        begin = max(begin, newest - OVERLAP)
    return begin, now


def take(notes, entries, now):
    """Adds the sessions of ``entries`` (list of dict) to the notes."""
    fresh = [session for session in (_session(entry, now) for entry in entries) if session is not None]
    notes.pop("again", None)
    notes.pop("sessions", None)  # as version 1.0.0 kept them: these are asked for again, for the log
    # one that goes on has no end yet; it is told again
    ended = [session for session in fresh if session["end"] is not None]
    waiting = dict((session["start"], session) for session in notes.get("waiting", []) + ended)
    notes["waiting"] = [waiting[start] for start in sorted(waiting)][-MAX_SESSIONS:]
    starts = [session["start"] for session in fresh] + [start for start in [notes.get("newest")] if start is not None]
    notes["newest"] = max(starts) if starts else None
    last = notes.get("last")
    if last is not None:
        # first, so that the new form of the same session replaces the old one
        ended.insert(0, last)
    if ended:
        notes["last"] = max(reversed(ended), key=lambda session: session["start"])


def waiting(notes):
    """The sessions (list of dict) that the log does not have yet; None before the first answer."""
    return notes.get("waiting")


def kept(notes):
    """The log has the waiting sessions."""
    notes["waiting"] = []


def lost(notes, mark):
    """Lets the next request go back two months, if something of the log was lost that was not lost before.

    Args:
        mark (JSON-able): what is lost; false = nothing.
    """
    if mark and mark != notes.get("lost"):
        notes["again"] = True
    notes["lost"] = mark


def readings(notes):
    """{key: Reading} of all known values; empty before the first answer."""
    if "newest" not in notes:
        return {}
    found = dict.fromkeys(_LAST)
    if notes.get("last"):
        found.update(_last(notes["last"]))
    return dict((key, Reading(value)) for key, value in found.items())


def _session(entry, now):
    """The stored form of a session (JSON-able dict); None if it is not a session. A running session has no end."""
    start, end = (_moment(entry.get(name), now) for name in ("startTime", "endTime"))
    if start is None:
        return None
    end = end if end is not None and end >= start else None
    from_soc, to_soc = (values.value_or_none(values.share, entry.get(name)) for name in ("displayedStartSoc", "displayedSoc"))
    energy = values.value_or_none(values.amount, entry.get("energyConsumedFromPowerGridKwh"))
    if energy is None and None not in (from_soc, to_soc) and to_soc <= from_soc:
        energy = 0.0  # plugged in without charging
    seconds = values.value_or_none(values.amount, entry.get("totalChargingDurationSec"))
    if seconds is None and end is not None:
        seconds = end - start
    return {
        "start": start,
        "end": end,
        "seconds": seconds,
        "energy": energy,
        "from": from_soc,
        "to": to_soc,
        "place": _place(entry),
        "odometer": _odometer(entry),
        "curve": _curve(values.records(entry, "chargingBlocks"), now),
    }


def _moment(value, now):
    """Epoch seconds of the last fifty years, else None: milliseconds or a future time would stay the newest session forever."""
    seconds = values.value_or_none(values.positive, value)
    return seconds if seconds is not None and seconds <= now + AHEAD else None


def _place(entry):
    """Provider and town, without the street; None if both are unknown."""
    matches = values.records(values.block(entry, "publicChargingPoint"), "potentialChargingPointMatches")
    providers = set(values.value_or_none(values.text, match.get("providerName")) for match in matches)
    # BMW's guesses: if they differ, show none
    provider = providers.pop() if len(providers) == 1 else None
    town = values.value_or_none(values.text, values.block(entry, "chargingLocation").get("municipality"))
    return without_vins(", ".join(part for part in (provider, town) if part)) or None


def _odometer(entry):
    """Kilometres, None if unknown."""
    distance = values.value_or_none(values.positive, entry.get("mileage"))
    unit = upper(values.value_or_none(values.text, entry.get("mileageUnits")) or "KM").rpartition(".")[2]
    return None if distance is None else round(converted(distance, "mi" if unit.startswith("MI") else "km", "km"), 1)


def _curve(blocks, now):
    """[[epoch seconds, kW], ...]: the power from each time on, 0 at the end; None without blocks."""
    steps = []
    for block in blocks:
        start, end = (_moment(block.get(name), now) for name in ("startTime", "endTime"))
        power = values.value_or_none(values.amount, block.get("averagePowerGridKw"))
        if None not in (start, end, power) and end > start and is_plausible("chargingPower", power, "kW", "W"):
            steps.append((start, end, power))
    steps.sort()
    if not steps:
        return None
    width = -(-len(steps) // (MAX_POINTS - 1))
    points = [_mean(steps[first : first + width]) for first in range(0, len(steps), width)]
    return points + [[int(steps[-1][1]), 0]]


def _mean(steps):
    """One point for neighbouring steps: their mean power, weighted by duration."""
    seconds = sum(end - start for start, end, _power in steps)
    energy = sum((end - start) * power for start, end, power in steps)
    return [int(steps[0][0]), round(energy / seconds, 1)]


def _plausible(key, number):
    """The number in the unit of its key; None if it cannot be."""
    return number if is_plausible(key, number, None, None) else None


def _last(session):
    minutes = None if session["seconds"] is None else _plausible("lastChargingDuration", session["seconds"] / 60.0)
    energy = _plausible("lastChargingEnergy", session["energy"])
    parts = (
        time.strftime(str("%d.%m.%Y %H:%M"), times.at_home(session["start"])),
        None if energy is None else "{:.1f} kWh".format(energy),
        None if minutes is None else "{}:{:02d} h".format(*divmod(int(round(minutes)), 60)),
        session["place"],
    )
    return {
        "lastChargingSession": ", ".join(part for part in parts if part),
        "lastChargingStart": session["start"],
        "lastChargingEnd": session["end"],
        "lastChargingDuration": minutes,
        "lastChargingEnergy": energy,
        "lastChargingStartStateOfCharge": session["from"],
        "lastChargingEndStateOfCharge": session["to"],
        "lastChargingPlace": session["place"],
        "lastChargingCurve": None if session["curve"] is None else json.dumps(session["curve"], separators=(",", ":")),
    }
