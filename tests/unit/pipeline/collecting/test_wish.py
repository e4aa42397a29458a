"""From typed words and a typed place to what a source can ask for."""

import numpy as np
import polars as pl
import pytest

from influencr import geography
from influencr.errors import UnknownValue, UsageError
from influencr.pipeline.collecting._wish import (
    MAX_PHRASES,
    MAX_PLACES,
    known_there,
    phrases_of,
    wanted_of,
)


def texts(phrases):
    return [phrase.text for phrase in phrases]


def test_words_are_said_in_the_languages_of_the_place():
    wanted = wanted_of("specialty coffee", "Lisbon")
    assert texts(wanted.phrases)[:3] == ["specialty coffee", "coffee", "cafe de especialidade"]
    assert {"pt", "en"} <= {phrase.language for phrase in wanted.phrases}
    assert wanted.languages == ("pt", "en")
    assert wanted.countries == ("PT",)
    assert wanted.radius_km == 50.0
    assert wanted.centre == pytest.approx((38.73, -9.15), abs=0.05)


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("Lisbon", {"Lisbon", "lisboa", "lx"}),
        ("Munich", {"Munich", "munchen", "muenchen"}),
        ("Cologne", {"Cologne", "koln"}),
        ("Vienna", {"Vienna", "wien"}),
        ("Warsaw", {"Warsaw", "warszawa"}),
        ("Austin, TX", {"Austin", "atx"}),
        ("Tokyo", {"Tokyo", "東京"}),
        ("Bavaria", {"Bavaria", "bayern"}),
        ("Berlin or Hamburg", {"Berlin", "Hamburg"}),
        ("38.72, -9.14", {"Lisbon"}),
    ],
)
def test_a_place_is_named_as_people_name_it(place, names):
    wanted = wanted_of("coffee", place)
    assert names <= set(texts(wanted.places))
    assert len(wanted.places) <= MAX_PLACES


def test_a_region_has_no_middle():
    wanted = wanted_of("coffee", "Bavaria")
    assert (wanted.centre, wanted.radius_km) == (None, None)
    assert wanted.countries == ("DE",)


def test_a_radius_of_ones_own():
    assert wanted_of("coffee", "Lisbon", within_km=20.0).radius_km == 20.0


def test_words_that_name_nothing_are_said_as_typed():
    assert texts(phrases_of("zzyx  FOO", ("pt", "en"))) == ["zzyx  FOO"]
    assert phrases_of("", ("en",)) == ()


def test_sensitive_words_are_not_widened():
    assert texts(phrases_of("catholic", ("pt", "en"))) == ["catholic"]


def test_no_more_ways_than_are_useful():
    assert len(phrases_of("coffee", ("pt", "es", "fr", "en"))) == MAX_PHRASES


def test_unspaced_scripts_stay_together():
    assert "ラーメン" in texts(phrases_of("ramen", ("ja", "en")))


@pytest.mark.parametrize(
    ("typed", "near", "error"),
    [("coffee", "Lisbonnnn", UnknownValue), ("!!!", None, UsageError), ("coffee", "", UsageError)],
)
def test_what_cannot_be_meant_is_one_sentence(typed, near, error):
    with pytest.raises(error) as raised:
        wanted_of(typed, near)
    assert "\n" not in str(raised.value)


def test_handles_lose_their_at_and_doubles():
    assert wanted_of("", None, handles=["@ana.example", "ana.example"]).handles == ("ana.example",)


def test_creators_who_are_known_there_are_seeds(tmp_path):
    rows = {
        "profile_id": ["bluesky:did:plc:a", "bluesky:did:plc:b", "bluesky:@c", "tiktok:d"],
        "platform": ["bluesky", "bluesky", "bluesky", "tiktok"],
        "place_id": [2267057, 2950159, 2267057, 2267057],
        "admin1": ["PT-11", "DE-BE", "PT-11", "PT-11"],
        "country": ["PT", "DE", "PT", "PT"],
        "followers": [10, 20, 30, 40],
    }
    pl.DataFrame(rows).write_parquet(tmp_path / "creators.parquet")
    lisbon = geography.ask("Lisbon", near=True)
    assert np.isin(2267057, lisbon.place_ids)
    assert known_there(tmp_path, lisbon, "bluesky") == ("did:plc:a",)
    germany = geography.ask("Germany")
    assert known_there(tmp_path, germany, "bluesky") == ("did:plc:b",)
    assert known_there(tmp_path / "none", lisbon, "bluesky") == ()
