"""The library on the path, and no secret of one test hidden in the next one's texts."""

import pytest

from tests.cloud.settings import DEFAULTS
from tests.unit.conftest import forget_secrets, quick  # noqa: F401 - fixtures, and importing them sets the path

from bmw import times  # noqa: E402 - the path must be set first


@pytest.fixture(autouse=True)
def house_of_the_cars(monkeypatch):
    """Sets the machine to the time zone of the simulated cars, because some of BMW's servers send local times."""
    monkeypatch.setattr(times, "home_offset", lambda _seconds: DEFAULTS["utc_offset"] * 60)
