"""The public Python API in a real openHAB: the documented examples as users' own scripts, values, commands, reloads."""

import json
import re
import textwrap

import pytest

from tests.cloud import HOME_PASSWORD, HOME_USER
from tests.openhab import layout
from tests.openhab.home import SCRIPT, STARTED, Home
from tests.openhab.versions import installer

MANUAL = layout.REPO / "docs" / "api.md"
NOT_KNOWN = "how it ended is not known, look at the car (openHAB or the BMW script was stopped)"
PORTAL = {"client_id": None, "cloud": "portal", "username": HOME_USER, "password": HOME_PASSWORD}

# A user's script: it evaluates the text in the item Ask and writes the result to the item Told. Not part of the product.
HAND = """
import json, time, traceback
from bmw.api import ApiError, cars
from bmw.openhab.rules import decorators

scriptExtension.importPreset("RuleSupport")
rule, when = decorators(automationManager)
kept = {}


@rule("Hand")
@when("Item Ask received command")
def hand(event):
    number, _, code = event.itemCommand.toString().partition(" ")
    try:
        told = eval(code, globals())
    except ApiError as error:
        told = "ApiError: " + error.text()
    except:
        told = traceback.format_exc()
    events.postUpdate("Told", json.dumps([number, told]))


def keep_end(state, reason):
    kept["end"] = [state, reason]


def modules_of_this_script_only():
    import sys
    import bmw.api
    return sys.modules["bmw.api"] is bmw.api and "bmw.polling.service" not in sys.modules


def send_and_watch(command):
    from java.lang.ref import WeakReference
    kept["watched"] = WeakReference(cars()[0]._send(command))


def watched_is_gone():
    from java.lang import System
    System.gc()
    return kept["watched"].get() is None
"""
ITEMS = (
    'String Announcement "What was announced"\nString Note\nString Ask\nString Told\nSwitch Wallbox\nSwitch Here\nNumber Solar_Surplus\n'
)
TYPES_OF_SCRIPTS = "org.openhab.core.automation.module.script.internal.provider.ScriptModuleTypeProvider"
USE_CASES = layout.REPO / "docs/use-cases.md"
TEMPLATES = layout.REPO / "automation/templates/bmw.json"
#: the items of the test's car, as a user chooses them
CHOSEN = {
    "bmw-wallbox-target": {"stateOfCharge": "BMW_i3_StateOfCharge", "here": "Here", "wallbox": "Wallbox", "target": 80},
    "bmw-charged": {"charging": "BMW_i3_Charging", "stateOfCharge": "BMW_i3_StateOfCharge", "message": "Note"},
    "bmw-left-open": {
        "time": "22:00",
        "locked": "BMW_i3_Locked",
        "doors": "BMW_i3_Doors",
        "windows": "BMW_i3_Windows",
        "message": "Note",
    },
}


class User:
    """A user with own rules."""

    def __init__(self, home):
        self.home = home
        self.openhab = home.openhab
        self._asked = 0

    def ask(self, code):
        """The value of a Python expression in the user's script."""
        self._asked += 1
        number = str(self._asked)
        self.openhab.command("Ask", "{} {}".format(number, code))
        told = self.openhab.wait_state("Told", lambda state: state.startswith('["{}"'.format(number)), 60)
        return json.loads(told)[1]

    def run_rule(self, name):
        """Does what the button 'Run now' on a rule's page does."""
        uid = next(rule["uid"] for rule in self.openhab.rules() if rule["name"] == name)
        self.openhab.rest("POST", "/rules/{}/runnow".format(uid), "", token=self.openhab.admin_token(), timeout=90)

    def add_rule(self, uid, **fields):
        """Makes a rule of openHAB's own, as Main UI does."""
        body = json.dumps(dict({"uid": uid, "name": uid, "triggers": [], "conditions": [], "actions": []}, **fields))
        self.openhab.rest("POST", "/rules", body, "application/json", self.openhab.admin_token())
        self.home.wait(lambda: self.status(uid)["status"] == "IDLE", lambda: "the rule {} to be ready: {}".format(uid, self.status(uid)))

    def remove_rule(self, uid):
        self.openhab.rest("DELETE", "/rules/" + uid, token=self.openhab.admin_token())

    def status(self, uid):
        return next(rule["status"] for rule in self.openhab.rules() if rule["uid"] == uid)

    def announced(self, wanted):
        return self.openhab.wait_state("Announcement", wanted, 60)

    def noted(self):
        """What a rule made from a template has written."""
        return self.openhab.wait_state("Note", lambda text: text != "", 60)


