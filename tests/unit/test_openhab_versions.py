"""tests.openhab.versions and tests.openhab.given: lines and folders as each openHAB has them, and which Java it gets."""

import zipfile
from pathlib import Path

import pytest

from tests.openhab import given, layout
from tests.openhab.versions import TABLE, Version

OLD, NEW = Version("3.0.1"), Version("5.2.1")
SAID = "2026-11-28 12:00:00.000 [INFO ] [openhab.event.ItemStateChangedEvent ] - Item 'BMW_i3_CommandStatus' changed from "
FROM_SCRIPT = " (source: org.openhab.core.automation.module.script)"


# where files belong


@pytest.mark.parametrize(
    "name, old, new",
    [
        ("automation/jsr223/bmw.py", "automation/jsr223/bmw.py", "automation/jython/bmw.py"),
        ("automation/jsr223/old/bmw.py", "automation/jsr223/old/bmw.py", "automation/jython/old/bmw.py"),
        ("automation/jsr223/", "automation/jsr223/", "automation/jython/"),
        ("automation/lib/python/bmw/api.py", "automation/lib/python/bmw/api.py", "automation/jython/lib/bmw/api.py"),
        ("automation/lib/python", "automation/lib/python", "automation/jython/lib"),
        ("services/bmw.cfg", "services/bmw.cfg", "services/bmw.cfg"),
    ],
)
def test_files_are_put_where_that_version_wants_them(name, old, new):
    assert (OLD.path(name), NEW.path(name)) == (old, new)
    assert Version("4.1.3").path(name) == old and Version("4.2.0").path(name) == new


# its log files


def test_the_source_that_newer_openhabs_log_behind_a_state_is_cut_off():
    line = SAID + "SENT to FAILED: no answer (HTTP 500)"
    text = "{0}\n{0}{1}\n".format(line, FROM_SCRIPT)
    assert NEW.events(text) == "{0}\n{0}\n".format(line)
    assert NEW.events(line + " (source: org.openhab.core.io.rest$admin)") == line


def test_on_an_old_openhab_such_words_belong_to_the_state():
    line = SAID + "SENT to FAILED: no (source: me)"
    assert OLD.events(line) == line
    assert Version("4.3.0").events(line) == line


def test_only_the_last_word_on_the_source_is_taken_off():
    line = SAID + "A to (source: a text of its own)"
    assert NEW.events(line + FROM_SCRIPT) == line


@pytest.mark.parametrize("version", ["3.0.1", "4.1.3", "4.2.0", "5.2.1"])
def test_the_scripts_that_were_loaded_are_found_in_the_log(version):
    loading = "(Re-)Loading" if version == "5.2.1" else "Loading"
    log = (
        "2026-11-28 12:00:00.000 [INFO ] [t.internal.loader.ScriptFileWatcher] - {0} script 'automation/a.py'\n"
        "2026-11-28 12:00:01.000 [INFO ] [x] - {0} script '/conf/b.py'\n[INFO ] [x] - Unloading script 'c.py'\n".format(loading)
    )
    assert Version(version).loaded(log) == ["automation/a.py", "/conf/b.py"]


def test_a_tag_is_known_by_its_last_word():
    assert [NEW.class_of_tag(tag) for tag in ("Equipment_Vehicle_Car", "Equipment_Car", "Car")] == ["Car"] * 3
    assert (OLD.row.car, NEW.row.car) == ("Equipment_Car", "Equipment_Vehicle_Car")


def test_openhabs_own_thread_pools_are_known_by_version():
    assert OLD.is_growing("OH-scheduler-7") and NEW.is_growing("OH-scheduler-7")
    assert NEW.is_growing("OH-watchservice-2") and not OLD.is_growing("OH-watchservice-2")
    assert not NEW.is_growing("bmw-worker")


def test_rows_come_in_the_order_of_the_versions():
    assert [row.since for row in TABLE] == sorted(row.since for row in TABLE)


@pytest.mark.parametrize("text", ["2.5.12", "1.8"])
def test_what_is_too_old_is_refused(text):
    with pytest.raises(ValueError, match="too old"):
        Version(text)


# the openHAB in OPENHAB_HOME


def unpacked(folder, version="3.0.1"):
    for part in given.PARTS:
        path = folder / part
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True) if part == "conf" else path.write_text("openhab-distro  : {}\n".format(version))
    (folder / "addons").mkdir()
    return folder


def test_an_unpacked_openhab_tells_its_version(tmp_path):
    assert given.version_of(unpacked(tmp_path, "5.2.1")).text == "5.2.1"


@pytest.mark.parametrize("part", given.PARTS)
def test_a_folder_that_is_no_unpacked_openhab_is_refused(tmp_path, part):
    path = unpacked(tmp_path) / part
    path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(SystemExit, match="no unpacked openHAB, it has no " + part):
        given.version_of(tmp_path)


@pytest.mark.parametrize("version", ["2.4.0", "2.5.1", "latest"])
def test_a_version_that_the_tests_cannot_run_on_is_refused(tmp_path, version):
    with pytest.raises(SystemExit, match="OPENHAB_HOME"):
        given.version_of(unpacked(tmp_path, version))


def jar(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "")


def test_an_openhab_with_its_own_jython_uses_it(tmp_path):
    folder = unpacked(tmp_path, "5.2.1")
    jar(folder / "addons/a-binding.jar", "org/openhab/binding/Handler.class")
    (folder / "addons/broken.jar").write_text("no jar")
    with pytest.raises(SystemExit, match="needs its own add-on Jython Scripting"):
        given.jython_to_take(NEW, folder)
    jar(folder / "addons/org.openhab.automation.jythonscripting-5.2.1.jar", "jython-standalone-2.7.3.jar")
    assert given.jython_to_take(NEW, folder) == layout.OWN_JYTHON
    assert given.jython_to_take(OLD, folder) == layout.OWN_JYTHON


def test_an_older_openhab_gets_the_jython_of_the_tests(tmp_path):
    assert given.jython_to_take(OLD, unpacked(tmp_path)) == "2.7.3"


# Java


@pytest.mark.parametrize(
    "said, number",
    [
        ('openjdk version "11.0.13" 2021-10-19\n', 11),
        ('openjdk version "21" 2023-09-19\n', 21),
        ('java version "1.8.0_301"\n', 8),
        ("", None),
    ],
)
def test_the_major_version_of_java_is_read(said, number):
    assert given.number_in(said) == number


def test_the_first_java_that_fits_is_taken():
    numbers = {Path("/eight"): 8, Path("/eleven"): 11, Path("/seventeen"): 17, Path("/twentyone"): 21, Path("/none"): None}
    chosen = {text: given.fitting_java(Version(text), list(numbers), numbers.get) for text in ("3.0.1", "4.3.0", "5.2.1")}
    assert chosen == {"3.0.1": Path("/eleven"), "4.3.0": Path("/seventeen"), "5.2.1": Path("/twentyone")}


def test_without_a_java_that_fits_it_says_which_one_to_get():
    with pytest.raises(SystemExit, match="openHAB 5.2.1 needs Java 21 or newer: set JAVA_HOME. Found: 17 in /seventeen"):
        given.fitting_java(NEW, [Path("/seventeen")], lambda place: 17)


def test_java_home_comes_before_the_path():
    places = given.java_places({"JAVA_HOME": "/my/java", "PATH": ""})
    assert places[0] == Path("/my/java") and places[-1] == layout.java_home()
