"""Takes addresses apart, such as ``https://host:port/path``.

Stricter than the standard library's urlsplit: no user, no password, no other letters than those of host names. It also saves 50 ms of CPU
at a load, as that one brings ``collections`` along on Jython.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import lower, text_type
from bmw.pattern import Pattern
from bmw.record import record

#: characters of an address; on Jython a number of very many digits takes very long
MAX_CHARACTERS = 4096
_ADDRESS = Pattern(r"([A-Za-z][A-Za-z0-9+.-]*)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?((?:/[^?#\s]*)?)(?:[?#]\S*)?\Z")
_LAST_PORT = 65535

#: scheme, host (small letters, IPv6 without brackets), port (int or None), path (may be empty)
Address = record("Address", "scheme host port path")


def split(url):
    """The Address of a text, or None if it is not understood."""
    found = _ADDRESS.match(url) if isinstance(url, text_type) and len(url) <= MAX_CHARACTERS else None
    if found is None:
        return None
    scheme, host, digits, path = found.groups()
    port = None if digits is None else int(digits)
    if port is not None and port > _LAST_PORT:
        return None
    return Address(lower(scheme), lower(host).strip("[]"), port, path)


def origin(url):
    """(scheme, host, port or None) of an address; None if it is not understood."""
    found = split(url)
    return None if found is None else tuple(found)[:3]
