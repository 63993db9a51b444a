"""The logs of charges and trips on the dashboard: months, tables, and a CSV that is the same as the command line's."""

import csv
import json
import os
import re
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


#: the start of the charge that the tests write into the item
START = 1795800000


def curve(points=(), end=None, **more):
    return json.dumps(dict({"version": 1, "start": START, "end": end, "points": points}, **more))


LEVELS = [[START, 20], [START + 1800, 35.5], [START + 3600, 50]]
#: what anybody may write into the item, and no charge is drawn
NO_CURVES = ["{}", "[]", "null", "[" * 50000, curve([]), curve([["<b>", 1]]), curve([[START, -1]]), curve([[1e300, 1]]), curve([[8.64e12, 1]]),
             curve([[1, 1]] * 501), curve([[START + 60, 1], [START, 1]]), curve([[START, 11]], start=8.64e12), curve(levels={}), curve(levels=[1, 2]),
             curve(levels=LEVELS[:1]), curve(levels=[["<b>", 1], ["<b>", 2]]), curve(levels=[[START, -1], [START + 60, 101]]),
             curve(levels=LEVELS[::-1]), curve(levels=[[START + one, 20] for one in range(501)])]  # fmt: skip
HEAD, LEVEL, POWER = ".course > .sub", "[data-curve=level]", "[data-curve=power]"


@pytest.mark.parametrize(
    "language, last, running, charge, power",
    [
        ("en", "Last charge: ", "This charge: since ", "State of charge: {} to {}", "Power: up to {} kW"),
        ("de", "Letztes Laden: ", "Dieses Laden: seit ", "Ladestand: {} bis {}", "Leistung: bis zu {} kW"),
    ],
)
def test_the_last_charge_is_drawn_from_the_log(charged, language, last, running, charge, power):
    home, page = charged
    told = json.loads(home.openhab.wait_state("BMW_i3_ChargingCurve", lambda state: state.startswith("{")))
    is_running = told["end"] is None and home.openhab.state("BMW_i3_Charging") == "ON"  # another test may have left the car charging
    page.open("?car=i3&lang=" + language)
    page.wait(lambda: page.find(".course path"), "the curve")
    heading = page.text(HEAD)
    assert heading.startswith(running if is_running else last)
    final = told.get("to", (told.get("levels") or [[0, None]])[-1][1])
    if None not in (told.get("from"), final):
        assert page.text(LEVEL + " figcaption") == charge.format(*("{:.0f} %".format(one) for one in (told["from"], final)))
    assert bool(page.find(LEVEL + " svg")) is (len(told.get("levels", [])) > 1 or bool(page.find(".expected")))
    if told["points"]:
        highest = "{:.1f}".format(max(kilowatt for _moment, kilowatt in told["points"])).replace(".", "." if language == "en" else ",")
        assert page.text(POWER + " figcaption") == power.format(highest)
        label = page.find(POWER + " svg").get_attribute("aria-label").replace("\xa0", " ")
        assert label == "{}. {}".format(heading, power.format(highest))


@pytest.fixture
def drawn(charged):
    """Writes states of the car's items, while the module does not put them right: write(Charging="ON")."""
    home, page = charged
    made = []

    def write(**states):
        for key, state in states.items():
            if "BMW_i3_" + key not in home.openhab.items():
                home.openhab.add_item("BMW_i3_" + key, "String" if key == "ChargingCurve" else "Number")
                made.append("BMW_i3_" + key)
            home.openhab.update("BMW_i3_" + key, state)

    with home.unloaded():
        write(Charging="ON", TargetStateOfCharge="80", ChargingTimeRemaining="UNDEF", ChargingCurve="UNDEF")
        page.wait_gone(".course")
        yield SimpleNamespace(home=home, page=page, write=write)
        for name in made:
            home.openhab.remove_item(name)


