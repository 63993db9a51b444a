"""bmw.clouds.mybmw.state: sides, ranges, times and unknown values; a strange block costs only its own values."""

import pytest
from bmw import times
from bmw.clouds.mybmw import state as mybmw_state
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import VEHICLE
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import car

REX = {"driveTrain": "ELECTRIC_WITH_RANGE_EXTENDER", "model": "i3 (+ REX)"}
BEV = {"driveTrain": "ELECTRIC", "model": "i3 120"}
HYBRID = {"driveTrain": "PLUGIN_HYBRID", "model": "330e"}
#: 2024-02-11 16:58:31 UTC
UPDATED = 1707670711.0

STATE = {
    "isLeftSteering": True,
    "lastFetched": "2024-02-11T17:04:09.118Z",
    "lastUpdatedAt": "2024-02-11T16:58:31Z",
    "range": 148,
    "currentMileage": 61344,
    "windowsState": {"leftFront": "OPEN", "rightFront": "CLOSED", "combinedState": "OPEN"},
    "roofState": {"roofState": "OPEN_TILT", "roofStateType": "SUN_ROOF"},
    "doorsState": {
        "combinedSecurityState": "PARTIALLY_LOCKED",
        "combinedState": "OPEN",
        "leftFront": "OPEN",
        "leftRear": "CLOSED",
        "rightFront": "CLOSED",
        "rightRear": "INVALID",
        "hood": "CLOSED",
        "trunk": "INTERMEDIATE",
    },
    "location": {
        "coordinates": {"latitude": -33.8688, "longitude": 151.2093},
        "address": {"formatted": "Musterstr. 1, 80331 München"},
        "heading": 214,
    },
    "combustionFuelLevel": {"range": 92, "remainingFuelLiters": 6, "remainingFuelPercent": 72},
    "electricChargingState": {
        "chargingLevelPercent": 61,
        "range": 148,
        "isChargerConnected": True,
        "chargingConnectionType": "CONDUCTIVE",
        "chargingStatus": "CHARGING",
        "chargingTarget": 80,
        "remainingChargingMinutes": 143,
    },
    "chargingProfile": {
        "chargingControlType": "WEEKLY_PLANNER",
        "chargingMode": "DELAYED_CHARGING",
        "chargingPreference": "CHARGING_WINDOW",
        "climatisationOn": False,
        "chargingSettings": {"targetSoc": 100, "acCurrentLimit": 16, "isAcCurrentLimitActive": True},
        "reductionOfChargeCurrent": {"start": {"hour": 22, "minute": 0}, "end": {"hour": 6, "minute": 30}},
        "departureTimes": [
            {
                "id": 1,
                "action": "ACTIVATE",
                "timeStamp": {"hour": 7, "minute": 5},
                "timerWeekDays": ["MONDAY"],
            },
            {"id": 2, "action": "DEACTIVATE", "timeStamp": None, "timerWeekDays": []},
        ],
    },
    "climateControlState": {"activity": "HEATING", "remainingSeconds": 1790.85},
    "requiredServices": [
        {"type": "VEHICLE_TUV", "status": "OK", "dateTime": "2025-07-01T00:00:00.000Z"},
        {"type": "BRAKE_FLUID", "status": "OK", "dateTime": "2025-05-01T00:00:00.000Z", "mileage": 29000},
        {"type": "OIL", "mileage": -1},
    ],
    "checkControlMessages": [
        {"type": "TIRE_PRESSURE", "severity": "MEDIUM", "name": "Tyre pressure"},
        {"type": "ENGINE_OIL", "severity": "LOW", "name": "Fine"},
        {"type": "BRAKE_FLUID", "severity": "OK"},
    ],
    "tireState": {
        "frontLeft": {"status": {"currentPressure": 230, "targetPressure": 240}},
        "frontRight": {"status": {"currentPressure": 0, "targetPressure": 0}},
        "rearLeft": {"details": {}},
        "rearRight": None,
    },
    "securityOverviewMode": "ARMED",
    "isDeepSleepModeActive": False,
}


def said(state, facts=None):
    """The values of a state by key."""
    readings = mybmw_state.translate(state, facts or BEV)
    return {key: reading.value for key, reading in readings.items()}


