"""The sign-in is done in the browser: the page shows link, code and QR code, BMW's page is opened from it. Runs first (its name)."""

import io
import json
import random
import string

import pytest
import zxingcpp
from PIL import Image
from selenium.webdriver.common.by import By

#: lengths in bytes: at least one for each QR version of the encoder, and the limits of some
LENGTHS = (1, 14, 15, 26, 40, 42, 43, 60, 84, 100, 120, 140, 170, 200, 213)


def screenshot(element):
    return Image.open(io.BytesIO(element.screenshot_as_png))


def test_a_person_signs_in_from_the_page_and_the_cars_appear(home, page):
    home.wait_status("SIGN_IN_NEEDED")
    page.open()
    assert page.account_state() == "Sign-in needed"
    page.press("[data-action='sign-in']")
    page.wait(lambda: page.find(".qr svg"), "the QR code")
    link = page.find("#sign-in-link").get_attribute("href")
    code = page.wait_text("#sign-in-code", lambda text: text != "")
    assert link == home.openhab.state("BMW_SignInLink")
    assert code == home.openhab.state("BMW_SignInCode")
    assert [found.text for found in zxingcpp.read_barcodes(screenshot(page.find(".qr svg")))] == [link]
    approve_in_a_new_tab(page, code)
    page.wait(lambda: page.find(".hero-name"), "a car", 30)
    page.wait_text(".account-card .headline", "Online")
    page.wait_gone(".qr svg")
    assert page.console() == []


def approve_in_a_new_tab(page, code):
    driver = page.driver
    ours = driver.current_window_handle
    page.press("#sign-in-link")
    page.wait(lambda: len(driver.window_handles) == 2, "BMW's page in a new tab")
    driver.switch_to.window(next(handle for handle in driver.window_handles if handle != ours))
    try:
        page.wait(lambda: driver.find_elements(By.ID, "user_code"), "BMW's page")
        assert driver.find_element(By.ID, "user_code").get_attribute("value") == code
        driver.find_element(By.CSS_SELECTOR, "button[value=approved]").click()
        page.wait(lambda: "Approved" in driver.find_element(By.TAG_NAME, "h1").text, "BMW to say that it is approved")
    finally:
        driver.close()
        driver.switch_to.window(ours)


def test_a_sign_in_can_be_cancelled(signed_in, page):
    page.open()
    signed_in.openhab.command("BMW_SignIn", "ON")
    page.press("[data-action='cancel']")
    page.wait_text(".account-card .headline", "Sign-in failed")
    page.wait_gone(".qr svg")
    signed_in.sign_in()


def test_when_only_the_stream_is_missing_a_new_sign_in_is_offered(signed_in, page):
    page.open()
    page.wait_text(".account-card .headline", "Online")
    page.wait_gone("[data-action='sign-in']")
    with signed_in.unloaded():
        state = "ACCESS_DENIED: The sign-in does not include the CarData stream: sign in again"
        signed_in.openhab.update("BMW_StreamState", state)
        page.wait(lambda: page.find("[data-action='sign-in']"), "the button of the sign-in")
        assert page.account_state() == "Online"
        signed_in.openhab.update("BMW_StreamState", "UNDEF")
        page.wait_gone("[data-action='sign-in']")


