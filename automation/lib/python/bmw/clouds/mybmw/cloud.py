"""MyBMW, the API of BMW's current app: cars, state, charging history and all remote commands.

HISTORIC for third parties: since 2025-09-29 BMW answers other programs with "Blocked". This only works against a
simulator and does not try to bypass the block. The app's subscription key is not part of this module; users who
have one write it into bmw.cfg as api_key. This is not BMW documentation; source: mybmw.md. China's own sign-in is
not supported.

Besides the interface of ``bmw.clouds.base`` it offers ``charging_settings``, ``charging_statistics``,
``charging_sessions``, ``set_charging_profile``, ``found_position`` and ``image``.
"""

from __future__ import absolute_import, unicode_literals

import hashlib
import logging
import uuid

from bmw import times
from bmw.clouds import rare_calls, values
from bmw.clouds.base import Cloud, Found, Progress
from bmw.clouds.connecteddrive.sign_in import AUTH_URLS
from bmw.clouds.mybmw import state
from bmw.clouds.mybmw.errors import check, check_command, reason
from bmw.clouds.mybmw.sign_in import SignIn
from bmw.clouds.tokens import MAX_ID
from bmw.commands import definitions
from bmw.compat import quote, text_type, to_bytes
from bmw.errors import BadAnswer, CloudError, CommandFailed, SignInFailed
from bmw.redact import remember

log = logging.getLogger("bmw")

API_URLS = {
    "row": "https://cocoapi.bmwgroup.com",
    "na": "https://cocoapi.bmwgroup.us",
    "cn": "https://myprofile.bmw.com.cn",
}

#: seconds between two requests for the charging history, because calls are limited
MORE_EVERY = 86400
MAX_SESSIONS = 40

_REMOTE = "/eadrax-vrccs/v4/presentation/remote-commands/"
_CHARGING = "/eadrax-crccs/v1/vehicles/{}/"

#: our command -> (path, query); {} is the VIN
_SERVICES = {
    definitions.LOCK: (_REMOTE + "door-lock", None),
    definitions.UNLOCK: (_REMOTE + "door-unlock", None),
    definitions.FLASH_LIGHTS: (_REMOTE + "light-flash", None),
    definitions.SOUND_HORN: (_REMOTE + "horn-blow", None),
    definitions.FIND_VEHICLE: (_REMOTE + "vehicle-finder", None),
    definitions.CLIMATE_START: (_REMOTE + "climate-now", {"action": "START"}),
    definitions.CLIMATE_STOP: (_REMOTE + "climate-now", {"action": "STOP"}),
    definitions.CHARGE_START: (_CHARGING + "start-charging", None),
    definitions.CHARGE_STOP: (_CHARGING + "stop-charging", None),
}

#: BMW's state of an event -> ours; an unknown one is polled again
_PROGRESS = {
    "DELIVERED": definitions.DELIVERED,
    "EXECUTED": definitions.EXECUTED,
    "ERROR": definitions.FAILED,
    "IGNORED": definitions.FAILED,
    "TIMEOUT": definitions.FAILED,
}

_APP_HEADERS = {
    "accept": "application/json",
    "accept-language": "en",
    "x-raw-locale": "en-US",
    "user-agent": "Dart/3.3 (dart:io)",
    "x-identity-provider": "gcdm",
    "bmw-units-preferences": "d=KM;v=L;p=B;ec=KWH100KM;fc=L100KM;em=GKM;",
    "24-hour-format": "true",
}


