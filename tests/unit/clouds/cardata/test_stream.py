"""bmw.clouds.cardata.stream: the stream's connection, with stand-ins for connection, clock and worker."""

import base64
import json
import logging
import threading
import time

import pytest
from bmw.clouds.cardata import sign_in, stream
from bmw.clouds.cardata.stream import (
    CONNECTED,
    CONNECTING,
    LONGEST_WAIT,
    OFF,
    RELAY_GRACE,
    SUBSCRIBE_AGAIN,
    WAITING,
    BmwSource,
    LocalSource,
    Stream,
)
from bmw.clouds.tokens import Tokens
from bmw.errors import AccessDenied, NetworkError, ServerError, SignInNeeded
from bmw.net import inbox, mqtt

from tests.unit.fakes import UNEXPECTED, raising

URL = "mqtts://localhost:9000"
GCID = "3f2b7c1e-0d5a-4a6f-9b1d-7a2c5e8f0a11"
LIFE = 3600
TIMER = "stream"


def jwt(number, life=LIFE):
    """An id token of that life in seconds; ``number`` tells it from others."""
    claims = json.dumps({"iat": 1000, "exp": 1000 + life, "jti": number}).encode()
    return "eyJh.{}.sig".format(base64.urlsafe_b64encode(claims).rstrip(b"=").decode())


class FakeAccount:
    """Tokens that can be refreshed; counts the refreshes and fails them as planned."""

    def __init__(self, clock, life=LIFE, scope=sign_in.SCOPE_STREAM):
        self._clock, self._life, self._scope = clock, life, scope
        self.renewals = 0
        self.problem = None
        self.gives_new_id = True
        self._issue()

    def _issue(self):
        number = self.renewals if self.gives_new_id else 0
        self.tokens = Tokens(
            access_token="access-%d" % self.renewals,
            id_token=jwt(number, self._life),
            gcid=GCID,
            scope=self._scope,
            obtained_at=self._clock.now(),
            expires_at=self._clock.now() + self._life,
        )

    def access_token(self):
        return self.tokens.access_token

    def refresh(self, rejected=None):
        if self.problem is not None:
            raise self.problem
        if rejected is None or rejected == self.tokens.access_token:
            self.renewals += 1
            self._issue()


class FakeConnection:
    def __init__(self, broker, hear):
        self.broker, self._hear, self.is_closed = broker, hear, False

    def close(self):
        self.is_closed = True

    def tell(self, event, detail=None):
        self._hear(self, event, detail)


class Bench:
    """A stream with its surroundings; ``line`` is the newest connection."""

    def __init__(self, clock, worker, source=None):
        self.clock, self.worker = clock, worker
        self.account = FakeAccount(clock)
        self.lines, self.messages, self.shown = [], [], []
        self.stream = self.make(source or BmwSource(self.account, URL))

    def of_life(self, life):
        """The same bench with tokens of that life in seconds."""
        self.account = FakeAccount(self.clock, life)
        self.stream = self.make(BmwSource(self.account, URL))
        return self

    def make(self, source):
        return Stream(
            source,
            self._connect,
            self.messages.append,
            lambda word, text: self.shown.append((word, text)),
            self.clock,
            self.worker,
            chance=lambda: 0.5,
        )

    def _connect(self, broker, hear):
        self.lines.append(FakeConnection(broker, hear))
        return self.lines[-1]

    @property
    def line(self):
        return self.lines[-1]

    @property
    def word(self):
        return self.shown[-1][0]

    def tell(self, event, detail=None):
        self.line.tell(event, detail)
        self.worker.run()

    def connect(self):
        if self.stream.state != CONNECTED:
            self.stream.start()
            self.tell(mqtt.CONNECTED)
        return self

    def lose(self):
        self.tell(mqtt.LOST, NetworkError("The server ended the connection"))

    def wait_and_connect(self):
        self.worker.pass_time(self.worker.due_in(TIMER))
        self.tell(mqtt.CONNECTED)


@pytest.fixture
def bench(clock, worker):
    return Bench(clock, worker)


# logging in


def test_it_logs_in_with_gcid_and_id_token_and_listens_to_all_cars_of_the_account(bench):
    bench.connect()
    assert bench.line.broker == mqtt.Broker("localhost", 9000, True, GCID, bench.account.tokens.id_token, GCID + "/+")
    assert bench.shown == [("CONNECTING", ""), ("CONNECTED", "")]


