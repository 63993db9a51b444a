"""Translates CarData's technical descriptors to the vocabulary: a table, and tolerant parsing of values.

Source: descriptor catalogue as in cardata.md section 4. Values are text in REST and typed in the stream. A unit may be missing or
have several spellings. INVALID, UNKNOWN, -NA- and the like mean that the car does not know the value.
"""

from __future__ import absolute_import, unicode_literals

from bmw import times
from bmw.clouds import values
from bmw.clouds.cardata import ranges, units
from bmw.compat import lower, number_types, text_type, upper
from bmw.net import safe_json
from bmw.record import record
from bmw.vehicle import plausible
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import VEHICLE

#: short forms of descriptor prefixes, as in the fact sheet
_PREFIXES = {
    "DT": "vehicle.drivetrain",
    "EE": "vehicle.drivetrain.electricEngine",
    "CH": "vehicle.drivetrain.electricEngine.charging",
    "PB": "vehicle.powertrain.electric.battery",
    "TB": "vehicle.powertrain.tractionBattery.charging.port",
    "CAB": "vehicle.cabin",
    "NAV": "vehicle.cabin.infotainment.navigation",
    "HVAC": "vehicle.cabin.hvac.preconditioning",
    "BODY": "vehicle.body",
    "VV": "vehicle.vehicle",
    "ST": "vehicle.status",
    "AX": "vehicle.chassis.axle",
    "TR": "vehicle.trip.segment",
    "EB": "vehicle.electricalSystem.battery",
    "V": "vehicle",
}

#: a later descriptor of a row wins over an earlier one only when the car sent it this much later (seconds): two sources
#: of one fact must not take turns, but one that the car no longer feeds must not hide the live one
PREFERENCE = 600
#: two names of one state that changes in a moment: what the car sent last counts, as one of the two often comes alone
_NEWEST_WINS = frozenset(("chargingStatus", "pluggedIn", "doorLockState"))

#: what all clouds say for it, and what CarData says besides
_UNKNOWN_WORDS = frozenset(lower(word) for word in values.UNKNOWN_WORDS | frozenset(("NOT_AVAILABLE",)))

CONSUMPTION = units.CONSUMPTION
KM_PER_MILE = 1.609344


class Unknown(Exception):
    """The value is unknown (only used inside this module)."""


def word(value):
    """A catalogue word without its decoration: ``ASN_selective-Locked`` -> ``selectivelocked``.

    Raises:
        Unknown: not a text, number or bool, or empty, or a word for 'the car does not know'.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (text_type,) + number_types):
        raise Unknown()  # a list or an object is no word
    text = lower(text_type(value).strip())
    text = text[4:] if text.startswith("asn_") else text
    if text in _UNKNOWN_WORDS:
        raise Unknown()
    return text


def _is_plain_number(value):
    """True for a number, and for a text of digits and a point only, which needs no look at its words."""
    if isinstance(value, text_type):
        return value.replace(".", "", 1).isdigit()
    return isinstance(value, number_types) and not isinstance(value, bool)


def _number(value, unit):
    """A number with openHAB's unit symbol."""
    try:
        number = float(value) if _is_plain_number(value) else float(word(value).replace(",", "."))
    except (ValueError, OverflowError):
        raise Unknown()
    if number - number != 0:  # infinite, or not a number
        raise Unknown()
    symbol = units.symbol(unit)
    return (number, None) if symbol is None else (number * symbol[1], symbol[0])


def amount(value, unit):
    """(number, openHAB's unit symbol or None) of BMW's value. Raises Unknown: not a number."""
    return _number(value, unit)


def _consumption(value, unit):
    """kWh/100 km; cars that show miles send mi/kWh."""
    number, symbol = _number(value, unit)
    if symbol == "mi/kWh":
        if number <= 0:
            raise Unknown()
        number = 100.0 / (number * KM_PER_MILE)
    return number, None


def _seconds_to_minutes(value, unit):
    number, symbol = _number(value, unit)
    return (number, symbol) if symbol == "min" else (number / 60.0, "min")


def _choice(words, strict=True):
    """A converter with a table of words. strict: other words are unknown; else they stay unchanged."""

    def convert(value, _unit):
        text = word(value).replace("-", "_")
        if text in words:
            return words[text], None
        if text.replace("_", "") in words:
            return words[text.replace("_", "")], None
        if strict:
            raise Unknown()
        return _cut(text_type(value).strip()), None

    return convert


def _passed(value, _unit):
    """The unchanged text, if it is known."""
    word(value)
    return _cut(text_type(value).strip()), None


def _upper(value, _unit):
    return _cut(upper(word(value)).replace("-", "_").replace(" ", "_")), None


def _time(value, _unit):
    seconds = times.parse(text_type(value))
    if seconds is None:
        raise Unknown()
    return seconds, None


def _day(value, _unit):
    """The day as written. Its time and zone are ignored: further east they would make it the next day."""
    return _time(value, None)[0] // 86400 * 86400, None


def _reason(value, _unit):
    """The reason why charging ended; 'no reason' is unknown."""
    text = _upper(value, None)[0]
    if text.startswith("NO_CHARGING_END"):
        raise Unknown()
    return text, None


_YES_NO = {
    "true": True,
    "istrue": True,
    "1": True,
    "on": True,
    "yes": True,
    "false": False,
    "isfalse": False,
    "0": False,
    "off": False,
    "no": False,
}


