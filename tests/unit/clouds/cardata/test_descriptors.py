"""bmw.clouds.cardata.descriptors: from BMW's technical descriptors to the vocabulary."""

import csv
import os

import pytest
from bmw import times
from bmw.clouds.cardata import descriptors
from bmw.clouds.cardata.descriptors import ALL, CORE, LATITUDE, LONGITUDE, MESSAGES, SERVICES, TABLE, translate
from bmw.times import to_iso
from bmw.vehicle.states import state_text
from bmw.vehicle.vehicle import Vehicle
from bmw.vehicle.vocabulary import VEHICLE
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud.descriptors import EVERYTHING
from tests.unit.fakes import NOON, VIN
from tests.unit.strategies import JSON

CATALOGUE = os.path.join(os.path.dirname(__file__), "..", "..", "..", "cloud", "catalogue.tsv")
DT, CAB = "vehicle.drivetrain.", "vehicle.cabin."
CH = "vehicle.drivetrain.electricEngine.charging."
PB = "vehicle.powertrain.electric.battery."
BODY = "vehicle.body."
FIRST, SECOND = (DT + "electricEngine." + name for name in ("kombiRemainingElectricRange", "remainingElectricRange"))


def entry(value, unit=None, time=NOON):
    return {"value": value, "unit": unit, "timestamp": None if time is None else to_iso(time)}


def one(key, descriptor, value, unit=None):
    """The reading of ``key`` if the car sends only this descriptor."""
    return translate({descriptor: entry(value, unit)})[key]


# the table


def test_every_descriptor_asked_for_is_in_bmws_catalogue():
    with open(CATALOGUE, encoding="utf-8") as stream:
        known = {row[0] for row in csv.reader(stream, delimiter="\t") if row}
    assert [name for name in ALL if name not in known] == []


def test_no_descriptor_is_asked_for_twice_and_the_short_list_is_part_of_the_long_one():
    assert len(ALL) == len(set(ALL)) and set(CORE) < set(ALL)


def test_each_word_has_one_row():
    keys = [row[0] for row in TABLE]
    assert len(keys) == len(set(keys))


def told(descriptor):
    """The keys that get a value if the car sends only this descriptor and its partners (see TOGETHER)."""
    together = next((group for group in TOGETHER if descriptor in group), (descriptor,))
    entries = {name: entry(*EVERYTHING[name]) for name in together}
    if descriptor in (DISPLAY, HMI):  # they only name the unit of other values
        entries[ODOMETER] = entry("100")
    return {key for key, reading in translate(entries, {descriptor}).items() if reading.value is not None}


#: descriptors that mean something only together
TOGETHER = [(LATITUDE, LONGITUDE), descriptors.DESTINATION] + list(descriptors.TIMERS.values())


@pytest.mark.parametrize("descriptor", ALL)
def test_every_descriptor_asked_for_is_told(descriptor):
    assert told(descriptor)


def test_no_text_for_people_is_longer_than_can_be_read():
    for row in TABLE:
        for name in row[2]:
            value = translate({name: entry("A" * 100000)})[row[0]].value
            assert value is None or len(value) <= 120


# values


