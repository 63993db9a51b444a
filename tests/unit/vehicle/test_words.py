"""bmw.vehicle.words: BMW's states in plain language."""

import pytest
from bmw.commands import definitions
from bmw.vehicle import words
from bmw.vehicle.vehicle import CHARGING_STATES, LOCK_STATES
from bmw.vehicle.vocabulary import ACCOUNT, COMMAND, VEHICLE, VEHICLE_POINTS

POINTS = VEHICLE_POINTS + tuple(ACCOUNT.values()) + tuple(COMMAND.values())


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.key)
def test_options_are_pairs_that_openhab_can_take_apart(point, language):
    text = words.options(point, language)
    for pair in text.split(",") if text else []:
        state, word = pair.split("=")
        assert state.strip() and word.strip()


def test_a_switch_to_press_has_no_words():
    assert words.options(ACCOUNT["signIn"], "en") == "" == words.options(COMMAND["lock"], "en")


def test_a_switch_to_read_says_yes_or_no():
    assert words.options(VEHICLE["pluggedIn"], "de") == "OFF=nein,ON=ja"


def test_every_state_of_a_lock_has_a_word():
    assert set(words.words("doorLockState", "String", "en")) == set(LOCK_STATES)


def test_every_charging_status_has_a_word():
    assert set(words.words("chargingStatus", "String", "de")) == set(CHARGING_STATES)


def test_every_word_of_a_commands_life_is_said():
    said = set(words.words("commandStatus", "String", "de"))
    assert said == definitions.FINAL | {definitions.QUEUED, definitions.SENT, definitions.PENDING, definitions.DELIVERED}


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_two_states_are_said_alike(language):
    for point in POINTS:
        said = list(words.words(point.key, point.item_type, language).values())
        assert len(said) == len(set(said)), point.key
