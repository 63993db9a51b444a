"""bmw.times: parses all the ways in which BMW writes a time."""

import datetime
import time

import pytest
from bmw import times
from hypothesis import given
from hypothesis import strategies as st

NOON = 1791028800.0


@pytest.mark.parametrize(
    "text, seconds",
    [
        ("2026-10-03T12:00:00Z", NOON),
        ("2026-10-03T12:00:00.000Z", NOON),
        ("2026-10-03T12:00:00.5Z", NOON + 0.5),
        ("2026-10-03T12:00:00.123456789Z", NOON + 0.123456789),
        ("2026-10-03t12:00:00z", NOON),
        ("2026-10-03 12:00:00", NOON),
        ("2026-10-03T12:00", NOON),
        ("2026-10-03T12:00:00 UTC", NOON),
        ("2026-10-03T14:00:00+02:00", NOON),
        ("2026-10-03T14:00:00+0200", NOON),
        ("2026-10-03T06:30:00-05:30", NOON),
        ("  2026-10-03T12:00:00Z  ", NOON),
        ("2026-10-03", NOON - 43200),
        ("03.10.2026 12:00:00 UTC", NOON),
        ("03.10.2026 12:00", NOON),
        ("3.10.2026", NOON - 43200),
        ("10/03/2026 12:00:00 UTC", NOON),
        ("10/3/2026", NOON - 43200),
        ("2026-10", 1790812800.0),
        ("1970-01-01T00:00:00Z", 0.0),
        ("2028-02-29", 1835395200.0),
        ("2026-12-31T23:59:60Z", 1798761600.0),
        ("2026-12-31T23:59:60.000Z", 1798761600.0),
        ("2026-10-03 12:00:59.999Z", NOON + 59.999),
    ],
)
def test_every_spelling_bmw_uses_is_read(text, seconds):
    assert times.parse(text) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "", None, " ", "-", "null", "yesterday", "12:00", "2026", "2026-13-01", "2026-00-10", "2026-02-30", "2026-02-29",
        "2026-02-31T12:00:60Z", "2026-10-03T24:00:00Z", "2026-10-03T12:60:00Z", "2026-10-03T12:00:61Z", "1969-12-31",
        "0001-01-01T00:00:00Z", "13/13/2026", "32.01.2026", "2026-10-03T12:00:00Z and more", "2026-10-03T12:00:00ZZ",
        "2026-10-03T12:00:0xZ", "2026-10-03T12:00:00.12xZ", "2026-10-03T12:00:00x120Z", "2026-10-03T12:00:61.000Z", "2026-10-03T12:00:000000Z",
        "2026-13-03T12:00:00.120Z", "0001-01-01T00:00:00.000Z", "03.10.2026 12:00:00Z", "2026-10-03T12:00:-1Z", "2026-10-03T12:00:00.+12Z",
        "2026-10-03T12:00:\u00b2\u00b2Z", "2026-10-03T12:00:00.\u00b2\u00b2\u00b2Z",
    ],
)  # fmt: skip
def test_what_is_no_time_is_none(text):
    assert times.parse(text) is None


@pytest.mark.parametrize("value", [0, 1791028800, 1.5, True, [], {}, ["2026-10-03"], {"time": "2026-10-03"}])
def test_what_is_not_even_text_is_none(value):
    assert times.parse(value) is None


@given(st.text() | st.from_regex(r"\s*\d{1,4}[-./]\d{1,4}[-./]\d{1,4}[T ]?.{0,20}") | st.none() | st.integers() | st.floats())
def test_reading_a_time_never_raises(value):
    seconds = times.parse(value)
    assert seconds is None or isinstance(seconds, float)


