"""bmw.clouds.cardata.silence: whether the stream keeps silent about what the polls bring."""

import pytest
from bmw import times
from bmw.clouds.cardata import descriptors
from bmw.clouds.cardata.silence import ENOUGH, TELLING, Silence

from tests.cloud.descriptors import CATALOGUE
from tests.unit.fakes import NOON, VIN

SOC = "vehicle.drivetrain.batteryManagement.header"
DOOR = "vehicle.cabin.door.row1.driver.isOpen"
HOOD = "vehicle.body.hood.isOpen"
HOUR = 3600


def told(time, *names):
    return {name: {"value": 1, "unit": None, "timestamp": times.to_iso(time)} for name in names or (SOC,)}


def polls(silence, *known):
    return [silence.polled(VIN, one) for one in known]


def test_what_a_car_says_of_its_use_is_streamed():
    assert set(TELLING) <= set(descriptors.ALL)
    assert {CATALOGUE[name][0] for name in TELLING} == {"S"}


def test_news_of_several_polls_without_a_message_are_told_once():
    silence = Silence()
    assert polls(silence, *[told(NOON + hour * HOUR) for hour in range(5)]) == [False] * ENOUGH + [True, False, False]
    assert silence.silent == {VIN}


def test_a_car_that_sleeps_is_not_silent():
    silence = Silence()
    assert not any(polls(silence, *[told(NOON)] * 10))
    assert silence.silent == frozenset()


def test_values_that_belong_to_the_last_ones_are_no_news():
    silence = Silence()
    assert not any(polls(silence, *[told(NOON + second * 20) for second in range(20)]))


def test_a_message_between_two_polls_says_that_the_stream_is_well():
    silence = Silence()
    for hour in range(10):
        assert not silence.polled(VIN, told(NOON + hour * HOUR))
        assert not silence.heard(VIN, [SOC])


def test_the_first_message_ends_the_silence():
    silence = Silence()
    polls(silence, *[told(NOON + hour * HOUR) for hour in range(4)])
    assert silence.heard(VIN, [SOC])
    assert silence.silent == frozenset()
    assert polls(silence, *[told(NOON + hour * HOUR) for hour in range(4, 7)]) == [False, False, True]


def test_where_the_stream_has_told_of_some_values_only_these_count():
    silence = Silence()
    silence.heard(VIN, [SOC])
    assert not any(polls(silence, *[dict(told(NOON), **told(NOON + hour * HOUR, DOOR)) for hour in range(9)]))
    assert any(polls(silence, *[told(NOON + hour * HOUR) for hour in range(9)]))


def test_of_a_car_that_was_never_heard_only_what_everybody_chooses_counts():
    assert not any(polls(Silence(), *[told(NOON + hour * HOUR, HOOD) for hour in range(9)]))


def test_what_came_while_the_stream_was_away_does_not_count():
    silence = Silence()
    for hour in range(9):
        assert not silence.polled(VIN, told(NOON + hour * HOUR))
        silence.interrupted()


@pytest.mark.parametrize("entry", [{}, {"timestamp": None}, {"timestamp": "soon"}, {"timestamp": 17}])
def test_a_value_without_a_time_of_the_car_says_nothing(entry):
    assert not any(polls(Silence(), {}, *[{SOC: entry}] * 5))


def test_cars_are_told_apart():
    silence = Silence()
    for hour in range(4):
        silence.polled("WBY00TEST00000002", told(NOON + hour * HOUR))
        silence.polled(VIN, told(NOON))
    assert silence.silent == {"WBY00TEST00000002"}
