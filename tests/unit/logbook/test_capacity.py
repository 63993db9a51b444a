"""bmw.logbook.capacity: what a full charge takes from the grid, learned from BMW's own figures."""

from random import Random

import pytest
from bmw.logbook import capacity
from bmw.logbook.capacity import CAPACITY, CHARGES, KEYS, TREND
from bmw.logbook.charges import Charge
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import VEHICLE

from tests.unit.fakes import NOON, car

DAY = 86400


def charge(energy=40.0, begin=30, final=80, day=0, source="bmw"):
    start = NOON + day * DAY
    return Charge("x", start, start + 3600, 3600, energy, begin, final, None, None, None, None, None, None, {"energy": source})


def year_of(full, fewer=0.0, charges=300, losses=0.10, seed=7):
    """Charges of a year of a battery of ``full`` kWh that loses the part ``fewer`` in it; each percent is a whole one."""
    random = Random(seed)
    found = []
    for number in range(charges):
        day = number * 365.0 / charges
        begin = random.uniform(10, 50)
        final = begin + random.uniform(10, 50)
        energy = (final - begin) / 100 * full * (1 - fewer * day / 365) * (1 + losses)
        found.append(charge(round(energy, 2), round(begin), round(final), day))
    return found


def test_every_key_is_in_the_vocabulary_and_says_that_it_is_ours():
    assert all("our own" in VEHICLE[key].label or key == CHARGES for key in KEYS)


def test_it_is_what_0_to_100_percent_takes_from_the_grid_and_says_of_how_many_charges():
    assert capacity.learned([charge(40.0, 30, 80), charge(24.0, 50, 80)] * 3) == (80.0, 6)


def test_it_agrees_with_the_battery_and_its_losses():
    found, number = capacity.learned(year_of(80.0))
    assert found == pytest.approx(88.0, rel=0.02)
    assert number == capacity.NEWEST


def test_a_few_charges_that_are_wrong_change_nothing():
    assert capacity.learned([charge()] * 9 + [charge(90.0)] * 4) == (80.0, 13)


@pytest.mark.parametrize(
    "one",
    [
        charge(energy=None),
        charge(begin=None),
        charge(final=None),
        charge(source="own"),
        charge(energy=10.0, begin=60, final=79),
        charge(begin=80, final=30),
        charge(begin=-40, final=80),
        charge(energy=0.0),
        charge(energy=900.0),
    ],
)
def test_a_charge_of_which_something_is_unknown_or_cannot_be_teaches_nothing(one):
    assert capacity.learned([one] * 30) == (None, 0)


def test_too_few_charges_teach_nothing():
    assert capacity.learned([charge()] * (capacity.LEAST - 1)) == (None, 0)


def test_the_trend_is_the_loss_of_a_year():
    charges = year_of(80.0, 0.03) + [charge(round(43.9 * 0.97, 2), 30, 80, 365 + day) for day in range(30)]
    assert -4.0 <= capacity.trend(charges) <= -2.0


def test_a_battery_that_loses_nothing_has_no_trend_worth_mentioning():
    assert abs(capacity.trend(year_of(80.0) + [charge(44.0, day=370)] * 20)) < 1.5


@pytest.mark.parametrize("days", [range(60), range(0, 200, 5), list(range(30)) + list(range(1000, 1030))])
def test_there_is_no_trend_without_charges_a_year_apart(days):
    assert capacity.trend([charge(day=day) for day in days]) is None


def test_readings_are_there_when_something_is_known_and_unknown_when_it_is_no_more():
    assert capacity.readings([charge()] * 4, car()) == {}
    found = capacity.readings([charge()] * 5, car())
    assert {key: reading.value for key, reading in found.items()} == {CAPACITY: 80.0, CHARGES: 5}
    known = car(learnedCapacity=80.0, learnedCapacityTrend=-1.0)
    assert capacity.readings([], known) == {CAPACITY: Reading(None), TREND: Reading(None)}
