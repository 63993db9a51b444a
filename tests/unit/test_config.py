"""bmw.config: the user's settings. A mistake is reported in one line and affects only its own setting."""

import difflib
import os

import pytest
from bmw import config, cron
from bmw.config import SETTINGS, load, parse
from bmw.errors import ConfigError
from bmw.redact import clean
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import CLIENT_ID

OTHER_ID = "11111111-2222-3333-4444-555555555555"
GOOD = "client_id = " + CLIENT_ID
SHIPPED = os.path.join(os.path.dirname(__file__), "..", "..", "conf", "services", "bmw.cfg")


def only(text):
    """(the only account, the problems' texts)."""
    settings = parse(text)
    assert len(settings.accounts) == 1
    return settings.accounts[0], [problem.text() for problem in settings.problems]


# a valid file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_file_is_read_as_the_editor_saved_it(tmp_path, encoding):
    path = tmp_path / "bmw.cfg"
    path.write_bytes("# \u00e4\r\nclient_id = {}\r\nlanguage = de\r\n".format(CLIENT_ID).encode(encoding))
    settings = load(str(path))
    assert (settings.accounts[0].client_id, settings.language, settings.problems) == (CLIENT_ID, "de", [])


def test_a_value_that_is_not_utf_8_is_told_with_what_to_do_and_never_sent_to_bmw(tmp_path):
    path = tmp_path / "bmw.cfg"
    lines = ("# \u00e4", "cloud = portal", "username = me@example.org", "password = schl\u00fcssel", "confirm_unlock = yes\u00fc")
    path.write_bytes("\n".join(lines).encode("latin-1"))
    path.chmod(0o600)
    settings = load(str(path))
    assert [one.text() for one in settings.problems if "UTF-8" in one.problem] == [
        key + ": it has a character that is not UTF-8: save the file as UTF-8" for key in ("password", "confirm_unlock")
    ]
    assert "UTF-8" in settings.accounts[0].problem.text()
    assert (settings.accounts[0].password, settings.accounts[0].confirm_unlock) == (None, True)


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_no_odd_character_ends_a_line(odd):
    settings = parse("{}\nstream_topic = a{}refresh = 10\n# off:{}allow_unlock = yes\n".format(GOOD, odd, odd))
    account = settings.accounts[0]
    assert (account.stream_topic, account.refresh, account.allow_unlock) == ("a{}refresh = 10".format(odd), 30, False)


RELAY = GOOD + "\nrelay_url = mqtt://192.168.1.5\n"
NO_RELAY = "{} has no effect: relay_url is not set"


def test_a_relay_needs_only_its_address():
    account, problems = only(RELAY)
    assert (account.relay_url, account.relay_topic, account.relay_values) == ("mqtt://192.168.1.5", "bmw", None) and problems == []
    account, problems = only(RELAY + "relay_topic = house/bmw\nrelay_values = cars/{car}\nrelay_user = me\nrelay_password = hunter2")
    assert problems == [] and (account.relay_topic, account.relay_values) == ("house/bmw", "cars/{car}")
    assert (account.relay_user, account.relay_password) == ("me", "hunter2")


@pytest.mark.parametrize(
    "line, problem",
    [
        (
            "relay_url = 192.168.1.5",
            "relay_url: the address of the broker is not understood: write it as mqtts://host:port or mqtt://host:port",
        ),
        (
            "relay_url = http://192.168.1.5",
            "relay_url: the address of the broker is not understood: write it as mqtts://host:port or mqtt://host:port",
        ),
        ("relay_topic = bmw", None),
        ("relay_topic = cars", NO_RELAY.format("relay_topic")),
        ("relay_values = cars", NO_RELAY.format("relay_values")),
    ],
)
def test_a_relay_that_cannot_work_is_told(line, problem):
    account, problems = only("{}\n{}".format(GOOD, line))
    assert account.relay_url is None and problems == ([problem] if problem else [])


