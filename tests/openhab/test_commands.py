"""Commands by items in a real openHAB: a switch locks the (simulated) car, and the status item tells how it goes, in order."""

import contextlib
import re
import time

import pytest
from bmw.commands.unlocking import CONFIRM_AFTER

from tests.cloud import CD_API_KEY, CD_API_SECRET, HOME_PASSWORD, HOME_USER, MYBMW_APP_KEY
from tests.openhab.home import SCRIPT, STARTED, Home
from tests.openhab.probe import Hand

CLOUDS = {
    "connecteddrive": {"username": HOME_USER, "password": HOME_PASSWORD, "api_key": CD_API_KEY, "api_secret": CD_API_SECRET},
    "portal": {"username": HOME_USER, "password": HOME_PASSWORD},
    "mybmw": {"username": HOME_USER, "password": HOME_PASSWORD, "api_key": MYBMW_APP_KEY},
}
#: seconds; with a short time the module polls a command's progress more often
COMMAND_TIMEOUT = 12
STATES = "QUEUED|SENT|PENDING|DELIVERED|EXECUTED|FAILED|TIMED OUT"
#: a user's rule that sends several commands at once: [[item, command], ...]
RULE = Hand("Sender", "DO = {'send': lambda pairs: [events.sendCommand(item, text) for item, text in pairs] and None}\n")
#: tells which of our rules openHAB has removed since
WATCH = Hand(
    "RuleWatch",
    """
from org.openhab.core.common.registry import RegistryChangeListener

scriptExtension.importPreset("RuleSupport")
gone = []


class Listener(RegistryChangeListener):
    def added(self, rule):
        pass

    def removed(self, rule):
        gone.append(rule.getUID())

    def updated(self, old, new):
        pass


listener = Listener()
ruleRegistry.addRegistryChangeListener(listener)
DO = {"gone": lambda: [uid for uid in gone if uid.startswith("bmw")]}
""",
)
#: groups that take commands, two of them in the first
GROUPS = "Group:Switch gHouse\nGroup:Switch gHouse_Doors (gHouse)\nGroup:Switch gHouse_Lights (gHouse)\n"
#: code that is put before the script
SHORT_DEADLINE = "from bmw.commands import commander\n\ncommander.DEADLINE, commander.LEAST = 10, 1\n"
NOT_SENT = "FAILED: it was not sent, as openHAB or the BMW script was stopped"
NOT_KNOWN = "TIMED OUT: how it ended is not known, look at the car (openHAB or the BMW script was stopped)"
WALK = ["QUEUED", "SENT", "PENDING", "DELIVERED", "EXECUTED"]


@pytest.fixture(scope="module")
def home(openhab_factory):
    home = Home(openhab_factory())
    home.cloud.add_car("ix1")  # sends what its climate control does, which the i3 never does
    home.start()
    yield home
    home.close()


def settings(home, cloud, **changes):
    return home.settings(client_id=None, cloud=cloud, command_timeout=COMMAND_TIMEOUT, **dict(CLOUDS[cloud], **changes))


def sign_in(home, cloud, **changes):
    home.configure(**settings(home, cloud, **changes))
    if cloud == "mybmw":
        home.wait_status("SIGN_IN_NEEDED")
        home.openhab.command("BMW_SignInInput", home.cloud.new_captcha_token())
    home.wait_status("ONLINE")
    home.force_update()
    home.openhab.wait_state("BMW_i3_Lock", lambda state: True)
    home.wait(lambda: any(rule["name"] == "BMW: commands" for rule in home.openhab.rules()), "the rule for commands")


def statuses(home, since, item="BMW_i3_CommandStatus"):
    """The states of the status item, from openHAB's event log."""
    return re.findall(r"Item '{}' changed from .*? to ((?:{}).*)".format(item, STATES), home.openhab.events(since))


def event_log_size(home):
    return home.openhab.events_size()


def give(home, name, command, end="EXECUTED", item="BMW_i3_CommandStatus"):
    """Sends a command to an item; returns the states of the status item until the command ended."""
    since = event_log_size(home)
    home.openhab.command(name, command)
    home.wait(lambda: any(state.startswith(end) for state in statuses(home, since, item)), "{} to end as {}".format(name, end), 60)
    return statuses(home, since, item)


def sent_since(home, number):
    return [one["command"] for one in home.cloud.commands()][number:]


@pytest.fixture(scope="module", params=sorted(CLOUDS))
def cloud(request, home):
    sign_in(home, request.param, allow_unlock="yes")
    return request.param


