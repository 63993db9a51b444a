"""The three older clouds from sign-in to command, at the simulated clouds, with our own HTTP and session."""

import pytest
from bmw import clouds
from bmw.account.account import Account
from bmw.account.session import Session
from bmw.commands import definitions
from urllib.parse import urlsplit
from bmw.errors import AccessDenied, CommandFailed, QuotaExceeded, SignInFailed, SignInNeeded
from bmw.net.http import TOKEN_TIMEOUT, Http, RequestsTransport
from bmw.polling.budget import Budget
from bmw.vehicle.vehicle import Vehicle

from tests.cloud import (
    CD_API_KEY,
    CD_API_SECRET,
    HOME_CLIENT_ID,
    HOME_PASSWORD,
    HOME_SECURITY_ANSWER,
    HOME_USER,
    MYBMW_APP_KEY,
    SimulatedCloud,
)
from tests.cloud.car import Car
from tests.unit.fakes import settings

APP_KEYS = {
    "connecteddrive": {"api_key": CD_API_KEY, "api_secret": CD_API_SECRET},
    "portal": {},
    "mybmw": {"api_key": MYBMW_APP_KEY},
}
EVERY_CLOUD = pytest.mark.parametrize("name", sorted(APP_KEYS))
MAX_POLLS = 10


class Garage:
    """One account signed in to one simulated cloud, with its first car."""

    def __init__(self, simulated, name, store, **values):
        self.simulated = simulated
        keys = dict({"username": HOME_USER, "password": HOME_PASSWORD, "client_id": None}, **APP_KEYS[name])
        config = settings(**dict(keys, auth_url=simulated.url, api_url=simulated.url, **values))
        kind = clouds.find(name)
        self.cloud = kind(config, Http(RequestsTransport(), kind.bases(config)), simulated.clock)
        self.account = Account(self.cloud, store, name, simulated.clock)

    def sign_in(self):
        self.account.signed_in(self.cloud.begin_sign_in(self.simulated.new_captcha_token()))
        clock = self.simulated.clock
        self.session = Session(self.cloud.http, self.account, Budget(None), clock, {}, lambda: None)
        found = self.cloud.vehicles(self.session)[0]
        self.vehicle = Vehicle(found.vin, "i3", self.cloud.facts(self.session, found.vin))
        return self

    def read(self):
        self.vehicle.update(self.cloud.read(self.session, self.vehicle))
        return {key: reading.value for key, reading in self.vehicle.readings.items()}

    def command(self, command, **arguments):
        """Sends a command and polls until it ends. Returns the last Progress; None if the cloud executed it at once."""
        receipt = self.cloud.send_command(self.session, self.vehicle, command, arguments)
        if receipt is None:
            return None
        for _poll in range(MAX_POLLS):
            progress = self.cloud.poll_command(self.session, self.vehicle, receipt)
            if progress.state in definitions.FINAL:
                return progress
        raise AssertionError("the command did not end within {} polls".format(MAX_POLLS))


@pytest.fixture
def simulated():
    with SimulatedCloud() as cloud:
        yield cloud


@EVERY_CLOUD
def test_a_car_is_read_as_it_is_whatever_the_cloud(simulated, store, name):
    vin = simulated.cars()[0]
    simulated.set_car(vin, soc=57.0, lock="UNLOCKED", window_driver_front="INTERMEDIATE")
    garage = Garage(simulated, name, store).sign_in()
    said = garage.read()
    assert garage.vehicle.facts["model"] == "i3 120"
    assert (said["stateOfCharge"], said["doorLockState"], said["locked"]) == (57, "UNLOCKED", False)
    assert (said["windowDriverFront"], said["windows"], said["doors"]) == ("INTERMEDIATE", True, False)
    assert "fuelRange" not in said


