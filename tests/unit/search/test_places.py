"""Places of a search: several, left out, own coordinates, and those that end the words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.index.columns import ColumnIndex
from influencr.search import Geography, Located, Searcher, make_query, place_choice


def test_several_places_are_a_union(ask: Any) -> None:
    both = ask(place="Lyon or Geneva")
    assert {h.creator["display_name"] for h in both.hits} == {"Ana Vidal", "Cleo"}
    assert both.place.several == ("Lyon, FR", "Geneva, CH")
    assert both.place.label == "Lyon, FR or Geneva, CH"


def test_what_is_left_out_stays_out(ask: Any) -> None:
    assert set(ask.names(place="France except Lyon")) == {"Bo Chen", "Emil", "Fay"}
    near = ask(near="Lyon except Villeurbanne", within_km=20)
    assert [h.creator["display_name"] for h in near.hits] == ["Ana Vidal"]


def test_rings_of_two_radii_count_nobody_twice(ask: Any) -> None:
    found = ask(near="Lyon or Villeurbanne", within_km=20)
    assert found.total == len(found.hits) == 2
    assert {h.parts["place"] for h in found.hits} == {1.0}
    for hit in found.hits:
        assert hit.score == pytest.approx(np.prod(list(hit.parts.values())))
        assert hit.distance_km is not None
        assert hit.distance_km < 4


def test_a_radius_beside_a_region_is_not_widened(ask: Any) -> None:
    # A region has no centre: a wider radius for all places would be no question.
    assert ask(text="vegan", place="France or Geneva", limit=1).total
    wider = ask(near="Sydney or Geneva", within_km=5, text="vegan").loosenings
    assert wider
    assert all("within_km" in w.change for w in wider)


def test_words_that_end_with_a_place(ask: Any) -> None:
    taken = ask(text="vegan in Lyon")
    assert taken.text == "vegan"
    assert taken.place.words == "Lyon"
    assert taken.query == {"text": "vegan in Lyon"}
    apart = ask(text="vegan", place="Lyon")
    assert [h.profile_id for h in taken.hits] == [h.profile_id for h in apart.hits]
    assert ask.searcher.count(make_query(text="vegan in Lyon")) == apart.total
    for loosening in taken.loosenings:
        # A change is made to what was typed, so it says the words and the place apart.
        assert "text" in loosening.change
        again = make_query(**{"text": "vegan in Lyon", **loosening.change})
        assert ask.query(again).total == taken.total + loosening.adds


@pytest.mark.parametrize(
    "filters", [{"words_only": True}, {"place": "France"}, {"country": "FR"}, {"near": "Lyon"}]
)
def test_words_stay_words_beside_another_place(ask: Any, filters: dict[str, Any]) -> None:
    found = ask(text="vegan in Lyon", **filters)
    assert found.text == "vegan in Lyon"
    assert found.place is None or found.place.words is None


def test_a_bare_place_is_searched_as_words_and_offered(ask: Any) -> None:
    found = ask(text="vegan Lyon")
    assert found.place is None
    assert (found.offer.text, found.offer.label) == ("vegan", "Lyon, FR")


def test_a_next_page_reads_the_words_the_same_way(ask: Any) -> None:
    first = ask(text="vegan in Lyon", everything=True, limit=1)
    second = ask(text="vegan in Lyon", everything=True, limit=1, after=first.next)
    assert first.hits[0].profile_id != second.hits[0].profile_id
    assert second.place.words == "Lyon"


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """One creator in Austin, one whose own coordinates lie 40 km away, one known to Texas only."""
    rows = [
        {"profile_id": f"tiktok:{name}", "platform": "tiktok", "handle": name, "country": "US"}
        | {"admin1": "US-TX", "activity_state": "active", "label": "creator"}
        | where
        for name, where in (
            ("centre", {"place_level": "city", "place_id": 4671654, "lat": 30.26715,
                        "lon": -97.74306}),
            ("outskirts", {"place_level": "city", "place_id": 4671654, "lat": 30.62715,
                           "lon": -97.74306}),
            ("texan", {"place_level": "admin1", "place_id": 4736286}),
            ("hongkong", {"place_level": "admin1", "place_id": -5, "country": "HK",
                          "admin1": None}),
        )
    ]  # fmt: skip
    index = ColumnIndex(Path(tmp_path_factory.mktemp("moved")) / "index")
    frame = pl.DataFrame(rows, infer_schema_length=None)
    index.build(frame, as_of=datetime(2026, 1, 1, tzinfo=UTC))
    return Searcher(index)


def handles(searcher: Searcher, **fields: Any) -> set[str]:
    return {str(h.handle) for h in searcher.search(make_query(**fields)).hits}


def test_own_coordinates_are_checked_and_not_the_nearest_town(moved: Searcher) -> None:
    # 0.36 degrees of latitude are 40.03 km.
    assert handles(moved, near="Austin", within_km=39.9) == {"centre"}
    assert handles(moved, near="Austin", within_km=40.1) == {"centre", "outskirts"}
    assert handles(moved, near="30.62715, -97.74306", within_km=1) == {"outskirts"}
    assert handles(moved, place="Austin") == {"centre", "outskirts"}


def test_a_region_is_never_inside_a_radius_unless_asked(moved: Searcher) -> None:
    for km in (10, 500, 20_000):
        assert "texan" not in handles(moved, near="Austin", within_km=km)
    asked = moved.search(make_query(near="Austin", within_km=100, include_region_level=True))
    assert [h.handle for h in asked.hits][-1] == "texan"
    assert asked.hits[-1].parts["place"] == 0.5
    assert moved.search(make_query(near="Austin", within_km=100)).unlocated == 1
    assert handles(moved, place="Texas") == {"centre", "outskirts", "texan"}


def test_places_of_our_own_have_negative_ids_and_are_indexed(moved: Searcher) -> None:
    assert handles(moved, country="HK") == {"hongkong"}
    assert handles(moved, place="SoCal") == set()


def test_half_the_earth_is_named_by_its_countries(moved: Searcher) -> None:
    held = {"place": {}, "country": {}, "admin1": {}, "point": {
        "FR/FR-ARA/45.75,4.85": 2, "FR/FR-IDF/48.85,2.35": 1, "CH/CH-GE/46.2,6.14": 1,
        "FR": 3, "FR/FR-ARA": 2, "FR/FR-IDF": 1, "CH": 1, "CH/CH-GE": 1,
    }}  # fmt: skip
    located = Located(held)
    away = located.distances(45.75, 4.85)
    assert located.tokens(away <= 20_000) == ("CH", "FR")
    assert located.tokens(away <= 200) == ("CH", "FR/FR-ARA")
    assert located.tokens(away <= 10) == ("FR/FR-ARA",)
    assert located.tokens(away < 0) == ()
    assert located.points(away <= 10) == {"FR/FR-ARA/45.75,4.85"}
    assert Located({}).tokens(Located({}).distances(0.0, 0.0) <= 1) == ()


def test_creators_weigh_in_when_a_name_has_two_readings() -> None:
    nobody = Located({})
    texans = Located({"place": {4717560: 400}, "country": {"US": 400}, "admin1": {}, "point": {}})
    geography = Geography()
    paris = geography.ask("Paris", within_km=None, near=False, located=nobody)
    assert paris.country == "FR"
    here = geography.ask("Paris", within_km=None, near=False, located=texans)
    assert here.label == "Paris, Texas, United States"
    assert here.alternatives[0] == "Paris, Île-de-France, France"
    assert place_choice(here).population == here.population


def test_suggestions_tell_the_creators_there_and_complete_what_is_typed() -> None:
    held = {"place": {2950159: 3, 2885657: 2}, "country": {"DE": 6}, "admin1": {"DE-BE": 6}}
    located = Located(held)  # 2885657 is a part of Berlin; one is known to the state only
    geography = Geography()
    first = geography.suggest("near berli", limit=5, located=located)[0]
    assert (first.label, first.typed) == ("Berlin, Germany", "near Berlin, Germany")
    assert first.n_creators == 6
    assert geography.suggest("Spain, portu", limit=5, located=located)[0].typed == (
        "Spain, Portugal"
    )
    assert {p.kind for p in geography.suggest("50 km um ger", limit=5, located=located)} == {"city"}
    assert geography.suggest("germ", limit=1, located=located)[0].n_creators == 6
    assert geography.suggest("georgia", limit=9, located=located)[0].label in (
        "Georgia (country)",
        "Georgia, United States",
    )
