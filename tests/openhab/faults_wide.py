"""The faults of the matrix that affect all steps at once: of the disk, the clock, openHAB's items, the other accounts.

All steps go through a row together: they start, the fault begins, they must succeed all the same or say why not, the fault ends,
and they must succeed again.
"""

import sys
import urllib.error

from tests.openhab import layout
from tests.openhab.faults_cell import PERSON, unclear
from tests.openhab.faults_house import item
from tests.openhab.jvm_clock import WHY_NOT
from tests.openhab.server import OpenHABError, wait_until

sys.path.insert(0, str(layout.REPO / "automation" / "lib" / "python"))

from bmw.storage import cipher  # noqa: E402
from bmw.storage.store import open_store  # noqa: E402

DAY = 1
#: seconds until a deleted item is back: at the latest with the next token refresh
COMES_BACK = 60
#: seconds in which a cloud accepts a used token again, in rows that do not test a lost answer
GRACE = 3600
#: steps that store nothing, so a full disk does not matter to them
STORES_NOTHING = ("command", "progress")


class Wide:
    """A fault for all steps at once. `why_not(house)`: why this machine cannot try it, or None."""

    name = None
    #: step -> why it cannot succeed during the fault and needs the user afterwards
    person = {}

    def why_not(self, house):
        return None

    def reason_against(self, step):
        """Why this fault does not exist at the step (text), or None."""
        return None

    def strike(self, house):
        raise NotImplementedError

    def meet(self, step, cell):
        """Runs the step during the fault: it succeeds, or needs the user afterwards; returns problems (list of str)."""
        step.act()
        cell.note = self.person.get(step.name)
        if cell.note:
            cell.verdict = PERSON
            cell.shown = step.trouble()
            return unclear(*cell.shown)
        step.finish()
        return self.meanwhile(step)

    def lift(self, house):
        raise NotImplementedError

    def heal(self, step):
        """After the end of the fault: does what the user must do, if needed."""
        if step.name in self.person:
            step.person()

    def meanwhile(self, step):
        """Checks a step that succeeded during the fault; returns problems (list of str)."""
        return []

    def afterwards(self, step):
        """Checks a step when everything works again; returns problems (list of str)."""
        return []


class _Disk(Wide):
    def why_not(self, house):
        return None if house.disk.is_there else "not run: no right to mount a file system here"

    def meanwhile(self, step):
        if step.name in STORES_NOTHING:
            return []
        try:
            step.wait("Account", lambda text: "annot write" in text and "check that" in text)
        except OpenHABError:
            return ["does not tell that it cannot store: " + step.state("Account")]
        return []

    def afterwards(self, step):
        try:
            step.wait("Account", lambda text: "annot write" not in text)
        except OpenHABError:
            return ["still tells of the disk: " + step.state("Account")]
        if step.cloud.accounts()[0]["client_id"] is None or step.name in STORES_NOTHING:
            return []
        return self._not_stored(step)

    def _not_stored(self, step):
        """The store must hold the valid token. It is decrypted here as openHAB does after a restart."""
        _seal, store = open_store(str(step.house.disk.folder), cipher, now=0)

        def is_stored():
            token = (store.load("{}.cardata.token".format(step.name)) or {}).get("refresh_token")
            return token in step.cloud.tokens.ever_issued[-3:]

        try:
            wait_until(is_stored, 10, "the token to be stored")
        except OpenHABError:
            return ["the living token is not stored"]
        return []


class DiskFull(_Disk):
    name = "disk full"

    def strike(self, house):
        house.disk.fill()

    def meanwhile(self, step):
        step.house.disk.fill()  # a file that was being written during the first fill may have freed room since
        return _Disk.meanwhile(self, step)

    def lift(self, house):
        house.disk.make_room()


class ReadOnly(_Disk):
    name = "read-only store"

    def strike(self, house):
        house.disk.set_writable(False)

    def lift(self, house):
        house.disk.set_writable(True)


