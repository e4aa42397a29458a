"""One walk through the pages over a real index, built from a file through the front door."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
from django.test import Client

from influencr.engine import Engine

COLUMNS = [
    "username",
    "full_name",
    "biography",
    "followers_count",
    "media_count",
    "country",
    "city",
]
PEOPLE = [
    ("sourdough.ada", "Ada Ferment", "Vegan baking in Berlin, I answer", 5200, 310, "DE", "Berlin"),
    ("oven.bela", "Bela Ofen", "Backen ohne Ei. vegan, saisonal", 12800, 120, "DE", "Potsdam"),
    ("evil.row", "<script>alert(1)</script>", '"><img src=x> vegan', 90, 4, "FR", "Paris"),
    ("gym.carl", "Carl Lift", "Strength and gym notes", 880, 77, "FR", "Lyon"),
    ("nobody.where", "Wanda", "vegan baking without a place", 400, 9, "", ""),
]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("real")
    file = folder / "bakers.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([COLUMNS, *PEOPLE])
    engine = Engine(folder / "home", create=True)
    engine.import_files([file], licence="invented for this test", platform="instagram")
    engine.refresh()
    yield engine
    engine.close()


@pytest.fixture
def pages(real: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    from influencr.service.web import engine as door

    door.forget_engine()
    monkeypatch.setattr(door, "_open", lambda home: real)
    yield Client()
    door.forget_engine()


def names(markup: str) -> list[str]:
    return re.findall(r"<h[23]><a [^>]*><bdi>(.*?)</bdi>", markup)


def test_words_and_a_place_find_who_is_there(pages: Client):
    markup = pages.get("/search?text=vegan&place=Germany").content.decode()
    assert set(names(markup)) == {"Ada Ferment", "Bela Ofen"}
    assert "<mark>Vegan</mark> baking in Berlin" in markup
    assert "1 more match but their place is unknown" in markup


def test_a_radius_measures(pages: Client):
    near = pages.get("/search?text=vegan&place=Berlin&within_km=50").content.decode()
    assert set(names(near)) == {"Ada Ferment", "Bela Ofen"}
    closer = pages.get("/search?text=vegan&place=Berlin&within_km=10").content.decode()
    assert names(closer) == ["Ada Ferment"]
    assert "under 1\xa0km" in closer


def test_every_link_of_a_result_page_can_be_followed(pages: Client):
    markup = pages.get("/search?text=vegan&place=Berlin&within_km=50").content.decode()
    hrefs = {h.replace("&amp;", "&") for h in re.findall(r'href="(/(?:search|c)[^"]*)"', markup)}
    assert len(hrefs) > 20
    for href in sorted(hrefs):
        assert pages.get(href).status_code == 200, href


def test_the_next_page_begins_where_the_first_ends(pages: Client):
    first = pages.get("/search?limit=2").content.decode()
    following = re.search(r'href="([^"]*)" rel="next', first)[1].replace("&amp;", "&")
    second = pages.get(following).content.decode()
    assert "3–4 of 5" in second
    assert not set(names(first)) & set(names(second))
    back = re.search(r'href="([^"]*)" rel="prev', second)[1].replace("&amp;", "&")
    assert names(pages.get(back).content.decode()) == names(first)


def test_a_strangers_script_stays_text_all_the_way(pages: Client):
    markup = pages.get("/search?text=vegan&place=Paris").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in markup
    assert markup.count("<script") == 1
    dossier = pages.get("/c/instagram/evil.row").content.decode()
    assert dossier.count("<script") == 1
    assert "<img" not in dossier


def test_a_dossier_tells_what_is_known_and_what_is_not(pages: Client):
    markup = pages.get("/c/instagram/sourdough.ada").content.decode()
    assert "Ada Ferment" in markup
    assert "Berlin, Germany" in markup
    assert "import:bakers.csv" in markup
    assert "Whether followers were bought" in markup


def test_the_front_page_shows_people_of_this_index(pages: Client):
    markup = pages.get("/").content.decode()
    assert names(markup)


def test_suggestions_come_from_the_gazetteer(pages: Client):
    places = pages.get("/suggest/places?q=Lyo").json()["places"]
    assert any(place["label"].startswith("Lyon, ") for place in places)


def test_a_misspelt_value_names_the_nearest(pages: Client):
    response = pages.get("/search?topic=bakking")
    assert response.status_code == 400
    assert "did you mean" in response.content.decode()
