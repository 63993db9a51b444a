"""bmw.polling.charging_log: what BMW's history tells goes into the log once, and an error of the log stops no poll."""

import json
import logging
import os
from random import Random

import pytest
from bmw.clouds.cardata import history
from bmw.errors import StoreError
from bmw.logbook import charges, observation
from bmw.logbook.ledger import Ledger
from bmw.polling.charging_log import ChargingLog
from bmw.storage import files, record_names
from bmw.vehicle.vehicle import Reading

from tests.unit.fakes import NOON, UNEXPECTED, VIN, FakeClock, RecordingOutlet, car, parts_of, raising, settings

DAY, HOUR = 86400, 3600


class History:
    """A cloud that tells these charges until they are kept."""

    TOLD_SUMS = frozenset()

    def __init__(self, *told):
        self.told = list(told)
        self.lost = []

    def charges(self, memory, vehicle):
        return self.told

    def charges_kept(self, memory, vehicle):
        self.told = []

    def charges_lost(self, memory, vehicle, mark):
        self.lost.append(mark)


class Saved:
    memory = {}


class Cars:
    """The bmw.polling.vehicle_list.VehicleList of one car."""

    def __init__(self, vehicle):
        self._vehicle = vehicle

    def named(self):
        return [self._vehicle]

    def is_first(self, vehicle):
        return vehicle is self._vehicle


class House:
    """A ChargingLog with its parts. ``look`` is one look: {key: value}."""

    def __init__(self, store, **config):
        self.store, self.cloud, self.clock, self.outlet = store, History(), FakeClock(), RecordingOutlet()
        self.car = car(batteryCapacity=40.0)
        self.path = store.path(record_names.charges("home", VIN))
        self.configure(**config)

    def configure(self, **config):
        """As after a restart with these settings."""
        cars = Cars(self.car)
        parts = parts_of(
            cloud=self.cloud, clock=self.clock, outlet=self.outlet, store=self.store, vehicle_list=cars, config=settings(**config)
        )
        self.log = ChargingLog(parts, Saved, "home")

    def look(self, *told):
        if told:
            self.cloud.told = list(told)
        readings = self.log.look(self.car)
        self.car.update(readings)
        return {key: reading.value for key, reading in readings.items()}

    def kept(self):
        """What is in the file."""
        return charges.charges_of(Ledger(self.path).entries())


@pytest.fixture
def house(store):
    return House(store)


def session(start, energy=10.0, **more):
    return dict({"start": start, "end": start + HOUR, "energy": energy, "from": 20, "to": 40}, **more)


def test_what_the_history_tells_is_kept_and_summed_up(house):
    values = house.look(session(NOON - DAY), session(NOON - 2 * HOUR, energy=5.0))
    assert (values["energyChargedThisMonth"], values["energyChargedTotal"]) == (15.0, 15.0)
    assert [one.energy for one in house.kept()] == [10.0, 5.0] and house.cloud.told == []


def test_before_the_history_was_told_nothing_is_said_and_no_file_made(house, tmp_path):
    house.cloud.told = None
    assert house.log.look(house.car) == {} and list(tmp_path.iterdir()) == []


def shown(house):
    """The starts of the charges that the dashboard has."""
    return [row[0] for row in json.loads(house.outlet.logbooks["i3", "chargingLog"])["rows"]]


def test_the_dashboard_gets_the_log_as_soon_as_something_is_in_it(house):
    house.look()
    assert house.outlet.logbooks == {}
    house.look(session(NOON - DAY), session(NOON - 2 * HOUR))
    assert shown(house) == [NOON - 2 * HOUR, NOON - DAY]


def test_after_a_restart_the_dashboard_gets_the_log_before_bmw_is_asked(house):
    house.look(session(NOON - DAY))
    house.outlet.logbooks.clear()
    house.cloud.told = None
    house.configure()
    house.log.show_all()
    assert shown(house) == [NOON - DAY]


