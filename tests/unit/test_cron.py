"""bmw.cron: expressions for openHAB's timer trigger."""

import pytest
from bmw import cron
from bmw.errors import ConfigError
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(min_value=1, max_value=1440), st.text())
def test_every_interval_gives_an_expression_that_holds(minutes, seed):
    assert cron.check(cron.spread(minutes, seed)) == cron.spread(minutes, seed)


def test_the_same_seed_gives_the_same_second_after_a_restart():
    assert cron.spread(30, "home") == cron.spread(30, "home")


def test_different_seeds_spread_the_calls():
    assert len({cron.spread(30, str(number)) for number in range(100)}) > 50


@given(st.sampled_from([1, 2, 5, 10, 15, 20, 30]), st.text())
def test_minutes_are_stepped_within_the_hour(minutes, seed):
    _second, step = cron.spread(minutes, seed).split()[:2]
    start, every = step.split("/")
    assert int(start) < minutes == int(every)


@pytest.mark.parametrize("minutes, hours", [(60, "/1"), (120, "/2"), (720, "/12")])
def test_whole_hours_are_stepped_within_the_day(minutes, hours):
    assert cron.spread(minutes, "x").split()[2].endswith(hours)


def test_a_whole_day_is_one_fixed_hour():
    assert cron.spread(1440, "x").split()[2].isdigit()


@pytest.mark.parametrize(
    "expression",
    [
        "0 0/30 * * * ?",
        "15 3,33 6-22 * * ?",
        "0 0 5 ? * 1",
        "0 0 6 ? * MON-FRI",
        "0 0 6 ? jan,JUL sun",
        "0 0 6 L * ?",
        "0 0 6 LW * ?",
        "0 0 6 15W * ?",
        "0 0 6 ? * 5L",
        "0 0 6 ? * 6#3",
        "0 0 6 ? * FRI#1",
        "0 0 6 1 1 ? 2030",
        "0 0 6 1/5 * ?",
        "* * * * * *",
    ],
)
def test_an_expression_openhab_takes_is_taken(expression):
    assert cron.check(expression) == expression


def test_blanks_are_made_single():
    assert cron.check("  0   0/30\t* * * ? ") == "0 0/30 * * * ?"


@pytest.mark.parametrize(
    "expression, wrong",
    [
        ("61 * * * * ?", "seconds"),
        ("0 60 * * * ?", "minutes"),
        ("0 0 24 * * ?", "hours"),
        ("0 0 0 32 * ?", "day of month"),
        ("0 0 0 0 * ?", "day of month"),
        ("0 0 0 1 13 ?", "month"),
        ("0 0 0 ? * 8", "day of week"),
        ("0 0 0 ? * MONDAY", "day of week"),
        ("0 0 0 1 1 ? 1900", "year"),
        ("0 0/0 * * * ?", "minutes"),
        ("0 ? * * * ?", "minutes"),
        ("0 5- * * * ?", "minutes"),
        ("0 0/99 * * * ?", "minutes"),
        ("0 , * * * ?", "minutes"),
        ("MON 0 * * * ?", "seconds"),
    ],
)
def test_a_wrong_field_is_named(expression, wrong):
    with pytest.raises(ConfigError) as error:
        cron.check(expression)
    assert "not valid for {} in".format(wrong) in error.value.problem


@pytest.mark.parametrize("expression", ["", "30", "* * * * *", "0 0 0 1 1 ? 2030 0"])
def test_a_wrong_number_of_fields_is_told(expression):
    with pytest.raises(ConfigError) as error:
        cron.check(expression)
    assert "is not a cron expression" in error.value.problem


@pytest.mark.parametrize("digit", ["\u00b2", "\u0663", "\u2460"])
def test_only_plain_digits_are_digits(digit):
    for expression in ("{} * * * * ?", "0/{} * * * * ?", "* * * {}W * ?", "* * * ? * 6#{}"):
        with pytest.raises(ConfigError):
            cron.check(expression.format(digit))


@given(st.text() | st.lists(st.text(alphabet="0123456789*?LW/-#,MONJAN\u00b2\u0663", max_size=6), min_size=6, max_size=7).map(" ".join))
def test_checking_raises_nothing_but_a_config_error(expression):
    try:
        assert cron.check(expression).split() == expression.split()
    except ConfigError as error:
        assert error.advice
