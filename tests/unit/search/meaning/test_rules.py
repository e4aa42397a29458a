"""Languages, compounds and typing errors, rule by rule."""

import pytest

from influencr.search.meaning import WEIGHTS
from influencr.search.meaning._compounds import compounds, parts
from influencr.search.meaning._families import forms
from influencr.search.meaning._tongues import tongues
from influencr.search.meaning._typos import corrections, distance
from influencr.search.meaning._weights import Asked


def ask(vocabulary) -> Asked:
    return Asked(vocabulary, (), WEIGHTS, {})


@pytest.mark.parametrize(
    ("typed", "word", "asked", "first"),
    [
        ("fotógrafa", "fotografa", (), "es"),
        ("Köchin", "kochin", (), "de"),
        ("книжница", "книжница", (), "ru"),
        ("bakers", "bakers", (), "en"),
        ("zumbalito", "zumbalito", ("it",), "it"),
    ],
)
def test_what_tells_a_language(typed, word, asked, first) -> None:
    assert tongues(typed, word, asked)[0] == first


def test_nothing_tells_the_language_of_an_invented_word() -> None:
    assert tongues("zumbalito", "zumbalito", ()) == ()


def test_a_word_of_many_languages_loses_no_letters_in_the_less_likely_ones(holding) -> None:
    found = forms("vegan", ("en", "sv"), ask(holding("vega vegans")))
    assert [one.words for one in found] == [("vegans",)]


def test_the_rest_of_a_compound_must_be_a_word(holding) -> None:
    vocabulary = holding("potteryclub potterylamp potteryzzqx lamp")
    found = {one.words[0]: one.weight for one in compounds("pottery", ask(vocabulary))}
    assert found == {"potteryclub": WEIGHTS.compound, "potterylamp": WEIGHTS.loose_compound}


def test_an_ending_makes_no_compound(holding) -> None:
    assert compounds("piano", ask(holding("pianoist pianoness ist ness"))) == []


def test_three_letters_need_an_addition_that_everybody_makes(holding) -> None:
    found = compounds("zum", ask(holding("zumlover zumkettle kettle")))
    assert [one.words for one in found] == [("zumlover",)]


def test_german_parts_are_linked_by_a_letter(holding) -> None:
    found = compounds("fotograf", ask(holding("hochzeitsfotograf hochzeit")))
    assert [one.words for one in found] == [("hochzeitsfotograf",)]


def test_a_word_that_everybody_uses_is_part_of_nothing(holding) -> None:
    vocabulary = holding("withlover", n_creators=1000, **{"with": 200})
    assert compounds("with", ask(vocabulary)) == []


def test_a_compound_is_cut_between_the_commonest_parts(holding) -> None:
    found = parts("kitewalker", ask(holding("kite walker kitew alker", kite=50, walker=50)))
    assert found[0].words == ("kite", "walker")


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ("balloonits", 1),
        ("baloonist", 1),
        ("balllooonist", 2),
        ("xalloonist", 1),
        ("bxlloonits", 2),
    ],
)
def test_errors_are_found_in_either_half(holding, typed, errors) -> None:
    found = corrections(typed, holding(balloonist=40))
    assert found in ([("balloonist", errors)], [])
    assert found or errors == 2


def test_vowels_may_be_wrong_anywhere_in_a_listed_word(holding) -> None:
    assert corrections("recepies", holding("recipes"))[0] == ("recipes", 2)


@pytest.mark.parametrize("typed", ["vegan", "gym2go", "abce", "marlow"])
def test_listed_short_numbered_and_common_words_are_left_alone(holding, typed) -> None:
    assert corrections(typed, holding("vegas abcd gym3go", marlow=30, barlow=400)) == []


def test_a_rare_word_gives_way_only_to_a_far_more_frequent_one(holding) -> None:
    assert corrections("harbour", holding(harbour=1, harbours=19)) == []
    assert corrections("harbour", holding(harbour=1, harbours=20)) == [("harbours", 1)]


@pytest.mark.parametrize(
    ("word", "other", "most", "errors"),
    [("same", "same", 1, 0), ("abcd", "acbd", 1, 1), ("abcdef", "abxyef", 1, None),
     ("abcdef", "abxyef", 2, 2), ("abc", "abcdef", 2, None), ("abcdefgh", "bcdefghi", 2, 2)],
)  # fmt: skip
def test_distance(word, other, most, errors) -> None:
    assert distance(word, other, most) == errors
    assert distance(other, word, most) == errors
