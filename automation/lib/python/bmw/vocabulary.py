# -*- coding: utf-8 -*-
"""THE vocabulary: what a car and an account can say, one row each.

Every cloud translates its own wire format into these keys; items, pages and the command line are made from the same rows.
Knows no cloud and touches no openHAB API (item types, units and tags are openHAB's words, written as text).
"""

from __future__ import absolute_import, unicode_literals

from bmw.record import record

#: One thing a car can say.
#: key: name in this module; its first letter upper case is the end of the item's name
#: section: sub-equipment it belongs to; item_type: openHAB item type; unit: unit of a value that comes without one
#: label/label_de: English and German; pattern: state format; icon: openHAB classic icon; tags: semantic Point and Property
Point = record("Point", "key section item_type unit label label_de pattern icon tags")

MEASUREMENT = "Measurement"
STATUS = "Status"

#: (item type, unit, state pattern) by a short name; the pattern names the unit, as %unit% would show metres for a car that
#: reports miles, so that the rows below stay one line each
_FORMS = {
    "percent": ("Number:Dimensionless", "%", "%.0f %%"),
    "percent1": ("Number:Dimensionless", "%", "%.1f %%"),
    "length": ("Number:Length", "km", "%.0f km"),
    "millimetres": ("Number:Length", "mm", "%.1f mm"),
    "metres": ("Number:Length", "m", "%.0f m"),
    "minutes": ("Number:Time", "min", "%.0f min"),
    "energy": ("Number:Energy", "kWh", "%.1f kWh"),
    "power": ("Number:Power", "W", "%.0f W"),
    "kilowatt": ("Number:Power", "kW", "%.2f kW"),
    "volt": ("Number:ElectricPotential", "V", "%.1f V"),
    "ampere": ("Number:ElectricCurrent", "A", "%.0f A"),
    "pressure": ("Number:Pressure", "kPa", "%.0f kPa"),
    "temperature": ("Number:Temperature", "°C", "%.1f °C"),
    "angle": ("Number:Angle", "°", "%.0f °"),
    "speed": ("Number:Speed", "km/h", "%.0f km/h"),
    "volume": ("Number:Volume", "l", "%.1f l"),
    "number": ("Number", "", "%.0f"),
    "number1": ("Number", "", "%.1f"),
    "contact": ("Contact", "", "%s"),
    "switch": ("Switch", "", "%s"),
    "text": ("String", "", "%s"),
    "time": ("DateTime", "", "%1$td.%1$tm.%1$tY %1$tH:%1$tM"),
    "date": ("DateTime", "", "%1$td.%1$tm.%1$tY"),
    "place": ("Location", "", "%2$s°N %3$s°E"),
    "image": ("Image", "", ""),
}


def _point(key, section, form, label, label_de, icon, *tags):
    item_type, unit, pattern = _FORMS[form]
    return Point(key, section, item_type, unit, label, label_de, pattern, icon, tags)


