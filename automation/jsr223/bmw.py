"""BMW cars in openHAB. The rules are in automation/lib/python/bmw/openhab/rules.py, the settings in conf/services/bmw.cfg.

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
from bmw.openhab.rules import Rules

scriptExtension.importPreset("RuleSupport")
rules = Rules(automationManager)


def renew_rules(app):
    rules.replace(app.accounts)
    for account in app.accounts:
        account.on_command_items = lambda names, account=account: add_command_rule(account, names)


def add_command_rule(account, item_names):
    # an own function, as openhab-helper-libraries look for the script among the functions that are running
    rules.add_command_rule(account, item_names)


script = instance(events, itemRegistry, renew_rules, rules.remove)


def scriptLoaded(id):
    script.load(id)


def scriptUnloaded():
    script.unload()
