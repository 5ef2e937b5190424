"""Who can read the map page: contrast in both themes (WCAG 2.2, AA)."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Show
from tests.browser.test_map import two

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


def too_faint(page: Page) -> list[dict[str, object]]:
    found = page.evaluate(CONTRAST)
    assert found["words"] > 50
    return list(found["low"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_words_stand_out(show: Show, theme: str):
    page = show(two(), "#item=1", color_scheme=theme)
    page.select_option("#colour", "genre")
    page.locator("#legend button", has_text="Crime").click()
    page.click("#filter")
    page.get_by_role("button", name="Drama").click()
    page.fill("#search", "toy story")
    expect(page.locator("#found-0")).to_be_visible()
    assert too_faint(page) == []
    page.keyboard.press("Escape")
    page.click("#help")
    expect(page.locator("dialog")).to_be_visible()
    assert too_faint(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_dots_stand_out(show: Show, theme: str):
    """Of the scale of numbers, and on paper of groups too; in the dark groups have their names beside them."""
    page = show(two(), color_scheme=theme)
    page.evaluate(
        """() => {
            const groups = Theme.isDark() ? [] : [...Data.paper.groups, Data.paper.other];
            const steps = [...Colour.gradient(), ...groups].map((colour) => {
                const dot = element("b", "●".repeat(50));
                dot.style.cssText = `color: ${colour}; opacity: 0.92; font: 700 24px sans-serif`;
                return dot;
            });
            document.body.replaceChildren(...steps);
        }"""
    )
    assert page.evaluate(CONTRAST)["low"] == []


def test_the_measure_knows_the_greys_of_the_standard(browser: Browser):
    """#767676 is the lightest grey that white carries (4.54), #777777 has 4.48; black at half is 127.5."""
    page = browser.new_page()
    page.set_content(
        "<p style='color: #767676'>a</p><p style='color: #777'>b</p><p style='color: #000; opacity: 0.5'>c</p>"
    )
    low = page.evaluate(CONTRAST)["low"]
    page.close()
    assert [(each["text"], round(each["contrast"], 2)) for each in low] == [("b", 4.48), ("c", 3.98)]