@pytest.fixture(autouse=True)
def usual_plan(home):
    """The cloud executes commands, unless a test plans it otherwise."""
    home.cloud.command_plan()


def test_lock_on_locks_the_car_and_the_status_passes_through_its_states_in_order(home, cloud):
    vin = home.cloud.cars()[0]
    home.cloud.set_car(vin, lock="UNLOCKED")
    home.force_update()
    home.openhab.wait_state("BMW_i3_DoorLockState", "UNLOCKED")
    walked = give(home, "BMW_i3_Lock", "ON")
    assert walked == [state for state in WALK if state in walked]
    assert {"QUEUED", "SENT", "EXECUTED"} <= set(walked)
    assert home.cloud.car(vin)["lock"] in ("LOCKED", "SECURED")
    home.openhab.wait_state("BMW_i3_DoorLockState", lambda state: state in ("LOCKED", "SECURED"))
    home.openhab.wait_state("BMW_i3_Lock", "OFF")
    assert home.openhab.state("BMW_i3_LastCommand").startswith("20")


def test_climate_on_makes_the_car_precondition_and_the_items_follow(home, cloud):
    i3, ix1 = home.cloud.cars()
    give(home, "BMW_i3_Climate", "ON")
    assert home.cloud.car(i3)["climate_activity"] in ("HEATING", "COOLING", "VENTILATION")
    if cloud == "mybmw":  # the older clouds never send what the climate control does
        # a car keeps the name that it got from its first cloud
        name = next(name for name in home.openhab.items() if name.lower() == "bmw_ix1")
        give(home, name + "_Climate", "ON", item=name + "_CommandStatus")
        assert home.cloud.car(ix1)["climate_activity"] in ("HEATING", "COOLING", "VENTILATION")
        home.openhab.wait_state(name + "_ClimateActive", "ON")
        home.openhab.wait_state(name + "_Climate", "ON")
        give(home, name + "_Climate", "OFF", item=name + "_CommandStatus")
        home.openhab.wait_state(name + "_ClimateActive", "OFF")


def test_a_command_that_the_car_does_not_carry_out_fails_with_its_reason(home, cloud):
    home.cloud.command_plan(outcome="FAILED")
    walked = give(home, "BMW_i3_FlashLights", "ON", end="FAILED")
    assert walked[-1].startswith("FAILED: ")


def test_refresh_is_no_command(home, cloud):
    home.cloud.set_car(home.cloud.cars()[0], plugged=True)
    sent, since = len(home.cloud.commands()), event_log_size(home)
    items = home.openhab.items()
    group = items["BMW_i3_Lock"]["groupNames"][0]
    ends = "Lock Unlock FlashLights SoundHorn Climate Charge FindVehicle Destination Command".split()
    names = [name for name in ["BMW_i3_" + end for end in ends] + ["BMW_SignIn", "BMW_ForceUpdate", "BMW_Diagnose"] if name in items]
    assert {"BMW_i3_Climate", "BMW_i3_Command"} <= set(names)
    assert cloud != "mybmw" or "BMW_i3_Charge" in names
    RULE.ask(home.openhab, "send", [[name, "REFRESH"] for name in names + [group]])
    give(home, "BMW_i3_FlashLights", "ON")  # after it, the commands before it are handled as well
    assert sent_since(home, sent) == ["flashLights"]
    assert [state for state in statuses(home, since) if state.startswith(("FAILED", "TIMED OUT"))] == []


def test_unlock_needs_the_permission_of_the_configuration(home):
    sign_in(home, "portal")
    since = home.last_call()
    refused = "FAILED: unlocking is not allowed: set allow_unlock = yes in bmw.cfg"
    assert give(home, "BMW_i3_Unlock", "ON", end="FAILED") == [refused]
    give(home, "BMW_i3_Command", "fly", end="FAILED: There is no command")
    assert give(home, "BMW_i3_Command", "unlock", end="FAILED: unlock") == [refused]
    assert home.cloud.calls(since) == []


def test_unlock_can_ask_for_a_second_command(home):
    sign_in(home, "portal", allow_unlock="yes", confirm_unlock="yes")
    first, start = give(home, "BMW_i3_Unlock", "ON", end="FAILED"), time.monotonic()
    assert "send unlock again" in first[-1]
    home.wait(lambda: time.monotonic() - start >= CONFIRM_AFTER, "the second one to be no part of the same press")
    give(home, "BMW_i3_Unlock", "ON")
    assert home.cloud.car(home.cloud.cars()[0])["lock"] == "UNLOCKED"


