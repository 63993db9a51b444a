"""What Jython's os cannot do with a folder, done by the JVM."""

from __future__ import absolute_import, unicode_literals

from java.io import IOException
from java.nio.channels import FileChannel
from java.nio.file import Paths, StandardOpenOption


def sync_folder(folder):
    """Makes what was renamed in a folder durable, see ``bmw.files``; True if it could. Windows opens no folder and needs none of it."""
    try:
        channel = FileChannel.open(Paths.get(folder), [StandardOpenOption.READ])
    except IOException:
        return False
    try:
        channel.force(True)
        return True
    except IOException:
        return False
    finally:
        channel.close()
