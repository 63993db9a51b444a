"""openHAB's Main UI as an administrator finds it: sign-in, a page, the semantic model. Knows Main UI's structure, so that tests need not."""

import contextlib
import uuid

import yaml
from selenium.webdriver.common.by import By

from tests.openhab import layout
from tests.openhab.server import OpenHABError, wait_until

PAGE = layout.REPO / "conf" / "ui" / "bmw_page.yaml"
PAGES = "/ui/components/ui:page"

#: one script that finds and clicks: Main UI redraws its lists while it loads, so an element found before may be gone
FOLLOW = """
const link = document.querySelector(`a[href='${arguments[0]}']`);
if (link) link.click();
return Boolean(link);
"""

#: true on this page when it is drawn
ARRIVED = "return location.href.endsWith(arguments[0]) && Boolean(document.querySelector(arguments[1]))"

#: one script too: the tree is redrawn with each state
UNFOLD = """
const shown = [...document.querySelectorAll(".treeview-item-label")].filter((one) => one.offsetParent);
const label = shown.find((one) => one.textContent.trim().startsWith(arguments[0]));
const toggle = label && label.closest(".treeview-item").querySelector(".treeview-toggle");
if (toggle) toggle.click();
return Boolean(toggle);
"""

#: labels of the cards' buttons; beside the label stands an icon, whose name is text too
BUTTONS = "return [...document.querySelectorAll('.page-current .card .button div')].map((label) => label.innerText.trim())"

#: a new layout page's field for its id, and the editor in its Code tab
NEW_PAGE_ID = ".page-current input[placeholder='ID']"
CODE = ".page-current .CodeMirror"

#: writes into a field as a person does
WRITE = """
const [field, text] = arguments;
field.value = text;
field.dispatchEvent(new Event("input"));
"""

#: clicks the last element that is drawn, is of this kind, and begins with this word
CLICK = """
const [css, word] = arguments;
const found = [...document.querySelectorAll(css)].filter((one) => one.offsetParent && one.innerText.trim().startsWith(word)).pop();
if (found) found.click();
return Boolean(found);
"""

#: only administrators see it
SIDEBAR = ".panel-left a[href='/settings/']"


class MainUI:
    """Main UI of an openHAB in a WebDriver, signed in as an administrator."""

    def __init__(self, driver, openhab):
        self.driver = driver
        self.openhab = openhab

    def paste_page(self):
        """Puts the page into the Code tab of a new page, as users do; returns the page's id. A page with this id is replaced."""
        text = PAGE.read_text("utf-8")
        uid = yaml.safe_load(text)["uid"]
        if uid in self._pages():
            self.openhab.rest("DELETE", "{}/{}".format(PAGES, uid), token=self.openhab.admin_token())
        self._home()
        self._follow("/settings/", "a[href='/settings/pages/']")
        self._follow("/settings/pages/", "a[href='layout/add']")
        self._follow("layout/add", NEW_PAGE_ID)
        self.driver.execute_script(WRITE, self.wait(NEW_PAGE_ID), uid)
        self._click(CLICK, [".tab-link", "Code"], lambda: self.wait(CODE))
        self.driver.execute_script("arguments[0].CodeMirror.setValue(arguments[1])", self.wait(CODE), text)
        self._click(CLICK, [".navbar .right a", "Save"], lambda: self._has_page(uid))
        return uid

    def sign_in(self):
        """Signs in as an administrator; at the first visit Main UI also offers its set-up."""
        name, password = "person" + uuid.uuid4().hex[:8], uuid.uuid4().hex
        self.openhab.add_user(name, password)
        self.driver.get(self.openhab.url + "/")
        self.wait("input[name=username]").send_keys(name)
        self.wait("input[name=password]").send_keys(password)
        self.wait("[type=submit]").click()
        # skip the set-up, but wait first: a page that is left while it fetches its token has no token
        self.wait(SIDEBAR)
        return self

    def choose_look(self, look):
        """Chooses "light" or "dark" for the pages opened from now on, as the person does below "Help & About"."""
        self.driver.execute_script("localStorage.setItem('openhab.ui:theme.dark', arguments[0])", look)

    def open_page(self, uid):
        """Opens a page by its entry in the sidebar."""
        self._home()
        self._follow("/page/" + uid, ".page-current .oh-gauge, .page-current .card, .page-current .list")

    def open_model(self):
        """Opens Settings > Model."""
        self._home()
        self._follow("/settings/", "a[href='/settings/model/']")
        self._follow("/settings/model/", ".page-current .treeview-item")

    def unfold(self, label, beneath):
        """Unfolds an entry of the model and waits for a text below it."""
        self._click(UNFOLD, [label], lambda: self.wait_text(beneath, 5))

    def buttons(self):
        """The labels of the page's buttons."""
        return self.driver.execute_script(BUTTONS)

    def text(self):
        """The current page's text; spaces and line ends are single blanks."""
        shown = self.driver.execute_script("return (document.querySelector('.view-main .page-current') || document.body).innerText")
        return " ".join(shown.split())

    def wait(self, css, timeout=20):
        """Waits for an element and returns it."""
        return wait_until(lambda: self.driver.find_elements(By.CSS_SELECTOR, css), timeout, css)[0]

    def wait_text(self, wanted, timeout=20):
        wait_until(lambda: wanted in self.text(), timeout, lambda: "'{}' on the page: {}".format(wanted, self.text()))

    def wait_text_gone(self, unwanted, timeout=20):
        wait_until(lambda: unwanted not in self.text(), timeout, lambda: "no '{}' on the page: {}".format(unwanted, self.text()))

    def _pages(self):
        return {entry["uid"] for entry in self.openhab.rest("GET", PAGES)}

    def _has_page(self, uid):
        wait_until(lambda: uid in self._pages(), 10, "the page {}".format(uid))

    def _home(self):
        self.driver.get(self.openhab.url + "/")
        self.wait(SIDEBAR)

    def _follow(self, address, css):
        # click in the page: the sidebar may be closed, and openHAB 3.0 answers deep links with 404
        def arrived():
            wait_until(lambda: self.driver.execute_script(ARRIVED, address, css), 10, address)

        self._click(FOLLOW, [address], arrived)

    def _click(self, script, on, reached):
        """Clicks with a script, which returns whether it found the element, until reached() raises no error. ``on``: the script's arguments."""
        for _ in range(4):  # a click is lost while Main UI redraws
            wait_until(lambda: self.driver.execute_script(script, *on), 20, "{} to click".format(on))
            with contextlib.suppress(OpenHABError):
                return reached()
        raise OpenHABError("a click on {} leads nowhere: {}".format(on, self.text()))
