"""A foreign client for BMW's CarData (PyPI's bmw-cardata) uses the simulated cloud over real HTTP and MQTT.

The client is strict: it ignores fields with other names than BMW's, and an unknown word of an enumeration is an error.
"""

import asyncio
import ssl
import types
from datetime import datetime, timezone

import pytest

from . import HOME_CLIENT_ID
from .conftest import wait_until

client = pytest.importorskip("bmw_cardata", reason="the client needs Python 3.11")
from bmw_cardata import auth, exceptions  # noqa: E402
from bmw_cardata.models.container import CreateContainerRequest  # noqa: E402

SOC = "vehicle.drivetrain.batteryManagement.header"
ODOMETER = "vehicle.vehicle.travelledDistance"
RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange"
NEVER_SENT = "vehicle.cabin.sunroof.status"


def signed_in(cloud, monkeypatch):
    """The tokens of a sign-in that is approved after two polls; the client's waits move the cloud's clock."""
    waits = []

    async def sign_in():
        async with client.DeviceCodeFlowClient(HOME_CLIENT_ID, base_url=cloud.url) as flow:
            code = await flow.request_device_code()

            async def sleep(seconds):
                waits.append(seconds)
                cloud.clock.advance(seconds)
                if len(waits) == 2:
                    cloud.approve(code.user_code)

            monkeypatch.setattr(auth, "asyncio", types.SimpleNamespace(sleep=sleep))
            return await flow.poll_for_token(code.device_code, interval=code.interval)

    tokens = asyncio.run(sign_in())
    assert len(waits) == 2
    return tokens


@pytest.fixture
def tokens(served, monkeypatch):
    return signed_in(served, monkeypatch)


@pytest.fixture
def ask(served, tokens):
    """Calls the cloud: ``ask(lambda rest: rest.get_mappings())``."""

    def ask(question):
        async def run():
            async with client.CarDataClient(tokens.access_token, base_url=served.url) as rest:
                return await question(rest)

        return asyncio.run(run())

    return ask


@pytest.fixture
def vin(served):
    return served.add_car("i4", soc=57, odometer_km=18250)


def container_of(ask, *keys):
    return ask(lambda rest: rest.create_container(CreateContainerRequest("openhab", "openhab", list(keys))))


def test_the_device_flow_waits_for_the_owner_and_ends_with_tokens(served, tokens):
    assert tokens.gcid == served.accounts()[0]["gcid"] and tokens.expires_in == 3599 and tokens.token_type == "Bearer"
    assert set(tokens.scope.split()) == set(client.DEFAULT_SCOPES) and tokens.id_token.count(".") == 2


def test_a_refresh_token_rotates_and_its_second_use_is_refused(served, tokens):
    async def refresh(token):
        async with client.DeviceCodeFlowClient(HOME_CLIENT_ID, base_url=served.url) as flow:
            return await flow.refresh(token)

    new = asyncio.run(refresh(tokens.refresh_token))
    assert new.refresh_token != tokens.refresh_token and new.gcid == tokens.gcid
    with pytest.raises(exceptions.CarDataAuthError) as refused:
        asyncio.run(refresh(tokens.refresh_token))
    assert refused.value.error == "invalid_grant"


def test_an_unknown_client_is_refused_by_name(served):
    async def begin():
        async with client.DeviceCodeFlowClient("00000000-0000-4000-8000-000000000000", base_url=served.url) as flow:
            await flow.request_device_code()

    with pytest.raises(exceptions.CarDataAuthError) as refused:
        asyncio.run(begin())
    assert refused.value.error == "invalid_client"


def test_the_cars_and_what_they_are(served, ask, vin):
    mappings = {one.vin: one for one in ask(lambda rest: rest.get_mappings())}
    assert mappings[vin].mapping_type == "PRIMARY" and mappings[vin].mapped_since.tzinfo is not None
    car, told = served.car(vin), ask(lambda rest: rest.get_basic_data(vin))
    assert (told.vin, told.brand, told.model_name, told.steering) == (vin, "BMW", "i4 eDrive40", "LL")
    assert (told.drive_train, told.propulsion_type, told.number_of_doors, told.has_navi) == ("BEV", "BEV", 5, True)
    assert told.is_telematics_capable is True and told.charging_modes == car["charging_modes"]
    assert (told.construction_date, told.hvs_max_energy_absolute, told.sim_status) == ("2024-09-17", "83.9", "ACTIVE")


