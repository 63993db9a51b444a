"""docs: every test, item and value that a page names exists; the German README says what the English one says."""

import re
from collections import Counter
from pathlib import Path

import pytest
from bmw.items import names
from bmw.vehicle.vocabulary import ACCOUNT, COMMAND, PICTURE, VEHICLE

from tests.values_page import CARDATA, DERIVED, SOURCES

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md")) + sorted(ROOT.glob("README*.md"))
_TEST = re.compile(r"`(?:tests/)?((?:unit|cloud|contract|openhab|browser|install|fuzz)/[\w/]+\.py)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_is_there(page):
    named = _TEST.findall(page.read_text("utf-8"))
    assert [name for name in named if not (ROOT / "tests" / name).is_file()] == []
    assert named or page.name != "security.md"


# docs/coming-from-mybmw.md

BINDING = (ROOT / "docs" / "coming-from-mybmw.md").read_text("utf-8")
_ITEM = re.compile(r"`([A-Z]\w+)`")


def key_of(item):
    return item[0].lower() + item[1:]


def rows_of_the_binding():
    """(channels, items, what CarData says, words) of each row of the tables of channels."""
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in BINDING.splitlines() if re.match(r"\| `[\w-]+#", line)]
    return [(re.findall(r"`([^`]+)`", row[0]), _ITEM.findall(row[1]), row[2], row[3]) for row in rows]


def test_each_item_that_stands_for_a_channel_of_the_binding_is_one_of_ours():
    known = set(VEHICLE) | set(COMMAND) | {PICTURE.key}
    accounts = {"BMW_" + key[0].upper() + key[1:] for key in ACCOUNT}
    rows = rows_of_the_binding()
    named = [item for _channels, items, _cardata, _words in rows for item in items]
    beside = [item for _channels, _items, _cardata, words in rows for item in _ITEM.findall(words) if not item.isupper()]
    assert [item for item in named + beside if key_of(item) not in known and item not in accounts] == []
    assert len(named) > 80


def test_what_the_table_of_the_binding_says_of_cardata_is_so():
    told = set(SOURCES[CARDATA]) | set(DERIVED) | {PICTURE.key} | {"bMW_ForceUpdate"}
    rows = [(item, cardata) for _channels, items, cardata, _words in rows_of_the_binding() for item in items]
    assert [item for item, cardata in rows if cardata == "yes" and key_of(item) not in told] == []
    assert [item for item, cardata in rows if cardata == "no" and key_of(item) in told] == []
    assert {cardata for _item, cardata in rows if "values.md" not in cardata} == {"yes", "no"}


def test_each_channel_has_an_item_or_words_in_its_place():
    assert [channels for channels, items, cardata, _words in rows_of_the_binding() if bool(items) != bool(cardata)] == []
    groups = {channel.partition("#")[0] for channels, _items, _cardata, _words in rows_of_the_binding() for channel in channels}
    mybmw = "update status doors range check service location remote profile statistic session tires image"
    assert set(mybmw.split()) <= groups


def test_the_file_of_own_names_on_the_page_is_read_without_an_error():
    lines = re.findall(r"(?m)^    (\w+ = i3\w+)$", BINDING)
    assert names._parse("\n".join(lines))[1] == []
    assert len(lines) > 5


# docs/use-cases.md


def test_each_item_of_a_car_in_the_use_cases_is_one_of_ours():
    named = set(re.findall(r"BMW_i4_(\w+)", (ROOT / "docs" / "use-cases.md").read_text("utf-8")))
    assert [item for item in sorted(named) if key_of(item) not in VEHICLE] == []
    assert "StateOfCharge" in named


# README.md and README.de.md

ENGLISH, GERMAN = [(ROOT / name).read_text("utf-8") for name in ("README.md", "README.de.md")]


def code(text):
    """What stands as code in the text, how often: settings, items, states, folders."""
    return Counter(re.findall(r"`([^`\n]+)`", text))


def commands(text):
    """What stands before the words in each indented line: commands, files."""
    return [re.split(r" {2,}", line.strip())[0] for line in re.findall(r"(?m)^    ?.*$", text) if line.startswith("    ")]


def links(text):
    return Counter(re.findall(r"\]\(([^)]+)\)", text))


def shape(text):
    """The kind of each line that has one: heading, row of a table, point of a list, numbered step."""
    kinds = (("#", r"#+ "), ("|", r"\|"), ("-", r"- "), ("1.", r"\d+\. "), ("!", r"!\["))
    return [kind for line in text.splitlines() for kind, pattern in kinds if re.match(pattern, line)]


def test_both_readmes_link_each_other_at_their_top():
    assert "[Deutsch](README.de.md)" in ENGLISH.split("\n## ")[0]
    assert "[English](README.md)" in GERMAN.split("\n## ")[0]


@pytest.mark.parametrize("part", [code, commands, shape], ids=lambda part: part.__name__)
def test_the_german_readme_has_what_the_english_one_has(part):
    assert part(ENGLISH) and part(GERMAN) == part(ENGLISH)


def test_the_german_readme_has_the_links_of_the_english_one():
    assert links(GERMAN) - Counter(["README.md"]) == links(ENGLISH) - Counter(["README.de.md"])


def test_both_readmes_name_the_same_numbers():
    assert sorted(re.findall(r"\d[\d.,/-]*\d|\d", GERMAN)) == sorted(re.findall(r"\d[\d.,/-]*\d|\d", ENGLISH))
