"""The eleven REST endpoints of CarData: checks every call as BMW does, and words the answers.

What a descriptor is, is descriptors.py's business; what a container is, containers.py's. Here: HTTP, errors,
shapes.
"""

import re
import secrets
import uuid

from flask import Blueprint, Response, g, jsonify, request

from . import charging, descriptors, image, tyres
from .cardata_errors import CarDataError
from .clock import from_iso, iso

VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
API_SCOPE = "cardata:api:read"


def blueprint(cloud):
    rooms = Blueprint("cardata", __name__, url_prefix="/customers")

    @rooms.before_request
    def admit():
        g.account = _signed_in(cloud)
        if not g.get("within_quota", True):
            raise CarDataError("CU-429")
        if request.headers.get("x-version") != "v1":
            raise CarDataError("CU-400", "The header x-version: v1 is required.")

    @rooms.errorhandler(CarDataError)
    def refuse(problem):
        body = {
            "exveErrorId": problem.error_id,
            "exveErrorRef": str(uuid.uuid4()),
            "exveErrorMsg": problem.message,
            "exveNote": problem.note,
        }
        is_quota = problem.error_id == "CU-429"
        return jsonify(body), cloud.options.quota_status if is_quota else problem.status

    _add_vehicles(rooms, cloud)
    _add_charging(rooms, cloud)
    _add_containers(rooms, cloud)
    return rooms


def _add_vehicles(rooms, cloud):
    @rooms.get("/vehicles/mappings")
    def mappings():
        with cloud.garage.lock:
            rows = [
                {"vin": vin, "mappedSince": iso(one["mappedSince"]), "mappingType": one["mappingType"]}
                for vin, one in g.account.mappings.items()
            ]
        return jsonify(_shaped(rows, cloud.options.mappings_shape))

    @rooms.get("/vehicles/<vin>/basicData")
    def basic_data(vin):
        return jsonify(_basic_data(_car(cloud, vin)))

    @rooms.get("/vehicles/<vin>/telematicData")
    def telematic_data(vin):
        car = _car(cloud, vin)
        container_id = request.args.get("containerId")
        if not container_id:
            raise CarDataError("CU-400", "containerId is required.")
        keys = cloud.containers_store.usable_keys(g.account, container_id)
        options = cloud.options
        if options.car_data == "none":
            return jsonify(telematicData={})
        if options.car_data == "nulls":
            return jsonify(telematicData={key: {"value": None, "unit": None, "timestamp": None} for key in keys})
        style = descriptors.Style(options.units, options.booleans, options.missing_values, options.utc_offset)
        with cloud.garage.lock:
            return jsonify(telematicData=descriptors.telematic_data(car, keys, style, cloud.clock.now()))

    @rooms.get("/vehicles/<vin>/image")
    def vehicle_image(vin):
        car = _car(cloud, vin)
        if not car["image"]:
            raise CarDataError("CU-126")
        return Response(image.png(car.kind), mimetype="image/png")

    @rooms.get("/vehicles/<vin>/smartMaintenanceTyreDiagnosis")
    def tyre_diagnosis(vin):
        return jsonify(tyres.diagnosis(_car(cloud, vin)))


def _add_charging(rooms, cloud):
    pages = PageTokens(cloud.clock, cloud.options)

    @rooms.get("/vehicles/<vin>/chargingHistory")
    def charging_history(vin):
        car = _car(cloud, vin)
        start, end = _moment("from"), _moment("to")
        if end < start:
            raise CarDataError("CU-401", "to is before from.")
        sessions = charging.sessions_between(car, start, end)
        first = pages.first(request.args.get("nextToken"))
        last = first + cloud.options.page_size
        return jsonify(data=sessions[first:last], next_token=pages.issue(last) if last < len(sessions) else None)

    @rooms.get("/vehicles/<vin>/locationBasedChargingSettings")
    def charging_settings(vin):
        settings = charging.location_settings(_car(cloud, vin))
        if not settings:
            raise CarDataError("CU-127")
        return jsonify(data=settings, nextToken=None)


def _add_containers(rooms, cloud):
    @rooms.get("/containers")
    def containers():
        return jsonify(containers=cloud.containers_store.list(g.account))

    @rooms.post("/containers")
    def create_container():
        name, purpose, keys = _container_body()
        return jsonify(cloud.containers_store.create(g.account, name, purpose, keys)), 201

    @rooms.get("/containers/<container_id>")
    def container(container_id):
        return jsonify(cloud.containers_store.details(g.account, container_id))

    @rooms.delete("/containers/<container_id>")
    def delete_container(container_id):
        cloud.containers_store.delete(g.account, container_id)
        return "", 204