@pytest.mark.parametrize("topic", ["#", "bmw/#", "bmw/+/x", "/bmw", "bmw/", "a//b", "$SYS", "a\tb", "x" * 201])
@pytest.mark.parametrize("key", ["relay_topic", "relay_values"])
def test_where_nobody_can_publish_is_no_topic(topic, key):
    account, problems = only("{}{} = {}".format(RELAY, key, topic))
    assert problems == ["{}: it is no topic to publish to: write words with / between them, without # and +".format(key)]
    assert getattr(account, key) == config.SETTINGS[key].default and account.relay_url


@pytest.mark.parametrize(
    "line", ["stream_url = mqtt://192.168.1.5", "stream_url = mqtts://other:8883", "stream_topic = bmw/+", "stream_user = me"]
)
def test_what_comes_from_a_broker_at_home_is_not_relayed(line):
    account, problems = only(RELAY + "relay_values = cars/{car}\n" + line)
    assert account.relay_url is None
    assert problems == [
        "relay_url has no effect: the stream comes from a broker at home (stream_url), which other programs can read as well"
    ]


@pytest.mark.parametrize("line", ["stream = off", "cloud = portal\nusername = me\npassword = hunter2"])
def test_without_a_stream_only_values_can_be_published(line):
    account, problems = only(RELAY + line)
    assert account.relay_url is None and problems == ["relay_url has no effect: there is no stream to pass on, and relay_values is not set"]
    account, problems = only(RELAY + line + "\nrelay_values = cars/{car}")
    assert account.relay_url and problems == []


def test_a_password_without_a_user_and_values_among_bmws_messages_are_told():
    account, problems = only(RELAY + "relay_password = hunter2\nrelay_values = bmw")
    assert account.relay_url and account.relay_values is None
    assert problems == [
        "relay_password has no effect: relay_user is not set",
        "relay_values has no effect: relay_topic is the same, and programs that read it expect BMW's messages",
    ]


TWO = "accounts = a, b\na.client_id = {}\nb.client_id = {}\nrelay_url = mqtt://192.168.1.5\n".format(CLIENT_ID, OTHER_ID)
SHARED_TOPIC = "a and b have the same {0}: each overwrites what the other says, so write one for each account, such as a.{0}"


def test_two_accounts_that_publish_to_the_same_topics_are_told():
    assert [one.text() for one in parse(TWO).problems] == [SHARED_TOPIC.format("relay_topic")]
    assert [one.text() for one in parse(TWO + "b.relay_topic = b\nrelay_values = x/{car}").problems] == [
        SHARED_TOPIC.format("relay_values")
    ]
    assert parse(TWO + "b.relay_topic = b\na.relay_values = x/{car}\nb.relay_values = y/{car}").problems == []


def test_an_account_that_only_sends_commands_relays_nothing_and_needs_no_word_about_it():
    text = "accounts = a, b\n{}a.commands = b\nb.cloud = portal\nb.username = me\nb.password = hunter2\nb.data = no"
    settings = parse(text.format("a.client_id = {}\nrelay_url = mqtt://192.168.1.5\nrelay_values = cars/{{car}}\n".format(CLIENT_ID)))
    assert [one.relay_url for one in settings.accounts] == ["mqtt://192.168.1.5", None] and settings.problems == []


def test_of_thousands_of_mistakes_the_first_are_told_and_the_others_counted(monkeypatch):
    asked = []
    really = difflib.get_close_matches
    monkeypatch.setattr(difflib, "get_close_matches", lambda *what: asked.append(what) or really(*what))
    text = GOOD + "".join("\nkey{} = x\nwords {}".format(number, number) for number in range(50000))
    account, problems = only(text + "\nlanguage = fr")
    assert (account.client_id, len(asked)) == (CLIENT_ID, config.MAX_NAMED)
    assert len(problems) == 2 * (config.MAX_NAMED + 1) + 1
    assert [text for text in problems if "49990 more lines like these are ignored" in text] == [problems[10], problems[21]]
    assert "language" in problems[-1]


