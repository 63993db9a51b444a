"""The dashboard shows the values of the (simulated) car, follows openHAB's event stream, and says when it cannot."""

import datetime
import json
import time

import pytest
from selenium.webdriver.common.by import By

from tests.browser.chromium import prefer
from tests.browser.conftest import ask_now
from tests.browser.test_for_people import grave_issues


def iso(hours_ago):
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=hours_ago)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


#: the parked car: the simulated car's fields, and the items that tests write without the module
PARKED = dict(
    soc=68,
    range_electric_km=187,
    odometer_km=48210,
    lock="SECURED",
    door_driver_front="CLOSED",
    trunk="CLOSED",
    charging_status="NOT_CHARGING",
    plugged=False,
    latitude=48.1769,
    longitude=11.5585,
    heading=90,
)
PARKED_ITEMS = {"StateOfCharge": "68 %", "ElectricRange": "187 km", "Charging": "OFF", "Position": "48.1769,11.5585"}


@pytest.fixture
def i3(signed_in, page):
    """The page with the parked i3. Returns (home, page, vin)."""
    vin = signed_in.cloud.cars()[0]
    signed_in.cloud.set_car(vin, **PARKED)
    ask_now(signed_in)
    page.open("?car=i3")
    page.wait_text("#ring-figure", "68")
    return signed_in, page, vin


def write_parked(home):
    for key, state in dict(PARKED_ITEMS, LastUpdate=iso(hours_ago=0)).items():
        home.openhab.update("BMW_i3_" + key, state)


def test_the_page_shows_what_the_car_was_told(i3):
    home, page, vin = i3
    assert page.text(".hero-name") == home.openhab.item("BMW_i3")["label"]
    assert page.text("#ring-figure") == "68"
    assert page.value("ElectricRange") == "187 km"
    assert page.value("Odometer") == "48,210 km"
    assert page.value("DoorDriverFront") == "Closed"
    assert page.value("DoorLockState") == "Secured"
    assert {"Locked", "Doors closed"} <= set(page.chips())
    assert page.text(".charging-card .headline") == "Not charging"


def test_values_follow_the_car_after_update_now_is_pressed(i3):
    home, page, vin = i3
    home.cloud.set_car(
        vin,
        soc=41,
        range_electric_km=113,
        lock="UNLOCKED",
        door_driver_front="OPEN",
        trunk="OPEN",
        plugged=True,
        charging_status="CHARGING",
        charging_time_remaining_min=95,
        odometer_km=48260,
    )
    page.press("#force")
    page.wait_text("#ring-figure", "41")
    page.wait_value("ElectricRange", "113 km")
    page.wait_value("DoorDriverFront", "Open")
    page.wait_value("DoorLockState", "Unlocked")
    page.wait_text(".charging-card .headline", "Charging")
    assert "1 h 35 min to go" in page.text(".charging-card .sub")
    assert {"Unlocked", "Plugged in", "Doors: 2 open"} <= set(page.chips())
    drawing = page.find(".car")
    assert drawing.get_attribute("aria-label") == "The car seen from above: open: Driver’s door, Trunk"
    assert {"plugged", "charging", "unlocked"} <= set(drawing.get_attribute("class").split())
    assert len(page.driver.find_elements(By.CSS_SELECTOR, ".car .door.open")) == 1


def test_a_state_that_is_null_is_not_known(i3):
    """openHAB 5.2 restores some states as null."""
    home, page, vin = i3
    script = """
        const [done] = arguments;
        import('/static/bmw/js/home.js').then(({ Home }) => {
          const home = new Home('BMW');
          const item = (name, state) => ({ name, state, type: 'String', tags: [] });
          home.replace([item('BMW_AccountState', null), item('BMW_Account', undefined), item('BMW_SignInCode', 'A')], new Set());
          const [account] = home.accounts();
          done([['AccountState', 'Account', 'SignInCode'].map((key) => account.text(key)), account.hasSaid('Account')]);
        });"""
    assert page.driver.execute_async_script(script) == [[None, None, "A"], False]


def test_two_cars_have_a_tab_each(i3):
    home, page, vin = i3
    page.press(".tabs [data-car='BMW_i4']")
    page.wait_text("#ring-figure", home.openhab.state("BMW_i4_StateOfCharge").split()[0])
    assert page.text(".hero-name") == home.openhab.item("BMW_i4")["label"]
    assert page.find(".tabs [aria-current]").get_attribute("data-car") == "BMW_i4"


