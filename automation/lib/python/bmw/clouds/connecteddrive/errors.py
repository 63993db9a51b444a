"""Translates error answers of ConnectedDrive and its web portal into our errors (connecteddrive.md A2, A6)."""

from __future__ import absolute_import, unicode_literals

from bmw.compat import lower, text_type
from bmw.errors import AccessDenied, BadAnswer, CommandFailed, NotFound, QuotaExceeded, ServerError, SignInFailed, TokenRejected

#: back-off in seconds after a 429 without a time; BMW never published a rate limit
PAUSE = 900
USE_CARDATA = "BMW closed this interface in 2021; set cloud = cardata in bmw.cfg"


class Hiccup(ServerError):
    """HTTP 500. These servers send it sometimes without a reason; the next call usually works."""


#: the statuses by which these servers refuse a sign-in, also if they say no reason
_REFUSALS = (400, 401)
_BY_STATUS = {
    401: (TokenRejected, "BMW does not accept the token", "it is renewed"),
    404: (NotFound, "BMW has no such data (HTTP 404)", ""),
    405: (
        AccessDenied,
        "The car's owner or country does not allow mobile access",
        "check the ConnectedDrive contract",
    ),
    408: (ServerError, "The car cannot be reached at the moment", "it is tried again"),
    410: (AccessDenied, "BMW has shut this interface down (HTTP 410)", USE_CARDATA),
    423: (AccessDenied, "The BMW account is locked", "unlock it on BMW's customer portal"),
    500: (Hiccup, "BMW's server failed (HTTP 500)", "it is tried again"),
    503: (ServerError, "BMW's server is under maintenance (HTTP 503)", "it is tried again"),
}


def check(response):
    """Returns the response if it is a success (2xx).

    Raises:
        CloudError: the one that fits, see the table.
    """
    status = response.status
    if 200 <= status < 300:
        return response
    if status == 429:
        named = response.retry_after()
        raise QuotaExceeded(
            "BMW limits the call rate (HTTP 429)",
            "polling continues automatically; a larger refresh in bmw.cfg helps",
            retry_at=PAUSE if named is None else max(1.0, named),
        )
    if status in _BY_STATUS:
        kind, problem, advice = _BY_STATUS[status]
        raise kind(problem, advice)
    if status >= 500:
        raise ServerError("BMW's server failed (HTTP {})".format(status), "it is tried again")
    raise AccessDenied("BMW refused the request (HTTP {})".format(status))


def check_command(response):
    """As ``check``, but a refusal with BMW's own reason is CommandFailed."""
    description = _description(response.json_or_none()) if response.status >= 400 else ""
    if response.status == 401 or not description:
        return check(response)
    if "secretknowledge" in lower(description):
        raise CommandFailed(
            "BMW asks for the account's security answer",
            "set security_answer in bmw.cfg to the answer given in the portal",
        )
    raise CommandFailed("BMW refused the command: {}".format(description))


def _description(answer):
    error = answer.get("error") if isinstance(answer, dict) else None
    return text_type(error.get("description") or "") if isinstance(error, dict) else ""


def sign_in_error(response, by_word):
    """The exception (not raised) for a failed sign-in.

    Args:
        by_word (dict): OAuth error word -> (problem, advice).
    """
    answer = response.json_or_none()
    word = answer.get("error") if isinstance(answer, dict) else None
    if response.status == 410:
        return AccessDenied("BMW has shut this sign-in down (HTTP 410)", USE_CARDATA)
    if response.status >= 500 or response.status == 429:
        return ServerError("BMW's sign-in server failed (HTTP {})".format(response.status), "it is tried again")
    if not isinstance(word, text_type) and response.status not in _REFUSALS:
        return not_from_bmw(response)
    fallback = (
        "BMW refused the sign-in (HTTP {})".format(response.status),
        "check username and password in bmw.cfg",
    )
    return SignInFailed(*by_word.get(word if isinstance(word, text_type) else "", fallback))


def not_from_bmw(response):
    """The exception (not raised) for an answer that a gateway or proxy on the way gave. It says nothing about the password."""
    return BadAnswer("The answer to the sign-in is not BMW's (HTTP {})".format(response.status), "check the network; it is tried again")
