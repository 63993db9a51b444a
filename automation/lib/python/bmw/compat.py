"""The few names that Python 2.7 and 3 spell differently, in one place."""

from __future__ import unicode_literals

import sys

PY2 = sys.version_info[0] == 2

if PY2:
    from urllib import quote as _quote
    from urllib import urlencode as _urlencode

    from urlparse import parse_qs, urlsplit

    text_type = unicode  # noqa: F821 - Python 2's name
    number_types = (int, long, float)  # noqa: F821

    def urlencode(fields):
        """Form-encodes a dict or pair list of text; Python 2's own function wants bytes."""
        pairs = fields.items() if hasattr(fields, "items") else fields
        return _urlencode([(to_bytes(k), to_bytes(v)) for k, v in pairs]).decode("ascii")

    def quote(text):
        """Percent-encodes one path segment."""
        return _quote(to_bytes(text), b"").decode("ascii")

else:
    from urllib.parse import parse_qs, quote as _quote, urlencode, urlsplit

    text_type = str
    number_types = (int, float)

    def quote(text):
        """Percent-encodes one path segment."""
        return _quote(text, "")


__all__ = [str(n) for n in ("PY2", "number_types", "parse_qs", "quote", "text_type", "to_bytes", "to_text", "urlencode", "urlsplit")]


def to_bytes(value):
    """UTF-8 bytes of a text (or of what ``text_type`` makes of a number); bytes pass through."""
    if isinstance(value, bytes):
        return value
    return text_type(value).encode("utf-8")


def to_text(value):
    """Text of UTF-8 bytes, never failing: what is not UTF-8 becomes U+FFFD. Text passes through."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return text_type(value)
