"""The canonical car: everything one simulated car knows about itself, in one plain vocabulary.

This room must not know any BMW API: no descriptor, no JSON spelling, no account. Each simulated cloud
projects this same car to its own wire format. Distances are kilometres, energy kWh, power watt, pressures
kPa, temperatures Celsius, moments epoch seconds; None means the car has never reported the value. Doors and
windows are named by driver and passenger side; `steering` says which side that is.
"""

import copy
import difflib

from .errors import CloudError

LOCKS = ("SECURED", "LOCKED", "SELECTIVE_LOCKED", "UNLOCKED")
OPENINGS = ("CLOSED", "OPEN")
WINDOWS = ("CLOSED", "INTERMEDIATE", "OPEN")
CHARGING = ("NOT_CHARGING", "INITIALIZATION", "WAITING", "CHARGING", "PAUSED", "FINISHED_FULL", "FINISHED_NOT_FULL", "ERROR")
CLIMATE = ("INACTIVE", "STANDBY", "HEATING", "COOLING", "VENTILATION")

# A spelling mistake in a test must raise an error there; it must not become a strange car.
CHOICES = {
    "drivetrain": ("BEV", "BEV_REX", "PHEV", "CONV", "MHEV"),
    "steering": ("LL", "RL"),
    "distance_unit": ("km", "mi"),
    "lock": LOCKS,
    "charging_status": CHARGING,
    "climate_activity": CLIMATE,
    "sunroof": WINDOWS,
    "sunroof_tilt": WINDOWS,
    "alarm_armed": ("unarmed", "doorsOnly", "doorsTiltCabin"),
    "charging_preference": ("NO_PRESELECTION", "CHARGING_WINDOW", "SMART_CHARGING"),
    "gps_fix": ("NO_FIX", "GPS_FIX_2D", "GPS_FIX_3D"),
}
CHOICES.update(("door_" + place, OPENINGS) for place in ("driver_front", "passenger_front", "driver_rear", "passenger_rear"))
CHOICES.update(("window_" + place, WINDOWS) for place in ("driver_front", "passenger_front", "driver_rear", "passenger_rear"))
CHOICES.update((name, OPENINGS) for name in ("hood", "trunk", "trunk_window", "charging_flap"))

IDENTITY = {
    "brand": "BMW",
    "model": None,
    "model_key": None,
    "model_range": None,
    "series": None,
    "body_type": None,
    "body_form": "LIMOUSINE",
    "drivetrain": "BEV",
    "steering": "LL",
    "country": "DE",
    "colour_code": "C4P",
    "construction_date": None,
    "head_unit": None,
    "pu_step": None,
    "number_of_doors": 5,
    "has_navi": True,
    "has_sunroof": False,
    "telematics_capable": True,
    "engine": None,
    "options": "0001A,0205A",
    "charging_modes": [],
    "battery_gross_kwh": None,
    "battery_usable_kwh": None,
    "fuel_tank_l": None,
    "distance_unit": "km",
    "image": True,
    "licence_plate": "TE ST 123",
    "colour_name": "Mineral Grey",
    # The remote commands that the car supports; names as in remote.py.
    "remote_services": [],
}

ENERGY = {
    "soc": None,
    "soc_target": None,
    "soc_predicted": None,
    "soh": None,
    "battery_max_energy_kwh": None,
    "energy_to_full_kwh": None,
    "range_electric_km": None,
    "range_fuel_km": None,
    "range_at_target_km": None,
    "fuel_percent": None,
    "fuel_l": None,
    "consumption_kwh_100km": None,
}

CHARGE = {
    "plugged": None,
    "plug_locked": None,
    "plug_event": None,
    "charging_flap": None,
    "charging_flap_locked": None,
    "charging_status": None,
    "charging_power_w": None,
    "charging_voltage_v": None,
    "charging_current_a": None,
    "charging_phases": None,
    "charging_method": None,
    "charging_time_remaining_min": None,
    "charging_ac_limit_a": None,
    "charging_ac_limit_max_a": None,
    "charging_mode": None,
    "charging_preference": None,
    "charging_immediate": None,
    "charging_with_climate": None,
    "charging_end_reason": None,
    "charging_last_result": None,
    "charging_window_start": None,
    "charging_window_end": None,
    "battery_preconditioning": None,
    "charging_sessions": [],
    "charging_locations": [],
}

