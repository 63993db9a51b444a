"""The container at BMW: the named list of descriptors that an account reads. Found, made, replaced when the list changes.

Each step is a call of the 50 a day, so what BMW refused is remembered, and no step is repeated within a reading.
"""

from __future__ import absolute_import, unicode_literals

import hashlib
import logging
import re

from bmw.clouds.cardata.errors import ContainerGone, ContainersFull, DescriptorRefused
from bmw.compat import text_type, to_bytes
from bmw.errors import BadAnswer, CloudError, NotFound, QuotaExceeded, SignInNeeded, TokenRejected

log = logging.getLogger("bmw")

#: our containers are told from others by this start of their name; the rest of the name is the set of descriptors
CONTAINER_NAME = "openhab-bmw"

PATH = "/customers/containers"
#: so many times what BMW names as refused is left out, until a shorter list is taken
MAX_REFUSALS = 3
#: seconds after which it is tried again to replace a container, when BMW did not let us; the old one is used meanwhile
REPLACE_AGAIN = 86400
#: so many times the replaced one is told to go
MAX_REMOVALS = 3
_NAME = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)+")
#: trouble of the account, which every further call would have
_ACCOUNT = (SignInNeeded, TokenRejected, QuotaExceeded)


class Containers(object):
    """See the module's docstring.

    Args:
        sets (list of lists of str): the descriptors that are wanted; then shorter lists, for when BMW refuses the longer ones.
        send: callable(session, method, path, json_body) -> bmw.net.http.Response, checked.
    """

    def __init__(self, sets, send):
        self._sets = sets
        self._send = send
        self._aim = name_of(sets[0])

    def id(self, session, now):
        """The id of our container: the remembered one, else one of ours that is there, else a new one. Raises CloudError."""
        memory = session.memory
        if "container" not in memory:
            memory["container"] = self._find(session, self._sets) or self._make(session)
            memory["container_for"] = self._aim
        elif memory.get("container_for") != self._aim and not 0 <= now - memory.get("replace_tried", -REPLACE_AGAIN) < REPLACE_AGAIN:
            self._replace(session, now)
        self._remove_replaced(session)
        return memory["container"]

    def forget(self, session):
        """The remembered one is gone: the next reading looks for another."""
        session.memory.pop("container", None)

    def _replace(self, session, now):
        """A newer version, or the setting ``extra``, wants another list, which only another container can have."""
        memory = session.memory
        memory["replace_tried"] = now
        try:
            container = self._find(session, self._sets[:1]) or self._make(session)
        except _ACCOUNT:
            raise
        except CloudError as error:
            log.info("BMW has no container for the new list of values yet, the old one is used: %s", error.text())
            return
        del memory["replace_tried"]
        if container != memory["container"]:
            # ours alone: another openHAB of this account may have its own list
            memory["replaced"] = [memory["container"], MAX_REMOVALS]
        memory.update(container=container, container_for=self._aim)

    def _remove_replaced(self, session):
        memory = session.memory
        container, tries = memory.pop("replaced", (None, 0))
        if not tries:
            return
        try:
            self._send(session, "DELETE", "{}/{}".format(PATH, container))
        except _ACCOUNT:
            memory["replaced"] = [container, tries - 1]
            raise
        except (ContainerGone, NotFound):
            return
        except CloudError:
            memory["replaced"] = [container, tries - 1]

    def _find(self, session, sets):
        answer = self._send(session, "GET", PATH).json()
        containers = answer.get("containers") if isinstance(answer, dict) else None
        containers = containers if isinstance(containers, list) else []
        active = [c for c in containers if isinstance(c, dict) and c.get("state") == "ACTIVE" and c.get("containerId")]
        session.memory["ours"] = [c["containerId"] for c in active if text_type(c.get("name")).startswith(CONTAINER_NAME)]
        for wanted in sets:
            for container in active:
                if container.get("name") == name_of(wanted):
                    self._remember_set(session, wanted)
                    return container["containerId"]
        return None

    def _make(self, session):
        wanted, shorter, refusals = list(self._sets[0]), list(self._sets[1:]), 0
        while True:
            try:
                return self._create(session, wanted)
            except DescriptorRefused as refusal:
                refused = set(_NAME.findall(refusal.note)).intersection(wanted)
                refusals += 1
                # a text that names no descriptor of ours (or only the long list as such) leaves a shorter list
                if not shorter and not refused:
                    raise
                take_out = refused and (refusals <= MAX_REFUSALS or not shorter)
                if refusals > 2 * MAX_REFUSALS:
                    raise
                wanted = [name for name in wanted if name not in refused] if take_out else shorter.pop(0)
                log.info(
                    "BMW refused the list of descriptors%s; trying %d",
                    " with " + ", ".join(sorted(refused)) if refused else "",
                    len(wanted),
                )

    def _create(self, session, wanted):
        try:
            return self._post(session, wanted)
        except ContainersFull:
            # only a container of ours may go: the one that is replaced, else the oldest of an earlier version
            ours = session.memory.get("ours")
            if not ours:
                raise
            container = session.memory.get("container")
            container = container if container in ours else ours[0]
            ours.remove(container)
            self._send(session, "DELETE", "{}/{}".format(PATH, container))
            return self._post(session, wanted)

    def _post(self, session, wanted):
        body = {"name": name_of(wanted), "purpose": "openHAB", "technicalDescriptors": list(wanted)}
        answer = self._send(session, "POST", PATH, json_body=body).json()
        if not isinstance(answer, dict) or not answer.get("containerId"):
            raise BadAnswer("BMW's answer has no container id", "it is asked again")
        self._remember_set(session, wanted)
        return answer["containerId"]

    def _remember_set(self, session, wanted):
        """What the container lacks, for the diagnostics report: BMW's list does not say it."""
        session.memory["left_out"] = [name for name in self._sets[0] if name not in wanted]
        session.memory["asked_for"] = len(self._sets[0])


def name_of(wanted):
    """Says which descriptors a container holds, since BMW's list does not and asking each costs a call."""
    return "{} {}".format(CONTAINER_NAME, hashlib.sha256(to_bytes(" ".join(sorted(wanted)))).hexdigest()[:8])
