"""The one place where secrets and private data are taken out of text before it is logged or shown.

Two nets: values we were told are secret (``remember``), and shapes that are secret whoever sends them
(VIN, JWT, bearer header, OAuth form fields, coordinates in URLs).
"""

from __future__ import absolute_import, unicode_literals

import json
import re
import threading

from bmw.compat import quote, to_text

#: shorter strings are not remembered: replacing them would eat ordinary words
SHORTEST_SECRET = 6
#: tokens rotate hourly; the oldest are forgotten so that years of running do not fill the memory
MAX_SECRETS = 500
#: of those that stay the same: the settings' and the cars'. More are not believed, and a VIN is known by its shape as well
MAX_LASTING = 5000

#: what is written the same everywhere
_PLAIN = re.compile("^[A-Za-z0-9._~-]*$")

#: between a field's name and its value: quotes, also escaped ones and Python 2's u''
_QUOTE = r"(?:\\?['\"])?"
_EQUALS = _QUOTE + r"\s*[=:]\s*u?" + _QUOTE
_NAMES = "access_token|refresh_token|id_token|device_code|code_verifier|client_secret|password|gcid|hcaptchatoken|authorization"

#: a VIN is a whole run of letters and digits, of one case; an underscore, as in the name of an item, ends it
_VIN = r"(?<![A-Za-z0-9])(?=[A-HJ-NPR-Z0-9]{{0,16}}[0-9])[A-HJ-NPR-Z0-9]{{13}}{}(?![A-Za-z0-9])"

_SHAPES = (
    # vehicle identification number: 17 of these letters and digits (ISO 3779 leaves out I, O, Q)
    (re.compile(_VIN.format("([A-HJ-NPR-Z0-9]{4})")), r"VIN*\1"),
    (re.compile(_VIN.format("([a-hj-npr-z0-9]{4})").replace("A-HJ-NPR-Z", "a-hj-npr-z")), r"VIN*\1"),
    # JWT, from the start of a run of its letters and only where a dot ends that: tried from each eyJ, a long text takes minutes
    (re.compile(r"(?<![\w-])(?=[\w-]+\.[\w-])((?:[\w-]*?-)??)eyJ[\w-]+\.[\w-]+\.?[\w-]*"), r"\1[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 [secret]"),
    (re.compile(r"(?i)\b(" + _NAMES + ")(" + _EQUALS + r")[^\s'\"&,}\\]+"), r"\1\2[secret]"),
    (re.compile(r"(?i)(?<![a-z])(lat(?:itude)?|lon(?:gitude)?|lng)(" + _EQUALS + r"|\s+)-?[0-9](?:[0-9.,]*[0-9])?"), r"\1\2[place]"),
)

_lasting = []
_passing = []
_lock = threading.Lock()


def remember(*secrets):
    """Takes note of values (str or None) that must never appear in a text: passwords, VINs, what stays the same."""
    with _lock:
        _lasting.extend(form for form in _written(secrets[: max(0, MAX_LASTING - len(_lasting))]) if form not in _lasting)
        del _lasting[MAX_LASTING:]


def remember_for_a_while(*secrets):
    """The same for tokens and codes, of which there are ever new ones; those that were not told of for the longest are forgotten."""
    with _lock:
        told = _written(secrets)
        _passing[:] = ([known for known in _passing if known not in told] + told)[-MAX_SECRETS:]


def _written(secrets):
    """The secrets (list), each in all its forms once."""
    forms = [form for secret in secrets if secret and len(secret) >= SHORTEST_SECRET for form in [secret] + _forms(secret)]
    return [form for number, form in enumerate(forms) if form not in forms[:number]]


def _forms(secret):
    """The other ways (list) in which it can stand in a text: in a form or URL, in JSON, in the error texts of Python 2."""
    if _PLAIN.match(secret):
        return []
    encoded = quote(secret)
    in_python = [to_text(text.encode("ascii", "backslashreplace")) for text in (secret, secret.replace("\\", "\\\\"))]
    return [encoded, encoded.replace("%20", "+"), json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]] + in_python


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
