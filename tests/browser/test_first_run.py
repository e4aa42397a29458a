"""A marketer's first run, ten steps from the first search to a trial with a shared shortlist.

Saving needs an account, so the trial begins at the first list; its countdown is looked at last.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Visit
from tests.browser.members import post_office, served

from influencr.engine import Engine

pytestmark = pytest.mark.browser

PASSWORD = "five slow barges"
WANTED = 20
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def office() -> Iterator[Any]:
    with post_office() as open_:
        yield open_


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, office: Any) -> Iterator[str]:
    """An instance with members over an invented world in which it is known who follows whom."""
    home = tmp_path_factory.mktemp("first-run") / "home"
    with Engine(home, create=True) as engine:
        engine.demo(preset="test")
        # Read once, as an operator's first refresh does: no step of the run waits for it.
        assert engine.audiences() is not None
    with served(home, office[1]) as address:
        yield address


@pytest.fixture
def enter(chromium: Browser, town: str) -> Iterator[Visit]:
    visiting = Visit(chromium, town)
    yield visiting
    visiting.close()
    assert [c for c in visiting.complaints if "status of 40" not in c] == []


def look(page: Page, axe: str) -> None:
    """Light and dark, wide and narrow: nothing for the accessibility checker, nothing beside it."""
    page.evaluate(axe)
    for width, scheme in ((1440, "light"), (1440, "dark"), (390, "dark"), (360, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        # Colours that fade over would be measured on their way.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: rules})"
            ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))",
            RULES,
        )
        assert (width, scheme, found) == (width, scheme, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def number(text: str) -> int:
    """The first number of a text, thousands apart by a comma or a narrow space."""
    return int(re.sub(r"\D", "", re.search(r"\d[\d,  ]*", text).group()))


@pytest.mark.parametrize("scripted", [True, False])
def test_ten_steps(enter: Any, office: Any, axe: str, scripted: bool):
    box, _ = office

    def looked_at() -> None:
        if scripted:
            look(page, axe)

    email = f"mara.{'script' if scripted else 'plain'}@new.example"
    page = enter("/", java_script_enabled=scripted)

    # 1. Search.
    page.get_by_label("what").first.fill("coffee")
    page.get_by_role("button", name="Search").first.click()
    expect(page).to_have_url(re.compile(r"/search\?text=coffee"))
    found = number(page.get_by_role("heading", level=1).inner_text())
    assert found >= WANTED
    expect(page.locator("[data-row]")).to_have_count(5)

    # 2. Look at the funnel: it ends with the number that the heading says.
    funnel = page.get_by_role("table", name="How many creators each filter left and removed")
    expect(funnel.locator("tbody tr").last).to_contain_text(str(found))

    # 3. Open a dossier.
    page.locator("[data-row] h2 a").first.click()
    expect(page).to_have_url(re.compile("/c/"))
    name = page.get_by_role("heading", level=1).inner_text()

    # 4. Find similar ones: others, never the same.
    page.get_by_role("link", name=re.compile("^Search like this")).first.click()
    expect(page).to_have_url(re.compile("similar="))
    assert name not in page.locator("[data-row] h2").all_inner_texts()

    # 5. Shortlist 20. Saving is a member's, so the trial begins below the five rows of a stranger.
    page.goto("/search?text=coffee")
    page.locator(".locked .button.primary").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Send me the confirmation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    page.goto(box.link(email, "7 days begin"))
    page.get_by_role("button", name="Yes, confirm it").click()
    page.goto("/search?text=coffee")
    expect(page.locator("[data-row]")).to_have_count(WANTED)
    for i in range(WANTED):
        save = page.locator("[data-row]").nth(i).locator(".ls-save")
        save.click()
        expect(save).to_have_attribute("aria-pressed", "true")
    page.goto("/lists")
    page.locator(".ls-index a").first.click()
    expect(page.locator("[data-row]")).to_have_count(WANTED)
    shortlist = page.url
    looked_at()

    # 6. See how many different people follow some of them together.
    for i in range(3):
        page.locator("[data-row] input[name=who]").nth(i).check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 creators side by side")
    bars = page.locator(".ls-bars dd")
    total, unique = number(bars.nth(0).inner_text()), number(bars.nth(1).inner_text())
    assert 0 < unique <= total
    looked_at()

    # 7. Plan a budget with the list.
    page.goto(shortlist)
    page.get_by_role("link", name="Plan a budget").click()
    plan(page)
    looked_at()

    # 8. Export the list, and share it by a link that a stranger reads.
    page.goto(shortlist)
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    with Path(saved.value.path()).open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len({row["profile_id"] for row in rows}) == WANTED
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("The link, shown once").input_value()
    stranger = enter(re.sub(r"^https?://[^/]+", "", link), java_script_enabled=scripted)
    expect(stranger.locator("[data-row], tbody tr")).to_have_count(WANTED)

    # 9. Set an alert on the search.
    page.goto("/search?text=coffee")
    page.get_by_text("Save search with alert").click()
    page.get_by_label("Name").fill("coffee people")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/alerts")
    expect(page.get_by_text("coffee people").first).to_be_visible()

    # 10. The trial runs.
    expect(page.get_by_role("link", name="7 days left")).to_be_visible()


def plan(page: Page) -> None:
    page.get_by_label("Budget, or people to reach").fill("2000")
    page.get_by_label("For 1,000 followers").fill("10-20")
    page.get_by_role("button", name="Plan", exact=True).click()
    reached = page.get_by_role("heading", level=1).inner_text()
    assert number(reached) > 0
    roster = page.get_by_role("group", name="Roster").locator("tbody tr:not(.pn-left)")
    assert roster.count() > 0
    expect(page.locator(".pn-roster tfoot")).to_contain_text(str(number(reached))[:1])
