"""All errors of this module, in one hierarchy. Every error text is one clear line and says what to do.

Knows nothing of HTTP, openHAB or a particular cloud. Texts never contain a token, password, gcid, VIN or position.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import PY2


class BmwError(Exception):
    """Base of all errors of this module.

    Args:
        problem (str): what happened, one line without a full stop.
        advice (str): what the user can do; may be empty.
    """

    #: state of the account state item
    state = "ERROR"
    #: True if a later retry can succeed without the user
    transient = False
    #: default advice
    usual_advice = ""
    #: epoch seconds before which BMW is not asked again; None = not known
    retry_at = None

    def __init__(self, problem, advice=""):
        Exception.__init__(self, problem)
        self.problem = problem
        self.advice = advice or self.usual_advice

    def text(self):
        """The whole line (text): what happened and what to do."""
        return "{}: {}".format(self.problem, self.advice) if self.advice else self.problem

    __unicode__ = text

    def __str__(self):
        return self.text().encode("utf-8") if PY2 else self.text()


class ConfigError(BmwError):
    """The user's configuration has an error."""

    state = "CONFIG_ERROR"


class StoreError(BmwError):
    """Our own files cannot be read or written."""

    state = "STORE_ERROR"


class CloudError(BmwError):
    """Base of all errors of requests to BMW."""

    #: seconds (float) after which BMW wants to be asked again; None = it named none
    retry_after = None


class NetworkError(CloudError):
    """No answer: host not found, connection refused, timeout, connection lost, certificate not trusted.

    Args:
        has_left (bool): the request may have reached the server; False = there was no connection.
    """

    state = "OFFLINE"
    transient = True
    usual_advice = "it is tried again"

    def __init__(self, problem, advice="", has_left=True):
        CloudError.__init__(self, problem, advice)
        self.has_left = has_left


class ServerError(CloudError):
    """BMW's server failed (5xx)."""

    state = "OFFLINE"
    transient = True
    usual_advice = "it is tried again"


class BadAnswer(ServerError):
    """BMW's answer does not match the API (HTML, incomplete JSON, wrong type)."""

    #: what a token request's answer brought nevertheless (bmw.clouds.tokens.Tokens): it has to be kept
    tokens = None


class TokenRejected(CloudError):
    """BMW rejected the access token; a refreshed token may work."""

    state = "SIGN_IN_NEEDED"


class SignInNeeded(CloudError):
    """The user must sign in (again)."""

    state = "SIGN_IN_NEEDED"


class SignInFailed(SignInNeeded):
    """A sign-in ended without a token."""

    state = "SIGN_IN_FAILED"


class AccessDenied(CloudError):
    """The user is signed in, but BMW does not allow this (scope, mapping, contract)."""

    state = "ACCESS_DENIED"


class NotFound(CloudError):
    """BMW does not have the resource (for example no image)."""


class QuotaExceeded(CloudError):
    """The account's rate limit is used up.

    Args:
        retry_at (float): epoch seconds (UTC) of the next useful call.
    """

    state = "QUOTA_EXCEEDED"
    transient = True

    def __init__(self, problem, advice="", retry_at=None):
        CloudError.__init__(self, problem, advice)
        self.retry_at = retry_at


class Paused(CloudError):
    """What failed before is not asked again yet, see ``bmw.account.pauses``; it says what the failure said.

    Args:
        state (str): that of the failure. retry_at (float): epoch seconds from which it is asked again.
    """

    transient = True

    def __init__(self, state, problem, advice, retry_at):
        CloudError.__init__(self, problem, advice)
        self.state = state
        self.retry_at = retry_at


class TooLate(CloudError):
    """A command could not be sent in time, so it is not sent at all."""


class Stopped(Exception):
    """This instance of the module was stopped and sends nothing more. Not a BmwError: it only ends the running work, and the code
    that stopped the instance reports what is necessary."""


class CommandFailed(CloudError):
    """BMW refused a command, or it failed; ``problem`` is BMW's reason."""

    state = "FAILED"
