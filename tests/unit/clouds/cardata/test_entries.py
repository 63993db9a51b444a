"""bmw.clouds.cardata.entries: merges the data of REST and stream, for each descriptor by the car's own time."""

import json

import pytest
from bmw import times
from bmw.clouds.cardata import descriptors
from bmw.clouds.cardata import entries as cardata_entries
from bmw.clouds.cardata.catalogue import REST
from bmw.clouds.cardata.descriptors import LATITUDE, LONGITUDE
from bmw.clouds.cardata.entries import AT_REQUEST, STANDS, answered, merge, parse_message
from bmw.clouds.cardata.extra import Extras
from bmw.errors import BadAnswer
from bmw.vehicle.vehicle import Vehicle
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import NOON, VIN, car

SOC = "vehicle.drivetrain.batteryManagement.header"
DOOR = "vehicle.cabin.door.row1.driver.isOpen"


def entry(value, time=NOON, unit=None):
    return {"value": value, "unit": unit, "timestamp": None if time is None else times.to_iso(time)}


def message(data, timestamp="2026-10-03T12:00:00Z", vin=VIN):
    return json.dumps({"vin": vin, "entityId": "e", "topic": vin, "timestamp": timestamp, "data": data}).encode()


def readings(known, changed=None):
    return {key: reading.value for key, reading in descriptors.translate(known, changed).items()}


def test_a_newer_entry_replaces_an_older_one():
    known = {SOC: entry("50")}
    assert merge(known, {SOC: entry(51, NOON + 1)}, NOON) == {SOC}
    assert readings(known)["stateOfCharge"] == 51


def test_an_older_entry_changes_nothing_whichever_way_it_comes():
    known = {SOC: entry(51, NOON)}
    assert merge(known, {SOC: entry("50", NOON - 1)}, NOON) == set()
    assert known[SOC]["value"] == 51


def test_a_duplicate_is_no_change():
    known = {SOC: entry(51)}
    assert merge(known, {SOC: entry(51)}, NOON) == set()


def test_of_two_entries_of_the_same_second_the_later_one_to_come_counts():
    known = {DOOR: entry(True)}
    assert merge(known, {DOOR: entry(False)}, NOON) == {DOOR}


def test_a_null_of_rest_hides_nothing_that_the_stream_told():
    known = {SOC: entry(51)}
    assert merge(known, {SOC: entry(None, None)}, NOON) == set()
    assert known[SOC]["value"] == 51


# timestamps that are only the time of the request

CH = "vehicle.drivetrain.electricEngine.charging."
HV, LEVEL, REASON = CH + "hvStatus", CH + "level", CH + "lastChargingReason"


@pytest.mark.parametrize("name", sorted(AT_REQUEST))
def test_in_an_answer_the_moment_of_the_question_is_no_time_of_the_car(name):
    assert answered({name: entry("X"), SOC: entry(51)}) == {name: entry("X", None), SOC: entry(51)}


@pytest.mark.parametrize("name", sorted(AT_REQUEST))
def test_a_null_with_a_time_in_an_answer_is_the_cars_word_that_it_does_not_know(name):
    known = {}
    merge(known, answered({name: entry("50", unit="km")}), NOON)
    assert merge(known, answered({name: entry(None, None)}), NOON + 60) == set()
    assert merge(known, answered({name: entry(None)}), NOON + 120) == {name}
    assert set(readings(known).values()) == {None}


def test_what_is_no_entry_is_left_as_it_is():
    assert answered({HV: "nonsense", LEVEL: None}) == {HV: "nonsense", LEVEL: None}


def test_in_the_stream_the_timestamp_of_the_charging_status_is_the_cars_own():
    known = {HV: entry("CHARGING", NOON - 60)}
    assert merge(known, {HV: entry("NOT_CHARGING")}, NOON) == {HV}


def test_a_value_of_unknown_age_does_not_win_over_what_the_car_said_lately():
    known = {HV: entry("CHARGING", NOON - 60)}
    assert merge(known, answered({HV: entry("FINISHED_FULLY_CHARGED")}), NOON) == set()
    assert known[HV]["value"] == "CHARGING"