def test_home_can_be_set_in_the_settings(i3):
    home, page, vin = i3
    page.press("#settings")
    page.find("#set-home").send_keys("somewhere")
    page.press("#settings-save")
    page.wait_text(".dialog .problem", lambda text: "48.137" in text)
    page.find("#set-home").clear()
    page.find("#set-home").send_keys("48.1769, 11.5585")
    page.press("#settings-save")
    page.wait_text(".place-card .headline", "At home")


def test_the_page_asks_nothing_from_outside_and_writes_no_error(i3):
    home, page, vin = i3
    page.driver.get_log("performance")
    page.open("?car=i3&lang=de")
    page.open("?car=i3")
    urls = [json.loads(entry["message"])["message"] for entry in page.driver.get_log("performance")]
    urls = [event["params"]["request"]["url"] for event in urls if event["method"] == "Network.requestWillBeSent"]
    assert len(urls) > 20
    assert [url for url in urls if not url.startswith(home.openhab.url + "/")] == []
    assert page.console() == []


def test_it_works_in_a_frame_of_a_panel(i3):
    home, page, vin = i3
    home.openhab.write_conf("html/frame.html", "<!doctype html><title>Panel</title><iframe width=420 height=700 src=bmw/index.html>")
    page.driver.get(home.openhab.url + "/static/frame.html")
    page.driver.switch_to.frame(0)
    try:
        page.wait_connection("live")
        page.wait_text("#ring-figure", "68")
        assert page.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    finally:
        page.driver.switch_to.default_content()


def test_when_openhab_is_gone_the_page_says_so_and_comes_back_by_itself(i3):
    home, page, vin = i3
    home.openhab.stop()
    try:
        page.wait_connection("lost", timeout=40)
        assert "Trying again" in page.text(".notice[data-kind='lost']")
        assert page.text("#ring-figure") == "68"
    finally:
        home.start()
    home.wait_status("ONLINE")
    page.wait_connection("live", timeout=60)
    page.wait_gone(".notice[data-kind='lost']")
    home.cloud.set_car(vin, soc=43)
    ask_now(home)
    page.wait_text("#ring-figure", "43", timeout=5)


# tests that write items themselves: the module is removed, because it corrects foreign writes


@pytest.fixture(scope="module")
def alone(home):
    with home.unloaded():
        yield home


@pytest.fixture
def by_hand(alone, page):
    """The page with the parked i3, whose items the test writes. Returns (home, page, vin)."""
    write_parked(alone)
    page.open("?car=i3")
    page.wait_text("#ring-figure", "68")
    return alone, page, alone.cloud.cars()[0]


#: states that anybody may write: a charge at the first moment that a browser knows, and one that takes longer than the universe
ODD = [
    {"ChargingLog": json.dumps({"version": 1, "rows": [[-8.64e12, 8.64e12] + [None] * 9]})},
    {"Charging": "ON", "ChargingTimeRemaining": "1E300 min"},
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: list(odd)[-1])
def test_an_odd_state_freezes_no_other_card(by_hand, odd):
    home, page, _vin = by_hand
    for key, state in odd.items():
        if "BMW_i3_" + key not in home.openhab.items():
            home.openhab.add_item("BMW_i3_" + key, "String")
        home.openhab.update("BMW_i3_" + key, state)
    try:
        for state, shown in (("UNLOCKED", "Unlocked"), ("SECURED", "Secured")):
            home.openhab.update("BMW_i3_DoorLockState", state)
            page.wait_value("DoorLockState", shown)
    finally:
        for key in odd:
            home.openhab.update("BMW_i3_" + key, "UNDEF")


def test_all_values_are_shown_where_openhab_has_a_time_without_state(by_hand):
    home, page, _vin = by_hand
    page.driver.execute_script(
        "const json = Response.prototype.json; Response.prototype.json = async function () { const items = await json.call(this);"
        " items.filter((one) => one.name === 'BMW_i3_LastTripEnd').forEach((one) => { delete one.state; }); return items; };"
    )
    page.press(".all summary")
    home.openhab.update("BMW_i3_Odometer", "48333 km")
    page.driver.execute_script("window.dispatchEvent(new Event('online'))")  # the page reads all items again
    page.wait(lambda: page.driver.execute_script("return document.querySelector('.all').innerText").count("48333 km"), "the odometer")
    assert not page.console()


@pytest.mark.parametrize(
    "stored",
    [
        '{"lang":"__proto__","theme":{},"home":{},"prefix":["a"],"token":{},"stale":"x","car":[],"steering":null}',
        '{"prefix":"a b","stale":-1,"home":5}',
        "7",
        "[]",
        '"x"',
    ],
)
def test_damaged_settings_in_the_browser_are_not_used(by_hand, stored):
    _home, page, _vin = by_hand
    page.driver.execute_script("localStorage.setItem('bmw-page.settings', arguments[0])", stored)
    page.open("?car=i3")
    page.wait_text("#ring-figure", "68")
    assert page.console() == []


