"""bmw.commands.commander: a command from start to end, with a cloud that answers as planned and a clock that stands still."""

import logging

import pytest
from bmw.clouds.base import Cloud, Progress
from bmw.commands.commander import CLOCK_BACK, DEADLINE, LEAST, MAX_REFUSALS, Commander, Moment, Order
from bmw.commands.progress import NOT_KNOWN, NOT_SENT, CommandProgress
from bmw.commands.unlocking import CONFIRM_AFTER, CONFIRM_WITHIN, Rights, Unlocking
from bmw.errors import AccessDenied, BadAnswer, CommandFailed, NetworkError, ServerError, Stopped, TooLate
from bmw.net.guard import Guard

from tests.unit.fakes import FakeClock, HandWorker, JavaError, UNEXPECTED, car, parts_of, raising, settings

DONE = Progress("EXECUTED")
PENDING = Progress("PENDING")


class PlannedCloud(Cloud):
    """Answers from two lists of the test, ``sends`` and ``polls``; the last answer of a list is repeated."""

    title = "Planned"
    COMMANDS = frozenset(("lock", "unlock", "soundHorn", "chargingSettings"))

    def __init__(self):
        self.sends = ["receipt"]
        self.polls = [DONE]
        self.sent = []
        self.told = []  # the arguments of the sent commands
        self.kept_back = []  # why requests did not leave
        self.asked = 0
        self.asked_after = []
        self.before_leaving = lambda: None

    def send_command(self, session, vehicle, command, arguments):
        """Like a session: prepares the request, then asks whether it may still leave."""
        session.check()
        self.before_leaving()
        try:
            self.within = session.leave()
        except TooLate as error:
            self.kept_back.append(error.text())
            raise
        self.sent.append((vehicle.name, command))
        self.told.append(arguments)
        return _next(self.sends)

    def poll_command(self, session, vehicle, receipt):
        session.check()
        self.asked += 1
        self.asked_after.append(vehicle.name)
        assert receipt == "receipt"
        return _next(self.polls)


def _next(answers):
    answer = answers.pop(0) if len(answers) > 1 else answers[0]
    if isinstance(answer, BaseException):
        raise answer
    return answer


class GuardsOnly:
    """Its sessions are only the guard; they send nothing."""

    def new(self, by_person=True, guard=None, memory=None):
        return guard or Guard()


class Desk:
    """A commander with its surroundings; keeps what it showed for each order."""

    def __init__(self, clock, worker, cloud=None, may_unlock=True, confirm_unlock=False, timeout=None):
        self.cloud = cloud or PlannedCloud()
        self.clock = clock
        self.worker = worker
        self.changed = []
        self.dropped = []
        self.orders = []
        self.rights = Rights("", may_unlock, confirm_unlock)
        parts = parts_of(config=settings(command_timeout=timeout), cloud=self.cloud, clock=clock, worker=worker)
        self.commander = Commander(parts, GuardsOnly(), self.rights)

    def give(self, command="lock", vehicle=None, accepted=None, rights=None, **arguments):
        """Orders a command; returns a list that grows with each state of the command."""
        states = []
        vehicle = vehicle or I3
        life = CommandProgress(
            lambda state, reason: states.append("{}: {}".format(state, reason) if reason != "" else state),
            lambda: self.dropped.append(command),
        )
        accepted = accepted or Moment(self.clock.now(), self.worker.now())
        order = Order(vehicle, command, arguments, life, accepted, rights or self.rights, lambda: self.changed.append(vehicle.name))
        self.orders.append(order)
        self.commander.take(order)
        return states

    def pass_time(self, seconds):
        self.worker.pass_time(seconds)


I3 = car("i3", vin="WBY00TEST00000001")
I4 = car("i4", vin="WBY00TEST00000002")


@pytest.fixture
def desk(clock, worker):
    return Desk(clock, worker)


# the states of a command


def test_a_command_goes_through_its_states_in_order(desk):
    desk.cloud.polls = [PENDING, Progress("DELIVERED"), DONE]
    states = desk.give()
    assert states == ["QUEUED", "SENT"]
    desk.pass_time(60)
    assert states == ["QUEUED", "SENT", "PENDING", "DELIVERED", "EXECUTED"]
    assert desk.changed == ["i3"]


