"""The Flask application: puts the rooms together, and does for every request what is common to all.

That is: note the call, count it against the quota, let planned faults strike, stamp the simulated time.
"""

from flask import Flask, g, redirect, request
from werkzeug.http import http_date

from . import cardata, connecteddrive, control, faults, mybmw, mybmw_sign_in, oauth, pages, places, portal

ROOMS = (oauth, cardata, mybmw_sign_in, mybmw, connecteddrive, portal, pages, control)
# Addresses that several clouds share.
SHARED = ("oauth.token", "oauth.authenticate")
#: the URL map of the first application, reused by all others of this process
_ADDRESSES = []


class _Application(Flask):
    """All clouds have the same URLs. Building the URL map takes most of the time of making a cloud, so each process does it once."""

    def add_url_rule(self, rule, endpoint=None, view_func=None, provide_automatic_options=None, **options):
        if _ADDRESSES:
            self.view_functions[endpoint or view_func.__name__] = view_func
        else:
            super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def make_app(cloud):
    app = _Application("tests.cloud")
    app.json.ensure_ascii = False  # non-ASCII letters are sent as UTF-8, not escaped
    app.json.sort_keys = False
    for room in ROOMS:
        app.register_blueprint(room.blueprint(cloud))
    app.before_request(lambda: _receive(cloud))
    app.after_request(lambda response: _answer(cloud, response))
    app.add_url_rule("/", "home", lambda: redirect("/oneid/link"))
    if not _ADDRESSES:
        _ADDRESSES.append(app.url_map)
    app.url_map = _ADDRESSES[0]
    app.wsgi_app = faults.DropConnections(app.wsgi_app)
    return app


def _receive(cloud):
    if not _is_for_bmw():
        return None
    # Read the body before a fault ends the connection: with unread bytes each close would become a reset.
    request.get_data(cache=True)
    place = _place()
    # First update the commands, so that this answer shows their effects.
    cloud.remote.advance()
    if place.kind != "page":
        g.call = cloud.call_log.begin(request.method, request.path, place)
    if place.cloud == "cardata" and place.kind == "api":
        g.within_quota = _spend(cloud)
    return _strike(cloud, place)


def _is_for_bmw():
    """False for the control interface and for what browsers request from any site."""
    return request.endpoint in SHARED or request.endpoint in places.PLACES or request.path.startswith(places.UNKNOWN_PATHS)


def _place():
    if request.endpoint in SHARED:
        return places.LOGINS[oauth.login_of_request()]
    return places.PLACES.get(request.endpoint, places.UNKNOWN)


def _spend(cloud):
    """Count the call for the account of its token, even if the token has expired: failed calls count as well."""
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    grant = cloud.tokens.access(token)
    return cloud.quota.spend(grant.account.name) if grant else True


def _strike(cloud, place):
    fault = cloud.faults.take(places.groups(place, request.endpoint))
    if fault is None:
        return None
    if fault.kind in faults.AFTER:
        g.fault = fault
        return None
    return faults.BEFORE[fault.kind](cloud.faults, fault.options, request.environ)


def _answer(cloud, response):
    fault = g.get("fault")
    if fault is not None:
        response = faults.AFTER[fault.kind](cloud.faults, response, fault.options, request.environ)
    call = g.get("call")
    if call is not None:
        call["status"] = None if faults.DROP in request.environ else response.status_code
        call["answered"] = cloud.clock.now()
    response.headers["Date"] = http_date(cloud.clock.now())
    return response
