"""The map of a search in a browser: drawn, walked by keyboard, and a list without a script."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect
from tests.browser.conftest import SWITCHES, Visit
from tests.browser.test_every_page import RULES

pytestmark = pytest.mark.browser

MAP = "/search?text=vegan&view=map"
#: WebGL by software, for machines without a graphics card.
DRAWING = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


@pytest.fixture(scope="module")
def drawing(steering: Playwright) -> Iterator[Browser]:
    """A browser that can draw."""
    switches = [switch for switch in SWITCHES if switch != "--disable-gpu"]
    browser = steering.chromium.launch(
        executable_path=shutil.which("chromium"), args=[*switches, *DRAWING], timeout=120_000
    )
    yield browser
    browser.close()


@pytest.fixture
def look(drawing: Browser, site: str) -> Iterator[Visit]:
    """Visits with drawing; the test fails when a script failed or the content policy was hurt."""
    visiting = Visit(drawing, site)
    yield visiting
    visiting.close()
    assert visiting.complaints == []


def ready(page: Any) -> None:
    page.locator(".map-box[data-ready]").wait_for(timeout=60_000)


def test_the_map_is_drawn_from_our_own_files(look: Visit):
    requests: list[str] = []
    page = look("/robots.txt")
    page.on("request", lambda request: requests.append(request.url))
    page.goto(MAP)
    ready(page)
    assert all(url.startswith((look.site, "blob:")) for url in requests)
    assert any("/dist/world-" in url for url in requests)
    # The picture on the screen, as the canvas may not be read back: land, water and circles differ.
    shown = page.locator(".map-canvas").screenshot()
    assert len(shown) > 8_000
    expect(page.locator(".map-fails")).to_be_hidden()


def test_a_list_page_loads_no_map(look: Visit):
    requests: list[str] = []
    page = look("/robots.txt")
    page.on("request", lambda request: requests.append(request.url))
    page.goto("/search?text=vegan")
    page.wait_for_load_state("networkidle")
    assert not any("/dist/map" in url or "/dist/world" in url for url in requests)


def test_m_opens_the_map_and_leads_back(look: Visit):
    page = look("/search?text=vegan")
    page.keyboard.press("m")
    expect(page).to_have_url(re.compile(r"view=map$"))
    ready(page)
    page.keyboard.press("m")
    expect(page).to_have_url(re.compile(r"/search\?text=vegan$"))
    expect(page.locator("#map")).to_have_count(0)


def test_a_place_is_walked_to_and_narrows_the_search(look: Visit):
    page = look(MAP)
    ready(page)
    page.locator("#map-title").scroll_into_view_if_needed()
    first = page.locator(".map-places a").first
    first.focus()
    expect(first).to_be_focused()
    name = first.locator(".name").inner_text()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("view=map&place="))
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"in {name}")
    # The same map under the new answer.
    expect(page.locator(".map-box canvas")).to_have_count(1)
    expect(page.locator(".map-places li")).to_have_count(1)


def test_a_moved_map_lists_its_view_and_offers_its_area(look: Visit):
    page = look(MAP)
    ready(page)
    canvas = page.locator(".map-canvas canvas")
    canvas.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    area = page.get_by_role("button", name=re.compile("^Search this area"))
    expect(area).to_be_visible()
    expect(page.locator(".map-view-says")).to_contain_text("In view:")
    area.click()
    expect(page).to_have_url(re.compile("near=.*within_km="))
    expect(page.get_by_role("heading", level=1)).to_contain_text("around")


def test_the_map_follows_the_colours(look: Visit):
    page = look(MAP, color_scheme="light")
    ready(page)
    light = page.locator(".map-canvas").screenshot()
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark").click()
    page.wait_for_timeout(600)
    assert page.locator(".map-canvas").screenshot() != light


def test_on_a_phone_the_list_is_a_sheet(look: Visit):
    page = look(MAP, width=360, height=760)
    ready(page)
    expect(page.locator(".map-places")).to_be_hidden()
    page.get_by_role("button", name="Places").click()
    expect(page.locator(".map-places")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_axe_finds_nothing_on_the_map(look: Visit, axe: str, width: int, scheme: Any):
    page = look(MAP, width=width, color_scheme=scheme)
    ready(page)
    if width < 900:
        page.get_by_role("button", name="Places").click()
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules})"
        ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))",
        RULES,
    )
    assert found == []


def test_it_fits_every_width(look: Visit):
    page = look(MAP)
    ready(page)
    for width in (320, 360, 768, 899, 900, 1000, 1200, 1440, 1600, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_script_the_list_stands_alone(visit: Any):
    page = visit(MAP, java_script_enabled=False)
    expect(page.locator(".map-box")).to_be_hidden()
    expect(page.locator(".map-list")).to_contain_text("creators in")
    page.locator(".map-places a").first.click()
    expect(page).to_have_url(re.compile("view=map&place="))
    page.get_by_role("link", name="List", exact=True).click()
    expect(page).to_have_url(re.compile(r"text=vegan&place="))


def test_where_nothing_can_be_drawn_the_list_says_so(visit: Any):
    page = visit("/robots.txt")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(MAP)
    expect(page.locator(".map-fails")).to_be_visible(timeout=30_000)
    expect(page.locator(".map-places a").first).to_be_visible()
