"""The container at BMW: the named list of descriptors that an account reads. Found, made, replaced when BMW or we want another.

Each step is a call of the 50 a day, so what BMW refused is remembered. Without a container there is no data: some tries are made
at once then. With one, a better one can wait. What to ask for next, ``bmw.clouds.cardata.search`` knows.
"""

from __future__ import absolute_import, unicode_literals

import hashlib
import logging
import re

from bmw.clouds.cardata.errors import ContainerGone, ContainersFull, Refused
from bmw.clouds.cardata.search import Search
from bmw.compat import text_type, to_bytes
from bmw.errors import BadAnswer, CloudError, NetworkError, NotFound, Paused, QuotaExceeded, ServerError, SignInNeeded, TokenRejected

log = logging.getLogger("bmw")

#: our containers are told from others by this start of their name; the rest of the name is the set of descriptors
CONTAINER_NAME = "openhab-bmw"

PATH = "/customers/containers"
#: lists that are tried one after the other when there is no container yet; later it is one at a time
MAX_AT_ONCE = 5
#: seconds after which a better list is tried for again: after BMW named what it refused, and after it did not
BETTER_AFTER_NAME, BETTER_AFTER_FAILURE = 3600, 4 * 3600
#: calls that must be left for the polls when a better list is tried for
KEEP = 6
#: so many times a container that is not used any more is told to go, and so many of them are kept in mind
MAX_REMOVALS, MAX_OLD = 3, 10
#: readings in a row that fail with a container until it is replaced
ENOUGH = 3
#: seconds between two replacements of what BMW refuses: of one that is gone but worked before, and any other. The latter is
#: doubled while it does not help
GONE_AGAIN, REFUSED_AGAIN, MAX_DOUBLED = 6 * 3600, 86400, 4
_NAME = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)+")
#: trouble that says nothing of the list: of the account, the network, or of this moment
_NOT_OF_THE_LIST = (SignInNeeded, TokenRejected, QuotaExceeded, NetworkError, BadAnswer, Paused, ContainersFull)
#: what can be the container's fault, when a car is not read by it
_OF_THE_CONTAINER = (ContainerGone, Refused, NotFound, ServerError)


