"""bmw.polling.intervals: the time between two polls. Time is an argument, so a loop simulates a whole week."""

import pytest
from bmw.clouds.cardata.cloud import CarData
from bmw.errors import QuotaExceeded
from bmw.polling import intervals
from bmw.polling.budget import DAY, Budget
from bmw.polling.intervals import ASLEEP, AWAKE, HEARD, SOONEST, at_once, interval, is_due, pace, soon
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import NOON


def spend(budget, now, count):
    """The budget after ``count`` calls."""
    for _ in range(count):
        budget.spend(now)
    return budget


# more cars than calls


def test_a_poll_asks_all_cars_while_the_days_calls_suffice_for_them():
    assert [at_once(50, cars) for cars in (0, 1, 3, 44)] == [1, 1, 3, 44]
    assert at_once(None, 500) == 500


def test_a_poll_of_more_cars_leaves_room_for_the_list_of_cars_and_the_reserve():
    budget = spend(Budget(50), NOON, 1 + at_once(50, 60))
    assert budget.left(NOON) == 5 and not budget.has_room(NOON, 1)


def test_a_car_is_asked_however_few_the_calls_are():
    assert at_once(1, 3) == 1


# the interval


def test_it_is_due_when_never_asked_or_when_the_clock_was_set_back():
    assert is_due(NOON, None, 1800)
    assert is_due(NOON, NOON + 60, 1800)


def test_it_is_due_after_the_interval_and_a_hair_early_is_fine():
    assert not is_due(NOON + 900, NOON, 1800)
    assert is_due(NOON + 1799, NOON, 1800)


@pytest.mark.parametrize("hour", intervals.NIGHT)
def test_at_night_the_interval_is_twice_as_long(hour):
    assert not is_due(NOON + 1800, NOON, pace(1800, AWAKE, hour))
    assert is_due(NOON + 3600, NOON, pace(1800, AWAKE, hour))


def test_more_cars_and_fewer_calls_are_asked_less_often():
    assert interval(50, 1) < interval(50, 2) < interval(50, 5)
    assert interval(100, 1) < interval(50, 1)
    assert interval(50, 0) == interval(50, 1)


@given(st.integers(1, 100000), st.integers(0, 20))
def test_there_is_always_an_interval(calls, cars):
    assert interval(calls, cars) > 0


def one_week(tick, cars):
    """(polls made, calls refused) in a week of ticks; decides like the service."""
    budget, last, listed, polls, refused = Budget(50), None, None, 0, 0
    for now in range(int(NOON), int(NOON) + 7 * DAY, tick):
        if not is_due(now, last, pace(interval(50, cars), AWAKE, (now // 3600) % 24)) or not budget.has_room(now, cars):
            continue
        last = now
        try:
            if listed is None or now - listed >= DAY:
                listed = now
                budget.spend(now)
            spend(budget, now, cars)
            polls += 1
        except QuotaExceeded:
            refused += 1
    return polls, refused


@pytest.mark.parametrize("tick", [60, 300, 420, 600, 1800])
@pytest.mark.parametrize("cars", [1, 2, 3, 5])
def test_a_weeks_calls_last_the_week_and_are_used(tick, cars):
    polls, refused = one_week(tick, cars)
    assert refused == 0
    assert 0.75 <= polls * cars / (7 * 44.0) <= 1.01


def test_with_the_default_settings_the_car_is_asked_every_half_hour_by_day():
    wait = pace(interval(50, 1, CarData.EXTRA_CALLS_A_DAY), AWAKE, 12)
    assert wait == 1800
    assert is_due(NOON + 1790, NOON, wait) and not is_due(NOON + 1700, NOON, wait)


def test_a_car_that_sleeps_or_is_heard_is_asked_less_often():
    assert 1800 == pace(1800, AWAKE, 12) < pace(1800, ASLEEP, 12) < pace(1800, HEARD, 12)


def test_the_night_makes_no_wait_longer_that_is_long_already():
    assert pace(1800, ASLEEP, 3) == pace(1800, ASLEEP, 12)
    assert pace(1800, HEARD, 3) == pace(1800, HEARD, 12)


def test_no_wait_is_longer_than_a_day():
    assert [pace(DAY * 0.9, situation, 12) for situation in (AWAKE, ASLEEP, HEARD)] == [DAY * 0.9, DAY, DAY]


def test_a_busy_car_is_asked_soon_while_there_is_much_left_and_later_with_little():
    assert soon(1864, 40, 1) == SOONEST
    assert SOONEST < soon(1864, 20, 1) < soon(1864, 15, 1) < interval(50, 1) < soon(1864, 5, 1)
    assert soon(1864, 40, 3) > soon(1864, 40, 1)


def test_where_bmw_allows_more_a_busy_car_is_no_reason_to_ask_less():
    assert soon(60, 1000, 1) == 60


@given(st.integers(0, 100000), st.integers(0, 20))
def test_a_busy_car_is_always_asked_again(room, cars):
    assert SOONEST <= soon(1864, room, cars) <= intervals.AHEAD
