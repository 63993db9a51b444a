"""The steps that faults strike: sign-in, approval, token renewal, poll, command, its progress, stream.

Each step knows how to start, what shows that it fails, and what shows that it works (again). A step uses the account with its own
name, see faults_house.py.
"""

import time

from tests.openhab.faults_house import ACCOUNTS, COMMAND_TIMEOUT, item
from tests.openhab.home import Presses
from tests.openhab.server import wait_until

#: seconds until a fault must show, and until a step must work again
SHOWS, RECOVERS = 15, 20
FINAL = ("EXECUTED", "FAILED", "TIMED OUT")
#: a command that does not exist: it sets the status item to a known text and calls no cloud
NO_COMMAND = "nothing"
#: items of a car that change with a command or with the poll after it
OF_COMMANDS = ("Command", "CommandStatus", "LastCommand", "LastFetched", "FlashLights", "Charge", "Climate")


class Step:
    """What all steps share; `place` is the endpoint that gets the cloud's faults (tests/cloud/places.py)."""

    name = title = place = None

    def __init__(self, house):
        self.house = house
        self.openhab = house.openhab
        self.cloud = house.clouds[self.name]
        self.gate = house.gates[self.name]
        self._soc = 20
        self._presses = Presses()

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
        """(state word, text for users)."""
        return self.state("AccountState"), self.state("Account")

    def car_states(self):
        """{name: state} of the car's items, without those that a command changes."""
        start = self.item("i3_")
        return {
            name: one["state"]
            for name, one in self.openhab.items().items()
            if name.startswith(start) and name[len(start) :] not in OF_COMMANDS
        }

    # the phases of a cell, in order

    def prepare(self):
        """Brings the step to where the fault shall come."""

    def act(self):
        """Starts the step, with the fault in place."""

    def trouble(self):
        """Waits until the fault shows; returns (state word, text)."""
        raise NotImplementedError

    def recovered(self):
        """After the end of the fault: waits until the step works again without the user."""
        raise NotImplementedError

    def finish(self):
        """Waits until the started step has succeeded, even if others fail."""
        self.recovered()

    def set_out(self):
        """Like ``prepare``, but the step must last longer: a fault for all steps takes a moment."""
        self.prepare()

    def succeed(self):
        """Runs the whole step once more; it must succeed."""
        self.prepare()
        self.act()
        self.finish()

    def person(self):
        """Does what the user must do if the step does not recover; waits until it works."""
        raise NotImplementedError

    def check(self):
        """This step's own checks after it works again; returns problems (list of str)."""
        return []

    # shared by several steps

    def sign_in(self):
        """The user signs in: switch, link, approval."""
        self.switch("SignIn")
        if not self.cloud.settings()["auto_approve"]:
            self.wait("AccountState", "WAITING_FOR_APPROVAL")
            wait_until(self.cloud.pending_codes, SHOWS, "the code", self.openhab)
            self.cloud.approve()
        self.online()

    def online(self, timeout=RECOVERS):
        self.wait("AccountState", "ONLINE", timeout)

    def next_soc(self):
        """The car sends a new state of charge; returns what the item must show."""
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
        """Waits for a new end of the token, so that the old sign-in does not pass for the new one."""
        self.wait("TokenExpiry", lambda state: state != self._ended, RECOVERS)
        self.wait("SignIn", "OFF")
        self.online()

    def person(self):
        self.sign_in()


class Approval(Step):
    """The user has the link; the fault comes before the module learns of the approval."""

    name, title, place = "approval", "approval", "token"

    def prepare(self):
        self.switch("SignIn")
        self.wait("AccountState", "WAITING_FOR_APPROVAL")
        wait_until(self.cloud.pending_codes, SHOWS, "the code", self.openhab)

    def act(self):
        self.cloud.approve()

    def trouble(self):
        """The state does not change: the module goes on polling. So wait as long as two polls take."""
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
        fits = self.next_soc()  # the poll uses a refreshed token
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
    """Flashes the lights, which changes nothing in the car's data."""

    name, title, place = "command", "command", "mybmw_command"

    def prepare(self):
        self.cloud.clear_commands()
        self.openhab.command(self.item("i3_Command"), NO_COMMAND)
        self.wait("i3_CommandStatus", _is_refused)

    def act(self):
        self._presses.wait("i3_FlashLights")
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
    """The command reached BMW; the fault hits the polling of its progress."""

    name, title, place = "progress", "its progress", "mybmw_event_status"
    #: polls until the command is executed
    questions = 1

    def prepare(self):
        Command.prepare(self)
        self.cloud.command_plan(steps=("PENDING",), per_poll=self.questions)
        Command.act(self)
        # the status says SENT before BMW answered, so also wait for BMW: the fault must not hit the command itself
        self.wait("i3_CommandStatus", lambda state: state in ("SENT", "PENDING"))
        wait_until(self._is_at_bmw, SHOWS, "the command to reach BMW", self.openhab)

    def _is_at_bmw(self):
        time.sleep(0.3)  # time for the answer, which comes after the command is in the cloud's list
        return self.cloud.commands()

    def set_out(self):
        self.questions = 3
        try:
            self.prepare()
        finally:
            self.questions = 1

    def act(self):
        """`prepare` has sent the command already."""

    def _try_again(self):
        self.prepare()
        self.wait("i3_CommandStatus", _is_final)
        return self._status()[0] == "EXECUTED"

    def trouble(self):
        """Waits for the first failed poll; before the command's timeout the status may show nothing."""
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
        """Waits until it has tried to reconnect and shows a state that is not CONNECTED."""
        self.wait("StreamState", lambda state: self.gate.callers > self._callers or "cannot be reached" in state)
        # use the state that the wait returned: a moment later it may be connected again until the next fault
        word, _colon, text = self.wait("StreamState", lambda state: not state.startswith("CONNECT")).partition(": ")
        return word, text

    def recovered(self):
        self.wait("StreamState", lambda state: state.startswith("CONNECTED"), RECOVERS)
        wait_until(lambda: self.broker.sessions() == 1, RECOVERS, "one session", self.openhab)
        self.wait("i3_StateOfCharge", self.next_soc(), RECOVERS)
        # after a jump of the clock the state may say that no message came for long
        self.wait("StreamState", "CONNECTED", RECOVERS)

    def finish(self):
        """Waits for a new connection, so that the old one does not pass for it."""
        wait_until(lambda: self.gate.callers > self._callers, RECOVERS, "a new connection", self.openhab)
        self.recovered()

    def person(self):
        self.sign_in()
        self.recovered()


STEPS = (SignIn, Approval, Renewal, Polling, Command, Progress, Stream)
assert [step.name for step in STEPS] == list(ACCOUNTS)
