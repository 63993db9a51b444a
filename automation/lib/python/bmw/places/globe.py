"""Distance and direction on the globe. Pure."""

from __future__ import absolute_import, unicode_literals

import math

_EARTH_METRES = 6371008.8


def metres(here, there):
    """The distance in metres between two ``(latitude, longitude)`` in degrees, along the great circle."""
    north, east = (math.radians(there[part] - here[part]) for part in (0, 1))
    half = math.sin(north / 2) ** 2 + math.cos(math.radians(here[0])) * math.cos(math.radians(there[0])) * math.sin(east / 2) ** 2
    return 2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))


def direction(here, there):
    """The direction in degrees (0 = north, 90 = east) in which ``there`` lies, seen from ``here``."""
    one, other, east = math.radians(here[0]), math.radians(there[0]), math.radians(there[1] - here[1])
    across = math.sin(east) * math.cos(other)
    along = math.cos(one) * math.sin(other) - math.sin(one) * math.cos(other) * math.cos(east)
    return math.degrees(math.atan2(across, along)) % 360


def is_place(spot):
    """True for a ``(latitude, longitude)`` on the globe; 0,0 is what programs say for an unknown one."""
    return spot != (0, 0) and abs(spot[0]) <= 90 and abs(spot[1]) <= 180
