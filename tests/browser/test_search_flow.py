"""Searching as people do it: with a script, without one, by keyboard, on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

VEGAN = "/search?text=vegan"


def test_a_search_needs_no_script(visit: Any):
    page = visit("/", java_script_enabled=False)
    page.get_by_label("what").fill("vegan")
    page.get_by_label("where").fill("Berlin")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/search\?text=vegan&place=Berlin$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("creators for vegan in Berlin")

    page.goto(VEGAN)
    page.get_by_role("link", name=re.compile("^Next")).click()
    expect(page.locator(".pager")).to_contain_text("21–")
    page.get_by_role("link", name=re.compile("^Previous")).click()
    expect(page.locator(".pager")).to_contain_text("1–20 of")

    page.locator("#facet-country + ul a").first.click()
    expect(page).to_have_url(re.compile("country="))
    page.get_by_role("link", name=re.compile("^Remove country")).click()
    expect(page).to_have_url(re.compile(r"/search\?text=vegan$"))


def test_numbers_are_typed_and_applied_without_a_script(visit: Any):
    page = visit(VEGAN, java_script_enabled=False)
    page.get_by_label("Followers from", exact=True).fill("10k")
    page.get_by_role("button", name="Apply numbers").click()
    expect(page).to_have_url(re.compile(r"followers_min=10k$"))
    expect(page.locator(".chips")).to_contain_text("followers ≥ 10,000")


def test_filters_are_a_sheet_on_a_phone_even_without_a_script(visit: Any):
    page = visit(VEGAN, width=390, java_script_enabled=False)
    expect(page.locator("#filters")).to_be_hidden()
    page.get_by_role("link", name="Filters").click()
    expect(page.locator("#filters")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Show .* creators")).click()
    expect(page.locator("#filters")).to_be_hidden()


def test_the_colours_can_be_chosen_without_a_script(visit: Any):
    page = visit(VEGAN, java_script_enabled=False)
    page.get_by_role("button", name="Dark").click()
    expect(page).to_have_url(re.compile(r"text=vegan$"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_with_a_script_the_page_stays_while_its_results_change(visit: Any):
    page = visit(VEGAN)
    page.evaluate("window.stayed = true")
    facet = page.locator("#facet-country + ul a").first
    key = facet.get_attribute("data-key")
    facet.click()
    expect(page).to_have_url(re.compile("country="))
    expect(page.locator(f'[data-key="{key}"]')).to_be_focused()
    expect(page.locator("#live")).to_contain_text("creators for vegan")
    page.get_by_label("what").fill("rye")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("for rye")
    expect(page).to_have_url(re.compile(r"text=rye.*country=|country=.*text=rye"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("for vegan")
    expect(page.get_by_label("what")).to_have_value("vegan")
    assert page.evaluate("window.stayed")


def test_the_next_page_takes_the_focus_to_its_first_row(visit: Any):
    page = visit(VEGAN)
    page.get_by_role("link", name=re.compile("^Next")).click()
    expect(page.locator(".pager")).to_contain_text("21–")
    expect(page.locator("[data-row] h2 a").first).to_be_focused()


def test_typed_numbers_apply_when_the_field_is_left(visit: Any):
    page = visit(VEGAN)
    page.get_by_label("Engagement from, percent").fill("0")
    page.get_by_label("Followers from", exact=True).fill("5000")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("followers_min=5000"))
    expect(page.locator(".chips")).to_contain_text("followers ≥ 5,000")


def test_a_question_that_cannot_be_answered_replaces_the_results_too(visit: Any):
    page = visit(VEGAN)
    page.get_by_label("where").fill("Xyzzyville")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("That question cannot be answered")
    expect(page.get_by_label("what")).to_have_value("vegan")


def test_places_are_suggested_and_chosen_by_keyboard(visit: Any):
    page = visit(VEGAN)
    page.keyboard.press("w")
    box = page.get_by_label("where")
    expect(box).to_be_focused()
    box.press_sequentially("Potsd")
    options = page.locator(".suggest").get_by_role("option")
    expect(options.first).to_contain_text("Potsdam")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile("^Potsdam, "))
    expect(options).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("in Potsdam")


def test_rows_are_walked_and_opened_by_keyboard(visit: Any):
    page = visit(VEGAN)
    page.keyboard.press("/")
    expect(page.get_by_label("what")).to_be_focused()
    page.keyboard.type("j")
    expect(page.get_by_label("what")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("[data-row] h2 a").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-row] h2 a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/c/instagram/"))


def test_single_keys_can_be_switched_off(visit: Any):
    page = visit(VEGAN)
    page.keyboard.press("?")
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_label("what")).not_to_be_focused()


def test_a_verdict_opens_its_reason_and_escape_leads_back(visit: Any):
    page = visit(VEGAN)
    badge = page.locator("[data-row] summary").first
    badge.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-row] .pop").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-row] .pop").first).to_be_hidden()
    expect(badge).to_be_focused()


def test_the_sheet_stays_open_while_filters_are_chosen(visit: Any):
    page = visit(VEGAN, width=390)
    page.get_by_role("link", name="Filters").click()
    page.locator("#facet-country + ul a").first.click()
    expect(page).to_have_url(re.compile("country="))
    expect(page.locator("#filters")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.get_by_role("link", name="Filters (1)")).to_be_focused()


def test_colours_change_at_once_and_are_remembered(visit: Any):
    page = visit(VEGAN)
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(18, 20, 22)"
