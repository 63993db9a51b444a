"""The contract of all clouds on CPython: by requests, whose wire ``responses`` leads into the simulated cloud."""

import pytest

from tests.cloud.descriptors import EVERYTHING
from tests.contract import cases, told, told_seldom
from tests.contract.clouds import CLOUDS
from tests.contract.on_cpython import COMMANDS, homes_in


def _every_case():
    for name, facts in CLOUDS.items():
        for case in cases.cases(facts):
            yield pytest.param(name, case, id="{}-{}".format(name, case.name))


@pytest.fixture
def make_home(tmp_path):
    yield from homes_in(tmp_path)


@pytest.mark.parametrize("name, case", _every_case())
def test_every_cloud_keeps_the_contract(make_home, name, case):
    home = make_home(name)
    cases.online(home)
    case.run(home)


@pytest.mark.parametrize("name", CLOUDS)
def test_the_contract_has_every_command_of_the_cloud(name):
    assert set(CLOUDS[name].commands) == COMMANDS[name]


VARIANTS = [(kind, {}) for kind in ("i3", "i3_rex", "i4", "ix1", "ix3", "phev", "combustion")]
VARIANTS += [("i4", {"steering": "RL", "distance_unit": "mi", "country": "GB"}), ("i4", {"charging_status": "PAUSED", "plugged": True})]


@pytest.mark.parametrize(
    "kind, fields",
    VARIANTS,
    ids=lambda value: value
    if isinstance(value, str)
    else "-".join(value.values())
    if all(isinstance(v, str) for v in value.values())
    else "paused",
)
@pytest.mark.parametrize("name", CLOUDS)
def test_a_car_shows_all_that_its_cloud_tells_and_nothing_else(make_home, name, kind, fields):
    home = make_home(name)
    home.garage(kind)
    home.sign_in()
    home.cloud.set_car(home.vin, door_passenger_rear="OPEN", window_driver_front="INTERMEDIATE", **fields)
    home.forget_seldom()
    home.update()
    # the rare calls come a moment after the poll
    home.pass_time(60)
    wanted = told.expected(name, home.cloud, home.vin)
    wanted.update(told_seldom.expected(name, home.cloud, home.vin))
    assert told.differences(wanted, lambda key: home.state(cases.item_of(home.name, key)), home.now()) == {}
    start = "BMW_{}_".format(home.name)
    # estimatedStateOfCharge changes while the car charges; tests/unit/vehicle/test_estimate.py and unit/logbook test these
    own = ("estimatedStateOfCharge", "chargingLog", "chargingCurve", "tripLog", "learnedCapacity", "learnedCapacityCharges")
    wanted.update(dict.fromkeys(own))
    extra = {item[len(start) :] for item, state in home.states(home.name).items() if state is not None}
    assert extra - {key[0].upper() + key[1:] for key in wanted} == set()


#: some values beyond the vocabulary, of a car that sends the whole catalogue
EXTRAS = {
    "vehicle_timeSetting": "wintertime",
    "status_serviceDistance_yellow": "2000 km",
    "powertrain_electric_battery_charging_cableCheckVoltage": "400 V",
    "powertrain_tractionBattery_charging_port_frontLeft_isPlugged": "OFF",
    "vehicleIdentification_connectedDriveContractList": "2027-05-31T22:00:00.000Z",
    "status_serviceTime_hUandAuServiceYellow": "2",
}


def test_a_car_that_tells_everything_shows_it_all_on_demand(make_home):
    home = make_home("cardata")
    home.cloud.set_car(home.vin, others=EVERYTHING)
    home.update()
    start = home.item("Extra_")

    def extras():
        return {item: state for item, state in home.items.states.items() if item.startswith(start)}

    assert extras() == {} and home.state(home.item("SpeedFrom")) == "30 km/h"
    home.choose(extra="all")
    home.update()
    shown = extras()
    assert len(shown) > 80 and None not in shown.values()
    assert {name: shown[start + name] for name in EXTRAS} == EXTRAS
    # the same after a restart
    home.items.states = {}
    home.choose(extra="all")
    assert extras() == shown
    # extra values that are no longer requested become unknown; the normal values stay
    home.choose(extra="vehicle.vehicle.timeSetting")
    home.update()
    assert {item for item, state in extras().items() if state is not None} == {start + "vehicle_timeSetting"}
    assert home.state(home.item("SpeedFrom")) == "30 km/h"
    containers = [one for one in home.cloud.containers() if one["state"] == "ACTIVE"]
    assert len(containers) == 1 and "vehicle.vehicle.timeSetting" in containers[0]["technicalDescriptors"]


@pytest.mark.parametrize("name", [name for name in CLOUDS if name != "cardata"])
def test_with_another_cloud_names_stay_and_neither_tokens_nor_states_do(make_home, name):
    home = make_home("cardata")
    item, before = home.item("StateOfCharge"), home.last_call()
    assert (home.state(item), home.state(home.item("TrunkLocked"))) != (None, None)
    home.cloud.set_car(home.vin, soc=33)
    home.use(name)
    if not home.facts.renews_alone:
        assert home.cloud.calls(before) == []
        assert home.state("BMW_AccountState") == "SIGN_IN_NEEDED"
        home.sign_in()
    assert home.state(item) == "33 %"
    assert home.state(home.item("TrunkLocked")) is None
    assert {status for _where, status in cases.asked(home, before)} <= {200, 302}
    last = home.last_call()
    home.use("cardata")
    home.update()
    assert {where for where, _status in cases.asked(home, last)} == {"mappings", "basicData", "telematicData"}
    assert home.state(home.item("TrunkLocked")) == "ON"


def test_a_car_that_was_gone_takes_commands_again(make_home):
    home = make_home("portal")
    home.garage()
    home.sign_in()
    home.use("portal")
    home.garage("i3")
    home.sign_in()
    home.command(home.item("Lock"), "ON")
    home.wait(home.item("CommandStatus"), "EXECUTED")
