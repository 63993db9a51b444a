"""What the tests in a real openHAB and in a browser are told on the command line."""

from tests.openhab import layout


def pytest_addoption(parser):
    parser.addoption(
        "--jython",
        choices=layout.JYTHON_VERSIONS + (layout.OWN_JYTHON,),
        default=layout.DEFAULT_JYTHON,
        help="Jython version inside openHAB",
    )