BODY = {
    "door_driver_front": "CLOSED",
    "door_passenger_front": "CLOSED",
    "door_driver_rear": "CLOSED",
    "door_passenger_rear": "CLOSED",
    "window_driver_front": "CLOSED",
    "window_passenger_front": "CLOSED",
    "window_driver_rear": "CLOSED",
    "window_passenger_rear": "CLOSED",
    "hood": "CLOSED",
    "trunk": "CLOSED",
    "trunk_window": "CLOSED",
    "trunk_locked": True,
    "sunroof": None,
    "sunroof_tilt": None,
    "lock": "SECURED",
    "alarm_armed": "doorsTiltCabin",
    "alarm_sounding": False,
    "lights_on": False,
}

CLIMATE_STATE = {
    "climate_activity": "INACTIVE",
    "climate_remaining_s": 0,
    "climate_progress": 0,
    "climate_target_c": 21.0,
    "climate_error": "OK",
    "rear_defrost": False,
    "mirror_heating": False,
    "steering_wheel_heating": 0,
    "seat_heating_driver": 0,
    "seat_heating_passenger": 0,
    # Departure timers: dicts of id, active, time 'HH:MM', weekdays ('MON'...).
    "timers": [
        {"id": 1, "active": False, "time": "07:00", "weekdays": ["MON", "TUE", "WED", "THU", "FRI"]},
        {"id": 2, "active": False, "time": "09:30", "weekdays": ["SAT", "SUN"]},
        {"id": 3, "active": False, "time": None, "weekdays": []},
    ],
}

MOTION = {
    "moving": False,
    "engine_on": False,
    "ignition_on": False,
    "deep_sleep": False,
    "odometer_km": 0,
    "latitude": 48.176900,
    "longitude": 11.558500,
    "altitude_m": 515,
    "heading": 90,
    "gps_fix": "GPS_FIX_3D",
    "satellites": 9,
    "destination_arrival": None,
    "destination_distance_km": None,
    "trip_end_time": None,
    "trip_end_odometer_km": None,
    "trip_end_soc": None,
    "trip_distance_km": None,
    "speed_average_kmh": None,
    # False: the driver does not share the position.
    "tracking": True,
    # Past destinations of the navigation: dicts of latitude, longitude, country, city, street, number, time.
    "destinations": [],
}

# Figures of the last trip and of all trips, which only the older clouds have.
TRIPS = {
    "trip_duration_min": None,
    "trip_electric_km": None,
    "trip_electric_kwh_100km": None,
    "trip_recuperated_kwh_100km": None,
    "trip_fuel_l_100km": None,
    "trip_saved_fuel_l": None,
    # Ratings from 0 to 5.
    "trip_mark_driving_mode": None,
    "trip_mark_acceleration": None,
    "trip_mark_anticipation": None,
    "trip_mark_consumption": None,
    "trip_mark_auxiliary": None,
    "life_electric_kwh_100km": None,
    "life_recuperated_kwh_100km": None,
    "life_fuel_l_100km": None,
    "life_electric_km": None,
    "life_longest_charge_km": None,
    "since_charge_km": None,
    "life_saved_co2_kg": None,
    "life_saved_fuel_l": None,
}

UPKEEP = {
    "battery12_v": None,
    "battery12_percent": None,
    "coolant_c": None,
    "service_distance_km": 14000,
    "inspection_date": "2027-10-01",
    "teleservice_status": "IDLE",
    # Services: id, title, date 'YYYY-MM', km, status, description. Check control: id, text, km.
    "services": [
        {
            "id": 3,
            "title": "Brake fluid",
            "date": "2027-05",
            "km": None,
            "status": "OK",
            "description": "Next change due by the date shown.",
        },
        {
            "id": 32,
            "title": "Statutory inspection",
            "date": "2027-10",
            "km": None,
            "status": "OK",
            "description": "Next inspection due by the date shown.",
        },
        {
            "id": 100,
            "title": "Vehicle check",
            "date": "2027-05",
            "km": 14000,
            "status": "OK",
            "description": "Next check due by the date or distance shown.",
        },
    ],
    "check_control": [],
    "tyre_season": None,
    "tyre_dimension": None,
    # CarData values that no field above covers: descriptor -> [value with the stream's type, unit].
    "others": {},
}
for _wheel in ("fl", "fr", "rl", "rr"):
    UPKEEP.update({"tyre_%s_kpa" % _wheel: None, "tyre_%s_target_kpa" % _wheel: None, "tyre_%s_c" % _wheel: None})

ANY_CAR = {}
for _part in (IDENTITY, ENERGY, CHARGE, BODY, CLIMATE_STATE, MOTION, TRIPS, UPKEEP):
    ANY_CAR.update(_part)

