"""The MyBMW app's API as it was when BMW closed it to others: the newest generation of each call.

Here: HTTP, headers, refusals. What a car says is mybmw_state.py's and mybmw_charging.py's business, what a
command does remote.py's, signing in mybmw_sign_in.py's.
"""

import math
import threading

from flask import Blueprint, Response, g, jsonify, request

from . import image, mybmw_charging, mybmw_state
from .clock import iso
from .mybmw_errors import BLOCKED, GONE, MyBMWError, details, not_capable, out_of_quota, refusal, too_fast
from .mybmw_sign_in import user_agent

VIEWS = (
    "VehicleStatus",
    "FrontView",
    "FrontLeft",
    "FrontRight",
    "RearView",
    "SideViewLeft",
    "Dashboard",
    "Driverdoor",
    "AngleSideViewForty",
    "AngleSideViewSixty",
)
# service in the path -> command; climate-now has its action in the query string
SERVICES = {
    "light-flash": "flashLights",
    "horn-blow": "soundHorn",
    "door-lock": "lock",
    "door-unlock": "unlock",
    "vehicle-finder": "findVehicle",
}
CLIMATE = {"START": "climateStart", "STOP": "climateStop"}
# service -> (command, function that makes canonical arguments from the body)
CHARGING = {
    "start-charging": ("chargeStart", lambda body: {}),
    "stop-charging": ("chargeStop", lambda body: {}),
    "charging-settings": ("chargingSettings", mybmw_charging.read_settings),
    "charging-profile": ("chargingProfile", mybmw_charging.read_profile),
}
# This API has no word for a car that cannot be reached: the event keeps its last state.
EVENT_STATUS = {"FAILED": "ERROR", "TIMED_OUT": "DELIVERED"}
BURST_SECONDS = 10


def blueprint(cloud):
    rooms = Blueprint("mybmw", __name__)
    bursts = Bursts(cloud.clock)

    def guard(view):
        """Checks each data call first, in the order of BMW's gateway."""

        def guarded(**path):
            _admit(cloud, bursts)
            return view(**path)

        guarded.__name__ = view.__name__
        return guarded

    _add_vehicles(rooms, cloud, guard)
    _add_charging(rooms, cloud, guard)
    _add_commands(rooms, cloud, guard)

    @rooms.route("/eadrax-<path:rest>", methods=["GET", "POST"])
    def gone(rest):
        return Response(GONE, 404, mimetype="text/plain")

    @rooms.errorhandler(MyBMWError)
    def refuse(problem):
        if isinstance(problem.body, str):
            return Response(problem.body, problem.status, mimetype="text/plain")
        return jsonify(problem.body), problem.status

    return rooms


def _add_vehicles(rooms, cloud, guard):
    @rooms.post("/eadrax-vcs/v5/vehicle-list")
    @guard
    def vehicle_list():
        return jsonify(
            gcid=g.account.gcid, mappingInfos=[mybmw_state.mapping_info(car, is_primary) for car, is_primary in _cars_of_brand(cloud)]
        )

    @rooms.get("/eadrax-vcs/v4/vehicles")
    @guard
    def vehicles():
        return jsonify(
            [
                {
                    "vin": car.vin,
                    "mappingInfo": mybmw_state.mapping_info(car, is_primary),
                    "appVehicleType": "CONNECTED",
                    "attributes": dict(_profile(cloud, car), lastFetched=iso(cloud.clock.now())),
                }
                for car, is_primary in _cars_of_brand(cloud)
            ]
        )

    @rooms.get("/eadrax-vcs/v5/vehicle-data/profile")
    @guard
    def profile():
        return jsonify(_profile(cloud, _car(cloud)))

    @rooms.get("/eadrax-vcs/v4/vehicles/state")
    @guard
    def state():
        car = _car(cloud)
        with cloud.garage.lock:
            return jsonify(state=mybmw_state.state(car, cloud.clock.now()), capabilities=mybmw_state.capabilities(car))

    @rooms.get("/eadrax-ics/v5/presentation/vehicles/images")
    @guard
    def vehicle_image():
        car = _car(cloud)
        if request.args.get("carView") not in VIEWS:
            raise refusal(400, "carView is missing or unknown.")
        if not car["image"]:
            raise refusal(404, "There is no image of the vehicle.")
        return Response(image.png(car.kind), mimetype="image/png")


