"""A year of a car in a real openHAB: its logs of charges and trips must agree with what the simulated car did.

Time goes on in jumps, from one event to the next; token and stream live a day, so that a year fits into half an hour (their hour is
tested by test_week.py). What the car did is kept here, by what it was told to do, and is compared with what a user sees: items,
`python -m bmw charges` and `trips`. It runs only in the long form of tests/run.sh:

    YEAR_DAYS=365 python -m pytest -q -s tests/openhab/test_year.py
"""

import csv
import json
import os
import subprocess
import sys
import time

import pytest

from tests.openhab import layout, year_plan
from tests.openhab.home import SCRIPT, STARTED
from tests.openhab.jump_clock import JumpClock
from tests.openhab.server import OpenHABError
from tests.openhab.year_plan import DAY, HOUR, Charge, Driver, Trip

pytest.importorskip("amqtt", reason="the simulated stream's broker needs Python 3.10")
from tests.cloud import SimulatedCloud  # noqa: E402
from tests.cloud.stream import SimulatedStream  # noqa: E402

YEAR_DAYS = int(os.environ.get("YEAR_DAYS", "0"))
pytestmark = pytest.mark.skipif(not YEAR_DAYS, reason="half an hour long: YEAR_DAYS=365 in the environment, or tests/run.sh long")
#: BMW's calls per day; kW of the charger; seconds of a jump while the car is parked, while it charges and while it drives
CALLS, POWER, PARKED, CHARGING, DRIVING = 50, 11.0, 2 * HOUR, 1500, 600
#: seconds between two ticks, and for which openHAB is away at an end
CRON, AWAY = 900, 600
#: allowed difference of energies; seconds by which a start may differ
ENERGY, START = 0.02, 300
CAR = "BMW_i4_"


