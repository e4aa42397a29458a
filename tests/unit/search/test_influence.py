"""Influence in a search: it ranks, filters, sorts, loosens, and says what it was read from."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from influencr.index.columns import ColumnIndex
from influencr.index.tantivy import TantivyIndex
from influencr.search import Searcher, make_query, ordinal

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


def rows() -> list[dict[str, Any]]:
    known = {
        # name: (percentile, closeness, engagement rate, followers)
        "high": (90.0, 0.5, 0.001, 900),
        "middle": (50.0, 0.25, 0.09, 90_000),
        "rate": (None, None, 0.05, 5_000_000),
        "none": (None, None, None, 70_000_000),
        "low": (0.0, 0.0, 0.4, 12),
    }
    return [
        {
            "profile_id": f"tiktok:{name}",
            "platform": "tiktok",
            "handle": name,
            "bio_text": "rye bread",
            "activity_state": "active",
            "label": "public_figure" if name == "middle" else "creator",
            "influence_percentile": percentile,
            "influence": None if percentile is None else 1000.0 - percentile,
            "closeness": close,
            "engagement_rate": rate,
            "followers": followers,
        }
        for name, (percentile, close, rate, followers) in known.items()
    ]


@pytest.fixture(scope="module", params=[ColumnIndex, TantivyIndex])
def searcher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    index = request.param(tmp_path_factory.mktemp("influence") / "index")
    index.build(pl.DataFrame(rows(), infer_schema_length=None), as_of=AS_OF)
    return Searcher(index)


def names(searcher: Searcher, **asked: Any) -> list[str]:
    return [hit.handle or "" for hit in searcher.search(make_query(**asked)).hits]


def test_influence_ranks_where_it_is_known_and_reach_never_does(searcher: Searcher) -> None:
    hits = {hit.handle: hit for hit in searcher.search(make_query(text="rye")).hits}
    assert {name: (h.attention, h.parts["attention"]) for name, h in hits.items()} == {
        "high": ("influence", 1 + 115 / 128),
        "middle": ("influence", 1.5),
        "rate": ("engagement", hits["rate"].parts["attention"]),
        "none": ("unknown", 1.0),
        "low": ("influence", 1.0),
    }
    assert hits["rate"].parts["attention"] > 1
    order = names(searcher, text="rye")
    assert order[0] == "high"
    assert set(order[-2:]) == {"none", "low"}


def test_filters_take_nobody_of_whom_it_is_unknown(searcher: Searcher) -> None:
    assert set(names(searcher, influence_min=0)) == {"high", "middle", "low"}
    assert names(searcher, influence_min=90) == ["high"]
    assert set(names(searcher, closeness_min="25%")) == {"high", "middle"}


def test_sorted_by_influence_the_unknown_come_last(searcher: Searcher) -> None:
    order = names(searcher, sort="influence")
    assert order[:3] == ["high", "middle", "low"]
    assert set(order[3:]) == {"rate", "none"}


def test_the_smallest_loosening_steps_down_the_percentiles(searcher: Searcher) -> None:
    found = searcher.search(make_query(influence_min=90))
    (way,) = found.loosenings
    assert way.change == {"influence_min": 50.0}
    assert way.label == "influence from the 50th percentile of the size"
    assert way.adds == 1
    (way,) = searcher.search(make_query(closeness_min=0.4)).loosenings
    assert (way.change, way.adds) == ({"closeness_min": 0.2}, 1)


def test_who_is_behind_it_is_a_facet_with_public_figures(searcher: Searcher) -> None:
    facet = searcher.search(make_query()).facets["label"]
    assert {value.value: value.count for value in facet} == {"creator": 4, "public_figure": 1}
    assert names(searcher, label="public_figure") == ["middle"]


def test_the_histogram_counts_percentiles(searcher: Searcher) -> None:
    found = searcher.search(make_query(histograms="influence", influence_min=90))
    bars = found.histograms["influence"]
    assert sum(bars.counts) == 3  # its own filter is left out
    assert bars.unknown == 2


def test_why_tells_the_percentile(searcher: Searcher) -> None:
    told = searcher.explain(make_query(influence_min=90), "tiktok:middle")
    (failed,) = [check for check in told.filters if not check.passed]
    assert (failed.filter, failed.value) == ("influence_min", "50")


def test_ordinals() -> None:
    assert [ordinal(n) for n in (0, 1, 2, 3, 11, 12, 13, 21, 99.5)] == [
        *("0th", "1st", "2nd", "3rd", "11th", "12th", "13th", "21st", "99.5th"),
    ]
