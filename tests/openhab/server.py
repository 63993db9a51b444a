"""One running openHAB: start it, drive it over REST, read its log, stop or kill it.

An instance is a copy of the prepared conf and userdata folders of one Jython version; the runtime is shared
and only read. Everything listens on 127.0.0.1 and on free ports, so that instances run side by side. This
room knows openHAB's interfaces and nothing about the module under test, except where a user would copy a
module's files to.
"""

import atexit
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

from tests.openhab import given, layout
from tests.openhab.probe import PROBE

# Instances share a machine: a small heap. The JIT is left as it is: what is measured is what a user gets.
JVM_OPTIONS = "-Xms256m -Xmx1g"
READY_LINE = r"Rule engine started"
ENVIRONMENT_KEPT = ("PATH", "HOME", "USER", "LANG", "TMPDIR")


class OpenHABError(Exception):
    """openHAB did not do what the harness asked it for."""


class OpenHAB:
    """A real openHAB of its own: 3.0.1, or a copy of the one in OPENHAB_HOME. Use it as a context manager: leaving it stops the process."""

    def __init__(self, jython=layout.DEFAULT_JYTHON, workdir=None, home=None, environment=None, jvm_options=""):
        self.jython = jython
        self.version = given.version()
        self.home = home
        self.workdir = workdir
        self.environment = dict(environment or {})
        self.jvm_options = jvm_options
        self.process = None
        self.ports = dict(zip(("http", "https", "ssh"), free_ports(3)))
        self._temporary = workdir is None
        self.started_at = 0
        self._token = None
        if home is None:
            self._copy_prepared()

    # ---- files -----------------------------------------------------------------------------------

    @property
    def conf(self):
        return self.workdir / "conf"

    @property
    def userdata(self):
        return self.workdir / "userdata"

    @property
    def log_file(self):
        return self.userdata / "logs" / "openhab.log"

    def _copy_prepared(self):
        from tests.openhab import install  # here, as the installer's first boot runs through this module

        self.home = install.prepare(self.jython)
        layout.INSTANCES.mkdir(parents=True, exist_ok=True)
        if self.workdir is None:
            self.workdir = tempfile.mkdtemp(prefix="openhab-", dir=layout.INSTANCES)
        self.workdir = Path(self.workdir).resolve()
        if self.userdata.exists():
            return  # a kept instance goes on with what it has
        shutil.copytree(self.home / "prepared" / "conf", self.conf, dirs_exist_ok=True)
        shutil.copytree(self.home / "prepared" / "userdata", self.userdata, copy_function=link_or_copy)

    def install_module(self, source=layout.REPO):
        """Copy the module into conf as a user does: automation/ and what is in conf/."""
        for folder in ("automation/jsr223", "automation/lib/python"):
            shutil.copytree(source / folder, self.path(folder), dirs_exist_ok=True, ignore=NO_COMPILED)
        shutil.copytree(source / "conf", self.conf, dirs_exist_ok=True, ignore=NO_COMPILED)

    def path(self, name):
        """The place of a file below conf. Scripts and library are named by their folders in this repository."""
        return self.conf / self.version.path(name)

    def write_conf(self, path, text):
        """Write a file below conf, not for everybody's eyes. It appears at once and whole, so that openHAB never reads half of it."""
        target = self.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name("." + target.name + ".tmp")
        partial.write_text(text, encoding="utf-8")
        partial.chmod(0o640)
        os.replace(partial, target)
        return target

    def remove_conf(self, path):
        self.path(path).unlink()

    # ---- process ---------------------------------------------------------------------------------

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        """Start the process and return at once; see wait_ready."""
        if self.alive():
            raise OpenHABError("already running")
        self._write_ssh_port()
        self.started_at = self.log_size()
        self.userdata.joinpath("logs").mkdir(parents=True, exist_ok=True)
        with open(self.userdata / "logs" / "console.log", "ab") as console:
            # "daemon" makes the script replace itself by java: our child is then the JVM itself
            self.process = subprocess.Popen(
                ["sh", str(self.home / "runtime" / "bin" / "karaf"), "daemon"],  # unpacked by some tools it may not be run by itself
                cwd=self.workdir,
                env=self._env(),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        (self.workdir / PID_FILE).write_text(str(self.pid))
        atexit.register(self.kill)  # no test run may leave a JVM behind
        return self

    def _env(self):
        """A cleaned environment: the developer's own openHAB and Java settings must not leak in."""
        env = {name: os.environ[name] for name in ENVIRONMENT_KEPT if name in os.environ}
        env.update(
            {
                "JAVA_HOME": str(given.java_home()),
                "CHECK_ROOT_INSTANCE_RUNNING": "false",
                "OPENHAB_CONF": str(self.conf),
                "OPENHAB_USERDATA": str(self.userdata),
                "OPENHAB_HTTP_ADDRESS": "127.0.0.1",
                "OPENHAB_HTTP_PORT": str(self.ports["http"]),
                "OPENHAB_HTTPS_PORT": str(self.ports["https"]),
                "EXTRA_JAVA_OPTS": " ".join([JVM_OPTIONS, self.jvm_options]).strip(),
            }
        )
        env.update(self.environment)
        return env

    def _write_ssh_port(self):
        """The port that openHAB takes from a file, not from the environment."""
        shell = self.userdata / "etc" / "org.apache.karaf.shell.cfg"
        text = re.sub(r"(?m)^sshPort\s*=.*$", "sshPort = {}".format(self.ports["ssh"]), shell.read_text())
        shell.write_text(re.sub(r"(?m)^sshHost\s*=.*$", "sshHost = 127.0.0.1", text))

    def wait_ready(self, timeout=120):
        """Wait until REST answers and rules run: a command sent earlier is lost for rules."""
        deadline = time.monotonic() + timeout
        self.wait_for_log(READY_LINE, since=self.started_at, timeout=timeout)
        wait_until(self._rest_answers, deadline - time.monotonic(), "REST to answer", self)
        return self

    def _rest_answers(self):
        try:
            self.items()
            return True
        except OSError:
            return False

    def stop(self, timeout=40):
        """Ask openHAB to shut down; kill it when it does not. Returns whether it went by itself."""
        if not self.alive():
            return True
        self.process.terminate()
        try:
            self.process.wait(timeout)
            return True
        except subprocess.TimeoutExpired:
            self.kill()
            return False

    def kill(self):
        """kill -9, as a power cut."""
        if self.alive():
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(20)

    def restart(self, timeout=120):
        self.stop()
        self.start()
        return self.wait_ready(timeout)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.stop()
        if error is not None:
            print("openHAB log kept: {}".format(self.keep_log()), flush=True)
        self.discard()

    def discard(self):
        """Forget the instance's files, if the harness chose the place itself."""
        if self._temporary:
            shutil.rmtree(self.workdir, ignore_errors=True)

    def keep_log(self, name=None):
        """Copy the logs to where they outlive the instance, and return that folder."""
        kept = layout.KEPT_LOGS / (name or self.workdir.name)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.userdata / "logs", kept)
        return kept

    # ---- log -------------------------------------------------------------------------------------

    def log(self, since=0):
        """The text of openhab.log from a byte offset on."""
        if not self.log_file.exists():
            return ""
        with open(self.log_file, "rb") as file:
            file.seek(since)
            return file.read().decode("utf-8", "replace")

    def log_size(self):
        return self.log_file.stat().st_size if self.log_file.exists() else 0

    def events_size(self):
        events = self.log_file.with_name("events.log")
        return events.stat().st_size if events.exists() else 0

    def events(self, since=0):
        """The text of events.log from a byte offset on; a state ends where its line ends."""
        with open(self.log_file.with_name("events.log"), "rb") as file:
            file.seek(since)
            return self.version.events(file.read().decode("utf-8"))

    def wait_for_log(self, pattern, since=0, timeout=30):
        """Wait for a line that matches, and return the match."""
        return wait_until(lambda: re.search(pattern, self.log(since)), timeout, "log line " + pattern, self)

    # ---- REST ------------------------------------------------------------------------------------

    @property
    def url(self):
        return "http://127.0.0.1:{}".format(self.ports["http"])

    def rest(self, method, path, body=None, content_type="text/plain", token=None, timeout=10):
        """One REST call. Returns the parsed JSON answer, or its text; an error status raises HTTPError."""
        headers = {"Accept": "application/json, text/plain;q=0.5, */*;q=0.1"}
        if body is not None:
            headers["Content-Type"] = content_type
        if token:
            headers["Authorization"] = "Bearer " + token
        request = urllib.request.Request(
            self.url + "/rest" + path, method=method, headers=headers, data=None if body is None else body.encode("utf-8")
        )
        with NO_PROXY.open(request, timeout=timeout) as answer:
            text = answer.read().decode("utf-8")
            is_json = answer.headers.get_content_type() == "application/json"
            return json.loads(text) if is_json and text else text

    def items(self):
        """All items by name, each with type, state, label, tags and groupNames."""
        return {item["name"]: item for item in self.rest("GET", "/items")}

    def item(self, name):
        """One item, or None."""
        try:
            return self.rest("GET", "/items/" + urllib.parse.quote(name))
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def state(self, name):
        """The state as text; None when there is no such item."""
        item = self.item(name)
        return item and item["state"]

    def wait_state(self, name, wanted, timeout=30):
        """Wait until the state is the wanted text, or until wanted(state) is true; returns the state."""
        fits = wanted if callable(wanted) else lambda state: state == wanted

        def reached():
            state = self.state(name)
            return [state] if state is not None and fits(state) else None

        return wait_until(reached, timeout, lambda: "item {} to be {}; it is {}".format(name, wanted, self.state(name)), self)[0]

    def command(self, name, command):
        self.rest("POST", "/items/" + urllib.parse.quote(name), str(command))

    def update(self, name, state):
        self.rest("PUT", "/items/{}/state".format(urllib.parse.quote(name)), str(state))

    def add_item(self, name, item_type, **fields):
        """Make an item in openHAB's own storage, as Main UI does. Needs an administrator: see admin_token."""
        body = json.dumps(dict(fields, name=name, type=item_type))
        self.rest("PUT", "/items/" + urllib.parse.quote(name), body, "application/json", self.admin_token())

    def remove_item(self, name):
        self.rest("DELETE", "/items/" + urllib.parse.quote(name), token=self.admin_token())

    def rules(self):
        """The rules as REST lists them, with name, uid, tags and status."""
        return self.rest("GET", "/rules", token=self.admin_token())

    def sitemap(self, name):
        """A sitemap as openHAB parsed it. A file that does not parse is not there: HTTP error 404."""
        return self.rest("GET", "/sitemaps/" + urllib.parse.quote(name))

    # ---- console ---------------------------------------------------------------------------------

    def console(self, command, timeout=60):
        """Run one line of openHAB's console, such as 'log:set INFO jsr223', and return what it printed."""
        return PROBE.ask(self, "console", command, timeout=timeout)

    def add_user(self, name, password, role="administrator"):
        return self.console("openhab:users add {} {} {}".format(name, password, role))

    def admin_token(self):
        """An API token of an administrator, made at the first need."""
        if self._token is None:
            name = "tester" + uuid.uuid4().hex[:8]  # an instance that is kept may have one already
            self.add_user(name, uuid.uuid4().hex)
            printed = self.console("openhab:users addApiToken {} harness admin".format(name))
            self._token = re.search(r"oh\.harness\.\w+", printed).group()
        return self._token

    # ---- inside the JVM --------------------------------------------------------------------------

    def install_probe(self):
        """Add the probe's item and script before the start; else its first use does it."""
        PROBE.install(self)

    def probe(self, timeout=30):
        """What the JVM holds now: threads (names), http_client_threads, heap_used, classes, open_files, rules."""
        return PROBE.ask(self, "reading", timeout=timeout)

    def threads(self):
        return self.probe()["threads"]


PID_FILE = "java.pid"
LINKED = (".jar", "bundleFile")  # openHAB's own jars and the OSGi framework's copies of them
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
NO_COMPILED = shutil.ignore_patterns("__pycache__", "*.pyc", "*$py.class")


def free_ports(count):
    """Free ports on 127.0.0.1, all different: they are held together until all are known."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def link_or_copy(source, target):
    """Jars are linked, as nothing writes into them; all else is the instance's own."""
    if source.endswith(LINKED):
        with contextlib.suppress(OSError):  # another file system: copied as well
            return os.link(source, target)
    return shutil.copy2(source, target)


def wait_until(condition, timeout, what, openhab=None):
    """Poll a condition until it is true and return its value. Fails at once when openHAB has died."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if openhab is not None and not openhab.alive():
            raise OpenHABError("openHAB is not running; waited for {}".format(told(what)))
        if time.monotonic() > deadline:
            raise OpenHABError("waited {:.0f} s for {}".format(timeout, told(what)))
        time.sleep(0.1)


def told(what):
    """A description, made only when it is needed if it costs a look."""
    return what() if callable(what) else what
