"""BMW ConnectedDrive, the first app's API ("webapi v1"): cars, status, trips and remote services.

HISTORIC: BMW shut it down in 2021/22 (HTTP 410); it only works against a simulator. The app's key and secret
are not part of this module; users who have them write them into bmw.cfg. This is not BMW documentation;
source: connecteddrive.md part A.

Besides the interface of ``bmw.clouds.base`` it offers ``charging_profile``, ``set_charging_profile``,
``destinations``, ``last_trip``, ``all_trips``, ``range_map``, ``command_history``, ``image``,
``send_message``.
"""

from __future__ import absolute_import, unicode_literals

import json

from bmw.clouds import rare_calls, values
from bmw.clouds.base import Cloud, Found, Progress, listed
from bmw.clouds.connecteddrive import sign_in, state
from bmw.clouds.connecteddrive.errors import Hiccup, check, check_command
from bmw.commands import definitions
from bmw.compat import text_type
from bmw.errors import BadAnswer, CommandFailed

API_URLS = {
    "row": "https://b2vapi.bmwgroup.com",
    "na": "https://b2vapi.bmwgroup.us",
    "cn": "https://b2vapi.bmwgroup.cn:8592",
}

#: seconds between two requests for trips and charging profile, which rarely change
MORE_EVERY = 1800

#: our command -> (BMW's service, its capability in the list of cars)
_SERVICES = {
    definitions.LOCK: ("DOOR_LOCK", "doorLock"),
    definitions.UNLOCK: ("DOOR_UNLOCK", "doorUnlock"),
    definitions.FLASH_LIGHTS: ("LIGHT_FLASH", "lightFlash"),
    definitions.SOUND_HORN: ("HORN_BLOW", "hornBlow"),
    definitions.CLIMATE_START: ("CLIMATE_NOW", "climateNow"),
    definitions.CHARGE_START: ("CHARGE_NOW", "chargeNow"),
    definitions.FIND_VEHICLE: ("VEHICLE_FINDER", "vehicleFinder"),
    definitions.SEND_DESTINATION: ("SEND_POI_TO_CAR", "sendPoi"),
}
#: capability values of a car that cannot do the command, or has no contract for it (SUPPORTED)
_NOT_ACTIVE = frozenset(("SUPPORTED", "NOT_SUPPORTED", "NOT_AVAILABLE"))

#: BMW's state of a service -> ours; a missing or unknown one is polled again
_PROGRESS = {
    "INITIATED": definitions.PENDING,
    "PENDING": definitions.PENDING,
    "DELIVERED": definitions.DELIVERED,
    "DELIVERED_TO_VEHICLE": definitions.DELIVERED,
    "EXECUTED": definitions.EXECUTED,
    "NOT_EXECUTED": definitions.FAILED,
    "TIMED_OUT": definitions.FAILED,
    "ERROR": definitions.FAILED,
    "CANCELLED": definitions.FAILED,
}
_REASONS = {
    "NOT_EXECUTED": "the car did not execute it",
    "TIMED_OUT": "the car did not answer in time",
    "CANCELLED": "BMW cancelled it",
}

#: argument of SEND_DESTINATION -> field of a point of interest
_POI = (
    ("latitude", "lat"),
    ("longitude", "lon"),
    ("name", "name"),
    ("street", "street"),
    ("city", "city"),
    ("postalCode", "postalCode"),
    ("country", "country"),
)
#: BMW cuts or refuses longer texts of a message to the car
LONGEST_MESSAGE = 255


