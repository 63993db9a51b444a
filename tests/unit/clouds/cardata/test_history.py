"""bmw.clouds.cardata.history: the last charge and its curve, and the charges for the log."""

import json
import time

import pytest
from bmw.clouds.cardata import history
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import NOON
from tests.unit.strategies import JSON

DAY = 86400
#: in the month of NOON, and in the month before
THIS, BEFORE = NOON - DAY, NOON - 5 * DAY


def session(start, hours=2, energy=14.4, **changes):
    entry = {
        "startTime": start,
        "endTime": start + hours * 3600,
        "displayedStartSoc": 30,
        "displayedSoc": 65,
        "energyConsumedFromPowerGridKwh": energy,
        "totalChargingDurationSec": hours * 3600,
    }
    entry.update(changes)
    return {key: value for key, value in entry.items() if value is not None}


def shown(*entries, notes=None):
    notes = {} if notes is None else notes
    history.take(notes, list(entries), NOON)
    # as after a restart
    notes = json.loads(json.dumps(notes))
    return {key: reading.value for key, reading in history.readings(notes).items()}


def test_before_the_first_answer_nothing_is_said():
    assert history.readings({}) == {}


def test_at_first_two_months_are_asked_for_then_what_is_new():
    notes = {}
    begin, end = history.span(notes, NOON)
    assert time.localtime(begin)[:5] == (2026, 9, 1, 0, 0) and end == NOON
    history.take(notes, [session(THIS)], NOON)
    assert history.span(notes, NOON) == (THIS - history.OVERLAP, NOON)


def test_a_session_that_bmw_tells_days_late_and_after_newer_ones_is_still_asked_for():
    notes, late = {}, THIS - 2.5 * DAY
    history.take(notes, [session(THIS)], NOON)
    begin, end = history.span(notes, NOON)
    assert begin <= late <= end


def test_numbers_that_cannot_be_make_no_endless_text():
    values = shown(session(THIS, energy=1e308, totalChargingDurationSec=1e308))
    assert values["lastChargingSession"] == time.strftime("%d.%m.%Y %H:%M", time.localtime(THIS))
    assert values["lastChargingEnergy"] is None and values["lastChargingDuration"] is None


def test_the_last_session_in_all_its_parts():
    values = shown(session(THIS))
    assert values["lastChargingStart"] == THIS and values["lastChargingEnd"] == THIS + 7200
    assert (values["lastChargingDuration"], values["lastChargingEnergy"]) == (120.0, 14.4)
    assert (values["lastChargingStartStateOfCharge"], values["lastChargingEndStateOfCharge"]) == (30, 65)
    assert values["lastChargingSession"].endswith("14.4 kWh, 2:00 h")


def told(*entries, notes=None):
    """The charges that wait for the log: [(start, energy)]."""
    notes = {} if notes is None else notes
    history.take(notes, list(entries), NOON)
    return [(one["start"], one["energy"]) for one in history.waiting(json.loads(json.dumps(notes)))]


def test_all_charges_wait_for_the_log_until_it_has_them():
    notes = {}
    assert told(session(THIS), session(BEFORE, energy=7), notes=notes) == [(BEFORE, 7), (THIS, 14.4)]
    history.kept(notes)
    assert history.waiting(notes) == []
    assert told(session(NOON - 7200), notes=notes) == [(NOON - 7200, 14.4)]


def test_before_the_first_answer_there_is_no_list_of_charges():
    assert history.waiting({}) is None and told() == []


def test_without_sessions_the_last_one_is_unknown():
    values = shown()
    assert values["lastChargingSession"] is None and values["lastChargingStart"] is None


def test_a_session_that_was_told_before_waits_once_as_it_is_told_now():
    notes = {}
    told(session(THIS, energy=3), notes=notes)
    assert told(session(THIS, energy=4), notes=notes) == [(THIS, 4)]
    assert shown(notes=notes)["lastChargingEnergy"] == 4


def test_a_charge_that_goes_on_is_not_the_last_one_and_waits_for_nothing():
    running = session(THIS, endTime=None, totalChargingDurationSec=None)
    assert shown(running, session(BEFORE))["lastChargingStart"] == BEFORE
    assert told(running, session(BEFORE)) == [(BEFORE, 14.4)]


def test_the_last_session_stays_known_when_the_log_has_it():
    notes = {}
    history.take(notes, [session(NOON - 80 * DAY)], NOON)
    history.kept(notes)
    assert history.readings(notes)["lastChargingStart"].value == NOON - 80 * DAY


def test_what_an_older_version_kept_is_asked_for_again_for_the_log():
    notes = {"sessions": [[THIS, THIS + 7200, 14.4]], "last": None}
    assert time.localtime(history.span(notes, NOON)[0])[:3] == (2026, 9, 1)
    told(session(THIS), notes=notes)
    assert "sessions" not in notes and history.span(notes, NOON) == (THIS - history.OVERLAP, NOON)


