"""Signing in to ConnectedDrive's mobile API: user and password for a token, signed with the app's key.

The key and secret stand for the ones of BMW's app; both are invented.
"""

from flask import jsonify, request

from .app_tokens import BAD_CLIENT
from .tokens import OAuthError

CD_API_KEY = "simulatedConnectedDriveKey"
CD_API_SECRET = "simulated-connecteddrive-secret"
NEEDED_SCOPE = "vehicle_data"


def token(cloud, form):
    """OAuth's password grant."""
    _check_client(cloud)
    if form.get("grant_type") != "password":
        raise OAuthError("unsupported_grant_type", "the grant type is not supported")
    scopes = form.get("scope", "").split()
    if NEEDED_SCOPE not in scopes:
        raise OAuthError("invalid_scope", "the requested scope is invalid or unknown")
    account = cloud.app_tokens.account(form.get("username"), form.get("password"))
    if account is None:
        raise OAuthError("invalid_grant", "the authN circuit failed")
    return _tokens(cloud, account, scopes)


def refresh(cloud, form):
    _check_client(cloud)
    grant = cloud.app_tokens.refresh("cd", CD_API_KEY, form.get("refresh_token", ""))
    return _tokens(cloud, grant.account, grant.scopes)


def is_basic_of_app():
    """True if the call uses the mobile app's key, no matter whether the secret is right."""
    basic = request.authorization
    return basic is not None and basic.type == "basic" and basic.username == CD_API_KEY


def _check_client(cloud):
    if cloud.options.cd_client_disabled:
        raise OAuthError("client disabled", "provided clients are disabled")
    if not is_basic_of_app() or request.authorization.password != CD_API_SECRET:
        raise OAuthError("invalid_client", BAD_CLIENT)


def _tokens(cloud, account, scopes):
    return jsonify(cloud.app_tokens.issue("cd", account, CD_API_KEY, scopes, cloud.options.cd_access_lifetime))
