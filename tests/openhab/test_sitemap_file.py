"""The sitemap that the module writes into a real openHAB follows the cars; openHAB accepts the Main UI page."""

import json
import sys

import pytest
import yaml

from tests.openhab import layout, versions
from tests.openhab.home import Home
from tests.openhab.sitemap_view import shown

sys.path.insert(0, str(layout.REPO / "automation" / "lib" / "python"))

from bmw.openhab.files_out import MARKER  # noqa: E402 - the path must be set first
from bmw.vehicle.vocabulary import VEHICLE  # noqa: E402

PAGE = layout.REPO / "conf" / "ui" / "bmw_page.yaml"
SITEMAP = "sitemaps/bmw.sitemap"


@pytest.fixture(scope="module")
def home(openhab_factory):
    instance = openhab_factory()
    instance.install_probe()
    home = Home(instance, fleet="all")
    (instance.conf / SITEMAP).unlink(missing_ok=True)
    home.start()
    yield home
    home.close()


def cars_in(openhab):
    return {label.partition(" [")[0] for label in (widget["label"] for widget in first_page(openhab, "Cars"))}


def first_page(openhab, frame):
    frames = [widget for widget in openhab.sitemap("bmw")["homepage"]["widgets"] if widget["label"] == frame]
    return frames[0]["widgets"] if frames else []


def test_before_the_sign_in_there_is_a_sitemap_to_sign_in_with(home):
    home.wait(lambda: has_sitemap(home.openhab), "the sitemap to be loaded")
    elements = shown(home.openhab, "bmw")
    assert "BMW_SignIn" in elements and "BMW_AccountState" in elements


def has_sitemap(openhab):
    return "bmw" in {entry["name"] for entry in openhab.rest("GET", "/sitemaps")}


def test_every_kind_of_car_gets_its_page_with_what_it_says(home):
    home.sign_in()
    count = len([vin for vin in home.cloud.cars() if home.cloud.expected(vin)])
    assert count >= 6
    home.wait(lambda: len(first_page(home.openhab, "Cars")) == 6, "six cars in the sitemap")
    items = home.openhab.items()
    groups = [item for item in items.values() if [home.openhab.version.class_of_tag(tag) for tag in item["tags"]] == ["Car"]]
    assert cars_in(home.openhab) == {group["label"] for group in groups}
    elements = shown(home.openhab, "bmw")
    said = [name for name, item in items.items() if item["type"] != "Group" and name.startswith(tuple(g["name"] + "_" for g in groups))]
    hidden = ("_ChargingTimeRemaining", "_ClimateTimeRemaining")
    assert [name for name in said if name not in elements and not name.endswith(hidden)] == []
    assert [name for name in elements if name and name not in items] == []


def test_what_the_module_made_looks_like_the_vocabulary_says(home):
    made = home.openhab.item("BMW_i3_DoorLockState")
    point = VEHICLE["doorLockState"]
    assert (made["type"], made["label"], made["category"], set(made["tags"])) == (point.item_type, point.label, point.icon, set(point.tags))
    assert made["stateDescription"]["pattern"] == "%s" and made["stateDescription"]["readOnly"] is True
    assert {"value": "SECURED", "label": "locked and secured"} in made["stateDescription"]["options"]


def test_a_sitemap_that_the_user_took_over_stays(home):
    own = 'sitemap bmw label="Mine" { Frame { Text item=BMW_AccountState } }\n'
    assert (home.openhab.conf / SITEMAP).read_text("utf-8").startswith(MARKER)
    home.openhab.write_conf(SITEMAP, own)
    home.configure(**home.settings(language="de"))
    home.wait(lambda: home.openhab.sitemap("bmw")["label"] == "Mine", "the user's sitemap")
    home.force_update()
    assert (home.openhab.conf / SITEMAP).read_text("utf-8") == own


def test_with_the_setting_off_no_sitemap_is_written(home):
    home.configure(**home.settings(sitemap="off"))
    (home.openhab.conf / SITEMAP).unlink()
    home.configure(**home.settings(sitemap="off", language="de"))
    home.force_update()
    assert not (home.openhab.conf / SITEMAP).exists()
    home.configure(**home.settings(sitemap="on"))
    home.wait((home.openhab.conf / SITEMAP).exists, "the sitemap to be written")


# Main UI


def test_the_main_ui_page_is_taken_in_and_read_back(home):
    pages = yaml.safe_load(versions.installer().page_file(PAGE.read_text("utf-8")))["pages"]
    page = dict(pages["bmw"], uid="bmw")
    openhab = home.openhab
    openhab.rest("POST", "/ui/components/ui:page", json.dumps(page), "application/json", openhab.admin_token())
    back = openhab.rest("GET", "/ui/components/ui:page/bmw")
    assert {key: back[key] for key in page} == page
    assert "bmw" in {entry["uid"] for entry in openhab.rest("GET", "/ui/components/ui:page")}
