"""A household for tests: a simulated BMW cloud, a real openHAB with the module installed, and a person who signs in."""

import contextlib
import re
import time
import urllib.parse
import urllib.request

from tests.cloud import SimulatedCloud
from tests.openhab.server import NO_PROXY, OpenHAB, wait_until

SETTINGS_FILE = "services/bmw.cfg"
SCRIPT = "automation/jsr223/bmw.py"
STARTED = r"BMW integration \S+ started"
#: seconds after which the same command is another press
LATER = 1.2
#: no limit of calls, so that it polls at each cron tick
UNLIMITED = {"calls_per_day": 1000000}


class Presses:
    """Lets a person press the same button again only when that is another press (``bmw.commands.definitions.SAME_PRESS``)."""

    def __init__(self):
        self._last = {}

    def wait(self, *button):
        wait_until(lambda: time.monotonic() > self._last.get(button, 0) + LATER, 10, "the button to be free")
        self._last[button] = time.monotonic()


class Home:
    """An OpenHAB with the module and its SimulatedCloud. ``install`` installs the module; by default it is copied as users do."""

    def __init__(self, openhab, install=OpenHAB.install_module, **cloud_settings):
        # the cars are in the machine's time zone, as some of BMW's servers send local times
        self.cloud = SimulatedCloud(code_interval=1, utc_offset=time.localtime().tm_gmtoff // 60, **cloud_settings).start()
        self.openhab = openhab
        install(openhab)
        self.configure_file(**self.settings())

    def settings(self, **changes):
        """Settings of bmw.cfg that point to the simulated cloud; a change to None leaves a key out."""
        base = {
            "client_id": self.cloud.accounts()[0]["client_id"],
            "auth_url": self.cloud.url,
            "api_url": self.cloud.url,
        }
        if "stream_url" not in changes:
            base["stream"] = "off"  # no test may connect to BMW's real broker
        return {key: value for key, value in dict(base, **changes).items() if value is not None}

    def configure_file(self, **settings):
        self.openhab.write_conf(SETTINGS_FILE, "".join("{} = {}\n".format(*pair) for pair in settings.items()))

    def configure(self, **settings):
        """Changes bmw.cfg of a running openHAB and waits until the module uses it."""
        since = self.openhab.log_size()
        self.configure_file(**settings)
        self.openhab.wait_for_log(STARTED, since=since, timeout=40)

    def start(self):
        self.openhab.start().wait_ready()
        self.openhab.wait_for_log(STARTED, since=self.openhab.started_at, timeout=90)
        return self

    @contextlib.contextmanager
    def unloaded(self):
        """Removes the script, so that items keep what a test writes; puts it back at the end."""
        script = (self.openhab.path(SCRIPT)).read_text("utf-8")
        self.openhab.remove_conf(SCRIPT)
        self.wait(lambda: not any("BMW" in rule["tags"] for rule in self.openhab.rules()), "the module to be gone")
        try:
            yield
        finally:
            since = self.openhab.log_size()
            self.openhab.write_conf(SCRIPT, script)
            self.openhab.wait_for_log(STARTED, since=since, timeout=60)

    def close(self):
        self.openhab.stop()
        self.cloud.close()

    def wait_status(self, state, timeout=30):
        """Waits for the account's state word; returns the account's text."""
        self.openhab.wait_state("BMW_AccountState", state, timeout)
        return self.openhab.state("BMW_Account")

    def sign_in(self):
        """Signs in as a user does: switch on, open the link, approve the code on BMW's page."""
        self.openhab.command("BMW_SignIn", "ON")
        link = self.openhab.wait_state("BMW_SignInLink", lambda state: state.startswith("http"))
        self.decide(link, "approved")
        self.wait_status("ONLINE")
        self.openhab.wait_state("BMW_SignIn", "OFF")

    def decide(self, link, decision):
        """Opens the sign-in link as a browser does and presses the button."""
        with NO_PROXY.open(link, timeout=10) as page:
            code = re.search(r'id="user_code"[^>]*value="([^"]+)"', page.read().decode("utf-8")).group(1)
        form = urllib.parse.urlencode({"user_code": code, "decision": decision}).encode("ascii")
        with NO_PROXY.open(urllib.request.Request(link.partition("?")[0], data=form), timeout=10):
            return code

    def force_update(self):
        """Switches 'Update now' on; returns when the poll is done and the switch is off again."""
        before = self.openhab.state("BMW_LastRefresh")
        self.openhab.command("BMW_ForceUpdate", "ON")
        self.openhab.wait_state("BMW_LastRefresh", lambda state: state != before)
        self.openhab.wait_state("BMW_ForceUpdate", "OFF")

    def api_calls(self, since=0):
        """The REST calls that reached the cloud, without those to the sign-in server."""
        return [call for call in self.cloud.calls(since) if call["kind"] == "api"]

    def last_call(self):
        calls = self.cloud.calls()
        return calls[-1]["n"] if calls else 0

    def wait(self, condition, what, timeout=30):
        return wait_until(condition, timeout, what, self.openhab)
