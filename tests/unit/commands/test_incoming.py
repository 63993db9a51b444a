"""bmw.commands.incoming: from an item's command to the car and back to its items, with a service round it."""

import pytest
from bmw import config
from bmw.assembly import join
from bmw.commands import definitions
from bmw.commands.commander import DEADLINE, LEAST
from bmw.commands.incoming import MAX_OPEN, MAX_REASON, NO_ITEMS
from bmw.commands.progress import NOT_KNOWN, NOT_SENT
from bmw.vehicle.vehicle import Reading

from tests.cloud import CD_API_KEY, CD_API_SECRET, HOME_PASSWORD, HOME_USER, SimulatedCloud
from tests.contract.on_cpython import ItemsInMemory, homes_in, make_service
from tests.unit.fakes import FakeClock, HandWorker


@pytest.fixture
def homes(tmp_path):
    """Returns a function that makes a home on CPython with its own simulated cloud; see tests/contract."""
    yield from homes_in(tmp_path)


def test_after_a_restart_nothing_is_sent_that_was_waiting(homes):
    home = homes("portal")
    home.cloud.command_plan(outcome="NEVER")
    home.command(home.item("SoundHorn"), "ON")
    home.command(home.item("Lock"), "ON")
    assert home.state(home.item("CommandStatus")) == "QUEUED"
    home.use("portal")
    home.cloud.command_plan()
    home.pass_time(3600)
    assert [sent["command"] for sent in home.cloud.commands()] == ["soundHorn"]


def texts(home, item="CommandStatus"):
    """All states of an item of the car, in order."""
    return [text for name, text in home.items.history if name == home.item(item)]


@pytest.mark.parametrize("age, is_sent", [(DEADLINE - LEAST - 10, True), (DEADLINE, False)])
@pytest.mark.parametrize("way", ["item", "api"])
def test_a_command_is_accepted_when_it_comes_not_when_the_worker_has_time(homes, way, age, is_sent):
    home = homes("portal")
    if way == "item":
        home.service.item_command(home.name, "lock", "ON")
    else:
        home.service.command(home.name, "lock", {}, lambda state, reason: None)
    home.cloud.advance_clock(age)
    home.pass_time(60)
    assert bool(home.cloud.commands()) == is_sent
    assert texts(home)[-1] == ("EXECUTED" if is_sent else "TIMED OUT: it could not be sent in time")


def test_a_reason_is_shown_redacted_and_no_longer_than_needed(homes):
    home = homes("portal")
    told = []
    order = home.service.incoming._new_order(home.service.vehicle(home.vin), "lock", {}, lambda state, reason: told.append(reason))
    order.life.tell("FAILED", "{} refused password=hunter22 {}".format(home.vin, "x" * 5000))
    for shown in (home.state(home.item("CommandStatus")), told[0]):
        assert home.vin not in shown and "hunter22" not in shown
        assert len(shown) <= MAX_REASON + len("FAILED: ")


class Watched:
    """An outlet that records its calls: (method, car's name, key or None, is_first)."""

    def __init__(self, outlet):
        self._outlet = outlet
        self.told = []

    def __getattr__(self, name):
        method = getattr(self._outlet, name)

        def call(vehicle, *arguments):
            self.told.append((name, vehicle.name, arguments[0] if isinstance(arguments[0], str) else None, arguments[-1]))
            return method(vehicle, *arguments)

        return call


@pytest.fixture
def two_cars(homes):
    """A home with two cars: an i3 and an i3 with range extender."""
    home = homes("connecteddrive")
    home.garage("i3", "i3_rex")
    home.sign_in()
    home.use("connecteddrive")
    return home


