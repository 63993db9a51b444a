"""bmw.logbook.observation: what a car says is a charge, once, also through silence and restarts."""

import json

import pytest
from bmw.logbook import charges, course, ledger, observation
from bmw.vehicle.vehicle import Reading

from tests.unit.fakes import NOON

MINUTE, HOUR, DAY = 60, 3600, 86400


class Told:
    """A car that tells something now and then. ``ended`` is what the watch made of it."""

    def __init__(self, capacity=40.0):
        self.capacity, self.readings, self.entries, self.ended = capacity, {}, [], []
        self.restart()

    def restart(self):
        self.watch = observation.Watch(json.loads(json.dumps(self.entries)))

    def say(self, minute, **said):
        """The car says this; ``charging`` and the others have this time."""
        moment = NOON + minute * MINUTE
        self.readings.update({key: Reading(value, moment) for key, value in said.items()})
        return self.look(minute)

    def look(self, minute):
        found = self.watch.look(self.readings, NOON + minute * MINUTE, self.capacity)
        self.ended += found
        for own in found:
            self.entries = charges.merged(self.entries, [charges.with_own(self.entries, own)])
        self.entries = charges.merged(self.entries, [self.watch.open_entry()])
        return found


@pytest.fixture
def car():
    return Told()


def span(own):
    return (own["start"] - NOON) / MINUTE, (own["end"] - NOON) / MINUTE


def test_a_charge_has_start_end_states_of_charge_energy_odometer_and_a_curve(car):
    car.say(0, charging=False, stateOfCharge=20, odometer=1000)
    car.say(10, charging=True, chargingPower=11000)
    car.say(70, stateOfCharge=45, chargingPower=7000)
    assert car.say(130, charging=False, stateOfCharge=60, chargingPower=None) == []
    (own,) = car.look(141)
    assert span(own) == (10, 130) and (own["from"], own["to"], own["energy"], own["odometer"]) == (20, 60, 16.0, 1000)
    assert own["seconds"] == 2 * HOUR
    start = int(NOON)
    assert json.loads(own["curve"]) == [[start + 600, 11.0], [start + 4200, 7.0], [start + 7800, 0]]
    assert car.look(300) == [] and car.say(400, stateOfCharge=60) == []


def test_a_pause_of_some_minutes_does_not_make_two(car):
    car.say(0, charging=True, stateOfCharge=20)
    car.say(30, charging=False, stateOfCharge=30)
    car.say(35, charging=True)
    car.say(60, charging=False, stateOfCharge=40)
    car.look(90)
    assert [span(own) for own in car.ended] == [(0, 60)]


def test_a_pause_of_an_hour_makes_two_also_if_nobody_looked_meanwhile(car):
    car.say(0, charging=True, stateOfCharge=20)
    car.say(30, charging=False, stateOfCharge=30)
    car.say(90, charging=True)
    car.say(120, charging=False, stateOfCharge=40)
    car.look(140)
    assert [span(own) for own in car.ended] == [(0, 30), (90, 120)]
    assert [(own["from"], own["to"]) for own in car.ended] == [(20, 30), (30, 40)]


def test_the_charge_goes_on_over_a_restart(car):
    car.say(0, charging=True, stateOfCharge=20, odometer=5)
    car.restart()
    car.say(60, charging=False, stateOfCharge=50)
    car.restart()
    car.look(90)
    car.restart()
    car.look(100)
    assert [(span(own), own["from"], own["to"]) for own in car.ended] == [((0, 60), 20, 50)]


def test_an_end_that_was_not_heard_is_that_which_was_heard_last_before_the_drive(car):
    car.say(0, charging=True, stateOfCharge=20, odometer=1000)
    car.say(60, stateOfCharge=50)
    (own,) = car.say(900, charging=True, stateOfCharge=30, odometer=1080)
    assert span(own) == (0, 60) and own["to"] == 50
    assert car.watch.is_running  # it charges again


def test_a_car_that_still_says_that_it_charges_while_it_drives_starts_no_new_charge(car):
    car.say(0, charging=True, stateOfCharge=60, odometer=1000)
    car.say(30, stateOfCharge=70)
    assert len(car.say(60, stateOfCharge=60, odometer=1030)) == 1
    assert not car.watch.is_running
    car.restart()
    assert car.say(90, stateOfCharge=50, odometer=1060) == [] and not car.watch.is_running


def test_a_final_state_of_charge_that_is_told_hours_later_belongs_to_the_charge(car):
    car.say(0, charging=True, stateOfCharge=20, odometer=1000)
    car.say(240, charging=False)
    (own,) = car.look(260)
    assert own["to"] == 20
    (own,) = car.say(600, stateOfCharge=80)
    assert span(own) == (0, 240) and (own["to"], own["energy"]) == (80, 24.0)
    assert len(charges.charges_of(car.entries)) == 1


