"""bmw.items.sitemap: what it shows for which car, in the common syntax of openHAB 2.5 to 5.x."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bmw.items import sitemap
from bmw.items.model import Model
from bmw.items.sitemap import Account, Car
from bmw.openhab.files_out import MARKER, SETTLE, SitemapFile, write_generated
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import ACCOUNT, COMMAND, PICTURE, VEHICLE, VEHICLE_POINTS
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import car

#: a line of a sitemap: an element with its settings
STRING = r'"[^"\\]*"'
SETTING = (
    r" (?:item=\w+|label={s}|icon={s}|url={s}|height=\d+|mappings=\[[\w.]+={s}(?:, [\w.]+={s})*\]"
    r"|valuecolor=\[(?:==|<=|>=|<|>)(?:\w+|{s})={s}(?:, (?:==|<=|>=|<|>)(?:\w+|{s})={s})*\]"
    r"|visibility=\[\w+==\w+(?:, \w+==\w+)*\])"
).format(s=STRING)
ELEMENT = re.compile(r"^ *(?P<kind>Frame|Text|Switch|Selection|Image|Mapview|Webview)(?:{})*(?P<open> \{{)?$".format(SETTING))
CONF = Path(__file__).resolve().parents[3] / "conf"
ELECTRIC = {"stateOfCharge": 57.0, "electricRange": 160.0, "chargingStatus": "CHARGING", "charging": True, "pluggedIn": True,
            "chargingTimeRemaining": 95.0, "doors": False, "doorDriverFront": False, "doorLockState": "SECURED", "windows": True,
            "windowDriverFront": "OPEN", "position": (48.1, 11.5), "odometer": 48200.0, "climateStatus": "INACTIVE",
            "lastUpdate": 1.0}  # fmt: skip
COMBUSTION = {"fuelLevel": 40.0, "fuelRange": 420.0, "totalRange": 420.0, "doors": False, "lastUpdate": 1.0}


def model(language="en", account=""):
    return Model("BMW", account, language)


def all_exist(_name):
    return True


def no_commands(name):
    return not any(name.endswith("_" + key[0].upper() + key[1:]) for key in set(COMMAND) - set(VEHICLE))


def page_of(*cars, language="en", exists=no_commands):
    of = model(language)
    shown = [sitemap.car_of(of, one, number == 0, exists) for number, one in enumerate(cars)]
    return sitemap.sitemap([sitemap.account_of(of, "", shown, exists)], language)


def full_car():
    vehicle = car()
    vehicle.readings = {key: Reading(1.0, 1.0) for key in VEHICLE}
    return vehicle


def lines(text, part):
    return [line.strip() for line in text.splitlines() if part in line]


def check_syntax(text):
    """Checks that every line starts or ends an element, that braces match, and that Frames have only Frames as neighbours."""
    head, *body = text.rstrip("\n").split("\n")
    assert re.match(r"^sitemap \w+ label={} {{$".format(STRING), head)
    kinds = [[]]
    for line in body:
        if line.strip() == "}":
            inside = kinds.pop()
            assert inside, "an empty block is not in the grammar"
            assert len({kind == "Frame" for kind in inside}) == 1, inside
            continue
        match = ELEMENT.match(line)
        assert match, line
        kinds[-1].append(match.group("kind"))
        if match.group("open"):
            assert match.group("kind") in ("Frame", "Text"), "other elements hold no page"
            kinds.append([])
    assert kinds == []


# syntax


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("exists", [all_exist, no_commands])
@pytest.mark.parametrize(
    "cars", [[], [car()], [car(**ELECTRIC)], [car(**COMBUSTION)], [full_car()], [car(**ELECTRIC), car("i4"), full_car()]]
)
def test_the_text_is_of_the_portable_grammar(language, exists, cars):
    check_syntax(page_of(*cars, language=language, exists=exists))


def test_without_any_item_there_is_still_a_valid_sitemap():
    check_syntax(sitemap.sitemap([], "en"))


@given(st.text(), st.text())
def test_no_name_from_outside_can_break_the_text(brand, name):
    check_syntax(page_of(car(facts={"brand": brand, "model": name}, **ELECTRIC)))
    check_syntax(page_of(car(facts={"brand": brand, "model": name}, **ELECTRIC), car("i4")))


def test_brackets_in_a_cars_name_are_no_pattern():
    assert 'label="BMW i3 (%s)"' in page_of(car(facts={"model": "i3 [%s]"}, stateOfCharge=1.0))


# the car


def test_the_state_of_charge_comes_first_and_in_colours():
    text = page_of(car(**ELECTRIC))
    frame = text.index('Frame label="BMW i3"')
    first = text[frame:].split("\n")[1].strip()
    assert first.startswith('Text item=BMW_i3_StateOfCharge label="State of charge" icon="batterylevel"')
    assert 'valuecolor=[<=15="red", <=30="orange", >30="green"]' in first


def test_the_time_left_is_shown_only_while_charging():
    shown = lines(page_of(car(**ELECTRIC)), "item=BMW_i3_ChargingTimeRemaining")
    assert shown and all("visibility=[BMW_i3_Charging==ON]" in line for line in shown)


def test_doors_are_one_line_with_a_page_below():
    text = page_of(car(**ELECTRIC))
    block = text[text.index("Text item=BMW_i3_Doors") :]
    assert block.split("\n")[0].endswith("{")
    assert "Text item=BMW_i3_DoorDriverFront" in block.split("}")[0]


def test_a_combustion_car_begins_with_its_fuel():
    text = page_of(car("318i", **COMBUSTION))
    assert "BMW_318i_StateOfCharge" not in text and "BMW_318i_ChargingStatus" not in text
    assert text.index("BMW_318i_FuelLevel") < text.index("BMW_318i_FuelRange") < text.index("BMW_318i_Doors")


def test_whatever_a_car_has_ever_said_is_somewhere():
    text = page_of(full_car())
    missing = [
        point.key
        for point in VEHICLE_POINTS
        if point.key != "lastChargingCurve" and "item=BMW_i3_{}{} ".format(point.key[0].upper(), point.key[1:]) not in text
    ]
    assert missing == []


def test_a_text_that_pages_draw_is_no_line():
    assert "LastChargingCurve" not in page_of(full_car())


def test_what_a_car_never_said_is_nowhere():
    text = page_of(car(stateOfCharge=57.0, electricRange=None))
    assert "ElectricRange" not in text and "Mapview" not in text and "Doors" not in text


def test_the_position_is_a_map():
    assert lines(page_of(car(**ELECTRIC)), "Mapview") == ['Mapview item=BMW_i3_Position label="Position" height=8']


def test_several_cars_have_a_line_and_a_page_each():
    text = page_of(car(**ELECTRIC), car("318i", **COMBUSTION), car("i4"))
    garage = text[text.index('Frame label="Cars"') :]
    heads = [line for line in garage.split("\n") if line.startswith(" " * 8 + "Text")]
    assert [re.search(r'label="([^"]+)"', head).group(1) for head in heads[:2]] == ["BMW i3", "BMW 318i"]
    assert "item=BMW_318i_FuelLevel" in heads[1]


def test_labels_follow_the_language():
    text = page_of(car(**ELECTRIC), language="de", exists=all_exist)
    assert 'label="Ladestand"' in text and 'label="Türverriegelung"' in text and 'label="Konto"' in text
    assert not lines(text, 'label="Charging')


# commands


def test_buttons_are_there_only_for_commands_the_car_can_take():
    assert lines(page_of(car(**ELECTRIC)), "Switch item=BMW_i3_") == []
    text = page_of(car(**ELECTRIC), exists=lambda name: no_commands(name) or name.endswith(("_Lock", "_CommandStatus")))
    assert lines(text, "Switch item=BMW_i3_") == ['Switch item=BMW_i3_Lock label="Lock []" icon="lock" mappings=[ON="Lock"]']
    assert lines(text, "BMW_i3_CommandStatus")


def test_climate_starts_and_stops():
    text = page_of(car(**ELECTRIC), exists=all_exist)
    assert lines(text, "Switch item=BMW_i3_Climate ") == [
        'Switch item=BMW_i3_Climate label="Climate []" icon="climate" mappings=[ON="Start", OFF="Stop"]'
    ]


def test_unlocking_is_not_on_the_first_page():
    text = page_of(car(**ELECTRIC), exists=all_exist)
    assert text.index("Further commands") < text.index("item=BMW_i3_Unlock")


def test_an_item_that_holds_a_reading_is_not_offered_as_a_command():
    shown = Car("x", {"chargingCurrent": "BMW_i3_ChargingCurrent"}, {})
    assert sitemap.car_of(model(), car(chargingCurrent=16.0), True, lambda name: name == "BMW_i3_ChargingCurrent").commands == {}
    assert "Selection" not in sitemap.sitemap([Account("", {}, [shown])], "en")


# the account


def test_the_sign_in_is_shown_while_it_is_needed_with_link_code_and_qr_code():
    text = page_of(car(**ELECTRIC))
    frame = text[text.index('Frame label="Sign in to BMW"') : text.index('Frame label="BMW i3"')]
    assert "BMW_AccountState==SIGN_IN_NEEDED" in frame.split("\n")[0]
    assert 'Switch item=BMW_SignIn label="Sign in []" icon="switch" mappings=[ON="Sign in", OFF="Cancel"]' in frame
    for part in ("item=BMW_SignInLink", "item=BMW_SignInCode", 'url="/static/bmw/index.html"'):
        assert lines(frame, part)[0].endswith("visibility=[BMW_SignIn==ON]")


def test_the_account_tells_calls_left_and_updates_on_demand():
    text = page_of(car(**ELECTRIC))
    assert lines(text, "item=BMW_CallsLeft") and lines(text, "item=BMW_LastRefresh")
    assert lines(text, "Switch item=BMW_ForceUpdate")[0].endswith('mappings=[ON="Update now"]')


def test_the_account_has_a_button_for_the_diagnostics_report():
    line = 'Switch item=BMW_Diagnose label="Something wrong? []" icon="switch" mappings=[ON="Make diagnostics report"]'
    assert line in page_of(car(**ELECTRIC))


def test_the_token_is_on_no_page():
    assert "Token" not in page_of(full_car(), exists=all_exist)


def test_two_accounts_are_told_apart():
    accounts = [sitemap.account_of(model(account=name), name, [], all_exist) for name in ("me", "wife")]
    text = sitemap.sitemap(accounts, "en")
    check_syntax(text)
    assert lines(text, 'Frame label="Account me"') and lines(text, 'Frame label="Account wife"')


# the file


class Later:
    """Collects delayed work; the test runs it."""

    def __init__(self):
        self.work = {}
        self.asked = 0

    def __call__(self, name, seconds, function):
        assert seconds == SETTLE
        self.asked += 1
        self.work[name] = function

    def run(self):
        work, self.work = self.work, {}
        for function in work.values():
            function()


@pytest.fixture
def later():
    return Later()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "sitemaps" / "bmw.sitemap"


def sitemap_file(tmp_path, later, is_wanted=True):
    return SitemapFile(str(tmp_path), "en", is_wanted, later, no_commands)


def test_the_file_is_written_once_when_all_cars_are_known(tmp_path, later, file):
    page = sitemap_file(tmp_path, later).page("", model())
    page.show_account()
    page.show_car(car(**ELECTRIC), True)
    page.show_car(car("i4", stateOfCharge=1.0), False)
    assert len(later.work) == 1
    later.run()
    text = file.read_text("utf-8")
    assert text.startswith(MARKER + "\nsitemap bmw ")
    assert "BMW_i3_StateOfCharge" in text and "BMW_i4_StateOfCharge" in text
    assert file.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in file.parent.iterdir()] == ["bmw.sitemap"]


def test_a_car_with_nothing_new_writes_nothing(tmp_path, later, file):
    page = sitemap_file(tmp_path, later).page("", model())
    page.show_car(car(**ELECTRIC), True)
    later.run()
    asked, written = later.asked, file.stat().st_mtime_ns
    page.show_car(car(**dict(ELECTRIC, stateOfCharge=58.0)), True)
    assert later.asked == asked
    page.show_account()
    later.run()
    assert file.stat().st_mtime_ns == written


def test_a_first_value_puts_its_item_on_the_page(tmp_path, later, file):
    page = sitemap_file(tmp_path, later).page("", model())
    page.show_car(car(stateOfCharge=1.0), True)
    later.run()
    page.show_car(car(stateOfCharge=1.0, odometer=5.0), True)
    later.run()
    assert "BMW_i3_Odometer" in file.read_text("utf-8")


@pytest.mark.parametrize("own", ['sitemap bmw label="Mine" {\n}\n', "", "// mine\n" + MARKER])
def test_a_sitemap_of_the_user_is_never_touched(tmp_path, later, file, own):
    file.parent.mkdir()
    file.write_text(own, "utf-8")
    page = sitemap_file(tmp_path, later).page("", model())
    page.show_car(car(**ELECTRIC), True)
    later.run()
    assert file.read_text("utf-8") == own


def test_with_the_setting_off_nothing_is_written(tmp_path, later, file):
    page = sitemap_file(tmp_path, later, is_wanted=False).page("", model())
    page.show_car(car(**ELECTRIC), True)
    later.run()
    assert not file.parent.exists()


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path, later):
    (tmp_path / "sitemaps").write_text("a file where the folder should be")
    page = sitemap_file(tmp_path, later).page("", model())
    page.show_car(car(**ELECTRIC), True)
    later.run()
    assert (tmp_path / "sitemaps").is_file()


def test_what_was_generated_is_replaced(file):
    file.parent.mkdir()
    assert write_generated(str(file), MARKER + "\nold")
    assert write_generated(str(file), MARKER + "\nnew")
    assert file.read_text("utf-8") == MARKER + "\nnew"


# shipped files


#: an i3's values by CarData plus the commands of MyBMW, so that the sample shows all lines a user may see
SAMPLE_KEYS = (
    "stateOfCharge targetStateOfCharge electricRange chargingStatus charging pluggedIn chargingTimeRemaining chargingPower doorLockState"
    " doors doorDriverFront doorPassengerFront doorDriverRear doorPassengerRear hood trunk windows windowDriverFront windowPassengerFront"
    " climateStatus climateActive climateTimeRemaining position address odometer lastTripEnd auxiliaryBatteryVoltage nextService serviceDate"
    " checkControl lastUpdate"
).split()


def sample():
    vehicle = car()
    vehicle.readings = {key: Reading(1.0, 1.0) for key in SAMPLE_KEYS}
    of = model()
    shown = sitemap.account_of(of, "", [sitemap.car_of(of, vehicle, True, all_exist)], all_exist)
    head = (
        "// A sample: what the module writes as bmw.sitemap for one car named i3 whose cloud takes commands. Copy it under another\n"
        "// name to make it your own; with CarData, which takes none, delete the frame Control.\n"
    )
    return head + sitemap.sitemap([shown], "en", "bmw_sample")


def test_the_shipped_sample_is_what_the_module_writes_today():
    assert (CONF / "sitemaps" / "bmw_sample.sitemap").read_text("utf-8") == sample()


def page_parts():
    """The Main UI page's cards: {name of a section's group: keys of the values in it}, and its text."""
    text = (CONF / "ui" / "bmw_page.yaml").read_text("utf-8")
    parts = re.findall(r"- group: _g(\w+)\n +keys: \[([\w, ]+)\]", text)
    return {section: keys.split(", ") for section, keys in parts}, text


def test_each_value_of_the_main_ui_page_is_in_the_group_of_its_card():
    parts, _text = page_parts()
    sections = {key[0].upper() + key[1:]: point.section for key, point in VEHICLE.items()}
    assert len(parts) == 8
    for section, keys in parts.items():
        assert {sections[key] for key in keys} == {section.lower()}
        assert len(keys) <= 6  # as many as the condition for "no empty card" reads


def test_the_main_ui_page_names_items_that_the_module_makes():
    _parts, text = page_parts()
    points = {key[0].upper() + key[1:] for table in (VEHICLE, COMMAND, ACCOUNT, {PICTURE.key: PICTURE}) for key in table}
    used = set(re.findall(r'"_([A-Z]\w+)"|(?:key|range|instead_of): ([A-Z]\w+)|BMW_([A-Z]\w+)', text))
    assert {"StateOfCharge", "CommandStatus", "Image", "AccountState"} <= {"".join(name) for name in used} <= points


def test_the_main_ui_page_never_unlocks():
    _parts, text = page_parts()
    buttons = text[text.index("for: button") :]
    assert 'loop.button.name.indexOf("_Unlock") < 0' in buttons[: buttons.index("slots:")]
    assert text.count("oh-button") == 1


def widget():
    """The HABPanel widget, and its template's elements: [(tag, {attribute: text})]."""
    content = json.loads((CONF / "ui" / "habpanel_bmw_car.widget.json").read_text("utf-8"))
    elements, parser = [], HTMLParser()
    parser.handle_starttag = lambda tag, attributes: elements.append((tag, dict(attributes)))
    parser.feed(content["template"])
    return content, elements


