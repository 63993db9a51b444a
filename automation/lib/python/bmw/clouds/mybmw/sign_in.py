"""Signs in to MyBMW: OAuth 2.0 authorization code with PKCE after a solved hCaptcha, and rotating refresh tokens.

Source: mybmw.md section 3. Only the paths of the URLs in BMW's answer are used, so the password is sent only to the
host in this module or bmw.cfg.
"""

from __future__ import absolute_import, unicode_literals

import base64
import os
import uuid

from bmw.clouds import tokens as token_sets
from bmw.clouds.cardata.sign_in import challenge, new_verifier
from bmw.clouds.connecteddrive.sign_in import basic
from bmw.clouds.mybmw.errors import BLOCKED, is_blocked
from bmw.compat import parse_qs, text_type, to_text
from bmw.errors import AccessDenied, BadAnswer, ServerError, SignInFailed, SignInNeeded
from bmw.pattern import Pattern
from bmw.redact import remember, remember_for_a_while

LOGIN_PAGE = "/oneid/login"

_USER = (
    "BMW does not accept user name, password or captcha",
    "check username and password in bmw.cfg and solve a new captcha, which is valid for one attempt",
)
_DEAD = (
    "BMW no longer accepts the stored sign-in",
    "sign in again with a new captcha: switch the sign-in item on",
)
_APP_KEY = ("BMW does not accept the app's key", "check api_key in bmw.cfg")
_NO_CODE = ("BMW's sign-in server gave no code", "solve a new captcha and sign in again")

