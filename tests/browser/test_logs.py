"""The logs of charges and trips on the dashboard: months, tables, and a CSV that is the same as the command line's."""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from selenium.webdriver.common.by import By

from tests.browser.chromium import prefer, set_screen
from tests.browser.conftest import TABLET, ask_now
from tests.browser.test_for_people import grave_issues
from tests.openhab import layout

LIBRARY = layout.REPO / "automation" / "lib" / "python"
sys.path.insert(0, str(LIBRARY))
from bmw.cli import trips_table  # noqa: E402
from bmw.logbook import dashboard  # noqa: E402
from bmw.logbook.trips import Trip  # noqa: E402

#: what anybody may write into the item; of all this one row is a charge
HOSTILE = [None, 1, "x", [], [1], [None] * 11, ["<b>"] * 11, [1e300] * 11, [1795800000, 1795803600] + [{}] * 9,
           [1795800000, 1795803600, 3600, 7.5, 40, 60, None, None, "<img src=x onerror=alert(1)>", "=cmd", 1]]  # fmt: skip


@pytest.fixture
def charged(signed_in, page):
    """The page of the i3, of which BMW's history has told the charges."""
    if "BMW_i3_ChargingLog" not in signed_in.openhab.items():
        ask_now(signed_in)
    signed_in.openhab.wait_state("BMW_i3_ChargingLog", lambda state: state.startswith("{"), 90)
    page.open("?car=i3")
    page.wait(lambda: page.find(".months details"), "the log")
    return signed_in, page


def rows_of(home):
    return json.loads(home.openhab.state("BMW_i3_ChargingLog"))["rows"]


def download(page, css, folder):
    """Presses the button and returns the file that Chromium has saved."""
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    page.press(css)
    page.wait(lambda: list(folder.glob("*.csv")), "the file")
    (file,) = folder.glob("*.csv")
    return file


def card(page, name):
    """The selector of a log's card, by the month's lines in it."""
    number = [one.text.startswith(name) for one in page.driver.find_elements(By.CSS_SELECTOR, ".log-card h2")].index(True)
    page.driver.execute_script("document.querySelectorAll('.log-card')[arguments[0]].id = arguments[1]", number, name)
    return "#" + name


def test_the_charges_are_summed_up_by_months_that_open_to_a_table(charged):
    home, page = charged
    newest = time.localtime(rows_of(home)[0][0])
    of_month = [row for row in rows_of(home) if time.localtime(row[0])[:2] == newest[:2]]
    line = page.text(".months summary")
    assert line.startswith(time.strftime("%B %Y", newest))
    charges = "1 charge" if len(of_month) == 1 else "{} charges".format(len(of_month))
    assert "{} · {:.0f} kWh".format(charges, sum(row[3] for row in of_month)) in line
    page.press(".months summary")
    page.wait(lambda: len(page.driver.find_elements(By.CSS_SELECTOR, ".log tbody tr")) == len(of_month), "the table")
    assert "{:.1f} kWh".format(of_month[0][3]) in page.text(".log tbody tr")


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_charges_as_csv_are_those_of_the_command_line(charged, tmp_path, language):
    home, page = charged
    page.open("?car=i3&lang=" + language)
    page.wait(lambda: page.find(".months details"), "the log")
    saved = download(page, card(page, {"en": "Charges", "de": "Ladevorgänge"}[language]) + " .button", tmp_path)
    settings = tmp_path / "bmw.cfg"
    settings.write_text((home.openhab.conf / "services" / "bmw.cfg").read_text("utf-8") + "\nlanguage = {}\n".format(language), "utf-8")
    places = ["--config", str(settings), "--store", str(home.openhab.userdata / "bmw")]
    library = {"PYTHONPATH": str(LIBRARY)}
    command = [sys.executable, "-m", "bmw", *places, "charges", "i3", "--output", str(tmp_path / "theirs")]
    subprocess.run(command, env=dict(os.environ, **library), check=True)
    assert saved.read_bytes() == (tmp_path / "theirs").read_bytes()
    assert len(saved.read_text("utf-8-sig").splitlines()) == len(rows_of(home)) + 1


def curve(points, end=None):
    return json.dumps({"version": 1, "start": 1795800000, "end": end, "points": points})


#: what anybody may write into the item, and no charge is drawn
NO_CURVES = ["{}", "[]", "null", curve([]), curve([["<b>", 1]]), curve([[1795800000, -1]]), curve([[1e300, 1]]), curve([[1, 1]] * 501),
             curve([[1795800060, 1], [1795800000, 1]])]  # fmt: skip
POWER = "[data-curve=power]"


@pytest.mark.parametrize(
    "language, last, running",
    [("en", "Charging power of the last charge", "Charging power since"), ("de", "Ladeleistung beim letzten Laden", "Ladeleistung seit")],
)
def test_the_power_of_the_last_charge_is_drawn_from_the_log(charged, language, last, running):
    home, page = charged
    told = json.loads(home.openhab.wait_state("BMW_i3_ChargingCurve", lambda state: state.startswith("{")))
    words = running if told["end"] is None else last  # another test may have left the car charging
    page.open("?car=i3&lang=" + language)
    page.wait(lambda: page.find(POWER + " path"), "the curve")
    highest = "{:.1f}".format(max(power for _moment, power in told["points"]))
    caption = page.text(POWER + " figcaption")
    assert caption.startswith(words) and highest.replace(".", "." if language == "en" else ",") + " kW" in caption
    assert page.find(POWER + " svg").get_attribute("aria-label").replace("\xa0", " ") == caption


