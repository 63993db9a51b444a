"""The household of the fault matrix: one openHAB with an account of its own, and a simulated cloud of its own behind a gate, for each
step that faults strike. So all steps meet a fault at the same time and do not see each other.

The module's own waits are shortened (HURRY), its logic is not: what it does after minutes is seen after seconds.
"""

import contextlib
import os
import re
import subprocess
import threading

from tests.cloud import HOME_PASSWORD, HOME_USER, MYBMW_APP_KEY, SimulatedCloud
from tests.cloud.certificate import Certificates
from tests.cloud.stream import SimulatedStream
from tests.openhab.faults_gate import Gate, Trap
from tests.openhab.home import SCRIPT, SETTINGS_FILE, STARTED
from tests.openhab.jvm_clock import JvmClock
from tests.openhab.server import wait_until

#: account -> cloud; an account has the name of its step, and its items begin with it
ACCOUNTS = {
    "signin": "cardata",
    "approval": "cardata",
    "renewal": "cardata",
    "polling": "cardata",
    "command": "mybmw",
    "progress": "mybmw",
    "stream": "cardata",
}
#: accounts that poll at each cron tick, once a second; the others only on demand
ASKS = ("renewal", "polling")
SOON, NEVER = "0/1 * * * * ?", "0 0 4 1 1 ?"
APP = {"cloud": "mybmw", "username": HOME_USER, "password": HOME_PASSWORD, "api_key": MYBMW_APP_KEY}
#: timeouts in seconds: of a request, of a request after a restart, of a command
TIMEOUT, PATIENT, COMMAND_TIMEOUT = 2, 20, 12
#: module -> its constants with their values for this test
HURRY = {
    "bmw.clouds.cardata.stream": {
        "FIRST_WAIT": 1,
        "LONGEST_WAIT": 2,
        "SETTLE": 0.5,
        "STABLE": 0.5,
        "SUBSCRIBE_AGAIN": 2,
        "CONNECT_WITHIN": 4,
        "MAX_PER_MINUTE": 1000,
    },
    "bmw.account.pauses": {
        "STEPS": (0, 1),
        "TOKEN_STEPS": (1, 2),
        "UNANSWERED_STEPS": (1, 2),
        "REFUSED_STEPS": (1, 2),
        "MAX_RETRY_AFTER": 2,
    },
    "bmw.net.http": {"TOKEN_TIMEOUT": TIMEOUT},
    "bmw.account.saved_state": {"SAVE_LIVE": 1, "SAVE_SOON": 1},
    "bmw.account.token_refresh": {"RETRY": 2},
    "bmw.commands.commander": {"MIN_POLLS": 8.0},
}
#: Also put before the script. While the file `hold` exists, saving a token stops before or after it, as the file says, and leaves
#: a file of its own.
HOLD = """
import io, os, time
from bmw.storage import store as held_store
really_save = held_store.Store.save


def held_save(self, name, record, *room):
    hold = os.path.join(os.path.dirname(self._folder), 'hold')
    is_held = name.endswith('.token') and os.path.exists(hold)
    moment = io.open(hold).read() if is_held else 'never'
    if moment != 'before':
        really_save(self, name, record, *room)
    if is_held:
        io.open(hold + '.' + name.partition('.')[0], 'w').close()
        while os.path.exists(hold):
            time.sleep(0.05)
    if moment == 'before':
        really_save(self, name, record, *room)


held_store.Store.save = held_save
"""
#: seconds; so short that each poll refreshes the token
SHORT_LIFE = 120