# one row a line, however long
# fmt: off
_VEHICLE_ROWS = (
    # battery and range
    ("stateOfCharge", "battery", "percent", "State of charge", "Ladestand", "batterylevel", MEASUREMENT, "Level"),
    ("estimatedStateOfCharge", "battery", "percent", "State of charge (estimate)", "Ladestand (geschätzt)", "batterylevel", MEASUREMENT, "Level"),
    ("targetStateOfCharge", "battery", "percent", "Target state of charge", "Ladeziel", "batterylevel", STATUS, "Level"),
    ("batteryCapacity", "battery", "energy", "Battery capacity", "Batteriekapazität", "battery", MEASUREMENT, "Energy"),
    ("batteryEnergy", "battery", "energy", "Energy in the battery", "Energie in der Batterie", "battery", MEASUREMENT, "Energy"),
    ("energyToFull", "battery", "energy", "Energy to full", "Energie bis voll", "battery", MEASUREMENT, "Energy"),
    ("stateOfHealth", "battery", "percent", "Battery health", "Batteriegesundheit", "battery", MEASUREMENT, "Level"),
    ("batteryPreconditioning", "battery", "text", "Battery preconditioning", "Batterievorkonditionierung", "temperature", STATUS),
    ("electricRange", "battery", "length", "Electric range", "Elektrische Reichweite", "line", MEASUREMENT),
    ("maxElectricRange", "battery", "length", "Electric range when full", "Elektrische Reichweite voll geladen", "line", MEASUREMENT),
    ("targetRange", "battery", "length", "Range at charging target", "Reichweite beim Ladeziel", "line", MEASUREMENT),
    ("totalRange", "battery", "length", "Total range", "Gesamtreichweite", "line", MEASUREMENT),
    ("fuelRange", "battery", "length", "Fuel range", "Kraftstoffreichweite", "line", MEASUREMENT),
    ("fuelLevel", "battery", "percent", "Fuel level", "Tankfüllstand", "oil", MEASUREMENT, "Level"),
    ("fuelVolume", "battery", "volume", "Fuel", "Kraftstoff", "oil", MEASUREMENT, "Level"),
    ("averageConsumption", "battery", "number1", "Average consumption (kWh/100 km)", "Durchschnittsverbrauch (kWh/100 km)", "line", MEASUREMENT, "Energy"),
    ("averageRecuperation", "battery", "number1", "Average recuperation (kWh/100 km)", "Durchschnittliche Rekuperation (kWh/100 km)", "line", MEASUREMENT, "Energy"),
    # charging
    ("chargingStatus", "charging", "text", "Charging status", "Ladestatus", "energy", STATUS),
    ("charging", "charging", "switch", "Charging", "Lädt", "energy", STATUS, "Power"),
    ("pluggedIn", "charging", "switch", "Plugged in", "Eingesteckt", "poweroutlet", STATUS),
    ("chargeCableLocked", "charging", "switch", "Charging cable locked", "Ladekabel verriegelt", "lock", STATUS),
    ("chargeFlap", "charging", "contact", "Charging flap", "Ladeklappe", "door", STATUS, "Opening"),
    ("chargeFlapLocked", "charging", "switch", "Charging flap locked", "Ladeklappe verriegelt", "lock", STATUS),
    ("chargingTimeRemaining", "charging", "minutes", "Charging time remaining", "Restladezeit", "time", MEASUREMENT, "Duration"),
    ("timeToFull", "charging", "minutes", "Time to full", "Zeit bis voll", "time", MEASUREMENT, "Duration"),
    ("chargingPower", "charging", "power", "Charging power", "Ladeleistung", "energy", MEASUREMENT, "Power"),
    ("chargingVoltage", "charging", "volt", "Charging voltage", "Ladespannung", "energy", MEASUREMENT, "Voltage"),
    ("chargingCurrent", "charging", "ampere", "Charging current", "Ladestrom", "energy", MEASUREMENT, "Current"),
    ("chargingPhases", "charging", "number", "Charging phases", "Ladephasen", "energy", MEASUREMENT),
    ("chargingMethod", "charging", "text", "Charging method", "Ladeart", "poweroutlet", STATUS),
    ("chargingMode", "charging", "text", "Charging mode", "Lademodus", "settings", STATUS),
    ("chargingPreference", "charging", "text", "Charging preference", "Ladepräferenz", "settings", STATUS),
    ("chargingDeviation", "charging", "text", "Deviation from charging plan", "Abweichung vom Ladeplan", "settings", STATUS),
    ("chargingControl", "charging", "text", "Kind of charging plan", "Art des Ladeplans", "settings", STATUS),
    ("chargingWindowStart", "charging", "text", "Charging window start", "Beginn des Ladefensters", "time", STATUS),
    ("chargingWindowEnd", "charging", "text", "Charging window end", "Ende des Ladefensters", "time", STATUS),
    ("departureTimer1", "charging", "text", "Departure timer 1", "Abfahrtszeit 1", "time", STATUS),
    ("departureTimer2", "charging", "text", "Departure timer 2", "Abfahrtszeit 2", "time", STATUS),
    ("departureTimer3", "charging", "text", "Departure timer 3", "Abfahrtszeit 3", "time", STATUS),
    ("departureTimer4", "charging", "text", "Departure timer 4", "Abfahrtszeit 4", "time", STATUS),
    ("currentLimit", "charging", "ampere", "AC current limit", "AC-Stromgrenze", "settings", STATUS, "Current"),
    ("currentLimitActive", "charging", "switch", "AC current limit active", "AC-Stromgrenze aktiv", "settings", STATUS),
    ("lastChargingResult", "charging", "text", "Last charging result", "Letztes Ladeergebnis", "energy", STATUS),
    ("lastChargingEndReason", "charging", "text", "Last charging end reason", "Letzter Ladeendegrund", "energy", STATUS),
    ("lastChargingSession", "charging", "text", "Last charging session", "Letzter Ladevorgang", "energy", STATUS),
    ("energyChargedThisMonth", "charging", "energy", "Energy charged this month", "Geladene Energie in diesem Monat", "energy", MEASUREMENT, "Energy"),
    ("chargingSessionsThisMonth", "charging", "number", "Charging sessions this month", "Ladevorgänge in diesem Monat", "energy", MEASUREMENT),
    ("energyChargedLastMonth", "charging", "energy", "Energy charged last month", "Geladene Energie im letzten Monat", "energy", MEASUREMENT, "Energy"),
    ("chargingSessionsLastMonth", "charging", "number", "Charging sessions last month", "Ladevorgänge im letzten Monat", "energy", MEASUREMENT),
    ("lastChargingStart", "charging", "time", "Last charging began", "Beginn des letzten Ladens", "time", STATUS, "Timestamp"),
    ("lastChargingEnd", "charging", "time", "Last charging ended", "Ende des letzten Ladens", "time", STATUS, "Timestamp"),
    ("lastChargingDuration", "charging", "minutes", "Duration of last charging", "Dauer des letzten Ladens", "time", MEASUREMENT, "Duration"),
    ("lastChargingEnergy", "charging", "energy", "Energy of last charging (grid)", "Energie des letzten Ladens (Netz)", "energy", MEASUREMENT, "Energy"),
    ("lastChargingStartStateOfCharge", "charging", "percent", "State of charge before last charging", "Ladestand vor dem letzten Laden", "batterylevel", MEASUREMENT, "Level"),
    ("lastChargingEndStateOfCharge", "charging", "percent", "State of charge after last charging", "Ladestand nach dem letzten Laden", "batterylevel", MEASUREMENT, "Level"),
    ("lastChargingPlace", "charging", "text", "Place of last charging", "Ort des letzten Ladens", "none", STATUS),
    ("lastChargingCurve", "charging", "text", "Curve of last charging", "Kurve des letzten Ladens", "line", STATUS),
    ("chargingPlaces", "charging", "number", "Known charging places", "Bekannte Ladeorte", "none", MEASUREMENT),
    ("atChargingPlace", "charging", "switch", "At a known charging place", "An einem bekannten Ladeort", "none", STATUS),
    ("placeChargingMode", "charging", "text", "Charging mode at the place", "Lademodus am Ladeort", "settings", STATUS),
    ("placeChargingPreference", "charging", "text", "Charging preference at the place", "Ladepräferenz am Ladeort", "settings", STATUS),
    ("placeCurrentLimit", "charging", "ampere", "AC current limit at the place", "AC-Stromgrenze am Ladeort", "settings", STATUS, "Current"),
    ("placeAcousticLimit", "charging", "text", "Acoustic limit at the place", "Geräuschgrenze am Ladeort", "settings", STATUS),
    ("placeFlapLock", "charging", "text", "Charging flap lock at the place", "Klappenverriegelung am Ladeort", "lock", STATUS),
    # doors and locks
    ("doorLockState", "doors", "text", "Door lock", "Türverriegelung", "lock", STATUS),
    ("locked", "doors", "switch", "Locked", "Verriegelt", "lock", STATUS),
    ("doors", "doors", "contact", "Doors", "Türen", "door", STATUS, "Opening"),
    ("doorDriverFront", "doors", "contact", "Driver's door", "Fahrertür", "door", STATUS, "Opening"),
    ("doorPassengerFront", "doors", "contact", "Passenger's door", "Beifahrertür", "door", STATUS, "Opening"),
    ("doorDriverRear", "doors", "contact", "Rear door, driver's side", "Hintere Tür, Fahrerseite", "door", STATUS, "Opening"),
    ("doorPassengerRear", "doors", "contact", "Rear door, passenger's side", "Hintere Tür, Beifahrerseite", "door", STATUS, "Opening"),
    ("hood", "doors", "contact", "Hood", "Motorhaube", "door", STATUS, "Opening"),
    ("trunk", "doors", "contact", "Trunk", "Kofferraum", "door", STATUS, "Opening"),
    ("trunkLocked", "doors", "switch", "Trunk locked", "Kofferraum verriegelt", "lock", STATUS),
    ("alarmArmed", "doors", "text", "Alarm system", "Alarmanlage", "alarm", STATUS),
    ("alarm", "doors", "switch", "Alarm", "Alarm", "siren", "Alarm"),
    # windows and roof
    ("windows", "windows", "contact", "Windows", "Fenster", "window", STATUS, "Opening"),
    ("windowDriverFront", "windows", "text", "Driver's window", "Fahrerfenster", "window", STATUS, "Opening"),
    ("windowPassengerFront", "windows", "text", "Passenger's window", "Beifahrerfenster", "window", STATUS, "Opening"),
    ("windowDriverRear", "windows", "text", "Rear window, driver's side", "Hinteres Fenster, Fahrerseite", "window", STATUS, "Opening"),
    ("windowPassengerRear", "windows", "text", "Rear window, passenger's side", "Hinteres Fenster, Beifahrerseite", "window", STATUS, "Opening"),
    ("trunkWindow", "windows", "contact", "Tailgate window", "Heckscheibe", "window", STATUS, "Opening"),
    ("sunroof", "windows", "text", "Sunroof", "Schiebedach", "window", STATUS, "Opening"),
    ("sunroofTilt", "windows", "text", "Sunroof tilt", "Schiebedach gekippt", "window", STATUS, "Opening"),
    ("convertibleRoof", "windows", "text", "Convertible roof", "Verdeck", "window", STATUS, "Opening"),
    # climate
    ("climateStatus", "climate", "text", "Climate", "Klimatisierung", "climate", STATUS, "Temperature"),
    ("climateActive", "climate", "switch", "Climate active", "Klimatisierung aktiv", "climate", STATUS),
    ("climateTimeRemaining", "climate", "minutes", "Climate time remaining", "Restzeit Klimatisierung", "time", MEASUREMENT, "Duration"),
    ("climateProgress", "climate", "percent", "Climate progress", "Fortschritt Klimatisierung", "climate", MEASUREMENT, "Level"),
    ("climateError", "climate", "text", "Climate error", "Klimatisierungsfehler", "error", STATUS),
    ("climateTargetTemperature", "climate", "temperature", "Climate target temperature", "Zieltemperatur", "temperature", STATUS, "Temperature"),
    ("climateAtDeparture", "climate", "switch", "Climate at departure", "Klimatisierung zur Abfahrt", "climate", STATUS),
    ("rearDefrost", "climate", "switch", "Rear defrost", "Heckscheibenheizung", "climate", STATUS),
    ("mirrorHeating", "climate", "switch", "Mirror heating", "Spiegelheizung", "climate", STATUS),
    ("steeringWheelHeating", "climate", "percent", "Steering wheel heating", "Lenkradheizung", "heating", STATUS),
    ("seatHeatingDriver", "climate", "percent", "Driver's seat heating", "Sitzheizung Fahrer", "heating", STATUS),
    ("seatHeatingPassenger", "climate", "percent", "Passenger's seat heating", "Sitzheizung Beifahrer", "heating", STATUS),
    # tyres
    ("tyrePressureFrontLeft", "tyres", "pressure", "Tyre pressure front left", "Reifendruck vorne links", "pressure", MEASUREMENT, "Pressure"),
    ("tyrePressureFrontRight", "tyres", "pressure", "Tyre pressure front right", "Reifendruck vorne rechts", "pressure", MEASUREMENT, "Pressure"),
    ("tyrePressureRearLeft", "tyres", "pressure", "Tyre pressure rear left", "Reifendruck hinten links", "pressure", MEASUREMENT, "Pressure"),
    ("tyrePressureRearRight", "tyres", "pressure", "Tyre pressure rear right", "Reifendruck hinten rechts", "pressure", MEASUREMENT, "Pressure"),
    ("tyreTargetFrontLeft", "tyres", "pressure", "Target pressure front left", "Solldruck vorne links", "pressure", STATUS, "Pressure"),
    ("tyreTargetFrontRight", "tyres", "pressure", "Target pressure front right", "Solldruck vorne rechts", "pressure", STATUS, "Pressure"),
    ("tyreTargetRearLeft", "tyres", "pressure", "Target pressure rear left", "Solldruck hinten links", "pressure", STATUS, "Pressure"),
    ("tyreTargetRearRight", "tyres", "pressure", "Target pressure rear right", "Solldruck hinten rechts", "pressure", STATUS, "Pressure"),
    ("tyreTemperatureFrontLeft", "tyres", "temperature", "Tyre temperature front left", "Reifentemperatur vorne links", "temperature", MEASUREMENT, "Temperature"),
    ("tyreTemperatureFrontRight", "tyres", "temperature", "Tyre temperature front right", "Reifentemperatur vorne rechts", "temperature", MEASUREMENT, "Temperature"),
    ("tyreTemperatureRearLeft", "tyres", "temperature", "Tyre temperature rear left", "Reifentemperatur hinten links", "temperature", MEASUREMENT, "Temperature"),
    ("tyreTemperatureRearRight", "tyres", "temperature", "Tyre temperature rear right", "Reifentemperatur hinten rechts", "temperature", MEASUREMENT, "Temperature"),
    ("tyreTreadFrontLeft", "tyres", "millimetres", "Tread front left", "Profil vorne links", "line", MEASUREMENT),
    ("tyreTreadFrontRight", "tyres", "millimetres", "Tread front right", "Profil vorne rechts", "line", MEASUREMENT),
    ("tyreTreadRearLeft", "tyres", "millimetres", "Tread rear left", "Profil hinten links", "line", MEASUREMENT),
    ("tyreTreadRearRight", "tyres", "millimetres", "Tread rear right", "Profil hinten rechts", "line", MEASUREMENT),
    ("tyreWearFrontLeft", "tyres", "text", "Tyre wear front left", "Reifenverschleiß vorne links", "settings", STATUS),
    ("tyreWearFrontRight", "tyres", "text", "Tyre wear front right", "Reifenverschleiß vorne rechts", "settings", STATUS),
    ("tyreWearRearLeft", "tyres", "text", "Tyre wear rear left", "Reifenverschleiß hinten links", "settings", STATUS),
    ("tyreWearRearRight", "tyres", "text", "Tyre wear rear right", "Reifenverschleiß hinten rechts", "settings", STATUS),
    ("tyreDefectFrontLeft", "tyres", "text", "Tyre defect front left", "Reifenschaden vorne links", "error", STATUS),
    ("tyreDefectFrontRight", "tyres", "text", "Tyre defect front right", "Reifenschaden vorne rechts", "error", STATUS),
    ("tyreDefectRearLeft", "tyres", "text", "Tyre defect rear left", "Reifenschaden hinten links", "error", STATUS),
    ("tyreDefectRearRight", "tyres", "text", "Tyre defect rear right", "Reifenschaden hinten rechts", "error", STATUS),
    ("tyreQuality", "tyres", "text", "Condition of the tyres", "Zustand der Reifen", "settings", STATUS),
    ("tyreSeason", "tyres", "text", "Season of the tyres", "Jahreszeit der Reifen", "settings", STATUS),
    ("tyreDueMileage", "tyres", "length", "Due mileage of the tyres", "Fällige Laufleistung der Reifen", "line", MEASUREMENT),
    ("tyreMounted", "tyres", "date", "Tyres mounted", "Reifen montiert", "calendar", STATUS, "Timestamp"),
    ("tyreProduced", "tyres", "text", "Oldest tyre made in week", "Ältester Reifen aus Woche", "calendar", STATUS),
    # location and driving
    ("position", "location", "place", "Position", "Position", "none", STATUS),
    ("address", "location", "text", "Address", "Adresse", "none", STATUS),
    ("heading", "location", "angle", "Heading", "Fahrtrichtung", "none", MEASUREMENT),
    ("altitude", "location", "metres", "Altitude", "Höhe", "none", MEASUREMENT),
    ("gpsFix", "location", "text", "GPS fix", "GPS-Empfang", "none", STATUS),
    ("odometer", "location", "length", "Odometer", "Kilometerstand", "line", MEASUREMENT),
    ("moving", "location", "switch", "Moving", "Fährt", "motion", STATUS),
    ("ignition", "location", "switch", "Ignition", "Zündung", "switch", STATUS),
    ("engineRunning", "location", "switch", "Engine running", "Motor läuft", "switch", STATUS),
    ("lights", "location", "switch", "Lights", "Licht", "light", STATUS),
    ("averageSpeed", "location", "speed", "Average speed", "Durchschnittsgeschwindigkeit", "line", MEASUREMENT),
    ("destinationDistance", "location", "length", "Distance to destination", "Entfernung zum Ziel", "line", MEASUREMENT),
    ("destinationArrival", "location", "text", "Arrival at destination", "Ankunft am Ziel", "time", STATUS),
    ("lastTripEnd", "location", "time", "Last trip ended", "Ende der letzten Fahrt", "time", STATUS, "Timestamp"),
    ("lastTripStateOfCharge", "location", "percent", "State of charge after last trip", "Ladestand nach letzter Fahrt", "batterylevel", MEASUREMENT, "Level"),
    ("lastTripDistance", "location", "length", "Last trip distance", "Strecke der letzten Fahrt", "line", MEASUREMENT),
    ("lastTripElectricDistance", "location", "length", "Last trip electric distance", "Elektrische Strecke der letzten Fahrt", "line", MEASUREMENT),
    ("lastTripDuration", "location", "minutes", "Last trip duration", "Dauer der letzten Fahrt", "time", MEASUREMENT, "Duration"),
    ("lastTripConsumption", "location", "number1", "Last trip consumption (kWh/100 km)", "Verbrauch der letzten Fahrt (kWh/100 km)", "line", MEASUREMENT, "Energy"),
    ("lastTripRecuperation", "location", "number1", "Last trip recuperation (kWh/100 km)", "Rekuperation der letzten Fahrt (kWh/100 km)", "line", MEASUREMENT, "Energy"),
    ("lastTripFuelConsumption", "location", "number1", "Last trip fuel consumption (l/100 km)", "Kraftstoffverbrauch der letzten Fahrt (l/100 km)", "line", MEASUREMENT),
    ("distanceSinceCharging", "location", "length", "Distance since charging", "Strecke seit dem Laden", "line", MEASUREMENT),
    ("longestElectricDistance", "location", "length", "Longest distance on one charge", "Längste Strecke mit einer Ladung", "line", MEASUREMENT),
    ("totalElectricDistance", "location", "length", "Total electric distance", "Elektrische Gesamtstrecke", "line", MEASUREMENT),
    ("savedFuel", "location", "volume", "Fuel saved", "Gesparter Kraftstoff", "oil", MEASUREMENT),
    # service and the car itself
    ("auxiliaryBatteryVoltage", "service", "volt", "12 V battery voltage", "Spannung 12-V-Batterie", "battery", MEASUREMENT, "Voltage"),
    ("auxiliaryBatteryStateOfCharge", "service", "percent", "12 V battery charge", "Ladestand 12-V-Batterie", "batterylevel", MEASUREMENT, "Level"),
    ("auxiliaryPower", "service", "kilowatt", "Auxiliary power", "Nebenverbraucherleistung", "energy", MEASUREMENT, "Power"),
    ("serviceDistance", "service", "length", "Distance to next service", "Strecke bis zum Service", "settings", MEASUREMENT),
    ("serviceDate", "service", "date", "Next service date", "Nächster Servicetermin", "calendar", STATUS, "Timestamp"),
    ("nextService", "service", "text", "Next service", "Nächster Service", "settings", STATUS),
    ("servicesDue", "service", "number", "Services due", "Fällige Services", "error", MEASUREMENT),
    ("serviceStatus", "service", "text", "Service status", "Servicezustand", "settings", STATUS),
    ("inspectionDate", "service", "date", "Statutory inspection", "Hauptuntersuchung", "calendar", STATUS, "Timestamp"),
    ("checkControlCount", "service", "number", "Check control messages", "Check-Control-Meldungen", "error", MEASUREMENT),
    ("checkControl", "service", "text", "Check control", "Check-Control", "error", STATUS),
    ("teleservice", "service", "text", "Teleservice", "Teleservice", "settings", STATUS),
    ("model", "service", "text", "Model", "Modell", "garage", STATUS),
    ("driveTrain", "service", "text", "Drive train", "Antrieb", "settings", STATUS),
    ("deepSleep", "service", "switch", "Deep sleep", "Tiefschlaf", "moon", STATUS),
    ("lastUpdateReason", "service", "text", "Reason of the last update", "Grund der letzten Meldung", "time", STATUS),
    ("lastFetched", "service", "time", "Last asked by BMW", "Letzter Abruf durch BMW", "time", STATUS, "Timestamp"),
    ("lastUpdate", "service", "time", "Last update by the car", "Letzte Meldung des Autos", "time", STATUS, "Timestamp"),
)
# fmt: on

