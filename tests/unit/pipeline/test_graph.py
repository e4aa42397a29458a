"""What the follower graph adds to creators, who may be read for it, and how people leave it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.pipeline import _forget, _graph, _judge, judge
from influencr.pipeline._graph import MAX_SAMPLED, sample_followers

from .conftest import HEARD, NOW, post, profile, put


def follow(follower: str, followed: str, day: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "follower_id": f"tiktok:id-{follower}",
        "followed_id": f"tiktok:id-{followed}",
        "followed_at": NOW - timedelta(days=day),
        **HEARD,
        **fields,
    }


def both_ways(one: str, other: str) -> list[dict[str, Any]]:
    return [follow(one, other), follow(other, one)]


#: Followers who never posted, so that none of them is listed.
CROWD = {
    **{f"lyon{i}": {"place_raw": "Lyon, France"} for i in range(14)},
    **{f"kyoto{i}": {"bio_text": "📍 京都市"} for i in range(6)},
    **{f"bonn{i}": {"place_city": "Bonn", "place_country": "DE"} for i in range(3)},
    **{f"mute{i}": {} for i in range(40)},
}


@pytest.fixture
def scene(engine: Engine) -> Engine:
    """Zoe says nothing; her friends and followers do. Yan hides who follows him."""
    people = [
        profile("zoe", bio_text="I paint"),
        profile("yan", bio_text="I sing", audience_hidden=True),
        profile("hugo", place_country="FR"),
    ]
    people += [profile(name, posts_count=0, **said) for name, said in CROWD.items()]
    put(engine, "profiles", people)
    put(engine, "posts", [post(i, name) for name in ("zoe", "yan", "hugo") for i in range(2)])
    follows = [follow(name, who, day) for day, name in enumerate(CROWD) for who in ("zoe", "yan")]
    follows += [follow("zoe", f"lyon{i}") for i in range(6)]
    follows += [edge for i in range(5) for edge in both_ways("hugo", f"kyoto{i}")]
    follows += [edge for i in range(4) for edge in both_ways("hugo", f"lyon{i}")]
    put(engine, "follows", follows)
    return engine


def row(engine: Engine, handle: str) -> dict[str, Any]:
    shown = engine.show(f"tiktok:@{handle}")
    assert shown is not None
    return shown


def test_places_from_mutual_follows(scene: Engine) -> None:
    scene.refresh()
    zoe = row(scene, "zoe")
    assert (zoe["place_name"], zoe["place_basis"]) == ("Lyon", "network")
    assert zoe["place_reason"].startswith("inferred from 6 of 6 mutual follows in Lyon")
    assert zoe["place_reason"] in zoe["place_evidence"]
    assert zoe["place_confidence"] <= 0.7
    # Hugo's country is his own word: five friends in Kyoto do not change it.
    hugo = row(scene, "hugo")
    assert (hugo["place_name"], hugo["country"]) == ("Lyon", "FR")
    assert hugo["place_confidence"] > 0.7
    assert "declared country 'FR'" in hugo["place_reason"]
    assert "inferred from 4 of 4 mutual follows in Lyon" in hugo["place_reason"]
    assert hugo["place_evidence"][-1].startswith("inferred from")


def test_an_inferred_place_is_never_passed_on(scene: Engine) -> None:
    """Ana's four friends are known by inference only; she stays unknown."""
    friends = ["zoe", "zoe2", "zoe3", "zoe4"]
    put(scene, "profiles", [profile(n, bio_text="I paint") for n in ("ana", *friends[1:])])
    edges = [edge for name in friends for edge in both_ways("ana", name)]
    edges += [e for name in friends[1:] for i in range(6) for e in both_ways(name, f"lyon{i}")]
    put(scene, "follows", edges)
    scene.refresh()
    assert {row(scene, name)["place_name"] for name in friends} == {"Lyon"}
    ana = row(scene, "ana")
    assert ana["place_level"] is None


def test_the_audience_counts_who_is_not_listed_and_names_nobody(scene: Engine) -> None:
    scene.refresh()
    zoe = row(scene, "zoe")
    assert zoe["audience_codes"][:3] == ["FR", "JP", "other"]
    assert zoe["audience_shares"][:3] == [round(n / 23, 4) for n in (14, 6, 3)]
    assert (zoe["audience_n_followers"], zoe["audience_n_known"]) == (63, 23)
    assert zoe["audience_reason"].startswith("23 of all 63 followers known here tell a place")
    yan = row(scene, "yan")
    assert yan["audience_codes"] in (None, [])
    assert yan["audience_reason"] == "not read: the profile hides who follows it"
    hugo = row(scene, "hugo")
    assert hugo["audience_reason"].startswith("not enough data: 9 of all 9")


def test_without_follows_nothing_is_said(village: Engine) -> None:
    village.refresh()
    ana = row(village, "ana")
    assert ana["audience_reason"] == "no follower is known one by one"
    assert ana["place_basis"] in ("declared", "bio")


@pytest.mark.parametrize(
    "denied",
    [
        {"policy": 1 + 4 + 8},
        {"made_for_kids": True},
        {"bio_text": "16 y/o | Lyon, France"},
    ],
    ids=["the source forbids it", "for children", "says to be a minor"],
)
def test_who_may_not_be_counted_is_not(scene: Engine, denied: dict[str, Any]) -> None:
    changed = [
        profile(f"lyon{i}", posts_count=0, fetched_at=NOW + timedelta(hours=1), **denied)
        for i in range(14)
    ]
    put(scene, "profiles", [{**{"place_raw": "Lyon, France"}, **one} for one in changed])
    scene.refresh()
    zoe = row(scene, "zoe")
    assert zoe["place_level"] is None
    assert zoe["audience_n_followers"] == 63 - 14
    places = pl.read_parquet(scene.home.judged / "places.parquet")
    assert not places["profile_id"].str.contains("lyon").any()