def test_a_log_that_is_not_there_or_cannot_be_read_is_not_shown(house, caplog):
    house.log.show_all()
    os.mkdir(house.path)
    house.log.show_all()
    house.log.show_all()
    assert house.outlet.logbooks == {}
    assert caplog.text.count("are not known") == 1


def test_nothing_is_written_where_nothing_is_new(house):
    house.look(session(NOON - DAY))
    house.look(session(NOON - 2 * HOUR))
    stamp = files.stamp(house.path)
    house.look(session(NOON - DAY))
    house.look()
    assert files.stamp(house.path) == stamp


def test_the_file_names_neither_car_nor_street(house):
    house.look(session(NOON - DAY, place="Musterstadt"))
    assert VIN not in house.path and VIN[-7:] not in house.path
    assert VIN.encode() not in files.read(house.path)


def test_the_total_goes_on_after_a_restart_and_never_falls(house):
    house.look(session(NOON - DAY, energy=20.0))
    assert house.look(session(NOON - DAY, energy=5.0))["energyChargedTotal"] == 20.0
    house.configure()
    assert house.look()["energyChargedTotal"] == 20.0


def test_the_total_stays_when_the_log_is_lost_and_the_history_is_asked_for_all_it_has(house):
    house.look(session(NOON - DAY, energy=20.0))
    files.set_aside(house.path)
    house.configure()
    assert house.look()["energyChargedTotal"] == 20.0
    assert house.cloud.lost[-1] == "all" and not any(house.cloud.lost[:-1])
    house.clock.advance(3 * HOUR)
    house.look(session(NOON - DAY, energy=20.0), session(NOON + HOUR, energy=3.0))
    assert house.look()["energyChargedTotal"] == 23.0


def test_a_damaged_line_is_told_to_the_cloud(house):
    house.look(session(NOON - DAY))
    with open(house.path, "ab") as file:
        file.write(b"damage\n")
    house.configure()
    house.look()
    assert house.cloud.lost[-1] == 1


def test_a_price_in_the_settings_is_that_of_new_charges(store):
    house = House(store, price=0.3)
    assert house.look(session(NOON - DAY))["chargingCostThisMonth"] == 3.0
    house.configure(price=0.5)
    assert house.look(session(NOON - 2 * HOUR))["chargingCostThisMonth"] == 8.0


def test_a_price_that_is_set_later_counts_for_this_and_the_last_month(house):
    house.look(session(NOON - DAY), session(NOON - 20 * DAY), session(NOON - 40 * DAY))
    house.configure(price=0.3)
    values = house.look()
    assert (values["chargingCostThisMonth"], values["chargingCostLastMonth"]) == (3.0, 3.0)
    assert [one.cost for one in house.kept()] == [None, 3.0, 3.0]


def test_a_price_from_an_item_is_that_of_the_hours_before(store):
    house = House(store, price="Price")
    house.outlet.prices["Price"] = 0.25
    values = house.look(session(NOON - 2 * HOUR), session(NOON - 3 * DAY))
    house.outlet.prices["Price"] = 0.9
    assert values["chargingCostThisMonth"] == 2.5 and house.look()["chargingCostThisMonth"] == 2.5
    assert [one.price for one in house.kept()] == [None, 0.25]


def test_an_item_without_a_price_is_no_price_of_zero(store):
    assert House(store, price="Price").look(session(NOON - 2 * HOUR))["chargingCostThisMonth"] is None


def test_energy_that_bmw_does_not_tell_is_made_of_the_battery(house):
    assert house.look(session(NOON - DAY, energy=None))["energyChargedThisMonth"] == 8.0


def test_charges_that_cannot_be_written_wait_and_are_told_once(house, monkeypatch, caplog):
    monkeypatch.setattr(files, "append", raising_store_error)
    told = session(NOON - DAY)
    for _look in range(3):
        assert house.look(told)["energyChargedTotal"] == 0
        assert house.cloud.told == [told]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    monkeypatch.undo()
    assert house.look(told)["energyChargedTotal"] == 10.0


