"""The basis of the other tests: their openHAB is real, and it starts, stops and dies like a real one."""

import socket
import time
from pathlib import Path

import pytest

from tests.openhab import install, layout
from tests.openhab.probe import ProbeError

ECHO_ITEMS = 'String Question\nString Answer "Answer [%s]" ["Status"]\n'
ECHO_SITEMAP = 'sitemap echo label="Echo" { Frame { Text item=Answer } }\n'
ECHO_SCRIPT = """
import sys
scriptExtension.importPreset("RuleSupport")
scriptExtension.importPreset("RuleSimple")

class Echo(SimpleRule):
    def __init__(self):
        self.name = "Echo"
        self.triggers = [TriggerBuilder.create().withId("question").withTypeUID("core.ItemCommandTrigger")
                         .withConfiguration(Configuration({"itemName": "Question"})).build()]

    def execute(self, module, inputs):
        version = sys.version.split()[0]
        events.postUpdate("Answer", "%s from Jython %s" % (inputs["event"].itemCommand, version))

automationManager.addRule(Echo())
"""
LIBRARY = 'def greeting():\n    return "from the library"\n'
LIBRARY_SCRIPT = """
from org.slf4j import LoggerFactory
from greeter import greeting
LoggerFactory.getLogger("test").warn("greeted " + greeting())
"""


@pytest.fixture(scope="module")
def openhab(openhab_factory):
    openhab = openhab_factory()
    openhab.write_conf("items/echo.items", ECHO_ITEMS)
    openhab.write_conf("sitemaps/echo.sitemap", ECHO_SITEMAP)
    openhab.write_conf("automation/jsr223/echo.py", ECHO_SCRIPT)
    openhab.install_probe()
    openhab.start().wait_ready()
    return openhab


@pytest.fixture
def running(openhab):
    """The instance, started again if the last test stopped it."""
    if not openhab.alive():
        openhab.start().wait_ready()
    openhab.wait_for_log("Probe is ready", since=openhab.started_at)
    return openhab


def test_a_script_dropped_into_conf_runs_and_updates_an_item(running, jython):
    running.command("Question", "hello")
    answer = running.wait_state("Answer", lambda state: state.startswith("hello"))
    assert answer.startswith("hello from Jython " + ("2.7." if jython == layout.OWN_JYTHON else jython))


def test_a_script_dropped_into_a_running_openhab_imports_from_the_library_folder(running):
    since = running.log_size()
    running.write_conf("automation/lib/python/greeter.py", LIBRARY)
    running.write_conf("automation/jsr223/greet.py", LIBRARY_SCRIPT)
    running.wait_for_log("greeted from the library", since=since)


def test_the_log_from_an_offset_holds_only_what_came_after_it(running):
    since = running.log_size()
    assert since > 0
    assert "Rule engine started" not in running.log(since)
    assert "Rule engine started" in running.log(running.started_at)


def test_items_and_sitemaps_are_read_over_rest(running):
    item = running.items()["Answer"]
    assert (item["type"], item["label"]) == ("String", "Answer")
    assert (item["tags"], item["groupNames"]) == (["Status"], [])
    assert running.sitemap("echo")["label"] == "Echo"
    assert running.item("NoSuchItem") is None
    assert running.state("NoSuchItem") is None


def test_it_listens_on_the_loopback_address_only(running):
    with socket.create_connection(("127.0.0.1", running.ports["http"]), timeout=5):
        pass
    assert listening_addresses(running.pid) == {"127.0.0.1"}


def test_the_probe_sees_threads_rules_and_memory_inside_the_jvm(running):
    reading = running.probe()
    assert "Finalizer" in reading["threads"]
    assert "Echo" in [rule["name"] for rule in reading["rules"]]
    assert reading["open_files"] > 10
    assert 10e6 < reading["heap_used"] < 1e9


def test_the_probe_notices_that_a_rule_is_gone(running):
    running.write_conf("automation/jsr223/second.py", ECHO_SCRIPT.replace('"Echo"', '"Second"'))
    names = lambda: [rule["name"] for rule in running.probe()["rules"]]  # noqa: E731
    wait_until_true(lambda: "Second" in names())
    running.remove_conf("automation/jsr223/second.py")
    wait_until_true(lambda: "Second" not in names())


def test_a_console_command_sets_a_log_level(running):
    running.console("log:set INFO jsr223.harness")
    assert "INFO" in running.console("log:get jsr223.harness")


def test_a_console_command_that_fails_says_so(running):
    with pytest.raises(ProbeError, match="CommandNotFound"):
        running.console("no:such")


def test_an_item_made_over_rest_survives_a_restart(running):
    running.add_item("Kept", "Number", label="Kept over a restart")
    running.restart()
    assert running.item("Kept")["label"] == "Kept over a restart"
    running.remove_item("Kept")
    assert running.item("Kept") is None


def test_a_killed_openhab_is_gone_at_once_and_starts_again(running):
    pid = running.pid
    running.kill()
    assert not running.alive()
    with pytest.raises(OSError):
        running.items()
    running.start().wait_ready()
    assert running.pid != pid
    assert "Answer" in running.items()


def test_two_instances_run_side_by_side(running, openhab_factory):
    other = openhab_factory()
    other.start().wait_ready()
    assert other.url != running.url
    assert "Answer" not in other.items()
    assert "Answer" in running.items()
    assert other.stop()


def test_a_prepared_openhab_costs_nothing_to_prepare_again(jython):
    started = time.monotonic()
    assert install.prepare(jython) == layout.tree(jython)
    assert time.monotonic() - started < 0.5


def wait_until_true(condition, timeout=30):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "still not true after {} s".format(timeout)


def listening_addresses(pid):
    """The addresses of the process's TCP listeners and UDP sockets, from /proc."""
    own = set()
    for descriptor in (Path("/proc") / str(pid) / "fd").iterdir():
        try:
            own.add(str(descriptor.readlink()))
        except OSError:
            continue
    addresses = set()
    for table, states in (("tcp", {"0A"}), ("tcp6", {"0A"}), ("udp", {"07"}), ("udp6", {"07"})):
        for line in (Path("/proc/net") / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] in states and "socket:[{}]".format(fields[9]) in own:
                addresses.add(readable(fields[1].split(":")[0]))
    return addresses


def readable(hexadecimal):
    """/proc writes an address as 32-bit words in the machine's byte order; IPv4 in IPv6 is the last word."""
    raw = bytes.fromhex(hexadecimal)
    words = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    if len(words) == 16 and words[:12] == b"\0" * 10 + b"\xff\xff":
        words = words[12:]
    return socket.inet_ntop(socket.AF_INET if len(words) == 4 else socket.AF_INET6, words)