@contextlib.contextmanager
def in_two_groups(home, *names):
    """openHAB sends two commands to an item that is in two groups below the one that got the command."""
    home.openhab.write_conf("items/groups.items", GROUPS)
    home.openhab.wait_state("gHouse_Lights", lambda state: True)
    items = [home.openhab.item(name) for name in names]

    def join(*more):
        for item in items:
            fields = dict(label=item["label"], tags=item["tags"], groupNames=item["groupNames"] + list(more))
            home.openhab.add_item(item["name"], item["type"], **fields)

    join("gHouse_Doors", "gHouse_Lights")
    try:
        yield
    finally:
        join()
        home.openhab.remove_conf("items/groups.items")


def test_one_command_to_a_group_does_not_confirm_itself(home):
    sign_in(home, "portal", allow_unlock="yes", confirm_unlock="yes")
    with in_two_groups(home, "BMW_i3_Unlock"):
        sent, since = len(home.cloud.commands()), event_log_size(home)
        home.openhab.command("gHouse", "ON")
        home.wait(lambda: home.openhab.events(since).count("'BMW_i3_Unlock' received command ON") == 2, "two commands")
        give(home, "BMW_i3_FlashLights", "ON")  # after it, the commands before it are handled as well
        assert sent_since(home, sent) == ["flashLights"]


def test_one_command_to_a_group_is_sent_once_to_the_car(home):
    sign_in(home, "portal", allow_unlock="yes")
    with in_two_groups(home, "BMW_i3_Unlock", "BMW_i3_SoundHorn"):
        sent, since = len(home.cloud.commands()), event_log_size(home)
        home.openhab.command("gHouse", "ON")
        home.wait(lambda: home.openhab.events(since).count("'BMW_i3_SoundHorn' received command ON") == 2, "two commands")
        home.openhab.command("BMW_i3_FlashLights", "ON")  # it is the last one, and waits for those before it
        home.wait(lambda: statuses(home, since).count("EXECUTED") == 3, "three commands to end", 60)
        assert sorted(sent_since(home, sent)) == ["flashLights", "soundHorn", "unlock"]


def test_a_command_by_its_name_works_and_a_wrong_name_is_told(home):
    sign_in(home, "portal")
    give(home, "BMW_i3_Command", "flashLights")
    assert "There is no command 'fly'" in give(home, "BMW_i3_Command", "fly", end="FAILED")[-1]


def test_two_commands_of_one_rule_are_both_sent_in_order(home):
    sign_in(home, "portal")
    for _trial in range(4):
        sent, since = len(home.cloud.commands()), event_log_size(home)
        RULE.ask(home.openhab, "send", [["BMW_i3_Command", "lock"], ["BMW_i3_Command", "flashLights"]])
        home.wait(lambda: statuses(home, since).count("EXECUTED") == 2, "both commands to end", 60)
        assert sent_since(home, sent) == ["lock", "flashLights"]


def test_a_reload_sends_nothing_that_waited_and_ends_every_command(home):
    """The stopped instance waits for an answer; after it, it must not send the waiting commands."""
    sign_in(home, "portal", allow_unlock="yes")
    home.cloud.command_plan(outcome="NEVER")
    sent, since = len(home.cloud.commands()), event_log_size(home)
    home.openhab.command("BMW_i3_SoundHorn", "ON")
    home.openhab.wait_state("BMW_i3_CommandStatus", lambda state: state in ("SENT", "PENDING", "DELIVERED"))
    horn_is_over = time.monotonic() + COMMAND_TIMEOUT
    home.openhab.command("BMW_i3_Unlock", "ON")
    home.wait(lambda: "QUEUED" in statuses(home, since)[1:], "the unlock to wait")
    last = home.last_call()
    home.cloud.add_fault("portal_command_status", "held")
    home.wait(lambda: "portal_command_status" in [call["where"] for call in home.cloud.calls(last)], "a question that BMW does not answer")
    home.configure(**settings(home, "portal", allow_unlock="no"))
    home.wait(lambda: time.monotonic() > horn_is_over, "the horn's time to be over")
    home.cloud.clear_faults()
    home.cloud.command_plan()
    give(home, "BMW_i3_FlashLights", "ON")
    assert sent_since(home, sent) == ["soundHorn", "flashLights"]
    assert {NOT_SENT, NOT_KNOWN} <= set(statuses(home, since))


def triggers(rule):
    """The items that trigger a rule."""
    return [trigger["configuration"].get("itemName") for trigger in rule["triggers"]]


