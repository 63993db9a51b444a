"""bmw.logbook.dashboard: the logs as the dashboard reads them from an item."""

import json

import pytest
from bmw import times
from bmw.logbook import dashboard
from bmw.logbook.charges import Charge
from bmw.logbook.course import Course, Drawn
from bmw.logbook.trips import Trip
from bmw.vehicle.states import state_text

#: 2026-11-29 12:00 UTC
NOW = 1795953600.0
DAY = 86400


def charge(start, place="Home", **more):
    values = dict(seconds=3599.6, energy=7.25, begin=40, final=60.5, odometer=42000, curve=None, levels=None, price=0.3, cost=2.18)
    values.update(more)
    return Charge(id="1", start=start, end=start + 3600.4, place=place, sources={"energy": "bmw"}, **values)


def trip(start):
    return Trip(start, start + 1800.7, 42010.0, 10.0, 60, 55, 1.5, "HOME", "work", False)


def read(text):
    told = json.loads(text)
    assert told["version"] == 1
    return told["rows"], told["cut"]


def test_a_charge_is_a_row_of_numbers_with_its_place_and_who_told_its_energy():
    rows, cut = read(dashboard.charges([charge(NOW - DAY)], NOW))
    begin = int(NOW - DAY)
    assert (rows, cut) == ([[begin, begin + 3600, 3599, 7.25, 40, 60.5, 0.3, 2.18, "Home", "bmw", 42000]], False)


def test_what_is_unknown_is_null():
    unknown = dict.fromkeys(("seconds", "energy", "begin", "final", "odometer", "price", "cost", "place"))
    rows, _cut = read(dashboard.charges([charge(NOW - DAY, **unknown)], NOW))
    assert rows[0][2:9] == [None] * 7


def test_a_trip_is_a_row_with_its_places():
    rows, _cut = read(dashboard.trips([trip(NOW - DAY)], NOW))
    begin = int(NOW - DAY)
    assert rows == [[begin, begin + 1800, 10.0, 42010.0, 60, 55, 1.5, "HOME", "work", False]]


def test_this_year_and_the_last_are_shown_the_newest_first():
    last_year = times.parse("2025-01-01T12:00:00Z")
    rows, cut = read(dashboard.charges([charge(last_year - DAY), charge(last_year), charge(NOW - DAY)], NOW))
    assert ([row[0] for row in rows], cut) == ([int(NOW - DAY), int(last_year)], False)


def test_of_a_log_without_end_the_newest_are_shown_and_that_there_are_more():
    found = [charge(NOW - DAY + number, place="\u00fc" * 100) for number in range(1000)]
    text = dashboard.charges(found, NOW)
    rows, cut = read(text)
    assert cut and len(text) <= dashboard.MAX_CHARACTERS
    assert [row[0] for row in rows] == [int(found[-1 - number].start) for number in range(len(rows))]
    assert len(rows) > 40


@pytest.mark.parametrize("older, is_cut", [(None, False), (NOW - 2 * DAY, True), (times.parse("2024-12-31T12:00:00Z"), False)])
def test_trips_that_are_left_out_before_count_as_cut_if_they_are_of_this_year_or_the_last(older, is_cut):
    rows, cut = read(dashboard.trips([trip(NOW - DAY)], NOW, older))
    assert (len(rows), cut) == (1, is_cut)


def test_the_longest_text_is_one_that_an_item_can_show():
    text = dashboard.charges([charge(NOW - number * 600) for number in range(3000)][::-1], NOW)
    assert state_text(text, "", "String") == text


def test_a_curve_has_the_power_and_what_is_known_of_the_state_of_charge():
    drawn = Drawn(NOW + 0.7, NOW + DAY, [[NOW, 11.04]], [[int(NOW), 20], [int(NOW) + 60, 20.5]], 20, 80.5)
    begin = int(NOW)
    assert json.loads(dashboard.curve(drawn)) == {
        "version": 1, "start": begin, "end": begin + DAY, "points": [[begin, 11.0]],
        "levels": [[begin, 20], [begin + 60, 20.5]], "from": 20, "to": 80.5,
    }  # fmt: skip


def test_a_curve_of_which_no_state_of_charge_is_known_is_as_before():
    text = dashboard.curve(Drawn(NOW, None, [[NOW, 11.0]], [], None, None))
    assert text == '{{"end":null,"points":[[{0},11.0]],"start":{0},"version":1}}'.format(int(NOW))


def test_the_longest_curve_is_a_short_text():
    running = Course()
    for second in range(100000):
        running.tell_power(NOW + second, 100 + second / 1000.0)
        running.tell_level(NOW + second, 0.1 + second % 900 / 10.0)
    text = dashboard.curve(running.drawn(NOW, 0.1))
    assert len(json.loads(text)["points"]) > 30 and len(json.loads(text)["levels"]) > 15 and len(text) < 2000


def test_the_charges_of_two_years_have_room():
    found = [charge(NOW - (600 - number) * DAY, place="Parkplatz am Bahnhof") for number in range(300)]
    rows, cut = read(dashboard.charges(found, NOW))
    assert (len(rows), cut) == (300, False)
