"""The library on the path, and no secret of one test hidden in the next one's texts."""

import pytest
from bmw import times

from tests.cloud.settings import DEFAULTS
from tests.unit.conftest import forget_secrets  # noqa: F401 - a fixture, and importing it sets the path


@pytest.fixture(autouse=True)
def house_of_the_cars(monkeypatch):
    """The house stands in the time zone of the simulated cars: some of BMW's servers tell times of the day there."""
    monkeypatch.setattr(times, "home_offset", lambda _seconds: DEFAULTS["utc_offset"] * 60)
