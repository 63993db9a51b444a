"""Says where a car is: its distance and direction from home, whether it is at home, and the name of the place. Pure.

A place has an edge for the way in and one farther out for the way out, so that a car that stands on the edge does not come and go.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import number_types
from bmw.places import globe
from bmw.record import record
from bmw.vehicle.vehicle import Reading

#: One of the person's own places. spot: (latitude, longitude); radius: metres, None = that of home
Place = record("Place", "name spot radius")

DISTANCE, DIRECTION, AT_HOME, PLACE = KEYS = ("distanceFromHome", "directionFromHome", "atHome", "place")
#: states of PLACE besides the names of the person's own places
HOME, ELSEWHERE = "HOME", "ELSEWHERE"
#: a car has left a place at this many times its radius
LEAVES_AT = 1.5


def readings(known, home, places, radius):
    """{key of KEYS: Reading} of a car, with the time of its position. Empty for what it never had.

    Args:
        known ({key: Reading}): the car's readings, with the last ones of KEYS.
        home ((latitude, longitude) or None): None = unknown. places (list or tuple of Place). radius (int): metres.
    """
    position = known.get("position")
    if position is None:
        return {}
    spot = position.value if _is_spot(position.value) else None
    found = dict.fromkeys(KEYS)
    if spot is not None:
        found.update(_from_home(spot, home, radius, _value(known, AT_HOME)) if home else {})
        if home or places:
            found[PLACE] = _name(spot, home, places, radius, _value(known, PLACE))
    return dict((key, Reading(value, position.time)) for key, value in found.items() if value is not None or key in known)


def _from_home(spot, home, radius, was_there):
    metres = globe.metres(home, spot)
    is_there = _depth(metres, radius, was_there) <= 1
    return {
        DISTANCE: round(metres / 1000, 3),
        DIRECTION: None if is_there else float(round(globe.direction(home, spot))) % 360,
        AT_HOME: is_there,
    }


def _name(spot, home, places, radius, was):
    """The name of the place in which the car is deepest, measured by the place's radius."""
    all_of = [Place(HOME, home, None)] if home else []
    depths = [
        (_depth(globe.metres(place.spot, spot), place.radius or radius, was == place.name), number, place.name)
        for number, place in enumerate(all_of + list(places))
    ]
    depth, _number, name = min(depths)
    return name if depth <= 1 else ELSEWHERE


def _depth(metres, radius, was_there):
    """The distance as a share of the radius that counts: 0 in the middle, 1 on the edge."""
    return metres / (radius * (LEAVES_AT if was_there else 1.0))


def _value(known, key):
    return known[key].value if key in known else None


def _is_spot(value):
    is_pair = isinstance(value, tuple) and len(value) == 2 and all(isinstance(part, number_types) for part in value)
    return is_pair and globe.is_place(value)
