"""bmw.command_desk: from an item's command to the car and back to its items, with a service round it."""

import pytest

from bmw import config
from bmw.assembly import join
from tests.cloud import CD_API_KEY, CD_API_SECRET, HOME_PASSWORD, HOME_USER, SimulatedCloud
from tests.contract.on_cpython import ItemsInMemory, homes_in, make_service
from tests.unit.fakes import FakeClock, HandWorker


@pytest.fixture
def homes(tmp_path):
    """A maker of CPython homes at one simulated cloud each; see tests/contract."""
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
    """The data of a car come from one account's cloud, its commands go by another's."""

    def __init__(self, cloud, folder):
        keys = {"user": HOME_USER, "password": HOME_PASSWORD, "key": CD_API_KEY, "secret": CD_API_SECRET}
        parsed = config.parse(MIXED.format(url=cloud.url, **keys))
        assert (parsed.problems, [account.problem for account in parsed.accounts]) == ([], [None, None])
        self._clock = cloud.clock
        self.items = ItemsInMemory()
        self._workers = [HandWorker(cloud.clock) for _account in parsed.accounts]
        pairs = zip(parsed.accounts, self._workers)
        self.data, self.hands = [make_service(account, cloud.clock, folder, self.items, worker) for account, worker in pairs]
        join(parsed.accounts, [self.data, self.hands])
        self.command_items = {}
        for service in (self.data, self.hands):
            service.prepare(self.command_items.update)
            service.start()
        self.pass_time(0)

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
        assert "BMW_Data_i3_Charge" in home.command_items  # the portal could not
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
    home.service._garage.vehicles = []
    home.pass_time(3600)
    assert (home.state(status), home.state(horn)) == ("TIMED OUT", "OFF")


def test_a_command_for_a_car_that_is_gone_fails_and_says_why(homes):
    home = homes("portal")
    horn, status = home.item("SoundHorn"), home.item("CommandStatus")
    home.service._garage.vehicles = []
    home.command(horn, "OFF")
    assert home.state(status) is None, "OFF means nothing at a push button"
    home.items.states[horn] = "ON"  # openHAB's own update by the command
    home.command(horn, "ON")
    assert home.state(status) == "FAILED: this car is no longer in the account"
    assert home.state(horn) is None and home.cloud.commands() == []


def test_the_command_items_of_a_car_that_is_gone_are_still_listened_to(homes):
    home = homes("portal")
    horn, lock = home.item("SoundHorn"), home.item("Lock")
    there = home.service.prepare(lambda items: None)
    assert {horn, lock} <= set(there)
    home.service._garage.vehicles = []
    assert home.service._desk.prepare_items() == there


def test_a_switch_that_openhab_sets_after_its_command_was_refused_goes_back(homes):
    home = homes("portal")
    flash = home.item("FlashLights")
    home.cloud.add_fault("portal_command", "status", status=403)
    home.command(flash, "ON")
    home.items.states[flash] = "ON"  # openHAB's own update by the command comes late
    home.pass_time(1)
    assert home.state(flash) == "OFF"


def test_after_a_restart_a_button_that_was_pressed_is_off(homes):
    home = homes("portal")
    horn = home.item("SoundHorn")
    home.items.states[horn] = "ON"
    home.use("portal")
    assert home.state(horn) == "OFF"


def test_a_button_that_the_user_made_anew_has_a_state_after_the_next_poll(homes):
    home = homes("portal")
    horn = home.item("SoundHorn")
    home.items.states[horn] = None
    home.update()
    assert home.state(horn) == "OFF"


def test_two_commands_of_one_moment_are_both_sent_in_order(homes):
    home = homes("portal")
    name = home.name
    home.service._desk._clock = FakeClock(home.now())  # so coarse that both are accepted at the same time
    home.service.item_command(name, "command", "lock")
    home.service.item_command(name, "command", "flashLights")
    home.pass_time(60)
    assert [sent["command"] for sent in home.cloud.commands()] == ["lock", "flashLights"]
