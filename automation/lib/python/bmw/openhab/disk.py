"""File operations that Jython's os lacks, with the JVM: create private files, sync a folder. See ``bmw.storage.files``."""

from __future__ import absolute_import, unicode_literals

from java.io import File, IOException
from java.lang import Thread, UnsupportedOperationException
from java.nio import ByteBuffer
from java.nio.channels import FileChannel
from java.nio.file import FileSystemException, LinkOption, Paths, StandardOpenOption
from java.nio.file.attribute import PosixFilePermissions

_NEW = set([StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS])
_OLD = set([StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS])
_PRIVATE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))

#: errors of file systems that cannot sync a folder
_NOT_SUPPORTED = ("Invalid argument", "Function not implemented", "Operation not supported")


def sync_folder(folder):
    """Makes renames in a folder durable. Does nothing on Windows, which cannot open a folder. Raises IOError."""
    if File.separator == "\\":
        return
    try:
        calmly(lambda: _sync(folder))
    except IOException as error:
        if _reason(error) not in _NOT_SUPPORTED:
            raise _io_error(error)


def create(path):
    """A new private file (``put``, ``add``, ``close``). Raises IOError, also if the file exists."""
    try:
        return _File(FileChannel.open(Paths.get(path), _NEW, [_PRIVATE]))
    except UnsupportedOperationException:  # Windows has no such permissions
        return _open(path, _NEW)
    except IOException as error:
        raise _io_error(error)


def reopen(path):
    """Opens an existing file, to overwrite it."""
    return _open(path, _OLD)


def _open(path, options):
    try:
        return _File(FileChannel.open(Paths.get(path), options, []))
    except IOException as error:
        raise _io_error(error)


class _File(object):
    def __init__(self, channel):
        self._channel = channel

    def put(self, data):
        """Replaces the content with ``data`` (bytes), durably. Raises IOError."""
        self._calmly(lambda: self._put(ByteBuffer.wrap(data), len(data)))

    def add(self, data):
        """Adds ``data`` (bytes) at the end, durably. Raises IOError."""
        self._calmly(lambda: self._add(ByteBuffer.wrap(data), self._channel.size()))

    def _put(self, buffer, size):
        self._write(buffer, 0)
        self._channel.truncate(size)
        self._channel.force(True)

    def _add(self, buffer, end):
        self._write(buffer, end)
        self._channel.force(True)

    def _write(self, buffer, start):
        self._channel.position(start)
        while buffer.hasRemaining():
            self._channel.write(buffer)

    @staticmethod
    def _calmly(function):
        try:
            calmly(function)
        except IOException as error:
            raise _io_error(error)

    def close(self):
        """Raises IOError."""
        try:
            self._channel.close()
        except IOException as error:
            raise _io_error(error)


def _sync(folder):
    channel = FileChannel.open(Paths.get(folder), [StandardOpenOption.READ])
    try:
        channel.force(True)
    finally:
        channel.close()


def calmly(function):
    """Calls the function without interruption: on an interrupted thread Java would close the file, and a token would be lost.

    Returns what the function returns.
    """
    was_interrupted = Thread.interrupted()
    try:
        return function()
    finally:
        if was_interrupted:
            Thread.currentThread().interrupt()


def _io_error(error):
    return IOError(None, _reason(error))


def _reason(error):
    reason = error.getReason() if isinstance(error, FileSystemException) else error.getMessage()
    return reason or error.getClass().getSimpleName()
