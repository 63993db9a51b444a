"""Every fault at every step of sign-in, token renewal, poll, command and stream, in a real openHAB.

A cell is good when the step works again without a person once the fault is gone (or the table of faults.py says why only a person
can go on), when the items told meanwhile what is wrong and what to do, when the car's last good states stayed, when nothing was
sent to a host that bmw.cfg does not name, and when no secret reached a log or an item. The table is printed at the end.

All rows take a quarter of an hour, so only some run by default; FAULTS=all in the environment runs them all.
"""

import os

import pytest

pytest.importorskip("amqtt", reason="the simulated stream's broker needs Python 3.10")

from tests.openhab.faults import ROWS  # noqa: E402
from tests.openhab.faults_cell import FAIL  # noqa: E402
from tests.openhab.faults_house import House  # noqa: E402
from tests.openhab.faults_matrix import Matrix  # noqa: E402
from tests.openhab.faults_steps import STEPS  # noqa: E402
from tests.openhab.faults_wide import WIDE_ROWS  # noqa: E402

ALL = ROWS + WIDE_ROWS
#: one row of each kind, for short runs
SOME = (
    "connection refused",
    "reset after the headers",
    "TLS: wrong name",
    "HTTP 401",
    "HTTP 500",
    "HTML instead of JSON",
    "100 MB body",
    "reply lost",
    "disk full",
    "clock a day ahead",
    "kill -9 before storing",
    "items of another type",
    "two accounts (a)",
)
RUN = ALL if os.environ.get("FAULTS") == "all" else [row for row in ALL if row.name in SOME]
assert len(RUN) >= len(SOME)


@pytest.fixture(scope="module")
def matrix(openhab_factory, tmp_path_factory, request):
    house = House(openhab_factory, tmp_path_factory.mktemp("faults"))
    matrix = Matrix(house)
    try:
        house.start()
        yield matrix
    finally:
        house.close()
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print("\n" + matrix.text() if matrix.rows else "\nno row was run")


@pytest.mark.parametrize("step", [step.name for step in STEPS])
@pytest.mark.parametrize("row", RUN, ids=lambda row: row.name.replace(" ", "-"))
def test_a_fault_is_survived(matrix, row, step):
    cell = matrix.cell(row, step)
    assert cell.verdict != FAIL, "; ".join(cell.problems)
