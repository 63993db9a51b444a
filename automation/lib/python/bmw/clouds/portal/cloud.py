"""The ConnectedDrive web portal's API: the same cars with user name and password only, no app key.

HISTORIC: the portal moved to MyBMW, and nobody saw this API work after 2022; it only works against a simulator.
This is not BMW documentation; source: connecteddrive.md part B.

Besides the interface of ``bmw.clouds.base`` it offers ``navigation``, ``efficiency``, ``charging_profile``,
``specs``, ``service``, ``service_partner``, ``images``, ``command_history`` and ``send_message``.
"""

from __future__ import absolute_import, unicode_literals


from bmw.clouds import rare_calls, values
from bmw.clouds.base import Cloud, Found, Progress, listed
from bmw.clouds.connecteddrive import state as connecteddrive_state
from bmw.clouds.connecteddrive.cloud import API_URLS as APP_URLS
from bmw.clouds.connecteddrive.cloud import MORE_EVERY
from bmw.clouds.connecteddrive.errors import Hiccup, check, check_command
from bmw.clouds.connecteddrive.sign_in import AUTH_URLS
from bmw.clouds.portal import sign_in, state
from bmw.commands import definitions
from bmw.compat import upper
from bmw.errors import BadAnswer, CommandFailed
from bmw.pattern import Pattern

#: outside Europe the app's host also serves the portal's paths
API_URLS = dict(APP_URLS, row="https://www.bmw-connecteddrive.de")

#: our command -> BMW's code
_CODES = {
    definitions.LOCK: "RDL",
    definitions.UNLOCK: "RDU",
    definitions.FLASH_LIGHTS: "RLF",
    definitions.SOUND_HORN: "RHB",
    definitions.CLIMATE_START: "RCN",
    definitions.FIND_VEHICLE: "RVF",
}
_PROGRESS = {
    "INITIATED": definitions.PENDING,
    "PENDING": definitions.PENDING,
    "DELIVERED": definitions.DELIVERED,
    "DELIVERED_TO_VEHICLE": definitions.DELIVERED,
    "EXECUTED": definitions.EXECUTED,
}
#: the only element we need; an XML parser would add risks with XML from outside
_STATUS = Pattern(r"<(?:[\w.-]+:)?remoteServiceStatus(?:\s[^<>]*)?>\s*([A-Za-z_]+)\s*<")

_HEADERS = {"Accept": "application/json"}
_XML = {"Accept": "application/xml"}


