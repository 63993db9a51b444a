"""bmw.openhab.rules: which rules openHAB has, and what they call. Stand-ins replace openHAB; tests/openhab uses the real one."""

import importlib
import logging
import sys
from types import SimpleNamespace

import pytest


class OpenHab:
    """Stands in for openHAB's automationManager and for the decorators that add to it. rules: name -> [triggers, function]."""

    def __init__(self):
        self.rules = []
        self.removals = 0

    def removeAll(self):  # noqa: N802 - openHAB's name
        self.rules = []
        self.removals += 1

    def when(self, trigger):
        def add(function):
            function.triggers = [trigger] + getattr(function, "triggers", [])
            return function

        return add

    def rule(self, name, description, tags):
        return lambda function: self.rules.append(SimpleNamespace(name=name, run=function)) or function

    def send(self, item, command):
        event = SimpleNamespace(itemName=item, itemCommand=command)
        for rule in self.rules:
            if "Item {} received command".format(item) in rule.run.triggers:
                rule.run(event)

    def uids(self):
        return sorted(rule.run.uid for rule in self.rules)


class Account:
    def __init__(self, *command_items, cron="0 0 * * * ?", name=""):
        self.name, self.cron, self.command_items = name, cron, dict.fromkeys(command_items)
        self.sign_in_item, self.sign_in_input_item = "BMW_SignIn", None
        self.force_update_item, self.diagnose_item = "BMW_ForceUpdate", "BMW_Diagnose"
        self.heard = []
        self.service = SimpleNamespace(tick=lambda: self.heard.append("tick"))

    def command(self, item, command):
        self.heard.append((item, command))

    def sign_in_switch(self, command):
        self.heard.append(command)


@pytest.fixture
def openhab():
    return OpenHab()


@pytest.fixture
def rules(openhab, monkeypatch):
    decorators = SimpleNamespace(decorators=lambda manager: (openhab.rule, openhab.when))
    monkeypatch.setitem(sys.modules, "bmw.openhab.decorators", decorators)
    monkeypatch.delitem(sys.modules, "bmw.openhab.rules", raising=False)
    module = importlib.import_module("bmw.openhab.rules")
    yield module.Rules(openhab)
    del sys.modules["bmw.openhab.rules"]


def test_changed_settings_leave_no_moment_without_rules(rules, openhab):
    """A command that found no rule would be lost without a word."""
    before, after = Account("BMW_i3_Lock", "BMW_i3_Climate"), Account("BMW_i3_Climate", "BMW_i3_Lock")
    rules.replace([before])
    had, openhab.removals = list(openhab.rules), 0
    rules.replace([after])
    assert openhab.rules == had and openhab.removals == 0
    openhab.send("BMW_i3_Lock", "ON")
    assert (before.heard, after.heard) == ([], [("BMW_i3_Lock", "ON")])


def test_the_rule_of_the_first_car_that_came_later_stays_as_well(rules, openhab):
    before, after = Account(), Account("BMW_i3_Lock")
    rules.replace([before])
    rules.add_command_rule(before, ["BMW_i3_Lock"])
    openhab.removals = 0
    rules.replace([after])
    openhab.send("BMW_i3_Lock", "ON")
    assert openhab.removals == 0 and after.heard == [("BMW_i3_Lock", "ON")]


@pytest.mark.parametrize("changed", [Account("BMW_i3_Lock", cron="0 5 * * * ?"), Account(), Account("BMW_i3_Lock", name="home")])
def test_rules_that_must_differ_replace_those_of_before(rules, openhab, changed):
    rules.replace([Account("BMW_i3_Lock")])
    rules.replace([changed])
    wanted = list(openhab.rules)
    openhab.removeAll()
    rules.remove()
    rules.replace([changed])
    assert [rule.run.triggers for rule in openhab.rules] == [rule.run.triggers for rule in wanted]


def test_a_rule_of_a_car_that_came_later_becomes_part_of_the_first_one(rules, openhab):
    account = Account("BMW_i3_Lock")
    rules.replace([account])
    rules.add_command_rule(account, ["BMW_i4_Lock"])
    assert openhab.uids().count("bmw-commands") == 2
    rules.replace([Account("BMW_i3_Lock", "BMW_i4_Lock")])
    assert openhab.uids().count("bmw-commands") == 1
    account = Account("BMW_i3_Lock", "BMW_i4_Lock")
    rules.replace([account])
    openhab.send("BMW_i4_Lock", "ON")
    assert account.heard == [("BMW_i4_Lock", "ON")]


def test_after_a_stop_all_rules_are_added_again(rules, openhab):
    rules.replace([Account("BMW_i3_Lock")])
    uids = openhab.uids()
    rules.remove()
    assert openhab.rules == []
    rules.replace([Account("BMW_i3_Lock")])
    assert openhab.uids() == uids


def test_what_cannot_be_removed_keeps_no_new_rule_away(rules, openhab, caplog):
    rules.replace([Account("BMW_i3_Lock")])

    def fail():
        raise RuntimeError("nobody thought of it")

    openhab.removeAll, account = fail, Account("BMW_i4_Lock")
    rules.replace([account])
    openhab.send("BMW_i4_Lock", "ON")
    assert account.heard == [("BMW_i4_Lock", "ON")] and "could not be removed" in caplog.text


def test_a_rule_that_is_run_by_hand_does_what_it_can_without_a_command(rules, openhab, caplog):
    """Main UI has a button for that, and openHAB 3 lets everybody use it who may send commands."""
    account = Account("BMW_i3_Lock")
    rules.replace([account])
    by_name = {rule.name: rule.run for rule in openhab.rules}
    with caplog.at_level(logging.INFO, "bmw"):
        for name in ("BMW: refresh", "BMW: commands", "BMW: sign in"):
            by_name[name](None)
    assert account.heard == ["tick"]
    assert [record.getMessage() for record in caplog.records] == [
        "The rule 'BMW: commands' does nothing when it is run by hand: send a command to its item",
        "The rule 'BMW: sign in' does nothing when it is run by hand: send a command to its item",
    ]
