"""bmw.support.dump: private data is removed: by the field's name, by its form, and wherever the same text occurs."""

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


@pytest.mark.parametrize(
    "text",
    [
        "a@b.example",
        "48.1374,11.5755",
        "48,13712; 11,57543",
        "-33.85678 151.21529",
        "POINT(11.575490 48.137154)",
        "geo:48.13712,11.57543",
        "48\u00b008'14.0\"N 11\u00b034'31.0\"E",
        "lat 48.13711 lon 11.57511",
        "wby8p000test00017",
        "BMW_WBY8P000TEST00017_Locked",
        "WBY8P000TEST00017",
        "5f0c2a9e-71b4-4d3a-9c58-0a6be1d7c4f2",
    ],
)
def test_texts_of_a_private_shape_are_removed_whatever_their_field(text):
    assert text not in dump.anonymous({"anything": "see {} there".format(text)})["anything"]


@pytest.mark.parametrize("named", ["name", "key", "descriptor"])
def test_what_a_private_name_beside_it_tells_of_is_removed(named):
    entry = {named: "vehicle.cabin.infotainment.navigation.currentLocation.latitude", "value": "48.1374", "unit": "degrees"}
    assert dump.anonymous([entry]) == [dict(entry, value="00.0000")]
    entry = {named: "vehicle.vehicle.travelledDistance", "value": "48137", "unit": "km"}
    assert dump.anonymous([entry]) == [entry]


@pytest.mark.parametrize(
    "text", ["1.234 kWh, 5.678 kWh", "21.5 \u00b0C", "2026-10-03T12:00:00.000Z", "12:30:45.123, 13:30", "2.3.1, 4.5.6"]
)
def test_other_numbers_are_no_places(text):
    assert dump.anonymous(text) == text


def test_a_long_row_of_words_without_a_digit_is_read_once():
    # A search that starts again at each character took more than ten minutes.
    row = "a-" * 100000
    assert dump.anonymous([row + "."]) == [row + "."]
    assert dump.anonymous([row + "1 end"]) == ["[id] end"]