def test_the_first_cars_items_are_told_as_such_whatever_is_shown(two_cars):
    home, desk = two_cars, two_cars.service.incoming
    first, second = desk._vehicle_list.named()
    watched = desk._outlet = Watched(desk._outlet)
    for vehicle in (first, second):
        desk.item_command(vehicle.name, "lock", "ON")
    home.pass_time(60)
    desk.prepare_items()
    desk.release_buttons()
    desk.show_missing()
    assert {name for name, _car, _key, _is_first in watched.told} == {"command", "command_state", "prepare_commands"}
    assert {"commandStatus", "lastCommand", "lock"} <= {key for _name, _car, key, _is_first in watched.told}
    assert {(car, is_first) for _name, car, _key, is_first in watched.told} == {(first.name, True), (second.name, False)}


def test_switches_that_are_put_back_at_the_same_time_are_all_put_back(two_cars):
    home, items = two_cars, two_cars.items.states
    pressed = [
        "BMW_{}_{}".format(name, switch) for name in (home.car_name("i3"), home.car_name("i3_rex")) for switch in ("Lock", "FlashLights")
    ]
    home.cloud.add_fault("cd_command", "status", status=500, times=4)
    for item in pressed:
        home.command(item, "ON")
    items.update((item, "ON") for item in pressed)  # openHAB's own updates after the commands come late
    home.pass_time(60)
    assert [items[item] for item in pressed] == ["OFF"] * 4


def test_a_rule_is_told_that_its_command_was_dropped(homes):
    home, told = homes("portal"), []
    home.cloud.command_plan(outcome="NEVER")
    for word in ("first", "second"):
        home.service.incoming.command(home.name, "lock", {}, lambda state, reason: None, lambda word=word: told.append(word))
    home.pass_time(10)
    assert told == ["second"]


def test_a_rule_that_does_not_ask_is_not_told_that_its_command_was_dropped(homes):
    home, told = homes("portal"), []
    home.cloud.command_plan(outcome="NEVER")
    for _time in range(2):
        home.service.incoming.command(home.name, "lock", {}, lambda state, reason: told.append(state))
    home.pass_time(1)
    assert "QUEUED" in told and len(home.service.incoming._open) == 1


def test_a_car_shows_when_its_last_command_was_sent(homes):
    home = homes("portal")
    home.cloud.command_plan(outcome="NEVER")
    home.pass_time(100)
    home.command(home.item("SoundHorn"), "ON")
    sent = home.state(home.item("LastCommand"))
    home.pass_time(1)
    home.command(home.item("Lock"), "ON")
    assert sent and home.state(home.item("LastCommand")) == sent, "the second one waits"
    home.cloud.command_plan()
    home.pass_time(600)
    assert home.state(home.item("LastCommand")) > sent


def test_a_switch_with_a_state_shows_what_the_car_says_after_the_command_not_what_was_pressed(homes):
    home = homes("connecteddrive")
    climate, status = home.item("Climate"), home.item("CommandStatus")
    home.command(climate, "ON")
    home.wait(status, "EXECUTED")
    home.pass_time(2)
    assert home.state(climate) == "OFF", "this cloud does not say whether it is on"
    home.service.vehicle(home.vin).readings["climateActive"] = Reading(True, home.now())
    home.pass_time(60)
    assert home.state(climate) == "ON"


def test_a_switch_follows_its_own_state_when_that_has_changed(homes):
    home = homes("connecteddrive")
    desk, vehicle, climate, charge = home.service.incoming, home.service.vehicle(home.vin), home.item("Climate"), home.item("Charge")
    vehicle.readings.update({"climateActive": Reading(True, home.now()), "charging": Reading(True, home.now())})
    home.items.states.update({climate: "OFF", charge: "OFF"})
    desk.follow(vehicle, {"climateActive", "odometer"})
    assert (home.state(climate), home.state(charge)) == ("ON", "OFF")
    desk.follow(vehicle, {"charging"})
    assert home.state(charge) == "ON"


@pytest.mark.parametrize("text", ["REFRESH", "NULL", "UNDEF", "", "on", "INCREASE"])
def test_what_is_not_understood_is_no_command_and_leaves_the_status(homes, text):
    home = homes("connecteddrive")
    home.cloud.set_car(home.cloud.cars()[0], plugged=True)
    for key in definitions.SWITCHES:
        home.service.item_command(home.name, key, text)
    home.pass_time(60)
    assert (home.cloud.commands(), texts(home)) == ([], [])


