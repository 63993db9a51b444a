"""bmw.clouds.cardata.cloud: its calls, and how it reads static answers and arbitrary JSON."""

import pytest
from bmw.account.session import Session
from bmw.clouds import find
from bmw.clouds.cardata import descriptors
from bmw.clouds.cardata.cloud import API_URL, CarData
from bmw.clouds.cardata.container import CONTAINER_NAME, name_of
from bmw.clouds.cardata.errors import ContainersFull
from bmw.clouds.cardata.sign_in import AUTH_URL
from bmw.clouds.tokens import Tokens
from bmw.errors import AccessDenied, BadAnswer, BmwError
from bmw.net.http import Http
from bmw.polling.budget import Budget
from bmw.times import to_iso
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import CLIENT_ID, NOON, VIN, FakeClock, FakeWire, answer, car, settings
from tests.unit.strategies import JSON

ID, NEW_ID = "A1B2C3D4E5F6G", "N1N2N3N4N5N6N"
SOC = "vehicle.drivetrain.batteryManagement.header"
DATA = {"telematicData": {SOC: {"value": "57", "unit": "percent", "timestamp": to_iso(NOON)}}}


class SignedIn:
    """An account whose token is always valid."""

    def access_token(self):
        return "access-1"

    def refresh(self, rejected):
        raise AssertionError("nothing was rejected")


class Asked:
    """The cloud module with a session; keeps the requests."""

    def __init__(self, *answers, memory=None, **chosen):
        self.wire = FakeWire(*answers)
        self.clock = FakeClock()
        config = settings(**chosen)
        http = Http(self.wire, CarData.bases(config))
        self.cloud = CarData(config, http, self.clock)
        self.memory = {} if memory is None else memory
        self.session = Session(http, SignedIn(), Budget(None), self.clock, self.memory, lambda: None)

    def read(self, vehicle=None):
        return self.cloud.read(self.session, vehicle or car(vin=VIN))

    def vehicles(self):
        return [(found.vin, found.is_readable) for found in self.cloud.vehicles(self.session)]

    def calls(self):
        return ["{} {}".format(one.method, one.url.replace(API_URL, "").replace(VIN, "VIN")) for one in self.wire.requests]


def container(container_id=ID, name=None, state="ACTIVE"):
    return {"containerId": container_id, "name": name or CONTAINER_NAME + " 0", "purpose": "openHAB", "state": state}


def listed(*containers):
    return answer({"containers": list(containers)})


def refused(error_id, status=403, note=""):
    return answer({"exveErrorId": error_id, "exveErrorMsg": "no", "exveNote": note}, status)


def known(wanted=descriptors.ALL, container_id=ID):
    """What the module stores about a container for this list of descriptors."""
    return {"container": container_id, "container_for": name_of(wanted)}


CREATED = answer({"containerId": NEW_ID}, 201)
LIST, POST = "GET /customers/containers", "POST /customers/containers"


def read_with(container_id):
    return "GET /customers/vehicles/VIN/telematicData?containerId=" + container_id


# properties of the cloud


def test_it_is_the_cloud_of_that_name_and_read_only():
    assert find("cardata") is CarData
    assert (CarData.name, CarData.COMMANDS, CarData.HAS_DAILY_LIMIT) == ("cardata", frozenset(), True)


def test_it_asks_bmw_unless_the_settings_name_other_addresses():
    assert CarData.bases(settings()) == [AUTH_URL, API_URL]
    assert CarData.bases(settings(auth_url="https://a", api_url="https://b")) == ["https://a", "https://b"]


def test_every_call_says_its_version_and_token():
    asked = Asked(answer([]))
    asked.vehicles()
    assert asked.wire.requests[0].headers == {"x-version": "v1", "Accept": "application/json", "Authorization": "Bearer access-1"}


