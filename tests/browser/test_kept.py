"""What a home keeps for its members: saved searches and brands, and creators like others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False])
def test_a_search_is_saved_looked_at_marked_and_removed(visit: Any, script: bool):
    name = f"rye {'with' if script else 'without'} script"
    page = visit("/search?text=rye&place=Berlin", java_script_enabled=script)
    page.get_by_text("Save search").click()
    expect(page.get_by_label("Name")).to_have_value("rye Berlin")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text(f"“{name}” is kept.")
    line = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))
    expect(line).to_contain_text("all of them new")
    line.get_by_role("link", name="See the new ones").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"new creators in {name}")
    expect(page.locator("[data-row]").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Mark .* as seen")).click()
    expect(line).to_contain_text("0 new")
    line.get_by_role("link", name="Run it").click()
    expect(page).to_have_url(re.compile(r"/search\?text=rye&place=Berlin$"))
    page.goto("/saved")
    line.get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.get_by_role("status").first).to_contain_text("no longer kept")
    expect(page.get_by_role("heading", name=name)).to_have_count(0)


def test_a_taken_name_is_asked_about(visit: Any):
    page = visit("/search?text=rye")
    page.get_by_text("Save search").click()
    page.get_by_label("Name").fill("every vegan")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("is kept already")
    page.get_by_label("Name").fill("rye again")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="rye again")).to_be_visible()


def test_a_brand_is_described_mended_used_and_removed_without_a_script(visit: Any):
    page = visit("/brand", java_script_enabled=False)
    page.get_by_label("Name").fill("Crumb & Co")
    page.get_by_label("Words that fitting creators use").fill("vegan baking")
    page.get_by_label("Languages it should read").fill("Klingon")
    page.get_by_label("Where the audience should be").fill("Germany")
    page.get_by_role("button", name="Save the brand").click()
    expect(page.get_by_role("alert")).to_contain_text("'Klingon' is not known")
    expect(page.get_by_label("Words that fitting creators use")).to_have_value("vegan baking")
    page.get_by_label("Languages it should read").fill("English")
    page.get_by_role("button", name="Save the brand").click()
    expect(page.get_by_role("status").first).to_contain_text("“Crumb & Co” is kept.")
    expect(page.get_by_role("heading", name="Who comes first")).to_be_visible()
    expect(page.locator(".firsts li")).to_have_count(5)

    page.get_by_role("link", name="Search with this brand").click()
    row = page.locator("[data-row]").first
    expect(row.locator(".beside-brand")).to_contain_text("says “vegan baking”")
    expect(row.locator(".beside-brand")).to_contain_text("unknown: ")
    expect(row.locator(".score .sum").first).to_contain_text("fit")
    before = page.get_by_role("heading", level=1).text_content()
    page.get_by_label("Fit at least, percent").fill("60")
    page.get_by_role("button", name="Apply shares").click()
    expect(page).to_have_url(re.compile("fit_min=0.6"))
    assert page.get_by_role("heading", level=1).text_content() != before
    page.get_by_role("link", name="Remove brand Crumb & Co").click()
    expect(page).to_have_url(re.compile("/search$"))

    page.goto("/brand?name=Crumb+%26+Co")
    page.get_by_role("button", name="Remove this brand").click()
    expect(page.get_by_role("status").first).to_contain_text("no longer kept")


def test_a_brand_is_chosen_beside_the_results(visit: Any):
    page = visit("/search?text=baking")
    page.locator("#facet-brand + ul a").filter(has_text="Rye & Sons").click()
    expect(page).to_have_url(re.compile("brand=Rye"))
    expect(page.locator("[data-row]").first.locator(".beside-brand")).to_be_visible()
    expect(page.get_by_text("How the brand Rye & Sons is understood")).to_be_visible()
    page.get_by_label("Audience aligned at least, percent").fill("20")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("alignment_min=0.2"))
    expect(page.locator(".chips")).to_contain_text("alignment ≥ 20")


def test_creators_like_one_are_a_search_of_their_own(visit: Any):
    page = visit("/c/instagram/baker1", java_script_enabled=False)
    similar = page.locator("#similar")
    expect(similar.get_by_role("listitem").first).to_contain_text("alike")
    # Nobody's followers are known in this home, and the page says so.
    expect(similar).to_contain_text("Unknown: ")
    similar.get_by_role("link", name=re.compile("^Search like this")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("like @baker1")
    expect(page.locator(".chips")).to_contain_text("like instagram:@baker1, by content")
    expect(page.locator("[data-row]").first.locator(".alike-line")).to_contain_text(
        "both are about"
    )


def test_a_page_of_another_site_cannot_keep_anything(visit: Any):
    page = visit("/saved")
    answer = page.evaluate(
        "fetch('/saved/remove', {method: 'POST', body: new URLSearchParams({name: 'every vegan'})})"
        ".then(r => r.status)"
    )
    assert answer == 403
    page.reload()
    expect(page.get_by_role("heading", name="every vegan")).to_be_visible()
