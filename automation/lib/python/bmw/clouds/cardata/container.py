"""The container at BMW, the named list of descriptors that an account reads: finds, creates, replaces and deletes it.

Each step costs one of the 50 calls a day, so refused descriptors are remembered. There is no data without a container: if there is none,
several lists are tried at once. If there is one, a better one can wait. ``bmw.clouds.cardata.search`` chooses the next list.
"""

from __future__ import absolute_import, unicode_literals

import hashlib
import logging

from bmw.clouds.cardata.errors import ContainerGone, ContainersFull, Refused
from bmw.clouds.cardata.search import Search
from bmw.compat import text_type, to_bytes
from bmw.errors import BadAnswer, CloudError, NetworkError, NotFound, Paused, QuotaExceeded, ServerError, SignInNeeded, TokenRejected
from bmw.pattern import Pattern

log = logging.getLogger("bmw")

#: the names of our containers begin with this; the rest stands for the set of descriptors, see ``name_of``
CONTAINER_NAME = "openhab-bmw"

PATH = "/customers/containers"
#: lists that are tried in a row while there is no container; with one, only one list is tried at a time
MAX_AT_ONCE = 5
#: seconds until the next try for a better list: if BMW named the refused descriptor, and if it did not
BETTER_AFTER_NAME, BETTER_AFTER_FAILURE = 3600, 4 * 3600
#: calls that must be left for the polls, else no better list is tried
KEEP = 6
#: how often deleting an unused container is tried, and how many unused containers are remembered
MAX_REMOVALS, MAX_OLD = 3, 10
#: failed readings of a car in a row after which the container is replaced
ENOUGH = 3
#: seconds between two replacements: of a container that is gone, if the last replacement helped, and of any other one. The second
#: time is doubled after each replacement that did not help, MAX_DOUBLED times
GONE_AGAIN, REFUSED_AGAIN, MAX_DOUBLED = 6 * 3600, 86400, 4
#: BMW's ids have 13 letters and digits; what could be more than one part of a path is none
_ID = Pattern(r"[A-Za-z0-9_-]{1,64}\Z")
_NAME = Pattern(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)+")
#: errors that are not caused by the list, but by the account, the network or a temporary problem
_NOT_OF_THE_LIST = (SignInNeeded, TokenRejected, QuotaExceeded, NetworkError, BadAnswer, Paused, ContainersFull)
#: errors that the container may have caused when a car could not be read
_OF_THE_CONTAINER = (ContainerGone, Refused, NotFound, ServerError)


class Containers(object):
    """See the module's docstring.

    Args:
        sets (list of lists of str): first all wanted descriptors, then shorter lists in case BMW refuses the longer ones.
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
        """The id of our container: the remembered one, else one that BMW already has, else a new one. Raises CloudError."""
        memory = session.memory
        if not _is_id(memory.get("container")):
            memory.pop("container", None)
            self._use(memory, self._obtain(session, now))
        elif self._may_improve(session, now):
            self._improve(session, now)
        self._remove_old(session)
        return memory["container"]

    def works(self, session):
        """Call it when a car was read with the container."""
        for note in ("container_failed", "in_vain"):
            session.memory.pop(note, None)

    def replace(self, session, vin, error, now):
        """Call it when a car could not be read with the container. Returns True if the container was replaced.

        Raises:
            CloudError: the container is gone, and there is no new one.
        """
        memory = session.memory
        # without a container the error comes from creating one
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
            # other calls fail, too: the container is not the cause
            memory["container"] = old
            log.info("The old data container is kept: %s", trouble.text())
            return False
        if not is_gone:
            self._forget_later(memory, old)
        self._use(memory, new)
        memory.update(replaced_at=now, in_vain=memory.get("in_vain", 0) + 1)
        return True

    @staticmethod
    def drop(memory):
        """Call it when a person signed in: the next reading creates a new container. ``memory`` (dict): that of the session."""
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
        # after a search without a result BMW is not asked again, except once if a container may have been created or deleted since
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
                names = names[: self._rungs[-1]]  # the last try takes the shortest list: few data are better than none
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
                    break  # even the shortest list fails: the list is not the cause
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
            search.begin_anew()  # BMW refuses the list that it accepted before
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
        """Tries a better list: a newer version or the settings want another one, or BMW may accept more descriptors than before."""
        memory = session.memory
        search = self._search(memory, now)
        names, is_new_aim = None, memory.get("container_for") != self._aim
        wait = BETTER_AFTER_FAILURE
        try:
            found = self._find(session, self._sets[:1]) if is_new_aim else None
            names = found[1] if found else search.next() or search.accepted
            new = found[0] if found else self._create(session, names)
        except _NOT_OF_THE_LIST as error:
            log.info("There is no container for the new list of values yet, the old one is used: %s", error.text())
        except CloudError as error:
            # a temporary error may have another cause; only if the same list fails again, the list is to blame
            is_sure = not error.transient or memory.get("doubtful") == name_of(names or ())
            memory["doubtful"] = name_of(names or ())
            if names and is_sure and self._learn(search, names, error):
                wait = BETTER_AFTER_NAME
        else:
            wait = 0
            search.taken(names)
            memory.pop("doubtful", None)
            if new != memory["container"]:
                # only the container that we replaced: another openHAB of this account may use a list of its own
                self._forget_later(memory, memory["container"])
            self._use(memory, new)
        memory["improve_at"] = now + wait

    def _search(self, memory, now):
        if "search_for" not in memory and memory.get("container_for") == self._aim:
            memory.setdefault("left_out", [])  # an earlier version created the container, always with all descriptors
        search = Search(self._wanted, self._rungs, memory, now)
        # notes on another list do not apply to this one, except the refused descriptors
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
        """Deletes one of our containers that is no longer used. If that fails, the reading goes on."""
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
        """(id, descriptors) of one of our containers that has one of these lists, the best list first; None if there is none."""
        memory = session.memory
        containers = self._send(session, "GET", PATH, take=_listed)
        active = [one for one in containers if one.get("state") == "ACTIVE" and _is_id(one.get("containerId"))]
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
            # only one of our containers may be deleted: the one that is being replaced, else the oldest one of an earlier version
            memory = session.memory
            ours, dropped = memory.get("ours") or [], memory.get("dropped")
            spare = [one for one in ours if one != dropped]
            if not spare and dropped in ours:
                return dropped  # better than none: BMW may count deleted containers for a month, so there is no place for a new one
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
    if not isinstance(answer, dict) or not _is_id(answer.get("containerId")):
        raise BadAnswer("BMW's answer has no container id", "it is asked again")
    return answer["containerId"]


def _old(memory):
    """The containers that are to be deleted (list of [id, tries]). Before version 1.0 the record had a single one."""
    old = memory.get("replaced") or []
    pairs = [old] if old and not isinstance(old[0], list) else old
    return [pair for pair in pairs if _is_id(pair[0])]


def _is_id(value):
    return isinstance(value, text_type) and _ID.match(value) is not None


def name_of(wanted):
    """The name of a container with these descriptors. BMW's list has names only, and reading a container's descriptors costs a call."""
    return "{} {}".format(CONTAINER_NAME, hashlib.sha256(to_bytes(" ".join(sorted(wanted)))).hexdigest()[:8])
