"""BMW CarData, the official read-only customer API: cars, containers and telematic data by REST.

50 calls a day per user, so nothing here retries. Source: BMW's CarData API v1 and integration guide v1.5 (cardata.md section 2).
"""

from __future__ import absolute_import, unicode_literals

from bmw.clouds import values
from bmw.clouds.base import Cloud, Found
from bmw.clouds.cardata import descriptors, history, live, rare_calls, sign_in
from bmw.clouds.cardata.container import Containers
from bmw.clouds.cardata.entries import answered, merge
from bmw.clouds.cardata.errors import check
from bmw.clouds.cardata.translation import Translation
from bmw.errors import AccessDenied, BadAnswer, CloudError
from bmw.vehicle.vehicle import Reading

API_URL = "https://api-cardata.bmwgroup.com"

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
#: fact -> converter, for facts with an item. The capacity is the gross capacity of a new battery
_FACT_READINGS = (("model", values.text), ("driveTrain", values.word), ("batteryCapacity", values.positive))


class CarData(Cloud):
    """See bmw.clouds.base.Cloud."""

    name = "cardata"
    title = "BMW CarData"
    NEEDS = {"client_id": "make a CarData client in the BMW portal and write its id into conf/services/bmw.cfg"}
    HOLDER = "client_id"
    STREAMS = True
    HAS_DAILY_LIMIT = True
    EXTRA_CALLS_A_DAY = rare_calls.CALLS_A_DAY
    TOLD_BY_FACTS = frozenset(key for key, _convert in _FACT_READINGS)
    CHANGES_OFTEN = frozenset(("telematic", "seldom"))

    def __init__(self, config, http, clock):
        Cloud.__init__(self, config, http, clock)
        self._auth_url, self._api_url = self.bases(config)
        self._extras = _extras(config.extra)
        self._containers = Containers(_sets(self._extras), self._send)
        self._translations = {}  # vin -> Translation

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

    def make_live(self, account, service, outlet, worker, make_wire, publisher=None):
        return live.build(self.config, account, service, outlet, self.clock, worker, make_wire, self._extras, publisher)

    @classmethod
    def relays(cls, config):
        return config.stream == "on" and not live.is_at_home(config)

    def relay_farewell(self):
        from bmw.clouds.cardata import relay  # not at the top, as few users need it

        return relay.status(self.config.relay_topic, False) if self.relays(self.config) else None

    def about_account(self, tokens, memory):
        from bmw.clouds.cardata import report  # not at the top: rarely needed

        lines = [report.scopes(tokens, self.relays(self.config)), report.container(memory)]
        return lines if self.config.stream == "on" else lines + ["stream: off in bmw.cfg"]

    def about_car(self, memory, vehicle):
        from bmw.clouds.cardata import report

        return report.delivery(memory, vehicle.vin)

    def wants_extra(self, key):
        return self._extras is not None and self._extras.wants_key(key)

    def vehicles(self, session):
        answer = self._get(session, "/customers/vehicles/mappings", take=_mappings)
        return [Found(entry["vin"], entry.get("mappingType", "PRIMARY") == "PRIMARY") for entry in values.cars(answer)]

    def facts(self, session, vin):
        answer = self._get(session, "/customers/vehicles/{}/basicData".format(vin), take=_description)
        return values.facts(_FACTS, answer)

    def read(self, session, vehicle):
        try:
            entries = self._telematic_data(session, vehicle.vin)
        except CloudError as error:
            # deleted in the portal or by another program, or not accepted any more
            if not self._containers.replace(session, vehicle.vin, error, self.clock.now()):
                raise
            entries = self._telematic_data(session, vehicle.vin, at_once=True)
        self._containers.works(session)
        known = session.memory.setdefault("telematic", {}).setdefault(vehicle.vin, {})
        merge(known, answered(entries), self.clock.now(), self._extras)
        # all values, not only new ones, so that the next poll corrects any earlier error
        readings = self._translations.setdefault(vehicle.vin, Translation()).readings(known, vehicle.facts, self._extras)
        _add_facts(readings, vehicle.facts)
        return readings

    def rare_values(self, session, vehicle):
        return rare_calls.readings(self._getter(session, vehicle), session, vehicle, self.clock.now())

    def charges(self, memory, vehicle):
        return history.waiting(rare_calls.history_notes(memory, vehicle))

    def charges_kept(self, memory, vehicle):
        history.kept(rare_calls.history_notes(memory, vehicle))

    def charges_lost(self, memory, vehicle, mark):
        history.lost(rare_calls.history_notes(memory, vehicle), mark)

    def picture(self, session, vehicle):
        return rare_calls.picture(self._getter(session, vehicle), session, vehicle, self.clock.now())

    def _getter(self, session, vehicle):
        return lambda path, params: self._get(session, "/customers/vehicles/{}/{}".format(vehicle.vin, path), params)

    def signed_in(self, memory):
        self._containers.drop(memory)

    def _telematic_data(self, session, vin, at_once=False):
        path = "/customers/vehicles/{}/telematicData".format(vin)
        container = self._containers.id(session, self.clock.now())
        return self._get(session, path, {"containerId": container}, take=_entries, at_once=at_once)

    def _get(self, session, path, params=None, **options):
        return self._send(session, "GET", path, params=params, **options)

    def _send(self, session, method, path, take=None, **options):
        """Sends one request. ``take``: callable, parsed answer -> what is wanted of it; without it the Response is."""
        # within the session, as an answer that cannot be used is a failure of the call
        read = check if take is None else lambda response: take(check(response).json())
        return session.send(read, method, self._api_url + path, headers=_HEADERS, **options)


def _mappings(answer):
    if isinstance(answer, dict):
        answer = answer.get("mappings", [answer] if "vin" in answer else [])
    if not isinstance(answer, list):
        raise BadAnswer("BMW's list of cars is not a list", "it is asked again")
    return answer


def _description(answer):
    if not isinstance(answer, dict):
        raise BadAnswer("BMW's description of the car is not an object", "it is asked again")
    return answer


def _entries(answer):
    # BMW has answered an empty object for a car of which it had nothing yet
    entries = answer.get("telematicData", {} if not answer else None) if isinstance(answer, dict) else None
    if not isinstance(entries, dict):
        raise BadAnswer("BMW's answer has no telematic data", "it is asked again")
    return entries


def _add_facts(readings, facts):
    """Adds values from the car's basic data (basicData) if the car itself has not sent them."""
    for key, convert in _FACT_READINGS:
        said = readings.get(key)
        value = values.value_or_none(convert, facts.get(key))
        # a time means that the car has sent the value, even if it is unknown
        if value is not None and (said is None or (said.value is None and said.time is None)):
            readings[key] = Reading(value)


def _sets(extras):
    """The lists of descriptors to request: all wanted ones first, then shorter lists in case BMW refuses."""
    more = [sorted(descriptors.ALL + tuple(extras.names))] if extras and extras.names else []
    return more + [list(descriptors.ALL), list(descriptors.CORE)]


def _extras(setting):
    """The wanted extra values, or None. Loaded only if the setting is used."""
    if not setting:
        return None
    from bmw.clouds.cardata.extra import Extras

    return Extras(setting)