def test_until_the_server_answers_it_is_connecting(bench):
    assert bench.stream.state == OFF and bench.stream.connections == 0
    bench.stream.start()
    assert bench.stream.state == CONNECTING and bench.stream.connections == 0
    bench.tell(mqtt.CONNECTED)
    assert bench.stream.state == CONNECTED and bench.stream.connections == 1


def test_a_connection_whose_end_nobody_told_is_found_by_the_next_tick(clock, worker):
    at_home = Bench(clock, worker, LocalSource("mqtt://localhost:1883", "bmw/+")).connect()
    at_home.line.is_closed = True
    at_home.stream.start()
    at_home.worker.run()
    assert at_home.shown[-1] == ("OFFLINE", "The connection ended unexpectedly: it is tried again")
    assert at_home.stream.state == WAITING
    at_home.wait_and_connect()
    assert at_home.word == "CONNECTED" and len(at_home.lines) == 2


def test_an_end_that_waits_to_be_read_is_read_at_the_next_tick_and_told_in_its_own_words(bench):
    bench.connect()
    bench.line.is_closed = True
    bench.line.tell(mqtt.LOST, NetworkError("The server ended the connection"))
    bench.worker.cancel("stream events")
    bench.stream.start()
    bench.worker.run()
    assert [text for word, text in bench.shown if word == "OFFLINE"] == ["The server ended the connection: it is tried again"]


def test_there_is_one_connection_however_often_it_is_started(bench):
    bench.connect()
    bench.stream.start()
    bench.stream.hurry()
    bench.worker.run()
    assert len(bench.lines) == 1 and not bench.line.is_closed and bench.stream.state == CONNECTED


def test_a_start_while_it_waits_changes_nothing(bench):
    bench.connect()
    bench.lose()
    shown, seconds = list(bench.shown), bench.worker.due_in(TIMER)
    bench.stream.start()
    bench.worker.run()
    assert bench.shown == shown and bench.worker.due_in(TIMER) == seconds and len(bench.lines) == 1


def test_without_the_streaming_scope_it_says_what_to_do_and_does_not_connect(clock, worker):
    bench = Bench(clock, worker)
    bench.account = FakeAccount(clock, scope="openid cardata:api:read")
    bench.stream = bench.make(BmwSource(bench.account, URL))
    bench.stream.start()
    assert bench.lines == [] and bench.stream.state == OFF and TIMER not in bench.worker.waiting()
    what = "The sign-in does not include the CarData stream"
    advice = "subscribe the client to CarData Stream in the BMW portal, wait two minutes, then sign in again"
    assert bench.shown == [(AccessDenied.state, what + ": " + advice)]


@pytest.mark.parametrize("missing", ["gcid", "id_token"])
def test_a_sign_in_without_gcid_or_id_token_is_told_and_it_does_not_connect(bench, missing):
    setattr(bench.account.tokens, missing, None)
    bench.stream.start()
    assert bench.lines == [] and bench.stream.state == OFF and TIMER not in bench.worker.waiting()
    assert bench.shown == [(AccessDenied.state, "The sign-in gave no identity for the stream: sign in again")]


def test_a_token_that_cannot_be_had_is_told_and_asked_for_again(bench, monkeypatch):
    monkeypatch.setattr(bench.account, "access_token", raising(ServerError))
    bench.stream.start()
    assert bench.lines == [] and bench.stream.state == WAITING and bench.worker.due_in(TIMER) == stream.FIRST_WAIT
    assert bench.shown == [("OFFLINE", "nobody expects this: it is tried again")]


def test_a_message_goes_on_as_it_is(bench):
    bench.connect().tell(mqtt.MESSAGE, ("topic", b"payload"))
    assert bench.messages == [b"payload"]


def test_a_state_that_lasts_is_shown_once(bench):
    bench.connect()
    for _ in range(3):
        bench.tell(mqtt.MESSAGE, ("topic", b"payload"))
    assert bench.shown == [("CONNECTING", ""), ("CONNECTED", "")]


def test_after_the_stop_nothing_is_left_to_be_done(bench):
    bench.connect()
    bench.worker.stop()
    bench.stream.stop()
    bench.tell(mqtt.LOST, NetworkError("closed"))
    assert bench.line.is_closed and bench.worker.waiting() == set() and len(bench.lines) == 1


def test_a_stream_that_is_ended_is_off_and_waits_for_nothing(bench):
    bench.connect().stream.stop()
    assert bench.stream.state == OFF and bench.line.is_closed and TIMER not in bench.worker.waiting()