def example(title):
    """The script under this heading of the manual."""
    return re.search(r"^### {}\n.*?```python\n(.*?)```".format(re.escape(title)), MANUAL.read_text("utf-8"), re.S | re.M).group(1)


def wait_rule(home, name):
    home.wait(lambda: any(rule["name"] == name for rule in home.openhab.rules()), "the rule " + name)


@pytest.fixture(scope="module")
def user(openhab_factory):
    home = Home(openhab_factory())
    home.configure_file(**home.settings(**PORTAL))
    home.openhab.write_conf("items/mine.items", ITEMS)
    number = installer().parsed(home.openhab.version.text)
    home.openhab.write_conf("automation/templates/bmw.json", installer().templates_file(TEMPLATES.read_text("utf-8"), number))
    home.start()
    home.wait_status("ONLINE")
    home.openhab.wait_state("BMW_i3_StateOfCharge", lambda state: state.endswith("%"))
    home.openhab.write_conf("automation/jsr223/hand.py", HAND)
    home.openhab.write_conf("automation/jsr223/charging.py", example("Announce when charging is done"))
    home.openhab.write_conf("automation/jsr223/night.py", example("Lock the car at 23:00 if it is unlocked"))
    for name in ("Hand", "Announce the end of charging", "Lock the cars at night"):
        wait_rule(home, name)
    offer_scripts(home.openhab)
    yield User(home)
    home.close()


def offer_scripts(openhab):
    """Lets openHAB's own rules have scripts as actions.

    openHAB 3.0.1 asks only once, early, whether there is a script language. The JavaScript that Java 11 has is there by then, but the
    Java of the tests has none, and the other languages come later: so it is made to ask again.
    """
    for change in ("disable", "enable"):
        openhab.console("scr:{} {}".format(change, TYPES_OF_SCRIPTS))


@pytest.fixture
def vin(user):
    user.home.cloud.command_plan()
    for name in ("Announcement", "Note"):
        user.openhab.update(name, "")
    return user.home.cloud.cars()[0]


def test_the_example_announces_when_charging_is_done(user, vin):
    user.home.cloud.set_car(vin, charging_status="CHARGING", plugged=True, soc=79)
    user.home.force_update()
    user.openhab.wait_state("BMW_i3_Charging", "ON")
    user.home.cloud.set_car(vin, charging_status="FINISHED_NOT_FULL", soc=80, range_electric_km=210)
    user.home.force_update()
    assert user.announced(lambda text: text != "") == "The i3 has stopped charging at 80 %, good for 210 km"


def test_the_example_locks_an_unlocked_car_and_tells_the_result(user, vin):
    user.home.cloud.set_car(vin, lock="UNLOCKED")
    user.home.force_update()
    user.openhab.wait_state("BMW_i3_Locked", "OFF")
    user.run_rule("Lock the cars at night")
    user.announced("Locking the i3: EXECUTED")
    assert user.home.cloud.car(vin)["lock"] in ("LOCKED", "SECURED")
    user.openhab.wait_state("BMW_i3_CommandStatus", "EXECUTED")
    user.openhab.wait_state("BMW_i3_Locked", "ON")


def test_the_example_tells_when_the_car_did_not_lock(user, vin):
    user.home.cloud.set_car(vin, lock="UNLOCKED")
    user.home.force_update()
    user.openhab.wait_state("BMW_i3_Locked", "OFF")
    user.home.cloud.command_plan(outcome="FAILED")
    user.run_rule("Lock the cars at night")
    assert user.announced(lambda text: text != "").startswith("Locking the i3: FAILED ")


