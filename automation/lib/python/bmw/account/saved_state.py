"""What an account keeps in the store besides its tokens: the cars, the cloud's data, the last poll, the calls made.

Runs on the account's worker.
"""

from __future__ import absolute_import, unicode_literals

from bmw.errors import StoreError
from bmw.storage import record_names

#: seconds after which what the stream brought is stored: not at each message, for the life of an SD card
SAVE_LIVE = 120


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
        self.calls_record = record_names.calls(name, parts.cloud.name)
        #: per cloud, so that changing the setting and back loses nothing
        self._memories = {}
        self.memory = {}
        self.outcome = None
        self.is_loaded = False
        self._is_closed = False
        self._is_saving_later = False
        self._errors = {}  # record -> why it could not be saved

    def load(self):
        """Loads the stored state. Raises StoreError: the store cannot be read now; nothing was changed."""
        parts, cloud = self._parts, self._parts.cloud.name
        record = parts.store.load(self.state_record) or {}
        self._memories = record.get("memories", {})
        self.memory = self._memories.setdefault(cloud, {})
        is_same_cloud = record.get("cloud") == cloud
        self._times.polled_at = record.get("polled_at") if is_same_cloud else None
        self.outcome = record.get("outcome") if is_same_cloud else None
        parts.vehicle_list.load(record, is_same_cloud)
        parts.budget.load(parts.store.load(self.calls_record), parts.clock.now())

    def save(self):
        """Saves all but the calls."""
        self._is_saving_later = False
        cloud = self._parts.cloud.name
        record = {"cloud": cloud, "memories": self._memories, "polled_at": self._times.polled_at, "outcome": self.outcome}
        record.update(self._parts.vehicle_list.to_record())
        self._parts.account.save_again()
        self._keep(self.state_record, record)

    def save_later(self):
        """Saves within two minutes, because there may be many changes."""
        if not self._is_saving_later:
            self._is_saving_later = True
            self._parts.worker.later("save", SAVE_LIVE, self.save)

    def save_waiting(self):
        """Saves now what ``save_later`` would save, and what could not be saved before: the disk may have room by now."""
        if self._is_saving_later or self.state_record in self._errors:
            self.save()
        else:
            self._parts.account.save_again()
        if self.calls_record in self._errors:
            self.save_budget()

    def save_budget(self):
        """Saves the calls made and the pauses."""
        self._keep(self.calls_record, self._parts.budget.to_record())

    def close(self):
        """Saves nothing more."""
        self._is_closed = True

    def _keep(self, name, record):
        if not self.is_loaded or self._is_closed:
            return
        try:
            self._parts.store.save(name, record)
            self._errors.pop(name, None)
        except StoreError as error:
            self._errors[name] = error
        self.show_errors()

    def show_errors(self):
        """Shows in the account's status what could not be saved, if anything."""
        errors = [self._parts.account.store_error] + [error for _name, error in sorted(self._errors.items())]
        self._parts.status.show_store(next((error for error in errors if error is not None), None))
