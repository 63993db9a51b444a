"""Private files that survive a power cut: written to a new file, flushed, then renamed. Only the owner can read them."""

from __future__ import absolute_import, unicode_literals

import errno
import os
import stat

from bmw.errors import StoreError

#: suffix of a file that could not be used
DAMAGED = ".damaged"
#: suffix of a file that is being written, or was when the power failed
NEW = ".new"
#: bytes of a file that is read as a whole; our largest have a few megabytes, and a larger one would fill openHAB's memory
MAX_BYTES = 64 * 1024 * 1024
#: the same of a file that a person writes, which is taken apart line by line: as text and lines it takes a hundred times as much memory
MAX_SETTINGS = 1024 * 1024


def make_private_folder(path):
    """Creates the folder (and its parents) if missing, and sets its mode to 0700.

    Raises:
        StoreError: the folder cannot be created.
    """
    try:
        if not os.path.isdir(path):
            os.makedirs(path)
            _give_away(path, lambda owner, group: os.chown(path, owner, group))
        os.chmod(path, 0o700)
    except (OSError, IOError) as error:
        raise StoreError("Cannot make the folder {}".format(path), _advice(error))


def read(path, max_bytes=-1):
    """The bytes of a file, or None if it does not exist.

    Args:
        max_bytes (int): reads at most so many bytes; -1 = all.

    Raises:
        StoreError: the file exists but cannot be read, is not a regular file, or has more than ``MAX_BYTES``.
    """
    _check_regular(path)
    return calmly(lambda: _read(path, max_bytes))


