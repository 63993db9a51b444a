"""What is measured inside the JVM, by the module's own parts in an engine of their own. Copied into openHAB as the probe is
(tests/openhab/probe.py). Times are CPU seconds of the thread that works.
"""

import json

from bmw.clouds.cardata import descriptors
from bmw.clouds.cardata import entries as cardata_entries
from bmw.compat import text_type
from bmw.items.model import Model
from bmw.openhab.items import Items
from bmw.openhab.outlet import Outlet
from bmw.times import SystemClock
from bmw.vehicle.vehicle import Vehicle
from bmw.vehicle.vocabulary import VEHICLE
from java.lang import Runtime, System, Thread
from java.lang.management import ManagementFactory

CPU = ManagementFactory.getThreadMXBean()

#: milliseconds before each measured piece of work, in which openHAB comes to rest
REST = 40
CHARGE = "vehicle.drivetrain.batteryManagement.header"


class NoPage(object):
    """A sitemap is not part of what is measured."""

    def show_account(self):
        pass

    def show_car(self, vehicle, is_first):
        pass


class Car(object):
    """A car, what its cloud said last, and the module's way from an answer to the items."""

    def __init__(self, number, outlet):
        self.vehicle = Vehicle("WBY00TEST%08d" % number, "c%d" % number, {"model": "i4", "brand": "BMW"})
        self.known = {}
        self.outlet = outlet

    def take(self, entries):
        """From the entries to the keys that changed, as the cloud and the service do it."""
        cardata_entries.merge(self.known, entries, SystemClock().now())
        return self.vehicle.update(descriptors.translate(self.known))

    def post(self, keys):
        self.outlet.vehicle(self.vehicle, keys, True)

    def refresh(self, entries):
        """All that the car ever said is compared with what the items show."""
        self.post(self.take(entries).union(VEHICLE))


class Fleet(object):
    def __init__(self, answer, count, prefix="Bench"):
        self.entries = json.loads(answer)["telematicData"]
        self.items = Items(events, ir)
        outlet = Outlet(self.items, Model(prefix, "", "en"), None, NoPage(), None)
        self.cars = [Car(number, outlet) for number in range(count)]

    def whole(self, turn):
        """The work (callable) from the parsed answer to the items, for the first car."""
        entries = changed(self.entries, turn)
        return lambda: self.cars[0].refresh(entries)

    def posting(self, turn):
        """The last part of it alone."""
        keys = self.cars[0].take(changed(self.entries, turn))
        return lambda: self.cars[0].post(keys)

    def bare(self, turn):
        """What ``posting`` posts, as a user's script would: a loop over names and texts."""
        posted = self.states(turn)

        def post():
            for name, text in posted:
                events.postUpdate(name, text)

        return post

    def states(self, turn):
        """[(item name, text)] of what is posted in that turn, without posting it."""
        posted = []
        self.items._events = Keep(posted)
        self.whole(turn)()
        self.items._events = events
        return posted


class Keep(object):
    """Takes note of what would be posted."""

    def __init__(self, posted):
        self.postUpdate = lambda item, state: posted.append((item.getName(), text_type(state)))


def moment(turn, number):
    """The time of the entry of that number in that turn."""
    return "2026-11-%02dT%02d:%02d:%02d.%03dZ" % (1 + turn // 86400, turn // 3600 % 24, turn // 60 % 60, turn % 60, number)


def changed(entries, turn):
    """The entries as a car would tell them later: each number a little other and newer, the rest as before."""
    result = {}
    for number, (name, entry) in enumerate(sorted(entries.items())):
        value = entry.get("value")
        if isinstance(value, text_type) and value.replace(".", "", 1).isdigit():
            entry = dict(entry, timestamp=moment(turn, number), value=text_type(float(value) * 0.9 + turn % 7))
        result[name] = entry
    return result


def timed(work):
    """CPU seconds of this thread: what else the machine does hardly shows in them."""
    Thread.sleep(REST)
    begin = CPU.getCurrentThreadCpuTime()
    work()
    return (CPU.getCurrentThreadCpuTime() - begin) / 1e9


def heap():
    for _ in range(3):
        System.gc()
        Thread.sleep(200)
    memory = Runtime.getRuntime()
    return memory.totalMemory() - memory.freeMemory()


# what can be asked


def bare(answer, warm, rounds):
    """{what: [CPU seconds]}: turn about, our whole way, the posting of it alone, and a bare loop for the same states of a twin's items."""
    fleet, twin = Fleet(answer, 1), Fleet(answer, 1, "Twin")  # nobody but us posts to our items, as in a house
    for one in (fleet, twin):
        one.whole(0)()
    works = (("whole", fleet.whole), ("posting", fleet.posting), ("bare", twin.bare))
    seen = dict((name, []) for name, _make in works)
    for turn in range(warm + rounds):
        for place in range(3):
            name, make = works[(turn + place) % 3]
            seconds = timed(make(3 * turn + place + 1))
            if turn >= warm:
                seen[name].append(seconds)
    return dict(seen, states=len(twin.states(3 * (warm + rounds) + 1)))


def fleet(answer, sizes, rounds):
    """{number of cars: [seconds of a refresh of them]}, turn about; the first refreshes make the items and are not counted."""
    cars = Fleet(answer, max(sizes))
    seen = dict((size, []) for size in sizes)
    for turn in range(3 + rounds):
        for place, size in enumerate(sizes):
            entries = changed(cars.entries, turn * len(sizes) + place)
            seconds = timed(lambda: [car.refresh(entries) for car in cars.cars[:size]])
            if turn >= 3:
                seen[size].append(seconds)
    return seen


def many(answer, *counts):
    """Heap (bytes) after so many refreshes of a car of which one value changes each time."""
    cars, done, found = Fleet(answer, 1), 0, []
    for count in counts:
        for turn in range(done, count):
            entry = {"value": text_type(turn % 100), "unit": "percent", "timestamp": moment(turn + 1, 0)}
            cars.cars[0].refresh(dict(cars.entries, **{CHARGE: entry}))
        done = count
        found.append(heap())
    return found


DO = {"bare": bare, "fleet": fleet, "many": many}
