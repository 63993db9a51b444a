"""The command line, run as a person would at the simulated cloud: real HTTP, a real store folder, simulated time."""

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bmw.cli import charges_table
from bmw.cli import main as cli
from bmw.logbook import charges
from bmw.logbook.ledger import Ledger
from bmw.redact import mask_vin
from bmw.storage import record_names
from bmw.support import dump
from bmw.vehicle.vocabulary import VEHICLE

from tests.cloud import (
    CD_API_KEY,
    CD_API_SECRET,
    HOME_CLIENT_ID,
    HOME_PASSWORD,
    HOME_USER,
    MYBMW_APP_KEY,
    SimulatedCloud,
)
from tests.unit.fakes import NOON, car

LIBRARY = Path(cli.__file__).resolve().parents[2]
USER = {"username": HOME_USER, "password": HOME_PASSWORD}
SETTINGS = {
    "cardata": {"client_id": HOME_CLIENT_ID},
    "connecteddrive": dict(USER, api_key=CD_API_KEY, api_secret=CD_API_SECRET),
    "portal": USER,
    "mybmw": dict(USER, api_key=MYBMW_APP_KEY),
}


class Laptop:
    """A user's computer with a bmw.cfg. ``run`` runs one command; ``out`` and ``err`` are what it printed."""

    def __init__(self, cloud, folder):
        self.cloud = cloud
        self.config = folder / "bmw.cfg"
        self.store = folder / "store"
        self.on_wait = lambda: None
        self.typed = ""

    def configure(self, cloud="cardata", **settings):
        self.write(cloud=cloud, auth_url=self.cloud.url, api_url=self.cloud.url, **dict(SETTINGS[cloud], **settings))
        return self

    def write(self, **settings):
        self.config.write_text("".join("{} = {}\n".format(*pair) for pair in settings.items()), "utf-8")
        self.config.chmod(0o600)

    def run(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        terminal = cli.Terminal(out, err, io.StringIO(self.typed))
        where = ["--config", str(self.config), "--store", str(self.store)]
        code = cli.main(where + list(arguments), terminal, None, self.cloud.clock, self._sleep)
        self.out, self.err = out.getvalue(), err.getvalue()
        return code

    def _sleep(self, seconds):
        self.on_wait()
        self.cloud.advance_clock(seconds)

    def sign_in(self, cloud="cardata", **settings):
        self.configure(cloud, **settings)
        self.on_wait = lambda: self.cloud.pending_codes() and self.cloud.approve()
        captcha = ["--captcha", self.cloud.new_captcha_token()] if cloud == "mybmw" else []
        assert self.run("sign-in", *captcha) == 0, self.err
        return self

    @property
    def vin(self):
        return self.cloud.cars()[0]


@pytest.fixture
def laptop(tmp_path):
    with SimulatedCloud() as cloud:
        yield Laptop(cloud, tmp_path)


@pytest.fixture(params=sorted(SETTINGS))
def signed_in(request, laptop):
    return laptop.sign_in(request.param)


# sign-in


def test_sign_in_shows_link_and_code_and_waits_for_the_approval(laptop):
    laptop.sign_in()
    assert re.search(r"Open http\S+user_code=\S+ and approve the code \S+", laptop.out)
    assert "Signed in to BMW CarData" in laptop.out
    assert "i3  BMWi i3 120" in laptop.out


def test_a_declined_sign_in_ends_with_one_line_and_exit_code_1(laptop):
    laptop.configure()
    laptop.on_wait = lambda: laptop.cloud.pending_codes() and laptop.cloud.decline()
    assert laptop.run("sign-in") == 1
    assert "BMW says the sign-in was declined" in laptop.err


def test_a_sign_in_that_nobody_approves_ends(laptop):
    laptop.configure()
    assert laptop.run("sign-in") == 1
    assert "The sign-in code has expired" in laptop.err


@pytest.mark.parametrize("cloud", ["connecteddrive", "portal"])
def test_user_and_password_sign_in_at_once(laptop, cloud):
    laptop.configure(cloud)
    assert laptop.run("sign-in") == 0
    assert "Open http" not in laptop.out


def test_a_wrong_password_is_told_in_one_line(laptop):
    laptop.configure("portal", password="Wrong-password-1")
    assert laptop.run("sign-in") == 1
    assert len(laptop.err.splitlines()) == 1
    assert "Wrong-password-1" not in laptop.err


def test_mybmw_asks_for_a_solved_captcha_and_takes_what_is_typed(laptop):
    laptop.configure("mybmw")
    laptop.typed = laptop.cloud.new_captcha_token() + "\n"
    assert laptop.run("sign-in") == 0
    assert "solve the hCaptcha" in laptop.out
    assert "sign-in input item" not in laptop.out


def test_a_captcha_can_be_piped(laptop):
    laptop.configure("mybmw")
    laptop.typed = laptop.cloud.new_captcha_token() + "\n"
    assert laptop.run("sign-in", "--captcha", "-") == 0
    assert "solve the hCaptcha" not in laptop.out


def test_the_sign_in_lasts_over_runs_and_the_token_is_renewed(signed_in):
    signed_in.cloud.advance_clock(3700)
    assert signed_in.run("show") == 0
    assert signed_in.err.count("\n") <= 1


def test_the_store_is_sealed_and_readable_by_its_owner_only(signed_in):
    assert stat.S_IMODE(os.stat(signed_in.store).st_mode) == 0o700
    files = [path for path in signed_in.store.iterdir() if path.name != "seal.key"]
    assert len(files) >= 2
    for path in signed_in.store.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for path in files:
        assert path.read_text("utf-8").startswith("bmw1:")
        assert not any(secret in path.read_text("utf-8") for secret in signed_in.cloud.secrets())


def test_the_store_is_in_the_users_config_folder(monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", os.path.join("home", "conf"))
    assert cli._default_store() == os.path.join("home", "conf", "openhab-bmw")


# cars and show


def test_cars_lists_the_cars_without_asking_again(signed_in):
    before = len(signed_in.cloud.calls())
    assert signed_in.run("cars") == 0
    assert signed_in.out.startswith("i3  BMW")
    assert mask_vin(signed_in.vin) in signed_in.out and signed_in.vin not in signed_in.out
    assert len(signed_in.cloud.calls()) == before


def test_show_prints_a_table_with_units_and_times(laptop):
    laptop.sign_in()
    laptop.cloud.set_car(laptop.vin, soc=63, lock="UNLOCKED")
    assert laptop.run("show", "i3") == 0
    assert re.search(r"^Battery and range$", laptop.out, re.MULTILINE)
    assert re.search(r"^  State of charge +63 % +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", laptop.out, re.MULTILINE)
    assert re.search(r"^  Door lock +unlocked ", laptop.out, re.MULTILINE)
    assert laptop.vin not in laptop.out


def test_show_speaks_german_if_the_settings_say_so(laptop):
    laptop.sign_in(language="de")
    laptop.run("show")
    assert "Batterie und Reichweite" in laptop.out and "Ladestand" in laptop.out


def test_show_json_holds_every_value_with_unit_and_time(signed_in):
    assert signed_in.run("show", "--json") == 0
    (i3,) = json.loads(signed_in.out)
    expected = signed_in.cloud.car(signed_in.vin)
    assert i3["values"]["stateOfCharge"]["value"] == pytest.approx(expected["soc"], abs=1)
    assert i3["values"]["stateOfCharge"]["unit"] == "%"
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", i3["values"]["stateOfCharge"]["time"])
    assert set(i3["values"]) <= set(VEHICLE)
    assert len(i3["values"]) > 20
    assert signed_in.vin not in signed_in.out


def test_show_of_an_unknown_car_names_those_that_are_there(laptop):
    laptop.sign_in()
    assert laptop.run("show", "i9") == 1
    assert "There is no car 'i9': there is i3" in laptop.err


def test_when_bmw_does_not_answer_show_prints_what_was_known_and_fails(laptop):
    laptop.sign_in()
    laptop.cloud.stop()
    assert laptop.run("show") == 1
    assert "State of charge" in laptop.out
    assert "Connection failed" in laptop.err


def test_items_prints_the_items_of_account_and_cars_without_asking(laptop):
    laptop.sign_in()
    laptop.cloud.reset_calls()
    assert laptop.run("items") == 0
    names = [line.split()[1] for line in laptop.out.splitlines() if line and not line.startswith("//")]
    assert names[0] == "BMW" and names.count("BMW_i3_StateOfCharge") == 1 and "BMW_CallsLeft" in names
    assert not [name for name in names if "Command" in name]  # CarData takes none
    assert [call for call in laptop.cloud.calls() if call["kind"] == "api"] == []


def test_items_as_yaml_are_the_same_items(laptop):
    laptop.sign_in()
    assert laptop.run("items") == 0
    names = [line.split()[1] for line in laptop.out.splitlines() if line and not line.startswith("//")]
    assert laptop.run("items", "--yaml") == 0
    assert list(yaml.safe_load(laptop.out)["items"]) == names


def test_items_speak_the_settings_language_and_use_its_names(laptop):
    laptop.sign_in("mybmw", language="de", item_prefix="Auto", names="thread")
    assert laptop.run("items") == 0
    assert 'Switch Auto_i3_Lock "Verriegeln' in laptop.out and "String Auto_i3_CommandStatus " in laptop.out
    assert "String doorLockState " in laptop.out and "Auto_i3_DoorLockState" not in laptop.out


def test_cardata_calls_are_counted_over_runs(laptop):
    laptop.sign_in()
    first = int(re.search(r"(\d+) of 50 calls left today", laptop.err).group(1))
    assert first == 50 - laptop.cloud.quota_used()
    laptop.run("show")
    assert "{} of 50 calls left today".format(first - 1) in laptop.err


def test_with_no_calls_left_none_is_made(laptop):
    laptop.sign_in(calls_per_day=10)
    while laptop.run("show") == 0:
        pass
    used = laptop.cloud.quota_used()
    assert used == 10
    assert laptop.run("show") == 1
    assert "daily allowance of 10 calls is used up" in laptop.err
    assert laptop.cloud.quota_used() == used


# send


def test_a_command_prints_each_state_and_ends_with_0_when_executed(laptop):
    laptop.sign_in("portal")
    laptop.cloud.set_car(laptop.vin, lock="UNLOCKED")
    assert laptop.run("send", "i3", "lock") == 0
    states = laptop.out.split()
    assert states[:2] == ["QUEUED", "SENT"] and states[-1] == "EXECUTED"
    assert laptop.cloud.car(laptop.vin)["lock"] in ("LOCKED", "SECURED")


@pytest.mark.parametrize(("plan", "said"), [("FAILED", "FAILED: "), ("NEVER", "TIMED OUT")])
def test_a_command_that_is_not_executed_ends_with_1(laptop, plan, said):
    laptop.sign_in("portal")
    laptop.cloud.command_plan(outcome=plan)
    assert laptop.run("send", "i3", "flashLights") == 1
    assert laptop.out.splitlines()[-1].startswith(said)


def test_a_command_takes_arguments(laptop):
    vin = laptop.cloud.add_car("i4")
    laptop.sign_in("mybmw")
    assert laptop.run("send", "i4", "chargingSettings", "target=80") == 0
    assert laptop.cloud.car(vin)["soc_target"] == 80


def test_a_destination_in_the_south_and_west_can_be_sent(laptop):
    laptop.sign_in("mybmw")
    assert laptop.run("send", "i3", "sendDestination", "--", "-33.857,-151.215", "Opera", "House") == 0
    assert laptop.cloud.commands()[-1]["arguments"]["name"] == "Opera House"


def test_cardata_refuses_a_command_at_once(laptop):
    laptop.sign_in()
    assert laptop.run("send", "i3", "lock") == 1
    assert laptop.out == "FAILED: not supported by BMW CarData (read-only)\n"


def test_a_wrong_command_is_told_with_those_that_exist(laptop):
    laptop.sign_in()
    assert laptop.run("send", "i3", "fly") == 1
    assert "There is no command 'fly': use one of lock, unlock" in laptop.err


@pytest.mark.parametrize("typed, code, sent", [("unlock\n", 0, ["unlock"]), ("\n", 1, []), ("yes\n", 1, [])])
def test_an_unlock_that_must_be_confirmed_is_confirmed_by_typing_it(laptop, typed, code, sent):
    laptop.sign_in("mybmw", allow_unlock="yes", confirm_unlock="yes")
    laptop.typed = typed
    assert laptop.run("send", "i3", "unlock") == code
    assert "Type unlock to confirm" in laptop.err
    assert [command["command"] for command in laptop.cloud.commands()] == sent


@pytest.mark.parametrize("strict, said", [({"state.allow_unlock": "no"}, "not allowed"), ({"state.confirm_unlock": "yes"}, "again")])
def test_the_account_that_only_sends_is_no_way_round_the_settings_of_the_cars_account(laptop, strict, said):
    base = {"auth_url": laptop.cloud.url, "api_url": laptop.cloud.url}
    state = {"state." + key: value for key, value in dict(SETTINGS["cardata"], cloud="cardata", commands="remote").items()}
    remote = {"remote." + key: value for key, value in dict(USER, cloud="portal", data="no").items()}
    laptop.write(accounts="state, remote", allow_unlock="yes", **dict(base, **state, **dict(remote, **strict)))
    laptop.on_wait = lambda: laptop.cloud.pending_codes() and laptop.cloud.approve()
    assert laptop.run("sign-in") == 0, laptop.err
    assert laptop.run("send", "i3", "unlock", "--account", "remote") == 1
    assert "account remote only sends the commands of state" in laptop.err
    assert laptop.run("send", "i3", "unlock") == 1
    assert said in laptop.out, "it is the car of the other account"
    assert laptop.cloud.commands() == []


def test_commands_can_go_by_another_account(laptop):
    base = {"auth_url": laptop.cloud.url, "api_url": laptop.cloud.url}
    state = {"state." + key: value for key, value in dict(SETTINGS["cardata"], cloud="cardata", commands="remote").items()}
    remote = {"remote." + key: value for key, value in dict(USER, cloud="portal", data="no").items()}
    laptop.write(accounts="state, remote", **dict(base, **state, **remote))
    laptop.on_wait = lambda: laptop.cloud.pending_codes() and laptop.cloud.approve()
    assert laptop.run("sign-in") == 0, laptop.err
    assert laptop.run("--account", "state", "send", "i3", "flashLights") == 0, laptop.out + laptop.err
    sent = laptop.cloud.commands()[-1]
    assert (sent["command"], sent["cloud"]) == ("flashLights", "portal")


# wrong use


def test_without_a_settings_file_it_says_how_to_name_one(laptop):
    assert laptop.run("show") == 1
    assert laptop.err == "The file bmw.cfg is missing: give its path with --config\n"


def test_without_a_sign_in_it_says_how_to_sign_in(laptop):
    laptop.configure()
    assert laptop.run("show") == 1
    assert "Not signed in to BMW CarData: use: python3 -m bmw sign-in" in laptop.err


def test_a_mistake_in_the_settings_is_told_and_stops_nothing(laptop):
    laptop.sign_in(refersh=30)
    laptop.run("cars")
    assert "the key 'refersh' is unknown and ignored: did you mean 'refresh'?" in laptop.err


def test_an_unknown_account_names_those_that_exist(laptop):
    laptop.write(accounts="mine, hers", **SETTINGS["cardata"])
    assert laptop.run("--account", "his", "cars") == 1
    assert "use one of mine, hers" in laptop.err


def test_a_folder_with_other_things_is_no_store_and_stays_as_it_is(laptop):
    laptop.configure()
    laptop.store.mkdir(mode=0o755)
    (laptop.store / "letter.txt").write_text("Dear Anna")
    assert laptop.run("cars") == 1
    assert "contains other files: give a separate folder with --store" in laptop.err
    assert stat.S_IMODE(os.stat(laptop.store).st_mode) == 0o755 and len(list(laptop.store.iterdir())) == 1


def test_a_store_whose_key_was_deleted_is_still_ours(laptop):
    laptop.sign_in()
    (laptop.store / "seal.key").unlink()
    laptop.sign_in()


def test_a_folder_that_may_not_be_read_is_told_in_one_line(laptop, monkeypatch):
    laptop.configure()
    laptop.store.mkdir()
    monkeypatch.setattr(os, "listdir", _may_not)
    monkeypatch.setattr(os, "chmod", _may_not)
    assert laptop.run("cars") == 1
    assert laptop.err.count("\n") == 1 and "Traceback" not in laptop.err


def _may_not(*_arguments):
    raise PermissionError(13, "Permission denied")


def test_a_store_that_cannot_be_made_is_told_in_one_line(laptop):
    laptop.configure()
    laptop.store.write_text("a file, not a folder")
    assert laptop.run("cars") == 1
    assert laptop.err.startswith("Cannot make the folder") and laptop.err.count("\n") == 1


def test_ctrl_c_ends_a_waiting_sign_in_without_a_traceback(laptop):
    def interrupt():
        raise KeyboardInterrupt

    laptop.configure()
    laptop.on_wait = interrupt
    assert laptop.run("sign-in") == 130
    assert laptop.err == "Interrupted\n"


@pytest.mark.parametrize("name", cli.NEEDED)
def test_a_missing_library_is_told_with_how_to_install_it(laptop, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    assert laptop.run("cars") == 2
    assert laptop.err == "Missing: {0}. Install with: python3 -m pip install {0}, on Debian: sudo apt install python3-{0}\n".format(name)


def test_verbose_shows_the_log_without_secrets(laptop):
    laptop.sign_in()
    laptop.cloud.add_fault("telematicData", "status", status=500)
    assert laptop.run("--verbose", "show") == 1
    assert not any(secret in laptop.out + laptop.err for secret in laptop.cloud.secrets())


def test_it_runs_as_a_module(laptop):
    laptop.configure("portal")
    command = [sys.executable, "-m", "bmw", "show", "--json", "--config", str(laptop.config), "--store", str(laptop.store)]
    done = subprocess.run(command, env=dict(os.environ, PYTHONPATH=str(LIBRARY)), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["name"] == "i3"


# dump


PLACE = {"latitude": 48.654321, "longitude": 11.123456, "altitude_m": 487}


@pytest.fixture
def dumped(signed_in):
    """Each cloud's dump of a car whose position is known."""
    signed_in.cloud.set_car(signed_in.vin, **PLACE)
    assert signed_in.run("dump") == 0, signed_in.err
    return signed_in


def test_a_dump_names_neither_car_nor_owner(dumped):
    text = dumped.out.lower()
    assert not [secret for secret in dumped.cloud.secrets() if secret.lower() in text]
    for private in (dumped.vin[-7:], HOME_USER, HOME_CLIENT_ID, "te st 123", "test dealer"):
        assert private.lower() not in text


def test_a_dump_tells_no_place_and_no_address(dumped):
    for private in ("Testweg", "TESTWEG", "Musterstadt"):
        assert private not in dumped.out
    without_times = re.sub(r"\d{10,}(\.\d+)?|\d\d:\d\d:\d\d(\.\d+)?", "", dumped.out)
    for number in (r"48\.6543", r"11\.1234", r"487(?!\d)", r"12345(?!\d)"):
        # a longer number or a random id may contain these digits
        assert not re.search(r"(?<![\w.-])" + number + r"(?![a-z-])", without_times)


def test_a_dump_holds_bmws_answers_and_our_translation(dumped):
    (report,) = json.loads(dumped.out)
    (car,) = report["cars"]
    assert car["readings"]["stateOfCharge"][0] == pytest.approx(dumped.cloud.car(dumped.vin)["soc"], abs=1)
    assert car["readings"]["position"][0] == dump.REMOVED
    assert car["facts"]["model"].startswith("i3")
    assert {answer["status"] for answer in report["answers"]} == {200}
    assert len(report["answers"]) >= 2
    assert all(isinstance(answer["body"], (dict, list)) for answer in report["answers"])
    assert report["troubles"] == []


def test_a_dump_of_an_account_in_trouble_tells_the_trouble(laptop):
    laptop.sign_in()
    laptop.cloud.add_fault("telematicData", "status", status=500, times=None)
    assert laptop.run("dump") == 0
    (report,) = json.loads(laptop.out)
    assert "car 1: BMW's server failed (HTTP 500): it is tried again" in report["troubles"]


def test_a_dump_can_go_to_a_file(laptop, tmp_path):
    laptop.sign_in("portal")
    assert laptop.run("dump", "--output", str(tmp_path / "report.json")) == 0
    assert laptop.out == ""
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))[0]["cloud"] == "BMW ConnectedDrive portal"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("elsewhere.json", path)])
def test_output_replaces_nothing_but_a_plain_file(laptop, tmp_path, make):
    laptop.sign_in("portal")
    make(tmp_path / "report.json")
    before = (tmp_path / "report.json").lstat()
    assert laptop.run("dump", "--output", str(tmp_path / "report.json")) == 1
    assert "is not a plain file: name another one with --output" in laptop.err
    after = (tmp_path / "report.json").lstat()
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)