def test_its_sign_in_names_the_client_of_the_settings():
    asked = Asked(answer({"user_code": "kWq7RtZa", "device_code": "device-code-1"}))
    assert asked.cloud.begin_sign_in().code == "kWq7RtZa"
    assert asked.wire.form()["client_id"] == CLIENT_ID


@pytest.mark.parametrize("scope", [None, "", "openid", "cardata:streaming:read"])
def test_a_grant_without_the_api_is_not_enough(scope):
    with pytest.raises(AccessDenied):
        Asked().cloud.check_grant(Tokens(scope=scope))


def test_a_grant_with_the_api_is_enough_in_any_order():
    Asked().cloud.check_grant(Tokens(scope="openid cardata:api:read authenticate_user"))


# cars

PRIMARY = {"vin": VIN, "mappedSince": "2025-11-02T09:14:07.000Z", "mappingType": "PRIMARY"}


@pytest.mark.parametrize(
    "body, cars",
    [
        ([PRIMARY], [(VIN, True)]),
        (PRIMARY, [(VIN, True)]),
        ({"mappings": [PRIMARY]}, [(VIN, True)]),
        ([dict(PRIMARY, mappingType="SECONDARY")], [(VIN, False)]),
        ([{"vin": VIN}], [(VIN, True)]),
        ([], []),
        ({}, []),
        ([{"vin": None}, {"vin": 5}, {"vin": ""}, "x", None, PRIMARY], [(VIN, True)]),
    ],
)
def test_the_list_of_cars_comes_in_several_forms(body, cars):
    assert Asked(answer(body)).vehicles() == cars


@pytest.mark.parametrize("body", ["null", "3", '"x"', {"mappings": 5}, "<html>"])
def test_a_list_of_cars_that_is_none_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        Asked(answer(body)).vehicles()


def test_the_facts_of_a_car_are_its_basic_data():
    body = {"modelName": "i4 eDrive40", "brand": "BMW", "driveTrain": "BEV", "steering": "LL", "hvsMaxEnergyAbsolute": "83.9",
            "headUnit": "ID8", "series": None}  # fmt: skip
    asked = Asked(answer(body))
    facts = asked.cloud.facts(asked.session, VIN)
    assert facts == {"model": "i4 eDrive40", "brand": "BMW", "driveTrain": "BEV", "steering": "LL", "batteryCapacity": "83.9"}


def test_a_vin_in_place_of_the_model_is_not_told():
    """The model becomes part of the items' names and labels."""
    asked = Asked(answer({"modelName": "WBY1Z21010V300001", "brand": "BMW WBY1Z21010V300001"}))
    assert asked.cloud.facts(asked.session, VIN) == {"model": "VIN*0001", "brand": "BMW VIN*0001"}


def test_a_description_of_the_wrong_types_is_left_out():
    asked = Asked(answer({"modelName": ["i4"], "brand": {"a": 1}, "driveTrain": None, "hvsMaxEnergyAbsolute": 83.9}))
    assert asked.cloud.facts(asked.session, VIN) == {"batteryCapacity": 83.9}


@pytest.mark.parametrize("vin", ["../containers", "W BY", "\u00dcBY00TEST00000001", "", 5])
def test_what_is_no_vin_is_no_car(vin):
    asked = Asked(answer([{"vin": vin, "mappingType": "PRIMARY"}]))
    assert asked.vehicles() == []


# containers


def test_the_remembered_container_is_used_without_asking():
    asked = Asked(answer(DATA), memory=known())
    assert asked.read()["stateOfCharge"].value == 57
    assert asked.calls() == [read_with(ID)]


def test_without_a_container_one_is_made_and_remembered():
    asked = Asked(listed(), CREATED, answer(DATA))
    asked.read()
    assert asked.calls() == [LIST, POST, read_with(NEW_ID)]
    assert asked.memory["container"] == NEW_ID
    assert set(asked.wire.json(1)["technicalDescriptors"]) == set(descriptors.ALL)


