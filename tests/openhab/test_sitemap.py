"""The generated items file and sitemap in a real openHAB without the module: openHAB understands all lines and shows the right words."""

import sys

import pytest

from tests.openhab import layout
from tests.openhab.sitemap_view import shown

sys.path.insert(0, str(layout.REPO / "automation" / "lib" / "python"))

from bmw.items import items_file, sitemap  # noqa: E402 - the path must be set first
from bmw.items.model import SECTIONS, Model  # noqa: E402
from bmw.vehicle.vehicle import Reading, Vehicle  # noqa: E402
from bmw.vehicle.vocabulary import COMMAND, VEHICLE  # noqa: E402

#: language -> prefix and name of the sitemap, so that one openHAB can have both
NAMES = {"en": ("BMW", "english"), "de": ("AUTO", "german")}


def full_car():
    """A car with a value for each key."""
    vehicle = Vehicle("WBY00TEST00000001", "i3", {"brand": "BMW", "model": "i3 120"})
    vehicle.readings = {key: Reading(1.0, 1.0) for key in VEHICLE}
    return vehicle


def specs(language):
    """All items of the car, each one once."""
    found = {}
    for spec in items_file.specs_of(Model(NAMES[language][0], "", language), [full_car()], COMMAND):
        found.setdefault(spec.name, spec)
    return list(found.values())


def sitemap_text(language):
    prefix, name = NAMES[language]
    model = Model(prefix, "", language)
    car = sitemap.car_of(model, full_car(), True, lambda _name: True)
    return sitemap.sitemap([sitemap.account_of(model, "", [car], lambda _name: True)], language, name)


@pytest.fixture(scope="module")
def openhab(openhab_factory):
    """An openHAB without the module, with a full car's generated files in both languages."""
    openhab = openhab_factory()
    openhab.install_probe()
    for language, (prefix, name) in NAMES.items():
        openhab.write_conf("items/{}.items".format(prefix.lower()), items_file.items_file(specs(language)))
        openhab.write_conf("sitemaps/{}.sitemap".format(name), sitemap_text(language))
    openhab.start().wait_ready()
    yield openhab
    openhab.stop()


def labels(openhab, name, item):
    return {widget["label"] for widget in shown(openhab, name).get(item, [])}


# the items file


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_item_of_the_file_is_what_the_module_would_make(openhab, language):
    items = openhab.items()
    for spec in specs(language):
        item = items[spec.name]
        assert (item["type"], item["label"], item["category"]) == (spec.item_type, spec.label, spec.icon)
        assert (set(item["groupNames"]), set(item["tags"])) == (set(spec.groups), set(spec.tags))
        wanted = spec.metadata.get("stateDescription", ("", {}))[1]
        if wanted:
            description = item["stateDescription"]
            options = {option["value"]: option["label"] for option in description["options"]}
            assert description["pattern"] == wanted["pattern"]
            assert description["readOnly"] == wanted["readOnly"]
            assert options == dict(pair.split("=") for pair in wanted.get("options", "").split(",") if pair)
    assert len(specs(language)) > 150


def test_units_are_metadata_for_newer_versions(openhab):
    item = openhab.rest("GET", "/items/BMW_i3_ElectricRange?metadata=unit")
    assert item["metadata"]["unit"]["value"] == "km"


@pytest.mark.parametrize("language", ["en", "de"])
def test_openhab_understands_every_semantic_tag(openhab, language):
    """openHAB takes an unknown semantic tag for a plain tag, without a message; its class is then missing in the semantics."""
    items = {item["name"]: item for item in openhab.rest("GET", "/items?metadata=semantics")}
    for spec in specs(language):
        if not spec.tags:
            continue
        semantics = items[spec.name]["metadata"]["semantics"]
        understood = [semantics["value"], semantics.get("config", {}).get("relatesTo", "")]
        classes = {part for text in understood for part in text.split("_")}
        assert set(spec.tags) <= classes, spec.name


def test_points_belong_to_equipment_of_the_car(openhab):
    semantics = {item["name"]: item["metadata"]["semantics"] for item in openhab.rest("GET", "/items?metadata=semantics")
                 if "semantics" in item.get("metadata", {})}  # fmt: skip
    assert semantics["BMW_i3"]["value"] == openhab.version.row.car
    assert semantics["BMW_i3_StateOfCharge"]["config"]["isPointOf"] == "BMW_i3_gBattery"
    for section in set(SECTIONS) - {"extra"}:  # exists only with the setting `extra`
        assert semantics["BMW_i3_g" + section.capitalize()]["config"]["isPartOf"] == "BMW_i3"


# the sitemap


@pytest.mark.parametrize("language", ["en", "de"])
def test_openhab_reads_the_sitemap_with_every_item_of_a_full_car(openhab, language):
    prefix, name = NAMES[language]
    for key in ("charging", "climateActive"):  # show the elements that depend on these states
        openhab.update("{}_i3_{}{}".format(prefix, key[0].upper(), key[1:]), "ON")
    openhab.wait_state("{}_i3_ClimateActive".format(prefix), "ON")
    there = set(shown(openhab, name))
    # the charging curve is for a chart; the sitemap does not show it
    wanted = {"{}_i3_{}{}".format(prefix, key[0].upper(), key[1:]) for key in VEHICLE if key != "lastChargingCurve"}
    assert wanted - there == set()


