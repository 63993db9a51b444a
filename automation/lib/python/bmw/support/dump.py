"""An anonymised record for bug reports: what BMW answered and what we made of it, without what tells who and where.

No VIN, account id, token, name, address or position is in it. Three nets: fields whose name says that they are private, texts of a
private shape, and whatever a private field held, wherever else it stands. Pure but for ``Recorder``.
"""

from __future__ import absolute_import, unicode_literals

import re

from bmw import __version__, config, redact
from bmw.compat import lower, number_types, parse_qs, text_type, urlsplit
from bmw.errors import BmwError
from bmw.vehicle.vehicle import Vehicle

REMOVED = "[removed]"

#: words of a field's name (``gpsLat`` has gps and lat) that make all beneath it private
_WORDS = frozenset(
    "vin gcid lat lon lng altitude street city municipality town zip plate phone mail email owner customer dealer partner contact"
    " destinations title subtitle place poi user username password secret token captcha signature".split()
)
#: the same for parts of it, written small and together
_PARTS = (
    "latitude longitude coordinates address licence license firstname lastname surname postalcode postcode identificationnumber"
    " housenumber streetnumber"
).split()
#: what stays readable in a private block: it helps and tells nothing
_HARMLESS = frozenset(("unit", "timestamp", "status", "type", "source"))
#: our own words that are private, or texts of BMW's that hold an address
OUR_WORDS = frozenset(
    ("position", "destinationPosition", "servicePartner", "address", "altitude", "lastChargingSession", "lastChargingPlace")
)

_CAMEL = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_NUMBER = re.compile(r"^\s*[-+]?[0-9]+([.,][0-9]+)?\s*$")
_SHAPES = (
    (re.compile(r"\b(?=[A-Z0-9]{0,16}[0-9])[A-HJ-NPR-Z0-9]{17}\b"), "[vin]"),
    # from the start of a word only: tried from each of its letters, a long one takes minutes
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[mail]"),
    (re.compile(r"-?[0-9]{1,3}\.[0-9]{3,}\s*[,;]\s*-?[0-9]{1,3}\.[0-9]{3,}"), "[place]"),
    (re.compile(r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "[id]"),
)
#: ids, tokens; names of fields can look like that
_LONG_ID = re.compile(r"\b(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{24,}\b(?![.:])")
#: shorter private texts are not looked for elsewhere: they would eat ordinary words and numbers
_SHORTEST = 4


class Recorder(object):
    """A transport that keeps what was answered to calls with a token; the sign-in is not kept.

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
    """Asks for the cars, their facts and states anew: (list of Vehicle, list of text of what went wrong)."""
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
    """The whole record (JSON-able dict), anonymised.

    Args:
        cloud_title (str). settings: object with the settings as attributes. vehicles (list of bmw.vehicle.vehicle.Vehicle).
        troubles (list of str). exchanges: those of a Recorder.
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
    """A copy of a JSON-able value without what is private.

    Args:
        secrets (list of str): further texts that must not be in it.
    """
    found = set(secret for secret in secrets if secret)
    masked = _masked(value, found)
    return _swept(masked, sorted(found, key=len, reverse=True))


def is_private(name):
    """True if a field of that name (str) holds, or has beneath it, what tells who or where."""
    small = re.sub("[^a-z]", "", lower(name))
    words = set(lower(word) for word in _CAMEL.findall(name))
    return bool(words & _WORDS) or any(part in small for part in _PARTS)


def _car(vehicle):
    readings = dict((key, reading.to_list()) for key, reading in vehicle.readings.items())
    for key in OUR_WORDS.intersection(readings):
        readings[key][0] = None if readings[key][0] is None else REMOVED
    return {"name": vehicle.name, "facts": vehicle.facts, "readings": readings}


def _answer(request, response):
    parts = urlsplit(request.url)
    body = response.json_or_none()
    return {
        "method": request.method,
        "path": parts.path,
        "query": sorted(parse_qs(parts.query)),
        "status": response.status,
        "body": body if body is not None else "{} bytes, not JSON".format(len(response.body)),
    }


def _masked(value, found):
    """A copy in which what is beneath private names is masked; its texts are added to ``found`` (set)."""
    if isinstance(value, dict):
        return dict((key, _private(one, found) if is_private(key) else _masked(one, found)) for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return [_masked(one, found) for one in value]
    return value


def _private(value, found):
    """The same shape and types without the content."""
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
    """A copy in whose texts (also names of fields) nothing of ``found`` and nothing of a private shape is left."""
    if isinstance(value, dict):
        return dict((_clean(key, found), _swept(one, found)) for key, one in value.items())
    if isinstance(value, list):
        return [_swept(one, found) for one in value]
    return _LONG_ID.sub("[id]", _clean(value, found)) if isinstance(value, text_type) else value


def _clean(value, found):
    for secret in found:
        if len(secret.strip()) >= _SHORTEST and not (_NUMBER.match(secret) and "." not in secret):
            value = value.replace(secret.strip(), REMOVED)
    for shape, replacement in _SHAPES:
        value = shape.sub(replacement, value)
    return redact.clean(value)
