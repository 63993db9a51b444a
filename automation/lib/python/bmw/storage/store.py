"""What must survive a restart, one sealed JSON file per name in a folder only openHAB can read.

Knows nothing of what the records mean.
"""

from __future__ import absolute_import, unicode_literals

import json
import logging
import os
import threading

from bmw.compat import to_bytes, to_text
from bmw.errors import StoreError
from bmw.storage import files, key_file
from bmw.storage.seal import Seal

log = logging.getLogger("bmw")

KEY_FILE = "seal.key"

#: bytes of a disk's page, and those that a record's file has to spare, so that a new one of about the same size fits into it
PAGE = 4096
SPARE = 512
#: bytes of room that are taken for a record that is not known yet; BMW's tokens, sealed, need a third of it
ROOM = 32768


def open_store(folder, cipher, now, lock_of=None):
    """(seal, store) of a folder, made if it is not there; at times with a new key.

    Args:
        folder (str). cipher: see ``bmw.storage.seal.Seal``. now (float): epoch seconds. lock_of: see ``Store``.

    Raises:
        StoreError: the folder or its key cannot be used.
    """
    files.make_private_folder(folder)
    path = os.path.join(folder, KEY_FILE)
    key_file.load(path)
    if key_file.is_due(path, now):
        _rotate(folder, path, cipher)
    seal = Seal(lambda: key_file.read(path), cipher)
    return seal, Store(folder, seal, lock_of)


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
        folder (str): a private folder that is there (``bmw.storage.files.make_private_folder``).
        seal (bmw.storage.seal.Seal): how records are sealed.
        lock_of: callable, path of a record's file -> a re-entrant lock, the same for every instance in the process: one that was
            stopped may still be writing beside a new one, and they would move each other's half-written files. None = one of its own.
    """

    def __init__(self, folder, seal, lock_of=None):
        self._folder = folder
        self._seal = seal
        own = threading.RLock()
        self._lock_of = lock_of or (lambda path: own)
        self._looked_beside = set()  # names of records
        self._stamps = {}  # name of a record -> a number that grows with each save, whatever the clock does

    def path(self, name):
        """The file of a record."""
        return os.path.join(self._folder, name)

    def load(self, name):
        """The record, or None if there is none. One that cannot be opened is set aside, with a warning.

        Raises:
            StoreError: the file is there and cannot be read.
        """
        with self._lock_of(self.path(name)):
            data = files.read(self.path(name))
            if name not in self._looked_beside:
                data = self._take_up(name, data)
            if data is None:
                return None
            try:
                self._stamps[name], record = self._open(name, data)
                return record
            except (StoreError, ValueError):
                files.set_aside(self.path(name))
                log.warning("%s cannot be opened with the present key; it was renamed to %s%s", name, name, files.DAMAGED)
                return None

    def _take_up(self, name, data):
        """What was written whole and not yet moved to its place when the process was killed, if it is the newer; else ``data``.

        Looked for at the start only: later it can be what another instance writes just now.
        """
        left = files.read_left_beside(self.path(name))
        if _age(self._open_or_none(name, left)) <= _age(self._open_or_none(name, data)):
            self._looked_beside.add(name)
            return data
        try:
            files.take_up(self.path(name))
            log.info("%s was written when the program was killed, and is taken up", name)
        except StoreError as error:
            log.warning("%s is used from where it was left (%s)", name, error.text())
        return left

    def _open(self, name, data):
        """(stamp, record) of a file's content. Raises StoreError or ValueError."""
        content = json.loads(self._seal.open(to_text(data).strip(), name))
        stamp, record = content if isinstance(content, list) else (0, content)  # up to version 1.0 the record alone
        if not isinstance(record, dict):
            raise ValueError("no record")
        return stamp, record

    def _open_or_none(self, name, data):
        try:
            return self._open(name, data) if data else None
        except (StoreError, ValueError):
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

    def make_room(self, name):
        """Takes room on the disk (bmw.storage.files.Room) for a record that is not known yet, for ``save``.

        Raises:
            StoreError: there is none, or it cannot be written.
        """
        return files.Room(self.path(name), ROOM)

    def save(self, name, record, room=None):
        """Makes the record durable before it returns.

        Args:
            room (bmw.storage.files.Room): what ``make_room`` took for it; None = it is taken now.

        Raises:
            StoreError: it could not be written; there is the old record or the new one, and no mixture.
        """
        with self._lock_of(self.path(name)):
            sealed = self._sealed(name, record)
            (room or files.Room(self.path(name))).write(sealed)

    def save_over(self, name, record):
        """Writes the record over the old one, where the disk has no room beside it; for an old one that is worth nothing any more.

        Raises:
            StoreError: it could not be written; what is there is worth nothing.
        """
        with self._lock_of(self.path(name)):
            files.overwrite(self.path(name), self._sealed(name, record))

    def _sealed(self, name, record):
        """The content of a record's file, filled up so that the next one has room in its place."""
        if name not in self._stamps:
            self._stamps[name] = (self._open_or_none(name, files.read(self.path(name))) or (0, None))[0]
        self._stamps[name] += 1
        data = to_bytes(self._seal.close(json.dumps([self._stamps[name], record]), name))
        return data + b"\n" * (SPARE + -(len(data) + SPARE) % PAGE)


class ClosedStore(object):
    """Stands for a Store that cannot be opened: whatever is asked of it fails with the reason, and nothing is touched.

    Args:
        folder (str). error (StoreError): why.
    """

    def __init__(self, folder, error):
        self._folder = folder
        self._error = error

    def path(self, name):
        """The file of a record."""
        return os.path.join(self._folder, name)

    def was_set_aside(self, name):
        """False: it is not known."""
        return False

    def _fail(self, *_what):
        raise self._error

    load = make_room = save = save_over = _fail


def _age(content):
    """What tells the newer one of two (stamp, record); that of None is the least."""
    if content is None:
        return ()
    stamp, record = content
    return (stamp, record.get("serial") or record.get("obtained_at") or 0)