def _read(path, max_bytes):
    try:
        if max_bytes < 0 and os.path.exists(path) and os.path.getsize(path) > MAX_BYTES:
            raise StoreError("{} is larger than {} MB, so it is not read".format(path, MAX_BYTES // 1048576), "move it away")
        with open(path, "rb") as stream:
            return stream.read(max_bytes)
    except (OSError, IOError) as error:
        if error.errno == errno.ENOENT:
            return None
        raise StoreError("Cannot read {}".format(path), _advice(error))


def read_settings(path):
    """As ``read``, for a file that a person writes. Raises StoreError also for one that is too long to be such a file."""
    data = read(path, MAX_SETTINGS + 1)
    if data is not None and len(data) > MAX_SETTINGS:
        raise StoreError("{} is larger than {} kB, so it is not read".format(path, MAX_SETTINGS // 1024), "is it the right file?")
    return data


def _check_regular(path):
    """Raises StoreError for a pipe or a device: opening one can block for ever, and openHAB would load no script any more."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise StoreError("{} is not a regular file".format(path), "move it away")


def stamp(path):
    """(time of change, size, permissions) of a file, to detect changes; None if it does not exist."""
    try:
        status = os.stat(path)
    except (OSError, IOError):
        return None
    return status.st_mtime, status.st_size, status.st_mode


def watch(stamps, worker, seconds, on_changed):
    """Looks at files every ``seconds``, on the worker, until one has changed; then calls ``on_changed`` once with its path.

    Args:
        stamps ({path: stamp}): as they were. worker: a ``bmw.interfaces.Worker``.
    """

    def look():
        changed = [path for path, known in stamps.items() if stamp(path) != known]
        if changed:
            on_changed(changed[0])
            worker.cancel("watch files")  # only now, so that it is called again if it failed

    worker.every("watch files", seconds, look)


def is_open_to_group(path):
    """True if the group or everybody may read the file."""
    return _allows(path, stat.S_IRGRP | stat.S_IROTH)


def is_open_to_all(path):
    """True if everybody on the machine may read the file."""
    return _allows(path, stat.S_IROTH)


def _allows(path, bits):
    try:
        # Windows reports permission bits without meaning; only the separator shows Windows on Jython
        return os.sep != "\\" and bool(os.stat(path).st_mode & bits)
    except (OSError, IOError):
        return False


def append(path, data):
    """Adds ``data`` (bytes) at the end of a private file, durably; makes the file if there is none.

    Raises:
        StoreError: disk full ...; a part of ``data`` may stand in the file.
    """
    _check_regular(path)
    try:
        is_new = not os.path.exists(path)
        file = create(path) if is_new else reopen(path)
        try:
            file.add(data)
        finally:
            file.close()
        if is_new:
            sync_folder(os.path.dirname(path))
    except (OSError, IOError) as error:
        raise StoreError("Cannot write {}".format(path), _advice(error))


def write(path, data):
    """Replaces the file's content with ``data`` (bytes), completely or not at all.

    Raises:
        StoreError: disk full, read-only folder ...; the file has the old content or the new one, never a mixture.
    """
    NewFile(path).write(data)


class NewFile(object):
    """A private file ``*.new`` that replaces another file when it is written.

    Args:
        path (str): the file to replace.
        size (int): bytes of disk space to reserve at once, for content that is not known yet.

    Raises:
        StoreError: there is no disk space.
    """

    def __init__(self, path, size=0):
        self._path = path
        self._new = path + NEW
        self._file = None
        try:
            _remove(self._new)  # left from an earlier attempt; if it is a link, only the link
            self._file = create(self._new)
            if size:
                self._file.put(os.urandom(size))  # not zeros: a compressing file system would reserve no space
        except (OSError, IOError) as error:
            self.give_up()
            raise StoreError("Cannot write {}".format(path), _advice(error))

    def write(self, data, is_light=False):
        """Replaces the file with ``data`` (bytes), durably. Raises StoreError, see ``write``.

        Args:
            is_light (bool): after a power cut within the next seconds the file may have its old content, which saves syncing the folder.
        """
        try:
            self._file.put(data)
            self._close()  # some disks tell only here that they are full
        except (OSError, IOError) as error:
            self.give_up()
            raise StoreError("Cannot write {}".format(self._path), _advice(error))
        if read(self._new) != data:
            # a second openHAB, or the command line, has put its own file there, which is empty yet
            raise StoreError("Cannot write {}".format(self._path), "another program writes it too: let only one program use this folder")
        _replace_with_new(self._path, is_light)  # if renaming fails, the complete *.new file stays; the next start uses it

    def give_up(self):
        """Frees the reserved space if it was not used. Never raises."""
        try:
            if self._close():
                _remove(self._new)
        except (OSError, IOError):
            pass  # the next NewFile removes it

    def _close(self):
        """True if it was open."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
        return file is not None


def overwrite(path, data):
    """Overwrites an existing file with ``data`` (bytes), in the disk space that it already has.

    Use it only if the old content is worthless: if the process is killed meanwhile, both old and new content are lost.

    Raises:
        StoreError: the file cannot be written.
    """
    _check_regular(path)
    try:
        file = reopen(path)
        try:
            file.put(data)
        finally:
            file.close()
    except (OSError, IOError) as error:
        raise StoreError("Cannot write {}".format(path), _advice(error))


def read_unfinished(path):
    """The bytes of a ``*.new`` file that did not replace its file yet (killed, power cut); None if there is none."""
    new = path + NEW
    try:
        return None if os.path.islink(new) else read(new)
    except StoreError:
        return None


def recover(path):
    """Replaces a file with its ``*.new`` file. Raises StoreError."""
    _replace_with_new(path)


def _replace_with_new(path, is_light=False):
    try:
        _replace(path + NEW, path)
        if not is_light:
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
    """Renames an unusable file to ``*.damaged``, so that nothing is lost and a new one can be written."""
    try:
        _replace(path, path + DAMAGED)
    except (OSError, IOError) as error:
        raise StoreError("Cannot rename {}".format(path), _advice(error))


#: os.rename replaces an existing file on POSIX and on Jython; CPython on Windows needs os.replace
_replace = getattr(os, "replace", os.rename)


def _sync_folder(folder):
    """Makes a rename durable, on systems that can open a folder (POSIX)."""
    if os.sep == "\\":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except (OSError, IOError) as error:
        if error.errno not in _NOT_SUPPORTED:
            raise
    finally:
        os.close(handle)


#: errors of file systems that cannot sync a folder; all other errors count
_NOT_SUPPORTED = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)

_PRIVATE = 0o600
_OPEN = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class _File(object):
    """An open file. Links are not followed."""

    def __init__(self, path, flags):
        self._handle = os.open(path, _OPEN | flags, _PRIVATE)

    def put(self, data):
        """Replaces the content with ``data`` (bytes), durably. Raises OSError."""
        self._write(data, os.SEEK_SET)
        os.ftruncate(self._handle, len(data))
        os.fsync(self._handle)

    def add(self, data):
        """Adds ``data`` (bytes) at the end, durably. Raises OSError."""
        self._write(data, os.SEEK_END)
        os.fsync(self._handle)

    def give_to(self, owner, group):
        """Sets owner and group (numbers). Raises OSError."""
        os.fchown(self._handle, owner, group)

    def _write(self, data, start):
        os.lseek(self._handle, 0, start)
        left = data
        while left:
            left = left[os.write(self._handle, left) :]

    def close(self):
        os.close(self._handle)


def _create(path):
    """A new private file (``put``, ``add``, ``close``). Raises OSError, also if the file exists."""
    file = _File(path, os.O_CREAT | os.O_EXCL)
    _give_away(path, file.give_to)
    return file


def _give_away(path, give):
    """What root makes, such as the command line with sudo, belongs to the folder's owner: openHAB runs as this user and must read it.

    Args:
        give: callable (number of the owner, of the group).
    """
    try:
        if getattr(os, "geteuid", lambda: None)() == 0:
            folder = os.stat(os.path.dirname(path) or os.curdir)
            give(folder.st_uid, folder.st_gid)
    except (OSError, IOError):
        pass  # a disk without owners, or one on the network that trusts no root


def _reopen(path):
    """Opens an existing file, to overwrite it."""
    return _File(path, 0)


def _calmly(function):
    """What the function returns. On the JVM nothing can be read on an interrupted thread, such as one that openHAB is ending."""
    return function()


#: Jython's os can neither sync a folder nor set the mode of a new file, so ``bmw.openhab.disk`` replaces these functions
calmly = _calmly
sync_folder = _sync_folder
create = _create
reopen = _reopen


def _advice(error):
    return "{}; check that the user running openHAB may write there and that the disk is not full".format(
        os.strerror(error.errno) if error.errno else error.strerror or type(error).__name__
    )
