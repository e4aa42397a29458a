"""The stated factors of activity and engagement."""

import polars as pl

from influencr.index import ACTIVITY_FACTORS, PARTS, document, engagement_edges, engagement_factor


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
