"""Private files that survive a power cut: written beside, flushed, moved over, readable by their owner only."""

from __future__ import absolute_import, unicode_literals

import errno
import os
import stat

from bmw.errors import StoreError

#: end of the name of a file that could not be used
DAMAGED = ".damaged"


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
        StoreError: disk full, read-only folder ...; the old content is untouched.
    """
    beside = path + ".new"
    try:
        # Jython ignores the mode given to os.open, so it is set again before a byte is written
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            os.chmod(beside, 0o600)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _replace(beside, path)
        sync_folder(os.path.dirname(path))
    except (OSError, IOError) as error:
        raise StoreError("Cannot write {}".format(path), _advice(error))


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
    try:
        handle = os.open(folder, os.O_RDONLY)
    except (OSError, IOError, AttributeError):
        return
    try:
        os.fsync(handle)
    except (OSError, IOError):
        pass
    finally:
        os.close(handle)


#: Jython's os cannot open a folder: there the JVM's own way is put here (``bmw.openhab.disk``)
sync_folder = _sync_folder


def _advice(error):
    return "{}; check that the user running openHAB may write there and that the disk is not full".format(
        os.strerror(error.errno) if error.errno else type(error).__name__
    )
