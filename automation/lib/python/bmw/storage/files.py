"""Private files that survive a power cut: written beside, flushed, moved over, readable by their owner only."""

from __future__ import absolute_import, unicode_literals

import errno
import os
import stat

from bmw.errors import StoreError

#: end of the name of a file that could not be used
DAMAGED = ".damaged"
#: end of the name of a file that is being written, and of one that was when the power went
NEW = ".new"


def make_private_folder(path):
    """Makes the folder (and its parents) with mode 0700 if it is not there.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        if not os.path.isdir(path):
            os.makedirs(path)
        os.chmod(path, 0o700)
    except (OSError, IOError) as error:
        raise StoreError("Cannot make the folder {}".format(path), _advice(error))


def read(path, most=-1):
    """The bytes of a file, or None if there is none.

    Args:
        most (int): so many bytes at most; -1 = all.

    Raises:
        StoreError: it is there and cannot be read.
    """
    try:
        with open(path, "rb") as stream:
            return stream.read(most)
    except (OSError, IOError) as error:
        if error.errno == errno.ENOENT:
            return None
        raise StoreError("Cannot read {}".format(path), _advice(error))


def stamp(path):
    """(time of change, size, permissions) of a file, to see whether it was changed; None if there is none."""
    try:
        status = os.stat(path)
    except (OSError, IOError):
        return None
    return status.st_mtime, status.st_size, status.st_mode


def is_open_to_group(path):
    """True if others than the owner may read the file, be it the group only."""
    return _allows(path, stat.S_IRGRP | stat.S_IROTH)


def is_open_to_all(path):
    """True if everybody on the machine may read the file."""
    return _allows(path, stat.S_IROTH)


def _allows(path, bits):
    try:
        # Windows has no such permissions, and names some all the same; Jython says so by the separator only
        return os.sep != "\\" and bool(os.stat(path).st_mode & bits)
    except (OSError, IOError):
        return False


def write(path, data):
    """Replaces the file's content by ``data`` (bytes): afterwards either all of it is on disk or none.

    Raises:
        StoreError: disk full, read-only folder ...; the file holds the old content or the new one, and no mixture.
    """
    Room(path).write(data)


class Room(object):
    """A file beside another (``*.new``) that takes its place when it is written: private from the first byte, nobody else's.

    Args:
        path (str): the file whose place it takes.
        size (int): so many bytes of the disk are taken at once, for what is not known yet.

    Raises:
        StoreError: there is no room.
    """

    def __init__(self, path, size=0):
        self._path = path
        self._beside = path + NEW
        self._file = None
        try:
            _remove(self._beside)  # a rest of an earlier try; of a link only the link
            self._file = create(self._beside)
            if size:
                self._file.put(os.urandom(size))  # no zeros: a file system that compresses would keep no room for them
        except (OSError, IOError) as error:
            self.give_up()
            raise StoreError("Cannot write {}".format(path), _advice(error))

    def write(self, data):
        """Puts ``data`` (bytes) durably in the place of the file. Raises StoreError, see ``write``."""
        try:
            self._file.put(data)
        except (OSError, IOError) as error:
            self.give_up()
            raise StoreError("Cannot write {}".format(self._path), _advice(error))
        self._close()
        _move_in(self._path)  # a whole one that cannot be moved stays beside, to be taken up at the next start

    def give_up(self):
        """Gives back the room that was not used."""
        if self._close():
            try:
                _remove(self._beside)
            except (OSError, IOError):
                pass  # the next one does it

    def _close(self):
        """True if it was open."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
        return file is not None


def overwrite(path, data):
    """Writes ``data`` (bytes) over the content of a file that is there, on the disk's room that it has already.

    For a content that is worth nothing any more: killed half way, neither the old one nor the new one is left.

    Raises:
        StoreError: it cannot be written.
    """
    try:
        file = reopen(path)
        try:
            file.put(data)
        finally:
            file.close()
    except (OSError, IOError) as error:
        raise StoreError("Cannot write {}".format(path), _advice(error))


def read_left_beside(path):
    """The bytes of what was to take a file's place and did not (killed, power cut); None if there is nothing of the kind."""
    beside = path + NEW
    try:
        return None if os.path.islink(beside) else read(beside)
    except StoreError:
        return None


def take_up(path):
    """Lets what was left beside a file take its place. Raises StoreError."""
    _move_in(path)


def _move_in(path):
    try:
        _replace(path + NEW, path)
        sync_folder(os.path.dirname(path))
    except (OSError, IOError) as error:
        raise StoreError("Cannot write {}".format(path), _advice(error))


def _remove(path):
    try:
        os.remove(path)
    except (OSError, IOError) as error:
        if error.errno != errno.ENOENT:
            raise


def set_aside(path):
    """Renames a file that cannot be used to ``*.damaged``, so that nothing is lost and a new one can be written."""
    try:
        _replace(path, path + DAMAGED)
    except (OSError, IOError) as error:
        raise StoreError("Cannot rename {}".format(path), _advice(error))


#: os.rename replaces an existing file on POSIX and on Jython; CPython on Windows needs os.replace
_replace = getattr(os, "replace", os.rename)


def _sync_folder(folder):
    """Makes the rename itself durable where the system allows to open a folder (POSIX)."""
    if os.sep == "\\":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except (OSError, IOError) as error:
        if error.errno not in _NOT_THERE:
            raise
    finally:
        os.close(handle)


#: a file system that cannot sync a folder says so; everything else is a failure
_NOT_THERE = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)

_PRIVATE = 0o600
_OPEN = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class _File(object):
    """An open file; a link is not followed."""

    def __init__(self, path, flags):
        self._handle = os.open(path, _OPEN | flags, _PRIVATE)

    def put(self, data):
        """Makes ``data`` (bytes) its content, durably. Raises OSError."""
        os.lseek(self._handle, 0, os.SEEK_SET)
        left = data
        while left:
            left = left[os.write(self._handle, left) :]
        os.ftruncate(self._handle, len(data))
        os.fsync(self._handle)

    def close(self):
        os.close(self._handle)


def _create(path):
    """A new private file (``put``, ``close``). Raises OSError, also when there is one of that name."""
    return _File(path, os.O_CREAT | os.O_EXCL)


def _reopen(path):
    """A file that is there, to be written over."""
    return _File(path, 0)


#: Jython's os knows neither a folder's handle nor a mode of a new file: there the JVM's own ways are put here (``bmw.openhab.disk``)
sync_folder = _sync_folder
create = _create
reopen = _reopen


def _advice(error):
    return "{}; check that the user running openHAB may write there and that the disk is not full".format(
        os.strerror(error.errno) if error.errno else error.strerror or type(error).__name__
    )