@pytest.mark.parametrize("way", ["item", "api"])
def test_the_arguments_of_a_command_reach_bmw(homes, way):
    home = homes("mybmw")
    if way == "item":
        home.command(home.item("ChargingTarget"), "80")
    else:
        home.service.command(home.name, "chargingSettings", {"target": 80}, lambda state, reason: None)
        home.worker.run()
    assert [(sent["command"], sent["arguments"]["soc_target"]) for sent in home.cloud.commands()] == [("chargingSettings", 80)]


def test_a_command_with_an_impossible_argument_fails_and_says_what_is_possible(homes):
    home = homes("mybmw")
    home.command(home.item("ChargingTarget"), "500")
    assert home.state(home.item("CommandStatus")).startswith("FAILED: ") and "100" in home.state(home.item("CommandStatus"))
    assert home.cloud.commands() == []


def test_a_stop_ends_every_command_with_a_final_word(homes):
    home = homes("portal")
    home.cloud.command_plan(outcome="NEVER")
    told = []
    home.command(home.item("SoundHorn"), "ON")
    home.command(home.item("Lock"), "ON")
    home.service.command(home.name, "flashLights", {}, lambda state, reason: told.append((state, reason)))
    home.service.stop()
    assert told[-1] == ("FAILED", NOT_SENT)
    assert home.state(home.item("CommandStatus")) == "TIMED OUT: " + NOT_KNOWN
    assert (home.state(home.item("SoundHorn")), home.state(home.item("Lock"))) == ("OFF", "OFF")
    home.cloud.command_plan()
    home.pass_time(600)
    assert [sent["command"] for sent in home.cloud.commands()] == ["soundHorn"]
    assert home.state(home.item("CommandStatus")) == "TIMED OUT: " + NOT_KNOWN


def test_a_command_that_comes_after_the_stop_is_told_that_it_was_not_sent(homes):
    home = homes("portal")
    home.service.stop()
    home.service.item_command(home.name, "lock", "ON")
    assert home.state(home.item("CommandStatus")) == "FAILED: " + NOT_SENT
    assert home.cloud.commands() == []


def test_an_end_that_cannot_be_shown_keeps_no_other_from_its_own(homes):
    home = homes("portal")
    desk, told = home.service.incoming, []

    def fail(state, reason):
        raise RuntimeError("openHAB has no items any more")

    desk.command(home.name, "lock", {}, fail)
    desk.command(home.name, "flashLights", {}, lambda state, reason: told.append(state))
    home.service.stop()
    assert told == ["FAILED"]


@pytest.mark.parametrize("word", ["QUEUED", "SENT", "PENDING", "DELIVERED"])
def test_a_status_that_was_left_behind_by_a_killed_openhab_gets_a_final_word(homes, word):
    home = homes("portal")
    status = home.item("CommandStatus")
    home.command(home.item("Lock"), "ON")
    home.pass_time(60)
    home.items.states[status] = word
    home.use("portal")
    assert home.state(status) == "TIMED OUT: " + NOT_KNOWN
    home.items.states[status] = word  # persistence restores the item late
    home.update()
    assert home.state(status) == "TIMED OUT: " + NOT_KNOWN


def test_an_item_that_is_behind_what_was_posted_to_it_does_not_undo_the_end(homes, monkeypatch):
    home = homes("portal")
    home.command(home.item("Lock"), "ON")
    home.pass_time(60)
    monkeypatch.setattr(home.service.incoming, "_state", lambda vehicle, key: "DELIVERED" if key == "commandStatus" else None)
    home.update()
    assert home.state(home.item("CommandStatus")) == "EXECUTED"


@pytest.mark.parametrize("text", ["EXECUTED", "FAILED: no", "TIMED OUT", "TIMED OUT: x", "something of the user's", None])
def test_a_final_word_and_anything_else_stays_over_a_restart(homes, text):
    home = homes("portal")
    status = home.item("CommandStatus")
    home.command(home.item("Lock"), "ON")
    home.pass_time(60)
    home.items.states[status] = text
    home.use("portal")
    home.update()
    assert home.state(status) == text


