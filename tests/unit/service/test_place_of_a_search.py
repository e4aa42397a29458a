"""What the search page says of a place: how it was read, and a working way to everything else."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from influencr.errors import UnknownValue
from influencr.search import PlaceOffer


@pytest.fixture
def client() -> Client:
    return Client()


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def said(markup: str) -> str:
    """The words about the place, without the tags."""
    found = re.search(r'<div class="understood".*?</div>', markup, re.S)
    assert found
    bare = re.sub(r"<[^>]*>", "", found[0]).replace("\N{NO-BREAK SPACE}", " ")
    return html.unescape(" ".join(bare.split()))


def links(markup: str) -> set[str]:
    return {html.unescape(href) for href in re.findall(r'href="([^"]*)"', markup)}


def place(cast: Any, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "asked": "Paris",
        "label": "Paris, Île-de-France, France",
        "place_id": 2988507,
        "kind": "city",
        "lat": 48.85,
        "lon": 2.35,
        "within_km": None,
        "n_places": 41,
        "alternatives": ("Paris, Texas, United States",),
        "asks": ("Paris, Texas, United States",),
        "population": 2_138_551,
        **changes,
    }
    return cast.place(**given)


def test_the_reading_says_its_kind_and_people_and_offers_the_other(client, engine, cast):
    engine.answer = cast.results(cast.hit(), place=place(cast))
    markup = page(client, "/search?text=vegan&place=Paris&country=FR")
    assert said(markup).startswith(
        "Paris read as Paris, Île-de-France, France (city, 2.1 M people), 41 places. "
        "Did you mean Paris, Texas, United States?"
    )
    other = "/search?text=vegan&country=FR&place=Paris%2C+Texas%2C+United+States"
    assert other in links(markup)


def test_a_radius_in_the_words_stays_with_the_other_reading(client, engine, cast):
    understood = place(cast, within_km=20.0, asks=("within 20 km of Paris, Texas, United States",))
    engine.answer = cast.results(cast.hit(), place=understood)
    markup = page(client, "/search?place=20+km+around+Paris")
    assert "/search?place=within+20+km+of+Paris%2C+Texas%2C+United+States" in links(markup)


def test_a_place_out_of_the_words_is_shown_set_apart_and_can_be_given_back(client, engine, cast):
    taken = place(cast, asked="in Paris", words="in Paris", within_km=None)
    engine.answer = cast.results(cast.hit(), place=taken, text="vegan food", next="CUR")
    markup = page(client, "/search?text=vegan+food+in+Paris&sort=followers")
    assert "Taken from your words “in Paris”; search the words instead." in said(markup)
    assert 'name="text" value="vegan food"' in markup
    assert 'name="place" value="in Paris"' in markup
    asked = links(markup)
    assert "/search?text=vegan+food+in+Paris&sort=followers&words_only=true" in asked
    # Every other link asks for the place apart: nothing reads the words a second time.
    assert "/search?text=vegan+food&place=in+Paris" in asked
    assert any("after=CUR" in href and "place=in+Paris" in href for href in asked)
    assert not any("in+Paris" in h and "place=" not in h and "words_only" not in h for h in asked)
    assert re.search(r"<h1>[^<]* for vegan food in Paris</h1>", markup)


def test_words_that_stay_words_have_a_chip_that_lifts_it(client, engine):
    markup = page(client, "/search?text=art+in+Bath&words_only=true")
    assert engine.asked[-1].words_only
    assert "none taken from the words" in markup
    assert "/search?text=art+in+Bath" in links(markup)
    form = re.search(r'<form class="pair.*?</form>', markup, re.S)
    assert form
    assert "words_only" not in form[0]


def test_a_bare_place_at_the_end_of_the_words_is_offered(client, engine, cast):
    offer = PlaceOffer(text="vegan", place="Bay Area", label="Bay Area")
    engine.answer = cast.results(cast.hit(), offer=offer)
    markup = page(client, "/search?text=vegan+Bay+Area")
    assert "Did you mean the place vegan in Bay Area? It was searched as words." in said(markup)
    assert "/search?text=vegan&place=Bay+Area" in links(markup)


def test_a_misspelt_place_says_so(client, engine, cast):
    engine.answer = cast.results(cast.hit(), place=place(cast, corrected="Pariss"))
    assert "No place is called “Pariss”; the nearest name is Paris" in said(
        page(client, "/search?place=Pariss")
    )


def test_names_near_an_unknown_one_are_links(client, engine):
    engine.answer = UnknownValue("place", "Lyonn", ["Lyon", "Lyons"])
    markup = page(client, "/search?text=vegan&place=Lyonn", 400)
    assert {"/search?text=vegan&place=Lyon", "/search?text=vegan&place=Lyons"} <= links(markup)
    assert 'name="place" value="Lyonn"' in markup


def test_several_places_and_an_exception_make_a_short_heading(client, engine, cast):
    both = place(
        cast,
        asked="Berlin or Hamburg",
        label="Berlin, Germany or Hamburg, Germany",
        kind="several",
        place_id=None,
        lat=None,
        lon=None,
        population=0,
        alternatives=(),
        asks=(),
        several=("Berlin, Germany", "Hamburg, Germany"),
    )
    engine.answer = cast.results(cast.hit(), place=both)
    assert "in Berlin or Hamburg</h1>" in page(client, "/search?place=Berlin+or+Hamburg")
    less = place(cast, label="Germany except Bavaria, Germany", kind="country", lat=None)
    engine.answer = cast.results(cast.hit(), place=less)
    assert "in Germany except Bavaria</h1>" in page(client, "/search?place=Germany+except+Bavaria")