def test_a_dump_keeps_no_answer_of_the_sign_in(laptop):
    laptop.configure("portal")
    assert laptop.run("dump") == 0
    assert "access_token" not in laptop.out and "oauth" not in laptop.out


# the log of charges


LATE_IN_SEPTEMBER = NOON - 5 * 86400


def told(start, energy=14.4, **more):
    return dict({"start": start, "end": start + 7200, "seconds": 7000, "energy": energy, "from": 30, "to": 65}, **more)


@pytest.fixture
def logged(laptop):
    """A laptop with a log of three charges in two months, as openHAB writes it."""
    laptop.sign_in()
    entries = charges.with_bmws([], [told(LATE_IN_SEPTEMBER, place="=SUM(1;2)", odometer=18250.0)], None)
    entries += charges.with_bmws([], [told(NOON - 86400, 10.0, place='Zum "Löwen", Köln'), told(NOON - 7200, None)], 40.0)
    entries = [dict(entry, price=0.357) for entry in entries[:2]] + entries[2:]
    Ledger(str(laptop.store / record_names.charges("account", laptop.vin))).put(entries)
    laptop.cloud.reset_calls()
    return laptop


def rows_of(text, delimiter):
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter))


def test_the_charges_are_a_table_by_months_and_bmw_is_not_asked(logged):
    assert logged.run("charges") == 0, logged.err
    lines = [line.strip() for line in logged.out.splitlines()]
    assert lines[0] == "i3" and "2026-09" in lines and "2026-10" in lines
    assert "1 charges, 14.4 kWh, cost 5.14" in lines and "2 charges, 24.0 kWh" in lines
    assert [line for line in lines if "own estimate (battery)" in line and "14.0 kWh" in line]
    assert logged.cloud.calls() == [] and logged.vin not in logged.out


