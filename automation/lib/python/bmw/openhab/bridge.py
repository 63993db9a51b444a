"""Connects a user's script with the module's script engine, through a Java object in the JVM-wide map.

Every script engine has its own Python modules, so only text and Java objects can be passed. The user's script looks the object up
for each call and keeps nothing of the module's engine. The module keeps only the Java object that receives a command's result.
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


class Bridge(BiFunction):
    """The module's object in the map.

    Args:
        host (bmw.api_host.ApiHost): answers the calls. shared (bmw.openhab.jvm.Shared): the map.
    """

    def __init__(self, host, shared):
        self._host = host
        self._shared = shared
        self._engine = Py.getSystemState()

    def open(self):
        self._shared.swap(_NAME, self)

    def shut(self):
        """Accepts no more calls."""
        self._shared.drop(_NAME, self)
        self._host.shut()

    def close(self):
        """Ends all calls that still wait."""
        self._host.close()

    def apply(self, text, end):
        """The answer (JSON text) to a call (JSON text)."""
        # this runs on the caller's thread; without the switch an import would use the caller's modules
        callers = Py.getSystemState()
        Py.setSystemState(self._engine)
        try:
            return self._host.answer(text, end)
        finally:
            Py.setSystemState(callers)


# the script's side


def call(text, end=None):
    """The module's answer (text) to a call, or None if the module is not loaded."""
    openhab_log.install()
    bridge = jvm.look_up(_NEAR, _NAME)
    return bridge.apply(text, end) if bridge is not None else None


def new_end():
    """The Java object that receives the result of a command."""
    return CompletableFuture()


def wait(end, seconds):
    """The result (text) in ``end``, or None after ``seconds`` without one."""
    try:
        return end.get(int(seconds * 1000), TimeUnit.MILLISECONDS)
    except TimeoutException:
        return None
