"""The REST interface of CarData as a client meets it."""

import json
import zlib

import pytest

from . import HOME_CLIENT_ID, SimulatedCloud, descriptors
from .car import KINDS
from .clock import from_iso, iso
from .conftest import Person
from .errors import CloudError

SOC = "vehicle.drivetrain.batteryManagement.header"
PLUG = "vehicle.body.chargingPort.status"
ODOMETER = "vehicle.vehicle.travelledDistance"
DRIVER_DOOR = "vehicle.cabin.door.row1.driver.isOpen"
SERVICES = "vehicle.status.conditionBasedServices"
CHECK_CONTROL = "vehicle.status.checkControlMessages"
TYRE = "vehicle.chassis.axle.row1.wheel.left.tire.pressure"
BATTERY_SIZE = "vehicle.drivetrain.batteryManagement.batterySizeMax"
SERVICE_DISTANCE = "vehicle.status.serviceDistance.next"
CHARGING = "vehicle.drivetrain.electricEngine.charging."


def refused(answer):
    assert set(answer.json) == {"exveErrorId", "exveErrorRef", "exveErrorMsg", "exveNote"}
    return answer.status_code, answer.json["exveErrorId"]


# Signing a call


def test_the_version_header_is_required(owner):
    answer = owner.web.get("/customers/vehicles/mappings", headers={"Authorization": "Bearer " + owner.tokens["access_token"]})
    assert refused(answer) == (400, "CU-400")


def test_a_call_without_a_token_is_refused(person):
    assert refused(person.web.get("/customers/vehicles/mappings", headers={"x-version": "v1"})) == (401, "CU-100")


def test_a_made_up_token_is_refused(owner):
    owner.tokens["access_token"] = "made-up"
    assert refused(owner.get("/customers/vehicles/mappings")) == (401, "CU-101")


def test_an_id_token_is_no_access_token(owner):
    owner.tokens["access_token"] = owner.tokens["id_token"]
    assert refused(owner.get("/customers/vehicles/mappings")) == (401, "CU-101")


def test_an_access_token_expires_after_an_hour(cloud, owner):
    cloud.advance_clock(3601)
    assert refused(owner.get("/customers/vehicles/mappings")) == (401, "CU-102")


def test_a_revoked_token_is_refused(cloud, owner):
    cloud.revoke("home")
    assert refused(owner.get("/customers/vehicles/mappings")) == (401, "CU-101")


# Mappings and basic data


def test_mappings_are_an_array(owner, vin):
    rows = owner.get("/customers/vehicles/mappings").json
    assert [(row["vin"], row["mappingType"]) for row in rows] == [(vin, "PRIMARY")]
    assert from_iso(rows[0]["mappedSince"]) > 0


@pytest.mark.parametrize("shape, unwrap", [("object", lambda body: body), ("wrapped", lambda body: body["mappings"][0])])
def test_mappings_can_come_in_the_other_shapes(cloud, owner, vin, shape, unwrap):
    cloud.settings(mappings_shape=shape)
    assert unwrap(owner.get("/customers/vehicles/mappings").json)["vin"] == vin


def test_the_i3_introduces_itself(owner, vin):
    body = owner.get("/customers/vehicles/%s/basicData" % vin).json
    assert (body["brand"], body["seriesDevt"], body["propulsionType"]) == ("BMWi", "I01", "BEV")
    assert (body["bodyType"], body["colourDescription"]) == ("LIMOUSINE", "Mineral Grey")
    assert (body["hvsMaxEnergyAbsolute"], body["numberOfDoors"], body["hasNavi"]) == ("42.2", 5, True)


def test_a_combustion_car_tells_no_battery(cloud, owner):
    body = owner.get("/customers/vehicles/%s/basicData" % cloud.add_car("combustion")).json
    assert "hvsMaxEnergyAbsolute" not in body and "chargingModes" not in body


def test_a_secondary_user_sees_the_mapping_and_no_data(cloud, owner):
    car = cloud.add_car("i4", mapping="SECONDARY")
    assert car in [row["vin"] for row in owner.get("/customers/vehicles/mappings").json]
    for resource in ("basicData", "image", "smartMaintenanceTyreDiagnosis", "locationBasedChargingSettings"):
        assert refused(owner.get("/customers/vehicles/%s/%s" % (car, resource))) == (403, "CU-104")