def test_a_container_of_ours_is_found_by_its_name():
    first = Asked(listed(), CREATED, answer(DATA))
    first.read()
    name = first.wire.json(1)["name"]
    second = Asked(listed(container(ID, "evcc"), container(NEW_ID, name)), answer(DATA))
    second.read()
    assert second.calls() == [LIST, read_with(NEW_ID)]


def test_a_deleted_container_of_ours_is_not_used():
    first = Asked(listed(), CREATED, answer(DATA))
    first.read()
    name = first.wire.json(1)["name"]
    second = Asked(listed(container(ID, name, "DELETED"), container(ID, name, "INACTIVE")), CREATED, answer(DATA))
    second.read()
    assert second.calls() == [LIST, POST, read_with(NEW_ID)]


@pytest.mark.parametrize("error_id", ["CU-105", "CU-121", "CU-122"])
def test_a_lost_container_is_looked_for_and_made_once_per_reading(error_id):
    asked = Asked(refused(error_id), listed(), CREATED, answer(DATA), memory=known())
    assert asked.read()["stateOfCharge"].value == 57
    assert asked.calls() == [read_with(ID), LIST, POST, read_with(NEW_ID)]


def test_a_container_that_is_lost_twice_is_not_made_for_ever():
    asked = Asked(refused("CU-105"), listed(), CREATED, refused("CU-105"), memory=known())
    with pytest.raises(BmwError):
        asked.read()
    assert len(asked.calls()) == 4


def test_a_refused_descriptor_is_left_out_in_the_second_try():
    asked = Asked(listed(), refused("CU-402", 400, "The telematic key {} is invalid.".format(SOC)), CREATED, answer(DATA))
    asked.read()
    assert SOC not in asked.wire.json(2)["technicalDescriptors"]
    assert len(asked.wire.json(2)["technicalDescriptors"]) >= len(descriptors.ALL) - 2


@pytest.mark.parametrize("error_id", ["CU-402", "CU-403"])
def test_a_list_refused_as_a_whole_becomes_the_short_list(error_id):
    asked = Asked(listed(), refused(error_id), CREATED, answer(DATA))
    asked.read()
    assert set(asked.wire.json(2)["technicalDescriptors"]) == set(descriptors.CORE)


def test_two_containers_with_other_descriptors_have_other_names():
    asked = Asked(listed(), refused("CU-403"), CREATED, answer(DATA))
    asked.read()
    assert asked.wire.json(1)["name"] != asked.wire.json(2)["name"]
    assert asked.wire.json(1)["name"].startswith(CONTAINER_NAME)


def test_when_there_is_no_place_the_oldest_of_ours_goes():
    asked = Asked(
        listed(container("O1"), container("O2"), container("F1", "evcc")), refused("CU-124", 400), answer("", 204), CREATED, answer(DATA)
    )
    asked.read()
    assert asked.calls() == [LIST, POST, "DELETE /customers/containers/O1", POST, read_with(NEW_ID)]


def test_a_container_of_others_never_goes():
    asked = Asked(listed(*[container("F{}".format(number), "evcc") for number in range(10)]), refused("CU-124", 400))
    with pytest.raises(ContainersFull):
        asked.read()
    assert asked.calls() == [LIST, POST]


def test_after_a_failure_the_next_reading_makes_one_without_the_list():
    asked = Asked(listed(), refused("CU-500", 500), refused("CU-500", 500), CREATED, answer(DATA))
    with pytest.raises(BmwError):
        asked.read()
    asked.clock.advance(1800)
    assert asked.read()["stateOfCharge"].value == 57


# another list of descriptors


OTHER = "vehicle.vehicle.timeSetting"
REMOVE = "DELETE /customers/containers/" + ID
GONE = answer("", 204)


def posted(asked, number):
    return set(asked.wire.json(number)["technicalDescriptors"])