@given(st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", fullmatch=True, alphabet="0123456789-T:.Z"))
def test_the_short_way_for_the_usual_form_reads_what_the_pattern_reads(text):
    times._PARSED.clear()
    assert times.parse(text) == times._parsed(text)


@given(st.integers(min_value=0, max_value=253402300799000))
def test_a_time_written_by_us_is_read_back_to_the_millisecond(millis):
    assert times.parse(times.to_iso(millis / 1000.0)) == pytest.approx(millis / 1000.0, abs=0.0005)


def test_a_time_is_written_with_milliseconds_and_z():
    assert times.to_iso(NOON + 0.12) == "2026-10-03T12:00:00.120Z"


def test_milliseconds_are_rounded_into_the_next_second():
    assert times.to_iso(NOON + 0.9999) == "2026-10-03T12:00:01.000Z"


def _berlin(seconds):
    """Berlin's offset from UTC (seconds): summer time until 2026-10-25 01:00 UTC."""
    return 7200 if seconds < 1792890000 else 3600


def test_a_month_begins_by_the_time_at_home(monkeypatch):
    monkeypatch.setattr(times, "home_offset", _berlin)
    november = times.parse("2026-10-31T23:00:00Z")
    assert times.month_start(november, 0) == november
    assert times.month_start(november - 1, 0) == times.parse("2026-09-30T22:00:00Z") == times.month_start(november + 86400, 1)
    assert times.month_start(times.parse("2027-01-15T12:00:00Z"), 13) == times.parse("2025-11-30T22:00:00Z")
    assert times.at_home(november)[:5] == (2026, 11, 1, 0, 0)


def test_unless_openhab_says_otherwise_home_is_where_the_machine_is():
    assert times.home_offset is times.machine_offset
    assert times.at_home(NOON)[:6] == time.localtime(NOON)[:6]


@given(st.integers(min_value=0, max_value=4102444800))
def test_the_next_utc_midnight_is_ahead_and_at_most_a_day_away(seconds):
    midnight = times.next_utc_midnight(seconds)
    assert 0 < midnight - seconds <= 86400
    assert times.to_iso(midnight).endswith("T00:00:00.000Z")


def test_the_system_clock_is_the_machines():
    before = time.time()
    assert before <= times.SystemClock().now() <= time.time()


@pytest.mark.parametrize(
    "seconds, told",
    [
        (-3, "0 s"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (11100, "3 h 5 min"),
        (352800, "4 d 2 h"),
        (86460, "1 d"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_units(seconds, told):
    assert times.span(seconds) == told


def test_a_time_is_told_as_seen_from_now():
    assert [times.distance(one, NOON) for one in (None, NOON - 120, NOON, NOON + 120)] == ["never", "2 min ago", "0 s ago", "in 2 min"]


def test_what_was_read_is_read_the_same_again_and_kept_for_a_while_only():
    texts = [times.to_iso(NOON + second) for second in range(2 * times.MAX_PARSED)]
    for _twice in range(2):
        assert [times.parse(text) for text in texts] == [NOON + second for second in range(len(texts))]
    assert len(times._PARSED) <= times.MAX_PARSED


def test_a_time_without_end_is_none_and_is_not_kept():
    assert times.parse("2026-10-03T12:00:00." + "1" * 30 + "Z") is not None
    for text in ("2026-10-03T12:00:00." + "1" * 1000 + "Z", " " * 1000 + "2026-10-03"):
        assert times.parse(text) is None and text not in times._PARSED


@pytest.mark.parametrize("zone, hours", [("America/New_York", -5), ("Asia/Tokyo", 9), ("UTC", 0)])
def test_a_clock_that_was_never_set_has_a_local_hour_everywhere(monkeypatch, zone, hours):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert times.machine_offset(120) == hours * 3600
        assert times.local_hour(120) == hours % 24
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_days_are_those_of_the_calendar():
    day, last = datetime.date(1970, 1, 1), datetime.date(2405, 1, 1)
    while day < last:
        assert times.parse(day.isoformat()) == (day - datetime.date(1970, 1, 1)).days * 86400
        day += datetime.timedelta(1)


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2100-02-29", "2024-02-30", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "2026-01-32"]
)
def test_a_day_that_no_calendar_has_is_unknown(text):
    assert times.parse(text) is None


@pytest.mark.parametrize("text, date", [("2000-02-29", (2000, 2, 29)), ("2024-12-31", (2024, 12, 31)), ("9999-12-31", (9999, 12, 31))])
def test_the_last_days_are_known(text, date):
    assert times.parse(text) == (datetime.date(*date) - datetime.date(1970, 1, 1)).days * 86400
