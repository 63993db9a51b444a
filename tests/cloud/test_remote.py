"""How remote services go: the plan, the clock, the log, and one car seen through four clouds."""

import threading

import pytest

from . import CloudError, SimulatedCloud
from .apps import ConnectedDrive, MyBMW, Portal
from .client import CloudClient


def test_a_command_of_one_cloud_is_seen_by_all(cloud, owner, vin):
    cloud.set_car(vin, lock="UNLOCKED")
    app, old, browser = MyBMW(cloud).sign_in(), ConnectedDrive(cloud).sign_in(), Portal(cloud).sign_in()
    app.walk(app.command("door-lock"))
    told = owner.telematic_data(vin, "vehicle.cabin.door.status")
    assert told["vehicle.cabin.door.status"]["value"] == "locked"
    assert app.state()["doorsState"]["combinedSecurityState"] == "LOCKED"
    assert (old.status()["doorLockState"], browser.attributes()["door_lock_state"]) == ("LOCKED", "LOCKED")


def test_the_log_tells_what_was_sent(cloud, vin):
    old = ConnectedDrive(cloud).sign_in()
    old.execute("LIGHT_FLASH", count=3)
    (sent,) = cloud.commands()
    assert {name: sent[name] for name in ("vin", "command", "cloud", "service", "state", "polls", "arguments")} == {
        "vin": vin,
        "command": "flashLights",
        "cloud": "cd",
        "service": "LIGHT_FLASH",
        "state": "PENDING",
        "polls": 0,
        "arguments": {"count": 3},
    }
    assert abs(sent["time"] - cloud.now()) < 5
    cloud.clear_commands()
    assert cloud.commands() == []


def test_each_step_can_last_several_polls(cloud):
    cloud.command_plan(per_poll=2)
    app = MyBMW(cloud).sign_in()
    assert app.walk(app.command("horn-blow"), 6) == ["PENDING"] * 2 + ["DELIVERED"] * 2 + ["EXECUTED"] * 2


def test_each_step_can_last_some_seconds_instead(cloud, vin):
    cloud.command_plan(per_step_seconds=10)
    app = MyBMW(cloud).sign_in()
    sent = app.command("door-unlock")
    seen = []
    for _ in range(3):
        seen += app.walk(sent, 2)
        cloud.advance_clock(10)
    assert seen == ["PENDING"] * 2 + ["DELIVERED"] * 2 + ["EXECUTED"] * 2


def test_with_time_a_command_is_executed_though_nobody_asks(cloud, vin):
    cloud.command_plan(per_step_seconds=10)
    MyBMW(cloud).sign_in().command("door-unlock")
    cloud.advance_clock(21)
    assert cloud.car(vin)["lock"] == "UNLOCKED" and cloud.commands()[0]["state"] == "EXECUTED"


def test_the_data_can_show_the_old_state_for_a_while(cloud, vin):
    cloud.command_plan(settle_seconds=10)
    app = MyBMW(cloud).sign_in()
    assert app.walk(app.command("door-unlock"))[-1] == "EXECUTED"
    assert app.state()["doorsState"]["combinedSecurityState"] == "SECURED"
    cloud.advance_clock(10)
    assert app.state()["doorsState"]["combinedSecurityState"] == "UNLOCKED"


def test_a_plan_holds_for_the_commands_sent_from_then_on(cloud):
    app = MyBMW(cloud).sign_in()
    first = app.command("door-lock")
    cloud.command_plan(outcome="FAILED")
    second = app.command("door-unlock")
    cloud.command_plan()
    assert [app.walk(sent)[-1] for sent in (first, second)] == ["EXECUTED", "ERROR"]


def test_commands_of_two_services_walk_side_by_side(cloud):
    old = ConnectedDrive(cloud).sign_in()
    old.execute("LIGHT_FLASH")
    old.execute("HORN_BLOW")
    assert old.walk("LIGHT_FLASH", 1) == ["PENDING"] and old.walk("HORN_BLOW", 3)[-1] == "EXECUTED"
    assert old.walk("LIGHT_FLASH", 2) == ["DELIVERED", "EXECUTED"]


@pytest.mark.parametrize(
    "wrong", [{"outcome": "MAYBE"}, {"steps": ["THINKING"]}, {"per_poll": 0}, {"colour": "red"}, {"outcome": "NEVER", "steps": []}]
)
def test_a_plan_that_makes_no_sense_is_refused(cloud, wrong):
    with pytest.raises(CloudError):
        cloud.command_plan(**wrong)


def test_the_car_reports_what_a_command_changed(cloud, vin):
    heard = []
    cloud.garage.on_change(lambda who, entries: heard.append((who, sorted(entries))))
    app = MyBMW(cloud).sign_in()
    app.walk(app.command("door-unlock"))
    assert heard and heard[0][0] == vin and "vehicle.cabin.door.status" in heard[0][1]


def test_a_command_takes_effect_once(cloud, vin):
    app = MyBMW(cloud).sign_in()
    sent = app.command("door-unlock")
    app.walk(sent)
    cloud.set_car(vin, lock="SECURED")
    assert app.walk(sent, 2) == ["EXECUTED"] * 2 and cloud.car(vin)["lock"] == "SECURED"


def test_a_command_to_a_car_that_is_sold_meanwhile_harms_nobody(cloud, vin):
    cloud.command_plan(per_step_seconds=1)
    MyBMW(cloud).sign_in().command("door-unlock")
    cloud.remove_car(vin)
    cloud.advance_clock(10)
    assert cloud.commands()[0]["state"] == "EXECUTED" and cloud.cars() == []


def test_polls_at_the_same_moment_never_step_back(cloud):
    old = ConnectedDrive(cloud).sign_in()
    old.execute("DOOR_UNLOCK")
    ready, after = threading.Barrier(4), []

    def ask():
        app = ConnectedDrive(cloud)
        app.tokens, app.vin = old.tokens, old.vin
        ready.wait(10)
        app.walk("DOOR_UNLOCK", 3)
        after.append(app.walk("DOOR_UNLOCK", 1)[0])

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    for one in asking:
        one.join(20)
    assert after == ["EXECUTED"] * 4


def test_plans_and_captchas_are_at_hand_from_another_process():
    with SimulatedCloud() as cloud:
        client = CloudClient(cloud.url)
        client.command_plan(outcome="FAILED")
        assert client.new_captcha_token().startswith("P1_")
        app = MyBMW(cloud).sign_in()
        assert app.walk(app.command("door-unlock"))[-1] == "ERROR"
        assert client.commands()[0]["state"] == "FAILED"
