# -*- coding: utf-8 -*-
"""State words for people: "verriegelt" for SECURED. openHAB shows them wherever it shows the item.

They become the item's state options. The state itself stays BMW's word, so rules can rely on it. Uses no openHAB API.
"""

from __future__ import absolute_import, unicode_literals

_YES_NO = {"ON": ("yes", "ja"), "OFF": ("no", "nein")}
_CONTACT = {"OPEN": ("open", "offen"), "CLOSED": ("closed", "geschlossen")}
_WINDOW = {
    "OPEN": ("open", "offen"),
    "CLOSED": ("closed", "geschlossen"),
    "INTERMEDIATE": ("partly open", "teilweise offen"),
    "OPEN_TILT": ("tilted", "gekippt"),
    "INTERMEDIATE_TILT": ("partly tilted", "teilweise gekippt"),
}

#: vocabulary key -> {state: (English, German)}; other states are shown unchanged
_BY_KEY = {
    "doorLockState": {
        "SECURED": ("locked and secured", "verriegelt und gesichert"),
        "LOCKED": ("locked", "verriegelt"),
        "SELECTIVE_LOCKED": ("driver's door unlocked", "Fahrertür entriegelt"),
        "PARTIALLY_LOCKED": ("partly locked", "teilweise verriegelt"),
        "UNLOCKED": ("unlocked", "entriegelt"),
    },
    "convertibleRoof": dict(
        _WINDOW,
        CLOSEDSECURED=("closed and secured", "geschlossen und gesichert"),
        OPENSECURED=("open and secured", "offen und gesichert"),
    ),
    "chargingStatus": {
        "NOT_CHARGING": ("not charging", "lädt nicht"),
        "INITIALIZATION": ("starting", "beginnt"),
        "CHARGING": ("charging", "lädt"),
        "CHARGING_PAUSED": ("paused", "unterbrochen"),
        "CHARGING_ENDED": ("ended", "beendet"),
        "WAITING_FOR_CHARGING": ("waiting", "wartet"),
        "FINISHED_FULLY_CHARGED": ("full", "voll"),
        "FINISHED_NOT_FULL": ("ended before full", "vor voll beendet"),
        "ERROR": ("error", "Fehler"),
        "PLUGGED_IN": ("plugged in", "eingesteckt"),
        "TARGET_REACHED": ("target reached", "Ladeziel erreicht"),
        "COMPLETE": ("complete", "abgeschlossen"),
        "FULLY_CHARGED": ("fully charged", "voll geladen"),
    },
    "climateStatus": {
        "INACTIVE": ("off", "aus"),
        "STANDBY": ("standby", "in Bereitschaft"),
        "ACTIVE": ("on", "an"),
        "HEATING": ("heating", "heizt"),
        "COOLING": ("cooling", "kühlt"),
        "VENTILATION": ("ventilating", "lüftet"),
        "DEFROST": ("defrosting", "taut ab"),
    },
    "place": {
        "HOME": ("home", "zu Hause"),
        "ELSEWHERE": ("elsewhere", "anderswo"),
    },
    "tyreQuality": {
        "GOOD": ("good", "gut"),
        "BAD": ("bad", "schlecht"),
    },
    "tyreSeason": {
        "SUMMER": ("summer", "Sommer"),
        "WINTER": ("winter", "Winter"),
        "ALL_SEASON": ("all season", "Ganzjahr"),
        "MIXED": ("mixed", "gemischt"),
    },
    "serviceStatus": {
        "OK": ("nothing due", "nichts fällig"),
        "PENDING": ("due", "fällig"),
        "OVERDUE": ("overdue", "überfällig"),
    },
    "alarmArmed": {
        "unarmed": ("not armed", "unscharf"),
        "doorsOnly": ("doors", "Türen"),
        "doorsTiltCabin": ("doors and tilt and cabin", "Türen und Neigung und Innenraum"),
    },
    "batteryPreconditioningAutomatic": {
        "OFF": ("off", "aus"),
        "ON": ("on", "an"),
        "TEMP_OFF": ("off for now", "vorübergehend aus"),
    },
    "batteryPreconditioningManual": {
        "OFF": ("off", "aus"),
        "ON_CHARGE": ("on for charging", "an zum Laden"),
        "ON_DRIVE": ("on for driving", "an zum Fahren"),
    },
    "chargingConnection": {
        "CONDUCTIVE": ("by cable", "per Kabel"),
        "INDUCTIVE": ("by induction", "induktiv"),
    },
    "chargingAuthentication": {
        "AUTHORIZATION_SUCCESSFUL": ("successful", "erfolgreich"),
        "AUTHORIZATION_ERROR": ("failed", "fehlgeschlagen"),
        "AUTHORIZATION_TIMEOUT": ("no answer", "keine Antwort"),
    },
    "dcChargingMode": {
        "EFFICIENT": ("efficient", "effizient"),
        "STANDARD": ("standard", "normal"),
        "PERFORMANCE": ("fast", "schnell"),
    },
    "smartChargingPreference": {
        "PRICE_OPTIMIZED": ("low price", "günstiger Preis"),
        "RENEWABLE_ENERGEY": ("renewable energy", "Ökostrom"),
        "CO2_OPTIMIZED": ("little CO2", "wenig CO2"),
    },
    "routeCharging": {
        "ROUTE_OPTIMIZED_CHARGING_IN_PROGRESS": ("charging for the route", "lädt für die Route"),
        "ROUTE_OPTIMIZED_SOC_TARGET_REACHED": ("enough for the route", "genug für die Route"),
    },
    "chargingReduction": {
        "MAXCHARGING": ("full", "voll"),
        "REDUCEDCHARGING": ("reduced", "reduziert"),
        "MINCHARGING": ("lowest", "minimal"),
    },
    "acousticLimit": {
        "AUTOMATIC": ("automatic", "automatisch"),
        "UNLIMITED": ("none", "keine"),
        "LIMITED": ("quiet", "leise"),
    },
    "biDirectionalCharging": {
        "AVAILABLE": ("available", "verfügbar"),
        "NOT_AVAILABLE": ("not available", "nicht verfügbar"),
    },
    "airPurification": {
        "UNFILTERED": ("not filtered", "ungefiltert"),
        "PURIFYING_ONGOING": ("under way", "läuft"),
        "PURIFIED": ("done", "fertig"),
    },
    "accountState": {
        "ONLINE": ("online", "verbunden"),
        "WAITING_FOR_APPROVAL": ("waiting for your approval", "wartet auf die Freigabe"),
        "SIGN_IN_NEEDED": ("sign-in needed", "Anmeldung nötig"),
        "SIGN_IN_FAILED": ("sign-in failed", "Anmeldung fehlgeschlagen"),
        "ACCESS_DENIED": ("access denied", "Zugriff verweigert"),
        "QUOTA_EXCEEDED": ("no calls left", "keine Abfragen übrig"),
        "NO_CAR": ("no car", "kein Auto"),
        "OFFLINE": ("offline", "nicht erreichbar"),
        "CONFIG_ERROR": ("error in the settings", "Fehler in den Einstellungen"),
        "STORE_ERROR": ("cannot save", "kann nicht speichern"),
        "ERROR": ("error", "Fehler"),
    },
    "commandStatus": {
        "QUEUED": ("queued", "in der Warteschlange"),
        "SENT": ("sent", "gesendet"),
        "PENDING": ("under way", "unterwegs"),
        "DELIVERED": ("delivered", "zugestellt"),
        "EXECUTED": ("done", "ausgeführt"),
        "FAILED": ("failed", "fehlgeschlagen"),
        "TIMED OUT": ("no answer", "keine Antwort"),
    },
}
_WEAR = {"OK": ("good", "gut")}
_DEFECT = {"NO_DEFECT": ("none", "keiner"), "DEFECT": ("damaged", "beschädigt")}
_BY_KEY.update(("tyreWear" + wheel, _WEAR) for wheel in ("FrontLeft", "FrontRight", "RearLeft", "RearRight"))
_BY_KEY.update(("tyreDefect" + wheel, _DEFECT) for wheel in ("FrontLeft", "FrontRight", "RearLeft", "RearRight"))
_WINDOW_KEYS = "windowDriverFront windowPassengerFront windowDriverRear windowPassengerRear sunroof sunroofTilt"
_BY_KEY.update((key, _WINDOW) for key in _WINDOW_KEYS.split())
_BY_TYPE = {"Contact": _CONTACT, "Switch": _YES_NO}


def words(key, item_type, language):
    """{state: word} for a vocabulary key; empty if the state needs no word."""
    column = 1 if language == "de" else 0
    table = _BY_KEY.get(key) or _BY_TYPE.get(item_type) or {}
    return dict((state, pair[column]) for state, pair in table.items())


def options(point, language):
    """The words in openHAB's format for state options: ``CLOSED=closed,OPEN=open``; '' if there are none.

    A switch for people has none: its states are the buttons.
    """
    if "Switch" in point.tags or "Control" in point.tags:
        return ""
    pairs = sorted(words(point.key, point.item_type, language).items())
    return ",".join("{}={}".format(state, word) for state, word in pairs)
