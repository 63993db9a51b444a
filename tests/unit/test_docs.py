"""docs: every test that a page names as proof exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md")) + [ROOT / "README.md"]
_TEST = re.compile(r"`(?:tests/)?((?:unit|cloud|contract|openhab|browser|install|fuzz)/[\w/]+\.py)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_is_there(page):
    named = _TEST.findall(page.read_text("utf-8"))
    assert [name for name in named if not (ROOT / "tests" / name).is_file()] == []
    assert named or page.name != "security.md"