def test_the_example_leaves_a_locked_car_alone(user, vin):
    user.home.cloud.set_car(vin, lock="SECURED")
    user.home.force_update()
    user.openhab.wait_state("BMW_i3_Locked", "ON")
    sent = len(user.home.cloud.commands())
    user.run_rule("Lock the cars at night")
    assert user.ask("cars()[0].value('locked')") is True
    assert len(user.home.cloud.commands()) == sent
    assert user.openhab.state("Announcement") == ""


#: the names of the rules in the page of use cases
CHARGE_RULE, WINDOW_RULE, END_RULE = "Charge with sun or at night", "Window open", "Charging ended"


@pytest.fixture(scope="module")
def use_cases(user):
    """The rules of docs/use-cases.md, for the test's car."""
    rules = re.findall(r"^    rule .*?^    end$", USE_CASES.read_text("utf-8"), re.S | re.M)
    text = "\n".join(textwrap.dedent(rule) for rule in rules).replace("BMW_i4_AtHome", "Here").replace("_i4_", "_i3_")
    since = user.openhab.log_size()
    user.openhab.write_conf("rules/car.rules", text)
    for name in (CHARGE_RULE, WINDOW_RULE, END_RULE):
        wait_rule(user.home, name)
    yield user
    user.openhab.remove_conf("rules/car.rules")
    assert [line for line in user.openhab.log(since).splitlines() if "car.rules" in line and "[ERROR]" in line] == []


@pytest.mark.parametrize(
    "charge, here, sun, wallbox", [(60, "ON", 2000, "ON"), (85, "ON", 2000, "OFF"), (60, "OFF", 2000, None)], ids=["sun", "full", "away"]
)
def test_the_use_case_charges_with_sun_at_home_up_to_80(use_cases, vin, charge, here, sun, wallbox):
    openhab = use_cases.openhab
    use_cases.home.cloud.set_car(vin, charging_status="CHARGING", plugged=True, soc=charge)
    use_cases.home.force_update()
    openhab.wait_state("BMW_i3_PluggedIn", "ON")
    openhab.wait_state("BMW_i3_StateOfCharge", "{} %".format(charge))
    openhab.update("Here", here)
    openhab.update("Solar_Surplus", str(sun))
    before = {"ON": "OFF", "OFF": "ON", None: "OFF"}[wallbox]
    openhab.update("Wallbox", before)
    openhab.wait_state("Wallbox", before)
    since = openhab.events_size()
    use_cases.run_rule(CHARGE_RULE)  # returns when the rule has run
    if wallbox:
        openhab.wait_state("Wallbox", wallbox)
    else:
        openhab.command("Note", "the rule has run")
        use_cases.noted()
        assert "'Wallbox' received command" not in openhab.events(since)


def test_the_use_case_tells_that_the_car_is_locked_with_an_open_window(use_cases, vin):
    use_cases.home.cloud.set_car(vin, lock="UNLOCKED", window_driver_front="OPEN")
    use_cases.home.force_update()
    use_cases.openhab.wait_state("BMW_i3_Windows", "OPEN")
    use_cases.openhab.wait_state("BMW_i3_Locked", "OFF")
    use_cases.home.cloud.set_car(vin, lock="SECURED")
    use_cases.home.force_update()
    assert use_cases.announced(lambda text: text != "") == "The i4 is locked with a window open"
    use_cases.home.cloud.set_car(vin, window_driver_front="CLOSED")
    use_cases.home.force_update()


def test_the_use_case_tells_when_charging_has_ended(use_cases, vin):
    use_cases.openhab.remove_conf("automation/jsr223/charging.py")  # the other example announces the same
    use_cases.home.wait(lambda: not any(rule["name"] == "Announce the end of charging" for rule in use_cases.openhab.rules()), "one teller")
    use_cases.home.cloud.set_car(vin, charging_status="CHARGING", plugged=True, soc=79)
    use_cases.home.force_update()
    use_cases.openhab.wait_state("BMW_i3_Charging", "ON")
    use_cases.openhab.update("Announcement", "")
    use_cases.home.cloud.set_car(vin, charging_status="FINISHED_NOT_FULL", soc=80)
    use_cases.home.force_update()
    assert use_cases.announced(lambda text: text != "").startswith("The i4 has stopped charging at ")
    use_cases.openhab.write_conf("automation/jsr223/charging.py", example("Announce when charging is done"))
    wait_rule(use_cases.home, "Announce the end of charging")


