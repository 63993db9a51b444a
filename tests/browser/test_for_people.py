"""The page is for everyone: keyboard, screen reader, small and big screens, light and dark, English and German."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import chromium, prefer, set_screen
from tests.browser.conftest import TABLET, ask_now
from tests.browser.dashboard import Dashboard
from tests.openhab import layout

AXE = layout.CACHE / "axe" / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = {"phone": {"width": 360, "height": 780, "is_phone": True}, "tablet": TABLET, "portrait": {"width": 800, "height": 1280}}


def grave_issues(driver):
    """The accessibility checker's serious and critical issues: [(rule, impact, where)]."""
    driver.execute_script(AXE.read_text("utf-8"))
    found = driver.execute_async_script("const done = arguments[0]; axe.run().then((result) => done(result));")
    assert len(found["passes"]) > 15  # so the checker did run
    return [
        (issue["id"], issue["impact"], [node["target"] for node in issue["nodes"]])
        for issue in found["violations"]
        if issue["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("screen", sorted(SCREENS))
@pytest.mark.parametrize("look", ["light", "dark"])
def test_an_accessibility_checker_finds_nothing_grave(signed_in, page, look, screen):
    set_screen(page.driver, **SCREENS[screen])
    prefer(page.driver, prefers_color_scheme=look, prefers_reduced_motion="reduce")
    page.open("?car=i4")
    page.driver.execute_script("document.querySelector('.all details').open = true")
    assert page.driver.execute_script("return document.documentElement.dataset.theme") == look
    assert grave_issues(page.driver) == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_checker_finds_nothing_grave_in_warnings_sign_in_and_settings(signed_in, page, look):
    openhab = signed_in.openhab
    prefer(page.driver, prefers_color_scheme=look, prefers_reduced_motion="reduce")
    page.open("?car=i3")
    with signed_in.unloaded():
        openhab.update("BMW_i3_LastUpdate", "2026-01-01T00:00:00.000+0000")
        openhab.update("BMW_i3_DoorDriverFront", "OPEN")
        openhab.update("BMW_AccountState", "WAITING_FOR_APPROVAL")
        openhab.update("BMW_SignInLink", "https://customer.bmwgroup.com/oneid/link?user_code=ABCD1234")
        openhab.update("BMW_SignInCode", "ABCD1234")
        page.wait(lambda: page.find(".qr svg") and page.find(".stale-badge"), "the sign-in and the warning")
        assert grave_issues(page.driver) == []
        page.press("#settings")
        assert grave_issues(page.driver) == []
        page.press("#settings-save")
    signed_in.openhab.wait_state("BMW_AccountState", "ONLINE")
    signed_in.cloud.set_car(signed_in.cloud.cars()[0], soc=68)
    ask_now(signed_in)


@pytest.mark.parametrize("width", [320, 390, 600, 768, 1024, 1280, 1920])
def test_nothing_is_wider_than_the_screen(signed_in, page, width):
    set_screen(page.driver, width, 900)
    page.open("?car=i4&lang=de")
    page.wait(lambda: page.find(".hero-name"), "the car")
    script = "return [document.documentElement.scrollWidth, window.innerWidth]"
    scroll_width, inner_width = page.driver.execute_script(script)
    assert scroll_width <= inner_width


def test_the_first_key_leads_to_a_skip_link_and_every_control_is_reached_by_keyboard(signed_in, page):
    page.open("?car=i3")
    body = page.driver.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert page.driver.switch_to.active_element.get_attribute("id") == "skip"
    reached = set()
    for _ in range(60):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        active = page.driver.switch_to.active_element
        reached.add(active.get_attribute("id") or active.get_attribute("data-car") or active.tag_name)
    assert {"force", "theme", "settings", "BMW_i3", "BMW_i4", "a", "summary"} <= reached


def test_the_settings_are_closed_by_escape_and_the_focus_returns(signed_in, page):
    page.open()
    page.press("#settings")
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.wait_gone(".dialog")
    assert page.driver.switch_to.active_element.get_attribute("id") == "settings"


def test_the_look_can_be_switched_and_is_remembered(signed_in, page):
    page.open()
    look = "return document.documentElement.dataset.theme"
    assert page.driver.execute_script(look) == "light"
    page.press("#theme")
    assert page.driver.execute_script(look) == "dark"
    page.reload()
    assert page.driver.execute_script(look) == "dark"


def test_the_look_follows_the_system(signed_in, page):
    page.open()
    prefer(page.driver, prefers_color_scheme="dark")
    page.wait(lambda: page.driver.execute_script("return document.documentElement.dataset.theme") == "dark", "the dark look")


def test_a_german_browser_gets_german(signed_in):
    with chromium(language="de-DE") as driver:
        set_screen(driver, **TABLET)
        page = Dashboard(driver, signed_in.openhab).open("?car=i3")
        page.wait_text("#connection", "Live")
        assert driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "de"
        assert page.value("DoorDriverFront") == "Zu"
        assert page.value("Odometer").startswith("48.")


def test_both_languages_say_the_same_things(home, page):
    page.driver.get(page.url)
    script = """
      const done = arguments[0];
      import('/static/bmw/js/texts.js').then(({ EN, DE }) => done([EN, DE].map((texts) => (
        [Object.keys(texts).sort(), Object.keys(texts.words).sort(), texts.compass.length]))));"""
    english, german = page.driver.execute_async_script(script)
    assert english == german
    assert len(english[0]) > 100
