"""Whose followers match a target: judged by own words and follows, and nobody singled out."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from influencr import geography
from influencr.engine import Engine
from influencr.pipeline import judge
from influencr.pipeline.alignment import Follows, Target, alignment, follows_of, overlaps
from influencr.pipeline.alignment._follows import forget_follows

from ..conftest import HEARD, NOW, post, profile, put

BAKERS = [f"baker{i}" for i in range(6)]
RUNNERS = [f"runner{i}" for i in range(9)]
#: Followed by nobody: there is more to follow than bread and running.
OTHERS = [f"singer{i}" for i in range(24)]


def follow(follower: str, followed: str, **fields: Any) -> dict[str, Any]:
    return {
        "follower_id": f"tiktok:id-{follower}",
        "followed_id": f"tiktok:id-{followed}",
        "followed_at": NOW,
        **HEARD,
        **fields,
    }


@pytest.fixture
def scene(engine: Engine) -> Engine:
    """30 people follow Ana: 18 care about bread, 12 run; 12 and 9 of them tell a place."""
    people = [profile("ana", bio_text="Sourdough and bread, every day of the week")]
    people += [profile("hidden", bio_text="Bread, too", audience_hidden=True)]
    people += [profile(n, bio_text="I bake bread and write about sourdough") for n in BAKERS]
    people += [profile(n, bio_text="Running a marathon every year, trail runner") for n in RUNNERS]
    people += [profile(n, bio_text="I sing jazz and write my own music") for n in OTHERS]
    edges = []
    for i in range(30):
        place = {"place_raw": "Lyon, France"} if i < 12 else {}
        place = {"place_raw": "Tokyo, Japan"} if i >= 21 else place
        people.append(profile(f"fan{i}", posts_count=0, **place))
        edges += [follow(f"fan{i}", who) for who in ("ana", "hidden")]
        edges += [follow(f"fan{i}", who) for who in (BAKERS if i < 18 else RUNNERS)]
    people.append(profile("child", posts_count=0, bio_text="I'm 15"))
    edges += [follow("child", "ana"), follow("fan0", "ana")]
    edges.append(follow("private", "ana", policy=1))
    put(engine, "profiles", people)
    put(
        engine,
        "posts",
        [
            post(i, n, text="hello")
            for n in ("ana", "hidden", *BAKERS, *RUNNERS, *OTHERS)
            for i in (0, 1)
        ],
    )
    put(engine, "follows", edges)
    judge(engine.catalogue, out=engine.home.judged)
    return engine


def read(engine: Engine) -> Follows:
    found = follows_of(engine.home.path, engine.home.judged, engine.catalogue)
    assert found is not None
    return found


def row(engine: Engine, target: Target, who: str = "ana") -> dict[str, Any]:
    stated = alignment(read(engine), target)
    found: dict[str, Any] = stated.filter(profile_id=f"tiktok:id-{who}").row(0, named=True)
    return found


def test_follows_are_read_both_ways_and_once(scene: Engine) -> None:
    follows = read(scene)
    names = follows.creators["profile_id"].to_list()
    ana = names.index("tiktok:id-ana")
    mine = follows.followers[follows.creator_starts[ana] : follows.creator_starts[ana + 1]]
    assert len(mine) == 30  # the child and the follow that may not be read are not among them
    assert np.all(np.diff(mine.astype(np.int64)) > 0)
    for person in range(follows.n_people):
        first, last = follows.person_starts[person : person + 2]
        assert last > first
    assert len(follows.followed) == len(follows.followers)
    hidden = names.index("tiktok:id-hidden")
    assert follows.n_followers()[hidden] == 0
    again = read(scene)
    assert np.array_equal(again.followers, follows.followers)


def test_what_somebody_follows_tells_what_they_care_about(scene: Engine) -> None:
    found = row(scene, Target(topics=("baking",)))
    assert (found["n_match"], found["n_not"], found["n_unknown"]) == (18, 12, 0)
    assert found["share"] == 0.6
    assert found["low"] < 0.6 < found["high"]
    assert found["reason"] == (
        "interests known of 30 of 30 followers known here; 18 match; interval 95 %"
    )


def test_a_piece_that_is_not_known_is_not_a_no(scene: Engine) -> None:
    place = geography.ask("France")
    found = row(scene, Target((place,), (), ()))
    assert (found["n_match"], found["n_not"], found["n_unknown"]) == (12, 9, 9)
    assert found["share"] == round(12 / 21, 4)
    both = row(scene, Target((place,), (), ("baking",)))
    # Of the nine who tell no place it stays unknown, also of those who do not care about bread.
    assert (both["n_match"], both["n_not"], both["n_unknown"]) == (12, 9, 9)
    assert (both["n_place"], both["n_topic"], both["n_language"]) == (21, 30, None)


def test_small_numbers_are_not_told(scene: Engine) -> None:
    fans = [f"fan{i}" for i in range(27, 30)]
    put(scene, "profiles", [profile(n, posts_count=0, place_raw="Oslo, Norway") for n in fans])
    judge(scene.catalogue, out=scene.home.judged)
    found = row(scene, Target((geography.ask("Norway"),), (), ()))
    assert (found["n_match"], found["n_not"]) == (None, None)
    assert found["low"] == 0
    assert found["high"] > 4 / 21
    assert "fewer than five match" in found["reason"]


def test_too_few_or_none_say_so(scene: Engine) -> None:
    target = Target(topics=("baking",))
    assert row(scene, target, "hidden")["reason"] == "not read: the profile hides who follows it"
    few = row(scene, target, "runner0")
    assert few["share"] is None
    assert few["reason"].startswith("not enough data: interests known of 12 of 12")
    assert row(scene, Target())["reason"].startswith("the brand states no place")


def test_a_place_that_is_too_coarse_is_not_known(scene: Engine) -> None:
    target = Target((geography.ask("Lyon"),), (), ())
    found = row(scene, target)
    assert (found["n_match"], found["n_unknown"]) == (12, 9)
    later = {"fetched_at": NOW + timedelta(days=1), "place_raw": "France"}
    fans = [profile(f"fan{i}", posts_count=0, **later) for i in (21, 22)]
    put(scene, "profiles", fans)
    judge(scene.catalogue, out=scene.home.judged)
    assert row(scene, target)["n_unknown"] == 11


def test_who_leaves_takes_the_follows_along(scene: Engine) -> None:
    follows = read(scene)
    forget_follows(scene.home.path)
    assert not (scene.home.path / "audience").exists()
    assert np.array_equal(read(scene).followers, follows.followers)


def test_creators_who_share_followers_beyond_chance(scene: Engine) -> None:
    found = overlaps(read(scene), "tiktok:id-baker0")
    assert found.reason.startswith("not enough data: 18 followers")
    ana = overlaps(read(scene), "tiktok:id-ana")
    # Everybody here follows Ana, so nobody shares more with her than chance.
    assert ana.found == ()
    assert overlaps(read(scene), "tiktok:id-hidden").reason.startswith("not read")
    assert overlaps(read(scene), "tiktok:nobody").found == ()


def test_shares_and_lifts_are_counts(scene: Engine) -> None:
    crowd = [profile(f"far{i}", posts_count=0) for i in range(40)]
    edges = [follow(f"far{i}", "runner0") for i in range(40)]
    edges += [follow(f"fan{i}", "baker1") for i in range(18, 24)]
    edges += [follow(f"fan{i}", "baker0") for i in range(18, 24)]
    put(scene, "profiles", crowd)
    put(scene, "follows", edges)
    judge(scene.catalogue, out=scene.home.judged)
    found = {o.profile_id: o for o in overlaps(read(scene), "tiktok:id-baker0").found}
    first = found["tiktok:id-baker1"]
    assert (first.n_shared, first.n_sampled, first.share, first.jaccard) == (24, 24, 1.0, 1.0)
    assert first.lift == round(70 / 24, 2)
    other = found["tiktok:id-baker2"]
    assert (other.n_shared, other.jaccard) == (18, 0.75)
    assert next(iter(found)) == "tiktok:id-baker1"
    assert "tiktok:id-runner0" not in found
