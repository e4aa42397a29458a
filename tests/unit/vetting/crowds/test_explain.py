"""Waves and what brought them: found, not found, or honestly not checked."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.vetting._audience import Accounts, Audience
from influencr.vetting.crowds import ALTERNATIVES, CAUSES, explain

DAY = 86_400
T0 = 1_700_000_000
N_CREATORS, N_WAVE = 30, 200
WAVE = pl.DataFrame({"creator": [0], "from_at": [T0], "to_at": [T0 + DAY]})
POST_TYPES = {
    "key": pl.UInt64,
    "post_id": pl.String,
    "at": pl.Int64,
    "reposts": pl.Int64,
    "likes": pl.Int64,
    "replies": pl.Int64,
    "kind": pl.String,
    "text": pl.String,
}
MENTION_TYPES = {"key": pl.UInt64, "at": pl.Int64, "by": pl.UInt64, "by_followers": pl.Int64}


def an_audience(*, cause: str = "none", everybody: float = 1.0, shared: bool = False) -> Audience:
    """Thirty creators at ten a day; creator 0 has a wave of 200 followers on one day.

    everybody   the other creators' growth on that day
    shared      the wave follows creators 1..6 on that day too
    """
    rng = np.random.default_rng(5)
    at, who = [], []
    for creator in range(N_CREATORS):
        usual = T0 + rng.integers(-60 * DAY, 60 * DAY, 1_200)
        mine = [usual]
        them = [1_000 + rng.integers(0, 50_000, len(usual))]
        n_more = int(10 * (everybody - 1)) if creator else 0
        mine.append(T0 + rng.integers(0, DAY, n_more))
        them.append(1_000 + rng.integers(0, 50_000, n_more))
        if creator == 0 or (shared and creator < 7):
            mine.append(T0 + np.sort(rng.integers(0, DAY, N_WAVE)))
            them.append(np.arange(N_WAVE))
        times, accounts = np.concatenate(mine), np.concatenate(them)
        order = np.argsort(times, kind="stable")
        at.append(times[order])
        who.append(accounts[order])
    starts = np.concatenate([[0], np.cumsum([len(x) for x in at])])
    everyone = np.concatenate(who)
    creators = pl.DataFrame(
        {
            "key": np.arange(N_CREATORS, dtype=np.uint64) + 7,
            "profile_id": [f"bluesky:{i}" for i in range(N_CREATORS)],
            "platform": "bluesky",
            "language": "en",
            "topic": "chess",
            "followers": 1_200,
            "created": T0 - 900 * DAY,
        }
    )
    causes = np.where(
        (everyone < N_WAVE) & (np.arange(len(everyone)) < starts[1]), CAUSES.index(cause), 0
    )
    accounts = Accounts.of(
        np.arange(51_000, dtype=np.uint64) + 100, created=np.full(51_000, T0 - 500 * DAY)
    )
    return Audience.of(
        creators, starts, everyone, accounts, at=np.concatenate(at), cause=causes.astype(np.int8)
    )


def posts(*special: dict[str, Any], history: int = 40) -> pl.DataFrame:
    usual = [
        {
            "key": 7,
            "post_id": f"p{i}",
            "at": T0 - 5 * DAY * (i + 1) - DAY,
            "reposts": 2,
            "likes": 10,
            "replies": 1,
            "kind": "post",
            "text": "a quiet opening",
        }
        for i in range(history)
    ]
    return pl.DataFrame(usual + [{**usual[0], **s} for s in special], schema=POST_TYPES)


def asked(
    audience: Audience,
    posts: pl.DataFrame | None = None,
    mentions: pl.DataFrame | None = None,
    **more: Any,
) -> dict[str, tuple[str, float, str]]:
    found = explain(audience, WAVE, posts, mentions, **more)
    assert found["alternative"].to_list() == list(ALTERNATIVES)
    return {
        row["alternative"]: (row["outcome"], row["explains"], row["detail"])
        for row in found.iter_rows(named=True)
    }


def test_what_was_not_collected_is_not_checked() -> None:
    found = asked(an_audience())
    for alternative in ("pack", "viral", "giveaway", "press"):
        assert found[alternative][:2] == ("not checked", 0.0)
    assert found["migration"][:2] == ("not found", 0.0)
    assert found["onboarding"][:2] == ("not found", 0.0)


def test_posts_that_begin_after_the_wave_exclude_nothing() -> None:
    late = posts(history=1).with_columns(at=pl.lit(T0 + 9 * DAY))
    assert asked(an_audience(), late)["viral"][0] == "not checked"
    assert asked(an_audience(), posts())["viral"][0] == "not found"


def test_clicks_on_packs_explain_their_followers() -> None:
    found = asked(an_audience(cause="pack"))["pack"]
    assert found[0] == "found"
    assert found[1] == pytest.approx(1.0, abs=0.1)
    assert f"{N_WAVE} of" in found[2]


def test_newcomers_who_were_shown_somebody_explain_their_follows() -> None:
    found = asked(an_audience(cause="onboarding"))["onboarding"]
    assert found[0] == "found"
    assert found[1] > 0.95


def test_a_wave_that_takes_in_a_pack_without_clicks_is_told_and_not_excused() -> None:
    packs = pl.DataFrame(
        {"pack": 1, "member": range(7, 14), "added": T0 - DAY, "removed": None},
        schema_overrides={"pack": pl.UInt64, "member": pl.UInt64, "removed": pl.Int64},
    )
    found = asked(an_audience(shared=True), packs=packs)["pack"]
    assert found[:2] == ("not found", 0.0)
    assert f"{N_WAVE} took in most of the 6 other members" in found[2]
    assert "took in" not in asked(an_audience(), packs=packs)["pack"][2]


def test_a_post_that_spread_explains_as_many_as_reacted() -> None:
    spread = {"post_id": "hit", "at": T0 - 3_600, "reposts": 90, "likes": 400}
    assert asked(an_audience(), posts(spread))["viral"][:2] == ("found", 1.0)
    half = {**spread, "reposts": 20, "likes": 90}
    found = asked(an_audience(), posts(half))["viral"]
    assert found[0] == "found"
    assert found[1] == pytest.approx(0.5, abs=0.1)
    weak = {**spread, "reposts": 4, "likes": 12}
    found = asked(an_audience(), posts(weak))["viral"]
    assert found[0] == "not found"
    assert 0 < found[1] < 0.1


def test_old_posts_and_reposts_explain_nothing() -> None:
    for change in ({"at": T0 - 3 * DAY}, {"kind": "repost"}):
        spread = {"post_id": "hit", "at": T0 - 3_600, "reposts": 90, "likes": 400, **change}
        assert asked(an_audience(), posts(spread))["viral"][0] == "not found"


def test_where_it_is_shown_who_reacted_only_they_count() -> None:
    spread = {"post_id": "hit", "at": T0 - 3_600, "reposts": 90, "likes": 400}
    actors = pl.DataFrame(
        {"post_id": "hit", "actor": 100 + np.arange(50, dtype=np.uint64), "at": T0}
    )
    found = asked(an_audience(), posts(spread), acts=actors)["viral"]
    assert found[1] == pytest.approx(0.25, abs=0.03)
    strangers = actors.with_columns(pl.col("actor") + 30_000)
    assert asked(an_audience(), posts(spread), acts=strangers)["viral"][:2] == ("not found", 0.0)


@pytest.mark.parametrize(
    "text", ["GIVEAWAY! a board and a clock", "Gewinnspiel: zwei Karten", "抽選で3名様に"]
)
def test_a_giveaway_is_told_by_its_words(text: str) -> None:
    gives = {"post_id": "prize", "at": T0 - 4 * DAY, "likes": 300, "text": text}
    assert asked(an_audience(), posts(gives))["giveaway"][:2] == ("found", 1.0)
    assert asked(an_audience(), posts(gives))["viral"][0] == "not found"


def test_a_giveaway_is_told_by_its_replies() -> None:
    asks = {"post_id": "prize", "at": T0 - 4 * DAY, "likes": 300, "replies": 80, "text": "?"}
    assert asked(an_audience(), posts(asks))["giveaway"][:2] == ("found", 1.0)


def test_a_giveaway_without_counts_is_not_checked() -> None:
    gives = {"post_id": "prize", "at": T0 - DAY, "text": "Giveaway"}
    bare = posts(gives).with_columns(
        *(pl.lit(None, dtype=pl.Int64).alias(c) for c in ("likes", "reposts", "replies"))
    )
    assert asked(an_audience(), bare)["giveaway"][0] == "not checked"
    assert asked(an_audience(), bare)["viral"][0] == "not checked"


def test_a_mention_brings_a_share_of_who_reads_it() -> None:
    def by(followers: int, at: int = T0 - 3_600, who: int = 900) -> pl.DataFrame:
        return pl.DataFrame([(7, at, who, followers)], schema=MENTION_TYPES, orient="row")

    assert asked(an_audience(), None, by(1_000_000))["press"][:2] == ("found", 1.0)
    assert asked(an_audience(), None, by(500))["press"][0] == "not found"
    assert asked(an_audience(), None, by(1_000_000, T0 - 9 * DAY))["press"][0] == "not found"
    assert asked(an_audience(), None, by(1_000_000, who=7))["press"][0] == "not found"


def test_a_wave_of_the_network_explains_what_it_brought_to_others() -> None:
    found = asked(an_audience(everybody=8.0))["migration"]
    assert found[0] == "found"
    assert 0.2 < found[1] < 0.6
    assert asked(an_audience().take(list(range(5))))["migration"][0] == "not checked"


def test_a_caller_who_knows_the_excess_is_believed() -> None:
    windows = WAVE.with_columns(excess=pl.lit(400.0))
    found = explain(an_audience(cause="pack"), windows, None, None)
    assert found.filter(alternative="pack")["explains"].item() == pytest.approx(0.5)


def test_what_others_came_by_does_not_excuse_the_members() -> None:
    audience = an_audience(cause="pack")
    mine = audience.rows(0)
    clicked = np.flatnonzero(audience.cause[mine] > 0)
    rest = np.flatnonzero((audience.cause[mine] == 0) & (audience.at[mine] >= T0))[:60]
    windows = pl.concat([WAVE] * 3).with_columns(
        member_rows=pl.Series([rest.tolist(), clicked.tolist(), []], dtype=pl.List(pl.Int32))
    )
    found = explain(audience, windows, None, None).filter(alternative="pack")
    assert found["outcome"].to_list() == ["not found", "found", "found"]
    assert found["explains"][1] == 1.0


def test_input_that_does_not_fit() -> None:
    assert explain(an_audience(), WAVE.head(0), None, None).is_empty()
    with pytest.raises(SchemaError, match="outside"):
        explain(an_audience(), WAVE.with_columns(creator=pl.lit(99)), None, None)
    with pytest.raises(SchemaError, match="'reposts'"):
        explain(an_audience(), WAVE, posts().drop("reposts"), None)