def test_a_command_that_is_done_at_once_is_not_asked_after(desk):
    desk.cloud.sends = [None]
    assert desk.give() == ["QUEUED", "SENT", "EXECUTED"]
    assert (desk.changed, desk.cloud.asked) == (["i3"], 0)
    assert desk.worker.waiting() == set()


def test_a_failed_command_tells_its_reason_and_changes_nothing(desk):
    desk.cloud.polls = [Progress("FAILED", "the car did not execute it")]
    states = desk.give()
    desk.pass_time(60)
    assert states[-1] == "FAILED: the car did not execute it"
    assert desk.changed == []


@pytest.mark.parametrize(
    "error, end",
    [
        (CommandFailed("No", "try"), "FAILED: No: try"),
        (AccessDenied("No", "try"), "FAILED: No: try"),
        (NetworkError("No answer"), "TIMED OUT: No answer: whether the car got it is not known, look at it before you send it again"),
        (NetworkError("No network", has_left=False), "FAILED: No network: the command was not sent, send it again"),
        (BadAnswer("No JSON"), "TIMED OUT: No JSON: whether the car got it is not known, look at it before you send it again"),
        (ServerError("HTTP 503"), "TIMED OUT: HTTP 503: whether the car got it is not known, look at it before you send it again"),
    ],
)
def test_a_command_without_a_good_answer_fails_only_if_the_car_cannot_have_got_it_and_is_not_sent_again(desk, error, end):
    desk.cloud.sends = [error]
    assert desk.give() == ["QUEUED", "SENT", end]
    desk.pass_time(600)
    assert len(desk.cloud.sent) == 1


def test_a_command_is_sent_with_its_arguments_and_its_own_car_is_asked_after(desk):
    desk.give("chargingSettings", I4, target=80)
    desk.give("lock", I3)
    desk.pass_time(60)
    assert desk.cloud.told == [{"target": 80}, {}]
    assert sorted(desk.cloud.asked_after) == ["i3", "i4"]


def test_transient_errors_while_asking_are_waited_out_however_many(desk):
    desk.cloud.polls = [NetworkError("No answer"), ServerError("HTTP 503")] * MAX_REFUSALS + [PENDING, DONE]
    states = desk.give()
    desk.pass_time(60)
    assert states == ["QUEUED", "SENT", "PENDING", "EXECUTED"]


@pytest.mark.parametrize("where", ["sends", "polls"])
@pytest.mark.parametrize("error", [KeyError("x"), JavaError("x")])
def test_a_mistake_of_ours_is_logged_and_does_not_block_the_cars_next_command(desk, where, error, caplog):
    setattr(desk.cloud, where, [error])
    states = desk.give()
    desk.pass_time(60)
    assert states[-1] == "TIMED OUT: how it ended is not known, look at the car (unexpected error, see openHAB's log)"
    assert [entry.getMessage() for entry in caplog.records if entry.exc_info] == ["Unexpected error while sending 'lock'"]
    desk.cloud.sends, desk.cloud.polls = ["receipt"], [DONE]
    states = desk.give("soundHorn")
    desk.pass_time(60)
    assert states[-1] == "EXECUTED"


@pytest.mark.parametrize("word", ["QUEUED", "SENT", "PENDING", "EXECUTED"])
@pytest.mark.parametrize("error", [KeyError("x"), JavaError("x")])
def test_a_word_that_cannot_be_shown_holds_up_neither_the_command_nor_the_next_one(desk, word, error, caplog):
    desk.cloud.polls = [PENDING, DONE]
    told = []

    def show(state, _reason):
        told.append(state)
        if state == word:
            raise error

    order = Order(I3, "lock", {}, CommandProgress(show), Moment(desk.clock.now(), desk.worker.now()), desk.rights)
    desk.commander.take(order)
    waiting = desk.give("soundHorn")
    desk.pass_time(60)
    assert told == ["QUEUED", "SENT", "PENDING", "EXECUTED"]
    assert waiting == ["QUEUED", "SENT", "EXECUTED"]
    assert [record.getMessage() for record in caplog.records if record.exc_info] == ["A command's state is not shown"]


