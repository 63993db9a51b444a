"""The trips of a car, seen from outside: one after the other by its odometer, whatever of it was told. Pure.

A trip begins when the odometer has risen above that of the last standstill, and ends when the car has stood for a while. So the
distances of all trips add up to the odometer, also over hours without a message, and a ferry or a tow truck is none. All figures are
ours. A trip through a gap of the messages is marked: it may be several, and a charge on the way hides its energy.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import is_number, number_types, text_type
from bmw.record import record
from bmw.vehicle.plausible import converted

#: seconds for which a car must stand until its trip has ended; shorter stops are a part of it
STANDS = 900
#: a trip without a message for so many seconds has ended, also if the car said last that it moves
SILENT = 3 * 3600
#: the same for a car that does not say whether it moves
UNTOLD = 3600
#: seconds between the last message before a trip and the first one in it, above which it counts as one through a gap
GAP = 2700
#: km that a car can have driven since its departure: so many at once, as the odometer lags, and so many per second
SLACK, FASTEST = 3, 250 / 3600.0
#: km after which a car that has used nothing did not tell it
SHORT = 5
#: km of one trip, above which the odometer is another one
MAX_DISTANCE = 5000

#: One trip. start, end: epoch seconds. odometer: km at its end. distance: km. begin, final: state of charge in percent. energy: kWh
#: from the battery. origin, destination: names as of ``bmw.places``. has_gap (bool). Of begin to destination, None is unknown.
Trip = record("Trip", "start end odometer distance begin final energy origin destination has_gap")
#: id of the entry with the trip that is under way
OPEN = "open"


def new_state(entries):
    """The state (JSON-able dict) from which ``look`` goes on, made of the entries (list of dict) of the log."""
    under_way = next((entry.get("state") for entry in entries if entry["id"] == OPEN), None)
    if _has_keys(under_way, _NEW) and _has_keys(under_way["trip"], _TRIP):
        return dict(under_way)
    trips = trips_of(entries)
    return dict(_NEW, km=trips[-1].odometer if trips else None)


#: km: odometer at the last standstill. stand: when the car stood last, with its state of charge and place. departed: since when it
#: says that it moves. ended: when the last trip ended. trip: the one that is under way
_NEW = {"km": None, "stand": None, "departed": None, "ended": None, "trip": None}


#: the same for a trip under way, see ``_begun``
_TRIP = ("start", "from_km", "begin", "origin", "km", "end", "final", "told", "destination", "stopped", "gap")


def _has_keys(value, keys):
    return isinstance(value, dict) and set(value) == set(keys)


def look(state, readings, now, capacity):
    """(state, entry of a trip that has ended or None) after what the car says now. ``state`` is not changed.

    Args:
        state (dict): of ``new_state`` or the last look. readings ({key: Reading}): of the car. now (float): epoch seconds.
        capacity (float or None): kWh of its battery.
    """
    said = _Said(readings, now)
    if said.km is None:
        return state, None
    driven_to = state["trip"]["km"] if state["trip"] else state["km"]
    if driven_to is None or not 0 <= said.km - driven_to <= MAX_DISTANCE:
        return _standing(dict(_NEW, km=said.km), said), None
    if state["trip"] is None:
        if said.km == driven_to:
            return _standing(state, said), None
        state = dict(state, trip=_begun(state, said))
    trip = _gone_on(state["trip"], said)
    if not _has_ended(trip, said, now):
        return dict(state, trip=trip), None
    return _standing(dict(_NEW, km=trip["km"], ended=trip["end"]), said), _entry(trip, capacity)


def is_under_way(state):
    """True during a trip, and until the car has stood for a while after it."""
    return state["trip"] is not None


def open_entry(state):
    """The entry that keeps a trip that is under way over a restart, or forgets it."""
    return {"id": OPEN, "state": state if is_under_way(state) else None}


class _Said(object):
    """What is read of a car's readings; what is unknown is None, but each time is the best that is known, and none lies ahead."""

    def __init__(self, readings, now):
        self.last = min(_of(readings, "lastUpdate", number_types, now, now)[0] or now, now)
        self.km, self.km_time = _of(readings, "odometer", number_types, self.last, now)
        if self.km is not None:
            in_km = converted(self.km, readings["odometer"].unit, "km")
            self.km = None if in_km is None else round(in_km, 1)  # as it is stored
        self.soc, self.soc_time = _of(readings, "stateOfCharge", number_types, self.last, now)
        self.moves, self.moves_time = _of(readings, "moving", bool, self.last, now)
        self.charges, self.charges_time = _of(readings, "charging", bool, self.last, now)
        self.place = _of(readings, "place", text_type, self.last, now)[0]


def _of(readings, key, kind, otherwise, now):
    """(value, time) of a reading; the value is None if it is unknown, the time then or without one ``otherwise``, and at most ``now``."""
    reading = readings.get(key)
    if reading is None or not isinstance(reading.value, kind):
        return None, otherwise
    return reading.value, otherwise if reading.time is None else min(reading.time, now)


