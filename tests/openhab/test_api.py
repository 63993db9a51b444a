"""The public Python API in a real openHAB: the documented examples as users' own scripts, values, commands, reloads."""

import json
import re

import pytest

from tests.cloud import HOME_PASSWORD, HOME_USER
from tests.openhab import layout
from tests.openhab.home import SCRIPT, STARTED, Home

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
ITEMS = 'String Announcement "What was announced"\nString Ask\nString Told\n'


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
        self.openhab.rest("POST", "/rules/{}/runnow".format(uid), "", token=self.openhab.admin_token())

    def announced(self, wanted):
        return self.openhab.wait_state("Announcement", wanted, 60)


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
    home.start()
    home.wait_status("ONLINE")
    home.openhab.wait_state("BMW_i3_StateOfCharge", lambda state: state.endswith("%"))
    home.openhab.write_conf("automation/jsr223/hand.py", HAND)
    home.openhab.write_conf("automation/jsr223/charging.py", example("Announce when charging is done"))
    home.openhab.write_conf("automation/jsr223/night.py", example("Lock the car at 23:00 if it is unlocked"))
    for name in ("Hand", "Announce the end of charging", "Lock the cars at night"):
        wait_rule(home, name)
    yield User(home)
    home.close()


@pytest.fixture
def vin(user):
    user.home.cloud.command_plan()
    user.openhab.update("Announcement", "")
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
    assert user.ask("cars()[0].send_and_wait('soundHorn')") == ["FAILED", "the same command is still under way"]


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