@EVERY_CLOUD
@pytest.mark.parametrize("days", [2, 400])
def test_an_answer_of_a_day_that_is_yet_to_come_keeps_no_later_one_out(simulated, store, name, days, monkeypatch):
    reported = [simulated.now()]
    monkeypatch.setattr(Car, "last_report", property(lambda car: reported[-1]))
    simulated.set_car(simulated.cars()[0], lock="LOCKED")
    garage = Garage(simulated, name, store).sign_in()
    assert garage.read()["locked"] is True
    reported.append(simulated.now() + days * 86400)
    assert garage.read()["locked"] is True
    simulated.set_car(simulated.cars()[0], lock="UNLOCKED")
    reported.append(simulated.now())
    assert garage.read()["locked"] is False
    reported.append(simulated.now() + days * 86400)
    simulated.set_car(simulated.cars()[0], lock=None)
    assert garage.read()["locked"] is None


@EVERY_CLOUD
def test_with_our_own_clock_behind_the_order_of_the_answers_counts(simulated, store, name, monkeypatch):
    now = simulated.now()
    reported = [now]
    monkeypatch.setattr(Car, "last_report", property(lambda car: reported[-1]))
    simulated.set_car(simulated.cars()[0], lock="LOCKED")
    garage = Garage(simulated, name, store).sign_in()
    assert garage.read()["locked"] is True
    simulated.advance_clock(-3 * 86400)
    for lock, later, shown in (("UNLOCKED", 60, False), ("LOCKED", 30, False), (None, 90, None)):
        simulated.set_car(simulated.cars()[0], lock=lock)
        reported.append(now + later)
        assert garage.read()["locked"] is shown


@EVERY_CLOUD
def test_a_command_changes_the_car(simulated, store, name):
    simulated.set_car(simulated.cars()[0], lock="UNLOCKED")
    garage = Garage(simulated, name, store).sign_in()
    assert garage.read()["locked"] is False
    simulated.advance_clock(60)
    assert garage.command(definitions.LOCK).state == definitions.EXECUTED
    assert garage.read()["locked"] is True
    assert [sent["command"] for sent in simulated.commands()] == ["lock"]


@EVERY_CLOUD
def test_a_command_the_car_does_not_carry_out_has_failed(simulated, store, name):
    garage = Garage(simulated, name, store).sign_in()
    simulated.command_plan(outcome="FAILED")
    progress = garage.command(definitions.SOUND_HORN)
    assert progress.state == definitions.FAILED and progress.reason


#: calls that bring tokens or codes: if such an answer is lost, the user must sign in again
GIVES_TOKENS = {
    "cardata": ["/gcdm/oauth/token"],
    "connecteddrive": ["/gcdm/oauth/token"],
    "mybmw": ["/gcdm/oauth/token", "/gcdm/oauth/authenticate"],
    "portal": ["/gcdm/oauth/authenticate"],
}


@pytest.mark.parametrize("timeout, wanted", [(20, TOKEN_TIMEOUT), (200, 200)])
@pytest.mark.parametrize("name", sorted(GIVES_TOKENS))
def test_an_answer_that_brings_tokens_is_waited_for_longer_than_others(simulated, monkeypatch, name, timeout, wanted):
    seen, real = [], RequestsTransport.__call__

    def noted(transport, request):
        seen.append((urlsplit(request.url).path, request.timeout, request.brings_tokens))
        return real(transport, request)

    monkeypatch.setattr(RequestsTransport, "__call__", noted)
    keys = {"username": HOME_USER, "password": HOME_PASSWORD, "client_id": HOME_CLIENT_ID if name == "cardata" else None}
    config = settings(**dict(keys, auth_url=simulated.url, api_url=simulated.url, **APP_KEYS.get(name, {})))
    kind = clouds.find(name)
    cloud = kind(config, Http(RequestsTransport(), kind.bases(config), timeout), simulated.clock)
    started = cloud.begin_sign_in(simulated.new_captcha_token())
    if name == "cardata":
        simulated.approve()
        simulated.advance_clock(6)
        started = cloud.poll_sign_in(started)
    signing_in = list(seen)
    cloud.refresh(started)
    refreshing = seen[len(signing_in) :]
    for part in (signing_in, refreshing):
        assert set(GIVES_TOKENS[name]).intersection(path for path, _seconds, _brings in part)
    assert set(GIVES_TOKENS[name]) <= set(path for path, _seconds, _brings in seen)
    brings = [path in GIVES_TOKENS[name] for path, _seconds, _brings in seen]
    assert [(seconds, brings) for _path, seconds, brings in seen] == [(wanted if brings else timeout, brings) for brings in brings]