def _flag(yes=(), no=()):
    """A converter to bool that knows all spellings of true and false, and the given catalogue words."""
    words = dict(_YES_NO)
    words.update((text, True) for text in yes)
    words.update((text, False) for text in no)
    return _choice(words)


_open = _flag(yes=("open", "open_tilt", "intermediate"), no=("closed",))
_yes = _flag()
_plugged = _flag(yes=("connected", "plugged"), no=("disconnected", "unplugged"))
_cable_locked = _flag(yes=("charging_cable_locked",), no=("charging_cable_not_locked",))
_flap_locked = _flag(yes=("flap_locked",), no=("flap_unlocked", "no_action"))
_always_unlocked = _flag(yes=("flap_unlocked",), no=("flap_locked",))
_limit_active = _flag(yes=("ac_limit_active",), no=("ac_limit_inactive",))
_chosen = _flag(yes=("chosen",), no=("notchosen",))
_timer_action = _flag(yes=("activate",), no=("deactivate",))
_once = _flag(yes=("direct_chg_once_active",), no=("direct_chg_once_not_active",))
_phases = _choice({"no_charging": 0, "1_phases": 1, "2_phases": 2, "3_phases": 3, "1": 1, "2": 2, "3": 3})
_lock = _choice(
    {
        "secured": "SECURED",
        "locked": "LOCKED",
        "selectivelocked": "SELECTIVE_LOCKED",
        "partiallylocked": "PARTIALLY_LOCKED",
        "unlocked": "UNLOCKED",
    }
)
_charging_word = _choice(
    {
        "nocharging": "NOT_CHARGING",
        "notcharging": "NOT_CHARGING",
        "initialization": "INITIALIZATION",
        "initializing": "INITIALIZATION",
        "initialising": "INITIALIZATION",
        "chargingactive": "CHARGING",
        "charging": "CHARGING",
        "chargingpaused": "CHARGING_PAUSED",
        "chargingended": "CHARGING_ENDED",
        "chargingerror": "ERROR",
        "error": "ERROR",
        "waitingforcharging": "WAITING_FOR_CHARGING",
        "finishedfullycharged": "FINISHED_FULLY_CHARGED",
        "finishednotfull": "FINISHED_NOT_FULL",
    },
    strict=False,
)
#: BMW's catalogue words for charging.status say how charging is selected, not whether the car charges
_NO_CHARGING_STATUS = frozenset(("manual_selection", "automatic_selection", "automatic_selection_20"))


def _charging(value, unit):
    if word(value) in _NO_CHARGING_STATUS:
        raise Unknown()
    return _charging_word(value, unit)


_climate = _choice(
    {
        "notactive": "INACTIVE",
        "inactive": "INACTIVE",
        "standby": "STANDBY",
        "comfortheating": "HEATING",
        "heating": "HEATING",
        "comfortcooling": "COOLING",
        "cooling": "COOLING",
        "comfortventilation": "VENTILATION",
        "ventilation": "VENTILATION",
        "defrost": "DEFROST",
    }
)

_WHEELS = (
    ("FrontLeft", "row1.wheel.left"),
    ("FrontRight", "row1.wheel.right"),
    ("RearLeft", "row2.wheel.left"),
    ("RearRight", "row2.wheel.right"),
)
_SEATS = (
    ("door", "DriverFront", "CAB.door.row1.driver.isOpen", _open),
    ("door", "PassengerFront", "CAB.door.row1.passenger.isOpen", _open),
    ("door", "DriverRear", "CAB.door.row2.driver.isOpen", _open),
    ("door", "PassengerRear", "CAB.door.row2.passenger.isOpen", _open),
    ("window", "DriverFront", "CAB.window.row1.driver.status", _upper),
    ("window", "PassengerFront", "CAB.window.row1.passenger.status", _upper),
    ("window", "DriverRear", "CAB.window.row2.driver.status", _upper),
    ("window", "PassengerRear", "CAB.window.row2.passenger.status", _upper),
)
_PLACES_IN_A_CAR = (
    ("DriverFront", "row1.driver"),
    ("PassengerFront", "row1.passenger"),
    ("DriverRear", "row2.driver"),
    ("PassengerRear", "row2.passenger"),
)
_WARMED_SEATS = (
    ("Driver", "row1.driverSide"),
    ("Passenger", "row1.passengerSide"),
    ("RearDriver", "row2.driverSide"),
    ("RearPassenger", "row2.passengerSide"),
    ("ThirdDriver", "row3.driverSide"),
    ("ThirdPassenger", "row3.passengerSide"),
)

