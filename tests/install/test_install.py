"""install.py on made-up trees: each layout of openHAB, upgrades, the user's own files, and the uninstallation."""

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("bmw_install", REPO / "install.py")
installer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(installer)

DISTRO = "openhab-distro  : {}\nopenhab-core    : {}\n"
LIBRARY = {"old": "automation/lib/python/bmw", "new": "automation/jython/lib/bmw"}
SCRIPT = {"old": "automation/jsr223/bmw.py", "new": "automation/jython/bmw.py"}

DEB = ("etc/openhab", "var/lib/openhab")
DOCKER = ("openhab/conf", "openhab/userdata")
MANUAL = ("opt/openhab/conf", "opt/openhab/userdata")
OLD_DEB = ("etc/openhab2", "var/lib/openhab2")


class Machine:
    """A folder with an openHAB installation; runs install.py on it."""

    def __init__(self, root, place=DEB, version="3.0.1"):
        self.root = root
        self.conf = root / place[0]
        self.userdata = root / place[1]
        self.said = ""
        for name in ("items", "sitemaps", "services", "automation/jsr223"):
            (self.conf / name).mkdir(parents=True)
        self.openhab_is(version)

    def openhab_is(self, version):
        (self.userdata / "etc").mkdir(parents=True, exist_ok=True)
        (self.userdata / "etc" / "version.properties").write_text(DISTRO.format(version, version))

    def run(self, *arguments, answer=""):
        said = []
        self.asked = []
        code = installer.main(["--root", str(self.root), *arguments], said.append, lambda question: self.asked.append(question) or answer)
        self.said = "\n".join(said)
        return code

    def files(self):
        return {path.relative_to(self.conf).as_posix() for path in self.conf.rglob("*") if path.is_file()}

    def text(self, name):
        return (self.conf / name).read_text("utf-8")

    def write(self, name, text):
        path = self.conf / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def snapshot(self):
        return {path: path.read_bytes() if path.is_file() else None for path in self.root.rglob("*")}


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def release(tmp_path, monkeypatch):
    """A small release that a test can change into a later one."""
    source = tmp_path / "release"
    for name, text in {
        "automation/jsr223/bmw.py": "from bmw.openhab.app import App\n",
        "automation/lib/python/bmw/__init__.py": '__version__ = "1.0"\n',
        "automation/lib/python/bmw/old_module.py": "",
        "automation/lib/python/bmw/old_room/__init__.py": "",
        "conf/html/bmw/index.html": "<p>1",
        "conf/services/bmw.cfg": "client_id =\n#refresh = 30\n",
    }.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.setattr(installer, "SOURCE", source)
    return source


# where files go


def test_new_rule_templates_alone_need_no_restart(machine, release):
    templates = release / "automation/templates/bmw.json"
    templates.parent.mkdir(parents=True)
    templates.write_text("[]")
    assert machine.run() == 0
    templates.write_text("[ ]")
    assert machine.run() == 0
    assert machine.text("automation/templates/bmw.json") == "[ ]" and "Restart" not in machine.said.rpartition("upgrade")[2]


@pytest.mark.parametrize("place", [DEB, DOCKER, MANUAL])
@pytest.mark.parametrize(
    "version, layout",
    [
        ("3.0.1", "old"),
        ("3.4.5", "old"),
        ("4.1.3", "old"),
        ("4.2.0", "new"),
        ("4.3.10", "new"),
        ("5.0.0", "new"),
        ("5.2.0-SNAPSHOT", "new"),
    ],
)
def test_each_version_gets_the_files_where_it_wants_them(tmp_path, place, version, layout):
    machine = Machine(tmp_path, place, version)
    assert machine.run() == 0, machine.said
    other = "new" if layout == "old" else "old"
    assert {SCRIPT[layout], LIBRARY[layout] + "/vehicle/vocabulary.py", LIBRARY[layout] + "/openhab/app.py"} <= machine.files()
    assert not {SCRIPT[other], LIBRARY[other] + "/vehicle/vocabulary.py"} & machine.files()
    assert {"html/bmw/index.html", "services/bmw.cfg"} <= machine.files()