@pytest.mark.parametrize("arguments, count", [(["--month", "2026-10"], 2), (["--year", "2026"], 3), (["i3"], 3), ([], 3)])
def test_the_charges_of_a_month_a_year_or_a_car(logged, arguments, count):
    assert logged.run("charges", "--csv", *arguments) == 0
    assert len(rows_of(logged.out, ",")) == 1 + count


def test_the_csv_has_points_and_iso_dates_in_english(logged):
    logged.run("charges", "--csv")
    assert logged.out.startswith("\ufeffCar,Start")
    heads, first, second, third = rows_of(logged.out, ",")
    found = dict(zip(heads, first))
    assert re.match(r"2026-09-\d\d \d\d:\d\d\Z", found["Start"]) and found["Odometer (km)"] == "18250"
    assert (found["Energy (kWh)"], found["Price per kWh"], found["Cost"]) == ("14.400", "0.3570", "5.14")
    assert found["Energy told by"] == "BMW (grid)" and dict(zip(heads, third))["Energy told by"] == "own estimate (battery)"
    assert dict(zip(heads, second))["Place"] == 'Zum "Löwen", Köln' and dict(zip(heads, third))["Cost"] == ""


def test_the_csv_has_semicolons_commas_and_german_dates_in_german(logged):
    logged.configure(language="de")
    logged.run("charges", "--csv")
    heads, first = rows_of(logged.out, ";")[:2]
    found = dict(zip(heads, first))
    assert re.match(r"\d\d\.09\.2026 \d\d:\d\d\Z", found["Beginn"])
    assert (found["Energie (kWh)"], found["Preis pro kWh"], found["Kosten"]) == ("14,400", "0,3570", "5,14")


