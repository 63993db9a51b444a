"""tests.architecture_page: the page on the rooms says what the code says."""

import pytest

from tests import architecture_page
from tests.unit.test_rooms import LEVEL, LIBRARY


def test_the_committed_page_is_what_the_command_prints():
    assert architecture_page.PAGE.read_text("utf-8") == architecture_page.page(), "run: python -m tests.architecture_page --write"


def test_every_room_stands_once_in_the_picture_and_once_in_the_table():
    picture, table = architecture_page.picture(), architecture_page.table()
    for room in LEVEL:
        name = room + ("/" if (LIBRARY / room).is_dir() else ".py")
        assert picture.count("\n| {} ".format(name)) == 1 and table.count("\n| `{}` |".format(name)) == 1


def test_the_picture_is_no_wider_than_a_screen():
    assert {len(line) for line in architecture_page.picture().splitlines() if line.startswith(("|", "+"))} == {architecture_page.WIDTH}


def test_what_a_room_uses_is_read_from_its_imports():
    assert "compat" in architecture_page.uses("net") and "openhab" not in architecture_page.uses("net")


@pytest.mark.parametrize("question, place", architecture_page.PLACES)
def test_where_to_look_first_is_a_file_that_is_there(question, place):
    assert (LIBRARY / place).is_file()
