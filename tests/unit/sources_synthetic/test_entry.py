"""A world enters through the same door as real data, and its truth does not."""

from __future__ import annotations

import pytest

from influencr.errors import InfluencrError
from influencr.sources.files import FileSource, inspect
from influencr.sources.synthetic import TINY, SyntheticSource

KINDS = {
    "bluesky_profiles.parquet": ("profiles", "bluesky"),
    "bluesky_posts.parquet": ("posts", "bluesky"),
    "bluesky_follows.parquet": ("follows", "bluesky"),
    "bluesky_engagements.parquet": ("engagements", "bluesky"),
    "bluesky_packs.csv": ("packs", "bluesky"),
    "mastodon_accounts.jsonl": ("profiles", "mastodon"),
    "mastodon_statuses.jsonl.gz": ("posts", "mastodon"),
    "youtube_channels.csv": ("profiles", "youtube"),
    "youtube_videos.csv": ("posts", "youtube"),
    "tiktok_creators.csv": ("profiles", "tiktok"),
    "tiktok_videos.csv": ("posts", "tiktok"),
    "instagram_creators.csv": ("profiles", "instagram"),
    "instagram_posts.csv": ("posts", "instagram"),
}


def test_every_observed_file_is_recognised_and_wholly_kept(loaded, tmp_path):
    assert {path.name for path in loaded.world.files} == set(KINDS)
    for path in loaded.world.files:
        plan = inspect(path)
        assert (plan.kind, plan.platform) == KINDS[path.name], path.name
        source = FileSource(plan, licence="synthetic", quarantine=tmp_path)
        frames = [batch.frame for batch in source.batches() if batch.table == plan.kind]
        assert source.report.rows_quarantined == 0, source.report.reasons
        assert sum(frame.height for frame in frames) == source.report.rows_kept
        assert source.report.rows_kept == source.report.rows_read > 0
        assert {frame["fetched_at"][0] for frame in frames} == {loaded.world.as_of}


def test_what_matters_arrives(loaded, tmp_path):
    def rows(name: str):
        plan = inspect(loaded.world.observed / name)
        batches = FileSource(plan, licence="synthetic", quarantine=tmp_path).batches()
        return next(batch.frame for batch in batches if batch.table == plan.kind)

    bluesky = rows("bluesky_profiles.parquet")
    assert bluesky["profile_id"].str.starts_with("bluesky:did:example:").all()
    for column in ("handle", "followers", "following", "posts_count"):
        assert bluesky[column].null_count() == 0, column
    assert bluesky["is_bot"].sum() > 0
    follows = rows("bluesky_follows.parquet")
    assert follows["followed_at"].null_count() == 0
    assert follows["via_id"].is_not_null().sum() > 100
    mastodon = rows("mastodon_accounts.jsonl")
    assert mastodon["handle"].str.contains("@").all()
    assert mastodon["discoverable"].null_count() < mastodon.height
    youtube = rows("youtube_channels.csv")
    assert youtube["followers"].null_count() < youtube.height
    instagram = rows("instagram_creators.csv")
    assert instagram["followers"].min() > 0
    assert instagram["followers"].max() > 10_000
    assert instagram["engagement_rate_claimed"].drop_nulls().max() < 1
    tiktok = rows("tiktok_creators.csv")
    assert tiktok["followers"].max() > 10_000


def test_truth_is_not_taken_for_data(loaded):
    files = sorted(loaded.world.truth.iterdir())
    assert len(files) >= 8
    for path in files:
        with pytest.raises(InfluencrError):
            inspect(path)


def test_the_source_yields_every_table_and_says_synthetic():
    source = SyntheticSource(size=TINY, seed=2)
    tables: dict[str, int] = {}
    for table, frame in source.batches():
        tables[table] = tables.get(table, 0) + frame.height
        assert frame["source"].unique().to_list() == ["synthetic"]
        assert frame["licence"].unique().to_list() == ["synthetic"]
    assert set(tables) == {"profiles", "posts", "follows", "engagements", "packs"}


def test_the_source_is_installed():
    from influencr import sources

    if "synthetic" not in sources.installed():
        pytest.skip("this checkout was installed before the entry point was added")
    assert sources.load("synthetic") is SyntheticSource