def test_passwords_of_accounts_that_are_not_there_are_not_all_named():
    text = GOOD + "".join("\na{}.password = file:a{}".format(number, number) for number in range(1000))
    settings = parse(text + "".join("\nb{}.password = x".format(number) for number in range(1000)), is_open=True)
    assert settings.secret_files == []
    assert sum(len(problem.text()) for problem in settings.problems) < 3000


def test_a_client_id_is_enough():
    account, problems = only(GOOD)
    assert (account.cloud, account.client_id, account.refresh, account.calls_per_day) == ("cardata", CLIENT_ID, 30, 50)
    assert account.problem is None and problems == []


def test_a_client_id_in_capitals_is_taken_in_small_letters():
    assert only("client_id = " + CLIENT_ID.upper())[0].client_id == CLIENT_ID


def test_global_settings_have_their_defaults():
    settings = parse(GOOD)
    assert (settings.item_prefix, settings.names, settings.language) == ("BMW", "", "en")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffclient_id=" + CLIENT_ID,
        "# comment\n\n  client_id\t=\t{}  \n".format(CLIENT_ID),
        "client_id = {}\r\nrefresh = 30\r\n".format(CLIENT_ID),
        "client_id = {}\nclient_id = {}".format(OTHER_ID, CLIENT_ID),
    ],
)
def test_editors_and_blanks_do_no_harm(text):
    account, problems = only(text)
    assert (account.client_id, account.problem, problems) == (CLIENT_ID, None, [])


def test_an_empty_value_is_as_if_the_line_were_not_there():
    account, problems = only(GOOD + "\nrefresh =\nlanguage = ")
    assert (account.refresh, problems) == (30, [])


def test_the_refresh_can_be_minutes_or_a_cron_expression():
    assert only(GOOD + "\nrefresh = 15")[0].cron() == cron.spread(15, CLIENT_ID)
    assert only(GOOD + "\nrefresh = 0  0/20 * * * ?")[0].cron() == "0 0/20 * * * ?"


def test_a_value_may_hold_an_equals_sign():
    assert parse(GOOD + "\nnames = a=b").names == "a=b"


def test_the_shipped_file_lacks_the_client_id_and_nothing_else():
    settings = load(SHIPPED)
    assert settings.problems == []
    assert "client_id is not set" in settings.accounts[0].problem.problem


# several accounts


def test_accounts_share_what_they_do_not_set_themselves():
    settings = parse(
        "accounts = me, wife\nrefresh = 60\nme.client_id = {}\nwife.client_id = {}\nwife.refresh = 120".format(CLIENT_ID, OTHER_ID)
    )
    assert [(one.name, one.client_id, one.refresh) for one in settings.accounts] == [("me", CLIENT_ID, 60), ("wife", OTHER_ID, 120)]
    assert settings.problems == []


def test_an_account_without_what_it_needs_stays_off_and_the_other_runs():
    settings = parse("accounts = me, wife\nme.client_id = " + CLIENT_ID)
    assert settings.accounts[0].problem is None
    assert "client_id is not set" in settings.accounts[1].problem.problem


def test_a_wrong_client_id_of_an_account_is_that_accounts_problem():
    settings = parse("accounts = me, wife\nme.client_id = {}\nwife.client_id = nonsense".format(CLIENT_ID))
    assert settings.accounts[0].problem is None
    assert settings.accounts[1].problem.problem.startswith("wife.client_id: the client id is not of the form")


def test_one_accounts_wrong_client_id_is_not_the_others_problem():
    settings = parse("accounts = me, wife\nme.client_id = nonsense")
    assert "client_id is not set" in settings.accounts[1].problem.problem


PAIR = """
accounts = home, app
home.client_id = {}
home.commands = app
app.cloud = mybmw
app.username = me
app.password = hunter22
app.api_key = abcdefgh
app.data = no
""".format(CLIENT_ID)
PORTAL = "cloud = portal\nusername = me\npassword = hunter22\n"


