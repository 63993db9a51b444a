"""bmw.commands.unlocking: an unlock is allowed by the settings of both accounts, and confirmed once, in time, for one car."""

import pytest
from bmw.commands.commander import Moment, Order
from bmw.commands.unlocking import CONFIRM, CONFIRM_AFTER, CONFIRM_WITHIN, Rights, Unlocking

from tests.unit.fakes import NOON, car

I3, I4 = car("i3", vin="WBY00TEST00000001"), car("i4", vin="WBY00TEST00000002")


def unlock(rights, at=0.0, vehicle=I3, steady=None):
    """An unlock order, ``at`` seconds after noon; ``steady`` is the time of the monotonic clock, if it differs."""
    return Order(vehicle, "unlock", {}, None, Moment(NOON + at, 5000 + (at if steady is None else steady)), rights)


@pytest.mark.parametrize(
    "own, sender, reason",
    [
        (True, True, None),
        (False, True, "unlocking is not allowed: set home.allow_unlock = yes in bmw.cfg"),
        (True, False, "unlocking is not allowed: set app.allow_unlock = yes in bmw.cfg"),
        (False, False, "unlocking is not allowed: set home.allow_unlock = yes and app.allow_unlock = yes in bmw.cfg"),
    ],
)
def test_both_accounts_must_allow_it(own, sender, reason):
    assert Unlocking(Rights("app", sender, False)).refusal(unlock(Rights("home", own, False))) == reason


@pytest.mark.parametrize("allowed, reason", [(True, None), (False, "unlocking is not allowed: set allow_unlock = yes in bmw.cfg")])
def test_an_account_that_sends_for_its_own_cars_is_named_once(allowed, reason):
    rights = Rights("", allowed, False)
    assert Unlocking(rights).refusal(unlock(rights)) == reason


@pytest.mark.parametrize("own, sender", [(True, False), (False, True), (True, True)])
def test_either_account_can_require_the_second_one(own, sender):
    unlocking, home = Unlocking(Rights("app", True, sender)), Rights("home", True, own)
    assert [unlocking.refusal(unlock(home, at)) for at in (0, CONFIRM_WITHIN, CONFIRM_WITHIN + 1)] == [CONFIRM, None, CONFIRM]


@pytest.mark.parametrize("seconds", [0, 0.5 * CONFIRM_AFTER])
def test_one_that_comes_at_once_is_the_same_press_and_confirms_nothing(seconds):
    """One ON to a group is two commands for an item that is in two groups below it."""
    home = Rights("home", True, True)
    unlocking = Unlocking(home)
    assert [unlocking.refusal(unlock(home, at)) for at in (0, seconds)] == [CONFIRM, CONFIRM]
    assert unlocking.refusal(unlock(home, seconds + CONFIRM_AFTER)) is None


def test_a_switch_that_bounces_confirms_nothing():
    home = Rights("home", True, True)
    unlocking = Unlocking(home)
    assert [unlocking.refusal(unlock(home, number * 0.5 * CONFIRM_AFTER)) for number in range(10)] == [CONFIRM] * 10


@pytest.mark.parametrize("clock, steady", [(CONFIRM_WITHIN + 1, 1), (1, CONFIRM_WITHIN + 1), (-1, 1), (1, -1), (0.5, 1), (1, 0.5)])
def test_both_clocks_must_say_that_it_came_in_time(clock, steady):
    home = Rights("home", True, True)
    unlocking = Unlocking(home)
    assert unlocking.refusal(unlock(home)) == CONFIRM
    assert unlocking.refusal(unlock(home, clock, steady=steady)) == CONFIRM


def test_another_car_or_another_account_confirms_nothing():
    home, guest = Rights("home", True, True), Rights("guest", True, True)
    unlocking = Unlocking(home)
    assert unlocking.refusal(unlock(home)) == CONFIRM
    assert unlocking.refusal(unlock(home, 1, I4)) == CONFIRM
    assert unlocking.refusal(unlock(guest, 1)) == CONFIRM
    assert unlocking.refusal(unlock(home, 1)) is None


def test_what_is_forbidden_confirms_nothing():
    forbidden, allowed = Rights("home", False, True), Rights("home", True, True)
    unlocking = Unlocking(Rights("app", True, True))
    assert "not allowed" in unlocking.refusal(unlock(forbidden))
    assert unlocking.refusal(unlock(allowed, 1)) == CONFIRM
