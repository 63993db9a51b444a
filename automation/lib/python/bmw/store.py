"""What must survive a restart, one sealed JSON file per name in a folder only openHAB can read.

Knows nothing of what the records mean.
"""

from __future__ import absolute_import, unicode_literals

import json
import logging
import os

from bmw import files, key_file
from bmw.compat import to_bytes, to_text
from bmw.errors import StoreError
from bmw.seal import Seal

log = logging.getLogger("bmw")

KEY_FILE = "seal.key"


def open_store(folder, cipher, now):
    """(seal, store) of a folder, made if it is not there; at times with a new key.

    Args:
        folder (str). cipher: see ``bmw.seal.Seal``. now (float): epoch seconds.

    Raises:
        StoreError: the folder or its key cannot be used.
    """
    files.make_private_folder(folder)
    path = os.path.join(folder, KEY_FILE)
    key_file.load(path)
    if key_file.is_due(path, now):
        _rotate(folder, path, cipher)
    seal = Seal(lambda: key_file.read(path), cipher)
    return seal, Store(folder, seal)


def _rotate(folder, path, cipher):
    """A new key; what is sealed with an older one is sealed anew when it is next saved."""

    def is_in_use(key):
        store = Store(folder, Seal(lambda: [key], cipher))
        return any(store.can_open(name) for name in os.listdir(folder) if name != KEY_FILE and os.path.isfile(store.path(name)))

    try:
        key_file.rotate(path, is_in_use)
        log.info("A new key seals what is stored from now on")
    except (StoreError, OSError) as error:
        log.warning("No new sealing key could be made, the present one stays in use (%s)", type(error).__name__)


class Store(object):
    """Named records (JSON-able dicts), durable and sealed.

    Args:
        folder (str): a private folder that is there (``bmw.files.make_private_folder``).
        seal (bmw.seal.Seal): how records are sealed.
    """

    def __init__(self, folder, seal):
        self._folder = folder
        self._seal = seal

    def path(self, name):
        """The file of a record."""
        return os.path.join(self._folder, name)

    def load(self, name):
        """The record, or None if there is none. One that cannot be opened is set aside, with a warning.

        Raises:
            StoreError: the file is there and cannot be read.
        """
        data = files.read(self.path(name))
        if data is None:
            return None
        try:
            return json.loads(self._seal.open(to_text(data).strip(), name))
        except (StoreError, ValueError):
            files.set_aside(self.path(name))
            log.warning("%s cannot be opened with the present key; it was renamed to %s%s", name, name, files.DAMAGED)
            return None

    def can_open(self, name):
        """True if the file of that name is a record and the seal's keys open it. Changes nothing.

        Raises:
            StoreError: the file cannot be read.
        """
        sealed = to_text(files.read(self.path(name)) or b"").strip()
        try:
            self._seal.open(sealed, name)
            return True
        except StoreError:
            return False

    def was_set_aside(self, name):
        """True if there was a record once that could not be opened."""
        return os.path.exists(self.path(name) + files.DAMAGED)

    def save(self, name, record):
        """Makes the record durable before it returns.

        Raises:
            StoreError: it could not be written; the old record is untouched.
        """
        files.write(self.path(name), to_bytes(self._seal.close(json.dumps(record), name)))
