"""The steps that faults strike: sign-in, approval, token renewal, poll, command, its progress, stream.

Each step knows how to start, what shows that it fails, and what shows that it works (again). A step uses the account with its own
name, see faults_house.py.
"""

import time

from tests.openhab.faults_house import ACCOUNTS, COMMAND_TIMEOUT, item
from tests.openhab.server import wait_until

#: seconds in which trouble must show, and in which a step must work again
SHOWS, RECOVERS = 15, 20
FINAL = ("EXECUTED", "FAILED", "TIMED OUT")
#: what no cloud is asked for, so that the status is known before a command
NO_COMMAND = "nothing"
#: items of a car that a command, or looking at the car after it, changes
OF_COMMANDS = ("Command", "CommandStatus", "LastCommand", "LastFetched", "FlashLights", "Charge", "Climate")


class Step:
    """What all steps share; `place` is where the cloud's faults strike (tests/cloud/places.py)."""

    name = title = place = None

    def __init__(self, house):
        self.house = house
        self.openhab = house.openhab
        self.cloud = house.clouds[self.name]
        self.gate = house.gates[self.name]
        self._soc = 20

    # the account's items

    def item(self, name):
        return item(self.name, name)

    def state(self, name):
        return self.openhab.state(self.item(name))

    def wait(self, name, wanted, timeout=SHOWS):
        return self.openhab.wait_state(self.item(name), wanted, timeout)

    def switch(self, name, command="ON"):
        self.openhab.command(self.item(name), command)

    def account(self):
        """(state word, line for people)."""
        return self.state("AccountState"), self.state("Account")

    def car_states(self):
        """What the car's items show, but those that a command changes: {name: state}."""
        start = self.item("i3_")
        return {
            name: one["state"]
            for name, one in self.openhab.items().items()
            if name.startswith(start) and name[len(start) :] not in OF_COMMANDS
        }

    # the life of a cell

    def prepare(self):
        """Before the fault."""

    def act(self):
        """Sets the step going; the fault is there."""

    def trouble(self):
        """Waits until the trouble shows; returns (state word, text)."""
        raise NotImplementedError

    def recovered(self):
        """The fault is gone: waits until the step works again without a person."""
        raise NotImplementedError

    def finish(self):
        """Waits until what was set going has come to its good end, whatever is wrong elsewhere."""
        self.recovered()

    def set_out(self):
        """As ``prepare``, with more time until the good end: what strikes everywhere takes a moment."""
        self.prepare()

    def succeed(self):
        """Once more from the start to the good end."""
        self.prepare()
        self.act()
        self.finish()

    def person(self):
        """What a person does when it does not, and waits until it works."""
        raise NotImplementedError

    def check(self):
        """The problems (list of str) that only this step can see after it works again."""
        return []

    # shared ways

    def sign_in(self):
        """A person signs in: switch, link, approval."""
        self.switch("SignIn")
        if not self.cloud.settings()["auto_approve"]:
            self.wait("AccountState", "WAITING_FOR_APPROVAL")
            wait_until(self.cloud.pending_codes, SHOWS, "the code", self.openhab)
            self.cloud.approve()
        self.online()

    def online(self, timeout=RECOVERS):
        self.wait("AccountState", "ONLINE", timeout)

    def next_soc(self):
        """The car says something new; returns what the item must show."""
        self._soc = 20 + (self._soc - 19) % 70
        self.cloud.set_car(self.cloud.cars()[0], soc=self._soc)
        return lambda state: state.partition(" ")[0] in (str(self._soc), "{}.0".format(self._soc))


class SignIn(Step):
    name, title, place = "signin", "sign-in", "device_code"

    def act(self):
        self._ended = self.state("TokenExpiry")
        self.switch("SignIn")

    def trouble(self):
        self.wait("AccountState", lambda state: state not in ("ONLINE", "WAITING_FOR_APPROVAL"))
        return self.account()

    def recovered(self):
        raise AssertionError("only a person signs in")

    def finish(self):
        """What was there before is not taken for the new sign-in."""
        self.wait("TokenExpiry", lambda state: state != self._ended, RECOVERS)
        self.wait("SignIn", "OFF")
        self.online()

    def person(self):
        self.sign_in()


class Approval(Step):
    """The person has got the link; the fault comes before the approval is told."""

    name, title, place = "approval", "approval", "token"

    def prepare(self):
        self.switch("SignIn")
        self.wait("AccountState", "WAITING_FOR_APPROVAL")
        wait_until(self.cloud.pending_codes, SHOWS, "the code", self.openhab)

    def act(self):
        self.cloud.approve()

    def trouble(self):
        """Waiting goes on by design, so there is nothing to wait for but the time of two questions."""
        time.sleep(2.5)
        return self.account()

    def recovered(self):
        self.online()

    def person(self):
        self.sign_in()


