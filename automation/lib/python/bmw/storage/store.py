"""Stores records across restarts: one sealed JSON file per name, in a folder that only openHAB can read.

Does not know what the records mean.
"""

from __future__ import absolute_import, unicode_literals

import base64
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

#: bytes. Each file is filled up to whole pages, with some spare bytes, so that a new record of about the same size fits
PAGE = 4096
SPARE = 512
#: bytes of disk space to reserve for a record that is not known yet; sealed tokens need a third of it
RESERVED = 32768


def open_store(folder, cipher, now, lock_of=None):
    """(seal, store) of a folder. Creates the folder if needed, and a new key if the newest is too old.

    Args:
        folder (str). cipher: see ``bmw.storage.seal.Seal``. now (float): epoch seconds. lock_of: see ``Store``.

    Raises:
        StoreError: the folder or its key cannot be used.
    """
    files.make_private_folder(folder)
    path = os.path.join(folder, KEY_FILE)
    key_file.load(path)
    if key_file.is_due(path, now):
        _rotate(folder, path, cipher, now)
    seal = Seal(lambda: key_file.read(path), cipher)
    return seal, Store(folder, seal, lock_of)


def _rotate(folder, path, cipher, now):
    """Adds a new key. Each record is sealed with it when it is next saved."""

    def is_in_use(key):
        store = Store(folder, Seal(lambda: [key], cipher))
        return any(store.can_open(name) for name in os.listdir(folder) if name != KEY_FILE and os.path.isfile(store.path(name)))

    try:
        key_file.rotate(path, is_in_use)
        key_file.set_new(path, now)
        log.info("Created a new sealing key")
    except (StoreError, OSError) as error:
        log.warning("Could not create a new sealing key, the current one stays in use (%s)", type(error).__name__)


