"""What the contract knows about each cloud: its sign-in, its endpoints, its error texts. Data only.

Places are the simulated cloud's names for endpoints (tests/cloud/places.py).
"""

from tests.cloud import CD_API_KEY, CD_API_SECRET, HOME_CLIENT_ID, HOME_PASSWORD, HOME_USER, MYBMW_APP_KEY

USER = {"username": HOME_USER, "password": HOME_PASSWORD}


class CloudFacts:
    """One cloud.

    Attributes:
        title (str): its name in the account's text. settings (dict): lines of bmw.cfg.
        signs_in (str): 'person' approves on BMW's page, 'captcha' is typed, 'alone' with user and password.
        kind (str): the simulated car for faults and commands; it supports all commands of the cloud.
        cars_at, state_at, renewal_at, command_at, progress_at (str): names of the calls.
        renewed (int): HTTP status of a successful token refresh.
        lifetime (str): the simulator's setting for the life of its access tokens.
        lists_secondary (bool): whether it lists cars of which the account is a secondary user.
        quota (dict or None): its answer (a 'status' fault) when the day's calls are used up; this ends after PAUSE seconds.
        refusal (dict or None): its answer to a command that it refuses at once.
        commands (tuple): names of its commands.
    """

    def __init__(self, **facts):
        self.__dict__.update(facts)

    @property
    def renews_alone(self):
        return self.signs_in == "alone"


#: kind -> VIN: by its VIN a car keeps its name and its items when the cloud changes
VINS = {
    "i3": "WBY8P0TEST0001001",
    "i3_rex": "WBY8P4TEST0001002",
    "i4": "WBY71ATEST0001003",
    "ix1": "WBX41ETEST0001004",
    "ix3": "WBX71HTEST0001007",
    "phev": "WBA5P3TEST0001005",
    "combustion": "WBA5F3TEST0001006",
}
#: seconds for which these tests' clouds refuse calls after too many calls
PAUSE = 5
CLOUDS = {
    "cardata": CloudFacts(
        name="cardata",
        title="BMW CarData",
        signs_in="person",
        kind="i3",
        settings={"client_id": HOME_CLIENT_ID, "stream": "off"},
        cars_at="mappings",
        state_at="telematicData",
        renewal_at="refresh",
        renewed=200,
        lifetime="access_lifetime",
        lists_secondary=False,
        commands=(),
        refusal=None,
        quota={"status": 403, "body": {"exveErrorId": "CU-429"}, "headers": {"Retry-After": str(PAUSE)}},
    ),
    "connecteddrive": CloudFacts(
        name="connecteddrive",
        title="BMW ConnectedDrive",
        signs_in="alone",
        kind="i3",
        settings=dict(USER, api_key=CD_API_KEY, api_secret=CD_API_SECRET),
        cars_at="cd_vehicles",
        state_at="cd_status",
        renewal_at="cd_token",
        renewed=200,
        lifetime="cd_access_lifetime",
        command_at="cd_command",
        progress_at="cd_command_status",
        lists_secondary=True,
        quota=None,
        refusal={"status": 500, "body": {"error": {"code": 500, "description": "Action is forbidden"}}},
        commands=("lock", "unlock", "flashLights", "soundHorn", "climateStart", "chargeStart", "findVehicle", "sendDestination"),
    ),
    "portal": CloudFacts(
        name="portal",
        title="BMW ConnectedDrive portal",
        signs_in="alone",
        kind="i3",
        settings=USER,
        cars_at="portal_vehicles",
        state_at="portal_dynamic",
        renewal_at="portal_login",
        renewed=302,
        lifetime="access_lifetime",
        command_at="portal_command",
        progress_at="portal_command_status",
        lists_secondary=True,
        quota=None,
        refusal=None,
        commands=("lock", "unlock", "flashLights", "soundHorn", "climateStart", "findVehicle"),
    ),
    "mybmw": CloudFacts(
        name="mybmw",
        title="MyBMW",
        signs_in="captcha",
        kind="i4",
        settings=dict(USER, api_key=MYBMW_APP_KEY),
        cars_at="mybmw_vehicles",
        state_at="mybmw_state",
        renewal_at="mybmw_refresh",
        renewed=200,
        lifetime="access_lifetime",
        command_at="mybmw_command",
        progress_at="mybmw_event_status",
        lists_secondary=True,
        quota={"status": 403, "text": "Out of call volume quota. Quota will be replenished in 00:00:{:02d}.".format(PAUSE)},
        refusal={"status": 400, "body": {"statusCode": 400, "message": "Bad request."}},
        commands=(
            "lock",
            "unlock",
            "flashLights",
            "soundHorn",
            "climateStart",
            "climateStop",
            "chargeStart",
            "chargeStop",
            "chargingSettings",
            "findVehicle",
            "sendDestination",
        ),
    ),
}

#: settings of all homes of the contract; each one adds its timeouts
COMMON = {"calls_per_day": 1000000}


def settings(facts, url, **changes):
    """The lines of bmw.cfg (dict) for a cloud served at ``url``."""
    permission = {"allow_unlock": "yes"} if facts.commands else {}
    return dict(COMMON, cloud=facts.name, auth_url=url, api_url=url, **dict(facts.settings, **permission, **changes))


class Command:
    """A command as a user gives it, and its effect on the simulated car.

    Attributes:
        name (str): as in bmw.commands.definitions. item, text (str): end of the item's name, and the command that is sent to it.
        before (dict): fields that the car must have. is_done: callable, car (dict) -> whether the command was executed; None
            if the car's data do not show it.
    """

    def __init__(self, name, item, text="ON", before=None, is_done=None):
        self.name = name
        self.item = item
        self.text = text
        self.before = before or {}
        self.is_done = is_done


def _has(**fields):
    return lambda car: all(car[name] == value for name, value in fields.items())


PLUGGED = {"plugged": True, "charging_status": "NOT_CHARGING"}
COMMANDS = (
    Command("lock", "Lock", "ON", {"lock": "UNLOCKED"}, _has(lock="LOCKED", trunk_locked=True)),
    Command("unlock", "Unlock", "ON", {"lock": "SECURED"}, _has(lock="UNLOCKED")),
    Command("flashLights", "FlashLights"),
    Command("soundHorn", "SoundHorn"),
    Command("findVehicle", "FindVehicle"),
    Command("climateStart", "Climate", "ON", {"climate_activity": "INACTIVE"}, _has(climate_activity="HEATING")),
    Command("climateStop", "Climate", "OFF", {"climate_activity": "HEATING"}, _has(climate_activity="STANDBY")),
    Command("chargeStart", "Charge", "ON", PLUGGED, _has(charging_status="CHARGING")),
    Command("chargeStop", "Charge", "OFF", {"plugged": True, "charging_status": "CHARGING"}, _has(charging_status="NOT_CHARGING")),
    Command("chargingSettings", "ChargingTarget", "90", {"soc_target": 60}, _has(soc_target=90)),
    Command("chargingSettings", "ChargingCurrentLimit", "10", {"charging_ac_limit_a": 16}, _has(charging_ac_limit_a=10)),
    Command("sendDestination", "Destination", "48.25,11.5 Zoo"),
)
#: commands that BMW accepts without any progress afterwards: they cannot fail later, and there is nothing to wait for
UNFOLLOWED = ("sendDestination",)
#: ConnectedDrive's older name of a command
ALIASES = {"chargeNow": "chargeStart"}


def commands_of(facts):
    return [command for command in COMMANDS if command.name in facts.commands]
