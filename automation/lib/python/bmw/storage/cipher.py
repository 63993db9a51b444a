"""AES-256-GCM on CPython, by the cryptography library (only the command line and the tests need it)."""

from __future__ import absolute_import, unicode_literals


def encrypt(key, nonce, data, context):
    """Ciphertext and tag (bytes)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).encrypt(nonce, data, context)


def decrypt(key, nonce, data, context):
    """The data (bytes). Raises ValueError when it was not made with this key, nonce and context."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(nonce, data, context)
    except InvalidTag:
        raise ValueError("tag does not match")
