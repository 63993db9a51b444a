"""A picture of a car, as a cloud hands it out: which kind it really is, and whether it is one at all.

Pure. What a server says about its own answer is not believed: the first bytes decide.
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
#: it is kept in memory as an item's state, and sent to whoever reads all items
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