def _standing(state, said):
    """The state of a car whose odometer stands: what a trip would begin with."""
    # while it charges, nobody knows with how much it will leave
    stand = {"time": said.last, "soc": None if said.charges else said.soc, "place": said.place}
    if not said.moves or (state["ended"] is not None and said.moves_time <= state["ended"]):
        return dict(state, stand=stand, departed=None)
    # it moves, and the odometer says nothing of that yet: what it had when it stood still counts
    before = state["stand"] or stand
    if state["departed"] is not None:
        return dict(state, stand=dict(before, time=said.last))
    soc = said.soc if said.soc_time <= said.moves_time else before["soc"]
    return dict(state, stand={"time": said.last, "soc": soc, "place": before["place"]}, departed=said.moves_time)


def _begun(state, said):
    """A trip (dict) that has just begun, as the odometer says."""
    stand, departed = state["stand"] or {"time": said.km_time, "soc": None, "place": None}, state["departed"]
    has_gap = state["stand"] is None or said.km_time - stand["time"] > GAP
    if departed is None and said.moves and stand["time"] <= said.moves_time <= said.km_time:
        departed, has_gap = said.moves_time, False
    start = min(said.km_time, stand["time"] if departed is None else departed)
    is_too_far = said.km - state["km"] > SLACK + FASTEST * (said.km_time - start)
    return {
        "start": start,
        "from_km": state["km"],
        "begin": stand["soc"],
        "origin": stand["place"],
        "km": state["km"],
        "end": start,
        "final": None,
        "told": None,
        "destination": None,
        "stopped": False,
        "gap": has_gap or is_too_far,
    }


def _gone_on(trip, said):
    """The trip (dict) with its end as far as it is known now."""
    is_farther = said.km > trip["km"]
    trip = dict(trip, destination=said.place)
    if is_farther:
        has_gap = trip["km"] > trip["from_km"] and said.km_time - trip["end"] > GAP
        trip.update(km=said.km, end=max(trip["end"], said.km_time), gap=trip["gap"] or has_gap)
    if said.moves:
        trip["stopped"] = False
    elif said.moves is False and not trip["stopped"] and said.moves_time >= trip["end"]:
        trip.update(stopped=True, end=said.moves_time)
    is_after_charge = said.charges and said.soc_time >= said.charges_time
    if not is_after_charge and said.soc_time - trip["end"] <= STANDS:
        trip.update(final=said.soc, told=said.soc_time)
    elif is_farther:
        trip["final"] = None  # it is, or may be, one after a charge, and before that the car was on its way
    return trip


def _has_ended(trip, said, now):
    if said.charges and said.charges_time >= trip["end"]:
        return True
    waits = {True: SILENT, False: STANDS, None: UNTOLD}[said.moves]
    return now - trip["end"] > waits


def _entry(trip, capacity):
    """The entry (dict) of a trip that has ended."""
    begin, final, distance = trip["begin"], trip["final"], round(trip["km"] - trip["from_km"], 1)
    if final is not None and trip["told"] <= trip["start"] and distance > SHORT:
        final = None  # the car has not told it since
    entry = {
        # the same for a second program on the same file
        "id": "{:.1f} km, day {:.0f}".format(trip["from_km"], trip["start"] // 86400),
        "start": trip["start"],
        "end": trip["end"],
        "odometer": round(trip["km"], 1),
        "distance": distance,
        "begin": begin,
        "final": final,
        "energy": _energy(begin, final, capacity),
        "origin": trip["origin"],
        "destination": trip["destination"],
        "gap": trip["gap"],
    }
    return dict((key, value) for key, value in entry.items() if value is not None)


def _energy(begin, final, capacity):
    """kWh from the battery; None if unknown, also where the car was charged on the way."""
    if None in (begin, final, capacity) or final > begin:
        return None
    return round((begin - final) / 100.0 * capacity, 3)


def trips_of(entries):
    """The trips (list of Trip) of the entries of the log, the oldest first; of two for the same kilometres the first."""
    found = [trip for trip in (_trip(entry) for entry in entries) if trip is not None]
    found.sort(key=lambda trip: (trip.start, trip.odometer))
    kept = found[:1]
    for trip in found[1:]:
        if not (trip.start < kept[-1].end and trip.odometer - trip.distance < kept[-1].odometer):
            kept.append(trip)
    return kept


def _trip(entry):
    numbers = [entry.get(key) for key in ("start", "end", "odometer", "distance")]
    rest = [entry.get(key) for key in ("begin", "final", "energy")]
    if not all(is_number(one) for one in numbers) or not all(one is None or is_number(one) for one in rest):
        return None
    names = [entry.get(key) if isinstance(entry.get(key), text_type) else None for key in ("origin", "destination")]
    return Trip(*numbers + rest + names + [bool(entry.get("gap"))])