def test_a_value_of_unknown_age_counts_when_the_cars_own_is_hours_old():
    known = {HV: entry("CHARGING", NOON - STANDS - 1)}
    assert merge(known, answered({HV: entry("FINISHED_FULLY_CHARGED")}), NOON) == {HV}
    assert merge(known, answered({HV: entry("NOT_CHARGING")}), NOON + 60) == {HV}
    assert merge(known, {HV: entry("CHARGING", NOON - STANDS)}, NOON + 120) == {HV}


def test_a_poll_makes_no_last_update_and_keeps_no_car_awake():
    known, vehicle = {}, car()
    merge(known, answered({SOC: entry("80", NOON - 86400), HV: entry("NOT_CHARGING"), LEVEL: entry("80"), REASON: entry("X")}), NOON)
    vehicle.update(descriptors.translate(known))
    assert vehicle.readings["lastUpdate"].value == NOON - 86400
    assert vehicle.is_silent_since(NOON - 3600)


# units

ODOMETER, DISPLAY = "vehicle.vehicle.travelledDistance", "vehicle.cabin.infotainment.displayUnit.distance"


def test_without_a_unit_a_number_is_in_that_of_the_number_before():
    known = {ODOMETER: entry(100, NOON - 60, "mi")}
    merge(known, {ODOMETER: entry("200")}, NOON)
    merge(known, {ODOMETER: entry("300", NOON + 60)}, NOON)
    reading = descriptors.translate(known)["odometer"]
    assert (reading.value, reading.unit) == (300, "mi")


def test_a_number_stays_in_the_unit_of_its_time_when_the_driver_changes_what_is_shown():
    known = {}
    merge(known, {ODOMETER: entry("100"), DISPLAY: entry("miles")}, NOON)
    assert merge(known, {ODOMETER: entry("100"), DISPLAY: entry("km", NOON + 60)}, NOON + 60) == {DISPLAY}
    assert descriptors.translate(known)["odometer"].unit == "mi"
    merge(known, {ODOMETER: entry("161", NOON + 120)}, NOON + 120)
    assert descriptors.translate(known)["odometer"].unit == "km"


def test_a_unit_that_comes_later_is_that_of_what_came_without():
    known = {}
    merge(known, {ODOMETER: entry("100")}, NOON)
    assert readings(known)["odometer"] is None
    changed = merge(known, {DISPLAY: entry("miles")}, NOON)
    assert readings(known, changed)["odometer"] == 100


# a position is one pair


def test_a_latitude_without_its_longitude_keeps_the_last_whole_position():
    known = {}
    for seconds, name, value in ((0, LATITUDE, 48.1), (0.5, LONGITUDE, 11.5), (5, LATITUDE, 48.102)):
        merge(known, {name: entry(value, NOON + seconds)}, NOON + seconds)
    assert readings(known)["position"] == (48.1, 11.5)
    merge(known, {LONGITUDE: entry(11.502, NOON + 5.5)}, NOON + 6)
    assert readings(known)["position"] == (48.102, 11.502)


@pytest.mark.parametrize("apart, expected", [(10, (48.2, 11.6)), (11, None)])
def test_what_comes_in_one_answer_may_be_a_little_further_apart(apart, expected):
    known = {}
    merge(known, {LATITUDE: entry("48.2"), LONGITUDE: entry("11.6", NOON - apart)}, NOON)
    assert readings(known).get("position") == expected


LOCK, DOORS = "vehicle.cabin.door.lock.status", "vehicle.cabin.door.status"


def lock_after(*messages):
    """The state of the lock after these messages, each (descriptor, word, seconds after noon)."""
    known, vehicle = {}, Vehicle(VIN, "i3")
    for name, word, later in messages:
        changed = merge(known, {name: entry(word, NOON + later)}, NOON + later)
        vehicle.update(descriptors.translate(known, changed))
    return vehicle.readings["doorLockState"].value, vehicle.readings["locked"].value


@pytest.mark.parametrize("unknown", ["ASN_unknown", "INVALID", None, 17])
@pytest.mark.parametrize("old, new", [(LOCK, DOORS), (DOORS, LOCK)])
def test_a_lock_of_which_the_newer_word_is_gone_is_not_shown_by_an_older_one(old, new, unknown):
    told = [(old, "LOCKED", -90 * 86400), (new, "UNLOCKED", 0), (new, unknown, 60)]
    assert lock_after(*told) == (None, None)
    assert lock_after(*(told + [(new, "INVALID", 90)])) == (None, None)
    assert lock_after(*(told + [(old, "UNLOCKED", 0)])) == ("UNLOCKED", False)
    assert lock_after(*(told + [(new, "LOCKED", 120)])) == ("LOCKED", True)


