"""bmw.clouds.cardata.extra and the catalogue: which extra descriptors are requested, and how they are read."""

import pytest
from bmw.clouds.cardata import descriptors, units
from bmw.clouds.cardata.catalogue import ELSEWHERE, REST
from bmw.clouds.cardata.entries import merge
from bmw.clouds.cardata.extra import MAX_CHARACTERS, MAX_UNKNOWN, Extras
from bmw.times import to_iso
from bmw.vehicle import extra
from bmw.vehicle.states import state_text
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud.descriptors import CATALOGUE, EVERYTHING
from tests.unit.fakes import NOON
from tests.unit.strategies import JSON

ALL = Extras("all")
ZONE = "vehicle.vehicle.timeSetting"
NEW = "vehicle.brandNew.thing"


def entry(value, unit=None, time=NOON):
    return {"value": value, "unit": unit, "timestamp": to_iso(time)}


def read(extras, entries, known=None):
    """The readings that the module makes of these entries; poll and stream do the same."""
    known = {} if known is None else known
    changed = merge(known, entries, NOON, extras)
    return descriptors.translate(known, changed, extras=extras)


def one(name, value, unit=None):
    return read(ALL, {name: entry(value, unit)})[extra.key_of(name)]


# which descriptors are extra


def test_vocabulary_and_rest_are_all_of_bmws_catalogue():
    assert set(descriptors.ALL) | set(REST) == set(CATALOGUE)
    assert set(descriptors.ALL) & set(REST) == set()
    assert set(ELSEWHERE) <= set(REST)


def test_all_asks_for_every_descriptor_that_is_told_nowhere_else():
    assert set(ALL.names) == set(CATALOGUE) - set(descriptors.ALL) - set(ELSEWHERE)


def test_a_list_asks_for_what_is_in_it_and_has_no_word():
    extras = Extras("{}, {}, vehicle.vehicle.travelledDistance".format(ZONE, NEW))
    assert extras.names == [NEW, ZONE]
    assert set(read(extras, {name: entry("x") for name in (ZONE, NEW, "vehicle.other.thing")})) == {
        "extra_vehicle_timeSetting",
        "extra_brandNew_thing",
    }


def test_without_the_setting_nothing_comes_that_has_no_word():
    known = {}
    assert merge(known, {ZONE: entry("utc"), NEW: entry(1)}, NOON) == set() and known == {}


def test_what_bmw_adds_comes_with_all():
    assert one(NEW, 7, "km").to_list() == [7.0, NOON, "km"]


def test_what_nobody_names_is_bounded_in_number_and_the_first_go_on():
    known = {}
    names = ["vehicle.flood.n{}".format(number) for number in range(3 * MAX_UNKNOWN)]
    for name in names:
        read(ALL, {name: entry(1)}, known)
    assert sorted(known) == sorted(names[:MAX_UNKNOWN])
    assert read(ALL, {names[0]: entry(2, time=NOON + 1)}, known)["extra_flood_n0"].value == 2
    assert "extra_vehicle_timeSetting" in read(ALL, {ZONE: entry("utc")}, known)


@pytest.mark.parametrize("name", ["vehicle.a_b", "x" * 3000, "vehicle." + "a" * 3000, "../etc", ""])
def test_what_is_no_descriptors_name_is_ignored(name):
    assert read(ALL, {name: entry(1)}) == {}


def test_what_is_no_longer_asked_for_is_told_apart():
    key = extra.key_of(ZONE)
    assert ALL.wants_key(key) and Extras(ZONE).wants_key(key) and not Extras(NEW).wants_key(key)


# values