def test_a_remark_is_told_while_it_is_connected_and_taken_back(bench):
    bench.stream.remark("the polls bring more")
    assert bench.shown == []
    bench.connect()
    assert bench.shown[-1] == ("CONNECTED", "the polls bring more")
    bench.stream.remark("")
    assert bench.shown[-1] == ("CONNECTED", "")


# the token's end


def test_before_the_token_ends_it_comes_back_with_the_next_one(bench):
    bench.connect()
    first = bench.line
    bench.worker.pass_time(LIFE - 600 + stream.SWAP)
    assert first.is_closed and len(bench.lines) == 2
    assert bench.line.broker.password == jwt(1) != first.broker.password


@pytest.mark.parametrize("life, seconds", [(7200, 6600), (3600, 3000), (1200, 1000), (60, 50)])
def test_the_token_is_renewed_ten_minutes_before_its_end_or_at_a_sixth_of_a_short_life(bench, life, seconds):
    bench.of_life(life).connect()
    assert bench.worker.due_in(TIMER) == seconds


def test_a_token_that_is_already_near_its_end_is_renewed_at_once(bench):
    bench.clock.advance(LIFE - 300)
    bench.connect()
    assert bench.line.is_closed and bench.account.renewals == 1


def test_during_the_swap_it_is_waiting(bench):
    bench.connect()
    bench.worker.pass_time(LIFE - 600)
    assert bench.stream.state == WAITING and bench.worker.due_in(TIMER) == stream.SWAP


def test_planned_swaps_never_make_it_pause(bench):
    bench.of_life(6).connect()
    for _ in range(20):
        bench.worker.pass_time(bench.worker.due_in(TIMER) + stream.SWAP)
        bench.tell(mqtt.CONNECTED)
    assert len(bench.lines) == 21 and {word for word, _text in bench.shown} == {"CONNECTING", "CONNECTED"}


def test_a_token_that_the_account_renewed_meanwhile_is_not_renewed_again(bench):
    bench.connect()
    bench.worker.pass_time(LIFE - 700)
    bench.account.refresh()
    bench.worker.pass_time(101)
    assert len(bench.lines) == 2 and bench.account.renewals == 1


def test_while_the_car_is_speaking_it_stays_with_the_old_token(bench):
    bench.connect()
    bench.worker.pass_time(LIFE - 602)
    bench.tell(mqtt.MESSAGE, ("topic", b"payload"))
    bench.worker.pass_time(4)
    assert len(bench.lines) == 1
    bench.worker.pass_time(stream.QUIET + stream.SWAP)
    assert len(bench.lines) == 2


@pytest.mark.parametrize("silence, is_swapped", [(0, False), (4, False), (stream.QUIET, True)])
def test_the_car_is_silent_after_five_seconds_without_a_message(bench, silence, is_swapped):
    bench.connect()
    bench.worker.pass_time(LIFE - 600 - silence - 1)
    bench.line.tell(mqtt.MESSAGE, ("topic", b"payload"))
    bench.clock.advance(1)
    bench.worker.run()  # reads it now
    bench.worker.pass_time(silence)
    assert bench.line.is_closed == is_swapped


def test_ten_seconds_before_the_tokens_end_it_comes_back_although_the_car_is_speaking(bench):
    begin = bench.clock.now()
    bench.connect()
    bench.worker.pass_time(LIFE - 601)
    while not bench.line.is_closed and bench.clock.now() < begin + LIFE:
        bench.tell(mqtt.MESSAGE, ("topic", b"payload"))
        bench.worker.pass_time(1)
    assert bench.line.is_closed and bench.clock.now() == begin + LIFE - 10


def test_what_arrived_before_the_swap_is_not_lost_by_it(bench):
    bench.connect()
    bench.worker.pass_time(LIFE - 601)
    bench.clock.advance(1)
    bench.line.tell(mqtt.MESSAGE, ("topic", b"last words"))
    bench.worker.pass_time(60)
    assert bench.messages == [b"last words"]


def test_when_the_token_cannot_be_renewed_the_connection_is_kept_to_its_end(bench):
    bench.connect()
    bench.account.problem = ServerError("down")
    bench.worker.pass_time(LIFE - 600)
    assert not bench.line.is_closed and bench.stream.state == CONNECTED
    bench.account.problem = None
    bench.worker.pass_time(LONGEST_WAIT + stream.SWAP)
    assert len(bench.lines) == 2


def test_a_renewal_that_brings_no_new_id_token_does_not_make_it_reconnect_for_ever(bench):
    bench.connect()
    bench.account.gives_new_id = False
    bench.worker.pass_time(LIFE - 1)
    assert len(bench.lines) == 1 and bench.account.renewals <= 3


