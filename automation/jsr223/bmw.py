"""BMW cars in openHAB: the rules. What they do is in automation/lib/python/bmw, what they may be told in conf/services/bmw.cfg.

Per account (names with the default prefix):
    cron                      asks BMW for the cars (BMW_LastRefresh, BMW_NextRefresh)
    BMW_ForceUpdate  ON       asks now, then goes back to OFF
    BMW_SignIn       ON/OFF   starts / cancels a sign-in (BMW_SignInLink, BMW_SignInCode, BMW_Account)
"""

from bmw.openhab.app import App
from bmw.openhab.rules import decorators

scriptExtension.importPreset("RuleSupport")
rule, when = decorators(automationManager)


def add_rules(account):
    @rule("BMW: refresh", description="Asks BMW for the cars when it is time", tags=["BMW"])
    @when("Time cron " + account.cron)
    def refresh(event):
        account.service.tick()

    @rule("BMW: update now", description="Asks BMW for the cars at once", tags=["BMW"])
    @when("Item " + account.force_update_item + " received command ON")
    def force_update(event):
        account.service.force_update()

    @rule("BMW: sign in", description="Starts or cancels the sign-in at BMW", tags=["BMW"])
    @when("Item " + account.sign_in_item + " received command")
    def sign_in(event):
        if str(event.itemCommand) == "ON":
            account.service.sign_in()
        else:
            account.service.cancel_sign_in()


def load():
    global app
    app = App(events, itemRegistry)
    for account in app.accounts:
        add_rules(account)


def reload_settings():
    app.stop()
    automationManager.removeAll()
    load()
    app.start(reload_settings)


def scriptLoaded(id):
    app.start(reload_settings)


def scriptUnloaded():
    app.stop()


load()