def test_a_whole_state_is_read_with_the_cars_own_time():
    readings = mybmw_state.translate(STATE, REX)
    values = {key: reading.value for key, reading in readings.items()}
    assert {reading.time for reading in readings.values()} == {UPDATED}
    assert (values["stateOfCharge"], values["targetStateOfCharge"], values["odometer"]) == (61, 80, 61344)
    assert (values["pluggedIn"], values["chargingStatus"], values["chargingTimeRemaining"]) == (
        True,
        "CHARGING",
        143,
    )
    assert (values["doorLockState"], values["sunroof"], values["trunk"]) == (
        "PARTIALLY_LOCKED",
        "OPEN_TILT",
        True,
    )
    assert (values["climateStatus"], round(values["climateTimeRemaining"], 1)) == ("HEATING", 29.8)
    assert (values["nextService"], values["serviceDistance"]) == ("Brake fluid", 29000)
    assert values["inspectionDate"] == times.parse("2025-07-01")
    assert (values["checkControlCount"], values["checkControl"]) == (1, "Tyre pressure")
    assert (values["alarmArmed"], values["deepSleep"]) == ("ARMED", False)
    assert (values["currentLimit"], values["currentLimitActive"]) == (16, True)
    assert (values["chargingWindowStart"], values["chargingWindowEnd"]) == ("22:00", "06:30")
    assert (values["departureTimer1"], values["departureTimer2"]) == ("07:05 Mon", "off")
    assert values["address"] == "Musterstr. 1, 80331 München"


def test_every_word_is_in_the_vocabulary():
    assert set(said(STATE)) <= set(VEHICLE)


def test_when_bmw_asked_does_not_count_as_the_cars_own_report():
    vehicle = car()
    vehicle.update(mybmw_state.translate(STATE, REX))
    assert vehicle.readings["lastFetched"].value == 1707671049.118
    assert vehicle.readings["lastUpdate"].value == UPDATED


def test_a_car_that_never_reported_has_no_time():
    readings = mybmw_state.translate(dict(STATE, lastUpdatedAt="0001-01-01T00:00:00Z"), REX)
    assert readings["stateOfCharge"].time is None


@pytest.mark.parametrize("is_left, driver", [(True, True), (False, False), (None, True)])
def test_the_drivers_side_is_where_the_steering_wheel_is(is_left, driver):
    values = said(dict(STATE, isLeftSteering=is_left))
    assert (values["doorDriverFront"], values["doorPassengerFront"]) == (driver, not driver)
    assert values["windowDriverFront"] == ("OPEN" if driver else "CLOSED")
    assert values["doorDriverRear" if driver else "doorPassengerRear"] is False
    assert values["doorPassengerRear" if driver else "doorDriverRear"] is None


def test_a_range_extenders_ranges_add_up():
    values = said(STATE, REX)
    assert (values["electricRange"], values["fuelRange"], values["totalRange"]) == (148, 92, 240)


def test_a_range_extender_that_bmw_calls_electric_keeps_its_fuel():
    assert said(STATE, {"driveTrain": "ELECTRIC", "model": "i3 (+ REX)"})["fuelRange"] == 92


def test_a_plugin_hybrids_fuel_range_is_the_combined_one_without_the_electric():
    fuel = {"range": 500, "remainingFuelLiters": 30}
    values = said(dict(STATE, combustionFuelLevel=fuel, electricChargingState={"range": 40}), HYBRID)
    assert (values["electricRange"], values["fuelRange"], values["totalRange"]) == (40, 460, 500)


def test_a_hybrid_whose_ranges_contradict_has_no_fuel_range():
    state = {"combustionFuelLevel": {"range": 30}, "electricChargingState": {"range": 40}}
    assert said(state, HYBRID)["fuelRange"] is None


@pytest.mark.parametrize("fuel", [{"range": 0, "remainingFuelLiters": 0}, {"remainingFuelPercent": 0}])
def test_a_battery_electric_car_has_no_fuel(fuel):
    vehicle = car(facts=BEV)
    vehicle.update(mybmw_state.translate(dict(STATE, combustionFuelLevel=fuel), BEV))
    assert {key for key in vehicle.readings if key.startswith("fuel")} == set()
    assert vehicle.readings["totalRange"].value == 148


