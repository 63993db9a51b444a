"""An anonymised record for bug reports: BMW's answers and our readings, without private data.

It contains no VIN, account id, token, name, address or position. Three filters: fields with a private name, texts with a private
pattern, and the content of private fields wherever else it occurs. Pure, except for ``Recorder``.
"""

from __future__ import absolute_import, unicode_literals

import re

from bmw import __version__, config, redact
from bmw.compat import lower, number_types, parse_qs, text_type
from bmw.errors import BmwError
from bmw.pattern import Pattern
from bmw.vehicle.vehicle import Vehicle

REMOVED = "[removed]"

#: a field is private, with everything below it, if its name has one of these words (``gpsLat`` has gps and lat)
_WORDS = frozenset(
    "vin gcid lat lon lng altitude street city municipality town zip plate phone mail email owner customer dealer partner contact"
    " destinations title subtitle place poi user username password secret token captcha signature".split()
)
#: the same for parts of the name, in lower case and without separators
_PARTS = (
    "latitude longitude coordinates address licence license firstname lastname surname postalcode postcode identificationnumber"
    " housenumber streetnumber"
).split()
#: fields that stay readable in a private block
_HARMLESS = frozenset(("unit", "timestamp", "status", "type", "source"))
#: fields that say what the fields beside them hold, as in {"name": "latitude", "value": 48.1}
_NAMING = frozenset(("name", "key", "descriptor", "technicalDescriptor"))
#: our own keys that are private, or contain an address from BMW
OUR_WORDS = frozenset(
    ("position", "destinationPosition", "servicePartner", "address", "altitude", "lastChargingSession", "lastChargingPlace")
)

