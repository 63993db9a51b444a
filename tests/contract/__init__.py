"""One contract for all clouds; see cases.py."""

import pytest

# pytest must rewrite the asserts in the cases, so that their failures show the values
pytest.register_assert_rewrite("tests.contract.cases")
