"""Which openHAB the tests run on, with which Java and which Jython: the harness's own 3.0.1, or the one in OPENHAB_HOME.

That one is an unpacked openHAB of any version. It is read and never changed: what runs is a copy of its conf and userdata.
``python -m tests.openhab.given`` prints the Jython to take there.
"""

import functools
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from tests.openhab import layout
from tests.openhab.versions import Version, installer

#: files and folders that every unpacked openHAB has
PARTS = ("runtime/bin/karaf", "conf", "userdata/etc/version.properties")
#: files of the user in conf and of openHAB in userdata, which the tests do not need
NOT_COPIED = shutil.ignore_patterns(
    "automation", "*.items", "*.things", "*.rules", "*.sitemap", "*.persist", "yaml", "cache", "tmp", "logs", "jsondb", "bmw"
)


@functools.lru_cache(maxsize=None)
def version():
    """The Version of the openHAB that the tests run on. SystemExit if they cannot run on it."""
    if not layout.GIVEN:
        return Version(layout.OPENHAB_VERSION)
    return version_of(layout.DIST)


def version_of(folder):
    """The Version of an unpacked openHAB; SystemExit if the folder is no openHAB."""
    missing = [part for part in PARTS if not (folder / part).exists()]
    if missing:
        raise SystemExit("OPENHAB_HOME: {} is no unpacked openHAB, it has no {}".format(folder, missing[0]))
    text = installer().version_in(folder / "userdata")
    try:
        return Version(text or "")
    except (ValueError, installer().InstallError) as error:
        raise SystemExit("OPENHAB_HOME: {}".format(error))


def add_on(folder):
    """The Jython jar among the add-ons of an unpacked openHAB, or None."""
    return next((path for path in sorted((folder / "addons").glob("*.jar")) if _has_jython(path)), None)


def _has_jython(path):
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as jar:
        return "jython" in path.name.lower() or any("jython" in name.lower() or name.startswith("org/python/") for name in jar.namelist())


def jython_to_take(of=None, folder=None):
    """The Jython version for the openHAB in OPENHAB_HOME, or ``own``. SystemExit if it has none and the tests cannot add one."""
    of, folder = of or version(), folder or layout.DIST
    if add_on(folder):
        return layout.OWN_JYTHON
    if not of.row.has_engine:
        raise SystemExit(
            "OPENHAB_HOME: openHAB {} needs its own add-on Jython Scripting. Put its jar (org.openhab.automation.jythonscripting-*.jar, "
            "in the add-ons archive of that version) into {}".format(of.text, folder / "addons")
        )
    return "2.7.3"


# Java


def java_home():
    """The folder of the Java for openHAB: the test environment's Java 11; with OPENHAB_HOME the first one that fits."""
    return fitting_java(version(), java_places(os.environ)) if layout.GIVEN else layout.java_home()


def java_places(environment):
    """The folders to search: JAVA_HOME, the java on the PATH, the test environment's Java."""
    on_path = shutil.which("java", path=environment.get("PATH", ""))
    places = [environment.get("JAVA_HOME"), Path(on_path).resolve().parent.parent if on_path else None, layout.java_home()]
    return [Path(place) for place in places if place]


def fitting_java(of, places, number_of=None):
    """The folder of the first Java that the Version runs on; SystemExit if there is none."""
    number_of = number_of or java_number
    found = [(place, number_of(place)) for place in places]
    for place, number in found:
        if number and of.starts_on(number):
            return place
    seen = ", ".join("{} in {}".format(number or "none", place) for place, number in found)
    raise SystemExit("openHAB {} needs {}: set JAVA_HOME. Found: {}".format(of.text, of.wanted_java(), seen))


@functools.lru_cache(maxsize=None)
def java_number(place):
    """The major version of the Java in a folder: 11 for 11.0.13, 8 for 1.8.0; None if there is no Java."""
    try:
        said = subprocess.run([str(place / "bin" / "java"), "-version"], capture_output=True, text=True, timeout=60).stderr
    except OSError:
        return None
    return number_in(said)


def number_in(said):
    """The major version in the output of ``java -version``."""
    match = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(match.group(1)) if match else None


if __name__ == "__main__":
    print(jython_to_take())
