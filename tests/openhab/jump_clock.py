"""A clock that a test moves on in jumps, for a simulated cloud and for the module in openHAB: both read one memory-mapped file.

Unlike `jvm_clock.py` it moves the module's timers too, it needs no library, and openHAB's own time stays the machine's. The worker of
the account answers in the same file that it has nothing more to do at the new time, so that a test need not guess how long to wait.
"""

import mmap
import time

from tests.openhab.server import wait_until

#: put before the script. Waits for the machine itself (TLS, HTTP) stay as they are. openHAB's cron knows only the machine's time, so the
#: worker ticks as well
SCRIPT = """
import threading
from bmw import times, worker
from bmw.clouds.cardata import stream
from bmw.openhab import jvm
from java.io import RandomAccessFile
from java.lang import System
from java.nio import ByteOrder
from java.nio.channels import FileChannel

LENGTH, CRON, LOOK = {length}, {cron}, 0.02
memory = RandomAccessFile({path!r}, "rw").getChannel().map(FileChannel.MapMode.READ_WRITE, 0, LENGTH)
memory.order(ByteOrder.LITTLE_ENDIAN)
real_monotonic = jvm.monotonic
seen = threading.local()


def ahead():
    return memory.getDouble(0)


def jumping_monotonic():
    seen.ahead = ahead()
    return real_monotonic() + seen.ahead


class JumpingCondition(object):
    def __init__(self):
        self._condition = threading.Condition()
        self.notify = self._condition.notify

    def __enter__(self):
        return self._condition.__enter__()

    def __exit__(self, *problem):
        return self._condition.__exit__(*problem)

    def wait(self, seconds):
        if threading.current_thread().name == {thread!r}:
            memory.putDouble(8, seen.ahead)
        self._condition.wait(min(float(seconds), LOOK))


class JumpingThreading(object):
    Condition, Thread, current_thread = JumpingCondition, threading.Thread, staticmethod(threading.current_thread)


times.SystemClock.now = lambda self: System.currentTimeMillis() / 1000.0 + ahead()
worker.threading = JumpingThreading
jvm.monotonic = jumping_monotonic
stream.CONNECT_WITHIN = stream.CONNECT_WITHIN * 20  # a login takes the machine's time while the clock goes on
from bmw.openhab import app as jumping_app
from bmw.polling import service

assert jumping_app.monotonic is jvm.monotonic
start_service = service.Service.start


def start_with_ticks(self):
    start_service(self)
    self._worker.every("cron of the test", CRON, self.tick, first=CRON)


service.Service.start = start_with_ticks
"""
LENGTH = 16


class JumpClock:
    """See the module's docstring.

    Args:
        file (Path): is made. clock (tests.cloud.clock.Clock): goes along. begin (float): epoch seconds of the first moment.
        cron (int): seconds between two ticks. thread (str): name of the worker's thread.
    """

    def __init__(self, file, clock, begin, cron, thread="bmw-account"):
        file.write_bytes(b"\0" * LENGTH)
        with open(file, "r+b") as opened:
            self._memory = memoryview(mmap.mmap(opened.fileno(), LENGTH)).cast("d")
        self._clock = clock
        self.script = SCRIPT.format(length=LENGTH, cron=cron, path=str(file), thread=thread)
        self._set(begin - time.time())

    def _set(self, ahead):
        self._clock.offset = ahead
        self._memory[0] = ahead

    def now(self):
        return self._clock.now()

    def jump(self, seconds):
        """Lets time pass; returns at once."""
        self._set(self._memory[0] + seconds)

    def forget(self):
        """Before a start of openHAB: what the worker answered before counts no more."""
        self._memory[1] = float("-inf")

    def wait_idle(self, openhab, timeout=120):
        """Waits until the worker has done all that is due now."""
        wanted = self._memory[0]
        if self._memory[1] < wanted:
            deadline = time.monotonic() + 0.5
            while self._memory[1] < wanted and time.monotonic() < deadline:
                time.sleep(0.005)
            wait_until(lambda: self._memory[1] >= wanted, timeout, "the worker to have done what is due", openhab)
