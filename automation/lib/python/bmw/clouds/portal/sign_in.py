"""Signs in to the ConnectedDrive web portal: OAuth 2.0 implicit grant (connecteddrive.md B1).

The token is in the fragment of a redirect, which is not followed.
"""

from __future__ import absolute_import, unicode_literals


from bmw.clouds import tokens as token_sets
from bmw.clouds.connecteddrive.errors import not_from_bmw, sign_in_error
from bmw.clouds.connecteddrive.sign_in import SCOPES, basic
from bmw.compat import parse_qs
from bmw.errors import SignInFailed
from bmw.pattern import Pattern

#: the portal's public client, the same for every user
CLIENT_ID = "dbf0a542-ebd1-4ff0-a9a7-55172fbfce35"
REDIRECT_URI = "https://www.bmw-connecteddrive.com/app/static/external-dispatch.html"

_PASSWORD = ("BMW does not accept user name and password", "check username and password in bmw.cfg")
_ERRORS = {
    "invalid_client": ("BMW does not accept user name, password or client id", _PASSWORD[1]),
    "invalid_grant": _PASSWORD,
    "access_denied": _PASSWORD,
}
_DIGITS = Pattern("^[0-9]{1,9}$")


def with_password(http, auth_url, config, now):
    """The Tokens of the user in the configuration, without a refresh token.

    Raises:
        SignInFailed: user or password is wrong. NetworkError, ServerError (also for an answer that is not BMW's): try again.
    """
    response = http.send(
        "POST",
        auth_url + "/gcdm/oauth/authenticate",
        headers=_headers(config),
        form={
            "username": config.username,
            "password": config.password,
            "client_id": config.client_id or CLIENT_ID,
            "response_type": "token",
            "redirect_uri": REDIRECT_URI,
            "scope": SCOPES,
            "locale": "DE-de",
        },
        brings_tokens=True,
    )
    if response.status != 302:
        raise sign_in_error(response, _ERRORS)
    location = response.headers.get("location", "")
    if not location.startswith(REDIRECT_URI):
        raise not_from_bmw(response)
    answer = _parameters(location.partition("#")[2])
    if not answer.get("access_token"):
        query = location.partition("#")[0].partition("?")[2]
        raise SignInFailed(*_ERRORS.get(_parameters(query).get("error"), _PASSWORD))
    if _DIGITS.match(answer.get("expires_in", "")):
        answer["expires_in"] = int(answer["expires_in"])
    return token_sets.from_answer(answer, now)


def _headers(config):
    """The headers. From 2020 some clients also sent the app's key, others did not."""
    headers = {"Accept": "application/json"}
    if config.api_key and config.api_secret:
        headers["Authorization"] = basic(config.api_key, config.api_secret)
        headers["Credentials"] = "{}:{}".format(config.api_key, config.api_secret)
    return headers


def _parameters(text):
    """The first value of each parameter of a query or fragment."""
    return dict((name, found[0]) for name, found in parse_qs(text).items())