def raising_store_error(*_arguments):
    raise StoreError("Cannot write", "the disk is full")


def test_a_log_that_cannot_be_read_is_unknown_and_is_read_when_it_can_be(house, monkeypatch):
    house.look(session(NOON - DAY))
    house.configure()
    with monkeypatch.context() as patch:
        patch.setattr(files, "read", raising_store_error)
        assert set(house.look(session(NOON - HOUR)).values()) == {None}
    assert house.look(*house.cloud.told)["energyChargedThisMonth"] == 20.0


@pytest.mark.parametrize("error", UNEXPECTED)
def test_an_error_of_the_log_is_logged_once_and_raised_never(house, monkeypatch, caplog, error):
    monkeypatch.setattr(charges, "with_bmws", raising(error))
    for _look in range(3):
        assert house.look(session(NOON - DAY)) == {}
    assert len(caplog.records) == 1


def test_a_log_that_was_closed_takes_nothing(house):
    house.log.close()
    assert house.look(session(NOON - DAY)) == {} and house.kept() == []


def test_before_the_clock_is_set_nothing_is_taken(house):
    house.clock.seconds = 120
    assert house.look(session(60)) == {}


# what the car itself says


def charge(house, minutes=120, begin=20, final=60, **more):
    """The car says that it charges, and that it has ended."""
    now = house.clock.now()
    house.car.update({key: Reading(value, now) for key, value in dict(more, charging=True, stateOfCharge=begin).items()})
    house.log.observe(house.car)
    house.clock.advance(minutes * 60)
    now = house.clock.now()
    house.car.update({"charging": Reading(False, now), "stateOfCharge": Reading(final, now)})
    house.log.observe(house.car)
    house.clock.advance(660)
    return house.log.observe(house.car)


def test_a_charge_that_only_the_car_told_is_in_the_log_and_said_to_be_ours(store):
    house = House(store, price=0.5)
    house.cloud.told = None  # a cloud without a history
    assert {"energyChargedTotal", "chargingCostThisMonth"} <= charge(house)
    (one,) = house.kept()
    assert (one.energy, one.cost, set(one.sources.values())) == (16.0, 8.0, {"own"})
    assert house.car.readings["energyChargedTotal"].value == 16.0 and house.look()["energyChargedTotal"] == 16.0


def test_bmws_figures_replace_those_of_the_car_and_no_charge_counts_twice(house):
    start = house.clock.now()
    charge(house)
    values = house.look(session(start - 60, energy=18.0, end=start + 7200))
    assert (values["energyChargedTotal"], values["chargingSessionsThisMonth"]) == (18.0, 1)


def test_a_running_charge_is_written_at_its_start_and_its_end_only(house):
    now = house.clock.now()
    house.car.update({"charging": Reading(True, now), "stateOfCharge": Reading(20, now)})
    house.log.observe(house.car)
    stamp = files.stamp(house.path)
    for _minute in range(60):
        house.clock.advance(60)
        house.car.update({"stateOfCharge": Reading(20 + _minute, house.clock.now())})
        assert house.log.observe(house.car) == set()
    assert files.stamp(house.path) == stamp
    house.configure()  # a restart in the middle
    house.car.update({"charging": Reading(False, house.clock.now())})
    house.log.observe(house.car)
    house.clock.advance(660)
    assert house.log.observe(house.car)
    assert [(one.start, one.begin, one.final) for one in house.kept()] == [(NOON, 20, 79)]


def curve_of(house):
    """(start, end, points) of the charge whose power the dashboard has."""
    told = json.loads(house.outlet.logbooks["i3", "chargingCurve"])
    assert told["version"] == 1
    return told["start"], told["end"], told["points"]


