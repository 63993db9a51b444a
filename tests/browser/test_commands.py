"""Commands from the dashboard: the page asks first, then the (simulated) car executes the command and the page shows its progress."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import PLAIN, ask_now
from tests.cloud import HOME_PASSWORD, HOME_USER, MYBMW_APP_KEY


@pytest.fixture(scope="module")
def commanding(home):
    """The home with a cloud that accepts commands; afterwards with CarData again."""
    home.configure(
        **home.settings(
            client_id=None, cloud="mybmw", username=HOME_USER, password=HOME_PASSWORD, api_key=MYBMW_APP_KEY, allow_unlock="yes"
        )
    )
    home.openhab.wait_state("BMW_Account", lambda text: "captcha" in text or "Not signed in" in text)
    yield home
    home.configure(**home.settings(**PLAIN))
    home.sign_in()


@pytest.fixture
def car(commanding, page):
    """The page with the i4 of a signed-in account. Returns (home, page, vin)."""
    if commanding.openhab.state("BMW_Account") != "Online":
        commanding.openhab.command("BMW_SignInInput", commanding.cloud.new_captcha_token())
        commanding.openhab.wait_state("BMW_Account", "Online")
    commanding.openhab.wait_state("BMW_i4_Lock", lambda state: True)
    commanding.wait(lambda: any(rule["name"] == "BMW: commands" for rule in commanding.openhab.rules()), "the rule")
    commanding.cloud.command_plan()
    commanding.cloud.clear_commands()
    page.open("?car=i4")
    return commanding, page, commanding.cloud.cars()[1]


def test_a_solved_captcha_can_be_given_on_the_page(commanding, page):
    commanding.wait_status("SIGN_IN_NEEDED")
    page.open("?car=i4")
    page.wait_text(".account-card .headline", "Sign-in needed")
    page.wait(lambda: page.find("#captcha"), "the field")
    page.find("#captcha").send_keys(commanding.cloud.new_captcha_token())
    page.press(".account-card form button")
    page.wait_text(".account-card .headline", "Online", 30)


def test_lock_is_asked_first_and_ends_done_in_the_car(car):
    home, page, vin = car
    home.cloud.set_car(vin, lock="UNLOCKED")
    ask_now(home)
    page.wait_value("DoorLockState", "Unlocked")
    page.press("[data-command='Lock']")
    assert page.text("#confirm-title") == "Lock?"
    assert page.driver.switch_to.active_element.get_attribute("id") == "confirm-no"
    page.press("#confirm-yes")
    page.wait_text(".progress", lambda text: text.startswith("Lock: done"), 30)
    assert [command["command"] for command in home.cloud.commands()] == ["lock"]
    assert home.cloud.car(vin)["lock"] in ("LOCKED", "SECURED")
    page.wait(lambda: page.value("DoorLockState") in ("Locked", "Secured"), "the page to show it")
    spoken = page.driver.execute_script("return document.getElementById('announcer').textContent")
    assert spoken == "Lock: done"


@pytest.mark.parametrize("way", ["button", "escape"])
def test_a_command_that_is_not_confirmed_is_not_sent(car, way):
    home, page, vin = car
    page.press("[data-command='Unlock']")
    assert "can then open it" in page.text("#confirm-text")
    if way == "button":
        page.press("#confirm-no")
    else:
        page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.wait_gone("#confirm-no")
    page.command("FlashLights")  # sent after the first one: when it is done, the first one would have been sent too
    page.wait_text(".progress", lambda text: text.startswith("Flash lights: done"), 30)
    assert [command["command"] for command in home.cloud.commands()] == ["flashLights"]


def test_a_command_that_fails_tells_the_reason(car):
    home, page, vin = car
    home.cloud.command_plan(outcome="FAILED")
    page.command("SoundHorn")
    page.wait_text(".progress", lambda text: text.startswith("Sound horn: failed"), 30)
    assert home.openhab.state("BMW_i4_CommandStatus").startswith("FAILED")
    assert page.find(".progress").get_attribute("data-tone") == "bad"


def test_climate_starts_and_the_button_then_stops_it(car):
    home, page, vin = car
    page.wait_text("[data-command='Climate']", "Start climate")
    page.command("Climate")
    page.wait_text("[data-command='Climate']", "Stop climate", 30)
    page.command("Climate")
    page.wait_text("[data-command='Climate']", "Start climate", 30)
    assert [command["command"] for command in home.cloud.commands()] == ["climateStart", "climateStop"]


def test_the_charging_target_is_set_by_keyboard(car):
    home, page, vin = car
    slider = page.find("#number-ChargingTarget")
    slider.send_keys(Keys.HOME)
    slider.send_keys(Keys.ARROW_RIGHT)
    page.command("ChargingTarget")
    home.wait(lambda: [command["command"] for command in home.cloud.commands()] == ["chargingSettings"], "the command")
    home.openhab.wait_state("BMW_i4_CommandStatus", "EXECUTED")
    assert home.cloud.car(vin)["soc_target"] == 25
    page.wait_text(".charging-card .sub", lambda text: "Target 25 %" in text)


def test_a_cloud_that_only_reads_has_no_buttons(home, page):
    page.open("?car=i4")
    taken = [key for key in ("Lock", "Unlock", "Climate") if home.openhab.item("BMW_i4_" + key)]
    shown = [key for key in ("Lock", "Unlock", "Climate") if page.find("[data-command='{}']".format(key))]
    assert shown == taken