def test_ended_at_the_tokens_end_it_is_back_in_seconds(bench):
    bench.connect()
    bench.account.problem = ServerError("down")
    bench.worker.pass_time(LIFE)
    bench.account.problem = None
    bench.lose()
    assert bench.worker.due_in(TIMER) <= 3


@pytest.mark.parametrize("left, wait", [(3, stream.FIRST_WAIT), (stream.SETTLE, 2.5), (0, 2.5)])
def test_a_short_connection_is_no_failure_only_if_it_ends_with_its_token(bench, left, wait):
    bench.clock.advance(LIFE - 30)
    bench.account.problem = ServerError("down")
    bench.connect()
    bench.worker.pass_time(30 - left)
    bench.lose()
    assert bench.worker.due_in(TIMER) == wait


# refused logins


@pytest.mark.parametrize("code", [4, 5])
def test_refused_it_renews_the_token_once_although_it_looks_good(bench, code):
    bench.stream.start()
    bench.tell(mqtt.REFUSED, code)
    assert bench.account.renewals == 1 and stream.SETTLE <= bench.worker.due_in(TIMER) <= 3
    for _ in range(4):
        bench.worker.pass_time(bench.worker.due_in(TIMER))
        bench.tell(mqtt.REFUSED, code)
    assert bench.account.renewals == 1 and bench.word == "REFUSED"


def test_a_server_that_is_not_available_is_told_with_its_code_and_the_token_is_kept(bench):
    bench.stream.start()
    bench.tell(mqtt.REFUSED, 3)
    assert bench.account.renewals == 0 and bench.line.is_closed
    assert bench.shown[-1] == ("OFFLINE", "The stream server is not available (code 3): it is tried again")


def test_after_a_good_connection_a_refusal_may_renew_again(bench):
    bench.stream.start()
    bench.tell(mqtt.REFUSED, 5)
    bench.wait_and_connect()
    bench.worker.pass_time(100)
    bench.lose()
    bench.worker.pass_time(3)
    bench.tell(mqtt.REFUSED, 5)
    assert bench.account.renewals == 2


def test_the_waits_grow_from_seconds_to_five_minutes_and_no_further(bench):
    bench.stream.start()
    waits = []
    for _ in range(12):
        bench.lose()
        waits.append(bench.worker.due_in(TIMER))
        bench.worker.pass_time(waits[-1])
    # 7/8 of each, as the bench's chance is a half
    assert waits == [stream.FIRST_WAIT, 8.75, 17.5, 35, 70, 140] + 6 * [7 * LONGEST_WAIT / 8]


def test_the_waits_are_not_the_same_for_all(clock, worker):
    def wait(chance):
        bench = Bench(clock, worker)
        bench.stream._chance = lambda: chance
        bench.stream.start()
        for _ in range(4):
            bench.lose()
            seconds = bench.worker.due_in(TIMER)
            bench.worker.pass_time(seconds)
        return seconds

    assert wait(0.0) < wait(1.0)


def test_no_more_than_six_attempts_in_a_minute_whatever_happens(bench):
    begin = bench.clock.now()
    bench.stream.start()
    attempts = []
    for _ in range(40):
        attempts.append(bench.clock.now() - begin)
        bench.lose()
        bench.stream.hurry()  # like a user who signs in again and again
        if bench.stream.state == WAITING:
            bench.worker.pass_time(bench.worker.due_in(TIMER))
    for start in attempts:
        assert len([one for one in attempts if start <= one < start + 60]) <= stream.MAX_PER_MINUTE + 1
    assert "PAUSED" in [word for word, _text in bench.shown]


@pytest.mark.parametrize("seconds, attempts", [(59, 6), (60, 7)])
def test_the_seventh_attempt_of_a_minute_waits_for_five_minutes(bench, seconds, attempts):
    for _ in range(6):
        bench.stream.hurry()
        bench.lose()
        bench.clock.advance(10)
    bench.clock.advance(seconds - 60)
    bench.stream.hurry()
    assert len(bench.lines) == attempts
    is_paused = bench.shown[-1] == ("PAUSED", "Too many attempts in a minute: the next one in 5 minutes")
    assert is_paused == (attempts == 6) == (bench.worker.due_in(TIMER) == LONGEST_WAIT)


def test_a_dead_sign_in_is_asked_about_slowly_and_a_new_one_connects_at_once(bench):
    bench.account.problem = SignInNeeded("gone", "sign in")
    bench.stream.start()
    bench.tell(mqtt.REFUSED, 5)
    assert bench.word == SignInNeeded.state and bench.worker.due_in(TIMER) == LONGEST_WAIT
    bench.account.problem = None
    bench.stream.hurry()
    bench.tell(mqtt.CONNECTED)
    assert bench.word == "CONNECTED"


