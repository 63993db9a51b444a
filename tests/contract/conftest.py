"""The library on the path, and no secret of one test hidden in the next one's texts."""

from tests.unit.conftest import forget_secrets  # noqa: F401 - a fixture, and importing it sets the path
