"""CarData containers: named lists of descriptors that an account reads. No update, no real deletion.

It must not know HTTP; a refusal is a CarDataError carrying BMW's error id.
"""

import secrets
import threading

from . import descriptors
from .cardata_errors import TABLE, CarDataError
from .clock import iso
from .errors import CloudError

ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
ID_LENGTH = 13
REMOVED_AFTER = 29 * 86400
# fields of a container that clients never get
PRIVATE = ("account", "deleted_at", "refusal")
# words of the settings -> BMW's error ids
ERRORS = {"named": "CU-402", "CU-402": "CU-402", "CU-403": "CU-403", "500": "CU-500", "503": "CU-503"}


class Containers:
    def __init__(self, clock, settings):
        self._clock = clock
        self._settings = settings
        self._lock = threading.RLock()
        self._by_id = {}

    def create(self, account, name, purpose, keys):
        self._check(keys)
        with self._lock:
            counted = [one for one in self._of(account) if one["state"] == "ACTIVE" or self._settings.deleted_containers_count]
            if len(counted) >= self._settings.container_limit:
                raise CarDataError("CU-124")
            container = {
                "containerId": "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH)),
                "name": name,
                "purpose": purpose,
                "state": "ACTIVE",
                "created": iso(self._clock.now()),
                "technicalDescriptors": list(keys),
            }
            self._by_id[container["containerId"]] = dict(container, account=account, deleted_at=None, refusal=None)
            return container

    def _check(self, keys):
        """Raises BMW's error for a list of keys that it refuses. The error names only the first wrong key, or none."""
        settings = self._settings
        if settings.container_most_keys is not None and len(keys) > settings.container_most_keys:
            raise CarDataError(ERRORS[settings.container_too_long])
        for key in keys:
            if not descriptors.is_known(key):
                raise CarDataError("CU-402", "The telematic key %s is invalid." % key)
            if key in settings.retired_descriptors:
                is_named = settings.retired_refusal == "named"
                raise CarDataError(ERRORS[settings.retired_refusal], "The telematic key %s is invalid." % key if is_named else "")

    def list(self, account):
        """The containers without their descriptors: for these a client must read each container."""
        with self._lock:
            return [{name: one[name] for name in ("containerId", "name", "purpose", "state", "created")} for one in self._of(account)]

    def details(self, account, container_id):
        container = self._find(account, container_id)
        return {name: value for name, value in container.items() if name not in PRIVATE}

    def usable_keys(self, account, container_id):
        container = self._find(account, container_id)
        if container["refusal"] is not None:
            raise CarDataError(container["refusal"])
        if container["state"] != "ACTIVE":
            raise CarDataError("CU-105")
        return container["technicalDescriptors"]

    def delete(self, account, container_id):
        """Sets only a flag; BMW removes the container after 29 days."""
        container = self._find(account, container_id)
        if container["state"] == "DELETED":
            raise CarDataError("CU-122")
        container.update(state="DELETED", deleted_at=self._clock.now())

    def all(self):
        with self._lock:
            return [dict(one, account=one["account"].name) for one in self._by_id.values()]

    def outdate(self, error_id):
        """Reading a car with any present container is answered with this error; other calls still work."""
        if error_id not in TABLE:
            raise CloudError("an error is one of %s" % ", ".join(sorted(TABLE)))
        with self._lock:
            for container in self._by_id.values():
                container["refusal"] = error_id

    def clear(self):
        """BMW lost the containers or cleaned up: all ids that clients stored are unknown from now on."""
        with self._lock:
            self._by_id.clear()

    def _of(self, account):
        now = self._clock.now()
        return [
            one
            for one in self._by_id.values()
            if one["account"] is account and (one["deleted_at"] is None or now - one["deleted_at"] < REMOVED_AFTER)
        ]

    def _find(self, account, container_id):
        if len(container_id or "") != ID_LENGTH:
            raise CarDataError("CU-121")
        with self._lock:
            found = next((one for one in self._of(account) if one["containerId"] == container_id), None)
        if found is None:
            raise CarDataError("CU-105")
        return found
