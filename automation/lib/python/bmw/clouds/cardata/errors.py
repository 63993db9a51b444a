"""Translates CarData's error answers into our errors. The exveErrorId decides, not the status: 403 has many meanings (cardata.md 2.9)."""

from __future__ import absolute_import, unicode_literals

from bmw import redact
from bmw.compat import text_type
from bmw.errors import AccessDenied, CloudError, NotFound, QuotaExceeded, ServerError, TokenRejected

#: characters of BMW's error id that are read; "CU-429" has six
LONGEST_ID = 20


class ContainerGone(CloudError):
    """The container id is foreign, deleted or unknown (CU-105, CU-121, CU-122): find or create another."""


class ContainersFull(CloudError):
    """The user already has ten containers (CU-124)."""


class Refused(AccessDenied):
    """BMW refused the request and does not say more than that."""


class DescriptorRefused(CloudError):
    """A descriptor is not valid (CU-402), or the whole set was refused (CU-403). ``note`` is BMW's own text."""

    def __init__(self, problem, advice="", note=""):
        CloudError.__init__(self, problem, advice)
        self.note = note


def _quota(response, _note):
    return QuotaExceeded(
        "BMW's daily allowance of calls is used up",
        "polling continues automatically tomorrow; other programs with the same BMW account share it",
        retry_at=response.retry_after(),
    )


def _error(kind, problem, advice=""):
    return lambda response, note: kind(problem, advice)


_STAYS = "it is asked again; if this stays for a day, sign in again"
_SHORTER = "a shorter list is tried for; the diagnostics report names what BMW refuses"
_TOKEN = _error(TokenRejected, "BMW does not accept the token", "sign in again: switch the sign-in item on")
_CONTAINER = _error(ContainerGone, "BMW no longer has the data container", "it is made again")

_BY_ID = {
    "CU-100": _TOKEN,
    "CU-101": _TOKEN,
    "CU-102": _TOKEN,
    "CU-103": _error(
        AccessDenied,
        "The sign-in does not include the CarData API",
        "subscribe the client to CarData API in the BMW portal, then sign in again",
    ),
    "CU-104": _error(
        AccessDenied,
        "BMW does not give out this car's data",
        "the account must be the car's primary user and the ConnectedDrive contract active",
    ),
    "CU-105": _CONTAINER,
    "CU-120": _error(AccessDenied, "BMW does not accept the car's VIN"),
    "CU-121": _CONTAINER,
    "CU-122": _CONTAINER,
    "CU-124": _error(ContainersFull, "The BMW account has ten data containers already", "delete one that no program uses"),
    "CU-125": _error(ServerError, "BMW no longer has the next page", "it is asked again from the first one"),
    "CU-126": _error(NotFound, "BMW has no picture of this car"),
    "CU-127": _error(NotFound, "BMW knows no charging place of this car"),
    "CU-402": lambda response, note: DescriptorRefused("BMW refused a descriptor", _SHORTER, note),
    "CU-403": lambda response, note: DescriptorRefused("BMW refused the data container", _SHORTER, note),
    "CU-429": _quota,
}


def check(response):
    """Returns the response if it is a success (2xx).

    Raises:
        CloudError: the one that fits, see the table.
    """
    if 200 <= response.status < 300:
        return response
    answer = response.json_or_none()
    fields = answer if isinstance(answer, dict) else {}
    note = " ".join(text_type(fields.get(key) or "") for key in ("exveErrorMsg", "exveNote"))
    error_id = redact.line(text_type(fields.get("exveErrorId") or ""), LONGEST_ID)
    # CU-127 means 'no charging locations', but was also seen with an expired token
    if "invalid_token" in note:
        raise _TOKEN(response, note)
    if error_id in _BY_ID:
        raise _BY_ID[error_id](response, note)
    if response.status == 401:
        raise _TOKEN(response, note)
    if response.status == 429:
        raise _quota(response, note)
    if response.status >= 500:
        raise ServerError("BMW's server failed (HTTP {})".format(response.status), "it is tried again")
    if response.status == 404:
        raise NotFound("BMW has no such data (HTTP 404)", _STAYS)
    raise Refused("BMW refused the request (HTTP {}{})".format(response.status, ", " + error_id if error_id else ""), _STAYS)