#: (vocabulary key, converter, descriptors in order of preference)
_ROWS = (
    ("stateOfCharge", _number, "DT.batteryManagement.header", "PB.stateOfCharge.displayed", "CH.level"),
    ("targetStateOfCharge", _number, "PB.stateOfCharge.target"),
    ("batteryCapacity", _number, "DT.batteryManagement.maxEnergy", "DT.batteryManagement.batterySizeMax"),
    ("energyToFull", _number, "CH.smeEnergyDeltaFullyCharged"),
    ("stateOfHealth", _number, "PB.stateOfHealth.displayed"),
    ("batteryPreconditioning", _upper, "PB.preconditioning.state"),
    ("electricRange", _number, "EE.kombiRemainingElectricRange", "EE.remainingElectricRange"),
    ("targetRange", _number, "V.powertrain.electric.range.target"),
    ("totalRange", _number, "DT.lastRemainingRange", "DT.totalRemainingRange"),
    ("fuelLevel", _number, "DT.fuelSystem.level"),
    ("fuelVolume", _number, "DT.fuelSystem.remainingFuel"),
    ("averageConsumption", _consumption, "DT.avgElectricRangeConsumption"),
    ("chargingStatus", _charging, "CH.hvStatus", "CH.status"),
    (
        "pluggedIn",
        _plugged,
        "BODY.chargingPort.status",
        "TB.anyPosition.isPlugged",
        "CH.connectorStatus",
        "BODY.chargingPort.combinedStatus",
    ),
    ("chargeCableLocked", _cable_locked, "BODY.chargingPort.lockedStatus"),
    ("chargeFlap", _open, "TB.anyPosition.flap.isOpen"),
    ("chargeFlapLocked", _flap_locked, "BODY.flap.isLocked"),
    ("chargingTimeRemaining", _number, "CH.timeRemaining"),
    ("timeToFull", _number, "CH.timeToFullyCharged"),
    ("chargingPower", _number, "PB.charging.power"),
    ("chargingVoltage", _number, "CH.acVoltage"),
    ("chargingCurrent", _number, "CH.acAmpere"),
    ("chargingPhases", _phases, "CH.phaseNumber"),
    ("chargingMethod", _upper, "CH.method"),
    ("chargingMode", _upper, "CH.chargingMode"),
    ("chargingPreference", _upper, "CH.profile.preference"),
    ("chargingDeviation", _upper, "CH.modeDeviation"),
    ("currentLimit", _number, "PB.charging.acLimit.selected"),
    ("currentLimitActive", _limit_active, "PB.charging.acLimit.isActive"),
    ("lastChargingResult", _upper, "CH.lastChargingResult"),
    ("lastChargingEndReason", _reason, "CH.lastChargingReason", "CH.hvpmFinishReason", "CH.reasonChargingEnd"),
    ("doorLockState", _lock, "CAB.door.lock.status", "CAB.door.status"),
    ("hood", _open, "BODY.hood.isOpen"),
    ("trunk", _open, "BODY.trunk.isOpen", "BODY.trunk.door.isOpen"),
    ("trunkLocked", _yes, "BODY.trunk.isLocked"),
    ("trunkWindow", _open, "BODY.trunk.window.isOpen"),
    ("alarmArmed", _passed, "VV.antiTheftAlarmSystem.alarm.armStatus"),
    ("alarm", _yes, "VV.antiTheftAlarmSystem.alarm.isOn"),
    ("sunroof", _upper, "CAB.sunroof.overallStatus", "CAB.sunroof.status"),
    ("sunroofTilt", _upper, "CAB.sunroof.tiltStatus"),
    ("convertibleRoof", _upper, "CAB.convertible.roofStatus", "CAB.convertible.roofRetractableStatus"),
    ("climateStatus", _climate, "HVAC.status.comfortState", "VV.preConditioning.activity"),
    ("climateTimeRemaining", _seconds_to_minutes, "HVAC.status.remainingRunningTime"),
    ("climateProgress", _number, "HVAC.status.progress"),
    ("climateError", _passed, "VV.preConditioning.error"),
    (
        "climateTargetTemperature",
        _number,
        "HVAC.configuration.directStartSettings.targetTemperature",
        "HVAC.configuration.defaultSettings.targetTemperature",
    ),
    ("rearDefrost", _yes, "HVAC.status.rearDefrostActive"),
    ("mirrorHeating", _yes, "HVAC.status.isExteriorMirrorHeatingActive"),
    ("steeringWheelHeating", _number, "CAB.steeringWheel.heating"),
    ("heading", _number, "NAV.currentLocation.heading"),
    ("altitude", _number, "NAV.currentLocation.altitude"),
    ("gpsFix", _upper, "NAV.currentLocation.fixStatus"),
    ("odometer", _number, "VV.travelledDistance"),
    ("moving", _yes, "V.isMoving"),
    ("ignition", _yes, "DT.engine.isIgnitionOn"),
    ("engineRunning", _yes, "DT.engine.isActive"),
    ("lights", _yes, "BODY.lights.isRunningOn"),
    ("averageSpeed", _number, "VV.avgSpeed"),
    ("destinationDistance", _number, "NAV.destinationSet.distance"),
    ("destinationArrival", _passed, "NAV.destinationSet.arrivalTime"),
    ("lastTripStateOfCharge", _number, "TR.end.drivetrain.batteryManagement.hvSoc"),
    ("auxiliaryBatteryVoltage", _number, "EB.voltage"),
    ("auxiliaryBatteryStateOfCharge", _number, "EB.stateOfCharge"),
    ("auxiliaryPower", _number, "VV.avgAuxPower"),
    ("serviceDistance", _number, "ST.serviceDistance.next"),
    ("inspectionDate", _day, "ST.serviceTime.inspectionDateLegal"),
    ("teleservice", _upper, "V.channel.teleservice.status"),
    ("deepSleep", _yes, "VV.deepSleepModeActive"),
    # values of fewer cars
    ("minimumStateOfCharge", _number, "PB.stateOfCharge.targetMin"),
    ("professionalTargetStateOfCharge", _number, "PB.stateOfCharge.targetSoCForProfessionalMode"),
    ("batteryPreconditioningAutomatic", _upper, "PB.preconditioning.automaticMode.statusFeedback"),
    ("batteryPreconditioningManual", _upper, "PB.preconditioning.manualMode.statusFeedback"),
    ("batteryCare", _yes, "PB.charging.batteryCarePersisted.isActive"),
    ("navigationRange", _number, "NAV.remainingRange"),
    ("lifetimeEnergyCharged", _number, "CH.consumptionOverLifeTime.overall.gridEnergy"),
    ("lifetimeEnergyDistance", _number, "CH.consumptionOverLifeTime.overall.referenceDistance"),
    ("lifetimeFuel", _number, "DT.fuelSystem.consumptionOverLifeTime.overall.fuel"),
    ("lifetimeFuelDistance", _number, "DT.fuelSystem.consumptionOverLifeTime.overall.referenceDistance"),
    ("dcPluggedIn", _plugged, "BODY.chargingPort.dcStatus"),
    ("chargeFlapAlwaysUnlocked", _always_unlocked, "BODY.flap.isPermanentlyUnlocked"),
    ("chargeFlapAutomatic", _yes, "TB.anyPosition.flap.isAutomaticOpenAndCloseActive"),
    ("chargingConnection", _upper, "CH.connectionType"),
    ("chargingAuthentication", _upper, "CH.authentication.status", "PB.charging.authenticationStatus"),
    ("dcChargingMode", _upper, "PB.charging.dcChargingModeActive"),
    ("smartChargingPreference", _upper, "PB.charging.preferenceSmartCharging"),
    ("immediateCharging", _once, "CH.isSingleImmediateCharging"),
    ("routeCharging", _upper, "CH.routeOptimizedChargingStatus"),
    ("chargingReduced", _chosen, "CH.acRestriction.isChosen"),
    ("chargingReduction", _upper, "CH.acRestriction.factor"),
    ("acousticLimit", _upper, "PB.charging.acousticLimit"),
    ("biDirectionalCharging", _upper, "PB.biDirectionalCharging.availability"),
    ("dischargeAllowed", _yes, "CH.profile.settings.biDirectionalCharging.dischargeAllowed"),
    ("chargingTimerType", _upper, "CH.profile.timerType"),
    ("chargingWindowChosen", _chosen, "CH.windowSelection"),
    ("climateAtDeparture", _yes, "CH.profile.climatizationActive"),
    ("currentLimitMin", _number, "PB.charging.acLimit.min"),
    ("currentLimitMax", _number, "PB.charging.acLimit.max"),
    ("trunkLeft", _open, "BODY.trunk.left.door.isOpen"),
    ("trunkRight", _open, "BODY.trunk.right.door.isOpen"),
    ("trunkUpper", _open, "BODY.trunk.upper.door.isOpen"),
    ("trunkLower", _open, "BODY.trunk.lower.door.isOpen"),
    ("alarmTime", _time, "VV.antiTheftAlarmSystem.alarm.activationTime"),
    ("sunroofPosition", _number, "CAB.sunroof.relativePosition"),
    ("sunroofShade", _number, "CAB.sunroof.shade.position"),
    ("remoteEngineRunning", _yes, "VV.preConditioning.isRemoteEngineRunning"),
    ("remoteEngineAllowed", _yes, "VV.preConditioning.isRemoteEngineStartAllowed"),
    ("airPurification", _upper, "CAB.hvac.statusAirPurification"),
    ("satellites", _number, "NAV.currentLocation.numberOfSatellites"),
    ("speedFrom", _number, "VV.speedRange.lowerBound"),
    ("speedTo", _number, "VV.speedRange.upperBound"),
    ("averageDailyDistance", _number, "ST.conditionBasedServicesAverageDistancePerDay"),
    ("averageWeeklyDistance", _number, "VV.averageWeeklyDistanceLongTerm"),
    ("recentWeeklyDistance", _number, "VV.averageWeeklyDistanceShortTerm"),
    ("lastTripRecuperation", _number, "TR.accumulated.drivetrain.electricEngine.recuperationTotal"),
    ("lastTripComfortEnergy", _number, "TR.accumulated.drivetrain.electricEngine.energyConsumptionComfort"),
    ("lastTripElectricShare", _number, "TR.accumulated.drivetrain.transmission.setting.fractionDriveElectric"),
    ("lastTripEcoPro", _number, "TR.accumulated.drivetrain.transmission.setting.fractionDriveEcoPro"),
    ("lastTripEcoProPlus", _number, "TR.accumulated.drivetrain.transmission.setting.fractionDriveEcoProPlus"),
    ("lastTripAcceleration", _number, "TR.accumulated.acceleration.starsAverage"),
    ("lastTripBraking", _number, "TR.accumulated.chassis.brake.starsAverage"),
    ("auxiliaryBatteryRecharge", _yes, "EB.serviceDemand.recharge"),
    ("battery48StateOfHealth", _number, "V.electricalSystem.battery48V.stateOfHealth.displayed"),
    ("coolantTemperature", _number, "DT.internalCombustionEngine.engine.ect"),
    ("serviceCount", _number, "ST.conditionBasedServicesCount"),
    ("servicePartner", _passed, "V.sevice.preferredSevicePartner"),
    ("lastTeleserviceReport", _time, "V.channel.teleservice.lastTeleserviceReportTime"),
    ("lastServiceCall", _time, "V.channel.teleservice.lastAutomaticServiceCallTime"),
    ("lastManualServiceCall", _time, "V.channel.teleservice.lastManualCallTime"),
    ("lastBreakdownCall", _time, "V.channel.teleservice.lastBreakdownCallTime"),
    ("phoneConnected", _yes, "CAB.infotainment.isMobilePhoneConnected"),
)
_ROWS += tuple((part + place, convert, descriptor) for part, place, descriptor, convert in _SEATS)
_ROWS += tuple(("doorPosition" + place, _number, "CAB.door.{}.position".format(path)) for place, path in _PLACES_IN_A_CAR)
_ROWS += tuple(("seatHeating" + seat, _number, "CAB.seat.{}.heating".format(path)) for seat, path in _WARMED_SEATS)
_ROWS += tuple(("seatCooling" + seat, _number, "CAB.seat.{}.cooling".format(path)) for seat, path in _WARMED_SEATS)
_ROWS += tuple(("tyrePressure" + wheel, _number, "AX.{}.tire.pressure".format(path)) for wheel, path in _WHEELS)
_ROWS += tuple(("tyreTarget" + wheel, _number, "AX.{}.tire.pressureTarget".format(path)) for wheel, path in _WHEELS)
_ROWS += tuple(("tyreTemperature" + wheel, _number, "AX.{}.tire.temperature".format(path)) for wheel, path in _WHEELS)