@pytest.mark.parametrize(
    "key, descriptor, value, unit, expected, symbol",
    [
        ("stateOfCharge", DT + "batteryManagement.header", "57", "percent", 57.0, "%"),
        ("stateOfCharge", DT + "batteryManagement.header", 57, "%", 57.0, "%"),
        ("stateOfCharge", DT + "batteryManagement.header", "57,5", None, 57.5, None),
        ("stateOfCharge", DT + "batteryManagement.header", " 57.5 ", "", 57.5, None),
        ("stateOfCharge", "vehicle.powertrain.electric.battery.stateOfCharge.displayed", 61.5, "percent", 61.5, "%"),
        ("odometer", "vehicle.vehicle.travelledDistance", "18250", "km", 18250.0, "km"),
        ("odometer", "vehicle.vehicle.travelledDistance", "18250", "kilometers", 18250.0, "km"),
        ("odometer", "vehicle.vehicle.travelledDistance", "11340", "miles", 11340.0, "mi"),
        ("odometer", "vehicle.vehicle.travelledDistance", "11340", "mi", 11340.0, "mi"),
        ("tyrePressureFrontLeft", "vehicle.chassis.axle.row1.wheel.left.tire.pressure", "260", "kPa", 260.0, "kPa"),
        ("tyreTemperatureRearRight", "vehicle.chassis.axle.row2.wheel.right.tire.temperature", "18", "Celsius", 18.0, "\u00b0C"),
        ("heading", CAB + "infotainment.navigation.currentLocation.heading", "90", "degrees", 90.0, "\u00b0"),
        ("minimumStateOfCharge", PB + "stateOfCharge.targetMin", 20, "percent", 20.0, "%"),
        ("lifetimeEnergyCharged", CH + "consumptionOverLifeTime.overall.gridEnergy", "3330.9", "kWh", 3330.9, "kWh"),
        ("dcPluggedIn", BODY + "chargingPort.dcStatus", "CONNECTED", None, True, None),
        ("chargeFlapAlwaysUnlocked", BODY + "flap.isPermanentlyUnlocked", "FLAP_UNLOCKED", None, True, None),
        ("chargeFlapAlwaysUnlocked", BODY + "flap.isPermanentlyUnlocked", "NO_ACTION", None, None, None),
        ("chargingReduced", CH + "acRestriction.isChosen", "NOTCHOSEN", None, False, None),
        ("chargingReduced", CH + "acRestriction.isChosen", "MAXCHARGING", None, None, None),
        ("immediateCharging", CH + "isSingleImmediateCharging", "DIRECT_CHG_ONCE_ACTIVE", None, True, None),
        ("immediateCharging", CH + "isSingleImmediateCharging", "true", None, True, None),
        ("smartChargingPreference", PB + "charging.preferenceSmartCharging", "CO2_OPTIMIZED", None, "CO2_OPTIMIZED", None),
        ("trunkLower", BODY + "trunk.lower.door.isOpen", "true", None, True, None),
        ("doorPositionPassengerRear", CAB + "door.row2.passenger.position", "35", "percent", 35.0, "%"),
        ("seatHeatingThirdDriver", CAB + "seat.row3.driverSide.heating", 60, "percent", 60.0, "%"),
        ("seatCoolingPassenger", CAB + "seat.row1.passengerSide.cooling", 30, "percent", 30.0, "%"),
        ("sunroofPosition", CAB + "sunroof.relativePosition", "-40", "percent", -40.0, "%"),
        (
            "lastTeleserviceReport",
            "vehicle.channel.teleservice.lastTeleserviceReportTime",
            "01.10.2026 06:30:12 UTC",
            None,
            1790836212.0,
            None,
        ),
        ("alarmTime", "vehicle.vehicle.antiTheftAlarmSystem.alarm.activationTime", "2026-08-14T02:11:09Z", None, 1786673469.0, None),
        ("alarmTime", "vehicle.vehicle.antiTheftAlarmSystem.alarm.activationTime", "soon", None, None, None),
        ("speedFrom", "vehicle.vehicle.speedRange.lowerBound", "30", "km/h", 30.0, "km/h"),
        ("coolantTemperature", DT + "internalCombustionEngine.engine.ect", "188", "fahrenheit", 188.0, "\u00b0F"),
        ("auxiliaryBatteryRecharge", "vehicle.electricalSystem.battery.serviceDemand.recharge", "0", None, False, None),
        ("servicePartner", "vehicle.sevice.preferredSevicePartner", "Autohaus " + "x" * 500, None, "Autohaus " + "x" * 108 + "...", None),
        ("phoneConnected", CAB + "infotainment.isMobilePhoneConnected", "ASN_isUnknown", None, None, None),
        ("doorDriverFront", CAB + "door.row1.driver.isOpen", "true", None, True, None),
        ("doorDriverFront", CAB + "door.row1.driver.isOpen", False, None, False, None),
        ("doorDriverFront", CAB + "door.row1.driver.isOpen", "OPEN", None, True, None),
        ("doorDriverFront", CAB + "door.row1.driver.isOpen", "ASN_isFalse", None, False, None),
        ("doorDriverFront", CAB + "door.row1.driver.isOpen", "ASN_isUnknown", None, None, None),
        ("windowDriverRear", CAB + "window.row2.driver.status", "INTERMEDIATE", None, "INTERMEDIATE", None),
        ("doorLockState", CAB + "door.status", "ASN_selective-Locked", None, "SELECTIVE_LOCKED", None),
        ("doorLockState", CAB + "door.status", "selectiveLocked", None, "SELECTIVE_LOCKED", None),
        ("doorLockState", CAB + "door.lock.status", "SECURED", None, "SECURED", None),
        ("doorLockState", CAB + "door.lock.status", "SELECTIVE-LOCKED", None, "SELECTIVE_LOCKED", None),
        ("doorLockState", CAB + "door.lock.status", "SOMETHING", None, None, None),
        ("pluggedIn", BODY + "chargingPort.status", "CONNECTED", None, True, None),
        ("pluggedIn", BODY + "chargingPort.status", "-NA-", None, None, None),
        ("chargeFlapLocked", BODY + "flap.isLocked", "FLAP_LOCKED", None, True, None),
        ("chargingStatus", CH + "hvStatus", "CHARGING", None, "CHARGING", None),
        ("chargingStatus", CH + "status", "CHARGINGACTIVE", None, "CHARGING", None),
        ("chargingStatus", CH + "hvStatus", "FINISHED_NOT_FULL", None, "FINISHED_NOT_FULL", None),
        ("chargingStatus", CH + "hvStatus", "BRAND_NEW_STATE", None, "BRAND_NEW_STATE", None),
        ("chargingStatus", CH + "status", "AUTOMATIC_SELECTION_20", None, None, None),
        ("chargingPhases", CH + "phaseNumber", "3-PHASES", None, 3, None),
        ("chargingPhases", CH + "phaseNumber", "NO_CHARGING", None, 0, None),
        ("chargingPhases", CH + "phaseNumber", 1, None, 1, None),
        ("currentLimitActive", "vehicle.powertrain.electric.battery.charging.acLimit.isActive", "AC_LIMIT_ACTIVE", None, True, None),
        ("fuelVolume", DT + "fuelSystem.remainingFuel", "10", "gal", pytest.approx(37.854, abs=0.001), "l"),
        ("fuelVolume", DT + "fuelSystem.remainingFuel", "29", "l", 29.0, "l"),
        ("averageConsumption", DT + "avgElectricRangeConsumption", "18.1", "kWh/100km", 18.1, None),
        ("averageConsumption", DT + "avgElectricRangeConsumption", "4", "mi/kWh", pytest.approx(15.53, abs=0.01), None),
        ("averageConsumption", DT + "avgElectricRangeConsumption", "0", "mi/kWh", None, None),
        ("climateStatus", CAB + "hvac.preconditioning.status.comfortState", "COMFORT_HEATING", None, "HEATING", None),
        ("climateStatus", "vehicle.vehicle.preConditioning.activity", "Cooling", None, "COOLING", None),
        ("climateTimeRemaining", CAB + "hvac.preconditioning.status.remainingRunningTime", "900", "s", 15.0, "min"),
        ("climateTimeRemaining", "vehicle.vehicle.preConditioning.remainingTime", "15", "min", 15.0, "min"),
        ("moving", "vehicle.isMoving", "ASN_isTrue", None, True, None),
        ("inspectionDate", "vehicle.status.serviceTime.inspectionDateLegal", "01.10.2027 00:00 UTC", None, 1822348800.0, None),
        ("alarmArmed", "vehicle.vehicle.antiTheftAlarmSystem.alarm.armStatus", "doorsTiltCabin", None, "doorsTiltCabin", None),
    ],
)
def test_bmws_spelling_becomes_ours(key, descriptor, value, unit, expected, symbol):
    reading = one(key, descriptor, value, unit)
    assert (reading.value, reading.unit, reading.time) == (expected, symbol, NOON)