def test_a_sold_car_is_gone(cloud, owner, vin):
    cloud.remove_car(vin)
    assert owner.get("/customers/vehicles/mappings").json == []
    assert refused(owner.get("/customers/vehicles/%s/basicData" % vin)) == (403, "CU-104")


def test_a_car_of_another_account_is_refused(cloud, owner):
    cloud.add_account("second")
    car = cloud.add_car("i4", "second")
    assert refused(owner.get("/customers/vehicles/%s/basicData" % car)) == (403, "CU-104")


@pytest.mark.parametrize("bad", ["WBY123", "wby8p0test0000001", "WBYIO0TEST0000001"])
def test_a_malformed_vin_is_told(owner, bad):
    assert refused(owner.get("/customers/vehicles/%s/basicData" % bad)) == (400, "CU-120")


# Containers


def test_a_container_is_created_listed_and_shown(owner):
    answer = owner.create_container(SOC, PLUG)
    assert answer.status_code == 201
    assert len(answer.json["containerId"]) == 13
    listed = owner.get("/customers/containers").json["containers"]
    assert [row["containerId"] for row in listed] == [answer.json["containerId"]]
    assert "technicalDescriptors" not in listed[0]
    shown = owner.get("/customers/containers/" + answer.json["containerId"]).json
    assert shown == answer.json and shown["technicalDescriptors"] == [SOC, PLUG]


def test_the_eleventh_container_is_refused(owner):
    for _ in range(10):
        assert owner.create_container(SOC).status_code == 201
    assert refused(owner.create_container(SOC)) == (400, "CU-124")


@pytest.mark.parametrize("counts, status", [(False, 201), (True, 400)])
def test_deleted_containers_count_against_the_limit_only_if_set(cloud, owner, counts, status):
    cloud.settings(container_limit=1, deleted_containers_count=counts)
    owner.delete("/customers/containers/" + owner.create_container(SOC).json["containerId"])
    assert owner.create_container(SOC).status_code == status


def test_deleting_a_container_only_flags_it(cloud, owner, vin):
    path = "/customers/containers/" + owner.create_container(SOC).json["containerId"]
    answer = owner.delete(path)
    assert (answer.status_code, answer.data) == (204, b"")
    assert owner.get(path).json["state"] == "DELETED"
    assert refused(owner.delete(path)) == (400, "CU-122")
    assert refused(owner.get("/customers/vehicles/%s/telematicData" % vin, containerId=path.rpartition("/")[2])) == (403, "CU-105")
    cloud.advance_clock(30 * 86400)
    owner.sign_in()
    assert owner.get("/customers/containers").json["containers"] == []


def test_an_unknown_descriptor_is_named(owner):
    answer = owner.create_container(SOC, "vehicle.no.such.key")
    assert refused(answer) == (400, "CU-402")
    assert "vehicle.no.such.key" in answer.json["exveNote"]


def test_every_key_of_the_catalogue_is_accepted(owner):
    assert owner.create_container(*descriptors.CATALOGUE).status_code == 201


def test_of_retired_descriptors_the_first_is_named(cloud, owner):
    cloud.settings(retired_descriptors=[SOC, PLUG])
    answer = owner.create_container(ODOMETER, PLUG, SOC)
    assert refused(answer) == (400, "CU-402")
    assert PLUG in answer.json["exveNote"] and SOC not in answer.json["exveNote"]
    assert owner.create_container(ODOMETER).status_code == 201


@pytest.mark.parametrize(
    "how, answered", [("CU-402", (400, "CU-402")), ("CU-403", (403, "CU-403")), ("500", (500, "CU-500")), ("503", (503, "CU-503"))]
)
def test_a_list_can_be_refused_without_a_name(cloud, owner, how, answered):
    cloud.settings(retired_descriptors=[SOC], retired_refusal=how, container_most_keys=2, container_too_long=how)
    for keys in ([SOC], [ODOMETER, PLUG, TYRE]):
        answer = owner.create_container(*keys)
        assert refused(answer) == answered and not any(key in answer.text for key in keys)
    assert owner.create_container(ODOMETER, PLUG).status_code == 201


