"""The calls of a day: how many are left, and when to try again after a refusal.

Pure: time comes in as an argument (epoch seconds), records go in and out as JSON-able values. Knows no cloud.
"""

from __future__ import absolute_import, unicode_literals

from bmw.errors import QuotaExceeded
from bmw.times import next_utc_midnight

DAY = 86400
#: part of the day's calls kept back for the force update and the sign-in
RESERVE = 0.1
#: seconds to wait after the first, second ... refusal for quota; BMW does not say when its day begins
BACK_OFF = (3600, 7200, 14400, 28800)
#: seconds after UTC midnight at which the day's allowance is surely new
AFTER_MIDNIGHT = 300
_BUCKET = 60
#: for automatic calls a day is this much shorter (seconds), which the reserve covers: what is asked at the same time each day must
#: not be in its own way
_EARLY = 2 * _BUCKET


class Budget(object):
    """The calls of the last 24 hours against a daily limit.

    BMW only says 'daily': counting a rolling day holds for a day that begins at midnight UTC as well.

    Args:
        limit (int or None): calls a day; None = not limited.
        record (list or None): what ``to_record`` gave.
    """

    def __init__(self, limit, record=None):
        self.limit = limit
        self.load(record)

    def load(self, record):
        """Takes over what ``to_record`` gave; None = nothing was counted."""
        record = record or {}
        #: [minute, count] pairs, oldest first
        self._calls = [list(pair) for pair in record.get("calls", [])]
        self._refusals = record.get("refusals", 0)
        self.blocked_until = record.get("blocked_until", 0)

    def to_record(self):
        return {"calls": self._calls, "refusals": self._refusals, "blocked_until": self.blocked_until}

    def spent(self, now):
        """Calls in the 24 hours before ``now``. A clock that was set back does not count calls twice."""
        return sum(count for _minute, count in self._lately(now))

    def _lately(self, now):
        return [pair for pair in self._calls if now - DAY < pair[0] * _BUCKET + _BUCKET and pair[0] * _BUCKET <= now + DAY]

    def left(self, now):
        """Calls left (int), or None when not limited."""
        return None if self.limit is None else max(0, self.limit - self.spent(now))

    def room(self, now):
        """Automatic calls that can be made now (int), so far as we know; None when not limited."""
        return None if self.limit is None else max(0, self._usable(by_person=False) - self.spent(now + _EARLY))

    def has_room(self, now, calls):
        """True if that many (int) automatic calls can be made now, so far as we know."""
        return self.limit is None or (now >= self._blocked(now) and calls <= self.room(now))

    def spend(self, now, by_person=False):
        """Counts one call, before it is made.

        Args:
            by_person (bool): asked for by a person, who may use the reserve.

        Raises:
            QuotaExceeded: none is left, or BMW's refusal still holds.
        """
        if now < self._blocked(now):
            raise _exceeded("BMW's daily allowance of calls is used up", self.blocked_until)
        self._calls = self._lately(now)  # also where nothing is limited; only here, as other threads look at it
        if self.limit is not None and self.spent(now if by_person else now + _EARLY) >= self._usable(by_person):
            raise _exceeded("The daily allowance of {} calls is used up".format(self.limit), self._next_free(now))
        minute = int(now // _BUCKET)
        if self._calls and self._calls[-1][0] == minute:
            self._calls[-1][1] += 1
        else:
            self._calls.append([minute, 1])

    def refused(self, now, retry_after=None):
        """BMW said that the quota is used up: no call until the time returned (epoch seconds)."""
        wait = retry_after or BACK_OFF[min(self._refusals, len(BACK_OFF) - 1)]
        self._refusals += 1
        self.blocked_until = min(now + wait, next_utc_midnight(now) + AFTER_MIDNIGHT)
        return self.blocked_until

    def answered(self):
        """A call was let through: the next refusal starts the back-off anew."""
        self._refusals = 0
        self.blocked_until = 0

    def _blocked(self, now):
        """The time BMW's refusal holds, 0 when it comes from a clock that was set back since."""
        return self.blocked_until if self.blocked_until <= now + DAY + AFTER_MIDNIGHT else 0

    def _usable(self, by_person):
        return self.limit if by_person else self.limit - int(self.limit * RESERVE)

    def _next_free(self, now):
        """When the oldest call leaves the rolling day."""
        return self._calls[0][0] * _BUCKET + _BUCKET + DAY if self._calls else now


def _exceeded(problem, retry_at):
    return QuotaExceeded(problem, "polling continues automatically", retry_at=retry_at)