def _full(short):
    prefix, _, rest = short.partition(".")
    return _PREFIXES[prefix] + "." + rest


TABLE = tuple((row[0], row[1], tuple(_full(short) for short in row[2:])) for row in _ROWS)

CHARGING = _full("CH.")
REMAINING_RANGE = _full("EE.remainingElectricRange")
TRIP_END = _full("TR.end.time")
LATITUDE = _full("NAV.currentLocation.latitude")
LONGITUDE = _full("NAV.currentLocation.longitude")
DESTINATION = (_full("NAV.destinationSet.latitude"), _full("NAV.destinationSet.longitude"))
#: vocabulary key -> descriptors for: timer is on, hour, minute
TIMERS = dict(
    (key, tuple(_full("CAB.climate.timers.{}.{}".format(timer, part)) for part in ("action", "hour", "minute")))
    for key, timer in (("climateTimerOnce", "overwriteTimer"), ("climateTimer1", "weekdaysTimer1"), ("climateTimer2", "weekdaysTimer2"))
)
SERVICES = _full("ST.conditionBasedServices")
MESSAGES = _full("ST.checkControlMessages")
#: the climate's remaining time in minutes; a second source with another unit when none is given
CLIMATE_MINUTES = _full("VV.preConditioning.remainingTime")

#: vocabulary key -> its latitude and longitude; ``entries`` keeps the last complete pair under the key itself
PAIRS = {"position": (LATITUDE, LONGITUDE), "destinationPosition": DESTINATION}