def test_a_refused_subscription_is_told_and_tried_again_after_a_quarter_of_an_hour(bench):
    bench.stream.start()
    bench.tell(mqtt.NOT_SUBSCRIBED)
    assert bench.word == "NO_DATA_SELECTED" and "portal" in bench.shown[-1][1] and bench.line.is_closed
    assert bench.worker.due_in(TIMER) == pytest.approx(SUBSCRIBE_AGAIN * 7 / 6)  # up to a third more, by chance
    bench.wait_and_connect()
    assert bench.word == "CONNECTED"


# lost connections


def test_a_connection_that_was_good_for_long_is_back_in_seconds(bench):
    bench.connect()
    bench.worker.pass_time(100)
    bench.lose()
    assert bench.shown[-1] == ("OFFLINE", "The server ended the connection: it is tried again")
    assert bench.worker.due_in(TIMER) == 2.5


@pytest.mark.parametrize("lasted, wait", [(59, stream.FIRST_WAIT), (stream.STABLE, 2.5)])
def test_a_connection_was_good_for_long_after_a_minute(bench, lasted, wait):
    bench.connect()
    bench.worker.pass_time(lasted)
    bench.lose()
    assert bench.worker.due_in(TIMER) == wait


def test_a_second_program_on_the_account_is_suspected_after_three_short_connections(bench):
    bench.connect()
    words = []
    for _ in range(stream.SUSPICIOUS):
        bench.worker.pass_time(2)
        bench.lose()
        words.append(bench.word)
        bench.wait_and_connect()
    assert words == ["OFFLINE", "OFFLINE", "IN_USE"] and "one" in dict(bench.shown)["IN_USE"]


def test_the_waits_grow_although_each_connection_is_granted_first(bench):
    bench.connect()
    for _ in range(8):
        bench.lose()
        wait = bench.worker.due_in(TIMER)
        bench.wait_and_connect()
    assert wait > 200


def test_an_error_that_nobody_expects_is_not_the_last_attempt(bench):
    real, bench.stream._connect = bench.stream._connect, _no_thread
    with pytest.raises(RuntimeError):
        bench.stream.start()
    bench.stream._connect = real
    bench.worker.pass_time(bench.worker.due_in(TIMER))
    bench.wait_and_connect()
    assert bench.word == "CONNECTED"


def test_an_unexpected_error_at_the_token_is_not_the_last_attempt_either(bench, monkeypatch):
    monkeypatch.setattr(bench.account, "access_token", lambda: _no_thread(None, None))
    with pytest.raises(RuntimeError):
        bench.stream.start()
    monkeypatch.undo()
    bench.worker.pass_time(bench.worker.due_in(TIMER))
    bench.wait_and_connect()
    assert bench.word == "CONNECTED"


def _no_thread(_broker, _hear):
    raise RuntimeError("can't start new thread")


def test_a_server_that_never_answers_is_given_up(bench):
    bench.stream.start()
    bench.worker.pass_time(stream.CONNECT_WITHIN)
    assert bench.line.is_closed and bench.stream.state == WAITING
    assert bench.shown[-1] == ("OFFLINE", "The stream server does not answer: check the network")


def test_what_a_given_up_connection_still_tells_is_ignored(bench):
    bench.stream.start()
    old = bench.line
    bench.worker.pass_time(stream.CONNECT_WITHIN)
    old.tell(mqtt.CONNECTED)
    bench.worker.run()
    assert bench.stream.state == WAITING


def test_a_clock_that_jumps_makes_no_storm(bench):
    bench.connect()
    for jump in (86400, -2 * 86400, 5 * 86400):
        bench.clock.advance(jump)
        bench.lose()
        bench.worker.pass_time(30)
        bench.tell(mqtt.CONNECTED)
        bench.worker.pass_time(600)
        assert bench.stream.state == CONNECTED
    assert len(bench.lines) < 12


def test_a_day_without_a_message_is_told_and_taken_back(bench):
    bench.connect()
    for _ in range(30):
        bench.worker.pass_time(bench.worker.due_in(TIMER) + stream.SWAP)
        bench.tell(mqtt.CONNECTED)
    assert bench.word == "CONNECTED" and "no message" in bench.shown[-1][1]
    bench.tell(mqtt.MESSAGE, ("topic", b"payload"))
    assert bench.shown[-1] == ("CONNECTED", "")