def test_a_running_charge_is_drawn_and_a_hostile_text_is_none(charged):
    home, page = charged
    with home.unloaded():
        if "BMW_i3_ChargingCurve" not in home.openhab.items():
            home.openhab.add_item("BMW_i3_ChargingCurve", "String")
        for text in NO_CURVES:
            home.openhab.update("BMW_i3_ChargingCurve", text)
            page.wait(lambda: page.find(POWER) is None, "no curve for " + text[:60])
            home.openhab.update("BMW_i3_ChargingCurve", curve([[1795800000, 11.0], [1795801800, 7.4]]))
            page.wait(lambda: page.find(POWER), "a curve")
            caption = page.text(POWER + " figcaption")
            assert caption.startswith("Charging power since ") and caption.endswith("up to 11.0 kW.")


TRIPS = [
    Trip(time.mktime((2026, 10, 3, 8, 5, 0, 0, 0, -1)), time.mktime((2026, 10, 3, 9, 0, 0, 0, 0, -1)), 42010.0, 55.0, 80, 61.5, 7.25, "HOME", "work", False),
    Trip(time.mktime((2026, 11, 3, 8, 5, 0, 0, 0, -1)), time.mktime((2026, 11, 3, 9, 0, 0, 0, 0, -1)), 42090.0, 80.0, 61.5, None, None, "=work; \"1\"", "ELSEWHERE", True),
    Trip(time.mktime((2026, 11, 4, 8, 5, 0, 0, 0, -1)), time.mktime((2026, 11, 4, 8, 9, 0, 0, 0, -1)), 42095.0, 5.0, 50, 48, 0.75, None, None, False),
]  # fmt: skip


@pytest.fixture
def written(charged):
    """Writes a text into the item of a log, while the module does not put it right."""
    home, page = charged

    def write(text):
        home.openhab.update("BMW_i3_TripLog", text)
        home.openhab.wait_state("BMW_i3_TripLog", text)

    with home.unloaded():
        if "BMW_i3_TripLog" not in home.openhab.items():
            home.openhab.add_item("BMW_i3_TripLog", "String")
        yield SimpleNamespace(home=home, page=page, write=write)
        home.openhab.remove_item("BMW_i3_TripLog")


@pytest.mark.parametrize("language, one, two", [("en", "1 trip ·", "2 trips ·"), ("de", "1 Fahrt ·", "2 Fahrten ·")])
def test_a_month_with_one_trip_says_so(written, language, one, two):
    written.write(dashboard.trips(TRIPS, time.time()))
    page = written.page
    page.open("?car=i3&lang=" + language)
    page.wait(lambda: page.find(".months details"), "the log")
    lines = [line.text for line in page.driver.find_elements(By.CSS_SELECTOR, ".log-card summary")]
    assert any(one in line for line in lines) and any(two in line for line in lines), lines


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_trips_are_shown_and_their_csv_is_that_of_the_command_line(written, tmp_path, language):
    written.write(dashboard.trips(TRIPS, time.time()))
    page = written.page
    page.open("?car=i3&lang=" + language)
    title = {"en": "Trips", "de": "Fahrten"}[language]
    page.wait(lambda: any(one.text.startswith(title) for one in page.driver.find_elements(By.CSS_SELECTOR, ".log-card h2")), "the trips")
    selector = card(page, title)
    assert "85" in page.text(selector + " summary")
    expected = trips_table.csv([(SimpleNamespace(name="i3", vin="x"), TRIPS)], language)
    assert download(page, selector + " .button", tmp_path).read_text("utf-8").replace("\r\n", "\n") == expected
    separator = ";" if language == "de" else ","
    read = list(csv.reader(expected.lstrip("\ufeff").splitlines(), delimiter=separator))
    assert read[2][3] == '\'=work; "1"' and len({len(row) for row in read}) == 1


def test_what_others_write_into_the_item_is_text_or_nothing(written):
    page = written.page
    for text in ("nothing", "[]", '{"version":2,"rows":[[1]]}', '{"version":1}', "[" * 50000, "x" * 70000):
        written.write(text)
    page.open("?car=i3")
    assert not any(one.text.startswith("Trips") for one in page.driver.find_elements(By.CSS_SELECTOR, ".log-card h2"))
    found = page.driver.execute_async_script(
        "const [text, done] = arguments; import('/static/bmw/js/logs.js').then(({ charges }) => done(charges(text).entries));",
        json.dumps({"version": 1, "cut": False, "rows": HOSTILE}),
    )
    assert [(one["energy"], one["place"]) for one in found] == [(None, None), (7.5, "<img src=x onerror=alert(1)>")]
    assert page.console() == []


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("screen", [dict(width=360, height=780, is_phone=True), TABLET], ids=["phone", "tablet"])
def test_the_checker_finds_nothing_grave_in_the_logs(written, look, screen):
    page = written.page
    written.write(dashboard.trips(TRIPS, time.time()))
    set_screen(page.driver, **screen)
    prefer(page.driver, prefers_color_scheme=look, prefers_reduced_motion="reduce")
    page.open("?car=i3")
    page.wait(lambda: len(page.driver.find_elements(By.CSS_SELECTOR, ".log-card .months details")) > 2, "the logs")
    page.driver.execute_script("document.querySelectorAll('.log-card details').forEach((one) => { one.open = true; })")
    page.wait(lambda: page.find(".log tbody tr"), "the tables")
    assert grave_issues(page.driver) == []
    overflow = page.driver.execute_script("return document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not overflow
    folder = os.environ.get("PICTURES")
    if folder:
        page.driver.execute_script("document.querySelector('.log-card').scrollIntoView()")
        page.driver.save_screenshot(str(Path(folder) / "{}-{}.png".format(look, screen["width"])))