@pytest.mark.parametrize(
    "key, state, english, german",
    [
        ("StateOfCharge", "57 %", "State of charge [57 %]", "Ladestand [57 %]"),
        ("ElectricRange", "160 km", "Electric range [160 km]", "Elektrische Reichweite [160 km]"),
        ("DoorLockState", "SECURED", "Door lock [locked and secured]", "Türverriegelung [verriegelt und gesichert]"),
        ("Doors", "OPEN", "Doors [open]", "Türen [offen]"),
        ("PluggedIn", "ON", "Plugged in [yes]", "Eingesteckt [ja]"),
        ("WindowDriverFront", "INTERMEDIATE", "Driver's window [partly open]", "Fahrerfenster [teilweise offen]"),
        ("ChargingStatus", "NEW_WORD_OF_BMW", "Charging status [NEW_WORD_OF_BMW]", "Ladestatus [NEW_WORD_OF_BMW]"),
        ("CommandStatus", "TIMED OUT", "Command status [no answer]", "Befehlsstatus [keine Antwort]"),
        ("LastUpdate", "2026-10-03T12:00:00.000+0000", "Last update by the car [03.10.2026 12:00]",
         "Letzte Meldung des Autos [03.10.2026 12:00]"),
    ],
)  # fmt: skip
def test_states_are_said_in_the_persons_language(openhab, key, state, english, german):
    for label, (prefix, name) in zip((english, german), NAMES.values()):
        item = "{}_i3_{}".format(prefix, key)
        openhab.update(item, state)
        openhab.wait_state(item, state)
        assert labels(openhab, name, item) == {label}
        assert openhab.state(item) == state, "the state itself stays for rules"


def test_a_button_shows_no_state_beside_it(openhab):
    openhab.update("BMW_i3_Climate", "OFF")
    openhab.wait_state("BMW_i3_Climate", "OFF")
    button = shown(openhab, "english")["BMW_i3_Climate"][0]
    assert button["label"] == "Climate"
    assert [(mapping["command"], mapping["label"]) for mapping in button["mappings"]] == [("ON", "Start"), ("OFF", "Stop")]


@pytest.mark.parametrize("state, colour", [("9 %", "red"), ("15 %", "red"), ("22.5 %", "orange"), ("31 %", "green"), ("100 %", "green")])
def test_the_state_of_charge_is_coloured(openhab, state, colour):
    openhab.update("BMW_i3_StateOfCharge", state)
    openhab.wait_state("BMW_i3_StateOfCharge", state)
    assert {widget["valuecolor"] for widget in shown(openhab, "english")["BMW_i3_StateOfCharge"]} == {colour}


@pytest.mark.parametrize(
    "item, state, colour",
    [("Doors", "OPEN", "red"), ("Doors", "CLOSED", "green"), ("DoorLockState", "UNLOCKED", "red"), ("CommandStatus", "TIMED OUT", "red")],
)
def test_what_is_not_well_is_red(openhab, item, state, colour):
    openhab.update("BMW_i3_" + item, state)
    openhab.wait_state("BMW_i3_" + item, state)
    assert {widget["valuecolor"] for widget in shown(openhab, "english")["BMW_i3_" + item]} == {colour}


def test_the_time_left_is_there_only_while_the_car_charges(openhab):
    for state, is_there in (("OFF", False), ("ON", True)):
        openhab.update("BMW_i3_Charging", state)
        openhab.wait_state("BMW_i3_Charging", state)
        assert ("BMW_i3_ChargingTimeRemaining" in shown(openhab, "english")) == is_there


def test_the_sign_in_is_there_only_while_it_is_needed(openhab):
    openhab.update("BMW_AccountState", "ONLINE")
    openhab.wait_state("BMW_AccountState", "ONLINE")
    assert "BMW_SignIn" not in shown(openhab, "english")
    openhab.update("BMW_AccountState", "WAITING_FOR_APPROVAL")
    openhab.update("BMW_SignIn", "ON")
    openhab.wait_state("BMW_SignIn", "ON")
    elements = shown(openhab, "english")
    assert {"BMW_SignIn", "BMW_SignInLink", "BMW_SignInCode"} <= set(elements)
    assert [widget["url"] for widget in elements[None] if widget["type"] == "Webview"] == [sitemap.PAGE_URL]


def test_doors_and_windows_have_a_page_below_their_line(openhab):
    for head, below in (("Doors", "DoorDriverFront"), ("Windows", "WindowDriverFront")):
        lines = [widget for widget in shown(openhab, "english")["BMW_i3_" + head] if "linkedPage" in widget]
        assert len(lines) == 1
        assert "BMW_i3_" + below in {widget["item"]["name"] for widget in lines[0]["linkedPage"]["widgets"]}