def test_it_is_silent_after_more_than_a_day_and_not_before(at_home):
    at_home.worker.pass_time(stream.SILENT)
    at_home.stream.remark("")
    assert at_home.shown[-1] == ("CONNECTED", "")
    at_home.worker.pass_time(1)
    at_home.stream.remark("")
    assert at_home.word == "CONNECTED" and at_home.shown[-1][1].startswith("no message for more than a day")


# a local broker


def test_a_local_broker_is_used_with_its_own_login_and_needs_no_new_token(clock, worker):
    bench = Bench(clock, worker, LocalSource("mqtt://192.168.1.5:1883", "bmw/+", "me", "secret"))
    bench.connect()
    assert bench.line.broker == mqtt.Broker("192.168.1.5", 1883, False, "me", "secret", "bmw/+")
    bench.worker.pass_time(7 * 86400)
    assert len(bench.lines) == 1
    bench.lose()
    bench.worker.pass_time(3)
    bench.tell(mqtt.REFUSED, 5)
    assert "stream_user" in bench.shown[-1][1]


@pytest.mark.parametrize("life", [1, 59, 600, 7200, 86400.5])
@pytest.mark.parametrize("number", [1, 12, 123, 1234])  # each of another length, so with and without padding
def test_a_token_lives_from_its_issue_to_its_expiry(number, life):
    assert stream.token_life(jwt(number, life)) == life


@pytest.mark.parametrize("life", [0, -1, -3600])
def test_a_token_that_expires_before_it_is_issued_is_taken_to_live_an_hour(life):
    assert stream.token_life(jwt(1, life)) == stream.TOKEN_LIFE


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.!!.c", "a.e30.c", None])
def test_a_token_that_does_not_say_its_life_is_taken_to_live_an_hour(token):
    assert stream.token_life(token) == stream.TOKEN_LIFE


# floods of messages


def test_messages_are_read_in_slices_and_other_work_has_its_turn(bench):
    bench.connect()
    for number in range(3 * stream.SLICE):
        bench.line.tell(mqtt.MESSAGE, ("t", b"%d" % number))
    heard = []
    bench.worker.submit(lambda: heard.append(len(bench.messages)))
    bench.worker.run()
    assert heard == [stream.SLICE] and len(bench.messages) == 3 * stream.SLICE
    assert bench.messages == [b"%d" % number for number in range(3 * stream.SLICE)]


def test_messages_that_take_their_time_are_read_in_slices_of_time(bench):
    bench.connect()
    keep = bench.messages.append
    bench.stream._on_message = lambda payload: (keep(payload), bench.clock.advance(0.6 * stream.SLICE_SECONDS))
    for _ in range(6):
        bench.line.tell(mqtt.MESSAGE, ("t", b""))
    heard = []
    bench.worker.submit(lambda: heard.append(len(bench.messages)))
    bench.worker.run()
    assert heard == [2] and len(bench.messages) == 6


def test_a_slice_ends_when_its_time_is_used_up(bench, monkeypatch):
    monkeypatch.setattr(stream, "SLICE_SECONDS", 0.25)  # exact in binary
    bench.connect()
    keep = bench.messages.append
    bench.stream._on_message = lambda payload: (keep(payload), bench.clock.advance(0.25))
    for _ in range(3):
        bench.line.tell(mqtt.MESSAGE, ("t", b""))
    heard = []
    bench.worker.submit(lambda: heard.append(len(bench.messages)))
    bench.worker.run()
    assert heard == [1] and len(bench.messages) == 3


def test_messages_that_keep_coming_do_not_put_other_work_off(bench):
    bench.connect()
    keep, heard = bench.messages.append, []

    def read_and_get_more(payload):
        keep(payload)
        if len(bench.messages) == 5:
            bench.worker.submit(lambda: heard.append(len(bench.messages)))
        if len(bench.messages) < 20 * stream.SLICE:
            bench.line.tell(mqtt.MESSAGE, ("t", b""))

    bench.stream._on_message = read_and_get_more
    bench.line.tell(mqtt.MESSAGE, ("t", b""))
    bench.worker.run()
    assert heard == [stream.SLICE] and len(bench.messages) == 20 * stream.SLICE


