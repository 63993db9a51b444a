"""The few names that Python 2.7 and 3 spell differently, in one place."""

from __future__ import absolute_import, unicode_literals

import sys

PY2 = sys.version_info[0] == 2

if PY2:
    text_type = unicode  # noqa: F821 - Python 2's name
    number_types = (float, int, long)  # noqa: F821 # novm
else:
    text_type = str
    number_types = (float, int)


def urlsplit(url):
    """The standard library's, imported when it is used: on Jython it costs a tenth of openHAB's start of this module."""
    return _urls().urlsplit(url)


def parse_qs(query):
    """The standard library's, as ``urlsplit``."""
    return _urls().parse_qs(query)


def _urls():
    if PY2:
        import urlparse  # novm

        return urlparse
    import urllib.parse  # novm

    return urllib.parse


#: RFC 3986 section 2.3; all else is percent-encoded
_UNRESERVED = frozenset(bytearray(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"))


def to_bytes(value):
    """UTF-8 bytes of a text (or of what ``text_type`` makes of a number), never failing; bytes pass through."""
    if isinstance(value, bytes):
        return value
    # half a surrogate pair, which JSON can hold, is no letter
    return text_type(value).encode("utf-8", "replace")


def to_text(value):
    """Text of UTF-8 bytes, never failing: what is not UTF-8 becomes U+FFFD. Text passes through."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return text_type(value)


_CAPITALS, _SMALL = range(ord("A"), ord("Z") + 1), range(ord("a"), ord("z") + 1)
_TO_SMALL, _TO_CAPITALS = dict(zip(_CAPITALS, _SMALL)), dict(zip(_SMALL, _CAPITALS))


def lower(text):
    """The text with A to Z in small letters. Python's own asks the machine's language on Jython 2.7.4, and a Turkish "I" gives no "i"."""
    return to_text(text).translate(_TO_SMALL)


def upper(text):
    """The text with a to z in capital letters, as ``lower``."""
    return to_text(text).translate(_TO_CAPITALS)


def capitalize(text):
    """The text with its first letter as a capital and the rest in small letters, as ``lower``."""
    return upper(text[:1]) + lower(text[1:])


def upper_first(key):
    """The text with its first letter as a capital: a key of the vocabulary as the end of an item's name."""
    return upper(key[:1]) + key[1:]


def quote(text):
    """Percent-encodes one path segment or form value (UTF-8).

    Our own, as Python 2's urllib imports socket, which on Jython opens ten selectors and a thread pool at each script load.
    """
    return "".join(chr(byte) if byte in _UNRESERVED else "%{:02X}".format(byte) for byte in bytearray(to_bytes(text)))


def urlencode(fields):
    """Form-encodes a dict or list of pairs of text and numbers."""
    pairs = fields.items() if hasattr(fields, "items") else fields
    return "&".join("{}={}".format(quote(key), quote(value)) for key, value in pairs)
