"""What words weigh: rarity, coverage, the best way in full and the others by half, focus."""

import pytest

from influencr.index import coverage_factor, said
from influencr.search._meant import (
    FOCUS,
    LEAST_FOCUS,
    MOST_WAYS,
    RUN_SHARE,
    focus_factor,
    mean,
    rarity,
)
from influencr.search._points import Said, points
from influencr.search._words import parse_words

TEXTS = [
    "glass blower and potter",
    "glass",
    "I blow glass, I throw pots",
    "tide tables of the harbour",
    "#glassart by hand",
]


class Words:
    """The vocabulary of TEXTS."""

    n_creators = len(TEXTS)

    def __init__(self) -> None:
        told = [set(" ".join(said({"bio_text": text})["bio"]).split()) for text in TEXTS]
        self._n = {w: sum(w in one for one in told) for w in set().union(*told)}

    def frequency(self, word: str) -> int:
        return self._n.get(word, 0)

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        return sorted((w, n) for w, n in self._n.items() if w.startswith(prefix))[:limit]

    def ending(self, suffix: str, limit: int) -> list[tuple[str, int]]:
        found = [(w, n) for w, n in self._n.items() if w.endswith(suffix)]
        return sorted(found, key=lambda f: (-f[1], f[0]))[:limit]


def meant(text: str):
    return mean(parse_words(text), Words())


def worth(text: str, bio: str):
    return points({"bio_text": bio}, meant(text))


def test_rarity_falls_with_frequency_and_never_below_one() -> None:
    steps = [rarity(n, 1_000) for n in (0, 1, 10, 100, 1_000)]
    assert steps == sorted(steps, reverse=True)
    assert all((4 * step).is_integer() for step in steps)
    assert rarity(1_000, 1_000) == rarity(0, 0) == 1.0


def test_a_single_creator_more_or_less_moves_no_rarity() -> None:
    same = sum(rarity(n, 100_000) == rarity(n + 1, 100_000) for n in range(10, 2_000))
    assert same > 1_900


def test_a_word_is_worth_the_fields_in_which_it_stands() -> None:
    row = {"display_name": "Glass Ann", "bio_text": "glass", "post_text": "glass"}
    (piece,) = points(row, meant("glass")).pieces
    way = next(w for w in piece.found if w.kind == "word")
    assert way.fields == ("name", "bio", "posts")
    assert way.points == 3.0 * piece.rarity  # it stands, in the name, in the bio; posts add nothing


def test_the_best_way_counts_in_full_and_the_others_by_half() -> None:
    (piece,) = worth("glass", "glass #glassart").pieces
    each = [way.points for way in piece.found]
    assert len(each) > 1
    assert piece.points == max(each) + (sum(each) - max(each)) / 2


def test_a_missing_piece_lowers_what_is_said() -> None:
    told = worth("glass harbour", "glass")
    glass, harbour = told.pieces
    assert harbour.found == ()
    whole = glass.rarity + harbour.rarity
    assert told.coverage == coverage_factor(glass.rarity, whole, 1.0)
    assert told.words == glass.points * told.coverage


def test_words_side_by_side_count_once_more() -> None:
    apart, together = (
        worth("glass blower", "blower of glass"),
        worth("glass blower", "glass blower"),
    )
    assert apart.run is None
    assert together.run is not None
    whole = sum(p.rarity for p in together.pieces)
    assert together.run.points == RUN_SHARE * whole * 2


def test_strict_pieces_must_stand_and_are_not_softened() -> None:
    told = meant('"glass blower" potter')
    assert [p.item.is_soft for p in told.pieces] == [False, True]
    assert [way.kind for way in told.strict[0].ways] == ["exact"]
    assert told.every is None  # one soft piece: whoever is found holds it


def test_a_word_that_nobody_says_does_not_hide_the_others() -> None:
    told = meant("glass qqqqzz")
    assert [p.is_said for p in told.pieces] == [True, False]
    assert told._least <= told.pieces[0].rarity


def test_a_tag_in_quotes_is_the_tag_alone() -> None:
    (bare,), (quoted,) = parse_words("#glassart").required, parse_words('"#glassart"').required
    assert (bare.is_soft, quoted.is_soft) == (True, False)
    assert bare.name == quoted.name == "#glassart"
    assert len(meant("#glassart").pieces[0].ways) > 1


@pytest.mark.parametrize("n", [0, 3, 40, 10_000])
def test_focus_falls_in_steps(n: int) -> None:
    factors = [factor for _, factor in FOCUS]
    assert factors == sorted(factors, reverse=True)
    assert LEAST_FOCUS <= focus_factor(n + 1) <= focus_factor(n) <= 1.0
    assert (16 * focus_factor(n)).is_integer()


def test_ways_are_few_and_the_typed_word_is_the_first() -> None:
    for text in ("food", "artist", "music"):
        (piece,) = meant(text).pieces
        assert len(piece.ways) <= MOST_WAYS
        assert piece.ways[0].said == text


def test_said_finds_phrases_inside_one_text_only() -> None:
    creator = Said({"bio_text": "salt and pepper", "post_text": "one salt\nand two"})
    phrase = parse_words('"salt and"').required[0].node()
    assert creator.fields(phrase) == ("bio",)