def test_an_unexpected_error_at_one_message_loses_no_other(bench):
    bench.connect()
    keep = bench.messages.append

    def fail_at_first(payload):
        keep(payload)
        if len(bench.messages) == 1:
            raise RuntimeError("nobody thought of this")

    bench.stream._on_message = fail_at_first
    bench.line.tell(mqtt.MESSAGE, ("t", b"1"))
    bench.line.tell(mqtt.MESSAGE, ("t", b"2"))
    with pytest.raises(RuntimeError):
        bench.worker.run()
    bench.worker.run()
    assert bench.messages == [b"1", b"2"]


def flood(line, payload, event=mqtt.MESSAGE):
    """Sends messages on its own thread. Returns (thread, list with one entry per accepted message)."""
    told = []

    def tell():
        for _ in range(100000):
            line.tell(event, ("t", payload))
            if line.is_closed:
                return
            told.append(1)

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    return thread, told


def settled(told):
    """Waits until no more messages are accepted; returns how many were."""
    count = -1
    while count != len(told) or not count:
        count = len(told)
        time.sleep(0.1)
    return count


@pytest.mark.parametrize("payload, event, most", [(b"x", mqtt.MESSAGE, 500), (b"x" * 200000, mqtt.MESSAGE, 10), (b"", mqtt.TOO_LARGE, 500)])
def test_a_flood_waits_outside_while_the_worker_is_busy(bench, payload, event, most, monkeypatch):
    monkeypatch.setattr(inbox, "CHECK_EVERY", 1000)  # must not be needed: the end of the connection wakes it
    bench.connect()
    thread, told = flood(bench.line, payload, event)
    assert settled(told) == most and thread.is_alive()
    bench.stream.stop()
    thread.join(10)
    assert not thread.is_alive() and len(told) == most


def test_the_end_of_a_connection_comes_in_however_full_it_is(bench):
    bench.connect()
    thread, told = flood(bench.line, b"x")
    settled(told)
    line = bench.line
    line.tell(mqtt.LOST, NetworkError("gone"))
    line.close()
    thread.join(10)
    bench.worker.run()
    assert bench.stream.state == WAITING and not thread.is_alive()


def test_a_message_that_was_too_large_is_told_once(bench, caplog):
    bench.connect()
    with caplog.at_level(logging.INFO, "bmw"):
        for _ in range(3):
            bench.tell(mqtt.TOO_LARGE)
    assert [record.message for record in caplog.records] == ["Stream: a message of more than 256 kB was left out, as all further ones are"]
    assert bench.messages == []


# stopping


def test_after_the_worker_stopped_no_connection_is_made(bench):
    login = bench.account.access_token
    bench.account.access_token = lambda: (bench.worker.stop(), login())[1]  # the refresh takes longer than the stop waits
    bench.stream.start()
    assert bench.lines == []


def test_a_connection_that_is_made_while_the_worker_stops_is_closed(bench):
    make = bench.stream._connect
    bench.stream._connect = lambda broker, hear: (bench.worker.stop(), bench.stream.stop(), make(broker, hear))[2]
    bench.stream.start()
    assert [line.is_closed for line in bench.lines] == [True]


@pytest.mark.parametrize("claims", ["9" * 5000, '{"iat": 0, "exp": %s}' % ("9" * 5000), "[" * 100000])
def test_a_token_whose_claims_are_beyond_all_limits_has_the_usual_life(claims):
    token = "eyJh.{}.sig".format(base64.urlsafe_b64encode(claims.encode()).decode())
    assert stream.token_life(token) == stream.TOKEN_LIFE


@pytest.mark.parametrize("error", UNEXPECTED)
def test_the_renewal_comes_again_after_an_unexpected_error(bench, monkeypatch, error):
    bench.connect()
    bench.worker.pass_time(bench.worker.due_in(TIMER) - 1)
    with monkeypatch.context() as broken, pytest.raises(error):
        broken.setattr(bench.account, "refresh", raising(error))
        bench.worker.pass_time(1)
    lines = bench.stream.connections
    bench.worker.pass_time(stream.LONGEST_WAIT)
    bench.wait_and_connect()
    assert bench.stream.connections == lines + 1 and bench.word == "CONNECTED"


@pytest.mark.parametrize("error", UNEXPECTED)
def test_a_state_that_cannot_be_shown_does_not_end_the_attempts(clock, worker, error):
    bench = Bench(clock, worker, LocalSource("mqtt://broker:1883", "bmw/+"))
    bench.connect()
    shown, bench.stream._on_show = bench.stream._on_show, raising(error)
    with pytest.raises(error):
        bench.tell(mqtt.LOST, NetworkError("gone"))
    bench.stream._on_show = shown
    bench.wait_and_connect()
    assert bench.stream.state == CONNECTED


