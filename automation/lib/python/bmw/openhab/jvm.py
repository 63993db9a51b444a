"""Objects that must exist only once in the JVM, however often the script is loaded.

Every script engine has its own Python modules, so module variables do not survive a reload. An OSGi service keeps these objects
instead. Store only Java objects: a Python object would keep the old engine alive.
"""

from __future__ import absolute_import, unicode_literals

from java.lang import Runnable, System
from java.util import Hashtable, Map
from java.util.concurrent import ConcurrentHashMap
from java.util.concurrent.locks import ReentrantLock
from org.osgi.framework import FrameworkUtil

#: property that marks our map among other services of the same type
_MARK = "bmw.shared"


def monotonic():
    """Seconds of a clock that nobody sets. Jython's time module has none."""
    return System.nanoTime() / 1e9


class JvmLock(object):
    """A lock for ``with``. Everybody in the JVM gets the same lock for the same name."""

    def __init__(self, lock):
        self._lock = lock

    def __enter__(self):
        self._lock.lock()

    def __exit__(self, *_problem):
        self._lock.unlock()


class Shared(object):
    """The JVM-wide map.

    Args:
        near: any object whose class comes from an openHAB bundle; its bundle registers the service.
    """

    def __init__(self, near):
        context, reference = _find(near)
        if reference is None:
            properties = Hashtable()
            properties.put(_MARK, "true")
            made = context.registerService(Map.getName(), ConcurrentHashMap(), properties)
            # two scripts that load at the same time may both have created a map: both use the older one
            _context, reference = _find(near)
            if reference != made.getReference():
                made.unregister()
        self._map = context.getService(reference)

    def get(self, name, make):
        """The Java object with that name; ``make()`` creates it if there is none."""
        value = self._map.get(name)
        if value is None:
            value = make()
            value = self._map.putIfAbsent(name, value) or value
        return value

    def lock(self, name):
        """The JvmLock of that name."""
        return JvmLock(self.get("lock " + name, ReentrantLock))

    def look(self, name):
        """The Java object of that name, or None."""
        return self._map.get(name)

    def swap(self, name, value):
        """Stores ``value`` (a Java object). Returns the previous value, or None."""
        return self._map.put(name, value)

    def drop(self, name, value):
        """Removes ``value`` if it is the stored one; returns whether it was."""
        return self._map.remove(name, value)


class Stopper(Runnable):
    """Calls a function. A Java object, so that the JVM can keep it if a reload did not unload the script."""

    def __init__(self, function):
        self._function = function

    def run(self):
        self._function()


def look_up(near, name):
    """The Java object that a Shared stores under that name, or None. Creates nothing and keeps no reference.

    Args:
        near: as for ``Shared``.
    """
    context, reference = _find(near)
    if reference is None:
        return None
    value = context.getService(reference).get(name)
    context.ungetService(reference)
    return value


def _find(near):
    """(bundle context, reference of our map or None)."""
    context = FrameworkUtil.getBundle(near.getClass()).getBundleContext()
    references = context.getServiceReferences(Map.getName(), "({}=true)".format(_MARK))
    # the oldest one, because two may exist for a moment
    return context, min(references, key=lambda one: one.getProperty("service.id")) if references else None