def test_a_charge_of_which_nothing_was_heard_is_seen_by_the_state_of_charge(car):
    car.say(0, charging=False, stateOfCharge=30, odometer=1000)
    (own,) = car.say(600, charging=False, stateOfCharge=80, odometer=1000)
    assert span(own) == (0, 600) and (own["from"], own["to"], own["energy"]) == (30, 80, 20.0) and "seconds" not in own


@pytest.mark.parametrize("soc, odometer", [(33, 1000), (80, 1040), (30, 1000), (20, 1000), (80, None)])
def test_what_may_be_none_is_none(car, soc, odometer):
    car.say(0, charging=False, stateOfCharge=30, odometer=1000)
    assert car.say(600, charging=False, stateOfCharge=soc, odometer=odometer) == []


def test_a_first_word_from_the_middle_of_a_charge_does_not_lose_its_start(car):
    car.say(0, charging=False, stateOfCharge=30, odometer=1000)
    car.say(240, charging=True, stateOfCharge=60)
    car.say(300, charging=False, stateOfCharge=70)
    car.look(320)
    assert car.ended[-1]["from"] == 30


def test_a_charge_of_minutes_without_energy_is_none(car):
    car.say(0, charging=True, stateOfCharge=20)
    car.say(5, charging=False)
    car.look(30)
    assert car.ended == []


def test_what_is_unknown_stays_unknown():
    car = Told(capacity=None)
    car.say(0, charging=True)
    car.say(60, charging=False)
    (own,) = car.look(90)
    assert set(own) == {"start", "end", "seconds"}


def test_a_charge_without_an_end_ends_at_last(car):
    car.say(0, charging=True, stateOfCharge=20)
    car.say(60, stateOfCharge=40)
    (own,) = car.look(15 * 24 * 60)
    assert span(own) == (0, 60)


def test_a_clock_that_is_set_back_ends_the_charge_and_not_the_watch(car):
    car.say(0, charging=True, stateOfCharge=20)
    car.say(60, stateOfCharge=40)
    assert len(car.look(-600)) == 1
    car.look(90)
    assert car.look(100) == []


def levels(own):
    """The states of charge of a charge: list of [minute, percent]."""
    return [[(moment - NOON) / MINUTE, level] for moment, level in json.loads(own["levels"])]


def test_a_charge_has_the_states_of_charge_that_were_told_from_its_start_to_its_end(car):
    car.say(0, charging=False, stateOfCharge=20, odometer=1000)
    car.say(10, charging=True)
    for minute, soc in ((20, 22), (30, 22), (50, 22), (60, 21.5), (90, 45.25)):
        car.say(minute, stateOfCharge=soc)
    car.say(125, stateOfCharge=60)
    car.say(130, charging=False)
    (own,) = car.look(141)
    # the first one is as old as the last drive, and a pause has its first and its last moment
    assert levels(own) == [[10, 20], [20, 22], [50, 22], [60, 21.5], [90, 45.2], [125, 60], [130, 60]]


def test_the_state_of_charge_at_the_end_is_no_guess(car):
    car.say(0, charging=True, stateOfCharge=20, odometer=1000)
    car.say(240, charging=False)
    (own,) = car.look(260)
    assert levels(own) == [[0, 20]] and own["to"] == 20
    (own,) = car.say(600, stateOfCharge=80)
    assert levels(own) == [[0, 20], [240, 80]]
    assert charges.charges_of(car.entries)[0].levels == own["levels"]


def test_a_first_state_of_charge_from_the_middle_of_a_charge_is_not_that_of_its_start(car):
    car.say(0, charging=True)
    car.say(60, stateOfCharge=50)
    car.say(120, charging=False, stateOfCharge=70)
    (own,) = car.look(141)
    assert own["from"] == 50 and levels(own) == [[60, 50], [120, 70]]


def test_a_first_word_from_the_middle_of_a_charge_keeps_the_level_at_which_the_car_rested(car):
    car.say(0, charging=False, stateOfCharge=30, odometer=1000)
    car.say(100, charging=True)
    car.readings["stateOfCharge"] = Reading(60, NOON + 160 * MINUTE)
    car.look(161)
    car.say(300, charging=False, stateOfCharge=70)
    car.look(320)
    assert levels(car.ended[-1]) == [[100, 30], [160, 60], [300, 70]]


def test_after_a_restart_the_course_goes_on_from_the_last_level_that_the_log_has(car):
    car.say(0, charging=True, stateOfCharge=20, chargingPower=11000)
    car.restart()
    assert car.watch.running_curve().levels == [[NOON, 20]] and car.watch.running_curve().powers == []
    car.say(60, stateOfCharge=50)
    car.say(120, charging=False, stateOfCharge=70)
    (own,) = car.look(140)
    assert levels(own) == [[0, 20], [60, 50], [120, 70]]


