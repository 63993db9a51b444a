"""The names that SimulatedCloud and CloudClient share: everything a test may ask of the simulated cloud."""

# These only read, so the control interface offers them by GET as well.
READING = ("accounts", "calls", "cars", "commands", "containers", "pending_codes", "quota_used", "scenarios", "secrets", "settings", "now")

CHANGING = (
    "add_account",
    "add_car",
    "add_fault",
    "advance_clock",
    "approve",
    "car",
    "change_password",
    "clear_commands",
    "clear_containers",
    "clear_faults",
    "command_plan",
    "create_client",
    "decline",
    "delete_client",
    "expected",
    "new_captcha_token",
    "outdate_containers",
    "remove_car",
    "reset_calls",
    "reset_quota",
    "revoke",
    "run_scenario",
    "set_car",
    "set_mapping",
    "stop_scenario",
)

METHODS = READING + CHANGING