def test_a_poll_does_not_end_a_command_that_is_under_way(homes):
    home = homes("portal")
    home.cloud.command_plan(outcome="NEVER")
    home.command(home.item("Lock"), "ON")
    home.update()
    assert home.state(home.item("CommandStatus")) in definitions.UNDER_WAY


def test_a_flood_of_commands_is_refused_and_told(homes):
    home = homes("portal")
    home.cloud.command_plan(outcome="NEVER")
    for number in range(2 * MAX_OPEN):
        home.service.item_command(home.name, "command", ("soundHorn", "flashLights")[number % 2])
    assert len(home.service.incoming._open) == MAX_OPEN
    assert texts(home) == ["FAILED: too many commands at once, {} have not ended yet".format(MAX_OPEN)]
    home.pass_time(3600)
    assert home.service.incoming._open == []
    home.cloud.command_plan()
    home.service.item_command(home.name, "lock", "ON")
    home.pass_time(60)
    assert texts(home)[-1] == "EXECUTED"


def test_commands_that_are_dropped_do_not_fill_the_desk(homes):
    home = homes("portal")
    home.cloud.command_plan(outcome="NEVER")
    for _press in range(2 * MAX_OPEN):
        home.command(home.item("Lock"), "ON")
    assert len(home.service.incoming._open) == 1


def test_a_switch_whose_command_is_dropped_can_be_pressed_again(homes):
    home = homes("portal")
    home.cloud.command_plan(outcome="NEVER")
    lock = home.item("Lock")
    home.command(home.item("Command"), "lock")
    home.items.states[lock] = "ON"  # openHAB's own update after the command
    home.command(lock, "ON")
    home.pass_time(1)
    assert home.state(lock) == "OFF"
    assert home.state(home.item("CommandStatus")) in definitions.UNDER_WAY


@pytest.mark.parametrize("way", ["item", "api"])
def test_a_command_for_a_car_that_has_left_the_account_fails_and_goes_nowhere(homes, way):
    home = homes("portal")
    told, lock, status = [], home.item("Lock"), home.item("CommandStatus")
    home.service._parts.vehicle_list.vehicles = []
    if way == "item":
        home.command(lock, "ON")
    else:
        home.service.command("i3", "lock", {}, lambda state, reason: told.append(state))
        home.pass_time(1)
        assert told == ["FAILED"]
    assert home.state(status) == "FAILED: this car is no longer in the account"
    assert home.cloud.commands() == []


def test_a_car_that_nobody_knows_gets_no_command(homes):
    home, told = homes("portal"), []
    home.service.item_command("nobody", "lock", "ON")
    home.service.command("nobody", "lock", {}, lambda state, reason: told.append((state, reason)))
    home.pass_time(1)
    assert told == [("FAILED", "there is no car 'nobody'")]
    assert home.cloud.commands() == []


def test_a_stop_while_the_token_is_renewed_keeps_the_command_from_leaving(homes, monkeypatch):
    home = homes("portal")
    account = home.service._parts.account
    monkeypatch.setattr(account, "access_token", lambda: home.service.halt() or account.tokens.access_token)
    home.service.item_command(home.name, "unlock", "ON")
    home.service.item_command(home.name, "lock", "ON")
    home.pass_time(10)
    home.service.stop()
    assert home.cloud.commands() == []
    assert home.state(home.item("CommandStatus")) == "FAILED: " + NOT_SENT


def test_a_token_that_comes_too_late_keeps_the_command_from_leaving(homes, monkeypatch):
    home = homes("portal")
    account = home.service._parts.account
    monkeypatch.setattr(account, "access_token", lambda: home.cloud.advance_clock(170) or account.tokens.access_token)
    home.command(home.item("Lock"), "ON")
    assert home.cloud.commands() == []
    assert home.state(home.item("CommandStatus")) == "TIMED OUT: it could not be sent in time"