@pytest.mark.parametrize(
    "name, value, unit, expected, symbol",
    [
        ("vehicle.powertrain.electric.battery.charging.cableCheckVoltage", "400", "V", 400.0, "V"),
        ("vehicle.powertrain.electric.battery.charging.cableCheckVoltage", 400, None, 400.0, "V"),
        ("vehicle.status.serviceDistance.yellow", "1243", "miles", 1243.0, "mi"),
        ("vehicle.status.serviceDistance.yellow", "2000", None, 2000.0, None),
        ("vehicle.status.serviceTime.yellow", "4", "weeks", 4.0, "week"),
        ("vehicle.status.serviceTime.hUandAuServiceYellow", "2", "months", 2.0, None),
        ("vehicle.electricalSystem.battery.serviceDemand.replace", "80", None, 80.0, None),
        ("vehicle.body.chargingPort.isoSessionId", "4711", None, "4711", None),
        ("vehicle.body.chargingPort.isHospitalityActive", "HOSPITALITY_ACTIVE", None, "HOSPITALITY_ACTIVE", None),
        ("vehicle.body.chargingPort.isHospitalityActive", "true", None, True, None),
        ("vehicle.privacySettings.dataCollection.regulations.obfcm", "False", None, False, None),
        ("vehicle.vehicle.timeSetting", " wintertime ", None, "wintertime", None),
        ("vehicle.vehicle.timeSetting", "INVALID", None, None, None),
        ("vehicle.vehicle.timeSetting", "-NA-", None, None, None),
        ("vehicle.vehicle.timeSetting", "", None, None, None),
        (NEW, "ASN_isTrue", None, True, None),
        (NEW, False, None, False, None),
        (NEW, "OFF", None, "OFF", None),
        (NEW, "ASN_isUnknown", None, None, None),
        (NEW, "188", "fahrenheit", 188.0, "\u00b0F"),
        (NEW, "1e999", None, "1e999", None),
        (NEW, "2027-05-31T22:00:00Z", None, 1811800800.0, extra.MOMENT),
        (NEW, "31.05.2027 22:00:00 UTC", None, 1811800800.0, extra.MOMENT),
        (NEW, ["a"], None, '["a"]', None),
        (NEW, {"a": {"b": 1}}, None, '{"a": {"b": 1}}', None),
        (NEW, "0230,0248", None, "0230,0248", None),
        (NEW, "0012", None, "0012", None),
        (NEW, "0.5", "km", 0.5, "km"),
    ],
)  # fmt: skip
def test_a_value_is_read_as_what_it_is(name, value, unit, expected, symbol):
    reading = one(name, value, unit)
    assert (reading.value, reading.unit) == (expected, symbol)


def test_a_null_for_what_the_car_once_said_is_unknown():
    known = {}
    read(ALL, {ZONE: entry("utc")}, known)
    assert read(ALL, {ZONE: entry(None, time=NOON + 5)}, known)["extra_vehicle_timeSetting"].value is None


def test_an_older_value_does_not_win():
    known = {}
    read(ALL, {ZONE: entry("utc")}, known)
    assert read(ALL, {ZONE: entry("manual", time=NOON - 5)}, known) == {}
    assert known[ZONE]["value"] == "utc"


def test_a_number_that_comes_without_its_unit_has_the_unit_that_was_heard_last():
    known = {}
    read(ALL, {NEW: entry(5, "mi")}, known)
    assert read(ALL, {NEW: entry(6, None, NOON + 5)}, known)["extra_brandNew_thing"].to_list() == [6.0, NOON + 5, "mi"]


def test_a_text_is_kept_no_longer_than_can_be_used():
    known = {}
    reading = read(ALL, {NEW: entry("x" * 10000, "y" * 90)}, known)["extra_brandNew_thing"]
    assert len(reading.value) == MAX_CHARACTERS == len(known[NEW]["value"])


@given(JSON, st.one_of(st.none(), st.text(max_size=5)))
def test_whatever_comes_makes_a_state_or_unknown(value, unit):
    readings = read(ALL, {NEW: entry(value, unit), ZONE: entry(value, unit)})
    for key, reading in readings.items():
        point = extra.point(key, reading)
        state = state_text(reading.value, point.unit, point.item_type, point.item_type)
        assert state is None or len(state) <= 2 * MAX_CHARACTERS
        assert (reading.value is None) <= (state is None)


# all descriptors of the catalogue


#: descriptor -> key of the pair or timer that it is a part of
PAIRS = {name: key for table in (descriptors.PAIRS, descriptors.TIMERS) for key, names in table.items() for name in names}


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_descriptor_of_the_catalogue_is_a_value_or_told_elsewhere(name):
    value, unit = EVERYTHING[name]
    together = [one for one, key in PAIRS.items() if key == PAIRS.get(name)] or [name]
    readings = read(ALL, {one: entry(*EVERYTHING[one]) for one in together})
    told = {key for key, reading in readings.items() if reading.value is not None}
    if name in ELSEWHERE:
        assert name not in ALL.names
    elif name in PAIRS:
        assert PAIRS[name] in told
    elif name in units.DISTANCE:
        assert told == set()  # it only names the unit of other values
    elif name in descriptors.ALL:
        assert told and not any(extra.is_key(key) for key in told)
    else:
        assert told == {extra.key_of(name)}
        point = extra.point(extra.key_of(name), readings[extra.key_of(name)])
        assert state_text(readings[point.key].value, point.unit, point.item_type, point.item_type) is not None
