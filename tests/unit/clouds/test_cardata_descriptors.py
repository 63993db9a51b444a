"""bmw.clouds.cardata_descriptors: from BMW's technical descriptors to the vocabulary."""

import csv
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw.clouds import cardata_descriptors as descriptors
from bmw.clouds.cardata_descriptors import ALL, CORE, LATITUDE, LONGITUDE, MESSAGES, SERVICES, TABLE, translate
from bmw.states import state_text
from bmw.times import to_iso
from bmw.vehicle import Vehicle
from bmw.vocabulary import VEHICLE
from tests.cloud.descriptors import EVERYTHING
from tests.unit.fakes import NOON, VIN
from tests.unit.strategies import JSON

CATALOGUE = os.path.join(os.path.dirname(__file__), "..", "..", "cloud", "catalogue.tsv")
DT, CAB = "vehicle.drivetrain.", "vehicle.cabin."
CH = "vehicle.drivetrain.electricEngine.charging."
PB = "vehicle.powertrain.electric.battery."
BODY = "vehicle.body."


def entry(value, unit=None, time=NOON):
    return {"value": value, "unit": unit, "timestamp": None if time is None else to_iso(time)}


def one(key, descriptor, value, unit=None):
    """The reading of a key from one descriptor."""
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
    """The keys that say something when a car sends nothing but that descriptor and what belongs to it."""
    together = next((group for group in TOGETHER if descriptor in group), (descriptor,))
    entries = {name: entry(*EVERYTHING[name]) for name in together}
    return {key for key, reading in translate(entries, {descriptor}).items() if reading.value is not None}


#: what says something with its like only
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


@pytest.mark.parametrize("unit", [None, "", "null", "furlong", 5, [], {"a": 1}, True])
def test_an_unknown_unit_means_the_usual_one(unit):
    reading = one("odometer", "vehicle.vehicle.travelledDistance", "100", unit)
    assert (reading.value, reading.unit) == (100.0, None)


@pytest.mark.parametrize("time", ["", "yesterday", 5, None, [], {}])
def test_a_strange_time_is_no_time(time):
    reading = translate({DT + "batteryManagement.header": {"value": "57", "timestamp": time}})["stateOfCharge"]
    assert (reading.value, reading.time) == (57.0, None)


def test_what_is_not_among_the_entries_is_not_among_the_readings():
    assert translate({}) == {}
    assert translate({DT + "batteryManagement.header": "57", "vehicle.unheard.of": entry("1")}) == {}
    assert translate({DT + "batteryManagement.header": {"unit": "percent"}}) == {}


# several sources of one word

FIRST, SECOND = (DT + "electricEngine." + name for name in ("kombiRemainingElectricRange", "remainingElectricRange"))


@pytest.mark.parametrize(
    "first, second, expected",
    [
        (entry("187"), entry("160"), 187),
        (entry("187"), entry("160", time=NOON + 600), 187),
        (entry("187"), entry("160", time=NOON + 601), 160),
        (entry(None, time=None), entry("160"), 160),
        (entry("INVALID"), entry("160", time=NOON - 60), 160),
        (entry("187"), entry("INVALID", time=NOON + 9999), 187),
        (entry(None), entry("INVALID"), None),
    ],
)
def test_the_preferred_source_wins_unless_it_is_silent_or_much_older(first, second, expected):
    assert translate({FIRST: first, SECOND: second})["electricRange"].value == expected


@pytest.mark.parametrize("later, expected", [(0, "CHARGING"), (1, "NOT_CHARGING"), (-1, "CHARGING")])
def test_of_two_names_of_a_quick_state_the_newest_wins(later, expected):
    entries = {CH + "hvStatus": entry("CHARGING"), CH + "status": entry("NOCHARGING", time=NOON + later)}
    assert translate(entries)["chargingStatus"].value == expected


@pytest.mark.parametrize("later, expected", [(601, None), (600, "CHARGING"), (0, "CHARGING"), (-600, "CHARGING")])
def test_an_old_word_is_not_kept_for_a_state_that_the_car_no_longer_knows(later, expected):
    for first, second in (("hvStatus", "status"), ("status", "hvStatus")):
        entries = {
            CH + first: entry("INVALID", time=NOON + later),
            CH + second: entry("CHARGING" if second == "hvStatus" else "CHARGINGACTIVE"),
        }
        assert translate(entries)["chargingStatus"].value == expected


# position


def test_latitude_and_longitude_of_one_moment_make_a_position():
    reading = translate({LATITUDE: entry("48.1769", "degrees"), LONGITUDE: entry(11.5585, "degrees", NOON + 10)})["position"]
    assert reading.value == (48.1769, 11.5585)


def test_half_a_position_is_none_at_all():
    assert "position" not in translate({LATITUDE: entry("48.1769")})
    assert "position" not in translate({LATITUDE: entry("48.1769"), LONGITUDE: entry("11.5585", time=NOON + 11)})


@pytest.mark.parametrize("latitude, longitude", [(0, 0), (-1, -1), ("0.0", "0"), (None, 11.5), ("INVALID", "INVALID")])
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


# anything at all

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
        assert fits or key == "position"  # a place beyond the poles is told apart later


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
    both = {north: entry("48.1372", "degrees"), east: entry("11.5756", "degrees", NOON + 5)}
    assert translate(both)["destinationPosition"].value == (48.1372, 11.5756)
    assert translate({north: entry("48.1372")}) == {}
    assert translate({north: entry("48.1372"), east: entry("11.5756", "degrees", NOON + 60)}) == {}