def test_a_container_can_stop_being_read_while_all_else_works(cloud, owner, vin):
    old = owner.create_container(SOC).json["containerId"]
    cloud.outdate_containers("CU-400")
    new = owner.create_container(SOC).json["containerId"]
    path = "/customers/vehicles/%s/telematicData" % vin
    assert refused(owner.get(path, containerId=old)) == (400, "CU-400")
    assert owner.get(path, containerId=new).status_code == 200
    assert owner.get("/customers/containers/" + old).json["state"] == "ACTIVE"
    with pytest.raises(CloudError):
        cloud.outdate_containers("CU-1")


@pytest.mark.parametrize("data, expected", [("none", {}), ("nulls", {SOC: {"value": None, "unit": None, "timestamp": None}})])
def test_a_car_of_which_bmw_has_nothing_yet(cloud, owner, vin, data, expected):
    cloud.settings(car_data=data)
    assert owner.telematic_data(vin, SOC) == expected
    assert owner.get("/customers/vehicles/%s/basicData" % vin).json["modelName"]


def test_each_call_on_containers_can_fail_by_itself(cloud, owner):
    container = owner.create_container(SOC).json["containerId"]
    cloud.add_fault("containers_create", "status", times=None, status=503)
    cloud.add_fault("containers_delete", "status", times=None, status=404)
    assert owner.create_container(SOC).status_code == 503
    assert owner.delete("/customers/containers/" + container).status_code == 404
    assert owner.get("/customers/containers").status_code == owner.get("/customers/containers/" + container).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"name": "x", "purpose": "x"},
        {"name": "x", "technicalDescriptors": [SOC]},
        {"name": "x", "purpose": "x", "technicalDescriptors": []},
    ],
)
def test_a_malformed_container_is_refused(owner, body):
    answer = owner.web.post("/customers/containers", headers=owner.headers(), json=body)
    assert refused(answer) == (400, "CU-400")


def test_a_container_id_has_thirteen_characters(owner):
    assert refused(owner.get("/customers/containers/SHORT")) == (400, "CU-121")
    assert refused(owner.get("/customers/containers/AAAAAAAAAAAAA")) == (403, "CU-105")


def test_a_container_belongs_to_its_account(cloud, owner):
    container = owner.create_container(SOC).json["containerId"]
    second = Person(cloud, cloud.add_account("second")).sign_in()
    assert refused(second.get("/customers/containers/" + container)) == (403, "CU-105")


# Telematic data


def test_values_are_texts_with_their_own_timestamps(cloud, owner, vin):
    cloud.set_car(vin, at="2026-10-03T17:21:44Z", soc=57)
    cloud.set_car(vin, at="2026-10-03T16:58:02Z", plugged=True)
    cloud.set_car(vin, door_driver_front="OPEN")
    data = owner.telematic_data(vin, SOC, PLUG, DRIVER_DOOR)
    assert data[SOC] == {"value": "57", "unit": "percent", "timestamp": "2026-10-03T17:21:44.000Z"}
    assert data[PLUG] == {"value": "CONNECTED", "unit": None, "timestamp": "2026-10-03T16:58:02.000Z"}
    assert data[DRIVER_DOOR]["value"] == "true"


def test_a_fraction_stays_a_fraction(cloud, owner, vin):
    cloud.set_car(vin, soc=57.46, latitude=48.1234567)
    data = owner.telematic_data(vin, SOC, "vehicle.cabin.infotainment.navigation.currentLocation.latitude")
    assert [entry["value"] for entry in data.values()] == ["57.5", "48.123457"]


def test_only_the_keys_of_the_container_come(owner, vin):
    assert set(owner.telematic_data(vin, SOC, PLUG)) == {SOC, PLUG}


def test_an_i3_knows_no_tyre_pressure(cloud, owner, vin):
    nothing = {"value": None, "unit": None, "timestamp": None}
    assert owner.telematic_data(vin, TYRE) == {TYRE: nothing}
    cloud.settings(missing_values="absent")
    assert owner.telematic_data(vin, TYRE) == {}
    assert owner.telematic_data(cloud.add_car("i4"), TYRE)[TYRE]["value"] == "260"


def test_basic_data_keys_never_come(owner, vin):
    assert owner.telematic_data(vin, "vehicle.drivetrain.electricEngine.hvsMaxEnergyAbsolute", "vehicle.sim.status") == {}


