"""ConnectedDrive's mobile API (webapi/v1), as it was until the end of 2021.

Here: HTTP, refusals, and how a remote service is asked for and followed. What a car says is
connecteddrive_status.py's business, what a command does remote.py's.
"""

import json
from urllib.parse import unquote

from flask import Blueprint, Response, g, jsonify, request

from . import connecteddrive_sign_in, connecteddrive_status, image
from .faults import HTML_ERROR
from .oauth import answer_oauth, form_of_request

SERVICES = {
    "DOOR_LOCK": "lock",
    "DOOR_UNLOCK": "unlock",
    "LIGHT_FLASH": "flashLights",
    "HORN_BLOW": "soundHorn",
    "CLIMATE_NOW": "climateStart",
    "CLIMATE_CONTROL": "climateSchedule",
    "CHARGE_NOW": "chargeNow",
    "VEHICLE_FINDER": "findVehicle",
    "CHARGING_CONTROL": "chargingProfile",
    "SEND_POI_TO_CAR": "sendDestination",
    "REMOTE360": "view360",
}
SECRET_SERVICES = ("DOOR_UNLOCK",)
STATUS = {"FAILED": "NOT_EXECUTED"}
VIEWS = ("FRONTSIDE", "FRONT", "REARSIDE", "REAR", "SIDE", "DASHBOARD", "DRIVERDOOR", "REARBIRDSEYE")
ERRORS = {401: "UNAUTHORIZED", 404: "NOT_FOUND", 410: "GONE", 400: "BAD_REQUEST"}


class ConnectedDriveError(Exception):
    def __init__(self, status, description=None):
        Exception.__init__(self, status)
        self.status = status
        self.description = description or ERRORS[status]


def blueprint(cloud):
    rooms = Blueprint("connecteddrive", __name__, url_prefix="/webapi")
    rooms.register_error_handler(ConnectedDriveError, _refuse)

    @rooms.post("/oauth/token", strict_slashes=False)
    def old_token():
        return answer_oauth(lambda: connecteddrive_sign_in.token(cloud, form_of_request()))

    _add_reading(rooms, cloud)
    _add_services(rooms, cloud)

    @rooms.route("/<path:rest>", methods=["GET", "POST"])
    def gone(rest):
        raise ConnectedDriveError(404)

    @rooms.before_request
    def admit():
        if request.endpoint == "connecteddrive.old_token":
            return None
        if cloud.options.cd_gone:
            return Response(HTML_ERROR.replace("Service unavailable", "Gone"), 410, mimetype="text/html")
        g.account = signed_in(cloud, "cd")
        if g.account is None:
            raise ConnectedDriveError(401)
        return None

    return rooms


