"""Chooses the list of descriptors to ask BMW for next: after few tries the list has as many descriptors as BMW accepts.

BMW refuses a list in three ways: it names the first bad descriptor, it names none, or its server fails because the list is too long.
A named descriptor is left out. If none is named, fewer and fewer descriptors are added to the accepted ones, until a single
one makes the difference. Pure: makes no call, and keeps its notes in a dict that is JSON-able.
"""

from __future__ import absolute_import, unicode_literals

#: seconds until a refused descriptor is tried again: BMW may have it again, or may have refused it for another reason
AGAIN = 28 * 86400
#: two tests for a descriptor that makes the difference: in the place of an accepted one, then the accepted list without it
_SWAP, _CONTROL = "swap", "control"


class Search(object):
    """See the module's docstring.

    Args:
        wanted (list of str): the descriptors, the most important ones first.
        rungs (list of int): how many of the first descriptors make a good shorter list, the longest first.
        notes (dict): the stored notes. ``left_out`` (list): descriptors that are missing in the list that BMW accepted last;
            ``refused`` (dict): descriptor -> when it was refused; ``full``: when BMW was found to accept no longer list. Only this
            class uses the other notes.
        now (float): epoch seconds.
    """

    def __init__(self, wanted, rungs, notes, now):
        self._wanted = wanted
        self._rungs = rungs
        self._notes = notes
        self._now = now
        refused = notes.get("refused", {})
        self._refused = dict((name, when) for name, when in refused.items() if name in wanted and self._is_recent(when))
        if self._refused != refused:
            notes["refused"] = self._refused

    def _is_recent(self, when):
        return 0 <= self._now - when < AGAIN

    @property
    def accepted(self):
        """The list that BMW accepted last; empty before the first one."""
        left_out = self._notes.get("left_out")
        return [] if left_out is None else [name for name in self._wanted if name not in left_out]

    @property
    def open(self):
        """The descriptors (list) that may be added to the accepted ones."""
        if "full" in self._notes and self._is_recent(self._notes["full"]):
            return []
        accepted = set(self.accepted)
        names = [name for name in self._wanted if name not in accepted and name not in self._refused]
        turn = self._notes.get("turn", 0) % max(1, len(names))
        return names[turn:] + names[:turn]

    def next(self):
        """The list to ask for (list of str); None if no descriptor can be added."""
        accepted, rest = self.accepted, self.open
        if not rest:
            return None
        test = self._notes.get("test")
        if test is not None and test[0] in rest and accepted:
            return accepted[:-1] + [test[0]] if test[1] == _SWAP else accepted
        self._notes.pop("test", None)
        return accepted + rest[: self._step(rest)]

    def _step(self, rest):
        return max(1, min(len(rest), self._notes.get("step", len(rest))))

    def refused(self, names):
        """BMW refused the list of ``next``. ``names`` (set of str): the descriptors that BMW named."""
        accepted, rest = self.accepted, self.open
        for name in names:
            self._refused[name] = self._now
        self._notes["refused"] = self._refused
        if names:
            self._notes.pop("test", None)
            if accepted and names.intersection(accepted):
                # BMW no longer accepts it: the search starts again without it
                self._notes.pop("left_out", None)
            return
        test = self._notes.pop("test", None)
        if test is not None and test[1] == _SWAP:
            self._notes["test"] = [test[0], _CONTROL]
        elif test is not None:
            # BMW refuses even the list that it accepted before: the list is not the cause
            self._notes.pop("step", None)
        else:
            self._narrow(accepted, rest)

    def _narrow(self, accepted, rest):
        step = self._step(rest)
        self._notes["failed"] = len(accepted) + step
        if step > 1:
            rungs = [] if accepted else [rung for rung in self._rungs if rung < step]
            self._notes["step"] = rungs[0] if rungs else step // 2
        elif len(accepted) > 1:
            self._notes["test"] = [rest[0], _SWAP]
        else:
            # without an accepted list a single descriptor proves nothing: start again with another one first
            self._notes["turn"] = self._notes.get("turn", 0) + 1
            self._notes.pop("step", None)

    def taken(self, names):
        """BMW accepted the list ``names``."""
        test = self._notes.pop("test", None)
        self._notes.pop("turn", None)
        if not self.accepted:
            self._notes.pop("failed", None)  # a failure before the first accepted list may have been a temporary problem of BMW's
        step = None
        if test is not None and test[1] == _SWAP:
            # BMW accepts it in the place of another one: the list has reached the longest that BMW accepts
            self._notes["full"] = self._now
        elif test is not None:
            self._refused[test[0]] = self._now
            self._notes["refused"] = self._refused
            self._notes.pop("failed", None)
        elif len(names) < self._notes.get("failed", 0):
            step = max(1, (self._notes["failed"] - len(names)) // 2)
        self._notes["left_out"] = [name for name in self._wanted if name not in names]
        self._notes["asked_for"] = len(self._wanted)
        if step is None or not self.open:
            self._notes.pop("step", None)
            self._notes.pop("failed", None)
        else:
            self._notes["step"] = step

    def shorten(self, length):
        """Lets the next list have only this many descriptors more than the accepted one."""
        self._notes["step"] = length

    def begin_anew(self):
        """Forgets everything except the refused descriptors: another list is wanted."""
        for note in ("left_out", "step", "failed", "test", "turn", "full"):
            self._notes.pop(note, None)
