"""One tokeniser for index, reasons and oracle: what it keeps together and what it takes apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.text import fold, handle_words, indexable, indexable_lines, names, spans, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café MÜLLER's", ["cafe", "muller", "s"]),
        ("ラーメン ramen東京", ["ラ", "ー", "メ", "ン", "ramen", "東", "京"]),
        ("한국어 공부", ["한국어", "공부"]),
        ("हिन्दी", ["हिन्दी"]),
        ("كُومِيدِيّ مكياج", ["كوميدي", "مكياج"]),
        ("อาหาร", ["อ", "า", "ห", "า", "ร"]),
        ("🍜🍣 ok", ["🍜", "🍣", "ok"]),
        ("👍🏽👍", ["👍", "👍"]),
        ("❤️ ❤", ["❤", "❤"]),
        ("🇫🇷🇩🇪", ["🇫🇷", "🇩🇪"]),
        ("👩🏽‍🍳", ["👩‍🍳"]),
        ("1️⃣ C++ 24h", ["1", "c", "24h"]),
        (
            "makeup_artist rock'n'roll e-mail",
            ["makeup", "artist", "rock", "n", "roll", "e", "mail"],
        ),
        ("#Vegan_Food @Ana.B", ["vegan", "food", "ana", "b"]),
        ("𝓿𝓮𝓰𝓪𝓷 Ｆｏｏｄ ᴠᴇɢᴀɴ", ["vegan", "food", "vegan"]),
        ("!? … —", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#vegan #東京グルメ #ComidaSana", ["#vegan", "#東京グルメ", "#comidasana"]),
        ("@foo_bar, @Ana.B. mail a@b.com", ["@foo_bar", "@ana.b"]),
        ("@ana@social.example", ["@ana@social.example"]),
        ("👩🏽‍🍳 ❤️‍🔥", ["👩", "🍳", "❤", "🔥"]),
        ("＃料理 ＠ana", ["#料理", "@ana"]),
        ("C# is no tag, 5 # neither", []),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_spans_point_at_what_was_written() -> None:
    text = "  Ｃafé, #Œuvre 👩🏽‍🍳 東京ラーメン straße"
    marked = {t.text: text[t.start : t.end] for t in spans(text)}
    assert marked["cafe"] == "Ｃafé"
    assert marked["#oeuvre"] == "#Œuvre"
    assert marked["oeuvre"] == "Œuvre"
    assert marked["👩‍🍳"] == marked["🍳"] == "👩🏽‍🍳"
    assert marked["ー"] == "ー"
    assert marked["strasse"] == "straße"


def test_a_very_long_word_is_dropped_alone() -> None:
    assert words("a " + "x" * 81 + " b " + "y" * 80) == ["a", "b", "y" * 80]
    assert words("x" * 100_000) == []


def test_hosts_are_not_what_somebody_calls_themselves() -> None:
    assert handle_words("ana@mastodon.social") == "ana"
    assert handle_words("ana.bsky.social") == "ana"
    assert handle_words("ana.social") == "ana.social"


anything = st.text(max_size=60) | st.text(
    alphabet="aéZ9#@_. \x01東ー🍜👩🍳\u200d\ufe0f\U0001f3fdضß'İ\u0301\u20e3", max_size=30
)


@settings(deadline=None, max_examples=300)
@given(anything)
def test_spans_and_words_agree_on_any_text(text: str) -> None:
    found = spans(text)
    assert [t.text for t in found if t.position is not None] == words(text)
    assert sorted(t.text for t in found if t.position is None) == sorted(names(text))
    assert [t.position for t in found if t.position is not None] == list(
        range(sum(t.position is not None for t in found))
    )
    for token in found:
        assert 0 <= token.start < token.end <= len(text)
        assert not any(c.isspace() for c in token.text)


@settings(deadline=None, max_examples=200)
@given(anything)
def test_words_survive_being_folded_first(text: str) -> None:
    """A query folded by somebody else finds the same words."""
    assert words(fold(words(text)[0])) == words(text)[:1] if words(text) else True


lines = st.one_of(
    st.text(st.sampled_from("ab#@. \n\t\r\x0bé東🍜\u200d9_-"), max_size=40),
    st.text(st.characters(max_codepoint=127), max_size=30),
    st.builds(lambda start, n: f"{start}{'x' * n} #b\nc", st.text(max_size=5), st.integers(70, 90)),
)


@settings(deadline=None, max_examples=300)
@given(lines)
def test_lines_together_give_what_each_gives_alone(text: str) -> None:
    cut = [indexable(line) for line in text.split("\n")]
    streams = [stream for stream, _ in cut if stream]
    assert indexable_lines(text) == (streams, " ".join(extra for _, extra in cut if extra))
