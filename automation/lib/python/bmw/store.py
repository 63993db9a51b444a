"""What must survive a restart, one sealed JSON file per name in a folder only openHAB can read.

Knows nothing of what the records mean.
"""

from __future__ import unicode_literals

import json
import logging
import os

from bmw import files
from bmw.compat import to_bytes, to_text
from bmw.errors import StoreError

log = logging.getLogger("bmw")


class Store(object):
    """Named records (JSON-able dicts), durable and sealed.

    Args:
        folder (str): a private folder that is there (``bmw.files.make_private_folder``).
        seal (bmw.seal.Seal): how records are sealed.
    """

    def __init__(self, folder, seal):
        self._folder = folder
        self._seal = seal

    def path(self, name):
        """The file of a record."""
        return os.path.join(self._folder, name)

    def load(self, name):
        """The record, or None if there is none. One that cannot be opened is set aside, with a warning.

        Raises:
            StoreError: the file is there and cannot be read.
        """
        data = files.read(self.path(name))
        if data is None:
            return None
        try:
            return json.loads(self._seal.open(to_text(data).strip(), name))
        except (StoreError, ValueError):
            files.set_aside(self.path(name))
            log.warning("%s cannot be opened with the present key; it was renamed to %s.damaged", name, name)
            return None

    def save(self, name, record):
        """Makes the record durable before it returns.

        Raises:
            StoreError: it could not be written; the old record is untouched.
        """
        files.write(self.path(name), to_bytes(self._seal.close(json.dumps(record, sort_keys=True), name)))