def test_refusals_while_asking_end_the_waiting_and_do_not_make_the_command_a_failure(desk):
    desk.cloud.polls = [AccessDenied("Not allowed")]
    states = desk.give()
    desk.pass_time(60)
    assert states == ["QUEUED", "SENT", "TIMED OUT: how it ended is not known, look at the car (Not allowed)"]
    assert desk.cloud.asked == MAX_REFUSALS


def test_a_refusal_now_and_then_while_asking_is_passed_over(desk):
    refused = AccessDenied("Not allowed")
    desk.cloud.polls = [refused, refused, PENDING, refused, refused, DONE]
    states = desk.give()
    desk.pass_time(60)
    assert states == ["QUEUED", "SENT", "PENDING", "EXECUTED"]


def test_a_command_that_never_ends_is_timed_out(desk):
    desk.cloud.polls = [PENDING]
    states = desk.give()
    desk.pass_time(Cloud.COMMAND_TIMEOUT - 1)
    assert states[-1] == "PENDING"
    desk.pass_time(Cloud.POLL_COMMAND + 1)
    assert states[-1] == "TIMED OUT"
    asked = desk.cloud.asked
    desk.pass_time(600)
    assert desk.cloud.asked == asked
    assert desk.changed == ["i3"], "nobody knows, so the car is looked at"


def test_a_cloud_that_cannot_be_asked_any_more_ends_as_timed_out(desk):
    desk.cloud.polls = [NetworkError("No answer")]
    states = desk.give()
    desk.pass_time(Cloud.COMMAND_TIMEOUT + Cloud.POLL_COMMAND)
    assert states == ["QUEUED", "SENT", "TIMED OUT: how it ended is not known, look at the car (No answer)"]


def test_the_time_of_the_settings_holds_and_is_asked_in_four_times(clock, worker):
    desk = Desk(clock, worker, timeout=8)
    desk.cloud.polls = [PENDING]
    states = desk.give()
    desk.pass_time(7.9)
    assert (states[-1], desk.cloud.asked) == ("PENDING", 3)
    desk.pass_time(0.2)
    assert states[-1] == "TIMED OUT"


@pytest.mark.parametrize("jump", [-86400, 86400])
def test_a_clock_that_was_set_does_not_touch_the_waiting(clock, jump):
    desk = Desk(clock, HandWorker(FakeClock()))  # the worker's own clock goes on when the system clock is set
    desk.cloud.polls = [PENDING, PENDING, DONE]
    states = desk.give()
    clock.advance(jump)
    desk.pass_time(3 * Cloud.POLL_COMMAND)
    assert states == ["QUEUED", "SENT", "PENDING", "PENDING", "EXECUTED"]


# one at a time


def test_two_commands_for_one_car_never_run_at_once(desk):
    desk.cloud.polls = [PENDING, PENDING, DONE]
    first, second = desk.give("lock"), desk.give("soundHorn")
    assert second == ["QUEUED"]
    desk.pass_time(11)
    assert (first[-1], second, desk.cloud.sent) == ("PENDING", ["QUEUED"], [("i3", "lock")])
    desk.pass_time(60)
    assert (first[-1], second[-1]) == ("EXECUTED", "EXECUTED")
    assert desk.cloud.sent == [("i3", "lock"), ("i3", "soundHorn")]


def test_a_failed_command_lets_the_next_one_go(desk):
    desk.cloud.polls = [Progress("FAILED", "no"), DONE]
    desk.give("lock")
    second = desk.give("soundHorn")
    desk.pass_time(60)
    assert second[-1] == "EXECUTED"


def test_two_cars_do_not_wait_for_each_other(desk):
    desk.cloud.polls = [PENDING]
    desk.give("lock", I3)
    assert desk.give("lock", I4) == ["QUEUED", "SENT"]
    assert desk.cloud.sent == [("i3", "lock"), ("i4", "lock")]


