"""Every page, light and dark, wide and narrow: accessible, unbroken, without a foreign request."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import RequestFactory
from playwright.sync_api import expect

from influencr.service.operations.turns import overloaded, too_many_at_once

pytestmark = pytest.mark.browser

PAGES = {
    "front": "/",
    "search": "/search?text=vegan&place=Berlin&within_km=50",
    "everybody": "/search",
    "nobody": "/search?text=vegan&place=Berlin&followers_min=900M",
    "refused": "/search?text=vegan&colour=red",
    "through a brand": "/search?text=baking&brand=Rye+%26+Sons&fit_min=0.1",
    "similar": "/search?similar=instagram:@baker1",
    "mistyped": "/search?text=vegan+bakign",
    "why not": "/why?text=rye&followers_min=10k&who=baker1",
    "why above": "/why?text=vegan&who=baker1&who=baker2",
    "why nobody": "/why?text=vegan&who=nobody.at.all",
    "saved": "/saved",
    "news": "/saved/new?name=every+vegan",
    "brands": "/brand",
    "plan": "/plan",
    "a plan": "/plan?amount=50&per=10-20",
    "brand": "/brand?name=Rye+%26+Sons",
    "dossier": "/c/instagram/layla",
    "hostile": "/c/instagram/evil",
    "methods": "/methods",
    "rights": "/creators",
    "pricing": "/pricing",
    "absent": "/c/instagram/nobody",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit: Any, axe: str, name: str, scheme: str):
    page = visit(PAGES[name], color_scheme=scheme)
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules})"
        ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))",
        RULES,
    )
    assert found == []


@pytest.mark.parametrize(
    "name",
    [
        *("search", "front", "dossier", "nobody", "through a brand", "why not", "why above"),
        *("saved", "news", "brand"),
    ],
)
def test_axe_finds_nothing_on_a_phone(visit: Any, axe: str, name: str):
    page = visit(PAGES[name], width=390, height=844)
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules})"
        ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))",
        RULES,
    )
    assert found == []


def test_axe_finds_nothing_in_what_opens(visit: Any, axe: str):
    page = visit(PAGES["through a brand"])
    page.locator("[data-row] details.score summary").first.click()
    page.get_by_label(re.compile("^Compare ")).first.check()
    page.get_by_text("Save search").click()
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map(v => v.id))", RULES
    )
    assert found == []
    page.goto(PAGES["search"])
    page.locator("[data-row] summary").first.click()
    page.keyboard.press("w")
    page.get_by_label("where").fill("Berl")
    page.get_by_role("option").first.wait_for()
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map(v => v.id))", RULES
    )
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_width_reads_at_12_px_and_comes_from_here(visit: Any, name: str):
    requests: list[str] = []
    page = visit("/robots.txt")
    page.on("request", lambda request: requests.append(request.url))
    page.goto(PAGES[name])
    page.wait_for_load_state("networkidle")
    assert all(url.startswith(visit.site) for url in requests)
    for width in (320, 360, 768, 899, 900, 1100, 1200, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('body *')].filter(e => e.innerText)"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert smallest >= 12


def test_a_strangers_script_never_runs(visit: Any):
    page = visit("/search?text=vegan&place=Paris")
    expect(page.get_by_role("link", name="<script>alert(1)</script>")).to_be_visible()
    page.goto("/c/instagram/evil")
    expect(page.get_by_role("heading", level=1)).to_have_text("<script>alert(1)</script>")
    assert page.locator("main img").count() == 0
    # `visit` fails the test when a dialog opened or the content policy was hurt.


def test_the_faces_are_served_by_the_page_itself(visit: Any):
    page = visit(PAGES["search"])
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('14px \"IBM Plex Sans Variable\"')")
    faces = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').length")
    assert faces >= 2


def test_print_leaves_the_report(visit: Any):
    page = visit(PAGES["dossier"])
    page.emulate_media(media="print")
    expect(page.locator(".foot")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_slow_answer_keeps_the_old_rows_and_shows_that_it_works(visit: Any):
    page = visit(PAGES["everybody"])
    held: list[Any] = []
    page.route("**/search?country=*", lambda route: held.append(route))
    page.locator("#facet-country + ul a").first.click()
    expect(page.locator("#busy")).to_be_visible()
    expect(page.locator("body")).to_contain_class("waiting")
    expect(page.locator("[data-row]").first).to_be_visible()
    held[0].continue_()
    expect(page.locator("#busy")).to_be_hidden()
    expect(page.locator(".chips")).to_contain_text("country")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("busy", [too_many_at_once, overloaded])
def test_axe_finds_nothing_while_it_is_busy(
    visit: Any, axe: str, busy: Any, width: int, scheme: str
):
    said = busy(RequestFactory().get("/search?text=vegan")).content.decode()
    page = visit("/methods", color_scheme=scheme, width=width)
    # The page itself, as it is drawn when nobody can be answered; a full server cannot be asked.
    page.route("**/busy", lambda route: route.fulfill(body=said, content_type="text/html"))
    page.goto(page.url.replace("/methods", "/busy"))
    assert page.get_by_role("heading", level=1).count() == 1
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules})"
        ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))",
        RULES,
    )
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