PLUGLESS = {
    "plugged": False,
    "plug_locked": False,
    "plug_event": 41,
    "charging_flap": "CLOSED",
    "charging_flap_locked": True,
    "charging_status": "NOT_CHARGING",
    "charging_power_w": 0,
    "charging_voltage_v": 0,
    "charging_current_a": 0,
    "charging_phases": 0,
    "charging_method": "NOCHARGING",
    "charging_time_remaining_min": 0,
    "charging_mode": "NORMAL_PROGNOSE_BASED",
    "charging_preference": "NO_PRESELECTION",
    "charging_immediate": False,
    "charging_with_climate": False,
    "charging_end_reason": "CHARGING_GOAL_REACHED",
    "charging_last_result": "SUCCESS",
    "charging_window_start": "22:00",
    "charging_window_end": "06:00",
}
TYRES = {
    "tyre_fl_kpa": 260,
    "tyre_fr_kpa": 260,
    "tyre_rl_kpa": 280,
    "tyre_rr_kpa": 270,
    "tyre_fl_target_kpa": 260,
    "tyre_fr_target_kpa": 260,
    "tyre_rl_target_kpa": 280,
    "tyre_rr_target_kpa": 280,
    "tyre_fl_c": 18.0,
    "tyre_fr_c": 18.0,
    "tyre_rl_c": 19.0,
    "tyre_rr_c": 19.0,
    "tyre_season": "SUMMER",
    "tyre_dimension": "245/45 R18",
}
PLUGLESS_WITH_TYRES = dict(PLUGLESS, **TYRES)

# Remote services depend on age and drive train: an old electric car can start charging by command, but not stop it.
ANY_REMOTE = ["lock", "unlock", "flashLights", "soundHorn", "climateStart", "climateStop", "findVehicle", "sendDestination", "sendMessage"]
OLD_ELECTRIC_REMOTE = ANY_REMOTE + ["climateSchedule", "chargeNow", "chargingProfile"]
NEW_ELECTRIC_REMOTE = ANY_REMOTE + ["chargeStart", "chargeStop", "chargingSettings", "chargingProfile"]

TRIP_MARKS = {
    "trip_mark_driving_mode": 3,
    "trip_mark_acceleration": 4,
    "trip_mark_anticipation": 3,
    "trip_mark_consumption": 4,
    "trip_mark_auxiliary": 2,
}
ELECTRIC_TRIPS = dict(
    TRIP_MARKS,
    trip_duration_min=20,
    trip_electric_km=12.4,
    trip_electric_kwh_100km=13.8,
    trip_recuperated_kwh_100km=2.1,
    trip_saved_fuel_l=0.8,
    life_electric_kwh_100km=14.6,
    life_recuperated_kwh_100km=2.4,
    life_electric_km=47950,
    life_longest_charge_km=214,
    since_charge_km=41.2,
    life_saved_co2_kg=5210.4,
    life_saved_fuel_l=2790.5,
    destinations=[
        {
            "latitude": 48.137200,
            "longitude": 11.575600,
            "country": "GERMANY",
            "city": "MUSTERSTADT",
            "street": "TESTWEG",
            "number": "1",
            "time": 1790000000,
        }
    ],
)

I3 = dict(
    dict(PLUGLESS, **ELECTRIC_TRIPS),
    remote_services=OLD_ELECTRIC_REMOTE,
    brand="BMWi",
    model="i3 120",
    model_key="8P21",
    model_range="I01",
    series="I",
    body_type="I01",
    drivetrain="BEV",
    construction_date="2019-06-12",
    head_unit="NBTEVO",
    pu_step="0719",
    engine="IB1",
    charging_modes=["AC_HIGH", "DC_HIGH"],
    battery_gross_kwh=42.2,
    battery_usable_kwh=37.9,
    soc=68,
    soc_target=100,
    soc_predicted=68,
    battery_max_energy_kwh=37.9,
    energy_to_full_kwh=12.1,
    range_electric_km=187,
    consumption_kwh_100km=14.2,
    odometer_km=48210,
    battery12_v=12.6,
    battery12_percent=87,
    trip_end_soc=68,
    trip_end_odometer_km=48210,
    trip_distance_km=12.4,
    speed_average_kmh=38,
)

