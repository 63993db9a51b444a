"""From a user's script to the module's own: a door in the JVM-wide map, found anew at each call.

Every script engine has Python modules of its own, so only text and Java objects go through. The script's side keeps nothing of
the module's engine, and the module's side nothing of the script's but the Java object that a command's end is written into.
"""

from __future__ import absolute_import, unicode_literals

from java.util.concurrent import CompletableFuture, TimeoutException, TimeUnit
from java.util.function import BiFunction
from org.python.core import Py

from bmw.openhab import jvm, versions
from bmw.openhab import log as openhab_log

_NAME = "api"
#: any object of an openHAB bundle
_NEAR = versions.core_class("types.UnDefType").UNDEF


class Door(BiFunction):
    """What the module puts into the map.

    Args:
        host (bmw.api_host.ApiHost): who answers. shared (bmw.openhab.jvm.Shared): the map.
    """

    def __init__(self, host, shared):
        self._host = host
        self._shared = shared
        self._engine = Py.getSystemState()

    def open(self):
        self._shared.swap(_NAME, self)

    def shut(self):
        """Takes no more questions."""
        self._shared.drop(_NAME, self)
        self._host.shut()

    def close(self):
        """Ends what is still waited for."""
        self._host.close()

    def apply(self, text, end):
        """The answer (JSON text) to a question (JSON text)."""
        # our code runs on the caller's thread, where an import would look into the caller's modules
        callers = Py.getSystemState()
        Py.setSystemState(self._engine)
        try:
            return self._host.answer(text, end)
        finally:
            Py.setSystemState(callers)


# the script's side


def call(text, end=None):
    """The module's answer (text) to a question, or None when the module is not loaded."""
    openhab_log.install()
    door = jvm.look_up(_NEAR, _NAME)
    return door.apply(text, end) if door is not None else None


def new_end():
    """What the end of a command is written into."""
    return CompletableFuture()


def wait(end, seconds):
    """The text that was written into ``end``, or None when there was none for so long."""
    try:
        return end.get(int(seconds * 1000), TimeUnit.MILLISECONDS)
    except TimeoutException:
        return None
