"""ConnectedDrive's web portal API, as it was until 2022: what the owner's browser asked.

Here: HTTP and refusals. What a car says is portal_attributes.py's business, what a command does remote.py's.
"""

from xml.etree import ElementTree

from flask import Blueprint, Response, g, jsonify, request

from . import connecteddrive_status, image, portal_attributes
from .clock import iso
from .connecteddrive import signed_in

SERVICES = {"RDL": "lock", "RDU": "unlock", "RLF": "flashLights", "RHB": "soundHorn", "RCN": "climateStart", "RVF": "findVehicle"}
STATUS = {"DELIVERED": "DELIVERED_TO_VEHICLE", "FAILED": "NOT_EXECUTED"}


class PortalError(Exception):
    def __init__(self, status, message):
        Exception.__init__(self, status)
        self.status = status
        self.message = message


def blueprint(cloud):
    rooms = Blueprint("portal", __name__, url_prefix="/api")

    @rooms.before_request
    def admit():
        g.account = signed_in(cloud, "portal")
        if g.account is None:
            raise PortalError(401, "unauthorized")

    @rooms.errorhandler(PortalError)
    def refuse(problem):
        return jsonify(error=problem.message), problem.status

    _add_reading(rooms, cloud)
    _add_pictures(rooms, cloud)
    _add_services(rooms, cloud)
    _add_messages(rooms, cloud)

    @rooms.route("/<path:rest>", methods=["GET", "POST"])
    def gone(rest):
        raise PortalError(404, "not found")

    return rooms


def _car(cloud, vin):
    with cloud.garage.lock:
        if vin not in g.account.mappings:
            raise PortalError(404, "vehicle not found")
        return cloud.garage.car(vin)


def _add_reading(rooms, cloud):
    @rooms.get("/me/vehicles/v2")
    def vehicles():
        with cloud.garage.lock:
            return jsonify([portal_attributes.vehicle(cloud.garage.car(vin)) for vin in g.account.mappings])

    @rooms.get("/vehicle/dynamic/v1/<vin>")
    def dynamic(vin):
        js_offset = request.args.get("offset", 0, type=int)
        return _read(vin, lambda car: portal_attributes.dynamic(car, js_offset, cloud.options.utc_offset))

    @rooms.get("/vehicle/navigation/v1/<vin>")
    def navigation(vin):
        return _read(vin, lambda car: portal_attributes.navigation(car, cloud.options.portal_soc_max_name))

    @rooms.get("/vehicle/efficiency/v1/<vin>")
    def efficiency(vin):
        return _read(vin, portal_attributes.efficiency)

    @rooms.get("/vehicle/remoteservices/chargingprofile/v1/<vin>")
    def charging_profile(vin):
        if not _car(cloud, vin).has_battery:
            raise PortalError(404, "not available")
        return _read(vin, connecteddrive_status.charging_profile)

    @rooms.get("/vehicle/specs/v1/<vin>")
    def specs(vin):
        return _read(vin, portal_attributes.specs)

    @rooms.get("/vehicle/service/v1/<vin>")
    def service(vin):
        return _read(vin, portal_attributes.service)

    @rooms.get("/vehicle/servicepartner/v1/<vin>")
    def service_partner(vin):
        return _read(vin, lambda car: connecteddrive_status.DEALER)

    def _read(vin, tell):
        car = _car(cloud, vin)
        with cloud.garage.lock:
            return jsonify(tell(car))


def _add_pictures(rooms, cloud):
    @rooms.get("/vehicle/image/v1/<vin>")
    def vehicle_image(vin):
        car = _car(cloud, vin)
        if not car["image"]:
            raise PortalError(404, "not available")
        start, step = request.args.get("startAngle", 0, type=int), request.args.get("stepAngle", 10, type=int)
        if not 1 <= step <= 360:
            raise PortalError(400, "bad request")
        base = "%sapi/vehicle/picture/v1/%s/" % (request.host_url, vin)
        return jsonify(
            vin=vin, angleUrls=[{"angle": str(angle), "url": "%s%d.png" % (base, angle)} for angle in range(start % 360, 360, step)]
        )

    @rooms.get("/vehicle/picture/v1/<vin>/<int:angle>.png")
    def picture(vin, angle):
        return Response(image.png(_car(cloud, vin).kind), mimetype="image/png")


def _add_services(rooms, cloud):
    @rooms.post("/vehicle/remoteservices/v1/<vin>/<code>")
    def command(vin, code):
        car, name = _car(cloud, vin), SERVICES.get(code)
        if name is None:
            raise PortalError(404, "not found")
        if name not in car["remote_services"]:
            raise PortalError(403, "forbidden")
        return _execution(cloud.remote.start("portal", vin, name, code))

    @rooms.get("/vehicle/remoteservices/v1/<vin>/state/execution")
    def execution(vin):
        sent = cloud.remote.last("portal", _car(cloud, vin).vin)
        if sent is not None:
            cloud.remote.poll(sent)
        return _execution(sent)

    @rooms.get("/vehicle/remoteservices/v1/<vin>/history")
    def history(vin):
        car = _car(cloud, vin)
        return jsonify(
            [
                {"rsType": sent.service, "rsStatus": STATUS.get(sent.state, sent.state), "created": iso(sent.time)}
                for sent in reversed(cloud.remote.of_car("portal", car.vin))
            ]
        )


def _add_messages(rooms, cloud):
    @rooms.post("/vehicle/myinfo/v1")
    def send_message():
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not body.get("vins") or not isinstance(body.get("message"), str):
            raise PortalError(400, "bad request")
        arguments = {"name": body.get("subject"), "additionalInfo": body["message"]}
        for car in [_car(cloud, vin) for vin in body["vins"]]:
            cloud.remote.start("portal", car.vin, "sendMessage", "myinfo", arguments, at_once=True)
        return "", 200

    @rooms.get("/vehicle/myinfo/v1")
    def messages():
        sent = [one for vin in g.account.mappings for one in cloud.remote.of_car("portal", vin) if one.service == "myinfo"]
        return jsonify([{"vin": one.vin, "subject": one.arguments["name"], "state": "DELIVERED", "created": iso(one.time)} for one in sent])


def _execution(sent):
    root = ElementTree.Element("remoteServiceExecution")
    if sent is not None:
        ElementTree.SubElement(root, "remoteServiceType").text = sent.service
        ElementTree.SubElement(root, "remoteServiceStatus").text = STATUS.get(sent.state, sent.state)
    return Response(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), mimetype="application/xml")
