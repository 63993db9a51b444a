"""Checks cron expressions for openHAB's timer trigger, and makes expressions that spread the polls of all households."""

from __future__ import absolute_import, unicode_literals

import hashlib
import re

from bmw.compat import to_bytes, upper
from bmw.errors import ConfigError
from bmw.pattern import Pattern

_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_DAYS = "SUN MON TUE WED THU FRI SAT".split()
#: the six or seven fields: name, lowest and highest value, words allowed instead of numbers
_FIELDS = (
    ("seconds", 0, 59, ()),
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 7, _DAYS),
    ("year", 1970, 2099, ()),
)
#: only digits 0 to 9: openHAB does not accept digits of other scripts
_PART = Pattern(r"^(\*|\?|L|LW|[A-Z0-9]+(?:-[A-Z0-9]+)?|[A-Z0-9]+#[0-9])(?:/([0-9]{1,4}))?$")
_NUMBER = Pattern(r"^[0-9]{1,4}$")
_HINT = "write minutes (30) or six fields: second minute hour day month weekday, like 0 0/30 * * * ?"


#: minutes that divide an hour or a day evenly; one cron expression cannot express others
STEPS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440)


def spread(minutes, seed):
    """A cron expression for every ``minutes`` (one of STEPS). ``seed`` (str) decides the second and minute.

    The same seed always gives the same expression, so a restart does not shift the polls.
    """
    number = int(hashlib.sha256(to_bytes(seed)).hexdigest()[:8], 16)
    second, number = number % 60, number // 60
    if minutes < 60:
        return "{} {}/{} * * * ?".format(second, number % minutes, minutes)
    hours = minutes // 60
    minute, number = number % 60, number // 60
    if hours >= 24:
        return "{} {} {} * * ?".format(second, minute, number % 24)
    return "{} {} {}/{} * * ?".format(second, minute, number % hours, hours)


def check(expression):
    """Returns the expression with single blanks.

    Raises:
        ConfigError: not a cron expression; the text names the wrong field.
    """
    fields = expression.split()
    if not 6 <= len(fields) <= 7:
        raise ConfigError("'{}' is not a cron expression, it has {} fields".format(expression, len(fields)), _HINT)
    for text, (name, lowest, highest, words) in zip(fields, _FIELDS):
        for part in text.split(","):
            if not _is_valid(upper(part), lowest, highest, words, allow_open=name.startswith("day")):
                raise ConfigError("'{}' is not valid for {} in '{}'".format(text, name, expression), _HINT)
    return " ".join(fields)


def _is_valid(part, lowest, highest, words, allow_open):
    match = _PART.match(part)
    if not match:
        return False
    base, step = match.groups()
    if step is not None and not 1 <= int(step) <= highest:
        return False
    if base == "*":
        return True
    if base in ("?", "L", "LW"):
        return allow_open
    return all(_in_range(value, lowest, highest, words) for value in re.split("[-#]", base))


def _in_range(value, lowest, highest, words):
    if value in words:
        return True
    value = value.rstrip("LW") if words or highest == 31 else value
    return bool(_NUMBER.match(value)) and lowest <= int(value) <= highest
