"""What an account keeps in the store besides its tokens: the cars, the cloud's data, the last poll, the calls made.

Little is written, for the life of an SD card: ``bmw.account.records`` divides it by how often it changes, and a record that did not
change is not written again. Runs on the account's worker.
"""

from __future__ import absolute_import, unicode_literals

import json

from bmw.account import records
from bmw.errors import StoreError
from bmw.storage import record_names

#: seconds after which numbers that the stream brought are stored: after a restart the first poll brings them anyway
SAVE_LIVE = 1800
#: the same for what a person would miss (locked, charging), what cost a call, and what could not be stored before
SAVE_SOON = 120


class SavedState(object):
    """See the module's docstring.

    A full or read-only disk stops nothing: the error is shown until saving works again. Nothing is saved before ``is_loaded`` is
    set, because the incomplete state would overwrite the stored one. Nor after ``close``, when a poll may still wait for BMW: the
    next instance's state would be overwritten by an older one.

    Args:
        parts (bmw.parts.Parts): those of the account.
        times (bmw.polling.poll_times.PollTimes): has the time of the last poll.
        name (str): start of the record names in the store.

    Attributes:
        memory (dict): the cloud's data between calls.
        outcome (list or tuple, or None): how the last poll ended, the arguments of ``Status.show``.
        is_loaded (bool): loading has succeeded.
    """

    def __init__(self, parts, times, name):
        self._parts = parts
        self._times = times
        self.state_record = record_names.state(name)
        self.readings_record = record_names.readings(name)
        self.calls_record = record_names.calls(name, parts.cloud.name)
        #: per cloud, so that changing the setting and back loses nothing
        self._memories = {parts.cloud.name: {}}
        self.memory = self._memories[parts.cloud.name]
        self.outcome = None
        self.is_loaded = False
        self._is_closed = False
        self._due = None  # when what changed is saved, by the worker's clock
        self._has_asked = False  # BMW was called since the last save
        self._errors = {}  # record -> why it could not be saved
        self._stored = {}  # record -> what was stored last, as text

    def load(self):
        """Loads the stored state. Raises StoreError: the store cannot be read now; nothing was changed."""
        parts, cloud = self._parts, self._parts.cloud.name
        state, readings, calls = [parts.store.load(name) or {} for name in (self.state_record, self.readings_record, self.calls_record)]
        record = records.joined(state, readings, calls.get("polls", {}))
        self._memories = record.get("memories", {})
        self.memory = self._memories.setdefault(cloud, {})
        is_same_cloud = record.get("cloud") == cloud
        self._times.polled_at = record.get("polled_at") if is_same_cloud else None
        self.outcome = record.get("outcome") if is_same_cloud else None
        parts.vehicle_list.load(record, is_same_cloud)
        if not parts.config.data:
            for vehicle in parts.vehicle_list.vehicles:
                vehicle.forget_readings()
        parts.budget.load(calls, parts.clock.now())

    def save(self):
        """Saves what has changed."""
        self._due, self._has_asked = None, False
        self._parts.worker.cancel("save")
        cloud = self._parts.cloud
        whole = dict(self._parts.vehicle_list.to_record(), cloud=cloud.name, memories=self._memories)
        state, readings = records.divided(whole, cloud.name, cloud.CHANGES_OFTEN)
        self._parts.account.save_again()
        # the state last: an older version's has readings of its own, which count until it is replaced
        self._keep(self.readings_record, readings, is_light=True)
        self._keep_calls()
        self._keep(self.state_record, state)

    def save_later(self, is_soon=False):
        """Saves in a while, because there may be many changes.

        Args:
            is_soon (bool): within ``SAVE_SOON``, as after a call, else within ``SAVE_LIVE``.
        """
        seconds = SAVE_SOON if is_soon or self._has_asked or self._is_in_trouble() else SAVE_LIVE
        due = self._parts.worker.now() + seconds
        if self._due is None or due < self._due:
            self._due = due
            self._parts.worker.later("save", seconds, self.save)

    def save_waiting(self):
        """Saves now what ``save_later`` would save, and what could not be saved before: the disk may have room by now."""
        if self._due is not None or self._is_in_trouble():
            self.save()
        else:
            self._parts.account.save_again()

    def save_budget(self):
        """Saves the calls made, the pauses and when the cars were asked. Call it before each call."""
        self._has_asked = True
        self._keep_calls()

    def _keep_calls(self):
        polls = records.polls(self._times.polled_at, self.outcome, self._parts.vehicle_list.vehicles)
        self._keep(self.calls_record, dict(self._parts.budget.to_record(), polls=polls), is_light=True)

    def _is_in_trouble(self):
        return bool(self._errors) or self._parts.account.store_error is not None

    def close(self):
        """Saves nothing more."""
        self._is_closed = True

    def _keep(self, name, record, is_light=False):
        if not self.is_loaded or self._is_closed:
            return
        store, text = self._parts.store, json.dumps(record, sort_keys=True)
        try:
            if self._stored.get(name) != text or not store.has(name):
                (store.save_light if is_light else store.save)(name, record)
                self._stored[name] = text
            self._errors.pop(name, None)
        except StoreError as error:
            self._errors[name] = error
        self.show_errors()

    def show_errors(self):
        """Shows in the account's status what could not be saved, if anything."""
        errors = [self._parts.account.store_error] + [error for _name, error in sorted(self._errors.items())]
        self._parts.status.show_store(next((error for error in errors if error is not None), None))