@pytest.mark.parametrize("is_waiting", [False, True])
def test_a_repeated_command_is_dropped_with_a_log_line(desk, caplog, is_waiting):
    desk.cloud.polls = [PENDING]
    if is_waiting:
        desk.give("soundHorn")
    desk.give("lock")
    caplog.set_level(logging.INFO, "bmw")
    assert desk.give("lock") == []
    assert "i3: 'lock' is dropped, the same command is still under way or was given just now" in caplog.text


def test_the_same_command_with_another_value_is_no_repetition(desk):
    desk.cloud.polls = [PENDING]
    desk.give("chargingSettings", target=80)
    assert desk.give("chargingSettings", target=90) == ["QUEUED"]


def test_after_its_end_a_command_can_be_given_again(desk):
    desk.give("lock")
    desk.pass_time(60)
    assert desk.give("lock") == ["QUEUED", "SENT"]


# deadlines


def test_a_command_that_waited_longer_than_its_deadline_is_not_sent(desk):
    desk.cloud.polls = [PENDING]
    desk.give("soundHorn")
    late = desk.give("lock")
    desk.pass_time(DEADLINE + 60)
    desk.cloud.polls = [DONE]
    desk.pass_time(60)
    assert late == ["QUEUED", "TIMED OUT: it could not be sent in time"]
    assert desk.cloud.sent == [("i3", "soundHorn")]


def test_a_waiting_command_that_became_too_late_does_not_hold_up_the_one_behind_it(desk):
    desk.cloud.polls = [PENDING]
    desk.give("soundHorn")
    late = desk.give("lock")
    desk.pass_time(DEADLINE - 1)
    behind = desk.give("unlock")
    desk.cloud.polls = [DONE]
    desk.pass_time(60)
    assert (late[-1], behind[-1]) == ("TIMED OUT: it could not be sent in time", "EXECUTED")


@pytest.mark.parametrize(
    "age, is_sent", [(DEADLINE - LEAST, True), (DEADLINE - LEAST + 0.1, False), (DEADLINE + 1, False), (-CLOCK_BACK, True), (-5, False)]
)
def test_a_command_that_comes_late_from_the_rule_is_not_sent(desk, age, is_sent):
    states = desk.give("lock", accepted=Moment(desk.clock.now() - age, desk.worker.now()))
    assert bool(desk.cloud.sent) == is_sent
    assert (states == ["QUEUED", "TIMED OUT: it could not be sent in time"]) == (not is_sent)


@pytest.mark.parametrize("age, left", [(0, DEADLINE), (DEADLINE, 0), (-CLOCK_BACK - 1, 0)])
def test_a_command_has_two_minutes_and_none_if_it_comes_from_the_future(desk, age, left):
    desk.give("lock", accepted=Moment(desk.clock.now() - age, desk.worker.now()))
    assert desk.commander.seconds_left(desk.orders[-1]) == left


def test_a_clock_that_is_put_back_does_not_give_a_command_more_time(clock):
    desk = Desk(clock, HandWorker(FakeClock()))  # the worker's own clock goes on when the system clock is set
    desk.cloud.polls = [PENDING]
    desk.give("soundHorn")
    late = desk.give("lock")
    desk.pass_time(DEADLINE)
    clock.advance(10)
    desk.cloud.polls = [DONE]
    desk.pass_time(60)
    assert late == ["QUEUED", "TIMED OUT: it could not be sent in time"]


def takes(desk, seconds):
    """Preparing the request (token, network) takes ``seconds``."""
    desk.cloud.before_leaving = lambda: desk.clock.advance(seconds)


@pytest.mark.parametrize("seconds, is_sent", [(DEADLINE - LEAST, True), (DEADLINE - LEAST + 1, False), (170, False)])
def test_the_deadline_counts_when_the_request_leaves(desk, seconds, is_sent):
    takes(desk, seconds)
    states = desk.give("unlock")
    assert bool(desk.cloud.sent) == is_sent
    assert states[-1] == ("SENT" if is_sent else "TIMED OUT: it could not be sent in time")
    assert desk.cloud.kept_back == ([] if is_sent else ["it could not be sent in time"])


