"""The control interface, the command line, the log of calls, and the page a person uses."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from . import CloudError, SimulatedCloud
from .client import CloudClient
from .conftest import Person
from .methods import METHODS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


# The same methods locally and over HTTP


def test_cloud_and_client_share_every_method(served):
    client = CloudClient(served.url)
    for name in METHODS:
        assert callable(getattr(served, name)) and callable(getattr(client, name)), name


def test_a_client_steers_the_cloud(served, vin_of):
    client, vin = CloudClient(served.url), vin_of(served)
    client.set_car(vin, soc=33)
    assert client.car(vin)["soc"] == served.car(vin)["soc"] == 33
    assert client.expected(vin)["soc"]["value"] == 33
    added = client.add_car("phev", mapping="SECONDARY")
    assert client.cars() == [vin, added]
    client.remove_car(added)
    assert client.settings(quota=7)["quota"] == 7 == served.options.quota


def test_a_mistake_is_told_alike_near_and_far(served, vin_of):
    vin = vin_of(served)
    for cloud in (served, CloudClient(served.url)):
        with pytest.raises(CloudError, match="did you mean soc"):
            cloud.set_car(vin, socc=33)
        with pytest.raises(CloudError, match="one of SECURED"):
            cloud.set_car(vin, lock="locked")


def test_unknown_methods_and_private_ones_are_out_of_reach(served):
    for name in ("stop", "close", "_subscribe", "app"):
        with pytest.raises(CloudError, match="no method"):
            CloudClient(served.url)._call(name, [], {})


def test_a_form_of_another_site_cannot_steer(served):
    answer = served.app.test_client().post("/_control/delete_client", data={"account": "home"})
    assert answer.status_code == 400 and served.accounts()[0]["client_id"]


def test_plain_reading_works_with_get(served):
    with urllib.request.urlopen(served.url + "/_control/cars", timeout=5) as answer:
        assert json.load(answer)["result"] == served.cars()
    assert served.app.test_client().get("/_control/delete_client").status_code == 400


@pytest.fixture
def vin_of():
    return lambda cloud: cloud.cars()[0]


def test_faults_can_be_planned_from_afar(served):
    CloudClient(served.url).add_fault("device_code", "status", status=503)
    assert Person(served).ask_code().status_code == 503


# Fleets


def test_the_fleets_are_selectable():
    assert SimulatedCloud(fleet="none").cars() == []
    small = SimulatedCloud(fleet="i3")
    assert [small.car(vin)["kind"] for vin in small.cars()] == ["i3"]
    everything = SimulatedCloud(fleet="all")
    assert {everything.car(vin)["kind"] for vin in everything.cars()} == {"i3", "i3_rex", "ix1", "i4", "phev", "combustion"}
    assert [one["name"] for one in everything.accounts()] == ["home", "second"]
    assert all(re.fullmatch("[A-HJ-NPR-Z0-9]{17}", vin) for vin in everything.cars())


# The log of calls and the secrets


def test_calls_are_logged_without_the_whole_vin(cloud, owner, vin):
    cloud.reset_calls()
    owner.get("/customers/vehicles/%s/basicData" % vin)
    owner.refresh()
    first, second = cloud.calls()
    assert (first["kind"], first["where"], first["status"]) == ("api", "basicData", 200)
    assert (second["kind"], second["where"]) == ("auth", "refresh")
    assert vin not in first["path"]
    assert cloud.calls(since=first["n"]) == [second]


def test_a_call_to_a_wrong_path_is_logged_too(cloud, owner):
    cloud.reset_calls()
    owner.get("/customer/vehicles/mappings")
    assert [(call["where"], call["status"]) for call in cloud.calls()] == [("unknown", 404)]


def test_the_cloud_itself_prints_nothing(served, capfd):
    owner = Person(served).sign_in()
    url = "%s/customers/vehicles/%s/basicData" % (served.url, served.cars()[0])
    with urllib.request.urlopen(urllib.request.Request(url, headers=owner.headers()), timeout=5) as answer:
        assert answer.status == 200
    assert capfd.readouterr() == ("", "")


def test_secrets_lists_all_that_must_not_be_logged(cloud, owner, vin):
    old = dict(owner.tokens)
    new = owner.refresh().json
    cloud.remove_car(vin)
    names = ("access_token", "refresh_token", "id_token", "gcid")
    issued = [tokens[name] for tokens in (old, new) for name in names]
    assert set(issued) | {vin} <= set(cloud.secrets())


# The page


def test_a_person_approves_on_the_page(person):
    code = person.ask_code().json
    page = person.web.get("/oneid/link?user_code=" + code["user_code"])
    assert 'value="%s"' % code["user_code"] in page.text and "to read the data of your cars" in page.text
    answer = person.web.post("/oneid/link", data={"user_code": code["user_code"], "decision": "approved"})
    assert answer.status_code == 200 and "Approved" in answer.text
    assert person.poll(code["device_code"]).status_code == 200


def test_a_person_declines_on_the_page(person):
    code = person.ask_code().json
    person.web.post("/oneid/link", data={"user_code": code["user_code"], "decision": "declined"})
    assert person.poll(code["device_code"]).json["error"] == "access_denied"


@pytest.mark.parametrize("typed", ["", "wrong", "<script>"])
def test_a_wrong_code_is_told_and_approves_nothing(cloud, person, typed):
    person.ask_code()
    answer = person.web.post("/oneid/link", data={"user_code": typed, "decision": "approved"})
    assert answer.status_code == 404 and 'role="alert"' in answer.text and "<script>" not in answer.text
    assert len(cloud.pending_codes()) == 1


def test_the_page_loads_nothing_from_elsewhere(person):
    answer = person.web.get("/oneid/link")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"(src|href)=", answer.text)


# The command line


def test_the_cloud_runs_alone_until_it_is_interrupted():
    command = [sys.executable, "-m", "tests.cloud", "--port", "0", "--auto-approve", "--fleet", "all"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().split()[-1]
        client = CloudClient(url)
        assert len(client.cars()) == 8 and client.settings()["auto_approve"] is True
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.stdout.close()
