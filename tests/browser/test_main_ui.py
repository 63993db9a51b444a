"""openHAB's own Main UI: the page of conf/ui with live values, and the cars in the semantic model."""

import pytest

from tests.browser.conftest import ask_now
from tests.browser.main_ui import MainUI

#: all that the page shows in the card of the battery
BATTERY = [
    "BMW_{}_{}".format(car, key)
    for car in ("i3", "i4")
    for key in ("TotalRange", "FuelRange", "FuelLevel", "TargetStateOfCharge", "RealRange", "RealConsumption")
]


@pytest.fixture(scope="module")
def main_ui(home, driver):
    ui = MainUI(driver, home.openhab).sign_in()
    ui.uid = ui.paste_page()
    yield ui
    driver.get("about:blank")


def test_the_page_shows_each_car_and_follows_it(signed_in, main_ui):
    i3, i4 = signed_in.cloud.cars()[:2]
    groups = {"BMW_i3_gCommands", "BMW_i4_gCommands"}
    for name, item in signed_in.openhab.items().items():
        if name in groups or groups & set(item["groupNames"]):
            signed_in.openhab.remove_item(name)  # the tests of commands leave them
    signed_in.cloud.set_car(i3, soc=41, door_driver_front="OPEN")
    signed_in.cloud.set_car(i4, soc=77)
    ask_now(signed_in)
    main_ui.open_page(main_ui.uid)
    for text in ("BMW i3", "BMW i4", "41 %", "77 %", "Doors open"):
        main_ui.wait_text(text)
    signed_in.cloud.set_car(i3, soc=42, door_driver_front="CLOSED")
    ask_now(signed_in)
    for text in ("42 %", "Doors closed"):
        main_ui.wait_text(text)
    main_ui.wait_text("Total range")
    assert main_ui.buttons() == []  # CarData takes no commands
    with signed_in.unloaded():
        for name in BATTERY:
            if name in signed_in.openhab.items():
                signed_in.openhab.update(name, "UNDEF")
        main_ui.wait_text_gone("Total range")
        main_ui.wait_text_gone("Battery and range")  # a card without a value is no card
        assert "UNDEF" not in main_ui.text() and "NULL" not in main_ui.text()


def test_the_model_shows_a_car_with_its_parts_and_points(signed_in, main_ui):
    main_ui.open_model()
    main_ui.unfold("BMW i3 120", "Doors and lock Door")
    main_ui.unfold("Battery and range", "State of charge Measurement (Level)")
    assert "BMW i3 120 Car" in main_ui.text() and "Battery and range Battery" in main_ui.text()
