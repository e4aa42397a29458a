"""The hand-written words, and what people make of them."""

from __future__ import annotations

import json
import string

import polars as pl
import pytest

from influencr.sources.synthetic._people import styled
from influencr.sources.synthetic._random import scatter
from influencr.sources.synthetic._sizes import SCALE
from influencr.sources.synthetic._words import load

FILLED = dict.fromkeys(("t", "t2", "w", "w2", "w3", "p", "f", "e", "y", "m", "n", "l", "c"), "x")


def test_enough_of_everything():
    words = load()
    assert len(words.languages) >= 12
    assert len(words.topics) >= 40
    assert len(words.places) >= 120
    assert len({place.country for place in words.places}) >= 40


def test_every_sentence_fills():
    for language in load().languages:
        for section, sentences in language.sections.items():
            for sentence in sentences:
                fields = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
                assert fields <= FILLED.keys(), (language.code, section, sentence)
                assert sentence.format(**FILLED).strip()


def test_audience_names_are_unambiguous():
    """Handles are first + last (+ number): no two pairs may spell the same."""
    spelled: dict[str, tuple[str, str]] = {}
    for language in load().languages:
        for _, first in language.first:
            for _, last in language.last:
                assert first.isascii()
                assert first.isalpha()
                assert spelled.setdefault(first + last, (first, last)) == (first, last)
    firsts = [first for language in load().languages for _, first in language.first]
    assert len(firsts) == len(set(firsts))


def test_topics_have_words_enough():
    for language in load().languages:
        assert len(language.topics) >= 15, language.code
        for local in language.topics.values():
            assert local.labels
            assert local.tags
            assert len(local.things) >= 2
            assert all(tag.startswith("#") for tag in local.tags)


def test_places_speak_a_known_language():
    words = load()
    codes = {language.code for language in words.languages}
    for place in words.places:
        assert place.languages.keys() <= codes
        assert -90 < place.lat < 90
        assert -180 < place.lon < 180
        assert place.hub in words.hubs


@pytest.mark.parametrize("n", [1, 1_000, 200_000])
def test_scattered_numbers_differ(n):
    numbers = scatter(n, seed=3)
    assert len(set(numbers.tolist())) == n
    assert int(numbers.max()) < 2**40


def test_scatter_is_a_permutation_at_the_width_of_the_largest_world():
    assert SCALE.n_audience < 2**26
    assert sorted(scatter(2**16, seed=9, bits=16).tolist()) == list(range(2**16))


def test_styled_letters():
    assert styled("Ab 1", 0x1D5D4) == "𝗔𝗯 1"


def test_bios_are_varied(loaded):
    creators = loaded.true("creators")
    profiles = loaded.seen("bluesky_profiles")
    own = profiles.with_columns(planted_profile="bluesky:" + pl.col("did")).join(
        creators, on="planted_profile"
    )
    bios = own.filter(pl.col("description") != "")["description"]
    assert bios.n_unique() > 0.93 * len(bios)
    assert creators["planted_place_shown"].n_unique() >= 7
    shown = own.filter(pl.col("planted_place_shown") == "flag")
    assert shown["description"].str.contains("[\U0001f1e6-\U0001f1ff]{2}").all()
    assert creators["planted_language"].n_unique() >= 12
    empty = own.filter(pl.col("description") == "").height / own.height
    assert 0.005 < empty < 0.15


def test_sponsored_posts_say_so(loaded):
    posts = loaded.seen("bluesky_posts").filter(pl.col("kind") == "post")
    marks = r"(?i)#ad\b|werbung|anzeige|#pub\b|#publi|#adv|#pr\b|#sponsor|【PR】|#إعلان|#reklam"
    assert posts.filter(pl.col("text").str.contains(marks)).height >= 3


def test_consent_flags_are_mixed(loaded):
    text = (loaded.world.observed / "mastodon_accounts.jsonl").read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert {row["discoverable"] for row in rows} == {True, False, None}
    assert {row["indexable"] for row in rows} == {True, False}