@pytest.mark.parametrize("version, folder", [("3.0.1", "automation/jsr223"), ("4.2.0", "automation/jython")])
def test_a_folder_that_openhab_does_not_watch_yet_needs_a_restart(tmp_path, version, folder):
    machine = Machine(tmp_path, version=version)
    (machine.conf / "automation/jsr223").rmdir()
    assert machine.run() == 0
    assert "3. Restart openHAB: it looks into {} only".format(folder) in machine.said
    assert "4. Switch the item BMW_SignIn on" in machine.said


def test_a_folder_that_openhab_watches_already_needs_none(machine):
    assert machine.run() == 0
    assert "3. Switch the item BMW_SignIn on" in machine.said and "Restart" not in machine.said


def test_openhab_2_5_is_found_in_its_own_place(tmp_path):
    machine = Machine(tmp_path, OLD_DEB, "2.5.12")
    assert machine.run() == 0
    assert SCRIPT["old"] in machine.files()
    assert "jython-standalone" in machine.said


def test_the_installed_modules_are_those_of_the_release(machine):
    machine.run()
    for path in (REPO / "automation/lib/python/bmw").rglob("*.py"):
        name = path.relative_to(REPO / "automation/lib/python/bmw").as_posix()
        assert machine.text(LIBRARY["old"] + "/" + name) == path.read_text("utf-8")


def test_nothing_compiled_and_nothing_hidden_is_installed(machine):
    machine.run()
    odd = [name for name in machine.files() if ".pyc" in name or "$py.class" in name or "/." in name]
    assert odd == []


def test_the_main_ui_page_comes_as_a_file_only_where_openhab_reads_it(tmp_path):
    assert "yaml/bmw.yaml" not in installed(tmp_path / "a", "5.1.0")
    assert "yaml/bmw.yaml" in installed(tmp_path / "b", "5.2.0")


def test_samples_come_under_a_name_that_openhab_does_not_load_and_nothing_of_the_users_is_touched(tmp_path):
    machine = Machine(tmp_path, version="5.2.0")
    mine = machine.conf / "persistence" / "rrd4j.persist"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("Items { * : strategy = everyChange }", "utf-8")
    machine.run()
    assert {"persistence/bmw_rrd4j.persist.sample", "yaml/bmw_history.yaml.sample"} <= set(machine.files())
    assert machine.text("persistence/rrd4j.persist") == "Items { * : strategy = everyChange }"
    assert machine.run("--uninstall") == 0
    assert [name for name in machine.files() if name.endswith(".sample")] == []
    assert machine.text("persistence/rrd4j.persist") == "Items { * : strategy = everyChange }"


def installed(root, version):
    machine = Machine(root, version=version)
    machine.run()
    return machine.files()


def test_the_page_file_holds_the_pasted_page_under_its_uid():
    pasted = "# how to paste\nuid: bmw\ncomponent: oh-layout-page\nconfig:\n  label: BMW\n\n"
    file = "version: 1\npages:\n  bmw:\n    component: oh-layout-page\n    config:\n      label: BMW\n\n"
    assert installer.page_file(pasted) == file


def test_the_page_file_has_slots_where_the_code_tab_has_blocks():
    pasted = "uid: bmw\nconfig:\n  label: BMW\nblocks:\n  - component: oh-block\nmasonry: []\ntags: []\n"
    slots = "    slots:\n      default:\n        - component: oh-block\n      masonry: []\n"
    assert installer.page_file(pasted) == "version: 1\npages:\n  bmw:\n    config:\n      label: BMW\n" + slots + "    tags: []\n"


def test_the_version_is_known_from_the_runtime_before_the_first_start(tmp_path):
    machine = Machine(tmp_path, MANUAL)
    (machine.userdata / "etc/version.properties").unlink()
    (tmp_path / "opt/openhab/runtime/system/org/openhab/core/bundles/org.openhab.core/4.3.2").mkdir(parents=True)
    assert machine.run() == 0
    assert "openHAB 4.3" in machine.said and SCRIPT["new"] in machine.files()


def test_a_conf_folder_elsewhere_is_given_and_its_userdata_is_beside_it(tmp_path):
    machine = Machine(tmp_path, ("srv/openhab-conf", "srv/openhab-userdata"), "4.3.0")
    assert machine.run() == 1
    assert machine.run("--conf", str(machine.conf)) == 0
    assert SCRIPT["new"] in machine.files()


