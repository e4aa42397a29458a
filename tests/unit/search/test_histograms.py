"""What a slider draws: exact bars, the slider's own filter left out, edges that never move."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from influencr.errors import UnknownValue
from influencr.index.columns import ColumnIndex
from influencr.search import Query, Searcher, make_query, query_from_params, query_to_params
from influencr.search._histograms import EDGES
from influencr.search._query import HISTOGRAMS

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def dozen(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    n = 12
    days = [0.0, 1.0, 1.5, 30.0, 31.0, 800.0, None, 3.0, 3.0, 3.0, 3.0, 3.0]
    frame = pl.DataFrame(
        {
            "profile_id": [f"mastodon:{i}" for i in range(n)],
            "platform": ["mastodon"] * n,
            "bio_text": ["knots" if i % 2 else "knots and sails" for i in range(n)],
            "followers": [None, 99, 100, 150, 200, 499, 500, 10**7, 10**8, 5 * 10**7, 0, 1_000],
            "engagement_rate": [None, 0.0, 0.0009, 0.001, 0.5, 1.0, *[0.02] * 6],
            "last_post_at": [None if d is None else AS_OF - timedelta(days=d) for d in days],
            "activity_state": ["active"] * n,
        },
        schema_overrides={"last_post_at": pl.Datetime("us", "UTC")},
    )
    folder: Path = tmp_path_factory.mktemp("dozen")
    index = ColumnIndex(folder / "index")
    index.build(frame, as_of=AS_OF)
    return Searcher(index)


def bars(searcher: Searcher, name: str, **fields: object) -> tuple[dict[str, int], int]:
    found = searcher.search(make_query(histograms=name, **fields)).histograms[name]
    assert found.edges == EDGES[name]
    assert len(found.counts) == len(found.edges) + 1
    names = ["under", *(f"{edge:g}" for edge in found.edges)]
    return {b: n for b, n in zip(names, found.counts, strict=True) if n}, found.unknown


def test_bars_hold_their_lower_edge(dozen: Searcher) -> None:
    found, unknown = bars(dozen, "followers")
    assert unknown == 1
    assert found == {
        "under": 2, "100": 2, "200": 2, "500": 1, "1000": 1, "1e+07": 1, "5e+07": 2,
    }  # fmt: skip
    found, unknown = bars(dozen, "engagement")
    assert (found, unknown) == ({"under": 2, "0.001": 1, "0.02": 6, "0.5": 2}, 1)


def test_ages_are_counted_as_the_filter_of_days_counts_them(dozen: Searcher) -> None:
    found, unknown = bars(dozen, "last_post_days")
    # "1" is from more than one day to two days, "30" from more than thirty to sixty.
    assert (found, unknown) == ({"under": 2, "1": 1, "2": 5, "14": 1, "30": 1, "730": 1}, 1)
    for days in EDGES["last_post_days"]:
        within = dozen.count(make_query(active_within_days=int(days)))
        shown = dozen.search(make_query(histograms="last_post_days")).histograms["last_post_days"]
        assert within == sum(shown.counts[: shown.edges.index(days) + 1])


def test_the_own_filter_is_left_out_and_others_are_not(dozen: Searcher) -> None:
    whole, _ = bars(dozen, "followers")
    assert bars(dozen, "followers", followers_min=1_000)[0] == whole
    fewer, unknown = bars(dozen, "followers", text="sails", followers_max=100)
    assert sum(fewer.values()) + unknown == dozen.count(make_query(text="sails"))


def test_only_what_is_asked_for_is_counted(dozen: Searcher) -> None:
    assert dozen.search(Query()).histograms == {}
    asked = make_query(histograms=HISTOGRAMS)
    assert tuple(dozen.search(asked).histograms) == HISTOGRAMS
    assert query_from_params(query_to_params(asked)) == asked
    with pytest.raises(UnknownValue, match="followers"):
        make_query(histograms="follower")


def test_edges_rise() -> None:
    assert tuple(EDGES) == HISTOGRAMS
    for edges in EDGES.values():
        assert list(edges) == sorted(set(edges))
