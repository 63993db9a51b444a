"""AES-256-GCM on CPython, with the cryptography library (only for the command line and the tests)."""

from __future__ import absolute_import, unicode_literals


def encrypt(key, nonce, data, context):
    """Ciphertext and tag (bytes)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).encrypt(nonce, data, context)


def decrypt(key, nonce, data, context):
    """The data (bytes). Raises ValueError if key, nonce or context do not match."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(nonce, data, context)
    except InvalidTag:
        raise ValueError("tag does not match")
