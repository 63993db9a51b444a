"""BMW cars in openHAB: the rules. The code is in automation/lib/python/bmw, the settings are in conf/services/bmw.cfg.

Per account (item names with the default prefix):
    cron                      polls the cars (BMW_LastRefresh, BMW_NextRefresh)
    BMW_ForceUpdate  ON       polls now, then goes back to OFF
    BMW_Diagnose     ON       writes a report for a forum post to BMW_Diagnostics and the log, then goes back to OFF
    BMW_SignIn       ON/OFF   starts / cancels a sign-in (BMW_SignInLink, BMW_SignInCode, BMW_Account)
    BMW_SignInInput  text     starts a sign-in with the user's input (a solved captcha), if BMW asks for it
Per car, if its cloud accepts commands (BMW_i3_CommandStatus shows the progress):
    BMW_i3_Lock ...  ON       sends the command; BMW_i3_Command accepts any command by its name
"""

from bmw.openhab.app import instance
from bmw.openhab.rules import decorators

scriptExtension.importPreset("RuleSupport")
rule, when = decorators(automationManager)


def add_rules(app):
    for account in app.accounts:
        add_account_rules(account)


def add_account_rules(account):
    @rule("BMW: refresh", description="Polls the cars on schedule", tags=["BMW"])
    @when("Time cron " + account.cron)
    def refresh(event):
        account.service.tick()

    @rule("BMW: update now", description="Polls the cars now", tags=["BMW"])
    @when("Item " + account.force_update_item + " received command ON")
    def force_update(event):
        account.service.force_update()

    @rule("BMW: diagnose", description="Creates the diagnostics report", tags=["BMW"])
    @when("Item " + account.diagnose_item + " received command ON")
    def diagnose(event):
        account.service.diagnose()

    @rule("BMW: sign in", description="Starts or cancels the sign-in to BMW", tags=["BMW"])
    @when("Item " + account.sign_in_item + " received command")
    def sign_in(event):
        account.sign_in_switch(event.itemCommand)

    def sign_in_input(event):
        account.sign_in_input(event.itemCommand)

    if account.sign_in_input_item:
        sign_in_input = when("Item " + account.sign_in_input_item + " received command")(sign_in_input)
        rule("BMW: sign in with input", description="Starts the sign-in with a solved captcha", tags=["BMW"])(sign_in_input)

    add_command_rule(account, list(account.command_items))
    account.on_command_items = lambda names: add_command_rule(account, names)


def add_command_rule(account, item_names):
    def command(event):
        account.command(event.itemName, event.itemCommand)

    for item_name in item_names:
        command = when("Item " + item_name + " received command")(command)
    if item_names:
        rule("BMW: commands", description="Sends a command to a car", tags=["BMW"])(command)


script = instance(events, itemRegistry, add_rules, automationManager.removeAll)


def scriptLoaded(id):
    script.load(id)


def scriptUnloaded():
    script.unload()