def test_the_dashboard_gets_the_power_of_the_last_charge_that_has_a_curve(house):
    points, start = [[NOON - DAY, 11.0], [NOON - DAY + 1800, 7.4]], NOON - DAY
    house.look(session(start, curve=points), session(NOON - 2 * HOUR))
    assert curve_of(house) == (start, start + HOUR, points)
    house.outlet.logbooks.clear()
    house.configure()
    house.log.show_all()
    assert curve_of(house) == (start, start + HOUR, points)


def test_the_dashboard_gets_the_power_of_a_running_charge_now_and_then_and_at_its_end(house):
    house.look(session(NOON - DAY, curve=[[NOON - DAY, 11.0]]))
    states = []
    house.car.update({"charging": Reading(True, NOON), "stateOfCharge": Reading(20, NOON)})
    for minute in range(60):
        now = house.clock.now()
        house.car.update({"chargingPower": Reading(11000.0 - 100 * minute, now), "stateOfCharge": Reading(20 + minute, now)})
        house.log.observe(house.car)
        house.look()  # a poll meanwhile
        if curve_of(house) not in states:
            states.append(curve_of(house))
        house.clock.advance(30)
    assert states[0] == (NOON, None, [[NOON, 11.0]])
    assert len(states) == 30 and states[-1][2][-1] == [NOON + 58 * 30, 5.2]
    end = house.clock.now()
    house.car.update({"charging": Reading(False, end)})
    house.log.observe(house.car)
    house.clock.advance(660)
    house.log.observe(house.car)
    assert curve_of(house)[:2] == (NOON, end) and curve_of(house)[2][-1] == [end, 0]


def test_while_the_power_of_a_running_charge_is_not_known_the_dashboard_has_that_of_the_last_one(house):
    house.car.update({"charging": Reading(True, NOON), "stateOfCharge": Reading(20, NOON)})
    house.look(session(NOON - DAY, curve=[[NOON - DAY, 11.0]]))
    assert curve_of(house)[:2] == (NOON - DAY, NOON - DAY + HOUR)


def test_the_dashboard_gets_the_states_of_charge_of_a_running_charge_and_of_the_last_one(house):
    def shown():
        return json.loads(house.outlet.logbooks["i3", "chargingCurve"])

    for minute in range(0, 61, 20):
        now = house.clock.now()
        house.car.update({"charging": Reading(True, NOON), "stateOfCharge": Reading(20 + minute, now)})  # it tells no power
        house.log.observe(house.car)
        house.clock.advance(1200)
    levels = [[NOON, 20], [NOON + 1200, 40], [NOON + 2400, 60], [NOON + 3600, 80]]
    assert shown() == {"version": 1, "start": NOON, "end": None, "points": [], "levels": levels, "from": 20}
    house.car.update({"charging": Reading(False, NOON + 3660)})
    house.log.observe(house.car)
    house.clock.advance(660)
    house.log.observe(house.car)
    whole = {"version": 1, "start": NOON, "end": NOON + 3660, "points": [], "levels": levels + [[NOON + 3660, 80]], "from": 20, "to": 80}
    assert shown() == whole
    house.outlet.logbooks.clear()
    house.configure()  # a restart
    house.log.show_all()
    assert shown() == whole
    house.look(session(NOON - 60, energy=18.0, end=NOON + 3600, curve=[[NOON, 11.0]], to=81))
    assert shown() == dict(whole, start=NOON - 60, end=NOON + 3600, points=[[NOON, 11.0]], to=81)


def test_of_a_charge_that_only_bmws_history_knows_no_line_of_the_state_of_charge_is_made(house):
    house.look(session(NOON - DAY, curve=[[NOON - DAY, 11.0]]))
    told = json.loads(house.outlet.logbooks["i3", "chargingCurve"])
    assert "levels" not in told and (told["from"], told["to"]) == (20, 40)


