"""What "active" can mean where a creator is seen."""

from datetime import UTC, datetime

import polars as pl
import pytest

from influencr.vetting.activity import BASES, activity_basis, meaning

THEN = datetime(2026, 9, 1, tzinfo=UTC)
PROFILES = pl.DataFrame(
    {
        "profile_id": ["youtube:a", "bluesky:b", "instagram:c", "mastodon:d", None],
        "platform": ["youtube", "bluesky", "instagram", "mastodon", None],
        "last_active_at": [THEN, None, THEN, None, None],
    },
    schema_overrides={"last_active_at": pl.Datetime("us", "UTC")},
).head(4)


def test_the_best_of_what_was_seen() -> None:
    posts = pl.LazyFrame(
        {
            "profile_id": ["youtube:a", "bluesky:b", "mastodon:d", "mastodon:d"],
            "created_at": [THEN, THEN, THEN, None],
            "deleted_at": pl.Series([None] * 4, dtype=pl.Datetime("us", "UTC")),
            "kind": ["video", "post", "repost", "post"],
        }
    )
    found = activity_basis(PROFILES, posts)
    assert found["profile_id"].to_list() == PROFILES["profile_id"].to_list()
    assert found["activity_basis"].to_list() == ["uploads", "posts", "date", "nothing"]
    assert "Only public videos" in found["activity_meaning"][0]
    assert "tells no cadence" in found["activity_meaning"][2]


@pytest.mark.parametrize("basis", BASES)
def test_every_basis_has_a_meaning_anywhere(basis: str) -> None:
    assert meaning(None, basis) == BASES[basis]
    assert meaning("somewhere-new", basis) == BASES[basis]
    assert meaning("mastodon", basis).startswith(BASES[basis])