class MyBMW(Cloud):
    """See bmw.clouds.base.Cloud."""

    name = "mybmw"
    title = "MyBMW"
    NEEDS = {
        "username": "the user name (e-mail) of the BMW account",
        "password": "the password of the BMW account",  # nosec B105 - says what is needed, is none
        "api_key": "the subscription key of BMW's app, which this module does not contain",
    }
    ASKS_FOR_INPUT = True
    COMMANDS = frozenset(definitions.ALL)
    TOLD_SUMS = frozenset(("energyChargedThisMonth", "chargingSessionsThisMonth"))
    AUTH_URLS = AUTH_URLS
    API_URLS = API_URLS

    def __init__(self, config, http, clock):
        Cloud.__init__(self, config, http, clock)
        self._auth_url, self._api_url = self.bases(config)
        self._session_id = text_type(uuid.uuid4())
        self._sign_in = SignIn(http, config, self._auth_url, self._api_url, self._headers)

    def begin_sign_in(self, answer=None):
        """Signs in with user, password and ``answer``, the token of a captcha that a person solved."""
        if self.config.region == "cn":
            raise SignInFailed("MyBMW in China has another sign-in, which is not supported", "there is no other way yet")
        return self._sign_in.begin(answer, self.clock.now())

    def refresh(self, tokens):
        return self._sign_in.refresh(tokens, self.clock.now())

    def vehicles(self, session):
        cars = values.cars(self._vehicle_list(session)["mappingInfos"])
        return [Found(car["vin"], car.get("mappingStatus") in (None, "CONFIRMED")) for car in cars]

    def facts(self, session, vin):
        return state.facts(self._get(session, "/eadrax-vcs/v5/vehicle-data/profile", vin))

    def read(self, session, vehicle):
        params = {"apptimezone": 0, "appDateTime": int(self.clock.now() * 1000)}
        answer = self._get(session, "/eadrax-vcs/v4/vehicles/state", vehicle.vin, params)
        if not values.block(answer, "state"):
            raise BadAnswer("BMW's answer has no state of the car", "it is asked again")
        readings = state.translate(answer["state"], vehicle.facts)
        if values.block(answer, "capabilities").get("isChargingHistorySupported") is True:
            readings.update(self._history(session, vehicle))
        return values.without_times_ahead(readings, vehicle.readings, self.clock.now())

    def _history(self, session, vehicle):
        """Readings of the charging history, once a day. A failure does not affect the car's state."""
        if not rare_calls.is_due(session.memory, "history", vehicle.vin, self.clock.now(), MORE_EVERY):
            return {}
        try:
            return state.history(self.charging_statistics(session, vehicle), self.charging_sessions(session, vehicle))
        except CloudError as error:
            log.debug("MyBMW: charging history not available for now: %s", error.text())
            return {}

    # commands

    def send_command(self, session, vehicle, command, arguments):
        """Returns the event's id as receipt."""
        if command == definitions.SEND_DESTINATION:
            return self._send_destination(session, vehicle, arguments)
        if command == definitions.CHARGING_SETTINGS:
            return self._command(session, vehicle, _CHARGING + "charging-settings", _charging_settings(arguments))
        path, params = _SERVICES[command]
        return self._command(session, vehicle, path, {}, params)

    def poll_command(self, session, vehicle, receipt):
        answer = self._event(session, vehicle, "eventStatus", receipt)
        word = values.value_or_none(values.word, answer.get("eventStatus"))
        progress = _PROGRESS.get(word, definitions.PENDING)
        return Progress(progress, reason(answer) if progress == definitions.FAILED else "")

    def found_position(self, session, vehicle, receipt, latitude, longitude):
        """Where an executed FIND_VEHICLE found the car: ``(latitude, longitude)`` or None.

        Args:
            latitude, longitude (float): position of the user; BMW requires it.
        """
        answer = self._event(session, vehicle, "eventPosition", receipt, {"latitude": latitude, "longitude": longitude})
        spot = values.block(values.block(answer, "positionData"), "position")
        return values.place(spot.get("latitude"), spot.get("longitude"))

    def set_charging_profile(self, session, vehicle, profile):
        """Sends a whole charging profile (dict, mybmw.md section 5); returns a receipt."""
        return self._command(session, vehicle, _CHARGING + "charging-profile", profile)

    def _command(self, session, vehicle, path, body, params=None):
        url = self._api_url + path.format(vehicle.vin)
        response = session.send(check_command, "POST", url, headers=self._headers(vehicle.vin), params=params, json_body=body)
        if not response.body.strip():
            return None  # done at once
        answer = response.json()
        event = answer.get("eventId") if isinstance(answer, dict) else None
        if event and isinstance(event, text_type):
            return event
        if isinstance(answer, dict) and answer.get("errorDetails"):
            raise CommandFailed("BMW refused the command: {}".format(reason(answer)))
        # only an empty answer means that the command is done
        raise BadAnswer("BMW's answer to the command names no event")

    def _event(self, session, vehicle, name, receipt, more_headers=None):
        headers = self._headers(vehicle.vin)
        headers.update((key, text_type(value)) for key, value in (more_headers or {}).items())
        version = "v4" if name == "eventPosition" else "v3"
        url = "{}/eadrax-vrccs/{}/presentation/remote-commands/{}".format(self._api_url, version, name)
        answer = session.send(check, "POST", url, headers=headers, params={"eventId": receipt}).json()
        if not isinstance(answer, dict):
            raise BadAnswer("BMW's answer about the command is not an object", "it is asked again")
        return answer

    def _send_destination(self, session, vehicle, arguments):
        # the URL contains BMW's account id; we request it each time instead of storing it
        gcid = self._vehicle_list(session).get("gcid")
        if not isinstance(gcid, text_type) or not 0 < len(gcid) <= MAX_ID:
            raise CommandFailed("BMW did not return the account's id, so nothing can be sent to the car")
        remember(gcid)
        path = "/eadrax-dcs/v2/user/{}/send-to-car".format(quote(gcid))
        body = {"vehicleInformation": {"vin": vehicle.vin}, "places": [_place(arguments)]}
        return self._command(session, vehicle, path, body)

    # other data, in BMW's format

    def charging_settings(self, session, vehicle):
        """Charging modes, timers, target and current limits (dict)."""
        params = {"fields": "charging-profile", "has_charging_settings_capabilities": "true"}
        extra = {"bmw-current-date": times.to_iso(self.clock.now())}
        return self._get(session, "/eadrax-crccs/v2/vehicles", vehicle.vin, params, extra)

    def charging_statistics(self, session, vehicle):
        """This month's energy and number of sessions (dict)."""
        params = {"vin": vehicle.vin, "currentDate": times.to_iso(self.clock.now())}
        return self._get(session, "/eadrax-chs/v2/charging-statistics", vehicle.vin, params)

    def charging_sessions(self, session, vehicle):
        """The last charging sessions, as texts for people (dict)."""
        params = {"vin": vehicle.vin, "maxResults": MAX_SESSIONS, "include_date_picker": "true"}
        return self._get(session, "/eadrax-chs/v2/charging-sessions", vehicle.vin, params)

    def image(self, session, vehicle, view="VehicleStatus"):
        """A picture of the car (bytes of a PNG).

        Args:
            view (str): VehicleStatus FrontView FrontLeft FrontRight RearView SideViewLeft Dashboard ...
        """
        headers = dict(self._headers(vehicle.vin), accept="image/png")
        headers["bmw-app-vehicle-type"] = "connected"
        url = self._api_url + "/eadrax-ics/v5/presentation/vehicles/images"
        return session.send(check, "GET", url, headers=headers, params={"carView": view, "toCrop": "true"}).body

    def _vehicle_list(self, session):
        url = self._api_url + "/eadrax-vcs/v5/vehicle-list"
        answer = session.send(check, "POST", url, headers=self._headers()).json()
        if not isinstance(answer, dict) or not isinstance(answer.get("mappingInfos"), list):
            raise BadAnswer("BMW's list of cars is not a list", "it is asked again")
        return answer

    def _get(self, session, path, vin, params=None, more_headers=None):
        headers = self._headers(vin)
        headers.update(more_headers or {})
        answer = session.send(check, "GET", self._api_url + path, headers=headers, params=params).json()
        if not isinstance(answer, dict):
            raise BadAnswer("BMW's answer about the car is not an object", "it is asked again")
        return answer

    def _headers(self, vin=None):
        """The headers (dict) that the app sends with every call."""
        correlation = text_type(uuid.uuid4())
        headers = dict(_APP_HEADERS)
        headers["x-user-agent"] = self._user_agent()
        headers["x-correlation-id"] = headers["bmw-correlation-id"] = correlation
        headers["bmw-session-id"] = self._session_id
        if vin:
            headers["bmw-vin"] = vin
        return headers

    def _user_agent(self):
        """``android(build);brand;version;region``. Each account has other digits in the build, as each phone has."""
        digits = text_type(int(hashlib.sha256(to_bytes(self.config.username or "")).hexdigest()[:12], 16)).zfill(9)
        build = "AP2A.{}.{}".format(digits[:6], digits[6:9])
        return "android({});{};{};{}".format(build, self.config.brand, self.config.app_version, self.config.region)


def _charging_settings(arguments):
    """The body for new charging settings.

    Raises:
        CommandFailed: nothing to set, or a target that BMW does not support.
    """
    target, current = arguments.get("target"), arguments.get("current")
    if target is None and current is None:
        raise CommandFailed("There is neither a charging target nor a current to set")
    if target is not None and (not 20 <= target <= 100 or target % 5):
        raise CommandFailed("A charging target of {} % is not possible".format(target), "use 20 to 100 in steps of 5")
    body = {"chargingTarget": target, "acLimitValue": current}
    return dict((name, value) for name, value in body.items() if value is not None)


def _place(arguments):
    """A destination in MyBMW's format."""
    position = {"lat": arguments["latitude"], "lng": arguments["longitude"]}
    address = dict((name, arguments.get(name) or "") for name in ("street", "postalCode", "city", "country"))
    return {
        "position": position,
        "title": arguments.get("name") or "",
        "address": address,
        "formattedAddress": ", ".join(part for part in (address["street"], address["postalCode"], address["city"]) if part),
        "placeType": "ADDRESS",
        "category": {"losCategory": "Address", "mguVehicleCategoryId": None, "name": "Address"},
        "entrances": [{"name": None, "position": position}],
        "providerPoiId": "",
    }