class Store(object):
    """Named records (JSON-able dicts), durable and sealed.

    Args:
        folder (str): an existing private folder (``bmw.storage.files.make_private_folder``).
        seal (bmw.storage.seal.Seal): seals the records.
        lock_of: callable, path of a record's file -> a re-entrant lock, shared by all instances in the process. A stopped instance
            may still write while a new one runs; without the lock they would rename each other's half-written files. None = own lock.
    """

    def __init__(self, folder, seal, lock_of=None):
        self._folder = folder
        self._seal = seal
        own = threading.RLock()
        self._lock_of = lock_of or (lambda path: own)
        self._checked_unfinished = set()  # names of records
        self._stamps = {}  # name of a record -> a number that grows with each save, independent of the clock

    def path(self, name):
        """The file of a record."""
        return os.path.join(self._folder, name)

    def lock(self, name):
        """The lock of a record's file."""
        return self._lock_of(self.path(name))

    def load(self, name):
        """The record, or None if there is none. A record that cannot be opened is renamed, with a warning.

        Raises:
            StoreError: the file exists but cannot be read.
        """
        with self._lock_of(self.path(name)):
            data = files.read(self.path(name))
            if name not in self._checked_unfinished:
                data = self._recover(name, data)
            if data is None:
                return None
            try:
                self._stamps[name], record = self._open(name, data)
                return record
            except (StoreError, ValueError):
                files.set_aside(self.path(name))
                log.warning("%s cannot be opened with the current key; it was renamed to %s%s", name, name, files.DAMAGED)
                return None

    def _recover(self, name, data):
        """The content of a complete ``*.new`` file left by a killed process, if it is newer; else ``data``.

        Checked only at the start: later, another instance may be writing that file.
        """
        left = files.read_unfinished(self.path(name))
        if _age(self._open_or_none(name, left)) <= _age(self._open_or_none(name, data)):
            self._checked_unfinished.add(name)
            return data
        try:
            files.recover(self.path(name))
            log.info("%s was recovered; the program was killed while it was saved", name)
        except StoreError as error:
            log.warning("%s was recovered, but the file could not be replaced (%s)", name, error.text())
        return left

    def _open(self, name, data):
        """(stamp, record) of a file's content. Raises StoreError or ValueError."""
        content = json.loads(_unpacked(self._seal.open(to_text(data).strip(), name)))
        stamp, record = content if isinstance(content, list) else (0, content)  # older versions stored only the record
        if not isinstance(record, dict):
            raise ValueError("no record")
        return stamp, record

    def _open_or_none(self, name, data):
        try:
            return self._open(name, data) if data else None
        except (StoreError, ValueError):
            return None

    def can_open(self, name):
        """True if the file is a record that the seal's keys can open. Changes nothing.

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
        """True if a record was renamed because it could not be opened."""
        return os.path.exists(self.path(name) + files.DAMAGED)

    def reserve(self, name):
        """Reserves disk space (bmw.storage.files.NewFile) for a record that is not known yet, to pass to ``save``.

        Raises:
            StoreError: there is no space, or the folder is not writable.
        """
        return files.NewFile(self.path(name), RESERVED)

    def save(self, name, record, reserved=None):
        """Saves the record. It is durable when the method returns.

        Args:
            reserved (bmw.storage.files.NewFile): result of ``reserve``; None = not reserved.

        Raises:
            StoreError: it could not be written; the file has the old record or the new one, never a mixture.
        """
        with self._lock_of(self.path(name)):
            sealed = self._sealed(name, record)
            (reserved or files.NewFile(self.path(name))).write(sealed)

    def save_light(self, name, record):
        """Saves a record as ``save``, with less writing.

        A power cut within the next seconds may bring the record before it back, whole. A killed process loses nothing.

        Raises:
            StoreError: as for ``save``.
        """
        with self._lock_of(self.path(name)):
            text = self._text(name, record)
            files.NewFile(self.path(name)).write(to_bytes(self._seal.close(_packed(text), name)), is_light=True)

    def has(self, name):
        """True if there is a file for the record."""
        return os.path.exists(self.path(name))

    def save_over(self, name, record):
        """Overwrites the old record, for a full disk. Use it only if the old record is worthless.

        Raises:
            StoreError: it could not be written; the file may be damaged.
        """
        with self._lock_of(self.path(name)):
            files.overwrite(self.path(name), self._sealed(name, record))

    def _sealed(self, name, record):
        """The content of a record's file, filled up so that the next record fits into the same space."""
        data = to_bytes(self._seal.close(self._text(name, record), name))
        return data + b"\n" * (SPARE + -(len(data) + SPARE) % PAGE)

    def _text(self, name, record):
        if name not in self._stamps:
            self._stamps[name] = (self._open_or_none(name, files.read(self.path(name))) or (0, None))[0]
        self._stamps[name] += 1
        return json.dumps([self._stamps[name], record])


#: how a packed text begins; no JSON does
_PACKED = "zlib:"


def _packed(text):
    """The text, packed if it is longer than a page: less than that takes up one on the disk anyway."""
    if len(text) <= PAGE:
        return text
    import zlib  # only where it is needed

    return _PACKED + to_text(base64.b64encode(zlib.compress(to_bytes(text))))


def _unpacked(text):
    """The text that ``_packed`` was given. Raises ValueError."""
    if not text.startswith(_PACKED):
        return text
    import zlib

    try:
        return to_text(zlib.decompress(base64.b64decode(to_bytes(text[len(_PACKED) :]))))
    except (zlib.error, TypeError) as error:  # TypeError: base64's in Python 2
        raise ValueError("not packed as we do: {}".format(error))


class ClosedStore(object):
    """Replaces a Store that cannot be opened: each access raises the reason, no file is touched.

    Args:
        folder (str). error (StoreError): why.
    """

    def __init__(self, folder, error):
        self._folder = folder
        self._error = error

    def path(self, name):
        """The file of a record."""
        return os.path.join(self._folder, name)

    def lock(self, name):
        """None: nothing is written."""
        return None

    def was_set_aside(self, name):
        """False, as it is unknown."""
        return False

    def has(self, name):
        """False, as it is unknown."""
        return False

    def _fail(self, *_what):
        raise self._error

    load = reserve = save = save_light = save_over = _fail


def _age(content):
    """Sort key that tells which of two (stamp, record) is newer; None is the oldest."""
    if content is None:
        return ()
    stamp, record = content
    return (stamp, record.get("serial") or record.get("obtained_at") or 0)
