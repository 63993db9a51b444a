"""CarData's charging settings by place: the number of places, and the settings at the car's place.

Pure. The places are private: only the sealed ``notes`` contain them, no reading shows where they are. Source: cardata.md 2.8.
"""

from __future__ import absolute_import, unicode_literals

from bmw.clouds import values
from bmw.places import globe
from bmw.vehicle.vehicle import Reading

#: a car is at a place within so many metres: BMW merges nearby parking positions into one place
NEAR = 250
#: words that mean that a limit is not used
_OFF = frozenset(("INACTIVE", "NOT_ACTIVE", "OFF", "FALSE", "NO", "NO_LIMIT", "AC_LIMIT_INACTIVE"))

#: our word -> what is kept of a place
_KEYS = {
    "chargingWindowStart": "start",
    "chargingWindowEnd": "stop",
    "placeChargingMode": "mode",
    "placeChargingPreference": "preference",
    "placeCurrentLimit": "limit",
    "placeAcousticLimit": "acoustic",
    "placeFlapLock": "flap",
}


#: places that are kept
MAX_PLACES = 500


def take(notes, entries):
    """Replaces the known places with those in ``entries`` (list of dict)."""
    notes["places"] = [_place(entry) for entry in entries[:MAX_PLACES]]


def readings(notes, position):
    """{key: Reading} for the place where the car is, else for the most visited one; empty before the first answer.

    Args:
        position ((latitude, longitude) or None): of the car.
    """
    if "places" not in notes:
        return {}
    places = notes["places"]
    here = [(globe.metres(place["spot"], position), number) for number, place in enumerate(places) if place["spot"] and position]
    is_here = min(here)[0] <= NEAR if here else None if position is None or places else False
    if is_here:
        shown = places[min(here)[1]]
    else:
        shown = max(places, key=lambda place: place["visits"]) if places else {}
    found = dict((key, shown.get(name)) for key, name in _KEYS.items())
    found.update(chargingPlaces=len(places), atChargingPlace=is_here)
    return dict((key, Reading(value)) for key, value in found.items())


def _place(entry):
    windows = values.records(entry, "chargingTimeWindows")
    window = windows[0] if windows else entry
    return {
        "spot": values.place(entry.get("latitude"), entry.get("longitude")),
        "visits": values.value_or_none(values.amount, entry.get("visits")) or 0,
        "start": _clock(window, "start"),
        "stop": _clock(window, "stop"),
        "mode": values.value_or_none(values.word, entry.get("chargingMode")),
        "preference": values.value_or_none(values.word, entry.get("optimizedChargingPreference")),
        "limit": _limit(entry),
        "acoustic": values.value_or_none(values.word, entry.get("acousticLimit")),
        "flap": values.value_or_none(values.word, entry.get("flapLock")),
    }


def _clock(window, name):
    """``22:00`` from the fields for hour and minute."""
    hour, minute = (window.get("{}ChargingTimePeriod{}".format(name, part)) for part in ("Hour", "Minute"))
    return values.value_or_none(values.clock_time, {"hour": hour, "minute": minute})


def _limit(entry):
    is_off = values.value_or_none(values.word, entry.get("acCurrentLimitFlag")) in _OFF
    return None if is_off else values.value_or_none(values.positive, entry.get("acCurrentLimit"))