def test_a_hostile_text_is_no_charge(drawn):
    for text in NO_CURVES:
        drawn.write(ChargingCurve=text)
        drawn.page.wait_gone(".course")
        drawn.write(ChargingCurve=curve([[START, 11.0], [START + 1800, 7.4]]))
        drawn.page.wait_text(POWER + " figcaption", "Power: up to 11.0 kW")
    # of a text with one good half that half is drawn
    drawn.write(ChargingCurve=curve([[START, 11.0]], levels=[["x", 1], [START, 900]], **{"from": "<b>", "to": [1]}))
    drawn.page.wait_gone(LEVEL)
    drawn.write(ChargingCurve=curve([[1e300, 1]], levels=LEVELS))
    drawn.page.wait_text(LEVEL + " figcaption", "State of charge: 20 % to 50 %")
    assert drawn.page.find(POWER) is None and drawn.page.console() == []


def test_a_running_charge_is_drawn_with_the_cars_forecast_as_long_as_the_car_charges(drawn):
    page, running = drawn.page, curve([[START, 11.0]], levels=LEVELS, **{"from": 20})
    drawn.write(ChargingCurve=running)
    page.wait_text(HEAD, lambda text: text.startswith("This charge: since "))
    assert page.text(LEVEL + " figcaption") == "State of charge: 20 % to 50 %"
    assert page.find(LEVEL + " path.line") and page.find(".expected") is None
    drawn.write(ChargingTimeRemaining="45")
    page.wait(lambda: page.find(LEVEL + " .expected"), "the forecast")
    for impossible in ("1E300", "-5", "0", "UNDEF"):
        drawn.write(ChargingTimeRemaining=impossible)
        page.wait_gone(".expected")
    drawn.write(ChargingTimeRemaining="45", TargetStateOfCharge="50")  # it is there
    drawn.write(ChargingTimeRemaining="44")
    page.wait_gone(".expected")
    drawn.write(TargetStateOfCharge="80")
    page.wait(lambda: page.find(LEVEL + " .expected"), "the forecast")
    drawn.write(Charging="OFF")
    page.wait_text(HEAD, lambda text: text.startswith("Last charge: ") and " to " in text)
    assert page.find(".expected") is None
    drawn.write(
        Charging="ON", ChargingCurve=curve([[START, 11.0], [START + 3600, 0]], START + 3600, levels=LEVELS, **{"from": 20, "to": 51})
    )
    page.wait_text(LEVEL + " figcaption", "State of charge: 20 % to 51 %")
    assert re.fullmatch(r"Last charge: \w+ \d+, [\d:]+ [AP]M to [\d:]+ [AP]M", page.text(HEAD)), page.text(HEAD)
    assert page.find(".expected") is None  # it is not the one that is running now
    assert page.console() == []


def test_of_a_charge_that_only_bmw_told_no_state_of_charge_is_drawn(drawn):
    page = drawn.page
    drawn.write(ChargingCurve=curve([[START, 11.0], [START + 3600, 0]], START + 3600, **{"from": 20, "to": 51}))
    page.wait_text(LEVEL + " figcaption", "State of charge: 20 % to 51 %")
    assert page.find(LEVEL + " svg") is None and page.find(POWER + " svg")


def test_a_power_that_does_not_change_is_a_line_up_to_now(drawn):
    start = int(time.time()) - 7200
    drawn.write(ChargingCurve=curve([[start, 11.0]], start=start))
    drawn.page.wait(lambda: drawn.page.find(POWER + " path.line"), "the line")
    width = drawn.page.driver.execute_script("return document.querySelector('[data-curve=power] path.line').getBBox().width")
    assert width > 300


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("screen", [dict(width=360, height=780, is_phone=True), TABLET], ids=["phone", "tablet"])
def test_the_checker_finds_nothing_grave_in_the_course_of_a_charge(drawn, look, screen):
    page = drawn.page
    drawn.write(ChargingCurve=curve([[START, 11.0], [START + 1800, 7.4]], levels=LEVELS), ChargingTimeRemaining="45")
    set_screen(page.driver, **screen)
    prefer(page.driver, prefers_color_scheme=look, prefers_reduced_motion="reduce")
    page.open("?car=i3")
    page.wait(lambda: page.find(".expected"), "the forecast")
    assert grave_issues(page.driver) == []
    assert not page.driver.execute_script("return document.documentElement.scrollWidth > document.documentElement.clientWidth")