def test_a_change_arrives_by_the_event_stream_and_not_by_polling(by_hand):
    home, page, vin = by_hand
    page.wait(lambda: len(requests_for(page, "/rest/items?")) == 2, "the items to be loaded at the start and when the stream opened")
    since = len(requests_for(page, "/rest/items?"))
    home.openhab.update("BMW_i3_StateOfCharge", "42 %")
    page.wait_text("#ring-figure", "42", timeout=5)
    assert requests_for(page, "/rest/items?")[since:] == []


def requests_for(page, part):
    """The URLs that the page has requested, from the browser's own log."""
    script = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    return [url for url in page.driver.execute_script(script) if part in url]


def test_an_item_that_is_made_later_appears_by_itself(by_hand):
    home, page, vin = by_hand
    assert page.value("StateOfHealth") is None
    home.openhab.add_item("BMW_i3_StateOfHealth", "Number:Dimensionless", label="Health")
    home.openhab.update("BMW_i3_StateOfHealth", "97 %")
    page.wait_value("StateOfHealth", "97 %")
    home.openhab.remove_item("BMW_i3_StateOfHealth")
    page.wait_gone("[data-key='StateOfHealth']")


#: holds back each answer with all items until letGo() is called; isHeld tells that one is there
HOLD_ITEMS = """
const ask = window.fetch;
const released = new Promise((letGo) => { window.letGo = letGo; });
window.fetch = async (...request) => {
  const answer = await ask(...request);
  if (String(request[0]).includes("/rest/items?")) {
    window.isHeld = true;
    await released;
  }
  return answer;
};
"""


def test_an_item_that_is_made_while_the_page_loads_all_items_appears_by_itself(by_hand):
    home, page, vin = by_hand
    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": HOLD_ITEMS})
    try:
        page.driver.get(page.url + "?car=i3")
        page.wait(lambda: page.driver.execute_script("return window.isHeld"), "the answer without the item")
        time.sleep(1)  # the stream opens meanwhile
        home.openhab.add_item("BMW_i3_StateOfHealth", "Number:Dimensionless", label="Health")
        home.openhab.update("BMW_i3_StateOfHealth", "97 %")
        time.sleep(1)  # the page hears of it and would load the items again
        page.driver.execute_script("window.letGo()")
        page.wait_value("StateOfHealth", "97 %")
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
        home.openhab.remove_item("BMW_i3_StateOfHealth")


def test_what_the_car_does_not_know_is_a_dash_and_what_it_has_not_is_not_there(by_hand):
    home, page, vin = by_hand
    home.openhab.update("BMW_i3_ElectricRange", "UNDEF")
    page.wait_value("ElectricRange", "–")
    assert home.openhab.item("BMW_i3_FuelRange") is None
    assert page.value("FuelRange") is None


@pytest.mark.parametrize("state, word, tone", [("CLOSEDSECURED", "Closed", None), ("OPENSECURED", "Open", "warn")])
def test_a_convertibles_roof_that_is_closed_and_secured_is_no_reason_to_worry(by_hand, state, word, tone):
    home, page, vin = by_hand
    home.openhab.add_item("BMW_i3_ConvertibleRoof", "String", label="Roof")
    home.openhab.update("BMW_i3_ConvertibleRoof", state)
    page.wait_value("ConvertibleRoof", word)
    assert page.look("[data-key='ConvertibleRoof']", lambda cell: cell.get_attribute("data-tone")) == tone
    home.openhab.remove_item("BMW_i3_ConvertibleRoof")


def test_all_values_stand_in_the_order_of_their_names(by_hand):
    home, page, vin = by_hand
    page.driver.execute_script("document.querySelector('.all details').open = true")
    page.wait(lambda: len(page.driver.find_elements(By.CSS_SELECTOR, ".all tbody th")) > 10, "the values")
    names = page.driver.execute_script("return [...document.querySelectorAll('.all tbody th')].map((cell) => cell.textContent)")
    assert names == page.driver.execute_script("return [...arguments[0]].sort((one, other) => one.localeCompare(other))", names)
    assert len(names) > 10


@pytest.mark.parametrize("text", ["<img src=x onerror=document.title='owned'>", "<script>document.title='owned'</script>", "a & b"])
def test_text_of_an_item_is_text_and_never_markup(by_hand, text):
    home, page, vin = by_hand
    if home.openhab.item("BMW_i3_Address") is None:
        home.openhab.add_item("BMW_i3_Address", "String", label="Address " + text)
    home.openhab.update("BMW_i3_Address", text)
    page.wait_text(".place-card .sub", text)
    assert page.driver.find_elements(By.CSS_SELECTOR, "main img, main script") == []
    assert page.driver.title != "owned"
    home.openhab.remove_item("BMW_i3_Address")


