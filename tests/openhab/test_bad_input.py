"""What a user can get wrong, in a real openHAB: one clear line in the log and in the account's item, and nothing else stops."""

import pytest

from tests.cloud import ALL_SCOPES
from tests.openhab.home import Home

UNKNOWN_CLIENT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def home(openhab_factory):
    home = Home(openhab_factory())
    home.configure_file(**home.settings(client_id=None))
    home.start()
    yield home
    home.close()


@pytest.fixture(autouse=True)
def warnings_are_counted(home):
    """Each test leaves the module without an unexpected error in the log."""
    since = home.openhab.log_size()
    yield
    assert "Unexpected error" not in home.openhab.log(since)


def lines(home, since, text):
    return [line for line in home.openhab.log(since).splitlines() if text in line]


def test_a_missing_client_id_is_named_with_the_place_to_get_it(home):
    text = home.wait_status("CONFIG_ERROR")
    assert "client_id is not set" in text
    assert "BMW portal" in text
    assert len(lines(home, 0, "client_id is not set")) == 1


def test_a_sign_in_without_client_id_ends_with_the_same_text(home):
    home.openhab.command("BMW_SignIn", "ON")
    home.openhab.wait_state("BMW_SignIn", "OFF")
    assert "client_id is not set" in home.wait_status("CONFIG_ERROR")


def test_a_client_id_of_the_wrong_form_is_told(home):
    home.configure(**home.settings(client_id="my client"))
    assert "not of the form" in home.wait_status("CONFIG_ERROR")


def test_a_client_id_that_bmw_does_not_know_is_told(home):
    home.configure(**home.settings(client_id=UNKNOWN_CLIENT))
    home.openhab.command("BMW_SignIn", "ON")
    text = home.wait_status("SIGN_IN_FAILED")
    assert "does not know the client id" in text
    assert "compare client_id in bmw.cfg" in text


def test_an_unknown_key_and_a_bad_cron_are_told_and_the_rest_works(home):
    since = home.openhab.log_size()
    home.configure(**home.settings(refresh="every now and then", clinet_id="x"))
    text = home.wait_status("SIGN_IN_NEEDED")
    assert "'clinet_id' is unknown and ignored: did you mean 'client_id'?" in text
    assert "'every now and then' is not a cron expression" in text
    assert len(lines(home, since, "clinet_id")) == 1


def start_sign_in(home):
    home.openhab.command("BMW_SignIn", "ON")
    return home.openhab.wait_state("BMW_SignInLink", lambda state: state.startswith("http"))


def test_a_declined_sign_in_is_told(home):
    home.configure(**home.settings())
    home.decide(start_sign_in(home), "declined")
    text = home.wait_status("SIGN_IN_FAILED")
    assert "declined" in text
    assert home.openhab.state("BMW_SignInLink") == "UNDEF"
    assert home.openhab.state("BMW_SignInCode") == "UNDEF"


def test_an_expired_code_is_told(home):
    home.cloud.settings(code_lifetime=2)
    start_sign_in(home)
    assert "expired" in home.wait_status("SIGN_IN_FAILED")
    home.cloud.settings(code_lifetime=300)


def test_a_failing_sign_in_server_is_waited_for_until_it_works(home):
    home.cloud.add_fault("token", "http_500_fault", times=2)
    home.decide(start_sign_in(home), "approved")
    home.wait_status("ONLINE")
    home.openhab.wait_state("BMW_i3_StateOfCharge", lambda state: state.endswith("%"))


def test_a_missing_portal_subscription_is_told(home):
    home.cloud.settings(subscribed_scopes=["authenticate_user", "openid"])
    home.decide(start_sign_in(home), "approved")
    text = home.wait_status("ACCESS_DENIED")
    assert "cardata:api:read" in text
    assert "subscribe the client to CarData API" in text
    home.cloud.settings(subscribed_scopes=list(ALL_SCOPES))


def test_an_account_without_cars_is_told(home):
    for vin in home.cloud.cars():
        home.cloud.remove_car(vin)
    home.decide(start_sign_in(home), "approved")
    assert "no car that can be read" in home.wait_status("NO_CAR")


def test_a_car_added_later_is_found_at_the_next_update(home):
    home.cloud.add_car("i3")
    home.force_update()
    home.wait_status("ONLINE")
    # another car than the i3 before, whose items stay its own
    home.openhab.wait_state("BMW_i3_2_StateOfCharge", lambda state: state.endswith("%"))


def test_a_network_that_is_down_at_the_start_is_told_and_recovered_from(home):
    home.openhab.stop()
    home.cloud.stop()
    home.cloud.advance_clock(0)
    (home.openhab.userdata / "bmw" / "account.state").unlink()
    home.start()
    assert "cannot be reached" in home.wait_status("OFFLINE")
    home.cloud.start()
    home.force_update()
    home.wait_status("ONLINE")
