"""The two OAuth endpoints over HTTP: form in, JSON out, and which status goes with which error.

What a code or token means is tokens.py's business; this room must not decide it.
"""

from flask import Blueprint, jsonify, request

from .tokens import OAuthError

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
STATUS = {"authorization_pending": 403, "access_denied": 403, "expired_token": 401, "invalid_client": 401}
FORM = "application/x-www-form-urlencoded"


def blueprint(cloud):
    rooms = Blueprint("oauth", __name__, url_prefix="/gcdm/oauth")

    @rooms.post("/device/code")
    def device_code():
        form = _form()
        if form.get("response_type") != "device_code":
            raise OAuthError("invalid_request", "response_type must be device_code")
        code = cloud.tokens.start(form.get("client_id"), form.get("scope"), form.get("code_challenge"),
                                  form.get("code_challenge_method"))
        page = request.host_url + "oneid/link"
        answer = {"user_code": code.user_code, "device_code": code.device_code, "interval": code.interval,
                  "expires_in": int(cloud.options.code_lifetime), "verification_uri": page}
        if cloud.options.verification_complete:
            answer["verification_uri_complete"] = "%s?user_code=%s" % (page, code.user_code)
        return jsonify(answer)

    @rooms.post("/token")
    def token():
        form = _form()
        grant_type = form.get("grant_type")
        if grant_type == DEVICE_GRANT:
            answer = cloud.tokens.poll(form.get("client_id"), form.get("device_code"),
                                       form.get("code_verifier"))
        elif grant_type == "refresh_token":
            answer = cloud.tokens.refresh(form.get("client_id"), form.get("refresh_token"))
            for name in cloud.options.omit_in_refresh:
                answer.pop(name, None)
        else:
            raise OAuthError("invalid_request", "grant_type is missing or not supported")
        response = jsonify(answer)
        response.headers["Cache-Control"] = "no-store"
        return response

    @rooms.errorhandler(OAuthError)
    def refuse(problem):
        body = jsonify(error=problem.error, error_description=problem.description)
        return body, STATUS.get(problem.error, 400)

    return rooms


def _form():
    if request.mimetype != FORM:
        raise OAuthError("invalid_request", "the body must be " + FORM)
    return request.form
