"""Every judge keeps what all judges promise."""

import pytest

from influencr import geography, influence, topics, vetting
from influencr.testing.check_judge import AS_OF, Check, Judge, a_small_world, check_judge

JUDGES = [
    Judge(
        "topics",
        topics,
        lambda w: topics.judge(w.profiles, w.posts.lazy(), w.packs.lazy()),
        "topics",
        None,
    ),
    Judge(
        "activity",
        vetting,
        lambda w: vetting.judge_activity(w.profiles, w.posts.lazy(), as_of=AS_OF),
        "activity_state",
        "activity_reason",
    ),
    Judge(
        "engagement",
        influence,
        lambda w: influence.judge_engagement(w.profiles, w.posts.lazy()),
        "engagement_rate",
        "engagement_reason",
    ),
    Judge("geography", geography, lambda w: geography.judge(w.profiles), "country", "place_reason"),
]


@pytest.mark.parametrize(
    "check", [c for j in JUDGES for c in check_judge(j)], ids=lambda check: check.name
)
def test_keeps_the_promise(check: Check) -> None:
    check.run()


def test_a_judge_that_loses_rows_is_caught() -> None:
    judge = JUDGES[0]._replace(ask=lambda world: JUDGES[0].ask(world).head(3))
    checks = {check.name: check for check in check_judge(judge)}
    with pytest.raises(AssertionError, match="not those of the profiles"):
        checks["topics: answers one row per profile, in order"].run()


def test_the_small_world_knows_nothing_of_one_profile() -> None:
    world = a_small_world()
    silent = world.profiles.filter(world.profiles["profile_id"] == "tiktok:silent")
    assert silent["followers"].to_list() == [None]
    assert world.posts.filter(world.posts["profile_id"] == "tiktok:silent").is_empty()