def test_a_request_that_leaves_late_has_only_the_time_that_is_left(desk):
    takes(desk, DEADLINE - LEAST)
    desk.give("unlock")
    assert desk.cloud.within == LEAST


def test_after_a_command_that_was_too_late_the_next_one_goes(desk):
    takes(desk, 170)
    desk.give("unlock")
    desk.cloud.before_leaving = lambda: None
    assert desk.give("lock") == ["QUEUED", "SENT"]


# stopped


def test_a_halted_commander_sends_nothing_more(desk):
    desk.cloud.polls = [PENDING]
    desk.give("soundHorn")
    waiting = desk.give("unlock")
    desk.commander.halt()
    desk.cloud.polls = [DONE]
    desk.pass_time(60)
    assert (waiting, desk.cloud.sent) == (["QUEUED"], [("i3", "soundHorn")])
    desk.orders[-1].life.give_up()
    assert waiting == ["QUEUED", "FAILED: " + NOT_SENT]
    assert desk.give("lock") == ["QUEUED"]
    assert desk.cloud.sent == [("i3", "soundHorn")]


def test_a_stop_while_a_command_is_made_ready_keeps_it_from_leaving(desk):
    desk.cloud.before_leaving = desk.commander.halt
    states = desk.give("unlock")
    desk.orders[-1].life.give_up()
    assert (states, desk.cloud.sent) == (["QUEUED", "SENT", "FAILED: " + NOT_SENT], [])


def test_a_command_that_was_given_up_before_its_turn_asks_for_no_token(desk):
    readied = []
    desk.cloud.before_leaving = lambda: readied.append("token")
    desk.cloud.polls = [PENDING]
    desk.give("soundHorn")
    desk.give("unlock")
    desk.orders[-1].life.give_up()
    desk.cloud.polls = [DONE]
    desk.pass_time(60)
    assert (len(readied), desk.cloud.sent) == (1, [("i3", "soundHorn")])


def test_a_command_that_was_given_up_does_not_leave_any_more(desk):
    desk.cloud.before_leaving = lambda: desk.orders[-1].life.give_up()
    states = desk.give("unlock")
    assert (states, desk.cloud.sent) == (["QUEUED", "SENT", "FAILED: " + NOT_SENT], [])


def test_a_command_that_has_left_ends_as_not_known(desk):
    desk.cloud.polls = [PENDING]
    states = desk.give("unlock")
    desk.commander.halt()
    desk.orders[-1].life.give_up()
    desk.cloud.polls = [DONE]
    desk.pass_time(60)
    assert states == ["QUEUED", "SENT", "TIMED OUT: " + NOT_KNOWN]


def test_a_poll_of_a_stopped_module_tells_nothing(desk):
    states = desk.give("lock")
    desk.cloud.polls = [Stopped()]
    desk.pass_time(60)
    assert states == ["QUEUED", "SENT"]


def test_a_command_whose_token_could_not_be_renewed_was_not_sent(desk):
    def fail():
        raise NetworkError("No answer")

    desk.cloud.before_leaving = fail
    assert desk.give("lock")[-1] == "FAILED: No answer: the command was not sent, send it again"


def test_a_mistake_of_ours_before_the_request_left_is_a_failure(desk):
    def fail():
        raise KeyError("x")

    desk.cloud.before_leaving = fail
    assert desk.give("lock")[-1] == "FAILED: unexpected error, see openHAB's log"


# commands that are refused


def test_what_the_cloud_cannot_do_is_refused_without_a_request(desk):
    assert desk.give("climateStart") == ["FAILED: not supported by Planned"]
    assert desk.cloud.sent == []


def test_a_cloud_that_only_reads_says_so(clock, worker):
    desk = Desk(clock, worker)
    desk.cloud.COMMANDS = frozenset()
    assert desk.give("lock") == ["FAILED: not supported by Planned (read-only)"]


def test_unlocking_needs_the_permission_of_the_settings(clock, worker):
    desk = Desk(clock, worker, may_unlock=False)
    assert desk.give("unlock") == ["FAILED: unlocking is not allowed: set allow_unlock = yes in bmw.cfg"]
    assert desk.cloud.sent == []


