"""bmw.vehicle.states: from a reading to the text of an openHAB state."""

import re

import pytest
from bmw.vehicle import states
from bmw.vehicle.states import number_text, state_text
from hypothesis import given
from hypothesis import strategies as st

TYPES = ("Number", "Number:Length", "Dimmer", "Contact", "Switch", "String", "DateTime", "Location", "Group", "Color")
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.tuples(st.floats(), st.floats()) | st.tuples()


@pytest.mark.parametrize(
    "value, unit, item_type, native, text",
    [
        (57, "%", "Number:Dimensionless", "Number:Dimensionless", "57 %"),
        (57.0, "%", "Number", "Number:Dimensionless", "57"),
        (57.4, "%", "Dimmer", "Number:Dimensionless", "57.4"),
        (187, "km", "Number:Length", "Number:Length", "187 km"),
        (187, "", "Number:Length", "Number:Length", "187"),
        (0.4, "", "Number", "Number", "0.4"),
        (True, "", "Number", "Switch", "1"),
        (True, "", "Switch", "Switch", "ON"),
        (False, "", "Switch", "Switch", "OFF"),
        (True, "", "Contact", "Contact", "OPEN"),
        (False, "", "Contact", "Contact", "CLOSED"),
        (True, "", "String", "Contact", "OPEN"),
        (True, "", "Contact", states.LOCK, "CLOSED"),
        (False, "", "Contact", states.LOCK, "OPEN"),
        (True, "", "Switch", states.LOCK, "ON"),
        (False, "", "String", states.LOCK, "OFF"),
        (True, "", "String", "Switch", "ON"),
        (True, "", "Switch", "Contact", "ON"),
        ("SECURED", "", "String", "String", "SECURED"),
        ("SECURED", "", "Switch", "String", "ON"),
        ("UNLOCKED", "", "Switch", "String", "OFF"),
        ("SELECTIVE_LOCKED", "", "Switch", "String", "OFF"),
        ("SECURED", "", "Contact", "String", "CLOSED"),
        ("INTERMEDIATE", "", "Contact", "String", "OPEN"),
        ("57", "", "Number", "String", None),
        ("", "", "String", "String", ""),
        (57, "%", "String", "Number:Dimensionless", "57"),
        (1791028800.0, "", "DateTime", "DateTime", "2026-10-03T12:00:00.000Z"),
        ("soon", "", "DateTime", "DateTime", None),
        ((48.1769, 11.5585), "", "Location", "Location", "48.1769,11.5585"),
        ((48.1769, 11.5585), "", "String", "Location", "48.1769,11.5585"),
        ((91.0, 11.0), "", "Location", "Location", None),
        ((48.0, -181.0), "", "Location", "Location", None),
        ("48,11", "", "Location", "Location", None),
        (None, "km", "Number:Length", "Number:Length", None),
        (57, "%", "Color", "Number:Dimensionless", None),
        ("FLAPPING", "", "Switch", "String", None),
        (3, "", "Contact", "Number", None),
    ],
)
def test_a_value_is_written_as_the_item_can_hold_it(value, unit, item_type, native, text):
    assert state_text(value, unit, item_type, native) == text


@given(VALUES, st.sampled_from(["", "km", "%"]), st.sampled_from(TYPES), st.sampled_from(["Switch", "Contact", "String"]))
def test_making_a_state_never_raises(value, unit, item_type, native):
    text = state_text(value, unit, item_type, native)
    assert text is None or isinstance(text, str)


@given(st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15, allow_nan=False))
def test_a_number_is_written_without_exponent_and_idle_zeros(number):
    text = number_text(number)
    assert re.match(r"^-?\d+(\.\d*[1-9])?$", text)
    assert float(text) == pytest.approx(number, abs=1e-6)
    assert text != "-0"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 10**400])
def test_what_is_no_number_of_this_world_has_no_text(number):
    assert number_text(number) is None


def test_a_text_without_end_is_unknown():
    assert state_text("x" * states.MAX_CHARACTERS, "", "String") == "x" * states.MAX_CHARACTERS
    assert state_text("x" * (states.MAX_CHARACTERS + 1), "", "String") is None