@pytest.mark.parametrize("error", UNEXPECTED)
def test_a_connection_that_cannot_be_closed_does_not_end_the_attempts(bench, monkeypatch, error):
    bench.stream.start()
    with monkeypatch.context() as broken, pytest.raises(error):
        broken.setattr(bench.line, "close", raising(error))
        bench.worker.pass_time(stream.CONNECT_WITHIN)
    bench.worker.pass_time(stream.LONGEST_WAIT)
    bench.wait_and_connect()
    assert bench.stream.state == CONNECTED


# the forwarder: a program that passes BMW's messages on to a broker at home

AWAY = ("OFFLINE", "the program that forwards BMW's messages to this broker has no connection to BMW: check that program")


@pytest.fixture
def at_home(clock, worker):
    return Bench(clock, worker, LocalSource("mqtt://localhost:1883", "bmw/+")).connect()


def say(bench, payload, topic="bmw/status"):
    bench.tell(mqtt.MESSAGE, (topic, payload))


def test_the_forwarders_word_of_itself_is_no_message_of_a_car(at_home):
    for topic in ("bmw/status", "bmw/status_stable", "cars/of/us/status"):
        say(at_home, b'{"connected": true, "timestamp": 1790000000}', topic)
    assert at_home.messages == [] and at_home.shown[-1] == ("CONNECTED", "")


def test_a_forwarder_that_is_away_for_a_minute_is_told_until_it_is_back(at_home):
    say(at_home, b'{"connected": false}')
    at_home.worker.pass_time(RELAY_GRACE - 1)
    say(at_home, b'{"connected": false, "timestamp": 1790000000}')
    assert at_home.word == "CONNECTED" and at_home.stream.is_live
    at_home.worker.pass_time(2)
    assert at_home.shown[-1] == AWAY and not at_home.stream.is_live
    assert len(at_home.lines) == 1 and not at_home.line.is_closed
    say(at_home, b'{"connected": true}')
    assert at_home.shown[-1] == ("CONNECTED", "") and at_home.stream.is_live


def test_the_hourly_renewal_of_a_forwarders_token_is_not_told(at_home):
    for _ in range(24):
        at_home.worker.pass_time(3600)
        say(at_home, b'{"connected": false}')
        at_home.worker.pass_time(3)
        say(at_home, b'{"connected": true}')
    assert {word for word, _text in at_home.shown} == {"CONNECTING", "CONNECTED"}


def test_a_message_of_a_car_says_that_the_forwarder_is_there(at_home):
    say(at_home, b'{"connected": false}')
    at_home.worker.pass_time(RELAY_GRACE + 1)
    say(at_home, b"{}", "bmw/WBY00TEST00000001")
    assert at_home.shown[-1] == ("CONNECTED", "") and at_home.messages == [b"{}"]


def test_a_new_connection_hears_anew_whether_the_forwarder_is_there(at_home):
    say(at_home, b'{"connected": false}')
    at_home.worker.pass_time(RELAY_GRACE + 1)
    at_home.lose()
    at_home.wait_and_connect()
    assert at_home.shown[-1] == ("CONNECTED", "") and at_home.stream.is_live


def test_what_a_forwarder_said_of_itself_ends_with_the_connection(at_home):
    say(at_home, b'{"connected": false}')
    at_home.lose()
    at_home.wait_and_connect()
    at_home.worker.pass_time(RELAY_GRACE)
    assert at_home.shown[-1] == ("CONNECTED", "") and at_home.stream.is_live


@pytest.mark.parametrize(
    "payload", [b"", b"online", b"{", b"[false]", b'{"connected": "false"}', b'{"connected": 0}', b"null", b"\xff", b"false"]
)
def test_a_word_of_a_forwarder_that_is_not_understood_is_nothing(at_home, payload):
    say(at_home, payload)
    at_home.worker.pass_time(RELAY_GRACE + 1)
    assert at_home.messages == [] and at_home.shown[-1] == ("CONNECTED", "")


def test_at_bmws_own_broker_there_is_no_forwarder(bench):
    bench.connect()
    say(bench, b'{"connected": false}', "gcid-1/status")
    bench.worker.pass_time(RELAY_GRACE + 1)
    assert bench.word == "CONNECTED" and bench.messages == [b'{"connected": false}']


def test_after_the_stop_nothing_is_left_to_be_said_of_the_forwarder(at_home):
    say(at_home, b'{"connected": false}')
    at_home.stream.stop()
    shown = len(at_home.shown)
    at_home.worker.pass_time(RELAY_GRACE + 1)
    assert len(at_home.shown) == shown