class Portal(Cloud):
    """See bmw.clouds.base.Cloud."""

    name = "portal"
    title = "BMW ConnectedDrive portal"
    NEEDS = {
        "username": "the user name (e-mail) of the BMW account",
        "password": "the password of the BMW account",  # nosec B105 - says what is needed, is none
    }
    COMMANDS = frozenset(_CODES)
    CHANGES_OFTEN = frozenset(("more",))
    SIGNS_IN_ALONE = True
    SETTLE = 10
    AUTH_URLS = AUTH_URLS
    API_URLS = API_URLS
    POLL_COMMAND = 10
    COMMAND_TIMEOUT = 100

    def __init__(self, config, http, clock):
        Cloud.__init__(self, config, http, clock)
        self._auth_url, self._api_url = self.bases(config)

    def begin_sign_in(self, answer=None):
        return sign_in.with_password(self.http, self._auth_url, self.config, self.clock.now())

    def refresh(self, tokens):
        """Signs in again: the implicit grant gives no refresh token."""
        return self.begin_sign_in()

    def vehicles(self, session):
        return [Found(car["vin"]) for car in self._cars(session)]

    def facts(self, session, vin):
        return state.facts(listed(self._cars(session), vin))

    def read(self, session, vehicle):
        answer = self._get(session, "/api/vehicle/dynamic/v1/{}".format(vehicle.vin), {"offset": 0})
        if not values.block(answer, "attributesMap"):
            raise BadAnswer("BMW's answer has no data of the car", "it is asked again")
        readings = {}
        if rare_calls.is_due(session.memory, "more", vehicle.vin, self.clock.now(), MORE_EVERY):
            readings.update(self._more(session, vehicle))
        # last, so that values in both answers do not alternate
        readings.update(state.dynamic(answer, vehicle.facts))
        return values.without_times_ahead(readings, vehicle.readings, self.clock.now())

    def _more(self, session, vehicle):
        """Readings of the rare calls. A failed call is skipped."""
        rows = (
            (self.navigation, state.navigation),
            (self.efficiency, state.efficiency),
            (self.charging_profile, connecteddrive_state.charging_profile),
        )
        return rare_calls.readings(self.title, rows, session, vehicle)

    # commands

    def send_command(self, session, vehicle, command, arguments):
        path = "/api/vehicle/remoteservices/v1/{}/{}".format(vehicle.vin, _CODES[command])
        status = _status(session.send(check_command, "POST", self._api_url + path, headers=_XML, body=b""))
        if status and status not in _PROGRESS:
            raise CommandFailed("BMW refused the command: {}".format(status))
        return _CODES[command]

    def poll_command(self, session, vehicle, receipt):
        path = "/api/vehicle/remoteservices/v1/{}/state/execution".format(vehicle.vin)
        status = _status(session.send(check, "GET", self._api_url + path, headers=_XML))
        if not status:
            return Progress(definitions.PENDING)
        progress = _PROGRESS.get(status, definitions.FAILED)
        return Progress(progress, status if progress == definitions.FAILED else "")

    def send_message(self, session, vehicle, subject, message):
        """Sends a text to the car's display."""
        body = {"vins": [vehicle.vin], "subject": subject, "message": message}
        session.send(check_command, "POST", self._api_url + "/api/vehicle/myinfo/v1", headers=_HEADERS, json_body=body)

    # other data, in BMW's format

    def navigation(self, session, vehicle):
        """Position and battery energy (dict)."""
        return self._get(session, "/api/vehicle/navigation/v1/{}".format(vehicle.vin))

    def efficiency(self, session, vehicle):
        """Scores of the last trip and of the car's life (dict)."""
        return self._get(session, "/api/vehicle/efficiency/v1/{}".format(vehicle.vin))

    def charging_profile(self, session, vehicle):
        """``weeklyPlanner`` or ``twoTimesTimer`` (dict)."""
        return self._get(session, "/api/vehicle/remoteservices/chargingprofile/v1/{}".format(vehicle.vin))

    def specs(self, session, vehicle):
        """Technical data (dict)."""
        return self._get(session, "/api/vehicle/specs/v1/{}".format(vehicle.vin))

    def service(self, session, vehicle):
        """Service data (dict)."""
        return self._get(session, "/api/vehicle/service/v1/{}".format(vehicle.vin))

    def service_partner(self, session, vehicle):
        """The dealer (dict)."""
        return self._get(session, "/api/vehicle/servicepartner/v1/{}".format(vehicle.vin))

    def images(self, session, vehicle, start_angle=40, width=780):
        """URLs of pictures by angle (dict)."""
        params = {"startAngle": start_angle, "stepAngle": 10, "width": width}
        return self._get(session, "/api/vehicle/image/v1/{}".format(vehicle.vin), params)

    def command_history(self, session, vehicle):
        """The history of commands (list or dict, its format is not known)."""
        return self._ask(session, "/api/vehicle/remoteservices/v1/{}/history".format(vehicle.vin)).json()

    def _cars(self, session):
        answer = self._ask(session, "/api/me/vehicles/v2").json()
        if not isinstance(answer, list):
            raise BadAnswer("BMW's list of cars is not a list", "it is asked again")
        return values.cars(answer)

    def _get(self, session, path, params=None):
        answer = self._ask(session, path, params).json()
        if not isinstance(answer, dict):
            raise BadAnswer("BMW's answer about the car is not an object", "it is asked again")
        return answer

    def _ask(self, session, path, params=None):
        """Sends a request, and once more after an HTTP 500. For reading only: a command must not be sent twice."""
        options = {str("headers"): _HEADERS, str("params"): params}
        try:
            return session.send(check, "GET", self._api_url + path, **options)
        except Hiccup:
            return session.send(check, "GET", self._api_url + path, **options)


def _status(response):
    """BMW's word for the progress of a command, or '' if the answer has none."""
    match = _STATUS.search(response.text())
    return upper(match.group(1)) if match else ""