MIXED = """
accounts = data, hands
username = {user}
password = {password}
auth_url = {url}
api_url = {url}
data.cloud = portal
data.commands = hands
hands.cloud = connecteddrive
hands.api_key = {key}
hands.api_secret = {secret}
hands.data = no
"""


class MixedHome:
    """One account reads the car, another account sends its commands."""

    def __init__(self, cloud, folder, lines=(), both_read=False, items=None):
        keys = {"user": HOME_USER, "password": HOME_PASSWORD, "key": CD_API_KEY, "secret": CD_API_SECRET}
        mixed = MIXED.replace("hands.data = no", "") if both_read else MIXED
        parsed = config.parse("\n".join((mixed.format(url=cloud.url, **keys),) + tuple(lines)))
        assert (parsed.problems, [account.problem for account in parsed.accounts]) == ([], [None, None])
        self.cloud = cloud
        self.sent = cloud.commands
        self._folder = folder
        self._clock = cloud.clock
        self.items = items or ItemsInMemory()
        self._workers = [HandWorker(cloud.clock) for _account in parsed.accounts]
        pairs = zip(parsed.accounts, self._workers)
        self.data, self.hands = [make_service(account, cloud.clock, folder, self.items, worker) for account, worker in pairs]
        join(parsed.accounts, [self.data, self.hands])
        self.command_items = {}
        for service in (self.data, self.hands):
            self.command_items.update(service.prepare(self.command_items.update))
            service.start()
        self.pass_time(0)

    def restart(self, *lines):
        """The user changed bmw.cfg: one account reads, the other one only sends."""
        for service in (self.data, self.hands):
            service.stop()
        return MixedHome(self.cloud, self._folder, lines, items=self.items)

    def status(self):
        """All states of the car's command status item, in order."""
        return [text for item, text in self.items.history if item == "BMW_Data_i3_CommandStatus"]

    def unlock(self):
        self.data.item_command(*(self.command_items["BMW_Data_i3_Unlock"] + ("ON",)))
        self.pass_time(1)

    def pass_time(self, seconds):
        for _second in range(seconds + 1):
            for worker in self._workers:
                worker.run()
            self._clock.advance(1)


def test_another_accounts_service_sends_the_commands_and_the_items_follow(tmp_path):
    with SimulatedCloud(fleet="i3") as cloud:
        cloud.set_car(cloud.cars()[0], lock="UNLOCKED", plugged=True)
        home = MixedHome(cloud, tmp_path)
        assert home.items.state("BMW_Data_i3_DoorLockState") == "UNLOCKED"
        assert "BMW_Data_i3_Charge" in home.command_items  # the portal has no such command
        assert [item for item in home.items.specs if item.startswith("BMW_Hands_i3")] == []
        home.data.item_command(*(home.command_items["BMW_Data_i3_Lock"] + ("ON",)))
        home.pass_time(60)
        walked = [text for item, text in home.items.history if item == "BMW_Data_i3_CommandStatus"]
        assert walked == ["QUEUED", "SENT", "PENDING", "DELIVERED", "EXECUTED"]
        assert [(sent["cloud"], sent["command"]) for sent in cloud.commands()] == [("cd", "lock")]
        assert home.items.state("BMW_Data_i3_DoorLockState") == "LOCKED"
        read = {call["where"] for call in cloud.calls() if call["kind"] == "api"}
        assert "portal_dynamic" in read and "cd_status" not in read


def test_a_command_for_a_car_that_leaves_the_account_meanwhile_is_told_to_its_end(homes):
    home = homes("portal")
    home.cloud.command_plan(outcome="NEVER")
    horn, status = home.item("SoundHorn"), home.item("CommandStatus")
    home.command(horn, "ON")
    home.service._parts.vehicle_list.vehicles = []
    home.pass_time(3600)
    assert (home.state(status), home.state(horn)) == ("TIMED OUT", "OFF")