def test_an_entry_of_an_older_version_without_levels_is_a_charge(house):
    own = {"start": NOON - DAY, "end": NOON - DAY + HOUR, "seconds": HOUR, "from": 20, "to": 40, "curve": "[[1795800000,11.0]]"}
    Ledger(house.path).put([{"id": "x", "own": own}])
    house.configure()
    house.log.show_all()
    told = json.loads(house.outlet.logbooks["i3", "chargingCurve"])
    assert "levels" not in told and told["points"] == [[1795800000, 11.0]]


@pytest.mark.parametrize("text", ["x", "[[1", "7", "null", '{"a":1}', "[1]", "[[1]]", '[["a",1]]', "[[1,null]]", "[[1,2,3]]"])
def test_a_curve_that_is_damaged_is_none(text):
    assert charges.curve_of(text) == []


def test_the_capacity_that_a_car_tells_in_another_unit_is_converted(house):
    house.car.readings["batteryCapacity"] = Reading(40000.0, NOON, "Wh")
    charge(house)
    assert house.kept()[0].energy == 16.0


def test_sums_that_bmw_tells_itself_are_left_to_it(house):
    house.cloud.TOLD_SUMS = frozenset(["energyChargedThisMonth"])
    assert "energyChargedThisMonth" not in charge(house) and "energyChargedThisMonth" not in house.look()


