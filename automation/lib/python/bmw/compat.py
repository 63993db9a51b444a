"""Differences between Python 2.7 and 3, and replacements for library functions that are slow or wrong on Jython."""

from __future__ import absolute_import, unicode_literals

import sys

from bmw.pattern import Pattern

PY2 = sys.version_info[0] == 2

if PY2:
    text_type = unicode  # noqa: F821 - Python 2's name
    number_types = (float, int, long)  # noqa: F821 # novm
    _character = unichr  # noqa: F821
else:
    text_type = str
    number_types = (float, int)
    _character = chr


#: control characters, and those that turn the direction of the text around them: not for a line that people read
_CONTROLS = Pattern("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def one_line(text):
    """The text without control characters: a line's end in it would look like a line of its own in openHAB's log of events."""
    return _CONTROLS.sub(" ", text)


def is_number(value):
    """True for a number; Python takes True and False for numbers as well."""
    return isinstance(value, number_types) and not isinstance(value, bool)


def parse_qs(query):
    """The standard library's parse_qs, imported at its first use: on Jython the import takes a tenth of this module's load time."""
    if PY2:
        from urlparse import parse_qs as standard  # novm
    else:
        from urllib.parse import parse_qs as standard  # novm
    return standard(query)


#: RFC 3986 section 2.3; all other bytes are percent-encoded
_UNRESERVED = frozenset(bytearray(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"))


def to_bytes(value):
    """UTF-8 bytes of a text or number; bytes are returned unchanged. Never fails."""
    if isinstance(value, bytes):
        return value
    # JSON can contain half a surrogate pair, which has no UTF-8 form
    return text_type(value).encode("utf-8", "replace")


def to_text(value):
    """Text of UTF-8 bytes; invalid bytes become U+FFFD. Text is returned unchanged. Never fails."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return text_type(value)


#: (first bytes, place of the low byte of two) of text files in UTF-16, as Windows and its editors write them
_UTF16 = ((b"\xff\xfe", 0), (b"\xfe\xff", 1))
#: what people mean by a line end; ``splitlines`` also ends a line at characters that can be part of a password
_LINE_END = Pattern("\r\n|\r|\n")


def text_of_file(data):
    """Text of a file's bytes in UTF-8 or UTF-16, without the mark at its start; what is invalid becomes U+FFFD. Never fails."""
    for mark, low in _UTF16:
        if data.startswith(mark):
            return _utf16(data[2:], low)
    if b"\0" in data[:2]:  # no mark, but every other byte of plain letters is 0
        return _utf16(data, 1 if data.startswith(b"\0") else 0)
    return to_text(data[3:] if data.startswith(b"\xef\xbb\xbf") else data)


def _utf16(data, low):
    """Jython's own decoder fails on half a surrogate pair. What needs a pair becomes U+FFFD: no setting has it."""
    octets = bytearray(data)
    codes = (one + 256 * other for one, other in zip(octets[low::2], octets[1 - low :: 2]))
    return "".join("\ufffd" if 0xD800 <= code < 0xE000 else _character(code) for code in codes)


def lines_of(text):
    """The lines (list) of a file's text, ended by LF, CR LF or CR."""
    return _LINE_END.split(text)


_CAPITALS, _SMALL = range(ord("A"), ord("Z") + 1), range(ord("a"), ord("z") + 1)
_TO_SMALL, _TO_CAPITALS = dict(zip(_CAPITALS, _SMALL)), dict(zip(_SMALL, _CAPITALS))


def lower(text):
    """The text with A to Z in lower case. Jython 2.7.4's own ``lower`` depends on the locale: in Turkish, "I" does not become "i"."""
    return to_text(text).translate(_TO_SMALL)


def upper(text):
    """The text with a to z in upper case, independent of the locale."""
    return to_text(text).translate(_TO_CAPITALS)


def capitalize(text):
    """The text with an upper-case first letter and the rest in lower case, independent of the locale."""
    return upper(text[:1]) + lower(text[1:])


def upper_first(key):
    """The text with an upper-case first letter: turns a vocabulary key into the end of an item name."""
    return upper(key[:1]) + key[1:]


def quote(text):
    """Percent-encodes one path segment or form value (UTF-8).

    Not from urllib: Python 2's urllib imports socket, which on Jython opens ten selectors and a thread pool at each script load.
    """
    return "".join(chr(byte) if byte in _UNRESERVED else "%{:02X}".format(byte) for byte in bytearray(to_bytes(text)))


def urlencode(fields):
    """Form-encodes a dict or list of pairs of text and numbers."""
    pairs = fields.items() if hasattr(fields, "items") else fields
    return "&".join("{}={}".format(quote(key), quote(value)) for key, value in pairs)
