"""A mutator that knows the structure of an input: it also swaps, removes and repeats values in a JSON part."""

import json
import random

PART = b"\n%%\n"
#: values that often break parsers: other types, limits of numbers, empty and odd texts
ODD = (
    None, True, False, 0, -1, 1.5, 1e308, 10**400, -(2**63), float("nan"), float("inf"), "", " ", "0", "-1", "1e999", "nan", "\u00b2", "\u0663",
    "INVALID", "NULL", "\ud800", "\U0001f697", "2026-10-03T12:00:00Z", "9999-12-31T23:59:59-99:99", "0001-01-01", "07:35", "99:99",
    [], {}, [[]], [None], {"": None}, "a" * 3000, [{}], [0], {"value": {}}, "[" * 300, [[[[[[[[]]]]]]]], "\x00", "%", "../..", "\r\nx: y",
)  # fmt: skip


def mutate(data, max_size, seed, plain):
    """A changed input. ``plain(data, max_size)`` is the fuzzer's own mutation; nearly half of the inputs get it."""
    chance = random.Random(seed)
    parts = data.split(PART)
    number = chance.randrange(len(parts))
    head, newline, body = parts[number].partition(b"\n")
    if not newline:
        head, body = b"", parts[number]
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return plain(data, max_size)
    if chance.random() < 0.4:
        return plain(data, max_size)
    changed = json.dumps(_changed(value, chance)).encode("utf-8")
    parts[number] = head + newline + changed
    return PART.join(parts)[:max_size]


def _changed(value, chance):
    """The value with one change at a random place."""
    if not isinstance(value, (dict, list)) or not value or chance.random() < 0.1:
        return chance.choice(ODD)
    key = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
    way = chance.random()
    if way < 0.1:
        del value[key]
    elif way < 0.15 and isinstance(value, list):
        value.append(value[key])
    else:
        value[key] = _changed(value[key], chance)
    return value
