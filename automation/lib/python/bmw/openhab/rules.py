"""The rules: when openHAB calls an account. ``automation/jsr223/bmw.py`` adds them; ``decorators`` is for users' own scripts, too."""

from __future__ import absolute_import, unicode_literals

from bmw.openhab.decorators import decorators

__all__ = ("Rules", "decorators")


class Rules(object):
    """Makes the rules of the accounts.

    openhab-helper-libraries look for the script among the functions that are running: call these methods from a function of the script.

    Args:
        automation_manager: openHAB's ``automationManager`` of the script.
    """

    def __init__(self, automation_manager):
        self._rule, self._when = decorators(automation_manager)

    def add_account_rules(self, account):
        """The rules of an account (bmw.openhab.app.AccountRunner), without those for its commands."""
        rule, when = self._rule, self._when

        @rule("BMW: refresh", description="Polls the cars on schedule", tags=["BMW"])
        @when("Time cron " + account.cron)
        @_with_uid(account, "refresh")
        def refresh(event):
            account.service.tick()

        @rule("BMW: update now", description="Polls the cars now", tags=["BMW"])
        @when("Item " + account.force_update_item + " received command ON")
        @_with_uid(account, "update-now")
        def force_update(event):
            account.service.force_update()

        @rule("BMW: diagnose", description="Creates the diagnostics report", tags=["BMW"])
        @when("Item " + account.diagnose_item + " received command ON")
        @_with_uid(account, "diagnose")
        def diagnose(event):
            account.service.diagnose()

        @rule("BMW: sign in", description="Starts or cancels the sign-in to BMW", tags=["BMW"])
        @when("Item " + account.sign_in_item + " received command")
        @_with_uid(account, "sign-in")
        def sign_in(event):
            account.sign_in_switch(event.itemCommand)

        if account.sign_in_input_item:
            self._add_sign_in_input_rule(account)

    def _add_sign_in_input_rule(self, account):
        rule, when = self._rule, self._when

        @rule("BMW: sign in with input", description="Starts the sign-in with a solved captcha", tags=["BMW"])
        @when("Item " + account.sign_in_input_item + " received command")
        @_with_uid(account, "sign-in-input")
        def sign_in_input(event):
            account.sign_in_input(event.itemCommand)

    def add_command_rule(self, account, item_names):
        """One rule for these command items (list of names) of an account. A car that is found later gets a rule of its own."""

        @_with_uid(account, "commands")
        def command(event):
            account.command(event.itemName, event.itemCommand)

        for item_name in item_names:
            command = self._when("Item " + item_name + " received command")(command)
        if item_names:
            self._rule("BMW: commands", description="Sends a command to a car", tags=["BMW"])(command)


def _with_uid(account, what):
    def add(function):
        function.uid = "-".join(part for part in ("bmw", account.name, what) if part)
        return function

    return add
