"""bmw.commands.definitions: the meaning of the command items and of a command as text."""

import pytest
from bmw.commands import definitions
from bmw.errors import CommandFailed
from bmw.vehicle.vocabulary import COMMAND
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "key, text, command",
    [
        ("lock", "ON", "lock"),
        ("unlock", "ON", "unlock"),
        ("flashLights", "ON", "flashLights"),
        ("soundHorn", "ON", "soundHorn"),
        ("findVehicle", "ON", "findVehicle"),
        ("climate", "ON", "climateStart"),
        ("climate", "OFF", "climateStop"),
        ("charge", "ON", "chargeStart"),
        ("charge", "OFF", "chargeStop"),
        ("command", "lock", "lock"),
        ("command", " CLIMATESTART ", "climateStart"),
    ],
)
def test_an_item_says_a_command(key, text, command):
    assert definitions.of_item(key, text) == (command, {})


@pytest.mark.parametrize("key", ["lock", "unlock", "flashLights", "soundHorn", "findVehicle"])
def test_off_of_a_push_button_means_nothing(key):
    assert definitions.of_item(key, "OFF") == (None, {})


@pytest.mark.parametrize(
    "key, text, arguments",
    [
        ("chargingTarget", "80", {"target": 80}),
        ("chargingTarget", "80 %", {"target": 80}),
        ("chargingTarget", "79.6", {"target": 80}),
        ("chargingTarget", "20", {"target": 20}),
        ("chargingTarget", "100", {"target": 100}),
        ("chargingCurrentLimit", "16 A", {"current": 16}),
        ("chargingCurrentLimit", "6", {"current": 6}),
        ("chargingCurrentLimit", "32", {"current": 32}),
        ("command", "chargingSettings target=80 current=16", {"target": 80, "current": 16}),
    ],
)
def test_a_setting_is_a_whole_number_with_or_without_its_unit(key, text, arguments):
    assert definitions.of_item(key, text) == ("chargingSettings", arguments)


@pytest.mark.parametrize(
    "key, text, part",
    [
        ("chargingTarget", "19", "chargingTarget is 19, it must be 20 to 100"),
        ("chargingTarget", "101", "chargingTarget is 101, it must be 20 to 100"),
        ("chargingCurrentLimit", "5", "chargingCurrentLimit is 5, it must be 6 to 32"),
        ("chargingCurrentLimit", "33", "chargingCurrentLimit is 33, it must be 6 to 32"),
        ("chargingTarget", "full", "'full' is not a number for chargingTarget"),
        ("chargingTarget", "80 A", "is not a number"),
        ("chargingTarget", "80 % 3", "is not a number"),
        ("chargingCurrentLimit", "16 %", "is not a number"),
        ("chargingTarget", "INCREASE", "is not a number"),
        ("chargingTarget", "NaN", "is not a number"),
        ("chargingTarget", "1e999", "is not a number"),
        ("command", "chargingSettings", "needs target"),
        ("command", "chargingSettings soc=80", "needs target"),
        ("command", "fly", "There is no command 'fly': use one of lock, unlock, flashLights, "),
        ("command", "null", "There is no command"),
        ("command", "unlock never", "'unlock' stands alone, and more was written: write only unlock"),
        ("command", "lock unlock", "'lock' stands alone"),
        ("command", "chargingSettings target=80 target=90", "each once"),
        ("command", "chargingSettings target=80=90", "'80=90' is not a number"),
        ("destination", "48,1,11,5 Home", "latitude,longitude"),
        ("destination", "Munich", "latitude,longitude name: for example 48.137,11.575 Home"),
        ("destination", "48.1,11.5,510,7 Home", "latitude,longitude"),
        ("destination", "48.1,180.5 Nowhere", "latitude,longitude"),
        ("destination", "91,11 Nowhere", "latitude,longitude"),
        ("destination", "48.1", "latitude,longitude"),
        ("destination", "nan,11", "latitude,longitude"),
    ],
)
def test_what_is_not_understood_is_told_with_what_is_expected(key, text, part):
    with pytest.raises(CommandFailed) as refused:
        definitions.of_item(key, text)
    assert part in refused.value.text()


@pytest.mark.parametrize("key, shown", [("chargingTarget", 20), ("command", 40)])
def test_of_a_long_text_that_is_not_understood_only_the_beginning_is_repeated(key, shown):
    with pytest.raises(CommandFailed) as refused:
        definitions.of_item(key, "x" * 100)
    assert "'{}'".format("x" * shown) in refused.value.text()


@pytest.mark.parametrize("place", ["90,180", "-90,-180", "0,0"])
def test_every_place_on_earth_is_a_destination(place):
    arguments = definitions.of_item("destination", place)[1]
    assert "{latitude:.0f},{longitude:.0f}".format(**arguments) == place


@pytest.mark.parametrize(
    "key, text",
    [
        ("destination", "48.25,11.5 Zoo at noon"),
        ("command", "sendDestination 48.25,11.5 Zoo at noon"),
        ("destination", "48.25,11.5,510 Zoo at noon"),
    ],
)
def test_a_destination_is_a_place_and_a_name(key, text):
    expected = {"latitude": 48.25, "longitude": 11.5, "name": "Zoo at noon"}
    assert definitions.of_item(key, text) == ("sendDestination", expected)


@pytest.mark.parametrize("key", sorted(definitions.ITEMS))
@pytest.mark.parametrize("text", ["REFRESH", "NULL", "UNDEF", "", "  ", " REFRESH "])
def test_what_openhab_sends_by_itself_is_nothing(key, text):
    assert definitions.of_item(key, text) == (None, {})


@pytest.mark.parametrize("key", sorted(definitions.SWITCHES))
@pytest.mark.parametrize("text", ["on", "off", "ON ", " OFF", "1", "0", "100", "true", "unlock", "INCREASE", "TOGGLE", "UP", "STOP"])
def test_a_switch_knows_on_and_off_and_nothing_else(key, text):
    assert definitions.of_item(key, text) == (None, {})


@pytest.mark.parametrize("key", ["command", "destination", "chargingTarget"])
def test_a_text_of_any_length_is_not_looked_at(key):
    with pytest.raises(CommandFailed, match="letters is not read"):
        definitions.of_item(key, "48.25,11.5 " + "x" * 490)
    with pytest.raises(CommandFailed, match="letters is not read"):
        definitions.of_text("unlock" + " " * 495)


def test_a_destination_without_a_name_gets_one():
    assert definitions.of_item("destination", "48.25,11.5")[1]["name"] == "Destination"


def test_every_command_has_an_item_of_the_vocabulary():
    assert set(definitions.ITEMS) <= set(COMMAND)
    named = set(name for key, names in definitions.ITEMS.items() if key != "command" for name in names)
    assert named == set(definitions.ALL)


@given(st.sampled_from(sorted(definitions.ITEMS)), st.text())
def test_any_text_is_a_command_or_a_told_mistake(key, text):
    try:
        command, arguments = definitions.of_item(key, text)
    except CommandFailed as refused:
        assert refused.text()
    else:
        assert command is None or command in definitions.ALL
        assert isinstance(arguments, dict)


@pytest.mark.parametrize("key", ["chargingTarget", "destination", "command", "lock"])
def test_a_command_without_end_is_not_read(key):
    with pytest.raises(CommandFailed, match="1000000 letters"):
        definitions.of_item(key, "9" * 1000000)
    with pytest.raises(CommandFailed, match="letters"):
        definitions.of_text("lock" + " " * definitions.MAX_CHARACTERS)
    assert definitions.of_text("lock".ljust(definitions.MAX_CHARACTERS)) == ("lock", {})
