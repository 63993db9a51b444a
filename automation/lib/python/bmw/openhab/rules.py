"""The rules: when openHAB calls an account. ``automation/jsr223/bmw.py`` adds them; ``decorators`` is for users' own scripts, too."""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.openhab.decorators import decorators
from bmw.record import record
from bmw.steps import do_all

__all__ = ("Rules", "decorators")

log = logging.getLogger("bmw")

#: A rule. uid, name, description (str); triggers (tuple of str); is_started_by_item (bool): it needs to know the item's command;
#: function: called with the event. Rules with the same of all the rest differ for openHAB in nothing.
Plan = record("Plan", "uid name description triggers is_started_by_item function")


class Rules(object):
    """The rules of the accounts.

    openhab-helper-libraries look for the script among the functions that are running: call these methods from a function of the script.

    Args:
        automation_manager: openHAB's ``automationManager`` of the script.
    """

    def __init__(self, automation_manager):
        self._manager = automation_manager
        self._rule, self._when = decorators(automation_manager)
        self._added = []  # _Added

    def replace(self, accounts):
        """The rules of these accounts (list of bmw.openhab.app.AccountRunner) instead of those of before.

        After a changed setting mostly the same events trigger the same rules. Then openHAB's rules stay and only call the new accounts:
        while they were removed and added again, a command would find no rule and be lost without a word.
        """
        plans = [plan for account in accounts for plan in _plans(account)]
        added = dict((one.what, one) for one in self._added)
        # in any order: the rule of a car that was found later was added last
        if len(self._added) == len(plans) and set(added) == set(_what(plan) for plan in plans):
            for plan in plans:
                added[_what(plan)].function = plan.function
            return
        do_all([self.remove], "The rules of before could not be removed")
        for plan in plans:
            self._add(plan)

    def remove(self):
        """Takes all rules away."""
        self._added = []
        self._manager.removeAll()

    def add_command_rule(self, account, item_names):
        """A rule of its own for the command items (list of names) of a car that was found later."""
        for plan in _command_plans(account, item_names):
            self._add(plan)

    def _add(self, plan):
        added = _Added(plan)
        self._added.append(added)

        def run(event):
            added.run(event)

        run.uid = plan.uid
        for trigger in reversed(plan.triggers):
            run = self._when(trigger)(run)
        self._rule(plan.name, description=plan.description, tags=["BMW"])(run)


class _Added(object):
    """A rule that openHAB has. ``function`` is what it calls now."""

    def __init__(self, plan):
        self.what = _what(plan)
        self.function = plan.function
        self._needs_event = plan.is_started_by_item
        self._name = plan.name

    def run(self, event):
        if event is None and self._needs_event:
            log.info("The rule '%s' does nothing when it is run by hand: send a command to its item", self._name)
        else:
            self.function(event)


def _what(plan):
    return tuple(plan)[:-1]


def _plans(account):
    """The Plans of an account (bmw.openhab.app.AccountRunner)."""
    service, received = account.service, "Item {} received command"
    table = (
        # end of the UID, end of the name, description, trigger, whether it is started by an item, what it does
        ("refresh", "refresh", "Polls the cars on schedule", "Time cron " + account.cron, False, lambda event: service.tick()),
        (
            "update-now",
            "update now",
            "Polls the cars now",
            received.format(account.force_update_item) + " ON",
            False,
            lambda event: service.force_update(),
        ),
        (
            "diagnose",
            "diagnose",
            "Creates the diagnostics report",
            received.format(account.diagnose_item) + " ON",
            False,
            lambda event: service.diagnose(),
        ),
        (
            "sign-in",
            "sign in",
            "Starts or cancels the sign-in to BMW",
            received.format(account.sign_in_item),
            True,
            lambda event: account.sign_in_switch(event.itemCommand),
        ),
        (
            "sign-in-input",
            "sign in with input",
            "Starts the sign-in with a solved captcha",
            account.sign_in_input_item and received.format(account.sign_in_input_item),
            True,
            lambda event: account.sign_in_input(event.itemCommand),
        ),
    )
    plans = [_plan(account, end, name, text, (trigger,), by_item, do) for end, name, text, trigger, by_item, do in table if trigger]
    # the commands first: where all rules are added anew, a command finds its rule again the sooner
    return _command_plans(account, list(account.command_items)) + plans


def _command_plans(account, item_names):
    """One Plan for these command items (list of names) of an account; none for none."""
    triggers = tuple("Item {} received command".format(name) for name in sorted(item_names))
    call = lambda event: account.command(event.itemName, event.itemCommand)  # noqa: E731
    return [_plan(account, "commands", "commands", "Sends a command to a car", triggers, True, call)] if triggers else []


def _plan(account, end, name, description, triggers, by_item, function):
    uid = "-".join(part for part in ("bmw", account.name, end) if part)
    return Plan(uid, "BMW: " + name, description, triggers, by_item, function)