@pytest.mark.parametrize(
    "text, problems",
    [
        (PAIR, []),
        (PAIR + "allow_unlock = yes\nconfirm_unlock = yes\ncommand_timeout = 60", []),
        (PAIR + "allow_unlock = yes\nhome.confirm_unlock = yes", []),
        (PAIR + "home.allow_unlock = yes", ["home.allow_unlock has no effect: app.allow_unlock is no"]),
        (PAIR + "app.allow_unlock = yes", ["app.allow_unlock has no effect: home.allow_unlock is no"]),
        (PAIR + "allow_unlock = yes\nhome.allow_unlock = no", ["app.allow_unlock has no effect: home.allow_unlock is no"]),
        (PAIR.replace("app.data = no", "app.data = yes") + "app.allow_unlock = yes", []),
        (PAIR + "home.command_timeout = 60", ["home.command_timeout has no effect: app sends the commands"]),
        (PAIR + "home.data = no", ["home.commands has no effect: home.data is no"]),
        (PAIR.replace("app.cloud = mybmw", "app.client_id = " + OTHER_ID), ["home.commands has no effect: BMW CarData takes no commands"]),
        (GOOD + "\nallow_unlock = yes", ["allow_unlock has no effect: BMW CarData takes no commands"]),
        (GOOD + "\nallow_unlock = no\nconfirm_unlock = no", []),
        (GOOD + "\nconfirm_unlock = yes", ["confirm_unlock has no effect: BMW CarData takes no commands"]),
        (PORTAL + "allow_unlock = yes\nconfirm_unlock = yes", []),
    ],
)
def test_a_setting_for_commands_that_changes_nothing_is_told(text, problems):
    assert [problem.text() for problem in parse(text).problems] == problems


def test_lines_about_the_lock_that_do_not_agree_are_told():
    settings = parse(PORTAL + "allow_unlock = no\nallow_unlock = yes\nconfirm_unlock = yes\nconfirm_unlock = yes")
    assert [problem.text() for problem in settings.problems] == ["allow_unlock: 'no and yes' is neither yes nor no"]


SHARED = "{} have the same client_id: BMW allows one stream and one number of calls a day for it, so make a client for each BMW account"


@pytest.mark.parametrize(
    "text, problems",
    [
        ("accounts = me, wife\n" + GOOD, [SHARED.format("me and wife") + ", or remove one of them from accounts"]),
        (
            "accounts = me, wife\nme.client_id = {}\nwife.client_id = {}".format(CLIENT_ID, CLIENT_ID.upper()),
            [SHARED.format("me and wife") + ", or remove one of them from accounts"],
        ),
        (
            "accounts = me, wife, son\n" + GOOD + "\nwife.client_id = " + OTHER_ID,
            [SHARED.format("me and son") + ", or remove one of them from accounts"],
        ),
        ("accounts = me, wife\nme.client_id = {}\nwife.client_id = {}".format(CLIENT_ID, OTHER_ID), []),
        ("accounts = me, wife\n" + GOOD + "\nwife.auth_url = https://localhost:1", []),
        ("accounts = me\n" + GOOD, []),
        ("accounts = me, wife\nrefresh = 60", []),
        ("accounts = home, app\n" + GOOD + "\napp.cloud = portal\napp.username = me\napp.password = hunter22", []),
    ],
)
def test_accounts_that_share_a_client_are_told_with_what_to_do(text, problems):
    assert [problem.text() for problem in parse(text).problems] == problems


def test_an_account_named_twice_is_one_account():
    settings = parse("accounts = me, me\nme.client_id = " + CLIENT_ID)
    assert [one.name for one in settings.accounts] == ["me"]


@pytest.mark.parametrize("name", ["Me", "1st", "my wife", "m\u00fcller", "a.b", "-"])
def test_a_name_that_cannot_be_part_of_item_names_is_told(name):
    _account, problems = only("accounts = {}\n{}".format(name, GOOD))
    assert problems == ["accounts: '{}' is not a name: use small letters and digits".format(name)]


def test_a_global_setting_of_one_account_is_told():
    _settings = parse("accounts = me\nme.client_id = {}\nme.language = de".format(CLIENT_ID))
    assert "me.language" in _settings.problems[0].problem


