"""Checks a picture of a car from a cloud: PNG, JPEG or neither.

Pure. The first bytes decide, not the server's Content-Type.
"""

from __future__ import absolute_import, unicode_literals

from bmw.errors import BadAnswer
from bmw.record import record

#: data (bytes), mime (str) and suffix (str) of its file's name
Picture = record("Picture", "data mime suffix")

#: (first bytes, MIME type, suffix)
KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
#: openHAB keeps the picture in memory as an item's state and sends it to every client that reads all items
MAX_BYTES = 5 * 1024 * 1024


def recognised(data):
    """The Picture in ``data`` (bytes).

    Raises:
        BadAnswer: neither PNG nor JPEG, or larger than MAX_BYTES.
    """
    if len(data) > MAX_BYTES:
        raise BadAnswer("BMW's picture of the car is too large ({} bytes)".format(len(data)), "it is left out")
    for start, mime, suffix in KINDS:
        if data.startswith(start):
            return Picture(data, mime, suffix)
    raise BadAnswer("BMW's picture of the car is neither PNG nor JPEG", "it is left out")
