"""What every BMW cloud offers to the account and the service. One subclass per API.

A cloud turns questions into requests and answers into the vocabulary. It keeps no state of its own: tokens belong to the
account, what must be remembered between calls to the ``memory`` of the session, time to the clock.
"""

from __future__ import absolute_import, unicode_literals


class SignInPrompt(object):
    """What a person must do to sign in, and what the cloud needs to see whether it was done.

    Attributes:
        link (str): address to open; code (str): what to type there.
        interval (float): seconds between two polls; expires_at (float): epoch seconds.
        secrets (dict): for the cloud only (device code, code verifier); never shown or stored.
    """

    def __init__(self, link, code, interval, expires_at, secrets):
        self.link = link
        self.code = code
        self.interval = interval
        self.expires_at = expires_at
        self.secrets = secrets


class Found(object):
    """A car of the account as the cloud lists it: its VIN and whether its data may be read."""

    def __init__(self, vin, is_readable=True):
        self.vin = vin
        self.is_readable = is_readable


class Progress(object):
    """How far a command is.

    Attributes:
        state (str): PENDING, DELIVERED, EXECUTED or FAILED (``bmw.commands.definitions`` knows the states of the whole life).
        reason (str): why it failed, as BMW says it; else ''.
    """

    def __init__(self, state, reason=""):
        self.state = state
        self.reason = reason


class Cloud(object):
    """Base of the clouds.

    Args:
        config (bmw.config.AccountConfig): the account's settings.
        http (bmw.net.http.Http): how to send.
        clock: object with ``now()``.
    """

    #: the name in the configuration, and the one for people
    name = None
    title = None
    #: setting that must be there -> where the user gets it
    NEEDS = {}
    #: setting that says whom BMW gives the tokens to
    HOLDER = "username"
    #: commands it can send (names of bmw.commands.definitions); empty = read-only
    COMMANDS = frozenset()
    #: True where BMW limits a user's calls a day to a known number (setting calls_per_day)
    HAS_DAILY_LIMIT = False
    #: True where user and password of the configuration are enough to sign in, without a person
    SIGNS_IN_ALONE = False
    #: True where the sign-in needs something that a person types into the sign-in input item (a solved captcha)
    ASKS_FOR_INPUT = False
    #: calls a day and car that are made beside the polls (``seldom``, ``picture``)
    EXTRA_CALLS_A_DAY = 0
    #: seconds between two questions how far a command is, and until it is given up
    POLL_COMMAND = 5
    COMMAND_TIMEOUT = 240
    #: seconds after an executed command until the cloud shows the new state
    SETTLE = 7

    def __init__(self, config, http, clock):
        self.config = config
        self.http = http
        self.clock = clock

    @classmethod
    def bases(cls, config):
        """The base URLs (list of str) this cloud asks, with the configuration's own addresses where it names some."""
        raise NotImplementedError

    @classmethod
    def holder(cls, config):
        """Whom BMW gives the tokens to (text): the client id or the user of the configuration."""
        return getattr(config, str(cls.HOLDER)) or ""

    def begin_sign_in(self, answer=None):
        """Starts a sign-in: a SignInPrompt when a person must approve it elsewhere, else the Tokens.

        Args:
            answer (str or None): what the person typed into the sign-in input item (a solved captcha), where a cloud needs it.

        Raises:
            SignInFailed: refused, or the answer is missing. NetworkError, ServerError: try again.
        """
        raise NotImplementedError

    def poll_sign_in(self, prompt):
        """The Tokens once the person is done, None while not. May raise ``prompt.interval``.

        Raises:
            SignInFailed: declined, expired, refused.
        """
        raise NotImplementedError

    def refresh(self, tokens):
        """New Tokens for the present ones.

        Raises:
            SignInNeeded: the refresh token is dead. NetworkError, ServerError: try again.
        """
        raise NotImplementedError

    def check_grant(self, tokens):
        """Raises AccessDenied when what the sign-in granted is not enough to read a car."""

    def make_live(self, account, service, outlet, worker, make_wire):
        """What brings the cars' news to the service as they happen (``start``, ``hurry``, ``stop``); None where nothing does.

        Args:
            account (bmw.account.account.Account), service (bmw.polling.service.Service), outlet, worker: those of the account.
            make_wire: callable, an unconnected wire for ``bmw.net.mqtt``.
        """
        return None

    def about_account(self, tokens, memory):
        """What the diagnostics report tells of the account besides (list of text): no secret, no name.

        Args:
            tokens (bmw.clouds.tokens.Tokens or None). memory (dict): that of the session.
        """
        return []

    def wants_extra(self, key):
        """True if a value beyond the vocabulary (a key of ``bmw.vehicle.extra``) is wanted by the settings."""
        return False

    def about_car(self, memory, vehicle):
        """The same of a car."""
        return []

    def vehicles(self, session):
        """The cars of the account: list of Found."""
        raise NotImplementedError

    def facts(self, session, vin):
        """What does not change about a car (dict): model, driveTrain, steering, batteryCapacity ... as far as known."""
        raise NotImplementedError

    def read(self, session, vehicle):
        """What the car says now: {vocabulary key: Reading}."""
        raise NotImplementedError

    def seldom(self, session, vehicle):
        """What changes seldom: asks for what of it is due, yields {vocabulary key: Reading} of each thing.

        Raises:
            CloudError: trouble of the account or the network.
        """
        return ()

    def picture(self, session, vehicle):
        """The car's picture (bmw.vehicle.picture.Picture) if BMW has one and it is time to ask, else None. Raises as ``seldom``."""
        return None

    def send_command(self, session, vehicle, command, arguments):
        """Sends a command; returns a receipt for ``poll_command``, or None when it is done at once.

        Args:
            command (str): one of COMMANDS. arguments (dict): see ``bmw.commands.definitions``.

        Raises:
            CommandFailed: BMW refused it.
        """
        raise NotImplementedError

    def poll_command(self, session, vehicle, receipt):
        """The Progress of a command."""
        raise NotImplementedError
