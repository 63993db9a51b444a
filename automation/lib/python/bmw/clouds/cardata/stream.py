"""Manages the connection to BMW's CarData stream: connect, log in, retry with back-off, and show the state.

Pure: connection, clock, worker and random numbers are arguments. Runs on the account's worker. Does not interpret messages.
Source: cardata.md section 3.

States, each with one timer on the worker:
    OFF         not started, or useless until the user acts
    WAITING     until the next attempt
    CONNECTING  until connected, or CONNECT_WITHIN is over
    CONNECTED   until shortly before the id token expires; then it reconnects with a new token
"""

from __future__ import absolute_import, unicode_literals

import base64
import logging

from bmw.clouds.cardata.sign_in import SCOPE_STREAM
from bmw.compat import number_types, to_bytes, to_text
from bmw.errors import AccessDenied, BmwError, NetworkError, SignInNeeded
from bmw.net import mqtt, safe_json
from bmw.net.inbox import Inbox

log = logging.getLogger("bmw")

URL = "mqtts://customer.streaming-cardata.bmwgroup.com:9000"

OFF, WAITING, CONNECTING, CONNECTED = "OFF", "WAITING", "CONNECTING", "CONNECTED"

#: timeout in seconds for connecting and subscribing
CONNECT_WITHIN = 45
#: shortest and longest back-off in seconds after a failure
FIRST_WAIT, LONGEST_WAIT = 5, 300
#: seconds before the attempt with a renewed token, and after a session that was good for long: BMW needs a moment
SETTLE = 2
#: seconds between disconnecting with the old token and connecting with the new one
SWAP = 1
#: the token is renewed so many seconds before it expires; or at a sixth of its lifetime, if that is shorter
RENEW_BEFORE = 600
#: swap the token when there was no message for so many seconds
QUIET = 5
#: a connection that lasted so many seconds resets the back-off
STABLE = 60
#: so many attempts in a minute, planned swaps left out, open the breaker: none for LONGEST_WAIT (BMW watches them by the minute)
MAX_PER_MINUTE = 6
#: seconds until a refused subscription is tried again; only the user can fix it, in the portal
SUBSCRIBE_AGAIN = 900
#: after so many short connections in a row, another program probably uses the stream
SUSPICIOUS = 3
#: assumed lifetime in seconds of an id token without one
TOKEN_LIFE = 3600
#: after so many seconds without a message, the state shows possible reasons
SILENT = 86400
#: the program that forwards messages to a local broker may be away from BMW for so many seconds: it renews its token each hour
RELAY_GRACE = 60

#: messages, and seconds, after which other work of the account has its turn
SLICE, SLICE_SECONDS = 100, 0.2
#: bytes that a message takes beside its own
_BESIDE = 500

_TIMER = "stream"
_RELAY = "stream relay"
#: last levels of the topics where a program that forwards messages tells of itself (bmw-mqtt-bridge)
_RELAY_TOPICS = frozenset(("status", "status_stable"))
RELAY_AWAY = "the program that forwards BMW's messages to this broker has no connection to BMW: check that program"
_READING = "stream events"


class StreamRefused(AccessDenied):
    """The broker refuses the login."""

    state = "REFUSED"


class NoDataSelected(AccessDenied):
    """The broker refuses the subscription."""

    state = "NO_DATA_SELECTED"


class StreamInUse(NetworkError):
    """The broker ends connections soon after it has accepted them."""

    state = "IN_USE"


class Login(object):
    """The login of one connection: the broker, and the end of the login (epoch seconds; None = never)."""

    def __init__(self, broker, ends_at=None, life=None, access_token=None):
        self.broker = broker
        self.ends_at = ends_at
        self.life = life
        self.access_token = access_token


