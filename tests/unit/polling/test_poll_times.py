"""bmw.polling.poll_times: when the cars are polled next. The rules are tested in test_intervals.py."""

import pytest
from bmw.polling import intervals
from bmw.polling.budget import Budget
from bmw.polling.poll_times import PollTimes
from bmw.polling.vehicle_list import VehicleList

from tests.unit.fakes import car, parts_of

HOUR = 3600


class Cloud:
    EXTRA_CALLS_A_DAY = 0


class Times:
    """PollTimes with a day's calls and these cars."""

    def __init__(self, clock, *cars, limit=50):
        self.clock = clock
        self.budget = Budget(limit)
        self.hour = 12
        self.vehicle_list = VehicleList(None, clock)
        self.vehicle_list.vehicles = list(cars)
        self.hears = lambda vehicle: False
        parts = parts_of(cloud=Cloud(), budget=self.budget, vehicle_list=self.vehicle_list, clock=clock)
        self.times = PollTimes(parts, lambda vehicle: self.hears(vehicle), lambda now: self.hour)

    def polled(self, ago):
        self.times.polled_at = self.clock.now() - ago
        return self.times

    def wait(self):
        """The seconds from this poll to the next."""
        self.times.polled_at = self.clock.now()
        return self.times.next_at() - self.clock.now()


def awake(clock, **values):
    return car(time=clock.now() - 60, **dict({"stateOfCharge": 57}, **values))


def asleep(clock):
    return car(time=clock.now() - intervals.SLEEPS_AFTER - 60, stateOfCharge=57)


def test_before_the_first_poll_it_is_due_and_nothing_is_told_of_the_next(clock):
    times = Times(clock).times
    assert times.is_due() and times.next_at() is None


def test_a_poll_is_due_when_the_interval_has_passed(clock):
    times = Times(clock, awake(clock))
    wait = times.wait()
    assert not times.times.is_due()
    clock.advance(wait)
    assert times.times.is_due()


@pytest.mark.parametrize("hour, factor", [(12, 2), (3, 1)])
def test_a_sleeping_car_is_asked_half_as_often_by_day_and_as_often_by_night(clock, hour, factor):
    waking, sleeping = Times(clock, awake(clock)), Times(clock, asleep(clock))
    waking.hour = sleeping.hour = hour
    assert sleeping.wait() == pytest.approx(factor * waking.wait())


def test_a_car_that_charges_is_asked_more_often_unless_the_stream_tells_of_it(clock):
    times = Times(clock, awake(clock, chargingStatus="CHARGING"))
    assert times.wait() < Times(clock, awake(clock)).wait() / 2
    times.hears = lambda vehicle: True
    assert times.wait() == pytest.approx(intervals.PACE[intervals.HEARD] * Times(clock, awake(clock)).wait())


def test_the_most_active_car_decides_when_to_poll(clock):
    busy = Times(clock, asleep(clock), awake(clock, chargingStatus="CHARGING"))
    assert busy.wait() < Times(clock, asleep(clock), awake(clock)).wait()


def test_the_stream_must_tell_of_all_cars(clock):
    first, second = awake(clock), awake(clock)
    times = Times(clock, first, second)
    steady = times.wait()
    times.hears = lambda vehicle: vehicle is first
    assert times.wait() == pytest.approx(steady)


def test_a_day_without_room_is_not_due_and_bmws_refusal_is_waited_for(clock):
    times = Times(clock, awake(clock))
    for _call in range(45):
        times.budget.spend(clock.now())
    assert not times.polled(6 * HOUR).is_due() and not times.times.has_room()
    blocked_until = times.budget.refused(clock.now(), 8 * HOUR)
    assert times.times.next_at() == blocked_until


def test_the_call_for_the_list_of_cars_belongs_to_a_poll(clock):
    times = Times(clock, awake(clock))
    for _call in range(44):
        times.budget.spend(clock.now())
    assert not times.times.has_room()
    times.vehicle_list._listed_at = clock.now()
    assert times.times.has_room()


def test_a_clock_that_was_set_back_makes_a_poll_due(clock):
    assert Times(clock, awake(clock)).polled(-HOUR).is_due()


def test_more_cars_than_the_day_has_calls_are_not_asked_at_once(clock):
    assert Times(clock, *[awake(clock) for _car in range(100)]).times.cars_at_once() == 44
    assert Times(clock, *[awake(clock) for _car in range(3)]).times.cars_at_once() == 3


def test_without_a_limit_the_cron_alone_says_when(clock):
    times = Times(clock, awake(clock, chargingStatus="CHARGING"), limit=None).polled(1)
    assert times.is_due() and times.has_room()
    assert times.next_at() is None and times.look_again_in() is None


def test_only_for_a_car_that_drives_or_charges_there_is_a_look_beside_the_cron(clock):
    assert Times(clock, awake(clock)).polled(1).look_again_in() is None
    times = Times(clock, awake(clock, chargingStatus="CHARGING"))
    times.polled(0)
    assert times.times.look_again_in() == times.wait() >= intervals.SOONEST


def test_a_look_is_never_put_off_for_long_whatever_the_clock_did(clock):
    times = Times(clock, awake(clock, chargingStatus="CHARGING"))
    assert times.polled(-30 * 86400).look_again_in() == intervals.AHEAD
    assert times.polled(30 * 86400).look_again_in() == intervals.SOONEST