def test_charging_power_is_told_in_kilowatts(by_hand):
    home, page, vin = by_hand
    page.open("?car=i4")
    home.openhab.update("BMW_i4_Charging", "ON")
    home.openhab.update("BMW_i4_ChargingStatus", "CHARGING")
    home.openhab.update("BMW_i4_ChargingPower", "7200 W")
    page.wait_text(".charging-card .headline", "Charging · 7.2 kW")
    for key, state in (("Charging", "OFF"), ("ChargingStatus", "NOT_CHARGING"), ("ChargingPower", "0 W")):
        home.openhab.update("BMW_i4_" + key, state)
    page.wait_text(".charging-card .headline", "Not charging")


def test_distance_and_direction_to_home_are_told(by_hand):
    home, page, vin = by_hand
    page.open("?car=i3&home=48.1769,11.5585")
    page.wait_text(".place-card .headline", "At home")
    home.openhab.update("BMW_i3_Position", "48.2669,11.5585")  # 0.09 degrees of latitude
    page.wait_text(".place-card .headline", "10.0 km north of home")
    link = page.find(".place-card a").get_attribute("href")
    assert link.startswith("https://www.openstreetmap.org/?mlat=48.266900&mlon=11.558500")


def test_home_is_where_openhab_is_unless_somebody_set_another_one(by_hand):
    home, page, vin = by_hand
    says = {"DistanceFromHome": ("Number:Length", "12.3 km"), "DirectionFromHome": ("Number:Angle", "225 °"), "AtHome": ("Switch", "OFF")}
    says["Place"] = ("String", "ELSEWHERE")
    home.openhab.update("BMW_i3_Position", "48.2669,11.5585")
    for key, (kind, state) in says.items():
        home.openhab.add_item("BMW_i3_" + key, kind)
        home.openhab.update("BMW_i3_" + key, state)
    page.open("?car=i3")
    page.wait_text(".place-card .headline", "12.3 km south-west of home")
    assert page.driver.find_elements(By.CSS_SELECTOR, ".place-card .map-home")
    home.openhab.update("BMW_i3_Place", "Work & more")
    page.wait_text(".place-card .headline", "Work & more · 12.3 km south-west of home")
    for look in ("light", "dark"):
        prefer(page.driver, prefers_color_scheme=look)
        assert grave_issues(page.driver) == []
    prefer(page.driver, prefers_color_scheme="light")
    home.openhab.update("BMW_i3_DirectionFromHome", "UNDEF")
    home.openhab.update("BMW_i3_DistanceFromHome", "0.1 km")
    home.openhab.update("BMW_i3_AtHome", "ON")
    home.openhab.update("BMW_i3_Place", "HOME")
    page.wait_text(".place-card .headline", "At home")
    home.openhab.update("BMW_i3_DistanceFromHome", "UNDEF")
    page.wait_text(".place-card .headline", "48.2669, 11.5585")
    page.open("?car=i3&home=48.1769,11.5585")
    page.wait_text(".place-card .headline", "10.0 km north of home")
    for key in says:
        home.openhab.remove_item("BMW_i3_" + key)


def test_the_page_keeps_nothing_of_a_charge_and_draws_none_that_only_it_has_seen(by_hand):
    home, page, vin = by_hand
    if "BMW_i3_ChargingCurve" in home.openhab.items():
        home.openhab.update("BMW_i3_ChargingCurve", "UNDEF")
    for percent in ("50 %", "51 %", "52 %"):
        home.openhab.update("BMW_i3_StateOfCharge", percent)
        home.openhab.update("BMW_i3_Charging", "ON")
        page.wait_text("#ring-figure", percent.split()[0])
    page.wait_gone(".course")
    assert page.find(".charging-card.is-on") and page.find(".charging-card figure") is None
    assert page.driver.execute_script("return Object.keys(localStorage)") == []


def test_old_values_are_marked_as_stale(by_hand):
    home, page, vin = by_hand
    assert page.find(".stale-badge") is None
    home.openhab.update("BMW_i3_LastUpdate", iso(hours_ago=5))
    page.wait_text(".notice[data-kind='stale']", lambda text: "5 hours ago" in text)
    assert page.find(".stale-badge")
    assert page.text("#updated").startswith("Stale")
    page.open("?car=i3&stale=6")
    page.wait_text("#updated", "Updated 5 hours ago")
    assert page.find(".stale-badge") is None
    home.openhab.update("BMW_i3_LastUpdate", iso(hours_ago=0))
    page.wait_text("#updated", "Updated just now")
