"""Shared by all benchmarks: a real openHAB with the module signed in, its cloud, its stream, and the figures of the process."""

import os
import re
import time
from datetime import datetime
from pathlib import Path
from statistics import median

from tests.openhab.home import UNLIMITED, Home
from tests.openhab.probe import Hand
from tests.openhab.server import OpenHAB

HERE = Path(__file__).parent
TICK = os.sysconf("SC_CLK_TCK")
BENCH = Hand("Bench", (HERE / "inside.py").read_text("utf-8"))


class House(Home):
    """A home whose cron never polls; ``rows``: the measured figures for the table."""

    def __init__(self):
        Home.__init__(self, OpenHAB(), auto_approve=True, quota=10**6)
        self.vin = self.cloud.cars()[0]
        self.rows = []
        self._events_mark = 0

    def settings(self, **changes):
        quiet = dict(UNLIMITED, refresh="0 0 4 1 1 ?", sitemap="off")
        return Home.settings(self, **dict(quiet, **changes))

    def start(self):
        self.openhab.install_probe()
        Home.start(self)
        self.openhab.command("BMW_SignIn", "ON")
        self.wait_status("ONLINE")
        # the last value of the daily calls: afterwards the module makes no calls by itself
        self.openhab.wait_state("BMW_i3_ChargingPlaces", lambda state: state not in ("NULL", "UNDEF"), 90)
        return self

    def row(self, what, other, ours, ratio="", note=""):
        """Adds a row to the table and prints it."""
        self.rows.append([str(cell) for cell in (what, other, ours, ratio, note)])
        print("  " + " | ".join(self.rows[-1]), flush=True)

    def inside(self, what, *arguments):
        """Asks the script inside the JVM."""
        return BENCH.ask(self.openhab, what, *arguments, timeout=1800)

    def cpu(self):
        """CPU seconds that the JVM has used so far."""
        fields = Path("/proc/{}/stat".format(self.openhab.pid)).read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def cost(self, work):
        """(CPU seconds of the JVM, seconds) that ``work`` (callable) took."""
        begin, cpu = time.monotonic(), self.cpu()
        work()
        return self.cpu() - cpu, time.monotonic() - begin

    def processes(self):
        """The number of openHAB's running child processes."""
        return sum(_parent(path) == self.openhab.pid for path in Path("/proc").glob("[0-9]*/stat"))

    # openHAB's events.log

    def mark_events(self):
        self._events_mark = len(self._events())

    def changes(self, start):
        """Epoch seconds of all state changes since the mark, of items whose name begins with ``start``."""
        pattern = r"^(\S+ \S+) \[INFO \] \[\S*ItemStateChanged\S*\s*\] - Item '" + start
        return [epoch(found) for found in re.findall(pattern, self._events()[self._events_mark :], re.MULTILINE)]

    def _events(self):
        return (self.openhab.userdata / "logs" / "events.log").read_text("utf-8", "replace")

    # the cloud

    def question(self):
        """(address, parameters, headers) of the request for the car's data."""
        container = self.cloud.containers_store.list(self.cloud.garage.accounts()[0])[0]["containerId"]
        url = "{}/customers/vehicles/{}/telematicData".format(self.cloud.url, self.vin)
        return url, {"containerId": container}, {"Authorization": "Bearer " + self.token(), "x-version": "v1"}

    def token(self):
        return list(self.cloud.tokens._access)[-1]

    def answer(self):
        """The cloud's answer to it as text."""
        import requests

        url, params, headers = self.question()
        return requests.get(url, params=params, headers=headers).text

    def change_car(self, number):
        """Changes the car: four doors and lids, state of charge, odometer and range."""
        parts = ("door_driver_front", "door_passenger_front", "hood", "trunk")
        doors = {name: ("OPEN", "CLOSED")[number % 2] for name in parts}
        self.cloud.set_car(self.vin, soc=20 + number % 60, odometer_km=20000 + number, range_electric_km=100 + number % 90, **doors)


def _parent(path):
    """The parent's id of a process; None if the process has ended."""
    try:
        return int(path.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def epoch(stamp):
    """Epoch seconds of a time in openHAB's logs."""
    return datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f").timestamp()


def spread(values, form="{:.2f}"):
    """Median and range as text."""
    return "{} ({} to {})".format(*(form.format(value) for value in (median(values), min(values), max(values))))


def pair(other, ours, digits=3):
    """Three cells: both figures, and by which factor ours is lower."""
    ratio = "{:.0f} times less".format(other / ours) if ours > 0 else "ours is below what can be measured"
    return "{:.{}f}".format(other, digits), "{:.{}f}".format(ours, digits), ratio
