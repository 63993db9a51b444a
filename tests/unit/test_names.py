"""The user's own item names."""

import pytest

from bmw import names
from bmw.vocabulary import ACCOUNT, COMMAND, VEHICLE


@pytest.mark.parametrize("shipped", sorted(names.SHIPPED))
def test_every_key_of_a_shipped_map_is_a_word_of_the_vocabulary(shipped):
    known = set(ACCOUNT) | set(COMMAND) | set(VEHICLE)
    assert set(names.SHIPPED[shipped]) <= known


@pytest.mark.parametrize("shipped", sorted(names.SHIPPED))
def test_a_shipped_map_names_no_item_twice(shipped):
    items = list(names.SHIPPED[shipped].values())
    assert len(items) == len(set(items))


def test_without_a_setting_there_are_no_own_names(tmp_path):
    assert names.load("", str(tmp_path)) == ({}, [])


def test_a_file_of_the_user_is_read_relative_to_conf(tmp_path):
    (tmp_path / "my.names").write_text("# mine\nstateOfCharge = MySoc\ni3_2.odometer=Km2\n", "utf-8")
    assert names.load("my.names", str(tmp_path)) == ({"stateOfCharge": "MySoc", "i3_2.odometer": "Km2"}, [])


def test_a_wrong_line_is_told_and_left_out(tmp_path):
    (tmp_path / "my.names").write_text("soc = MySoc\nodometer = my km\nstateOfCharge = Ok\n", "utf-8")
    found, problems = names.load("my.names", str(tmp_path))
    assert found == {"stateOfCharge": "Ok"}
    assert [problem.problem for problem in problems] == ["names: there is no value 'soc'", "names: 'my km' is no item name"]


def test_a_missing_file_is_told(tmp_path):
    found, problems = names.load("nowhere", str(tmp_path))
    assert found == {}
    assert problems[0].problem == "names: there is no file nowhere"
