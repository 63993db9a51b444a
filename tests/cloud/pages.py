"""The page a person meets: type the user code, see who asks for what, approve or decline.

One small page without script and without any outside request. It decides nothing itself.
"""

from flask import Blueprint, make_response, render_template_string, request

from .errors import CloudError

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} - simulated BMW cloud</title>
<style>
:root { color-scheme: light dark; }
body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 30rem; margin: 3rem auto; padding: 0 1rem; }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
input { font: 1.4rem ui-monospace, monospace; letter-spacing: .15em; padding: .4rem .6rem; width: 100%;
        box-sizing: border-box; }
button { font: inherit; padding: .6rem 1.4rem; margin: 1rem .6rem 0 0; border: 2px solid #1c5fa8;
         border-radius: .4rem; cursor: pointer; }
button.main { background: #1c5fa8; color: #fff; }
:focus-visible { outline: 3px solid #e08a00; outline-offset: 2px; }
.note { border-left: .3rem solid #1c5fa8; padding: .2rem .8rem; }
.problem { border-color: #b3261e; }
small { opacity: .8; }
</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
{% if message %}
<p class="note{{ ' problem' if problem }}" role="{{ 'alert' if problem else 'status' }}">{{ message }}</p>
{% endif %}
{% if form %}
<form method="post" action="{{ url_for('pages.link') }}">
<label for="user_code">Code shown by your device</label>
<input id="user_code" name="user_code" value="{{ user_code }}" required maxlength="8" autocomplete="off"
 autocapitalize="off" autocorrect="off" spellcheck="false" aria-describedby="hint"
 {{ 'autofocus' if not user_code }}>
<p id="hint"><small>Eight characters; capital and small letters differ.</small></p>
{% if scopes %}
<p>The client wants:</p>
<ul>{% for scope in scopes %}<li>{{ scope }}</li>{% endfor %}</ul>
{% endif %}
<button class="main" name="decision" value="approved">Approve</button>
<button name="decision" value="declined">Decline</button>
</form>
{% endif %}
<p><small>This is a simulated cloud for tests. It knows no real account and no real car.</small></p>
</main>
</body>
</html>
"""

SCOPES = {
    "authenticate_user": "to know that you are signed in",
    "openid": "your account number",
    "cardata:api:read": "to read the data of your cars",
    "cardata:streaming:read": "to receive the data stream of your cars",
}
DONE = {
    "approved": ("Approved", "The device is signed in now. You can close this page."),
    "declined": ("Declined", "The device was refused. You can close this page."),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


def blueprint(cloud):
    rooms = Blueprint("pages", __name__, url_prefix="/oneid")

    @rooms.get("/link")
    def link():
        return _ask(cloud, request.args.get("user_code", "").strip())

    @rooms.post("/link")
    def decide():
        user_code = request.form.get("user_code", "").strip()
        decision = request.form.get("decision")
        if decision not in DONE:
            return _ask(cloud, user_code, "Please choose Approve or Decline.", 400)
        try:
            # An empty code must not mean "the newest one" here; only the control interface allows that.
            cloud.tokens.decide(user_code or "-", decision)
        except CloudError:
            return _ask(cloud, user_code, "This code is not valid, was used, or has expired.", 404)
        title, message = DONE[decision]
        return _page(200, title=title, message=message)

    return rooms


def _ask(cloud, user_code, problem=None, status=200):
    code = cloud.tokens.find_pending(user_code)
    scopes = [SCOPES.get(scope, scope) for scope in code.scopes] if code else []
    return _page(status, title="Connect a device", form=True, user_code=user_code, scopes=scopes, message=problem, problem=bool(problem))


def _page(status, **values):
    return make_response(render_template_string(PAGE, **values), status, HEADERS)
