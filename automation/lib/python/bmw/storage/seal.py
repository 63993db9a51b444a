"""Sealing: authenticated encryption of secrets, as one line of text.

The runtime provides the cipher (``bmw.openhab.cipher`` on the JVM, ``bmw.storage.cipher`` on CPython). Both are AES-256-GCM, so
each can open what the other sealed. The keys are in a separate file (``bmw.storage.key_file``), so an item state, a backup of the
items or a screenshot alone reveals nothing.
"""

from __future__ import absolute_import, unicode_literals

import base64
import binascii
import json
import os

from bmw.compat import to_bytes, to_text
from bmw.errors import StoreError

PREFIX = "bmw1:"
NONCE_BYTES = 12


class Seal(object):
    """Seals texts with the newest key and opens them with any key.

    Args:
        read_keys: callable -> list of keys (bytes), newest first. Called again if a text cannot be opened, because another
            instance may have created a new key meanwhile.
        cipher: object with ``encrypt(key, nonce, data, context) -> bytes`` and ``decrypt(...)``, which raises ValueError
            if key, nonce or context do not match.
    """

    def __init__(self, read_keys, cipher):
        self._read_keys = read_keys
        self._keys = read_keys()
        self._cipher = cipher

    def close(self, text, context):
        """The sealed form of ``text``. ``context`` (str) names its purpose; ``open`` needs the same context."""
        nonce = os.urandom(NONCE_BYTES)
        data = self._cipher.encrypt(self._keys[0], nonce, to_bytes(text), to_bytes(context))
        return PREFIX + to_text(base64.urlsafe_b64encode(nonce + data))

    def bound_to(self, *names):
        """A Seal-like object (``close``, ``open``) whose texts can only be opened with the same ``names`` (str)."""
        return _BoundSeal(self, names)

    def open(self, sealed, context):
        """The text that was sealed.

        Raises:
            StoreError: sealed with another key or context, or changed.
        """
        try:
            if not sealed.startswith(PREFIX):
                raise ValueError("not sealed")
            body = to_bytes(sealed[len(PREFIX) :])
            data = base64.urlsafe_b64decode(body)
            # base64 ignores unknown characters and spare bits, but a sealed text must have exactly one form
            if base64.urlsafe_b64encode(data) != body:
                raise ValueError("not as it was written")
            return to_text(self._decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], to_bytes(context)))
        except (ValueError, TypeError, binascii.Error):
            raise StoreError("A sealed value cannot be opened with this key", "sign in again")

    def _decrypt(self, nonce, data, context):
        try:
            return self._by_any_key(nonce, data, context)
        except ValueError:
            now = self._read_keys()
            # if the key file was lost meanwhile, the keys in memory still open the store
            if not now or now == self._keys:
                raise
            self._keys = now
            return self._by_any_key(nonce, data, context)

    def _by_any_key(self, nonce, data, context):
        for key in self._keys:
            try:
                return self._cipher.decrypt(key, nonce, data, context)
            except ValueError:
                continue
        raise ValueError("no key opens it")


class _BoundSeal(object):
    def __init__(self, seal, names):
        self._seal = seal
        self._names = list(names)

    def close(self, text, context):
        return self._seal.close(text, self._whole(context))

    def open(self, sealed, context):
        return self._seal.open(sealed, self._whole(context))

    def _whole(self, context):
        return json.dumps(self._names + [context])  # as a list, so that different names never give the same text