def test_the_battery_size_of_an_i3_is_basic_data_and_comes_all_the_same_as_0(owner, vin):
    assert float(owner.telematic_data(vin, BATTERY_SIZE)[BATTERY_SIZE]["value"]) == 0


def test_distances_follow_the_unit_of_the_car(cloud, owner, vin):
    cloud.set_car(vin, odometer_km=100000)
    cloud.set_car(vin, distance_unit="mi")
    assert owner.telematic_data(vin, ODOMETER)[ODOMETER]["value"] == "62137"
    entry = owner.telematic_data(vin, SERVICE_DISTANCE)[SERVICE_DISTANCE]
    assert (entry["value"], entry["unit"]) == ("8699", "mi")
    cloud.settings(units="long")
    assert owner.telematic_data(vin, SERVICE_DISTANCE)[SERVICE_DISTANCE]["unit"] == "miles"


def test_the_odometer_comes_without_a_unit_by_rest_and_with_one_by_the_stream(cloud, owner, vin):
    assert owner.telematic_data(vin, ODOMETER)[ODOMETER]["unit"] is None
    heard = []
    cloud.garage.on_change(lambda who, entries: heard.append(entries))
    cloud.set_car(vin, odometer_km=50000)
    assert heard[0][ODOMETER]["unit"] == "km"


@pytest.mark.parametrize("name", ["hvStatus", "level", "lastChargingReason"])
def test_some_entries_are_stamped_with_the_moment_of_the_question(cloud, owner, vin, name):
    key = CHARGING + name
    first = owner.telematic_data(vin, key)[key]["timestamp"]
    cloud.advance_clock(600)
    again = owner.telematic_data(vin, key)[key]["timestamp"]
    assert from_iso(again) - from_iso(first) >= 600 and abs(from_iso(again) - cloud.now()) < 60


def test_while_it_does_not_charge_one_status_is_invalid(owner, vin):
    data = owner.telematic_data(vin, CHARGING + "hvStatus", CHARGING + "status")
    assert [entry["value"] for entry in data.values()] == ["INVALID", "NOCHARGING"]


@pytest.mark.parametrize("kind, expected", [("i3", "0"), ("i3_rex", "200"), ("i4", "272"), ("phev", "419"), ("combustion", "544")])
def test_the_last_remaining_range_is_that_of_all_a_car_has(cloud, owner, kind, expected):
    key = "vehicle.drivetrain.lastRemainingRange"
    assert owner.telematic_data(cloud.add_car(kind), key)[key]["value"] == expected


def test_a_combustion_car_tells_a_battery_of_0_percent(cloud, owner):
    assert owner.telematic_data(cloud.add_car("combustion"), SOC)[SOC]["value"] in ("0", "0.0")


def test_the_neue_klasse_fills_other_descriptors(cloud, owner):
    vin = cloud.add_car("ix3", plugged=True)
    combined, end = "vehicle.body.chargingPort.combinedStatus", "vehicle.trip.segment.end.travelledDistance"
    data = owner.telematic_data(vin, SOC, PLUG, ODOMETER, combined, end, CHARGING + "level")
    nothing = {"value": None, "unit": None, "timestamp": None}
    assert [data[key] for key in (SOC, PLUG, ODOMETER)] == [nothing] * 3
    assert [data[key]["value"] for key in (combined, end, CHARGING + "level")] == ["CONNECTED", "5120", "64"]


def test_the_end_of_a_trip_is_local_time_that_calls_itself_utc(cloud, owner, vin):
    cloud.settings(utc_offset=120)
    heard, key = [], "vehicle.trip.segment.end.time"
    cloud.garage.on_change(lambda who, entries: heard.append(entries))
    cloud.set_car(vin, trip_end_time=from_iso("2026-07-15T15:51:00Z"))
    assert owner.telematic_data(vin, key)[key]["value"] == heard[0][key]["value"] == "15.07.2026 17:51:00 UTC"


def test_booleans_can_come_as_catalogue_words(cloud, owner, vin):
    cloud.settings(booleans="catalogue")
    data = owner.telematic_data(vin, DRIVER_DOOR, "vehicle.isMoving")
    assert [entry["value"] for entry in data.values()] == ["CLOSED", "ASN_isFalse"]


