"""bmw.clouds.values: reads values as the older clouds write them; no answer breaks a translation."""

import pytest
from bmw.clouds import values
from bmw.clouds.connecteddrive import state as connecteddrive_state
from bmw.clouds.portal import state
from bmw.vehicle.vocabulary import VEHICLE
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import car


def reads(convert, value):
    """The converted value; None if the text has no value."""
    return values.value_or_none(convert, value)


@pytest.mark.parametrize("value, number", [(5, 5), ("61.0", 61), ("61,5", 61.5), (-3, -3), (" 7 ", 7)])
def test_a_number_is_one_as_text_too(value, number):
    assert reads(values.number, value) == number


@pytest.mark.parametrize("value", [None, True, "", "INVALID", "x", float("nan"), "inf", 10**400, [], {}])
def test_what_is_no_number_is_unknown(value):
    assert reads(values.number, value) is None


def test_minus_one_is_no_amount_and_zero_no_pressure():
    assert (reads(values.amount, -1), reads(values.amount, 0), reads(values.positive, "0")) == (None, 0, None)


def test_a_share_ends_at_a_hundred():
    assert (reads(values.share, 100), reads(values.share, 101), reads(values.share, 255)) == (100, None, None)


@pytest.mark.parametrize("word", ["UNKOWN", "unknown", "Invalid", "-NA-", "-", "null", " "])
def test_words_that_say_nothing_are_unknown(word):
    assert reads(values.word, word) is None


@pytest.mark.parametrize(
    "word, is_open",
    [("CLOSED", False), ("OPEN", True), ("OPEN_TILT", True), ("INTERMEDIATE", True), ("AJAR", None)],
)
def test_a_lid_is_open_closed_or_unknown(word, is_open):
    assert reads(values.lid, word) is is_open


@pytest.mark.parametrize("value, is_on", [(True, True), ("false", False), ("CONNECTED", True), ("0", False), ("x", None)])
def test_a_yes_or_no_comes_in_many_spellings(value, is_on):
    assert reads(values.flag, value) is is_on


@pytest.mark.parametrize(
    "value, clock",
    [
        ("07:30", "07:30"),
        ("7:30", "07:30"),
        ("0001-01-01T22:00:00", "22:00"),
        ({"hour": 6, "minute": 5}, "06:05"),
        ({"hour": 6}, "06:00"),
        ({"hour": None, "minute": 5}, None),
        ({"hour": 99, "minute": 5}, None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_time_of_day_comes_in_many_shapes(value, clock):
    assert reads(values.clock_time, value) == clock


@pytest.mark.parametrize("name, written", [("I3 94", "i3 94"), ("i3 120", "i3 120"), ("330e", "330e"), ("Isetta", "Isetta")])
def test_a_model_is_named_alike_whatever_the_cloud(name, written):
    assert values.model(name) == written


def test_a_null_field_is_unknown_and_a_missing_one_is_not_there():
    rows = (("odometer", values.amount, "deep.mileage"), ("stateOfCharge", values.share, "soc"))
    readings = values.read_rows(rows, {"deep": {"mileage": None}}, 5.0)
    assert (readings["odometer"].value, readings["odometer"].time, len(readings)) == (None, 5.0, 1)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_STATUS_FIELDS = [row[2] for row in connecteddrive_state._STATUS] + [
    "updateTime",
    "internalDataTimeUTC",
    "position",
    "cbsData",
    "checkControlMessages",
    "parkingLight",
    "positionLight",
]
_ATTRIBUTES = [row[2] for row in state._ATTRIBUTES] + [
    "updateTime",
    "mileage",
    "unitOfLength",
    "chargingSystemStatus",
    "Segment_LastTrip_time_segment_end",
    "gps_lat",
    "gps_lng",
    "vehicle_tracking",
    "condition_based_services",
]


def _answers(fields):
    return st.dictionaries(st.sampled_from(fields), _JSON, max_size=8)


@given(_answers(_STATUS_FIELDS))
def test_no_status_whatsoever_breaks_the_translation(status):
    readings = connecteddrive_state.status(status, {"driveTrain": "BEV_REX"})
    assert set(readings) <= set(VEHICLE)
    car().update(readings)


@given(_answers(_ATTRIBUTES), _answers(["ccmMessages", "cbsMessages"]))
def test_no_attributes_whatsoever_break_the_translation(attributes, messages):
    readings = state.dynamic({"attributesMap": attributes, "vehicleMessages": messages}, {"driveTrain": "BEV_REX"})
    assert set(readings) <= set(VEHICLE)
    car().update(readings)


@given(_JSON, _answers(["soc", "socmax", "socMax", "scoreList", "lastTripList", "lifeTimeList"]))
def test_no_rarer_answer_whatsoever_breaks_the_translation(profile, answer):
    planner = {"weeklyPlanner": {"timer1": profile, "preferredChargingWindow": profile, "chargingMode": profile}}
    found = [
        connecteddrive_state.charging_profile(planner),
        connecteddrive_state.charging_profile(profile),
        connecteddrive_state.last_trip({"date": profile, "totalDistance": profile}, None),
        connecteddrive_state.all_trips({"avgRecuperation": profile, "batterySizeMax": profile}),
        state.navigation(answer),
        state.efficiency(answer),
    ]
    assert all(set(readings) <= set(VEHICLE) for readings in found)


@given(st.dictionaries(st.sampled_from(["model", "modelName", "brand", "driveTrain"]), _JSON))
def test_no_entry_whatsoever_breaks_the_facts(entry):
    for facts in (connecteddrive_state.facts(entry), state.facts(entry)):
        assert isinstance(facts.get("brand", ""), str)
        assert isinstance(facts.get("model", ""), str)


def test_the_model_is_a_short_line_as_it_is_the_label_of_a_group():
    facts = values.facts((("model", "model"), ("brand", "brand")), {"model": "i3\nforged " + "x" * 200000, "brand": "BMW\x00"})
    assert facts == {"model": "i3 forged " + "x" * 90, "brand": "BMW "}


@pytest.mark.parametrize("word, shines", [("OFF", False), ("ON", True), ("left", True), ("UNDEFINED", None), (None, None)])
def test_lights_shine_by_words_that_are_known(word, shines):
    assert values.value_or_none(values.lights, word) is shines