# mistakes


@pytest.mark.parametrize(
    "lines, rights",
    [
        ("allow_unlock = yes\nson.allow_unlock = nein", [(True, False), (False, False)]),
        ("allow_unlock = no\nallow_unlock = yes", [(False, False), (False, False)]),
        ("allow_unlock = yes\nson.allow_unlock = no\nson.allow_unlock = yes", [(True, False), (False, False)]),
        ("confirm_unlock = yes\nconfirm_unlock = no", [(False, True), (False, True)]),
        ("allow_unlock = yes\nconfirm_unlock = ja", [(True, True), (True, True)]),
        ("allow_unlock = yes\nson.confirm_unlock = 1", [(True, False), (True, True)]),
        ("allow_unlock = ja\nson.allow_unlock = yes", [(False, False), (True, False)]),
    ],
)
def test_what_is_not_understood_about_the_lock_is_taken_the_careful_way(lines, rights):
    settings = parse("accounts = me, son\n" + PORTAL + lines)
    assert [(account.allow_unlock, account.confirm_unlock) for account in settings.accounts] == rights
    assert [problem.problem.partition("'")[2].partition("'")[2] for problem in settings.problems] == [" is neither yes nor no"]


@pytest.mark.parametrize(
    "line, words",
    [
        ("refresh = 0", "refresh: refresh is 0 minutes"),
        ("refresh = 1441", "refresh: refresh is 1441 minutes"),
        ("refresh = often", "is not a cron expression"),
        ("refresh = \u00b2", "is not a cron expression"),
        ("refresh = " + "9" * 5000, "refresh"),
        ("calls_per_day = many", "calls_per_day: 'many' is not a whole number"),
        ("calls_per_day = 5", "from 10 to"),
        ("calls_per_day = \u00b2", "is not a whole number"),
        ("calls_per_day = " + "9" * 5000, "is not a whole number"),
        ("calls_per_day = -50", "is not a whole number"),
        ("language = fr", "use one of en, de"),
        ("item_prefix = 1BMW", "cannot start an item name"),
        ("item_prefix = B-M", "cannot start an item name"),
        ("api_url = http://api.example.com", "is not a https address"),
        ("auth_url = https://[::1", "is not a https address"),
        ("cloud = skynet", "there is no cloud 'skynet'"),
        ("client-id = x", "did you mean 'client_id'?"),
        ("refesh = 10", "did you mean 'refresh'?"),
        ("just words", "has no '='"),
        ("= x", "is unknown and ignored"),
    ],
    ids=lambda text: text[:25],
)
def test_a_mistake_is_told_and_the_rest_runs_on_the_default(line, words):
    account, problems = only(GOOD + "\n" + line)
    assert len(problems) == 1 and words in problems[0]
    assert account.problem is None
    assert (account.refresh, account.calls_per_day, account.cloud, account.api_url) == (30, 50, "cardata", None)


def test_a_line_without_equals_sign_is_told_by_its_number():
    assert "line 3 has no '='" in only(GOOD + "\n\nrefresh 30")[1][0]


def test_a_line_that_openhab_writes_into_its_own_log_is_told_as_such():
    """openHAB 3.0.1: "Could not parse line 'password: hunter2'", as a warning."""
    problem = only(GOOD + "\npassword: hunter2hunter2")[1][0]
    assert "hunter2" not in problem and "openHAB itself writes the whole line into openhab.log" in problem


@pytest.mark.parametrize(
    "line",
    [
        "stream_password: hunter2hunter2=x",
        "stream_password hunter2hunter2=x",
        "api_secret: aHVudGVyMmh1bnRlcjI==",
        "security_answer\u2009\uff1ahunter2hunter2=x",
        "aHVudGVyMmh1bnRlcjI==",
    ],
)
def test_a_line_that_is_not_understood_is_told_without_what_it_says(line):
    _account, problems = only(GOOD + "\n" + line)
    assert [problem.partition(":")[0] for problem in problems] == ["line 2 is not understood"]
    assert "hunter2" not in problems[0] and "aHVudGVy" not in problems[0]