class Containers(object):
    """See the module's docstring.

    Args:
        sets (list of lists of str): the descriptors that are wanted; then shorter lists, for when BMW refuses the longer ones.
        send: callable(session, method, path, take=None, **options) -> what ``take`` makes of the answer, see ``Session.send``.
    """

    def __init__(self, sets, send):
        self._send = send
        self._sets = sets
        self._aim = name_of(sets[0])
        # the shorter lists are the beginnings of the longest
        self._wanted = []
        for names in reversed(sets):
            known = set(self._wanted)
            self._wanted += [name for name in names if name not in known]
        self._rungs = [len(names) for names in sets[1:]]

    def id(self, session, now):
        """The id of our container: the remembered one, else one of ours that is there, else a new one. Raises CloudError."""
        memory = session.memory
        if "container" not in memory:
            self._use(memory, self._obtain(session, now))
        elif self._may_improve(session, now):
            self._improve(session, now)
        self._remove_old(session)
        return memory["container"]

    def works(self, session):
        """A car was read by the container."""
        for note in ("container_failed", "in_vain"):
            session.memory.pop(note, None)

    def replace(self, session, vin, error, now):
        """A car was not read by the container. True if there is another one now, as this one seems to be at fault.

        Raises:
            CloudError: the container is gone, and there is no other.
        """
        memory = session.memory
        # without one the error comes from the search for one
        if "container" not in memory or isinstance(error, BadAnswer) or not isinstance(error, _OF_THE_CONTAINER):
            return False
        failures = memory.setdefault("container_failed", {})
        failures[vin] = failures.get(vin, 0) + 1
        is_gone = isinstance(error, ContainerGone)
        if (max(failures.values()) < ENOUGH and not is_gone) or not self._may_replace(memory, is_gone, now):
            return False
        old = memory.pop("container")
        memory["bad"] = ([one for one in memory.get("bad", []) if one != old] + [old])[-MAX_OLD:]
        try:
            new = self._obtain(session, now)
        except CloudError as trouble:
            if is_gone:
                raise
            # other calls fail too: it is not the container's fault
            memory["container"] = old
            log.info("The data container stays that of before: %s", trouble.text())
            return False
        if not is_gone:
            self._forget_later(memory, old)
        self._use(memory, new)
        memory.update(replaced_at=now, in_vain=memory.get("in_vain", 0) + 1)
        return True

    @staticmethod
    def drop(memory):
        """A person signed in: the next reading makes a new container. ``memory`` (dict): that of the session."""
        if "container" in memory:
            memory["dropped"] = memory.pop("container")
        for note in ("replaced_at", "in_vain", "container_failed", "making", "improve_at"):
            memory.pop(note, None)

    @staticmethod
    def _may_replace(memory, is_gone, now):
        tries = memory.get("in_vain", 0)
        wait = GONE_AGAIN if is_gone and not tries else REFUSED_AGAIN * 2 ** min(max(0, tries - 1), MAX_DOUBLED)
        return not 0 <= now - memory.get("replaced_at", now - wait) < wait

    # a container where there is none

    def _obtain(self, session, now):
        search = self._search(session.memory, now)
        accepted = search.accepted
        # what was looked for in vain is not looked for again; once only, when a container may have been made or deleted
        looks = session.memory.pop("look_again", False) or "making" not in session.memory
        found = self._find(session, [accepted] * bool(accepted) + self._sets) if looks else None
        if found is None:
            return self._make(session, search)
        container, names = found
        search.taken(names)
        return container

    def _make(self, session, search):
        memory = session.memory
        tries = 1 if "making" in memory else MAX_AT_ONCE
        trouble = None
        for number in range(tries):
            names = search.accepted or search.next()
            if not names:
                break
            if 0 < number == tries - 1 and not search.accepted:
                names = names[: self._rungs[-1]]  # after the last try there shall be data, and be it less
                search.shorten(len(names))
            try:
                container = self._create(session, names, number > 0)
            except Paused:
                raise
            except _NOT_OF_THE_LIST as error:
                memory["making"] = True
                memory["look_again"] = isinstance(error, (ContainersFull, NetworkError, BadAnswer))
                raise
            except CloudError as error:
                trouble = error
                memory["making"] = True
                self._learn(search, names, error)
                if error.transient and len(names) <= self._rungs[-1]:
                    break  # BMW's server fails at every list
            else:
                memory.pop("making", None)
                search.taken(names)
                return container
        raise trouble or Refused("BMW refuses all descriptors", "it is tried again some weeks later")

    def _learn(self, search, names, error):
        named = set(_NAME.findall(getattr(error, str("note"), ""))).intersection(names)
        with_named = " with " + ", ".join(sorted(named)) if named else ""
        log.info("BMW made no container of %d descriptors%s: %s", len(names), with_named, error.text())
        if search.accepted and not named and search.accepted == list(names):
            search.begin_anew()  # what BMW took before
        else:
            search.refused(named)
        return named

    # a better one than there is

    def _may_improve(self, session, now):
        memory = session.memory
        at = memory.get("improve_at", 0)
        if now < at <= now + BETTER_AFTER_FAILURE or not session.has_room(KEEP):
            return False
        return memory.get("container_for") != self._aim or self._search(memory, now).next() is not None

    def _improve(self, session, now):
        """A newer version or the settings want another list, or BMW may take more of it than it did."""
        memory = session.memory
        search = self._search(memory, now)
        names, is_new_aim = None, memory.get("container_for") != self._aim
        wait = BETTER_AFTER_FAILURE
        try:
            found = self._find(session, self._sets[:1]) if is_new_aim else None
            names = found[1] if found else search.next() or search.accepted
            new = found[0] if found else self._create(session, names)
        except _NOT_OF_THE_LIST as error:
            log.info("BMW has no container for the new list of values yet, the old one is used: %s", error.text())
        except CloudError as error:
            # a server that fails once may fail at anything; the same list is asked for again before something is learnt of it
            is_sure = not error.transient or memory.get("doubtful") == name_of(names or ())
            memory["doubtful"] = name_of(names or ())
            if names and is_sure and self._learn(search, names, error):
                wait = BETTER_AFTER_NAME
        else:
            wait = 0
            search.taken(names)
            memory.pop("doubtful", None)
            if new != memory["container"]:
                # ours alone: another openHAB of this account may have its own list
                self._forget_later(memory, memory["container"])
            self._use(memory, new)
        memory["improve_at"] = now + wait

    def _search(self, memory, now):
        if "search_for" not in memory and memory.get("container_for") == self._aim:
            memory.setdefault("left_out", [])  # an earlier version has made it, of all
        search = Search(self._wanted, self._rungs, memory, now)
        # what was learnt of another list says nothing of this one, but for the names
        if memory.get("search_for", memory.get("container_for", self._aim)) != self._aim:
            search.begin_anew()
        memory["search_for"] = self._aim
        return search

    # steps

    def _use(self, memory, container):
        if memory.get("dropped") not in (None, container):
            self._forget_later(memory, memory["dropped"])
        memory.pop("dropped", None)
        memory.pop("container_failed", None)
        memory.update(container=container, container_for=self._aim)

    @staticmethod
    def _forget_later(memory, container):
        old = _old(memory)
        memory["replaced"] = ([pair for pair in old if pair[0] != container] + [[container, MAX_REMOVALS]])[-MAX_OLD:]

    def _remove_old(self, session):
        """Deletes one of ours that is not used any more. What fails at that costs no reading."""
        old = _old(session.memory)
        session.memory.pop("replaced", None)
        if not old:
            return
        container, tries = old[0]
        try:
            self._send(session, "DELETE", "{}/{}".format(PATH, container))
            tries = 0
        except (ContainerGone, NotFound):
            tries = 0
        except Paused:
            pass
        except CloudError:
            tries -= 1
        rest = old[1:] + ([[container, tries]] if tries > 0 else [])
        if rest:
            session.memory["replaced"] = rest

    def _find(self, session, sets):
        """(id, descriptors) of a container of ours with one of these lists, the best first; None if there is none."""
        memory = session.memory
        active = [one for one in self._send(session, "GET", PATH, take=_listed) if one.get("state") == "ACTIVE" and one.get("containerId")]
        memory["ours"] = [one["containerId"] for one in active if text_type(one.get("name")).startswith(CONTAINER_NAME)]
        unwanted = memory.get("bad", []) + [memory.get("dropped")]
        for names in sets:
            for one in active:
                if one.get("name") == name_of(names) and one["containerId"] not in unwanted:
                    return one["containerId"], names
        return None

    def _create(self, session, names, at_once=False):
        try:
            return self._post(session, names, at_once)
        except ContainersFull:
            # only a container of ours may go: the one that is replaced, else the oldest of an earlier version
            memory = session.memory
            ours, dropped = memory.get("ours") or [], memory.get("dropped")
            spare = [one for one in ours if one != dropped]
            if not spare and dropped in ours:
                return dropped  # better than none: where those that go count for a month there is no place for another
            if not spare:
                raise
            container = memory.get("container")
            container = container if container in spare else spare[0]
            ours.remove(container)
            self._send(session, "DELETE", "{}/{}".format(PATH, container))
            return self._post(session, names, True)

    def _post(self, session, names, at_once):
        body = {"name": name_of(names), "purpose": "openHAB", "technicalDescriptors": list(names)}
        return self._send(session, "POST", PATH, take=_made, json_body=body, at_once=at_once)


def _listed(answer):
    containers = answer.get("containers") if isinstance(answer, dict) else None
    if not isinstance(containers, list):
        raise BadAnswer("BMW's list of containers is not a list", "it is asked again")
    return [one for one in containers if isinstance(one, dict)]


def _made(answer):
    if not isinstance(answer, dict) or not answer.get("containerId"):
        raise BadAnswer("BMW's answer has no container id", "it is asked again")
    return answer["containerId"]


def _old(memory):
    """The containers that are to be deleted (list of [id, tries]); up to version 1.0 there was one."""
    old = memory.get("replaced") or []
    return [old] if old and not isinstance(old[0], list) else list(old)


def name_of(wanted):
    """Says which descriptors a container holds, since BMW's list does not and asking each costs a call."""
    return "{} {}".format(CONTAINER_NAME, hashlib.sha256(to_bytes(" ".join(sorted(wanted)))).hexdigest()[:8])
