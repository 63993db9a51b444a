"""bmw.clouds.rare_calls: rare calls are made in time, and an error costs only its own values."""

from bmw.clouds import rare_calls
from bmw.errors import ServerError


def test_a_clock_that_was_set_back_does_not_stop_the_rarer_calls():
    memory = {}
    assert rare_calls.is_due(memory, "more", "V", 1000, 60)
    assert not rare_calls.is_due(memory, "more", "V", 1059, 60)
    assert rare_calls.is_due(memory, "more", "W", 1059, 60)
    assert rare_calls.is_due(memory, "more", "V", 500, 60)


def test_trouble_with_one_thing_costs_only_itself():
    def fails(_session, _vehicle):
        raise ServerError("BMW's server failed")

    rows = ((fails, dict), (lambda session, vehicle: {"trip": (session, vehicle)}, dict))
    assert rare_calls.readings("a cloud", rows, "session", "car") == {"trip": ("session", "car")}