#: what tells the same, but of the end of the last trip: only where a car tells nothing else
_LAST_RESORTS = {"stateOfCharge": _full("TR.end.drivetrain.batteryManagement.hvSoc"), "odometer": _full("TR.end.travelledDistance")}

#: latitude and longitude belong together if their times differ by at most so many seconds
PAIR_WITHIN = 2

#: the car reports a trip's end within so many seconds
TRIP_END_TOLD = 900

#: a line for people stays one that can be read, whatever a car sends: letters of one text, and texts in one line
MAX_CHARACTERS = 120
MAX_MESSAGES = 8
#: services or messages of a car; a car has some twenty. Reading thousands of empty ones takes Jython seconds, at each message
MAX_RECORDS = 250

#: what the ranges are made of, and what shows that there is a traction battery or a tank where BMW does not say so
_RANGES = tuple(
    _full("DT." + name)
    for name in (
        "electricEngine.kombiRemainingElectricRange",
        "electricEngine.remainingElectricRange",
        "lastRemainingRange",
        "totalRemainingRange",
    )
)
#: as what each of them is judged
_RANGE_KEYS = ("electricRange", "electricRange", "totalRange", "totalRange")
_BATTERY_HINTS = (_full("DT.batteryManagement.header"), _full("PB.stateOfCharge.displayed"), _RANGES[0])
_TANK_HINTS = (_full("DT.fuelSystem.level"), _full("DT.fuelSystem.remainingFuel"))
_LOCK = "doorLockState"
_LOCK_SOURCES = next(_row[2] for _row in TABLE if _row[0] == _LOCK)
_INSPECTION = _full("ST.serviceTime.inspectionDateLegal")
_SERVICE_DISTANCE = _full("ST.serviceDistance.next")

_SPECIAL = sum(PAIRS.values(), (SERVICES, MESSAGES, CLIMATE_MINUTES, TRIP_END) + units.DISTANCE + tuple(_LAST_RESORTS.values()))
_SPECIAL += sum(TIMERS.values(), ())

#: all requested descriptors, and the most important ones in case BMW refuses the long list
ALL = tuple(sorted(set(d for row in TABLE for d in row[2]) | set(_SPECIAL)))
_CORE_KEYS = frozenset(
    "stateOfCharge electricRange fuelLevel chargingStatus pluggedIn chargingTimeRemaining doorLockState hood trunk"
    " doorDriverFront doorPassengerFront doorDriverRear doorPassengerRear windowDriverFront windowPassengerFront"
    " windowDriverRear windowPassengerRear odometer climateStatus totalRange".split()
)
CORE = tuple(sorted(set(d for row in TABLE if row[0] in _CORE_KEYS for d in row[2]) | set((LATITUDE, LONGITUDE, units.DISTANCE[0]))))


