"""bmw.clouds.cardata.report: what CarData adds to the diagnostics report."""

import pytest
from bmw.clouds.cardata import descriptors, report
from bmw.clouds.cardata.cloud import CarData
from bmw.clouds.tokens import Tokens
from bmw.net.http import Http, RequestsTransport

from tests.unit.fakes import VIN, settings

API, STREAM = "cardata:api:read", "cardata:streaming:read"
SOC = [name for key, _convert, names in descriptors.TABLE if key == "stateOfCharge" for name in names]


def tokens(*scopes):
    return Tokens(access_token="a" * 20, scope=" ".join(scopes))


def telematic(*names):
    return {"telematic": {VIN: {name: {"value": "1", "unit": None, "timestamp": None} for name in names}}}


def test_the_granted_scopes_are_named():
    assert report.scopes(tokens("openid", API, STREAM), True) == "scopes: openid cardata:api:read cardata:streaming:read"


@pytest.mark.parametrize("granted, missing, title", [(STREAM, API, "CarData API"), (API, STREAM, "CarData Stream")])
def test_a_missing_scope_is_named_with_what_to_do(granted, missing, title):
    line = report.scopes(tokens(granted), True)
    assert line.count("MISSING") == 1 and "MISSING {}: subscribe the client to {} ".format(missing, title) in line


def test_the_scope_of_the_stream_is_not_missed_by_who_does_not_want_bmws_stream():
    assert "MISSING" not in report.scopes(tokens(API), False)


@pytest.mark.parametrize("nothing", [None, Tokens(access_token="a" * 20)])
def test_scopes_that_nobody_told_are_not_known(nothing):
    assert report.scopes(nothing, True) == "scopes: not known"


@pytest.mark.parametrize(
    "memory, line",
    [
        ({}, "none yet"),
        ({"container": "A"}, "in use, its descriptors are not known"),
        ({"container": "A", "left_out": []}, "in use, all ({0} of {0} descriptors)"),
        ({"container": "A", "left_out": [SOC[0]]}, "in use, part ({1} of {0} descriptors)"),
        ({"container": "A", "left_out": sorted(set(descriptors.ALL) - set(descriptors.CORE))}, "in use, core ({2} of {0} descriptors)"),
    ],
)
def test_the_container_is_told_with_how_much_it_holds(memory, line):
    count = len(descriptors.ALL)
    assert line.format(count, count - 1, len(descriptors.CORE)) in report.container(memory)


def test_a_car_that_delivered_nothing_is_told_what_to_do():
    lines = report.delivery({}, VIN)
    assert lines[0] == "0 of {} descriptors delivered".format(len(descriptors.ALL))
    assert lines[1].startswith("never delivered: stateOfCharge, ") and lines[1].endswith(" more")
    assert "lock and unlock the car" in lines[2] and "'Configure data stream'" in lines[2]


def test_a_word_is_there_as_soon_as_one_of_its_sources_is():
    count, missing, _advice = report.delivery(telematic(SOC[-1]), VIN)
    assert len(SOC) > 1 and count.startswith("1 of ")
    assert "stateOfCharge" not in missing and "electricRange" in missing


def test_a_null_of_bmws_is_no_delivery():
    memory = telematic(SOC[0])
    memory["telematic"][VIN][SOC[0]]["value"] = None
    assert "never delivered: stateOfCharge" in report.delivery(memory, VIN)[1]


def test_what_the_container_lacks_is_not_expected():
    lines = report.delivery(dict(telematic(*descriptors.CORE), left_out=list(set(descriptors.ALL) - set(descriptors.CORE))), VIN)
    assert lines == ["{0} of {0} descriptors delivered".format(len(descriptors.CORE))]


def test_a_car_that_delivered_everything_needs_no_advice():
    assert len(report.delivery(telematic(*descriptors.ALL), VIN)) == 1


def cardata(**config):
    return CarData(settings(**config), Http(RequestsTransport(), ["http://127.0.0.1:1"]), None)


@pytest.mark.parametrize(
    "config, misses, is_off",
    [({}, True, False), ({"stream": "off"}, False, True), ({"stream_url": "mqtt://127.0.0.1:1883"}, False, False)],
)
def test_the_settings_say_which_stream_is_wanted(config, misses, is_off):
    lines = cardata(**config).about_account(tokens(API), {})
    assert ("MISSING" in lines[0], "stream: off in bmw.cfg" in lines) == (misses, is_off)
