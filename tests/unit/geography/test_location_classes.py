"""Real ways of writing, and of not writing, where one is; strings of our own, by error class."""

from __future__ import annotations

from pathlib import Path

import pytest

from influencr.geography import Gazetteer
from influencr.geography._evidence import Prior
from influencr.geography.location._prepare import coordinates, prepare
from influencr.geography.location._resolve import resolve

_FILE = Path(__file__).with_name("location_classes.tsv")


def _cases() -> list[tuple[str, str, str, str]]:
    lines = [
        line.split("\t")
        for line in _FILE.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    return [tuple((*line, "", "", "")[:4]) for line in lines]  # type: ignore[misc]


_ALL = _cases()


@pytest.mark.parametrize(("text", "country", "division", "city"), [c for c in _ALL if c[1]])
def test_a_place_is_read(
    gazetteer: Gazetteer, text: str, country: str, division: str, city: str
) -> None:
    found = resolve(text, gazetteer)
    assert found.row is not None, found.reason
    label = gazetteer.label(found.row)
    assert gazetteer.country(found.row) == country, label
    if division:
        assert (gazetteer.admin1(found.row) or "").endswith(f"-{division}"), label
    if city:
        place = gazetteer.at(found.row)
        assert place.kind == "city", label
        wanted = [p for p, _ in gazetteer.named(city) if p.kind == "city" and p.country == country]
        assert wanted, city
        assert any(
            gazetteer.flat_km(found.row, gazetteer.row(p.id) or 0) <= 45.0 for p in wanted
        ), label
    assert 0.3 < found.confidence < 1.0


@pytest.mark.parametrize("text", [c[0] for c in _ALL if not c[1]])
def test_what_names_no_place_is_refused(gazetteer: Gazetteer, text: str) -> None:
    found = resolve(text, gazetteer)
    assert found.row is None, gazetteer.label(found.row)
    assert found.reason


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        ("London via Lagos", "London", [("Lagos", "origin")]),
        ("Paris / New York", "Paris", [("New York City", "lives")]),
        ("born in Ghana, living in Leeds", "Leeds", [("Ghana", "origin")]),
        ("🇳🇬🇬🇧", "Nigeria", [("United Kingdom", "lives")]),
        ("Brooklyn, NYC", "Brooklyn", []),
        ("Munich, Bavaria, Germany", "Munich", []),
    ],
)
def test_several_places_keep_their_roles(
    gazetteer: Gazetteer, text: str, first: str, others: list[tuple[str, str]]
) -> None:
    found = resolve(text, gazetteer)
    assert found.row is not None
    assert gazetteer.name(found.row) == first
    assert [(gazetteer.name(row), role) for row, role, _ in found.others] == others
    assert sum(weight for _, _, weight in found.others) < 1.0


def test_hints_choose_between_readings_and_never_make_a_place(gazetteer: Gazetteer) -> None:
    american = Prior({"US": 3.0}, frozenset({"America/New_York"}))
    for text, plain, hinted in (
        ("Georgia", None, "US-GA"),
        ("Athens", "GR-I", "US-GA"),
        ("918", None, "US-OK"),
        ("405/918", None, "US-OK"),
    ):
        alone = resolve(text, gazetteer)
        if plain is not None:
            assert alone.row is not None
            assert gazetteer.admin1(alone.row) == plain
        told = resolve(text, gazetteer, prior=american)
        assert told.row is not None, text
        assert gazetteer.admin1(told.row) == hinted
    for text in ("Hogwarts", "in my bed", "she/her", "999"):
        assert resolve(text, gazetteer, prior=american).row is None


def test_a_state_behind_an_unknown_town_is_the_answer(gazetteer: Gazetteer) -> None:
    for text, label in (
        ("Smallwick Falls, OH", "Ohio, United States"),
        ("Smallwick, Kent", "Kent, England, United Kingdom"),
        ("Smallwick, Bavaria", "Bavaria, Germany"),
    ):
        row = resolve(text, gazetteer).row
        assert row is not None
        assert gazetteer.label(row) == label


def test_degrees_and_post_codes() -> None:
    assert coordinates("N 35°30' 0'' / W 97°30' 0''") == (35.5, -97.5)
    assert coordinates("10°30'S 20°15'E") == (-10.5, 20.25)
    assert coordinates("95°0'N 20°0'E") is None
    assert coordinates("45° outside, sunny") is None
    assert prepare("Chicago, IL 60614").segments == ["Chicago", "IL"]
    assert prepare("Leeds LS1 4AP").segments == ["Leeds"]


def test_long_and_hostile_strings_take_no_time(gazetteer: Gazetteer) -> None:
    for text in (
        "- or .",
        "' and '",
        "? & !",
        "a" * 5_000,
        "., " * 2_000,
        "in " * 1_500 + "Leeds",
        "🇫🇷" * 400,
        "(" * 3_000,
    ):
        found = resolve(text, gazetteer)
        assert found.reason or found.row is not None