@pytest.mark.parametrize(
    "value", [None, "", " ", "INVALID", "unknown", "-NA-", "null", "NaN", "Infinity", "1e999", 10**400, [], {}, [57], True]
)
def test_a_number_the_car_does_not_know_is_unknown(value):
    assert one("stateOfCharge", DT + "batteryManagement.header", value).value is None


@pytest.mark.parametrize("value", [[], {}, ["OPEN"], {"value": "OPEN"}])
@pytest.mark.parametrize(
    "key, descriptor", [("sunroof", CAB + "sunroof.overallStatus"), ("climateError", "vehicle.vehicle.preConditioning.error")]
)
def test_a_list_or_an_object_is_no_word(key, descriptor, value):
    assert one(key, descriptor, value).value is None


ODOMETER, DISPLAY, HMI = (
    "vehicle.vehicle.travelledDistance",
    CAB + "infotainment.displayUnit.distance",
    CAB + "infotainment.hmi.distanceUnit",
)
HVSOC = "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc"
STRANGE = [None, "", "null", "furlong", 5, [], {"a": 1}, True]


@pytest.mark.parametrize("unit", STRANGE)
def test_a_missing_or_strange_unit_is_not_ours(unit):
    assert one("odometer", ODOMETER, "100", unit).value is None


@pytest.mark.parametrize("unit", STRANGE)
@pytest.mark.parametrize(
    "names, value, expected", [((DISPLAY,), "miles", "mi"), ((DISPLAY,), "km", "km"), ((HMI,), "MILES", "mi"), ((HMI,), "KILOMETERS", "km")]
)
def test_without_a_unit_it_is_that_in_which_the_car_shows_distances(unit, names, value, expected):
    entries = dict({name: entry(value) for name in names}, **{ODOMETER: entry("100", unit)})
    reading = translate(entries)["odometer"]
    assert (reading.value, reading.unit) == (100.0, expected)


