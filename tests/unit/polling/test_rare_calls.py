"""bmw.polling.rare_calls: the rare calls come after the polls, and their errors do not affect the polls."""

import pytest
from bmw.errors import NetworkError
from bmw.polling import rare_calls
from bmw.polling.vehicle_list import VehicleList
from bmw.vehicle.picture import Picture
from bmw.vehicle.vehicle import Reading

from tests.unit.fakes import NOON, car, parts_of

PICTURE = Picture(b"data", "image/png", "png")


class FakeCloud:
    def __init__(self):
        self.asked = []
        self.trouble = None
        self.calls = None  # the cars that one round has calls for; None: all
        self._left = self._session = None

    def rare_values(self, session, vehicle):
        if self.calls is not None:
            self._left = self.calls if session is not self._session else self._left
            self._session, self._left = session, self._left - 1
            if self._left < 0:
                return
        self.asked.append(vehicle.name)
        if self.trouble:
            raise self.trouble
        yield {"tyreQuality": Reading("GOOD")}
        yield {"chargingPlaces": Reading(2)}

    def picture(self, session, vehicle):
        self.asked.append("picture of " + vehicle.name)
        return PICTURE


class NewEachTime:
    """Makes sessions that nobody calls."""

    def new(self, by_person=True, guard=None, memory=None):
        assert not by_person
        return object()


class LogOf:
    """A charging log that has a total for some cars (names)."""

    def __init__(self, *names):
        self._names = names

    def look(self, vehicle):
        return {"energyChargedTotal": Reading(7)} if vehicle.name in self._names else {}


class Looks:
    """A RareCalls with two cars, one without a name yet; keeps the readings."""

    def __init__(self, outlet, worker, cars=None, logged=()):
        self.cloud = FakeCloud()
        self.taken, self.looks = [], 0
        vehicle_list = VehicleList(self.cloud, None)
        vehicle_list.vehicles = cars or [car("i3"), car(None)]
        parts = parts_of(cloud=self.cloud, outlet=outlet, worker=worker, clock=worker, vehicle_list=vehicle_list)
        self.rare_calls = rare_calls.RareCalls(parts, NewEachTime(), self._take, self._done, LogOf(*logged))

    def _take(self, vehicle, readings):
        self.taken += [(vehicle.name, key, reading.value) for key, reading in readings.items()]

    def _done(self):
        self.looks += 1


@pytest.fixture
def looks(outlet, worker):
    return Looks(outlet, worker)


def test_a_moment_after_the_poll_the_rare_values_and_the_picture_are_read(looks, outlet, worker):
    looks.rare_calls.after_poll()
    worker.pass_time(rare_calls.AFTER_POLL - 1)
    assert looks.cloud.asked == []
    worker.pass_time(1)
    assert looks.taken == [("i3", "tyreQuality", "GOOD"), ("i3", "chargingPlaces", 2)]
    assert outlet.pictures == {"i3": PICTURE} and looks.looks == 1


def test_polls_that_follow_each_other_are_one_look(looks, worker):
    for _poll in range(5):
        looks.rare_calls.after_poll()
        worker.pass_time(1)
    worker.pass_time(rare_calls.AFTER_POLL)
    assert looks.cloud.asked.count("i3") == 1


def test_polls_that_never_pause_do_not_put_it_off(looks, worker):
    for _poll in range(2 * rare_calls.AFTER_POLL):
        looks.rare_calls.after_poll()
        worker.pass_time(1)
    assert looks.cloud.asked.count("i3") == 2


def test_a_picture_that_is_there_is_not_asked_for(looks, worker):
    for _look in range(2):
        looks.rare_calls.after_poll()
        worker.pass_time(rare_calls.AFTER_POLL)
    assert looks.cloud.asked == ["i3", "picture of i3", "i3"]


def test_each_look_begins_with_another_car(outlet, worker):
    looks = Looks(outlet, worker, [car("i3"), car("i4"), car("ix1")])
    for _look in range(4):
        looks.rare_calls.after_poll()
        worker.pass_time(rare_calls.AFTER_POLL)
    asked = [name for name in looks.cloud.asked if " " not in name]
    assert [asked[look * 3] for look in range(4)] == ["i3", "i4", "ix1", "i3"]
    assert sorted(asked) == sorted(["i3", "i4", "ix1"] * 4)


def test_where_the_calls_suffice_for_one_car_only_none_is_left_out(outlet, worker):
    looks = Looks(outlet, worker, [car("i3"), car("i4"), car("ix1")])
    looks.cloud.calls = 1
    for _look in range(3):
        looks.rare_calls.after_poll()
        worker.pass_time(rare_calls.AFTER_POLL)
    assert [name for name, key, _value in looks.taken if key == "tyreQuality"] == ["i3", "i4", "ix1"]


def test_after_a_drive_or_charge_there_is_a_look_of_its_own(looks, worker):
    looks.rare_calls.after_action()
    looks.rare_calls.after_poll()
    worker.pass_time(rare_calls.AFTER_ACTION)
    assert looks.cloud.asked.count("i3") == 2


def test_trouble_ends_the_look_and_nothing_else(looks, worker):
    looks.cloud.trouble = NetworkError("no line")
    looks.rare_calls.after_poll()
    worker.pass_time(rare_calls.AFTER_POLL)
    assert looks.taken == [] and looks.looks == 1


def test_after_the_calls_the_log_of_charges_is_shown_also_where_a_call_failed(outlet, worker):
    looks = Looks(outlet, worker, [car("i3"), car("i4")], ("i4",))
    looks.cloud.trouble = NetworkError("no line")
    looks.rare_calls.after_poll()
    worker.pass_time(rare_calls.AFTER_POLL)
    assert looks.taken == [("i4", "energyChargedTotal", 7)]


def test_nothing_is_asked_for_by_date_before_the_clock_is_set(outlet, clock, worker):
    looks = Looks(outlet, worker)
    clock.seconds = 120
    looks.rare_calls.after_poll()
    worker.pass_time(rare_calls.AFTER_POLL)
    assert looks.cloud.asked == []
    clock.seconds = NOON
    looks.rare_calls.after_poll()
    worker.pass_time(rare_calls.AFTER_POLL)
    assert looks.cloud.asked
