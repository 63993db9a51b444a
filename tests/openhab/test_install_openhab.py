"""install.py on a real openHAB: the installed files load, an upgrade keeps the user's files, and --uninstall removes all others."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.install.test_release import lay_the_last_release
from tests.openhab import layout
from tests.openhab.home import STARTED, Home
from tests.openhab.server import NO_PROXY, wait_until

REPO_LIBRARY = layout.REPO / "automation/lib/python/bmw"


def run(openhab, *arguments):
    """Runs install.py as a user does; returns its output."""
    command = [sys.executable, str(layout.REPO / "install.py"), "--conf", str(openhab.conf), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def openhab(openhab_factory):
    openhab = openhab_factory()
    openhab.install_probe()
    said = run(openhab)
    assert "openHAB {}.{}, conf folder".format(*openhab.version.text.split(".")) in said and "is installed." in said
    openhab.start().wait_ready()
    yield openhab
    openhab.stop()


def bmw_rules(openhab):
    return sorted(rule["name"] for rule in openhab.probe()["rules"] if rule["name"].startswith("BMW"))


def test_the_installed_module_loads_and_makes_its_items(openhab):
    openhab.wait_for_log(STARTED, since=openhab.started_at, timeout=60)
    assert openhab.item("BMW_SignIn")["type"] == "Switch"
    openhab.wait_state("BMW_AccountState", "CONFIG_ERROR")
    assert "client_id" in openhab.state("BMW_Account")
    assert "BMW: refresh" in bmw_rules(openhab)


def test_the_installed_page_is_served(openhab):
    with NO_PROXY.open(openhab.url + "/static/bmw/index.html", timeout=10) as page:
        assert "html" in page.read().decode("utf-8")


def test_settings_written_after_the_installation_are_read(openhab):
    since = openhab.log_size()
    openhab.write_conf("services/bmw.cfg", "client_id = 0d9f6a3c-4b1e-4f7a-8c52-6e1b3a5d7f90\nstream = off\n")
    openhab.wait_for_log(STARTED, since=since, timeout=30)
    openhab.wait_state("BMW_AccountState", "SIGN_IN_NEEDED")


def test_a_second_run_asks_for_no_restart_and_keeps_the_settings(openhab):
    said = run(openhab)
    assert "Restart" not in said
    assert "nothing to do" in run(openhab)
    assert (openhab.conf / "services/bmw.cfg").read_text("utf-8").startswith("client_id = 0d9f6a3c")


def test_an_upgrade_over_the_last_release_keeps_sign_in_items_and_settings_and_no_file_of_it(openhab):
    since = openhab.log_size()
    home = Home(openhab, install=lambda _openhab: None, fleet="i3")
    try:
        openhab.wait_for_log(STARTED, since=since, timeout=60)
        home.sign_in()
        home.force_update()
        openhab.wait_state("BMW_i3_Odometer", lambda state: state.endswith(" km"))
        settings, items = (openhab.conf / "services/bmw.cfg").read_bytes(), openhab.items()
        assert openhab.stop()
        library = openhab.path("automation/lib/python/bmw")
        shutil.rmtree(library)
        record = lay_the_last_release(openhab.write_conf)
        record["files"] = {openhab.version.path(name): digest for name, digest in record["files"].items()}
        openhab.write_conf(".bmw-installed.json", json.dumps(record))
        assert (library / "garage.py").exists() and (library / "garage$py.class").exists()
        since = home.last_call()
        assert "Restart openHAB now" in run(openhab)
        assert {name for name in below(library) if not name.endswith(".class")} == below(REPO_LIBRARY, "*.py") | below(
            REPO_LIBRARY, "*.pyi"
        )
        home.start()
        home.wait_status("ONLINE", 60)
        home.force_update()
        assert {call["where"] for call in home.cloud.calls(since) if call["kind"] == "auth"} <= {"refresh"}, "it signed in again"
        now = openhab.items()
        assert set(items) <= set(now)
        known = [name for name in items if name.startswith("BMW_i3_") and items[name]["state"] not in ("NULL", "UNDEF")]
        changed = [name for name in known if now[name]["state"] != items[name]["state"]]
        assert changed == []
        assert (openhab.conf / "services/bmw.cfg").read_bytes() == settings
        compiled = {name.replace("$py.class", ".py") for name in below(library) if name.endswith("$py.class")}
        assert compiled <= below(library, "*.py")
    finally:
        home.cloud.close()


def below(folder, pattern="*"):
    return {path.relative_to(folder).as_posix() for path in folder.rglob(pattern) if path.is_file()}


def test_uninstalling_stops_the_module_and_leaves_the_settings(openhab):
    run(openhab, "--uninstall")
    wait_until(lambda: bmw_rules(openhab) == [], 30, "the rules to be gone", openhab)
    assert [name for name in openhab.threads() if name.startswith("bmw-")] == []
    ours = [path for path in openhab.conf.rglob("*") if "bmw" in path.name.lower()]
    assert sorted(path.relative_to(openhab.conf).as_posix() for path in ours) == ["services/bmw.cfg"]
