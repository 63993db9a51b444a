"""The latest entry per technical descriptor of a car, from REST or stream, merged by the car's own time.

Pure. Entries keep BMW's form ({"value", "unit", "timestamp"}), because some keys of the vocabulary need several entries;
``descriptors`` turns them into readings. Source: cardata.md sections 2.4 and 3.
"""

from __future__ import absolute_import, unicode_literals

import json

from bmw import times
from bmw.clouds.cardata import descriptors, units
from bmw.compat import text_type
from bmw.errors import BadAnswer
from bmw.net import safe_json

#: for so many seconds a value with the car's own time is kept against an answer without a known time, which may be older or newer
STANDS = 6 * 3600
#: what BMW's answers stamp with the moment of the question, which says nothing about the value's age; in the stream it is the car's
AT_REQUEST = frozenset(
    [descriptors.CHARGING + name for name in ("hvStatus", "lastChargingReason", "lastChargingResult", "level")]
    + [descriptors.REMAINING_RANGE]
)
#: if a time is so many seconds ahead of our clock, one of the two is wrong
FUTURE = 86400
#: characters of a value (a structure counts as JSON text), and of its unit or time. Longer values are ignored: they would stay in
#: memory and in the store, which is sealed as a whole, so 250 long values could use up the JVM's memory every other minute
MAX_CHARACTERS, MAX_CHARACTERS_BESIDE = 1000, 100
#: characters of a value that contains a list, and of a shortened value
LISTS = frozenset((descriptors.SERVICES, descriptors.MESSAGES))
MAX_CHARACTERS_OF_LIST = 20000
#: values and names in a message; BMW's whole catalogue has about 2500. Names with the same Java hash get slower the more there are
MAX_VALUES = 10000

#: latitude and longitude from one message belong together if their times differ by at most so many seconds
PAIR_WITHIN = 10

_TEXTS = (text_type, str)
_WANTED = frozenset(descriptors.ALL)
#: descriptors whose numbers may get a unit from the car's unit of distance
_BY_DISTANCE = frozenset(name for name, unit in descriptors.UNITS.items() if units.depends_on_distance(unit))


def parse_message(payload):
    """(vin, entries) of a stream message (bytes).

    An entry without its own time gets the time of the message.

    Raises:
        BadAnswer: not JSON, or not a stream message.
    """
    try:
        message = safe_json.parse(payload, MAX_VALUES)
    except safe_json.BadJson as error:
        raise BadAnswer("A message of the stream is {} ({} bytes)".format(error, len(payload)))
    vin = message.get("vin") if isinstance(message, dict) else None
    data = message.get("data") if isinstance(message, dict) else None
    if not isinstance(vin, text_type) or not isinstance(data, dict):
        raise BadAnswer("A message of the stream is not of the known form ({} bytes)".format(len(payload)))
    sent = message.get("timestamp")
    entries = dict((name, entry) for name, entry in data.items() if isinstance(entry, dict))
    for entry in entries.values():
        entry.setdefault("timestamp", sent)
    return vin, entries


def answered(entries):
    """The entries of a REST answer. Times that are only the time of the request are removed."""
    return dict((name, _timeless(entry) if name in AT_REQUEST and isinstance(entry, dict) else entry) for name, entry in entries.items())


def _timeless(entry):
    taken = dict(entry, timestamp=None)
    # null with a time: the car does not know the value; null without a time: BMW has none
    if entry.get("timestamp") is not None and entry.get("value", "") is None:
        taken["value"] = "INVALID"
    return taken


def merge(known, entries, now, extras=None):
    """Copies the newer ones of ``entries`` into ``known``, both {descriptor: entry}.

    Args:
        now (float): replaces an entry's time in the future, if the known entry is not newer.
        extras (bmw.clouds.cardata.extra.Extras or None): the wanted extra values.

    Returns:
        The set of changed descriptors. Unwanted descriptors are ignored.
    """
    # the car's unit of distance first: the others may be in it
    changed = _merge(known, entries, [name for name in units.DISTANCE if name in entries], now)
    changed |= _merge(known, entries, [name for name in entries if name in _WANTED and name not in units.DISTANCE], now)
    if extras is not None:
        changed |= _merge_extras(known, entries, extras, now)
    changed.update(key for key, names in descriptors.PAIRS.items() if _keep_pair(known, entries, key, names))
    return changed


