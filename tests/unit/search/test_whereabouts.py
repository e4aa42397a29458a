"""Where the results are: every count against a count by hand, and nobody twice or dropped."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import polars as pl
import pytest
from tests.unit.search.conftest import AS_OF, Places, person

from influencr.index.columns import ColumnIndex
from influencr.index.tantivy import TantivyIndex
from influencr.search import Geography, NamedPlace, Searcher, make_query

#: id -> (name, kind); cities have points, regions and countries have none, 9 is in no list.
WORLD = {
    **{i: (f"City {i}", "city") for i in range(1, 9)},
    **{i: (f"Region {i}", "admin1") for i in (21, 22)},
    **{i: (f"Country {i}", "country") for i in (31, 32)},
}
LEVELS = {"city": "city", "admin1": "admin1", "country": "country"}


class SmallWorld(Places):
    def named(self, place_ids: Iterable[int]) -> dict[int, NamedPlace]:
        return {
            i: NamedPlace(
                place_id=i,
                name=WORLD[i][0],
                label=f"{WORLD[i][0]}, Somewhere",
                typed=WORLD[i][0],
                kind=WORLD[i][1],
                country="FR",
                lat=float(i) if WORLD[i][1] == "city" else None,
                lon=float(-i) if WORLD[i][1] == "city" else None,
            )
            for i in place_ids
            if i in WORLD
        }


def crowd() -> list[dict[str, Any]]:
    """300 people in cities, regions and countries, some at a place that nobody knows, some lost."""
    drawn = random.Random(8)
    rows = []
    for i in range(300):
        where = drawn.choice([*WORLD, 9, None])
        kind = None if where is None else LEVELS[WORLD.get(where, ("", "city"))[1]]
        rows.append(
            person(
                f"Person {i}",
                bio_text="vegan" if i % 3 else "rye",
                followers=drawn.randrange(10, 100_000),
                place_id=where,
                place_level=kind,
                country="FR" if where else None,
                lat=float(where) if kind == "city" else None,
                lon=float(-where) if kind == "city" else None,
            )
        )
    return rows


@pytest.fixture(scope="module", params=[ColumnIndex, TantivyIndex])
def searcher(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    index = request.param(tmp_path_factory.mktemp("where") / "index")
    index.build(pl.DataFrame(crowd(), infer_schema_length=None), as_of=AS_OF, demo=True)
    return Searcher(index, places=SmallWorld())


@pytest.mark.parametrize(
    "fields",
    [{}, {"text": "rye"}, {"text": "vegan", "followers_min": 20_000}, {"text": "nobody says this"}],
)
def test_counts_are_those_of_a_count_by_hand(searcher: Searcher, fields: dict[str, Any]) -> None:
    def passes(row: dict[str, Any]) -> bool:
        said = fields.get("text") in (None, row["bio_text"])
        return said and row["followers"] >= fields.get("followers_min", 0)

    rows = [row for row in crowd() if passes(row)]
    by_place = Counter(row["place_id"] for row in rows)
    query = make_query(**fields)
    found = searcher.whereabouts(query)
    assert found.total == searcher.search(query).total

    cities = {i: n for i, n in by_place.items() if i in WORLD and WORLD[i][1] == "city"}
    assert {one.place.place_id: one.n for one in found.places} == cities
    coarse = {one.place.place_id: one.n for one in found.coarse if one.place}
    assert coarse == {i: n for i, n in by_place.items() if i in WORLD and WORLD[i][1] != "city"}
    assert sum(one.n for one in found.coarse if one.place is None) == by_place[9]
    assert found.unknown == by_place[None]
    # The law of every map: nobody twice, nobody dropped.
    assert found.n_placed + found.n_coarse + found.unknown == found.total == len(rows)
    assert [one.n for one in found.places] == sorted(cities.values(), reverse=True)


def test_whoever_is_known_to_a_region_only_has_no_point(searcher: Searcher) -> None:
    found = searcher.whereabouts(make_query())
    assert all(one.place.kind == "city" for one in found.places)
    assert all(one.place is None or one.place.lat is None for one in found.coarse)


def test_the_gazetteer_names_places_and_leaves_out_what_it_does_not_hold() -> None:
    named = Geography().named([2950159, 2921044, 1])
    assert named[2950159].label == "Berlin, Germany"
    assert named[2950159].kind == "city"
    assert named[2921044].typed == "Germany"
    assert 1 not in named
