"""The data calls of MyBMW as its app meets them."""

import pytest

from .apps import USER_AGENT, MyBMW


@pytest.fixture
def app(cloud):
    return MyBMW(cloud).sign_in()


def app_of(cloud, kind, **fields):
    return MyBMW(cloud).sign_in(cloud.add_car(kind, **fields))


# Headers, walls and quotas


@pytest.mark.parametrize("agent", ["", "bmw", "android(A);bmw;1.0", "android(A);bmw;1.0;mars"])
def test_a_user_agent_without_four_parts_and_a_region_is_refused(app, agent):
    app.user_agent = agent
    assert app.get("/eadrax-vcs/v4/vehicles/state").status_code == 403


def test_a_call_without_a_vin_is_refused(app):
    app.vin = None
    assert app.get("/eadrax-vcs/v4/vehicles/state").status_code == 400


def test_an_unknown_vin_is_not_found(cloud, app):
    app.vin = "WBY8P0TEST9999999"
    for path in ("/eadrax-vcs/v4/vehicles/state", "/eadrax-vcs/v5/vehicle-data/profile"):
        assert app.get(path).status_code == 404


def test_a_bad_token_is_told_in_json(app):
    app.tokens = {"access_token": "made-up"}
    answer = app.get("/eadrax-vcs/v4/vehicles/state")
    assert (answer.status_code, answer.json["statusCode"]) == (401, 401)


@pytest.mark.parametrize("path", ["/eadrax-vcs/v1/vehicles", "/eadrax-vcs/v2/vehicles", "/eadrax-chs/v1/charging-statistics"])
def test_older_generations_are_gone(app, path):
    answer = app.get(path)
    assert (answer.status_code, answer.text) == (404, "Resource Not Found")


def test_older_remote_commands_are_gone(app):
    for version in ("v2", "v3"):
        path = "/eadrax-vrccs/%s/presentation/remote-commands/%s/door-lock" % (version, app.vin)
        assert app.post(path, json={}).status_code == 404


def test_a_spent_quota_names_the_clock_time_of_its_end(cloud, app):
    cloud.settings(mybmw_quota=2)
    assert [app.get("/eadrax-vcs/v4/vehicles/state").status_code for _ in range(3)] == [200, 200, 403]
    message = app.get("/eadrax-vcs/v4/vehicles/state").json["message"]
    clock = message.partition(" replenished in ")[2]
    hours, minutes, seconds = clock.rstrip(".").split(":")
    assert message.startswith("Out of call volume quota.") and len(clock) == 9
    cloud.advance_clock(int(hours) * 3600 + int(minutes) * 60 + int(seconds) + 1)
    app.tokens = app.refresh().json
    assert app.get("/eadrax-vcs/v4/vehicles/state").status_code == 200


def test_each_installation_has_its_own_quota(cloud, app):
    cloud.settings(mybmw_quota=1)
    app.state()
    app.user_agent = USER_AGENT.replace("123456", "654321")
    assert app.get("/eadrax-vcs/v4/vehicles/state").status_code == 200


def test_the_quota_of_cardata_is_another(cloud, app):
    app.state()
    assert cloud.quota_used() == 0


def test_a_burst_is_told_to_wait_so_many_seconds(cloud, app):
    cloud.settings(mybmw_burst=2)
    app.state()
    app.state()
    answer = app.get("/eadrax-vcs/v4/vehicles/state")
    assert answer.status_code == 429
    assert answer.json["message"] == "Rate limit is exceeded. Try again in 10 seconds."
    cloud.advance_clock(10)
    assert app.get("/eadrax-vcs/v4/vehicles/state").status_code == 200


@pytest.mark.parametrize("status", [489, 403])
def test_the_wall_of_2025_blocks_everything(cloud, app, status):
    cloud.settings(mybmw_blocked=status)
    for answer in (app.get("/eadrax-vcs/v4/vehicles/state"), app.config(), app.command("door-lock")):
        assert (answer.status_code, answer.text) == (status, "Blocked")


# Lists and profiles