def _merge(known, entries, names, now):
    changed = set()
    for name in names:
        entry, old = entries.get(name), known.get(name)
        if old is not None and _is_as_before(name, entry, old):
            continue  # first, as nearly all of a poll is
        most = MAX_CHARACTERS_OF_LIST if name in LISTS else MAX_CHARACTERS
        if not isinstance(entry, dict) or "value" not in entry or _is_too_long(entry, most):
            continue
        taken = _newer(old, entry, now)
        if taken is None:
            continue
        heard = units.understood(taken, old, known, descriptors.UNITS.get(name))
        if heard is not None:
            taken["heard"] = heard
        spoke = descriptors.spoke_at(name, taken, old)
        if spoke is not None:
            taken["spoke"] = spoke
        if taken != old:
            known[name] = taken
            changed.add(name)
    return changed


def _is_as_before(name, entry, old):
    """True if an entry says what the known one says, and whose unit needs no other look: nothing of it would be stored."""
    return (
        isinstance(entry, dict)
        and entry.get("value", entry) == old["value"]
        and entry.get("timestamp") == old["timestamp"]
        and entry.get("unit") == old["unit"]
        and (name not in _BY_DISTANCE or "heard" in old or units.symbol(old["unit"]) is not None)
    )


def _keep_pair(known, entries, key, names):
    """Keeps the last latitude and longitude of one moment, as the next latitude may come before its longitude. True if it is another."""
    if not any(name in entries for name in names) or not all(name in known for name in names):
        return False
    within = PAIR_WITHIN if all(name in entries for name in names) else descriptors.PAIR_WITHIN
    pair = descriptors.pair_of(known, key, within)
    if pair is None or pair == known.get(key):
        return False
    known[key] = pair
    return True


def _merge_extras(known, entries, extras, now):
    changed = set()
    for name, entry in entries.items():
        is_good = name not in _WANTED and isinstance(entry, dict) and "value" in entry and not _is_too_long(entry, MAX_CHARACTERS_OF_LIST)
        if not is_good or not extras.wants(name, known):
            continue
        old = known.get(name)
        taken = _newer(old, entry, now)
        taken = taken and extras.kept(taken, old)
        if taken is not None and taken != old:
            known[name] = taken
            changed.add(name)
    return changed


def _newer(old, entry, now):
    """The entry to store, or None if the old one stays."""
    taken = {"value": entry["value"], "unit": _text(entry.get("unit")), "timestamp": _text(entry.get("timestamp"))}
    time, old_time = times.parse(taken["timestamp"]), times.parse(old["timestamp"]) if old else None
    if time is None:
        return taken if old is None or _is_better_than_old(entry, old, old_time, now) else None
    if old_time is not None and time < old_time:
        return None
    # a clock that was never set says nothing. If the old entry is in the future as well, ours is wrong; then their order counts
    if now >= times.CLOCK_IS_SET and time > now + FUTURE and not (old_time or 0) > now + FUTURE:
        taken["timestamp"] = times.to_iso(max(now, old_time or 0))
    return taken


def _is_better_than_old(entry, old, old_time, now):
    """Whether an entry without a known time replaces the old one. null means never sent; an old one with a time stays for a while."""
    if entry["value"] is None:
        return False
    return old_time is None or (now > old_time + STANDS and text_type(entry["value"]) != text_type(old["value"]))


def _is_too_long(entry, most):
    value = entry["value"]
    if isinstance(value, (list, dict)):
        value = json.dumps(value)
    if isinstance(value, _TEXTS) and len(value) > most:
        return True
    unit, moment = entry.get("unit"), entry.get("timestamp")
    return (isinstance(unit, _TEXTS) and len(unit) > MAX_CHARACTERS_BESIDE) or (
        isinstance(moment, _TEXTS) and len(moment) > MAX_CHARACTERS_BESIDE
    )


def _text(value):
    return value if isinstance(value, text_type) else None
