"""bmw.schedule: when to ask next. Time is an argument, so a whole week is a loop."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw import schedule
from bmw.clouds.cardata import CarData
from bmw.errors import QuotaExceeded
from bmw.schedule import ASLEEP, AWAKE, DAY, HEARD, SOONEST, Budget, at_once, interval, is_due, pace, soon
from tests.unit.fakes import NOON

MIDNIGHT = NOON + 43200


def spend(budget, now, count, by_person=False):
    for _ in range(count):
        budget.spend(now, by_person)
    return budget


# the budget


def test_calls_count_for_24_hours():
    budget = spend(Budget(50), NOON, 3)
    assert [budget.left(NOON), budget.left(NOON + DAY - 1), budget.left(NOON + DAY + 60)] == [47, 47, 50]


def test_a_call_after_midnight_does_not_have_a_new_allowance_because_bmw_may_count_otherwise():
    assert spend(Budget(50), NOON, 3).left(MIDNIGHT + 1) == 47


def test_the_last_tenth_is_kept_for_a_person():
    budget = spend(Budget(50), NOON, 45)
    with pytest.raises(QuotaExceeded):
        budget.spend(NOON)
    spend(budget, NOON, 5, by_person=True)
    assert budget.left(NOON) == 0


def test_a_person_cannot_overdraw_either():
    budget = spend(Budget(50), NOON, 50, by_person=True)
    with pytest.raises(QuotaExceeded) as error:
        budget.spend(NOON, by_person=True)
    assert NOON + DAY <= error.value.retry_at <= NOON + DAY + 60


def test_the_time_told_is_one_at_which_a_call_is_possible():
    budget = spend(Budget(10), NOON, 9)
    with pytest.raises(QuotaExceeded) as error:
        budget.spend(NOON + 100)
    budget.spend(error.value.retry_at)


def test_a_budget_without_limit_lets_everything_through():
    budget = spend(Budget(None), NOON, 500)
    assert budget.left(NOON) is None


def test_the_count_survives_a_restart():
    record = json.loads(json.dumps(spend(Budget(50), NOON, 7).to_record()))
    assert Budget(50, record).left(NOON + 3600) == 43


def test_calls_from_a_clock_that_was_set_back_do_not_block_for_ever():
    budget = spend(Budget(10), NOON + 400 * DAY, 9)
    assert budget.left(NOON) == 10


@given(st.lists(st.integers(0, 5000), max_size=80))
def test_no_rolling_day_ever_holds_more_calls_than_allowed(pauses):
    budget, now, made = Budget(12), NOON, []
    for pause in pauses:
        now += pause
        try:
            budget.spend(now, by_person=True)
            made.append(now)
        except QuotaExceeded:
            pass
    for end in made:
        assert len([time for time in made if end - DAY < time <= end]) <= 12


# BMW's refusal


def test_after_a_refusal_nobody_asks_until_the_time_told():
    budget = Budget(50)
    until = budget.refused(NOON)
    assert until == NOON + 3600
    with pytest.raises(QuotaExceeded) as error:
        budget.spend(NOON + 3599, by_person=True)
    assert error.value.retry_at == until
    budget.spend(until)


def test_each_further_refusal_doubles_the_wait():
    budget, now, waits = Budget(50), NOON - 43200, []
    for _ in range(5):
        until = budget.refused(now)
        waits.append((until - now) / 3600)
        now = until
    assert waits == [1, 2, 4, 8, 8]


def test_no_wait_lasts_beyond_the_next_utc_midnight():
    assert Budget(50).refused(MIDNIGHT - 600) == MIDNIGHT + 300


def test_bmws_own_retry_after_is_kept():
    assert Budget(50).refused(NOON, 120.0) == NOON + 120


def test_an_absurd_retry_after_ends_at_midnight():
    assert Budget(50).refused(NOON, 1e9) == MIDNIGHT + 300


def test_an_answer_ends_the_back_off():
    budget = Budget(50)
    budget.refused(NOON)
    budget.answered()
    budget.spend(NOON)
    assert budget.refused(NOON) == NOON + 3600


def test_a_refusal_holds_over_a_restart():
    budget = Budget(50)
    budget.refused(NOON)
    with pytest.raises(QuotaExceeded):
        Budget(50, budget.to_record()).spend(NOON + 60)


def test_a_refusal_from_a_clock_that_was_set_back_does_not_block_for_ever():
    budget = Budget(50)
    budget.refused(NOON + 400 * DAY)
    budget.spend(NOON)


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


@pytest.mark.parametrize("hour", schedule.NIGHT)
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
    """(polls made, calls refused) of a week of ticks, as the service does it."""
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
    assert SOONEST <= soon(1864, room, cars) <= schedule.AHEAD


# room for a poll


def test_there_is_room_while_the_reserve_is_not_touched():
    budget = spend(Budget(50), NOON, 43)
    assert budget.has_room(NOON, 2)
    assert not budget.has_room(NOON, 3)
    assert Budget(None).has_room(NOON, 10**6)


def test_where_nothing_is_limited_old_calls_are_forgotten_too():
    budget = Budget(None)
    for call in range(3 * 288):
        budget.spend(NOON + 300 * call)
    assert len(budget.to_record()["calls"]) <= 289


def test_there_is_no_room_while_a_refusal_holds():
    budget = Budget(50)
    until = budget.refused(NOON)
    assert not budget.has_room(until - 1, 1)
    assert budget.has_room(until, 1)
