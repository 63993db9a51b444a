"""The settings of the simulated cloud that a test can change, with BMW's own values as defaults. Plain data."""

from .errors import CloudError

DEFAULTS = {
    "access_lifetime": 3600,  # lifetime of access and id tokens in seconds
    "refresh_lifetime": 14 * 86400,  # lifetime of a refresh token in seconds
    "code_lifetime": 300,  # lifetime of a device code in seconds
    "code_interval": 5,  # least seconds between two polls of a client
    "auto_approve": False,  # the owner approves at once
    "verification_complete": False,  # answer verification_uri_complete too (BMW normally does not)
    "reuse_error": "invalid_grant",  # answer to a used refresh token: invalid_grant or invalid_request
    "reuse_grace": 0,  # seconds in which a used refresh token is still accepted; whether BMW does this is unknown
    "omit_in_refresh": [],  # fields that a refresh answer lacks, e.g. ["gcid", "id_token"]
    "quota": 50,  # REST calls per account and UTC day
    "quota_status": 403,  # BMW sends CU-429 with 403; clients should accept 429 too
    "mappings_shape": "array",  # array | object | wrapped
    "missing_values": "mixed",  # null | absent | mixed: for values that a car never sent
    "units": "short",  # short | long | missing: km, kilometers, null
    "booleans": "plain",  # plain | catalogue: true, ASN_isTrue
    "container_limit": 10,
    "deleted_containers_count": False,  # whether deleted containers count against the limit
    "retired_descriptors": [],  # keys of the catalogue that BMW no longer accepts
    "retired_refusal": "named",  # named: CU-402 with the first retired key's name | CU-402 | CU-403 | 500 | 503, which name none
    "container_most_keys": None,  # a longer list of keys is refused ...
    "container_too_long": "500",  # ... with this error: CU-402 | CU-403 | 500 | 503
    "car_data": "usual",  # usual | none | nulls: none and nulls are telematicData of a car without any data yet
    "page_size": 5,  # charging sessions per page
    "page_token_lifetime": 300,  # lifetime of a next_token in seconds
    # MyBMW
    "mybmw_quota": None,  # calls per account, x-user-agent and UTC day; BMW's own number is unknown
    "mybmw_burst": None,  # calls in ten seconds before 429
    "mybmw_blocked": None,  # 489 or 403: since September 2025 BMW blocks other programs with it
    "mybmw_rex_as_electric": False,  # older answers name a range extender just ELECTRIC
    "captcha_lifetime": 120,  # lifetime of a solved captcha or a half finished login in seconds
    # ConnectedDrive, mobile API and portal
    "cd_access_lifetime": 28800,  # lifetime of its access token in seconds
    "cd_client_disabled": False,  # BMW has revoked the app's key
    "cd_security_question": False,  # unlocking needs the answer to the security question
    "cd_gone": False,  # every call answers 410, as from November 2021
    "portal_refusal": 401,  # answer to a wrong password: 401, or 302 with an error
    "portal_fragment_order": "usual",  # usual | reversed: token data in the redirect
    "portal_soc_max_name": "socmax",  # socmax | socMax (until 2019-12)
    "utc_offset": 60,  # the cars' offset from UTC in minutes: some times are local times
    "cd_times": "utc",  # utc: all are marked as UTC, but the last trip's is local; offset: all local, with offset (until 2019)
}
CHOICES = {
    "reuse_error": ("invalid_grant", "invalid_request"),
    "mappings_shape": ("array", "object", "wrapped"),
    "missing_values": ("null", "absent", "mixed"),
    "retired_refusal": ("named", "CU-402", "CU-403", "500", "503"),
    "container_too_long": ("CU-402", "CU-403", "500", "503"),
    "car_data": ("usual", "none", "nulls"),
    "units": ("short", "long", "missing"),
    "booleans": ("plain", "catalogue"),
    "mybmw_blocked": (None, 489, 403),
    "portal_refusal": (401, 302),
    "cd_times": ("utc", "offset"),
    "portal_fragment_order": ("usual", "reversed"),
    "portal_soc_max_name": ("socmax", "socMax"),
}


class Settings:
    def __init__(self):
        self.update(DEFAULTS)

    def update(self, changes):
        for name, value in changes.items():
            if name not in DEFAULTS:
                raise CloudError("there is no setting %r; there are %s" % (name, ", ".join(sorted(DEFAULTS))))
            if value not in CHOICES.get(name, (value,)):
                raise CloudError("%s is one of %s" % (name, ", ".join(CHOICES[name])))
        for name, value in changes.items():
            setattr(self, name, value)

    def as_dict(self):
        return {name: getattr(self, name) for name in DEFAULTS}
