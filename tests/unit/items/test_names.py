"""The user's own item names."""

import pytest
from bmw.items import names
from bmw.vehicle.vocabulary import ACCOUNT, COMMAND, VEHICLE


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


def test_a_file_that_is_too_long_for_names_is_told_and_not_taken_apart(tmp_path):
    (tmp_path / "my.names").write_text("stateOfCharge = MySoc" + "\n" * 1024 * 1024, "utf-8")
    own_names, problems = names.load("my.names", str(tmp_path))
    assert own_names == {} and ["is larger than 1024 kB" in problem.problem for problem in problems] == [True]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_of_the_user_is_read_as_the_editor_saved_it(tmp_path, encoding):
    (tmp_path / "my.names").write_bytes("stateOfCharge = MySoc\r\n".encode(encoding))
    assert names.load("my.names", str(tmp_path)) == ({"stateOfCharge": "MySoc"}, [])


def test_no_odd_character_ends_a_line(tmp_path):
    (tmp_path / "my.names").write_text("# mine\u2028odometer = Km\nstateOfCharge = MySoc\x0c\n", "utf-8")
    assert names.load("my.names", str(tmp_path)) == ({"stateOfCharge": "MySoc"}, [])


def test_of_thousands_of_wrong_lines_the_first_are_told_and_the_others_counted(tmp_path):
    (tmp_path / "my.names").write_text("".join("what{} = X\n".format(number) for number in range(5000)), "utf-8")
    found, problems = names.load("my.names", str(tmp_path))
    assert (found, len(problems)) == ({}, 11)
    assert "4990 more lines" in problems[-1].problem


def test_a_wrong_line_is_told_and_left_out(tmp_path):
    (tmp_path / "my.names").write_text("soc = MySoc\nodometer = my km\nstateOfCharge = Ok\n", "utf-8")
    found, problems = names.load("my.names", str(tmp_path))
    assert found == {"stateOfCharge": "Ok"}
    assert [problem.problem for problem in problems] == ["names: there is no value 'soc'", "names: 'my km' is not a valid item name"]


def test_a_missing_file_is_told(tmp_path):
    found, problems = names.load("nowhere", str(tmp_path))
    assert found == {}
    assert problems[0].problem == "names: there is no file nowhere"


def problems_of(tmp_path, text, *options):
    (tmp_path / "my.names").write_text(text, "utf-8")
    found, problems = names.load("my.names", str(tmp_path), *options)
    return found, [problem.text() for problem in problems]


def test_two_keys_with_one_item_are_refused_and_both_are_named(tmp_path):
    found, told = problems_of(tmp_path, "doorLockState = Lock1\ni4.doorLockState = Lock1\nlocked = Lock1\n")
    assert found == {"doorLockState": "Lock1"}
    assert told == [
        "names: '{}' and '{}' have the same item Lock1: give each its own item; the line of '{}' is ignored".format(
            "doorLockState", key, key
        )
        for key in ("i4.doorLockState", "locked")
    ]


def test_a_key_that_is_there_twice_is_told(tmp_path):
    assert problems_of(tmp_path, "lock = A\nlock = B\n") == ({"lock": "A"}, ["names: 'lock' occurs twice: only the first line is used"])


@pytest.mark.parametrize(
    "line, options",
    [
        ("lock = BMW_SignIn", ()),
        ("doorLockState = BMW_AccountState", ()),
        ("accessToken = BMW_Account", ()),
        ("doorLockState = BMW_i3_Address", ()),
        ("unlock = BMW_i3_Lock", ()),
        ("lock = BMW", ()),
        ("lock = BMW_gAccount", ()),
        ("lock = Car_Home_SignIn", ("Car", ["home", "wife"])),
        ("locked = Car_Wife_i3_Locked", ("Car", ["home", "wife"])),
        ("signIn = Car_Wife_SignIn", ("Car", ["home", "wife"])),
    ],
)
def test_a_name_that_is_another_item_of_the_module_is_refused(tmp_path, line, options):
    found, told = problems_of(tmp_path, line + "\n", *options)
    assert found == {} and "is the name of another item of this module: choose another name" in told[0]


@pytest.mark.parametrize("line", ["locked = BMW_i3_Locked", "stateOfCharge = BMW_Soc", "doorLockState = BMW_Lock", "signIn = BMW_SignIn"])
def test_a_name_that_the_same_value_had_before_is_taken(tmp_path, line):
    assert len(problems_of(tmp_path, line + "\n")[0]) == 1


def test_a_value_beyond_the_vocabulary_can_have_a_name_of_the_users(tmp_path):
    (tmp_path / "my.names").write_text("extra_vehicle_timeSetting = MyClock\n", "utf-8")
    assert names.load("my.names", str(tmp_path)) == ({"extra_vehicle_timeSetting": "MyClock"}, [])
