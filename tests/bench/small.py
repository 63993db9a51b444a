"""A small computer: the times that a user sees on a fifth of one core and with a heap of 512 MB, beside those of the whole machine.

It has an openHAB of its own. The CPU is limited by a Linux control group, which needs root; else nothing is measured.
"""

import contextlib
import time
from pathlib import Path

from tests.bench.house import House, spread
from tests.bench.stream import CHARGE, send
from tests.cloud.stream import SimulatedStream
from tests.openhab.home import SCRIPT, STARTED
from tests.openhab.server import wait_until

HEAP = "-Xmx512m"
#: the part of a core, and the microseconds in which it may be used up
PART, PERIOD = 0.2, 100000
#: the places of control groups (version 1, version 2): (folder, {file: text})
GROUPS = (
    (Path("/sys/fs/cgroup/cpu"), {"cpu.cfs_period_us": str(PERIOD), "cpu.cfs_quota_us": str(int(PERIOD * PART))}),
    (Path("/sys/fs/cgroup"), {"cpu.max": "{} {}".format(int(PERIOD * PART), PERIOD)}),
)
#: runs before those that count, and those that count
WARM, TIMES = 5, 5


@contextlib.contextmanager
def fifth_of_a_core(pid):
    """Limits a process. Raises OSError if the machine does not let us."""
    folder, files = next(((folder, files) for folder, files in GROUPS if (folder / "cgroup.procs").exists()), GROUPS[0])
    group = folder / "bmw-bench-{}".format(pid)
    group.mkdir()
    try:
        for name, text in files.items():
            (group / name).write_text(text)
        (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        (folder / "cgroup.procs").write_text(str(pid))
        group.rmdir()


def measure(house):
    small = House()
    with SimulatedStream(small.cloud, names=("localhost",)) as small.stream:
        small.openhab.jvm_options = " ".join([HEAP, small.stream.certificates.jvm_options()])
        try:
            small.start()
            found = [_measured(small, what, work) for what, work in POLLED.items()]
            # a message of the stream would come before the answer to the switch
            small.configure(**small.settings(stream_url=small.stream.url))
            small.openhab.wait_state("BMW_StreamState", "CONNECTED", 60)
            found += [_measured(small, what, work) for what, work in STREAMED.items()]
        except OSError as error:
            house.row("small computer", "", "", "not measured", "no control group: {}".format(type(error).__name__))
            return
        finally:
            small.close()
            small.openhab.discard()
    for what, whole, limited in found:
        row = "small computer: {} (s)".format(what)
        house.row(row, spread(whole), spread(limited), "", "other: all cores; ours: a fifth of a core, 512 MB of heap")


def _measured(house, what, work):
    """(what, seconds on the whole machine, seconds on a part of it)"""
    for number in range(WARM):
        work(house, number)  # what a JVM learns in its first minutes
    whole = [work(house, WARM + number) for number in range(TIMES)]
    with fifth_of_a_core(house.openhab.pid):
        return what, whole, [work(house, WARM + TIMES + number) for number in range(TIMES)]


def _script(house, number):
    since, begin = house.openhab.log_size(), time.monotonic()
    script = house.openhab.path(SCRIPT).read_text("utf-8")
    house.openhab.write_conf(SCRIPT, "{}# {}\n".format(script, number))
    house.openhab.wait_for_log(STARTED, since=since, timeout=180)
    return time.monotonic() - begin


def _switch(house, number):
    house.change_car(number)
    return _until(house, "BMW_i3_ElectricRange", lambda: house.openhab.command("BMW_ForceUpdate", "ON"))


def _message(house, number):
    return _until(house, CHARGE, lambda: send(house, 10 + number, time.time()))


def _until(house, item, work):
    """Seconds from the begin of ``work`` to the item's change in openHAB's event log."""
    house.mark_events()
    begin = time.time()
    work()
    return wait_until(lambda: house.changes(item), 120, lambda: item + " to change", house.openhab)[-1] - begin


#: what a user sees -> how it is done
POLLED = {"script saved until started": _script, "switch until the item shows it": _switch}
STREAMED = {"message until the item shows it": _message}
