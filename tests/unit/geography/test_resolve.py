from __future__ import annotations

import pytest

from influencr.geography import Gazetteer
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.location._prepare import coordinates, flags, prepare, weak_split
from influencr.geography.location._resolve import MIN_ENDONYM, MIN_OFFICIAL, resolve
from influencr.geography.location._words import (
    CONTEXT_PREFIXES,
    CONTEXT_SUFFIXES,
    FILLER,
    NOT_A_PLACE,
    SUPRANATIONAL,
)

# The first seven are the design document's own list.
PLACES = [
    ("ATX", "Austin, Texas, United States"),
    ("Brooklyn, NYC", "Brooklyn, New York, United States"),
    ("London via Lagos", "London, England, United Kingdom"),
    ("Wien", "Vienna, Austria"),
    ("Paris, TX", "Paris, Texas, United States"),
    ("東京", "Tokyo, Japan"),
    ("Tokyo .Japan .", "Tokyo, Japan"),
    ("神奈川県横浜市", "Yokohama, Kanagawa, Japan"),
    ("神奈川県横浜市大倉山", "Yokohama, Kanagawa, Japan"),
    ("中国 北京", "Beijing, China"),
    ("서울특별시 강남구", "Seoul, South Korea"),
    ("London, UK", "London, England, United Kingdom"),
    ("Barcelona", "Barcelona, Catalonia, Spain"),
    ("Austin Texas", "Austin, Texas, United States"),
    ("Paris TX USA", "Paris, Texas, United States"),
    ("Egypt Cairo", "Cairo, Egypt"),
    ("Lagos, Portugal", "Lagos, Faro, Portugal"),
    ("Perth, Scotland", "Perth, Scotland, United Kingdom"),
    ("New York, New York", "New York City, New York, United States"),
    ("Washington D.C.", "Washington, District of Columbia, United States"),
    ("Vancouver, BC", "Vancouver, British Columbia, Canada"),
    ("Mumbai, Maharashtra", "Mumbai, Maharashtra, India"),
    ("Colchester, Essex, UK", "Colchester, England, United Kingdom"),
    ("Greenville S.C", "Greenville, South Carolina, United States"),
    ("LosAngeles, CA", "Los Angeles, California, United States"),
    ("Singapore", "Singapore"),
    ("Madrid", "Madrid, Community of Madrid, Spain"),
    ("Luxembourg", "Luxembourg"),
    ("México", "Mexico"),
    ("Quebec", "Quebec, Canada"),
    ("Newfoundland and Labrador, Canada", "Newfoundland and Labrador, Canada"),
    ("Trinidad & Tobago", "Trinidad and Tobago"),
    ("Hamburg & Berlin", "Hamburg, Germany"),
    ("Austin, TX and Nashville, TN", "Austin, Texas, United States"),
    ("Hogwarts | Brasil", "Brazil"),
    ("home / Leeds", "Leeds, England, United Kingdom"),
    ("Mobile, AL", "Mobile, Alabama, United States"),
    ("Heaven, USA", "United States"),
    ("Sunny California", "California, United States"),
    ("Somewhere in Texas", "Texas, United States"),
    ("city of Leeds", "Leeds, England, United Kingdom"),
    ("Berlin 🇩🇪", "Berlin, Germany"),
    ("🇳🇬 Lagos", "Lagos, Nigeria"),
    ("🇫🇷", "France"),
    ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "Scotland, United Kingdom"),
    ("𝓛𝓸𝓷𝓭𝓸𝓷", "London, England, United Kingdom"),
    ("المملكة العربية السعودية, جدة", "Jeddah, Makkah, Saudi Arabia"),
    ("TX", "Texas, United States"),
    ("UK", "United Kingdom"),
    ("ÜT: 48.8566,2.3522", None),  # a city in Paris; see below
    ("Bay Area, CA", "California, United States"),
    ("Yorkshire", "England, United Kingdom"),
    ("New England", "United States"),
]

NO_PLACES = [
    "somewhere over the rainbow",
    "Hogwarts",
    "Earth",
    "Planet Earth 🌍",
    "Europe",
    "Global",
    "she/her",
    "Hope",
    "Paradise",
    "in your heart",
    "I love Paris",
    "CA",
    "is",
    "@someone",
    "https://example.com/paris",
    "met you 9-11-15",
    "404",
    "🇫🇷🇲🇦🇩🇪🇪🇸",
    "...",
    "",
    "\ud800",
]


@pytest.mark.parametrize(("text", "label"), [p for p in PLACES if p[1]])
def test_real_ways_of_writing_a_place(gazetteer: Gazetteer, text: str, label: str) -> None:
    found = resolve(text, gazetteer)
    assert found.row is not None, found.reason
    assert gazetteer.label(found.row) == label
    assert 0.3 < found.confidence < 1.0


