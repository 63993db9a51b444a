"""tests.audit: each check is tested with bad input, because a check that cannot fail is worthless."""

import json
import subprocess

import pytest

from tests import audit, lint

FINE = {"name": "flask", "version": "3.1.2", "vulns": []}
BAD = {"name": "flask", "version": "0.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.2"]}]}
UNKNOWN = {"name": "amqtt", "skip_reason": "Dependency not found on PyPI and could not be audited: amqtt (0.12.1)"}


# what the module imports


def found(folder, name, source):
    """The problems of a library with that one file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    return list(audit.import_problems(folder))


def test_the_module_imports_nothing_that_openhab_lacks():
    assert list(audit.import_problems()) == []


@pytest.mark.parametrize(
    "source", ["import requests", "from numpy import array", "def f():\n    import yaml", "try:\n    import six\nexcept E:\n    pass"]
)
def test_any_other_package_is_found(tmp_path, source):
    (problem,) = found(tmp_path, "lib/python/bmw/polling/service.py", source)
    assert "neither Python's standard library nor Java" in problem


@pytest.mark.parametrize("name, is_good", [("lib/python/bmw/openhab/items.py", True), ("lib/python/bmw/items.py", False)])
def test_only_the_openhab_room_may_import_java(tmp_path, name, is_good):
    assert (found(tmp_path, name, "from java.lang import System") == []) is is_good


@pytest.mark.parametrize("source", ["import requests", "class A:\n    import requests", "if True:\n    import requests"])
def test_the_command_lines_packages_are_not_needed_to_load_a_file(tmp_path, source):
    (problem,) = found(tmp_path, "lib/python/bmw/net/http.py", source)
    assert "import it where it is used" in problem
    assert found(tmp_path, "lib/python/bmw/net/http.py", "def f():\n    import requests") == []


@pytest.mark.parametrize("source", ["__import__('os')", "import importlib\nimportlib.import_module('os')"])
def test_an_import_by_a_computed_name_is_found(tmp_path, source):
    assert any("computed name" in problem for problem in found(tmp_path, "lib/python/bmw/polling/service.py", source))


# versions


def test_every_requirement_names_one_version():
    assert len(audit.REQUIREMENTS) >= 3
    assert list(audit.pin_problems()) == []


@pytest.mark.parametrize(
    "line", ["flask", "flask>=3", "flask~=3.1", "flask==3.*", "-e .", "https://example.org/flask.zip", "flask==3.1.2,<4"]
)
def test_a_requirement_of_any_version_is_found(tmp_path, line):
    path = tmp_path / "requirements.txt"
    path.write_text("# comment\nrequests==2.32.5\namqtt==0.12.1; python_version >= '3.10'\n{}\n".format(line))
    assert len(list(audit.pin_problems([path]))) == 1


# the static check


def test_bandit_finds_what_is_dangerous(tmp_path):
    path = tmp_path / "danger.py"
    path.write_text("import ssl\nssl._create_unverified_context()\nimport requests\nrequests.get('https://x.example', verify=False)\n")
    command = dict(lint.CHECKS)["bandit"][:-1] + [str(path)]
    problems = lint.run("bandit", command)
    assert any("B323" in problem for problem in problems) and any("B501" in problem for problem in problems)


# advisories


def answering(*entries, code=0):
    text = json.dumps({"dependencies": list(entries)})
    return lambda command, **options: subprocess.CompletedProcess(command, code, text, "")


def test_a_vulnerable_package_fails_and_is_told_with_its_remedy(capsys):
    assert audit.main([], answering(BAD, code=1)) == 1
    assert "flask 0.1: PYSEC-1, mended in 3.1.2" in capsys.readouterr().out


def test_packages_without_a_vulnerability_pass(capsys):
    assert audit.main(["--strict"], answering(FINE)) == 0
    assert "1 packages checked, 0 known vulnerabilities" in capsys.readouterr().out


def test_what_could_not_be_checked_is_told_and_fails_where_it_is_asked_for(capsys):
    assert audit.main([], answering(FINE, UNKNOWN)) == 0
    assert "NOT checked, 1 packages (Dependency not found on PyPI and could not be audited): amqtt" in capsys.readouterr().out
    assert audit.main(["--strict"], answering(FINE, UNKNOWN)) == 1


def test_an_audit_that_checked_nothing_says_that_it_was_skipped(capsys):
    assert audit.main([], answering(UNKNOWN)) == 0
    assert "SKIPPED, no package could be checked" in capsys.readouterr().out


def test_an_audit_without_network_says_that_it_was_skipped(capsys):
    def without_network(command, **_options):
        return subprocess.CompletedProcess(command, 1, "", "Traceback\nConnectionError: no route")

    assert audit.main([], without_network) == 0
    assert "SKIPPED, the advisories could not be asked for: ConnectionError: no route" in capsys.readouterr().out
    assert audit.main(["--strict"], without_network) == 1
