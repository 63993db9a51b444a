"""The contract of all clouds, as cases over a home: the same functions on CPython and in a real openHAB.

A home (``tests.contract.on_cpython.CpythonHome``, ``tests.openhab.test_contract.OpenHABHome``) joins one account with the simulated
cloud and has:

    facts       the CloudFacts of the cloud that is asked; cloud: the SimulatedCloud
    vin, name   the car of that kind that is in the garage, and the middle of its item names
    state(item)             an item's state as text, None when there is no such item
    command(item, text)     commands an item
    update()                "update now", until it is done
    wait(item, wanted)      until the item's state is the text, or wanted(state) is true
    statuses(since)         the states that the car's command status went through since ``mark()``
    pass_time(seconds)      lets that time pass
    garage(*kinds)          puts these cars, and no others, into the garage; they are found with the next sign-in
    begin_sign_in()         starts a sign-in that a person must approve; sign_in(): a whole sign-in, and what is asked after it
    forget_seldom()         makes all due that is asked for seldom; what stays behind is named in ``seldom`` (vocabulary keys)
    now()                   the cloud's time

Every case begins with a signed-in account and a car that is shown; faults and settings are the usual ones.
"""

from tests.cloud import HOME_PASSWORD
from tests.contract import told
from tests.contract.clouds import ALIASES, CLOUDS, PAUSE, UNFOLLOWED, VINS, commands_of

#: kinds of cars whose models differ, so that each one gets another name
FLEET = ("i3", "i4", "phev", "combustion")
#: seconds; the account refreshes a token with so little time left, so each call needs a new one
SHORT = 250


class Case:
    """A sentence of the contract and the function that tests it."""

    def __init__(self, name, run):
        self.name = name
        self.run = run


def cases(facts):
    """All cases for a cloud, in an order that runs fast."""
    faulty = [_fault_case(fault) for fault in FAULTS if fault.answer(facts) is not None]
    commands = [_command_case(command, run) for command in commands_of(facts) for run in OUTCOMES]
    # commands come last: some seconds after a command the module polls the car, which disturbs cases that count calls
    return _plain(READING, facts) + faulty + _plain(COMMANDING, facts) + commands


def _plain(runs, facts):
    return [Case(run.__name__, run) for run in runs if facts.name in run.clouds]


READING = []
COMMANDING = []


def case(*clouds, group=READING):
    """Adds a function to the contract of these clouds, or of all clouds."""

    def add(run):
        run.clouds = clouds or tuple(CLOUDS)
        group.append(run)
        return run

    return add


# shared by the cases


def online(home):
    home.wait("BMW_AccountState", "ONLINE")


def shown(home):
    """{item: state} of the car, without the time of the poll and the items of commands."""
    return home.states(home.name)


def asked(home, since, kind=None):
    """[(where, status)] of the calls after a number, all or of one kind ('api', 'auth')."""
    return [(call["where"], call["status"]) for call in home.cloud.calls(since) if kind in (None, call["kind"])]


def renewals(home, since):
    return [status for where, status in asked(home, since, "auth") if where == home.facts.renewal_at]


def charge_to(home, soc):
    """Changes the car's state of charge; returns what the item must show."""
    home.cloud.set_car(home.vin, soc=soc)
    return "{} %".format(soc)


def follows(home, soc):
    """Polls the car and checks that the items follow it."""
    wanted = charge_to(home, soc)
    home.update()
    online(home)
    home.wait(home.item("StateOfCharge"), wanted)


# full state and discovery