class BmwSource(object):
    """BMW's own broker, with the account's tokens.

    Args:
        account (bmw.account.account.Account); url (str).
    """

    RENEWS = True
    REFUSED = StreamRefused(
        "BMW does not let us into the stream",
        "end other programs that use it; if this lasts longer than an hour, sign in again",
    )
    NOT_SUBSCRIBED = NoDataSelected(
        "BMW has no stream for this account",
        "choose the data under 'Configure data stream' in the BMW portal and save; it is tried again every quarter of an hour",
    )

    CHOOSE_AGAIN = "BMW sometimes loses the choice of data, so choose it again under 'Configure data stream' in the BMW portal and save"

    def __init__(self, account, url):
        self._account = account
        self._url = url
        self._id_token = None
        self._ends_at = None

    def login(self):
        """The current Login. Raises BmwError; AccessDenied if the user must act."""
        self._account.access_token()  # renews all tokens when they are near their end
        tokens = self._account.tokens
        if not tokens.has_scope(SCOPE_STREAM):
            raise AccessDenied(
                "The sign-in does not include the CarData stream",
                "subscribe the client to CarData Stream in the BMW portal, wait two minutes, then sign in again",
            )
        if not tokens.gcid or not tokens.id_token:
            raise AccessDenied("The sign-in gave no identity for the stream", "sign in again")
        life = token_life(tokens.id_token)
        if tokens.id_token != self._id_token:  # an answer without an id token keeps the older one and its end
            self._id_token, self._ends_at = tokens.id_token, tokens.obtained_at + life
        host, port, is_tls = mqtt.parse_url(self._url)
        broker = mqtt.Broker(host, port, is_tls, tokens.gcid, tokens.id_token, tokens.gcid + "/+")
        return Login(broker, self._ends_at, life, tokens.access_token)

    def is_relay_topic(self, topic):
        """True if a message of this topic is no car's, but of the program that forwards them: at BMW's there is none."""
        return False

    def renew(self, login):
        """Gets newer tokens than those of ``login``. Raises BmwError."""
        self._account.refresh(rejected=login.access_token)


class LocalSource(object):
    """A local broker that forwards BMW's messages; its login never ends."""

    RENEWS = False
    REFUSED = StreamRefused("The broker of stream_url refuses the login", "check stream_user and stream_password")
    NOT_SUBSCRIBED = NoDataSelected("The broker of stream_url refuses the topic", "check stream_topic and the broker's rights")

    CHOOSE_AGAIN = (
        "check the program that forwards the messages, then choose the data again under 'Configure data stream' in the BMW portal"
    )

    def __init__(self, url, topic, user=None, password=None):
        host, port, is_tls = mqtt.parse_url(url)
        self._login = Login(mqtt.Broker(host, port, is_tls, user, password, topic))

    def login(self):
        """The Login."""
        return self._login

    def is_relay_topic(self, topic):
        """True for the topics where a program that forwards messages tells of itself."""
        return topic.rpartition("/")[2] in _RELAY_TOPICS

    def renew(self, login):
        """Nothing to renew."""


def relay_state(payload):
    """What a program that forwards messages (bytes) says of its connection to BMW: True, False, or None = not understood."""
    try:
        said = safe_json.parse(payload)
    except ValueError:
        return None
    state = said.get("connected") if isinstance(said, dict) else None
    return state if isinstance(state, bool) else None


def token_life(id_token):
    """The lifetime in seconds of a JWT, from its claims (not verified: the broker does that)."""
    try:
        part = to_text(id_token).split(".")[1]
        claims = safe_json.parse(base64.urlsafe_b64decode(to_bytes(part + "=" * (-len(part) % 4))))
        life = claims["exp"] - claims["iat"]
        return life if isinstance(life, number_types) and life > 0 else TOKEN_LIFE
    except (ValueError, IndexError, KeyError, TypeError):  # TypeError: also binascii's in Python 2
        return TOKEN_LIFE


IN_USE = StreamInUse(
    "The connection is ended again and again",
    "another program or another openHAB seems to use the stream of this account; BMW allows one",
)


def _chance():
    """A random number (float) from 0 to 1."""
    import random  # when first needed, as it takes long to load

    return random.random()  # nosec B311 - spreads the times of connections, keeps no secret