@pytest.mark.parametrize("memory", [{"container": ID}, known(descriptors.CORE), known(descriptors.ALL[:111])])
def test_after_an_upgrade_the_container_is_replaced_by_one_with_all_that_is_read_now(memory):
    asked = Asked(listed(container(ID)), CREATED, GONE, answer(DATA), answer(DATA), memory=memory)
    assert asked.read()["stateOfCharge"].value == 57
    assert asked.read()["stateOfCharge"].value == 57
    assert asked.calls() == [LIST, POST, REMOVE, read_with(NEW_ID), read_with(NEW_ID)]
    assert posted(asked, 1) == set(descriptors.ALL)


def test_a_container_of_the_new_list_that_is_there_already_is_taken():
    asked = Asked(listed(container(NEW_ID, name_of(descriptors.ALL))), GONE, answer(DATA), memory={"container": ID})
    asked.read()
    assert asked.calls() == [LIST, REMOVE, read_with(NEW_ID)]


def test_only_the_container_that_is_replaced_is_removed():
    asked = Asked(listed(container("O1"), container(ID)), CREATED, GONE, answer(DATA), memory={"container": ID})
    asked.read()
    assert [call for call in asked.calls() if call.startswith("DELETE")] == [REMOVE]


@pytest.mark.parametrize("trouble", [refused("CU-500", 500), refused("CU-400", 400), refused("CU-124", 400)])
def test_where_bmw_makes_no_new_container_the_old_one_is_used_and_it_is_tried_again_a_day_later(trouble):
    asked = Asked(listed(), trouble, *[answer(DATA)] * 3, memory={"container": ID})
    for _poll in range(3):
        assert asked.read()["stateOfCharge"].value == 57
    assert asked.calls() == [LIST, POST] + [read_with(ID)] * 3
    asked.clock.advance(86400)
    asked.wire.plan(listed(), CREATED, GONE, answer(DATA))
    asked.read()
    assert asked.calls()[-4:] == [LIST, POST, REMOVE, read_with(NEW_ID)]


def test_a_replaced_container_that_cannot_be_removed_costs_three_calls_at_most():
    asked = Asked(listed(), CREATED, *[refused("CU-500", 500), answer(DATA)] * 3, answer(DATA), memory={"container": ID})
    for _poll in range(4):
        asked.read()
        asked.clock.advance(1800)
    assert asked.calls().count(REMOVE) == 3


def test_a_replaced_container_that_is_gone_already_is_told_so_once():
    asked = Asked(listed(), CREATED, refused("CU-122", 400), answer(DATA), answer(DATA), memory={"container": ID})
    asked.read()
    asked.read()
    assert asked.calls().count(REMOVE) == 1


def test_when_there_is_no_place_for_the_new_one_the_old_one_makes_it():
    asked = Asked(
        listed(container("O1"), container(ID)),
        refused("CU-124", 400),
        GONE,
        CREATED,
        refused("CU-122", 400),
        answer(DATA),
        memory={"container": ID},
    )
    asked.read()
    assert asked.calls() == [LIST, POST, REMOVE, POST, REMOVE, read_with(NEW_ID)]


def test_what_is_asked_for_besides_is_in_the_container_as_well():
    asked = Asked(listed(), CREATED, GONE, answer(DATA), memory=known(), extra=OTHER)
    asked.read()
    assert posted(asked, 1) == set(descriptors.ALL) | {OTHER}


def test_a_descriptor_that_bmw_does_not_know_costs_only_itself():
    note = "The telematic key {} is invalid."
    names = ["vehicle.new.one", "vehicle.new.two"]
    asked = Asked(
        listed(), *[refused("CU-402", 400, note.format(name)) for name in names], CREATED, answer(DATA), extra=", ".join(names + [OTHER])
    )
    asked.read()
    assert posted(asked, 3) == set(descriptors.ALL) | {OTHER}


