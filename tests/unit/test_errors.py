"""bmw.errors: one hierarchy; each error has one line of text and says what to do."""

import inspect

import pytest
from bmw import errors

#: errors that only end the work; nobody sees them
ENDS_WORK = (errors.Stopped,)
ALL = [one for _name, one in inspect.getmembers(errors, inspect.isclass) if one.__module__ == "bmw.errors" and one not in ENDS_WORK]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_is_a_bmw_error_and_has_a_state_word(kind):
    assert issubclass(kind, errors.BmwError)
    assert kind.state == kind.state.upper() and " " not in kind.state


@pytest.mark.parametrize("kind", ALL)
def test_the_text_says_what_happened_and_what_to_do(kind):
    if kind is errors.Paused:
        assert str(kind("SERVER_ERROR", "It rains", "take an umbrella", 0)) == "It rains: take an umbrella"
        return
    assert str(kind("It rains", "take an umbrella")) == "It rains: take an umbrella"
    assert kind("It rains").text() == ("It rains: " + kind.usual_advice if kind.usual_advice else "It rains")


@pytest.mark.parametrize(
    "kind, transient",
    [
        (errors.NetworkError, True),
        (errors.ServerError, True),
        (errors.BadAnswer, True),
        (errors.QuotaExceeded, True),
        (errors.SignInNeeded, False),
        (errors.SignInFailed, False),
        (errors.AccessDenied, False),
        (errors.ConfigError, False),
    ],
)
def test_asking_again_helps_only_where_no_person_is_needed(kind, transient):
    assert kind("x").transient is transient


def test_what_ends_the_work_of_a_stopped_instance_is_taken_for_no_trouble_of_bmw():
    assert not issubclass(errors.Stopped, errors.BmwError)


def test_a_failed_sign_in_needs_a_sign_in():
    assert issubclass(errors.SignInFailed, errors.SignInNeeded)


def test_a_spent_quota_says_when_asking_makes_sense_again():
    assert errors.QuotaExceeded("x", retry_at=17.0).retry_at == 17.0
    assert errors.QuotaExceeded("x").retry_at is None


def test_umlauts_survive_in_a_text():
    assert str(errors.BmwError("T\u00fcr offen")) == "T\u00fcr offen"