I4 = dict(
    dict(PLUGLESS_WITH_TYRES, **ELECTRIC_TRIPS),
    remote_services=NEW_ELECTRIC_REMOTE,
    model="i4 eDrive40",
    model_key="71AW",
    model_range="I4E",
    series="4",
    body_type="G26",
    construction_date="2024-09-17",
    head_unit="ID8",
    pu_step="0724",
    engine="XE3",
    charging_modes=["AC_HIGH", "DC_HIGH"],
    battery_gross_kwh=83.9,
    battery_usable_kwh=81.1,
    soc=57,
    soc_target=80,
    soc_predicted=57,
    soh=98,
    battery_max_energy_kwh=80.7,
    energy_to_full_kwh=34.7,
    range_electric_km=272,
    range_at_target_km=381,
    charging_ac_limit_a=16,
    charging_ac_limit_max_a=32,
    battery_preconditioning="OFF",
    consumption_kwh_100km=18.1,
    odometer_km=18250,
    battery12_v=12.9,
    battery12_percent=92,
    trip_end_soc=57,
    trip_end_odometer_km=18250,
    trip_distance_km=31.0,
    speed_average_kmh=54,
    sunroof="CLOSED",
    sunroof_tilt="CLOSED",
    charging_locations=[
        {"id": "home", "latitude": 48.1769, "longitude": 11.5585, "visits": 42, "start": "22:00", "stop": "06:00", "ac_limit_a": 16.0}
    ],
)

# One row per kind: the differences from ANY_CAR.
KINDS = {
    "i3": I3,
    "i3_rex": dict(
        I3,
        model="i3 94Ah REX",
        model_key="8P41",
        drivetrain="BEV_REX",
        construction_date="2017-03-20",
        battery_gross_kwh=33.2,
        battery_usable_kwh=27.2,
        battery_max_energy_kwh=26.1,
        soc=44,
        soc_predicted=44,
        trip_end_soc=44,
        trip_fuel_l_100km=0.0,
        life_fuel_l_100km=0.4,
        energy_to_full_kwh=14.6,
        range_electric_km=82,
        range_fuel_km=118,
        fuel_percent=78,
        fuel_l=7,
        fuel_tank_l=9,
        odometer_km=71904,
        trip_end_odometer_km=71904,
    ),
    "ix1": dict(
        I4,
        model="iX1 xDrive30",
        model_key="41EF",
        model_range="X1E",
        series="X",
        body_type="U11",
        head_unit="ID9",
        construction_date="2023-11-08",
        battery_gross_kwh=66.5,
        battery_usable_kwh=64.7,
        battery_max_energy_kwh=64.0,
        soc=81,
        soc_predicted=81,
        trip_end_soc=81,
        energy_to_full_kwh=12.2,
        range_electric_km=318,
        range_at_target_km=314,
        odometer_km=22117,
        trip_end_odometer_km=22117,
    ),
    "i4": I4,
    "ix3": dict(
        I4,
        model="iX3 50 xDrive",
        model_key="71HR",
        model_range="X3E",
        series="X",
        body_type="NA5",
        body_form="SAV",
        head_unit="IDX",
        pu_step="0326",
        construction_date="2026-02-11",
        battery_gross_kwh=112.0,
        battery_usable_kwh=108.7,
        battery_max_energy_kwh=108.7,
        soc=64,
        soc_predicted=64,
        trip_end_soc=64,
        energy_to_full_kwh=39.1,
        range_electric_km=480,
        range_at_target_km=600,
        odometer_km=5120,
        trip_end_odometer_km=5120,
    ),
    "phev": dict(
        dict(PLUGLESS_WITH_TYRES, **ELECTRIC_TRIPS),
        remote_services=OLD_ELECTRIC_REMOTE,
        trip_fuel_l_100km=3.1,
        life_fuel_l_100km=4.2,
        model="330e",
        model_key="5P31",
        model_range="G2P",
        series="3",
        body_type="G20",
        drivetrain="PHEV",
        number_of_doors=4,
        construction_date="2021-05-04",
        head_unit="ID7",
        pu_step="0721",
        engine="B48",
        charging_modes=["AC_LOW"],
        battery_gross_kwh=12.0,
        battery_usable_kwh=10.4,
        battery_max_energy_kwh=10.2,
        soc=35,
        soc_target=100,
        soc_predicted=35,
        energy_to_full_kwh=6.6,
        range_electric_km=17,
        range_fuel_km=402,
        fuel_percent=72,
        fuel_l=29,
        fuel_tank_l=40,
        odometer_km=39870,
        battery12_v=12.7,
        battery12_percent=88,
        trip_end_soc=35,
        trip_end_odometer_km=39870,
        trip_distance_km=22.8,
        speed_average_kmh=47,
        coolant_c=31,
    ),
    "combustion": dict(
        dict(TYRES, **TRIP_MARKS),
        remote_services=ANY_REMOTE,
        trip_duration_min=24,
        trip_fuel_l_100km=6.3,
        life_fuel_l_100km=6.8,
        model="320i",
        model_key="5F31",
        model_range="G20",
        series="3",
        body_type="G20",
        drivetrain="CONV",
        number_of_doors=4,
        construction_date="2020-02-18",
        head_unit="ID7",
        pu_step="0720",
        engine="B48",
        range_fuel_km=544,
        fuel_percent=63,
        fuel_l=37,
        fuel_tank_l=59,
        odometer_km=64333,
        battery12_v=12.5,
        battery12_percent=84,
        trip_distance_km=18.2,
        trip_end_odometer_km=64333,
        speed_average_kmh=52,
        coolant_c=42,
    ),
}