def test_openhabs_own_environment_names_its_folders(tmp_path, monkeypatch):
    machine = Machine(tmp_path, ("anywhere/c", "elsewhere/u"), "5.0.1")
    monkeypatch.setenv("OPENHAB_CONF", str(machine.conf))
    monkeypatch.setenv("OPENHAB_USERDATA", str(machine.userdata))
    home = installer.find(installer.parse([]))
    assert (home.conf, home.version, home.layout.script) == (machine.conf, (5, 0), "automation/jython")


# what is refused, and what to do


@pytest.mark.parametrize(
    "arguments, advice",
    [
        ((), "--conf"),
        (("--conf", "{root}/nothing"), "does not look like openHAB's conf folder"),
        (("--conf", "{root}/home/conf"), "--openhab-version"),
        (("--conf", "{root}/home/conf", "--openhab-version", "latest"), "not a version"),
        (("--conf", "{root}/home/conf", "--openhab-version", "2.4.0"), "too old"),
    ],
)
def test_what_it_does_not_know_it_refuses_and_says_what_to_do(tmp_path, arguments, advice):
    machine = Machine(tmp_path, ("home/conf", "other/place"))
    before = machine.snapshot()
    assert machine.run(*[argument.format(root=tmp_path) for argument in arguments]) == 1
    assert advice in machine.said
    assert machine.snapshot() == before


def test_of_two_openhabs_the_person_chooses(tmp_path):
    Machine(tmp_path, OLD_DEB, "2.5.12")
    machine = Machine(tmp_path, DEB, "3.0.1")
    assert machine.run() == 1
    assert "more than one" in machine.said
    assert machine.run("--conf", str(machine.conf)) == 0


def test_a_folder_it_may_not_write_is_told_without_a_traceback(machine, monkeypatch):
    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied", str(machine.conf))

    monkeypatch.setattr(installer.tempfile, "mkstemp", refuse)
    assert machine.run() == 1
    assert "sudo" in machine.said


def test_purge_alone_is_no_command(machine):
    with pytest.raises(SystemExit):
        machine.run("--purge")


# dry run


@pytest.mark.parametrize("arguments", [(), ("--uninstall",), ("--uninstall", "--purge")])
def test_a_dry_run_changes_nothing_and_says_what_it_would_do(machine, arguments):
    if arguments:
        machine.run()
        (machine.userdata / "bmw").mkdir()
    before = machine.snapshot()
    assert machine.run("--dry-run", *arguments) == 0
    assert machine.snapshot() == before
    assert "would {} {}".format("remove " if arguments else "write  ", SCRIPT["old"]) in machine.said


# what it says


def test_the_files_of_our_own_folders_are_counted_and_the_others_named(machine):
    machine.run()
    lines = machine.said.splitlines()
    count = len([name for name in machine.files() if name.startswith(LIBRARY["old"] + "/")])
    assert "write   {} files in {}/".format(count, LIBRARY["old"]) in lines and count > 50
    assert "write   " + SCRIPT["old"] in lines and "write   services/bmw.cfg" in lines
    assert len(lines) <= 14
    machine.run("--uninstall")
    assert "remove  {} files in {}/".format(count, LIBRARY["old"]) in machine.said.splitlines()


def test_each_file_is_named_for_who_asks(machine):
    machine.run("--verbose")
    named = [line[8:] for line in machine.said.splitlines() if line.startswith("write   ")]
    assert sorted(named) == sorted(machine.files())


def test_an_own_file_that_was_changed_is_named_always(machine):
    machine.run()
    machine.write(LIBRARY["old"] + "/config.py", "mine")
    machine.run()
    assert "{0} to {0}.bak (you changed it)".format(LIBRARY["old"] + "/config.py") in machine.said
    assert "write   1 file in {}/".format(LIBRARY["old"]) in machine.said


# files of the user


def test_the_settings_are_made_once_and_readable_by_owner_and_group_only(machine):
    machine.run()
    path = machine.conf / "services/bmw.cfg"
    assert path.read_bytes() == (REPO / "conf/services/bmw.cfg").read_bytes()
    assert path.stat().st_mode & 0o777 == 0o640