def test_services_and_messages_are_json_in_a_text(cloud, owner, vin):
    cloud.set_car(vin, check_control=[{"id": 215, "text": "Tyre pressure too low", "km": 20450}])
    data = owner.telematic_data(vin, SERVICES, CHECK_CONTROL)
    services = json.loads(data[SERVICES]["value"])
    assert [row["id"] for row in services] == [3, 32, 100] and services[0]["date"] == "2027-05"
    message = json.loads(data[CHECK_CONTROL]["value"])[0]
    assert (message["messageType"], message["status"]) == ("CCM", "NULL")
    assert message["unitOfLengthRemaining"] == "20450"


def test_telematic_data_needs_a_container(owner, vin):
    assert refused(owner.get("/customers/vehicles/%s/telematicData" % vin)) == (400, "CU-400")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_car_tells_all_it_delivers(cloud, owner, kind):
    car = cloud.add_car(kind)
    data = owner.telematic_data(car, *descriptors.CATALOGUE)
    told = {key for key, entry in data.items() if entry["value"] is not None}
    assert all(isinstance(data[key]["value"], str) and data[key]["timestamp"] for key in told)
    assert (SOC in told) == (kind != "ix3")
    assert (CHARGING + "level" in told) == (kind != "combustion")
    assert ("vehicle.drivetrain.fuelSystem.level" in told) == (kind in ("i3_rex", "phev", "combustion"))
    assert len(told) > 40


def test_a_car_can_tell_all_of_the_catalogue(cloud, owner):
    car = cloud.add_car("i4")
    cloud.set_car(car, others=descriptors.EVERYTHING)
    data = owner.telematic_data(car, *descriptors.CATALOGUE)
    basic = {key for key, (_flag, category) in descriptors.CATALOGUE.items() if category == "basic"}
    hidden = (basic - descriptors.TOLD_ALL_THE_SAME) | descriptors.DEDICATED
    assert {key for key, entry in data.items() if entry["value"] is not None} == set(descriptors.CATALOGUE) - hidden
    assert data["vehicle.vehicle.speedRange.lowerBound"]["value"] == "30"
    assert data["vehicle.vehicle.speedRange.lowerBound"]["unit"] == "km/h"


def test_the_car_that_tells_everything_knows_each_descriptor():
    assert set(descriptors.EVERYTHING) == set(descriptors.CATALOGUE)


def test_every_row_is_in_the_catalogue():
    assert [row.key for row in descriptors.ROWS if not descriptors.is_known(row.key)] == []


# Charging, image, tyres


def test_the_charging_history_comes_in_pages(cloud, owner, vin):
    path = "/customers/vehicles/%s/chargingHistory" % vin
    span = {"from": iso(cloud.now() - 90 * 86400), "to": iso(cloud.now())}
    sessions, token, pages = [], None, 0
    while pages == 0 or token:
        body = owner.get(path, **dict(span, **({"nextToken": token} if token else {}))).json
        sessions += body["data"]
        token, pages = body["next_token"], pages + 1
    assert (pages, len(sessions)) == (3, 12)
    assert len({session["startTime"] for session in sessions}) == 12
    assert sessions[0]["endTime"] > sessions[0]["startTime"] > sessions[1]["startTime"]


def test_a_page_token_expires(cloud, owner, vin):
    path = "/customers/vehicles/%s/chargingHistory" % vin
    span = {"from": iso(cloud.now() - 90 * 86400), "to": iso(cloud.now())}
    token = owner.get(path, **span).json["next_token"]
    cloud.advance_clock(301)
    assert refused(owner.get(path, nextToken=token, **span)) == (400, "CU-125")


def test_the_charging_history_needs_a_span(owner, vin):
    path = "/customers/vehicles/%s/chargingHistory" % vin
    assert refused(owner.get(path, to="2026-10-03T17:21:44Z")) == (400, "CU-400")
    assert refused(owner.get(path, **{"from": "yesterday", "to": "today"})) == (400, "CU-401")