def _add_charging(rooms, cloud, guard):
    @rooms.get("/eadrax-crccs/v2/vehicles")
    @guard
    def charging_settings():
        car = _car(cloud)
        if not car.has_battery:
            raise refusal(404, "The vehicle has no charging settings.")
        with cloud.garage.lock:
            return jsonify(mybmw_charging.settings(car))

    @rooms.get("/eadrax-chs/v2/charging-statistics")
    @guard
    def charging_statistics():
        car = _car(cloud, request.args.get("vin"))
        with cloud.garage.lock:
            return jsonify(mybmw_charging.statistics(car, cloud.clock.now()))

    @rooms.get("/eadrax-chs/v2/charging-sessions")
    @guard
    def charging_sessions():
        car = _car(cloud, request.args.get("vin"))
        limit = request.args.get("maxResults", 10, type=int)
        with_dates = request.args.get("include_date_picker") == "true"
        with cloud.garage.lock:
            return jsonify(mybmw_charging.sessions(car, cloud.clock.now(), limit, with_dates))


def _add_commands(rooms, cloud, guard):
    @rooms.post("/eadrax-vrccs/v4/presentation/remote-commands/<service>")
    @guard
    def command(service):
        name = CLIMATE.get(request.args.get("action")) if service == "climate-now" else SERVICES.get(service)
        if name is None:
            raise MyBMWError(404, GONE)
        return _send(cloud, _car(cloud), name, service, {})

    @rooms.post("/eadrax-crccs/v1/vehicles/<vin>/<service>")
    @guard
    def charge(vin, service):
        if service not in CHARGING:
            raise MyBMWError(404, GONE)
        name, read = CHARGING[service]
        try:
            arguments = read(_body())
        except mybmw_charging.Inconsistent:
            raise refusal(500, "Internal Server Error") from None
        except ValueError as problem:
            raise refusal(400, "Bad request: %s." % problem) from None
        return _send(cloud, _car(cloud, vin), name, service, arguments)

    @rooms.post("/eadrax-dcs/v2/user/<gcid>/send-to-car")
    @guard
    def send_to_car(gcid):
        vin, arguments = _destination(_body())
        if gcid != g.account.gcid:
            raise refusal(403, "Forbidden.")
        car = _car(cloud, vin)
        _check_capable(car, "sendDestination")
        cloud.remote.start("mybmw", car.vin, "sendDestination", "send-to-car", arguments, at_once=True)
        return Response(b"", 201)

    @rooms.post("/eadrax-vrccs/v3/presentation/remote-commands/eventStatus")
    @guard
    def event_status():
        sent = _event(cloud)
        told = cloud.remote.poll(sent)
        answer = {"eventStatus": EVENT_STATUS.get(told, told)}
        if answer["eventStatus"] == "ERROR":
            answer["errorDetails"] = details(sent.plan["reason"] or "NACK")
        return jsonify(answer)

    @rooms.post("/eadrax-vrccs/v4/presentation/remote-commands/eventPosition")
    @guard
    def event_position():
        sent = _event(cloud)
        if sent.command != "findVehicle" or not all(request.headers.get(name) for name in ("latitude", "longitude")):
            raise refusal(400, "Bad request.")
        return jsonify(positionData=_position(cloud, sent), errorDetails=None)