class _Clock(Wide):
    days = 0

    def why_not(self, house):
        return WHY_NOT

    def strike(self, house):
        self._set(house, self.days)

    def lift(self, house):
        self._set(house, 0)

    def _set(self, house, days):
        """Waits until the JVM's clock has jumped: an account that polls each second shows it."""
        house.clock.set(days)
        house.openhab.wait_state(item("polling", "LastRefresh"), lambda state: state.startswith(house.clock.today()), 30)


class ClockForward(_Clock):
    name, days = "clock a day ahead", DAY


class ClockBack(_Clock):
    name, days = "clock a day behind", -DAY


class ItemsDeleted(Wide):
    """The items that a step writes are deleted while it runs."""

    name = "items deleted"
    ITEMS = {
        "signin": ("AccountState", "SignInLink", "SignInCode"),
        "approval": ("AccountState", "SignInLink", "SignIn"),
        "renewal": ("AccessToken", "TokenExpiry", "i3_StateOfCharge"),
        "polling": ("LastRefresh", "i3_StateOfCharge", "i3_Odometer"),
        "command": ("i3_CommandStatus", "i3_LastCommand"),
        "progress": ("i3_CommandStatus", "i3_LastCommand"),
        "stream": ("StreamState", "i3_StateOfCharge"),
    }

    def strike(self, house):
        for account, names in self.ITEMS.items():
            for name in names:
                house.openhab.remove_item(item(account, name))

    def lift(self, house):
        pass

    def afterwards(self, step):
        def missing():
            items = step.openhab.items()
            return [name for name in self.ITEMS[step.name] if step.item(name) not in items]

        try:
            wait_until(lambda: not missing(), COMES_BACK, "the deleted items", step.openhab)
        except OpenHABError:
            return ["{} did not come back".format(name) for name in missing()]
        return []


class ItemsOfAnotherType(Wide):
    """Somebody makes the items again, with a wrong type or another type that fits."""

    name = "items of another type"
    ITEMS = {
        "signin": {"SignInLink": "Number", "SignInCode": "Switch"},
        "approval": {"SignInLink": "Contact"},
        "renewal": {"AccessToken": "Number", "TokenExpiry": "String"},
        "polling": {"i3_StateOfCharge": "String", "i3_Odometer": "Contact"},
        "command": {"i3_LastCommand": "Number"},
        "progress": {"i3_LastCommand": "Contact"},
        "stream": {"i3_StateOfCharge": "String", "LastMessage": "Switch"},
    }

    def strike(self, house):
        self._types = {}
        for account, names in self.ITEMS.items():
            for name, item_type in names.items():
                full = item(account, name)
                self._types[full] = house.openhab.item(full)["type"]
                self._make_anew(house.openhab, full, item_type)

    def _make_anew(self, openhab, name, item_type):
        """Repeats it: if the module is faster and makes its own item, openHAB refuses to change the type."""

        def is_made():
            try:
                openhab.remove_item(name)
                openhab.add_item(name, item_type)
            except urllib.error.HTTPError as error:
                if error.code not in (400, 404):
                    raise
                return False
            return openhab.item(name)["type"] == item_type

        wait_until(is_made, COMES_BACK, "{} as {}".format(name, item_type), openhab)

    def lift(self, house):
        for full in self._types:
            house.openhab.remove_item(full)

    def meanwhile(self, step):
        items = step.openhab.items()
        wrong = [name for name, wanted in self.ITEMS[step.name].items() if items[step.item(name)]["type"] != wanted]
        return ["the user's own item {} was changed".format(name) for name in wrong]

    def afterwards(self, step):
        items = step.openhab.items()
        names = [step.item(name) for name in self.ITEMS[step.name]]
        return [
            "{} is {} afterwards".format(name, items[name]["type"])
            for name in names
            if name in items and items[name]["type"] != self._types[name]
        ]