#: lets the drawing of a log's months fail
SPOIL = """const draw = Element.prototype.replaceChildren;
Element.prototype.replaceChildren = function (...nodes) {
  if (this.classList.contains('months') && !window.isMended) throw new Error('spoiled by the test');
  return draw.apply(this, nodes);
};"""


def test_an_error_in_one_card_leaves_the_others_and_goes_to_the_console_once(charged):
    home, page = charged
    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SPOIL})["identifier"]
    try:
        page.open("?car=i3")
        page.wait_text(".log-card .broken", "This card cannot be shown: one of its values is not as expected.")
        assert page.text(".log-card h2").startswith("Charges") and page.find(".log-card .button") is None
        assert page.text("#ring-figure") and page.find(".place-card .card-body") and page.find(".account-card .card-body")
        page.reload()
        page.wait_text(".log-card .broken", lambda text: True)
        page.console()
        page.press("#theme")
        page.press("#theme")
        assert page.console() == []  # it is told once, not with each drawing
        page.driver.execute_script("window.isMended = true")
        page.press("#theme")
        page.wait(lambda: page.find(".log-card .months details"), "the log")
        assert page.find(".broken") is None
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})


#: the last moments that a Date has
EDGES = (8.64e12, -8.64e12)


def test_a_time_at_the_edge_of_what_a_date_can_be_stops_nothing(drawn):
    page = drawn.page
    rows = [[edge, edge] + [None] * 9 for edge in EDGES]
    good = [START, START + 3600, 3600, 7.5, 40, 60, None, None, None, None, None]
    before = drawn.home.openhab.state("BMW_i3_ChargingLog")
    drawn.write(ChargingLog=json.dumps({"version": 1, "cut": False, "rows": rows + [good]}), ChargingTimeRemaining="1E300")
    page.open("?car=i3")
    page.wait_text(".months summary", lambda text: "1 charge" in text)
    assert page.find(".place-card") and page.find(".broken") is None and page.console() == []
    texts = "import('/static/bmw/js/i18n.js').then(({ Texts }) => { const texts = new Texts('en'); done(%s); });"
    ways = "['clock', 'date', 'month', 'weekday', 'dayMonth', 'moment', 'ago'].map((way) => texts[way](new Date(NaN)))"
    assert page.driver.execute_async_script("const done = arguments[0]; " + texts % ways) == ["unknown"] * 7
    drawn.write(ChargingLog=before)


TRIPS = [
    Trip(time.mktime((2026, 9, 3, 8, 5, 0, 0, 0, -1)), time.mktime((2026, 9, 3, 9, 0, 0, 0, 0, -1)), 41955.0, 9.0, 80, 78, 0.5, "constructor", "__proto__", False),
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
    assert read[1][3:5] == ["constructor", "__proto__"]
    assert read[3][3] == '\'=work; "1"' and len({len(row) for row in read}) == 1


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


def test_the_charges_are_saved_whatever_word_stands_for_their_source(charged, tmp_path):
    home, page = charged
    row = [1795800000, 1795803600, 3600, 7.5, 40, 60, None, None, "a;=cmd", "constructor", 1]
    with home.unloaded():
        home.openhab.update("BMW_i3_ChargingLog", json.dumps({"version": 1, "cut": False, "rows": [row]}))
        page.open("?car=i3&lang=en")
        page.wait(lambda: page.text(card(page, "Charges") + " .aside") == "1", "the one charge")
        lines = download(page, card(page, "Charges") + " .button", tmp_path).read_text("utf-8-sig").splitlines()
    assert len(lines) == 2 and ",a;'=cmd,1,40,60,7.500,,,,60" in lines[1]


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
