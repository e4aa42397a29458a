"""Follows on disk by follower, then by creator in order of arrival; who may not be read is not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.engine import Engine
from influencr.pipeline._graph import key_of
from influencr.pipeline.vetting import _cut
from influencr.pipeline.vetting._accounts import account_rows, gather_accounts, sort_profiles
from influencr.vetting import crowds
from influencr.vetting._audience import Audience

from ..conftest import HEARD, NOW, post, profile, put

AS_OF = int(NOW.timestamp())
CREATORS = ("ana", "bob", "eve")


def follow(follower: str, followed: str, day: float | None, **fields: Any) -> dict[str, Any]:
    return {
        "follower_id": f"tiktok:id-{follower}",
        "followed_id": f"tiktok:id-{followed}",
        "followed_at": None if day is None else NOW - timedelta(days=day),
        **HEARD,
        **fields,
    }


def cut(engine: Engine, work: Path, *, barred: tuple[str, ...] = ()) -> list[Audience]:
    """The audiences of CREATORS, group by group."""
    snapshot = engine.catalogue.snapshot()
    profiles = snapshot.latest("profiles").collect()
    posts = snapshot.latest("posts").collect()
    account_rows(profiles, posts, as_of=NOW).write_parquet(work / "accounts.parquet")
    ids = [f"tiktok:id-{name}" for name in CREATORS]
    creators = pl.DataFrame({"profile_id": ids}).select(
        pl.int_range(len(ids), dtype=pl.Int32).alias("number"),
        key_of().alias("key"),
        "profile_id",
        platform=pl.lit("tiktok"),
        language=pl.lit(None, dtype=pl.String),
        topic=pl.lit(None, dtype=pl.String),
        followers=pl.lit(None, dtype=pl.Int64),
        created=pl.lit(None, dtype=pl.Int64),
        open=pl.lit(value=True),
    )
    creators.write_parquet(work / "listed.parquet")
    shut = work / "barred.parquet"
    names = [f"tiktok:id-{name}" for name in barred]
    pl.DataFrame({"profile_id": names}, schema={"profile_id": pl.String}).write_parquet(shut)
    _cut.write_packs(snapshot, work)
    plan = _cut.cut_by_follower(snapshot, work, creators, [shut], as_of=AS_OF)
    sort_profiles([work / "accounts.parquet"], work)
    for group in range(plan.follower_groups):
        _cut.cut_by_creator(work, group)
    gather_accounts([work / "accounts.parquet"], work, plan.follower_groups)
    return [_cut.assemble(work, group) for group in range(plan.creator_groups)]


def told(audiences: list[Audience], names: list[str]) -> dict[str, list[str]]:
    """Creator -> followers in order of arrival, by name."""
    keys = pl.DataFrame({"profile_id": [f"tiktok:id-{n}" for n in names]}).select(key_of())
    name_of = dict(zip(keys.to_series().to_list(), names, strict=True))
    found = {}
    for audience in audiences:
        for row, profile_id in enumerate(audience.creators["profile_id"]):
            who = audience.accounts.key[audience.who[audience.rows(row)]]
            found[profile_id.removeprefix("tiktok:id-")] = [name_of[int(key)] for key in who]
    return found


@pytest.fixture
def scene(engine: Engine) -> Engine:
    """Twelve fans of Ana, one a day, the newest first in the file; four of them follow Bob."""
    put(
        engine,
        "profiles",
        [
            *(profile(name) for name in CREATORS),
            profile("fan3", account_created_at=NOW - timedelta(days=2), bio_text="bread!"),
            profile("fan4", account_created_at=NOW - timedelta(days=90), following=7),
        ],
    )
    put(engine, "posts", [post(1, "fan4")])
    rows = [follow(f"fan{i}", "ana", i) for i in range(12)]
    rows += [follow(f"fan{i}", "bob", 20 - i) for i in range(4)]
    rows += [follow("ana", "fan2", 1), follow("ana", "bob", 30), follow("bob", "ana", 30)]
    put(engine, "follows", rows)
    return engine


@pytest.mark.parametrize("size", [1_000, 4])
def test_followers_come_in_order_of_arrival(
    scene: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(_cut, "FOLLOWS_PER_GROUP", size)
    audiences = cut(scene, tmp_path)
    fans = [f"fan{i}" for i in range(12)]
    # Nobody follows Eve, so that nothing is said about her.
    assert told(audiences, [*fans, *CREATORS]) == {
        "ana": ["bob", *reversed(fans)],
        "bob": ["ana", "fan0", "fan1", "fan2", "fan3"],
    }
    assert all((np.diff(a.accounts.key.astype(object)) > 0).all() for a in audiences)


@pytest.mark.parametrize("size", [1_000, 4])
def test_mutual_follows_times_and_accounts(
    scene: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(_cut, "FOLLOWS_PER_GROUP", size)
    for audience in cut(scene, tmp_path):
        for row, profile_id in enumerate(audience.creators["profile_id"]):
            rows = audience.rows(row)
            mutual = audience.mutual[rows].tolist()
            at = audience.at[rows].tolist()
            if profile_id.endswith("bob"):
                assert mutual == [True, False, False, False, False]
                # fan3 followed before the account existed: a clock that cannot be right.
                assert at[-1] == AS_OF - 17 * 86_400 or at[-1] == -1
            else:
                assert mutual == [True, *(i == 2 for i in reversed(range(12)))]
                assert at[9] == -1
                assert at[-1] == AS_OF
    accounts = audience.accounts
    (row,) = np.flatnonzero(accounts.following == 7)
    assert accounts.created[row] == AS_OF - 90 * 86_400
    assert accounts.state[row] == 1
    # Eleven fans were never seen but as followers: nothing is known of them.
    assert (accounts.created == -1).sum() == len(accounts.key) - 2


def test_who_may_not_be_read_is_not(scene: Engine, tmp_path: Path) -> None:
    put(scene, "follows", [follow("shy", "ana", 2, policy=1), follow("kid", "ana", 2)])
    found = told(
        cut(scene, tmp_path, barred=("kid",)), [*(f"fan{i}" for i in range(12)), *CREATORS]
    )
    assert len(found["ana"]) == 13


def test_unknown_and_impossible_times_keep_their_place(scene: Engine, tmp_path: Path) -> None:
    put(scene, "follows", [follow("later", "bob", -3), follow("never", "bob", None)])
    names = [*(f"fan{i}" for i in range(12)), *CREATORS, "later", "never"]
    audiences = cut(scene, tmp_path)
    assert told(audiences, names)["bob"][-2:] == ["later", "never"]
    (bob,) = (a for a in audiences if "tiktok:id-bob" in a.creators["profile_id"].to_list())
    row = bob.creators["profile_id"].to_list().index("tiktok:id-bob")
    assert bob.at[bob.rows(row)][-2:].tolist() == [-1, -1]


def test_one_click_on_a_pack_is_a_cause(scene: Engine, tmp_path: Path) -> None:
    members = [*CREATORS, "m1", "m2", "m3"]
    put(
        scene,
        "packs",
        [{"pack_id": "pack", "member_id": f"tiktok:id-{m}", **HEARD} for m in members],
    )
    put(scene, "follows", [follow("clicker", m, 5 + i / 86_400) for i, m in enumerate(members)])
    (audience,) = cut(scene, tmp_path)
    pack = crowds.CAUSES.index("pack")
    assert (audience.cause == pack).sum() == len(CREATORS)


def test_groups_cut_the_keys_in_order() -> None:
    keys = pl.Series(np.random.default_rng(1).integers(0, 2**64, 1_000, dtype=np.uint64)).sort()
    for groups in (1, 3, 7):
        number = pl.DataFrame({"a": keys}).select(_cut._range_of(pl.col("a"), groups)).to_series()
        assert number.is_sorted()
        assert number.n_unique() == groups
        for group in range(1, groups):
            first = _cut._first_key(group, groups)
            assert (keys.filter(number == group) >= first).all()
            assert (keys.filter(number == group - 1) < first).all()


def test_bounds_give_every_group_about_as_many_follows() -> None:
    received = np.array([5, 0, 0, 40, 1, 1, 1, 30, 2])
    assert _cut._bounds(received, 1) == (0, 9)
    bounds = _cut._bounds(received, 3)
    assert (bounds[0], bounds[-1]) == (0, 9)
    assert list(bounds) == sorted(set(bounds))
    assert _cut._bounds(np.zeros(0, dtype=np.int64), 3) == (0, 0)