@pytest.mark.parametrize("place", ["=SUM(1;2)", "+49", "-1", "@home"])
def test_a_place_is_never_a_formula(place):
    charge = charges.charges_of(charges.with_bmws([], [told(NOON, place=place)], None))[0]
    rows = rows_of(charges_table.csv([(car(), [charge])], "en"), ",")
    assert rows[1][3] == "'" + place


def test_the_vin_is_in_the_csv_only_when_it_is_asked_for(logged):
    logged.run("charges", "--csv")
    assert logged.vin not in logged.out
    logged.run("charges", "--csv", "--vin")
    assert logged.out.count(logged.vin) == 3


def test_the_csv_goes_to_a_file(logged, tmp_path):
    file = tmp_path / "charges.csv"
    assert logged.run("charges", "--output", str(file)) == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbfCar,") and logged.out == ""


@pytest.mark.parametrize("arguments", [["i4"], ["--month", "2020-01"]])
def test_where_there_is_no_such_charge_it_says_so(logged, arguments):
    assert logged.run("charges", *arguments) == 1
    assert "There is no" in logged.err


@pytest.mark.parametrize("arguments", [["--month", "11"], ["--year", "26"], ["--month", "2026-10", "--year", "2026"]])
def test_a_span_that_is_none_is_wrong_usage(logged, arguments):
    with pytest.raises(SystemExit) as error:
        logged.run("charges", *arguments)
    assert error.value.code == 2


