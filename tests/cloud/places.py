"""Where a request goes: endpoint -> the name a fault strikes it by, its cloud, and its kind. Data only.

A fault may name a place, a cloud (`mybmw`), a kind (`auth`, `api`), both (`mybmw_api`), or `any`.
"""

from collections import namedtuple

Place = namedtuple("Place", "where cloud kind")

PLACES = {
    endpoint: Place(*row)
    for endpoint, row in {
        "oauth.device_code": ("device_code", "cardata", "auth"),
        "oauth.token": ("token", "cardata", "auth"),
        "pages.link": ("page", "cardata", "page"),
        "pages.decide": ("page", "cardata", "page"),
        "cardata.mappings": ("mappings", "cardata", "api"),
        "cardata.basic_data": ("basicData", "cardata", "api"),
        "cardata.telematic_data": ("telematicData", "cardata", "api"),
        "cardata.charging_history": ("chargingHistory", "cardata", "api"),
        "cardata.vehicle_image": ("image", "cardata", "api"),
        "cardata.tyre_diagnosis": ("smartMaintenanceTyreDiagnosis", "cardata", "api"),
        "cardata.charging_settings": ("locationBasedChargingSettings", "cardata", "api"),
        "cardata.containers": ("containers", "cardata", "api"),
        "cardata.create_container": ("containers", "cardata", "api"),
        "cardata.container": ("containers", "cardata", "api"),
        "cardata.delete_container": ("containers", "cardata", "api"),
        # MyBMW
        "mybmw_sign_in.config": ("mybmw_config", "mybmw", "auth"),
        "mybmw.vehicle_list": ("mybmw_vehicles", "mybmw", "api"),
        "mybmw.vehicles": ("mybmw_vehicles", "mybmw", "api"),
        "mybmw.profile": ("mybmw_profile", "mybmw", "api"),
        "mybmw.state": ("mybmw_state", "mybmw", "api"),
        "mybmw.charging_settings": ("mybmw_charging_settings", "mybmw", "api"),
        "mybmw.charging_statistics": ("mybmw_charging_statistics", "mybmw", "api"),
        "mybmw.charging_sessions": ("mybmw_charging_sessions", "mybmw", "api"),
        "mybmw.vehicle_image": ("mybmw_image", "mybmw", "api"),
        "mybmw.command": ("mybmw_command", "mybmw", "api"),
        "mybmw.charge": ("mybmw_command", "mybmw", "api"),
        "mybmw.send_to_car": ("mybmw_command", "mybmw", "api"),
        "mybmw.event_status": ("mybmw_event_status", "mybmw", "api"),
        "mybmw.event_position": ("mybmw_event_position", "mybmw", "api"),
        "mybmw.gone": ("mybmw_unknown", "mybmw", "api"),
        # ConnectedDrive, the mobile app's API
        "connecteddrive.old_token": ("cd_token", "cd", "auth"),
        "connecteddrive.vehicles": ("cd_vehicles", "cd", "api"),
        "connecteddrive.status": ("cd_status", "cd", "api"),
        "connecteddrive.charging_profile": ("cd_charging_profile", "cd", "api"),
        "connecteddrive.destinations": ("cd_destinations", "cd", "api"),
        "connecteddrive.last_trip": ("cd_statistics", "cd", "api"),
        "connecteddrive.all_trips": ("cd_statistics", "cd", "api"),
        "connecteddrive.range_map": ("cd_range_map", "cd", "api"),
        "connecteddrive.vehicle_image": ("cd_image", "cd", "api"),
        "connecteddrive.execute_service": ("cd_command", "cd", "api"),
        "connecteddrive.send_poi": ("cd_command", "cd", "api"),
        "connecteddrive.service_status": ("cd_command_status", "cd", "api"),
        "connecteddrive.service_history": ("cd_history", "cd", "api"),
        "connecteddrive.gone": ("cd_unknown", "cd", "api"),
        # ConnectedDrive's web portal
        "portal.vehicles": ("portal_vehicles", "portal", "api"),
        "portal.dynamic": ("portal_dynamic", "portal", "api"),
        "portal.navigation": ("portal_navigation", "portal", "api"),
        "portal.efficiency": ("portal_efficiency", "portal", "api"),
        "portal.charging_profile": ("portal_charging_profile", "portal", "api"),
        "portal.specs": ("portal_specs", "portal", "api"),
        "portal.service": ("portal_service", "portal", "api"),
        "portal.service_partner": ("portal_service_partner", "portal", "api"),
        "portal.vehicle_image": ("portal_image", "portal", "api"),
        "portal.picture": ("portal_image", "portal", "api"),
        "portal.command": ("portal_command", "portal", "api"),
        "portal.execution": ("portal_command_status", "portal", "api"),
        "portal.history": ("portal_history", "portal", "api"),
        "portal.send_message": ("portal_message", "portal", "api"),
        "portal.messages": ("portal_message", "portal", "api"),
        "portal.gone": ("portal_unknown", "portal", "api"),
    }.items()
}

# Several clouds share two URLs; oauth.py tells them apart. (cloud, step) -> name of the place.
LOGINS = {
    ("cardata", "refresh"): Place("refresh", "cardata", "auth"),
    ("cardata", "token"): Place("token", "cardata", "auth"),
    ("mybmw", "authenticate"): Place("mybmw_authenticate", "mybmw", "auth"),
    ("mybmw", "token"): Place("mybmw_token", "mybmw", "auth"),
    ("mybmw", "refresh"): Place("mybmw_refresh", "mybmw", "auth"),
    ("cd", "token"): Place("cd_token", "cd", "auth"),
    ("cd", "refresh"): Place("cd_refresh", "cd", "auth"),
    ("portal", "authenticate"): Place("portal_login", "portal", "auth"),
}

# The log also contains calls to paths that BMW does not have.
UNKNOWN = Place("unknown", "cardata", "api")
UNKNOWN_PATHS = ("/customer", "/gcdm")


# One place in the log, but several calls, for each of which a fault can be planned.
FINER = {
    "cardata.containers": "containers_list",
    "cardata.create_container": "containers_create",
    "cardata.container": "containers_get",
    "cardata.delete_container": "containers_delete",
}


def groups(place, endpoint=None):
    """All fault names that hit a call to this place. A page for people fails only if the fault names it."""
    if place.kind == "page":
        return (place.where, place.kind)
    finer = (FINER[endpoint],) if endpoint in FINER else ()
    return finer + (place.where, place.kind, place.cloud, "%s_%s" % (place.cloud, place.kind), "any")


NAMES = sorted({name for place in list(PLACES.values()) + list(LOGINS.values()) for name in groups(place)} | set(FINER.values()))