class Killed(Wide):
    """openHAB is killed when BMW's answer with new tokens has arrived, `moment` ('before' or 'after') they are saved.

    If the old token is used up and the new one is in no file yet, only the user can sign in again: nobody knows the new token before
    the answer comes, so it cannot be saved earlier. If BMW accepts the old one for a `grace` (seconds), nobody notices the kill.
    """

    HELD = ("signin", "approval", "renewal")
    _UNKNOWN = "what became of it is not known after the restart, and a command is never sent twice by itself"

    def __init__(self, name, moment, grace=0):
        self.name = name
        self._moment = moment
        self._grace = grace
        self._before = {}
        self.person = {"command": self._UNKNOWN, "progress": self._UNKNOWN}
        if moment == "before" and not grace:
            self.person["renewal"] = "BMW has used up the old token and the new one was in no file yet: no file can be written ahead"

    def strike(self, house):
        self._renew(house.clouds["renewal"], house.openhab)
        house.hold.begin(self._moment)

    def _renew(self, cloud, openhab):
        """Forces new tokens: after the rows with a wrong clock the token may seem valid for a long time."""
        cloud.reset_calls()
        cloud.settings(reuse_grace=GRACE)
        cloud.add_fault("cardata_api", "status", status=401)
        wait_until(lambda: len([call for call in cloud.calls() if call["where"] == "refresh"]) > 1, 30, "new tokens", openhab)
        cloud.settings(reuse_grace=self._grace)

    def meet(self, step, cell):
        self._before[step.name] = step.car_states()
        cell.note = self.person.get(step.name)
        cell.verdict = PERSON if cell.note else cell.verdict
        step.act()
        if step.name in self.HELD:
            wait_until(lambda: step.house.hold.holds(step.name), 30, "the token to be held", step.openhab)
        return []

    def lift(self, house):
        house.pull_the_plug()

    def heal(self, step):
        """Checks the account's state and the car's last states after the restart; then does what the user must do, if needed."""
        problems = self._states(step)
        if step.name == "renewal" and step.name in self.person:
            step.wait("AccountState", "SIGN_IN_NEEDED")
            if "sign in again" not in step.state("Account"):
                problems.append("does not say what to do: " + step.state("Account"))
        elif step.name == "stream":
            step.wait("StreamState", "CONNECTED", COMES_BACK)
        elif step.name not in ("command", "progress"):
            step.online(COMES_BACK)
        if step.name in self.person:
            step.person()
        return problems

    def afterwards(self, step):
        step.house.clouds["renewal"].settings(reuse_grace=0)
        return []

    def _states(self, step):
        def lost():
            now = step.car_states()
            return ["{} was {} and is {}".format(name, state, now.get(name)) for name, state in before.items() if now.get(name) != state]

        before = self._before[step.name]
        try:
            wait_until(lambda: not lost(), COMES_BACK, "the last states", step.openhab)
        except OpenHABError:
            return lost()
        return []


class OthersInTrouble(Wide):
    """Some accounts lose their cloud: the others must not notice. Two rows, each for one half of the steps."""

    def __init__(self, name, struck):
        self.name = name
        self._struck = struck

    def reason_against(self, step):
        return "the account that is struck in this row" if step.name in self._struck else None

    def strike(self, house):
        # shutting the gate during a refresh could lose its answer, which only the row 'reply lost' shall test
        house.clouds["renewal"].settings(reuse_grace=GRACE)
        for name in self._struck:
            house.gates[name].shut()

    def lift(self, house):
        for name in self._struck:
            house.gates[name].open()
        for name in self._struck:
            house.openhab.command(item(name, "ForceUpdate"), "ON")  # most of them poll only on demand
        for name in self._struck:
            house.openhab.wait_state(item(name, "AccountState"), "ONLINE", 30)
        house.clouds["renewal"].settings(reuse_grace=0)


WIDE_ROWS = (
    DiskFull(),
    ReadOnly(),
    ClockForward(),
    ClockBack(),
    ItemsDeleted(),
    ItemsOfAnotherType(),
    OthersInTrouble("two accounts (a)", ("signin", "renewal", "progress")),
    OthersInTrouble("two accounts (b)", ("approval", "polling", "command", "stream")),
    # last, see House.pull_the_plug
    Killed("kill -9 before storing", "before"),
    Killed("kill -9, old token good", "before", grace=GRACE),
    Killed("kill -9 after storing", "after"),
)