def test_of_two_words_of_the_car_for_its_unit_the_newer_one_counts():
    entries = {ODOMETER: entry("100"), DISPLAY: entry("km"), HMI: entry("MILES", time=NOON + 1)}
    assert translate(entries)["odometer"].unit == "mi"


def test_without_a_word_of_the_car_it_is_that_of_its_sisters():
    entries = {ODOMETER: entry("100"), FIRST: entry("50", "mi")}
    assert translate(entries)["odometer"].unit == "mi"


@pytest.mark.parametrize(
    "key, descriptor, in_km, in_miles",
    [
        ("altitude", CAB + "infotainment.navigation.currentLocation.altitude", "m", None),
        ("averageSpeed", "vehicle.vehicle.avgSpeed", "km/h", "mph"),
        ("fuelVolume", DT + "fuelSystem.remainingFuel", "l", None),
    ],
)
def test_miles_decide_no_more_than_they_can(key, descriptor, in_km, in_miles):
    for distance, symbol in (("km", in_km), ("miles", in_miles)):
        reading = translate({descriptor: entry("50"), DISPLAY: entry(distance)})[key]
        assert (reading.unit, reading.value is None) == (symbol, symbol is None)


def test_where_the_catalogue_knows_one_unit_a_missing_one_is_that_and_a_strange_one_is_not():
    pressure = "vehicle.chassis.axle.row1.wheel.left.tire.pressure"
    assert one("tyrePressureFrontLeft", pressure, "260").value == 260
    assert one("tyrePressureFrontLeft", pressure, "38", "stone/acre").value is None
    assert one("stateOfCharge", DT + "batteryManagement.header", "57").value == 57


# impossible values