def test_a_container_is_made_listed_told_and_deleted(ask):
    made = container_of(ask, SOC, ODOMETER)
    assert len(made.container_id) == 13 and made.state == "ACTIVE" and made.technical_descriptors == [SOC, ODOMETER]
    (listed,) = ask(lambda rest: rest.list_containers()).containers
    assert (listed.container_id, listed.name, listed.purpose) == (made.container_id, "openhab", "openhab")
    assert ask(lambda rest: rest.get_container(made.container_id)).technical_descriptors == [SOC, ODOMETER]
    ask(lambda rest: rest.delete_container(made.container_id))
    with pytest.raises(exceptions.CarDataHTTPError) as refused:
        ask(lambda rest: rest.delete_container(made.container_id))
    assert refused.value.error_id == "CU-122" and refused.value.error_ref


def test_telematic_data_are_texts_with_unit_and_time_under_bmws_names(ask, vin):
    made = container_of(ask, SOC, ODOMETER, RANGE, NEVER_SENT)
    told = ask(lambda rest: rest.get_telematic_data(vin, made.container_id))
    battery = told.vehicle.drivetrain.battery_management.header
    assert float(battery.value) == 57 and battery.unit == "percent" and battery.timestamp.endswith("Z")
    odometer = told.telematic_data[ODOMETER]
    assert isinstance(odometer.value, str) and float(odometer.value) == 18250
    # by REST BMW sends the odometer without its unit
    assert odometer.unit is None and told.telematic_data[RANGE].unit == "km"


def test_the_charging_history_is_read_page_by_page(served, ask, vin):
    async def whole(rest):
        sessions, token, pages = [], None, 0
        while pages == 0 or token:
            page = await rest.get_charging_history(
                vin, from_=datetime(2000, 1, 1, tzinfo=timezone.utc), to=datetime(2100, 1, 1, tzinfo=timezone.utc), next_token=token
            )
            sessions, token, pages = sessions + page.data, page.next_token, pages + 1
        return sessions, pages

    sessions, pages = ask(whole)
    canonical = {one["start"]: one for one in served.car(vin)["charging_sessions"]}
    assert pages > 1 and {one.start_time for one in sessions} == set(canonical)
    for one in sessions:
        assert one.energy_consumed_from_power_grid_kwh == canonical[one.start_time]["grid_kwh"]
        assert (one.displayed_start_soc, one.displayed_soc) == (
            canonical[one.start_time]["soc_start"],
            canonical[one.start_time]["soc_end"],
        )


def test_charging_places_tyres_and_the_picture(ask, vin):
    places = ask(lambda rest: rest.get_location_based_charging_settings(vin)).data
    assert [(one.visits, one.ac_current_limit) for one in places] == [(42, 16.0)]
    mounted = ask(lambda rest: rest.get_smart_maintenance_tyre_diagnosis(vin)).passenger_car.mounted_tyres
    assert mounted.front_left.dimension.rim_diameter == 18 and mounted.front_left.season.season == "SUMMER"
    assert ask(lambda rest: rest.get_vehicle_image(vin)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "container, error", [("A1B2C3D4E5F6G", "CU-105"), (None, "CU-104")], ids=["a container of nobody", "a car of somebody else"]
)
def test_a_refusal_has_bmws_number(ask, vin, container, error):
    asked = vin if container else "WBY00000000000000"
    with pytest.raises(exceptions.CarDataHTTPError) as refused:
        ask(lambda rest: rest.get_telematic_data(asked, container or "A1B2C3D4E5F6G"))
    assert refused.value.error_id == error and refused.value.status in (403, 404)


def test_the_stream_lets_it_in_and_brings_what_changed(served, tokens, vin):
    stream_room = pytest.importorskip("tests.cloud.stream", reason="the simulated stream's broker needs Python 3.10")
    with stream_room.SimulatedStream(served) as stream:
        trust = ssl.create_default_context(cafile=stream.ca_file)

        async def first():
            live = client.StreamingClient(tokens.gcid, tokens.id_token, host="localhost", port=stream.port, tls_context=trust)
            async with live:
                message = asyncio.wait_for(live.stream(vin).__anext__(), 30)
                return (await asyncio.gather(message, asyncio.to_thread(change_when_heard, served, stream, vin)))[0]

        message = asyncio.run(first())
    assert (message.vin, message.gcid) == (vin, tokens.gcid)
    assert message.vehicle.drivetrain.battery_management.header.value == 61


def change_when_heard(cloud, stream, vin):
    """Changes the car as soon as a client has subscribed."""
    assert wait_until(stream.sessions)
    cloud.set_car(vin, soc=61)
