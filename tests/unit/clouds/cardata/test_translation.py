"""bmw.clouds.cardata.translation: what is translated only when it changed is what a translation of everything says."""

import random
from copy import deepcopy

import pytest
from bmw import times
from bmw.clouds.cardata import descriptors, units
from bmw.clouds.cardata import entries as cardata_entries
from bmw.clouds.cardata.catalogue import REST
from bmw.clouds.cardata.extra import Extras
from bmw.clouds.cardata.translation import Translation
from bmw.vehicle.vehicle import Vehicle

from tests.unit.fakes import NOON, car

SOC = "vehicle.drivetrain.batteryManagement.header"
ODOMETER = "vehicle.vehicle.travelledDistance"
LOCK = "vehicle.cabin.door.lock.status"

WORDS = (None, "INVALID", "0", "1", "57", "12.5", 80, True, False, "true", "OPEN", "CLOSED", "SECURED", "UNLOCKED", "CONNECTED", "HEATING")
WORDS += (
    "CHARGINGACTIVE",
    "NOCHARGING",
    "ASN_DIRECT_CHG_ONCE_ACTIVE",
    "ACTIVATE",
    "2026-11-01T10:00:00Z",
    "08.11.2026 09:30 UTC",
    "km",
    "mi",
)
WORDS += ('[{"messageType": "CBS", "id": 32, "status": "OK", "date": "2027-05-01", "unitOfLengthRemaining": "900"}]', "[]", [], {"a": 1})
UNITS = (None, None, "km", "mi", "percent", "kPa", "bar", "seconds", "minutes", "-", "strange")
FACTS = ({}, {"driveTrain": "BEV"}, {"driveTrain": "PHEV"}, {"driveTrain": "CONV"}, {"driveTrain": "HYBRID", "model": "X1"})
EXTRA = sorted(name for name in REST if name not in descriptors.ALL)[:5]


def entry(value, time=NOON, unit=None):
    return {"value": value, "unit": unit, "timestamp": None if time is None else times.to_iso(time)}


def an_answer(chance, before, now):
    """BMW's answer after ``before``: some of the entries have changed, nearly all are as they were."""
    answer = deepcopy(before)
    for name in chance.sample(descriptors.ALL + tuple(EXTRA), chance.choice((0, 1, 3, 40))):
        at = chance.choice((None, now, now, now - 700, now - 90000, now + 5))
        answer[name] = entry(chance.choice(WORDS), at, chance.choice(UNITS))
    if chance.random() < 0.2:
        answer[chance.choice(units.DISTANCE)] = entry(chance.choice(("km", "mi", None)), now)
    return answer


def told(readings):
    return {key: reading.to_list() for key, reading in readings.items()}


@pytest.mark.parametrize("seed", range(25))
def test_poll_after_poll_it_says_what_a_translation_of_everything_says(seed, monkeypatch):
    chance, translation, extras = random.Random(seed), Translation(), Extras("all")
    known, answer, facts = {}, {}, {}
    for turn in range(40):
        now = NOON + 600 * turn
        answer = an_answer(chance, answer, now)
        cardata_entries.merge(known, answer, now, extras)
        facts = chance.choice(FACTS) if chance.random() < 0.1 else facts
        if chance.random() < 0.1:
            known.pop(chance.choice(sorted(known) or [SOC]), None)
        offset = chance.choice((0, 3600, 7200)) if chance.random() < 0.2 else 0
        monkeypatch.setattr(times, "home_offset", lambda _seconds, offset=offset: offset)
        assert told(translation.readings(known, facts, extras)) == told(descriptors.translate(known, facts=facts, extras=extras))


@pytest.mark.parametrize("seed", range(25))
def test_what_was_received_before_is_passed_over_and_nothing_else(seed, monkeypatch):
    """The same answers, merged with the shortcut and without it."""
    chance, known, slowly, answer = random.Random(seed), {}, {}, {}
    extras = Extras("all")
    for turn in range(40):
        now = NOON + chance.choice((0, 600, 30000)) * turn
        answer = an_answer(chance, answer, now)
        changed = cardata_entries.merge(known, answer, now, extras)
        with monkeypatch.context() as patch:
            patch.setattr(cardata_entries, "_is_as_before", lambda name, entry, old: False)
            assert changed == cardata_entries.merge(slowly, answer, now, extras)
        assert known == slowly


@pytest.mark.parametrize("seed", range(10))
def test_a_car_that_gets_the_same_readings_again_is_as_one_that_gets_equal_ones(seed):
    chance, translation, known, answer = random.Random(seed), Translation(), {}, {}
    same, equal = (Vehicle("WBY00TEST00000001", "i3", {"driveTrain": "BEV_REX"}) for _ in range(2))
    for turn in range(40):
        now = NOON + 600 * turn
        answer = an_answer(chance, answer, now)
        cardata_entries.merge(known, answer, now)
        same.asked_at = equal.asked_at = now
        readings = translation.readings(known, same.facts)
        assert same.update(readings) == equal.update(deepcopy(readings))
        if chance.random() < 0.1:
            assert same.pass_time(now + 90000) == equal.pass_time(now + 90000)
        if chance.random() < 0.05:
            same.forget_readings(), equal.forget_readings()
        assert same.to_record() == equal.to_record()


def test_only_what_changed_is_translated_again(monkeypatch):
    seen = []
    read = descriptors._read
    monkeypatch.setattr(descriptors, "_read", lambda entries, name, *rest: seen.append(name) or read(entries, name, *rest))
    translation, known = Translation(), {SOC: entry("50"), ODOMETER: entry("1000", unit="km"), LOCK: entry("SECURED")}
    first = translation.readings(known, {})
    assert set(seen) == {SOC, ODOMETER, LOCK}
    seen.clear()
    assert all(translation.readings(known, {})[key] is first[key] for key in first) and seen == []
    cardata_entries.merge(known, {SOC: entry("51", NOON + 1), LOCK: entry("SECURED")}, NOON + 1)
    assert translation.readings(known, {})["stateOfCharge"].value == 51
    assert set(seen) == {SOC}


def test_what_the_caller_adds_to_the_readings_is_not_kept():
    translation, known = Translation(), {SOC: entry("50")}
    translation.readings(known, {})["model"] = "an i3"
    assert "model" not in translation.readings(known, {})


def test_a_car_whose_readings_were_forgotten_gets_them_again_by_the_next_poll():
    translation, known, vehicle = Translation(), {SOC: entry("50")}, car()
    vehicle.update(translation.readings(known, {}))
    vehicle.forget_readings()
    assert "stateOfCharge" in vehicle.update(translation.readings(known, {}))
    assert vehicle.readings["stateOfCharge"].value == 50
