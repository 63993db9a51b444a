"""bmw.polling.budget: the calls of a day. Time is an argument, so a loop simulates a whole week."""

import json

import pytest
from bmw.errors import QuotaExceeded, ServerError
from bmw.polling.budget import AFTER_MIDNIGHT, DAY, Budget
from bmw.times import CLOCK_IS_SET
from hypothesis import given
from hypothesis import strategies as st

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


def test_a_call_counts_until_the_last_second_of_its_minute_is_a_day_old_for_a_person_too():
    budget = spend(Budget(1), NOON, 1)
    last = NOON + 60 + DAY - 1
    assert [budget.spent(last), budget.spent(last + 1)] == [1, 0]
    with pytest.raises(QuotaExceeded):
        budget.spend(last, by_person=True)
    budget.spend(last + 1, by_person=True)


def test_the_record_keeps_a_call_as_long_as_it_counts():
    budget = spend(Budget(None), NOON, 1)
    assert spend(budget, NOON + 60 + DAY - 1, 1).to_record()["calls"] == [[NOON // 60, 1], [NOON // 60 + DAY // 60, 1]]


def test_a_limit_of_no_calls_tells_the_present_time_as_there_is_no_call_to_wait_for():
    with pytest.raises(QuotaExceeded) as error:
        Budget(0).spend(NOON)
    assert error.value.retry_at == NOON


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


def test_the_record_has_one_entry_for_all_calls_of_a_minute():
    budget = spend(spend(spend(Budget(50), NOON, 3), NOON + 59, 1), NOON + 120, 1)
    minute = NOON // 60
    assert budget.to_record()["calls"] == [[minute, 4], [minute + 2, 1]]


def test_a_budget_without_limit_lets_everything_through():
    budget = spend(Budget(None), NOON, 500)
    assert budget.left(NOON) is None


def test_the_count_survives_a_restart():
    record = json.loads(json.dumps(spend(Budget(50), NOON, 7).to_record()))
    assert Budget(50, record).left(NOON + 3600) == 43


def test_calls_from_a_clock_that_was_set_back_do_not_block_for_ever():
    budget = spend(Budget(10), NOON + 400 * DAY, 9)
    assert budget.left(NOON) == 10


class Clocks:
    """The system clock, which can be set, and the monotonic clock, which cannot."""

    def __init__(self, now):
        self.now, self.passed = now, 1000.0

    def monotonic(self):
        return self.passed

    def advance(self, seconds):
        self.now += seconds
        self.passed += seconds


UNSET = 120.0


def started(clocks, record=None, limit=10):
    budget = Budget(limit, monotonic=clocks.monotonic)
    budget.load(json.loads(json.dumps(record)), clocks.now)
    return budget


def test_the_record_has_the_minute_of_a_call_whatever_second_it_was_made_in():
    clocks = Clocks(NOON + 50)
    budget = started(clocks)
    budget.spend(clocks.now)
    clocks.advance(3600)
    budget.spend(clocks.now)
    assert budget.to_record()["calls"] == [[NOON // 60, 1], [NOON // 60 + 60, 1]]


def test_calls_of_before_are_taken_as_noted_where_one_of_the_two_clocks_is_unknown():
    record = spend(Budget(10), NOON, 3).to_record()
    without_time, without_monotonic = Budget(10, monotonic=Clocks(NOON).monotonic), Budget(10)
    without_time.load(record)
    without_monotonic.load(record, NOON)
    assert [without_time.left(NOON), without_monotonic.left(NOON)] == [7, 7]


def test_from_its_first_second_on_a_set_clock_is_believed():
    """The clock shows the first second that counts as set; there are calls of that second and of a day later."""
    clocks = Clocks(float(CLOCK_IS_SET))
    first, ahead, further = CLOCK_IS_SET // 60, (CLOCK_IS_SET + DAY) // 60, (CLOCK_IS_SET + DAY) // 60 + 1
    assert started(clocks, {"calls": [[first, 1], [ahead, 2], [further, 4]]}).spent(clocks.now) == 7  # the last: made at the start
    budget = started(clocks, {"calls": [[ahead, 2], [further, 4]]})
    clocks.advance(DAY + 120)
    assert budget.spent(clocks.now) == 2
    clocks.advance(DAY - 120)
    assert started(clocks, {"calls": [[first, 1], [ahead, 2]]}).spent(clocks.now) == 2
    set_at_once = Budget(10, {"calls": [[first, 1], [ahead, 2], [further, 4]]})
    assert [set_at_once.spent(CLOCK_IS_SET), set_at_once.spent(CLOCK_IS_SET - 1)] == [3, 7]


@pytest.mark.parametrize("before, after", [(UNSET, NOON), (NOON, NOON + 3 * DAY), (NOON, NOON - 3 * DAY), (NOON, UNSET)])
def test_calls_of_before_the_clock_was_set_count_until_a_day_has_really_passed(before, after):
    clocks = Clocks(before)
    budget = spend(started(clocks), clocks.now, 9)
    clocks.now = after
    assert budget.left(clocks.now) == 1
    with pytest.raises(QuotaExceeded):
        budget.spend(clocks.now)
    clocks.advance(DAY - 121)
    assert budget.left(clocks.now) == 1
    budget = started(clocks, budget.to_record())
    clocks.advance(300)
    assert budget.left(clocks.now) == (1 if after == UNSET else 10)


def test_calls_that_a_clock_noted_before_it_was_set_count_as_made_at_the_start():
    clocks = Clocks(UNSET)
    record = spend(started(clocks), clocks.now, 9).to_record()
    clocks.now = NOON
    budget = started(clocks, record)
    assert budget.left(clocks.now) == 1
    clocks.advance(DAY + 60)
    assert budget.left(clocks.now) == 10


def test_while_the_clock_is_not_set_the_calls_of_earlier_count_and_then_by_their_true_age():
    clocks = Clocks(NOON)
    record = spend(started(clocks), clocks.now, 8).to_record()
    clocks.now = UNSET
    budget = started(clocks, record)
    assert budget.left(clocks.now) == 2
    budget.spend(clocks.now)
    record = budget.to_record()
    for one in (budget, started(clocks, record)):
        clocks.now = NOON + 3600
        assert one.left(clocks.now) == 1
        clocks.now = NOON + 2 * DAY
        assert one.left(clocks.now) == 9
        clocks.now = UNSET


def test_calls_that_a_clock_noted_far_ahead_count_as_made_at_the_start_and_do_not_block_for_ever():
    clocks = Clocks(NOON + 400 * DAY)
    record = spend(started(clocks), clocks.now, 9).to_record()
    clocks.now = NOON
    budget = started(clocks, record)
    assert not budget.has_room(clocks.now, 1)
    clocks.advance(DAY + 60)
    assert budget.has_room(clocks.now, 9)


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.sampled_from([0, 0, 0, 3600, -3600, 40 * DAY, -40 * DAY, -56 * 366 * DAY])), max_size=80)
)
def test_however_often_the_clock_is_set_no_real_day_holds_more_calls_than_allowed(steps):
    clocks, made = Clocks(NOON + 0.5), []
    budget = started(clocks, limit=12)
    for pause, jump in steps:
        clocks.advance(pause)
        clocks.now = max(UNSET, clocks.now + jump)
        try:
            budget.spend(clocks.now, by_person=True)
            made.append(clocks.passed)
        except QuotaExceeded:
            pass
    for end in made:
        assert len([moment for moment in made if end - DAY < moment <= end]) <= 12


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


# BMW refuses calls


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


def test_a_refusal_right_after_midnight_holds_to_the_next_one():
    budget = Budget(50)
    assert budget.refused(MIDNIGHT + 1, 1e9) == MIDNIGHT + DAY + 300
    with pytest.raises(QuotaExceeded):
        budget.spend(MIDNIGHT + 2)


def test_an_answer_ends_the_back_off():
    budget = Budget(50)
    budget.refused(NOON)
    budget.answered()
    assert budget.to_record()["blocked_until"] == 0
    budget.spend(NOON)
    assert budget.refused(NOON) == NOON + 3600


def test_a_refusal_holds_over_a_restart():
    budget = Budget(50)
    budget.refused(NOON)
    with pytest.raises(QuotaExceeded):
        Budget(50, budget.to_record()).spend(NOON + 60)


def test_the_refusals_in_a_row_are_counted_on_over_a_restart():
    budget = Budget(50)
    budget.refused(NOON)
    assert Budget(50, budget.to_record()).refused(NOON + 3600) == NOON + 3600 + 7200


def test_what_is_left_alone_is_left_alone_over_a_restart():
    budget = Budget(50)
    budget.pauses.failed("list of cars", NOON, ServerError("BMW is down"), (600,))
    assert Budget(50, json.loads(json.dumps(budget.to_record()))).pauses.held("list of cars", NOON + 599) is not None


def test_the_error_says_whether_our_limit_or_bmws_is_used_up():
    with pytest.raises(QuotaExceeded) as ours:
        spend(Budget(20), NOON, 19)
    assert ours.value.text() == "The daily allowance of 20 calls is used up: polling continues automatically"
    budget = Budget(20)
    until = budget.refused(NOON)
    with pytest.raises(QuotaExceeded) as bmws:
        budget.spend(NOON)
    assert bmws.value.text() == "BMW's daily allowance of calls is used up: polling continues automatically"
    assert bmws.value.retry_at == until


def test_a_refusal_from_a_clock_that_was_set_back_does_not_block_for_ever():
    budget = Budget(50)
    budget.refused(NOON + 400 * DAY)
    budget.spend(NOON)


def test_a_refusal_holds_for_a_day_and_the_minutes_after_midnight_and_no_longer():
    budget = Budget(50)
    until = budget.refused(MIDNIGHT, 1e9)
    assert until == MIDNIGHT + DAY + AFTER_MIDNIGHT
    assert not budget.has_room(MIDNIGHT, 1)
    assert budget.has_room(MIDNIGHT - 1, 1)  # the clock was set back


# room for a poll


def test_there_is_room_while_the_reserve_is_not_touched():
    budget = spend(Budget(50), NOON, 43)
    assert budget.has_room(NOON, 2)
    assert not budget.has_room(NOON, 3)
    assert Budget(None).has_room(NOON, 10**6)


def test_the_room_is_what_the_reserve_leaves_and_never_less_than_nothing():
    budget = spend(Budget(50), NOON, 44)
    assert budget.room(NOON) == 1
    spend(budget, NOON, 6, by_person=True)
    assert budget.room(NOON) == 0
    assert Budget(None).room(NOON) is None


def test_a_call_at_the_same_time_of_each_day_finds_room_though_it_is_a_minute_early():
    budget = spend(Budget(50), NOON, 45)
    assert budget.room(NOON + DAY - 60) == 45
    budget.spend(NOON + DAY - 60)


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