def test_a_confirmed_unlock_takes_two_commands(clock, worker):
    desk = Desk(clock, worker, confirm_unlock=True)
    assert desk.give("unlock") == ["FAILED: send unlock again within 10 seconds to confirm"]
    desk.pass_time(CONFIRM_WITHIN)
    assert desk.give("unlock") == ["QUEUED", "SENT"]
    desk.pass_time(60)
    assert desk.give("unlock")[0].startswith("FAILED: send unlock again")


def test_a_second_unlock_that_comes_too_late_is_a_first_one(clock, worker):
    desk = Desk(clock, worker, confirm_unlock=True)
    desk.give("unlock")
    desk.pass_time(CONFIRM_WITHIN + 1)
    assert desk.give("unlock")[0].startswith("FAILED: send unlock again")
    desk.pass_time(CONFIRM_AFTER)
    assert desk.give("unlock") == ["QUEUED", "SENT"]


def test_an_unlock_that_was_confirmed_is_used_up_by_that(clock, worker):
    desk = Desk(clock, worker, confirm_unlock=True)
    desk.cloud.sends = [None]
    desk.give("unlock")
    desk.pass_time(CONFIRM_AFTER)
    assert desk.give("unlock")[-1] == "EXECUTED"
    desk.pass_time(CONFIRM_AFTER)
    assert desk.give("unlock")[0].startswith("FAILED: send unlock again")
    assert len(desk.cloud.sent) == 1


@pytest.mark.parametrize(
    "clock_gap, steady_gap, is_confirmed", [(1, 1, True), (-1, 1, False), (1, -1, False), (1, 11, False), (11, 1, False)]
)
def test_both_clocks_must_say_that_the_second_unlock_came_in_time(clock, worker, clock_gap, steady_gap, is_confirmed):
    desk = Desk(clock, worker, confirm_unlock=True)
    now, steady = clock.now(), worker.now()
    desk.give("unlock", accepted=Moment(now - clock_gap, steady - steady_gap))
    desk.give("unlock", accepted=Moment(now, steady))
    assert bool(desk.cloud.sent) == is_confirmed


def test_another_accounts_unlock_does_not_confirm(desk):
    home, guest = Rights("home", True, True), Rights("guest", True, True)
    desk.give("unlock", rights=home)
    desk.pass_time(CONFIRM_AFTER)
    assert desk.give("unlock", rights=guest)[0].startswith("FAILED: send unlock again")
    assert desk.cloud.sent == []
    desk.pass_time(CONFIRM_AFTER)
    desk.give("unlock", rights=guest)
    assert len(desk.cloud.sent) == 1


@pytest.mark.parametrize(
    "own, sender, named",
    [
        (False, False, "home.allow_unlock = yes and app.allow_unlock = yes"),
        (False, True, "home.allow_unlock = yes"),
        (True, False, "app.allow_unlock = yes"),
    ],
)
def test_the_account_whose_car_it_is_and_the_one_that_sends_must_both_allow_to_unlock(desk, own, sender, named):
    desk.commander._unlocking = Unlocking(Rights("app", sender, False))
    states = desk.give("unlock", rights=Rights("home", own, False))
    assert states == ["FAILED: unlocking is not allowed: set {} in bmw.cfg".format(named)]
    assert desk.cloud.sent == []


@pytest.mark.parametrize("own, sender", [(True, False), (False, True), (True, True)])
def test_either_account_can_ask_for_a_second_unlock(desk, own, sender):
    desk.commander._unlocking = Unlocking(Rights("app", True, sender))
    assert desk.give("unlock", rights=Rights("home", True, own))[0].startswith("FAILED: send unlock again")
    desk.pass_time(CONFIRM_AFTER)
    assert desk.give("unlock", rights=Rights("home", True, own)) == ["QUEUED", "SENT"]


def test_lock_after_unlock_is_no_repetition_of_the_lock_before(desk):
    desk.cloud.polls = [PENDING, DONE]
    for command in ("lock", "unlock", "lock"):
        desk.give(command)
    desk.pass_time(60)
    assert [command for _name, command in desk.cloud.sent] == ["lock", "unlock", "lock"]
    assert desk.dropped == []


