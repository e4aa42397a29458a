"""Which search words end with a place, and which only look so."""

from __future__ import annotations

import pytest

from influencr.geography import Gazetteer, place_in_words


@pytest.mark.parametrize(
    ("text", "rest", "place"),
    [
        ("vegan food in Bavaria", "vegan food", "in Bavaria"),
        ("comedians near Austin", "comedians", "near Austin"),
        ("vegan within 50 km of Austin, TX", "vegan", "within 50 km of Austin, TX"),
        ("food in Paris, Texas", "food", "in Paris, Texas"),
        ("vegan in UK", "vegan", "in UK"),
        ("vegan in the netherlands", "vegan", "in the netherlands"),
        ("vegan food in berlin or hamburg", "vegan food", "in berlin or hamburg"),
        ("recettes à Lyon", "recettes", "à Lyon"),
        ("Backen 50 km um Wien", "Backen", "50 km um Wien"),
        ("makeup cerca de Sevilla", "makeup", "cerca de Sevilla"),
        ("cozinha no Porto", "cozinha", "no Porto"),
        ("cucina a Napoli", "cucina", "a Napoli"),
        ("طبخ في القاهرة", "طبخ", "في القاهرة"),
        ("ビーガン 東京周辺", "ビーガン", "東京周辺"),
        ('vegan "in Paris" near London', 'vegan "in Paris"', "near London"),
        ("#vegan in Berlin", "#vegan", "in Berlin"),
        ("in Bavaria", "", "in Bavaria"),
    ],
)
def test_a_place_behind_a_preposition_is_taken(
    gazetteer: Gazetteer, text: str, rest: str, place: str
) -> None:
    found = place_in_words(text, gazetteer)
    assert found is not None
    assert (found.rest, found.place, found.is_certain) == (rest, place, True)


@pytest.mark.parametrize(
    ("text", "rest", "label"),
    [
        ("vegan Bay Area", "vegan", "Bay Area"),
        ("gym Texas", "gym", "Texas, United States"),
        ("running boston", "running", "Boston, Massachusetts, United States"),
        ("austin", "", "Austin, Texas, United States"),
    ],
)
def test_a_bare_place_is_only_offered(
    gazetteer: Gazetteer, text: str, rest: str, label: str
) -> None:
    found = place_in_words(text, gazetteer)
    assert found is not None
    assert (found.rest, found.label, found.is_certain) == (rest, label, False)


@pytest.mark.parametrize(
    "text",
    [
        *("women in tech", "women in IT", "books in reading", "made in heaven", "lost in space"),
        *("in love", "mother in law", "men in black", "art in color", "alone in the dark"),
        *("hello from the other side", "work from home", "a la carte", "in la", "vegan en casa"),
        *('"food in Paris"', '"in Paris"', "#berlin", "vegan berl*", "vegan -berlin", "vegan"),
        *("near", "in", "", "sour dough near Bavaria and then some"),
    ],
)
def test_other_words_stay_words(gazetteer: Gazetteer, text: str) -> None:
    assert place_in_words(text, gazetteer) is None


def test_a_region_has_no_surroundings(gazetteer: Gazetteer) -> None:
    found = place_in_words("hiking near Bavaria", gazetteer)
    assert found is None or not found.is_certain
