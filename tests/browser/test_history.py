"""The dashboard shows what openHAB's persistence has stored, and says how to switch it on where it stores nothing."""

import time

import pytest
from selenium.webdriver.common.by import By

from tests.browser.chromium import prefer, set_screen
from tests.browser.history_service import HistoryService
from tests.browser.test_for_people import SCREENS, grave_issues

HOUR = 3600000
CARD = ".history-card "


@pytest.fixture(scope="module")
def service(home):
    """The service of a home whose module is removed, so that the items keep what the test writes."""
    with home.unloaded():
        service = HistoryService(home.openhab)
        try:
            home.wait(lambda: service.is_there(), "openHAB to have the service")
            yield service
        finally:
            service.remove()
            home.wait(lambda: not service.is_there(), "the service to be gone")


def write_past(home, service, **series):
    """Stores states [(hours ago, state)] and lets the items have the last ones."""
    now = int(time.time() * 1000)
    service.write({"BMW_i4_" + key: [(int(now - hours * HOUR), state) for hours, state in rows] for key, rows in series.items()})
    for key, rows in series.items():
        home.openhab.update("BMW_i4_" + key, rows[-1][1])


PAST = {
    "StateOfCharge": [(700, "90 %"), (140, "15 %"), (20, "31 %"), (10, "UNDEF"), (9, "31 %"), (8, "57 %"), (7, "80 %"), (2, "74 %")],
    "ElectricRange": [(700, "410 km"), (140, "60 km"), (20, "130 km"), (8, "255 km"), (7, "361 km"), (2, "333 km")],
    "ChargingPower": [(700, "0 W"), (9, "11000 W"), (7, "0 W")],
}


def caption(page, key):
    return page.text("figure[data-history='{}'] figcaption".format(key))


def test_where_nothing_is_stored_the_page_says_how_to_switch_it_on(signed_in, page):
    page.open("?car=i4")
    text = page.wait_text(CARD + ".sub", lambda text: "stores nothing" in text)
    assert "RRD4j" in text
    assert "conf/persistence/bmw_rrd4j.persist.sample" in text
    assert page.find(CARD + "figure") is None


def test_a_day_a_week_and_a_month_are_shown_without_a_token(signed_in, service, page):
    write_past(signed_in, service, **PAST)
    page.open("?car=i4")
    # 15 % held when the day began
    page.wait(lambda: caption(page, "StateOfCharge") == "State of charge: 15 % to 80 %", "the day")
    assert caption(page, "ElectricRange") == "Range: 60 km to 361 km"
    assert caption(page, "ChargingPower") == "Power: 0.0 kW to 11.0 kW"
    picture = page.find("figure[data-history='StateOfCharge'] svg")
    assert picture.get_attribute("role") == "img"
    assert " ".join(picture.get_attribute("aria-label").split()) == "State of charge, Day: 15 % to 80 %"
    lines = page.driver.find_elements(By.CSS_SELECTOR, "figure[data-history='StateOfCharge'] .line")
    assert len(lines) == 2  # UNDEF is a gap
    page.press("[data-period='week']")
    page.wait(lambda: caption(page, "StateOfCharge") == "State of charge: 15 % to 90 %", "the week")  # 90 % held when it began
    assert page.find("[data-period='week']").get_attribute("aria-pressed") == "true"
    page.press("[data-period='month']")
    page.wait(lambda: caption(page, "ElectricRange") == "Range: 60 km to 410 km", "the month")
    assert page.console() == []


def test_the_lines_are_also_a_table(signed_in, service, page):
    write_past(signed_in, service, **PAST)
    page.open("?car=i4")
    page.press(CARD + "summary")
    page.wait_text(CARD + "thead tr", "Time State of charge Range Power")
    rows = page.driver.find_elements(By.CSS_SELECTOR, CARD + "tbody tr")
    assert len(rows) in (24, 25)
    assert "74 %" in rows[0].text
    assert any("31 % – 57 %" in row.text for row in rows)


