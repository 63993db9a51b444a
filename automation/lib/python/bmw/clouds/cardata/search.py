"""Which list of descriptors to ask BMW for next, so that few tries end with as many as BMW accepts.

BMW refuses a list by naming its first bad descriptor, or by naming none, or because it is too long: the server that makes
containers fails then. What it names is left out. Where it names none, ever fewer are added to what it accepts, until one
is left that makes the difference. Pure: knows no call, and keeps its notes in a dict that is JSON-able.
"""

from __future__ import absolute_import, unicode_literals

#: seconds after which what BMW refused is tried again: it may be back, or have been refused for another reason
AGAIN = 28 * 86400
#: how one descriptor that made the difference is tried: in the place of an accepted one, then without it
_SWAP, _CONTROL = "swap", "control"


class Search(object):
    """See the module's docstring.

    Args:
        wanted (list of str): the descriptors, those that matter most first.
        rungs (list of int): lengths of its beginnings that make good shorter lists, the longest first.
        notes (dict): what is kept of it. ``left_out`` (list): what the list that BMW took last lacks; ``refused`` (dict):
            descriptor -> when it was refused; ``full``: when BMW was found to take no longer list; the rest is its own.
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
        """What the list that BMW took last holds (list); empty before the first."""
        left_out = self._notes.get("left_out")
        return [] if left_out is None else [name for name in self._wanted if name not in left_out]

    @property
    def open(self):
        """What may be added to it (list)."""
        if "full" in self._notes and self._is_recent(self._notes["full"]):
            return []
        accepted = set(self.accepted)
        names = [name for name in self._wanted if name not in accepted and name not in self._refused]
        turn = self._notes.get("turn", 0) % max(1, len(names))
        return names[turn:] + names[:turn]

    def next(self):
        """The list to ask for (list of str); None when there is nothing to gain."""
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
        """BMW did not take the list of ``next``. ``names`` (set of str): those of it that it named."""
        accepted, rest = self.accepted, self.open
        for name in names:
            self._refused[name] = self._now
        self._notes["refused"] = self._refused
        if names:
            self._notes.pop("test", None)
            if accepted and names.intersection(accepted):
                # what was good is no longer: the list begins anew without it
                self._notes.pop("left_out", None)
            return
        test = self._notes.pop("test", None)
        if test is not None and test[1] == _SWAP:
            self._notes["test"] = [test[0], _CONTROL]
        elif test is not None:
            # not even what it took before: it is no matter of the list, and nothing is learnt
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
            # nothing is accepted, so that one proves nothing: begin again with another first
            self._notes["turn"] = self._notes.get("turn", 0) + 1
            self._notes.pop("step", None)

    def taken(self, names):
        """BMW took the list ``names``."""
        test = self._notes.pop("test", None)
        self._notes.pop("turn", None)
        if not self.accepted:
            self._notes.pop("failed", None)  # what failed before the first may have been BMW's trouble of that hour
        step = None
        if test is not None and test[1] == _SWAP:
            # in another's place it is good: the list is as long as BMW makes it
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
        """The list that is asked for now has that many more descriptors than the accepted ones, and no more."""
        self._notes["step"] = length

    def begin_anew(self):
        """Another list is wanted, or a person wants a new one: nothing counts but what BMW named."""
        for note in ("left_out", "step", "failed", "test", "turn", "full"):
            self._notes.pop(note, None)
