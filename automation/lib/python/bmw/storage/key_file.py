"""The file of sealing keys: one base64 key per line, the newest first. It is created when needed and gets a new key every 90 days.

The newest key seals. An older key stays as long as a record uses it. The second newest key always stays, because persistence may
restore a token item that was sealed with it. The file is replaced as a whole. A new key is written before its first use and an old
one is removed after its last, so a power cut loses nothing.
"""

from __future__ import absolute_import, unicode_literals

import base64
import binascii
import os

from bmw.errors import StoreError
from bmw.storage import files

KEY_BYTES = 32
#: seconds until a new key is created; the file's modification time is the age of the newest key
LIFE = 90 * 86400
#: seconds between two checks of ``watch``
CHECK_EVERY = 86400


def load(path):
    """The keys (list of bytes, newest first). Creates the file with a random key if it does not exist.

    Raises:
        StoreError: the file cannot be read or written, or is damaged.
    """
    keys = read(path)
    if not keys:
        keys = [os.urandom(KEY_BYTES)]
        _write(path, keys)
    return keys


def read(path):
    """The keys as in ``load``, or an empty list if there is no file."""
    data = files.read(path)
    if data is None:
        return []
    try:
        keys = [base64.b64decode(line) for line in data.split()]
    except (ValueError, TypeError, binascii.Error):
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise StoreError("The key file {} is damaged".format(path), "delete it and sign in again")
    return keys


def is_due(path, now):
    """True if the newest key is too old at ``now`` (epoch seconds)."""
    stamp = files.stamp(path)
    return stamp is not None and now - stamp[0] > LIFE


def watch(path, clock, worker, on_due):
    """Checks once a day and calls ``on_due`` once, on the worker (bmw.worker.Worker), when a new key is due. The clock has ``now()``.

    The first check is a day later: if a new key failed at the start, the next attempt must not follow at once.
    """

    def check():
        if is_due(path, clock.now()):
            worker.cancel("key")
            on_due()

    worker.every("key", CHECK_EVERY, check, first=CHECK_EVERY)


def set_new(path, now):
    """Says that the newest key was made at ``now`` (epoch seconds): a disk on the network stamps its files by a clock of its own.

    With a stamp that is long ago each account would make a new key at the start, and the first one's would be gone with the third.
    """
    try:
        os.utime(path, (now, now))
    except (OSError, IOError):
        pass  # the disk's own stamp counts


def rotate(path, is_in_use):
    """Adds a new key as the first, and removes old keys that are no longer used.

    Args:
        is_in_use: callable, key -> True if a record is still sealed with it.

    Raises:
        StoreError: the file could not be written; the keys are unchanged.
    """
    keys = read(path)
    kept = keys[:1] + [key for key in keys[1:] if is_in_use(key)]
    _write(path, [os.urandom(KEY_BYTES)] + kept)


def _write(path, keys):
    files.write(path, b"".join(base64.b64encode(key) + b"\n" for key in keys))
