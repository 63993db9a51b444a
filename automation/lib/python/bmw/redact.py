"""The one place where secrets and private data are taken out of text before it is logged or shown.

Two nets: values we were told are secret (``remember``), and shapes that are secret whoever sends them
(VIN, JWT, bearer header, OAuth form fields, coordinates in URLs).
"""

from __future__ import absolute_import, unicode_literals

import re
import threading

#: shorter strings are not remembered: replacing them would eat ordinary words
SHORTEST_SECRET = 6
#: tokens rotate hourly; the oldest are forgotten so that years of running do not fill the memory
MAX_SECRETS = 500
#: of those that stay the same: the settings' and the cars'. More are not believed, and a VIN is known by its shape as well
MAX_LASTING = 5000

#: between a field's name and its value: quotes, also escaped ones and Python 2's u''
_QUOTE = r"(?:\\?['\"])?"
_EQUALS = _QUOTE + r"\s*[=:]\s*u?" + _QUOTE
_NAMES = "access_token|refresh_token|id_token|device_code|code_verifier|client_secret|password|gcid|hcaptchatoken|authorization"

_SHAPES = (
    # vehicle identification number: 17 of these letters and digits (ISO 3779 leaves out I, O, Q)
    (re.compile(r"\b(?=[A-HJ-NPR-Z0-9]{0,16}[0-9])[A-HJ-NPR-Z0-9]{13}([A-HJ-NPR-Z0-9]{4})\b"), r"VIN*\1"),
    # JWT, from the start of a run of its letters and only where a dot ends that: tried from each eyJ, a long text takes minutes
    (re.compile(r"(?<![\w-])(?=[\w-]+\.[\w-])((?:[\w-]*?-)??)eyJ[\w-]+\.[\w-]+\.?[\w-]*"), r"\1[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 [secret]"),
    (re.compile(r"(?i)\b(" + _NAMES + ")(" + _EQUALS + r")[^\s'\"&,}\\]+"), r"\1\2[secret]"),
    (re.compile(r"(?i)\b(lat(?:itude)?|lon(?:gitude)?|lng)(" + _EQUALS + ")-?[0-9][0-9.]*"), r"\1\2[place]"),
)

_lasting = []
_passing = []
_lock = threading.Lock()


def remember(*secrets):
    """Takes note of values (str or None) that must never appear in a text: passwords, VINs, what stays the same."""
    _note(_lasting, secrets[: max(0, MAX_LASTING - len(_lasting))])


def remember_for_a_while(*secrets):
    """The same for tokens and codes, of which there are ever new ones; the oldest are forgotten."""
    _note(_passing, secrets)
    with _lock:
        del _passing[:-MAX_SECRETS]


def _note(kept, secrets):
    with _lock:
        kept.extend(secret for secret in secrets if secret and len(secret) >= SHORTEST_SECRET and secret not in kept)


def clean(text):
    """Returns ``text`` (str) without any secret or private value in it."""
    with _lock:
        known = sorted(_lasting + _passing, key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, "[secret]")
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


def mask_vin(vin):
    """A VIN as it may be shown: the last four characters, enough to tell two cars apart."""
    return "VIN*{}".format(vin[-4:]) if vin else "VIN*"
