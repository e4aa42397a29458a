from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.geography import Gazetteer
from influencr.geography._evidence import Evidence
from influencr.geography.fusion._fuse import COUNTRY_FLOOR, HINTS_FLOOR, Fused, fuse
from influencr.geography.fusion._reliability import kinds
from influencr.geography.hints import hints
from influencr.geography.location._resolve import resolve


def place(gazetteer: Gazetteer, words: str) -> int:
    row = resolve(words, gazetteer).row
    assert row is not None
    return row


def clue(
    gazetteer: Gazetteer, kind: str, words: str, sure: float = 0.95, role: str = "lives"
) -> Evidence:
    return Evidence(kind, place(gazetteer, words), sure, words, role=role)


def label(fused: Fused, gazetteer: Gazetteer) -> str | None:
    return None if fused.row is None else gazetteer.label(fused.row)


def test_nothing_says_nothing(gazetteer: Gazetteer) -> None:
    assert fuse([], gazetteer) == Fused()
    trip = clue(gazetteer, "based", "Lisbon", role="visits")
    assert fuse([trip], gazetteer) == Fused()


def test_one_clue_is_believed_as_far_as_its_kind(gazetteer: Gazetteer) -> None:
    pin = fuse([clue(gazetteer, "pin", "Lyon, France")], gazetteer)
    assert label(pin, gazetteer) == "Lyon, Auvergne-Rhône-Alpes, France"
    assert (pin.country, pin.basis) == ("FR", "bio")
    believed = kinds()["pin"].country * 0.95
    assert pin.confidence == pytest.approx(believed, abs=0.01)
    assert 0.5 <= pin.finest <= pin.confidence
    assert pin.reason == "bio: 📍 'Lyon, France' -> Lyon, Auvergne-Rhône-Alpes, France"
    assert pin.evidence == [pin.reason]
    weaker = fuse([clue(gazetteer, "mention", "Lyon, France")], gazetteer)
    assert weaker.confidence < pin.confidence


def test_agreeing_clues_make_surer_and_those_of_one_family_less_so(gazetteer: Gazetteer) -> None:
    alone = fuse([clue(gazetteer, "flag", "Kenya", 1.0)], gazetteer).confidence
    two_flags = fuse(
        [clue(gazetteer, "flag", "Kenya", 1.0), clue(gazetteer, "demonym", "Kenya", 1.0)], gazetteer
    ).confidence
    flag_and_pin = fuse(
        [clue(gazetteer, "flag", "Kenya", 1.0), clue(gazetteer, "pin", "Nairobi", 0.8)], gazetteer
    ).confidence
    assert alone < two_flags < flag_and_pin


def test_finer_words_refine_coarser_ones_that_agree(gazetteer: Gazetteer) -> None:
    fused = fuse(
        [clue(gazetteer, "platform_country", "France"), clue(gazetteer, "pin", "Lyon")], gazetteer
    )
    assert label(fused, gazetteer) == "Lyon, Auvergne-Rhône-Alpes, France"
    assert fused.basis == "bio"
    fused = fuse(
        [clue(gazetteer, "location", "Bavaria"), clue(gazetteer, "based", "Munich")], gazetteer
    )
    assert label(fused, gazetteer) == "Munich, Bavaria, Germany"


ORDER = ["location", "pin", "platform_country", "flag", "language"]


@pytest.mark.parametrize(("first", "second"), [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)])
def test_who_goes_before_whom_when_they_conflict(
    gazetteer: Gazetteer, first: int, second: int
) -> None:
    said = [
        clue(gazetteer, ORDER[first], "Portugal", 0.9),
        clue(gazetteer, ORDER[second], "Ghana", 0.9),
    ]
    for evidence in (said, said[::-1]):
        fused = fuse(evidence, gazetteer)
        assert fused.country == "PT"
        alone = fuse(said[:1], gazetteer)
        assert fused.confidence < alone.confidence
        assert any(line.startswith("against: ") for line in fused.evidence)


def test_a_language_does_not_overrule_words(gazetteer: Gazetteer) -> None:
    fused = fuse([clue(gazetteer, "pin", "Oslo"), *hints(language="th")], gazetteer)
    assert fused.country == "NO"
    assert "against: language: writes Thai -> Thailand" in fused.evidence


def test_a_language_decides_between_two_equal_places(gazetteer: Gazetteer) -> None:
    flags = [clue(gazetteer, "flags", "Italy", 0.5), clue(gazetteer, "flags", "Japan", 0.5)]
    assert fuse([*flags, *hints(language="ja")], gazetteer).country == "JP"
    assert fuse([*flags, *hints(language="it")], gazetteer).country == "IT"


def test_hints_alone_claim_a_country_only_when_hardly_another_is_possible(
    gazetteer: Gazetteer,
) -> None:
    thai = fuse(hints(language="th"), gazetteer)
    assert (thai.country, thai.basis) == ("TH", "hints")
    assert thai.confidence >= HINTS_FLOOR
    assert label(thai, gazetteer) == "Thailand"
    assert thai.reason == "language: writes Thai -> Thailand"
    for language in ("es", "en", "ar", "fr", "pt", "de"):
        fused = fuse(hints(language=language), gazetteer)
        assert fused.row is None
        assert fused.confidence == 0.0
        assert fused.basis is None
        assert fused.reason.startswith("no words name a place")
        assert fused.evidence
    several = fuse(
        hints(language="de", time_zone="Europe/Berlin", links=["https://backen.example.de"]),
        gazetteer,
    )
    assert (several.country, several.basis) == ("DE", "hints")
    assert several.row == gazetteer.country_row["DE"]