def test_a_follow_that_may_not_be_judged_is_not_read(scene: Engine) -> None:
    put(scene, "profiles", [profile("ida", bio_text="I knit")])
    put(scene, "follows", [follow(name, "ida", policy=1) for name in CROWD])
    scene.refresh()
    assert row(scene, "ida")["audience_reason"] == "no follower is known one by one"


def test_unlisted_for_another_reason_still_counts(scene: Engine) -> None:
    later = NOW + timedelta(hours=1)
    put(
        scene,
        "profiles",
        [
            profile(f"lyon{i}", place_raw="Lyon, France", noindex=True, fetched_at=later)
            for i in range(14)
        ],
    )
    scene.refresh()
    assert row(scene, "zoe")["audience_n_known"] == 23
    assert scene.search(everything=True).total == 3


def test_new_follows_ask_for_a_new_judgement(scene: Engine) -> None:
    scene.refresh()
    assert not scene.refresh().judged
    put(scene, "follows", [follow("bonn0", "hugo")])
    assert scene.status()["is_stale"]
    assert scene.refresh().judged
    assert row(scene, "hugo")["audience_n_followers"] == 10


@pytest.mark.parametrize(
    ("bucket", "group"), [(20_000, 10), (7, 10_000), (7, 40)], ids=["groups", "buckets", "both"]
)
def test_how_it_is_cut_changes_nothing(
    scene: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bucket: int, group: int
) -> None:
    judge(scene.catalogue, out=tmp_path / "whole")
    monkeypatch.setattr(_judge, "BUCKET_PROFILES", bucket)
    monkeypatch.setattr(_graph, "FOLLOWS_PER_GROUP", group)
    monkeypatch.setattr(_graph, "_BATCH_FOLLOWS", 16)
    seen: list[tuple[int, int]] = []
    judge(scene.catalogue, out=tmp_path / "cut", progress=lambda *now: seen.append(now))
    for name in ("creators", "places"):
        whole, cut = (
            pl.read_parquet(tmp_path / folder / f"{name}.parquet").sort("profile_id")
            for folder in ("whole", "cut")
        )
        assert whole.equals(cut), name
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]
    assert not list((tmp_path / "cut").glob(".work-*"))


def test_who_leaves_is_out_of_the_places_too(scene: Engine) -> None:
    scene.refresh()
    file = scene.home.judged / "places.parquet"
    assert "tiktok:id-lyon3" in pl.read_parquet(file)["profile_id"].to_list()
    scene.forget(["tiktok:@lyon3"])
    assert "tiktok:id-lyon3" not in pl.read_parquet(file)["profile_id"].to_list()
    scene.close()
    assert b"id-lyon3" not in b"".join(
        p.read_bytes() for p in scene.home.path.rglob("*") if p.is_file()
    )
    scene.refresh()
    assert row(scene, "zoe")["audience_n_known"] == 22


class Killed(BaseException):
    """Stands for SIGKILL."""


def test_killed_before_the_places_went_the_next_refresh_completes(
    scene: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.refresh()

    def dies(*_: object) -> object:
        raise Killed

    monkeypatch.setattr(_forget, "_removed_places", dies)
    with pytest.raises(Killed):
        scene.forget(["tiktok:@lyon3"])
    monkeypatch.undo()
    scene.close()
    assert scene.status()["pending_removals"]
    scene.refresh()
    places = pl.read_parquet(scene.home.judged / "places.parquet")
    assert "tiktok:id-lyon3" not in places["profile_id"].to_list()


def edges_of(n: int, who: int = 1) -> pl.DataFrame:
    at = pl.datetime_range(NOW - timedelta(days=n), NOW, "1d", eager=True, time_zone="UTC")[:n]
    return pl.DataFrame({"profile_id": [who] * n, "a": range(n), "at": at})


def test_a_large_audience_is_sampled_over_all_its_life() -> None:
    n = 3 * MAX_SAMPLED + 17
    edges = pl.concat([edges_of(n), edges_of(40, who=2)])
    sampled, totals = sample_followers(edges)
    assert totals.sort("profile_id").rows() == [(1, n, MAX_SAMPLED), (2, 40, 40)]
    assert sampled["profile_id"].value_counts().sort("profile_id").rows() == [
        (1, MAX_SAMPLED),
        (2, 40),
    ]
    # Every tenth of its life gives a tenth of the sample, the newest like the first.
    order = sampled.filter(pl.col("profile_id") == 1)["a"] * 10 // n
    counts = order.value_counts()["count"]
    assert counts.min() >= MAX_SAMPLED // 10 - 60  # type: ignore[operator]
    assert counts.max() <= MAX_SAMPLED // 10 + 60  # type: ignore[operator]


def test_the_sample_does_not_hang_on_the_order_of_rows() -> None:
    edges = edges_of(MAX_SAMPLED + 999).with_columns(
        at=pl.when(pl.col("a") % 3 > 0).then("at")  # many came at an unknown time
    )
    first, _ = sample_followers(edges)
    again, _ = sample_followers(edges.sample(fraction=1.0, shuffle=True, seed=3))
    assert set(first["a"]) == set(again["a"])
