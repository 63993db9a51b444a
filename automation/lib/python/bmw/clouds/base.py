"""The interface of a BMW cloud, for the account and the service. One subclass per API.

A cloud sends requests and translates answers into the vocabulary. It has no state of its own: the account has the tokens, the
session's ``memory`` keeps data between calls, the clock has the time.
"""

from __future__ import absolute_import, unicode_literals

from bmw.errors import NotFound


class SignInPrompt(object):
    """What the user must do to sign in, and what the cloud needs to poll for the result.

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
    """A car in the cloud's list: its VIN, and whether its data may be read."""

    def __init__(self, vin, is_readable=True):
        self.vin = vin
        self.is_readable = is_readable


class Progress(object):
    """The progress of a command.

    Attributes:
        state (str): PENDING, DELIVERED, EXECUTED or FAILED (``bmw.commands.definitions`` has all states of a command).
        reason (str): BMW's reason for a failure; else ''.
    """

    def __init__(self, state, reason=""):
        self.state = state
        self.reason = reason


class Cloud(object):
    """Base of the clouds.

    Args:
        config (bmw.config.AccountConfig): the account's settings.
        http (bmw.net.http.Http): sends the requests.
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
    #: True where BMW sends messages by itself
    STREAMS = False
    #: True where BMW limits a user's calls a day to a known number (setting calls_per_day)
    HAS_DAILY_LIMIT = False
    #: True where user and password of the configuration are enough to sign in, without a person
    SIGNS_IN_ALONE = False
    #: True where the sign-in needs something that a person types into the sign-in input item (a solved captcha)
    ASKS_FOR_INPUT = False
    #: region of the configuration -> base URL, see ``bases``
    AUTH_URLS = API_URLS = {}
    #: calls per day and car in addition to the polls (``rare_values``, ``picture``)
    EXTRA_CALLS_A_DAY = 0
    #: words of the vocabulary that the description of the car tells, not the car
    TOLD_BY_FACTS = frozenset()
    #: keys of its memory that change about as often as the cars' values; they are stored together with them
    CHANGES_OFTEN = frozenset()
    #: words of the vocabulary with sums of charges that BMW tells itself
    TOLD_SUMS = frozenset()
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
        """The base URLs of this cloud: [for the sign-in, for the data]. Those in the configuration replace the default ones."""
        return [config.auth_url or cls.AUTH_URLS[config.region], config.api_url or cls.API_URLS[config.region]]

    @classmethod
    def holder(cls, config):
        """The owner of the tokens (text): the client id or the user name in the configuration."""
        return getattr(config, str(cls.HOLDER)) or ""

    def begin_sign_in(self, answer=None):
        """Starts a sign-in. Returns a SignInPrompt if the user must approve it elsewhere, else the Tokens.

        Args:
            answer (str or None): text of the sign-in input item (a solved captcha), if the cloud needs it.

        Raises:
            SignInFailed: refused, or the answer is missing. NetworkError, ServerError: try again.
        """
        raise NotImplementedError

    def poll_sign_in(self, prompt):
        """The Tokens once the user has approved, None before. May increase ``prompt.interval``.

        Raises:
            SignInFailed: declined, expired, refused.
        """
        raise NotImplementedError

    def refresh(self, tokens):
        """Refreshes the tokens. Returns the new Tokens.

        Raises:
            SignInNeeded: the refresh token is no longer valid. NetworkError, ServerError: try again.
        """
        raise NotImplementedError

    def check_grant(self, tokens):
        """Raises AccessDenied if the granted scopes do not allow reading a car."""

    def signed_in(self, memory):
        """A person signed in: what was chosen before and could be at fault is chosen anew. ``memory`` (dict): that of the session."""

    def make_live(self, account, service, outlet, worker, make_wire, publisher=None):
        """The account's stream (``bmw.interfaces.Live``); None if the cloud has none.

        Args:
            account (bmw.account.account.Account), service (bmw.polling.service.Service), outlet, worker: parts of the account.
            make_wire: callable -> an unconnected wire for ``bmw.net.mqtt``.
            publisher (bmw.net.publisher.Publisher or None): gets BMW's messages for other programs.
        """
        return None

    @classmethod
    def relays(cls, config):
        """True if the cloud sends messages by itself that can be passed on to other programs."""
        return False

    def relay_farewell(self):
        """(topic, payload bytes) for these programs that the messages have ended; None if they get none."""
        return None

    def about_account(self, tokens, memory):
        """Further lines (list of text) about the account for the diagnostics report, without secrets and names.

        Args:
            tokens (bmw.clouds.tokens.Tokens or None). memory (dict): memory of the session.
        """
        return []

    def wants_extra(self, key):
        """True if the settings want an extra value (a key of ``bmw.vehicle.extra``)."""
        return False

    def about_car(self, memory, vehicle):
        """Further lines (list of text) about a car for the diagnostics report."""
        return []

    def vehicles(self, session):
        """The cars of the account: list of Found."""
        raise NotImplementedError

    def facts(self, session, vin):
        """Constant data of a car (dict): model, driveTrain, steering, batteryCapacity ... as far as known."""
        raise NotImplementedError

    def read(self, session, vehicle):
        """The car's current readings: {vocabulary key: Reading}."""
        raise NotImplementedError

    def rare_values(self, session, vehicle):
        """Values that rarely change. Requests those that are due, and yields {vocabulary key: Reading} for each answer.

        Raises:
            CloudError: an error of the account or the network.
        """
        return ()

    def charges(self, memory, vehicle):
        """Charges that ``rare_values`` brought and the log does not have yet: list of dict with the fields of ``bmw.logbook.charges``.

        None = the cloud has no history, or has not told it yet. ``memory`` (dict): that of the session.
        """
        return None

    def charges_kept(self, memory, vehicle):
        """The log has these charges."""

    def charges_lost(self, memory, vehicle, mark):
        """Something of the log was lost (``mark`` says what, in JSON; false = nothing): the history is asked for all it has, once."""

    def picture(self, session, vehicle):
        """The car's picture (bmw.vehicle.picture.Picture) if it is due and BMW has one, else None. Raises as ``rare_values``."""
        return None

    def send_command(self, session, vehicle, command, arguments):
        """Sends a command. Returns a receipt for ``poll_command``, or None if the command is already done.

        Args:
            command (str): one of COMMANDS. arguments (dict): see ``bmw.commands.definitions``.

        Raises:
            CommandFailed: BMW refused it.
        """
        raise NotImplementedError

    def poll_command(self, session, vehicle, receipt):
        """The Progress of a command."""
        raise NotImplementedError


def listed(cars, vin):
    """The entry (dict) of a car in BMW's list of cars. Raises NotFound."""
    for car in cars:
        if car["vin"] == vin:
            return car
    raise NotFound("BMW no longer lists the car")
