"""bmw.logbook.charges: each charge once, BMW's figures first, a price that stays, sums of months, and a total that never falls."""

import time

import pytest
from bmw.logbook import charges
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import NOON

DAY, HOUR = 86400, 3600
#: of NOON's month, and of the month before
THIS, BEFORE = NOON - DAY, NOON - 5 * DAY


def told(start, hours=2, energy=14.4, **more):
    """A session of BMW's history."""
    session = {"start": start, "end": start + hours * HOUR, "energy": energy, "from": 30, "to": 65, "place": None}
    session.update(more)
    return session


def own(start, hours=2, **more):
    """An entry of what the car said itself."""
    return {"id": "{:.0f}".format(start), "own": dict({"start": start, "end": start + hours * HOUR, "from": 30, "to": 65}, **more)}


def log_of(*sessions, entries=(), capacity=None):
    return charges.merged(entries, charges.with_bmws(list(entries), list(sessions), capacity))


def only(entries):
    (found,) = charges.charges_of(entries)
    return found


def test_a_session_of_the_history_is_a_charge_in_all_its_parts():
    found = only(log_of(told(THIS, place="Musterstadt", odometer=18250, seconds=7000, curve=[[1, 11], [2, 0]])))
    assert (found.start, found.end, found.seconds, found.energy) == (THIS, THIS + 2 * HOUR, 7000, 14.4)
    assert (found.begin, found.final, found.place, found.odometer, found.curve) == (30, 65, "Musterstadt", 18250, "[[1,11],[2,0]]")
    assert set(found.sources.values()) == {"bmw"}


@pytest.mark.parametrize(
    "field, value",
    [("odometer", 1e300), ("odometer", float("inf")), ("seconds", 1.7e308), ("seconds", 15 * DAY), ("energy", 1001)],
)
def test_a_figure_that_no_charge_can_have_is_unknown(field, value):
    found = only(log_of(told(THIS, **{field: value})))
    assert getattr(found, field) is None and found.end == THIS + 2 * HOUR


def test_a_session_that_is_told_again_is_the_same_charge_as_it_is_told_now():
    entries = log_of(told(THIS, energy=3, place="Musterstadt"))
    found = only(log_of(told(THIS, energy=4), entries=entries))
    assert (found.energy, found.place) == (4, "Musterstadt")


def test_what_is_told_again_without_news_changes_nothing():
    entries = log_of(told(THIS))
    assert charges.with_bmws(entries, [told(THIS)], None) == []


def test_the_charge_that_the_car_said_and_bmw_tells_is_one_and_bmws_figures_count():
    entries = log_of(told(THIS, energy=14.4, **{"from": None}), entries=[own(THIS + 600, energy=12.0, **{"from": 31})])
    found = only(entries)
    assert (found.start, found.energy, found.begin) == (THIS, 14.4, 31)
    assert (found.sources["energy"], found.sources["from"]) == ("bmw", "own")


def test_charges_after_one_another_are_two():
    assert len(charges.charges_of(log_of(told(THIS, hours=1), entries=[own(THIS + HOUR)]))) == 2


def test_what_the_car_said_in_two_parts_is_one_charge_of_bmw():
    parts = [own(THIS, hours=0.5), own(THIS + HOUR, hours=1)]
    assert only(log_of(told(THIS), entries=parts)).energy == 14.4


def test_of_two_charges_that_the_car_ran_into_one_none_is_missing():
    entries = log_of(told(THIS, hours=1, energy=5), told(THIS + 2 * HOUR, hours=3, energy=9), entries=[own(THIS, hours=5)])
    assert [one.energy for one in charges.charges_of(entries)] == [5, 9]


def test_without_bmws_energy_it_is_made_of_the_state_of_charge_and_said_to_be_ours():
    found = only(log_of(told(THIS, energy=None), capacity=40.0))
    assert (found.energy, found.sources["energy"]) == (14.0, "own")
    assert only(log_of(told(THIS, energy=None))).energy is None


@pytest.mark.parametrize("session", [told(THIS, hours=-1), told(THIS, hours=24 * 15), {"start": THIS}, {"start": None, "end": THIS}])
def test_what_cannot_be_a_charge_is_none(session):
    assert log_of(session) == []


def test_an_energy_that_cannot_be_is_unknown():
    assert only(log_of(told(THIS, energy=1e12))).energy is None


def test_the_place_and_the_curve_have_an_end():
    (entry,) = log_of(told(THIS, place="x" * 5000, curve=[[number, 1] for number in range(5000)]))
    assert len(entry["bmw"]["place"]) == charges.MAX_PLACE and len(entry["bmw"]["curve"]) <= charges.MAX_CURVE


def priced(entries, price):
    return charges.merged(entries, charges.with_prices(entries, lambda charge: price))


def test_a_charge_costs_its_energy_at_its_price():
    assert only(priced(log_of(told(THIS, energy=10.0)), 0.357)).cost == 3.57