LOST = NetworkError("No answer")


@pytest.mark.parametrize("gap, times", [(0, 1), (0.9, 1), (1, 2)])
@pytest.mark.parametrize("end", [None, LOST])
def test_one_press_that_arrives_twice_is_sent_once_also_if_the_first_has_ended_by_then(desk, end, gap, times):
    """One ON to a group is two commands for an item that is in two groups below it."""
    desk.cloud.sends = [end]
    desk.give()
    desk.pass_time(gap)
    desk.give()
    assert len(desk.cloud.sent) == times
    assert desk.dropped == ["lock"] * (2 - times)


def test_one_press_of_several_switches_that_arrives_twice_is_sent_once(desk):
    for command in ("unlock", "soundHorn", "unlock", "soundHorn"):
        desk.give(command)
    desk.pass_time(60)
    assert [command for _name, command in desk.cloud.sent] == ["unlock", "soundHorn"]
    assert desk.dropped == ["unlock", "soundHorn"]


def test_the_same_command_later_and_after_another_one_is_sent(desk):
    desk.cloud.polls = [PENDING, DONE]
    desk.give("soundHorn")
    desk.give("lock")
    desk.pass_time(1)
    desk.give("soundHorn")
    desk.pass_time(60)
    assert [command for _name, command in desk.cloud.sent] == ["soundHorn", "lock", "soundHorn"]


@pytest.mark.parametrize("end", [CommandFailed("No"), NetworkError("No network", has_left=False)])
def test_the_second_arrival_of_a_press_is_sent_if_the_first_certainly_had_no_effect(desk, end):
    desk.cloud.sends = [end, "receipt"]
    assert desk.give()[-1].startswith("FAILED")
    assert desk.give() == ["QUEUED", "SENT"]


def test_a_command_that_was_repeated_while_bmw_let_it_wait_is_not_sent_again_at_its_end(desk):
    """It was given while the first was under way, and nobody was told yet that the car may not have got that one."""
    second = Moment(desk.clock.now() + 10, desk.worker.now() + 10)
    desk.cloud.before_leaving = lambda: desk.clock.advance(20)
    desk.cloud.sends = [LOST]
    desk.give()
    desk.give(accepted=second)
    assert (len(desk.cloud.sent), desk.dropped) == (1, ["lock"])
    desk.give()
    assert len(desk.cloud.sent) == 2


def test_a_command_that_was_repeated_is_sent_if_the_first_was_too_late_and_the_second_is_not(desk):
    second = Moment(desk.clock.now() + 60, desk.worker.now() + 60)
    takes(desk, DEADLINE)
    assert desk.give()[-1] == "TIMED OUT: it could not be sent in time"
    desk.cloud.before_leaving = lambda: None
    assert desk.give(accepted=second) == ["QUEUED", "SENT"]


def test_the_second_arrival_of_a_press_is_sent_if_only_the_first_waited_too_long(desk):
    desk.cloud.polls = [PENDING]
    desk.give("soundHorn")
    late = desk.give("lock")
    desk.pass_time(DEADLINE - LEAST + 0.5)
    desk.cloud.polls = [DONE]
    desk.pass_time(60)
    assert late[-1] == "TIMED OUT: it could not be sent in time"
    accepted = desk.orders[-1].accepted
    desk.give("lock", accepted=Moment(desk.clock.now(), accepted.steady + 0.9))
    assert desk.dropped == []


def test_a_second_press_that_arrives_twice_is_no_new_first_one(clock, worker):
    desk = Desk(clock, worker, confirm_unlock=True)
    desk.cloud.sends = [None]
    desk.give("unlock")
    desk.pass_time(CONFIRM_AFTER)
    desk.give("unlock")
    assert desk.give("unlock") == []
    desk.pass_time(CONFIRM_AFTER)
    assert desk.give("unlock")[0].startswith("FAILED: send unlock again")
    assert len(desk.cloud.sent) == 1