@pytest.mark.parametrize(
    "key, descriptor, value, unit",
    [
        ("averageConsumption", DT + "avgElectricRangeConsumption", "2777774.0", "kWh/100km"),
        ("stateOfCharge", DT + "batteryManagement.header", "255", "%"),
        ("stateOfCharge", DT + "batteryManagement.header", "-1", "%"),
        ("batteryCapacity", DT + "batteryManagement.batterySizeMax", "0.0", "kWh"),
        ("tyrePressureRearLeft", "vehicle.chassis.axle.row2.wheel.left.tire.pressure", "65535", "kPa"),
        ("tyrePressureRearLeft", "vehicle.chassis.axle.row2.wheel.left.tire.pressure", "0", "kPa"),
        ("timeToFull", CH + "timeToFullyCharged", 65535, "min"),
        ("currentLimit", "vehicle.powertrain.electric.battery.charging.acLimit.selected", 255, "A"),
        ("auxiliaryBatteryVoltage", "vehicle.electricalSystem.battery.voltage", 25.5, "V"),
        ("auxiliaryPower", "vehicle.vehicle.avgAuxPower", "655.35", "kW"),
        ("climateTimeRemaining", "vehicle.vehicle.preConditioning.remainingTime", 255, "min"),
        ("serviceDistance", "vehicle.status.serviceDistance.next", 65535, "km"),
        ("odometer", ODOMETER, "4294967295", "km"),
        ("electricRange", FIRST, "4095", "mi"),
    ],
)
def test_a_number_outside_bmws_own_range_is_unknown(key, descriptor, value, unit):
    assert one(key, descriptor, value, unit).value is None


def test_what_cannot_be_true_hides_no_other_source():
    entries = {
        DT + "batteryManagement.maxEnergy": entry(0, "kWh"),
        DT + "batteryManagement.batterySizeMax": entry("79", "kWh", NOON - 9999),
    }
    assert translate(entries)["batteryCapacity"].value == 79


@pytest.mark.parametrize("time", ["", "yesterday", 5, None, [], {}])
def test_a_strange_time_is_no_time(time):
    reading = translate({DT + "batteryManagement.header": {"value": "57", "timestamp": time}})["stateOfCharge"]
    assert (reading.value, reading.time) == (57.0, None)


def test_what_is_not_among_the_entries_is_not_among_the_readings():
    assert translate({}) == {}
    assert translate({DT + "batteryManagement.header": "57", "vehicle.unheard.of": entry("1")}) == {}
    assert translate({DT + "batteryManagement.header": {"unit": "percent"}}) == {}


# several descriptors for one key


@pytest.mark.parametrize(
    "first, second, expected",
    [
        (entry("187", "km"), entry("160", "km"), 187),
        (entry("187", "km"), entry("160", "km", NOON + 600), 187),
        (entry("187", "km"), entry("160", "km", NOON + 601), 160),
        (entry(None, time=None), entry("160", "km"), 160),
        (entry("INVALID"), entry("160", "km", NOON - 60), 160),
        (entry("187", "km"), entry("INVALID", time=NOON + 9999), 187),
        (entry("187", "km"), entry("160", "km", None), 187),
        (entry(None), entry("INVALID"), None),
    ],
)
def test_the_preferred_source_wins_unless_it_is_silent_or_much_older(first, second, expected):
    assert translate({FIRST: first, SECOND: second})["electricRange"].value == expected


@pytest.mark.parametrize("later, expected", [(0, "CHARGING"), (1, "NOT_CHARGING"), (-1, "CHARGING")])
def test_of_two_names_of_a_quick_state_the_newest_wins(later, expected):
    entries = {CH + "hvStatus": entry("CHARGING"), CH + "status": entry("NOCHARGING", time=NOON + later)}
    assert translate(entries)["chargingStatus"].value == expected


@pytest.mark.parametrize("later", [9999, 1, 0, -9999, None])
def test_an_invalid_of_one_source_never_hides_what_another_one_says(later):
    for first, second, word in (("hvStatus", "status", "CHARGINGACTIVE"), ("status", "hvStatus", "CHARGING")):
        entries = {CH + first: entry("INVALID", time=None if later is None else NOON + later), CH + second: entry(word)}
        assert translate(entries)["chargingStatus"].value == "CHARGING"


def test_when_a_source_no_longer_knows_the_other_one_stands_from_then_on():
    vehicle = Vehicle(VIN, "i3")
    vehicle.update(translate({CH + "hvStatus": entry("CHARGING"), CH + "status": entry("NOCHARGING", time=NOON - 60)}))
    assert vehicle.readings["charging"].value is True
    vehicle.update(translate({CH + "hvStatus": entry("INVALID", time=NOON + 60), CH + "status": entry("NOCHARGING", time=NOON - 60)}))
    assert vehicle.readings["charging"].value is False


