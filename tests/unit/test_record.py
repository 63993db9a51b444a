"""bmw.record: tuples with named fields."""

import copy

import pytest
from bmw.record import record

Place = record("Place", "latitude longitude")


class Named(record("Named", "name")):
    @property
    def shout(self):
        return self.name.upper()


def test_fields_are_read_by_name_and_by_position():
    place = Place(48.1, 11.5)
    assert (place.latitude, place.longitude) == (48.1, 11.5) == place
    latitude, longitude = place
    assert (latitude, longitude) == (48.1, 11.5)


def test_records_of_the_same_values_are_equal_and_a_key():
    assert Place(1, 2) == Place(1, 2) != Place(2, 1)
    assert {Place(1, 2): "here"}[Place(1, 2)] == "here"


def test_a_copy_is_the_same_record():
    assert copy.deepcopy(Place(1, [2])) == Place(1, [2])


def test_a_record_is_not_changed():
    with pytest.raises(AttributeError):
        Place(1, 2).latitude = 3
    with pytest.raises(AttributeError):
        Place(1, 2).height = 3


def test_values_are_given_by_position_or_by_name():
    assert Place(1, longitude=2) == Place(longitude=2, latitude=1) == (1, 2)


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1,), {}), ((1, 2, 3), {}), ((1, 2), {"height": 3}), ((1,), {"latitude": 1, "longitude": 2})]
)
def test_a_field_without_a_value_or_with_two_is_an_error_that_names_the_fields(values, named):
    with pytest.raises(TypeError, match="latitude longitude"):
        Place(*values, **named)


def test_a_record_class_can_have_methods_of_its_own():
    assert Named("i3").shout == "I3"