@pytest.mark.parametrize("pair", [("lock", "unlock"), ("climateStart", "climateStop"), ("chargeStart", "chargeStop")])
def test_what_was_undone_meanwhile_is_sent_again(desk, pair):
    desk.cloud.COMMANDS = frozenset(pair)
    one, other = pair
    for command in (one, other, one, other):
        desk.give(command)
    desk.pass_time(120)
    assert [command for _name, command in desk.cloud.sent] == [one, other, one, other]


def test_what_another_account_undid_meanwhile_is_sent_again(desk):
    home, guest = Rights("home", True, False), Rights("guest", True, False)
    desk.give("lock", rights=home)
    desk.give("unlock", rights=guest)
    desk.give("lock", rights=home)
    desk.pass_time(60)
    assert [command for _name, command in desk.cloud.sent] == ["lock", "unlock", "lock"]


def test_one_press_of_two_accounts_switches_that_arrives_twice_is_sent_once_for_each(desk):
    home, guest = Rights("home", True, False), Rights("guest", True, False)
    for rights in (home, guest, home, guest):
        desk.give("unlock", rights=rights)
    desk.pass_time(60)
    assert len(desk.cloud.sent) == 2


def test_a_command_that_only_another_account_gave_is_no_repetition(desk):
    home, guest = Rights("home", True, False), Rights("guest", True, False)
    for command, rights in (("lock", home), ("unlock", guest), ("unlock", home)):
        desk.give(command, rights=rights)
    desk.pass_time(60)
    assert [command for _name, command in desk.cloud.sent] == ["lock", "unlock", "unlock"]


def test_a_command_that_is_dropped_is_told_so_once(desk):
    desk.cloud.polls = [PENDING]
    desk.give("lock")
    desk.give("lock")
    assert desk.dropped == ["lock"]


def test_one_car_does_not_confirm_for_another(clock, worker):
    desk = Desk(clock, worker, confirm_unlock=True)
    desk.give("unlock", I3)
    desk.pass_time(CONFIRM_AFTER)
    assert desk.give("unlock", I4)[0].startswith("FAILED: send unlock again")
    assert desk.cloud.sent == []


@pytest.mark.parametrize("error", UNEXPECTED)
def test_an_error_that_cannot_even_be_logged_blocks_no_car(desk, monkeypatch, error):
    """Happens when memory is short: the car would take no command until a restart of openHAB, and nobody would know."""
    desk.cloud.sends = [error("nobody expects this"), "receipt"]
    monkeypatch.setattr("bmw.commands.commander.log.exception", raising(error))
    assert desk.give()[-1].startswith("TIMED OUT: how it ended is not known")
    assert desk.give("soundHorn") == ["QUEUED", "SENT"]
    desk.pass_time(60)
    assert desk.cloud.sent == [("i3", "lock"), ("i3", "soundHorn")]


@pytest.mark.parametrize("error", UNEXPECTED)
def test_a_command_is_asked_after_again_after_an_unexpected_error(desk, monkeypatch, error):
    desk.cloud.polls = [PENDING, DONE]
    states = desk.give()
    with monkeypatch.context() as broken, pytest.raises(error):
        broken.setattr(CommandProgress, "tell", raising(error))
        desk.pass_time(Cloud.POLL_COMMAND)
    desk.pass_time(60)
    assert states[-1] == "EXECUTED" and desk.worker.waiting() == set()


@pytest.mark.parametrize("part", ["show", "look"])
def test_an_error_at_the_end_of_a_command_does_not_keep_the_next_one_waiting(desk, monkeypatch, part):
    desk.give("lock")
    broken = desk.orders[0]
    if part == "look":
        monkeypatch.setattr(broken, "on_changed", raising(MemoryError))
    else:
        real = broken.life.tell
        monkeypatch.setattr(
            broken.life, "tell", lambda state, *reason: raising(MemoryError)() if state == "EXECUTED" else real(state, *reason)
        )
    states = desk.give("soundHorn")
    try:
        desk.pass_time(60)
    except MemoryError:
        desk.pass_time(60)  # the worker of the tests hands it on; the real one logs it
    assert ("i3", "soundHorn") in desk.cloud.sent and states[-1] == "EXECUTED"
