"""Reads the setting ``places``: ``work 48.1234, 11.5678; gym 48.2001, 11.6002 300``. Pure.

No error text contains an entry: it tells where the person often is, and everybody who reads openHAB's items would see it.
"""

from __future__ import absolute_import, unicode_literals


from bmw.compat import lower
from bmw.errors import ConfigError
from bmw.pattern import Pattern
from bmw.places import globe
from bmw.places.where import ELSEWHERE, HOME, Place

MAX_PLACES = 100
MAX_NAME = 40
#: metres
RADIUS = (20, 20000)
_MAX_ENTRY = 200
_DEGREES = r"([-+]?[0-9]{1,3}(?:\.[0-9]{1,15})?)"
_ENTRY = Pattern(r"(.*\S)\s+" + _DEGREES + r"\s*,\s*" + _DEGREES + r"(?:\s+([0-9]{1,5}) ?m?)?\Z")
_ADVICE = "write name latitude, longitude, such as: work 48.1234, 11.5678; gym 48.2001, 11.6002"


def places(text):
    """The places (list of ``bmw.places.where.Place``) of the setting's text. Raises ConfigError."""
    entries = [entry.strip() for entry in text.split(";")]
    found = [_place(number, entry) for number, entry in enumerate(entries, 1) if entry]
    if len(found) > MAX_PLACES:
        raise ConfigError("there are more than {} places".format(MAX_PLACES))
    return found


def _place(number, entry):
    match = _ENTRY.match(entry) if len(entry) <= _MAX_ENTRY else None
    if not match:
        raise ConfigError("place {} is not understood".format(number), _ADVICE)
    name, latitude, longitude, radius = match.groups()
    spot, metres = (float(latitude), float(longitude)), None if radius is None else int(radius)
    if not globe.is_place(spot):
        raise ConfigError("place {} is not on the globe".format(number), _ADVICE)
    if metres is not None and not RADIUS[0] <= metres <= RADIUS[1]:
        raise ConfigError("the radius of place {} is not from {} to {} metres".format(number, *RADIUS))
    if len(name) > MAX_NAME:
        raise ConfigError("the name of place {} has more than {} characters".format(number, MAX_NAME))
    if lower(name) in (lower(HOME), lower(ELSEWHERE)):
        raise ConfigError(
            "place {} has a name that the module uses itself".format(number), "home is openHAB's own location: Settings, Regional Settings"
        )
    return Place(name, spot, metres)
