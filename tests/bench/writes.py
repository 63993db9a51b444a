"""How much is written on disk in a day: python -m tests.bench.writes

One car at the simulated cloud, on CPython, on a simulated clock, with real files in a new folder. Counted is what reaches the
operating system, below our own code: every byte of every file, temporary ones too, and every fsync of a file or of the folder.
"""

import json
import os
import tempfile
from collections import Counter
from pathlib import Path
from uuid import uuid4

import tests.unit.conftest  # noqa: F401 - puts the module on the path
from bmw.clouds.cardata.live import Live
from bmw.clouds.cardata.stream import URL, BmwSource
from bmw.net import mqtt

from tests.cloud import SimulatedCloud
from tests.cloud.clock import iso
from tests.cloud.scenario import begin, is_news, step
from tests.contract.days import HALF_HOUR, household

DAY = 86400
#: seconds between two messages of the car
EVERY = 5
#: seconds of the day at which the car is driven away, charged and driven back
OUTINGS = (7 * 3600, 13 * 3600, 19 * 3600)
#: field that a car without changes sends again with a new time
AGAIN = "soc"


class Counted:
    """Counts the bytes and fsyncs below a folder by record. ``with Counted(folder) as counted``."""

    def __init__(self, folder):
        self._folder = Path(folder).resolve()
        self._real = os.write, os.fsync
        self.bytes = Counter()
        self.fsyncs = Counter()

    def __enter__(self):
        os.write, os.fsync = self._write, self._fsync
        return self

    def __exit__(self, *problem):
        os.write, os.fsync = self._real

    def _write(self, handle, data):
        size = self._real[0](handle, data)
        self._count(self.bytes, handle, size)
        return size

    def _fsync(self, handle):
        self._count(self.fsyncs, handle, 1)
        return self._real[1](handle)

    def _count(self, counter, handle, number):
        path = Path(os.readlink("/proc/self/fd/{}".format(handle)))
        if path == self._folder:
            counter["(folder)"] += number
        elif self._folder in path.parents:
            counter[path.name.replace(".new", "")] += number


class Line:
    """A connection to the stream: changes of the simulated car arrive as messages."""

    is_closed = False

    def __init__(self, cloud, hear):
        self._cloud = cloud
        self._hear = hear
        hear(self, mqtt.CONNECTED, None)
        cloud.garage.on_change(self._tell)

    def _tell(self, vin, entries):
        if not self.is_closed:
            message = {"vin": vin, "entityId": str(uuid4()), "topic": vin, "timestamp": iso(self._cloud.clock.now()), "data": entries}
            self._hear(self, mqtt.MESSAGE, (vin, json.dumps(message).encode()))

    def close(self):
        self.is_closed = True


def with_stream(home):
    """Adds a stream without a network to a Home; returns the Home."""
    source = BmwSource(home.account, URL)
    home.service.attach(Live(source, lambda _broker, hear: Line(home.cloud, hear), home.service, home.outlet, home.clock, home.worker))
    return home


def a_day(home, talks):
    """Lets a day pass, with a cron tick each half hour. The car drives and charges; with ``talks`` it sends a message each time."""
    vin = home.cloud.cars()[0]
    told = dict(home.cloud.garage.car(vin).fields)
    life = {"fields": dict(told), "phase": None, "done": True}
    for second in range(0, DAY, EVERY):
        home.hour = int(home.clock.now() // 3600 % 24)
        if second % HALF_HOUR == 0:
            home.tick()
        before = life["phase"]
        life = begin(life["fields"]) if second in OUTINGS else life
        life = life if life["done"] else step(life, EVERY)
        changed = news(told, life["fields"], life["phase"] != before)
        if changed or talks:
            told.update(changed)
            home.cloud.set_car(vin, **(changed or {AGAIN: told[AGAIN]}))
        home.pass_time(EVERY)


def news(told, fields, is_all):
    """The fields that a car sends; with ``is_all`` all changed ones."""
    return {name: value for name, value in fields.items() if value != told[name] and (is_all or is_news(name, value, told[name]))}


def measure(folder, talks):
    """The Counted of a day; the sign-in does not count."""
    cloud = SimulatedCloud(fleet="i3")
    cloud.clock.hurry(0)  # stops the clock: only the test moves it
    home = household(cloud, folder)
    if talks:
        with_stream(home)
    home.sign_in()
    with Counted(folder) as counted:
        a_day(home, talks)
    assert home.state == "ONLINE", home.text
    return counted


def main():
    for title, talks in (("a message every {} s".format(EVERY), True), ("no stream, polls only", False)):
        with tempfile.TemporaryDirectory() as folder:
            counted = measure(folder, talks)
        print("{}: {:,} bytes, {:,} fsyncs a day".format(title, sum(counted.bytes.values()), sum(counted.fsyncs.values())))
        for name in sorted(set(counted.bytes) | set(counted.fsyncs)):
            print("    {:24} {:>14,} bytes {:>8,} fsyncs".format(name, counted.bytes[name], counted.fsyncs[name]))


if __name__ == "__main__":
    main()