def list_cars_again(home):
    """A new sign-in makes the module read the list of cars at once; otherwise it does so once a day."""
    since, before = home.last_call(), home.openhab.state("BMW_LastRefresh")
    home.openhab.command("BMW_SignIn", "ON")
    home.openhab.wait_state("BMW_LastRefresh", lambda state: state != before)
    assert "portal_vehicles" in [call["where"] for call in home.cloud.calls(since)]


def test_a_car_that_comes_back_has_one_rule_so_one_press_does_not_confirm_itself(home):
    sign_in(home, "portal", allow_unlock="yes", confirm_unlock="yes")
    _i3, ix1 = home.cloud.cars()
    name = next(name for name in home.openhab.items() if name.lower() == "bmw_ix1")
    sent = len(home.cloud.commands())
    home.cloud.remove_car(ix1)
    guest = home.cloud.add_car("i4")  # with a new car the module makes its rule for commands again
    list_cars_again(home)
    home.cloud.remove_car(guest)
    home.cloud.add_car("ix1", vin=ix1)
    list_cars_again(home)
    home.force_update()  # when it ends, the rules of the new list exist
    # a single press proves nothing: with two rules the two commands were merged in half of the trials
    assert [rule["name"] for rule in home.openhab.rules() if name + "_Unlock" in triggers(rule)] == ["BMW: commands"]
    since = event_log_size(home)
    home.openhab.command(name + "_Unlock", "ON")
    refused = "FAILED: send unlock again within 10 seconds to confirm"
    home.wait(lambda: refused in statuses(home, since, name + "_CommandStatus"), "the unlock to be refused")
    give(home, name + "_FlashLights", "ON", item=name + "_CommandStatus")  # after it, the commands before it are handled as well
    assert sent_since(home, sent) == ["flashLights"]
    assert statuses(home, since, name + "_CommandStatus").count(refused) == 1


def test_a_new_car_takes_commands_whatever_was_disabled_before(home):
    """openHAB remembers by its UID that a rule was disabled. After the next start that rule's car is in the rule of all cars."""
    sign_in(home, "portal")
    token, guests = home.openhab.admin_token(), []

    def locks():
        return set(name for name in home.openhab.items() if name.endswith("_Lock"))

    def rule_of(lock):
        rules = [rule for rule in home.openhab.rules() if lock in triggers(rule)]
        return rules[0] if rules else None

    def meet_a_car():
        before = locks()
        guests.append(home.cloud.add_car("i4"))
        list_cars_again(home)
        home.wait(lambda: [name for name in locks() - before if rule_of(name)], "the rule of the new car")
        return (locks() - before).pop()

    try:
        uid = rule_of(meet_a_car())["uid"]
        home.openhab.rest("POST", "/rules/{}/enable".format(uid), "false", token=token)
        sign_in(home, "portal", allow_unlock="yes")  # reads the changed settings, which is a start
        lock = meet_a_car()
        assert rule_of(lock)["status"]["statusDetail"] != "DISABLED"
        give(home, lock, "ON", item=lock.replace("_Lock", "_CommandStatus"))
    finally:
        for guest in guests:
            home.cloud.remove_car(guest)


def load_script(home, text):
    since = home.openhab.log_size()
    home.openhab.write_conf(SCRIPT, text)
    home.openhab.wait_for_log(STARTED, since=since, timeout=60)


def test_a_command_is_not_sent_after_its_deadline_however_long_a_renewal_takes(home):
    """BMW refuses the token and answers the refresh slowly. The deadline is ten seconds here instead of two minutes."""
    script = (home.openhab.conf / SCRIPT).read_text("utf-8")
    load_script(home, SHORT_DEADLINE + script)
    try:
        sign_in(home, "connecteddrive", allow_unlock="yes")
        sent, since = len(home.cloud.commands()), home.last_call()
        home.cloud.add_fault("cd_command", "status", status=401)
        home.cloud.add_fault("cd_token", "held", seconds=10)
        end = give(home, "BMW_i3_Unlock", "ON", end=("TIMED OUT", "FAILED", "EXECUTED"))[-1]
        assert sent_since(home, sent) == []
        assert end == "TIMED OUT: it could not be sent in time"
        asked = [call["where"] for call in home.cloud.calls(since) if call["where"] in ("cd_command", "cd_token")]
        assert asked == ["cd_command", "cd_token"]
    finally:
        load_script(home, script)