#: descriptor -> the rows of TABLE that read it
_ROWS_OF = {}
for _row in TABLE:
    for _descriptor in _row[2]:
        _ROWS_OF.setdefault(_descriptor, []).append(_row)
_CLIMATE_ROWS = [_row for _row in TABLE if _row[0] == "climateTimeRemaining"]
_ROWS_OF[CLIMATE_MINUTES] = _CLIMATE_ROWS
for _key, _descriptor in _LAST_RESORTS.items():
    _ROWS_OF.setdefault(_descriptor, []).extend(_row for _row in TABLE if _row[0] == _key)

#: converters of numbers that have a unit, and the unit in which the vocabulary has what a descriptor says
_MEASURES = (_number, _consumption, _seconds_to_minutes)
UNITS = {}
#: unit -> descriptors that are measured in it
_SISTERS = {}
for _row in TABLE:
    if _row[1] in _MEASURES:
        _unit = CONSUMPTION if _row[1] is _consumption else "s" if _row[1] is _seconds_to_minutes else VEHICLE[_row[0]].unit
        for _descriptor in _row[2] + ((_LAST_RESORTS[_row[0]],) if _row[0] in _LAST_RESORTS else ()):
            UNITS.setdefault(_descriptor, _unit)
            _SISTERS.setdefault(_unit, []).append(_descriptor)
#: what the car's unit of distance decides
_BY_DISTANCE = [_row for _row in TABLE if _row[1] in _MEASURES and any(units.depends_on_distance(UNITS.get(name)) for name in _row[2])]
_ROWS_OF.update((_descriptor, _BY_DISTANCE) for _descriptor in units.DISTANCE)


def translate(entries, changed=None, facts=None, extras=None):
    """The vocabulary's readings for telematic entries.

    Args:
        entries (dict): descriptor -> {"value", "unit", "timestamp"} from REST or the stream.
        changed (set of descriptors or None): only readings that depend on these; None = all.
        facts (dict or None): constant data of the car; the drive train decides what the ranges mean.
        extras (bmw.clouds.cardata.extra.Extras or None): the wanted extra values.

    Returns:
        {key: Reading}, also unknown ones, for every key with at least one descriptor among the entries.
    """
    readings = {}
    rows = TABLE
    if changed is not None:
        rows = dict((row[0], row) for name in changed for row in _ROWS_OF.get(name, ())).values()
    for key, convert, descriptors in rows:
        told = [_read(entries, d, convert, key) for d in descriptors if _is_there(entries.get(d))]
        told = _valid_locks(told, entries) if key == _LOCK else told
        reading = _choose(told, key in _NEWEST_WINS)
        if (reading is None or reading.value is None) and _is_there(entries.get(_LAST_RESORTS.get(key))):
            last_resort = _read(entries, _LAST_RESORTS[key], convert, key)
            reading = last_resort if reading is None else _choose([reading, last_resort])
        if reading is not None:
            readings[key] = reading
    for needed, _keys, add in _SPECIAL_ROWS:
        if changed is None or not changed.isdisjoint(needed):
            add(readings, entries, facts or {})
    readings = dict((key, reading) for key, reading in readings.items() if key in VEHICLE)
    if extras is not None:
        readings.update(extras.readings(entries, changed))
    return readings


def _is_there(entry):
    return isinstance(entry, dict) and "value" in entry


def _read(entries, descriptor, convert, key):
    """The Reading of one descriptor for a vocabulary key; an implausible value is unknown."""
    entry = entries[descriptor]
    time = times.parse(entry.get("timestamp"))
    if entry["value"] is None:
        return Reading(None, time)
    try:
        unit = entry.get("unit")
        if convert in _MEASURES:
            unit = units.spelling(entry, entries, UNITS.get(descriptor, ""), _SISTERS.get(UNITS.get(descriptor), ()))
        value, unit = convert(entry["value"], unit)
    except (Unknown, LookupError):
        return Reading(None, time)
    if not plausible.is_plausible(key, value, unit, VEHICLE[key].unit):
        return Reading(None, time)
    return Reading(value, time, unit)


def _choose(readings, newest_wins=False):
    """Chooses among the Readings of several sources: the first known one, unless a later one is much newer.

    An unknown reading never hides a known one. None if there are no readings.
    """
    known = [reading for reading in readings if reading.value is not None]
    best = None
    for reading in known:
        if best is None or (reading.time or 0) - (best.time or 0) > (0 if newest_wins else PREFERENCE):
            best = reading
    latest = max([reading.time for reading in readings if reading.time is not None] or [None])
    if best is None:
        return Reading(None, latest) if readings else None
    # if one source no longer knows the value, the other one counts
    return Reading(best.value, latest, best.unit) if newest_wins else best


def spoke_at(name, entry, old):
    """When a source of the lock that is unknown now was known last (BMW's time, text), to be stored with its entry; else None.

    Args:
        name (str): descriptor. old (dict or None): the entry of the same descriptor that it replaces.
    """
    if name not in _LOCK_SOURCES or old is None or _knows_lock(name, entry):
        return None
    return old["timestamp"] if _knows_lock(name, old) else old.get("spoke")


