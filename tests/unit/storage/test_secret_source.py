"""bmw.storage.secret_source: a secret is in bmw.cfg, in a private file or in the environment; no message contains one."""

import os

import pytest
from bmw import config
from bmw.errors import ConfigError
from bmw.redact import clean
from bmw.storage import files, secret_source
from bmw.storage.secret_source import resolve
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import CLIENT_ID

SECRET = "very-private-1"
PORTAL = "cloud = portal\nusername = me@example.org\npassword = "


@pytest.fixture
def secret_file(tmp_path):
    """Writes a file of a secret; returns its path."""

    def write(content, mode=0o600, name="bmw-password"):
        path = tmp_path / name
        path.write_bytes(content)
        path.chmod(mode)
        return str(path)

    return write


def refused(text, **options):
    """The error text if there is no secret."""
    with pytest.raises(ConfigError) as error:
        resolve(text, "", **options)
    assert SECRET not in error.value.text()
    return error.value.text()


# a file


@pytest.mark.parametrize(
    "content",
    [b"very-private-1", b"very-private-1\n", b"very-private-1\r\n", "very-private-1\r\n".encode("utf-16"), b"\xef\xbb\xbfvery-private-1"],
)
def test_a_file_holds_the_secret_and_one_line_end_is_left_out(secret_file, content):
    assert resolve("file:" + secret_file(content), "") == SECRET


def test_blanks_in_a_file_belong_to_the_secret(secret_file):
    assert resolve("file:" + secret_file(b" a b \n"), "") == " a b "


def test_a_relative_file_is_looked_for_beside_the_settings(secret_file, tmp_path):
    secret_file(b"very-private-1\n")
    assert resolve("file: bmw-password", str(tmp_path)) == SECRET


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(str(tmp_path / "pipe"), 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    for name in ("pipe", "folder"):
        assert "is not a regular file" in refused("file:" + str(tmp_path / name))
    assert "is not a regular file" in refused("file:/dev/zero")


def test_a_long_file_is_no_secret_and_not_read_to_its_end(secret_file, monkeypatch):
    path, asked = secret_file(b"x" * 4097), []
    real_read = files.read
    monkeypatch.setattr(files, "read", lambda path, max_bytes=-1: asked.append(max_bytes) or real_read(path, max_bytes))
    assert "is too long for a secret" in refused("file:" + path)
    assert asked == [4097]
    assert resolve("file:" + secret_file(b"x" * 4096, name="longest"), "") == "x" * 4096


@pytest.mark.parametrize("mode", [0o640, 0o644, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(secret_file, mode):
    path = secret_file(b"very-private-1\n", mode)
    assert refused("file:" + path) == "{0} can be read by others: make it private: chmod 600 {0}".format(path)


def test_permissions_are_not_looked_at_where_the_system_has_none(secret_file, monkeypatch):
    path = secret_file(b"very-private-1\n", 0o666)
    monkeypatch.setattr(files.os, "sep", "\\")
    assert resolve("file:" + path, "") == SECRET


def test_a_missing_file_is_told(tmp_path):
    assert "there is no file" in refused("file:{}/none".format(tmp_path))


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n"])
def test_an_empty_file_is_told(secret_file, content):
    assert "is empty" in refused("file:" + secret_file(content))


def test_a_file_of_several_lines_is_told(secret_file):
    assert "more than one line" in refused("file:" + secret_file(b"very-private-1\nvery-private-2\n"))


# the environment


@pytest.mark.parametrize("value", [SECRET, SECRET.encode()])
def test_a_variable_holds_the_secret(value):
    assert resolve("env:BMW_PASSWORD", "", {"BMW_PASSWORD": value}) == SECRET


@pytest.mark.parametrize("environment", [{}, {"BMW_PASSWORD": ""}])
def test_a_missing_or_empty_variable_is_told(environment):
    assert "there is no environment variable BMW_PASSWORD" in refused("env:BMW_PASSWORD", environment=environment)


def test_any_other_text_is_the_secret_itself():
    assert resolve("a file: of mine", "") == "a file: of mine"


@given(st.text() | st.text().map("file:{}".format) | st.text().map("env:{}".format))
def test_any_value_gives_a_text_or_a_config_error(value):
    try:
        assert isinstance(resolve(value, "/proc/none", {"": "x"}), str)
    except ConfigError as error:
        assert error.problem and error.advice


@given(st.binary(max_size=40))
def test_any_content_of_a_file_gives_a_text_or_a_config_error(secret_file, content):
    try:
        secret = resolve("file:" + secret_file(content), "")
        assert secret and "\n" not in secret
    except ConfigError as error:
        assert error.problem and error.advice


# in the settings


def loaded(folder, text, mode=0o640):
    path = folder / "bmw.cfg"
    path.write_text(text)
    path.chmod(mode)
    return config.load(str(path))


@pytest.mark.parametrize("key", config.keys_of(config.NAME, config.SECRET))
def test_every_secret_setting_can_be_kept_in_a_file_and_is_never_shown(tmp_path, secret_file, key):
    secret_file("private-of-{}\n".format(key).encode())
    needed = {"relay_user": "relay_url = mqtt://localhost\n", "relay_password": "relay_url = mqtt://localhost\nrelay_user = house\n"}
    settings = loaded(tmp_path, "client_id = {}\n{}{} = file:bmw-password".format(CLIENT_ID, needed.get(key, ""), key))
    assert getattr(settings.accounts[0], key) == "private-of-" + key
    assert clean("private-of-" + key) == "[secret]"
    assert settings.problems == []


def test_each_account_can_have_a_secret_of_its_own(tmp_path, secret_file, monkeypatch):
    monkeypatch.setenv("HERS", "private-hers")
    secret_file(b"private-his")
    settings = loaded(tmp_path, "accounts = he, she\nhe.password = file:bmw-password\nshe.password = env:HERS")
    assert [account.password for account in settings.accounts] == ["private-his", "private-hers"]


def test_a_secret_that_is_not_there_is_the_problem_of_the_account_that_needs_it(tmp_path):
    account = loaded(tmp_path, PORTAL + "env:NONE_OF_THAT_NAME").accounts[0]
    assert account.problem.problem == "password: there is no environment variable NONE_OF_THAT_NAME"


def test_the_files_of_secrets_are_told_so_that_a_change_is_seen(tmp_path, secret_file):
    path = secret_file(b"very-private-1")
    settings = loaded(tmp_path, PORTAL + "file:bmw-password")
    assert settings.secret_files == [path]
    before = files.stamp(path)
    os.chmod(path, 0o640)
    assert files.stamp(path) != before


def test_a_password_in_settings_that_everybody_can_read_is_told_and_works(tmp_path):
    settings = loaded(tmp_path, PORTAL + SECRET, 0o644)
    assert [problem.problem for problem in settings.problems] == ["everybody on this machine can read password"]
    assert SECRET not in settings.problems[0].text()
    assert settings.accounts[0].password == SECRET and settings.accounts[0].problem is None


@pytest.mark.parametrize("text, mode", [(PORTAL + SECRET, 0o640), (PORTAL + "env:HOME", 0o644), ("username = me@example.org", 0o644)])
def test_nothing_is_told_where_no_password_can_be_read_by_everybody(tmp_path, text, mode):
    assert loaded(tmp_path, text, mode).problems == []


def test_a_literal_is_told_from_a_reference():
    assert [secret_source.is_literal(text) for text in ("word", "file:x", "env:X")] == [True, False, False]