def test_a_state_that_no_source_knows_is_unknown():
    entries = {CH + "hvStatus": entry("INVALID", time=None), CH + "status": entry("INVALID")}
    reading = translate(entries)["chargingStatus"]
    assert (reading.value, reading.time) == (None, NOON)


@pytest.mark.parametrize("word", ["initializing", "INITIALIZING", "INITIALIZATION"])
def test_the_words_of_newer_cars_are_known(word):
    assert one("chargingStatus", CH + "status", word).value == "INITIALIZATION"


def test_what_stands_at_the_end_of_a_trip_counts_only_where_a_car_tells_nothing_else():
    end = {"vehicle.trip.segment.end.travelledDistance": entry("5120", "km"), HVSOC: entry("41", "percent")}
    told = translate(end)
    assert (told["odometer"].value, told["stateOfCharge"].value) == (5120, 41)
    told = translate(dict(end, **{ODOMETER: entry("5100", "km", NOON - 9999), CH + "level": entry("80", "%", None)}))
    assert (told["odometer"].value, told["stateOfCharge"].value) == (5100, 80)


@pytest.mark.parametrize("word", ["SIGNAL_INVALID", "INVALID", "-NA-", "NO_CHARGING_END_SINCE_IPF_WAKEUP"])
def test_no_reason_for_the_end_of_a_charge_is_none(word):
    for name in ("lastChargingReason", "hvpmFinishReason", "reasonChargingEnd"):
        assert one("lastChargingEndReason", CH + name, word).value is None


# position


def test_latitude_and_longitude_of_one_moment_make_a_position():
    reading = translate({LATITUDE: entry("48.1769", "degrees"), LONGITUDE: entry(11.5585, "degrees", NOON + 2)})["position"]
    assert reading.value == (48.1769, 11.5585)


def test_half_a_position_is_none_at_all():
    assert "position" not in translate({LATITUDE: entry("48.1769")})
    assert "position" not in translate({LATITUDE: entry("48.1769"), LONGITUDE: entry("11.5585", time=NOON + 3)})


@pytest.mark.parametrize(
    "latitude, longitude", [(0, 0), (-1, -1), ("0.0", "0"), (None, 11.5), ("INVALID", "INVALID"), (91, 11.5), (48, 181), ([], 1)]
)
def test_a_place_that_means_no_place_is_unknown(latitude, longitude):
    assert translate({LATITUDE: entry(latitude), LONGITUDE: entry(longitude)})["position"].value is None


# services and messages

BRAKES = '{"date":"2028-03","description":"..","id":3,"messageType":"CBS","status":"OK","title":"Brake fluid","text":"-"}'
CHECK = '{"date":"2027-05","description":"..","id":100,"messageType":"CBS","status":"OK","title":"Vehicle check","text":"-"}'


def test_the_next_service_is_the_earliest():
    readings = translate({SERVICES: entry("[{}, {}]".format(BRAKES, CHECK))})
    assert (readings["nextService"].value, readings["serviceDate"].value) == ("Vehicle check", 1809129600.0)


@pytest.mark.parametrize("value", ["[]", "nonsense", "", None, 3, "{}", '[{"date": "-"}]', '["x", null, 3]', "[" * 100000, []])
def test_services_that_say_nothing_are_unknown(value):
    readings = translate({SERVICES: entry(value)})
    assert (readings["nextService"].value, readings["serviceDate"].value) == (None, None)


def test_a_decoded_list_is_as_good_as_its_text():
    assert translate({SERVICES: entry([{"date": "2027-05", "title": "Vehicle check"}])})["nextService"].value == "Vehicle check"


def test_check_control_messages_are_counted_and_joined():
    text = '[{"date":null,"description":null,"id":215,"status":"NULL","title":null,"text":"Tyre pressure"},{"title":"Washer fluid","text":"-"}]'
    readings = translate({MESSAGES: entry(text)})
    assert (readings["checkControlCount"].value, readings["checkControl"].value) == (2, "Tyre pressure; Washer fluid")


