"""bmw.clouds.cardata.rare_calls: when each rare call is made; an error of one does not stop the others."""

import pytest
from bmw.clouds.cardata import rare_calls
from bmw.errors import AccessDenied, BadAnswer, NetworkError, NotFound, QuotaExceeded, ServerError

from tests.unit.fakes import NOON, VIN, answer, car

DAY = 86400
HISTORY, TYRES, PLACES, IMAGE = "chargingHistory", "smartMaintenanceTyreDiagnosis", "locationBasedChargingSettings", "image"
GOOD = {HISTORY: {"data": []}, TYRES: {"passengerCar": {}}, PLACES: {"data": []}}
PNG = b"\x89PNG\r\n\x1a\n"


class Asked:
    """A session that answers by the end of the path and raises answers that are exceptions. Records the requests."""

    def __init__(self, **answers):
        self.answers = dict(GOOD, **answers)
        self.calls = []
        self.room = 100
        self.memory = {}

    def has_room(self, calls):
        return self.room >= calls

    def get(self, path, params):
        self.calls.append(path)
        self.room -= 1
        found = self.answers[path]
        if isinstance(found, Exception):
            raise found
        return answer(found)

    def look(self, vehicle, now=NOON):
        """One round of rare calls. Returns (the ends of the requested paths, the readings)."""
        self.calls = []
        found = {}
        for readings in rare_calls.readings(self.get, self, vehicle, now):
            found.update(readings)
        return self.calls, found


@pytest.fixture
def electric():
    return car(stateOfCharge=57.0)


def test_an_electric_car_is_asked_for_everything_once(electric):
    asked = Asked()
    calls, found = asked.look(electric)
    assert calls == [HISTORY, TYRES, PLACES]
    assert found["chargingPlaces"].value == 0 and found["lastChargingStart"].value is None
    assert asked.look(electric, NOON + 60)[0] == []


def test_a_car_without_a_battery_is_asked_for_its_tyres_alone():
    assert Asked().look(car(fuelLevel=40.0))[0] == [TYRES]


def test_each_is_asked_again_in_its_time(electric):
    asked = Asked()
    asked.look(electric)
    assert asked.look(electric, NOON + DAY)[0] == [HISTORY, TYRES]
    assert asked.look(electric, NOON + 3 * DAY)[0] == [HISTORY, TYRES, PLACES]


def test_what_is_known_is_shown_at_each_look_without_a_call(electric):
    asked = Asked()
    asked.look(electric)
    calls, found = asked.look(electric, NOON + 60)
    assert calls == [] and found["chargingPlaces"].value == 0


def test_after_a_charge_the_history_is_asked_once_it_has_settled(electric):
    asked = Asked()
    asked.look(electric)
    assert asked.look(car(stateOfCharge=60.0, charging=True), NOON + 60)[0] == []
    done = car(stateOfCharge=80.0, charging=False, time=NOON + 120)
    assert asked.look(done, NOON + 130)[0] == []
    assert asked.look(done, NOON + 120 + rare_calls.CHARGE_SETTLES)[0] == [HISTORY]
    assert asked.look(done, NOON + 180 + rare_calls.CHARGE_SETTLES)[0] == []


def test_a_clock_that_was_set_back_asks_again(electric):
    asked = Asked()
    asked.look(electric, NOON + 30 * DAY)
    assert asked.look(electric)[0] == [HISTORY, TYRES, PLACES]


@pytest.mark.parametrize(
    "trouble, wait",
    [
        (ServerError("BMW's server failed"), rare_calls.AFTER_FAILURE),
        (BadAnswer("no list"), None),
        (AccessDenied("refused"), rare_calls.AFTER_REFUSAL),
        (NotFound("none"), DAY),
    ],
)
def test_trouble_with_one_stops_no_other_and_is_tried_later(electric, trouble, wait):
    asked = Asked(**{HISTORY: trouble})
    assert asked.look(electric)[0] == [HISTORY, TYRES, PLACES]
    assert asked.look(electric, NOON + 60)[0] == []
    wait = wait or (rare_calls.AFTER_FAILURE if trouble.transient else rare_calls.AFTER_REFUSAL)
    assert HISTORY not in asked.look(electric, NOON + wait - 1)[0]
    assert HISTORY in asked.look(electric, NOON + wait)[0]


@pytest.mark.parametrize("trouble", [NetworkError("no line"), QuotaExceeded("used up", "")])
def test_trouble_of_the_whole_account_ends_the_look(electric, trouble):
    asked = Asked(**{HISTORY: trouble})
    with pytest.raises(type(trouble)):
        asked.look(electric)
    assert asked.calls == [HISTORY]


def test_polls_keep_their_calls(electric):
    asked = Asked()
    asked.room = rare_calls.KEEP + 1
    assert asked.look(electric)[0] == [HISTORY]
    asked.room = rare_calls.KEEP
    assert asked.look(electric, NOON + DAY)[0] == []


def test_a_history_of_which_only_a_part_could_be_read_is_asked_again(electric):
    asked = Asked(**{HISTORY: {"data": [], "next_token": "two"}})
    asked.room = rare_calls.KEEP + 1
    found = asked.look(electric)[1]
    assert "lastChargingStart" not in found
    asked.room, asked.answers = 100, GOOD
    assert asked.look(electric, NOON + 60)[0][0] == HISTORY


def test_no_charging_places_is_an_answer(electric):
    asked = Asked(**{PLACES: NotFound("CU-127")})
    assert asked.look(electric)[1]["atChargingPlace"].value is None


def test_two_cars_are_asked_each_for_itself(electric):
    asked = Asked()
    asked.look(electric)
    assert asked.look(car(vin=VIN[:-1] + "2", stateOfCharge=5.0))[0] == [HISTORY, TYRES, PLACES]


def picture(asked, now=NOON):
    asked.calls = []
    return rare_calls.picture(asked.get, asked, car(), now)


def test_a_picture_is_what_its_bytes_say():
    assert picture(Asked(image=PNG)).mime == "image/png"


def test_a_car_without_a_picture_is_asked_again_after_a_month():
    asked = Asked(image=NotFound("CU-126"))
    assert picture(asked) is None and asked.calls == [IMAGE]
    assert picture(asked, NOON + 29 * DAY) is None and asked.calls == []
    asked.answers["image"] = PNG
    assert picture(asked, NOON + 30 * DAY).suffix == "png"


def test_a_picture_that_is_none_is_left_out():
    assert picture(Asked(image=b"<html>")) is None
