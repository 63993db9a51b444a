"""The file of sealing keys: one key a line in base64, the newest first. Made at need, given a new key every 90 days.

The newest key seals. An older one stays for as long as something is sealed with it, and the last one before the newest stays in any
case, for what is not in the store: the token item, as a persistence service restores it. The file is written whole or not
at all, a new key before its first use and an old one left out after its last, so a power cut at any moment loses nothing.
"""

from __future__ import absolute_import, unicode_literals

import base64
import binascii
import os

from bmw.errors import StoreError
from bmw.storage import files

KEY_BYTES = 32
#: seconds after which a new key is made; the file's own time tells how old the newest is
LIFE = 90 * 86400
#: seconds between two looks of ``watch``
LOOK_EVERY = 86400


def load(path):
    """The keys (list of bytes, newest first) in the file; one is made at random if there is no file.

    Raises:
        StoreError: the file cannot be read or written, or holds something else.
    """
    keys = read(path)
    if not keys:
        keys = [os.urandom(KEY_BYTES)]
        _write(path, keys)
    return keys


def read(path):
    """The same, but an empty list if there is no file."""
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
    """True if the newest key is so old at ``now`` (epoch seconds) that another should take its place."""
    stamp = files.stamp(path)
    return stamp is not None and now - stamp[0] > LIFE


def watch(path, clock, worker, on_due):
    """Calls ``on_due`` once on the worker (bmw.worker.Worker) when the key is due, at a look a day; the clock has ``now()``.

    Not at once: a key that could not be made at the start is not to be tried again and again.
    """

    def look():
        if is_due(path, clock.now()):
            on_due()
        else:
            worker.later("key", LOOK_EVERY, look)

    worker.later("key", LOOK_EVERY, look)


def rotate(path, is_in_use):
    """Puts a new key before the others.

    Args:
        is_in_use: callable, key -> whether something is still sealed with it.

    Raises:
        StoreError: it could not be written; the keys are as before.
    """
    keys = read(path)
    kept = keys[:1] + [key for key in keys[1:] if is_in_use(key)]
    _write(path, [os.urandom(KEY_BYTES)] + kept)


def _write(path, keys):
    files.write(path, b"".join(base64.b64encode(key) + b"\n" for key in keys))
