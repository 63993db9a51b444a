"""BMW CarData, the official read-only customer API: cars, containers and telematic data by REST.

50 calls a day per user; nothing here retries on its own. Source: BMW's CarData API v1 and integration guide v1.5 (cardata.md section 2).
"""

from __future__ import absolute_import, unicode_literals

import hashlib
import logging

from bmw.clouds import cardata_descriptors as descriptors
from bmw.clouds import cardata_live, cardata_report, cardata_seldom
from bmw.clouds import cardata_sign_in as sign_in
from bmw.clouds import values
from bmw.clouds.base import Cloud, Found
from bmw.clouds.cardata_entries import answered, merge
from bmw.clouds.cardata_errors import ContainerGone, ContainersFull, DescriptorRefused, check
from bmw.compat import text_type, to_bytes
from bmw.errors import AccessDenied, BadAnswer
from bmw.vehicle import Reading

log = logging.getLogger("bmw")

API_URL = "https://api-cardata.bmwgroup.com"

#: our containers are told from others by this start of their name; the rest of the name is the set of descriptors
CONTAINER_NAME = "openhab-bmw"

_HEADERS = {"x-version": "v1", "Accept": "application/json"}

#: our name for it, basicData field
_FACTS = (
    ("model", "modelName"),
    ("brand", "brand"),
    ("driveTrain", "driveTrain"),
    ("propulsionType", "propulsionType"),
    ("steering", "steering"),
    ("bodyType", "bodyType"),
    ("series", "series"),
    ("batteryCapacity", "hvsMaxEnergyAbsolute"),
    ("numberOfDoors", "numberOfDoors"),
    ("constructionDate", "constructionDate"),
)
#: fact -> converter: what is shown as an item too; the capacity is that of a new battery, gross
_FACT_READINGS = (("model", values.text), ("driveTrain", values.word), ("batteryCapacity", values.positive))


