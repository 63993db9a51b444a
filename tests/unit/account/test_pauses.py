"""bmw.account.pauses: a failed call must wait, longer after each failure in a row."""

import json

import pytest
from bmw.account import pauses
from bmw.account.pauses import Pauses, token_steps
from bmw.errors import AccessDenied, NetworkError, Paused, ServerError, SignInFailed, SignInNeeded

from tests.unit.fakes import NOON

DAY = 86400


def down(retry_after=None):
    error = ServerError("BMW is down", "it is tried again")
    error.retry_after = retry_after
    return error


def fail(kept, times, now=NOON, error=None, **options):
    """Lets a call fail ``times`` times, each time when its wait is over. Returns (time of the end of the last wait, waits)."""
    waits = []
    for _ in range(times):
        until = kept.failed("x", now, error or down(), **options)
        waits.append((until or now) - now)
        now = until or now
    return now, waits


def test_a_call_that_never_failed_is_not_left_alone():
    assert Pauses().held("x", NOON) is None
    assert Pauses().last_state("x") is None


def test_the_pauses_grow_with_each_failure_up_to_two_hours():
    assert fail(Pauses(), 8)[1] == [0, 600, 1200, 2400, 4800, 7200, 7200, 7200]


def test_a_day_of_failures_has_few_calls_whatever_the_time_between_two_polls():
    kept, now, calls = Pauses(), NOON, 0
    while now < NOON + DAY:
        if kept.held("x", now) is None:
            kept.failed("x", now, down())
            calls += 1
        now += 60
    assert calls <= 17


def test_what_is_left_alone_says_what_failed_and_until_when():
    kept = Pauses()
    kept.failed("x", NOON, AccessDenied("no", "do this"), steps=(600,))
    with pytest.raises(Paused) as caught:
        kept.check("x", NOON + 599)
    assert (caught.value.state, caught.value.text(), caught.value.retry_at) == ("ACCESS_DENIED", "no: do this", NOON + 600)
    assert kept.last_state("x") == "ACCESS_DENIED"
    kept.check("x", NOON + 600)
    kept.check("y", NOON)


def test_a_call_that_works_starts_again_with_the_shortest_pause():
    kept = Pauses()
    fail(kept, 5)
    assert kept.worked("x") and not kept.worked("x")
    assert fail(kept, 2)[1] == [0, 600]


@pytest.mark.parametrize("named, wait", [(30, 600), (3600, 3600), (86400, pauses.MAX_RETRY_AFTER), (None, 600)])
def test_bmws_own_wait_is_respected_within_limits(named, wait):
    kept = Pauses()
    kept.failed("x", NOON, down())
    assert kept.failed("x", NOON, down(named)) == NOON + wait


def test_a_failure_during_a_pause_keeps_its_length_and_one_after_lifting_doubles_it():
    kept = Pauses()
    now = fail(kept, 3)[0] - 600
    assert kept.held("x", now) is not None
    assert kept.failed("x", now, down()) == now + 1200
    kept.lift("x")
    assert kept.held("x", now) is None
    assert kept.failed("x", now, down()) == now + 2400


def test_all_pauses_can_be_lifted_or_forgotten_at_once():
    kept = Pauses()
    for name in ("x", "y"):
        kept.failed(name, NOON, down(600))
    kept.lift()
    assert kept.held("x", NOON) is None and kept.held("y", NOON) is None and kept.last_state("y") == "OFFLINE"
    kept.forget()
    assert kept.to_record() == {}


def test_pauses_survive_a_restart():
    kept = Pauses()
    now = fail(kept, 3)[0]
    again = Pauses(json.loads(json.dumps(kept.to_record())))
    assert again.held("x", now - 1).text() == "BMW is down: it is tried again"
    assert again.failed("x", now, down()) == now + 2400


def test_a_clock_that_was_set_back_leaves_nothing_alone_for_years():
    kept = Pauses()
    kept.failed("x", NOON, down(3600))
    assert kept.held("x", NOON - 400 * DAY) is None


def test_an_old_failure_is_forgotten_after_some_days():
    kept = Pauses()
    kept.failed("old", NOON, down())
    kept.failed("x", NOON + 8 * DAY, down())
    assert list(kept.to_record()) == ["x"]


@pytest.mark.parametrize(
    "error, steps",
    [
        (SignInNeeded("dead"), pauses.REFUSED_STEPS),
        (SignInFailed("no"), pauses.REFUSED_STEPS),
        (NetworkError("no line"), pauses.UNANSWERED_STEPS),
        (ServerError("down"), pauses.TOKEN_STEPS),
    ],
)
def test_the_pauses_between_token_requests_depend_on_the_error(error, steps):
    assert token_steps(error) == steps
    assert all(300 <= earlier <= later for earlier, later in zip(steps, steps[1:]))


@pytest.mark.parametrize("names", [(), ("x", "y"), ("x",)])
def test_a_lifted_pause_keeps_its_step_when_another_call_fails(names):
    kept = Pauses()
    now = fail(kept, 4)[0]
    kept.lift(*names)
    kept.failed("y", now, down())
    assert kept.failed("x", now, down()) == now + 4800


def test_a_lifted_pause_stays_lifted_over_a_restart_until_the_call_fails_again():
    kept = Pauses()
    now = fail(kept, 3)[0] - 60
    kept.lift()
    again = Pauses(json.loads(json.dumps(kept.to_record())))
    assert again.held("x", now) is None
    again.failed("x", now, down())
    assert again.held("x", now) is not None


def test_what_an_older_version_stored_still_counts():
    again = Pauses({"x": [3, NOON + 600, "OFFLINE", "BMW is down", "wait"]})
    assert (again.held("x", NOON).text(), again.last_state("x")) == ("BMW is down: wait", "OFFLINE")
    assert again.failed("x", NOON + 600, down()) == NOON + 600 + 2400