def test_after_an_end_that_was_not_heard_no_level_of_the_drive_is_in_the_course(car):
    car.say(0, charging=True, stateOfCharge=20, odometer=1000)
    car.say(60, stateOfCharge=50)
    (own,) = car.say(900, charging=False, stateOfCharge=55, odometer=1080)
    assert own["to"] == 55 and levels(own) == [[0, 20], [60, 50]]


def test_a_level_that_is_told_twice_or_late_or_cannot_be_is_no_point(car):
    car.say(0, charging=True, stateOfCharge=20)
    car.say(30, stateOfCharge=40)
    car.readings["stateOfCharge"] = Reading(39, NOON + 20 * MINUTE)
    car.look(35)
    car.readings["stateOfCharge"] = Reading(1e300, NOON + 40 * MINUTE)
    car.look(41)
    assert car.watch.running_curve().levels == [[NOON, 20], [NOON + 30 * MINUTE, 40]]


@pytest.mark.parametrize("steps", [29, 30, 31, 59, 120, 121, 5000])
def test_a_charge_of_any_length_has_few_levels_and_keeps_the_first_and_the_last(car, steps):
    for number in range(steps):
        car.say(number, charging=True, stateOfCharge=round(20.0 + 70.0 * number / steps, 2))
    car.say(steps, charging=False, stateOfCharge=90.5)
    (own,) = car.look(steps + 20)
    found = levels(own)
    assert min(steps, 15) <= len(found) <= course.MAX_LEVELS and found[0] == [0, 20] and found[-1] == [steps, 90.5]
    assert [point[0] for point in found] == sorted(set(point[0] for point in found))
    assert all(abs(level - (20 + 70.0 * minute / steps)) < 1 for minute, level in found)


def test_an_entry_with_both_courses_and_bmws_curve_has_room_in_the_log(car):
    for number in range(200):
        car.say(number, charging=True, stateOfCharge=20.1 + number / 3.0, chargingPower=10000 + 100 * number)
    car.say(200, charging=False)
    car.look(220)
    curve = [[int(NOON) + number, 10.1] for number in range(200)]
    session = dict(of_bmw(0, 3), curve=curve, place="\u00fc" * charges.MAX_PLACE)
    (entry,) = charges.with_bmws(car.entries, [session], 40.0)
    assert "levels" in entry["own"] and len(json.dumps(entry)) < ledger.MAX_LINE * 0.7


def test_an_endless_charge_has_a_short_curve(car):
    for minute in range(5000):
        car.say(minute, charging=True, stateOfCharge=20, chargingPower=1000 + minute)
    car.say(5000, charging=False)
    (own,) = car.look(5020)
    curve = json.loads(own["curve"])
    assert 20 < len(curve) <= course.MAX_POINTS and curve[-1][1] == 0
    assert [point[0] for point in curve] == sorted(set(point[0] for point in curve))


@pytest.mark.parametrize("odd", [None, "", "ON", "50", [], {}, float("inf"), -1, 1e300])
def test_odd_values_are_nothing(car, odd):
    for key in ("charging", "stateOfCharge", "odometer", "chargingPower", "lastUpdate"):
        told = Told()
        told.say(0, charging=True, stateOfCharge=20, odometer=1000)
        told.readings[key] = Reading(odd, None)
        told.look(30)
        told.say(60, charging=False)
        told.look(90)


@pytest.mark.parametrize("state", [7, {}, {"start": 1}, dict.fromkeys(("start", "from", "level", "heard", "told", "km"), "x"), []])
def test_a_state_that_is_none_of_ours_is_forgotten(state):
    assert not observation.Watch([{"id": "open", "state": state}]).is_running


def of_bmw(minute, hours, **more):
    start = NOON + minute * MINUTE
    return dict({"start": start, "end": start + hours * HOUR, "energy": 20.0, "from": 20, "to": 60}, **more)


def told_by_car(car):
    car.say(10, charging=True, stateOfCharge=21)
    car.say(115, charging=False, stateOfCharge=59)
    car.look(130)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_charge_that_bmw_tells_too_is_one_whoever_was_first(car, is_first):
    if is_first:
        car.entries = charges.with_bmws([], [of_bmw(0, 2)], 40.0)
    told_by_car(car)
    car.entries = charges.merged(car.entries, charges.with_bmws(car.entries, [of_bmw(0, 2)], 40.0))
    (charge,) = charges.charges_of(car.entries)
    assert (charge.start, charge.energy, charge.begin, charge.final) == (NOON, 20.0, 20, 60)
    assert charge.sources["energy"] == "bmw"


def test_parts_of_a_charge_that_bmw_told_before_are_no_more_charges(car):
    car.entries = charges.with_bmws([], [of_bmw(0, 4)], 40.0)
    told_by_car(car)
    car.say(150, charging=True, stateOfCharge=59)
    car.say(230, charging=False, stateOfCharge=65)
    car.look(250)
    assert len(car.ended) == 2 and len(charges.charges_of(car.entries)) == 1
