"""Writes docs/screenshots: the dashboard in a real openHAB, phone and tablet, light and dark, the sign-in, and Main UI.

    .venv/bin/python -m tests.browser.screenshots

Not a test, so that a test run changes no file; looked at by a person.
"""

import io
import random
import sys
import time

from PIL import Image
from selenium.webdriver.common.by import By

from tests.browser.chromium import chromium, prefer, set_screen
from tests.browser.dashboard import Dashboard
from tests.browser.history_service import HistoryService
from tests.browser.main_ui import MainUI
from tests.cloud import HOME_PASSWORD, HOME_USER, MYBMW_APP_KEY
from tests.openhab import layout
from tests.openhab.home import UNLIMITED, Home
from tests.openhab.server import OpenHAB

sys.path.insert(0, str(layout.REPO / "automation" / "lib" / "python"))
from bmw.logbook import dashboard  # noqa: E402
from bmw.logbook.charges import Charge  # noqa: E402
from bmw.logbook.course import Drawn  # noqa: E402
from bmw.logbook.trips import Trip  # noqa: E402

FOLDER = layout.REPO / "docs" / "screenshots"
#: name -> (size, whether the picture has the whole length of the page)
SCREENS = {"phone": (dict(width=390, height=960, scale=2, is_phone=True), False), "tablet": (dict(width=1280, height=800), True)}
HOME = "&home=48.1769,11.5585"
#: states of charge of the charge that runs, four and a half minutes apart
LEVELS = 26
#: the cards of the pictures of the logs, and the days of the past in them
CARDS, DAYS = (".charging-card", ".log-card", ".history-card", ".place-card"), 60
HOUR, DAY = 3600, 86400
#: pixels of a screen on which each card has room, as Chromium cuts off what is below
HIGH = 5000


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
            log_pictures(home, page)
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
    write_charge(home)
    for screen, (size, is_whole) in SCREENS.items():
        for look in ("light", "dark"):
            set_screen(page.driver, **size)
            prefer(page.driver, prefers_color_scheme=look)
            page.open("?car=i4" + HOME)
            page.wait_text("#ring-figure", "57")
            page.wait(lambda: page.find("[data-curve=level] .expected"), "the course of the charge")
            save(page.driver, "{}-{}".format(screen, look), size if is_whole else None)


def log_pictures(home, page):
    """Charging curve, logs, history and place, with a past that the module is not there to correct: nobody waits that long for a picture."""
    with home.unloaded():
        service = HistoryService(home.openhab)
        home.wait(service.is_there, "openHAB to have the service")
        now, past = time.time(), Past()
        service.write({"BMW_i4_" + key: [(int(1000 * moment), state) for moment, state in rows] for key, rows in past.stored.items()})
        logs = {"ChargingLog": dashboard.charges(past.charges, now), "TripLog": dashboard.trips(past.trips, now)}
        states = dict(logs, ChargingCurve=past.curve, ChargingPower="11000 W")
        for key, text in states.items():
            if "BMW_i4_" + key not in home.openhab.items():
                home.openhab.add_item("BMW_i4_" + key, "Number:Power" if key == "ChargingPower" else "String")
            home.openhab.update("BMW_i4_" + key, text)
        for screen, (size, _is_whole) in SCREENS.items():
            for look in ("light", "dark"):
                set_screen(page.driver, **size)
                prefer(page.driver, prefers_color_scheme=look)
                page.open("?car=i4" + HOME)
                page.wait_text("figure[data-history='StateOfCharge'] figcaption", lambda text: "%" in text)
                page.driver.execute_script(
                    "document.querySelectorAll('.log-card details:first-child').forEach((one) => { one.open = true; })"
                )
                page.press("[data-period='week']")
                set_screen(page.driver, **dict(size, height=HIGH))
                save_cards(page.driver, "logs-{}-{}".format(screen, look))
        service.remove()


