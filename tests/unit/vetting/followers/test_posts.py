"""What recent posts add."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from influencr.vetting import followers

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def post(who, hours, **more):
    return {"profile_id": who, "created_at": NOW - timedelta(hours=hours), "kind": "post", **more}


def test_the_same_caption_again_and_again():
    rows = [post("a", 10 * i, text="buy cheap now", likes=2, hashtags=["x", "y"]) for i in range(4)]
    rows += [post("b", i, text=t, likes=9, hashtags=[]) for i, t in enumerate(("sea", "forest"))]
    rows += [post("b", 5, text="forest", kind="repost", likes=1, hashtags=[])]
    rows += [post("c", 1, text="...", likes=None, hashtags=None)]
    found = {r["profile_id"]: r for r in followers.post_features(pl.DataFrame(rows)).to_dicts()}
    assert found["a"]["caption_similarity"] == pytest.approx(1)
    assert found["a"]["post_gap_hours"] == pytest.approx(10)
    assert found["a"]["hashtags_per_post"] == 2
    assert found["b"]["caption_similarity"] == pytest.approx(0)
    assert found["b"]["repost_share"] == pytest.approx(1 / 3)
    assert found["b"]["likes_per_post"] == 9
    assert found["c"]["caption_similarity"] is None
    assert found["c"]["post_gap_hours"] is None


def test_columns_that_a_source_lacks_are_null():
    found = followers.post_features(pl.DataFrame({"profile_id": ["a", "a"]}))
    row = found.row(0, named=True)
    assert row["post_n"] == 2
    assert row["likes_per_post"] is None