def test_without_a_client_id_the_account_says_where_to_get_it():
    account, _problems = only("")
    assert account.problem.problem == "client_id is not set"
    assert "portal" in account.problem.advice


def test_a_wrong_client_id_is_told_instead_of_a_missing_one():
    account, _problems = only("client_id = my-client")
    assert "not of the form" in account.problem.problem


@given(st.text())
def test_any_text_can_be_read(text):
    settings = parse(text)
    assert settings.accounts
    assert all(isinstance(problem, ConfigError) and problem.problem for problem in settings.problems)


LINES = st.lists(
    st.tuples(
        st.sampled_from(sorted(SETTINGS) + ["accounts", "me.refresh", "me.client_id", "x.y"]),
        st.text(max_size=20) | st.sampled_from(["me", "\u00b2", "\u0663", "0 0 * * * ?", "https://[", "cardata", CLIENT_ID, "9" * 5000]),
    ).map(" = ".join),
    max_size=6,
)


@given(LINES)
def test_any_value_of_any_setting_can_be_read(lines):
    settings = parse("\n".join(lines))
    for account in settings.accounts:
        assert account.problem is not None or len(account.cron().split()) in (6, 7)


# the file


def test_a_file_that_is_too_long_for_settings_is_told_and_not_taken_apart_which_would_fill_openhabs_memory(tmp_path):
    path = tmp_path / "bmw.cfg"
    path.write_text(GOOD + "\n" * 1024 * 1024, "utf-8")
    problem = load(str(path)).accounts[0].problem
    assert "is larger than 1024 kB" in problem.problem and problem.advice == "is it the right file?"
    path.write_text(GOOD + "\n" * 1000 * 1024, "utf-8")
    assert load(str(path)).accounts[0].client_id == CLIENT_ID


def test_a_missing_file_is_the_only_accounts_problem(tmp_path):
    settings = load(str(tmp_path / "bmw.cfg"))
    assert "bmw.cfg is missing" in settings.accounts[0].problem.problem
    assert str(tmp_path) not in settings.accounts[0].problem.text()


def test_a_file_that_cannot_be_read_is_the_only_accounts_problem(tmp_path):
    (tmp_path / "bmw.cfg").mkdir()
    assert isinstance(load(str(tmp_path / "bmw.cfg")).accounts[0].problem, ConfigError)


def test_a_file_in_another_encoding_can_be_read(tmp_path):
    (tmp_path / "bmw.cfg").write_bytes("# Schl\u00fcssel\n{}\n".format(GOOD).encode("latin-1"))
    assert load(str(tmp_path / "bmw.cfg")).accounts[0].client_id == CLIENT_ID


def test_every_setting_keeps_its_default_through_its_own_parser():
    for name, setting in SETTINGS.items():
        if isinstance(setting.default, str) and setting.default:
            assert setting.parse(setting.default) == setting.default, name


def test_a_password_is_never_shown_even_in_a_problem():
    secret_keys = [key for key in SETTINGS if SETTINGS[key].parse is config._secret]
    for number, key in enumerate(secret_keys):
        parse("{} = very-private-{}".format(key, number))
        assert clean("very-private-{}".format(number)) == "[secret]", key
    assert secret_keys


def test_who_may_see_a_setting_is_the_same_as_ever():
    """Reports show PUBLIC settings; files with SECRET ones must be private. Whoever adds a key has to decide it here."""
    assert config.keys_of(config.PUBLIC) == sorted(
        "cloud refresh calls_per_day region brand stream battery_capacity home_radius extra allow_unlock confirm_unlock data commands timeout"
        " command_timeout language sitemap".split()
    )
    assert config.keys_of(config.PRIVATE) == "api_url auth_url client_id places relay_url stream_topic stream_url".split()
    assert config.keys_of(config.NAME) == ["relay_user", "stream_user", "username"]
    assert config.keys_of(config.SECRET) == ["api_key", "api_secret", "password", "relay_password", "security_answer", "stream_password"]


