"""Shortlists: saved from results, shared in a team, read by a link, side by side, everywhere."""

from __future__ import annotations

import re
import shutil
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
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def own(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the home, for what this module keeps."""
    folder = tmp_path_factory.mktemp("lists") / "home"
    shutil.copytree(home, folder)
    return folder


@pytest.fixture(scope="module")
def office() -> Iterator[Any]:
    with post_office() as open_:
        yield open_


@pytest.fixture(scope="module")
def members_site(own: Path, office: Any) -> Iterator[str]:
    with served(own, office[1]) as address:
        yield address


@pytest.fixture
def with_members(chromium: Browser, members_site: str) -> Iterator[Visit]:
    visiting = Visit(chromium, members_site)
    yield visiting
    visiting.close()
    assert [c for c in visiting.complaints if "status of 40" not in c] == []


@pytest.fixture(autouse=True)
def _nothing_saved(home: Path) -> None:
    """The shared instance begins without lists, whoever made some before."""
    with Engine(home) as engine:
        for one in engine.lists.all():
            engine.lists.remove(one.id)


def sign_up(page: Page, box: Any, email: str) -> None:
    page.goto("/signup")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Send me the confirmation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    page.goto(box.link(email, "7 days begin"))
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page.get_by_role("link", name="7 days left")).to_be_visible()


def problems(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate(f"axe.run({{runOnly: {RULES!r}}})".replace("'", '"'))
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


def is_narrow_enough(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("script", [True, False])
def test_a_creator_is_saved_and_taken_back(visit: Any, script: bool):
    page = visit("/search?text=rye", java_script_enabled=script)
    row = page.locator("[data-row]").first
    name = row.locator("h2").inner_text()
    row.get_by_role("button", name=re.compile("^Save ")).click()
    toast = page.locator(".ls-toast")
    expect(toast).to_contain_text("Saved to Shortlist")
    expect(row.locator(".ls-save")).to_have_attribute("aria-pressed", "true")
    toast.get_by_role("button", name="Undo").click()
    expect(row.locator(".ls-save")).to_have_attribute("aria-pressed", "false")
    row.locator(".ls-save").click()
    expect(row.locator(".ls-save")).to_have_attribute("aria-pressed", "true")
    page.goto("/lists")
    page.locator(".ls-index a").first.click()
    expect(page.locator("[data-row] h2")).to_have_text([name])
    page.get_by_text("Edit", exact=True).click()
    page.get_by_role("button", name="Take the list away").click()
    expect(page.get_by_role("status").first).to_contain_text("The list is taken away.")


def test_keys_save_and_compare(visit: Any):
    page = visit("/search?text=vegan")
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("c")
    page.keyboard.press("s")
    expect(page.locator(".ls-toast")).to_contain_text("Saved to")
    expect(page.locator("#chosen span")).to_have_count(2)
    page.get_by_role("link", name=re.compile("^Next")).click()
    expect(page.locator(".pager")).to_contain_text("21")
    expect(page.locator("#chosen span")).to_have_count(2)
    page.locator("[data-row] input[form=compare]").first.check()
    page.get_by_role("button", name="Compare side by side").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 creators side by side")
    expect(page.locator(".ls-compare thead th")).to_have_count(3)
    page.get_by_role("link", name=re.compile("^Take .* out$")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 creators side by side")


def test_a_seventh_is_not_taken_silently(visit: Any):
    page = visit("/search?text=")
    boxes = page.locator("[data-row] input[form=compare]")
    for i in range(7):
        boxes.nth(i).click()
    expect(page.locator("#live")).to_contain_text("6 are chosen")
    expect(boxes.nth(6)).not_to_be_checked()


def test_two_are_compared_without_a_script(visit: Any):
    page = visit("/search?text=rye", java_script_enabled=False, width=390)
    for i in range(2):
        page.locator("[data-row] input[form=compare]").nth(i).check()
    page.get_by_role("button", name="Compare side by side").click()
    expect(page).to_have_url(re.compile(r"/compare\?c=.*&c=.*&text=rye$"))
    expect(page.locator(".ls-compare thead th")).to_have_count(2)


def test_a_team_shares_a_list_and_an_outsider_reads_it(
    with_members: Any, office: Any, axe: str, own: Path
):
    box = office[0]
    olga, tomas, vera = (with_members("/signup") for _ in range(3))
    sign_up(olga, box, "olga@rye.example")
    sign_up(tomas, box, "tomas@rye.example")
    sign_up(vera, box, "vera@other.example")
    olga.goto("/team")
    olga.get_by_label("E-mail address").fill("tomas@rye.example")
    olga.get_by_role("button", name="Send an invitation").click()
    tomas.goto(box.link("tomas@rye.example", "invited"))
    tomas.get_by_role("button", name="Join the team").click()
    expect(tomas.get_by_text("olga@rye.example").first).to_be_visible()

    olga.goto("/search?text=vegan")
    for i in range(3):
        olga.locator(".ls-save").nth(i).click()
        expect(olga.locator(".ls-save").nth(i)).to_have_attribute("aria-pressed", "true")
    olga.goto("/lists")
    olga.locator(".ls-index a").first.click()
    address = olga.url.partition("?")[0]

    tomas.goto(address)
    expect(tomas.locator("[data-row]")).to_have_count(3)
    expect(tomas.locator(".ls-by").first).to_contain_text("olga@rye.example")
    tomas.get_by_label(re.compile("^State of")).first.select_option("contacted")
    expect(tomas.get_by_role("status").first).to_contain_text("Kept.")
    tomas.get_by_label(re.compile("^Note on")).first.fill("asks for flour")
    tomas.get_by_role("button", name="Keep the changes").click()
    olga.reload()
    expect(olga.get_by_label(re.compile("^State of")).first).to_have_value("contacted")
    expect(olga.get_by_label(re.compile("^Note on")).first).to_have_value("asks for flour")

    assert vera.goto(address).status == 404
    olga.get_by_text("Share", exact=True).click()
    olga.get_by_role("button", name="Make a link").click()
    link = olga.locator("#ls-link").input_value()
    outsider = with_members("/")
    assert outsider.goto(link).status == 200
    expect(outsider.locator(".ls-read tbody tr")).to_have_count(3)
    expect(outsider.locator("body")).not_to_contain_text("asks for flour")
    assert problems(outsider, axe) == []
    # The panel stays open over the new link.
    olga.get_by_role("button", name="End the link").click()
    expect(olga.get_by_role("status").first).to_contain_text("The link is ended")
    assert outsider.reload().status == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_the_pages_are_accessible_and_fit(visit: Any, axe: str, width: int, scheme: str):
    page = visit("/search?text=rye", width=width, color_scheme=scheme)
    page.locator(".ls-save").first.click()
    expect(page.locator(".ls-toast")).to_be_visible()
    for i in range(3):
        page.locator("[data-row] input[form=compare]").nth(i).check()
    assert problems(page, axe) == []
    assert is_narrow_enough(page)
    page.get_by_role("button", name="Compare side by side").click()
    expect(page.locator(".ls-compare")).to_be_visible()
    assert problems(page, axe) == []
    assert is_narrow_enough(page)
    for path in ("/lists", "/compare"):
        page.goto(path)
        assert problems(page, axe) == []
        assert is_narrow_enough(page)
    page.goto("/lists")
    page.locator(".ls-index a").first.click()
    page.get_by_text("Share", exact=True).click()
    assert problems(page, axe) == []
    assert is_narrow_enough(page)
