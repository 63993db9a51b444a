"""automation/templates/bmw.json: rule templates that openHAB 3.0 to 5.x can read, on items that there are."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
from bmw.vehicle.vocabulary import VEHICLE

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "automation" / "templates" / "bmw.json").read_bytes()
TEMPLATES = json.loads(TEXT)
_spec = importlib.util.spec_from_file_location("bmw_install_for_templates", ROOT / "install.py")
installer = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(installer)

each_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template["uid"])


def modules(template):
    return template["triggers"] + template["conditions"] + template["actions"]


def places(text):
    return set(re.findall(r"\{\{(\w+)\}\}", text))


def test_the_file_is_ascii_because_openhab_reads_it_in_the_machines_encoding():
    assert TEXT.isascii()


@each_template
def test_every_place_to_fill_in_is_asked_for_and_all_that_is_asked_for_is_used(template):
    asked = [parameter["name"] for parameter in template["configDescriptions"]]
    assert set(asked) == places(json.dumps(modules(template))) and len(set(asked)) == len(asked)
    assert all(parameter["required"] and parameter["label"] and parameter["description"] for parameter in template["configDescriptions"])


@each_template
def test_every_item_that_is_offered_is_one_of_a_car(template):
    offered = re.findall(r"BMW_i3_(\w+)", json.dumps(template))
    assert offered and [name for name in offered if name[0].lower() + name[1:] not in VEHICLE] == []


@each_template
def test_modules_have_ids_of_their_own(template):
    ids = [module["id"] for module in modules(template)]
    assert len(set(ids)) == len(ids) and all(re.match(r"\w+$", one) for one in ids)


@pytest.mark.parametrize("version, mark", [((3, 0), "${wallbox}.sendCommand(OFF)"), ((3, 2), "{{wallbox}}.sendCommand(OFF)")])
def test_the_installer_marks_the_places_as_the_version_wants_them(version, mark):
    files = installer.wanted_files(installer.layout_of(version), version)
    text = files["automation/templates/bmw.json"].decode("ascii")
    assert mark in text and ("{{" in text) != ("${" in text)
    json.loads(text)


def test_openhab_2_5_gets_no_templates():
    assert "automation/templates/bmw.json" not in installer.wanted_files(installer.layout_of((2, 5)), (2, 5))