def _knows_lock(name, entry):
    return _read({name: entry}, name, _lock, _LOCK).value is not None


def _valid_locks(readings, entries):
    """The Readings of the lock, unknown where another source has said something newer, even if that one is unknown by now.

    Without this an open car would be shown as locked, by a word from before it was unlocked.
    """
    spoke = max([times.parse(entries[name].get("spoke")) or 0 for name in _LOCK_SOURCES if _is_there(entries.get(name))] + [0])
    return [reading if (reading.time or 0) >= spoke else Reading(None, reading.time) for reading in readings]


def _add_ranges(readings, entries, facts):
    found = [_read(entries, name, _number, key) if _is_there(entries.get(name)) else None for name, key in zip(_RANGES, _RANGE_KEYS)]
    if not any(found):
        return
    hints = [any(_says_more_than_0(entries, name) for name in names) for names in (_BATTERY_HINTS, _TANK_HINTS)]
    for key in ("electricRange", "totalRange"):
        readings.pop(key, None)
    readings.update(ranges.readings(*(found + [facts, hints, _choose, PREFERENCE])))


def _says_more_than_0(entries, name):
    try:
        return _is_there(entries.get(name)) and _number(entries[name]["value"], None)[0] > 0
    except Unknown:
        return False


def _add_trip_end(readings, entries, _facts):
    """BMW sends local time marked as UTC. If it really is UTC, the time of the car's message shows that."""
    entry = entries.get(TRIP_END)
    if not _is_there(entry):
        return
    reading = _read(entries, TRIP_END, _time, "lastTripEnd")
    if reading.value is not None:
        as_written, at_home = reading.value, values.home_moment(entry["value"], reading.time)
        is_utc = reading.time is not None and abs(reading.time - as_written) <= TRIP_END_TOLD < abs(reading.time - at_home)
        reading.value = as_written if is_utc else at_home
    readings["lastTripEnd"] = reading


def _add_climate_time(readings, entries, _facts):
    seconds = readings.get("climateTimeRemaining")
    # the other source is null if it was requested but not sent
    if (seconds is None or seconds.value is None) and _is_there(entries.get(CLIMATE_MINUTES)):
        readings["climateTimeRemaining"] = _read(entries, CLIMATE_MINUTES, _number, "climateTimeRemaining")


def _add_position(readings, entries, _facts):
    """A position needs latitude and longitude of the same time; an incomplete one keeps the last complete one."""
    _add_place(readings, entries, "position")


def _add_destination(readings, entries, _facts):
    _add_place(readings, entries, "destinationPosition")


def _add_place(readings, entries, key):
    pair = entries.get(key) or pair_of(entries, key, PAIR_WITHIN)
    if pair is not None:
        readings[key] = Reading(values.place(*pair["value"]), times.parse(pair["timestamp"]))


def pair_of(entries, key, within):
    """{"value": [latitude, longitude], "timestamp"} of the two entries if the car sent them within so many seconds, else None.

    Args:
        key (str): one of PAIRS.
    """
    latitude, longitude = [entries.get(name) for name in PAIRS[key]]
    if not (_is_there(latitude) and _is_there(longitude)):
        return None
    moments = [times.parse(entry.get("timestamp")) for entry in (latitude, longitude)]
    if abs((moments[0] or 0) - (moments[1] or 0)) > within:
        return None
    return {"value": [latitude["value"], longitude["value"]], "timestamp": latitude.get("timestamp")}


def _add_timers(readings, entries, _facts):
    """A timer has three descriptors. It is known if the car has reported whether it is on."""
    for key, parts in TIMERS.items():
        entry, hour, minute = (entries.get(name) for name in parts)
        if not _is_there(entry):
            continue
        is_on, time = _read(entries, parts[0], _timer_action, key), None
        if _is_there(hour) and _is_there(minute):
            time = values.value_or_none(values.clock_time, {"hour": hour["value"], "minute": minute["value"]})
        readings[key] = Reading(None if is_on.value is None else values.timer_text(time, (), is_on.value), is_on.time)


def _records(entry, message_type):
    """The objects of the given type in a structured descriptor (JSON text or already decoded), as a list.

    Raises:
        Unknown: neither, or more than a car has.
    """
    value = entry.get("value")
    if isinstance(value, text_type):
        try:
            value = safe_json.parse(value)
        except safe_json.BadJson:
            raise Unknown()
    if not isinstance(value, list) or len(value) > MAX_RECORDS:
        raise Unknown()
    return [record for record in value if isinstance(record, dict) and record.get("messageType") in (None, message_type)]


def _field(record, name):
    """A field's text, or '' for null, '-' and the literal NULL."""
    text = text_type(record.get(name) or "").strip()
    return "" if text in ("-", "NULL") else text


def _add_services(readings, entries, _facts):
    """The condition based services: name and date of the next one, number of due services, and the worst status."""
    if not _is_there(entries.get(SERVICES)):
        return
    time = times.parse(entries[SERVICES].get("timestamp"))
    services = _services(entries)
    # a due service without a date comes before one with a date; else the earliest
    waiting = [service for service in services if service.is_due and service.date is None]
    dated = sorted((service for service in services if service.date is not None), key=lambda service: service[:3])
    following = (waiting + dated or [_Service(None, "", "", None, None)])[0]
    statuses = [service.status for service in services if service.status]
    readings["nextService"] = Reading(following.name or None, time)
    readings["serviceDate"] = Reading(following.date, time)
    readings["servicesDue"] = Reading(sum(service.is_due for service in services) if statuses else None, time)
    readings["serviceStatus"] = Reading(min(statuses, key=_urgency) if statuses else None, time)


