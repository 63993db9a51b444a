"""bmw.cli.trips_table: the log of trips for people and for LibreOffice and Excel."""

import csv
import io

import pytest
from bmw.cli import sheet, trips_table
from bmw.logbook.trips import Trip

from tests.unit.fakes import NOON, car

WORK = Trip(NOON, NOON + 2400, 18250.0, 30.0, 80, 74.5, 4.8, "HOME", "work", False)
LONG = Trip(NOON + 86400, NOON + 2 * 86400, 18450.0, 200.0, None, None, None, "=SUM(1;2)", "ELSEWHERE", True)
SHORT = Trip(NOON + 40 * 86400, NOON + 40 * 86400 + 300, 18452.0, 2.0, 50, 50, 0.0, None, None, False)


def rows(trips, language, **options):
    text = trips_table.csv([(car(), trips)], language, **options)
    assert text.startswith(sheet.MARK)
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";" if language == "de" else ","))


def test_the_table_has_a_sum_below_each_month():
    lines = [line.strip() for line in trips_table.text(car(), [WORK, LONG, SHORT], "en").splitlines()]
    assert lines[0] == "i3" and "2026-10" in lines and "2026-11" in lines
    assert "2 trips, 230 km" in lines and "1 trips, 2 km" in lines
    assert [line for line in lines if "30 km" in line and "80 % - 74 %" in line and "16.0 kWh/100 km" in line and "home - work" in line]
    assert [line for line in lines if "200 km" in line and line.endswith("(Messages missing)")]


def test_the_csv_in_english_has_points_and_iso_dates():
    found = dict(zip(*rows([WORK], "en")))
    assert found["Start"].startswith("2026-10-03 ") and (found["From"], found["To"]) == ("home", "work")
    assert (found["Distance (km)"], found["Odometer (km)"], found["Energy from the battery (kWh)"]) == ("30.0", "18250.0", "4.800")
    assert (found["Consumption (kWh/100 km)"], found["Messages missing"]) == ("16.0", "")


def test_the_csv_in_german_has_commas_and_german_dates():
    found = dict(zip(*rows([WORK], "de")))
    assert found["Beginn"].startswith("03.10.2026 ") and (found["Von"], found["Nach"]) == ("zu Hause", "work")
    assert (found["Strecke (km)"], found["Ladestand nachher (%)"]) == ("30,0", "74,5")


@pytest.mark.parametrize("language, word", [("en", "yes"), ("de", "ja")])
def test_what_is_unknown_is_empty_a_gap_is_told_and_a_place_is_no_formula(language, word):
    row = rows([LONG], language)[1]
    assert row[3:5] == ["'=SUM(1;2)", ""] and row[7:] == ["", "", "", "", word]


def test_a_short_trip_has_no_consumption_as_it_would_be_one_of_whole_percents():
    assert rows([SHORT], "en")[1][9:11] == ["0.000", ""]


def test_the_vin_is_in_the_csv_only_when_it_is_asked_for():
    assert car().vin not in str(rows([WORK], "en"))
    assert rows([WORK], "en", with_vin=True)[1][-1] == car().vin
