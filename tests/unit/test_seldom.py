"""bmw.seldom: what is asked beside the polls comes after them, and its trouble is no trouble of theirs."""

import pytest

from bmw import seldom
from bmw.errors import NetworkError
from bmw.picture import Picture
from bmw.vehicle import Reading
from tests.unit.fakes import car

PICTURE = Picture(b"data", "image/png", "png")


class FakeCloud:
    def __init__(self):
        self.asked = []
        self.trouble = None

    def seldom(self, session, vehicle):
        self.asked.append(vehicle.name)
        if self.trouble:
            raise self.trouble
        yield {"tyreQuality": Reading("GOOD")}
        yield {"chargingPlaces": Reading(2)}

    def picture(self, session, vehicle):
        self.asked.append("picture of " + vehicle.name)
        return PICTURE


class Looks:
    """A Seldom with two cars, of which one has no name yet, and what it took."""

    def __init__(self, outlet, worker):
        self.cloud = FakeCloud()
        self.taken, self.done = [], 0
        cars = [car("i3"), car(None)]
        self.seldom = seldom.Seldom(self.cloud, outlet, worker, lambda: None, lambda: cars, self._take, self._done)

    def _take(self, vehicle, readings):
        self.taken += [(vehicle.name, key, reading.value) for key, reading in readings.items()]

    def _done(self):
        self.done += 1


@pytest.fixture
def looks(outlet, worker):
    return Looks(outlet, worker)


def test_a_moment_after_the_poll_each_thing_is_taken_and_the_picture_shown(looks, outlet, worker):
    looks.seldom.after_poll()
    worker.pass_time(seldom.AFTER_POLL - 1)
    assert looks.cloud.asked == []
    worker.pass_time(1)
    assert looks.taken == [("i3", "tyreQuality", "GOOD"), ("i3", "chargingPlaces", 2)]
    assert outlet.pictures == {"i3": PICTURE} and looks.done == 1


def test_polls_that_follow_each_other_are_one_look(looks, worker):
    for _poll in range(5):
        looks.seldom.after_poll()
        worker.pass_time(1)
    worker.pass_time(seldom.AFTER_POLL)
    assert looks.cloud.asked.count("i3") == 1


def test_a_picture_that_is_there_is_not_asked_for(looks, worker):
    for _look in range(2):
        looks.seldom.after_poll()
        worker.pass_time(seldom.AFTER_POLL)
    assert looks.cloud.asked == ["i3", "picture of i3", "i3"]


def test_after_a_drive_or_charge_there_is_a_look_of_its_own(looks, worker):
    looks.seldom.after_action()
    looks.seldom.after_poll()
    worker.pass_time(seldom.AFTER_ACTION)
    assert looks.cloud.asked.count("i3") == 2


def test_trouble_ends_the_look_and_nothing_else(looks, worker):
    looks.cloud.trouble = NetworkError("no line")
    looks.seldom.after_poll()
    worker.pass_time(seldom.AFTER_POLL)
    assert looks.taken == [] and looks.done == 1
