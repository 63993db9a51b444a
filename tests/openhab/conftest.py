"""Fixtures for tests against a real openHAB: instances made at need, stopped at the end, their logs kept on
failure."""

import re

import pytest

from tests.openhab.server import OpenHAB

INSTANCES = []


@pytest.fixture(scope="session")
def jython(request):
    """The version as text. Not a parameter: pytest would then mix the tests of different files, and each change starts an openHAB."""
    return request.config.getoption("--jython")


@pytest.fixture(scope="session")
def openhab_factory(jython):
    """Returns a function that makes an OpenHAB, not started yet; it takes the options of OpenHAB."""

    def make(**options):
        openhab = OpenHAB(**{"jython": jython, **options})
        INSTANCES.append(openhab)
        return openhab

    yield make
    while INSTANCES:
        openhab = INSTANCES.pop()
        openhab.stop()
        openhab.discard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        name = re.sub(r"[^\w.-]+", "_", item.nodeid.split("/")[-1])
        for openhab in INSTANCES:
            if openhab.log_file.exists():
                kept = openhab.keep_log("{}-{}".format(name, openhab.workdir.name))
                report.sections.append(("openHAB log", str(kept)))
    return report