def test_a_source_of_the_lock_that_never_knew_hides_nothing():
    assert lock_after((LOCK, "UNLOCKED", 0), (DOORS, "INVALID", 60)) == ("UNLOCKED", False)
    assert lock_after((DOORS, "LOCKED", -60), (LOCK, "UNLOCKED", 0), (DOORS, "INVALID", 60)) == ("UNLOCKED", False)


def test_an_unknown_descriptor_is_left_out():
    known = {}
    assert merge(known, {"vehicle.brand.new": entry(1), SOC: "not an object", DOOR: {"unit": "x"}}, NOON) == set()
    assert known == {}


def test_a_time_far_ahead_does_not_block_later_entries():
    known = {}
    merge(known, {SOC: entry(50, NOON + 400 * 86400)}, NOON)
    assert merge(known, {SOC: entry(51, NOON + 10)}, NOON + 10) == {SOC}


def test_when_our_own_clock_is_far_behind_the_order_still_counts():
    known = {SOC: entry(50, NOON)}
    behind = NOON - 30 * 86400
    assert merge(known, {SOC: entry(51, NOON + 5)}, behind) == {SOC}
    assert merge(known, {SOC: entry(49, NOON + 1)}, behind) == set()


def test_with_a_clock_a_little_more_than_a_day_behind_a_car_that_was_silent_for_hours_is_heard():
    known = {SOC: entry(50, NOON)}
    now = NOON + 7200
    behind = now - 86400 - 60
    assert merge(known, {SOC: entry(51, now)}, behind) == {SOC}
    assert merge(known, {SOC: entry(52, now + 60)}, behind + 60) == {SOC}
    assert merge(known, {SOC: entry(40, NOON - 1)}, behind + 60) == set()


def test_latitude_and_longitude_of_one_moment_make_a_position_though_they_come_apart():
    known = {descriptors.LATITUDE: entry(48.1, NOON - 60), descriptors.LONGITUDE: entry(11.5, NOON - 60)}
    changed = merge(known, {descriptors.LATITUDE: entry(48.2)}, NOON)
    assert "position" not in readings(known, changed)
    changed = merge(known, {descriptors.LONGITUDE: entry(11.6)}, NOON)
    assert readings(known, changed) == {"position": (48.2, 11.6)}


def test_one_changed_descriptor_is_translated_alone_and_as_in_the_whole():
    known = {SOC: entry(51), DOOR: entry(True), descriptors.CLIMATE_MINUTES: entry(7)}
    assert readings(known, {SOC}) == {"stateOfCharge": 51}
    assert readings(known, {descriptors.CLIMATE_MINUTES}) == {"climateTimeRemaining": 7}
    apart = {}
    for name in known:
        apart.update(readings(known, {name}))
    assert apart == readings(known)


def test_the_minutes_of_the_climate_do_not_hide_its_seconds():
    seconds = "vehicle.cabin.hvac.preconditioning.status.remainingRunningTime"
    known = {seconds: entry(120, unit="s"), descriptors.CLIMATE_MINUTES: entry(9)}
    assert readings(known, {descriptors.CLIMATE_MINUTES}) == {"climateTimeRemaining": 2}


MIXED = [SOC, descriptors.LATITUDE, descriptors.LONGITUDE, descriptors.SERVICES, descriptors.MESSAGES, descriptors.CLIMATE_MINUTES]
SHARED = ("climateTimeRemaining", "chargingStatus", "batteryCapacity", "electricRange")
MIXED += [name for key, _convert, names in descriptors.TABLE for name in names if key in SHARED]
ENTRIES = st.dictionaries(
    st.sampled_from(MIXED),
    st.builds(
        lambda value, seconds: entry(value, None if seconds is None else NOON + seconds),
        st.sampled_from([None, "1", "2", "70", "INVALID", "CHARGINGACTIVE", "[]"]),
        st.sampled_from([None, 1, 2, 700, 1500]),
    ),
)


