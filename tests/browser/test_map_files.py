"""What leaves the map page: a selection as CSV, to the clipboard or into a file, whatever the browser allows."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Show
from tests.browser.test_map import five

CSV = (
    "item_id,title,year,ratings,mean_rating,genre\r\n"
    "5,Toy Story (1995),,9,,Comedy|Drama\r\n"
    '4,"\'=Heat, the ""real"" (1995)",1999,7,3.5,Crime\r\n'
    "3,Alien (1979),1999,5,3.5,Horror\r\n"
    "2,Amélie (2001),1999,3,3.5,Comedy\r\n"
    '1,"Godfather, The (1972)",1999,1,3.5,Crime|Drama\r\n'
)


@pytest.fixture(scope="module")
def page(show: Show) -> Page:
    """The page of ``five``, all of which a box holds."""
    page = show(five(), accept_downloads=True)
    page.get_by_role("button", name="Box").click()
    box = page.locator("#maps").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] - 2, steps=3)
    page.mouse.up()
    expect(page.locator("#panel h2").first).to_have_text("5 selected")
    return page


def test_a_download_holds_all_that_is_selected(page: Page):
    with page.expect_download() as begun:
        page.get_by_role("button", name="Download").click()
    assert begun.value.suggested_filename == "selected-items.csv"
    assert begun.value.path().read_bytes() == CSV.encode()


@pytest.mark.parametrize("clipboard", ["undefined", "{ writeText: () => Promise.reject(new Error('not allowed')) }"])
def test_a_browser_that_keeps_its_clipboard_copies_by_hand(page: Page, clipboard: str):
    page.evaluate(f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard}, configurable: true }})")
    page.evaluate("document.oncopy = () => { window.copied = document.activeElement.value }")
    page.get_by_role("button", name="Copy as CSV").click()
    expect(page.locator("#toast")).to_have_text("Copied 5 items as CSV.")
    # A text area ends its lines as the system does: "\n" here.
    assert page.evaluate("window.copied") == CSV.replace("\r\n", "\n")


def test_a_browser_that_copies_nothing_says_what_to_do(page: Page):
    page.evaluate("document.execCommand = () => false")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    page.get_by_role("button", name="Copy as CSV").click()
    expect(page.locator("#toast")).to_have_text("The browser keeps its clipboard: use Download.")
