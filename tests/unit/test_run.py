"""tests/run.sh: which tests each form runs, and what it refuses. A stand-in for Python records its arguments."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[1] / "run.sh"
RECORDER = """#!/bin/sh
echo "WEEK_DAYS=$WEEK_DAYS $*" >> {told}
case "$*" in *tests.openhab.given) echo own ;; *"$FAIL"*) [ -z "$FAIL" ] || exit 1 ;; esac
"""


class Copy:
    """A repository with only run.sh. ``tells``: the arguments of each call of Python, one line each."""

    def __init__(self, folder):
        self.folder, self.told = folder, folder / "told"
        python = folder / "python"
        python.write_text(RECORDER.format(told=self.told))
        python.chmod(0o755)
        for setup in ("tests/setup.sh", "tests/browser/setup.sh"):
            (folder / setup).parent.mkdir(parents=True, exist_ok=True)
            (folder / setup).write_text("PYTHON={}\necho set up by {}\n".format(python, setup))
        (folder / "tests/mutants").mkdir()
        (folder / "tests/mutants/run.sh").write_text('echo "WEEK_DAYS=$WEEK_DAYS mutants" >> {}\n'.format(self.told))
        shutil.copy(RUN, folder / "tests/run.sh")

    def run(self, *arguments, **environment):
        clean = {name: value for name, value in os.environ.items() if name not in ("OPENHAB_HOME", "WEEK_DAYS", "FAULTS")}
        command = ["bash", str(self.folder / "tests/run.sh"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env={**clean, "FAIL": "", **environment}, timeout=60)

    def tells(self):
        return self.told.read_text().splitlines() if self.told.exists() else []

    def parts(self):
        """[(name of the part, words)] of each call of pytest."""
        calls = [line.split() for line in self.tells() if "pytest" in line]
        return [(next(Path(word).stem for word in call if word.endswith(".xml")), call) for call in calls]


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


@pytest.mark.parametrize(
    "arguments, names",
    [
        (("unit",), ["cpython"]),
        (("fast",), ["cpython", "openhab-jython-2.7.3"]),
        ((), ["cpython", "openhab-jython-2.7.3", "openhab-jython-2.7.2", "openhab-browser"]),
        (
            ("long",),
            ["cpython", *("openhab-" + name for name in ("jython-2.7.3", "jython-2.7.2", "jython-2.7.4", "soak", "year", "browser"))],
        ),
    ],
)
def test_each_form_runs_its_parts_and_sums_them_up(copy, arguments, names):
    done = copy.run(*arguments)
    assert done.returncode == 0, done.stderr
    assert [name for name, _words in copy.parts()] == names
    assert "tests.summary" in copy.tells()[-1]


def test_the_whole_runs_all_on_the_jython_that_openhab_ships_and_the_core_on_the_older_one(copy):
    copy.run()
    words = dict(copy.parts())
    assert "--jython=2.7.3" in words["openhab-jython-2.7.3"] and words["openhab-jython-2.7.3"][-1] == "tests/openhab"
    assert "tests/openhab/test_security.py" in words["openhab-jython-2.7.2"] and "tests/openhab" not in words["openhab-jython-2.7.2"]
    assert "slow" not in " ".join(words["cpython"])


@pytest.mark.parametrize("form", ["unit", "fast"])
def test_the_quick_forms_leave_out_what_is_slow_and_need_no_browser(copy, form):
    done = copy.run(form)
    words = " ".join(dict(copy.parts())["cpython"])
    assert "-m not slow" in words and "--hypothesis-profile=quick" in words
    assert "tests/browser/setup.sh" not in done.stdout


def test_the_long_form_simulates_the_whole_week(copy):
    copy.run("long")
    assert all(line.startswith("WEEK_DAYS=7 ") for line in copy.tells())
    copy.told.unlink()
    copy.run()
    assert all(line.startswith("WEEK_DAYS= ") for line in copy.tells())


@pytest.mark.parametrize("arguments, has_figures", [(("long",), True), ((), False), (("fast",), False)])
def test_only_the_long_form_measures_writes_and_mutants(copy, arguments, has_figures):
    copy.run(*arguments)
    told = copy.tells()
    assert [any("tests.bench.writes" in line for line in told), any(line.endswith(" mutants") for line in told)] == [
        has_figures,
        has_figures,
    ]


@pytest.mark.parametrize("arguments", [("quick",), ("fast", "unit"), ("--long",)])
def test_what_it_does_not_know_is_refused_and_the_forms_are_told(copy, arguments):
    done = copy.run(*arguments)
    assert done.returncode == 2
    assert "tests/run.sh unit" in done.stderr and copy.tells() == []


def test_help_tells_the_forms_and_runs_nothing(copy):
    done = copy.run("--help")
    assert done.returncode == 0 and copy.tells() == []
    assert all(form in done.stdout for form in ("tests/run.sh unit", "tests/run.sh fast", "tests/run.sh long", "OPENHAB_HOME"))


def test_a_part_that_fails_ends_the_run_with_an_error_when_all_have_run(copy):
    done = copy.run("fast", FAIL="cpython")
    assert done.returncode == 1
    assert [name for name, _words in copy.parts()] == ["cpython", "openhab-jython-2.7.3"]


@pytest.mark.parametrize("arguments, files", [((), "tests/openhab"), (("fast",), "tests/openhab/test_install_openhab.py")])
def test_in_an_openhab_of_ones_own_only_the_tests_in_openhab_run_with_its_jython(copy, arguments, files):
    done = copy.run(*arguments, OPENHAB_HOME="/my/openhab")
    assert done.returncode == 0, done.stderr
    ((name, words),) = copy.parts()
    assert name == "openhab-jython-own" and "--jython=own" in words and words[-1] == files
    assert "tests/browser/setup.sh" not in done.stdout


def test_the_unit_tests_are_not_for_an_openhab(copy):
    assert copy.run("unit", OPENHAB_HOME="/my/openhab").returncode == 2
    assert copy.tells() == []