def test_a_combustion_car_has_no_electric_words():
    values = said({"combustionFuelLevel": {"range": 600, "remainingFuelLiters": 40}}, {"driveTrain": "COMBUSTION"})
    assert (values["fuelRange"], values["totalRange"], values["fuelVolume"]) == (600, 600, 40)
    assert "stateOfCharge" not in values and "chargingTimeRemaining" not in values


def test_the_southern_hemisphere_is_a_place():
    assert said(STATE)["position"] == (-33.8688, 151.2093)


@pytest.mark.parametrize("spot", [(0, 0), (-1, -1), (None, 11.5), ("x", 11.5), (91, 11.5)])
def test_a_position_that_is_none_is_unknown(spot):
    location = {"coordinates": {"latitude": spot[0], "longitude": spot[1]}, "heading": -1}
    values = said({"location": location})
    assert (values["position"], values["heading"]) == (None, None)


def test_tyres_without_a_sensor_have_no_pressure():
    values = said(STATE)
    assert (values["tyrePressureFrontLeft"], values["tyreTargetFrontLeft"]) == (230, 240)
    assert values["tyrePressureFrontRight"] is None
    assert "tyrePressureRearLeft" not in values and "tyrePressureRearRight" not in values


def test_an_i3_without_tyres_climate_and_place_lacks_just_those():
    bare = {name: block for name, block in STATE.items() if name not in ("tireState", "climateControlState", "location")}
    values = said(bare, REX)
    assert values["stateOfCharge"] == 61
    assert not [key for key in values if key.startswith("tyre") or key in ("climateStatus", "position", "address")]


@pytest.mark.parametrize("plugged, status", [(False, "NOT_CHARGING"), (True, None)])
def test_invalid_means_not_charging_when_unplugged(plugged, status):
    values = said({"electricChargingState": {"chargingStatus": "INVALID", "isChargerConnected": plugged}})
    assert (values["chargingStatus"], values["chargingTimeRemaining"]) == (status, None)


def test_a_convertibles_roof_is_no_sunroof():
    values = said({"roofState": {"roofState": "CLOSED", "roofStateType": "CONVERTIBLE_ROOF"}})
    assert values == {"convertibleRoof": "CLOSED"}


def test_a_word_nobody_has_seen_passes_through():
    state = {
        "electricChargingState": {"chargingStatus": "SOLAR_ONLY"},
        "windowsState": {"leftFront": "TINTED"},
    }
    values = said(state)
    assert (values["chargingStatus"], values["windowDriverFront"]) == ("SOLAR_ONLY", "TINTED")


@pytest.mark.parametrize("name", sorted(STATE))
@pytest.mark.parametrize("strange", [None, {}, [], "x", -1, True, [None], {"leftFront": {"deep": []}}])
def test_a_strange_block_costs_only_itself(name, strange):
    values = said(dict(STATE, **{name: strange}), REX)
    if name != "electricChargingState":
        assert values["stateOfCharge"] == 61
    if name != "currentMileage":
        assert values["odometer"] == 61344


def test_history_of_an_empty_account_says_nothing():
    assert mybmw_state.history({}, {"chargingSessions": {"chargingListState": "CHARGE_AND_TRACK"}}) == {}


def test_history_without_consent_is_zero():
    figures = {"statistics": {"totalEnergyCharged": 0, "numberOfChargingSessions": 0}}
    assert mybmw_state.history(figures, None)["energyChargedThisMonth"] == Reading(0.0)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(sorted(STATE)), _JSON),
    st.dictionaries(st.sampled_from(["driveTrain", "model"]), _JSON),
)
def test_no_state_whatsoever_breaks_the_translation(state, facts):
    readings = mybmw_state.translate(state, facts)
    assert set(readings) <= set(VEHICLE)
    car().update(readings)


@given(_JSON, _JSON)
def test_no_history_whatsoever_breaks_the_translation(statistics, sessions):
    assert set(mybmw_state.history(statistics, sessions)) <= set(VEHICLE)


@given(st.dictionaries(st.sampled_from(["model", "brand", "driveTrain", "year"]), _JSON))
def test_no_profile_whatsoever_breaks_the_facts(profile):
    facts = mybmw_state.facts(profile)
    assert isinstance(facts.get("model", ""), str) and isinstance(facts.get("brand", ""), str)