class House:
    """openHAB with all clouds, not started yet. `folder`: for certificates and the clock's file."""

    def __init__(self, make_openhab, folder):
        self.folder = folder
        good = self._certificates("good")
        self.certificates = {
            "good": good,
            "wrong name": self._certificates("name", hosts=("elsewhere.example",), authority=good),
            "unknown CA": self._certificates("ca"),
            "expired": self._certificates("expired", days=(-9, -1), authority=good),
        }
        self.trap = Trap()
        self.clouds = {name: SimulatedCloud(auto_approve=True, code_interval=1, quota=10**6).start() for name in ACCOUNTS}
        self.clouds["renewal"].settings(access_lifetime=SHORT_LIFE)
        self.gates = {name: Gate(cloud.port, good).open() for name, cloud in self.clouds.items()}
        self.stream = SimulatedStream(self.clouds["stream"], tls=False).start()
        self.stream_gate = Gate(self.stream.port, good).open()
        self.clock = JvmClock(folder / "clock")
        self.openhab = make_openhab(jvm_options=good.jvm_options(), environment=self.clock.environment())
        self.openhab.install_module()
        self.openhab.install_probe()
        self._hurry()
        self.openhab.write_conf(SETTINGS_FILE, self._settings())
        self.disk = Disk(self.openhab.userdata / "bmw")
        self.hold = Hold(self.openhab.userdata)
        self.watch = ConnectionWatch(self.openhab, self.is_named)

    def _certificates(self, name, **options):
        (self.folder / name).mkdir()
        return Certificates(self.folder / name, **options)

    def _hurry(self):
        """Puts code with the shorter waits before the script."""
        lines = ["import importlib"]
        for module, constants in HURRY.items():
            lines.append("hurried = importlib.import_module({!r})".format(module))
            for constant, value in constants.items():
                lines.append("assert hurried.{0} > 0; hurried.{0} = {1}".format(constant, value))
        path = self.openhab.path(SCRIPT)
        self.openhab.write_conf(SCRIPT, "\n".join(lines) + "\n" + HOLD + path.read_text("utf-8"))

    def _settings(self, timeout=TIMEOUT):
        lines = {"accounts": ", ".join(ACCOUNTS), "timeout": timeout, "sitemap": "off"}
        for name, cloud in ACCOUNTS.items():
            url = "https://localhost:{}".format(self.gates[name].port)
            own = {"auth_url": url, "api_url": url, "refresh": SOON if name in ASKS else NEVER, "calls_per_day": 1000000}
            if cloud == "mybmw":
                own.update(APP, command_timeout=COMMAND_TIMEOUT)
            else:
                own["client_id"] = self.clouds[name].accounts()[0]["client_id"]
                own.update(self._stream_settings(name))
            lines.update(("{}.{}".format(name, key), value) for key, value in own.items())
        return "".join("{} = {}\n".format(*pair) for pair in lines.items())

    def _stream_settings(self, name):
        if name != "stream":
            return {"stream": "off"}
        return {"stream_url": "mqtts://localhost:{}".format(self.stream_gate.port), "refresh": SOON, "calls_per_day": 50}

    def is_named(self, port):
        """True if bmw.cfg names this port of this machine."""
        return port in [gate.port for gate in list(self.gates.values()) + [self.stream_gate]]

    # start and stop

    def start(self):
        self.disk.mount()
        self.boot()
        for name, cloud in ACCOUNTS.items():
            if cloud == "cardata":
                self.openhab.command(item(name, "SignIn"), "ON")
            else:
                self.openhab.command(item(name, "SignInInput"), self.clouds[name].new_captcha_token())
        for name in ACCOUNTS:
            self.openhab.wait_state(item(name, "AccountState"), "ONLINE", 60)
        self._give_first_commands()
        self.openhab.wait_state(item("stream", "StreamState"), "CONNECTED", 60)
        self.clouds["approval"].settings(auto_approve=False)
        self.watch.start()
        return self

    def _give_first_commands(self):
        """The first command makes the status item. A command is lost as long as the rule for commands is not there."""
        for name in ("command", "progress"):
            switch, status = item(name, "i3_FlashLights"), item(name, "i3_CommandStatus")
            wait_until(lambda: self.openhab.item(switch), 30, "the command items", self.openhab)

            def is_taken():
                self.openhab.command(switch, "ON")
                return self.openhab.state(status)

            wait_until(is_taken, 30, "the rule for commands", self.openhab)
            self.openhab.wait_state(status, "EXECUTED")

    def boot(self):
        self.openhab.start().wait_ready()
        self.openhab.wait_for_log(STARTED, since=self.openhab.started_at, timeout=120)

    def pull_the_plug(self):
        """kill -9 and a new start; returns when the accounts work again.

        From then on requests have a longer timeout, because a JVM is slow in its first seconds.
        """
        self.openhab.kill()
        self.hold.let_go()
        self.openhab.write_conf(SETTINGS_FILE, self._settings(PATIENT))
        self.boot()

    def close(self):
        self.watch.stop()
        self.openhab.stop()
        self.disk.unmount()
        self.stream.close()
        for gate in list(self.gates.values()) + [self.stream_gate]:
            gate.shut()
        for cloud in self.clouds.values():
            cloud.close()
        self.trap.close()

    # faults and their end

    def heal(self, name):
        """Ends all faults of a step's servers."""
        gate, cloud = self.gates[name], self.clouds[name]
        gate.certificates = self.certificates["good"]
        gate.drop()
        gate.open()
        cloud.clear_faults()
        if name == "stream":
            self.stream_gate.certificates = self.certificates["good"]
            if self.stream_gate.mangle:
                self.stream_gate.mangle = None
                self.stream_gate.drop()
            self.stream_gate.open()

    def secrets(self):
        return sorted({secret for cloud in self.clouds.values() for secret in cloud.secrets()})

    def logged(self, since):
        """The text of openHAB's logs since `log_sizes`."""
        return "".join(read_from(path, since.get(path.name, 0)) for path in self._logs())

    def log_sizes(self):
        return {path.name: path.stat().st_size for path in self._logs()}

    def _logs(self):
        return sorted(path for path in (self.openhab.userdata / "logs").iterdir() if path.is_file())


