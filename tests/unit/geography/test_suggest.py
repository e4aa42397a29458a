from __future__ import annotations

import math
import random

import pytest

from influencr.errors import UsageError
from influencr.geography import Gazetteer
from influencr.geography.gazetteer._format import (
    FOREIGN,
    KIND_SHIFT,
    NOT_SHOWN,
    ROW_MASK,
    WEIGHT_BASE,
    WEIGHT_UNIT,
    NameKind,
    PlaceKind,
    stored_weight,
    suggestion_weight,
)
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._suggest import TYPED_OUT


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lond", "London, England, United Kingdom"),
        ("new y", "New York City, New York, United States"),
        ("New Yor", "New York City, New York, United States"),
        ("berlin", "Berlin, Germany"),
        ("wien", "Vienna, Austria"),
        ("東京", "Tokyo, Japan"),
        ("京", "Kyoto, Japan"),
        ("서울", "Seoul, South Korea"),
        ("مدينة نص", "Nasr City, Cairo, Egypt"),
        ("москв", "Moscow, Russia"),
        ("deutschl", "Germany"),
        ("paris, te", "Paris, Texas, United States"),
        ("Paris, TX", "Paris, Texas, United States"),
        ("dach", "DACH"),
        ("MÜNC", "Munich, Bavaria, Germany"),
        ("philly", "Philadelphia, Pennsylvania, United States"),
        ("bay are", "Bay Area"),
    ],
)
def test_autocomplete_puts_the_likely_place_first(
    gazetteer: Gazetteer, typed: str, first: str
) -> None:
    assert gazetteer.suggest(typed)[0].label == first


def test_a_foreign_name_does_not_push_in(gazetteer: Gazetteer) -> None:
    assert all("New York" in s.label for s in gazetteer.suggest("New Yor", 4))
    assert all("Indonesia" not in s.label for s in gazetteer.suggest("New Yor", 20))


def test_a_foreign_name_is_found_when_typed_out_and_said(gazetteer: Gazetteer) -> None:
    found = gazetteer.suggest("Pressburg")[0]
    assert (found.label, found.matched) == ("Bratislava, Slovakia", "pressburg")
    assert gazetteer.suggest("Bratislav")[0].matched == ""


def test_an_own_name_of_a_place_comes_before_a_larger_place_s_other_name(
    gazetteer: Gazetteer,
) -> None:
    labels = [s.label for s in gazetteer.suggest("san", 6)]
    assert "San Francisco, California, United States" in [
        s.label for s in gazetteer.suggest("san f", 3)
    ]
    assert sum(label.startswith("San") for label in labels) >= 5


def test_autocomplete_is_bounded_and_says_each_label_once(gazetteer: Gazetteer) -> None:
    found = gazetteer.suggest("san", 20)
    assert len(found) == 20
    assert len({s.label for s in found}) == 20
    assert gazetteer.suggest("  ") == []
    assert gazetteer.suggest("qqqqqq") == []
    assert gazetteer.suggest("qqqqqq, x") == []
    assert gazetteer.suggest("\U0010ffff") == []
    with pytest.raises(UsageError, match="limit is 0"):
        gazetteer.suggest("a", 0)


def test_autocomplete_lifts_places_with_creators(gazetteer: Gazetteer) -> None:
    plain = [s.label for s in gazetteer.suggest("paris", 3)]
    texas = next(s for s in gazetteer.suggest("paris, texas"))
    lifted = gazetteer.suggest("paris", 3, counts={texas.place_id: 100_000})
    assert plain[0] == "Paris, Île-de-France, France"
    assert lifted[0].label == "Paris, Texas, United States"
    assert [s.label for s in gazetteer.suggest("paris", 3, counts={1: 5})] == plain


def test_weights_survive_being_stored() -> None:
    own = suggestion_weight(900_000, NameKind.OFFICIAL, PlaceKind.CITY)
    other = suggestion_weight(900_000, NameKind.ALTERNATE, PlaceKind.CITY)
    least = suggestion_weight(0, NameKind.ALTERNATE, PlaceKind.UNION)
    assert own > other > least
    for weight in (own, other, least):
        stored = stored_weight(weight, typed_out=False, foreign=False)
        assert stored > FOREIGN
        assert (stored - FOREIGN - 1) / WEIGHT_UNIT - WEIGHT_BASE == pytest.approx(weight, abs=1e-3)
        assert 0 < stored_weight(weight, typed_out=False, foreign=True) <= FOREIGN
    assert stored_weight(own, typed_out=True, foreign=False) == 0


def _all_scores(
    gazetteer: Gazetteer, start: str, counts: dict[int, int]
) -> tuple[dict[int, float], dict[int, float]]:
    """Every place with a name that starts so: its best score, and its best as a foreign name."""
    own: dict[int, float] = {}
    foreign: dict[int, float] = {}
    suggester = gazetteer._suggester
    low, high = gazetteer.key_range(start)
    for position in range(low, high):
        first, _ = gazetteer.posting_range(position, position + 1)
        for at, posting in enumerate(gazetteer.postings(gazetteer.key(position))):
            row, stored = posting & ROW_MASK, int(suggester._weights[first + at])
            lift = math.log10(counts.get(gazetteer.ids[row], 0) + 1)
            if gazetteer.key(position) == start:
                weight = TYPED_OUT + suggestion_weight(
                    gazetteer.populations[row],
                    posting >> KIND_SHIFT,
                    gazetteer.kinds[row],
                    latin=start < "\u0250",
                )
                own[row] = max(weight + lift, own.get(row, -99.0))
            if stored > FOREIGN:
                weight = (stored - FOREIGN - 1) / WEIGHT_UNIT - WEIGHT_BASE
                if suggester._shared[first + at] < len(start):
                    weight -= NOT_SHOWN
                own[row] = max(weight + lift, own.get(row, -99.0))
            elif stored:
                foreign[row] = (stored - 1) / 100 - WEIGHT_BASE + lift
    return own, foreign


def test_autocomplete_equals_a_ranking_of_every_place(gazetteer: Gazetteer) -> None:
    rng = random.Random(6)
    prefixes = ["san ", "мо", "東", "new", "المد", "kreuz", "pressbu", "ber"]
    for _ in range(30):
        key = gazetteer.key(rng.randrange(gazetteer.n_keys))
        prefixes.append(key[: rng.randint(3, 6)].strip())
    counts = {
        gazetteer.ids[r]: rng.randint(1, 5_000) for r in rng.sample(range(len(gazetteer)), 3_000)
    }
    for start in map(name_key, prefixes):
        for given in ({}, counts):
            own, foreign = _all_scores(gazetteer, start, given)
            scored = own or foreign
            best: dict[str, float] = {}
            for row in sorted(scored, key=lambda r: (-scored[r], gazetteer.ids[r])):
                best.setdefault(gazetteer.label(row), scored[row])
            labels = list(best)
            found = gazetteer.suggest(start, 5, counts=given)
            # Two places whose weights are stored alike may change places.
            for wanted, got in zip(labels, found, strict=False):
                assert best[got.label] == pytest.approx(best[wanted], abs=0.011), (start, wanted)
            assert len(found) == min(5, len(labels))