_ADDRESS = Pattern(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(/[A-Za-z0-9._~%/-]*)?$")
_CONFIG_TEXTS = ("clientId", "clientSecret", "returnUrl", "tokenEndpoint")
#: characters of one of them at most: what is remembered of the secrets must not fill the memory
_LONGEST_SETTING = 4096


class SignIn(object):
    """The sign-in of one account.

    Args:
        http (bmw.net.http.Http), config (bmw.config.AccountConfig): sends the requests; user and password.
        auth_url, api_url (str): base URLs.
        app_headers: callable that returns the headers the app sends with every call (dict).
    """

    def __init__(self, http, config, auth_url, api_url, app_headers):
        self._http = http
        self._config = config
        self._auth_url = auth_url
        self._api_url = api_url
        self._app_headers = app_headers

    def begin(self, captcha, now):
        """The Tokens of the user in the configuration.

        Args:
            captcha (str or None): the token of a captcha that the user has just solved.

        Raises:
            SignInFailed: no captcha, or refused. AccessDenied: blocked. NetworkError, ServerError: try again.
        """
        if not captcha or not captcha.strip():
            raise SignInFailed(
                "BMW requires a solved captcha for the sign-in",
                "solve the hCaptcha of {}{} in a browser and write its token, which starts with P1_, into the"
                " sign-in input item within two minutes".format(self._auth_url, LOGIN_PAGE),
            )
        remember_for_a_while(captcha.strip())
        app = self._app_config(SignInFailed)
        verifier, state = new_verifier(), _random()
        remember_for_a_while(verifier)
        fields = {
            "client_id": app["clientId"],
            "response_type": "code",
            "scope": " ".join(app["scopes"]),
            "redirect_uri": app["returnUrl"],
            "state": state,
            "nonce": _random(),
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        authorization, cookies = self._authorize(app, fields, captcha.strip())
        code = self._code(app, dict(fields, authorization=authorization), cookies, state)
        form = {
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": app["returnUrl"],
            "grant_type": "authorization_code",
        }
        return self._tokens(app, form, now, None, _USER)

    def refresh(self, tokens, now):
        """The new Tokens, without a captcha. The old refresh token is invalid afterwards.

        Raises:
            SignInNeeded: the refresh token is expired, used or revoked. NetworkError, ServerError: try again.
        """
        if not tokens.refresh_token:
            raise SignInNeeded(*_DEAD)
        # no password is sent, so a refusal is no reason to wait for a person
        app = self._app_config(SignInNeeded)
        form = {
            "scope": " ".join(app["scopes"]),
            "redirect_uri": app["returnUrl"],
            "grant_type": "refresh_token",
            "refresh_token": tokens.refresh_token,
        }
        return self._tokens(app, form, now, tokens, _DEAD)

    def _app_config(self, kind):
        """BMW's OAuth settings for the app (dict): client id and secret, scopes, URLs. ``kind``: exception class for a refusal."""
        headers = dict(self._app_headers(), **{str("ocp-apim-subscription-key"): self._config.api_key})
        response = self._http.send("GET", self._api_url + "/eadrax-ucs/v1/presentation/oauth/config", headers=headers)
        if response.status != 200:
            raise _failure(response, kind, _APP_KEY)
        answer = response.json()
        app = answer if isinstance(answer, dict) else {}
        scopes = app.get("scopes")
        texts = [app.get(name) for name in _CONFIG_TEXTS] + (scopes if isinstance(scopes, list) else [None])
        if not all(isinstance(text, text_type) and len(text) <= _LONGEST_SETTING for text in texts):
            raise BadAnswer("BMW's settings for the sign-in are not complete", "it is tried again")
        if not _ADDRESS.match(app["tokenEndpoint"]):
            raise BadAnswer("BMW's settings for the sign-in name no address", "it is tried again")
        remember(app["clientSecret"])
        return app

    def _authorize(self, app, fields, captcha):
        """Sends user, password and captcha. Returns the authorization and its cookies."""
        form = dict(fields, grant_type="authorization_code", username=self._config.username, password=self._config.password)
        headers = {"hcaptchatoken": captcha}
        response = self._http.send("POST", self._address(app, "/authenticate"), headers=headers, form=form, brings_tokens=True)
        if response.status != 200:
            raise _failure(response, SignInFailed, _USER)
        answer = response.json()
        target = answer.get("redirect_to") if isinstance(answer, dict) else None
        # "redirect_uri=com.bmw.connected://oauth?client_id=...&authorization=...", which is no URL
        authorization = _query(target).get("authorization")
        if not authorization:
            raise SignInFailed(*_NO_CODE)
        remember_for_a_while(authorization)
        return authorization, cookie_header(response)

    def _code(self, app, form, cookies, state):
        """Exchanges the authorization for a code. The code is in a redirect, which is not followed."""
        response = self._http.send(
            "POST",
            self._address(app, "/authenticate"),
            headers={"Cookie": cookies} if cookies else {},
            params={
                "interaction-id": text_type(uuid.uuid4()),
                "client-version": self._app_headers()["x-user-agent"],
            },
            form=form,
            brings_tokens=True,
        )
        if response.status != 302:
            raise _failure(response, SignInFailed, _USER)
        answer = _query(response.headers.get("location"))
        if not answer.get("code") or answer.get("state", state) != state:
            raise SignInFailed(*_NO_CODE)
        remember_for_a_while(answer["code"])
        return answer["code"]

    def _tokens(self, app, form, now, older, refusal):
        headers = {"Accept": "application/json", "Authorization": basic(app["clientId"], app["clientSecret"])}
        response = self._http.send("POST", self._address(app, "/token"), headers=headers, form=form, brings_tokens=True)
        if response.status != 200:
            raise _failure(response, SignInFailed if older is None else SignInNeeded, refusal)
        answer = response.json()
        if not isinstance(answer, dict):
            raise BadAnswer("BMW's sign-in server gave no token", "it is tried again")
        return token_sets.from_answer(answer, now, older)

    def _address(self, app, end):
        """The URL of the token endpoint, or of one next to it, on the configured host."""
        path = _ADDRESS.match(app["tokenEndpoint"]).group(1) or ""
        return self._auth_url + path.rpartition("/")[0] + end


def cookie_header(response):
    """The Cookie header (str) with the cookies of a response."""
    return "; ".join(cookie.partition(";")[0].strip() for cookie in response.cookies)


def _failure(response, kind, refusal):
    """The exception (not raised) for a failed step."""
    if is_blocked(response):
        return AccessDenied(*BLOCKED)
    if response.status >= 500:
        return ServerError("BMW's sign-in server failed (HTTP {})".format(response.status), "it is tried again")
    if response.status == 429:
        return ServerError("BMW's sign-in server limits sign-in attempts (HTTP 429)", "wait some minutes")
    return kind(*refusal)


def _query(address):
    """The parameters of a URL with any scheme: {name: first value}."""
    text = address if isinstance(address, text_type) else ""
    return dict((name, found[0]) for name, found in parse_qs(text.partition("?")[2].partition("#")[0]).items())


def _random():
    """22 characters from 16 random bytes."""
    return to_text(base64.urlsafe_b64encode(os.urandom(16))).rstrip("=")