def keys_of(elements):
    return {key for _tag, attributes in elements for key in re.findall(r"'([A-Z]\w+)'", attributes.get("ng-repeat", ""))}


def test_the_habpanel_widget_shows_items_that_the_module_makes():
    content, elements = widget()
    points = {key[0].upper() + key[1:] for table in (VEHICLE, COMMAND, {PICTURE.key: PICTURE}) for key in table}
    used = keys_of(elements) | set(re.findall(r"'_(\w+)'", content["template"]))
    assert {"StateOfCharge", "DoorLockState", "CommandStatus", "Image"} <= used <= points
    settings = {setting["id"] for setting in content["settings"]}
    assert set(re.findall(r"config\.(\w+)", content["template"])) == settings


def test_the_habpanel_widget_shows_no_raw_states():
    """Words come from the item's options, numbers and times from a filter; a state as it is stands only where there is no word."""
    content, _elements = widget()
    shown = re.findall(r"\{\{(.+?)\}\}(?!\})", content["template"])
    assert len(shown) > 8
    told = re.compile(r"stateDescription\.options \| filter|\| number:0|\| date:|\.label\b|== 'ON' \? '&#9679; ' : ''$")
    raw = [text for text in shown if not told.search(text)]
    assert ['ng-src="{{%s}}"' % text in content["template"] for text in raw] == [True]  # only the picture


