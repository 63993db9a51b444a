"""Signs the id_token: a real RS256 JWT, as BMW's. It knows no account; the claims come from outside."""

import base64
import functools
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_ID = "simulated-1"


@functools.lru_cache(maxsize=1)
def signing_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sign(claims):
    signed = "%s.%s" % (_part({"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}), _part(claims))
    signature = signing_key().sign(signed.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
    return "%s.%s" % (signed, base64url(signature))


def verify(token):
    """The claims of a token; raises an exception if this cloud did not sign it."""
    signed, _, signature = token.rpartition(".")
    signing_key().public_key().verify(_bytes(signature), signed.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
    return json.loads(_bytes(signed.split(".")[1]))


def base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _part(value):
    return base64url(json.dumps(value, separators=(",", ":")).encode("utf-8"))


def _bytes(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