@pytest.mark.parametrize(
    "key, lowest, highest", [("calls_per_day", 10, 1000000), ("timeout", 1, 300), ("command_timeout", 1, 3600), ("home_radius", 20, 5000)]
)
def test_a_number_has_its_limits(key, lowest, highest):
    for number, is_good in ((lowest - 1, False), (lowest, True), (highest, True), (highest + 1, False)):
        account, problems = only("{}\n{} = {}".format(GOOD, key, number))
        assert getattr(account, key) == (number if is_good else SETTINGS[key].default)
        assert [problem for problem in problems if "whole number" in problem] == ([] if is_good else problems)
        assert is_good or len(problems) == 1


def test_the_persons_places_are_read_and_a_mistake_in_them_says_nothing_of_where_they_are():
    account, problems = only(GOOD + "\nplaces = work 48.1234, 11.5678; gym 48.2, 11.6 300")
    assert [(place.name, place.radius) for place in account.places] == [("work", None), ("gym", 300)] and problems == []
    account, problems = only(GOOD + "\nplaces = work 48,7777 11,8888")
    assert account.places == () and len(problems) == 1 and problems[0].startswith("places: place 1 is not understood: write name")
    assert "7777" not in problems[0] and "8888" not in problems[0]


def test_commands_by_an_account_that_is_not_there_go_the_accounts_own_way():
    settings = parse(PAIR.replace("home.commands = app", "home.commands = apo"))
    assert [problem.text() for problem in settings.problems] == ["commands: there is no account 'apo': name one of accounts"]
    assert settings.accounts[0].commands == ""


@pytest.mark.parametrize("text, expected", [("27.2", 27.2), ("27,2", 27.2), ("0", None), ("301", None), ("nan", None), ("big", None)])
def test_the_capacity_of_a_battery_is_in_kilowatt_hours(text, expected):
    settings = parse("{}\nbattery_capacity = {}\n".format(GOOD, text))
    assert settings.accounts[0].battery_capacity == expected
    assert ("battery_capacity" in "".join(problem.problem for problem in settings.problems)) == (expected is None)


@pytest.mark.parametrize(
    "text, expected",
    [("0.35", 0.35), ("0,35", 0.35), ("0", 0.0), ("My_Price", "My_Price"), ("-1", None), ("35 ct", None), ("101", None), ("nan.", None)],
)
def test_a_price_is_a_number_or_the_name_of_an_item(text, expected):
    settings = parse("{}\nprice = {}\n".format(GOOD, text))
    assert settings.accounts[0].price == expected
    assert ("price" in "".join(problem.problem for problem in settings.problems)) == (expected is None)


@pytest.mark.parametrize("text, expected", [("Wallbox_Power", "Wallbox_Power"), ("Wallbox Power", None), ("1st", None)])
def test_the_wallbox_is_the_name_of_an_item(text, expected):
    settings = parse("{}\nwallbox_power_item = {}\n".format(GOOD, text))
    assert settings.accounts[0].wallbox_power_item == expected
    assert bool(settings.problems) == (expected is None)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", ""),
        ("all", "all"),
        (" ALL ", "all"),
        ("vehicle.vehicle.timeSetting ,vehicle.brand.new,", "vehicle.vehicle.timeSetting, vehicle.brand.new"),
    ],
)
def test_values_beyond_the_vocabulary_are_asked_for_by_name_or_all_together(text, expected):
    found = parse("client_id = {}\nextra = {}".format(CLIENT_ID, text))
    assert (found.accounts[0].extra, found.problems) == (expected, [])


@pytest.mark.parametrize("text", ["vehicle.vehicle.timeSetting; vehicle.a", "timeSetting", "vehicle.a_b", "everything"])
def test_what_is_no_descriptor_is_told(text):
    found = parse("client_id = {}\nextra = {}".format(CLIENT_ID, text))
    assert found.accounts[0].extra == "" and found.accounts[0].problem is None
    assert "is not a BMW descriptor" in found.problems[0].problem and "write all" in found.problems[0].advice