# Age in seconds of each value when the car joins the fleet: cars do not send all values at once.
FIRST_AGES = {
    "soc": 240,
    "range_electric_km": 240,
    "latitude": 1260,
    "longitude": 1260,
    "heading": 1260,
    "odometer_km": 1260,
    "lock": 900,
    "charging_status": 300,
    "plugged": 300,
}
FIRST_AGE = 600


class Car:
    """One car: `fields` by canonical name, `times` when the car sent each of them."""

    def __init__(self, vin, kind, now, **fields):
        if kind not in KINDS:
            raise CloudError("unknown kind of car %r; there are %s" % (kind, ", ".join(sorted(KINDS))))
        self.vin = vin
        self.kind = kind
        self.fields = copy.deepcopy(ANY_CAR)
        self.fields.update(copy.deepcopy(KINDS[kind]))
        if self.has_battery:
            self.fields["charging_sessions"] = _past_sessions(now, self.fields)
        check(fields)
        self.fields.update(copy.deepcopy(fields))
        self.times = {name: now - FIRST_AGES.get(name, FIRST_AGE) for name, value in self.fields.items() if value is not None}
        if self.fields["trip_end_time"] is None:
            self.set({"trip_end_time": now - FIRST_AGES["odometer_km"]}, now - FIRST_AGES["odometer_km"])

    def __getitem__(self, name):
        return self.fields[name]

    @property
    def has_battery(self):
        return self.fields["battery_usable_kwh"] is not None

    @property
    def has_fuel(self):
        return self.fields["fuel_tank_l"] is not None

    @property
    def last_report(self):
        """The time of the newest value."""
        return max(self.times.values())

    def side(self, side, row):
        """The seat on the 'left' or 'right' side of a row, such as 'driver_front'."""
        driver = (side == "left") == (self.fields["steering"] == "LL")
        return "%s_%s" % ("driver" if driver else "passenger", row)

    def set(self, fields, at):
        """The car sends these values with the time `at`, unchanged values too."""
        check(fields)
        self.fields.update(copy.deepcopy(fields))
        self.times.update((name, at) for name in fields)

    def as_dict(self):
        state = copy.deepcopy(self.fields)
        state.update(vin=self.vin, kind=self.kind, timestamps=dict(self.times))
        return state


def check(fields):
    for name, value in fields.items():
        if name not in ANY_CAR:
            near = difflib.get_close_matches(name, ANY_CAR, n=3)
            hint = "; did you mean %s?" % ", ".join(near) if near else ""
            raise CloudError("a car has no field %r%s" % (name, hint))
        if value is not None and value not in CHOICES.get(name, (value,)):
            raise CloudError("%s cannot be %r; it is one of %s" % (name, value, ", ".join(CHOICES[name])))


def _past_sessions(now, fields):
    """Twelve past charges, one each third night, so that the charging history has several pages."""
    sessions = []
    for number in range(12):
        soc_start, soc_end = 30 + 3 * (number % 5), 80 + 4 * (number % 4)
        energy = (soc_end - soc_start) / 100.0 * fields["battery_usable_kwh"]
        start = int(now) - (3 * number + 1) * 86400
        sessions.append(
            {
                "start": start,
                "end": start + int(energy / 7.2 * 3600),
                "soc_start": soc_start,
                "soc_end": soc_end,
                "grid_kwh": round(energy * 1.08, 1),
                "power_kw": 7.2,
                "odometer_km": fields["odometer_km"] - 140 * number,
                "public": number % 4 == 3,
                "latitude": 48.1769,
                "longitude": 11.5585,
            }
        )
    return sessions
