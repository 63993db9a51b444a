"""CarData's calls for what changes rarely: when each is due, and its values.

Calls are limited, so these are not made while the polls need the remaining calls. A failed call does not stop the others.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw import times
from bmw.clouds.cardata import history, places, tyres
from bmw.clouds.cardata.paging import collect
from bmw.errors import CloudError, NetworkError, NotFound, Paused, QuotaExceeded, SignInNeeded, TokenRejected
from bmw.record import record
from bmw.vehicle.picture import recognised

log = logging.getLogger("bmw")

DAY = 86400
#: calls to keep for the polls; with more, none would be left for this on a day when the car never sleeps
KEEP = 1
#: seconds until a call is repeated after a server error, and after a refusal
AFTER_FAILURE, AFTER_REFUSAL = 6 * 3600, DAY
#: seconds after the end of charging until the session is in BMW's history
CHARGE_SETTLES = 600

#: What is needed to ask. get: callable (end of the path, query) -> Response; has_room: callable -> True if a call can be spared;
#: notes: what is kept of this topic (JSON-able dict); now: epoch seconds
Errand = record("Errand", "get has_room notes now")


class NoRoom(Exception):
    """The calls ran out between two pages (never leaves this module)."""


def _ask_history(errand):
    begin, end = history.span(errand.notes, errand.now)
    query = {"from": times.to_iso(begin), "to": times.to_iso(end)}
    history.take(errand.notes, _list(errand, "chargingHistory", query, "next_token"), errand.now)
    return {}


def _ask_tyres(errand):
    return tyres.translate(errand.get("smartMaintenanceTyreDiagnosis", {}).json())


def _ask_places(errand):
    try:
        entries = _list(errand, "locationBasedChargingSettings", {}, "nextToken")
    except NotFound:
        entries = []
    places.take(errand.notes, entries)
    return {}


def _ask_picture(errand):
    return recognised(errand.get("image", {}).body)


def _list(errand, path, query, token_name):
    entries = collect(lambda params: errand.get(path, params).json(), query, token_name, errand.has_room)
    if entries is None:
        raise NoRoom()
    return entries


def _show_history(notes, _vehicle, _now):
    return history.readings(notes)


def _show_places(notes, vehicle, _now):
    position = vehicle.readings.get("position")
    return places.readings(notes, position.value if position is not None else None)


#: topic: its name in the notes. title: for the log. every: seconds until it is asked again. is_electric: only of a car that has a
#: state of charge. after_charge: also when a charge has ended. ask: callable (Errand) -> readings. show: callable
#: (notes, vehicle, now) -> readings of what is kept, at each look, as the month goes on and the car moves; or None
Row = record("Row", "topic title every is_electric after_charge ask show")

ROWS = (
    Row("history", "charging history", DAY, True, True, _ask_history, _show_history),
    Row("tyres", "tyre diagnosis", DAY, False, False, _ask_tyres, None),
    Row("places", "charging places", 3 * DAY, True, False, _ask_places, _show_places),
)
#: asked for until there is one; a car for which BMW has none may get one later
PICTURE = Row("picture", "picture", 30 * DAY, False, False, _ask_picture, None)

#: calls a day and car that the rows cost: one each, places every third day, on some days one more page or charge
CALLS_A_DAY = 3


def readings(get, session, vehicle, now):
    """Makes the calls that are due, and yields {key: Reading} for each topic, also from stored data.

    Args:
        get: callable (end of the path below the car's, query) -> Response. session (bmw.account.session.Session): with the notes.
        vehicle (bmw.vehicle.vehicle.Vehicle), now (float): epoch seconds.

    Raises:
        CloudError: an error of the account or the network, which would also affect the other calls.
    """
    for row in ROWS:
        if row.is_electric and "stateOfCharge" not in vehicle.readings:
            continue
        errand = _errand(row, get, session, vehicle, now)
        found = _ask(row, errand) if _is_due(row, errand.notes, vehicle, now) else None
        found = dict(found or {})
        if row.show is not None:
            found.update(row.show(errand.notes, vehicle, now))
        if found:
            yield found


def picture(get, session, vehicle, now):
    """The car's bmw.vehicle.picture.Picture; None if BMW has none or had none lately. Arguments and errors as for ``readings``."""
    errand = _errand(PICTURE, get, session, vehicle, now)
    return _ask(PICTURE, errand) if _is_due(PICTURE, errand.notes, vehicle, now) else None


def _errand(row, get, session, vehicle, now):
    return Errand(get, lambda: session.has_room(1 + KEEP), _notes(session.memory, vehicle, row.topic), now)


def _notes(memory, vehicle, topic):
    return memory.setdefault("seldom", {}).setdefault(vehicle.vin, {}).setdefault(topic, {})


def history_notes(memory, vehicle):
    """What is kept of a car's charging history (dict, see ``bmw.clouds.cardata.history``)."""
    return _notes(memory, vehicle, "history")


def _is_due(row, notes, vehicle, now):
    due = notes.get("due")
    has_charged = row.after_charge and _has_charged(notes, vehicle, now)
    # too far in the future: the clock was set back
    return has_charged or due is None or now >= due or due > now + row.every


def _has_charged(notes, vehicle, now):
    """True once after a charging session has ended. Remembers a running session."""
    charging = vehicle.readings.get("charging")
    if charging is not None and charging.value:
        notes["has_charged"] = True
    is_over = charging is not None and charging.value is False and now >= (charging.time or 0) + CHARGE_SETTLES
    return is_over and notes.get("has_charged", False)


def _ask(row, errand):
    """The readings of ``row``; None if there were too few calls, BMW has no data, or only this call failed."""
    if not errand.has_room():
        return None
    try:
        found, wait = row.ask(errand), row.every
    except (NoRoom, Paused):
        return None
    except (QuotaExceeded, SignInNeeded, TokenRejected, NetworkError):
        raise
    except NotFound:
        found, wait = None, row.every
    except CloudError as error:
        log.info("The %s of the car is not available for now: %s", row.title, error.text())
        found, wait = None, AFTER_FAILURE if error.transient else AFTER_REFUSAL
    errand.notes.pop("has_charged", None)
    errand.notes["due"] = errand.now + wait
    return found
