"""The tyre diagnosis of CarData, from what a car knows of its tyres. It must not know HTTP."""

WHEELS = {"frontLeft": "fl", "frontRight": "fr", "rearLeft": "rl", "rearRight": "rr"}
# With a pressure below this part of its target a tyre counts as damaged here.
DEFECT_BELOW = 0.75


def diagnosis(car):
    """The tyre diagnosis; without wheels for a car without tyre sensors."""
    if car["tyre_dimension"] is None:
        return {"passengerCar": {"mountedTyres": {}}}
    wheels = {place: _wheel(car, short) for place, short in WHEELS.items()}
    good = all(wheel["qualityStatus"]["qualityStatus"] == "GOOD" for wheel in wheels.values())
    status = "GOOD" if good else "BAD"
    mounted = dict(
        wheels,
        label="Mounted tyres",
        aggregatedQualityStatus={"label": "Overall condition", "value": status.capitalize(), "qualityStatus": status},
    )
    return {"passengerCar": {"mountedTyres": mounted, "unmountedTyres": {}}, "errors": []}


def _wheel(car, short):
    pressure, target = car["tyre_%s_kpa" % short], car["tyre_%s_target_kpa" % short]
    broken = pressure is not None and target is not None and pressure < DEFECT_BELOW * target
    width, rest = car["tyre_dimension"].split("/")
    ratio, rim = rest.split(" R")
    miles = car["distance_unit"] == "mi"
    quality = "BAD" if broken else "GOOD"
    return {
        "label": "Tyre",
        "dimension": {
            "label": "Size",
            "value": car["tyre_dimension"],
            "sectionWidth": int(width),
            "aspectRatio": int(ratio),
            "constructionType": "R",
            "rimDiameter": int(rim),
            "loadIndex": 100,
            "speedRating": "Y",
        },
        "tyreWear": {
            "label": "Wear",
            "value": "6.2 mm",
            "status": "OK",
            "statusColor": "GREEN",
            "dueMileage": 27500,
            "unit": "MILE" if miles else "KILOMETER",
        },
        "tyreDefect": {
            "label": "Damage",
            "value": "Damaged" if broken else "None",
            "status": "DEFECT" if broken else "NO_DEFECT",
            "statusColor": "RED" if broken else "GREEN",
        },
        "qualityStatus": {"label": "Condition", "value": quality.capitalize(), "qualityStatus": quality},
        "season": {"label": "Season", "value": car["tyre_season"].capitalize(), "season": car["tyre_season"]},
        "tread": {"label": "Tread", "value": "Acme X1", "manufacturer": "Acme", "treadDesign": "X1", "carcass": "-"},
        "tyreProductionDate": {"label": "Made", "value": "2025-W14", "statusColor": "GREEN"},
        "mountingDate": {"label": "Mounted", "value": "2026-04-02", "mountingDate": "2026-04-02"},
        "partNumber": {"label": "Part", "value": "36110000000", "partNumber": "36110000000"},
        "runFlat": {"label": "Run-flat", "value": "No", "runFlat": False},
        "optimizedForOem": {"label": "Marking", "value": "*", "optimizedForOem": "*"},
    }
