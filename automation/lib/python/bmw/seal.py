"""Sealing: authenticated encryption of what must not be read or forged, as one line of text.

The cipher is given by the runtime (``bmw.openhab.cipher`` on the JVM, ``bmw.cipher`` on CPython); both are AES-256-GCM, so a sealed
text can be opened by either. The key is a file of its own, so that an item state, a backup of the items or a screenshot
holds nothing of use.
"""

from __future__ import unicode_literals

import base64
import binascii
import os

from bmw import files
from bmw.compat import to_bytes, to_text
from bmw.errors import StoreError

PREFIX = "bmw1:"
KEY_BYTES = 32
NONCE_BYTES = 12


class Seal(object):
    """Seals and opens texts with one key.

    Args:
        key (bytes): 32 bytes.
        cipher: object with ``encrypt(key, nonce, data, context) -> bytes`` and ``decrypt(...)``, which raises ValueError
            when the data was not made with this key and context.
    """

    def __init__(self, key, cipher):
        self._key = key
        self._cipher = cipher

    def close(self, text, context):
        """The sealed form of ``text``. ``context`` (str) says what it is for; it must be the same to open it."""
        nonce = os.urandom(NONCE_BYTES)
        data = self._cipher.encrypt(self._key, nonce, to_bytes(text), to_bytes(context))
        return PREFIX + to_text(base64.urlsafe_b64encode(nonce + data))

    def open(self, sealed, context):
        """The text that was sealed.

        Raises:
            StoreError: not sealed with this key and context, or changed since.
        """
        try:
            if not sealed.startswith(PREFIX):
                raise ValueError("not sealed")
            body = to_bytes(sealed[len(PREFIX) :])
            data = base64.urlsafe_b64decode(body)
            # base64 passes over strange characters and spare bits; a sealed text has one form only
            if base64.urlsafe_b64encode(data) != body:
                raise ValueError("not as it was written")
            return to_text(self._cipher.decrypt(self._key, data[:NONCE_BYTES], data[NONCE_BYTES:], to_bytes(context)))
        except (ValueError, TypeError, binascii.Error):
            raise StoreError("A sealed value cannot be opened with this key", "sign in again")


def load_key(path):
    """The key in the file ``path``; made at random if there is no file.

    Raises:
        StoreError: the file cannot be read or written, or does not hold a key.
    """
    text = files.read(path)
    if text is None:
        key = os.urandom(KEY_BYTES)
        files.write(path, base64.b64encode(key) + b"\n")
        return key
    try:
        key = base64.b64decode(text.strip())
    except (ValueError, TypeError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError("The key file {} is damaged".format(path), "delete it and sign in again")
    return key
