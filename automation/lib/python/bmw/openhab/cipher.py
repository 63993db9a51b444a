"""AES-256-GCM on the JVM."""

from __future__ import absolute_import, unicode_literals

from java.security import GeneralSecurityException
from javax.crypto import Cipher
from javax.crypto.spec import GCMParameterSpec, SecretKeySpec

TAG_BITS = 128


def encrypt(key, nonce, data, context):
    """Ciphertext and tag (bytes)."""
    return _run(Cipher.ENCRYPT_MODE, key, nonce, data, context)


def decrypt(key, nonce, data, context):
    """The data (bytes). Raises ValueError if key, nonce or context do not match."""
    try:
        return _run(Cipher.DECRYPT_MODE, key, nonce, data, context)
    except GeneralSecurityException:
        raise ValueError("tag does not match")


def _run(mode, key, nonce, data, context):
    cipher = Cipher.getInstance("AES/GCM/NoPadding")
    cipher.init(mode, SecretKeySpec(key, "AES"), GCMParameterSpec(TAG_BITS, nonce))
    cipher.updateAAD(context)
    return bytes(bytearray(cipher.doFinal(data)))  # tostring() of a Java array is slow