class Year:
    """openHAB, cloud, stream and clock, and what the car did."""

    def __init__(self, openhab, cloud, stream, clock, vin):
        self.openhab, self.cloud, self.stream, self.clock, self.vin = openhab, cloud, stream, clock, vin
        self.begin = clock.now()
        self.driver = Driver()
        self.link, self.gaps = "on", []
        self.trips, self.charges, self.sessions = [], [], []
        self.soc, self.odometer = 80.0, 18250
        self.price = None
        self.said = self.lost = 0
        self._late = []  # [(when BMW's history has it, session)]
        self._starts = 0

    # ---- openHAB ---------------------------------------------------------------------------------

    def boot(self):
        self.clock.forget()
        self.openhab.start().wait_ready()
        self.openhab.wait_for_log(STARTED, since=self.openhab.started_at, timeout=120)

    def end(self, how):
        """openHAB ends and starts, or only the script; the car goes on meanwhile."""
        if how == "reload":
            since, path = self.openhab.log_size(), self.openhab.path(SCRIPT)
            self._starts += 1
            self.openhab.write_conf(SCRIPT, path.read_text("utf-8") + "# {}\n".format(self._starts))
            self.openhab.wait_for_log(STARTED, since=since, timeout=60)
            return
        {"stop": self.openhab.stop, "kill": self.openhab.kill}[how]()
        self.clock.jump(AWAY)
        self.boot()

    def set_price(self, price):
        self.price = price
        settings = {
            "client_id": self.cloud.accounts()[0]["client_id"],
            "auth_url": self.cloud.url,
            "api_url": self.cloud.url,
            "stream_url": self.stream.url,
            "price": "{:.2f}".format(price),
        }
        since = self.openhab.log_size()
        self.openhab.write_conf("services/bmw.cfg", "".join("{} = {}\n".format(*pair) for pair in settings.items()))
        if self.openhab.alive():
            self.wait(lambda: STARTED and "started" in self.openhab.log(since), "the new price")

    def wait(self, condition, what, seconds=60):
        """Lets time pass until it is so. `what`: text, or a function that makes it."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline or not self.openhab.alive():
                raise OpenHABError("waited for {}".format(what() if callable(what) else what))
            self.clock.jump(0.5)
            time.sleep(0.02)

    def see(self, item, value, seconds):
        def is_so():
            state = self.openhab.state(CAR + item)
            if isinstance(value, str):
                return state == value
            return state is not None and state[0].isdigit() and abs(float(state.split()[0]) - value) < 0.06

        self.wait(is_so, lambda: "{} to be {}, it is {}".format(item, value, self.openhab.state(CAR + item)), seconds)

    # ---- time ------------------------------------------------------------------------------------

    def day(self):
        return int((self.clock.now() - self.begin) // DAY)

    def until(self, moment, step=PARKED):
        """Lets time pass, in jumps that are no longer than `step`."""
        while self.clock.now() < moment:
            due = [when for when, _session in self._late] + [when for gap in self.gaps for when in gap[:2]]
            stops = [when for when in due if when > self.clock.now()] + [moment, self.clock.now() + step]
            self.clock.jump(min(stops) - self.clock.now())
            self._pass()

    def _pass(self):
        now = self.clock.now()
        told = [session for when, session in self._late if when <= now]
        if told:
            self._late = [row for row in self._late if row[0] > now]
            self.tell_history(told)
        link = next((what for begin, end, what in self.gaps if begin <= now < end), "on")
        if link != self.link:
            self.set_link(link)
        if self.openhab.alive():
            self.clock.wait_idle(self.openhab)
            self.connect()

    def set_link(self, link):
        self.stream.stalled = link == "stalled"
        self.stream.forgets_selection = link == "deaf"
        self.stream.refuse_connections = link in ("refused", "off")
        if link in ("refused", "off"):
            self.stream.drop_all()
        if link == "off":
            self.cloud.stop()
        elif self.link == "off":
            self.cloud.start()
        self.link = link

    def connect(self):
        if self.link == "on":
            self.wait(lambda: self.stream.sessions() == 1, "the stream's connection")

    # ---- the car ---------------------------------------------------------------------------------

    def say(self, item, value, **fields):
        """The car says something; if it can be heard, it must reach its item.

        It says it again if it was lost: BMW repeats nothing, and a message between two sessions of the stream reaches nobody.
        """
        self.said += 1
        for seconds in (15, 60):
            self.connect()
            self.cloud.set_car(self.vin, **fields)
            if self.link != "on":
                return
            try:
                return self.see(item, value, seconds)
            except OpenHABError:
                if seconds == 60:
                    raise
                self.lost += 1

    def battery(self):
        """kWh that the battery holds now."""
        return year_plan.capacity(self.day())

    def is_quiet(self, begin, end):
        """True if there is no gap near that span."""
        return not any(start - HOUR < end and begin < stop + HOUR for start, stop, _what in self.gaps)

    def drive(self, distance, minutes, has_stop, end=None):
        """A trip with `distance` km; `end`: how openHAB ends in the middle."""
        used = distance * year_plan.CONSUMPTION / 100
        if self.soc - used / self.battery() * 100 < year_plan.LOWEST:
            self.charge(80, power=50)
        begin, soc, odometer = self.clock.now(), self.soc, self.odometer
        self.say(
            "Moving", "ON", moving=True, ignition_on=True, engine_on=True, lock="LOCKED", plugged=False, charging_status="NOT_CHARGING"
        )
        begin = self.clock.now()
        steps = max(2, int(minutes * 60 / DRIVING) + 1)
        for number in range(1, steps + 1):
            self.until(begin + minutes * 60 * number / steps, DRIVING)
            part = number / steps
            self.soc = soc - used * part / self.battery() * 100
            self.odometer = odometer + int(round(distance * part))
            if number < steps:
                self.say("Odometer", self.odometer, odometer_km=self.odometer, soc=self.soc)
            if number == 1 and end:
                self.end(end)
            if number == 1 and has_stop:
                self.say("Moving", "OFF", moving=False)
                self.until(self.clock.now() + 480)
                self.say("Moving", "ON", moving=True)
        arrived = {"odometer_km": self.odometer, "soc": self.soc, "trip_end_odometer_km": self.odometer, "trip_end_soc": self.soc}
        self.say("Moving", "OFF", moving=False, ignition_on=False, engine_on=False, lock="SECURED", **arrived)
        now = self.clock.now()
        self.trips.append(Trip(begin, now, distance, self.odometer, used, self.is_quiet(begin, now)))
        self.until(now + 1200)

    def charge(self, target, power=POWER, end=None):
        """A charge at home or, with more power, on the way."""
        self.say("PluggedIn", "ON", plugged=True, charging_status="INITIALIZATION")
        self.until(self.clock.now() + 120)
        begin, soc, capacity = int(self.clock.now()), self.soc, self.battery()
        self.say("Charging", "ON", charging_status="CHARGING", charging_power_w=power * 1000)
        battery = (target - soc) / 100 * capacity
        session = self.session_of(begin, power)
        is_told = not year_plan.UNTOLD[0] <= self.day() < year_plan.UNTOLD[1]
        if self.driver.is_shown_running() and is_told:
            self.tell_history([dict(session, end=None, soc_end=round(soc), grid_kwh=None)])
        steps = max(2, int(battery / power * HOUR / CHARGING) + 1)
        for number in range(1, steps + 1):
            self.until(begin + battery / power * HOUR * number / steps, CHARGING)
            self.soc = soc + (target - soc) * number / steps
            if number < steps:
                self.say("StateOfCharge", self.soc, soc=self.soc, charging_power_w=power * 1000)
            if number == 1 and end:
                self.end(end)
        self.soc = float(target)
        status = "FINISHED_FULL" if target == 100 else "FINISHED_NOT_FULL"
        self.say(
            "Charging", "OFF", soc=self.soc, charging_status=status, charging_power_w=0, battery_max_energy_kwh=round(self.battery(), 1)
        )
        finish = int(self.clock.now())
        grid = round(battery / year_plan.EFFICIENCY, 3) if self.driver.has_energy() and is_told else None
        session.update(end=finish, soc_end=int(round(target)), grid_kwh=grid)
        self.charges.append(Charge(begin, finish, soc, target, grid, battery, self.odometer, self.price, is_told))
        late = self.driver.is_told_late(self.day())
        if is_told:
            self._late.append((finish + late, session))
        self.until(finish + 900)

    def session_of(self, begin, power):
        return {
            "start": begin,
            "soc_start": int(round(self.soc)),
            "odometer_km": self.odometer,
            "latitude": year_plan.HOME[0],
            "longitude": year_plan.HOME[1],
            "power_kw": power,
            "public": power > POWER,
        }

    def tell_history(self, sessions):
        """BMW's history has these sessions now."""
        starts = [session["start"] for session in sessions]
        self.sessions = [one for one in self.sessions if one["start"] not in starts] + sessions
        with self.cloud.garage.lock:  # no message says so
            self.cloud.garage.car(self.vin).fields["charging_sessions"] = list(self.sessions)

    def live(self, day):
        """One day."""
        midnight = self.begin + day * DAY
        how, where = year_plan.ENDS.get(day, (None, None))
        if day == year_plan.NO_HISTORY[0]:
            self.cloud.add_fault("chargingHistory", "html", times=None, status=500)
        if day == year_plan.NO_HISTORY[1]:
            self.cloud.clear_faults()
        prices = dict(year_plan.PRICES)
        if day in prices and day:
            self.until(midnight + 3 * HOUR)
            self.set_price(prices[day])
        if where == "none":
            self.end(how)
        for number, (hour, distance, minutes, has_stop) in enumerate(self.driver.trips(day) or self._forced(where)):
            self.until(midnight + hour * HOUR)
            self.drive(distance, minutes, has_stop, how if where == "trip" and number == 0 else None)
        if where == "charge" or self.driver.charges_tonight(self.soc):
            target = max(self.driver.target(), min(100, int(self.soc) + 8))
            self.until(midnight + 21 * HOUR + self.driver.start_in())
            if target - self.soc > 3:
                self.charge(target, end=how if where == "charge" else None)

    @staticmethod
    def _forced(where):
        return [(9.0, 20, 30, False), (15.0, 20, 30, False)] if where in ("trip", "charge") else []

    def plan_gaps(self, days):
        for day, what, hours in year_plan.GAPS:
            begin = self.begin + day * DAY + 11 * HOUR
            if day + hours / 24.0 < days - 1:
                self.gaps.append((begin, begin + hours * HOUR, what))

    # ---- what a user sees ------------------------------------------------------------------------

    def listed(self, what, folder):
        """The rows (list of dict) of a log as the command line exports it."""
        file = folder / (what + ".csv")
        places = ["--config", str(self.openhab.conf / "services" / "bmw.cfg"), "--store", str(self.openhab.userdata / "bmw")]
        library = {"PYTHONPATH": str(layout.REPO / "automation" / "lib" / "python")}
        command = [sys.executable, "-m", "bmw", *places, what, "--output", str(file)]
        subprocess.run(command, env=dict(os.environ, **library), check=True)
        return list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))

    def most_calls(self):
        """The most calls of one UTC day."""
        days = {}
        for call in self.cloud.calls():
            if call["kind"] == "api":
                days[int(call["time"] // DAY)] = days.get(int(call["time"] // DAY), 0) + 1
        return max(days.values())


def epoch(text):
    return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M"))


def number(row, name):
    return float(row[name]) if row[name] else None


def month_of(seconds):
    return time.strftime("%Y-%m", time.localtime(seconds))


def near(found, wanted, part=ENERGY):
    return abs(found - wanted) <= part * abs(wanted) + 0.01


@pytest.fixture(scope="module")
def year(openhab_factory, tmp_path_factory):
    with SimulatedCloud(auto_approve=True, code_interval=1, quota=CALLS, access_lifetime=DAY, fleet="none") as cloud:
        with SimulatedStream(cloud, names=("localhost",)) as stream:
            begin = time.mktime((2027, 1, 1, 0, 0, 0, 0, 0, -1))
            clock = JumpClock(tmp_path_factory.mktemp("clock") / "clock", cloud.clock, begin, CRON)
            vin = cloud.add_car("i4", odometer_km=18250, soc=80.0, charging_sessions=[])
            openhab = openhab_factory(jvm_options=stream.certificates.jvm_options())
            openhab.install_module()
            openhab.write_conf(SCRIPT, clock.script + (layout.REPO / SCRIPT).read_text("utf-8"))
            year = Year(openhab, cloud, stream, clock, vin)
            year.set_price(year_plan.price(0))
            year.boot()
            openhab.command("BMW_SignIn", "ON")
            year.wait(lambda: openhab.state("BMW_AccountState") == "ONLINE", "the sign-in")
            year.connect()
            year.wait(lambda: openhab.item(CAR + "StateOfCharge"), "the car")
            year.plan_gaps(YEAR_DAYS)
            yield year
            openhab.stop()


def test_a_year_of_charges_and_trips_is_in_the_logs_as_the_car_drove_and_charged_it(year, tmp_path):
    begun = time.monotonic()
    for day in range(YEAR_DAYS):
        year.live(day)
        if day % 10 == 0:
            print(
                "day {:3d}: {} trips, {} charges, {:.0f} s".format(day, len(year.trips), len(year.charges), time.monotonic() - begun),
                flush=True,
            )
    year.until(year.clock.now() + 2 * DAY)
    charges, trips = year.listed("charges", tmp_path), year.listed("trips", tmp_path)
    print("\n" + "\n".join(table(year, charges, trips)))
    minutes = (time.monotonic() - begun) / 60
    print(
        "{} days in {:.0f} min, at most {} calls a day, {} messages of {} were lost".format(
            YEAR_DAYS, minutes, year.most_calls(), year.lost, year.said
        )
    )
    problems = wrong_charges(year, charges) + wrong_trips(year, trips) + wrong_items(year)
    problems += wrong_pages(year, "ChargingLog", charges) + wrong_pages(year, "TripLog", trips)
    print("\n".join(problems))
    assert problems == []
    assert year.lost <= 0.01 * year.said
    assert year.most_calls() <= CALLS
    log = year.openhab.log()
    assert "Unexpected error" not in log and "cannot hold this value" not in log


def table(year, charges, trips):
    """What the car did beside what the logs say, by months."""
    rows = {}

    def add(moment, **more):
        row = rows.setdefault(month_of(moment), dict.fromkeys(COLUMNS, 0.0))
        for name, value in more.items():
            row[name] += value or 0

    for charge in year.charges:
        add(charge.start, charges=1, kWh=charge.energy, cost=charge.energy * charge.price)
    for row in charges:
        add(epoch(row["Start"]), log_charges=1, log_kWh=number(row, "Energy (kWh)"), log_cost=number(row, "Cost"))
    for trip in year.trips:
        add(trip.start, trips=1, km=trip.distance)
    for row in trips:
        add(epoch(row["Start"]), log_trips=1, log_km=number(row, "Distance (km)"))
    rows["all"] = {name: sum(row[name] for row in rows.values()) for name in COLUMNS}
    lines = ["| month | {} |".format(" | ".join(name.replace("_", " ") for name in COLUMNS)), "| --- |" + " ---: |" * len(COLUMNS)]
    return lines + [
        "| {} | {} |".format(month, " | ".join("{:.0f}".format(row[name]) for name in COLUMNS)) for month, row in sorted(rows.items())
    ]


COLUMNS = ("charges", "log_charges", "kWh", "log_kWh", "cost", "log_cost", "trips", "log_trips", "km", "log_km")


def wrong_charges(year, rows):
    """What is wrong with the log of charges (list of text)."""
    left, wrong = list(rows), []
    for charge in year.charges:
        same = [row for row in left if abs(epoch(row["Start"]) - charge.start) <= START]
        told = "charge of {}".format(time.strftime("%Y-%m-%d %H:%M", time.localtime(charge.start)))
        if len(same) != 1:
            wrong.append("{} is there {} times".format(told, len(same)))
        for row in same:
            left.remove(row)
            whose = "own estimate (battery)" if charge.grid is None else "BMW (grid)"
            # a session without an energy has whole percents only
            is_exact = charge.grid is not None or not charge.is_told
            if row["Energy told by"] != whose or (is_exact and not near(number(row, "Energy (kWh)") or 0, charge.energy)):
                found = row["Energy (kWh)"], row["Energy told by"]
                wrong.append("{} has {} instead of {:.3f} {}".format(told, found, charge.energy, whose))
            if not near(number(row, "Price per kWh") or 0, charge.price):
                wrong.append("{} has the price {} instead of {}".format(told, row["Price per kWh"], charge.price))
    wrong += ["there was no charge at {Start}".format(**row) for row in left]
    energies = sum(number(row, "Energy (kWh)") or 0 for row in rows), sum(charge.energy for charge in year.charges)
    costs = sum(number(row, "Cost") or 0 for row in rows), sum(charge.energy * charge.price for charge in year.charges)
    for name, (found, wanted) in (("energy", energies), ("cost", costs)):
        if not near(found, wanted):
            wrong.append("the {} of all charges is {:.1f} instead of {:.1f}".format(name, found, wanted))
    return wrong


def wrong_trips(year, rows):
    """What is wrong with the log of trips (list of text)."""
    wrong, at = [], None
    for row in sorted(rows, key=lambda row: number(row, "Odometer (km)")):
        before = number(row, "Odometer (km)") - number(row, "Distance (km)")
        if at is not None and before != at:
            wrong.append("the trip of {} begins at {:.0f} km, the one before ended at {:.0f} km".format(row["Start"], before, at))
        at = number(row, "Odometer (km)")
    if at != year.odometer:
        wrong.append("the last trip ended at {} km instead of {}".format(at, year.odometer))
    heard = [trip for trip in year.trips if trip.was_heard]
    energy = wanted = 0.0
    for trip in heard:
        same = [row for row in rows if number(row, "Odometer (km)") == trip.odometer and number(row, "Distance (km)") == trip.distance]
        if len(same) != 1 or abs(epoch(same[0]["Start"]) - trip.start) > START or abs(epoch(same[0]["End"]) - trip.end) > START:
            wrong.append("the trip to {} km ({:.0f}) is {}".format(trip.odometer, trip.start, same))
        elif number(same[0], "Energy from the battery (kWh)") is not None:
            energy += number(same[0], "Energy from the battery (kWh)")
            wanted += trip.energy
    print("{} of {} trips were heard; energy of those {:.1f} kWh, the car used {:.1f}".format(len(heard), len(year.trips), energy, wanted))
    if not near(energy, wanted) or wanted < 0.9 * sum(trip.energy for trip in heard):
        wrong.append("the energy of the heard trips is {:.1f} kWh instead of {:.1f}".format(energy, wanted))
    if len(rows) > len(year.trips):
        wrong.append("there are {} trips instead of {}".format(len(rows), len(year.trips)))
    return wrong


def wrong_items(year):
    """What is wrong with the items (list of text)."""
    wrong, this = [], month_of(year.clock.now())
    last = month_of(time.mktime(time.strptime(this + "-01", "%Y-%m-%d")) - DAY)
    shown = {"EnergyChargedTotal": sum(charge.energy for charge in year.charges)}
    for name, month in (("ThisMonth", this), ("LastMonth", last)):
        of_month = [charge for charge in year.charges if month_of(charge.start) == month]
        shown["ChargingSessions" + name] = len(of_month)
        shown["EnergyCharged" + name] = sum(charge.energy for charge in of_month)
        shown["ChargingCost" + name] = sum(charge.energy * charge.price for charge in of_month)
    if len(year.charges) > 50:
        shown["LearnedCapacity"] = year_plan.capacity(year.day()) / year_plan.EFFICIENCY  # what a full charge takes from the grid
    for name, wanted in shown.items():
        state = year.openhab.state(CAR + name)
        print("{:28s} {:>20s}   {:.2f}".format(name, str(state), wanted))
        if not near(float(state.split()[0]) if state not in (None, "NULL", "UNDEF") else -1, wanted):
            wrong.append("{} is {} instead of {:.2f}".format(name, state, wanted))
    return wrong


def wrong_pages(year, item, rows):
    """What is wrong with the item from which the dashboard makes its table (list of text): it has the newest rows of the log."""
    state = year.openhab.state(CAR + item)
    try:
        shown = json.loads(state)
    except (TypeError, ValueError):
        return ["{} is {:.40}".format(item, str(state))]
    starts = sorted((epoch(row["Start"]) for row in rows), reverse=True)
    found = [row[0] // 60 * 60 for row in shown["rows"]]
    print("{} has {} of {} rows, {} characters".format(item, len(found), len(rows), len(state)))
    if found != starts[: len(found)] or len(found) < min(len(rows), 250) or shown["cut"] != (len(found) < len(rows)):
        return ["{} has {} rows of {}, cut: {}".format(item, len(found), len(rows), shown["cut"])]
    return []
