"""Shared by the unit tests: the library on the path, a clock that stands still, a private folder, a store."""

import functools
import os
import sys

import pytest
from hypothesis import HealthCheck, settings

_LIBRARY = os.path.join(os.path.dirname(__file__), "..", "..", "automation", "lib", "python")
sys.path.insert(0, os.path.abspath(_LIBRARY))

from bmw import redact  # noqa: E402 - the path must be set first
from bmw.items import corrections  # noqa: E402
from bmw.net import tls  # noqa: E402
from bmw.storage import cipher  # noqa: E402
from bmw.storage.key_file import KEY_BYTES  # noqa: E402
from bmw.storage.seal import Seal  # noqa: E402
from bmw.storage.store import Store  # noqa: E402

from tests.unit.fakes import FakeClock, FakeWire, HandWorker, RecordingOutlet  # noqa: E402

# a busy machine is no failure, and our function-scoped fixtures keep no state between examples
settings.register_profile(
    "unit", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.register_profile("quick", settings.get_profile("unit"), max_examples=10)
settings.register_profile("mutants", settings.get_profile("quick"), derandomize=True, database=None)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def forget_secrets():
    """The next test must not find this test's secrets replaced in its texts."""
    yield
    for kept in (value for name, value in vars(redact).items() if name.startswith("_") and isinstance(value, list)):
        del kept[:]


@pytest.fixture(autouse=True, scope="session")
def quick():
    """Leaves out slow steps: fsync, reading the system's certificates each time, and (on simulated days) the check of the items
    every few seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        patch.setattr(tls, "context", functools.lru_cache(maxsize=None)(tls.context))
        patch.setattr(corrections, "EVERY", 86400)
        yield


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def worker(clock):
    return HandWorker(clock)


@pytest.fixture
def outlet():
    return RecordingOutlet()


@pytest.fixture
def wire():
    return FakeWire()


@pytest.fixture
def seal():
    return Seal(lambda: [b"k" * KEY_BYTES], cipher)


@pytest.fixture
def store(tmp_path, seal):
    return Store(str(tmp_path), seal)