@given(st.lists(ENTRIES, min_size=1, max_size=4))
def test_a_car_told_by_what_changed_shows_what_one_shows_that_is_told_all_each_time(messages):
    known, by_change, by_all = {}, car(), car()
    by_change.readings, by_all.readings = {}, {}
    for entries in messages:
        changed = merge(known, entries, NOON + 2000)
        by_change.update(descriptors.translate(known, changed))
        by_all.update(descriptors.translate(known))
    assert shown(by_change) == shown(by_all)


def shown(vehicle):
    return {key: (reading.value, reading.unit) for key, reading in vehicle.readings.items()}


def test_a_message_gives_its_time_to_entries_without_one():
    vin, entries = parse_message(message({SOC: {"value": 50}}))
    assert (vin, entries[SOC]["timestamp"]) == (VIN, "2026-10-03T12:00:00Z")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"vin": 7, "data": {}}',
        b'{"vin": "X"}',
        b'{"vin": "X", "data": []}',
        b"[" * 100000,
    ],
)
def test_what_is_no_message_is_refused(payload):
    with pytest.raises(BadAnswer):
        parse_message(payload)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(descriptors.ALL),
        st.fixed_dictionaries({"value": json_values}, optional={"timestamp": json_values, "unit": json_values}),
        max_size=5,
    )
)
def test_no_message_of_the_right_form_can_stop_us(data):
    _vin, entries = parse_message(message(data))
    known = {}
    changed = merge(known, entries, NOON)
    descriptors.translate(known, changed)


LETTERS, BESIDE, LIST = cardata_entries.MAX_CHARACTERS, cardata_entries.MAX_CHARACTERS_BESIDE, cardata_entries.MAX_CHARACTERS_OF_LIST


@pytest.mark.parametrize(
    "more",
    [
        {"value": "x" * (LETTERS + 1)},
        {"value": ["x" * LETTERS]},
        {"value": {"x" * LETTERS: 1}},
        {"unit": "x" * (BESIDE + 1)},
        {"timestamp": "x" * (BESIDE + 1)},
    ],
)
def test_an_entry_without_end_is_left_out(more):
    good = {"value": "x" * LETTERS, "unit": "km", "timestamp": None}
    known = {}
    assert merge(known, {SOC: dict(good, **more)}, NOON) == set() and known == {}
    assert merge(known, {SOC: good}, NOON) == {SOC}


def test_a_list_may_be_longer_than_other_values_and_has_an_end_as_well():
    known = {}
    for length, is_kept in ((LIST, True), (LIST + 1, False)):
        merged = merge(known, {descriptors.SERVICES: {"value": "x" * length, "unit": None, "timestamp": None}}, NOON)
        assert merged == (set((descriptors.SERVICES,)) if is_kept else set())


@pytest.mark.slow
def test_what_is_kept_of_a_car_stays_small_enough_to_be_sealed_as_a_whole():
    # It was 34 MB once: then each save (every two minutes) needed 300 MB of the JVM's memory.
    known, extras = {}, Extras("all")
    names = list(descriptors.ALL) + list(REST) + ["vehicle.x{}".format(number) for number in range(1000)]
    for length in (300, LETTERS, LIST):
        for name in names:
            entry = {"value": "\u00e4" * length, "unit": "\u00e4" * BESIDE, "timestamp": "\u00e4" * BESIDE}
            merge(known, {name: entry}, NOON, extras)
    assert set(descriptors.ALL) <= set(known)
    size = len(json.dumps(known))
    assert 1000000 < size < 5000000


def test_a_message_of_very_many_names_is_not_even_parsed():
    names = ['"vehicle.x{}": {{"value": 1}}'.format(number) for number in range(cardata_entries.MAX_VALUES // 4)]
    text = '{"vin": "X", "data": {' + ", ".join(names[:-2]) + "}}"
    assert len(parse_message(text.encode("ascii"))[1]) == len(names) - 2
    with pytest.raises(BadAnswer, match="made of more than 10000 values"):
        parse_message((text[:-2] + ", " + ", ".join(names) + "}}").encode("ascii"))


def test_a_clock_that_was_never_set_does_not_change_the_cars_own_time():
    known = {}
    merge(known, {SOC: entry(51, NOON)}, 120)
    assert known[SOC]["timestamp"] == times.to_iso(NOON)
    assert merge(known, {SOC: entry(50, NOON - 60)}, NOON) == set()