def test_the_list_is_per_brand(cloud, app):
    mini = cloud.add_car("i4", brand="MINI")
    listed = [row["vin"] for row in app.post("/eadrax-vcs/v5/vehicle-list").json["mappingInfos"]]
    assert listed == [app.vin]
    app.user_agent = USER_AGENT.replace(";bmw;", ";mini;")
    assert [row["vin"] for row in app.post("/eadrax-vcs/v5/vehicle-list").json["mappingInfos"]] == [mini]


def test_the_list_tells_gcid_and_role(cloud, app):
    cloud.add_car("i4", mapping="SECONDARY")
    told = app.post("/eadrax-vcs/v5/vehicle-list").json
    assert told["gcid"] == cloud.accounts()[0]["gcid"]
    assert [row["isPrimaryUser"] for row in told["mappingInfos"]] == [True, False]
    assert {row["mappingStatus"] for row in told["mappingInfos"]} == {"CONFIRMED"}


def test_the_older_list_brings_the_attributes_along(app):
    (row,) = app.get("/eadrax-vcs/v4/vehicles").json
    assert (row["vin"], row["attributes"]["model"]) == (app.vin, "i3 120")


@pytest.mark.parametrize(
    "kind, drivetrain, model",
    [
        ("i3", "ELECTRIC", "i3 120"),
        ("i3_rex", "ELECTRIC_WITH_RANGE_EXTENDER", "i3 94Ah (+ REX)"),
        ("phev", "PLUGIN_HYBRID", "330e"),
        ("combustion", "COMBUSTION", "320i"),
    ],
)
def test_the_profile_names_the_drive_train(cloud, kind, drivetrain, model):
    told = app_of(cloud, kind).get("/eadrax-vcs/v5/vehicle-data/profile").json
    assert (told["driveTrain"], told["model"]) == (drivetrain, model)


def test_an_older_profile_knows_a_range_extender_by_its_model_only(cloud):
    cloud.settings(mybmw_rex_as_electric=True)
    told = app_of(cloud, "i3_rex").get("/eadrax-vcs/v5/vehicle-data/profile").json
    assert told["driveTrain"] == "ELECTRIC" and told["model"].endswith("(+ REX)")


# State


def test_the_i3_leaves_out_what_newer_cars_tell(app):
    state = app.state()
    assert not {"tireState", "climateControlState", "roofState"} & set(state)
    assert set(state["windowsState"]) == {"leftFront", "rightFront", "combinedState"}


def test_a_newer_car_tells_everything(cloud):
    state = app_of(cloud, "i4", tyre_fl_kpa=231).state()
    assert state["tireState"]["frontLeft"]["status"]["currentPressure"] == 231
    assert state["climateControlState"]["activity"] == "INACTIVE"
    assert {"leftRear", "rear"} <= set(state["windowsState"]) and state["roofState"]["roofState"] == "CLOSED"


def test_the_state_shows_the_canonical_car(cloud, app):
    cloud.set_car(
        app.vin, soc=61, range_electric_km=148.4, odometer_km=61344, lock="UNLOCKED", latitude=48.1372, longitude=11.5756, heading=214
    )
    state = app.state()
    assert state["electricChargingState"]["chargingLevelPercent"] == 61
    assert (state["range"], state["currentMileage"]) == (148, 61344)
    assert state["doorsState"]["combinedSecurityState"] == "UNLOCKED"
    assert state["location"]["coordinates"] == {"latitude": 48.1372, "longitude": 11.5756}


@pytest.mark.parametrize("steering, open_side", [("LL", "leftFront"), ("RL", "rightFront")])
def test_sides_are_left_and_right_not_driver_and_passenger(cloud, steering, open_side):
    state = app_of(cloud, "i4", steering=steering, door_driver_front="OPEN").state()
    assert state["isLeftSteering"] is (steering == "LL")
    assert [side for side in ("leftFront", "rightFront") if state["doorsState"][side] == "OPEN"] == [open_side]
    assert state["doorsState"]["combinedState"] == "OPEN"


def test_a_plug_in_hybrid_tells_the_combined_range_as_the_fuels(cloud):
    state = app_of(cloud, "phev").state()
    assert state["combustionFuelLevel"]["range"] == state["range"] == 402 + 17
    assert state["electricChargingState"]["range"] == 17


