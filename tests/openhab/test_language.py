"""The Jython under test compiles every module of the library, also those that no test loads."""

import shutil
import subprocess

from tests.openhab import install, layout

#: a car's word and an item's name that begin with i, whose capital letter is different in Turkish
TURKISH = """
import sys
sys.path.insert(0, sys.argv[1])
from bmw.clouds.cardata import descriptors
from bmw.items.model import Model
from bmw.vehicle.vehicle import Vehicle
from bmw.vehicle.vocabulary import VEHICLE
entry = {"value": "INVALID", "timestamp": "2026-10-03T12:00:00Z"}
assert descriptors.translate({"vehicle.cabin.sunroof.tiltStatus": entry})["sunroofTilt"].value is None
assert Model("BMW", "", "en").vehicle_item(Vehicle("x", "i4"), VEHICLE["ignition"], True).name == "BMW_i4_Ignition"
"""

COMPILE = "import compileall, sys; sys.exit(0 if compileall.compile_dir(sys.argv[1], quiet=1, force=1) else 1)"


def test_jython_compiles_every_module(jython, tmp_path):
    library = shutil.copytree(layout.REPO / "automation" / "lib" / "python", tmp_path / "lib")
    run(jython, COMPILE, library)
    assert len(list(library.rglob("*$py.class"))) == len(list(library.rglob("*.py")))


def test_words_are_understood_on_a_turkish_machine():
    library = layout.REPO / "automation" / "lib" / "python"
    run("2.7.4", TURKISH, library, "-Duser.language=tr")  # Jython 2.7.2 does not start there


def run(jython, code, library, *options):
    """Runs code in Jython without openHAB; its argument is the library's folder."""
    install.prepare(jython)
    jar = layout.DOWNLOADS / "jython-standalone-{}.jar".format(jython)
    java = str(layout.java_home() / "bin" / "java")
    command = [java, "-Dpython.cachedir.skip=true", *options, "-jar", str(jar), "-c", code, str(library)]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
