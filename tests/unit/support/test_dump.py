"""bmw.support.dump: what is private is taken out, by its field's name, its shape, and wherever else it stands."""

import json

import pytest
from bmw.support import dump


@pytest.mark.parametrize(
    "name",
    ["vin", "gcid", "gpsLat", "gps_lng", "licensePlate", "streetName", "formattedAddress", "lastName", "dealer", "eMail"]
    + ["vehicle.cabin.infotainment.navigation.currentLocation.latitude"],
)
def test_private_fields_are_known_by_their_names(name):
    assert dump.is_private(name)


@pytest.mark.parametrize("name", ["driveTrain", "modelName", "moving", "stateOfCharge", "platform", "translation", "sunroofPosition"])
def test_fields_of_the_car_are_not_private(name):
    assert not dump.is_private(name)


def test_what_a_private_field_held_is_removed_wherever_else_it_stands():
    value = {"address": {"formatted": "Am Ring 7, 80331 Stadt"}, "sessions": [{"note": "Am Ring 7 • 2 h"}]}
    assert dump.anonymous(value) == {"address": {"formatted": dump.REMOVED}, "sessions": [{"note": dump.REMOVED + " • 2 h"}]}


def test_the_form_of_a_private_number_stays():
    assert dump.anonymous({"lat": "48.1374", "lon": 11.57, "altitude": 487}) == {"lat": "00.0000", "lon": 0.0, "altitude": 0}


@pytest.mark.parametrize("text", ["a@b.example", "48.1374,11.5755", "WBY8P000TEST00017", "5f0c2a9e-71b4-4d3a-9c58-0a6be1d7c4f2"])
def test_texts_of_a_private_shape_are_removed_whatever_their_field(text):
    assert text not in json.dumps(dump.anonymous({"anything": "see {} there".format(text)}))
