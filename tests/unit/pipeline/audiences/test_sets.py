"""The sets of followers: made whole, brought up by what changed, and without whoever left."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.pipeline.audiences import (
    FOLDER,
    Audiences,
    audiences_of,
    forget_audiences,
    held_audiences,
)

from ..conftest import HEARD, NOW, post, profile, put

LISTED = ("ana", "bob", "cleo")


def follow(who: str, whom: str, **fields: Any) -> dict[str, Any]:
    ends = {"follower_id": f"tiktok:id-{who}", "followed_id": f"tiktok:id-{whom}"}
    return {**ends, "followed_at": NOW - timedelta(days=30), **HEARD, **fields}


def sets_of(engine: Engine) -> Audiences:
    found = audiences_of(engine.home.path, engine.home.judged, engine.catalogue)
    assert found is not None
    return found


def followers(sets: Audiences) -> dict[str, frozenset[int]]:
    """Creator -> keys of their people, whatever their numbers."""
    key = dict(zip(sets.numbers.tolist(), sets.keys.tolist(), strict=True))
    ids = sets.creators["profile_id"].to_list()
    return {
        name.removeprefix("tiktok:id-"): frozenset(
            key[n] for n in sets.people(seat) | sets.flagged(seat)
        )
        for seat, name in enumerate(ids)
    }


def keys(*names: str) -> frozenset[int]:
    return frozenset(pl.Series([f"tiktok:id-{n}" for n in names]).hash(seed=0).to_list())


@pytest.fixture
def town(engine: Engine) -> Engine:
    people = [profile(n) for n in LISTED] + [profile(f"fan{i}", posts_count=0) for i in range(6)]
    put(engine, "profiles", people)
    put(engine, "posts", [post(i, n) for n in LISTED for i in range(3)])
    pairs = [("ana", range(4)), ("bob", range(2, 6))]
    put(engine, "follows", [follow(f"fan{i}", n) for n, fans in pairs for i in fans])
    engine.refresh()
    return engine


def test_each_creator_has_their_followers(town: Engine) -> None:
    sets = sets_of(town)
    assert followers(sets) == {
        "ana": keys("fan0", "fan1", "fan2", "fan3"),
        "bob": keys("fan2", "fan3", "fan4", "fan5"),
        "cleo": frozenset(),
    }
    assert sets.creators["n_people"].to_list() == [4, 4, 0]
    assert not sets.about.updated
    assert held_audiences(town.home.path) is sets


def test_what_changed_since_is_brought_in_alone(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("influencr.pipeline.audiences._make.MAX_SHARE", 2.0)
    before = sets_of(town)
    put(town, "profiles", [profile("dan"), profile("fan9", posts_count=0)])
    put(town, "posts", [post(i, "dan") for i in range(3)])
    later = {"fetched_at": NOW + timedelta(days=1)}
    put(
        town,
        "follows",
        [
            follow("fan9", "ana", **later),
            follow("fan0", "dan", **later),
            follow("fan0", "ana", deleted_at=NOW, **later),
        ],
    )
    town.refresh(force=True)
    after = sets_of(town)
    assert after.about.updated
    assert followers(after) == {
        "ana": keys("fan1", "fan2", "fan3", "fan9"),
        "bob": keys("fan2", "fan3", "fan4", "fan5"),
        "cleo": frozenset(),
        "dan": keys("fan0"),
    }
    numbers = dict(zip(before.keys.tolist(), before.numbers.tolist(), strict=True))
    now = dict(zip(after.keys.tolist(), after.numbers.tolist(), strict=True))
    assert all(now[key] == number for key, number in numbers.items())
    assert len(set(now.values())) == len(now)
    # The same as all of it read anew.
    forget_audiences(town.home.path, None)
    anew = sets_of(town)
    assert not anew.about.updated
    assert followers(anew) == followers(after)


def test_somebody_listed_later_has_their_earlier_followers(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("influencr.pipeline.audiences._make.MAX_SHARE", 2.0)
    put(town, "follows", [follow(f"fan{i}", "eve") for i in range(3)])
    town.refresh(force=True)
    assert "eve" not in followers(sets_of(town))
    put(town, "profiles", [profile("eve")])
    put(town, "posts", [post(i, "eve") for i in range(3)])
    town.refresh(force=True)
    sets = sets_of(town)
    assert sets.about.updated
    assert followers(sets)["eve"] == keys("fan0", "fan1", "fan2")


def test_who_may_not_be_counted_any_more_goes_out_of_the_sets(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("influencr.pipeline.audiences._make.MAX_SHARE", 2.0)
    sets_of(town)
    later = {**HEARD, "fetched_at": NOW + timedelta(days=1)}
    put(
        town,
        "profiles",
        [
            {**profile("fan2", posts_count=0), **later, "policy": 0},
            {**profile("fan3", posts_count=0), **later, "status": "deleted"},
        ],
    )
    town.refresh(force=True)
    sets = sets_of(town)
    assert sets.about.updated
    assert followers(sets)["ana"] == keys("fan0", "fan1")
    assert followers(sets)["bob"] == keys("fan4", "fan5")


def test_who_leaves_is_in_no_set(town: Engine) -> None:
    sets_of(town)
    town.forget(["tiktok:@fan2", "tiktok:@bob"])
    held = held_audiences(town.home.path)
    assert held is not None
    assert followers(held) == {"ana": keys("fan0", "fan1", "fan3"), "cleo": frozenset()}
    assert not set(held.keys.tolist()) & keys("fan2")
    town.refresh()
    assert followers(sets_of(town)) == followers(held)


def test_a_folder_that_is_not_complete_is_passed_over(town: Engine) -> None:
    sets = sets_of(town)
    half = town.home.path / FOLDER / "29990101T000000000000"
    half.mkdir()
    assert held_audiences(town.home.path) is sets
    (sets.folder / "about.json").unlink()
    assert held_audiences(town.home.path) is None
    assert followers(sets_of(town)) == followers(sets)


def test_without_follows_there_are_none(village: Engine, tmp_path: Path) -> None:
    village.refresh()
    assert audiences_of(village.home.path, village.home.judged, village.catalogue) is None
    assert village.audiences() is None
