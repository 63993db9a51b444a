"""The simulated clock: every time the cloud reads or writes comes from here.

It runs with the wall clock plus an offset, so that a test lets an hour pass by moving the offset, not by
sleeping. It knows nothing of tokens or cars.
"""

import time
from datetime import datetime, timezone


class Clock:
    """The time of BMW's servers: the machine's time plus an offset; ``hurry`` makes it run faster."""

    def __init__(self, offset=0.0):
        self.offset = float(offset)
        self.speed = 1
        self.origin = 0.0

    def now(self):
        """Epoch seconds on BMW's servers."""
        return self.origin + (time.time() - self.origin) * self.speed + self.offset

    def hurry(self, speed):
        """Makes time run ``speed`` times as fast. Returns the start of that (epoch seconds)."""
        self.origin, self.speed = time.time(), speed
        return self.origin

    def advance(self, seconds):
        self.offset += seconds

    def day(self):
        """The UTC date; daily quotas count by it."""
        return datetime.fromtimestamp(self.now(), timezone.utc).date().isoformat()


def iso(seconds):
    """The time as in BMW's REST answers, `2026-10-03T17:21:44.000Z`; None stays None."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (moment.microsecond // 1000)


def from_iso(text):
    """Epoch seconds of an ISO 8601 date-time; a time without zone is UTC. ValueError for any other text."""
    text = text.strip()
    if "T" not in text:
        raise ValueError("not a date-time")
    # an unescaped plus sign in a query string arrives as a blank
    text = text.replace(" ", "+")
    if text.endswith(("Z", "z")):
        text = text[:-1] + "+00:00"
    head, dot, tail = text.partition(".")
    if dot:
        digits = len(tail) - len(tail.lstrip("0123456789"))
        text = "%s.%s%s" % (head, tail[:digits][:6].ljust(6, "0"), tail[digits:])
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()
