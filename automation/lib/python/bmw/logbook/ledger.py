"""A small private file that is kept for years: one line per entry, only added to.

A line is a checksum and the entry as JSON. A later line with the same ``id`` replaces an earlier one. A damaged line, or one that a
power cut has shortened, costs no other line, and stays in the file. Does not know what the entries mean.
"""

from __future__ import absolute_import, unicode_literals

import json
import threading

from bmw.compat import text_type, to_bytes
from bmw.errors import StoreError
from bmw.storage import files

#: of an entry; entries of newer versions are kept, but not understood
VERSION = 1
#: bytes of a line, entries, and bytes of their lines: decades of a car that is charged each day. Then the oldest quarter is dropped
MAX_LINE = 8000
MAX_ENTRIES = 10000
MAX_BYTES = 8 * 1024 * 1024
#: lines that later ones have replaced, after which the file is written anew without them
MAX_REPLACED = 500
#: bytes of the checksum and the blank after it
_HEAD = 9


class Ledger(object):
    """See the module's docstring. Nothing is read before the first use.

    Args:
        path (str): the file, in a private folder.
        lock: re-entrant, shared by all instances in the process that use the file; None = own.
        fold: callable (entries that are dropped as there are too many) -> the entry (dict) that replaces them; None = nothing does.

    Attributes:
        damaged (int): lines that cannot be read.
    """

    def __init__(self, path, lock=None, fold=None):
        self._path = path
        self._lock = lock or threading.RLock()
        self._fold = fold
        self._is_read = False
        self._empty()

    def _empty(self):
        self.damaged = 0
        self._entries = {}  # id -> entry
        self._order = []  # ids, by their first line
        self._foreign = []  # lines (bytes) that are damaged or of a newer version
        self._foreign_size = 0  # bytes of them; they take no entry's room
        self._lines = 0  # lines with entries in the file
        self._size = 0
        self._is_cut = False  # the file does not end with a line's end

    def entries(self):
        """All entries (list of dict), by their first appearance. Do not change them. Raises StoreError: the file cannot be read."""
        with self._lock:
            self._read_once()
            return [self._entries[name] for name in self._order]

    def put(self, entries):
        """Adds entries (list of JSON-able dict with a text ``id``), or replaces those with the same id. They are durable when it returns.

        Fields that an entry in the file has, and the new one does not, are kept.

        Raises:
            StoreError: they could not be written, or there is no room; what was in the file stays.
        """
        with self._lock:
            self._read_once()
            changed = [entry for entry in (self._merged(entry) for entry in entries) if entry != self._entries.get(entry["id"])]
            fresh = [entry for entry in changed if len(_line(entry)) <= MAX_LINE]
            if fresh:
                self._add(fresh)
            if len(fresh) < len(changed):
                raise StoreError("An entry of {} is too long, so it is not kept".format(self._path))

    def _add(self, entries):
        data = b"".join(_line(entry) for entry in entries)
        if self._size + len(data) > 2 * MAX_BYTES:  # so much of it cannot be read
            raise StoreError("{} has more than {} MB".format(self._path, 2 * MAX_BYTES // 1048576), "move it away")
        if self._is_cut:
            data = b"\n" + data
        self._is_cut = True  # if it fails in the middle
        files.append(self._path, data)
        self._is_cut = False
        self._size += len(data)
        for entry in entries:
            self._know(entry)
        self._tidy()

    def _merged(self, entry):
        return dict(self._entries.get(entry["id"], {}), **dict(entry, v=VERSION))

    def _know(self, entry):
        if entry["id"] not in self._entries:
            self._order.append(entry["id"])
        self._entries[entry["id"]] = entry
        self._lines += 1

    def _read_once(self):
        if not self._is_read:
            self._read()
            self._is_read = True

    def _read(self):
        data = files.read(self._path) or b""
        self._empty()
        self._size = len(data)
        self._is_cut = bool(data) and not data.endswith(b"\n")
        for line in data.split(b"\n"):
            if not line:
                continue
            entry = _entry_of(line)
            if entry is None:
                self.damaged += 1
            if entry is None or entry["v"] > VERSION:
                self._foreign.append(line)
                self._foreign_size += len(line) + 1
            else:
                self._know(entry)

    def _tidy(self):
        """Writes the file anew if much in it was replaced, or if it has too many entries."""
        is_full = len(self._order) > MAX_ENTRIES or self._size - self._foreign_size > MAX_BYTES
        if not is_full and self._lines - len(self._order) <= max(MAX_REPLACED, len(self._order)):
            return
        self._read()  # what another instance has added since
        lines = self._known_lines()
        # a quarter of the bytes stays free, so that the file is not written anew for each line
        if len(lines) > MAX_ENTRIES or sum(len(line) for line in lines) > MAX_BYTES * 3 // 4:
            self._drop(self._order[: len(self._order) // 4])
            lines = self._known_lines()
        data = b"".join([line + b"\n" for line in self._foreign] + lines)
        files.write(self._path, data)
        self._lines, self._size, self._is_cut = len(lines), len(data), False

    def _known_lines(self):
        return [_line(self._entries[name]) for name in self._order]

    def _drop(self, names):
        dropped = [self._entries.pop(name) for name in names]
        self._order = [name for name in self._order if name in self._entries]
        if self._fold is not None:
            entry = dict(self._fold(dropped), v=VERSION)
            self._order.insert(0, entry["id"])
            self._entries[entry["id"]] = entry


def _line(entry):
    """The line (bytes) of an entry."""
    text = to_bytes(json.dumps(entry, sort_keys=True, separators=(",", ":")))
    return to_bytes(_checksum(text)) + b" " + text + b"\n"


def _entry_of(line):
    """The entry (dict) of a line (bytes), None if it is damaged."""
    text = line[_HEAD:]
    if len(line) > MAX_LINE or line[:_HEAD] != to_bytes(_checksum(text)) + b" ":
        return None
    try:
        entry = json.loads(text.decode("ascii"))
    except (ValueError, RuntimeError):  # RuntimeError: nested too deep
        return None
    is_entry = isinstance(entry, dict) and isinstance(entry.get("id"), text_type) and isinstance(entry.get("v"), int)
    return entry if is_entry else None


def _checksum(data):
    import zlib  # only where it is needed

    return "{:08x}".format(zlib.crc32(data) & 0xFFFFFFFF)
