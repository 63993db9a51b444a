"""docs/sources.md: every sheet that the code names as a source of facts is explained there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_each_fact_sheet_that_the_code_names_is_explained_in_the_docs():
    texts = [path.read_text("utf-8") for path in (ROOT / "automation").rglob("*.py")]
    named = {name for text in texts for name in re.findall(r"(?<!docs/)\b(\w+\.md)\b", text)} - {"README.md"}
    explained = set(re.findall(r"^\| `(\w+\.md)` \|", (ROOT / "docs" / "sources.md").read_text("utf-8"), re.M))
    assert named == explained