def test_the_line_goes_on_with_what_the_item_says_now(signed_in, service, page):
    write_past(signed_in, service, **PAST)
    page.open("?car=i4")
    page.wait(lambda: caption(page, "StateOfCharge") == "State of charge: 15 % to 80 %", "the day")
    signed_in.openhab.update("BMW_i4_StateOfCharge", "7 %")
    page.wait(lambda: caption(page, "StateOfCharge") == "State of charge: 7 % to 80 %", "the new value")


def test_a_percentage_that_was_stored_as_a_part_of_one_is_a_percentage(signed_in, service, page):
    write_past(signed_in, service, StateOfCharge=[(20, "0.31"), (8, "0.8"), (1, "68 %")])
    service.write(
        {"BMW_i4_StateOfCharge": [(int(time.time() * 1000 - hours * HOUR), state) for hours, state in ((20, "0.31"), (8, "0.8"))]}
    )
    page.open("?car=i4")
    page.wait(lambda: caption(page, "StateOfCharge") == "State of charge: 31 % to 80 %", "the day")


def test_a_month_of_each_minute_is_thinned_out_to_what_the_screen_shows(signed_in, service, page):
    write_past(signed_in, service, StateOfCharge=[(minute / 60, "{} %".format(20 + minute % 61)) for minute in range(42000, 0, -1)])
    page.open("?car=i4")
    page.press("[data-period='month']")
    page.wait(lambda: caption(page, "StateOfCharge") == "State of charge: 20 % to 80 %", "the month", timeout=60)
    script = "return [...document.querySelectorAll('.history-card .line')].map((line) => line.getAttribute('d').split('H').length)"
    assert all(count < 500 for count in page.driver.execute_script(script))


def test_what_makes_no_sense_is_left_out_and_stops_nothing(signed_in, page):
    page.open("?car=i4")
    script = """
      const [done] = arguments;
      import('/static/bmw/js/history.js').then(({ pointsOf }) => done([
        null, 7, {}, { data: null }, { data: [null, 5, {}, { time: null, state: '1' }, { time: 'x', state: '1' }] },
        { data: [{ time: 50, state: null }, { time: 20, state: '1E+1' }, { time: -9, state: 'NULL' }, { time: 999, state: '3' },
          { time: 60, state: {} }, { time: 70, state: '1e999' }] },
      ].map((answer) => pointsOf(answer, 0, 100))));"""
    found = page.driver.execute_async_script(script)
    assert found == [[], [], [], [], [], [[0, None], [20, 10], [50, None], [60, None], [70, None]]]


def test_an_answer_without_end_is_not_read_to_its_end(signed_in, page):
    page.open("?car=i4")
    script = """
      const [done] = arguments;
      let pieces = 0;
      window.fetch = () => Promise.resolve(new Response(new ReadableStream({
        pull(out) { pieces += 1; out.enqueue(new Uint8Array(100000).fill(32)); } })));
      import('/static/bmw/js/rest.js').then(({ Rest }) => new Rest('/rest/', () => '').history('A', new Date(0), new Date(1), ''))
        .then(() => done('read'), (error) => done([error.message, pieces < 100]));"""
    assert page.driver.execute_async_script(script) == ["the answer is too long", True]


@pytest.mark.parametrize("screen", ["phone", "tablet"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_checker_finds_nothing_grave_in_the_history(signed_in, service, page, look, screen):
    write_past(signed_in, service, **PAST)
    set_screen(page.driver, **SCREENS[screen])
    prefer(page.driver, prefers_color_scheme=look, prefers_reduced_motion="reduce")
    page.open("?car=i4")
    page.wait(lambda: caption(page, "StateOfCharge"), "the day")
    page.press(CARD + "summary")
    page.wait(lambda: page.find(CARD + "tbody tr"), "the table")
    assert grave_issues(page.driver) == []
    assert page.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