def item(account, name):
    return "BMW_{}_{}".format(account.capitalize(), name)


def read_from(path, offset):
    with open(path, "rb") as file:
        file.seek(offset if offset <= path.stat().st_size else 0)
        return file.read().decode("utf-8", "replace")


class Disk:
    """A small file system for userdata/bmw, which can be full or read-only, even for root."""

    SIZE = "1m"

    def __init__(self, folder):
        self.folder = folder
        self.is_there = False

    def mount(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", "size={},mode=0700".format(self.SIZE), "tmpfs", str(self.folder)]
        self.is_there = subprocess.run(command, capture_output=True).returncode == 0

    def unmount(self):
        if self.is_there:
            self.set_writable(True)
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)
            self.is_there = False

    def fill(self):
        with contextlib.suppress(OSError), open(self.folder / "filler", "ab", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)

    def make_room(self):
        with contextlib.suppress(FileNotFoundError):
            (self.folder / "filler").unlink()

    def set_writable(self, is_writable):
        """Repeats the remount until no file is open for writing."""
        option = "remount,rw" if is_writable else "remount,ro"
        command = ["mount", "-o", "{},size={}".format(option, self.SIZE), str(self.folder)]
        wait_until(lambda: subprocess.run(command, capture_output=True).returncode == 0, 10, "the file system to become " + option)


class Hold:
    """Makes saving a token wait, see HOLD. `moment`: 'before' or 'after' the token is saved."""

    def __init__(self, userdata):
        self._file = userdata / "hold"

    def begin(self, moment):
        self._file.write_text(moment)

    def holds(self, account):
        return self._file.with_name("hold." + account).exists()

    def let_go(self):
        """Only for a killed openHAB: otherwise the waiting save goes on."""
        for file in self._file.parent.glob("hold*"):
            file.unlink()


class ConnectionWatch:
    """Checks all the time where the JVM is connected to; `strangers` are addresses that bmw.cfg does not name.

    It checks every 50 ms, so it can miss shorter connections. It sees those that are refused or not answered, as they last longer.
    """

    ESTABLISHED, SYN_SENT = "01", "02"

    def __init__(self, openhab, is_named):
        self.strangers = set()
        self._openhab = openhab
        self._is_named = is_named
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self):
        while not self._ended.wait(0.05):
            if self._openhab.alive():
                with contextlib.suppress(OSError):
                    self._look("/proc/{}".format(self._openhab.pid))

    def _look(self, process):
        sockets = set()
        for handle in os.scandir(process + "/fd"):
            with contextlib.suppress(OSError):
                found = re.match(r"socket:\[(\d+)\]", os.readlink(handle.path))
                if found:
                    sockets.add(found.group(1))
        rows = [row.split() for table in ("tcp", "tcp6") for row in open("{}/net/{}".format(process, table)).readlines()[1:]]
        listening = {_port(row[1]) for row in rows if row[3] == "0A"}
        for row in rows:
            if row[9] in sockets and row[3] in (self.ESTABLISHED, self.SYN_SENT):
                is_caller = _port(row[1]) in listening
                if not is_caller and not (_is_loopback(row[2]) and self._is_named(_port(row[2]))):
                    self.strangers.add("{}:{}".format(row[2].partition(":")[0], _port(row[2])))


def _port(address):
    return int(address.rpartition(":")[2], 16)


def _is_loopback(address):
    """True for 127.0.0.1, ::1 and ::ffff:127.0.0.1 in the form of /proc."""
    return address.partition(":")[0] in ("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F")
