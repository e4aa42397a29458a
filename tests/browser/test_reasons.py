"""Why a creator stands where they stand: in the row, side by side, and for somebody who is not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BAKING = "/search?text=vegan+baking"


def test_the_product_opens_into_the_words_without_a_script(visit: Any):
    page = visit(BAKING, java_script_enabled=False)
    row = page.locator("[data-row]").first
    expect(row.locator(".reasons")).to_contain_text("“vegan” as typed in bio")
    expect(row.locator(".breakdown")).to_be_hidden()
    row.locator("details.score summary").click()
    expect(row.get_by_role("table", name="What the words are worth")).to_be_visible()
    expect(row.get_by_role("table", name="What multiplies to the score")).to_contain_text("words")


def test_a_row_leads_to_its_neighbour_without_a_script(visit: Any):
    page = visit(BAKING, java_script_enabled=False)
    row = page.locator("[data-row]").first
    row.locator("details.score summary").click()
    row.get_by_role("link", name=re.compile("^Why above 2")).click()
    expect(page).to_have_url(re.compile(r"/why\?text=vegan\+baking&who=.*&who="))
    expect(page.get_by_role("heading", level=1)).to_contain_text("stands above")
    expect(page.locator(".person-reasons")).to_have_count(2)
    page.get_by_role("link", name=re.compile("^Back to the results")).click()
    expect(page).to_have_url(re.compile(r"/search\?text=vegan\+baking$"))


def test_one_is_asked_why_they_stand_before_another_without_a_script(visit: Any):
    page = visit(BAKING, java_script_enabled=False)
    boxes = page.get_by_label(re.compile("^Compare "))
    for i in (0, 4):
        boxes.nth(i).check()
    page.get_by_role("button", name="Why one before the other").click()
    expect(page.get_by_role("table", name="The parts of both scores")).to_contain_text("words")
    expect(page.get_by_label("Creator", exact=True)).not_to_have_value("")


def test_why_is_asked_of_two_and_of_no_other_number(visit: Any):
    page = visit(BAKING)
    boxes = page.get_by_label(re.compile("^Compare "))
    button = page.get_by_role("button", name="Why one before the other")
    expect(button).to_be_disabled()
    boxes.nth(0).check()
    expect(page.locator("#chosen span")).to_have_count(1)
    expect(button).to_be_disabled()
    boxes.nth(1).check()
    expect(button).to_be_enabled()
    boxes.nth(2).check()
    expect(button).to_be_disabled()
    expect(page.get_by_role("button", name="Compare side by side")).to_be_enabled()


def test_reasons_comparison_and_saving_by_keyboard(visit: Any):
    page = visit(BAKING)
    page.locator("h1").click()
    page.keyboard.press("s")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Name")).to_be_hidden()
    expect(page.locator("details.keep summary").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("[data-row]").first.locator(".breakdown")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label(re.compile("^Compare ")).first).to_be_checked()


def test_somebody_who_is_not_found_is_told_with_the_filter(visit: Any):
    page = visit("/search?text=vegan+baking&followers_min=50000", java_script_enabled=False)
    page.get_by_label("Handle of a creator").fill("@baker1")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is not found")
    failed = page.locator(".checks .failed")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("followers ≥ 50,000")
    expect(failed).to_contain_text("400")
    failed.get_by_role("link", name="search without it").click()
    expect(page).to_have_url(re.compile(r"/search\?text=vegan\+baking$"))


def test_nobody_of_that_name_keeps_the_question(visit: Any):
    page = visit(BAKING)
    page.get_by_label("Handle of a creator").fill("nobody.at.all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nobody called “nobody.at.all” is listed")
    page.get_by_label("Creator", exact=True).fill("baker2")
    page.keyboard.press("Enter")
    expect(page.locator(".person-reasons").first).to_be_visible()
    expect(page.get_by_label("what")).to_have_value("vegan baking")


def test_a_mistyped_word_says_what_it_was_read_as(visit: Any):
    page = visit("/search?text=vegan+bakign", java_script_enabled=False)
    spelling = page.get_by_role("group", name="Spelling")
    expect(spelling).to_contain_text("Nobody says “bakign”: read as baking.")
    spelling.get_by_role("link", name="Search for exactly “bakign”").click()
    expect(page).to_have_url(re.compile("%22bakign%22"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("0 creators")


def test_a_bar_keeps_its_creators_and_says_how_many(visit: Any):
    page = visit(BAKING, java_script_enabled=False)
    bar = page.get_by_role("group", name="Followers of the results").get_by_role(
        "link", name=re.compile("^1,000–2,000 followers: ")
    )
    said = bar.get_attribute("aria-label")
    bar.locator(".hit").click()
    expect(page).to_have_url(re.compile("followers_min=1000&followers_max=1999"))
    count = said.rpartition(": ")[2].split("\xa0")[0]
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile(rf"^{count}\screators? for vegan")
    )


def test_handles_step_by_bars_and_ask(visit: Any):
    page = visit(BAKING)
    low = page.get_by_role("slider", name="Followers from, by bar")
    high = page.get_by_role("slider", name="Followers to, by bar")
    expect(low).to_have_attribute("aria-valuetext", "open")
    low.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("followers_min=100"))
    expect(page.locator('[name="followers_min"]').first).to_have_value("100")
    high.focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("followers_max=50000000"))
    expect(low).to_have_attribute("aria-valuetext", "100")
    page.go_back()
    expect(high).to_have_attribute("aria-valuetext", "open")
