"""What is measured inside the JVM, by the module's own parts in an engine of their own. Copied into openHAB as the probe is
(tests/openhab/probe.py). Times are CPU seconds of the thread that works.
"""

import json

from bmw.clouds.cardata import entries as cardata_entries
from bmw.clouds.cardata.translation import Translation
from bmw.compat import text_type
from bmw.items.model import Model
from bmw.openhab.items import Items
from bmw.openhab.outlet import Outlet
from bmw.times import SystemClock
from bmw.vehicle.vehicle import Vehicle
from bmw.vehicle.vocabulary import VEHICLE
from java.lang import Runtime, System, Thread
from java.lang.management import ManagementFactory
from org.openhab.core.items import ItemProvider
from org.osgi.framework import FrameworkUtil

CPU = ManagementFactory.getThreadMXBean()

#: milliseconds to wait before each measurement, so that openHAB is idle
REST = 40
CHARGE = "vehicle.drivetrain.batteryManagement.header"


class NoPage(object):
    """Writes no sitemap: it is not measured."""

    def show_account(self):
        pass

    def show_car(self, vehicle, is_first):
        pass


class Car(object):
    """A car with its last entries, and the module's code from an answer to the items."""

    def __init__(self, number, outlet):
        self.vehicle = Vehicle("WBY00TEST%08d" % number, "c%d" % number, {"model": "i4", "brand": "BMW"})
        self.known = {}
        self.translation = Translation()
        self.outlet = outlet

    def take(self, entries):
        """Takes the entries over, as cloud and service do; returns the changed keys."""
        cardata_entries.merge(self.known, entries, SystemClock().now())
        return self.vehicle.update(self.translated())

    def translated(self):
        return self.translation.readings(self.known, self.vehicle.facts)

    def post(self, keys):
        self.outlet.vehicle(self.vehicle, keys, True)

    def refresh(self, entries):
        """Takes the entries over and compares all values with the items."""
        self.post(self.take(entries).union(VEHICLE))


class Shelf(ItemProvider):
    """Items that are in no file: openHAB writes its whole file of items again and again while thousands are added."""

    def __init__(self):
        self.items, self.listeners = [], []
        context = FrameworkUtil.getBundle(ir.getClass()).getBundleContext()
        context.registerService("org.openhab.core.items.ItemProvider", self, None)

    def getAll(self):
        return self.items

    def addProviderChangeListener(self, listener):
        self.listeners.append(listener)

    def removeProviderChangeListener(self, listener):
        self.listeners.remove(listener)

    def add(self, item):
        if item.getType() == "Group":
            return  # openHAB looks at all items for each new group
        self.items.append(item)
        for listener in self.listeners:
            listener.added(self, item)

    def get(self, name):
        return ir.get(name)


class NoMetadata(object):
    def add(self, metadata):
        pass


class Fleet(object):
    def __init__(self, answer, count, prefix="Bench"):
        self.entries = json.loads(answer)["telematicData"]
        self.items = Items(events, ir)
        outlet = Outlet(self.items, Model(prefix, "", "en"), None, NoPage(), None)
        self.cars = [Car(number, outlet) for number in range(count)]
        self.before = {}

    def whole(self, turn):
        """The work (callable) from the parsed answer to the items of the first car."""
        entries = changed(self.entries, turn)
        return lambda: self.cars[0].refresh(entries)

    def posting(self, turn):
        """Only the last part of it: posting to the items."""
        keys = self.cars[0].take(changed(self.entries, turn))
        return lambda: self.cars[0].post(keys)

    def bare(self, turn):
        """Posts the same states as ``posting``, like a user's script: a loop over names and texts."""
        posted = self.states(turn)

        def post():
            for name, text in posted:
                events.postUpdate(name, text)

        return post

    def least(self, turn):
        """What any loop in Jython has to do for the same answer, without a single check or conversion of a unit: find what changed, make a
        text of it, look at the state of each item, and post the same states.
        """
        entries, posted, before = changed(self.entries, turn), self.states(turn), self.before
        names = [name for name, _unit, _type in self.cars[0].outlet._places_of(self.cars[0].vehicle, True).values() if ir.get(name)]

        def work():
            texts = {}
            for name, entry in entries.items():
                if entry != before.get(name):
                    before[name] = entry
                    texts[name] = "%s %s" % (entry["value"], entry["unit"])
            shown = [ir.getItem(name).getState() for name in names]
            for name, text in posted:
                events.postUpdate(name, text)
            return texts, shown

        return work

    def states(self, turn):
        """[(item name, text)] of the states of this turn, without posting them."""
        posted = []
        self.items._events = Keep(posted)
        self.whole(turn)()
        self.items._events = events
        return posted


class Keep(object):
    """Records the states instead of posting them."""

    def __init__(self, posted):
        self.postUpdate = lambda item, state: posted.append((item.getName(), text_type(state)))


