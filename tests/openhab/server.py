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

# A small heap, as instances share a machine. The JIT is not changed, so that we measure what users get.
JVM_OPTIONS = "-Xms256m -Xmx1g"
READY_LINE = r"Rule engine started"
ENVIRONMENT_KEPT = ("PATH", "HOME", "USER", "LANG", "TMPDIR")


class OpenHABError(Exception):
    """openHAB did not do what the tests needed."""


class OpenHAB:
    """A real openHAB: 3.0.1 or a copy of the one in OPENHAB_HOME. As a context manager it stops the process at the end."""

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
        from tests.openhab import install  # imported here, because install.py imports this module for its first boot

        self.home = install.prepare(self.jython)
        layout.INSTANCES.mkdir(parents=True, exist_ok=True)
        if self.workdir is None:
            self.workdir = tempfile.mkdtemp(prefix="openhab-", dir=layout.INSTANCES)
        self.workdir = Path(self.workdir).resolve()
        if self.userdata.exists():
            return  # a kept instance goes on with its own files
        shutil.copytree(self.home / "prepared" / "conf", self.conf, dirs_exist_ok=True)
        shutil.copytree(self.home / "prepared" / "userdata", self.userdata, copy_function=link_or_copy)

    def install_module(self, source=layout.REPO):
        """Copy the module into conf as users do: the folders automation/ and conf/."""
        for folder in ("automation/jsr223", "automation/lib/python"):
            shutil.copytree(source / folder, self.path(folder), dirs_exist_ok=True, ignore=NO_COMPILED)
        shutil.copytree(source / "conf", self.conf, dirs_exist_ok=True, ignore=NO_COMPILED)

    def path(self, name):
        """The path of a file below conf. ``name`` uses this repository's folders; other openHAB versions have others."""
        return self.conf / self.version.path(name)

    def write_conf(self, path, text):
        """Write a file below conf, not readable by everybody. It is moved into place, so that openHAB never reads half of it."""
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
        """Start the process and return at once; then call wait_ready."""
        if self.alive():
            raise OpenHABError("already running")
        self._write_ssh_port()
        self.started_at = self.log_size()
        self.userdata.joinpath("logs").mkdir(parents=True, exist_ok=True)
        with open(self.userdata / "logs" / "console.log", "ab") as console:
            # with "daemon" the script replaces itself with java, so our child process is the JVM
            self.process = subprocess.Popen(
                ["sh", str(self.home / "runtime" / "bin" / "karaf"), "daemon"],  # some tools unpack it without execute permission
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
        """The environment without the developer's own openHAB and Java settings."""
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
        """openHAB reads this port from a file, not from the environment."""
        shell = self.userdata / "etc" / "org.apache.karaf.shell.cfg"
        text = re.sub(r"(?m)^sshPort\s*=.*$", "sshPort = {}".format(self.ports["ssh"]), shell.read_text())
        shell.write_text(re.sub(r"(?m)^sshHost\s*=.*$", "sshHost = 127.0.0.1", text))

    def wait_ready(self, timeout=120):
        """Wait until REST answers and rules run: rules miss commands that come earlier."""
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
        """Ask openHAB to shut down and kill it if it does not. Returns whether it ended by itself."""
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
        """kill -9, like a power cut."""
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
        """Delete the instance's files, if the folder is a temporary one."""
        if self._temporary:
            shutil.rmtree(self.workdir, ignore_errors=True)

    def keep_log(self, name=None):
        """Copy the logs to a folder that stays; return it."""
        kept = layout.KEPT_LOGS / (name or self.workdir.name)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.userdata / "logs", kept)
        return kept

    # ---- log -------------------------------------------------------------------------------------

    def log(self, since=0):
        """The text of openhab.log from a byte offset."""
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
        """The text of events.log from a byte offset, without the sources that newer versions write behind the states."""
        with open(self.log_file.with_name("events.log"), "rb") as file:
            file.seek(since)
            return self.version.events(file.read().decode("utf-8"))

    def wait_for_log(self, pattern, since=0, timeout=30):
        """Wait for a line that matches; return the match."""
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
        """Wait until the state equals the text ``wanted``, or until wanted(state) is true; returns the state."""
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
        """Make an item in openHAB's own storage, as Main UI does. Uses admin_token."""
        body = json.dumps(dict(fields, name=name, type=item_type))
        self.rest("PUT", "/items/" + urllib.parse.quote(name), body, "application/json", self.admin_token())

    def remove_item(self, name):
        self.rest("DELETE", "/items/" + urllib.parse.quote(name), token=self.admin_token())

    def rules(self):
        """The rules as REST lists them, with name, uid, tags and status."""
        return self.rest("GET", "/rules", token=self.admin_token())

    def sitemap(self, name):
        """A sitemap as openHAB parsed it. HTTP error 404 if openHAB could not parse the file."""
        return self.rest("GET", "/sitemaps/" + urllib.parse.quote(name))

    # ---- console ---------------------------------------------------------------------------------

    def console(self, command, timeout=60):
        """Run one line of openHAB's console, such as 'log:set INFO jsr223', and return what it printed."""
        return PROBE.ask(self, "console", command, timeout=timeout)

    def add_user(self, name, password, role="administrator"):
        return self.console("openhab:users add {} {} {}".format(name, password, role))

    def admin_token(self):
        """An administrator's API token; the first call makes it."""
        if self._token is None:
            name = "tester" + uuid.uuid4().hex[:8]  # a kept instance may have this user already
            self.add_user(name, uuid.uuid4().hex)
            printed = self.console("openhab:users addApiToken {} harness admin".format(name))
            self._token = re.search(r"oh\.harness\.\w+", printed).group()
        return self._token

    # ---- inside the JVM --------------------------------------------------------------------------

    def install_probe(self):
        """Add the probe before openHAB starts; otherwise its first use adds it."""
        PROBE.install(self)

    def probe(self, timeout=30):
        """What the JVM holds now: threads (names), http_client_threads, heap_used, classes, open_files, rules."""
        return PROBE.ask(self, "reading", timeout=timeout)

    def threads(self):
        return self.probe()["threads"]


PID_FILE = "java.pid"
LINKED = (".jar", "bundleFile")  # openHAB's jars and the OSGi framework's copies of them
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
NO_COMPILED = shutil.ignore_patterns("__pycache__", "*.pyc", "*$py.class")


def free_ports(count):
    """Free ports on 127.0.0.1. All stay open until the last one is found, so that they differ."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def link_or_copy(source, target):
    """Link jars, because nothing writes to them; copy all other files."""
    if source.endswith(LINKED):
        with contextlib.suppress(OSError):  # another file system: copy it
            return os.link(source, target)
    return shutil.copy2(source, target)


def wait_until(condition, timeout, what, openhab=None):
    """Poll a condition until it is true; return its value. Fails at once if openHAB has ended."""
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
    """A description (text), or the result of the function that makes it, which is called only for a failure."""
    return what() if callable(what) else what