def test_when_a_part_of_the_log_is_lost_the_next_request_goes_back_two_months_once():
    notes = {}
    told(session(THIS), notes=notes)
    history.lost(notes, 0)
    assert history.span(notes, NOON)[0] == THIS - history.OVERLAP
    history.lost(notes, 2)
    assert time.localtime(history.span(notes, NOON)[0])[:3] == (2026, 9, 1)
    told(session(THIS), notes=notes)
    history.lost(notes, 2)
    assert history.span(notes, NOON)[0] == THIS - history.OVERLAP


@pytest.mark.parametrize(
    "mileage, unit, kilometres",
    [(18250, "KM", 18250), (1000, "MI", 1609.3), (1000, "MileageUnits.MI", 1609.3), (5, None, 5), (0, "KM", None), (None, "KM", None)],
)
def test_the_odometer_at_the_charge_is_in_kilometres(mileage, unit, kilometres):
    notes = {}
    told(session(THIS, mileage=mileage, mileageUnits=unit), notes=notes)
    assert notes["waiting"][0]["odometer"] == kilometres


def test_plugged_in_and_nothing_came_is_zero():
    assert shown(session(THIS, energy=None, displayedSoc=30))["lastChargingEnergy"] == 0.0


@pytest.mark.parametrize("start", [None, "x", 0, -5, NOON * 1000, NOON + 3 * DAY])
def test_a_time_that_cannot_be_is_no_session(start):
    assert told(session(THIS, startTime=start)) == []


def test_the_place_is_provider_and_town_and_never_the_street():
    town = {"municipality": "Musterstadt", "streetAddress": "Testweg 1", "formattedAddress": "Testweg 1, Musterstadt"}
    public = {"potentialChargingPointMatches": [{"providerName": "Test Charging", "streetAddress": "Testweg 1"}]}
    notes = {}
    values = shown(session(THIS, chargingLocation=town, publicChargingPoint=public), notes=notes)
    assert values["lastChargingPlace"] == "Test Charging, Musterstadt"
    assert "Testweg" not in json.dumps([values, notes])


def test_a_place_names_no_vin():
    public = {"potentialChargingPointMatches": [{"providerName": "Card of WBY1Z21010V300001"}]}
    assert shown(session(THIS, publicChargingPoint=public))["lastChargingPlace"] == "Card of VIN*0001"


def test_of_two_guessed_providers_none_is_told():
    public = {"potentialChargingPointMatches": [{"providerName": "One"}, {"providerName": "Two"}]}
    assert shown(session(THIS, publicChargingPoint=public))["lastChargingPlace"] is None


def block(start, minutes, power):
    return {"startTime": start, "endTime": start + 60 * minutes, "averagePowerGridKw": power}


def test_the_curve_is_steps_with_an_end():
    values = shown(session(THIS, chargingBlocks=[block(THIS + 600, 10, 50), block(THIS, 10, 11)]))
    assert json.loads(values["lastChargingCurve"]) == [[THIS, 11], [THIS + 600, 50], [THIS + 1200, 0]]


@pytest.mark.parametrize("power", [1001, 1e308])
def test_a_power_that_no_charge_has_is_not_in_the_curve(power):
    blocks = [block(THIS, 10, 11), block(THIS + 600, 10, power)]
    assert json.loads(shown(session(THIS, chargingBlocks=blocks))["lastChargingCurve"]) == [[THIS, 11.0], [THIS + 600, 0]]


def test_a_long_curve_keeps_its_energy_in_few_points():
    blocks = [block(THIS + 60 * number, 1, number % 12) for number in range(600)]
    points = json.loads(shown(session(THIS, hours=10, chargingBlocks=blocks))["lastChargingCurve"])
    assert len(points) <= history.MAX_POINTS
    energy = sum(power * (after[0] - begin) for (begin, power), after in zip(points, points[1:]))
    assert energy == pytest.approx(sum(60 * (number % 12) for number in range(600)), rel=0.02)


@given(
    st.lists(
        st.one_of(JSON, st.fixed_dictionaries({"startTime": st.sampled_from([THIS, BEFORE, "x"]), "endTime": JSON, "chargingBlocks": JSON}))
    )
)
def test_no_history_is_too_strange(entries):
    notes = {}
    history.take(notes, [entry for entry in entries if isinstance(entry, dict)], NOON)
    history.readings(json.loads(json.dumps(notes)))
    assert len(notes["waiting"]) <= len(entries)


def test_of_sessions_without_end_the_newest_are_kept():
    notes = {}
    history.take(notes, [session(NOON - 10 * number, hours=0.001) for number in range(history.MAX_SESSIONS + 5)], NOON)
    assert len(notes["waiting"]) == history.MAX_SESSIONS and notes["waiting"][-1]["start"] == NOON
