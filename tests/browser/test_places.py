"""Asking for places as people do: by list, by words, misspelt, in their own script, without one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ASKED = {
    "in Bavaria": "Bavaria, Germany",
    "Spain": "Spain",
    "Bay Area": "Bay Area",
    "within 50 km of Austin": "Austin, Texas, United States",
    "مدينة نصر": "Nasr City, Cairo, Egypt",
    "東京": "Tokyo, Japan",
    "Wien": "Vienna, Austria",
    "Paris TX": "Paris, Texas, United States",
    "50 km um Wien": "Vienna, Austria",
    "Berlin or Lyon": "Berlin, Germany or Lyon, Auvergne-Rhône-Alpes, France",
    "Germany except Bavaria": "Germany except Bavaria, Germany",
}


@pytest.mark.parametrize("asked", ASKED)
def test_every_way_to_ask_says_how_it_was_read(visit: Any, asked: str):
    page = visit("/search", java_script_enabled=False)
    page.get_by_label("where").fill(asked)
    page.get_by_role("button", name="Search").click()
    told = page.get_by_role("group", name="The place")
    expect(told.locator("b")).to_have_text(ASKED[asked])
    expect(page.get_by_label("where")).to_have_value(asked)


def test_another_reading_is_a_click_away_without_a_script(visit: Any):
    page = visit("/search?text=vegan&place=Paris", java_script_enabled=False)
    told = page.get_by_role("group", name="The place")
    expect(told).to_contain_text("Did you mean")
    told.get_by_role("link", name="Paris, Texas, United States").click()
    expect(told.locator("b")).to_have_text("Paris, Texas, United States")
    expect(page).to_have_url(re.compile(r"text=vegan&place=Paris%2C\+Texas"))


def test_a_place_in_the_words_is_set_apart_and_given_back(visit: Any):
    page = visit("/search")
    page.get_by_label("what").fill("vegan baking in Berlin")
    page.keyboard.press("Enter")
    told = page.get_by_role("group", name="The place")
    expect(told).to_contain_text("Taken from your words “in Berlin”")
    expect(page.get_by_role("heading", level=1)).to_contain_text("for vegan baking in Berlin")
    page.locator("h1").click()
    page.locator("#facet-platform + ul a").first.click()
    expect(page).to_have_url(re.compile(r"text=vegan\+baking&place=in\+Berlin"))
    page.go_back()
    told.get_by_role("link", name="search the words instead").click()
    expect(page.locator(".chips")).to_contain_text("none taken from the words")
    expect(page).to_have_url(re.compile("words_only=true"))
    page.get_by_role("link", name=re.compile("^Remove place none taken")).click()
    expect(told).to_contain_text("Taken from your words")


def test_a_bare_place_in_the_words_is_offered(visit: Any):
    page = visit("/search?text=vegan+lyon")
    told = page.get_by_role("group", name="The place")
    told.get_by_role("link", name=re.compile("^vegan in Lyon")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("for vegan in Lyon")


def test_a_misspelt_place_is_said_to_be_one_or_offers_names(visit: Any):
    page = visit("/search?place=Barcelna", java_script_enabled=False)
    expect(page.get_by_role("group", name="The place")).to_contain_text(
        "No place is called “Barcelna”; the nearest name is Barcelona"
    )
    page.goto("/search?text=vegan&place=Berln")
    page.get_by_role("link", name="Berlin", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("for vegan in Berlin")


def test_the_list_completes_the_name_and_keeps_the_words_in_front(visit: Any):
    page = visit("/search?text=vegan")
    box = page.get_by_label("where")
    box.click()
    box.press_sequentially("within 20 km of Potsd")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Potsdam, Brandenburg, Germany")
    expect(options.first).to_contain_text("9 creators")
    expect(page.locator("#live")).to_contain_text("arrow down to choose")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("-0$"))
    page.keyboard.press("Enter")
    expect(box).to_have_value("within 20 km of Potsdam, Brandenburg, Germany")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("around Potsdam")


@pytest.mark.parametrize(
    ("typed", "label"), [("東", "Tokyo"), ("القا", "Cairo"), ("моск", "Moscow")]
)
def test_the_list_reads_every_script(visit: Any, typed: str, label: str):
    page = visit("/search")
    box = page.get_by_label("where")
    box.fill(typed + ("京" if typed == "東" else ""))
    box.press("End")
    expect(page.get_by_role("option").filter(has_text=label).first).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
def test_what_is_said_of_a_place_fits_and_is_accessible(visit: Any, axe: str, width: int):
    page = visit("/search?text=vegan+baking+near+Paris", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(axe)
    found = page.evaluate("axe.run(document).then(r => r.violations.map(v => v.id))")
    assert found == []
