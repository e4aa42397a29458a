"""Active, quiet, dormant, or honestly unknown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from influencr import vetting
from influencr.records import Policy
from influencr.testing.check_judge import a_small_world

AS_OF = datetime(2026, 11, 1, 12, tzinfo=UTC)
EMPTY = a_small_world(0)
HEARD = {
    "source": "import:t",
    "fetched_at": AS_OF,
    "fetch_method": "import",
    "licence": "x",
    "policy": 15,
}


def days_ago(days: float) -> datetime:
    return AS_OF - timedelta(days=days)


def judged(profile: dict[str, Any], posts: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    row = {"profile_id": "tiktok:1", "platform": "tiktok", **HEARD, **profile}
    rows = [
        {"post_id": str(i), "profile_id": "tiktok:1", **HEARD, **post}
        for i, post in enumerate(posts or [])
    ]
    return vetting.judge_activity(
        pl.DataFrame([row], schema=EMPTY.profiles.schema),
        pl.DataFrame(rows, schema=EMPTY.posts.schema).lazy(),
        as_of=AS_OF,
    ).row(0, named=True)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (0, "active"),
        (30, "active"),
        (30.01, "quiet"),
        (90, "quiet"),
        (90.01, "dormant"),
        (4000, "dormant"),
    ],
)
def test_the_state_follows_the_last_post(days: float, state: str) -> None:
    assert judged({}, [{"created_at": days_ago(days)}])["activity_state"] == state
    assert judged({"last_active_at": days_ago(days)})["activity_state"] == state


def test_nothing_dated_is_unknown() -> None:
    found = judged({"posts_count": 500})
    assert found["activity_state"] == "unknown"
    assert found["last_post_at"] is None
    assert found["posts_per_week"] is None
    assert found["activity_reason"] == "No dated post was seen. Too few dated posts for a cadence."


def test_silence_is_not_claimed_for_a_time_nobody_looked_at() -> None:
    seen = {"fetched_at": days_ago(400)}
    found = judged(seen, [{"created_at": days_ago(407), **seen}])
    assert found["activity_state"] == "unknown"
    assert "nobody looked after 2025-09-27" in found["activity_reason"]


def test_who_was_dormant_when_last_looked_at_stays_dormant() -> None:
    seen = {"fetched_at": days_ago(400)}
    assert judged(seen, [{"created_at": days_ago(600), **seen}])["activity_state"] == "dormant"


def test_the_newest_of_posts_and_declared_instant_counts() -> None:
    found = judged({"last_active_at": days_ago(3)}, [{"created_at": days_ago(60)}])
    assert found["last_post_at"] == days_ago(3)
    assert found["activity_state"] == "active"


def test_future_deleted_and_reposted_do_not_count() -> None:
    posts = [
        {"created_at": AS_OF + timedelta(days=1)},
        {"created_at": days_ago(1), "deleted_at": days_ago(0)},
        {"created_at": days_ago(1), "kind": "repost"},
        {"created_at": days_ago(50), "kind": "video"},
    ]
    found = judged({"last_active_at": AS_OF + timedelta(days=9)}, posts)
    assert found["activity_state"] == "quiet"
    assert found["activity_n_posts"] == 1


def test_cadence_counts_intervals_up_to_the_last_look() -> None:
    weekly = [{"created_at": days_ago(7 * i)} for i in range(1, 11)]
    found = judged({}, weekly)
    # 9 intervals over the 70 days from the first post to the look
    assert found["posts_per_week"] == pytest.approx(0.9)
    assert "10 posts in the 90 days" in found["activity_reason"]


def test_a_sample_of_only_the_newest_posts_does_not_read_as_slow() -> None:
    daily = [{"created_at": days_ago(i)} for i in range(20)]
    assert judged({}, daily)["posts_per_week"] == pytest.approx(7.0)


def test_two_posts_of_one_hour_are_not_a_hundred_a_week() -> None:
    posts = [{"created_at": days_ago(0.02)}, {"created_at": days_ago(0.01)}]
    assert judged({}, posts)["posts_per_week"] == 1.0


def test_one_post_is_no_cadence_but_a_declared_one_is_taken() -> None:
    one = [{"created_at": days_ago(2)}]
    assert judged({}, one)["posts_per_week"] is None
    found = judged({"posts_per_week_claimed": 3.5}, one)
    assert found["posts_per_week"] == 3.5
    assert "as declared in the import" in found["activity_reason"]


def test_a_source_that_forbids_scores_gets_no_cadence() -> None:
    raw = {"policy": int(Policy.INDEX)}
    found = judged(
        {**raw, "posts_per_week_claimed": 2.0}, [{"created_at": days_ago(i)} for i in range(9)]
    )
    assert found["posts_per_week"] is None
    assert found["activity_state"] == "active"
    assert "terms do not allow" in found["activity_reason"]


def test_the_limits_are_those_documented() -> None:
    assert (vetting.ACTIVE_DAYS, vetting.DORMANT_DAYS, vetting.STALE_DAYS) == (30, 90, 30)
    assert (vetting.CADENCE_DAYS, vetting.MIN_SPAN_DAYS) == (90, 7)


def test_a_stated_date_is_not_called_a_post() -> None:
    assert judged({"last_active_at": days_ago(3)})["activity_reason"].startswith(
        "Last active, as the source states, 2026-10-29, 3 days"
    )
    both = judged({"last_active_at": days_ago(9)}, [{"created_at": days_ago(3)}])
    assert both["activity_reason"].startswith("Last post 2026-10-29")
