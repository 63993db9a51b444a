"""What can go wrong, in one hierarchy. Every error is one clear line and says what to do.

Knows nothing of HTTP, openHAB or a particular cloud. Texts never hold a token, password, gcid, VIN or position.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import PY2


class BmwError(Exception):
    """Base of all errors of this module.

    Args:
        problem (str): what happened, one line without a full stop.
        advice (str): what the person can do about it; may be empty.
    """

    #: short upper-case word shown in the account state item
    state = "ERROR"
    #: True when asking again later can help without a person
    transient = False
    #: what is said to do where nothing better is known
    usual_advice = ""

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
    """The user's configuration cannot be used as it is."""

    state = "CONFIG_ERROR"


class StoreError(BmwError):
    """Our own files cannot be read or written."""

    state = "STORE_ERROR"


class CloudError(BmwError):
    """Base of all that goes wrong while asking BMW."""


class NetworkError(CloudError):
    """No answer: name not found, refused, timed out, cut off, certificate not trusted.

    Args:
        has_left (bool): the request may have reached the server; False where there was no connection to send it by.
    """

    state = "OFFLINE"
    transient = True
    usual_advice = "it is tried again"

    def __init__(self, problem, advice="", has_left=True):
        CloudError.__init__(self, problem, advice)
        self.has_left = has_left


class ServerError(CloudError):
    """BMW answered with a failure of its own (5xx)."""

    state = "OFFLINE"
    transient = True
    usual_advice = "it is tried again"


class BadAnswer(ServerError):
    """BMW's answer is not what the API promises (HTML, cut JSON, wrong type)."""


class TokenRejected(CloudError):
    """The access token was not accepted; a refreshed one may be."""

    state = "SIGN_IN_NEEDED"


class SignInNeeded(CloudError):
    """Only the person can go on: sign in (again)."""

    state = "SIGN_IN_NEEDED"


class SignInFailed(SignInNeeded):
    """A sign-in that was under way ended without a token."""

    state = "SIGN_IN_FAILED"


class AccessDenied(CloudError):
    """Signed in, but BMW does not allow this (scope, mapping, contract)."""

    state = "ACCESS_DENIED"


class NotFound(CloudError):
    """BMW has no such thing (no image, no such resource)."""


class QuotaExceeded(CloudError):
    """The account's allowance of calls is spent.

    Args:
        retry_at (float): epoch seconds (UTC) from which asking makes sense again.
    """

    state = "QUOTA_EXCEEDED"
    transient = True

    def __init__(self, problem, advice="", retry_at=None):
        CloudError.__init__(self, problem, advice)
        self.retry_at = retry_at


class TooLate(CloudError):
    """A command could not be sent within its time, so it is not sent at all."""


class Stopped(Exception):
    """This instance of the module was stopped, and sends nothing more. No trouble of anybody's, so it is no BmwError: it ends the
    work that is under way, and whoever stopped it tells what there is to tell."""


class CommandFailed(CloudError):
    """A command was refused or did not work; the problem is BMW's reason."""

    state = "FAILED"