def test_a_range_extender_tells_the_fuel_part_alone(cloud):
    state = app_of(cloud, "i3_rex").state()
    assert (state["combustionFuelLevel"]["range"], state["range"]) == (118, 82)


def test_a_combustion_car_tells_a_battery_of_nothing(cloud):
    state = app_of(cloud, "combustion").state()
    assert (state["electricChargingState"]["chargingLevelPercent"], state["electricChargingState"]["chargingTarget"]) == (0, 0)
    assert state["chargingProfile"]["chargingSettings"]["targetSoc"] == 0


@pytest.mark.parametrize("kind, tank", [("i3", {"range": 0, "remainingFuelLiters": 0}), ("i4", {"remainingFuelPercent": 10})])
def test_a_battery_car_tells_a_tank_of_nothing(cloud, kind, tank):
    assert app_of(cloud, kind).state()["combustionFuelLevel"] == tank


def test_what_is_in_order_is_told_as_low_and_what_is_not_as_more(cloud):
    told = [{"id": 142, "text": "Washer fluid low", "km": 41990}]
    messages = app_of(cloud, "combustion", check_control=told).state()["checkControlMessages"]
    assert messages[:2] == [{"type": "TIRE_PRESSURE", "severity": "LOW"}, {"type": "ENGINE_OIL", "severity": "LOW"}]
    assert (messages[2]["severity"], messages[2]["name"]) == ("MEDIUM", "Washer fluid low")


def test_the_wear_of_the_tyres_is_a_service_without_date_and_distance(cloud):
    services = app_of(cloud, "i4").state()["requiredServices"]
    assert services[-2:] == [{"type": "TIRE_WEAR_REAR", "status": "OK"}, {"type": "TIRE_WEAR_FRONT", "status": "OK"}]


@pytest.mark.parametrize(
    "fields, word",
    [
        ({"plugged": False}, "INVALID"),
        ({"charging_status": "CHARGING"}, "CHARGING"),
        ({"charging_status": "NOT_CHARGING"}, "PLUGGED_IN"),
        ({"charging_status": "WAITING"}, "WAITING_FOR_CHARGING"),
        ({"charging_status": "FINISHED_FULL"}, "FULLY_CHARGED"),
        ({"charging_status": "FINISHED_NOT_FULL", "soc": 80}, "TARGET_REACHED"),
        ({"charging_status": "FINISHED_NOT_FULL", "soc": 60}, "FINISHED_NOT_FULL"),
    ],
)
def test_the_charging_status_in_the_apps_words(cloud, fields, word):
    app = app_of(cloud, "i4", **dict({"plugged": True}, **fields))
    assert app.state()["electricChargingState"]["chargingStatus"] == word


def test_a_newer_car_tells_a_remaining_time_of_no_charge(cloud):
    electric = app_of(cloud, "i4").state()["electricChargingState"]
    assert (electric["chargingStatus"], electric["remainingChargingMinutes"]) == ("INVALID", 10)


def test_an_i3_tells_the_remaining_time_only_while_charging(cloud, app):
    assert "remainingChargingMinutes" not in app.state()["electricChargingState"]
    cloud.set_car(app.vin, plugged=True, charging_status="CHARGING", charging_time_remaining_min=143)
    assert app.state()["electricChargingState"]["remainingChargingMinutes"] == 143


def test_the_time_of_the_car_is_not_the_time_of_the_answer(cloud, app):
    cloud.set_car(app.vin, at="2026-10-03T17:00:00Z", soc=50)
    cloud.set_car(app.vin, at=2000000000, soc=51)
    state = app.state()
    assert state["lastUpdatedAt"] == "2033-05-18T03:33:20Z"
    assert state["lastFetched"] != state["lastUpdatedAt"]


def test_a_driver_who_is_not_tracked_has_no_location(cloud, app):
    cloud.set_car(app.vin, tracking=False)
    assert "location" not in app.state()