def test_weak_words_below_the_floor_are_a_guess_and_no_claim(gazetteer: Gazetteer) -> None:
    fused = fuse([clue(gazetteer, "mention", "Peru", 0.4)], gazetteer)
    assert fused.row is None
    assert fused.reason == (
        "the clues are too weak or contradict each other; best guess Peru (36%), by bio: 'Peru'"
    )
    assert [gazetteer.name(o.row) for o in fused.others] == ["Peru"]


def test_where_somebody_is_from_stays_as_origin(gazetteer: Gazetteer) -> None:
    fused = fuse(
        [clue(gazetteer, "location", "London, UK"),
         clue(gazetteer, "origin", "Lagos, Nigeria", role="origin"),
         clue(gazetteer, "flag", "Nigeria", 1.0)],
        gazetteer,
    )  # fmt: skip
    assert label(fused, gazetteer) == "London, England, United Kingdom"
    roles = {gazetteer.label(o.row): o.role for o in fused.others}
    assert roles["Lagos, Nigeria"] == "origin"
    assert all(0 <= o.weight <= 1 for o in fused.others)
    assert "against: flag of Nigeria in the bio" in fused.evidence


def test_a_stated_home_silences_the_origin_and_the_language_with_it(gazetteer: Gazetteer) -> None:
    said = [
        clue(gazetteer, "origin", "São Paulo", role="origin"),
        *hints(language="pt", bio="você"),
    ]
    assert fuse(said, gazetteer).country == "BR"
    fused = fuse([clue(gazetteer, "part", "Watford, UK", 0.85), *said], gazetteer)
    assert label(fused, gazetteer) == "Watford, England, United Kingdom"
    assert [(gazetteer.name(o.row), o.role) for o in fused.others] == [("São Paulo", "origin")]


def test_the_second_home_is_kept(gazetteer: Gazetteer) -> None:
    fused = fuse(
        [
            clue(gazetteer, "location", "Lyon, France"),
            clue(gazetteer, "also", "Geneva, Switzerland", 0.4),
        ],
        gazetteer,
    )
    assert fused.country == "FR"
    assert [(gazetteer.name(o.row), o.role) for o in fused.others] == [("Geneva", "lives")]


def test_a_borough_and_its_city_are_one_place(gazetteer: Gazetteer) -> None:
    fused = fuse(
        [clue(gazetteer, "location", "New York City"), clue(gazetteer, "pin", "Brooklyn, NYC")],
        gazetteer,
    )
    assert label(fused, gazetteer) == "New York City, New York, United States"
    alone = fuse([clue(gazetteer, "location", "New York City")], gazetteer)
    assert fused.finest >= alone.finest


def test_own_coordinates_go_with_the_place(gazetteer: Gazetteer) -> None:
    row = place(gazetteer, "Berlin")
    said = Evidence("location", row, 0.97, "52.51,13.37", point=(52.51, 13.37))
    assert fuse([said], gazetteer).point == (52.51, 13.37)


PLACES = ["Lyon", "Paris, TX", "Texas", "Japan", "Lagos, Nigeria", "Bavaria", "Kenya", "Brooklyn"]
EVIDENCE = st.lists(
    st.tuples(
        st.sampled_from([k for k, row in kinds().items() if row.basis != "hints"]),
        st.sampled_from(PLACES),
        st.floats(0.05, 1.0),
        st.sampled_from(["lives", "origin"]),
    ),
    max_size=5,
)
HINTS = st.fixed_dictionaries(
    {
        "language": st.sampled_from([None, "en", "th", "es", "ja", "fr"]),
        "time_zone": st.sampled_from([None, "Asia/Tokyo", "UTC+1", "Europe/Paris"]),
        "bio": st.sampled_from([None, "+81 3 5550 1234", "a@b.example.ng"]),
    }
)


@settings(deadline=None, max_examples=150)
@given(said=EVIDENCE, weak=HINTS, order=st.randoms(use_true_random=False))
def test_laws(
    gazetteer: Gazetteer,
    said: list[tuple[str, str, float, str]],
    weak: dict[str, str | None],
    order: random.Random,
) -> None:
    evidence = [clue(gazetteer, kind, words, sure, role) for kind, words, sure, role in said]
    evidence += hints(**weak)  # type: ignore[arg-type]
    fused = fuse(evidence, gazetteer)
    # Whoever comes first makes no difference.
    order.shuffle(evidence)
    assert fuse(evidence, gazetteer) == fused
    if fused.row is None:
        assert fused.country is None
        assert fused.basis is None
        return
    assert fused.country == gazetteer.country(fused.row)
    assert COUNTRY_FLOOR <= fused.confidence <= 1.0
    assert fused.finest <= fused.confidence
    # A level finer than the country comes from words that name it.
    named = {e.row for e in evidence if e.row is not None}
    kind = gazetteer.kind(fused.row)
    if kind != "country":
        inside = {gazetteer.admin1s[row] for row in named} | named
        assert fused.row in inside
    if fused.basis == "hints":
        assert kind == "country"
        assert fused.confidence >= HINTS_FLOOR
    assert fused.reason
    assert fused.evidence
    assert len(fused.others) <= 3
    assert fused.row not in {o.row for o in fused.others}