class Renewal(Step):
    name, title, place = "renewal", "token renewal", "refresh"

    def trouble(self):
        self.wait("AccountState", lambda state: state != "ONLINE")
        return self.account()

    def recovered(self):
        fits = self.next_soc()  # it is read with a renewed token
        self.wait("i3_StateOfCharge", fits, RECOVERS)
        self.online()

    def person(self):
        self.sign_in()
        self.recovered()


class Polling(Step):
    name, title, place = "polling", "poll", "cardata_api"

    def trouble(self):
        self.wait("AccountState", lambda state: state != "ONLINE")
        return self.account()

    def recovered(self):
        self.wait("i3_StateOfCharge", self.next_soc(), RECOVERS)
        self.online()

    def person(self):
        self.sign_in()
        self.recovered()


def _is_refused(state):
    return "no command '{}'".format(NO_COMMAND) in state


def _is_final(state):
    return state.startswith(FINAL) and not _is_refused(state)


class Command(Step):
    """Flashing the lights, which changes nothing at the car."""

    name, title, place = "command", "command", "mybmw_command"

    def prepare(self):
        self.cloud.clear_commands()
        self.openhab.command(self.item("i3_Command"), NO_COMMAND)
        self.wait("i3_CommandStatus", _is_refused)

    def act(self):
        self.switch("i3_FlashLights")

    def trouble(self):
        self.wait("i3_CommandStatus", _is_final)
        return self._status()

    def _status(self):
        word, _colon, text = self.state("i3_CommandStatus").partition(": ")
        return word, text

    def recovered(self):
        raise AssertionError("a command is never sent twice by itself")

    def person(self):
        sent = len(self.cloud.commands())
        if sent > 1:
            raise AssertionError("the command was sent {} times".format(sent))
        wait_until(self._try_again, RECOVERS, "the command to be done", self.openhab)

    def _try_again(self):
        self.prepare()
        self.act()
        self.wait("i3_CommandStatus", _is_final)
        return self._status()[0] == "EXECUTED"

    def finish(self):
        self.wait("i3_CommandStatus", "EXECUTED", RECOVERS)
        assert [one["state"] for one in self.cloud.commands()] == ["EXECUTED"]


class Progress(Command):
    """The command reached BMW; asking how far it is meets the fault."""

    name, title, place = "progress", "its progress", "mybmw_event_status"
    #: so many questions until it is done
    questions = 1

    def prepare(self):
        Command.prepare(self)
        self.cloud.command_plan(steps=("PENDING",), per_poll=self.questions)
        Command.act(self)
        # shown as sent before BMW has answered: the fault must not strike the command itself
        self.wait("i3_CommandStatus", lambda state: state in ("SENT", "PENDING"))
        wait_until(self._is_at_bmw, SHOWS, "the command to reach BMW", self.openhab)

    def _is_at_bmw(self):
        time.sleep(0.3)  # for the answer, after the command is noted
        return self.cloud.commands()

    def set_out(self):
        self.questions = 3
        try:
            self.prepare()
        finally:
            self.questions = 1

    def act(self):
        """It is under way already."""

    def _try_again(self):
        self.prepare()
        self.wait("i3_CommandStatus", _is_final)
        return self._status()[0] == "EXECUTED"

    def trouble(self):
        """As long as the command has time there may be nothing to see; then the first failed question is waited for."""
        time.sleep(COMMAND_TIMEOUT / 8.0 + 0.5)
        return self._status()

    def recovered(self):
        self.finish()


class Stream(Step):
    name, title, place = "stream", "stream", None

    def __init__(self, house):
        Step.__init__(self, house)
        self.broker = house.stream
        self.gate = house.stream_gate

    def act(self):
        self._callers = self.gate.callers
        self.gate.drop()

    def trouble(self):
        """It must have tried to come back."""
        self.wait("StreamState", lambda state: self.gate.callers > self._callers or "cannot be reached" in state)
        # the state that was waited for: a moment later it may be connected again, to be struck again
        word, _colon, text = self.wait("StreamState", lambda state: not state.startswith("CONNECT")).partition(": ")
        return word, text

    def recovered(self):
        self.wait("StreamState", lambda state: state.startswith("CONNECTED"), RECOVERS)
        wait_until(lambda: self.broker.sessions() == 1, RECOVERS, "one session", self.openhab)
        self.wait("i3_StateOfCharge", self.next_soc(), RECOVERS)
        # after a jump of the clock it may have said that there was no message for long
        self.wait("StreamState", "CONNECTED", RECOVERS)

    def finish(self):
        """What stood before is not taken for the new connection."""
        wait_until(lambda: self.gate.callers > self._callers, RECOVERS, "a new connection", self.openhab)
        self.recovered()

    def person(self):
        self.sign_in()
        self.recovered()


STEPS = (SignIn, Approval, Renewal, Polling, Command, Progress, Stream)
assert [step.name for step in STEPS] == list(ACCOUNTS)