class ConnectedDrive(Cloud):
    """See bmw.clouds.base.Cloud."""

    name = "connecteddrive"
    title = "BMW ConnectedDrive"
    NEEDS = {
        "username": "the user name (e-mail) of the BMW account",
        "password": "the password of the BMW account",  # nosec B105 - says what is needed, is none
        "api_key": "the key of BMW's app, which this module does not contain",
        "api_secret": "the secret of BMW's app, which this module does not contain",  # nosec B105 - says what is needed, is none
    }
    COMMANDS = frozenset(_SERVICES)
    CHANGES_OFTEN = frozenset(("more",))
    SIGNS_IN_ALONE = True
    SETTLE = 10
    AUTH_URLS = sign_in.AUTH_URLS
    API_URLS = API_URLS

    def __init__(self, config, http, clock):
        Cloud.__init__(self, config, http, clock)
        self._auth_url, self._api_url = self.bases(config)

    def begin_sign_in(self, answer=None):
        return sign_in.with_password(self.http, self._auth_url, self.config, self.clock.now())

    def refresh(self, tokens):
        """Signs in again: a refresh grant was never seen to work on this host."""
        return self.begin_sign_in()

    def vehicles(self, session):
        cars = self._cars(session)
        # remembered, to refuse commands that the contract does not include before they are sent
        session.memory["refused"] = dict((car["vin"], _refused(car)) for car in cars)
        return [Found(car["vin"]) for car in cars]

    def facts(self, session, vin):
        return state.facts(listed(self._cars(session), vin))

    def read(self, session, vehicle):
        status = self._get(session, vehicle, "/status", "vehicleStatus")
        readings = {}
        if rare_calls.is_due(session.memory, "more", vehicle.vin, self.clock.now(), MORE_EVERY):
            readings.update(self._more(session, vehicle, state.told_at(status)))
        readings.update(state.status(status, vehicle.facts))
        return values.without_times_ahead(readings, vehicle.readings, self.clock.now())

    def _more(self, session, vehicle, told_at):
        """Readings of the rare calls. A failed call is skipped."""
        rows = (
            (self.all_trips, state.all_trips),
            (self.last_trip, lambda answer: state.last_trip(answer, told_at)),
            (self.charging_profile, state.charging_profile),
        )
        return rare_calls.readings(self.title, rows, session, vehicle)

    # commands

    def send_command(self, session, vehicle, command, arguments):
        """Returns the receipt (name of BMW's service, id of the event or None). The progress is polled by the service's name."""
        service, _capability = _SERVICES[command]
        if command in session.memory.get("refused", {}).get(vehicle.vin, ()):
            raise CommandFailed("This car's contract does not include the command")
        if command == definitions.SEND_DESTINATION:
            poi = [(field, arguments.get(name)) for name, field in _POI]
            self._send_poi(session, vehicle, dict((field, value) for field, value in poi if value is not None))
            return None
        form = {"serviceType": service}
        if command == definitions.FLASH_LIGHTS:
            form["count"] = "2"
        if self.config.security_answer and command == definitions.UNLOCK:
            form["bmwSkAnswer"] = self.config.security_answer
        return self._execute(session, vehicle, form)

    def poll_command(self, session, vehicle, receipt):
        service, event = receipt
        url = self._url(vehicle, "/serviceExecutionStatus")
        answer = session.send(check, "GET", url, headers=_HEADERS, params={"serviceType": service}).json()
        execution = values.block(answer, "executionStatus")
        if event and (_event_of(execution) or event) != event:
            return Progress(definitions.PENDING)  # this is the result of another command with the same service
        word = values.value_or_none(values.word, execution.get("status")) or "UNKNOWN"
        progress = _PROGRESS.get(word, definitions.PENDING)
        return Progress(progress, _REASONS.get(word, word) if progress == definitions.FAILED else "")

    def set_charging_profile(self, session, vehicle, profile):
        """Sends a whole charging profile, as ``charging_profile`` returns it; returns a receipt."""
        return self._execute(session, vehicle, {"serviceType": "CHARGING_CONTROL", "data": json.dumps(profile)})

    def send_message(self, session, vehicle, subject, message):
        """Sends a text to the car's display."""
        self._send_poi(session, vehicle, {"name": subject, "additionalInfo": message[:LONGEST_MESSAGE]})

    def _execute(self, session, vehicle, form):
        url = self._url(vehicle, "/executeService")
        answer = session.send(check_command, "POST", url, headers=_HEADERS, form=form).json()
        execution = values.block(answer, "executionStatus")
        status = values.value_or_none(values.word, execution.get("status"))
        if _PROGRESS.get(status) == definitions.FAILED:
            raise CommandFailed("BMW refused the command: {}".format(_REASONS.get(status, status)))
        return form["serviceType"], _event_of(execution)

    def _send_poi(self, session, vehicle, poi):
        form = {"data": json.dumps({"poi": poi})}
        session.send(check_command, "POST", self._url(vehicle, "/sendpoi"), headers=_HEADERS, form=form)

    # other data

    def charging_profile(self, session, vehicle):
        """BMW's charging profile (dict): ``weeklyPlanner`` or ``twoTimesTimer``."""
        return self._get(session, vehicle, "/chargingprofile")

    def destinations(self, session, vehicle):
        """BMW's list of the last destinations (list of dict)."""
        return values.records(self._get(session, vehicle, "/destinations"), "destinations")

    def last_trip(self, session, vehicle):
        """BMW's data of the last trip (dict)."""
        return self._get(session, vehicle, "/statistics/lastTrip", "lastTrip")

    def all_trips(self, session, vehicle):
        """BMW's sums of all trips (dict)."""
        return self._get(session, vehicle, "/statistics/allTrips", "allTrips")

    def range_map(self, session, vehicle):
        """The car's range as polygons around its position (dict)."""
        return self._get(session, vehicle, "/rangemap", "rangemap")

    def command_history(self, session, vehicle):
        """BMW's history of commands; its format is not known."""
        return self._ask(session, vehicle, "/serviceExecutionHistory").json()

    def image(self, session, vehicle, view="FRONTSIDE", width=640, height=360):
        """A picture of the car (bytes of a PNG).

        Args:
            view (str): FRONTSIDE FRONT REARSIDE REAR SIDE DASHBOARD DRIVERDOOR REARBIRDSEYE.
        """
        params = {"view": view, "width": width, "height": height}
        return self._ask(session, vehicle, "/image", params, {"Accept": "image/png"}).body

    def _cars(self, session):
        answer = _patiently(session, self._api_url + "/webapi/v1/user/vehicles").json()
        answer = {"vehicles": answer} if isinstance(answer, list) else answer
        if not isinstance(answer, dict) or not isinstance(answer.get("vehicles"), list):
            raise BadAnswer("BMW's list of cars is not a list", "it is asked again")
        return values.cars(answer["vehicles"])

    def _get(self, session, vehicle, path, wrapper=None):
        answer = self._ask(session, vehicle, path).json()
        if wrapper and isinstance(answer, dict):
            answer = answer.get(wrapper)
        if not isinstance(answer, dict):
            raise BadAnswer("BMW's answer about the car is not an object", "it is asked again")
        return answer

    def _ask(self, session, vehicle, path, params=None, headers=None):
        return _patiently(session, self._url(vehicle, path), params, headers)

    def _url(self, vehicle, path):
        return "{}/webapi/v1/user/vehicles/{}{}".format(self._api_url, vehicle.vin, path)


_HEADERS = {"Accept": "application/json"}


def _event_of(execution):
    """The id (text) of BMW's event, None if there is none."""
    event = execution.get("eventId")
    return event if isinstance(event, text_type) else None


def _patiently(session, url, params=None, headers=None):
    """Sends a request, and once more after an HTTP 500. For reading only: a command must not be sent twice."""
    options = {str("headers"): headers or _HEADERS, str("params"): params}
    try:
        return session.send(check, "GET", url, **options)
    except Hiccup:
        return session.send(check, "GET", url, **options)


def _refused(car):
    """The commands (list) that the car does not support, from its entry in the list of cars."""
    states = [(command, car.get(capability)) for command, (_service, capability) in _SERVICES.items()]
    return sorted(command for command, said in states if values.value_or_none(values.word, said) in _NOT_ACTIVE)