@EVERY_CLOUD
def test_an_expired_token_is_renewed_without_a_person(simulated, store, name):
    garage = Garage(simulated, name, store).sign_in()
    first = garage.account.tokens.access_token
    simulated.advance_clock(30000)
    assert garage.read()["stateOfCharge"] > 0
    assert garage.account.tokens.access_token != first


@EVERY_CLOUD
def test_a_wrong_password_is_a_refused_sign_in(simulated, store, name):
    with pytest.raises(SignInFailed):
        Garage(simulated, name, store, password="wrong password").sign_in()


@pytest.mark.parametrize("name", ["connecteddrive", "mybmw"])
def test_a_destination_arrives(simulated, store, name):
    garage = Garage(simulated, name, store).sign_in()
    place = {"latitude": 48.25, "longitude": 11.5, "name": "Zoo", "city": "München"}
    assert garage.command(definitions.SEND_DESTINATION, **place) is None
    sent = simulated.commands()[-1]["arguments"]
    assert (sent["latitude"], sent["name"], sent["city"]) == (48.25, "Zoo", "München")


def test_mybmw_a_captcha_is_good_once(simulated, store):
    garage = Garage(simulated, "mybmw", store)
    captcha = simulated.new_captcha_token()
    garage.cloud.begin_sign_in(captcha)
    with pytest.raises(SignInFailed):
        garage.cloud.begin_sign_in(captcha)


def test_mybmw_a_used_refresh_token_is_dead(simulated, store):
    garage = Garage(simulated, "mybmw", store).sign_in()
    old = garage.account.tokens
    garage.account.refresh()
    with pytest.raises(SignInNeeded):
        garage.cloud.refresh(old)
    assert garage.read()["stateOfCharge"] > 0


def test_mybmw_a_spent_quota_says_when_it_ends(simulated, store):
    garage = Garage(simulated, "mybmw", store).sign_in()
    simulated.settings(mybmw_quota=1)
    with pytest.raises(QuotaExceeded) as refused:
        garage.read()
        garage.read()
    assert 0 < refused.value.retry_at - simulated.clock.now() <= 86400


@pytest.mark.parametrize("status", [489, 403])
def test_mybmw_the_wall_is_told_as_what_it_is(simulated, store, status):
    garage = Garage(simulated, "mybmw", store).sign_in()
    simulated.settings(mybmw_blocked=status)
    for ask in (garage.read, garage.account.refresh):
        with pytest.raises(AccessDenied) as blocked:
            ask()
        assert "cardata" in blocked.value.advice


def test_connecteddrive_unlocking_needs_the_security_answer(simulated, store):
    simulated.settings(cd_security_question=True)
    without = Garage(simulated, "connecteddrive", store).sign_in()
    with pytest.raises(CommandFailed) as refused:
        without.command(definitions.UNLOCK)
    assert "security_answer" in refused.value.advice
    having = Garage(simulated, "connecteddrive", store, security_answer=HOME_SECURITY_ANSWER).sign_in()
    assert having.command(definitions.UNLOCK).state == definitions.EXECUTED


@pytest.mark.parametrize("order, refusal", [("usual", 401), ("reversed", 302)])
def test_portal_signs_in_whatever_the_redirects_order(simulated, store, order, refusal):
    simulated.settings(portal_fragment_order=order, portal_refusal=refusal)
    Garage(simulated, "portal", store).sign_in()
    with pytest.raises(SignInFailed):
        Garage(simulated, "portal", store, password="wrong password").sign_in()