def _services(entries):
    """The condition based services (list of _Service); empty if BMW reports none."""
    if not _is_there(entries.get(SERVICES)):
        return []
    try:
        return [_service(record) for record in _records(entries[SERVICES], "CBS")]
    except Unknown:
        return []


def _add_inspection(readings, entries, _facts):
    """Adds the inspection date; some cars report it only in the list of services."""
    if _is_there(entries.get(_INSPECTION)):
        readings["inspectionDate"] = _read(entries, _INSPECTION, _day, "inspectionDate")
        if readings["inspectionDate"].value is not None:
            return
    dates = [service.date for service in _services(entries) if service.number == INSPECTION_ID and service.date is not None]
    if dates:
        readings["inspectionDate"] = Reading(min(dates), times.parse(entries[SERVICES].get("timestamp")))


def _add_service_distance(readings, entries, _facts):
    """0 km is only valid if a service is due. Some cars report the distance only in the list of services."""
    services = _services(entries)
    if _is_there(entries.get(_SERVICE_DISTANCE)):
        reading = _read(entries, _SERVICE_DISTANCE, _number, "serviceDistance")
        if reading.value == 0 and services and not any(service.is_due for service in services):
            reading = Reading(None, reading.time)
        readings["serviceDistance"] = reading
        if reading.value is not None:
            return
    unit = units.distance(entries)
    distances = [service.distance for service in services if service.distance is not None]
    if distances and unit is not None:
        readings["serviceDistance"] = Reading(min(distances), times.parse(entries[SERVICES].get("timestamp")), unit)


#: BMW's number for the statutory inspection
INSPECTION_ID = 32


class _Service(record("_Service", "date name status number distance")):
    """date: epoch seconds or None; name, status: text, may be ''; number: BMW's type of service; distance: remaining, or None."""

    @property
    def is_due(self):
        return self.status not in ("", _GOOD)


def _service(record):
    name = _field(record, "title") or _field(record, "description")
    left = values.value_or_none(values.positive, record.get("unitOfLengthRemaining"))
    number = values.value_or_none(values.number, record.get("id"))
    return _Service(times.parse(_field(record, "date")), _cut(name), upper(_field(record, "status")), number, left)


#: status of a service that is not due yet, and the urgency of the others; an unknown status is probably urgent
_GOOD = "OK"
_URGENCY = {"OVERDUE": 0, "PENDING": 2, _GOOD: 3}


def _urgency(status):
    return _URGENCY.get(status, 1)


def _add_messages(readings, entries, _facts):
    """Number and text of the check control messages; an empty list means that there are none."""
    if not _is_there(entries.get(MESSAGES)):
        return
    time = times.parse(entries[MESSAGES].get("timestamp"))
    try:
        texts = [_message(record) for record in _records(entries[MESSAGES], "CCM")]
    except Unknown:
        readings["checkControlCount"] = readings["checkControl"] = Reading(None, time)
        return
    readings["checkControlCount"] = Reading(len(texts), time)
    readings["checkControl"] = Reading(_joined([text for text in texts if text]), time)


def _message(record):
    """A message's text, or its number if BMW sends no text."""
    text = _field(record, "title") or _field(record, "text") or _field(record, "description")
    return _cut(text) or _field(record, "id")


def _cut(text):
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 3].rstrip() + "..."


def _joined(texts):
    """The texts in one line, with the number of further ones."""
    shown = texts[:MAX_MESSAGES]
    return "; ".join(shown + (["+{}".format(len(texts) - len(shown))] if len(texts) > len(shown) else []))


#: (descriptors it reads, keys it adds, function that adds their readings) where a row of TABLE does not do
_SPECIAL_ROWS = (
    ((CLIMATE_MINUTES,) + sum((_row[2] for _row in _CLIMATE_ROWS), ()), ("climateTimeRemaining",), _add_climate_time),
    (PAIRS["position"] + ("position",), ("position",), _add_position),
    (PAIRS["destinationPosition"] + ("destinationPosition",), ("destinationPosition",), _add_destination),
    (sum(TIMERS.values(), ()), tuple(TIMERS), _add_timers),
    (_RANGES + _BATTERY_HINTS + _TANK_HINTS + units.DISTANCE, ("electricRange", "totalRange", "fuelRange"), _add_ranges),
    ((TRIP_END,), ("lastTripEnd",), _add_trip_end),
    ((SERVICES,), ("nextService", "serviceDate", "servicesDue", "serviceStatus"), _add_services),
    ((SERVICES, _INSPECTION), ("inspectionDate",), _add_inspection),
    ((SERVICES, _SERVICE_DISTANCE) + units.DISTANCE, ("serviceDistance",), _add_service_distance),
    ((MESSAGES,), ("checkControlCount", "checkControl"), _add_messages),
)


def keys_of(changed):
    """The keys (set) whose readings depend on these descriptors (set), without extra values."""
    keys = set(row[0] for name in changed for row in _ROWS_OF.get(name, ()))
    return keys.union(*[added for needed, added, _add in _SPECIAL_ROWS if not changed.isdisjoint(needed)])
