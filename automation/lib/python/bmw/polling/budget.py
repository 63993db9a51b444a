"""The budget of calls per day: how many are left, and the back-off after a refusal.

Pure: the time is an argument (epoch seconds), records are JSON-able values. Knows no cloud.
"""

from __future__ import absolute_import, unicode_literals

from bmw.account.pauses import Pauses
from bmw.errors import QuotaExceeded
from bmw.times import CLOCK_IS_SET, next_utc_midnight

DAY = 86400
#: share of the day's calls reserved for force update and sign-in
RESERVE = 0.1
#: back-off in seconds after the first, second ... quota error; BMW does not say when its day begins
BACK_OFF = (3600, 7200, 14400, 28800)
#: seconds after UTC midnight when the daily quota is surely renewed
AFTER_MIDNIGHT = 300
_BUCKET = 60
#: for automatic calls a day is shorter by so many seconds, so that a call at the same time each day does not block itself; the
#: reserve covers this
_EARLY = 2 * _BUCKET


class Budget(object):
    """The calls of the last 24 hours against a daily limit.

    BMW only says 'daily'. A rolling count of 24 hours also fits a limit that renews at midnight UTC.

    The calls of this process age by ``monotonic``, so that a clock that is set forgets none of them. Those of before age by the clock;
    where it cannot be true, they count as made at the start.

    Attributes:
        pauses (bmw.account.pauses.Pauses): the calls that are left alone for a while, as they failed.

    Args:
        limit (int or None): calls per day; None = not limited.
        record (list or None): result of ``to_record``.
        monotonic: callable -> seconds of a clock that nobody sets; None = all calls age by the time of day.
    """

    def __init__(self, limit, record=None, monotonic=None):
        self.limit = limit
        self.pauses = Pauses()
        self._monotonic = monotonic
        self.load(record)

    def load(self, record, now=None):
        """Loads the result of ``to_record``; None = no calls yet."""
        record = record or {}
        #: [minute, count, its start by ``monotonic`` or None]
        self._calls = [[minute, count, self._first_seen(minute, now)] for minute, count in record.get("calls", [])]
        self._refusals = record.get("refusals", 0)
        self.blocked_until = record.get("blocked_until", 0)
        self.pauses.load(record.get("pauses"))

    def to_record(self):
        calls = [call[:2] for call in self._calls]
        return {"calls": calls, "refusals": self._refusals, "blocked_until": self.blocked_until, "pauses": self.pauses.to_record()}

    def _first_seen(self, minute, now):
        """The present time by ``monotonic`` for calls of which the clock was or is wrong, else None."""
        if self._monotonic is None or now is None:
            return None
        start = minute * _BUCKET
        is_from_unset_clock = start < CLOCK_IS_SET
        was_ahead = now >= CLOCK_IS_SET and start > now + DAY
        return self._monotonic() if is_from_unset_clock or was_ahead else None

    def spent(self, now, sooner=0):
        """Calls in the 24 hours, less ``sooner`` seconds, before ``now``. A clock that was set back does not count calls twice."""
        return sum(call[1] for call in self._lately(now, sooner))

    def _lately(self, now, sooner=0):
        """[minute by the present clock, count, its start by ``monotonic`` or None] of these calls."""
        calls = [[int(round(self._start(call, now) / _BUCKET)), call[1], call[2]] for call in self._calls]
        # before the clock is set nobody knows how old the calls of earlier are; nor does BMW's certificate hold then
        is_set = now >= CLOCK_IS_SET
        return [call for call in calls if now + sooner - DAY < (call[0] + 1) * _BUCKET and (not is_set or call[0] * _BUCKET <= now + DAY)]

    def _start(self, call, now):
        """When these calls began, in seconds of the present clock."""
        minute, _count, begun = call
        return minute * float(_BUCKET) if begun is None else now - (self._monotonic() - begun)

    def left(self, now):
        """Calls left (int), or None if not limited."""
        return None if self.limit is None else max(0, self.limit - self.spent(now))

    def room(self, now):
        """Automatic calls left now (int), as far as we know; None if not limited."""
        return None if self.limit is None else max(0, self._usable(by_person=False) - self.spent(now, _EARLY))

    def has_room(self, now, calls):
        """True if so many automatic calls (int) are left now, as far as we know."""
        return self.limit is None or (now >= self._blocked(now) and calls <= self.room(now))

    def spend(self, now, by_person=False):
        """Counts one call before it is sent.

        Args:
            by_person (bool): a person caused the call, so it may use the reserve.

        Raises:
            QuotaExceeded: no calls are left, or the back-off has not ended.
        """
        if now < self._blocked(now):
            raise _exceeded("BMW's daily allowance of calls is used up", self.blocked_until)
        self._calls = self._lately(now)  # also without a limit; replaced only here, because other threads read it
        if self.limit is not None and self.spent(now, 0 if by_person else _EARLY) >= self._usable(by_person):
            raise _exceeded("The daily allowance of {} calls is used up".format(self.limit), self._next_free(now))
        minute = int(now // _BUCKET)
        if self._calls and self._calls[-1][0] == minute:
            self._calls[-1][1] += 1
        else:
            begun = None if self._monotonic is None else self._monotonic() - (now - minute * _BUCKET)
            self._calls.append([minute, 1, begun])

    def refused(self, now, retry_after=None):
        """Call this after a quota error from BMW. Returns the end of the back-off (epoch seconds)."""
        wait = retry_after or BACK_OFF[min(self._refusals, len(BACK_OFF) - 1)]
        self._refusals += 1
        self.blocked_until = min(now + wait, next_utc_midnight(now) + AFTER_MIDNIGHT)
        return self.blocked_until

    def answered(self):
        """Call this after a successful call. It resets the back-off."""
        self._refusals = 0
        self.blocked_until = 0

    def _blocked(self, now):
        """The end of the back-off; 0 if the clock was set back since then."""
        return self.blocked_until if self.blocked_until <= now + DAY + AFTER_MIDNIGHT else 0

    def _usable(self, by_person):
        return self.limit if by_person else self.limit - int(self.limit * RESERVE)

    def _next_free(self, now):
        """When the oldest call is more than a day old."""
        return min(call[0] for call in self._calls) * _BUCKET + _BUCKET + DAY if self._calls else now


def _exceeded(problem, retry_at):
    return QuotaExceeded(problem, "polling continues automatically", retry_at=retry_at)