def test_blocks_can_be_null_and_words_strange(cloud, app):
    cloud.add_fault(
        "mybmw_state",
        "altered",
        values={"state.location": None, "state.doorsState.combinedSecurityState": "ODD"},
        without=["state.requiredServices"],
    )
    state = app.state()
    assert state["location"] is None and state["doorsState"]["combinedSecurityState"] == "ODD"
    assert "requiredServices" not in state and "requiredServices" in app.state()


def test_capabilities_follow_the_cars_services(cloud, app):
    old = app.get("/eadrax-vcs/v4/vehicles/state").json["capabilities"]
    new = app_of(cloud, "i4").get("/eadrax-vcs/v4/vehicles/state").json["capabilities"]
    assert old["lock"] and old["climateNow"] and not old["vehicleFinder"]
    assert old["remoteChargingCommands"] == {}
    assert new["isChargingTargetSocEnabled"] and not old["isChargingTargetSocEnabled"]
    assert new["remoteChargingCommands"]["chargingControl"] == ["START", "STOP"]


# Charging


def test_charging_settings_of_an_old_and_a_new_car(cloud, app):
    path = "/eadrax-crccs/v2/vehicles"
    assert "chargingSettingsDetail" not in app.get(path).json
    detail = app_of(cloud, "i4").get(path).json["chargingSettingsDetail"]
    assert (detail["chargingTarget"], detail["acLimit"]["current"]["value"]) == (80, 16)


def test_the_charging_window_is_told_alike_in_state_and_settings(cloud, app):
    cloud.set_car(app.vin, charging_preference="CHARGING_WINDOW", charging_window_start="22:15")
    profile = app.state()["chargingProfile"]
    mode = app.get("/eadrax-crccs/v2/vehicles").json["chargeAndClimateTimerDetail"]["chargingMode"]
    assert profile["chargingMode"] == "DELAYED_CHARGING"
    assert profile["reductionOfChargeCurrent"]["start"] == {"hour": 22, "minute": 15}
    assert (mode["type"], mode["startTimeSlot"]) == ("TIME_SLOT", "0001-01-01T22:15:00")


def test_statistics_count_this_months_charges(cloud, app):
    cloud.set_car(app.vin, charging_sessions=[session(cloud.now(), 12.4), session(cloud.now() - 90 * 86400, 30)])
    told = app.get("/eadrax-chs/v2/charging-statistics", vin=app.vin).json
    assert (told["statistics"]["totalEnergyCharged"], told["statistics"]["numberOfChargingSessions"]) == (12, 1)


def test_sessions_are_for_human_eyes(cloud, app):
    cloud.set_car(app.vin, charging_sessions=[session(1770000000, 22.2), session(1760000000, 1.2)])
    told = app.get("/eadrax-chs/v2/charging-sessions", vin=app.vin, maxResults=40, include_date_picker="true").json
    first, second = told["chargingSessions"]["sessions"]
    assert first["id"].startswith("2026-02-02T02:40:00Z_") and first["energyCharged"] == "~ 22 kWh"
    assert second["energyCharged"] == "< 2 kWh" and "datePicker" in told


def test_a_car_that_never_charged_has_an_empty_list(cloud, app):
    cloud.set_car(app.vin, charging_sessions=[])
    found = app.get("/eadrax-chs/v2/charging-sessions", vin=app.vin).json["chargingSessions"]
    assert (found["chargingListState"], found["numberOfSessions"]) == ("CHARGE_AND_TRACK", "0")


def session(start, energy):
    return {
        "start": start,
        "end": start + 3600,
        "soc_start": 20,
        "soc_end": 60,
        "grid_kwh": energy,
        "power_kw": 7.2,
        "odometer_km": 1000,
        "public": False,
        "latitude": 48.0,
        "longitude": 11.0,
    }


def test_a_picture_is_a_png_and_needs_a_known_view(app):
    answer = app.get("/eadrax-ics/v5/presentation/vehicles/images", carView="VehicleStatus")
    assert answer.data.startswith(b"\x89PNG") and answer.mimetype == "image/png"
    assert app.get("/eadrax-ics/v5/presentation/vehicles/images", carView="Underneath").status_code == 400


# Remote services


