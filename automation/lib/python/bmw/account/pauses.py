"""How long a failed call to BMW must wait: ONE rule for every call. The wait grows with each failure in a row.

Pure: gets the time as an argument (epoch seconds), reads and returns JSON-able records. Knows no cloud.
"""

from __future__ import absolute_import, unicode_literals

from bmw.errors import NetworkError, Paused, SignInNeeded
from bmw.record import record

#: seconds that a call must wait after the first, second ... failure in a row; the last number counts for all later failures
STEPS = (0, 600, 1200, 2400, 4800, 7200)
#: the same for token requests, which cost none of the day's calls
TOKEN_STEPS = (300, 300, 600, 1200, 2400, 3600)
#: the same if BMW refuses a token. Its servers have refused valid ones for hours, but usually only a new sign-in helps
REFUSED_STEPS = (900, 1800, 3600, 7200, 14400, 28800)
#: the same if there is no answer to a token request. The waits are short, because this request notices first that the network is back
UNANSWERED_STEPS = (300, 600)
#: the longest wait that BMW can ask for: it once asked for a day and was back within hours
MAX_RETRY_AFTER = 7200
#: seconds after which a failure is forgotten, even if the call was never repeated
FORGOTTEN_AFTER = 7 * 86400


#: A failed call: failures in a row (int), end of the wait (epoch seconds), what the last failure said (str), and whether the wait
#: was ended before (bool)
_Failure = record("_Failure", "count until state problem advice is_lifted")


def token_steps(error):
    """The steps after a failed token request, by its error (CloudError)."""
    kinds = ((SignInNeeded, REFUSED_STEPS), (NetworkError, UNANSWERED_STEPS))
    return next((steps for kind, steps in kinds if isinstance(error, kind)), TOKEN_STEPS)


class Pauses(object):
    """The calls whose last try failed, each with a name.

    Args:
        record (dict or None): see ``to_record``.
    """

    def __init__(self, record=None):
        self.load(record)

    def load(self, record):
        """Loads a record of ``to_record``; None: no call failed."""
        # older versions stored no is_lifted
        entries = [(name, (list(values) + [False])[: len(_Failure.FIELDS)]) for name, values in (record or {}).items()]
        self._failed = dict((name, _Failure(*values)) for name, values in entries)

    def to_record(self):
        return dict((name, list(failure)) for name, failure in self._failed.items())

    def held(self, name, now):
        """The Paused that says why this call must wait now; None if it need not."""
        failure = self._failed.get(name)
        # longer than the longest wait: the clock was set back
        if failure is None or failure.is_lifted or not now < failure.until <= now + REFUSED_STEPS[-1]:
            return None
        return Paused(failure.state, failure.problem, failure.advice, failure.until)

    def check(self, name, now):
        """Raises Paused while the call must wait."""
        error = self.held(name, now)
        if error is not None:
            raise error

    def failed(self, name, now, error, steps=None):
        """Records a failure (CloudError). Returns the end of the wait, None if the call need not wait.

        If a person's call fails during the wait, the wait does not grow.
        """
        last = self._failed.get(name)
        count = 1 if last is None else last.count if self.held(name, now) else last.count + 1
        steps = steps or STEPS
        wait = steps[min(count, len(steps)) - 1]
        if error.retry_after is not None:
            wait = max(wait, min(error.retry_after, MAX_RETRY_AFTER))
        self._failed = dict((key, kept) for key, kept in self._failed.items() if abs(now - kept.until) < FORGOTTEN_AFTER)
        self._failed[name] = _Failure(count, now + wait, error.state, error.problem, error.advice, False)
        return now + wait if wait else None

    def last_state(self, name):
        """The state word of this call's last failure; None if it worked since."""
        return self._failed[name].state if name in self._failed else None

    def worked(self, name):
        """Records that the call worked. Returns True if it had failed before: then the record must be stored."""
        return self._failed.pop(name, None) is not None

    def lift(self, *names):
        """Ends the wait of these calls, or of all without a name: a person asks. If they fail again, the next wait is longer."""
        for name in names or list(self._failed):
            if name in self._failed:
                # the count and the time stay, so that the failure is not forgotten
                self._failed[name] = _Failure(*(self._failed[name][:-1] + (True,)))

    def forget(self):
        """Forgets all failures: a person signed in."""
        self._failed = {}