def test_no_check_control_message_is_zero_and_not_unknown():
    readings = translate({MESSAGES: entry("[]")})
    assert (readings["checkControlCount"].value, readings["checkControl"].value) == (0, "")


@pytest.mark.parametrize("value", ["nonsense", None, "[" * 100000, 5])
def test_unreadable_check_control_is_unknown(value):
    assert translate({MESSAGES: entry(value)})["checkControlCount"].value is None


def service(number, status="OK", date="-", left="-"):
    return {"date": date, "id": number, "messageType": "CBS", "status": status, "title": "S%d" % number, "unitOfLengthRemaining": left}


def test_a_list_with_more_records_than_a_car_has_is_unknown_as_reading_it_would_take_jython_seconds():
    endless = entry("[" + ",".join(["{}"] * 6600) + "]")
    readings = translate({SERVICES: endless, MESSAGES: endless})
    assert readings["checkControlCount"].value is readings["checkControl"].value is None
    assert readings["nextService"].value is readings["servicesDue"].value is None
    longest = entry("[" + ",".join(["{}"] * descriptors.MAX_RECORDS) + "]")
    assert translate({MESSAGES: longest})["checkControlCount"].value == descriptors.MAX_RECORDS


def test_services_that_are_due_reach_the_number_and_the_worst_status():
    readings = translate({SERVICES: entry([service(3, "PENDING"), service(32, "OVERDUE"), service(100)])})
    assert (readings["servicesDue"].value, readings["serviceStatus"].value) == (2, "OVERDUE")


LEGAL, NEXT = "vehicle.status.serviceTime.inspectionDateLegal", "vehicle.status.serviceDistance.next"


@pytest.mark.parametrize("legal", [None, entry(None, time=None), entry("-NA-")])
def test_an_inspection_that_only_stands_in_the_list_of_services_counts(legal):
    entries = {SERVICES: entry([service(3, date="2027-01"), service(32, date="2027-10")])}
    entries.update({LEGAL: legal} if legal else {})
    assert translate(entries)["inspectionDate"].value == 1822348800.0
    assert translate(entries, {SERVICES})["inspectionDate"].value == 1822348800.0


@pytest.mark.parametrize("text", ["09.30.2018 23:00 UTC", "30.09.2018 23:00 UTC", "09/30/2018 00:00 UTC", "2018-09-30T23:00:00Z"])
def test_a_date_is_the_day_that_is_written(text):
    assert to_iso(one("inspectionDate", LEGAL, text).value) == "2018-09-30T00:00:00.000Z"


@pytest.mark.parametrize(
    "next_one, services, expected",
    [
        (entry("0", "km"), [service(3)], None),
        (entry("0", "km"), [service(3, "PENDING")], 0),
        (entry("14000", "km"), [service(3, left="20000")], 14000),
        (entry("-NA-"), [service(3, left="0"), service(32), service(100, left="14000")], 14000),
        (None, [service(100, left="14000")], 14000),
        (None, [service(3, left="0"), service(32, left="-")], None),
    ],
)
def test_a_service_without_distance_is_not_0_km(next_one, services, expected):
    entries = {SERVICES: entry(services), DISPLAY: entry("km")}
    entries.update({NEXT: next_one} if next_one else {})
    reading = translate(entries).get("serviceDistance")
    assert (reading.value if reading else None) == expected


# the end of a trip


def test_the_end_of_a_trip_is_local_time_that_calls_itself_utc(monkeypatch):
    monkeypatch.setattr(times, "home_offset", lambda _seconds: 7200)
    end = "vehicle.trip.segment.end.time"
    sent = times.parse("2026-07-15T15:52:00Z")
    for told_at in (sent, sent + 9999, None):
        reading = translate({end: entry("15.07.2026 17:51:00 UTC", time=told_at)})["lastTripEnd"]
        assert times.to_iso(reading.value) == "2026-07-15T15:51:00.000Z"
    # If BMW corrects this one day: the car sends the value at once, so the entry's own time shows whether it is UTC.
    assert times.to_iso(translate({end: entry("15.07.2026 15:51:00 UTC", time=sent)})["lastTripEnd"].value) == "2026-07-15T15:51:00.000Z"


