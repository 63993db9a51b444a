"""Writes docs/screenshots: the dashboard in a real openHAB, phone and tablet, light and dark, the sign-in, and Main UI.

    .venv/bin/python -m tests.browser.screenshots

Not a test, so that a test run changes no file; looked at by a person.
"""

import io
import time

from PIL import Image

from tests.browser.chromium import chromium, prefer, set_screen
from tests.browser.dashboard import Dashboard
from tests.browser.main_ui import MainUI
from tests.cloud import HOME_PASSWORD, HOME_USER, MYBMW_APP_KEY
from tests.openhab import layout
from tests.openhab.home import UNLIMITED, Home
from tests.openhab.server import OpenHAB

FOLDER = layout.REPO / "docs" / "screenshots"
#: name -> (size, whether the picture has the whole length of the page)
SCREENS = {"phone": (dict(width=390, height=960, scale=2, is_phone=True), False), "tablet": (dict(width=1280, height=800), True)}
HOME = "&home=48.1769,11.5585"
#: points of the charging curve that is put into the page's storage, four and a half minutes apart
CURVE_STEPS = 26


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    home = Home(OpenHAB())
    try:
        home.cloud.add_car("i4")
        home.configure_file(**home.settings(stream="off"))
        home.start()
        with chromium() as driver:
            page = Dashboard(driver, home.openhab)
            sign_in_pictures(home, page)
            use_mybmw(home)
            car_pictures(home, page)
            main_ui_pictures(MainUI(driver, home.openhab))
    finally:
        home.close()
        home.openhab.discard()


def sign_in_pictures(home, page):
    home.openhab.command("BMW_SignIn", "ON")
    home.openhab.wait_state("BMW_SignInLink", lambda state: state.startswith("http"))
    set_screen(page.driver, width=390, height=720, scale=2, is_phone=True)
    for look in ("light", "dark"):
        prefer(page.driver, prefers_color_scheme=look)
        page.open()
        page.wait(lambda: page.find(".qr svg"), "the QR code")
        save(page.driver, "sign-in-" + look)
    home.openhab.command("BMW_SignIn", "OFF")
    home.openhab.wait_state("BMW_SignIn", "OFF")


def use_mybmw(home):
    home.configure(
        **home.settings(
            client_id=None,
            cloud="mybmw",
            username=HOME_USER,
            password=HOME_PASSWORD,
            api_key=MYBMW_APP_KEY,
            allow_unlock="yes",
            **UNLIMITED,
        )
    )
    home.openhab.command("BMW_SignInInput", home.cloud.new_captcha_token())
    home.openhab.wait_state("BMW_Account", "Online")


def car_pictures(home, page):
    i4 = home.cloud.cars()[1]
    home.cloud.set_car(
        i4,
        lock="UNLOCKED",
        door_driver_front="OPEN",
        trunk="OPEN",
        plugged=True,
        charging_status="CHARGING",
        soc=57,
        soc_target=80,
        charging_time_remaining_min=42,
        latitude=48.2104,
        longitude=11.6098,
        heading=62,
    )
    home.force_update()
    for screen, (size, is_whole) in SCREENS.items():
        for look in ("light", "dark"):
            set_screen(page.driver, **size)
            prefer(page.driver, prefers_color_scheme=look)
            page.open("?car=i4" + HOME)
            page.wait_text("#ring-figure", "57")
            remember_charge(page.driver)
            page.reload()
            page.wait_text("#ring-figure", "57")
            save(page.driver, "{}-{}".format(screen, look), size if is_whole else None)


def main_ui_pictures(ui):
    """The page of conf/ui, and the semantic model with a car unfolded. This openHAB does not have the add-on with the classic icons."""
    uid = ui.paste_page()
    set_screen(ui.driver, **SCREENS["tablet"][0])
    prefer(ui.driver, prefers_color_scheme="light")
    ui.sign_in()
    for name, look, screen in (("main-ui-page", "light", "tablet"), ("main-ui-page-phone", "dark", "phone")):
        set_screen(ui.driver, **SCREENS[screen][0])
        ui.choose_look(look)
        ui.open_page(uid)
        ui.wait_text("57 %")
        ui.wait_text("Statutory inspection")
        save(ui.driver, name)
    set_screen(ui.driver, **SCREENS["tablet"][0])
    ui.choose_look("light")
    ui.open_model()
    ui.unfold("BMW i4 eDrive40", "Battery and range")
    ui.unfold("Battery and range", "State of charge")
    save(ui.driver, "main-ui-model")


def remember_charge(driver):
    """Puts two hours of charging into the page's storage, because nobody waits that long for a picture."""
    now = time.time() * 1000
    points = [[now - (CURVE_STEPS - n) * 270000, 31 + n, 11000] for n in range(CURVE_STEPS + 1)]
    driver.execute_script(
        "localStorage.setItem('bmw-page.session.BMW_i4', JSON.stringify({start: arguments[0][0][0], end: null, points: arguments[0]}))",
        points,
    )


def save(driver, name, whole=None):
    """Saves the picture; with ``whole``, the size, of the whole page."""
    if whole:
        height = driver.execute_script("return document.documentElement.scrollHeight")
        set_screen(driver, **dict(whole, height=max(height, whole["height"])))
    driver.execute_async_script("setTimeout(arguments[0], 1200)")  # wait for the end of the animations of doors and ring
    image = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
    image.save(FOLDER / (name + ".png"), optimize=True)


if __name__ == "__main__":
    main()