def test_a_list_with_extras_that_is_refused_as_a_whole_becomes_that_without_them_then_the_short_one():
    asked = Asked(listed(), refused("CU-403"), refused("CU-403"), CREATED, answer(DATA), extra="all")
    asked.read()
    assert [len(posted(asked, number)) for number in (2, 3)] == [len(descriptors.ALL), len(descriptors.CORE)]
    assert posted(asked, 1) > set(descriptors.ALL)


def test_refusals_without_end_end():
    endless = [refused("CU-402", 400, "The telematic key {} is invalid.".format(name)) for name in descriptors.CORE]
    asked = Asked(listed(), *endless, extra="all")
    with pytest.raises(BmwError):
        asked.read()
    assert len(asked.calls()) <= 8


def test_extra_values_are_read_by_poll():
    data = {"telematicData": {OTHER: {"value": "wintertime", "unit": None, "timestamp": to_iso(NOON)}}}
    assert (
        Asked(answer(data), memory=known(descriptors.ALL + (OTHER,)), extra=OTHER).read()["extra_vehicle_timeSetting"].value == "wintertime"
    )
    assert Asked(answer(data), memory=known()).read() == {}


# readings


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", {"x": {}}, {"telematicData": None}, {"telematicData": []}])
def test_an_answer_without_telematic_data_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        Asked(answer(body), memory=known()).read()


@pytest.mark.parametrize("body", [{"telematicData": {}}, {}])
def test_a_car_that_sent_nothing_yet_has_no_readings(body):
    assert Asked(answer(body), memory=known()).read() == {}


def test_two_cars_share_the_container_and_not_their_data():
    asked = Asked(answer(DATA), answer({"telematicData": {}}), memory=known())
    assert asked.read(car(vin=VIN))["stateOfCharge"].value == 57
    assert asked.read(car(vin="WBY00TEST00000002")) == {}


BAD_IDS = ["", "../vehicles", "a/b", "A1?x=1", "A1#", "A 1", "A1\n", "\u00e4", "x" * 65, "%2e%2e", 17, True, ["A1"], {"A1": 1}]


@pytest.mark.parametrize("bad", BAD_IDS)
def test_what_is_no_id_of_a_container_is_in_no_path(bad):
    asked = Asked(listed(container(bad, name_of(descriptors.ALL))), CREATED, answer(DATA), memory={"replaced": [[bad, 3]]})
    asked.read()
    assert asked.calls() == [LIST, POST, read_with(NEW_ID)]
    asked = Asked(listed(), answer({"containerId": bad}, 201))
    with pytest.raises(BadAnswer):
        asked.read()
    full = Asked(listed(container(bad)), refused("CU-124", 400))
    with pytest.raises(ContainersFull):
        full.read()
    assert full.calls() == [LIST, POST]
    stored = Asked(listed(), CREATED, answer(DATA), memory=known(container_id=bad))
    stored.read()
    assert stored.calls() == [LIST, POST, read_with(NEW_ID)]


# random answers


ANSWERS = st.tuples(st.sampled_from([200, 201, 400, 403, 404, 500]), JSON | st.fixed_dictionaries(
    {}, optional={name: JSON for name in ("vin", "mappings", "containers", "containerId", "telematicData", "exveErrorId", "modelName")}
))  # fmt: skip


@given(st.lists(ANSWERS.map(lambda pair: answer(pair[1], pair[0])), min_size=6, max_size=6))
def test_no_answer_raises_anything_but_our_own_errors(answers):
    asked = Asked(*answers)
    for ask in (asked.vehicles, lambda: asked.cloud.facts(asked.session, VIN)):
        try:
            ask()
        except BmwError:
            pass
    asked = Asked(*(answers * 2))
    try:
        asked.read()
    except BmwError:
        pass
    assert 1 <= len(asked.wire.requests) <= 10


@given(JSON, JSON)
def test_no_list_of_containers_raises_anything_but_our_own_errors(name, state):
    asked = Asked(listed({"containerId": ID, "name": name, "state": state}, container(ID, "x")), CREATED, answer(DATA))
    assert asked.read()["stateOfCharge"].value == 57