def test_a_command_for_a_car_that_is_gone_fails_and_says_why(homes):
    home = homes("portal")
    horn, status = home.item("SoundHorn"), home.item("CommandStatus")
    home.service._parts.vehicle_list.vehicles = []
    home.command(horn, "OFF")
    assert home.state(status) is None, "OFF means nothing at a push button"
    home.items.states[horn] = "ON"  # openHAB's own update after the command
    home.command(horn, "ON")
    assert home.state(status) == "FAILED: this car is no longer in the account"
    assert home.state(horn) is None and home.cloud.commands() == []


def test_the_command_items_of_a_car_that_is_gone_are_still_listened_to(homes):
    home = homes("portal")
    horn, lock = home.item("SoundHorn"), home.item("Lock")
    there = home.service.prepare(lambda items: None)
    assert {horn, lock} <= set(there)
    home.service._parts.vehicle_list.vehicles = []
    assert home.service.incoming.prepare_items() == there


def test_a_switch_that_openhab_sets_after_its_command_was_refused_goes_back(homes):
    home = homes("portal")
    flash = home.item("FlashLights")
    home.cloud.add_fault("portal_command", "status", status=403)
    home.command(flash, "ON")
    home.items.states[flash] = "ON"  # openHAB's own update after the command comes late
    home.pass_time(1)
    assert home.state(flash) == "OFF"


def test_after_a_restart_a_button_that_was_pressed_is_off(homes):
    home = homes("portal")
    horn = home.item("SoundHorn")
    home.items.states[horn] = "ON"
    home.use("portal")
    assert home.state(horn) == "OFF"


@pytest.mark.parametrize("shown", [None, "EXECUTED", "FAILED: no"])
def test_a_press_that_no_rule_listened_to_is_told(homes, shown):
    home = homes("portal")
    home.items.states[home.item("Lock")] = "ON"
    home.items.states[home.item("CommandStatus")] = shown
    home.use("portal")
    assert (home.state(home.item("CommandStatus")), home.state(home.item("Lock"))) == ("TIMED OUT: " + NOT_KNOWN, "OFF")
    assert home.cloud.commands() == []


def test_a_climate_that_was_on_before_a_restart_is_no_press(homes):
    home = homes("portal")
    home.items.states[home.item("Climate")] = "ON"
    home.use("portal")
    assert home.state(home.item("CommandStatus")) is None


def test_a_button_that_the_user_made_anew_has_a_state_after_the_next_poll(homes):
    home = homes("portal")
    horn = home.item("SoundHorn")
    home.items.states[horn] = None
    home.update()
    assert home.state(horn) == "OFF"


def test_two_commands_of_one_moment_are_both_sent_in_order(homes):
    home = homes("portal")
    name = home.name
    home.service.incoming._clock = FakeClock(home.now())  # stands still, so both commands have the same time
    home.service.item_command(name, "command", "lock")
    home.service.item_command(name, "command", "flashLights")
    home.pass_time(60)
    assert [sent["command"] for sent in home.cloud.commands()] == ["lock", "flashLights"]


def test_a_car_that_may_have_got_the_command_is_looked_at(homes):
    home = homes("portal")
    home.cloud.set_car(home.vin, lock="UNLOCKED")
    home.update()
    home.cloud.add_fault("portal_command", "reply_lost")
    home.command(home.item("Lock"), "ON")
    home.cloud.set_car(home.vin, lock="LOCKED")  # the car did execute it
    home.pass_time(60)
    assert home.state(home.item("CommandStatus")).startswith("TIMED OUT: Connection failed")
    assert home.state(home.item("DoorLockState")) == "LOCKED"


@pytest.fixture
def mixed(tmp_path):
    """Returns a function that makes a MixedHome."""
    with SimulatedCloud(fleet="i3") as cloud:
        yield lambda *lines: MixedHome(cloud, tmp_path, lines)


