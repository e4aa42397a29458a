"""A dossier on paper: a few whole pages that say whose they are, of when and where from."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

#: Width of the text of a sheet in px (96 an inch), less 12 mm on both sides.
WIDTHS = {"A4": 703, "Letter": 725}


@pytest.mark.parametrize("form", WIDTHS)
@pytest.mark.parametrize("who", ["layla", "long", "evil", "baker1"])
def test_one_to_four_pages_and_nothing_cut(visit: Any, who: str, form: str):
    page = visit(f"/c/instagram/{who}", width=WIDTHS[form], height=900)
    written = page.pdf(format=form, prefer_css_page_size=False)
    assert written.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", written)) <= 4
    page.emulate_media(media="print")
    beyond = page.evaluate(
        "() => [...document.querySelectorAll('main *')].filter(e => "
        "e.getClientRects().length && !e.closest('.vh') && "
        "e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)"
        ".map(e => e.outerHTML.slice(0, 120))"
    )
    assert beyond == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sheet_says_whose_when_and_where_from(visit: Any, theme: str):
    page = visit("/c/instagram/layla", color_scheme=theme)
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    page.emulate_media(media="print", color_scheme=theme)
    head = page.locator(".print-head")
    expect(head).to_be_visible()
    expect(head).to_contain_text("/c/instagram/layla")
    expect(head).to_contain_text(re.compile(r"as of \d+\s\w+\s\d{4},\s\d\d:\d\d\sUTC"))
    for hidden in (".top", ".foot", ".contents", ".person-acts"):
        expect(page.locator(hidden)).to_be_hidden()
    verdict = page.locator(".conclusion .verdict, .conclusion h2").first
    expect(verdict).to_contain_text("Unknown")
    expect(page.locator(".conclusion svg").first).to_be_visible()
    # Whatever the screen has: paper is light.
    ink = page.evaluate("() => getComputedStyle(document.querySelector('main h1')).color")
    assert ink == "rgb(25, 27, 29)"


def test_the_button_opens_the_browsers_own_dialogue(visit: Any):
    page = visit("/c/instagram/layla")
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1 } }")
    page.get_by_role("button", name="Print or save as PDF").click()
    assert page.evaluate("() => window.printed") == 1
