"""What failed is left alone for a while, the longer the more often it failed: ONE rule for every call to BMW.

Pure: time comes in as an argument (epoch seconds), records go in and out as JSON-able values. Knows no cloud.
"""

from __future__ import absolute_import, unicode_literals

from bmw.errors import NetworkError, Paused, SignInNeeded

#: seconds that a call is left alone after the first, second ... failure in a row; the last one is for all that follow
STEPS = (0, 600, 1200, 2400, 4800, 7200)
#: the same for what costs none of the day's calls: the tokens
TOKEN_STEPS = (300, 300, 600, 1200, 2400, 3600)
#: the same for tokens that BMW refuses: its servers have refused good ones for hours, but mostly only a person helps
REFUSED_STEPS = (900, 1800, 3600, 7200, 14400, 28800)
#: the same without an answer: nothing was refused, and when the line is there again the tokens tell it first
UNANSWERED_STEPS = (300, 600)
#: longest wait that BMW can ask for: it named a day when it was back within hours
MAX_RETRY_AFTER = 7200
#: seconds after which what failed is forgotten, be it never asked again
FORGOTTEN_AFTER = 7 * 86400


def token_steps(error):
    """The steps for tokens that were not given, by why (CloudError)."""
    kinds = ((SignInNeeded, REFUSED_STEPS), (NetworkError, UNANSWERED_STEPS))
    return next((steps for kind, steps in kinds if isinstance(error, kind)), TOKEN_STEPS)


class Pauses(object):
    """The calls that failed last, each by a name.

    Args:
        record (dict or None): what ``to_record`` gave.
    """

    def __init__(self, record=None):
        self.load(record)

    def load(self, record):
        """Takes over what ``to_record`` gave; None = nothing failed."""
        #: name -> [failures in a row, until when it is left alone, state, problem, advice]
        self._failed = dict((name, list(entry)) for name, entry in (record or {}).items())

    def to_record(self):
        return self._failed

    def held(self, name, now):
        """The Paused that says why this call is left alone now; None if it can be made."""
        entry = self._failed.get(name)
        # further away than it is ever put: the clock was set back
        if entry is None or not now < entry[1] <= now + REFUSED_STEPS[-1]:
            return None
        return Paused(entry[2], entry[3], entry[4], entry[1])

    def check(self, name, now):
        """Raises Paused while the call is left alone."""
        error = self.held(name, now)
        if error is not None:
            raise error

    def failed(self, name, now, error, steps=None):
        """Takes note of a failure (CloudError); returns until when the call is left alone, None if it is not.

        A person's call can fail in between: the pause does not grow by it.
        """
        entry = self._failed.get(name)
        count = 1 if entry is None else entry[0] if self.held(name, now) else entry[0] + 1
        steps = steps or STEPS
        wait = steps[min(count, len(steps)) - 1]
        if error.retry_after is not None:
            wait = max(wait, min(error.retry_after, MAX_RETRY_AFTER))
        self._failed = dict((key, kept) for key, kept in self._failed.items() if abs(now - kept[1]) < FORGOTTEN_AFTER)
        self._failed[name] = [count, now + wait, error.state, error.problem, error.advice]
        return now + wait if wait else None

    def last_state(self, name):
        """The state word of the failure that this call ended with last; None if it worked."""
        return self._failed[name][2] if name in self._failed else None

    def worked(self, name):
        """The call worked. True if it had failed before, so that this must be stored."""
        return self._failed.pop(name, None) is not None

    def lift(self, *names):
        """Lets a person's call through, or all where none is named; what fails then is left alone for longer than before."""
        for name in names or list(self._failed):
            if name in self._failed:
                self._failed[name][1] = 0

    def forget(self):
        """A person signed in: all is new."""
        self._failed = {}