def test_values_have_python_types_units_and_times(user, vin):
    user.home.cloud.set_car(vin, soc=63, latitude=48.25, longitude=11.5)
    user.home.force_update()
    told = user.ask("[cars()[0].value(key) for key in ('stateOfCharge', 'position', 'doors', 'doorLockState', 'fuelLevel')]")
    assert told == [63, [48.25, 11.5], False, user.openhab.state("BMW_i3_DoorLockState"), None]
    assert user.ask("[cars()[0].unit('electricRange'), abs(cars()[0].time('stateOfCharge') - time.time()) < 600]") == ["km", True]
    assert user.ask("sorted(cars()[0].can)") == sorted(["lock", "unlock", "flashLights", "soundHorn", "climateStart", "findVehicle"])


def test_values_are_those_of_the_items(user):
    values = user.ask("cars()[0].values()")
    shown = user.openhab.items()
    for key in ("odometer", "electricRange", "stateOfCharge"):
        assert shown["BMW_i3_" + key[0].upper() + key[1:]]["state"].split()[0] == "{:.0f}".format(values[key])


def test_a_rule_may_lock_and_may_unlock_only_with_the_permission_of_the_configuration(user, vin):
    sent = len(user.home.cloud.commands())
    refused = ["FAILED", "unlocking is not allowed: set allow_unlock = yes in bmw.cfg"]
    assert user.ask("cars()[0].send_and_wait('unlock')") == refused
    assert len(user.home.cloud.commands()) == sent
    user.home.cloud.command_plan(outcome="EXECUTED")
    assert user.ask("cars()[0].send_and_wait('lock')") == ["EXECUTED", ""]


def test_send_and_wait_tells_the_end(user, vin):
    assert user.ask("cars()[0].send_and_wait('flashLights')") == ["EXECUTED", ""]
    user.home.cloud.command_plan(outcome="FAILED")
    assert user.ask("cars()[0].send_and_wait('flashLights').state") == "FAILED"
    user.home.cloud.command_plan(outcome="NEVER")
    assert user.ask("cars()[0].send_and_wait('soundHorn', timeout=1).state") == "TIMED OUT"
    assert user.ask("cars()[0].send_and_wait('soundHorn')") == ["FAILED", "the same command is still under way or was given just now"]


def test_a_mistake_is_one_clear_line(user):
    assert user.ask("cars()[0].value('stateOfCharg')") == "ApiError: There is no value 'stateOfCharg': did you mean 'stateOfCharge'?"
    assert user.ask("cars()[0].send('fly')").startswith("ApiError: There is no command 'fly': use one of lock")


def test_a_users_script_keeps_its_own_python_modules(user):
    assert user.ask("[cars()[0].name, modules_of_this_script_only()]") == ["i3", True]


def save_again(user, remark):
    since = user.openhab.log_size()
    script = (layout.REPO / SCRIPT).read_text("utf-8")
    user.openhab.write_conf(SCRIPT, "{}\n# {}\n".format(script, remark))
    user.openhab.wait_for_log(STARTED, since=since, timeout=60)


def test_a_reload_of_the_module_ends_commands_and_leaves_cars_usable_and_nothing_behind(user, vin):
    save_again(user, "saved, so that no command of another test is under way")
    user.home.wait(lambda: user.ask("len(cars())") == 1, "the car to be known again")
    user.ask("kept.update(car=cars()[0])")
    user.home.cloud.command_plan(outcome="NEVER")
    sent = len(user.home.cloud.commands())
    user.ask("cars()[0].send('climateStart', on_end=keep_end)")
    user.home.wait(lambda: len(user.home.cloud.commands()) > sent, "the command to reach BMW")
    user.ask("send_and_watch('flashLights')")
    assert user.ask("watched_is_gone()") is False
    save_again(user, "saved again")
    assert user.ask("kept['end']") == ["TIMED OUT", NOT_KNOWN]
    user.home.wait(lambda: user.ask("kept['car'].value('stateOfCharge')") is not None, "the car to be known again")
    user.home.wait(lambda: user.ask("watched_is_gone()"), "what a command's end is written into to be collected")
    assert "bmw-command-end" not in " ".join(user.openhab.threads())


