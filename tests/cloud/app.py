"""The Flask application: puts the rooms together, and does for every request what is common to all.

That is: note the call, count it against the quota, let planned faults strike, stamp the simulated time.
"""

from flask import Flask, g, redirect, request
from werkzeug.http import http_date

from . import cardata, control, faults, oauth, pages

# endpoint -> (where a fault strikes it, kind of call)
PLACES = {
    "oauth.device_code": ("device_code", "auth"),
    "oauth.token": ("token", "auth"),
    "pages.link": ("page", "page"),
    "pages.decide": ("page", "page"),
    "cardata.mappings": ("mappings", "api"),
    "cardata.basic_data": ("basicData", "api"),
    "cardata.telematic_data": ("telematicData", "api"),
    "cardata.charging_history": ("chargingHistory", "api"),
    "cardata.vehicle_image": ("image", "api"),
    "cardata.tyre_diagnosis": ("smartMaintenanceTyreDiagnosis", "api"),
    "cardata.charging_settings": ("locationBasedChargingSettings", "api"),
    "cardata.containers": ("containers", "api"),
    "cardata.create_container": ("containers", "api"),
    "cardata.container": ("containers", "api"),
    "cardata.delete_container": ("containers", "api"),
}


# Calls to paths that BMW does not have are worth a line in the log, too.
API_PATHS = ("/customer", "/gcdm")


def make_app(cloud):
    app = Flask("tests.cloud")
    app.json.sort_keys = False
    for room in (oauth, cardata, pages, control):
        app.register_blueprint(room.blueprint(cloud))
    app.before_request(lambda: _receive(cloud))
    app.after_request(lambda response: _answer(cloud, response))
    app.add_url_rule("/", "home", lambda: redirect("/oneid/link"))
    app.wsgi_app = faults.DropConnections(app.wsgi_app)
    return app


def _receive(cloud):
    where, kind = PLACES.get(request.endpoint, ("unknown", "api"))
    if where == "unknown" and not request.path.startswith(API_PATHS):
        return None
    # Read the body before any fault ends the connection: unread bytes would turn every close into a reset.
    request.get_data(cache=True)
    if where == "token" and request.form.get("grant_type") == "refresh_token":
        where = "refresh"
    if kind != "page":
        g.call = cloud.call_log.begin(request.method, request.path, kind, where)
    if kind == "api":
        g.within_quota = _spend(cloud)
    return _strike(cloud, where, kind)


def _spend(cloud):
    """Count the call for the account of its token, even a dead one: failed calls count as well."""
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    grant = cloud.tokens.access(token)
    return cloud.quota.spend(grant.account.name) if grant else True


def _strike(cloud, where, kind):
    # 'any' means what a client asks for; the page a person uses fails only when named.
    fault = cloud.faults.take((where, kind) if kind == "page" else (where, kind, "any"))
    if fault is None:
        return None
    if fault.kind in faults.AFTER:
        g.fault = fault
        return None
    return faults.BEFORE[fault.kind](cloud.faults, fault.options, request.environ)


def _answer(cloud, response):
    fault = g.get("fault")
    if fault is not None:
        response = faults.AFTER[fault.kind](response, fault.options, request.environ)
    call = g.get("call")
    if call is not None:
        call["status"] = None if faults.DROP in request.environ else response.status_code
    response.headers["Date"] = http_date(cloud.clock.now())
    return response
