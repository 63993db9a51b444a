"""What must be there once in the JVM, however often the script is loaded.

Every script engine has Python modules of its own, so a module's variable is new after each reload. These things are kept as
one OSGi service instead. Only Java objects belong here: a Python one would keep the old engine alive.
"""

from __future__ import absolute_import, unicode_literals

from java.lang import Runnable, System
from java.util import Hashtable, Map
from java.util.concurrent import ConcurrentHashMap
from java.util.concurrent.locks import ReentrantLock
from org.osgi.framework import FrameworkUtil

#: property that tells our map from other services of that type
_MARK = "bmw.shared"


def monotonic():
    """Seconds that go on evenly, also when the machine's clock is set; Jython's own time module has no such clock."""
    return System.nanoTime() / 1e9


class JvmLock(object):
    """A lock for ``with``, the same one for everybody in the JVM who names it."""

    def __init__(self, lock):
        self._lock = lock

    def __enter__(self):
        self._lock.lock()

    def __exit__(self, *_problem):
        self._lock.unlock()


class Shared(object):
    """The JVM-wide map.

    Args:
        near: any object whose class comes from an openHAB bundle; its bundle holds the service.
    """

    def __init__(self, near):
        context, reference = _find(near)
        if reference is None:
            properties = Hashtable()
            properties.put(_MARK, "true")
            made = context.registerService(Map.getName(), ConcurrentHashMap(), properties)
            # two scripts that load at once may both have found none: both take the older one
            _context, reference = _find(near)
            if reference != made.getReference():
                made.unregister()
        self._map = context.getService(reference)

    def get(self, name, make):
        """The Java object of that name, made by ``make()`` when there is none yet."""
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
        """Keeps ``value`` (a Java object) and returns what was kept before, or None."""
        return self._map.put(name, value)

    def drop(self, name, value):
        """Forgets ``value`` if it is what is kept; returns whether it was."""
        return self._map.remove(name, value)


class Stopper(Runnable):
    """Calls a function; a Java object, so that the JVM can keep it over a reload that did not unload the script."""

    def __init__(self, function):
        self._function = function

    def run(self):
        self._function()


def look_up(near, name):
    """The Java object that a Shared keeps under that name, or None. Makes nothing and holds on to nothing.

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
    # the oldest, when there is a second one for a moment
    return context, min(references, key=lambda one: one.getProperty("service.id")) if references else None