def test_without_the_module_a_rule_is_told_so(user, vin):
    since = user.openhab.log_size()
    user.openhab.remove_conf(SCRIPT)
    user.home.wait(lambda: str(user.ask("len(cars())")).startswith("ApiError: The BMW module is not loaded"), "the module to be gone")
    user.openhab.write_conf(SCRIPT, (layout.REPO / SCRIPT).read_text("utf-8"))
    user.openhab.wait_for_log(STARTED, since=since, timeout=60)
    user.home.wait(lambda: user.ask("len(cars())") == 1, "the car to be known again")


@pytest.fixture
def templated(user, vin):
    """Makes a rule from one of our templates, with the test's items; it is gone after the test."""
    made = []

    def make(uid):
        user.add_rule(uid, templateUID=uid, configuration=CHOSEN[uid])
        made.append(uid)

    yield make
    for uid in made:
        user.remove_rule(uid)


def poll(user, vin, wanted, **car):
    """Gives the car these values and waits until openHAB shows them: {item: state}."""
    user.home.cloud.set_car(vin, **car)
    user.home.force_update()
    for name, state in wanted.items():
        user.openhab.wait_state(name, state)


def test_openhab_lists_our_rule_templates(user):
    listed = user.openhab.rest("GET", "/templates", token=user.openhab.admin_token())
    assert {entry["uid"] for entry in listed} >= set(CHOSEN)


def test_a_template_stops_the_wallbox_at_the_target_while_the_car_is_here(user, vin, templated):
    poll(user, vin, {"BMW_i3_StateOfCharge": "79 %"}, soc=79)
    templated("bmw-wallbox-target")
    user.openhab.update("Wallbox", "ON")
    user.openhab.update("Here", "OFF")
    poll(user, vin, {"BMW_i3_StateOfCharge": "80 %"}, soc=80)
    user.openhab.update("Here", "ON")
    poll(user, vin, {"BMW_i3_StateOfCharge": "79 %"}, soc=79)
    assert user.openhab.state("Wallbox") == "ON"
    poll(user, vin, {"BMW_i3_StateOfCharge": "81 %", "Wallbox": "OFF"}, soc=81)


def test_a_template_tells_the_end_of_charging(user, vin, templated):
    poll(user, vin, {"BMW_i3_Charging": "ON", "BMW_i3_StateOfCharge": "70 %"}, charging_status="CHARGING", plugged=True, soc=70)
    templated("bmw-charged")
    poll(user, vin, {"BMW_i3_Charging": "OFF"}, charging_status="FINISHED_NOT_FULL", soc=80)
    assert user.noted() == "The car has stopped charging at 80 %"


def test_a_template_tells_what_is_open_and_nothing_if_all_is_shut(user, vin, templated):
    templated("bmw-left-open")
    shut = {"BMW_i3_Locked": "ON", "BMW_i3_Doors": "CLOSED"}
    poll(user, vin, shut, lock="SECURED", door_driver_front="CLOSED")
    user.run_rule("bmw-left-open")
    user.home.wait(lambda: user.status("bmw-left-open")["status"] == "IDLE", "the rule to be done")
    assert user.openhab.state("Note") == ""
    poll(user, vin, {"BMW_i3_Locked": "OFF", "BMW_i3_Doors": "OPEN"}, lock="UNLOCKED", door_driver_front="OPEN")
    user.run_rule("bmw-left-open")
    told = user.noted()
    poll(user, vin, shut, lock="SECURED", door_driver_front="CLOSED")
    assert told == "Look at the car, it is unlocked, a door is open"


