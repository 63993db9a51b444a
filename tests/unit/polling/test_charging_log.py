"""bmw.polling.charging_log: what BMW's history tells goes into the log once, and an error of the log stops no poll."""

import json
import logging
import os
from random import Random

import pytest
from bmw.clouds.cardata import history
from bmw.errors import StoreError
from bmw.logbook import charges
from bmw.logbook.ledger import Ledger
from bmw.polling.charging_log import ChargingLog
from bmw.storage import files, record_names

from tests.unit.fakes import NOON, UNEXPECTED, VIN, FakeClock, RecordingOutlet, car, parts_of, raising, settings

DAY, HOUR = 86400, 3600


class History:
    """A cloud that tells these charges until they are kept."""

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


class Year:
    """A year of a car that is charged 300 times, of which BMW's history tells the last two months, as CarData does."""

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
