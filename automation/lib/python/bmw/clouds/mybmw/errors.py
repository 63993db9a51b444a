"""Translates error answers of the MyBMW API into our errors (mybmw.md section 6)."""

from __future__ import absolute_import, unicode_literals


from bmw.compat import lower, text_type
from bmw.errors import AccessDenied, CommandFailed, NotFound, QuotaExceeded, ServerError, TokenRejected
from bmw.pattern import Pattern

#: back-off in seconds after a 429 and after a quota error, if the answer has no time
PAUSE = 300
QUOTA_PAUSE = 3600

BLOCKED_STATUS = 489
BLOCKED = (
    "BMW blocks this interface for all programs except its own app",
    "set cloud = cardata in bmw.cfg (read-only, Europe); there is no way to send commands any more",
)

_CLOCK = Pattern(r"(\d{1,3}):(\d{2}):(\d{2})")
_SECONDS = Pattern(r"in ([0-9]{1,6}) second")


def is_blocked(response):
    """True for BMW's answer to other programs since September 2025."""
    return response.status == BLOCKED_STATUS or (response.status >= 400 and lower(response.text().strip()) == "blocked")


def check(response):
    """Returns the response if it is a success (2xx).

    Raises:
        CloudError: the one that fits.
    """
    status = response.status
    if 200 <= status < 300:
        return response
    if is_blocked(response):
        raise AccessDenied(*BLOCKED)
    if status == 401:
        raise TokenRejected("BMW does not accept the token", "it is renewed")
    if status == 403 and "quota" in lower(response.text()):
        raise _quota("BMW's allowance of calls is used up", _clock_seconds(response.text()) or QUOTA_PAUSE)
    if status == 429:
        raise _quota("BMW limits the call rate (HTTP 429)", _pause_seconds(response))
    if status == 404:
        raise NotFound("BMW has no such data (HTTP 404)", "the car may not have it, or BMW has replaced this interface")
    if status >= 500:
        raise ServerError("BMW's server failed (HTTP {})".format(status), "it is tried again")
    raise AccessDenied("BMW refused the request (HTTP {})".format(status), "it is asked again; if this stays for a day, sign in again")


def check_command(response):
    """As ``check``, but an error that only concerns the command is CommandFailed."""
    if 400 <= response.status < 500 and response.status not in (401, 429):
        answer = response.json_or_none()
        if isinstance(answer, dict) and "errorDetails" in answer:
            raise CommandFailed("BMW refused the command: {}".format(reason(answer)))
        if response.status in (400, 404, 405, 409, 422):
            raise CommandFailed("BMW refused the command (HTTP {})".format(response.status), "the car may not be able to do it now")
    return check(response)


def reason(answer):
    """BMW's reason for a failed command: title, description and code, as far as known."""
    details = answer.get("errorDetails")
    if not isinstance(details, dict):
        return "the car or its contract does not include it"
    texts = [details.get(name) for name in ("title", "description", "errorDetails")]
    texts = [text.strip().rstrip(".") for text in texts if isinstance(text, text_type)]
    return ", ".join(text for text in texts if text) or "BMW does not say why"


def _quota(problem, seconds):
    return QuotaExceeded(problem, "polling continues automatically; a larger refresh in bmw.cfg helps", retry_at=float(seconds))


def _clock_seconds(text):
    """Seconds in ``replenished in 00:28:11``, at least one; None without such a time."""
    found = _CLOCK.search(text)
    if not found:
        return None
    hours, minutes, seconds = [int(part) for part in found.groups()]
    return max(1, hours * 3600 + minutes * 60 + seconds)


def _pause_seconds(response):
    """Twice BMW's back-off time; other clients found that they need it."""
    named = response.retry_after()
    if named is not None:
        return max(1.0, named)
    found = _SECONDS.search(response.text())
    return max(1, 2 * int(found.group(1))) if found else PAUSE
