"""The dashboard as a person finds it: what it shows, what can be pressed. Knows the page's structure, so that tests need not."""

import contextlib

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By

from tests.browser.chromium import console
from tests.openhab.server import OpenHABError, wait_until


class Dashboard:
    """The dashboard of an openHAB in a WebDriver."""

    def __init__(self, driver, openhab):
        self.driver = driver
        self.openhab = openhab

    @property
    def url(self):
        return self.openhab.url + "/static/bmw/index.html"

    def open(self, query=""):
        """Opens the page and waits until it gets live updates."""
        self.driver.get(self.url + query)
        self.wait_connection("live")
        return self

    def reload(self):
        self.driver.refresh()
        self.wait_connection("live")

    def find(self, css):
        """The first visible element, or None."""
        return self.look(css, lambda element: element)

    def look(self, css, read):
        """read(element) of the first visible element, or None; tries again if the page redrew it meanwhile."""
        for _ in range(20):
            with contextlib.suppress(StaleElementReferenceException):
                found = (element for element in self.driver.find_elements(By.CSS_SELECTOR, css) if element.is_displayed())
                return next((read(element) for element in found), None)
        raise OpenHABError("the page draws {} anew without end".format(css))

    def text(self, css):
        """The text of the first visible element with normal spaces, or None."""
        return self.look(css, lambda element: " ".join(element.text.split()))

    def value(self, key):
        """The text that a card shows for a key of the vocabulary, or None."""
        return self.text("[data-key='{}']".format(key))

    def wait(self, condition, what, timeout=15):
        return wait_until(condition, timeout, what)

    def wait_text(self, css, wanted, timeout=15):
        """Waits until the element's text equals ``wanted``, or until wanted(text) is true; returns the text."""
        fits = wanted if callable(wanted) else lambda text: text == wanted
        seen = []

        def reached():
            seen[:] = [self.text(css)]
            return seen[0] is not None and fits(seen[0])

        self.wait(reached, lambda: "{} to be {}; it is {}".format(css, wanted, seen), timeout)
        return seen[0]

    def wait_value(self, key, wanted, timeout=15):
        return self.wait_text("[data-key='{}']".format(key), wanted, timeout)

    def wait_connection(self, state, timeout=30):
        self.wait(lambda: self.find("#connection[data-state='{}']".format(state)), "the connection to be " + state, timeout)

    def wait_gone(self, css, timeout=15):
        self.wait(lambda: self.find(css) is None, "{} to be gone".format(css), timeout)

    def press(self, css, timeout=15):
        """Waits for the element and clicks it."""

        def click(element):
            if not element.is_enabled():
                return False
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
            element.click()
            return True

        self.wait(lambda: self.look(css, click), "{} to be there".format(css), timeout)

    def command(self, key):
        """Presses a command's button and confirms it."""
        self.press("[data-command='{}']".format(key))
        self.press("#confirm-yes")

    def chips(self):
        return [element.text for element in self.driver.find_elements(By.CSS_SELECTOR, ".chip") if element.is_displayed()]

    def account_state(self):
        return self.text(".account-card .headline")

    def console(self):
        """The console's errors and warnings; not that openHAB has no persistence service, which the browser writes by itself."""
        return [line for line in console(self.driver) if "/rest/persistence/items/" not in line]
