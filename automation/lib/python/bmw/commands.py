"""The commands a car can be given, whatever the cloud: names, arguments, states of a command's life.

Knows no cloud; which command a cloud can send is said by its ``COMMANDS``.
"""

from __future__ import unicode_literals

LOCK = "lock"
UNLOCK = "unlock"
FLASH_LIGHTS = "flashLights"
SOUND_HORN = "soundHorn"
CLIMATE_START = "climateStart"
CLIMATE_STOP = "climateStop"
CHARGE_START = "chargeStart"
CHARGE_STOP = "chargeStop"
#: arguments: target (int, percent) and/or current (int, ampere)
CHARGING_SETTINGS = "chargingSettings"
FIND_VEHICLE = "findVehicle"
#: arguments: latitude, longitude (float), name (str) and optionally street, city, postalCode, country (str)
SEND_DESTINATION = "sendDestination"

ALL = (
    LOCK,
    UNLOCK,
    FLASH_LIGHTS,
    SOUND_HORN,
    CLIMATE_START,
    CLIMATE_STOP,
    CHARGE_START,
    CHARGE_STOP,
    CHARGING_SETTINGS,
    FIND_VEHICLE,
    SEND_DESTINATION,
)

QUEUED, SENT, PENDING, DELIVERED = "QUEUED", "SENT", "PENDING", "DELIVERED"
EXECUTED, FAILED, TIMED_OUT = "EXECUTED", "FAILED", "TIMED_OUT"
FINAL = frozenset((EXECUTED, FAILED, TIMED_OUT))