def test_a_changed_price_never_changes_an_old_charge():
    entries = priced(log_of(told(BEFORE, energy=10)), 0.3)
    entries = priced(log_of(told(THIS, energy=10), entries=entries), 0.5)
    assert [one.cost for one in charges.charges_of(entries)] == [3.0, 5.0]


def test_without_price_or_energy_the_cost_is_unknown_and_nothing_charged_costs_nothing():
    assert only(log_of(told(THIS))).cost is None
    assert only(priced(log_of(told(THIS, energy=None)), 0.3)).cost is None
    assert only(log_of(told(THIS, energy=0.0))).cost == 0


@pytest.mark.parametrize(
    "state, price",
    [("0.35", 0.35), ("0.35 EUR/kWh", 0.35), ("-0.05", -0.05), ("1", 1.0), ("NULL", None), ("", None), (None, None), ("0,35", None)]
    + [("1E5", None), ("9" * 400, None), ("101", None), ("0.35x", None)],
)
def test_the_price_in_an_items_state(state, price):
    assert charges.price_in(state) == price


def shown(entries, has_price=False, now=NOON):
    return {key: reading.value for key, reading in charges.readings(entries, now, has_price).items()}


def test_the_sums_of_this_month_and_the_last():
    values = shown(log_of(told(THIS), told(THIS - 7200 * 3, energy=5.6), told(BEFORE, energy=7)))
    assert (values["chargingSessionsThisMonth"], values["energyChargedThisMonth"]) == (2, 20.0)
    assert (values["chargingSessionsLastMonth"], values["energyChargedLastMonth"], values["energyChargedTotal"]) == (1, 7, 27.0)
    assert values["chargingCostThisMonth"] is None


def test_the_costs_of_this_month_and_the_last():
    values = shown(priced(log_of(told(THIS, energy=10), told(BEFORE, energy=7)), 0.3), has_price=True)
    assert (values["chargingCostThisMonth"], values["chargingCostLastMonth"]) == (3.0, 2.1)


def test_without_charges_the_sums_are_zero_and_without_a_price_the_cost_is_unknown():
    values = shown([])
    assert (values["chargingSessionsThisMonth"], values["energyChargedThisMonth"], values["energyChargedTotal"]) == (0, 0, 0)
    assert values["chargingCostThisMonth"] is None and shown([], has_price=True)["chargingCostThisMonth"] == 0


def test_a_sum_with_an_unknown_part_is_unknown():
    values = shown(log_of(told(THIS, energy=None), told(THIS - DAY)), has_price=True)
    assert values["chargingSessionsThisMonth"] == 2
    assert values["energyChargedThisMonth"] is None and values["chargingCostThisMonth"] is None


def test_the_month_is_that_of_the_house():
    entries = log_of(told(BEFORE))
    begin = time.mktime((2026, 10, 1, 0, 0, 0, 0, 0, -1))
    assert shown(entries, now=begin - 1)["chargingSessionsThisMonth"] == 1
    assert shown(entries, now=begin)["chargingSessionsThisMonth"] == 0


def test_a_corrected_energy_does_not_lower_the_total_and_it_goes_on_when_the_sum_is_above_it():
    entries = log_of(told(BEFORE, energy=20))
    entries = charges.stamped(entries, charges.total_of(entries))
    entries = log_of(told(BEFORE, energy=15), entries=entries)
    assert charges.total_of(entries) == 20
    assert charges.total_of(log_of(told(THIS, energy=10), entries=entries)) == 25


def test_after_a_loss_the_total_goes_on_from_what_was_shown_and_no_charge_counts_twice():
    entries = [charges.restored(5000, NOON)]
    assert charges.total_of(log_of(told(THIS), entries=entries)) == 5000
    assert charges.total_of(log_of(told(THIS), told(NOON + HOUR, energy=7), entries=entries)) == 5007


def test_what_leaves_the_log_stays_in_the_total():
    entries = log_of(told(BEFORE, energy=20), told(THIS, energy=5))
    folded = charges.fold(entries[:1])
    assert charges.total_of([folded] + entries[1:]) == 25
    assert charges.total_of([charges.fold([folded] + entries[1:])]) == 25


sessions = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 10), st.floats(0, 100)), max_size=25)


@given(sessions, st.lists(st.tuples(st.integers(0, 400), st.integers(1, 10)), max_size=25))
def test_whatever_the_car_said_no_charge_of_bmw_is_missing_or_twice(of_bmw, of_car):
    bmws = {start: told(THIS + start * HOUR, hours, energy) for start, hours, energy in of_bmw}
    cars = {start: own(THIS + start * HOUR + 60, hours) for start, hours in of_car}
    entries = log_of(*bmws.values(), entries=list(cars.values()))
    found = [one for one in charges.charges_of(entries) if one.sources.get("energy") == "bmw"]
    assert sorted((one.start, one.energy) for one in found) == sorted((one["start"], one["energy"]) for one in bmws.values())
    own_only = [one for one in charges.charges_of(entries) if one.sources["start"] == "own"]
    assert not any(one.start < told["end"] and told["start"] < one.end for one in own_only for told in bmws.values())