_CAMEL = Pattern("[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_NUMBER = Pattern(r"^\s*[-+]?[0-9]+([.,][0-9]+)?\s*$")
_SHAPES = (
    (Pattern(r"\b(?=[A-Z0-9]{0,16}[0-9])[A-HJ-NPR-Z0-9]{17}\b"), "[vin]"),
    # only at the start of a word: a match attempt at each letter of a long word takes minutes
    (Pattern(r"(?<![\w.+-])[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[mail]"),
    # two numbers with many decimals, with a comma or a point, with what is written between them in maps, URLs and WKT
    (Pattern(r"(?<![0-9])[0-9]{1,3}[.,][0-9]{3,}[^0-9A-Za-z]{1,4}[0-9]{1,3}[.,][0-9]{3,}"), "[place]"),
    (Pattern("[0-9]{1,3} ?\u00b0 ?[0-9]{1,2}(?:[.,][0-9]{1,9})? ?['\u2032\u2019][^A-Za-z]{0,15}[NSEWO]"), "[place]"),
    (Pattern(r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "[id]"),
)
#: ids and tokens; field names can look like that, too. That a digit follows is asked of what matched: asked first, at each word of a
#: long row of words without one, it takes minutes
_LONG_WORD = Pattern(r"\b[A-Za-z0-9_-]{24,}\b(?![.:])")
_DIGIT_FOLLOWS = Pattern("[A-Za-z_-]*[0-9]")
#: shorter private texts are not searched elsewhere: they would remove ordinary words and numbers
_SHORTEST = 4


class Recorder(object):
    """A transport that records the answers to calls with a token, but not the sign-in.

    Args:
        transport: the real one, see ``bmw.net.http``.
    """

    def __init__(self, transport):
        self._transport = transport
        self.exchanges = []

    def __call__(self, request):
        response = self._transport(request)
        if (request.headers.get("Authorization") or "").startswith("Bearer "):
            self.exchanges.append((request, response))
        return response


def ask_all(cloud, session):
    """Requests the cars, their facts and states: (list of Vehicle, list of error texts)."""
    vehicles, troubles = [], []
    try:
        found = [entry for entry in cloud.vehicles(session) if entry.is_readable]
    except BmwError as error:
        return [], [error.text()]
    for number, entry in enumerate(found, 1):
        redact.remember(entry.vin)
        vehicle = Vehicle(entry.vin, "car {}".format(number))
        vehicles.append(vehicle)
        try:
            vehicle.facts = cloud.facts(session, entry.vin)
            vehicle.update(cloud.read(session, vehicle))
        except BmwError as error:
            troubles.append("{}: {}".format(vehicle.name, error.text()))
    return vehicles, troubles


def report(cloud_title, settings, vehicles, troubles, exchanges):
    """The anonymised record (JSON-able dict).

    Args:
        cloud_title (str). settings: object with the settings as attributes. vehicles (list of bmw.vehicle.vehicle.Vehicle).
        troubles (list of str). exchanges: from a Recorder.
    """
    raw = {
        "version": __version__,
        "cloud": cloud_title,
        "settings": dict((name, getattr(settings, str(name))) for name in config.keys_of(config.PUBLIC) if hasattr(settings, str(name))),
        "troubles": troubles,
        "cars": [_car(vehicle) for vehicle in vehicles],
        "answers": [_answer(request, response) for request, response in exchanges],
    }
    return anonymous(raw, [vehicle.vin for vehicle in vehicles])


def anonymous(value, secrets=()):
    """A copy of a JSON-able value without private data.

    Args:
        secrets (list of str): further texts to remove.
    """
    found = set(secret for secret in secrets if secret)
    masked = _masked(value, found)
    return _swept(masked, sorted(found, key=len, reverse=True))


def is_private(name):
    """True if a field with that name (str) is private."""
    small = re.sub("[^a-z]", "", lower(name))
    words = set(lower(word) for word in _CAMEL.findall(name))
    return bool(words & _WORDS) or any(part in small for part in _PARTS)


def _car(vehicle):
    readings = dict((key, reading.to_list()) for key, reading in vehicle.readings.items())
    for key in OUR_WORDS.intersection(readings):
        readings[key][0] = None if readings[key][0] is None else REMOVED
    return {"name": vehicle.name, "facts": vehicle.facts, "readings": readings}


def _answer(request, response):
    where, _mark, query = request.url.partition("?")
    body = response.json_or_none()
    return {
        "method": request.method,
        "path": "/" + where.partition("://")[2].partition("/")[2],
        "query": sorted(parse_qs(query)),
        "status": response.status,
        "body": body if body is not None else "{} bytes, not JSON".format(len(response.body)),
    }


def _masked(value, found):
    """A copy with private fields masked; adds their texts to ``found`` (set)."""
    if isinstance(value, dict):
        beside = any(isinstance(value.get(key), text_type) and is_private(value[key]) for key in _NAMING)
        kept = _NAMING | _HARMLESS if beside else value
        return dict(
            (key, _private(one, found) if is_private(key) or key not in kept else _masked(one, found)) for key, one in value.items()
        )
    if isinstance(value, (list, tuple)):
        return [_masked(one, found) for one in value]
    return value


def _private(value, found):
    """The same structure and types without the content."""
    if isinstance(value, dict):
        return dict((key, one if key in _HARMLESS and not isinstance(one, dict) else _private(one, found)) for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return [_private(one, found) for one in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, number_types):
        found.add(text_type(value))
        return type(value)(0)
    found.update(part for part in [value.strip()] + re.split("[,;]", value) if part.strip())
    return re.sub("[0-9]", "0", value) if _NUMBER.match(value) else REMOVED


def _swept(value, found):
    """A copy whose texts and field names contain nothing from ``found`` and nothing with a private pattern."""
    if isinstance(value, dict):
        return dict((_clean(key, found), _swept(one, found)) for key, one in value.items())
    if isinstance(value, list):
        return [_swept(one, found) for one in value]
    return _LONG_WORD.sub(_id_or_word, _clean(value, found)) if isinstance(value, text_type) else value


def _id_or_word(match):
    return "[id]" if _DIGIT_FOLLOWS.match(match.string, match.start()) else match.group()


def _clean(value, found):
    for secret in found:
        if len(secret.strip()) >= _SHORTEST and not (_NUMBER.match(secret) and "." not in secret):
            value = value.replace(secret.strip(), REMOVED)
    for shape, replacement in _SHAPES:
        value = shape.sub(replacement, value)
    return redact.clean(value)
