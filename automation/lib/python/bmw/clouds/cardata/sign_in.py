"""Signs in to BMW CarData: OAuth 2.0 device authorization grant (RFC 8628) with PKCE S256, and rotating refresh tokens.

Source of every rule: BMW's CarData integration guide v1.5 and what clients saw in the field (cardata.md section 1).
"""

from __future__ import absolute_import, unicode_literals

import base64
import hashlib
import os

from bmw.clouds import tokens as token_sets
from bmw.clouds.base import SignInPrompt
from bmw.compat import number_types, quote, text_type, to_text
from bmw.errors import BadAnswer, NetworkError, ServerError, SignInFailed, SignInNeeded
from bmw.redact import remember_for_a_while

AUTH_URL = "https://customer.bmwgroup.com"
SCOPE_API = "cardata:api:read"
SCOPE_STREAM = "cardata:streaming:read"
SCOPES = "authenticate_user openid {} {}".format(SCOPE_API, SCOPE_STREAM)

#: seconds to add to the interval when the server says slow_down (RFC 8628 section 3.5)
SLOW_DOWN = 5
#: answers to a missing field, as BMW gives them
DEFAULT_INTERVAL = 5
DEFAULT_LIFE = 300
#: an interval or life beyond this many seconds is not taken seriously
LONGEST = 3600

_CHECK_LIST = (
    "in the BMW portal subscribe the client to CarData API and CarData Stream, wait two minutes, then sign in again in a"
    " private browser window without ad blocker; if it fails again, delete the client, make a new one and put its id in bmw.cfg"
)
_CLIENT_ID = "compare client_id in bmw.cfg with the CarData page of the BMW portal (a new one needs some minutes)"

#: error word of the token endpoint -> (what happened, what to do), for errors that end a sign-in
_SIGN_IN_ERRORS = {
    "expired_token": ("The sign-in code has expired", "start the sign-in again and approve it within five minutes"),
    "access_denied": ("BMW says the sign-in was declined", "if you did not decline: " + _CHECK_LIST),
    "invalid_client": ("BMW does not know the client id", _CLIENT_ID),
    "invalid_grant": ("BMW ended the sign-in", _CHECK_LIST),
}
_OTHER = ("BMW refused the sign-in", _CHECK_LIST)

_DEAD = ("BMW no longer accepts the stored sign-in", "sign in again: switch the sign-in item on")
_REFRESH_ERRORS = {
    "invalid_client": ("BMW no longer knows the client id", _CLIENT_ID + ", then sign in again"),
}


def new_verifier():
    """A code verifier: 86 characters from 64 random bytes (RFC 7636 section 4.1)."""
    return _base64url(os.urandom(64))


def challenge(verifier):
    """The S256 code challenge of a verifier."""
    return _base64url(hashlib.sha256(verifier.encode("ascii")).digest())


def _base64url(data):
    return to_text(base64.urlsafe_b64encode(data)).rstrip("=")


def begin(http, auth_url, client_id, now):
    """Requests a device code; returns the SignInPrompt.

    Raises:
        SignInFailed: unknown client or refused. NetworkError, ServerError: try again.
    """
    verifier = new_verifier()
    response = http.send(
        "POST",
        auth_url + "/gcdm/oauth/device/code",
        headers={"Accept": "application/json"},
        form={
            "client_id": client_id,
            "response_type": "device_code",
            "scope": SCOPES,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        },
    )
    answer = response.json_or_none()
    if response.status != 200:
        word = _error_word(answer)
        if word is None or response.status >= 500 or response.status == 429:
            raise ServerError("BMW's sign-in server failed (HTTP {})".format(response.status), "try again later")
        raise SignInFailed(*_SIGN_IN_ERRORS.get(word, ("BMW refused to start a sign-in", _CLIENT_ID)))
    if not isinstance(answer, dict) or not _text(answer, "user_code") or not _text(answer, "device_code"):
        raise BadAnswer("BMW's sign-in server gave no code", "try again later")
    remember_for_a_while(answer["device_code"], verifier)
    page = _text(answer, "verification_uri") or auth_url + "/oneid/link"
    # BMW usually does not send verification_uri_complete, so build it as other clients do
    link = _text(answer, "verification_uri_complete") or "{}?user_code={}".format(page, quote(answer["user_code"]))
    return SignInPrompt(
        link,
        answer["user_code"],
        _number(answer.get("interval"), DEFAULT_INTERVAL),
        now + _number(answer.get("expires_in"), DEFAULT_LIFE),
        {"device_code": answer["device_code"], "code_verifier": verifier},
    )


def poll(http, auth_url, client_id, prompt, now):
    """The Tokens after the user has approved; None while waiting, also during server errors, until the code expires.

    BMW decides whether the code has expired. Our own clock, which may be wrong, counts only if BMW's answer is not clear.

    Raises:
        SignInFailed: declined, expired, refused.
    """
    form = dict(prompt.secrets, client_id=client_id, grant_type="urn:ietf:params:oauth:grant-type:device_code")
    try:
        response = _post_token(http, auth_url, form)
    except NetworkError:
        return _none_until_end(prompt, now)
    answer = response.json_or_none()
    if response.status == 200 and isinstance(answer, dict) and _text(answer, "access_token"):
        return token_sets.from_answer(answer, now)
    word = _error_word(answer)
    if word == "slow_down":
        prompt.interval += SLOW_DOWN
    if word in ("authorization_pending", "slow_down"):
        return None
    # no error word: a gateway's page or a fault body, which BMW sends while the approval is still on its way; the same goes for
    # a server in trouble that words it in its own way
    is_in_trouble = response.status >= 500 or response.status == 429
    if word is None or (is_in_trouble and word not in _SIGN_IN_ERRORS):
        return _none_until_end(prompt, now)
    raise SignInFailed(*_SIGN_IN_ERRORS.get(word, _OTHER))


def _none_until_end(prompt, now):
    if now >= prompt.expires_at:
        raise SignInFailed(*_SIGN_IN_ERRORS["expired_token"])


def refresh(http, auth_url, client_id, tokens, now):
    """The new Tokens. The old refresh token is dead from then on.

    Raises:
        SignInNeeded: the refresh token is expired, used or revoked. NetworkError, ServerError: try again.
    """
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token or "", "client_id": client_id}
    response = _post_token(http, auth_url, form)
    answer = response.json_or_none()
    word = _error_word(answer)
    if response.status == 200 and (word is None or _text(answer, "access_token")):
        if not isinstance(answer, dict):
            raise BadAnswer("BMW's answer to the token refresh holds no token", "it is tried again")
        return token_sets.from_answer(answer, now, tokens)
    if word is None or response.status >= 500 or response.status == 429:
        error = ServerError("BMW's sign-in server failed (HTTP {})".format(response.status), "it is tried again")
        error.retry_after = response.retry_after()
        raise error
    raise SignInNeeded(*_REFRESH_ERRORS.get(word, _DEAD))


def _post_token(http, auth_url, form):
    url = auth_url + "/gcdm/oauth/token"
    return http.send("POST", url, headers={"Accept": "application/json"}, form=form, brings_tokens=True)


def _error_word(answer):
    """The OAuth error word of an answer, or None. BMW's HTTP codes are not reliable."""
    return _text(answer, "error") if isinstance(answer, dict) else None


def _text(answer, field):
    """A field that holds a text, or None."""
    value = answer.get(field)
    return value if isinstance(value, text_type) and value else None


def _number(value, default):
    is_number = isinstance(value, number_types) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value <= LONGEST else float(default)
