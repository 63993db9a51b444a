"""Fixtures for tests against a real openHAB: instances made at need, stopped at the end, their logs kept on
failure."""

import re

import pytest

from tests.openhab import layout
from tests.openhab.server import OpenHAB

INSTANCES = []


def pytest_addoption(parser):
    parser.addoption(
        '--jython',
        action='append',
        choices=layout.JYTHON_VERSIONS,
        help='Jython version inside openHAB; give it twice to run every test on both',
    )


def pytest_generate_tests(metafunc):
    if 'jython' in metafunc.fixturenames:
        chosen = metafunc.config.getoption('--jython', default=None) or [layout.DEFAULT_JYTHON]
        metafunc.parametrize('jython', chosen, scope='session')


@pytest.fixture(scope='session')
def openhab_factory(jython):
    """Makes instances that are not started yet; takes the same options as OpenHAB."""

    def make(**options):
        openhab = OpenHAB(**{'jython': jython, **options})
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
        name = re.sub(r'[^\w.-]+', '_', item.nodeid.split('/')[-1])
        for openhab in INSTANCES:
            if openhab.log_file.exists():
                kept = openhab.keep_log('{}-{}'.format(name, openhab.workdir.name))
                report.sections.append(('openHAB log', str(kept)))
    return report
