"""Creators like others, by what they say and by who follows both."""

from typing import Any, NamedTuple

import pytest

from influencr.errors import UnknownValue, UsageError
from influencr.search import Lenses, Searcher, make_query, query_from_params, query_to_params
from influencr.search._distinct import distinctive, rarity

from .brand.conftest import World, crowd


class Share(NamedTuple):
    profile_id: str
    n_shared: int
    jaccard: float
    n_sampled: int = 40
    share: float = 0.5
    low: float = 0.4
    high: float = 0.6
    lift: float = 3.0
    jaccard_low: float = 0.1
    jaccard_high: float = 0.9


@pytest.fixture
def world(tmp_path: Any) -> World:
    return World(tmp_path)


def handles(results: Any) -> list[str]:
    return [hit.handle for hit in results.hits]


def test_by_content_with_the_reasons(world: World) -> None:
    found = world.searcher.search(make_query(similar="@rita"))
    assert handles(found) == ["kim", "olaf"]
    kim, olaf = found.hits
    assert kim.similar.topics == ("baking",)
    assert {"crumbshots", "sourdough", "rye"} <= set(kim.similar.words)
    assert olaf.similar.words == ("levain",)
    assert kim.similar.likeness > olaf.similar.likeness > 0
    assert kim.parts["similar"] == kim.similar.factor
    assert found.funnel[1].label == "similar to @rita by content"


def test_every_filter_and_page_works(world: World) -> None:
    assert handles(world.searcher.search(make_query(similar="@rita", language="de"))) == ["olaf"]
    first = world.searcher.search(make_query(similar="@rita", limit=1))
    second = world.searcher.search(make_query(similar="@rita", limit=1, after=first.next))
    assert handles(first) + handles(second) == ["kim", "olaf"]
    assert second.next is None
    assert {v.value: v.count for v in first.facets["topic"]} == {"baking": 2, "food": 1}


def test_like_several(world: World) -> None:
    found = world.searcher.search(make_query(similar=["@rita", "tiktok:@bea"]))
    assert set(handles(found)) == {"kim", "cleo", "olaf"}


def test_the_index_and_the_row_agree(world: World) -> None:
    query = make_query(similar="@rita")
    lens = world.searcher._lenses.of(query, world.searcher.snapshot())[0]
    for row in crowd():
        factors, _ = lens.see(row)
        least = [f for who, f in lens.scale(None).by if _has(world, who, row)]  # type: ignore[arg-type]
        assert factors["similar"] == (least[0] if least else 1 / 8)


def _has(world: World, node: Any, row: dict[str, Any]) -> bool:
    from influencr.index import And, Term

    return world.searcher.snapshot().count(And((node, Term("uid", row["profile_id"])))) == 1


def test_by_audience(world: World) -> None:
    known = {
        "tiktok:rita": [
            Share("tiktok:runa", 20, 0.5),
            Share("tiktok:bea", 9, 0.2),
            Share("tiktok:rita", 40, 1.0),
        ],
        "tiktok:bea": [],
    }
    lenses = Lenses(sharing=lambda i: (known[i], "whom else they follow"))
    searcher = Searcher(world.index, lenses=lenses)
    found = searcher.search(make_query(similar="@rita", similar_by="audience"))
    assert handles(found) == ["runa", "bea"]
    assert [hit.parts["similar"] for hit in found.hits] == [1.0, 7 / 16]
    sharing = found.hits[0].similar.sharing[0]
    assert (sharing.of, sharing.n_shared, sharing.lift) == ("@rita", 20, 3.0)
    with pytest.raises(UsageError, match="whom else they follow; ask by content"):
        searcher.search(make_query(similar="@bea", similar_by="audience"))


def test_where_nobody_knows_who_follows_whom(world: World) -> None:
    with pytest.raises(UsageError, match="nobody's followers are known"):
        world.searcher.search(make_query(similar="@rita", similar_by="audience"))
    with pytest.raises(UsageError, match="'@who' is not in the index"):
        world.searcher.search(make_query(similar="@who"))
    with pytest.raises(UnknownValue, match="content"):
        make_query(similar="@rita", similar_by="contents")


def test_words_that_tell_creators_apart(world: World) -> None:
    vocabulary = world.searcher.snapshot().vocabulary
    rows = [row for row in crowd() if row["handle"] in ("rita", "kim")]
    words = [one.word for one in distinctive(rows, vocabulary, limit=10)]
    assert "hello" not in words  # everybody says it
    assert "bakery" not in words  # nobody else says it
    words = [one.word for one in distinctive(rows[:1], vocabulary, limit=10, besides=["rye"])]
    assert set(words) == {"sourdough", "crumbshots", "levain"}


def test_rarity_falls_with_frequency() -> None:
    values = [rarity(n, 5_000) for n in (1, 2, 10, 100, 1_000, 5_000)]
    assert values == sorted(values, reverse=True)
    assert (values[0], values[-1], rarity(0, 10), rarity(1, 1)) == (1.0, 0.0, 0.0, 0.0)


def test_the_address_holds_brand_and_likeness() -> None:
    query = make_query(brand="Moon Flour", fit_min="50%", similar=["@a", "tiktok:@b"])
    params = query_to_params(query)
    assert params == {
        "brand": ["Moon Flour"],
        "fit_min": ["0.5"],
        "similar": ["@a", "tiktok:@b"],
    }
    assert query_from_params(params) == query