def test_without_a_log_it_says_where_openhab_keeps_it(laptop):
    laptop.sign_in()
    assert laptop.run("charges") == 1
    assert "userdata/bmw" in laptop.err


def test_the_charges_of_a_car_that_was_sold_are_still_there(logged):
    logged.cloud.remove_car(logged.vin)
    logged.cloud.advance_clock(2 * 86400)
    logged.run("show")
    assert logged.run("charges", "i3") == 0, logged.err


# the log of trips


def test_the_trips_of_the_log_are_listed_and_bmw_is_not_asked(laptop):
    laptop.sign_in()
    entry = {"id": "1", "start": NOON, "end": NOON + 2400, "odometer": 18250.0, "distance": 30.0, "begin": 80, "final": 74, "energy": 4.8}
    Ledger(str(laptop.store / record_names.trips("account", laptop.vin))).put([entry])
    laptop.cloud.reset_calls()
    assert laptop.run("trips") == 0, laptop.err
    assert "1 trips, 30 km" in laptop.out and laptop.vin not in laptop.out
    assert laptop.run("trips", "i3", "--month", "2026-10", "--csv") == 0
    assert len(rows_of(laptop.out, ",")) == 2
    assert laptop.run("trips", "--year", "2020") == 1 and "userdata/bmw" in laptop.err
    assert laptop.cloud.calls() == []
