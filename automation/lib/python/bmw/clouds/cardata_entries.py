"""What BMW CarData said last about a car, per technical descriptor, by REST or by stream: merged by the car's own time.

Pure. The entries are kept as BMW words them ({"value", "unit", "timestamp"}), since some words of the vocabulary need
several of them; ``cardata_descriptors`` turns them into readings. Source: cardata.md sections 2.4 and 3.
"""

from __future__ import absolute_import, unicode_literals

import json

from bmw import json_in, times
from bmw.clouds import cardata_descriptors as descriptors
from bmw.compat import text_type
from bmw.errors import BadAnswer

#: a time this far ahead of our clock (seconds) is a mistake of one of the two
FUTURE = 86400
#: letters of a value and of its unit or time, and of a value with parts as JSON: some descriptors hold lists of some kilobytes.
#: What is longer is left out, as it would stay in memory and in the store
MOST_LETTERS, MOST_LETTERS_BESIDE = 20000, 100

_WANTED = frozenset(descriptors.ALL)


def parse_message(payload):
    """(vin, entries) of a stream message (bytes).

    An entry without a time of its own gets that of the message.

    Raises:
        BadAnswer: not JSON, or not of the form of a stream message.
    """
    try:
        message = json_in.parse(payload)
    except json_in.BadJson as error:
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


def merge(known, entries, now):
    """Takes the newer ones of ``entries`` over into ``known``, both {descriptor: entry}.

    Args:
        now (float): taken as the time of an entry that comes from the future, if the known one is not newer.

    Returns:
        The set of descriptors that were taken over and differ from before. Descriptors we have no use for are left out.
    """
    changed = set()
    for name, entry in entries.items():
        if name not in _WANTED or not isinstance(entry, dict) or "value" not in entry or _is_too_long(entry):
            continue
        taken = _newer(known.get(name), entry, now)
        if taken is not None and taken != known.get(name):
            known[name] = taken
            changed.add(name)
    return changed


def _newer(old, entry, now):
    """The entry as it is to be kept, or None when the old one stays."""
    taken = {"value": entry["value"], "unit": _text(entry.get("unit")), "timestamp": _text(entry.get("timestamp"))}
    time, old_time = times.parse(taken["timestamp"]), times.parse(old["timestamp"]) if old else None
    if time is None:
        # by REST, a null for what the car never sent
        return taken if entry["value"] is not None or old is None else None
    if old_time is not None and time < old_time:
        return None
    # not when the old one is ahead as well: then it is our clock that is wrong, and the order still counts
    if time > now + FUTURE and not (old_time or 0) > now + FUTURE:
        taken["timestamp"] = times.to_iso(max(now, old_time or 0))
    return taken


def _is_too_long(entry):
    value = entry["value"]
    text = json.dumps(value) if isinstance(value, (list, dict)) else value
    beside = (entry.get("unit"), entry.get("timestamp"))
    return _length(text) > MOST_LETTERS or any(_length(one) > MOST_LETTERS_BESIDE for one in beside)


def _length(value):
    return len(value) if isinstance(value, (text_type, str)) else 0


def _text(value):
    return value if isinstance(value, text_type) else None