@pytest.mark.parametrize(
    "lines, named",
    [
        ([], "data.allow_unlock = yes and hands.allow_unlock = yes"),
        (["data.allow_unlock = no", "data.confirm_unlock = yes"], "data.allow_unlock = yes and hands.allow_unlock = yes"),
    ],
)
def test_neither_account_unlocks_without_permission(mixed, lines, named):
    home = mixed(*lines)
    home.unlock()
    assert home.status() == ["FAILED: unlocking is not allowed: set {} in bmw.cfg".format(named)]
    assert home.data.incoming._sender is home.hands.incoming


@pytest.mark.parametrize("key", ["confirm_unlock", "data.confirm_unlock", "hands.confirm_unlock"])
def test_either_accounts_confirmation_counts(mixed, key):
    home = mixed("allow_unlock = yes", key + " = yes")
    home.unlock()
    assert home.status() == ["FAILED: send unlock again within 10 seconds to confirm"]
    home.unlock()
    home.pass_time(60)
    assert home.status()[-1] == "EXECUTED"
    assert [sent["command"] for sent in home.sent()] == ["unlock"]


def test_a_stop_ends_the_commands_that_another_account_sends(mixed):
    home = mixed()
    name = home.command_items["BMW_Data_i3_Lock"][0]
    home.data.item_command(name, "command", "flashLights")
    home.data.item_command(name, "command", "lock")
    home.pass_time(0)
    for service in (home.data, home.hands):
        service.halt()
    for service in (home.data, home.hands):
        service.stop()
    home.pass_time(60)
    assert home.status()[-2:] == ["FAILED: " + NOT_SENT, "TIMED OUT: " + NOT_KNOWN]
    assert [sent["command"] for sent in home.sent()] == ["flashLights"]


def test_the_same_command_by_both_accounts_is_told_in_the_items_of_both(tmp_path):
    with SimulatedCloud(fleet="i3") as cloud:
        home = MixedHome(cloud, tmp_path, both_read=True)
        home.hands.item_command("i3", "lock", "ON")
        home.data.item_command("i3", "lock", "ON")
        home.pass_time(60)
        assert home.status()[-1] == home.items.state("BMW_Hands_i3_CommandStatus") == "EXECUTED"


def test_an_account_that_reads_no_more_shows_nothing_of_before(tmp_path):
    with SimulatedCloud(fleet="i3") as cloud:
        cloud.set_car(cloud.cars()[0], lock="LOCKED")
        home = MixedHome(cloud, tmp_path, both_read=True)
        assert home.items.state("BMW_Hands_i3_Locked") == "ON"
        home = home.restart()
        cloud.advance_clock(60)
        cloud.set_car(cloud.cars()[0], lock="UNLOCKED")
        home.hands.force_update()
        home.data.force_update()
        home.pass_time(5)
        assert home.items.state("BMW_Data_i3_Locked") == "OFF"
        shown = ["Locked", "DoorLockState", "StateOfCharge", "Position", "LastUpdate"]
        assert [home.items.state("BMW_Hands_i3_" + key) for key in shown] == [None] * len(shown)


@pytest.mark.parametrize("key, text", [("Unlock", "ON"), ("Command", "lock"), ("Lock", "ON")])
def test_the_command_items_of_an_account_that_reads_no_more_say_whose_are_used(tmp_path, key, text):
    with SimulatedCloud(fleet="i3") as cloud:
        home = MixedHome(cloud, tmp_path, both_read=True).restart("allow_unlock = yes")
        home.hands.item_command(*(home.command_items["BMW_Hands_i3_" + key] + (text,)))
        home.pass_time(60)
        assert home.items.state("BMW_Hands_i3_CommandStatus") == "FAILED: " + NO_ITEMS
        assert home.sent() == [] and home.status() == []


def test_an_account_that_reads_nothing_is_not_asked_after_a_command(mixed):
    home = mixed()
    home.hands.command(home.hands.vehicles()[0].name, "lock", {}, lambda state, reason: None)
    since = len(home.items.history)
    home.pass_time(60)
    assert [sent["command"] for sent in home.sent()] == ["lock"]
    assert "BMW_Hands_LastRefresh" not in [item for item, _text in home.items.history[since:]]
