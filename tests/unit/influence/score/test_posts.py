"""One row per post: who counts, once, and from what."""

from typing import Any

import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.influence.engagement import ACT_KINDS
from influencr.influence.score import PER_POST_SCHEMA, per_post, shared_with

DAY = 86_400
NOW = 1_780_000_000
KIND = {name: i for i, name in enumerate(ACT_KINDS)}


def posts(*rows: dict[str, Any]) -> pl.DataFrame:
    plain = {"creator": 1, "post": 10, "at": NOW - 9 * DAY, "kind": None}
    plain |= dict.fromkeys(("likes", "replies", "reposts", "quotes", "shared_with"))
    schema = {
        "creator": pl.UInt64,
        "post": pl.UInt64,
        "at": pl.Int64,
        "kind": pl.String,
        **dict.fromkeys(("likes", "replies", "reposts", "quotes", "shared_with"), pl.Int64),
    }
    return pl.DataFrame([{**plain, **row} for row in rows], schema=schema)


def acts(*rows: dict[str, Any]) -> pl.DataFrame:
    plain = {"creator": 1, "post": 10, "actor": 100, "kind": "repost", "at": NOW - 8 * DAY}
    plain |= {"flagged": False, "follower": True, "generic": False}
    told = [{**plain, **row} for row in rows]
    return pl.DataFrame(
        [{**row, "kind": KIND[row["kind"]]} for row in told],
        schema={
            **dict.fromkeys(("creator", "post", "actor"), pl.UInt64),
            "kind": pl.Int8,
            "at": pl.Int64,
            **dict.fromkeys(("flagged", "follower", "generic"), pl.Boolean),
        },
    )


def only(frame: pl.DataFrame) -> dict[str, Any]:
    assert frame.schema == pl.Schema(PER_POST_SCHEMA)
    return frame.row(0, named=True)


def test_somebody_who_reposts_and_replies_counts_once() -> None:
    row = only(per_post(acts({}, {"kind": "reply"}, {"kind": "like"}), posts({}), as_of=NOW))
    assert (row["n_effort"], row["n_clean"], row["n_acts"], row["n_likes"]) == (1, 1, 1, 1)


def test_flagged_accounts_and_empty_replies_are_effort_but_not_clean() -> None:
    told = acts(
        {"actor": 1, "flagged": True},
        {"actor": 2, "kind": "reply", "generic": True},
        {"actor": 3, "kind": "quote"},
        {"actor": 4, "kind": "like", "flagged": True},
    )
    row = only(per_post(told, posts({}), as_of=NOW))
    assert (row["n_effort"], row["n_clean"], row["n_likes"]) == (3, 1, 0)


def test_an_empty_reply_does_not_spoil_a_repost() -> None:
    told = acts({}, {"kind": "reply", "generic": True})
    assert only(per_post(told, posts({}), as_of=NOW))["n_clean"] == 1


def test_passers_by_are_counted_apart() -> None:
    told = acts({"actor": 1}, {"actor": 2, "follower": False}, {"actor": 3, "follower": None})
    row = only(per_post(told, posts({}), as_of=NOW))
    assert (row["n_acts"], row["n_crowd"], row["n_clean"]) == (2, 1, 3)


def test_nobody_is_a_passer_by_where_nobody_knows_who_followed() -> None:
    row = only(per_post(acts({}).drop("follower"), posts({}), as_of=NOW))
    assert row["n_crowd"] is None
    assert row["n_acts"] == 1


def test_a_shared_item_splits_the_credit() -> None:
    told = acts({"actor": 1}, {"actor": 2})
    row = only(per_post(told, posts({"shared_with": 3}), as_of=NOW))
    assert (row["n_acts"], row["n_apart"]) == (0.5, 1.5)


def test_public_counts_stand_in_where_events_cover_too_little() -> None:
    public = posts({"likes": 30, "reposts": 8, "replies": 4, "quotes": None})
    row = only(per_post(acts({}), public, as_of=NOW))
    assert (row["basis"], row["n_acts"], row["n_likes"]) == (1, 12, 30)
    assert row["shown"] == 0b011
    assert row["n_crowd"] is None


def test_a_quiet_creator_of_a_watched_network_has_none_rather_than_unknown() -> None:
    watched = posts({}, {"creator": 2, "post": 20, "reposts": 0, "replies": 0, "quotes": 0})
    rows = per_post(acts({}), watched, as_of=NOW).sort("post")
    assert rows["basis"].to_list() == [0, 0]
    assert rows["n_acts"].to_list() == [1, 0]


def test_posts_of_which_nothing_was_seen_are_left_out() -> None:
    assert per_post(None, posts({"likes": 4}), as_of=NOW).is_empty()


def test_others_posts_and_later_ones_are_not_read() -> None:
    told = posts(
        {"post": 1, "reposts": 1, "kind": "repost"},
        {"post": 2, "reposts": 1, "kind": "reply"},
        {"post": 3, "reposts": 1, "at": NOW + 1},
        {"post": 4, "reposts": 1, "kind": "quote"},
    )
    assert per_post(None, told, as_of=NOW)["post"].to_list() == [4]


def test_acts_after_the_day_are_not_read() -> None:
    told = acts({"actor": 1}, {"actor": 2, "at": NOW + DAY})
    assert only(per_post(told, posts({}), as_of=NOW))["n_acts"] == 1


def test_its_own_result_is_taken_as_it_is() -> None:
    once = per_post(acts({}), posts({}), as_of=NOW)
    assert per_post(None, once, as_of=NOW).equals(once)


def test_missing_columns_are_named() -> None:
    with pytest.raises(SchemaError, match="'flagged' of acts"):
        per_post(acts({}).drop("flagged"), posts({}), as_of=NOW)
    with pytest.raises(SchemaError, match="'at' of posts"):
        per_post(None, posts({}).drop("at"), as_of=NOW)


def test_items_are_shared_within_three_days_only() -> None:
    frame = pl.DataFrame(
        {
            "creator": [1, 2, 2, 3, 4],
            "post": [1, 2, 3, 4, 5],
            "at": [0, 3 * DAY, 3 * DAY + 5, 3 * DAY + 1, 50 * DAY],
            "item": [9, 9, 9, 9, None],
        }
    )
    told = shared_with(frame).sort("post")
    assert told["post"].to_list() == [1, 2, 3, 4]
    assert told["shared_with"].to_list() == [1, 2, 1, 1]


def test_an_item_that_everybody_brings_is_counted_by_blocks() -> None:
    n = 500
    frame = pl.DataFrame(
        {"creator": range(n), "post": range(n), "at": range(n), "item": [1] * n},
        schema_overrides={"item": pl.Int64},
    )
    assert shared_with(frame)["shared_with"].unique().to_list() == [n - 1]


def test_shared_items_need_their_columns() -> None:
    with pytest.raises(SchemaError, match="'item'"):
        shared_with(posts({}))