def spread(cloud, vin, number):
    """Gives a car another value for as many fields as possible; ``number`` makes the values differ between cars and clouds."""
    fields = {
        "odometer_km": 72000 + number,
        "latitude": 48.2 + number / 100.0,
        "longitude": 11.5 - number / 100.0,
        "heading": 3 * number,
        "lock": "UNLOCKED",
        "door_driver_front": "OPEN",
        "window_passenger_front": "INTERMEDIATE",
        "trunk": "OPEN",
        "trunk_locked": False,
        "hood": "OPEN",
        "alarm_armed": "unarmed",
        "lights_on": True,
        "deep_sleep": True,
        "check_control": [
            {"id": 147, "text": "Tyre pressure", "km": 20000 + number},
            {"id": 167, "text": "Wischwasser nachfüllen", "km": 1},
        ],
        "trip_distance_km": 10.0 + number,
        "service_distance_km": 9000,
        "services": [
            {"id": 3, "title": "Brake fluid", "date": "2027-03", "km": None, "status": "OK", "description": "Due."},
            {"id": 32, "title": "Statutory inspection", "date": "2027-08", "km": None, "status": "OK", "description": "Due."},
            {"id": 100, "title": "Vehicle check", "date": "2028-01", "km": 9000, "status": "OK", "description": "Due."},
        ],
    }
    electric = {
        "soc": 20 + number,
        "range_electric_km": 90 + number,
        "plugged": True,
        "plug_locked": True,
        "charging_flap": "OPEN",
        "charging_status": "CHARGING",
        "charging_power_w": 7000,
        "charging_voltage_v": 230,
        "charging_current_a": 10,
        "charging_phases": 3,
        "charging_method": "AC_TYPE2PLUG",
        "charging_time_remaining_min": 100 + number,
        "charging_preference": "CHARGING_WINDOW",
        "charging_with_climate": True,
        "charging_window_start": "21:30",
        "timers": [
            {"id": 1, "active": True, "time": "06:45", "weekdays": ["MON", "FRI"]},
            {"id": 2, "active": False, "time": "09:30", "weekdays": ["SAT", "SUN"]},
            {"id": 3, "active": False, "time": None, "weekdays": []},
        ],
    }
    car = cloud.car(vin)
    if car["battery_usable_kwh"] is not None:
        fields.update(electric)
    if car["fuel_tank_l"] is not None:
        fields.update(fuel_percent=50, fuel_l=car["fuel_tank_l"] // 2, range_fuel_km=300 + number)
    if car["tyre_dimension"] is not None:
        fields.update(tyre_fl_kpa=240 + number, tyre_rr_c=25.0, climate_activity="HEATING", climate_remaining_s=900, climate_progress=40)
    cloud.set_car(vin, **fields)


def differences(home, kind, vin):
    wanted = told.expected(home.facts.name, home.cloud, vin)
    name = home.car_name(kind)
    return told.differences(wanted, lambda key: home.state(item_of(name, key)), home.now())


def item_of(name, key):
    return "BMW_{}_{}{}".format(name, key[0].upper(), key[1:])


@case()
def every_state_of_every_kind_of_car_is_shown(home):
    vins = home.garage(*FLEET)
    # all cars and clouds have different values, so that an old state cannot pass for a new one
    first = 10 * list(CLOUDS).index(home.facts.name) + 1
    for number, vin in enumerate(vins, first):
        spread(home.cloud, vin, number)
    home.forget_seldom()
    home.sign_in()
    online(home)
    for number, vin in enumerate(vins):
        assert differences(home, FLEET[number], vin) == {}
    for number, vin in enumerate(vins, first + 4):
        spread(home.cloud, vin, number)
    home.forget_seldom()
    home.update()
    for number, vin in enumerate(vins):
        wrong = differences(home, FLEET[number], vin)
        assert {key: pair for key, pair in wrong.items() if key not in home.seldom} == {}


@case()
def a_sign_in_finds_the_cars_of_the_account(home):
    home.garage(home.facts.kind)
    other = home.cloud.add_car("phev", mapping="SECONDARY", vin=VINS["phev"])
    since = home.last_call()
    home.sign_in()
    online(home)
    assert home.facts.cars_at in [place for place, _status in asked(home, since, "api")]
    since = home.last_call()
    home.update()
    read = [place for place, _status in asked(home, since, "api")].count(home.facts.state_at)
    assert read == (2 if home.facts.lists_secondary else 1)
    home.cloud.remove_car(other)
    home.sign_in()
    online(home)
    follows(home, 51)


# sign-in and the life of a token


@case("cardata")
def a_declined_sign_in_is_told(home):
    home.begin_sign_in()
    home.wait("BMW_AccountState", "WAITING_FOR_APPROVAL")
    home.cloud.decline()
    home.wait("BMW_AccountState", "SIGN_IN_FAILED")
    assert "declined" in home.state("BMW_Account")
    home.sign_in()
    online(home)


@case("mybmw")
def a_captcha_that_is_wrong_is_told(home):
    home.command("BMW_SignInInput", "P1_wrong")
    home.wait("BMW_AccountState", "SIGN_IN_FAILED")
    assert "solve a new captcha" in home.state("BMW_Account")
    home.sign_in()
    online(home)


@case("connecteddrive", "portal")
def a_password_that_bmw_refuses_is_tried_once_and_not_again(home):
    """BMW locks an account after several wrong passwords."""
    before = shown(home)
    home.cloud.change_password()
    since = home.last_call()
    try:
        home.update()
        home.wait("BMW_AccountState", "SIGN_IN_FAILED")
        assert "username and password in bmw.cfg" in home.state("BMW_Account")
        assert len(renewals(home, since)) == 1
        home.update()
        home.update()
        assert len(renewals(home, since)) == 1
        assert home.state("BMW_AccountState") == "SIGN_IN_FAILED"
        assert shown(home) == before
    finally:
        home.cloud.change_password(password=HOME_PASSWORD)
    home.sign_in()
    online(home)
    follows(home, 52)


@case()
def a_token_that_ends_is_renewed_before_it_is_used_again_and_again(home):
    """If refresh tokens rotate, each refresh needs the token from the last one."""
    home.cloud.settings(**{home.facts.lifetime: SHORT})
    home.sign_in()
    online(home)
    since = home.last_call()
    follows(home, 53)
    follows(home, 54)
    assert len(renewals(home, since)) >= 2
    assert set(renewals(home, since)) == {home.facts.renewed}
    # 404: on a slow machine the rare calls come as well, and BMW does not have all of them for each car
    assert {status for _where, status in asked(home, since, "api")} - {404} == {200}
    home.cloud.settings(**{home.facts.lifetime: 3600})
    follows(home, 55)
    since = home.last_call()
    follows(home, 56)
    assert renewals(home, since) == []


@case()
def a_renewal_that_fails_costs_nothing_but_time(home):
    home.cloud.settings(**{home.facts.lifetime: SHORT})
    home.sign_in()
    online(home)
    before = shown(home)
    wanted = charge_to(home, 57)
    home.cloud.add_fault(home.facts.renewal_at, "html", status=503)
    home.update()
    assert home.state("BMW_AccountState") == "OFFLINE"
    assert "HTTP 503" in home.state("BMW_Account")
    assert shown(home) == before
    home.cloud.settings(**{home.facts.lifetime: 3600})
    home.update()
    online(home)
    home.wait(home.item("StateOfCharge"), wanted)


@case()
def a_refused_token_is_renewed_and_the_question_asked_once_more(home):
    home.cloud.add_fault(home.facts.state_at, "status", status=401, body={"exveErrorId": "CU-101"})
    wanted, since = charge_to(home, 58), home.last_call()
    home.update()
    online(home)
    home.wait(home.item("StateOfCharge"), wanted)
    assert asked(home, since, "api") == [(home.facts.state_at, 401), (home.facts.state_at, 200)]
    assert renewals(home, since) == [home.facts.renewed]


@case()
def a_token_that_is_refused_again_is_not_renewed_without_end(home):
    before = shown(home)
    charge_to(home, 59)
    home.cloud.add_fault(home.facts.state_at, "status", times=None, status=401, body={"exveErrorId": "CU-101"})
    since = home.last_call()
    home.update()
    assert home.state("BMW_AccountState") == "SIGN_IN_NEEDED"
    assert asked(home, since, "api") == [(home.facts.state_at, 401)] * 2
    assert renewals(home, since) == [home.facts.renewed]
    assert shown(home) == before
    home.cloud.clear_faults()
    home.update()
    online(home)


@case()
def when_bmw_ends_the_sign_in_it_is_signed_in_again(home):
    """By the user, if the cloud needs one for a sign-in."""
    before = shown(home)
    home.cloud.revoke()
    home.update()
    if home.facts.renews_alone:
        online(home)
        return
    assert home.state("BMW_AccountState") == "SIGN_IN_NEEDED"
    assert "sign in again" in home.state("BMW_Account")
    assert shown(home) == before
    home.sign_in()
    online(home)
    follows(home, 60)


# faults


class Fault:
    """A failure of the call that reads the car.

    Attributes:
        name (str): what fails. kind (str), options (dict or None): the simulated fault; None = ``CloudFacts.quota``.
        state (str): what the account shows. text (str): a part of its text for users.
        pause (number): seconds without calls afterwards. times (int or None): how many calls fail. most_calls (int): calls
            that may reach the cloud in one update.
    """

    def __init__(self, name, kind, state, text, options=None, is_quota=False, pause=0, times=1, most_calls=1):
        self.name = name
        self.kind = kind
        self.state = state
        self.text = text
        self.options = options or {}
        self.is_quota = is_quota
        self.pause = pause
        self.times = times
        self.most_calls = most_calls

    def answer(self, facts):
        """The fault's options for a cloud; None if the cloud has no such fault."""
        return facts.quota if self.is_quota else self.options


TOO_MANY = {"status": 429, "headers": {"Retry-After": str(PAUSE)}, "body": {"exveErrorId": "CU-429"}}
FAULTS = (
    Fault("a server error", "html", "OFFLINE", "HTTP 503", {"status": 503}),
    Fault("a gateway error", "html", "OFFLINE", "HTTP 502", {"status": 502}),
    Fault("malformed json", "truncated", "OFFLINE", "not JSON"),
    Fault("an empty body", "empty", "OFFLINE", "not JSON"),
    Fault("a web page", "html", "OFFLINE", "not JSON", {"status": 200}),
    Fault("json of another shape", "status", "OFFLINE", "BMW's answer", {"status": 200, "body": [1, 2]}),
    Fault("a slow answer", "slow", "OFFLINE", "answer", {"seconds": 60}),
    # if a connection ends before the first byte, Java's HTTP client repeats the request: five times in all
    Fault("a lost answer", "reply_lost", "OFFLINE", "", times=None, most_calls=5),
    Fault("a refusal", "status", "ACCESS_DENIED", "HTTP 403", {"status": 403, "body": {"message": "Forbidden"}}),
    Fault("a used up quota", "status", "QUOTA_EXCEEDED", "allowance", is_quota=True, pause=PAUSE),
    Fault("too many calls", "status", "QUOTA_EXCEEDED", "next call at", TOO_MANY, pause=PAUSE),
)


def _fault_case(fault):
    return Case(
        "after_{}_the_last_states_stay_and_the_next_update_works".format(fault.name.replace(" ", "_")), lambda home: _fail(home, fault)
    )


def _fail(home, fault):
    home.update()
    online(home)
    before, since = shown(home), home.last_call()
    wanted = charge_to(home, 61 if home.state(home.item("StateOfCharge")) != "61 %" else 62)
    home.cloud.add_fault(home.facts.state_at, fault.kind, fault.times, **fault.answer(home.facts))
    home.update()
    refused_at = home.now()
    assert home.state("BMW_AccountState") == fault.state, home.state("BMW_Account")
    assert fault.text in home.state("BMW_Account")
    assert 1 <= len(asked(home, since, "api")) <= fault.most_calls
    assert shown(home) == before
    home.cloud.clear_faults()
    if fault.pause:
        since = home.last_call()
        home.update()
        assert home.now() - refused_at < fault.pause, "the machine is too slow to see the pause"
        assert asked(home, since) == []
        assert home.state("BMW_AccountState") == fault.state
        home.pass_time(fault.pause + 0.5)
    home.update()
    online(home)
    home.wait(home.item("StateOfCharge"), wanted)


# commands


def is_final(state):
    return state.startswith(("EXECUTED", "FAILED", "TIMED OUT"))


def give(home, command, **plan):
    """Sends the command to its item; returns the states of the command's status."""
    home.cloud.command_plan(**plan)
    home.cloud.clear_commands()
    if command.before:
        home.cloud.set_car(home.vin, **command.before)
    mark = home.mark()
    home.command(home.item(command.item), command.text)
    home.wait_status(mark, is_final)
    return home.statuses(mark)


def was_sent(home, command):
    sent = [ALIASES.get(one["command"], one["command"]) for one in home.cloud.commands()]
    return sent == [command.name]


def has_worked(home, command):
    return command.is_done is None or command.is_done(home.cloud.car(home.vin))


def is_executed(home, command):
    walked = give(home, command, steps=("DELIVERED",))
    assert walked == [state for state in ("QUEUED", "SENT", "DELIVERED", "EXECUTED") if state in walked]
    assert walked[-1] == "EXECUTED"
    assert was_sent(home, command)
    assert has_worked(home, command)


def is_seen_to_fail(home, command):
    if command.name in UNFOLLOWED:
        home.cloud.add_fault(home.facts.command_at, "status", **home.facts.refusal)
        walked = give(home, command)
        home.cloud.clear_faults()
        assert home.cloud.commands() == []
    else:
        walked = give(home, command, outcome="FAILED", steps=("DELIVERED",))
        assert was_sent(home, command)
    assert walked[-1].startswith("FAILED: ") and len(walked[-1]) > len("FAILED: ") + 2
    assert command.is_done is None or not has_worked(home, command)


def times_out(home, command):
    if command.name in UNFOLLOWED:  # there is only BMW's one answer to wait for
        home.cloud.add_fault(home.facts.command_at, "slow", seconds=60)
        walked = give(home, command)
        home.cloud.clear_faults()
        assert walked[-1].startswith("TIMED OUT: No ")
        return
    walked = give(home, command, outcome="NEVER", steps=("DELIVERED",))
    assert walked[-1] == "TIMED OUT"
    assert was_sent(home, command)
    assert command.is_done is None or not has_worked(home, command)


OUTCOMES = (is_executed, is_seen_to_fail, times_out)


def _command_case(command, run):
    name = "{}_{}_{}".format(command.item, command.text.partition(" ")[0], run.__name__)
    return Case(name, lambda home: run(home, command))


CAN_COMMAND = tuple(name for name, facts in CLOUDS.items() if facts.commands)


@case("cardata")
def a_cloud_that_only_reads_has_no_command_items(home):
    items = home.states(home.name, with_commands=True)
    assert [item for item in items if item.endswith(("_Lock", "_Climate", "_Command"))] == []


@case(*CAN_COMMAND, group=COMMANDING)
def a_switch_has_a_state_before_its_first_command_and_follows_the_car(home):
    items = [command.item for command in commands_of(home.facts)]
    for item in [item for item in ("Lock", "Unlock", "FlashLights", "SoundHorn", "FindVehicle") if item in items]:
        home.wait(home.item(item), "OFF")
    active = home.state(home.item("ClimateActive"))  # some clouds never send it
    home.wait(home.item("Climate"), lambda state: state == active if active in ("ON", "OFF") else state in ("OFF", "UNDEF"))
    if "Charge" in items:
        for status, wanted in (("CHARGING", "ON"), ("NOT_CHARGING", "OFF")):
            home.cloud.set_car(home.vin, plugged=True, charging_status=status)
            home.update()
            home.wait(home.item("Charge"), wanted)


@case(*CAN_COMMAND, group=COMMANDING)
def the_items_follow_a_command(home):
    home.cloud.set_car(home.vin, lock="UNLOCKED")
    home.update()
    home.wait(home.item("DoorLockState"), "UNLOCKED")
    lock = commands_of(home.facts)[0]
    assert give(home, lock)[-1] == "EXECUTED"
    home.wait(home.item("DoorLockState"), "LOCKED")
    home.wait(home.item("Lock"), "OFF")


@case(*CAN_COMMAND, group=COMMANDING)
def a_command_that_gets_no_answer_is_not_said_to_have_failed_and_is_not_sent_again(home):
    flash = next(command for command in commands_of(home.facts) if command.name == "flashLights")
    home.cloud.add_fault(home.facts.command_at, "reply_lost")
    since = home.last_call()
    assert give(home, flash)[-1].startswith("TIMED OUT: ")
    assert [where for where, _status in asked(home, since, "api")].count(home.facts.command_at) == 1


@case(*CAN_COMMAND, group=COMMANDING)
def a_command_with_a_refused_token_is_sent_once_more(home):
    flash = next(command for command in commands_of(home.facts) if command.name == "flashLights")
    home.cloud.add_fault(home.facts.command_at, "status", status=401)
    since = home.last_call()
    assert give(home, flash)[-1] == "EXECUTED"
    assert was_sent(home, flash)
    sent = [status for where, status in asked(home, since, "api") if where == home.facts.command_at]
    assert sent == [401, 200]
    assert renewals(home, since) == [home.facts.renewed]


@case(*CAN_COMMAND, group=COMMANDING)
def a_question_how_far_a_command_is_may_fail(home):
    flash = next(command for command in commands_of(home.facts) if command.name == "flashLights")
    for kind in ("html", "empty", "reply_lost"):
        home.cloud.add_fault(home.facts.progress_at, kind)
    assert give(home, flash, steps=("DELIVERED",), per_poll=1)[-1] == "EXECUTED"
