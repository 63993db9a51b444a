"""One contract for all clouds; see cases.py."""

import pytest

# the cases assert, so they shall tell what they saw as a test module does
pytest.register_assert_rewrite("tests.contract.cases")
