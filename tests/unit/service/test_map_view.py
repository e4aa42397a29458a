"""The map of a search as a page: the list that stands alone, what is drawn, who sees what."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from influencr.search import Coarse, NamedPlace, PlaceCount, Whereabouts
from influencr.service.web.pieces import pieces, with_phrase, without_words


def named(place_id: int, name: str, around: str, kind: str = "city") -> NamedPlace:
    return NamedPlace(
        place_id=place_id,
        name=name,
        label=f"{name}, {around}" if around else name,
        typed=f"{name}, {around}" if around else name,
        kind=kind,
        country="DE",
        lat=None,
        lon=None,
    )


def whereabouts(n_cities: int = 2) -> Whereabouts:
    """Berlin with 20, `n_cities` less one towns with one each; 7 known to Germany, 5 to nothing."""
    cities = [
        PlaceCount(place=named(2950159, "Berlin", "Germany"), n=20, lat=52.52, lon=13.405),
        *(
            PlaceCount(place=named(i, f"Town {i}", "Germany"), n=1, lat=50.0, lon=10.0)
            for i in range(1, n_cities)
        ),
    ]
    return Whereabouts(
        total=20 + n_cities - 1 + 7 + 5,
        places=tuple(cities),
        coarse=(Coarse(place=named(31, "Germany", "", "country"), n=7),),
        unknown=5,
        generation=7,
    )


@pytest.fixture
def mapped(engine: Any, cast: Any) -> Any:
    """An engine that knows where everybody is; `found` can be set."""
    engine.answer = cast.results(cast.hit(), total=33)
    engine.found = whereabouts()
    engine.whereabouts = lambda query: engine.found
    return engine


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def drawn(markup: str) -> dict[str, Any]:
    told = re.search(r'<script id="map-data" type="application/json">(.*?)</script>', markup, re.S)
    assert told is not None
    return json.loads(told[1])


def said(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_the_list_says_all_that_the_map_shows(client: Client, mapped: Any) -> None:
    markup = page(client, "/search?text=vegan&view=map")
    assert re.search(r"Berlin Germany\s+20", said(markup))
    assert "21 creators in 2 places." in said(markup)
    assert "7 more are known to a region or country only, and have no point" in said(markup)
    assert "Germany 7" in said(markup)
    assert "5 more do not say where they are." in said(markup)
    assert "/search?text=vegan&amp;view=map&amp;place=Berlin%2C+Germany" in markup


def test_every_place_is_drawn_and_nobody_without_a_point(client: Client, mapped: Any) -> None:
    data = drawn(page(client, "/search?text=vegan&view=map"))
    assert [(one[0], one[3]) for one in data["places"]] == [(2950159, 20), (1, 1)]
    assert data["circle"] is None
    assert data["closed"] is False


def test_a_radius_is_drawn_as_it_was_asked(client: Client, mapped: Any, cast: Any) -> None:
    place = cast.place(
        asked="Berlin", label="Berlin, Germany", place_id=1, kind="city", lat=52.5, lon=13.4,
        within_km=60.0, n_places=34, alternatives=(),
    )  # fmt: skip
    mapped.answer = cast.results(cast.hit(), total=33, place=place)
    markup = page(client, "/search?text=vegan&place=Berlin&within_km=60&view=map")
    data = drawn(markup)
    assert data["circle"] == [52.5, 13.4, 60.0]
    # Another place takes the place of this one, and its radius.
    assert data["base"] == "/search?text=vegan&view=map"


def test_a_long_list_opens_further_and_counts_what_is_behind(client: Client, mapped: Any) -> None:
    mapped.found = whereabouts(80)
    markup = page(client, "/search?text=vegan&view=map")
    assert markup.count("data-place=") - markup.count('data-place=""') == 61  # and the row's own
    assert "20 further places with 20 creators" in said(markup)
    assert "/search?text=vegan&amp;view=map&amp;places=all" in markup
    whole = page(client, "/search?text=vegan&view=map&places=all")
    assert "further place" not in said(whole)
    assert "Town 79" in said(whole)


def test_the_list_view_asks_for_no_map(client: Client, engine: Any, cast: Any) -> None:
    engine.answer = cast.results(cast.hit(), total=33)
    markup = page(client, "/search?text=vegan")
    assert 'id="map"' not in markup
    assert 'href="/search?text=vegan&amp;view=map"' in markup
    # How results are shown is no part of the question that is kept or exported.
    assert 'name="query" value="text=vegan"' in markup


def test_a_stranger_sees_the_first_rows_on_the_map_too(
    client: Client, members: Any, mapped: Any
) -> None:
    markup = page(client, "/search?text=vegan&view=map")
    assert [(one[0], one[3]) for one in drawn(markup)["places"]] == [(2950159, 1)]
    assert "33 creators" in said(markup)
    assert "Town" not in said(markup)
    assert "known to a region" not in said(markup)


def test_a_hostile_name_stays_text(client: Client, mapped: Any) -> None:
    bad = "</script><script>alert(1)</script>"
    mapped.found = Whereabouts(
        total=1,
        places=(PlaceCount(place=named(1, bad, ""), n=1, lat=0.0, lon=0.0),),
        coarse=(),
        unknown=0,
        generation=7,
    )
    markup = page(client, "/search?view=map")
    assert bad not in markup
    assert drawn(markup)["places"][0][4] == bad


def test_pieces_of_the_words_are_lifted_one_by_one() -> None:
    found = pieces('vegan baking -giveaway “sour dough” -"raw fish"')
    assert [(p.kind, p.shown) for p in found] == [
        ("words", "vegan baking"),
        ("not", "giveaway"),
        ("phrase", "“sour dough”"),
        ("not", "“raw fish”"),
    ]
    assert found[1].rest == 'vegan baking "sour dough" -"raw fish"'
    assert pieces("") == []
    assert with_phrase("a", '""') == "a"
    assert without_words("a", " , -, ") == "a"


def test_boxes_of_the_rail_put_pieces_to_the_words(client: Client, engine: Any) -> None:
    answer = client.get("/search?text=vegan&phrase=sour+dough&without_words=giveaway%2C+raffle")
    assert answer.status_code == 302
    assert answer["Location"] == ("/search?text=vegan+%22sour+dough%22+-giveaway+-raffle")
    markup = page(client, answer["Location"])
    assert "not giveaway" in said(markup)
    assert "for vegan “sour dough”" in said(markup)