VEHICLE_POINTS = tuple(_point(*row) for row in _VEHICLE_ROWS)
VEHICLE = dict((point.key, point) for point in VEHICLE_POINTS)

#: the picture of a car: a file, not a reading
PICTURE = _point("image", "service", "image", "Picture", "Bild", "none", STATUS)

#: items that take commands; which of them a car gets depends on its cloud (bmw.commands.ITEMS)
_COMMAND_ROWS = (
    ("lock", "commands", "switch", "Lock", "Verriegeln", "lock", "Switch"),
    ("unlock", "commands", "switch", "Unlock", "Entriegeln", "lock", "Switch"),
    ("flashLights", "commands", "switch", "Flash lights", "Lichthupe", "light", "Switch"),
    ("soundHorn", "commands", "switch", "Sound horn", "Hupen", "siren", "Switch"),
    ("climate", "commands", "switch", "Climate", "Klimatisieren", "climate", "Switch"),
    ("charge", "commands", "switch", "Charge", "Laden", "energy", "Switch"),
    ("findVehicle", "commands", "switch", "Find vehicle", "Auto suchen", "motion", "Switch"),
    ("chargingTarget", "commands", "percent", "Set charging target", "Ladeziel setzen", "batterylevel", "Setpoint", "Level"),
    ("chargingCurrentLimit", "commands", "ampere", "Set AC current limit", "AC-Stromgrenze setzen", "energy", "Setpoint", "Current"),
    ("destination", "commands", "text", "Send destination", "Ziel senden", "none", "Control"),
    ("command", "commands", "text", "Command", "Befehl", "settings", "Control"),
    ("commandStatus", "commands", "text", "Command status", "Befehlsstatus", "settings", STATUS),
    ("lastCommand", "commands", "time", "Last command", "Letzter Befehl", "time", STATUS, "Timestamp"),
)