def test_a_command_walks_to_its_end_and_changes_the_car(cloud, app):
    cloud.set_car(app.vin, lock="UNLOCKED")
    sent = app.command("door-lock")
    assert set(sent.json) == {"eventId", "creationTime"}
    assert app.event(sent).json == {"eventStatus": "PENDING"}
    assert app.event(sent).json == {"eventStatus": "DELIVERED"}
    assert app.state()["doorsState"]["combinedSecurityState"] == "UNLOCKED"
    assert app.event(sent).json == {"eventStatus": "EXECUTED"}
    assert app.state()["doorsState"]["combinedSecurityState"] == "LOCKED"


def test_a_failed_command_names_the_reason(cloud, app):
    cloud.command_plan(outcome="FAILED", reason="CHARGING_MODE_NOT_SET")
    sent = app.command("door-unlock")
    app.walk(sent, 2)
    answer = app.event(sent).json
    assert (answer["eventStatus"], answer["errorDetails"]["errorDetails"]) == ("ERROR", "CHARGING_MODE_NOT_SET")
    assert cloud.car(app.vin)["lock"] == "SECURED"


def test_a_car_out_of_reach_leaves_the_event_where_it_is(cloud, app):
    cloud.command_plan(outcome="TIMED_OUT")
    assert app.walk(app.command("door-unlock"), 5) == ["PENDING"] + ["DELIVERED"] * 4


def test_an_empty_answer_means_done_at_once(cloud, app):
    cloud.command_plan(steps=[])
    answer = app.command("door-unlock")
    assert (answer.status_code, answer.data) == (200, b"") and cloud.car(app.vin)["lock"] == "UNLOCKED"


def test_climate_starts_and_stops(cloud):
    app = app_of(cloud, "i4")
    app.walk(app.command("climate-now", action="START"))
    climate = app.state()["climateControlState"]
    assert (climate["activity"], climate["remainingSeconds"]) == ("HEATING", 1800.0)
    app.walk(app.command("climate-now", action="STOP"))
    assert app.state()["climateControlState"] == {"activity": "STANDBY"}


def test_climate_needs_to_know_start_or_stop(app):
    assert app.command("climate-now").status_code == 404


def test_charging_starts_and_stops(cloud):
    app = app_of(cloud, "i4", plugged=True)
    app.walk(app.charge("start-charging"))
    state = app.state()["electricChargingState"]
    assert state["chargingStatus"] == "CHARGING" and state["remainingChargingMinutes"] > 0
    app.walk(app.charge("stop-charging"))
    assert app.state()["electricChargingState"]["chargingStatus"] == "PLUGGED_IN"


def test_charging_fails_without_a_plug(cloud):
    app = app_of(cloud, "i4", plugged=False)
    assert app.walk(app.charge("start-charging"))[-1] == "ERROR"
    assert cloud.car(app.vin)["charging_status"] == "NOT_CHARGING"


def test_target_and_current_are_set(cloud):
    app = app_of(cloud, "i4")
    app.walk(app.charge("charging-settings", {"chargingTarget": 90, "acLimitValue": 10}))
    detail = app.get("/eadrax-crccs/v2/vehicles").json["chargingSettingsDetail"]
    assert (detail["chargingTarget"], detail["acLimit"]["current"]["value"]) == (90, 10)
    assert app.state()["electricChargingState"]["chargingTarget"] == 90


@pytest.mark.parametrize("body", [{}, {"chargingTarget": 83}, {"chargingTarget": 15}, {"acLimitValue": 17}])
def test_a_target_out_of_its_steps_is_refused(cloud, body):
    assert app_of(cloud, "i4").charge("charging-settings", body).status_code == 400


def whole_profile(**mode):
    timer = {"time": "0001-01-01T07:35:00.000", "timerAction": "ACTIVATE", "daysOfTheWeek": ["MONDAY"]}
    return {
        "chargingMode": dict(
            {
                "type": "TIME_SLOT",
                "chargingPreference": "CHARGING_WINDOW",
                "startTimeSlot": "0001-01-01T23:00:00.000",
                "timerChange": "NO_CHANGE",
                "endTimeSlot": "0001-01-01T05:00:00.000",
            },
            **mode,
        ),
        "departureTimer": {"type": "WEEKLY_DEPARTURE_TIMER", "weeklyTimers": [dict(timer, id=number) for number in (1, 2, 3, 4)]},
        "isPreconditionForDepartureActive": True,
        "servicePack": "TCB1",
    }