def test_the_users_settings_stay_and_new_ones_are_told(machine, release):
    machine.write("services/bmw.cfg", "client_id = mine\n")
    assert machine.run() == 0
    assert machine.text("services/bmw.cfg") == "client_id = mine\n"
    assert machine.text("services/bmw.cfg.example") == "client_id =\n#refresh = 30\n"
    assert "does not mention, see services/bmw.cfg.example: refresh" in machine.said


#: settings that a user may have written in the unpacked folder
WRITTEN = (
    "password = secret1\n",
    "home.password=abc=\n",
    "#stream_password = secret1\n",
    "#relay_password = secret1\n",
    "client_id = mine\n",
    "password: secret1\n",
    "#places = mum 48.1, 11.5\n",
)


@pytest.mark.parametrize("written", WRITTEN)
def test_what_a_person_wrote_into_the_unpacked_folder_is_in_no_example_that_others_can_read(machine, release, written):
    machine.run()
    (release / "conf/services/bmw.cfg").write_text("client_id =\n#refresh = 30\n" + written, "utf-8")
    assert machine.run() == 0
    assert machine.text("services/bmw.cfg") == "client_id =\n#refresh = 30\n"
    assert "services/bmw.cfg.example" not in machine.files()
    assert "Somebody has written into" in machine.said