COMMAND = dict((row[0], _point(*row)) for row in _COMMAND_ROWS)

_ACCOUNT_ROWS = (
    ("account", "account", "text", "BMW account", "BMW-Konto", "network", STATUS),
    ("accountState", "account", "text", "Account state", "Kontozustand", "network", STATUS),
    ("signIn", "account", "switch", "Sign in", "Anmelden", "switch", "Switch"),
    ("signInInput", "account", "text", "Sign-in input (captcha)", "Anmelde-Eingabe (Captcha)", "none", "Control"),
    ("signInLink", "account", "text", "Sign-in link", "Anmelde-Link", "none", STATUS),
    ("signInCode", "account", "text", "Sign-in code", "Anmelde-Code", "none", STATUS),
    ("accessToken", "account", "text", "Token (sealed)", "Token (versiegelt)", "lock", STATUS),
    ("tokenExpiry", "account", "time", "Token valid until", "Token gültig bis", "time", STATUS, "Timestamp"),
    ("forceUpdate", "account", "switch", "Update now", "Jetzt aktualisieren", "switch", "Switch"),
    ("callsLeft", "account", "number", "Calls left today", "Verbleibende Abfragen heute", "line", MEASUREMENT),
    ("lastRefresh", "account", "time", "Last refresh", "Letzte Abfrage", "time", STATUS, "Timestamp"),
    ("nextRefresh", "account", "time", "Next refresh", "Nächste Abfrage", "time", STATUS, "Timestamp"),
    ("streamState", "account", "text", "Stream", "Datenstrom", "network", STATUS),
    ("lastMessage", "account", "time", "Last message of the stream", "Letzte Nachricht des Datenstroms", "time", STATUS, "Timestamp"),
    ("diagnose", "account", "switch", "Make diagnostics report", "Diagnosebericht erstellen", "switch", "Switch"),
    ("diagnostics", "account", "text", "Diagnostics report", "Diagnosebericht", "settings", STATUS),
)

ACCOUNT_POINTS = tuple(_point(*row) for row in _ACCOUNT_ROWS)
ACCOUNT = dict((point.key, point) for point in ACCOUNT_POINTS)
