"""The engagement rate and the definition it was made by."""

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from influencr import influence
from influencr.influence.engagement import _rate
from influencr.records import Policy
from influencr.testing.check_judge import a_small_world

NOW = datetime(2026, 11, 1, tzinfo=UTC)
EMPTY = a_small_world(0)
HEARD = {
    "source": "import:t",
    "fetched_at": NOW,
    "fetch_method": "import",
    "licence": "x",
    "policy": 15,
}


def judged(profile: dict[str, Any], posts: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    row = {"profile_id": "tiktok:1", "platform": "tiktok", "followers": 1_000, **HEARD, **profile}
    rows = [
        {
            "post_id": str(i),
            "profile_id": "tiktok:1",
            "created_at": NOW - timedelta(days=5 + i),
            **HEARD,
            **post,
        }
        for i, post in enumerate(posts or [])
    ]
    return influence.judge_engagement(
        pl.DataFrame([row], schema=EMPTY.profiles.schema),
        pl.DataFrame(rows, schema=EMPTY.posts.schema).lazy(),
    ).row(0, named=True)


def test_the_median_of_all_reactions_over_followers() -> None:
    posts = [{"likes": n, "replies": 1, "reposts": 2, "quotes": 3} for n in (4, 14, 24, 34, 4_000)]
    found = judged({}, posts)
    assert found["engagement_rate"] == pytest.approx(0.030)
    assert found["engagement_definition"] == "median_of_posts"
    assert found["engagement_n_posts"] == 5
    assert found["engagement_reason"] == (
        "Median of (likes + replies + reposts + quotes) over 5 posts, divided by 1000 followers."
    )


def test_the_reason_names_only_the_counts_that_were_seen() -> None:
    found = judged({}, [{"likes": 10}] * 5)
    assert found["engagement_reason"].startswith("Median of (likes) over 5 posts")
    assert found["engagement_rate"] == pytest.approx(0.01)


@pytest.mark.parametrize(
    "unfit",
    [
        {"created_at": NOW - timedelta(days=1)},
        {"created_at": NOW - timedelta(days=91)},
        {"created_at": None},
        {"kind": "repost"},
        {"kind": "reply"},
        {"deleted_at": NOW},
        {"likes": None},
        {"policy": int(Policy.INDEX)},
    ],
    ids=lambda d: next(iter(d)) + "-" + str(next(iter(d.values()))),
)
def test_a_post_that_does_not_qualify_is_not_counted(unfit: dict[str, Any]) -> None:
    found = judged({}, [{"likes": 10}] * 4 + [{"likes": 10, **unfit}])
    assert found["engagement_rate"] is None
    assert found["engagement_reason"] == (
        "4 posts with counts from the last 90 days; 5 are needed."
    )


def test_imported_means_come_second() -> None:
    means = {"mean_likes": 20.0, "mean_comments": 3.0, "mean_shares": 2.0, "mean_engagements": 99.0}
    found = judged(means, [{"likes": 10}] * 4)
    assert found["engagement_rate"] == pytest.approx(0.025)
    assert found["engagement_definition"] == "imported_mean"
    assert found["engagement_n_posts"] == 0
    assert "likes + comments + shares" in found["engagement_reason"]
    assert judged(means, [{"likes": 10}] * 5)["engagement_definition"] == "median_of_posts"


def test_imported_engagements_stand_in_for_likes() -> None:
    found = judged({"mean_engagements": 40.0})
    assert found["engagement_rate"] == pytest.approx(0.04)
    assert found["engagement_definition"] == "imported_mean"


def test_a_claim_comes_last_and_is_called_one() -> None:
    found = judged({"followers": None, "engagement_rate_claimed": 0.07})
    assert found["engagement_rate"] == 0.07
    assert found["engagement_definition"] == "claimed_rate"
    assert "third party's claim" in found["engagement_reason"]


@pytest.mark.parametrize(
    ("profile", "because"),
    [
        ({"followers": None}, "hidden or was not seen"),
        ({"followers": 0}, "nothing to divide by"),
        ({"audience_hidden": True}, "hidden"),
    ],
)
def test_without_followers_there_is_no_rate(profile: dict[str, Any], because: str) -> None:
    found = judged(profile, [{"likes": 10}] * 9)
    assert found["engagement_rate"] is None
    assert found["engagement_definition"] is None
    assert because in found["engagement_reason"]


def test_a_source_that_forbids_scores_gets_none_and_an_import_is_not_bound() -> None:
    api = {"source": "youtube", "platform": "youtube", "policy": int(Policy.INDEX)}
    assert (
        judged({**api, "engagement_rate_claimed": 0.1}, [{"likes": 9}] * 9)["engagement_rate"]
        is None
    )
    assert "terms do not allow" in judged(api)["engagement_reason"]
    imported = {"source": "import:x.csv", "platform": "youtube"}
    assert judged(imported, [{"likes": 9}] * 9)["engagement_rate"] == pytest.approx(0.009)


def test_more_followers_never_raise_the_rate() -> None:
    posts = [{"likes": 50}] * 6
    rates = [judged({"followers": n}, posts)["engagement_rate"] for n in (10, 100, 1_000, 10_000)]
    assert rates == sorted(rates, reverse=True)


def test_every_definition_is_explained() -> None:
    assert list(influence.DEFINITIONS) == ["median_of_posts", "imported_mean", "claimed_rate"]
    assert (influence.MIN_POSTS, influence.WINDOW_DAYS, influence.SETTLED_DAYS) == (5, 90, 2)


def test_views_are_never_read() -> None:
    source = inspect.getsource(_rate)
    assert '"views"' not in source
    assert "reach" not in source.casefold()