def test_a_charge_of_the_car_that_cannot_be_written_waits(house, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr(files, "append", raising_store_error)
        assert charge(house) == set() and len(caplog.records) == 1
    assert house.log.observe(house.car) and len(house.kept()) == 1
    assert house.log.observe(house.car) == set()


@pytest.mark.parametrize("error", UNEXPECTED)
def test_an_error_of_the_observation_stops_no_poll_and_is_logged_once(house, monkeypatch, caplog, error):
    monkeypatch.setattr(observation.Watch, "look", raising(error))
    assert charge(house) == set() and charge(house) == set() and len(caplog.records) == 1


def test_a_car_without_a_battery_has_no_log(house, tmp_path):
    house.cloud.told = None
    house.car = car(odometer=1000)
    assert house.log.observe(house.car) == set() and list(tmp_path.iterdir()) == []


class Driven:
    """A simulated year of a car of 50 kWh: 300 charges at home, 700 trips, and who hears what of it. ``events`` are in order of time."""

    CAPACITY = 50.0

    def __init__(self, seed):
        self.random = Random(seed)
        self.events = []  # (time, {key: value})
        self.charges = []  # as BMW tells them
        self.soc, self.km, time = 80.0, 1000.0, NOON + DAY
        for number in range(300):
            for _trip in range(2 + (number % 3 == 0)):
                time = self._drive(time + self.random.uniform(2, 8) * HOUR)
            time = self._charge(time + self.random.uniform(0.1, 2) * HOUR)

    def _say(self, time, **said):
        self.events.append((time, said))

    def _drive(self, time):
        for _step in range(3):
            self.soc, self.km, time = max(3.0, self.soc - self.random.uniform(1, 5)), self.km + self.random.uniform(5, 20), time + 900
            self._say(time, stateOfCharge=round(self.soc), odometer=round(self.km), charging=False)
        return time

    def _charge(self, start):
        begin, final = self.soc, min(100.0, self.soc + self.random.uniform(15, 60))
        power = self.random.choice((3.7, 11.0, 50.0))
        seconds = int((final - begin) / 100 * self.CAPACITY / power * HOUR)
        self._say(start, charging=True, chargingPower=power * 1000, stateOfCharge=round(begin))
        steps = max(1, seconds // 1200)
        for step in range(1, steps):
            self._say(start + step * 1200, stateOfCharge=round(begin + (final - begin) * step / steps))
        self._say(start + seconds, charging=False, stateOfCharge=round(final))
        self.soc, energy = final, (final - begin) / 100 * self.CAPACITY
        self.charges.append({"start": start, "end": start + seconds, "energy": round(energy * 1.1, 2), "battery": energy})
        return start + seconds


def gaps(year, random):
    """Spans (start, end) without the stream: forty of hours, four of days."""
    first = year.events[0][0]
    lengths = [random.uniform(1, 9) * HOUR for _gap in range(40)] + [random.uniform(1, 3) * DAY for _gap in range(4)]
    starts = [first + random.uniform(0, 330) * DAY for _gap in lengths]
    return [(start, start + length) for start, length in zip(starts, lengths)]


def live(house, year, silent, has_history):
    """The year with this house. BMW tells a charge up to three days after its end, the history is asked about once a day."""
    random, last, asked, waiting = Random(3), {}, 0, []
    to_tell = sorted((one["end"] + random.uniform(0.2, 72) * HOUR, index) for index, one in enumerate(year.charges))
    first, restarts, totals = year.events[0][0], 0, []
    for time, said in sorted(year.events, key=lambda event: event[0]):
        house.clock.seconds = time
        last.update((key, Reading(value, time)) for key, value in said.items())
        if any(begin <= time < end for begin, end in silent):
            continue  # a poll, or the next message, brings what is said last
        month = int((time - first) // (75 * DAY))
        if random.random() < 0.02:
            restarts += 1
            house.configure(price=(0.3, 0.35, 0.4)[min(month, 2)])
            house.log.observe(house.car)
        house.car.update(last)
        house.log.observe(house.car)
        if time - asked > DAY:
            asked = time
            while to_tell and to_tell[0][0] <= time:
                one = year.charges[to_tell.pop(0)[1]]
                waiting.append({key: one[key] for key in ("start", "end", "energy")})
            house.cloud.told = waiting if has_history else None
            totals.append(house.look().get("energyChargedTotal", 0))
            waiting = []
    house.clock.advance(4 * DAY)
    if has_history:
        house.cloud.told = [{key: year.charges[index][key] for key in ("start", "end", "energy")} for _time, index in to_tell]
    totals.append(house.look()["energyChargedTotal"])
    assert restarts > 20 and totals == sorted(totals)


def _same(kept, one):
    """Those of the log that have a moment in common with a charge of the year."""
    return [found for found in kept if found.start < one["end"] and one["start"] < found.end]


@pytest.mark.parametrize("has_history", [True, False])
def test_a_year_with_gaps_restarts_and_two_prices_has_each_charge_once(store, has_history):
    house, year = House(store, price=0.3), Driven(1)
    house.car = car(batteryCapacity=year.CAPACITY)
    silent = gaps(year, Random(1))
    live(house, year, silent, has_history)
    kept = house.kept()
    heard = [one for one in year.charges if not any(begin < one["end"] and one["start"] < end for begin, end in silent)]
    assert 240 < len(heard) < 290
    if has_history:
        assert [one.start for one in kept] == sorted(one["start"] for one in year.charges)
        assert sum(one.energy for one in kept) == pytest.approx(sum(one["energy"] for one in year.charges), rel=0.02)
    else:
        # what a silent car was charged before it was driven in the same silence nobody can know
        assert all(len(_same(kept, one)) <= 1 for one in year.charges)
        of_heard = [_same(kept, one) for one in heard]
        assert [len(same) for same in of_heard] == [1] * len(heard)
        assert sum(one.energy for (one,) in of_heard) == pytest.approx(sum(one["battery"] for one in heard), rel=0.02)
        assert 0.9 < sum(one.energy for one in kept) / sum(one["battery"] for one in year.charges) < 1.01
    assert {one.price for one in kept} == {0.3, 0.35, 0.4}
    assert all(one.cost == round(one.energy * one.price, 2) for one in kept)
    assert all(one.curve for one in kept if one.sources.get("curve") == "own")
    assert len(files.read(house.path)) < 500000


class Year:
    """A year of a car that is charged 300 times, of which BMW's history tells the last two months, as CarData does."""

    TOLD_SUMS = frozenset()

    def __init__(self, house):
        self.house, self.notes = house, {}
        self.random = Random(7)
        starts = sorted(self.random.sample(range(0, 365 * 4), 300))  # at most four a day
        self.all = [self._told(NOON + 6 * HOUR * start) for start in starts]
        house.cloud = self

    def _told(self, start):
        begin = self.random.randint(5, 60)
        final, hours = begin + self.random.randint(1, 40), self.random.uniform(0.3, 5)
        energy = round((final - begin) * 0.42, 2)
        known = self.random.random() > 0.1  # now and then BMW does not tell the energy
        told = {"startTime": start, "endTime": start + int(hours * HOUR), "displayedStartSoc": begin, "displayedSoc": final}
        return dict(told, energyConsumedFromPowerGridKwh=energy if known else None, energy=energy)

    def ask(self):
        begin, end = history.span(self.notes, self.house.clock.now())
        oldest = self.house.clock.now() - 62 * DAY
        history.take(self.notes, [one for one in self.all if max(begin, oldest) <= one["startTime"] and one["endTime"] <= end], end)
        self.notes = json.loads(json.dumps(self.notes))

    def charges(self, memory, vehicle):
        return history.waiting(self.notes)

    def charges_kept(self, memory, vehicle):
        history.kept(self.notes)

    def charges_lost(self, memory, vehicle, mark):
        history.lost(self.notes, mark)


def damage(path, number):
    """Spoils a line of the file."""
    lines = files.read(path).splitlines(True)
    lines[number] = lines[number].replace(b"e", b"x", 1)
    files.write(path, b"".join(lines))


def test_a_year_of_charges_restarts_damage_and_two_prices_agrees_with_what_was_charged(house):
    year, totals = Year(house), []
    house.car.readings["batteryCapacity"].value = 42.0
    for day in range(372):
        price = 0.3 if day < 120 else 0.35 if day < 240 else 0.4
        if day % 10 == 0 or day in (120, 240):
            if day in (50, 150, 250):
                damage(house.path, -1)
            if day == 200:
                damage(house.path, 3)
            house.configure(price=price)
        if day % 30 not in (5, 6, 7, 8):  # days without network
            year.ask()
        totals.append(house.look().get("energyChargedTotal", 0))
        house.clock.advance(DAY)
    kept, wanted = house.kept(), {one["startTime"]: one for one in year.all}
    assert [one.start for one in kept] == sorted(set(one.start for one in kept)) and set(one.start for one in kept) <= set(wanted)
    assert len(kept) == 299  # all but the old one that was damaged, which BMW does not tell any more
    energy = sum(one["energy"] for one in year.all)
    assert sum(one.energy for one in kept) == pytest.approx(energy, rel=0.02) and totals[-1] == pytest.approx(energy, rel=0.02)
    assert totals == sorted(totals)
    assert set(one.price for one in kept) == {0.3, 0.35, 0.4}
    for one in kept:
        day = (one.end - NOON) / DAY
        at_that_time = {price for first, last, price in ((0, 125, 0.3), (116, 245, 0.35), (236, 370, 0.4)) if first <= day <= last}
        assert one.price in at_that_time and one.cost == round(one.energy * one.price, 2)
    assert len(files.read(house.path)) < 200000


def test_a_full_charge_is_learned_from_bmws_figures_and_unknown_again_when_the_log_is_gone(house):
    values = house.look(*[session(NOON - number * DAY, energy=8.0) for number in range(1, 7)])
    assert (values["learnedCapacity"], values["learnedCapacityCharges"]) == (40.0, 6)
    assert "learnedCapacityTrend" not in values
    os.remove(house.path)
    house.configure()
    assert house.look(session(NOON - DAY))["learnedCapacity"] is None
