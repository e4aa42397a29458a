"""The stated factors of activity and attention."""

import polars as pl

from influencr.index import (
    ACTIVITY_FACTORS,
    PARTS,
    attention,
    document,
    engagement_edges,
    engagement_factor,
)


def test_the_activity_factors_are_those_in_the_documentation() -> None:
    assert ACTIVITY_FACTORS == {"active": 1.0, "unknown": 0.75, "quiet": 0.5, "dormant": 0.25}
    assert PARTS == 128


def test_engagement_is_compared_within_a_platform() -> None:
    frame = pl.DataFrame(
        {
            "platform": ["tiktok"] * 1000 + ["bluesky"] * 1000,
            "engagement_rate": [i / 1000 for i in range(1000)] + [i / 10 for i in range(1000)],
        }
    )
    edges = engagement_edges(frame)
    assert engagement_factor(0.501, "tiktok", edges) == 1.5
    assert engagement_factor(50.1, "bluesky", edges) == 1.5
    assert engagement_factor(0.0, "tiktok", edges) == 1.0
    assert engagement_factor(9.0, "tiktok", edges) == 1 + 127 / 128
    assert engagement_factor(None, "tiktok", edges) == 1.0
    assert engagement_factor(0.5, "mastodon", edges) == 1.0


def test_equal_rates_share_the_middle() -> None:
    edges = engagement_edges(pl.DataFrame({"platform": ["x"], "engagement_rate": [0.02]}))
    assert engagement_factor(0.02, "x", edges) == 1 + 63 / 128


def test_quality_is_a_whole_number_of_512ths() -> None:
    for state, factor in ACTIVITY_FACTORS.items():
        row = {"profile_id": "a:1", "platform": "a", "activity_state": state}
        assert document(row, {})["quality"] == 512 * factor


def test_influence_comes_before_engagement_and_nothing_is_guessed() -> None:
    edges = engagement_edges(pl.DataFrame({"platform": ["x"], "engagement_rate": [0.02]}))
    assert attention(75.0, 0.0, "x", edges) == (1.75, "influence")
    assert attention(0.0, 0.9, "x", edges) == (1.0, "influence")
    assert attention(100.0, None, "x", edges) == (1 + 127 / 128, "influence")
    assert attention(None, 0.02, "x", edges) == (1 + 63 / 128, "engagement")
    assert attention(None, 0.02, "y", edges) == (1.0, "unknown")
    assert attention(None, None, "x", edges) == (1.0, "unknown")


def test_influence_is_indexed_as_the_percentile_of_its_size() -> None:
    row = {"profile_id": "a:1", "platform": "a", "influence": 40.0, "influence_percentile": 50.0}
    document_ = document({**row, "closeness": 0.25, "activity_state": "active"}, {})
    assert (document_["influence"], document_["closeness"]) == (50.0, 0.25)
    assert document_["quality"] == 512 * 1.5
    bare = document({"profile_id": "a:1", "platform": "a"}, {})
    assert (bare["influence"], bare["closeness"]) == (-1.0, -1.0)
