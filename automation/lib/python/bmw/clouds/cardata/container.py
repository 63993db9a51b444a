"""The container at BMW: the named list of descriptors that an account reads. This finds, creates and replaces it.

Each step costs one of the 50 calls a day, so refused descriptors are remembered, and no step is repeated within a poll.
"""

from __future__ import absolute_import, unicode_literals

import hashlib
import logging
import re

from bmw.clouds.cardata.errors import ContainerGone, ContainersFull, DescriptorRefused
from bmw.compat import text_type, to_bytes
from bmw.errors import BadAnswer, CloudError, NotFound, QuotaExceeded, SignInNeeded, TokenRejected

log = logging.getLogger("bmw")

#: names of our containers start with this; the rest of the name identifies the set of descriptors
CONTAINER_NAME = "openhab-bmw"

PATH = "/customers/containers"
#: so many times the descriptors that BMW refuses are removed; then a shorter list is used
MAX_REFUSALS = 3
#: seconds until a failed replacement of a container is tried again; the old one is used meanwhile
REPLACE_AGAIN = 86400
#: number of attempts to delete the replaced container
MAX_REMOVALS = 3
_NAME = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)+")
#: errors of the account, which every further call would also have
_ACCOUNT = (SignInNeeded, TokenRejected, QuotaExceeded)


class Containers(object):
    """See the module's docstring.

    Args:
        sets (list of lists of str): the wanted descriptors, then shorter lists in case BMW refuses the longer ones.
        send: callable(session, method, path, json_body) -> bmw.net.http.Response, checked.
    """

    def __init__(self, sets, send):
        self._sets = sets
        self._send = send
        self._aim = name_of(sets[0])

    def id(self, session, now):
        """The id of our container: the remembered one, else an existing one, else a new one. Raises CloudError."""
        memory = session.memory
        if "container" not in memory:
            memory["container"] = self._find(session, self._sets) or self._make(session)
            memory["container_for"] = self._aim
        elif memory.get("container_for") != self._aim and not 0 <= now - memory.get("replace_tried", -REPLACE_AGAIN) < REPLACE_AGAIN:
            self._replace(session, now)
        self._remove_replaced(session)
        return memory["container"]

    def forget(self, session):
        """Forgets the remembered container, because BMW no longer has it. The next poll finds or creates another."""
        session.memory.pop("container", None)

    def _replace(self, session, now):
        """Creates another container, because a newer version or the setting ``extra`` needs another list of descriptors."""
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
            # delete only this one: another openHAB of the same account may have its own container
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
                # if BMW's text names none of our descriptors, use a shorter list
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
            # delete only our own containers: the replaced one, else the oldest of an earlier version
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
        """Remembers the missing descriptors for the diagnostics report, because BMW's list does not show them."""
        session.memory["left_out"] = [name for name in self._sets[0] if name not in wanted]
        session.memory["asked_for"] = len(self._sets[0])


def name_of(wanted):
    """A name that identifies the descriptors of a container. BMW's list does not show them, and each request costs a call."""
    return "{} {}".format(CONTAINER_NAME, hashlib.sha256(to_bytes(" ".join(sorted(wanted)))).hexdigest()[:8])