def test_a_command_does_not_survive_a_restart(home):
    sign_in(home, "portal")
    home.cloud.command_plan(outcome="NEVER")
    home.openhab.command("BMW_i3_SoundHorn", "ON")
    home.openhab.wait_state("BMW_i3_CommandStatus", lambda state: state in ("SENT", "PENDING", "DELIVERED"))
    home.openhab.command("BMW_i3_Lock", "ON")
    home.openhab.wait_state("BMW_i3_CommandStatus", "QUEUED")
    home.openhab.kill()
    home.cloud.command_plan()
    sent = len(home.cloud.commands())
    home.start()
    home.wait_status("ONLINE")
    home.openhab.update("BMW_i3_CommandStatus", "DELIVERED")  # like a restore by persistence
    home.force_update()
    home.openhab.wait_state("BMW_i3_CommandStatus", NOT_KNOWN)
    assert len(home.cloud.commands()) == sent


def test_cardata_for_the_state_and_another_cloud_for_the_commands(home):
    """Two accounts: home (CarData) reads, app (MyBMW) only sends commands."""
    home.cloud.settings(auto_approve=True)
    app = dict(CLOUDS["mybmw"], cloud="mybmw", data="no")
    home.configure(
        accounts="home, app",
        auth_url=home.cloud.url,
        api_url=home.cloud.url,
        **{"home.client_id": home.settings()["client_id"], "home.commands": "app"},
        **{"home.confirm_unlock": "yes", "app.allow_unlock": "yes"},
        **{"app." + key: value for key, value in app.items()},
    )
    home.openhab.wait_state("BMW_Home_AccountState", "SIGN_IN_NEEDED")
    home.openhab.command("BMW_App_SignInInput", home.cloud.new_captcha_token())
    home.openhab.command("BMW_Home_SignIn", "ON")
    home.openhab.wait_state("BMW_App_AccountState", "ONLINE")
    home.openhab.wait_state("BMW_Home_AccountState", "ONLINE")
    home.openhab.wait_state("BMW_Home_i3_Lock", lambda state: True)
    home.wait(lambda: any(rule["name"] == "BMW: commands" for rule in home.openhab.rules()), "the rule for commands")
    vin = home.cloud.cars()[0]
    home.cloud.set_car(vin, lock="UNLOCKED")
    give(home, "BMW_Home_i3_Lock", "ON", item="BMW_Home_i3_CommandStatus")
    home.openhab.wait_state("BMW_Home_i3_DoorLockState", lambda state: state in ("LOCKED", "SECURED"))
    assert [one["cloud"] for one in home.cloud.commands()][-1] == "mybmw"
    sent, refused = len(home.cloud.commands()), "FAILED: unlocking is not allowed: set home.allow_unlock = yes in bmw.cfg"
    assert give(home, "BMW_Home_i3_Unlock", "ON", end="FAILED", item="BMW_Home_i3_CommandStatus") == [refused]
    assert len(home.cloud.commands()) == sent
    assert "app.allow_unlock has no effect: home.allow_unlock is no" in home.openhab.state("BMW_Home_Account")
    assert "BMW_App_i3_StateOfCharge" not in home.openhab.items()


def test_cardata_makes_no_command_items_and_refuses_at_once(openhab_factory):
    home = Home(openhab_factory(), auto_approve=True)
    home.openhab.write_conf("items/mine.items", 'Switch BMW_i3_Lock "My own"\n')
    home.start()
    try:
        home.openhab.command("BMW_SignIn", "ON")
        home.openhab.wait_state("BMW_i3_StateOfCharge", lambda state: state.endswith("%"))
        home.wait(lambda: any(rule["name"] == "BMW: commands" for rule in home.openhab.rules()), "the rule for commands")
        since = home.last_call()
        home.openhab.command("BMW_i3_Lock", "ON")
        status = home.openhab.wait_state("BMW_i3_CommandStatus", lambda state: state.startswith("FAILED"))
        assert status == "FAILED: not supported by BMW CarData (read-only)"
        assert home.cloud.calls(since) == []
        assert "BMW_i3_Climate" not in home.openhab.items()
    finally:
        home.close()


def test_settings_that_concern_no_rule_leave_openhabs_rules_in_place(home):
    # while rules are removed and added again, a command finds none and is lost without a word
    sign_in(home, "portal")
    WATCH.install(home.openhab)
    home.configure(**settings(home, "portal", timeout=25))
    assert WATCH.ask(home.openhab, "gone") == []
    number = len(home.cloud.commands())
    give(home, "BMW_i3_FlashLights", "ON")
    assert sent_since(home, number) == ["flashLights"]
    home.configure(**settings(home, "portal", refresh="0 0 5 * * ?"))
    assert "bmw-refresh" in WATCH.ask(home.openhab, "gone")  # so the watch does see it
    WATCH.remove(home.openhab)