@pytest.mark.parametrize("text", NO_PLACES)
def test_what_is_no_place_is_refused_with_a_reason(gazetteer: Gazetteer, text: str) -> None:
    found = resolve(text, gazetteer)
    assert found.row is None, gazetteer.label(found.row or 0)
    assert found.reason


def test_coordinates_give_the_nearest_city_and_stay(gazetteer: Gazetteer) -> None:
    found = resolve("ÜT: 48.8566,2.3522", gazetteer)
    assert found.row is not None
    assert gazetteer.country(found.row) == "FR"
    assert found.point == (48.8566, 2.3522)
    assert "km from any place" in resolve("-48.876, -123.393", gazetteer).reason


def test_small_places_need_context_or_their_own_name(gazetteer: Gazetteer) -> None:
    people = gazetteer.populations
    for text in ("Granada", "Lecce", "Orvieto"):
        row = resolve(text, gazetteer).row
        assert row is not None
        assert people[row] >= MIN_OFFICIAL
    # Alternate names of small places are no evidence alone, but are with their country.
    posting = next(
        gazetteer.named(gazetteer.key(position))
        for position in range(0, gazetteer.n_keys, 997)
        if len(found := gazetteer.named(gazetteer.key(position))) == 1
        and found[0][1].name == "ALTERNATE"
        and 5_000 < found[0][0].population < MIN_ENDONYM
        and found[0][0].kind == "city"
        and gazetteer.key(position).isascii()
    )
    place = posting[0][0]
    key = next(
        gazetteer.key(position)
        for position in range(0, gazetteer.n_keys, 997)
        if [p.id for p, _ in gazetteer.named(gazetteer.key(position))] == [place.id]
    )
    assert resolve(key, gazetteer).row is None
    beside = resolve(
        f"{key}, {gazetteer.name(gazetteer.country_row[place.country or ''])}", gazetteer
    )
    assert beside.row is not None
    assert gazetteer.ids[beside.row] == place.id


def test_ambiguity_costs_confidence_and_shows_the_others(gazetteer: Gazetteer) -> None:
    bare = resolve("Springfield", gazetteer)
    told = resolve("Springfield, IL", gazetteer)
    assert bare.confidence < told.confidence
    assert len(bare.alternatives) > 3
    assert gazetteer.label(told.row or 0) == "Springfield, Illinois, United States"


def test_a_prior_decides_between_namesakes_only(gazetteer: Gazetteer) -> None:
    assert gazetteer.country(resolve("Valencia", gazetteer, country="VE").row or 0) == "VE"
    assert gazetteer.country(resolve("Valencia", gazetteer).row or 0) == "ES"
    assert gazetteer.country(resolve("Berlin", gazetteer, country="FR").row or 0) == "DE"


def test_a_condition_excludes_everything_outside(gazetteer: Gazetteer) -> None:
    texas = gazetteer.region_row["US-TX"]
    inside = resolve("Paris", gazetteer, within=texas)
    assert gazetteer.label(inside.row or 0) == "Paris, Texas, United States"
    assert resolve("Wien", gazetteer, within=texas).row is None


def test_a_search_refuses_nothing_for_being_small(gazetteer: Gazetteer) -> None:
    assert resolve("Hope", gazetteer, query=True).row is not None
    assert resolve("Bay Area", gazetteer, query=True).row is not None


def test_flags_are_read_in_order_and_once() -> None:
    assert flags("🇫🇷🇲🇦 🇫🇷") == ["FR", "MA"]
    assert flags("🏳️‍🌈 ✨") == []


def test_segments_and_what_stood_between_them() -> None:
    parts = prepare("Sligo/Brussels, Belgium")
    assert parts.segments == ["Sligo", "Brussels", "Belgium"]
    assert parts.listed == [False, True, False]
    assert prepare("São Paulo - SP").segments == ["São Paulo", "SP"]
    assert prepare("Stratford-upon-Avon").segments == ["Stratford-upon-Avon"]
    assert prepare("Delhi ❤️ Goa").segments == ["Delhi", "Goa"]
    assert prepare("").segments == []
    assert weak_split("Bonn und Köln") == [("Bonn", False), ("Köln", False)]


def test_dates_and_versions_are_no_coordinates() -> None:
    assert coordinates("9-11-15") is None
    assert coordinates("v1.2, 3") is None
    assert coordinates("0.0, 0.0") is None
    assert coordinates("95.5, 10.1") is None
    assert coordinates("-33.87 151.21") == (-33.87, 151.21)


def test_word_lists_are_written_as_they_are_compared() -> None:
    for word in (*NOT_A_PLACE, *SUPRANATIONAL, *CONTEXT_PREFIXES, *CONTEXT_SUFFIXES, *FILLER):
        assert name_key(word) == word
