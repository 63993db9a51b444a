"""Runs the simulated cloud alone: `python3 -m tests.cloud --port 8099`, until Ctrl-C."""

import argparse
import signal
import threading
from contextlib import ExitStack

from .cloud import SimulatedCloud
from .connecteddrive_sign_in import CD_API_KEY, CD_API_SECRET
from .garage import FLEETS
from .mybmw_sign_in import MYBMW_APP_KEY


def main():
    options = _options()
    settings = {
        name: value
        for name, value in (
            ("auto_approve", options.auto_approve),
            ("quota", options.quota),
            ("code_interval", options.code_interval),
            ("access_lifetime", options.access_lifetime),
            ("clock_offset", options.clock_offset),
        )
        if value is not None
    }
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with SimulatedCloud(options.port, options.host, options.fleet, **settings) as cloud, ExitStack() as more:
        stream = more.enter_context(_stream(cloud)) if options.stream else None
        if options.scenario:
            for vin in cloud.cars():
                cloud.run_scenario(vin, speed=options.speed, repeat=True)
        _print_addresses(cloud, stream)
        over.wait()


def _options():
    parser = argparse.ArgumentParser(prog="python3 -m tests.cloud", description="Simulated BMW clouds.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8099, help="0 takes a free one")
    parser.add_argument("--fleet", choices=sorted(FLEETS), default="i3")
    parser.add_argument("--auto-approve", action="store_true", help="approve every sign-in at once")
    parser.add_argument("--stream", action="store_true", help="serve the MQTT stream, too")
    parser.add_argument("--scenario", action="store_true", help="let every car live through its days")
    parser.add_argument("--speed", type=float, default=60, help="how fast these days pass (60)")
    parser.add_argument("--quota", type=int, help="REST calls a day (50)")
    parser.add_argument("--code-interval", type=float, help="seconds between two polls (5)")
    parser.add_argument("--access-lifetime", type=float, help="seconds an access token lives (3600)")
    parser.add_argument("--clock-offset", type=float, help="seconds the cloud's clock is ahead")
    return parser.parse_args()


def _stream(cloud):
    from .stream import SimulatedStream  # imported here, because its broker needs Python 3.10

    return SimulatedStream(cloud)


def _print_addresses(cloud, stream):
    rows = [("cloud", cloud.url), ("sign-in page", cloud.url + "/oneid/link"), ("control", cloud.url + "/_control/")]
    for one in cloud.garage.accounts():
        rows += [
            ("client id, account %s" % one.name, one.client_id),
            ("user, password, %s" % one.name, "%s %s" % (one.username, one.password)),
        ]
    rows += [("MyBMW app key", MYBMW_APP_KEY), ("ConnectedDrive app", "%s %s" % (CD_API_KEY, CD_API_SECRET))]
    if stream is not None:
        rows += [
            ("stream", stream.url),
            ("its CA certificate", stream.ca_file),
            ("Java options to trust it", stream.certificates.jvm_options()),
        ]
    for name, value in rows:
        print("%-26s %s" % (name, value), flush=True)


if __name__ == "__main__":
    main()