def moment(turn, number):
    """The timestamp of this entry in this turn."""
    return "2026-11-%02dT%02d:%02d:%02d.%03dZ" % (1 + turn // 86400, turn // 3600 % 24, turn // 60 % 60, turn % 60, number)


def changed(entries, turn):
    """The entries of a later answer: numbers are changed and newer, the rest stays."""
    result = {}
    for number, (name, entry) in enumerate(sorted(entries.items())):
        value = entry.get("value")
        if isinstance(value, text_type) and value.replace(".", "", 1).isdigit():
            entry = dict(entry, timestamp=moment(turn, number), value=text_type(float(value) * 0.9 + turn % 7))
        result[name] = entry
    return result


def timed(work):
    """CPU seconds of this thread; other load on the machine hardly affects them."""
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


# the questions that the script answers


def bare(answer, warm, rounds):
    """{what: [CPU seconds]}, in turns: our whole way, only its posting, a plain loop that posts the same states to a twin's items, and the
    least that a loop needs for the whole way.
    """
    fleet, twin, third = Fleet(answer, 1), Fleet(answer, 1, "Twin"), Fleet(answer, 1, "Third")  # so that only we post to our items
    for one in (fleet, twin, third):
        one.whole(0)()
    works = (("whole", fleet.whole), ("posting", fleet.posting), ("bare", twin.bare), ("least", third.least))
    seen = dict((name, []) for name, _make in works)
    for turn in range(warm + rounds):
        for place in range(len(works)):
            name, make = works[(turn + place) % len(works)]
            seconds = timed(make(len(works) * turn + place + 1))
            if turn >= warm:
                seen[name].append(seconds)
    return dict(seen, states=len(twin.states(len(works) * (warm + rounds) + 1)))


def parts(answer, warm, rounds):
    """{part of a refresh: [CPU seconds]}."""
    car = Fleet(answer, 1, "Parts")
    seen = dict((name, []) for name in ("merge", "translate", "take over", "compare and post"))
    for turn in range(warm + rounds):
        entries, one, found = changed(car.entries, turn), car.cars[0], {}
        steps = (
            ("merge", lambda: cardata_entries.merge(one.known, entries, SystemClock().now())),
            ("translate", lambda: found.update(one.translated())),
            ("take over", lambda: found.update(keys=one.vehicle.update(dict(found)))),
            ("compare and post", lambda: one.post(found["keys"].union(VEHICLE))),
        )
        for name, step in steps:
            seconds = timed(step)
            if turn >= warm:
                seen[name].append(seconds)
    return seen


def message_parts(count, repetitions):
    """{part of a message of the stream: [CPU seconds of one message]}."""
    messages, known, entries = [message(number) for number in range(count)], {}, []
    steps = (
        ("parse", lambda: entries.extend(cardata_entries.parse_message(one)[1] for one in messages)),
        ("merge", lambda: [cardata_entries.merge(known, one, SystemClock().now()) for one in entries]),
    )
    seen = dict((name, []) for name, _step in steps)
    for repetition in range(10 + repetitions):
        for name, step in steps:
            seconds = timed(step) / count
            if repetition >= 10:
                seen[name].append(seconds)
        del entries[:]
        known.clear()
    return seen


def message(number):
    """A message of the stream (bytes) with one value."""
    entry = {"value": 10 + number % 80, "unit": "percent", "timestamp": moment(number, number % 1000)}
    return json.dumps({"vin": "WBY00TEST00000001", "timestamp": entry["timestamp"], "data": {CHARGE: entry}}).encode("ascii")


def fleet(answer, sizes, rounds):
    """{number of cars: [seconds of a refresh of all]}, in turns; the first refreshes make the items and do not count.

    With "heap": bytes that a car takes, its items in openHAB included, without their metadata.
    """
    before = heap()
    cars = Fleet(answer, max(sizes), "Fleet")
    cars.items._registry, cars.items._metadata = Shelf(), NoMetadata()
    seen = dict((size, []) for size in sizes)
    for turn in range(3 + rounds):
        for place, size in enumerate(sizes):
            entries = changed(cars.entries, turn * len(sizes) + place)
            seconds = timed(lambda: [car.refresh(entries) for car in cars.cars[:size]])
            if turn >= 3:
                seen[size].append(seconds)
    return dict(seen, heap=(heap() - before) / float(len(cars.cars)))


def many(answer, *counts):
    """The heap (bytes) after each of these numbers of refreshes of a car with one changed value."""
    cars, done, found = Fleet(answer, 1), 0, []
    for count in counts:
        for turn in range(done, count):
            entry = {"value": text_type(turn % 100), "unit": "percent", "timestamp": moment(turn + 1, 0)}
            cars.cars[0].refresh(dict(cars.entries, **{CHARGE: entry}))
        done = count
        found.append(heap())
    return found


def threads():
    """CPU seconds that the module's threads have used so far: those of the accounts, and of the stream's connection."""
    found = [thread.getId() for thread in Thread.getAllStackTraces().keySet() if thread.getName().startswith("bmw-")]
    return sum(max(0, CPU.getThreadCpuTime(number)) for number in found) / 1e9


DO = {"bare": bare, "parts": parts, "message_parts": message_parts, "fleet": fleet, "many": many, "threads": threads}
