"""Signing in to MyBMW as its app does: configuration, password with a solved captcha, code with PKCE, tokens.

The functions for the two shared OAuth addresses are called by oauth.py, which tells the clouds apart. The
keys below stand for the ones that are built into BMW's app; all are invented.
"""

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from . import tokens
from .app_tokens import BAD_CLIENT, BAD_REQUEST
from .mybmw_errors import BLOCKED, refusal
from .tokens import OAuthError

MYBMW_APP_KEY = "3d1f0c52-8a4e-4b6d-9c70-5e2a71f4b8d3"
MYBMW_CLIENT_ID = "7be0f9c4-1d3a-4e82-a65b-c90d2f8e4a17"
MYBMW_CLIENT_SECRET = "a2c48e61-f05d-47b9-8e13-64d7b0a95cf2"
RETURN_URL = "com.bmw.connected://oauth"
SCOPES = (
    "openid",
    "profile",
    "email",
    "offline_access",
    "smacc",
    "vehicle_data",
    "perseus",
    "dlm",
    "svds",
    "cesim",
    "vsapi",
    "remote_services",
    "fupo",
    "authenticate_user",
)
SESSION_COOKIE = "GCDMSSO"
CODE_LIFETIME = 60
REGIONS = ("row", "na", "cn")


def blueprint(cloud):
    rooms = Blueprint("mybmw_sign_in", __name__, url_prefix="/eadrax-ucs")

    @rooms.get("/v1/presentation/oauth/config")
    def config():
        if cloud.options.mybmw_blocked:
            return Response(BLOCKED, cloud.options.mybmw_blocked, mimetype="text/plain")
        if request.headers.get("ocp-apim-subscription-key") != MYBMW_APP_KEY or user_agent() is None:
            problem = refusal(403, "Access denied due to invalid subscription key or user agent.")
            return jsonify(problem.body), problem.status
        base = request.host_url.rstrip("/")
        return jsonify(
            clientName="mybmwapp",
            clientId=MYBMW_CLIENT_ID,
            clientSecret=MYBMW_CLIENT_SECRET,
            gcdmBaseUrl=base,
            returnUrl=RETURN_URL,
            brand="bmw",
            language="en",
            country="US",
            authorizationEndpoint=base + "/oneid/login",
            tokenEndpoint=base + "/gcdm/oauth/token",
            scopes=list(SCOPES),
            promptValues=["login"],
        )

    return rooms


def user_agent():
    """(brand, region) of the x-user-agent, build;brand;version;region; None if BMW refuses it."""
    parts = request.headers.get("x-user-agent", "").split(";")
    if len(parts) != 4 or not all(parts) or parts[3] not in REGIONS:
        return None
    return parts[1], parts[3]


def authenticate(cloud, form):
    """Both steps use the same URL: first password and captcha, then the answer of the first step."""
    _check_request(form)
    if form.get("authorization"):
        return _second_step(cloud, form)
    # Each attempt uses up the captcha, even one with a wrong password.
    is_human = cloud.app_tokens.redeem(request.headers.get("hcaptchatoken", ""))
    account = cloud.app_tokens.account(form.get("username"), form.get("password"))
    if not is_human or account is None:
        raise OAuthError("invalid_client", BAD_CLIENT)
    session = cloud.app_tokens.once("", cloud.options.captcha_lifetime, account)
    authorization = cloud.app_tokens.once("", cloud.options.captcha_lifetime, (session, account))
    query = urlencode(
        [
            ("client_id", MYBMW_CLIENT_ID),
            ("response_type", "code"),
            ("scope", form["scope"]),
            ("state", form["state"]),
            ("authorization", authorization),
        ]
    )
    # BMW's answer really is not a valid URL.
    answer = jsonify(redirect_to="redirect_uri=%s?%s" % (RETURN_URL, query))
    answer.set_cookie(SESSION_COOKIE, session, path="/gcdm", httponly=True)
    answer.set_cookie("GCDMLOC", "en-US", path="/")
    return answer


def _check_request(form):
    wanted = {
        "client_id": MYBMW_CLIENT_ID,
        "redirect_uri": RETURN_URL,
        "response_type": "code",
        "code_challenge_method": "S256",
    }
    # BMW accepted the second step without it
    if not form.get("authorization") or "grant_type" in form:
        wanted["grant_type"] = "authorization_code"
    if form.get("client_id") != MYBMW_CLIENT_ID:
        raise OAuthError("invalid_client", BAD_CLIENT)
    if any(form.get(name) != value for name, value in wanted.items()):
        raise OAuthError("invalid_request", BAD_REQUEST)
    if not all(form.get(name) for name in ("scope", "state", "nonce", "code_challenge")):
        raise OAuthError("invalid_request", BAD_REQUEST)


def _second_step(cloud, form):
    session, account = cloud.app_tokens.redeem(form["authorization"]) or (None, None)
    if account is None or request.cookies.get(SESSION_COOKIE) != session:
        raise OAuthError("invalid_client", BAD_CLIENT)
    code = cloud.app_tokens.once("", CODE_LIFETIME, (account, form["code_challenge"], form["scope"].split()))
    query = urlencode([("code", code), ("state", form["state"]), ("client_id", MYBMW_CLIENT_ID), ("nonce", form["nonce"])])
    return Response(b"", 302, {"Location": "%s?%s" % (RETURN_URL, query)})


def token(cloud, form):
    """Exchanges a code for tokens."""
    _check_client()
    account, challenge, scopes = cloud.app_tokens.redeem(form.get("code", "")) or (None, None, None)
    if account is None or form.get("redirect_uri") != RETURN_URL or not tokens.fits(form.get("code_verifier", ""), challenge):
        raise OAuthError("invalid_request", BAD_REQUEST)
    return _tokens(cloud, account, scopes)


def refresh(cloud, form):
    """Exchanges a refresh token for new tokens; the refresh token is used up."""
    _check_client()
    grant = cloud.app_tokens.refresh("mybmw", MYBMW_CLIENT_ID, form.get("refresh_token", ""))
    return _tokens(cloud, grant.account, grant.scopes)


def _check_client():
    basic = request.authorization
    if basic is None or basic.type != "basic" or (basic.username, basic.password) != (MYBMW_CLIENT_ID, MYBMW_CLIENT_SECRET):
        raise OAuthError("invalid_client", BAD_CLIENT)


def _tokens(cloud, account, scopes):
    return jsonify(cloud.app_tokens.issue_open_id("mybmw", account, MYBMW_CLIENT_ID, scopes, cloud.options.access_lifetime))