class PageTokens:
    """Opaque tokens for a list's next page; they expire soon."""

    def __init__(self, clock, options):
        self._clock = clock
        self._options = options
        self._pages = {}

    def issue(self, first):
        token = secrets.token_urlsafe(24)
        self._pages[token] = (first, self._clock.now() + self._options.page_token_lifetime)
        return token

    def first(self, token):
        """The index at which the token's page starts; 0 without a token."""
        if not token:
            return 0
        first, expires = self._pages.get(token, (0, 0))
        if self._clock.now() >= expires:
            raise CarDataError("CU-125")
        return first


def _signed_in(cloud):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token.strip():
        raise CarDataError("CU-100")
    grant = cloud.tokens.access(token.strip()) if scheme.lower() == "bearer" else None
    if grant is None or grant.revoked:
        raise CarDataError("CU-101")
    if not cloud.tokens.is_alive(grant):
        raise CarDataError("CU-102")
    if API_SCOPE not in grant.scopes:
        raise CarDataError("CU-103")
    return grant.account


def _car(cloud, vin):
    """The car behind a VIN in the path, if this account may read it."""
    if not VIN.fullmatch(vin):
        raise CarDataError("CU-120")
    with cloud.garage.lock:
        mapping = g.account.mappings.get(vin)
        if mapping is None or mapping["mappingType"] != "PRIMARY":
            raise CarDataError("CU-104")
        car = cloud.garage.car(vin)
    if not car["telematics_capable"]:
        raise CarDataError("CU-104")
    return car


def _shaped(rows, shape):
    if shape == "wrapped":
        return {"mappings": rows}
    return rows[0] if shape == "object" and len(rows) == 1 else rows


def _moment(name):
    text = request.args.get(name)
    if not text:
        raise CarDataError("CU-400", "%s is required." % name)
    try:
        return from_iso(text)
    except ValueError:
        raise CarDataError("CU-401", "%s is no ISO 8601 date-time." % name) from None


def _container_body():
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise CarDataError("CU-400", "The body must be a JSON object.")
    name, purpose, keys = body.get("name"), body.get("purpose"), body.get("technicalDescriptors")
    if not all(isinstance(text, str) and text for text in (name, purpose)):
        raise CarDataError("CU-400", "name and purpose are required.")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
        raise CarDataError("CU-400", "technicalDescriptors must be a list of texts.")
    return name, purpose, keys


BASIC_DATA = {
    "brand": "brand",
    "isTelematicsCapable": "telematics_capable",
    "puStep": "pu_step",
    "modelRange": "model_range",
    "series": "series",
    "seriesDevt": "body_type",
    "modelName": "model",
    "modelKey": "model_key",
    "bodyType": "body_form",
    "numberOfDoors": "number_of_doors",
    "hasNavi": "has_navi",
    "headUnit": "head_unit",
    "hasSunRoof": "has_sunroof",
    "countryCodeISO": "country",
    "steering": "steering",
    "engine": "engine",
    "driveTrain": "drivetrain",
    "propulsionType": "drivetrain",
    "chargingModes": "charging_modes",
    "colourCode": "colour_code",
    "colourDescription": "colour_name",
    "constructionDate": "construction_date",
    "fullSAList": "options",
    "hvsMaxEnergyAbsolute": "battery_gross_kwh",
    "reessNominalCapacityGross": "battery_gross_kwh",
}
# CarData's words for the drive train that differ from the older clouds' words.
DRIVE_TRAINS = {"BEV_REX": "PHEV_BEV_REX", "CONV": "ICE"}
NATIVE = (bool, list)
NATIVE_FIELDS = ("number_of_doors",)


def _basic_data(car):
    """Nearly all values are texts; a car's missing parts are left out."""
    answer = {"vin": car.vin, "simStatus": "ACTIVE", "colourCodeRaw": "0" + car["colour_code"]}
    for name, field in BASIC_DATA.items():
        value = DRIVE_TRAINS.get(car[field], car[field]) if field == "drivetrain" else car[field]
        if value is not None and value != []:
            answer[name] = value if isinstance(value, NATIVE) or field in NATIVE_FIELDS else str(value)
    return answer