class Past:
    """What a car did in the last days: ``charges``, ``trips``, ``curve`` (text), and ``stored``: {key: [(epoch seconds, state)]}."""

    def __init__(self):
        dice, soc, odometer = random.Random(7), 62.0, 31240
        today = time.mktime(time.localtime()[:3] + (0, 0, 0, 0, 0, -1))
        self.charges, self.trips, self.curve = [], [], ""
        self.stored = {"StateOfCharge": [], "ElectricRange": [], "ChargingPower": []}
        for day in range(DAYS, 0, -1):
            for hour, places in ((7.4, ("HOME", "Work")), (16.9, ("Work", "HOME"))):
                start, distance = today - day * DAY + hour * HOUR, dice.randint(18, 55)
                begin, soc, odometer = soc, soc - distance * 0.22, odometer + distance
                end = start + distance * 75
                self.trips.append(Trip(start, end, odometer, distance, round(begin), round(soc), distance * 0.178, *places, False))
                self._store(end, soc, 0)
            if soc < 45:
                soc = self._charge(today - day * DAY + 20.5 * HOUR, soc, odometer)

    def _charge(self, start, begin, odometer):
        final, energy = 80, (80 - begin) * 0.9
        end = start + energy / 11 * HOUR
        points = [[start, 6.1], [start + 240, 11.0], [end - 1500, 9.2], [end - 700, 5.4], [end, 0]]
        levels = [[int(start + (end - start) * part / 20), round(begin + (final - begin) * part / 20)] for part in range(21)]
        for number in range(9):
            self._store(start + (end - start) * number / 8, begin + (final - begin) * number / 8, 11000 if number < 8 else 0)
        sources = {"energy": "bmw"}
        more = (round(begin), final, "Musterweg 1", odometer, None, None, 0.31, round(energy * 0.31, 2), sources)
        self.charges.append(Charge(str(start), start, end, end - start, round(energy, 2), *more))
        self.curve = dashboard.curve(Drawn(start, end, points, levels, round(begin), final))
        return final

    def _store(self, moment, soc, watt):
        self.stored["StateOfCharge"].append((moment, "{:.0f} %".format(soc)))
        self.stored["ElectricRange"].append((moment, "{:.0f} km".format(soc * 4.3)))
        self.stored["ChargingPower"].append((moment, "{} W".format(watt)))


def main_ui_pictures(ui):
    """The page of conf/ui, and the semantic model with a car unfolded. This openHAB does not have the add-on with the classic icons."""
    set_screen(ui.driver, **SCREENS["tablet"][0])
    prefer(ui.driver, prefers_color_scheme="light")
    ui.sign_in()
    uid = ui.paste_page()
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


def write_charge(home):
    """The charge that runs on the pictures, because nobody waits two hours for one."""
    start = int(time.time()) - LEVELS * 270
    levels = [[start + number * 270, 31 + number] for number in range(LEVELS + 1)]
    if "BMW_i4_ChargingCurve" not in home.openhab.items():
        home.openhab.add_item("BMW_i4_ChargingCurve", "String")
    home.openhab.update("BMW_i4_ChargingCurve", dashboard.curve(Drawn(start, None, [[start, 11.0]], levels, 31, None)))


def save_cards(driver, name):
    """Saves the pictures of some cards, one below the other."""
    driver.execute_async_script("setTimeout(arguments[0], 1200)")
    cards = [card for css in CARDS for card in driver.find_elements(By.CSS_SELECTOR, css) if card.is_displayed()]
    pictures = [Image.open(io.BytesIO(card.screenshot_as_png)).convert("RGB") for card in cards]
    whole = Image.new("RGB", (max(one.width for one in pictures), sum(one.height for one in pictures)), pictures[0].getpixel((0, 0)))
    top = 0
    for picture in pictures:
        whole.paste(picture, (0, top))
        top += picture.height
    whole.save(FOLDER / (name + ".png"), optimize=True)


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