def signed_in(cloud, name):
    """The account of a valid bearer token of this cloud, or None."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return cloud.app_tokens.signed_in(name, token.strip()) if scheme.lower() == "bearer" else None


def written_in(cloud):
    """Offset from UTC (minutes) of the times in BMW's answers: the car's offset until 2019, 0 since then."""
    return cloud.options.utc_offset if cloud.options.cd_times == "offset" else 0


def _refuse(problem):
    if problem.status == 410:
        return Response(HTML_ERROR, 410, mimetype="text/html")
    return jsonify(error={"code": problem.status, "description": problem.description}), problem.status


def _car(cloud, vin):
    with cloud.garage.lock:
        if vin not in g.account.mappings:
            raise ConnectedDriveError(404)
        return cloud.garage.car(vin)


def _add_reading(rooms, cloud):
    @rooms.get("/v1/user/vehicles", strict_slashes=False)
    def vehicles():
        with cloud.garage.lock:
            cars = [cloud.garage.car(vin) for vin in g.account.mappings]
            return jsonify(vehicles=[connecteddrive_status.vehicle(car) for car in cars])

    @rooms.get("/v1/user/vehicles/<vin>/status")
    def status(vin):
        return _read(vin, "vehicleStatus", lambda car: connecteddrive_status.status(car, written_in(cloud)))

    @rooms.get("/v1/user/vehicles/<vin>/chargingprofile")
    def charging_profile(vin):
        car = _electric_car(vin)
        with cloud.garage.lock:
            return jsonify(connecteddrive_status.charging_profile(car))

    @rooms.get("/v1/user/vehicles/<vin>/destinations")
    def destinations(vin):
        return _read(vin, "destinations", lambda car: connecteddrive_status.destinations(car, written_in(cloud)))

    @rooms.get("/v1/user/vehicles/<vin>/statistics/lastTrip")
    def last_trip(vin):
        return _read(vin, "lastTrip", lambda car: connecteddrive_status.last_trip(car, written_in(cloud), cloud.options.utc_offset))

    @rooms.get("/v1/user/vehicles/<vin>/statistics/allTrips")
    def all_trips(vin):
        return _read(vin, "allTrips", lambda car: connecteddrive_status.all_trips(car, written_in(cloud)))

    @rooms.get("/v1/user/vehicles/<vin>/rangemap")
    def range_map(vin):
        _electric_car(vin)
        return _read(vin, "rangemap", connecteddrive_status.range_map)

    @rooms.get("/v1/user/vehicles/<vin>/image")
    def vehicle_image(vin):
        car = _car(cloud, vin)
        if request.args.get("view", "FRONTSIDE") not in VIEWS:
            raise ConnectedDriveError(400)
        if not car["image"]:
            raise ConnectedDriveError(404)
        return Response(image.png(car.kind), mimetype="image/png")

    def _read(vin, name, tell):
        car = _car(cloud, vin)
        with cloud.garage.lock:
            return jsonify({name: tell(car)})

    def _electric_car(vin):
        car = _car(cloud, vin)
        if not car.has_battery:
            raise ConnectedDriveError(404)
        return car


def _add_services(rooms, cloud):
    @rooms.post("/v1/user/vehicles/<vin>/executeService")
    def execute_service(vin):
        car, service = _car(cloud, vin), request.form.get("serviceType")
        if service not in SERVICES:
            raise ConnectedDriveError(400)
        _check_allowed(cloud, car, service)
        try:
            arguments = ARGUMENTS.get(service, dict)()
        except ValueError:
            raise ConnectedDriveError(400) from None
        sent = cloud.remote.start("cd", car.vin, SERVICES[service], service, arguments)
        status = "INITIATED" if sent.finished is None else STATUS.get(sent.state, sent.state)
        return jsonify(executionStatus=dict(_execution(sent), status=status))

    @rooms.get("/v1/user/vehicles/<vin>/serviceExecutionStatus")
    def service_status(vin):
        car, service = _car(cloud, vin), request.args.get("serviceType")
        sent = cloud.remote.last("cd", car.vin, service)
        if sent is None:
            # no command under way: BMW answers without a status
            return jsonify(executionStatus={"serviceType": service})
        state = cloud.remote.poll(sent)
        return jsonify(executionStatus=dict(_execution(sent), status=STATUS.get(state, state), extendedStatus=_extended(sent)))

    @rooms.get("/v1/user/vehicles/<vin>/serviceExecutionHistory")
    def service_history(vin):
        car = _car(cloud, vin)
        return jsonify(
            [
                dict(
                    _execution(sent),
                    status=STATUS.get(sent.state, sent.state),
                    initiationTime=connecteddrive_status.local_time(sent.time, written_in(cloud)),
                )
                for sent in reversed(cloud.remote.of_car("cd", car.vin))
            ]
        )

    @rooms.post("/v1/user/vehicles/<vin>/sendpoi")
    def send_poi(vin):
        """A form gets a status as answer, a plain JSON body gets an empty answer; both were seen."""
        car, by_form = _car(cloud, vin), "data" in request.form
        try:
            arguments = _poi()
        except ValueError:
            raise ConnectedDriveError(400) from None
        is_message = "latitude" not in arguments
        cloud.remote.start("cd", car.vin, "sendMessage" if is_message else "sendDestination", "SEND_POI_TO_CAR", arguments, at_once=True)
        if not by_form:
            return "", 204
        return jsonify(executionStatus={"serviceType": "SEND_POI_TO_CAR", "status": "EXECUTED", "eventId": "-1"})


def _check_allowed(cloud, car, service):
    if SERVICES[service] not in car["remote_services"]:
        raise ConnectedDriveError(500, "Action is forbidden. The vehicle does not support the service.")
    if service in SECRET_SERVICES and cloud.options.cd_security_question:
        if request.form.get("bmwSkAnswer") != g.account.security_answer:
            raise ConnectedDriveError(500, "(SmartPhoneUtil-A-2013) Action is forbidden. secretKnowledge is missing but required!")


def _execution(sent):
    return {"serviceType": sent.service, "eventId": sent.event_id.replace("-", "").upper()[:24] + "@bmw.de"}


def _extended(sent):
    if sent.finished is None:
        return {"result": "STATUS_UNKNOWN"}
    changed = sent.took_effect and sent.command in ("lock", "unlock", "climateStart", "chargeNow")
    return {"result": "STATUS_CHANGED" if changed else "STATUS_NOT_CHANGED", "ignitionOnStatus": "false"}


def _profile():
    return connecteddrive_status.read_charging_profile(_data())


def _flashes():
    return {"count": int(request.form.get("count", "2"))}


def _data():
    """The JSON of the form field `data`, which some clients encode twice, or of the plain body."""
    text = request.form.get("data") or request.get_data(as_text=True)
    return json.loads(unquote(text) if text.startswith("%") else text)


TEXTS = ("name", "street", "city", "postalCode", "country", "additionalInfo", "website")


def _poi():
    """The canonical destination, or a message if there is no position."""
    body = _data()
    poi = body.get("poi") if isinstance(body, dict) else None
    if not isinstance(poi, dict) or len(poi.get("additionalInfo") or "") > 255:
        raise ValueError("no point of interest")
    arguments = {name: poi[name] for name in TEXTS if poi.get(name) is not None}
    if poi.get("lat") is not None and poi.get("lon") is not None:
        arguments.update(latitude=float(poi["lat"]), longitude=float(poi["lon"]))
    return arguments


# service -> function that reads its arguments from the request
ARGUMENTS = {"CHARGING_CONTROL": _profile, "LIGHT_FLASH": _flashes, "SEND_POI_TO_CAR": _poi}