def test_the_image_is_a_png(cloud, owner, vin):
    answer = owner.get("/customers/vehicles/%s/image" % vin)
    assert answer.mimetype == "image/png" and answer.data.startswith(b"\x89PNG\r\n\x1a\n")
    start = answer.data.index(b"IDAT") + 4
    length = int.from_bytes(answer.data[start - 8 : start - 4], "big")
    assert len(zlib.decompress(answer.data[start : start + length])) == 160 * (1 + 3 * 320)
    cloud.set_car(vin, image=False)
    assert refused(owner.get("/customers/vehicles/%s/image" % vin)) == (404, "CU-126")


def test_tyres_are_diagnosed_where_the_car_can(cloud, owner, vin):
    newer = cloud.add_car("i4", tyre_fl_kpa=120)
    body = owner.get("/customers/vehicles/%s/smartMaintenanceTyreDiagnosis" % newer).json
    tyres = body["passengerCar"]["mountedTyres"]
    assert tyres["frontLeft"]["tyreDefect"]["statusColor"] == "RED"
    assert tyres["rearRight"]["tyreDefect"]["status"] == "NO_DEFECT"
    older = owner.get("/customers/vehicles/%s/smartMaintenanceTyreDiagnosis" % vin).json
    assert older["passengerCar"]["mountedTyres"] == {}


def test_charging_places_come_or_are_refused(cloud, owner, vin):
    body = owner.get("/customers/vehicles/%s/locationBasedChargingSettings" % cloud.add_car("ix1")).json
    assert body["data"][0]["startChargingTimePeriodHour"] == 22 and body["nextToken"] is None
    assert refused(owner.get("/customers/vehicles/%s/locationBasedChargingSettings" % vin)) == (404, "CU-127")


# Quota and clock


def test_the_fifty_first_call_of_a_day_is_refused():
    cloud = SimulatedCloud()
    owner = Person(cloud, HOME_CLIENT_ID).sign_in()
    answers = [owner.get("/customers/vehicles/mappings") for _ in range(51)]
    assert {answer.status_code for answer in answers[:50]} == {200}
    assert refused(answers[50]) == (403, "CU-429")


def test_failed_calls_count_too(cloud, owner):
    cloud.settings(quota=1)
    owner.get("/customers/vehicles/NOVIN/basicData")
    assert refused(owner.get("/customers/vehicles/mappings")) == (403, "CU-429")


def test_the_quota_begins_anew_at_midnight_utc(cloud, owner):
    cloud.settings(quota=1)
    owner.get("/customers/vehicles/mappings")
    assert refused(owner.get("/customers/vehicles/mappings")) == (403, "CU-429")
    cloud.advance_clock(86400 - cloud.now() % 86400 + 1)
    owner.sign_in()
    assert owner.get("/customers/vehicles/mappings").status_code == 200


def test_the_quota_is_per_account(cloud, owner):
    cloud.settings(quota=1)
    owner.get("/customers/vehicles/mappings")
    second = Person(cloud, cloud.add_account("second")).sign_in()
    assert second.get("/customers/vehicles/mappings").status_code == 200


def test_the_date_header_is_the_simulated_time(cloud, owner):
    cloud.settings(clock_offset=-400 * 86400)
    answer = owner.get("/customers/vehicles/mappings")
    assert abs(answer.date.timestamp() - cloud.now()) < 5


# Methods for tests


def test_expected_says_what_cardata_can_tell(cloud, owner, vin):
    cloud.set_car(vin, soc=57, lock="UNLOCKED", odometer_km=48211.7)
    expected = cloud.expected(vin)
    assert expected["soc"]["value"] == 57 and expected["lock"]["value"] == "UNLOCKED"
    assert (expected["odometer_km"]["value"], expected["odometer_km"]["unit"]) == (48212, "km")
    assert expected["tyre_fl_kpa"]["value"] is None
    assert owner.telematic_data(vin, ODOMETER)[ODOMETER]["timestamp"] == expected["odometer_km"]["timestamp"]


def test_a_listener_hears_streamable_entries_natively_typed(cloud, vin):
    heard = []
    cloud.garage.on_change(lambda who, entries: heard.append((who, entries)))
    cloud.set_car(vin, soc=44.5, door_driver_front="OPEN", soc_predicted=45)
    assert len(heard) == 1 and heard[0][0] == vin
    entries = heard[0][1]
    assert entries[SOC]["value"] == 44.5 and entries[DRIVER_DOOR]["value"] is True
    assert "vehicle.drivetrain.electricEngine.charging.level" not in entries, "not streamable"
