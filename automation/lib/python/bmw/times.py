"""Reads and writes times as text. Times are seconds since 1970-01-01 UTC, as a float."""

from __future__ import absolute_import, unicode_literals

import re
import time

from bmw.compat import text_type, upper
from bmw.pattern import Pattern

_ISO = Pattern(
    r"^\s*(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?\s*$",
    re.IGNORECASE,
)
#: dd.mm.yyyy or mm/dd/yyyy, with a time or without (descriptor catalogue, inspectionDateLegal and trip end); BMW's own example
#: mixes the two, so a month beyond 12 is the day
_DOTTED = Pattern(r"^\s*(\d{1,2})([./])(\d{1,2})[./](\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(?:UTC)?\s*$")
#: cache: a poll parses each value's time several times, and most times are the same as in the last poll
_PARSED = {}
MAX_PARSED = 1000
#: characters of a time; BMW uses about thirty at most
MAX_CHARACTERS = 64
#: 2026-01-01: a clock that shows less was never set, such as a Raspberry Pi's before it has found the network
CLOCK_IS_SET = 1767225600
#: days before 1970-01-01 since the year 1; days of a year before each month, and of the year
_EPOCH_DAY = 719162
_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
#: yyyy-mm or m.yyyy
_MONTH = Pattern(r"^\s*(?:(\d{4})-(\d{2})|(\d{1,2})\.(\d{4}))\s*$")


class SystemClock(object):
    """The machine's clock. Tests pass their own with the same method."""

    def now(self):
        """Seconds since the epoch (float, UTC)."""
        return time.time()


def _epoch(year, month, day, hour=0, minute=0, second=0):
    """Epoch seconds of a UTC date, or None if the date does not exist."""
    fields = [int(part or 0) for part in (year, month, day, hour, minute, second)]
    if not 1970 <= fields[0] <= 9999:
        return None
    if fields[3] > 23 or fields[4] > 59 or fields[5] > 60:
        return None
    days = _day(*fields[:3])
    return None if days is None else float(days * 86400 + fields[3] * 3600 + fields[4] * 60 + fields[5])


def _day(year, month, day):
    """Days (int) from 1970-01-01 to a date, or None if there is no such date. The datetime module would cost 15 ms of load time."""
    leap = 1 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 0
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS_BEFORE[month] - _DAYS_BEFORE[month - 1] + (leap if month == 2 else 0):
        return None
    before = year - 1
    days = 365 * before + before // 4 - before // 100 + before // 400 - _EPOCH_DAY
    return days + _DAYS_BEFORE[month - 1] + (leap if month > 2 else 0) + day - 1


def _offset(zone):
    """Offset from UTC in seconds for ``Z``, ``UTC``, ``+01:00``, ``-0500`` or nothing (BMW means UTC then)."""
    if not zone or zone == "Z" or upper(zone) in ("Z", "UTC"):
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds


def parse(text):
    """Epoch seconds of a time from BMW, or None for anything else.

    Knows ISO 8601 with 0 to n fraction digits and Z, offset or nothing; ``dd.mm.yyyy hh:mm[:ss] UTC``;
    ``mm/dd/yyyy hh:mm[:ss] UTC``; ``YYYY-MM`` or ``m.yyyy`` (the first of that month).
    """
    if not isinstance(text, text_type) or len(text) > MAX_CHARACTERS:
        return None
    seconds = _PARSED.get(text)
    if seconds is None:
        seconds = _of_its_minute(text) if text[16:17] == ":" and text[-1] == "Z" else None
        seconds = _parsed(text) if seconds is None else seconds
        if seconds is not None:
            if len(_PARSED) >= MAX_PARSED:
                _PARSED.clear()
            _PARSED[text] = seconds
    return seconds


def _of_its_minute(text):
    """The same for ``2026-10-03T17:21:44.120Z``, as BMW writes most, from the time of its minute, which is parsed for the first one only.

    A regular expression takes Jython four times as long. None if it is written in another way.
    """
    digits = text[17:19] + (text[20:23] if text[19:20] == "." else "000")
    if len(text) not in (20, 24) or not digits.isdigit() or (len(text) == 24 and text[19] != "."):
        return None
    try:
        millis = int(digits)
    except ValueError:  # such as a raised 2, which Python 3 takes for a digit
        return None
    minute = parse(text[:16] + "Z")
    return minute + millis / 1000.0 if minute is not None and millis < 61000 else None


def _parsed(text):
    iso = _ISO.match(text)
    if iso:
        year, month, day, hour, minute, second, fraction, zone = iso.groups()
        seconds = _epoch(year, month, day, hour, minute, second)
        return None if seconds is None else seconds + float(fraction or 0) - _offset(zone)
    dotted = _DOTTED.match(text)
    if dotted:
        first, separator, middle, year, hour, minute, second = dotted.groups()
        day, month = (first, middle) if separator == "." else (middle, first)
        if int(month) > 12:
            day, month = month, day
        return _epoch(year, month, day, hour, minute, second)
    only_month = _MONTH.match(text)
    if not only_month:
        return None
    year, month, dotted_month, dotted_year = only_month.groups()
    return _epoch(year or dotted_year, month or dotted_month, 1)


def to_iso(seconds):
    """``2026-10-03T17:21:44.120Z`` for epoch seconds (float)."""
    millis = int(round(seconds * 1000))
    return "{}.{:03d}Z".format(time.strftime(str("%Y-%m-%dT%H:%M:%S"), time.gmtime(millis // 1000)), millis % 1000)


def machine_offset(seconds):
    """Offset of this machine's time zone from UTC in seconds (int) at a time (epoch seconds)."""
    year, month, day, hour, minute, second = time.localtime(seconds)[:6]
    return _day(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - int(seconds)


#: offset of the home's time zone. In openHAB its own time zone setting replaces it, because containers often run in UTC
home_offset = machine_offset


def at_home(seconds):
    """Local time at home (time.struct_time) for epoch seconds."""
    return time.gmtime(seconds + home_offset(seconds))


def local_hour(seconds):
    """The hour (int) of the day at home."""
    return at_home(seconds).tm_hour


def month_start(seconds, back):
    """Epoch seconds of the start of a month at home: the month of ``seconds``, minus ``back`` (int) months."""
    year, month = at_home(seconds)[:2]
    year, month = divmod(year * 12 + month - 1 - back, 12)
    return from_home(_epoch(year, month + 1, 1))


def from_home(seconds):
    """Epoch seconds of a local time that was parsed as if it were UTC."""
    return seconds - home_offset(seconds - home_offset(seconds))


def next_utc_midnight(seconds):
    """Epoch seconds of the next UTC midnight."""
    return float((int(seconds) // 86400 + 1) * 86400)


def span(seconds):
    """A duration for people, in its one or two largest units: ``45 s``, ``12 min``, ``3 h 5 min``, ``4 d 2 h``."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "{:.0f} s".format(max(0, seconds // 1))
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min")]
    first = next(place for place, (count, _unit) in enumerate(parts) if count)
    return " ".join("{} {}".format(count, unit) for count, unit in parts[first : first + 2] if count)


def distance(seconds, now):
    """A time relative to ``now`` (both epoch seconds): ``12 min ago``, ``in 3 h 5 min``; ``never`` for None."""
    if seconds is None:
        return "never"
    return "in " + span(seconds - now) if seconds > now else span(now - seconds) + " ago"