class CarData(Cloud):
    """See bmw.clouds.base.Cloud."""

    name = "cardata"
    title = "BMW CarData"
    NEEDS = {"client_id": "make a CarData client in the BMW portal and write its id into conf/services/bmw.cfg"}
    HAS_DAILY_LIMIT = True
    EXTRA_CALLS_A_DAY = cardata_seldom.CALLS_A_DAY

    def __init__(self, config, http, clock):
        Cloud.__init__(self, config, http, clock)
        self._auth_url, self._api_url = self.bases(config)

    @classmethod
    def bases(cls, config):
        return [config.auth_url or sign_in.AUTH_URL, config.api_url or API_URL]

    def begin_sign_in(self, answer=None):
        return sign_in.begin(self.http, self._auth_url, self.config.client_id, self.clock.now())

    def poll_sign_in(self, prompt):
        return sign_in.poll(self.http, self._auth_url, self.config.client_id, prompt, self.clock.now())

    def refresh(self, tokens):
        return sign_in.refresh(self.http, self._auth_url, self.config.client_id, tokens, self.clock.now())

    def check_grant(self, tokens):
        if not tokens.has_scope(sign_in.SCOPE_API):
            raise AccessDenied(
                "The sign-in does not include the CarData API (scope {})".format(sign_in.SCOPE_API),
                "subscribe the client to CarData API in the BMW portal, wait two minutes, then sign in again",
            )

    def make_live(self, account, service, outlet, worker, make_wire):
        return cardata_live.build(self.config, account, service, outlet, self.clock, worker, make_wire)

    def about_account(self, tokens, memory):
        is_bmws = self.config.stream == "on" and not cardata_live.is_at_home(self.config)
        lines = [cardata_report.scopes(tokens, is_bmws), cardata_report.container(memory)]
        return lines if self.config.stream == "on" else lines + ["stream: off in bmw.cfg"]

    def about_car(self, memory, vehicle):
        return cardata_report.delivery(memory, vehicle.vin)

    def vehicles(self, session):
        answer = self._get(session, "/customers/vehicles/mappings").json()
        if isinstance(answer, dict):
            answer = answer.get("mappings", [answer] if "vin" in answer else [])
        if not isinstance(answer, list):
            raise BadAnswer("BMW's list of cars is not a list", "it is asked again")
        return [Found(entry["vin"], entry.get("mappingType", "PRIMARY") == "PRIMARY") for entry in values.cars(answer)]

    def facts(self, session, vin):
        answer = self._get(session, "/customers/vehicles/{}/basicData".format(vin)).json()
        if not isinstance(answer, dict):
            raise BadAnswer("BMW's description of the car is not an object", "it is asked again")
        return values.facts(_FACTS, answer)

    def read(self, session, vehicle):
        try:
            entries = self._telematic_data(session, vehicle.vin)
        except ContainerGone:
            # deleted in the portal or by another program: healed once per reading, at most three calls
            session.memory.pop("container", None)
            entries = self._telematic_data(session, vehicle.vin)
        known = session.memory.setdefault("telematic", {}).setdefault(vehicle.vin, {})
        merge(known, answered(entries), self.clock.now())
        # all of it and not what is new: whatever went wrong before, the next poll mends it
        readings = descriptors.translate(known, facts=vehicle.facts)
        _add_facts(readings, vehicle.facts)
        return readings

    def seldom(self, session, vehicle):
        return cardata_seldom.readings(self._getter(session, vehicle), session, vehicle, self.clock.now())

    def picture(self, session, vehicle):
        return cardata_seldom.picture(self._getter(session, vehicle), session, vehicle, self.clock.now())

    def _getter(self, session, vehicle):
        return lambda path, params: self._get(session, "/customers/vehicles/{}/{}".format(vehicle.vin, path), params)

    def _telematic_data(self, session, vin):
        path = "/customers/vehicles/{}/telematicData".format(vin)
        answer = self._get(session, path, {"containerId": self._container(session)}).json()
        entries = answer.get("telematicData") if isinstance(answer, dict) else None
        if not isinstance(entries, dict):
            raise BadAnswer("BMW's answer holds no telematic data", "it is asked again")
        return entries

    def _container(self, session):
        """The id of our container: the remembered one, else one of ours that is there, else a new one."""
        if "container" not in session.memory:
            session.memory["container"] = self._find_container(session) or self._make_container(session)
        return session.memory["container"]

    def _find_container(self, session):
        answer = self._get(session, "/customers/containers").json()
        containers = answer.get("containers") if isinstance(answer, dict) else None
        containers = containers if isinstance(containers, list) else []
        active = [c for c in containers if isinstance(c, dict) and c.get("state") == "ACTIVE" and c.get("containerId")]
        session.memory["ours"] = [c["containerId"] for c in active if text_type(c.get("name")).startswith(CONTAINER_NAME)]
        for wanted in _SETS:
            for container in active:
                if container.get("name") == _container_name(wanted):
                    _remember_set(session, wanted)
                    return container["containerId"]
        return None

    def _make_container(self, session):
        try:
            return self._create(session, descriptors.ALL)
        except DescriptorRefused as refusal:
            wanted = [d for d in descriptors.ALL if d not in refusal.note]
            # a text that names no descriptor of ours (or only the long list as such) leaves the short list
            wanted = wanted if len(wanted) < len(descriptors.ALL) else descriptors.CORE
            log.info("BMW refused the list of %d descriptors; trying %d", len(descriptors.ALL), len(wanted))
        try:
            return self._create(session, wanted)
        except DescriptorRefused:
            return self._create(session, descriptors.CORE)

    def _create(self, session, wanted):
        try:
            return self._post_container(session, wanted)
        except ContainersFull:
            # only a container of ours may go, and of those the oldest of an earlier version
            if not session.memory.get("ours"):
                raise
            self._send(session, "DELETE", "/customers/containers/{}".format(session.memory["ours"].pop(0)))
            return self._post_container(session, wanted)

    def _post_container(self, session, wanted):
        body = {"name": _container_name(wanted), "purpose": "openHAB", "technicalDescriptors": list(wanted)}
        answer = self._send(session, "POST", "/customers/containers", json_body=body).json()
        if not isinstance(answer, dict) or not answer.get("containerId"):
            raise BadAnswer("BMW's answer holds no container id", "it is asked again")
        _remember_set(session, wanted)
        return answer["containerId"]

    def _get(self, session, path, params=None):
        return self._send(session, "GET", path, params=params)

    def _send(self, session, method, path, **options):
        return session.send(check, method, self._api_url + path, headers=_HEADERS, **options)


def _add_facts(readings, facts):
    """What the description of the car (basicData) says, where the car itself says nothing."""
    for key, convert in _FACT_READINGS:
        said = readings.get(key)
        value = values.value_or_none(convert, facts.get(key))
        # a time means that the car has said something, and be it that it does not know
        if value is not None and (said is None or (said.value is None and said.time is None)):
            readings[key] = Reading(value)


def _remember_set(session, wanted):
    """What the container lacks, for the diagnostics report: BMW's list does not say it."""
    session.memory["left_out"] = [name for name in descriptors.ALL if name not in wanted]


def _container_name(wanted):
    """Says which descriptors a container holds, since BMW's list does not and asking each costs a call."""
    return "{} {}".format(CONTAINER_NAME, hashlib.sha256(to_bytes(" ".join(sorted(wanted)))).hexdigest()[:8])


_SETS = (descriptors.ALL, descriptors.CORE)
