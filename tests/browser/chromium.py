"""Starts a headless Chromium with a fresh profile that connects to no server outside and downloads nothing. Knows no page."""

import contextlib
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

BROWSER = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--no-proxy-server",
    "--hide-scrollbars",
)


@contextlib.contextmanager
def chromium(language="en"):
    """Yields a WebDriver; ends the browser and deletes its profile afterwards."""
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = BROWSER
        for argument in ARGUMENTS + ("--user-data-dir=" + profile, "--lang=" + language):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        try:
            yield driver
        finally:
            driver.quit()


def set_screen(driver, width, height, scale=1, is_phone=False):
    """Sets the screen's size in CSS pixels; a window of a headless Chromium cannot have each size."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone}
    )


def prefer(driver, **features):
    """Sets preferences of the user's system: prefer(driver, prefers_color_scheme='dark')."""
    pairs = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": pairs})


def console(driver):
    """The console's errors and warnings since the last call, as texts."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
