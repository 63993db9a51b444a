"""The demo behind tests/demo.sh: starts everything, signs in, and shows the car's items as they change."""

import argparse
import contextlib
import shutil
import signal
import sys
import time

from tests.openhab import install, layout
from tests.openhab.home import UNLIMITED, Home
from tests.openhab.server import OpenHAB

#: simulated seconds per second, and the demo's polling interval (normally 30 minutes) with and without the stream
SPEED = 60
ASK_EVERY_MINUTE = "0 * * * * ?"
ASK_EVERY = "0/5 * * * * ?"

ACCOUNT = ("Account", "CallsLeft", "LastRefresh", "StreamState", "LastMessage")
CAR = (
    "StateOfCharge",
    "ElectricRange",
    "ChargingStatus",
    "PluggedIn",
    "ChargingTimeRemaining",
    "DoorLockState",
    "Doors",
    "Windows",
    "ClimateStatus",
    "Odometer",
    "Position",
    "Moving",
    "LastUpdate",
)


def main():
    options = read_options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    say("prepare openHAB 3.0.1 with Jython {}".format(options.jython))
    install.prepare(options.jython)
    home = Home(OpenHAB(jython=options.jython), auto_approve=options.auto, quota=100000)
    try:
        with streamed(home) as settings:
            run(home, options, settings)
    except KeyboardInterrupt:
        print()
    finally:
        say("stop")
        home.close()
        home.openhab.discard()


@contextlib.contextmanager
def streamed(home):
    """The settings (dict) of bmw.cfg, with a running stream if its broker works on this Python."""
    try:
        from tests.cloud.stream import SimulatedStream
    except ImportError:
        say("no stream: its broker needs Python 3.10")
        yield home.settings(refresh=ASK_EVERY, **UNLIMITED)
        return
    with SimulatedStream(home.cloud) as stream:
        home.openhab.jvm_options = stream.certificates.jvm_options()
        yield home.settings(refresh=ASK_EVERY_MINUTE, stream_url=stream.url, **UNLIMITED)


def run(home, options, settings):
    home.configure_file(**settings)
    say("start openHAB (about 30 seconds)")
    home.start()
    say("openHAB Main UI         {}".format(home.openhab.url))
    say("dashboard               {}/static/bmw/index.html".format(home.openhab.url))
    say("items over REST         {}/rest/items".format(home.openhab.url))
    say("simulated BMW portal    {}/oneid/link".format(home.cloud.url))
    home.openhab.command("BMW_SignIn", "ON")
    if not options.auto:
        link = home.openhab.wait_state("BMW_SignInLink", lambda state: state.startswith("http"))
        say("open this link and approve the sign-in: {}".format(link))
    home.wait_status("ONLINE", timeout=300)
    home.openhab.wait_state("BMW_LastRefresh", lambda state: state not in ("NULL", "UNDEF"))
    if "stream_url" in settings:
        home.openhab.wait_state("BMW_StreamState", "CONNECTED", 60)
    if options.once:
        print("\n".join(table(home.openhab.items())))
        return
    say("the car's day begins; the items follow by {}".format("the stream" if "stream_url" in settings else "polls"))
    home.cloud.run_scenario(home.cloud.cars()[0], speed=SPEED, repeat=True)
    watch(home.openhab)


def watch(openhab):
    """Shows the items until Ctrl-C: in place on a terminal, otherwise each change as a line."""
    shown = {}
    while True:
        items = openhab.items()
        if sys.stdout.isatty():
            print("\033[2J\033[H" + "\n".join(table(items) + ["", "The i3 drives, charges and parks. Ctrl-C ends the demo."]), flush=True)
        else:
            for name, item in sorted(items.items()):
                if name.startswith("BMW_") and item["type"] != "Group" and shown.get(name, item["state"]) != item["state"]:
                    print("{:32} {}".format(name, shorten(item["state"])), flush=True)
                shown[name] = item["state"]
        time.sleep(1)


def table(items):
    names = ["BMW_" + name for name in ACCOUNT] + ["BMW_i3_" + name for name in CAR]
    return ["{:32} {}".format(name, shorten(items[name]["state"])) for name in names if name in items]


def shorten(state):
    width = max(20, shutil.get_terminal_size().columns - 34)
    return state if len(state) <= width else state[: width - 3] + "..."


def say(text):
    print("demo: " + text, flush=True)


def read_options():
    parser = argparse.ArgumentParser(prog="tests/demo.sh", description="The module in a real openHAB against a simulated BMW cloud.")
    parser.add_argument("--auto", action="store_true", help="approve the sign-in without a person")
    parser.add_argument("--once", action="store_true", help="print the table once and end")
    parser.add_argument("--jython", default=layout.DEFAULT_JYTHON, choices=layout.JYTHON_VERSIONS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
