"""The OAuth addresses over HTTP: which cloud is meant, form in, answer out, which status for which error.

CarData, MyBMW and ConnectedDrive share two addresses; they are told apart by the grant, the kind of response
and the Basic header. What a code or token means is tokens.py's and app_tokens.py's business; this room must
not decide it.
"""

from flask import Blueprint, jsonify, request

from . import connecteddrive_sign_in, mybmw_sign_in, portal_sign_in
from .tokens import OAuthError

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
STATUS = {"authorization_pending": 403, "access_denied": 403, "expired_token": 401, "invalid_client": 401, "client disabled": 401}
FORM = "application/x-www-form-urlencoded"


def blueprint(cloud):
    rooms = Blueprint("oauth", __name__, url_prefix="/gcdm/oauth")

    @rooms.post("/device/code")
    def device_code():
        return answer_oauth(lambda: _device_code(cloud, form_of_request()))

    @rooms.post("/token")
    def token():
        return answer_oauth(lambda: HANDLERS[login_of_request()](cloud, form_of_request()))

    @rooms.post("/authenticate")
    def authenticate():
        return answer_oauth(lambda: HANDLERS[login_of_request()](cloud, form_of_request()))

    return rooms


def login_of_request():
    """(cloud, step) of a call to a shared URL."""
    if request.path.rstrip("/").endswith("/authenticate"):
        return ("portal" if request.form.get("response_type") == "token" else "mybmw"), "authenticate"
    grant = request.form.get("grant_type")
    # CarData sends its client id in the form, the mobile app in the Basic header.
    if grant == "password" and "client_id" not in request.form:
        return "cd", "token"
    if grant == "authorization_code":
        return "mybmw", "token"
    if grant != "refresh_token":
        return "cardata", "token"
    if request.authorization is None:
        return "cardata", "refresh"
    return ("cd" if connecteddrive_sign_in.is_basic_of_app() else "mybmw"), "refresh"


def answer_oauth(handle):
    """The answer of `handle`, or its OAuthError in BMW's form. No cache may keep tokens."""
    try:
        response = handle()
    except OAuthError as problem:
        response = jsonify(error=problem.error, error_description=problem.description)
        response.status_code = STATUS.get(problem.error, 400)
    response.headers["Cache-Control"] = "no-store"
    return response


def form_of_request():
    if request.mimetype != FORM:
        raise OAuthError("invalid_request", "the body must be " + FORM)
    return request.form


def _device_code(cloud, form):
    if form.get("response_type") != "device_code":
        raise OAuthError("invalid_request", "response_type must be device_code")
    code = cloud.tokens.start(form.get("client_id"), form.get("scope"), form.get("code_challenge"), form.get("code_challenge_method"))
    page = request.host_url + "oneid/link"
    answer = {
        "user_code": code.user_code,
        "device_code": code.device_code,
        "interval": code.interval,
        "expires_in": int(cloud.options.code_lifetime),
        "verification_uri": page,
    }
    if cloud.options.verification_complete:
        answer["verification_uri_complete"] = "%s?user_code=%s" % (page, code.user_code)
    return jsonify(answer)


def _cardata_token(cloud, form):
    if form.get("grant_type") != DEVICE_GRANT:
        raise OAuthError("invalid_request", "grant_type is missing or not supported")
    return jsonify(cloud.tokens.poll(form.get("client_id"), form.get("device_code"), form.get("code_verifier")))


def _cardata_refresh(cloud, form):
    answer = cloud.tokens.refresh(form.get("client_id"), form.get("refresh_token"))
    for name in cloud.options.omit_in_refresh:
        answer.pop(name, None)
    return jsonify(answer)


HANDLERS = {
    ("cardata", "token"): _cardata_token,
    ("cardata", "refresh"): _cardata_refresh,
    ("mybmw", "authenticate"): mybmw_sign_in.authenticate,
    ("mybmw", "token"): mybmw_sign_in.token,
    ("mybmw", "refresh"): mybmw_sign_in.refresh,
    ("cd", "token"): connecteddrive_sign_in.token,
    ("cd", "refresh"): connecteddrive_sign_in.refresh,
    ("portal", "authenticate"): portal_sign_in.authenticate,
}
