"""Start an openHAB with the module installed, for a developer to look at. Ends with Ctrl-C.

.venv/bin/python -m tests.openhab.run [--jython 2.7.2] [--keep FOLDER]
"""

import argparse
import signal
from pathlib import Path

from tests.openhab import layout
from tests.openhab.server import OpenHAB


def main():
    options = read_options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with OpenHAB(jython=options.jython, workdir=options.keep) as openhab:
        openhab.install_module()
        openhab.start().wait_ready()
        print(
            "openHAB:  {}\nsitemaps: {}/rest/sitemaps\nconf:     {}\nlog:      {}\nCtrl-C stops it.".format(
                openhab.url, openhab.url, openhab.conf, openhab.log_file
            ),
            flush=True,
        )
        try:
            openhab.process.wait()
        except KeyboardInterrupt:
            print("stopping ...", flush=True)


def read_options():
    parser = argparse.ArgumentParser(description="Start a real openHAB with the module installed.")
    parser.add_argument("--jython", choices=layout.JYTHON_VERSIONS, default=layout.DEFAULT_JYTHON)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the instance here and use it again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