class Stream(object):
    """See the module's docstring. One per account.

    Args:
        source: BmwSource or LocalSource.
        connect: ``connect(broker, hear)`` -> connection with ``close()``; see ``bmw.net.mqtt.Connection`` for ``hear``.
        on_message: called on the worker with the payload (bytes) of each message.
        show: called on the worker with (state word, text) when they changed.
        clock, worker: as for the service. chance: callable, a random number from 0 to 1.
    """

    def __init__(self, source, connect, on_message, show, clock, worker, chance=_chance):
        self._source = source
        self._connect = connect
        self._on_message = on_message
        self._on_show = show
        self._clock = clock
        self._worker = worker
        self._chance = chance
        self._inbox = Inbox()
        self._has_told_too_large = False
        self._shown = None
        self._connection = None
        self._login = None
        self._attempts = []
        self._heard_at = clock.now()
        self._is_relay_away = False
        self._remark = ""
        self.state = OFF
        self.connections = 0  # accepted connections since the start
        self._forget_failures()
        self._handlers = {
            mqtt.CONNECTED: self._connected,
            mqtt.REFUSED: self._refused,
            mqtt.NOT_SUBSCRIBED: self._not_subscribed,
            mqtt.LOST: self._lost,
            mqtt.MESSAGE: self._message,
            mqtt.TOO_LARGE: self._too_large,
        }

    # called by the service, on the worker

    def start(self):
        """Connects, unless it is connected, connecting or waiting. Called again and again."""
        if self.state == OFF:
            self._attempt()
        elif self.state == CONNECTED and (self._connection is None or self._connection.is_closed):
            # for lack of memory the end may not have been told, or not be read; if it is read first, this one is ignored
            self._hear(self._connection, mqtt.LOST, NetworkError("The connection ended unexpectedly"))

    def hurry(self):
        """Connects without waiting, after a sign-in."""
        if self.state in (OFF, WAITING):
            self._forget_failures()
            self._attempt()

    def stop(self):
        """Ends the connection. May be called on any thread, last."""
        self.state = OFF
        self._worker.cancel(_TIMER)
        self._drop()

    @property
    def is_live(self):
        """True if the cars' messages come in, as far as is known."""
        return self.state == CONNECTED and not self._is_relay_away

    def remark(self, text):
        """Sets what is told while it is connected; '' = nothing."""
        self._remark = text
        if self.is_live:
            self._show_connected()

    # connecting

    def _attempt(self, is_swap=False):
        now = self._clock.now()
        pause = self._pause(now)
        if pause:
            self._wait(pause, "PAUSED", "Too many attempts in a minute: the next one in {} minutes".format(pause // 60))
            return
        # now, as the login may fail unexpectedly; then it is tried again with a back-off
        self._next(CONNECT_WITHIN, self._took_too_long)
        try:
            self._login = self._source.login()
        except AccessDenied as error:
            self._worker.cancel(_TIMER)
            self.state = OFF
            self._show(error.state, error.text())
            return
        except BmwError as error:
            self._failed(error)
            return
        if self._worker.is_stopped:
            return  # stopped while the token was refreshed; nobody would close a new connection
        if not is_swap:
            self._attempts.append(now)
        self.state = CONNECTING
        if self._shown is None:
            self._show("CONNECTING")
        self._next(CONNECT_WITHIN, self._took_too_long)
        self._connection = self._connect(self._login.broker, self._hear)
        if self._worker.is_stopped:
            self._drop()  # stopped meanwhile, and whoever did that may have looked for a connection too early

    def _pause(self, now):
        """Seconds that the circuit breaker requires to wait; usually 0."""
        while self._attempts and not 0 <= now - self._attempts[0] < 60:
            del self._attempts[0]
        if len(self._attempts) < MAX_PER_MINUTE:
            return 0
        self._attempts = []
        return LONGEST_WAIT

    def _took_too_long(self):
        self._drop()
        self._failed(NetworkError("The stream server does not answer", "check the network"))

    def _hear(self, connection, event, detail):
        """Called by the connection on its own threads: passes events to the worker. Waits while the inbox is full."""
        size = _BESIDE + len(detail[1]) if event == mqtt.MESSAGE else _BESIDE if event == mqtt.TOO_LARGE else 0
        if self._inbox.put((connection, event, detail), size, lambda: connection.is_closed):
            self._worker.later_unless_waiting(_READING, 0, self._read_inbox)

    def _read_inbox(self):
        """Processes some of the waiting messages. The rest follows after all other work that is due by then."""
        begin = self._worker.now()
        try:
            for _ in range(SLICE):
                entry = self._inbox.take()
                if entry is None:
                    return
                connection, event, detail = entry
                # ignore events of a dropped connection, except messages it received before
                if connection is self._connection or event == mqtt.MESSAGE:
                    self._handlers[event](detail)
                if self._worker.now() - begin >= SLICE_SECONDS:
                    return
        finally:
            if len(self._inbox):
                self._worker.later(_READING, 0, self._read_inbox)

    # events of the connection

    def _connected(self, _detail):
        self.state = CONNECTED
        self.connections += 1
        self._connected_at = self._clock.now()
        self._show_connected()
        self._worker.cancel(_TIMER)
        if self._login.ends_at is not None:
            self._next(self._renewal_in(), self._renew)

    def _message(self, detail):
        topic, payload = detail
        if self._source.is_relay_topic(topic):
            self._hear_relay(relay_state(payload))
            return
        self._heard_at = self._clock.now()
        self._relay_is_there()
        self._on_message(payload)

    def _hear_relay(self, is_there):
        if is_there:
            self._relay_is_there()
        elif is_there is not None:
            self._worker.later_unless_waiting(_RELAY, RELAY_GRACE, self._relay_is_away)

    def _relay_is_there(self):
        self._worker.cancel(_RELAY)
        self._is_relay_away = False
        if self.state == CONNECTED:
            self._show_connected()

    def _relay_is_away(self):
        if self.state == CONNECTED:
            self._is_relay_away = True
            self._show("OFFLINE", RELAY_AWAY)

    def _too_large(self, _detail):
        if not self._has_told_too_large:
            self._has_told_too_large = True
            log.warning("Stream: a message of more than %d kB was left out, as all further ones are", mqtt.MAX_BYTES // 1024)

    def _refused(self, code):
        self._drop()
        if code in mqtt.BAD_CREDENTIALS and self._source.RENEWS and not self._is_renewed:
            # even if the token seems valid: BMW refuses some tokens that it has just issued
            self._is_renewed = True
            try:
                self._source.renew(self._login)
            except BmwError as error:
                self._failed(error)
                return
            self._wait(SETTLE + self._chance())
            return
        is_login = code in mqtt.BAD_CREDENTIALS
        self._failed(self._source.REFUSED if is_login else NetworkError("The stream server is not available (code {})".format(code)))

    def _not_subscribed(self, _detail):
        self._drop()
        error = self._source.NOT_SUBSCRIBED
        self._wait(SUBSCRIBE_AGAIN * (1 + self._chance() / 3), error.state, error.text())

    def _lost(self, error):
        self._drop()
        now = self._clock.now()
        since, self._connected_at = self._connected_at, None
        was_connected, self.state = self.state == CONNECTED, WAITING
        is_over = self._login.ends_at is not None and now >= self._login.ends_at - SETTLE
        if was_connected and (is_over or not 0 <= now - since < STABLE):
            self._forget_failures()
            self._wait(SETTLE + self._chance(), "OFFLINE", error.text())
            return
        self._short_lives = self._short_lives + 1 if was_connected else self._short_lives
        self._failed(IN_USE if self._short_lives >= SUSPICIOUS else error)

    def _show_connected(self):
        is_silent = self._clock.now() - self._heard_at > SILENT
        silent = "no message for more than a day; the car sleeps, or no data is selected in the portal" if is_silent else ""
        self._show("CONNECTED", self._remark or silent)

    # token renewal

    def _renewal_in(self):
        """Seconds until the token of this connection should be replaced."""
        before = min(RENEW_BEFORE, self._login.life / 6.0)
        return max(0, self._login.ends_at - before - self._clock.now())

    def _renew(self):
        """Reconnects with a new token while the car is silent, because messages during the swap are lost."""
        now = self._clock.now()
        silence = now - self._heard_at
        if self._login.ends_at - now > 2 * QUIET and 0 <= silence < QUIET:
            self._next(QUIET, self._renew)
            return
        try:
            self._source.renew(self._login)
            has_new = self._source.login().broker != self._login.broker
        except BmwError as error:
            log.info("The stream's token could not be renewed yet. %s", error.text())
            has_new = False
        if not has_new:
            # the connection works until its token expires; then the broker ends it, and we reconnect
            self._next(LONGEST_WAIT, self._renew)
            return
        self._forget_failures()
        self._drop()
        self.state = WAITING
        self._next(SWAP, lambda: self._attempt(is_swap=True))

    # failures and back-off

    def _forget_failures(self):
        self._failures = 0
        self._short_lives = 0
        self._is_renewed = False
        self._connected_at = None

    def _drop(self):
        connection, self._connection = self._connection, None
        self._worker.cancel(_RELAY)
        self._is_relay_away = False
        if connection is not None:
            connection.close()
        self._inbox.wake()

    def _failed(self, error):
        self._failures += 1
        seconds = LONGEST_WAIT if isinstance(error, SignInNeeded) else self._back_off(self._failures)
        self._wait(seconds, error.state, error.text())

    def _back_off(self, failures):
        seconds = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - 1, 10))
        return max(FIRST_WAIT, seconds * (0.75 + 0.25 * self._chance()))

    def _wait(self, seconds, word=None, text=None):
        self.state = WAITING
        self._next(seconds, self._attempt)
        if word is not None:
            self._show(word, text)

    def _next(self, seconds, function):
        """Sets the state's timer. What ends in an unexpected error comes again, so that no state lasts for ever."""
        self._worker.every(_TIMER, LONGEST_WAIT, function, first=seconds)

    def _show(self, word, text=""):
        if self._shown != (word, text):
            self._shown = (word, text)
            self._on_show(word, text)