def in_the_rules_dsl(user, question, end="null", then=""):
    """What the door answers to a rule in openHAB's own language, which knows nothing of Jython."""
    lines = [
        "val context = org.osgi.framework.FrameworkUtil.getBundle(typeof(org.openhab.core.types.UnDefType)).bundleContext",
        'val found = context.getServiceReferences("java.util.Map", "(bmw.shared=true)")',
        'val door = (context.getService(found.get(0)) as java.util.Map<String, Object>).get("api")',
        "val end = " + end,
        "var answer = (door as java.util.function.BiFunction<Object, Object, Object>).apply('{}', end)".format(json.dumps(question)),
        then,
        "Note.postUpdate(answer as String)",
    ]
    action = {"type": "application/vnd.openhab.dsl.rule", "script": "\n".join(lines)}
    user.openhab.update("Note", "")
    user.add_rule("in-dsl", actions=[{"id": "do", "type": "script.ScriptAction", "configuration": action}])
    try:
        user.run_rule("in-dsl")
        return json.loads(user.noted())
    finally:
        user.remove_rule("in-dsl")


def test_a_rule_in_another_language_reads_values_through_the_door(user, vin):
    poll(user, vin, {"BMW_i3_StateOfCharge": "63 %"}, soc=63)
    assert in_the_rules_dsl(user, {"do": "cars"}) == {"answer": [["", "i3"]]}
    question = {"do": "readings", "account": "", "car": "i3", "keys": ["stateOfCharge", "fuelLevel"]}
    answer = in_the_rules_dsl(user, question)["answer"]
    assert list(answer) == ["stateOfCharge"] and answer["stateOfCharge"][0] == 63
    assert in_the_rules_dsl(user, dict(question, car="i8"))["error"].startswith("There is no car 'i8'")


def test_a_rule_in_another_language_sends_a_command_and_is_told_its_end(user, vin):
    user.home.cloud.command_plan(outcome="EXECUTED")
    wait = "answer = end.get(60, java.util.concurrent.TimeUnit.SECONDS)"
    future = "new java.util.concurrent.CompletableFuture<Object>()"
    question = {"do": "command", "account": "", "car": "i3", "command": "lock"}
    assert in_the_rules_dsl(user, question, future, wait) == ["EXECUTED", ""]
    refused = ["FAILED", "unlocking is not allowed: set allow_unlock = yes in bmw.cfg"]
    assert in_the_rules_dsl(user, dict(question, command="unlock"), future, wait) == refused


#: name of a rule -> its UID; the car's commands are of one rule
UIDS = {
    "BMW: refresh": "bmw-refresh",
    "BMW: update now": "bmw-update-now",
    "BMW: diagnose": "bmw-diagnose",
    "BMW: sign in": "bmw-sign-in",
    "BMW: commands": "bmw-commands",
}


def our_uids(user):
    return dict((rule["name"], rule["uid"]) for rule in user.openhab.rules() if rule["name"].startswith("BMW: "))


def test_a_rule_keeps_its_uid_so_that_a_disabled_one_stays_disabled(user):
    token = user.openhab.admin_token()
    wait_rule(user.home, "BMW: commands")
    assert our_uids(user) == UIDS
    user.openhab.rest("POST", "/rules/bmw-diagnose/enable", "false", token=token)
    user.home.wait(lambda: user.status("bmw-diagnose")["statusDetail"] == "DISABLED", "the rule to be disabled")
    with user.home.unloaded():
        assert our_uids(user) == {}
    wait_rule(user.home, "BMW: commands")
    assert our_uids(user) == UIDS
    assert user.status("bmw-diagnose")["statusDetail"] == "DISABLED"
    user.openhab.rest("POST", "/rules/bmw-diagnose/enable", "true", token=token)
    user.home.wait(lambda: user.status("bmw-diagnose")["status"] == "IDLE", "the rule to be enabled")


def test_a_rule_of_the_user_with_our_uid_stays_and_ours_gets_another(user):
    with user.home.unloaded():
        user.add_rule("bmw-diagnose")
    try:
        wait_rule(user.home, "BMW: commands")
        uids = our_uids(user)
        assert not uids.pop("BMW: diagnose").startswith("bmw-")
        assert dict(uids, **{"BMW: diagnose": "bmw-diagnose"}) == UIDS
        assert user.status("bmw-diagnose")["status"] == "IDLE"
        user.openhab.command("BMW_Diagnose", "ON")
        user.openhab.wait_state("BMW_Diagnostics", lambda text: "openHAB" in text, 60)
        user.openhab.wait_state("BMW_Diagnose", "OFF", 60)
    finally:
        user.remove_rule("bmw-diagnose")
