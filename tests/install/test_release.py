"""The release: one version, openHAB's licence, the zip, and an upgrade from the release before."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.install.test_install import LIBRARY, REPO, SCRIPT, Machine, installer

#: the text of the Eclipse Public License 2.0 in openHAB's own repositories
EPL_2_0 = "721c2da257578bace3332b14d8ea06643d7d26753e7ef25a837b4e904edc0bf5"
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def version():
    text = (REPO / "automation/lib/python/bmw/__init__.py").read_text("utf-8")
    return re.search(r'(?m)^__version__ = "(\d+\.\d+\.\d+)"$', text).group(1)


def last_release():
    """The files of the last release, relative to openHAB's conf folder."""
    lines = (Path(__file__).parent / "release_0_1_0.txt").read_text("utf-8").splitlines()
    return [line[len("conf/") :] if line.startswith("conf/") else line for line in lines if not line.startswith("#")]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The folder with the unpacked zip."""
    folder = tmp_path_factory.mktemp("release")
    command = [sys.executable, str(REPO / "install.py"), "--zip", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    path = folder / "openhab-bmw-{}.zip".format(version())
    assert str(path) in said
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "unpacked")
    (top,) = (folder / "unpacked").iterdir()
    return top


def names_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_licence_is_the_text_that_openhab_has():
    assert hashlib.sha256((REPO / "LICENSE").read_bytes()).hexdigest() == EPL_2_0
    assert "EPL-2.0" in (REPO / "README.md").read_text("utf-8")


def test_the_changelog_begins_with_the_version_of_the_module_and_its_date():
    heads = re.findall(r"(?m)^## (\S+)(?: \((\d{4}-\d\d-\d\d)\))?", (REPO / "CHANGELOG.md").read_text("utf-8"))
    assert heads[0][0] == version() and heads[0][1]
    assert [head[0] for head in heads[1:]] == ["0.1.0"]


def test_no_other_file_of_ours_repeats_the_version():
    files = [REPO / "install.py", *(path for tree in ("automation", "conf") for path in (REPO / tree).rglob("*") if path.is_file())]
    sources = [path for path in files if path.suffix in (".py", ".js", ".html", ".json", ".yaml", ".cfg", ".sitemap")]
    having = [path.relative_to(REPO).as_posix() for path in sources if '"{}"'.format(version()) in path.read_text("utf-8")]
    assert having == ["automation/lib/python/bmw/__init__.py"]


def test_the_zip_holds_what_a_user_needs_and_no_tests(unpacked):
    names = names_below(unpacked)
    docs = {"docs/{}.md".format(name) for name in ("api", "values", "security", "limits", "portal", "coming-from-mybmw")}
    assert docs | {"LICENSE", "README.md", "README.de.md", "CHANGELOG.md", "INSTALL.txt", "install.py"} <= names
    trees = {path.relative_to(REPO).as_posix() for tree in ("automation", "conf") for path in (REPO / tree).rglob("*") if path.is_file()}
    assert {name for name in trees if ".pyc" not in name} <= names
    assert [name for name in names if name.startswith("tests/") or ".pyc" in name or "/." in name] == []


def test_every_link_in_the_pages_of_the_zip_leads_to_a_file_in_it(unpacked):
    broken = [
        "{}: {}".format(page.name, link)
        for page in unpacked.rglob("*.md")
        for link in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / link).is_file()
    ]
    assert broken == []


def test_the_zip_is_the_same_whenever_and_from_wherever_it_is_made(unpacked, tmp_path):
    again = subprocess.run(
        [sys.executable, str(unpacked / "install.py"), "--zip", str(tmp_path)], capture_output=True, text=True, check=True
    )
    made = unpacked.parent.parent / "openhab-bmw-{}.zip".format(version())
    assert next(tmp_path.iterdir()).read_bytes() == made.read_bytes(), again.stdout
    with zipfile.ZipFile(made) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert len({entry.date_time for entry in entries}) == 1


# the upgrade

MODULE = "# 0.1.0: {}\nfrom __future__ import absolute_import, unicode_literals\n"


def lay_the_last_release(write):
    """Writes the last release's files in a conf folder and their compiled files, by ``write(name, text)``.

    Returns its install.py's list of installed files.
    """
    files = {}
    for name in last_release():
        text = "from bmw.openhab.app import App\n" if name == SCRIPT["old"] else MODULE.format(name)
        write(name, text)
        files[name] = installer.digest(text.encode())
        if name.startswith(LIBRARY["old"]):
            path = Path(name)
            write(str(path.with_name(path.stem + "$py.class")), "")
            write(str(path.parent / "__pycache__" / (path.stem + ".cpython-311.pyc")), "")
    folders = {parent.as_posix() for name in files for parent in Path(name).parents if len(parent.parts) > 1}
    return {"version": "0.1.0", "files": files, "folders": sorted(folders - {"automation/jsr223"})}


@pytest.mark.parametrize("has_list", [True, False], ids=["installed", "copied by hand"])
def test_an_upgrade_over_the_last_release_leaves_no_file_of_it_behind(unpacked, tmp_path, has_list):
    machine = Machine(tmp_path)
    record = lay_the_last_release(machine.write)
    if has_list:
        machine.write(".bmw-installed.json", json.dumps(record))
    machine.write("services/bmw.cfg", "client_id = mine\n")
    machine.write("sitemaps/house.sitemap", "sitemap house {}\n")
    done = subprocess.run([sys.executable, str(unpacked / "install.py"), "--root", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Restart openHAB now" in done.stdout
    library = {"{}/{}".format(LIBRARY["old"], name) for name in names_below(REPO / LIBRARY["old"]) if name.endswith((".py", ".pyi"))}
    page = {"html/bmw/" + name for name in names_below(REPO / "conf/html/bmw")}
    own = {"services/bmw.cfg", "services/bmw.cfg.example", "sitemaps/house.sitemap", ".bmw-installed.json"}
    own |= {"automation/templates/bmw.json"}
    own.add("persistence/bmw_rrd4j.persist.sample")
    assert machine.files() == library | page | own | {SCRIPT["old"]}
    assert [path for path in machine.conf.rglob("*") if path.is_dir() and path.name == "__pycache__"] == []
    assert machine.text("services/bmw.cfg") == "client_id = mine\n"
    assert (machine.conf / "automation/jsr223").is_dir()
    empty = [folder for folder, folders, files in os.walk(machine.conf / LIBRARY["old"]) if not folders and not files]
    assert empty == []


def test_a_module_of_the_users_own_in_our_folder_stays(tmp_path):
    machine = Machine(tmp_path)
    machine.write(LIBRARY["old"] + "/my_own.py", "print('mine')\n")
    assert machine.run() == 0
    assert machine.text(LIBRARY["old"] + "/my_own.py") == "print('mine')\n"


def test_each_module_holds_the_mark_by_which_an_old_copy_is_known():
    mark = installer.MODULE_MARK
    assert [
        path.name for path in (REPO / LIBRARY["old"]).rglob("*.py") if mark not in path.read_bytes() and path.name != "__init__.py"
    ] == []


def test_what_contributing_names_is_there():
    text = (REPO / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:bmw|tests|conf)/[\w/.]+)`", text)
    assert "bmw/vehicle/vocabulary.py" in named
    assert [name for name in named if not (REPO / name.replace("bmw/", LIBRARY["old"] + "/", name.startswith("bmw/"))).exists()] == []