def test_a_charging_profile_is_written_as_a_whole(app):
    app.walk(app.charge("charging-profile", whole_profile()))
    profile = app.state()["chargingProfile"]
    assert profile["chargingPreference"] == "CHARGING_WINDOW" and profile["climatisationOn"] is True
    assert profile["reductionOfChargeCurrent"]["end"] == {"hour": 5, "minute": 0}
    assert profile["departureTimes"][3] == {
        "id": 4,
        "action": "ACTIVATE",
        "timerWeekDays": ["MONDAY"],
        "timeStamp": {"hour": 7, "minute": 35},
    }


def test_a_profile_at_odds_with_itself_makes_the_server_stumble(app):
    body = whole_profile(chargingPreference="NO_PRESELECTION")
    assert app.charge("charging-profile", body).status_code == 500


def test_half_a_profile_is_refused(app):
    assert app.charge("charging-profile", {"chargingMode": {"type": "TIME_SLOT"}}).status_code == 400


def test_a_service_that_the_car_lacks_is_refused_without_a_reason(app):
    answer = app.charge("start-charging")
    assert answer.status_code == 403 and answer.json["errorDetails"]["errorDetails"] == ""


def test_the_vehicle_finder_answers_where_the_car_is(cloud, app):
    cloud.set_car(app.vin, latitude=48.5, longitude=11.25, heading=30)
    sent = app.command("vehicle-finder")
    path = "/eadrax-vrccs/v4/presentation/remote-commands/eventPosition"
    query = {"eventId": sent.json["eventId"]}
    observer = app.headers(latitude="48.0", longitude="11.0")
    assert app.web.post(path, query_string=query, headers=observer).json["positionData"] is None
    app.walk(sent)
    told = app.web.post(path, query_string=query, headers=observer).json
    assert told["positionData"]["position"]["latitude"] == 48.5 and told["errorDetails"] is None
    assert app.web.post(path, query_string=query, headers=app.headers()).status_code == 400


def test_a_destination_is_sent_to_the_car(cloud, app):
    body = {
        "vehicleInformation": {"vin": app.vin},
        "places": [{"position": {"lat": 48.2, "lng": 11.6}, "title": "Work", "address": {"city": "Musterstadt"}}],
    }
    path = "/eadrax-dcs/v2/user/%s/send-to-car"
    answer = app.post(path % app.tokens["gcid"], json=body)
    assert (answer.status_code, answer.data) == (201, b"")
    (sent,) = cloud.commands()
    assert (sent["command"], sent["state"], sent["arguments"]["name"]) == ("sendDestination", "EXECUTED", "Work")
    assert app.tokens["gcid"] not in cloud.calls()[-1]["path"]
    assert app.post(path % "00000000-0000-4000-8000-000000000000", json=body).status_code == 403
    assert app.post(path % app.tokens["gcid"], json={"places": []}).status_code == 400


def test_an_unknown_event_and_one_of_another_account_are_not_found(cloud, app):
    cloud.add_account("second")
    cloud.remote.start("mybmw", cloud.add_car("i4", "second"), "lock", "door-lock")
    path = "/eadrax-vrccs/v3/presentation/remote-commands/eventStatus"
    for event in (cloud.commands()[-1]["event_id"], "made-up"):
        assert app.post(path, query_string={"eventId": event}).status_code == 404


def test_a_fault_can_strike_commands_only(cloud, app):
    cloud.add_fault("mybmw_command", "status", status=500)
    assert app.state()["range"] and app.command("door-lock").status_code == 500
    assert cloud.commands() == [] and app.command("door-lock").status_code == 200


def test_a_lost_reply_to_a_command_leaves_it_on_its_way(cloud, app):
    cloud.add_fault("mybmw_command", "reply_lost")
    with pytest.raises(ConnectionResetError):
        app.command("door-lock")
    assert [one["command"] for one in cloud.commands()] == ["lock"]