@pytest.mark.parametrize(
    "written, hours_later, expected",
    [
        ("15.07.2026 18:51:00 UTC", 0, "2026-07-15T15:51:00.000Z"),
        ("15.07.2026 20:51:00 UTC", 0, "2026-07-15T15:51:00.000Z"),
        ("2026-07-15T18:51:00+03:00", 3, "2026-07-15T15:51:00.000Z"),
    ],
    ids=["a zone east of home", "three zones east", "a time with its zone"],
)
def test_no_trip_ends_after_it_was_told(monkeypatch, written, hours_later, expected):
    monkeypatch.setattr(times, "home_offset", lambda _seconds: 7200)
    sent = times.parse("2026-07-15T15:52:00Z") + hours_later * 3600
    reading = translate({"vehicle.trip.segment.end.time": entry(written, time=sent)})["lastTripEnd"]
    assert times.to_iso(reading.value) == expected


# random values

NUMERIC_TEXT = st.integers(-(10**6), 10**6).map(str) | st.floats(-1e6, 1e6).map(str)
ENTRY = JSON | st.fixed_dictionaries(
    {},
    optional={
        "value": JSON | NUMERIC_TEXT | st.sampled_from(["OPEN", "true", "ASN_isTrue", "[{}]"]),
        "unit": JSON | st.just("km"),
        "timestamp": JSON | st.just("2026-10-03T12:00:00Z"),
    },
)


@given(st.dictionaries(st.sampled_from(ALL), ENTRY))
def test_translating_any_json_never_raises_and_fits_the_items(entries):
    readings = translate(entries)
    assert set(readings) <= set(VEHICLE)
    vehicle = Vehicle(VIN, "i3")
    vehicle.update(readings)
    for key, reading in vehicle.readings.items():
        text = state_text(reading.value, reading.unit or VEHICLE[key].unit, VEHICLE[key].item_type, VEHICLE[key].item_type)
        assert text is None or isinstance(text, str)


@given(st.dictionaries(st.sampled_from(ALL), JSON | NUMERIC_TEXT))
def test_every_known_value_fits_the_type_of_its_item(values):
    readings = translate({name: entry(value, "km") for name, value in values.items()})
    for key, reading in readings.items():
        item_type = VEHICLE[key].item_type
        fits = reading.value is None or state_text(reading.value, "", item_type, item_type) is not None
        assert fits or key == "position"  # an impossible latitude is rejected later


def test_the_words_that_mean_unknown_are_lower_case():
    assert all(word == word.lower() for word in descriptors._UNKNOWN_WORDS)


# timers


TIMER = "vehicle.cabin.climate.timers.weekdaysTimer1."


@pytest.mark.parametrize(
    "action, hour, minute, expected",
    [
        ("ACTIVATE", "6", "45", "06:45"),
        ("ACTIVATE", 6, 5, "06:05"),
        ("DEACTIVATE", "6", "45", "off (06:45)"),
        ("NO_ACTION", "6", "45", None),
        ("ACTIVATE", "99", "45", "on"),
        ("ACTIVATE", None, None, "on"),
        ("ACTIVATE", [1], {}, "on"),
    ],
)
def test_a_climate_timer_is_told_of_its_three_descriptors(action, hour, minute, expected):
    entries = {TIMER + "action": entry(action), TIMER + "hour": entry(hour), TIMER + "minute": entry(minute)}
    assert translate(entries)["climateTimer1"].value == expected
    assert translate(entries, {TIMER + "minute"})["climateTimer1"].value == expected


def test_the_time_of_a_climate_timer_alone_says_nothing():
    assert translate({TIMER + "hour": entry("6"), TIMER + "minute": entry("45")}) == {}


def test_a_destination_is_one_pair():
    north, east = descriptors.DESTINATION
    both = {north: entry("48.1372", "degrees"), east: entry("11.5756", "degrees", NOON + 2)}
    assert translate(both)["destinationPosition"].value == (48.1372, 11.5756)
    assert translate({north: entry("48.1372")}) == {}
    assert translate({north: entry("48.1372"), east: entry("11.5756", "degrees", NOON + 60)}) == {}
