"""Signs in to ConnectedDrive: OAuth 2.0 password grant with the app's key (connecteddrive.md A2)."""

from __future__ import absolute_import, unicode_literals

import base64

from bmw.clouds import tokens as token_sets
from bmw.clouds.connecteddrive.errors import sign_in_error
from bmw.compat import to_bytes, to_text
from bmw.errors import BadAnswer

AUTH_URLS = {
    "row": "https://customer.bmwgroup.com",
    "na": "https://login.bmwusa.com",
    "cn": "https://customer.bmwgroup.cn",
}
SCOPES = "authenticate_user vehicle_data remote_services"

_APP = ("BMW does not accept the app's key", "check api_key and api_secret in bmw.cfg; BMW revoked many")
#: error word of the token endpoint -> (what happened, what to do)
_ERRORS = {
    "invalid_grant": ("BMW does not accept user name and password", "check username and password in bmw.cfg"),
    "invalid_client": _APP,
    "client disabled": _APP,
}


def basic(user, password):
    """The value of a Basic Authorization header."""
    return "Basic " + to_text(base64.b64encode(to_bytes("{}:{}".format(user, password))))


def with_password(http, auth_url, config, now):
    """The Tokens of the user in the configuration.

    Raises:
        SignInFailed: user, password, key or secret is wrong. NetworkError, ServerError: try again.
    """
    response = http.send(
        "POST",
        auth_url + "/gcdm/oauth/token",
        headers={"Accept": "application/json", "Authorization": basic(config.api_key, config.api_secret)},
        form={
            "grant_type": "password",
            "username": config.username,
            "password": config.password,
            "scope": SCOPES,
        },
        brings_tokens=True,
    )
    if response.status != 200:
        raise sign_in_error(response, _ERRORS)
    answer = response.json()
    if not isinstance(answer, dict) or not answer.get("access_token"):
        raise BadAnswer("BMW's sign-in server gave no token", "it is tried again")
    return token_sets.from_answer(answer, now)
