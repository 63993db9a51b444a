"""Clients of the app-era clouds for this package's tests; every method answers the raw response."""

import base64
import re
from urllib.parse import parse_qs, urlsplit

from . import CD_API_KEY, CD_API_SECRET, HOME_PASSWORD, HOME_USER, MYBMW_APP_KEY, MYBMW_CLIENT_ID, MYBMW_CLIENT_SECRET, PORTAL_CLIENT_ID
from .conftest import VERIFIER, challenge_of
from .mybmw_sign_in import RETURN_URL, SCOPES
from .portal_sign_in import REDIRECTS

USER_AGENT = "android(AP2A.123456.789);bmw;4.9.2(36892);row"


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(("%s:%s" % (user, password)).encode()).decode()}


class App:
    def __init__(self, cloud):
        self.cloud = cloud
        self.web = cloud.app.test_client()
        self.tokens = {}

    def headers(self, **more):
        return dict({"Authorization": "Bearer " + self.tokens.get("access_token", "")}, **more)

    def get(self, path, **query):
        return self.web.get(path, headers=self.headers(), query_string=query)

    def post(self, path, **options):
        return self.web.post(path, headers=self.headers(), **options)


class MyBMW(App):
    """The MyBMW app; each call sends `user_agent` and `vin`."""

    user_agent = USER_AGENT
    vin = None

    def headers(self, **more):
        told = {"x-user-agent": self.user_agent, "Accept": "application/json"}
        if self.vin:
            told["bmw-vin"] = self.vin
        return App.headers(self, **dict(told, **more))

    def config(self, **headers):
        return self.web.get(
            "/eadrax-ucs/v1/presentation/oauth/config",
            headers=dict({"ocp-apim-subscription-key": MYBMW_APP_KEY, "x-user-agent": self.user_agent}, **headers),
        )

    def authenticate(self, captcha=None, **form):
        headers = {"hcaptchatoken": captcha} if captcha else {}
        return self.authenticate_with(dict(self.fields(), **form), headers)

    def fields(self):
        """The form fields of both steps."""
        return {
            "client_id": MYBMW_CLIENT_ID,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "redirect_uri": RETURN_URL,
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            "grant_type": "authorization_code",
        }

    def authenticate_with(self, fields, headers=None):
        return self.web.post("/gcdm/oauth/authenticate", data=fields, headers=headers)

    def first_step(self, captcha=None, user=HOME_USER, password=HOME_PASSWORD):
        return self.authenticate(captcha or self.cloud.new_captcha_token(), username=user, password=password)

    def second_step(self, first):
        return self.authenticate(authorization=first.json["redirect_to"].partition("authorization=")[2])

    def code(self):
        answer = self.second_step(self.first_step())
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def token(self, code, verifier=VERIFIER, secret=MYBMW_CLIENT_SECRET):
        return self.web.post(
            "/gcdm/oauth/token",
            headers=basic(MYBMW_CLIENT_ID, secret),
            data={"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": RETURN_URL},
        )

    def refresh(self, refresh_token=None):
        return self.web.post(
            "/gcdm/oauth/token",
            headers=basic(MYBMW_CLIENT_ID, MYBMW_CLIENT_SECRET),
            data={"grant_type": "refresh_token", "refresh_token": refresh_token or self.tokens["refresh_token"]},
        )

    def sign_in(self, vin=None):
        answer = self.token(self.code())
        assert answer.status_code == 200, answer.json
        self.tokens, self.vin = answer.json, vin or self.cloud.cars()[0]
        return self

    def state(self):
        return self.get("/eadrax-vcs/v4/vehicles/state").json["state"]

    def command(self, service, **query):
        return self.post("/eadrax-vrccs/v4/presentation/remote-commands/" + service, query_string=query, json={})

    def charge(self, service, body=None):
        return self.post("/eadrax-crccs/v1/vehicles/%s/%s" % (self.vin, service), json=body or {})

    def event(self, sent):
        return self.post("/eadrax-vrccs/v3/presentation/remote-commands/eventStatus", query_string={"eventId": sent.json["eventId"]})

    def walk(self, sent, times=3):
        return [self.event(sent).json["eventStatus"] for _ in range(times)]


class ConnectedDrive(App):
    """BMW's app before MyBMW."""

    vin = None

    def token(self, path="/gcdm/oauth/token", key=CD_API_KEY, secret=CD_API_SECRET, **form):
        fields = dict(
            {"grant_type": "password", "username": HOME_USER, "password": HOME_PASSWORD, "scope": "remote_services vehicle_data"}, **form
        )
        return self.web.post(path, data=fields, headers=basic(key, secret))

    def sign_in(self, vin=None):
        answer = self.token()
        assert answer.status_code == 200, answer.json
        self.tokens, self.vin = answer.json, vin or self.cloud.cars()[0]
        return self

    def car(self, what, **query):
        return self.get("/webapi/v1/user/vehicles/%s/%s" % (self.vin, what), **query)

    def status(self):
        return self.car("status").json["vehicleStatus"]

    def execute(self, service, **form):
        return self.post("/webapi/v1/user/vehicles/%s/executeService" % self.vin, data=dict({"serviceType": service}, **form))

    def walk(self, service, times=3):
        return [self.car("serviceExecutionStatus", serviceType=service).json["executionStatus"].get("status") for _ in range(times)]


class Portal(App):
    """An owner's browser on BMW's portal."""

    vin = None

    def login(self, **form):
        fields = dict(
            {
                "client_id": PORTAL_CLIENT_ID,
                "response_type": "token",
                "redirect_uri": REDIRECTS[0],
                "scope": "authenticate_user fupo",
                "username": HOME_USER,
                "password": HOME_PASSWORD,
                "state": "a-state",
                "locale": "DE-de",
            },
            **form,
        )
        return self.web.post("/gcdm/oauth/authenticate", data=fields)

    def sign_in(self, vin=None):
        fragment = self.login().headers["Location"].partition("#")[2]
        self.tokens = {name: values[0] for name, values in parse_qs(fragment).items()}
        self.vin = vin or self.cloud.cars()[0]
        return self

    def car(self, what, **query):
        return self.get("/api/vehicle/%s/v1/%s" % (what, self.vin), **query)

    def attributes(self, **query):
        return self.car("dynamic", **query).json["attributesMap"]

    def command(self, code):
        return self.post("/api/vehicle/remoteservices/v1/%s/%s" % (self.vin, code))

    def execution(self):
        return self.get("/api/vehicle/remoteservices/v1/%s/state/execution" % self.vin)


def xml_status(answer):
    return re.search("<remoteServiceStatus>(.*?)</remoteServiceStatus>", answer.text).group(1)
