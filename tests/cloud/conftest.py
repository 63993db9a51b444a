"""Shared by the cloud's own tests: a cloud without a network, one with a network, and a client that signs in."""

import base64
import hashlib
import time

import pytest

from . import HOME_CLIENT_ID, SimulatedCloud
from .oauth import DEVICE_GRANT

VERIFIER = "a-verifier-that-is-long-enough-for-the-rules-0123456789"
ALL = "authenticate_user openid cardata:api:read cardata:streaming:read"


def challenge_of(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class Person:
    """A minimal client of the cloud; its methods return the raw responses."""

    def __init__(self, cloud, client_id=HOME_CLIENT_ID):
        self.cloud = cloud
        self.client_id = client_id
        self.web = cloud.app.test_client()
        self.tokens = {}

    def ask_code(self, scope=ALL, **form):
        form = dict(
            {
                "client_id": self.client_id,
                "response_type": "device_code",
                "scope": scope,
                "code_challenge": challenge_of(VERIFIER),
                "code_challenge_method": "S256",
            },
            **form,
        )
        return self.web.post("/gcdm/oauth/device/code", data=_given(form))

    def poll(self, device_code, verifier=VERIFIER, **form):
        form = dict(
            {"client_id": self.client_id, "device_code": device_code, "grant_type": DEVICE_GRANT, "code_verifier": verifier}, **form
        )
        return self.web.post("/gcdm/oauth/token", data=_given(form))

    def refresh(self, refresh_token=None):
        return self.web.post(
            "/gcdm/oauth/token",
            data={
                "client_id": self.client_id,
                "grant_type": "refresh_token",
                "refresh_token": refresh_token or self.tokens["refresh_token"],
            },
        )

    def sign_in(self, scope=ALL):
        code = self.ask_code(scope).json
        self.cloud.approve(code["user_code"])
        answer = self.poll(code["device_code"])
        assert answer.status_code == 200, answer.json
        self.tokens = answer.json
        return self

    def headers(self, **more):
        return dict(
            {"Authorization": "Bearer " + self.tokens.get("access_token", ""), "x-version": "v1", "Accept": "application/json"}, **more
        )

    def get(self, path, **query):
        return self.web.get(path, headers=self.headers(), query_string=query)

    def delete(self, path):
        return self.web.delete(path, headers=self.headers())

    def create_container(self, *keys, name="openhab"):
        return self.web.post(
            "/customers/containers", headers=self.headers(), json={"name": name, "purpose": "openhab", "technicalDescriptors": list(keys)}
        )

    def telematic_data(self, vin, *keys):
        """The entries for these keys; makes a container for them and deletes it afterwards."""
        container = self.create_container(*keys).json["containerId"]
        answer = self.get("/customers/vehicles/%s/telematicData" % vin, containerId=container)
        self.delete("/customers/containers/" + container)
        return answer.json["telematicData"]


def _given(form):
    return {name: value for name, value in form.items() if value is not None}


def wait_until(condition, seconds=10):
    """Wait for a condition with a deadline; returns whether it became true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def cloud():
    cloud = SimulatedCloud(quota=1000)
    yield cloud
    cloud.close()


@pytest.fixture
def served():
    with SimulatedCloud(quota=1000) as cloud:
        yield cloud


@pytest.fixture
def person(cloud):
    return Person(cloud)


@pytest.fixture
def owner(person):
    return person.sign_in()


@pytest.fixture
def vin(cloud):
    return cloud.cars()[0]