class Bursts:
    """Counts an installation's calls of the last seconds."""

    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._recent = {}

    def wait(self, key, allowed):
        """Seconds until this call is allowed; 0 if it is allowed now."""
        now = self._clock.now()
        with self._lock:
            recent = [moment for moment in self._recent.get(key, []) if 0 <= now - moment < BURST_SECONDS]
            if len(recent) >= allowed:
                return math.ceil(BURST_SECONDS - (now - recent[0]))
            self._recent[key] = recent + [now]
            return 0


def _admit(cloud, bursts):
    if cloud.options.mybmw_blocked:
        raise MyBMWError(cloud.options.mybmw_blocked, BLOCKED)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    g.account = cloud.app_tokens.signed_in("mybmw", token.strip()) if scheme.lower() == "bearer" else None
    if g.account is None:
        raise refusal(401, "Access token is missing or invalid.")
    if user_agent() is None:
        raise refusal(403, "Forbidden.")
    # The quota is per installation; BMW identifies it by x-user-agent.
    installation = (g.account.name, request.headers["x-user-agent"])
    if cloud.options.mybmw_burst is not None:
        seconds = bursts.wait(installation, cloud.options.mybmw_burst)
        if seconds:
            raise too_fast(seconds)
    if not cloud.mybmw_quota.spend(installation):
        raise out_of_quota(86400 - cloud.clock.now() % 86400)


def _cars_of_brand(cloud):
    """[(car, True if the account is its primary user)] of this brand's app."""
    brands = mybmw_state.APPS.get(user_agent()[0], ())
    with cloud.garage.lock:
        cars = [(cloud.garage.car(vin), row["mappingType"] == "PRIMARY") for vin, row in g.account.mappings.items()]
    return [(car, is_primary) for car, is_primary in cars if car["brand"] in brands]


def _profile(cloud, car):
    return mybmw_state.profile(car, cloud.options.mybmw_rex_as_electric)


def _car(cloud, vin=None):
    vin = vin or request.headers.get("bmw-vin")
    if not vin:
        raise refusal(400, "The VIN is missing.")
    with cloud.garage.lock:
        if vin not in g.account.mappings:
            raise refusal(404, "Vehicle not found.")
        return cloud.garage.car(vin)


def _body():
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise refusal(400, "Bad request: the body is no JSON object.")
    return body


def _check_capable(car, name):
    if name not in car["remote_services"]:
        raise not_capable()


def _send(cloud, car, name, service, arguments):
    if request.mimetype != "application/json":
        raise refusal(415, "Unsupported Media Type")
    _check_capable(car, name)
    sent = cloud.remote.start("mybmw", car.vin, name, service, arguments)
    # an empty body means that the command is executed already
    if sent.finished is not None and sent.state == "EXECUTED":
        return Response(b"", 200)
    return jsonify(eventId=sent.event_id, creationTime=iso(sent.time))


def _event(cloud):
    sent = cloud.remote.find("mybmw", request.args.get("eventId"))
    if sent is None or sent.vin not in g.account.mappings:
        raise refusal(404, "Event not found.")
    return sent


def _position(cloud, sent):
    """The position that the car answered; None before its answer."""
    if sent.state != "EXECUTED":
        return None
    with cloud.garage.lock:
        car = cloud.garage.car(sent.vin)
        return {
            "status": "OK",
            "position": {
                "latitude": round(car["latitude"], 6),
                "longitude": round(car["longitude"], 6),
                "formattedAddress": mybmw_state.ADDRESS,
                "heading": round(car["heading"]),
            },
        }


def _destination(body):
    """(VIN, canonical destination) of a send-to-car body."""
    try:
        place = body["places"][0]
        address = place.get("address") or {}
        return body["vehicleInformation"]["vin"], {
            "latitude": float(place["position"]["lat"]),
            "longitude": float(place["position"]["lng"]),
            "name": place["title"],
            "street": address.get("street"),
            "postalCode": address.get("postalCode"),
            "city": address.get("city"),
            "country": address.get("country"),
        }
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise refusal(400, "Bad request: vehicleInformation.vin and places[0] are required.") from None
