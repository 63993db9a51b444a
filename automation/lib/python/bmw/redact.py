"""Removes secrets and private data from text before it is logged or shown.

Two filters: known secret values (``remember``), and patterns that are always secret
(VIN, JWT, bearer header, OAuth form fields, coordinates in URLs).
"""

from __future__ import absolute_import, unicode_literals

import json
import threading

from bmw.compat import one_line, quote, to_text
from bmw.pattern import Pattern

#: shorter strings are not remembered: replacing them would remove ordinary words
MIN_SECRET = 6
#: tokens and codes; they change hourly, so the oldest are forgotten to save memory
MAX_SECRETS = 500
#: secrets from settings and VINs. If there are more, the pattern still finds VINs
MAX_LASTING = 5000

#: a secret with these characters looks the same in every encoding
_PLAIN = Pattern("^[A-Za-z0-9._~-]*$")

#: between a field's name and its value: quotes, also escaped ones and Python 2's u''
_QUOTE = r"(?:\\?['\"])?"
_EQUALS = _QUOTE + r"\s*[=:]\s*u?" + _QUOTE
_NAMES = "access_token|refresh_token|id_token|device_code|code_verifier|client_secret|password|gcid|hcaptchatoken|authorization"

#: a VIN: a whole word of letters and digits, all in upper or all in lower case; an underscore (in item names) ends it
_VIN = r"(?<![A-Za-z0-9])(?=[A-HJ-NPR-Z0-9]{{0,16}}[0-9])[A-HJ-NPR-Z0-9]{{13}}{}(?![A-Za-z0-9])"

#: letters of a VIN
_VIN_LENGTH = 17


def _has(*parts):
    """A function: whether a text has one of these parts."""
    return lambda text: any(part in text for part in parts)


def _has_long_word(text):
    return any(len(word) >= _VIN_LENGTH for word in text.split())


#: vehicle identification number: 17 of these letters and digits (ISO 3779 leaves out I, O, Q)
_VINS = (
    (_has_long_word, Pattern(_VIN.format("([A-HJ-NPR-Z0-9]{4})")), r"VIN*\1"),
    (_has_long_word, Pattern(_VIN.format("([a-hj-npr-z0-9]{4})").replace("A-HJ-NPR-Z", "a-hj-npr-z")), r"VIN*\1"),
)
_ANY = _has("")
#: (what a text needs for a match, as a quick check: a pattern that no text needs is not compiled; pattern, replacement)
_SHAPES = _VINS + (
    # JWT, only from the start of a word that ends with a dot: a match attempt at each eyJ of a long text takes minutes
    (_has("eyJ"), Pattern(r"(?<![\w-])(?=[\w-]+\.[\w-])((?:[\w-]*?-)??)eyJ[\w-]+\.[\w-]+\.?[\w-]*"), r"\1[token]"),
    (_ANY, Pattern(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 [secret]"),
    (_has("=", ":"), Pattern(r"(?i)\b(" + _NAMES + ")(" + _EQUALS + r")[^\s'\"&,}\\]+"), r"\1\2[secret]"),
    (_ANY, Pattern(r"(?i)(?<![a-z])(lat(?:itude)?|lon(?:gitude)?|lng)(" + _EQUALS + r"|\s+)-?[0-9](?:[0-9.,]*[0-9])?"), r"\1\2[place]"),
    (
        _has("\u00b0"),
        Pattern(r"(?<![0-9.,])[0-9]{1,3}(?:[.,][0-9]{1,20})?\s?\u00b0[0-9 .,'\u2032\"\u2033]{0,20}[NSEWO](?![A-Za-z])"),
        "[place]",
    ),
)

_lasting = []
_passing = []
_lock = threading.Lock()


def remember(*secrets):
    """Remembers lasting values (str or None) that must never appear in a text: passwords, VINs."""
    with _lock:
        _lasting.extend(form for form in _written(secrets[: max(0, MAX_LASTING - len(_lasting))]) if form not in _lasting)
        del _lasting[MAX_LASTING:]


def remember_for_a_while(*secrets):
    """Remembers tokens and codes. The ones that were not used for the longest time are forgotten."""
    with _lock:
        told = _written(secrets)
        _passing[:] = ([known for known in _passing if known not in told] + told)[-MAX_SECRETS:]


def _written(secrets):
    """The secrets (list) in all their encodings, without duplicates."""
    forms = [form for secret in secrets if secret and len(secret) >= MIN_SECRET for form in [secret] + _forms(secret)]
    return [form for number, form in enumerate(forms) if form not in forms[:number]]


def _forms(secret):
    """The other encodings (list) of a secret: in a form or URL, in JSON, in the error texts of Python 2."""
    if _PLAIN.match(secret):
        return []
    encoded = quote(secret)
    in_python = [to_text(text.encode("ascii", "backslashreplace")) for text in (secret, secret.replace("\\", "\\\\"))]
    return [encoded, encoded.replace("%20", "+"), json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]] + in_python


def clean(text):
    """Returns ``text`` (str) without secrets and private values."""
    with _lock:
        known = sorted(_lasting + _passing, key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, "[secret]")
    return _reshaped(text, _SHAPES)


def without_vins(text):
    """Returns ``text`` (str), which a car said and which becomes an item's name, label or state, without VINs."""
    return text if text.isdigit() else _reshaped(text, _VINS)  # a VIN has letters; some number of an expert's value has 17 digits


def _reshaped(text, shapes):
    for can_match, shape, replacement in shapes:
        if can_match(text):
            text = shape.sub(replacement, text)
    return text


def line(text, longest):
    """Returns ``text`` (str), which others may have written, as one clean line of at most ``longest`` characters."""
    return one_line(clean(text))[:longest]  # cut last: half a secret is not known as one


def mask_vin(vin):
    """A VIN for display: only the last four characters, enough to distinguish cars."""
    return "VIN*{}".format(vin[-4:]) if vin else "VIN*"
