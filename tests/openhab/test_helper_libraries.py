"""With openhab-helper-libraries beside the module: their decorators are used when they load, and ours when they do not.

The libraries themselves are in no package registry; the stand-ins here have the interface that counts: ``rule(name, description,
tags)`` and ``when(text)``, finding the calling script's scope by themselves, in the functions that are running.
"""

import pytest

from tests.cloud import HOME_PASSWORD, HOME_USER, MYBMW_APP_KEY
from tests.openhab.home import Home

CORE = "automation/lib/python/core/"
BROKEN = {
    "__init__.py": "",
    "rules.py": "def rule(*_arguments, **_named):\n    pass\n",
    "triggers.py": "from org.joda.time import DateTime\n",
}
WORKING = {
    "__init__.py": "",
    "triggers.py": "from bmw.openhab.decorators import own_when as when\n",
    "rules.py": (
        "import sys\n"
        "from bmw.openhab.decorators import own_rule\n"
        "def rule(name, description=None, tags=None):\n"
        "    frame = sys._getframe(1)\n"
        "    while frame is not None and 'automationManager' not in frame.f_globals:\n"
        "        frame = frame.f_back\n"
        "    if frame is None:\n"
        "        raise EnvironmentError('no scope')\n"
        "    return own_rule(frame.f_globals['automationManager'])(name, description, list(tags or []) + ['made by core'])\n"
    ),
}


def with_core(openhab_factory, files):
    home = Home(openhab_factory())
    for name, text in files.items():
        home.openhab.write_conf(CORE + name, text)
    home.openhab.install_probe()
    return home.start()


#: number of our rules: cron, force update, diagnostics, sign-in
RULES = 4


def our_rules(home):
    return [rule for rule in home.openhab.probe()["rules"] if rule["name"].startswith("BMW")]


@pytest.fixture
def closing():
    homes = []
    yield homes.append
    for home in homes:
        home.close()


def test_helper_libraries_that_do_not_load_are_told_and_replaced(openhab_factory, closing):
    home = with_core(openhab_factory, BROKEN)
    closing(home)
    assert len(our_rules(home)) == RULES
    home.openhab.command("BMW_SignIn", "ON")
    home.openhab.wait_state("BMW_SignInCode", lambda state: len(state) == 8)


def test_helper_libraries_that_load_make_the_rules(openhab_factory, closing):
    home = with_core(openhab_factory, WORKING)
    closing(home)
    rules = our_rules(home)
    assert len(rules) == RULES
    assert all("made by core" in rule["tags"] for rule in rules)
    home.openhab.command("BMW_SignIn", "ON")
    home.openhab.wait_state("BMW_SignInCode", lambda state: len(state) == 8)
    mybmw = {"cloud": "mybmw", "username": HOME_USER, "password": HOME_PASSWORD, "api_key": MYBMW_APP_KEY}
    home.configure(**home.settings(client_id=None, **mybmw))
    home.wait_status("SIGN_IN_NEEDED")
    home.openhab.command("BMW_SignInInput", home.cloud.new_captcha_token())
    home.wait_status("ONLINE")
    # the car is found on the account's own thread, long after the script was loaded
    home.wait(lambda: any(rule["name"] == "BMW: commands" for rule in our_rules(home)), "the rule for commands")
    assert all("made by core" in rule["tags"] for rule in our_rules(home))
    home.openhab.command("BMW_i3_Lock", "ON")
    home.openhab.wait_state("BMW_i3_CommandStatus", "EXECUTED")
    assert [one["command"] for one in home.cloud.commands()] == ["lock"]