def test_the_habpanel_widget_shows_nothing_of_an_item_that_is_not_there_or_unknown():
    _content, elements = widget()
    repeated = [(tag, attributes) for tag, attributes in elements if "ng-repeat" in attributes]
    assert len(repeated) > 8
    for tag, attributes in repeated:
        condition = attributes["ng-if"]
        known = "['N/A', 'NULL', 'UNDEF', ''].indexOf(itemState(config.car + '_' + key)) < 0"
        allowed = (known, "itemState(config.car + '_' + key) == 'OPEN'", "itemState(config.car + '_' + key).indexOf('data:image/') == 0")
        assert condition == "getItem(config.car + '_' + key).name" if tag == "button" else condition in allowed


def test_the_habpanel_widgets_buttons_are_wanted_readable_and_never_unlock():
    content, elements = widget()
    buttons = [(tag, attributes) for tag, attributes in elements if tag == "button"]
    assert keys_of(buttons) == {"Lock", "FlashLights", "FindVehicle", "Climate", "Charge"}
    # HABPanel's own colours of a button are light on light: the colours are those of the widget around it
    assert all({"color:inherit", "background:transparent"} <= set(attributes["style"].split(";")) for _tag, attributes in buttons)
    assert content["template"].index('ng-if="config.commands"') < content["template"].index("<button")
    assert [setting for setting in content["settings"] if setting["id"] == "commands"][0].get("default") is None


def test_values_beyond_the_vocabulary_are_on_a_page_below_the_rest():
    vehicle = car(stateOfCharge=57, lastUpdate=1.0, extra_body_chargingPort_plugEventId=7, extra_vehicle_timeSetting=None)
    text = page_of(vehicle, language="de")
    assert (
        text.index("item=BMW_i3_LastUpdate") < text.index("Weitere Werte") < text.index("item=BMW_i3_Extra_body_chargingPort_plugEventId")
    )
    assert "timeSetting" not in text
    check_syntax(text)
