"""Is what a judge says of an invented world compared rightly with what was planted there?

The judge here is made up: it knows the truth, or nothing, or accuses the wrong ones.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from benchmarks.vetting.goals import WORLD_GOALS
from benchmarks.vetting.planted import compared
from benchmarks.vetting.worlds import figures

from influencr.pipeline._graph import key_of
from influencr.pipeline.vetting._store import STORED_EVIDENCE, VETTING_SCHEMA
from influencr.sources.synthetic import World, write_world

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return write_world(
        tmp_path_factory.mktemp("planted") / "world",
        n_creators=1_500,
        n_audience=12_000,
        mean_follows=40,
        mean_posts=1,
        seed=3,
        only=("profiles", "truth"),
    )


@pytest.fixture(scope="module")
def members(world) -> pl.DataFrame:
    """What the judge who knows everything knows: follows of every order."""
    return (
        pl.read_parquet(world.truth / "event_members.parquet")
        .filter(pl.col("planted_cause") == "bought")
        .select(
            event="planted_event",
            profile_id="bluesky:" + pl.col("planted_target"),
            who="bluesky:" + pl.col("planted_actor"),
            at="planted_time",
        )
        .with_columns(key=key_of("who"))
    )


def _judged(folder: Path, world: World, findings: list[dict], **verdicts: str) -> Path:
    """A folder as a judge leaves it; findings without a family are lockstep."""
    profiles = pl.read_parquet(world.observed / "bluesky_profiles.parquet")
    creators = pl.read_parquet(world.truth / "creators.parquet").filter(
        pl.col("planted_profile").str.starts_with("bluesky:")
    )
    vetted = creators.select(
        profile_id="planted_profile", did=pl.col("planted_profile").str.strip_prefix("bluesky:")
    ).join(profiles.select("did", n="followersCount"), on="did")
    rows = [
        {
            "profile_id": profile_id,
            "platform": "bluesky",
            "verdict": verdicts.get(profile_id, "vetted"),
            "n_seen": n,
            "share_members": 0,
        }
        for profile_id, n in vetted.select("profile_id", "n").iter_rows()
    ]
    folder.mkdir()
    pl.DataFrame(rows, schema=VETTING_SCHEMA).write_parquet(folder / "vetting.parquet")
    ledger = [
        {"family": "G", "fires": True, "checked": [], "members": len(one["member_keys"]), **one}
        for one in findings
    ]
    pl.DataFrame(ledger, schema=STORED_EVIDENCE).write_parquet(folder / "evidence.parquet")
    return folder


def _perfect(members: pl.DataFrame) -> list[dict]:
    return [
        {
            "profile_id": part["profile_id"][0],
            "member_keys": part["key"].to_list(),
            "from_at": part["at"].min(),
            "to_at": part["at"].max(),
        }
        for part in members.partition_by("event")
    ]


def _values(found) -> dict[str, float | None]:
    told, _ = figures(found)
    return {one["name"]: one["value"] for one in told}


def test_a_judge_who_knows_the_truth_reaches_every_goal(world, members, tmp_path):
    found = compared(3, world.truth, _judged(tmp_path / "j", world, _perfect(members)))
    assert found.orders.height == members["event"].n_unique()
    assert found.orders["found"].all()
    assert found.orders["covered"].min() == 1.0
    assert (found.orders["size"] == found.orders["n"]).mean() > 0.9
    values = _values(found)
    assert values["purchases found"] == 1.0
    assert values["clean creators flagged"] == 0.0
    assert values["batch size, median error"] == 0.0
    assert values["first day wrong by more than 2 days"] == 0.0
    assert values["customers, false discovery"] == 0.0
    assert values["accounts in lockstep that are sold"] == 1.0
    told, tables = figures(found)
    reached = {one["name"]: one["reached"] for one in told if one["goal"] is not None}
    assert set(reached) == set(WORLD_GOALS) - {"labels made again from what is stored"}
    assert all(reached.values())
    assert all(len(row) == len(table["columns"]) for table in tables for row in table["rows"])


def test_a_judge_who_sees_nothing_finds_nothing(world, tmp_path):
    found = compared(3, world.truth, _judged(tmp_path / "j", world, []))
    values = _values(found)
    assert values["purchases found"] == 0.0
    assert values["clean creators flagged"] == 0.0
    assert values["batch size, median error"] is None
    assert values["customers, false discovery"] is None


def test_a_finding_about_others_is_no_discovery(world, members, tmp_path):
    """The right creators for wrong followers: flagged, but the order was not found."""
    strangers = [
        {**one, "member_keys": [key + 1 for key in one["member_keys"]]} for one in _perfect(members)
    ]
    found = compared(3, world.truth, _judged(tmp_path / "j", world, strangers))
    values = _values(found)
    assert values["purchases found"] == 0.0
    assert values["their creators flagged"] == 1.0
    assert values["accounts in lockstep that are sold"] == 0.0


def test_half_of_an_order_inside_a_wide_finding_counts_and_its_size_is_wrong(
    world, members, tmp_path
):
    doubled = [
        {**one, "member_keys": [*one["member_keys"], *range(1, len(one["member_keys"]) + 1)]}
        for one in _perfect(members)
    ]
    found = compared(3, world.truth, _judged(tmp_path / "j", world, doubled))
    values = _values(found)
    assert values["purchases found"] == 1.0
    assert values["batch size, median error"] == pytest.approx(1.0, abs=0.02)
    assert values["batch size within 10 %"] < 0.1


def test_false_alarms_are_counted_by_what_was_planted(world, tmp_path):
    clean = compared(3, world.truth, _judged(tmp_path / "a", world, []))
    names = clean.creators.filter(
        (pl.col("of_class") == "clean") & pl.col("crowds").list.contains("pack")
    )["profile_id"].head(4)
    inflated = dict.fromkeys(names[:1], "looks_inflated")
    alarms = [
        {"profile_id": who, "member_keys": [1, 2, 3], "from_at": NOW, "to_at": NOW}
        for who in names[1:]
    ]
    found = compared(3, world.truth, _judged(tmp_path / "b", world, alarms, **inflated))
    n = clean.creators.filter(pl.col("of_class") == "clean").height
    values = _values(found)
    assert values["clean creators flagged"] == pytest.approx(4 / n)
    assert values["clean creators who look inflated"] == pytest.approx(1 / n)
    assert values["members of starter packs flagged"] > values["clean creators flagged"]
    assert values["customers, false discovery"] == 1.0


def test_an_explained_finding_flags_nobody(world, members, tmp_path):
    explained = [
        {
            **one,
            "checked": [{"alternative": "pack", "outcome": "found", "detail": "One click."}],
        }
        for one in _perfect(members)
    ]
    found = compared(3, world.truth, _judged(tmp_path / "j", world, explained))
    assert not found.creators["flagged"].any()
    assert not found.orders["found"].any()
