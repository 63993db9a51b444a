"""bmw.logbook.course: the course of a charge has few points, in order of time, and only what was told."""

import json

import pytest
from bmw.logbook.course import MAX_LEVELS, MAX_POINTS, Course, Drawn, closed_text, drawn_of, has_line

from tests.unit.fakes import NOON
from tests.unit.logbook.test_dashboard import charge

START = int(NOON)


def told(levels=(), powers=()):
    course = Course()
    for moment, level in levels:
        course.tell_level(START + moment, level)
    for moment, power in powers:
        course.tell_power(START + moment, power)
    return course


def levels_of(course):
    return [[moment - START, level] for moment, level in course.drawn(START, None).levels]


def test_a_level_line_is_its_first_and_its_last_moment():
    course = told([(0, 20), (60, 21.04), (120, 21), (180, 21.0), (240, 21), (300, 22)])
    assert levels_of(course) == [[0, 20], [60, 21], [240, 21], [300, 22]]


@pytest.mark.parametrize("level", [-0.1, 100.1, 1e300, float("inf"), float("nan")])
def test_a_level_that_no_battery_has_is_no_point(level):
    course = told([(0, 20), (60, level)])
    assert levels_of(course) == [[0, 20]] and course.level_text(START + 120, level) == "[[%d,20]]" % START


@pytest.mark.parametrize("count", [1, 2, 29, 30, 31, 119, 120, 121, 10000])
def test_a_course_has_few_points_and_keeps_the_first_and_the_last(count):
    course = told([(60 * number, number % 2 + 20) for number in range(count)], [(60 * number, number % 3) for number in range(count)])
    found = levels_of(course)
    assert min(count, MAX_LEVELS // 2) <= len(found) <= MAX_LEVELS
    assert found[0] == [0, 20] and found[-1] == [60 * (count - 1), (count - 1) % 2 + 20]
    assert found == sorted(found) and len({moment for moment, _level in found}) == len(found)
    assert len(json.loads(course.power_text(START + 60 * count))) <= MAX_POINTS
    assert len(json.loads(course.level_text(START + 60 * count, 30))) <= MAX_LEVELS


def test_what_was_told_after_the_end_is_not_of_the_charge():
    course = told([(0, 20), (60, 21), (120, 22)])
    assert json.loads(course.level_text(START + 60, None)) == [[START, 20], [START + 60, 21]]
    assert json.loads(course.level_text(START + 60.5, 22)) == [[START, 20], [START + 60, 22]]


def test_nothing_told_is_no_text():
    assert (Course().level_text(START, None), Course().power_text(START)) == (None, None)


@pytest.mark.parametrize("text", [None, "", "[[1,", "7"])
def test_an_end_that_is_told_late_is_a_point_also_if_there_is_no_other(text):
    assert closed_text(text, NOON, 80.0) == "[[%d,80]]" % START


def test_a_charge_of_the_log_is_drawn_with_what_it_has():
    drawn = drawn_of(charge(NOON, levels="[[1,20],[2,30]]", curve=None))
    assert drawn == Drawn(NOON, NOON + 3600.4, [], [[1, 20], [2, 30]], 40, 60.5) and has_line(drawn)
    assert not has_line(drawn_of(charge(NOON, levels="[[1,20]]")))
    assert has_line(drawn_of(charge(NOON, curve="[[1,11]]"))) and not has_line(drawn_of(charge(NOON, levels="[[1,")))