def test_a_module_the_user_changed_is_kept_beside_the_new_one(machine, release):
    machine.run()
    machine.write(SCRIPT["old"], "# my own\n")
    (release / "automation/jsr223/bmw.py").write_text("# 2\nfrom bmw.openhab.app import App\n")
    machine.run()
    assert machine.text(SCRIPT["old"] + ".bak") == "# my own\n"
    assert machine.text(SCRIPT["old"]).startswith("# 2\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_files_and_folders_belong_to_the_owner_of_conf(machine):
    for path in [machine.conf, *machine.conf.rglob("*")]:
        os.chown(path, 4711, 4712)
    machine.run()
    owners = {(path.stat().st_uid, path.stat().st_gid) for path in machine.conf.rglob("*")}
    assert owners == {(4711, 4712)}


def test_modules_and_pages_are_readable_by_everyone(machine):
    machine.run()
    modes = {(machine.conf / name).stat().st_mode & 0o777 for name in (SCRIPT["old"], "html/bmw/index.html")}
    assert modes == {0o644}


# upgrade


def test_an_upgrade_replaces_what_changed_and_removes_what_is_gone(machine, release):
    machine.run()
    kept = (machine.conf / LIBRARY["old"] / "__init__.py").stat().st_mtime_ns
    for name in ("old_module.py", "old_room/__init__.py"):
        (release / "automation/lib/python/bmw" / name).unlink()
    (release / "automation/lib/python/bmw/new_module.py").write_text("")
    (release / "conf/html/bmw/index.html").write_text("<p>2")
    machine.write(LIBRARY["old"] + "/old_room/x$py.class", "")
    assert machine.run() == 0
    ours = {name for name in machine.files() if name.startswith(LIBRARY["old"])}
    assert ours == {LIBRARY["old"] + "/__init__.py", LIBRARY["old"] + "/new_module.py"}
    assert not (machine.conf / LIBRARY["old"] / "old_room").exists()
    assert machine.text("html/bmw/index.html") == "<p>2"
    assert (machine.conf / LIBRARY["old"] / "__init__.py").stat().st_mtime_ns == kept
    assert "Restart openHAB" in machine.said


def test_a_second_run_finds_nothing_to_do(machine):
    machine.run()
    before = machine.snapshot()
    assert machine.run() == 0
    assert "nothing to do" in machine.said
    assert machine.snapshot() == before


def test_after_openhabs_own_upgrade_the_files_move_to_their_new_place(machine):
    machine.run()
    machine.openhab_is("4.3.0")
    assert machine.run() == 0
    assert SCRIPT["new"] in machine.files() and SCRIPT["old"] not in machine.files()
    assert not [name for name in machine.files() if name.startswith("automation/lib")]
    assert (machine.conf / "automation/jsr223").is_dir(), "it was there before us"


def test_a_copy_made_by_hand_for_an_older_openhab_cannot_run_beside_ours(machine):
    machine.write(SCRIPT["old"], "from bmw.openhab.app import App\n")
    machine.openhab_is("4.2.0")
    machine.run()
    assert SCRIPT["old"] + ".bak" in machine.files() and SCRIPT["old"] not in machine.files()


def test_another_script_of_that_name_is_left_alone(machine):
    machine.write(SCRIPT["old"], "print('mine')\n")
    machine.openhab_is("4.2.0")
    machine.run()
    assert machine.text(SCRIPT["old"]) == "print('mine')\n"


def test_an_interrupted_installation_is_completed_by_the_next_run(machine, release, monkeypatch):
    replace = os.replace

    def fail_at_the_page(source, target):
        if str(target).endswith("index.html"):
            raise KeyboardInterrupt()
        replace(source, target)

    monkeypatch.setattr(installer.os, "replace", fail_at_the_page)
    with pytest.raises(KeyboardInterrupt):
        machine.run()
    assert SCRIPT["old"] not in machine.files(), "openHAB must not load a script whose library is not whole"
    assert [name for name in machine.files() if name.endswith(".tmp")] == []
    monkeypatch.undo()
    monkeypatch.setattr(installer, "SOURCE", release)
    assert machine.run() == 0
    assert {SCRIPT["old"], "html/bmw/index.html"} <= machine.files()


# uninstall


def others(machine):
    """Files of others in the same folders."""
    machine.write("automation/lib/python/bmwx/other.py", "")
    machine.write("automation/jsr223/other.py", "")
    machine.write("html/other.html", "")


def test_uninstalling_leaves_the_tree_as_it_was_but_for_the_settings(machine):
    others(machine)
    before = machine.snapshot()
    machine.run()
    machine.write(LIBRARY["old"] + "/vehicle/vocabulary$py.class", "")
    machine.write(LIBRARY["old"] + "/vehicle/__pycache__/vocabulary.cpython-311.pyc", "")
    (machine.userdata / "bmw").mkdir()
    assert machine.run("--uninstall") == 0
    after = machine.snapshot()
    assert set(after) - set(before) == {machine.conf / "services/bmw.cfg", machine.userdata / "bmw"}
    assert set(before) <= set(after)


def test_with_purge_settings_and_sign_in_go_too(machine):
    others(machine)
    before = machine.snapshot()
    machine.run()
    (machine.userdata / "bmw").mkdir()
    (machine.userdata / "bmw/seal.key").write_text("x")
    assert machine.run("--uninstall", "--purge") == 0
    assert machine.snapshot() == before


def test_with_purge_no_picture_of_a_car_and_no_copy_of_the_settings_stays(machine):
    copy = machine.userdata / "config/org/openhab/bmw.config"
    copy.parent.mkdir(parents=True)
    before = machine.snapshot()
    machine.run()
    machine.write("html/bmw/car-BMW_i4.png", "")
    copy.write_text('password="secret"')
    machine.run("--uninstall", "--purge", "--dry-run")
    assert copy.exists() and "html/bmw/car-BMW_i4.png" in machine.files()
    machine.run("--uninstall", "--purge")
    assert machine.snapshot() == before


def test_purge_follows_no_link_and_says_so(machine, tmp_path):
    machine.run()
    elsewhere = tmp_path / "another disk"
    elsewhere.mkdir()
    (elsewhere / "seal.key").write_text("x")
    (machine.userdata / "bmw").symlink_to(elsewhere)
    assert machine.run("--uninstall", "--purge") == 0
    assert (elsewhere / "seal.key").read_text() == "x"
    assert str(elsewhere) in machine.said


@pytest.fixture
def as_root(machine, monkeypatch):
    """install.py as root, on an openHAB of another user, who owns all but folders with "root" as name."""
    monkeypatch.setattr(installer, "user", lambda: 0)
    monkeypatch.setattr(installer, "owner_of", lambda path: 0 if path.resolve().name == "root" else 1000)
    monkeypatch.setattr(os, "chown", lambda *_arguments: None)
    return machine


@pytest.fixture
def roots(tmp_path):
    """A folder of root with files as ours are named."""
    folder = tmp_path / "root"
    folder.mkdir()
    for name in ("index.html", "__init__.py", "car-a.png", "bmw.cfg"):
        (folder / name).write_text("x")
    return folder


FOLDERS = ["html/bmw", "automation/lib/python/bmw", "automation/lib", "services"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_root_writes_nothing_behind_a_link_to_somebody_elses_folder(as_root, roots, folder):
    """openHAB's user could else get files anywhere, which belong to them."""
    link = as_root.conf / folder
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.exists():
        link.rmdir()
    link.symlink_to(roots)
    before = as_root.snapshot()
    assert as_root.run() == 1
    assert str(roots) in as_root.said and as_root.snapshot() == before


@pytest.mark.parametrize("folder", FOLDERS)
def test_root_removes_nothing_behind_a_link_to_somebody_elses_folder(as_root, roots, tmp_path, folder):
    as_root.run()
    (as_root.conf / folder).rename(tmp_path / "aside")
    (as_root.conf / folder).symlink_to(roots)
    before = as_root.snapshot()
    assert as_root.run("--uninstall", "--purge") == 1
    assert str(roots) in as_root.said and as_root.snapshot() == before


def test_a_link_to_a_folder_of_openhabs_user_is_followed(as_root, tmp_path):
    other = tmp_path / "pages"
    other.mkdir()
    (as_root.conf / "html").symlink_to(other)
    assert as_root.run() == 0
    assert (other / "bmw" / "index.html").is_file()
    assert as_root.run("--uninstall") == 0
    assert not (other / "bmw").exists()


def test_uninstalling_takes_the_generated_sitemap_but_not_the_users_own(tmp_path):
    marker = installer.SITEMAP_MARKER + ".\nsitemap bmw {}\n"
    for text, stays in ((marker, False), ("sitemap bmw {}\n", True)):
        machine = Machine(tmp_path / str(stays))
        machine.run()
        machine.write("sitemaps/bmw.sitemap", text)
        machine.run("--uninstall")
        assert ("sitemaps/bmw.sitemap" in machine.files()) == stays


def test_a_changed_module_is_kept_under_another_name_when_uninstalling(machine):
    machine.run()
    machine.write(SCRIPT["old"], "# my own\n")
    machine.run("--uninstall")
    assert SCRIPT["old"] not in machine.files()
    assert machine.text(SCRIPT["old"] + ".bak") == "# my own\n"


def test_what_it_did_not_install_it_does_not_uninstall(machine):
    machine.write(SCRIPT["old"], "from bmw.openhab.app import App\n")
    before = machine.snapshot()
    assert machine.run("--uninstall") == 1
    assert machine.snapshot() == before


@pytest.mark.parametrize("name", ["/etc/passwd", "../../outside"])
def test_a_list_that_names_files_elsewhere_is_not_believed(machine, name):
    machine.write(installer.MANIFEST, json.dumps({"version": "1", "files": {name: ""}, "folders": []}))
    assert machine.run("--uninstall") == 1
    assert "outside" in machine.said


@pytest.mark.parametrize("text", ["{", "[]", '{"files": 5, "folders": []}'])
def test_a_damaged_list_is_told(machine, text):
    machine.write(installer.MANIFEST, text)
    assert machine.run() == 1
    assert "cannot be read" in machine.said


def test_the_marker_of_the_sitemap_is_the_one_the_module_writes():
    text = (REPO / "automation/lib/python/bmw/openhab/files_out.py").read_text("utf-8")
    assert 'MARKER = "' + installer.SITEMAP_MARKER in text


def test_the_mark_of_our_script_is_in_our_script():
    assert installer.SCRIPT_MARK in (REPO / installer.SCRIPT_SOURCE).read_bytes()


# the zip


def test_the_zip_installs_itself_and_can_be_copied_by_hand(tmp_path):
    machine = Machine(tmp_path / "machine", version="4.3.0")
    assert machine.run("--zip", str(tmp_path)) == 0
    with zipfile.ZipFile(next(tmp_path.glob("openhab-bmw-*.zip"))) as archive:
        archive.extractall(tmp_path / "unpacked")
    top = next((tmp_path / "unpacked").iterdir())
    done = subprocess.run([sys.executable, str(top / "install.py"), "--root", str(machine.root)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    installed_files = {name: machine.text(name) for name in machine.files() if name.startswith(("automation/", "html/", "persistence/"))}
    by_hand = top / "by-hand" / "openHAB-4.2-and-newer"
    assert SCRIPT["new"] in installed_files
    copied = {path.relative_to(by_hand).as_posix() for path in by_hand.rglob("*") if path.is_file()}
    assert copied == set(installed_files) | {"services/bmw.cfg.example"}
    assert (top / "by-hand" / "openHAB-2.5-to-4.1" / SCRIPT["old"]).is_file()


@pytest.mark.parametrize("written", WRITTEN)
def test_a_zip_never_holds_what_a_person_wrote_into_the_settings(tmp_path, release, written):
    (release / "conf/services/bmw.cfg").write_text("client_id =\n" + written, "utf-8")
    said = []
    assert installer.main(["--zip", str(tmp_path)], said.append) == 1
    assert "Somebody has written into" in "\n".join(said)
    assert list(tmp_path.glob("*.zip")) == []


def test_a_zip_holds_nothing_of_the_openhab_that_runs_in_the_same_folder(tmp_path, release):
    own = (
        "conf/services/mqtt.cfg",
        "conf/things/a.things",
        "conf/html/bmw/car-BMW_i3.png",
        "automation/jsr223/mine.py",
        "automation/lib/python/mine.py",
    )
    for name in own:
        (release / name).parent.mkdir(parents=True, exist_ok=True)
        (release / name).write_text("private", "utf-8")
    with zipfile.ZipFile(installer.make_zip(tmp_path)) as archive:
        assert [name for name in archive.namelist() if archive.read(name) == b"private"] == []


def test_the_same_sources_give_the_same_zip(tmp_path, release):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        installer.make_zip(folder)
    assert next(first.iterdir()).read_bytes() == next(second.iterdir()).read_bytes()


# openHAB's add-on

OTHERS = "# automation = groovyscripting\npackage = minimal\n{}\nbinding = knx\n"


@pytest.mark.parametrize("line", ["automation = jsscripting", "automation=jsscripting ,groovyscripting  ", "  automation = jsscripting\r"])
def test_the_add_on_is_added_to_openhabs_own_list_if_the_person_agrees(machine, line):
    machine.write(installer.ADDONS, OTHERS.format(line))
    (machine.conf / installer.ADDONS).chmod(0o640)
    assert machine.run(answer="y") == 0
    listed = line.rstrip()
    before = OTHERS.format(line).encode()
    assert (machine.conf / installer.ADDONS).read_bytes() == before.replace(listed.encode(), listed.encode() + b", jythonscripting")
    assert (machine.conf / installer.ADDONS).stat().st_mode & 0o777 == 0o640
    assert "Jython Scripting" not in machine.said and installer.ADDONS in machine.said
    assert machine.run(answer="y") == 0
    assert machine.asked == []


@pytest.mark.parametrize("answer", ["", "n", "no", "maybe"])
def test_the_list_of_add_ons_stays_if_the_person_does_not_agree(machine, answer):
    machine.write(installer.ADDONS, OTHERS.format("automation = jsscripting"))
    machine.run(answer=answer)
    assert len(machine.asked) == 1
    assert machine.text(installer.ADDONS) == OTHERS.format("automation = jsscripting")
    assert "Install the add-on 'Jython Scripting'" in machine.said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#automation = jsscripting\n",
        "automation =\n",
        "automation = a\nautomation = b\n",
        "automation = jsscripting \\\n , x\n",
        "automation = ${LIST}\n",
    ],
)
def test_a_list_that_openhab_does_not_follow_or_that_is_not_clear_is_left_alone(machine, text):
    """One line would make openHAB remove what was installed on its pages."""
    machine.write(installer.ADDONS, text)
    machine.run(answer="y")
    assert machine.asked == [] and machine.text(installer.ADDONS) == text
    assert "Install the add-on 'Jython Scripting'" in machine.said


def test_without_a_list_or_a_person_nothing_is_asked(machine, monkeypatch):
    machine.run(answer="y")
    assert machine.asked == [] and not (machine.conf / installer.ADDONS).exists()
    monkeypatch.setattr(installer.sys, "stdin", None)
    assert installer.asked("Add it?") == ""


def test_a_dry_run_asks_nothing_and_changes_no_list(machine):
    machine.write(installer.ADDONS, OTHERS.format("automation = jsscripting"))
    machine.run("--dry-run", answer="y")
    assert machine.asked == [] and machine.text(installer.ADDONS) == OTHERS.format("automation = jsscripting")
