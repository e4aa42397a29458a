"""Tags, links and prose of a text."""

import pytest

from influencr.text import hashtags, links, prose


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#VeganFood and #veganfood", ["veganfood"]),
        ("#Comédie", ["comedie"]),
        ("＃料理 #パン作り", ["料理", "パン作り"]),
        ("#हिन्दी #طبخ", ["हिन्दी", "طبخ"]),
        ("#1 #2024 #1million", ["1million"]),
        ("C# and a#b and example.com/#top and &#39;", []),
        ("#home_made! (#diy)", ["home_made", "diy"]),
        ("##double # #", ["double"]),
        ("no tags", []),
    ],
)
def test_tags(text: str, tags: list[str]) -> None:
    assert hashtags(text) == tags


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://ana.example/shop.", ["https://ana.example/shop"]),
        ("linktr.ee/ana | ana.com, www.ana.org", ["linktr.ee/ana", "ana.com", "www.ana.org"]),
        ("mail ana@example.com", []),
        ("v1.2, e.g. 3.5k... Mr.Bean", []),
        ("https://a.example https://a.example", ["https://a.example"]),
    ],
)
def test_links(text: str, found: list[str]) -> None:
    assert links(text) == found


def test_prose_is_what_is_left() -> None:
    text = "Baker 🥖🇫🇷 in Lyon, DM @ana.b or ana@example.org #bread https://x.example/y 👩🏽‍🍳!"
    assert prose(text).split() == ["Baker", "in", "Lyon,", "DM", "or", "!"]


def test_a_long_word_costs_no_more_than_its_length() -> None:
    assert prose("a" * 200_000) == "a" * 200_000
    assert links("a." * 50_000 + " ") == []