#: links that must not be followed: foreign hosts and tricks
FOREIGN_LINKS = (
    "javascript:alert(1)",
    "data:text/html,hello",
    "no link",
    "//customer.bmwgroup.com/link",
    "http://customer.bmwgroup.com/link",
    "https://bmw.example/link",
    "https://evilbmwgroup.com/link",
    "https://bmwgroup.com.example/link",
    "https://bmwgroup.com@evil.example/link",
    "https://customer.bmwgroup.com:pass@evil.example/",
    "https://user@customer.bmwgroup.com/",
    "https://evil.example\\.bmwgroup.com/",
    "https://evil.example\\@customer.bmwgroup.com/",
    "https:\\\\customer.bmwgroup.com/link",
    "https:customer.bmwgroup.com/link",
    "https://customer.bmwgroup.com:8443/link",
    "https://customer.bmwgroup.com./link",
    "https://customer..bmwgroup.com/link",
    "https://xn--bmwgrop-q2a.com/",
    "https://xn--e1afmkfd.bmwgroup.com/",
    "https://bmwgroup.c\u043em/link",
    "https://customer.bmw\uff47roup.com/",
    "https://customer.bmwgroup%2ecom/",
    "https://evil.example;.bmwgroup.com/",
    "https://evil.example,.bmwgroup.com/",
    " https://customer.bmwgroup.com/",
    "https://customer.bmwgroup.com/\n",
    "https://127.0.0.1@evil.example/",
    "https://127.0.0.1.evil.example/",
    "ftp://127.0.0.1/",
    "http://[::ffff:127.0.0.1]/",
)
BMW_LINKS = (
    "https://customer.bmwgroup.com/oneid/link?user_code=ABCD1234",
    "https://bmwgroup.com/",
    "HTTPS://Customer.BMWgroup.com/oneid/link",
    "https://www.bmw.com/link",
    "https://www.mini.com/link",
)
HERE = ("http://127.0.0.1:8080/oneid/link?user_code=ABCD1234", "http://localhost:8080/", "https://[::1]:8443/link")


def test_only_links_to_bmw_and_on_this_machine_to_a_simulator_are_links(home, page):
    assert [link for link in FOREIGN_LINKS if followed(page, link, "127.0.0.1")] == []
    assert [link for link in BMW_LINKS if followed(page, link, "openhab") is None] == []
    assert [link for link in HERE if followed(page, link, "localhost") is None] == []
    assert [link for link in HERE if followed(page, link, "openhab")] == []


def followed(page, link, host):
    """The address that the page's link opens, read in the browser."""
    if not page.driver.current_url.startswith(page.url):
        page.driver.get(page.url)
    return page.driver.execute_async_script(
        "const [link, host, done] = arguments;import('/static/bmw/js/links.js').then((links) => done(links.signInLink(link, host)));",
        link,
        host,
    )


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://evilbmwgroup.com/link?user_code=ABCD1234"])
def test_a_link_that_somebody_wrote_is_no_link_and_goes_away(signed_in, page, link):
    page.open()
    with signed_in.unloaded():
        signed_in.openhab.update("BMW_SignInLink", link)
        page.wait_text(".sign-in-text .sub", lambda text: "not an address of BMW" in text)
        assert page.find("#sign-in-link") is None
        assert page.driver.find_element(By.ID, "sign-in-link").get_attribute("href") is None
        assert page.find(".qr svg") is None
    page.wait_gone(".sign-in")


@pytest.mark.parametrize("length", LENGTHS)
def test_a_qr_code_is_read_back_by_another_reader(home, page, length):
    text = "".join(random.Random(length).choices(string.ascii_letters + string.digits + "/:?=&-", k=length))
    found = zxingcpp.read_barcodes(drawn(encoded(page, text)))
    assert [code.text for code in found] == [text]
    assert found[0].format == zxingcpp.BarcodeFormat.QRCode


def test_a_text_that_is_too_long_has_no_qr_code(home, page):
    assert encoded(page, "x" * 214) is None


def encoded(page, text):
    """The result of the page's own encoder, called in the browser."""
    if not page.driver.current_url.startswith(page.url):
        page.driver.get(page.url)
    return json.loads(
        page.driver.execute_async_script(
            "const [text, done] = arguments;import('/static/bmw/js/qr.js').then((qr) => done(JSON.stringify(qr.encode(text))));", text
        )
    )


def drawn(modules, scale=4, quiet=4):
    size = len(modules) + 2 * quiet
    image = Image.new("L", (size, size), 255)
    for y, row in enumerate(modules):
        for x, is_dark in enumerate(row):
            image.putpixel((x + quiet, y + quiet), 0 if is_dark else 255)
    return image.resize((size * scale, size * scale), Image.NEAREST)
