"""What creators say of themselves, over judges, neighbours, refreshes and new names."""

from datetime import timedelta
from typing import Any

import pytest

from influencr.engine import Engine
from influencr.geography import Gazetteer
from influencr.kept import Rights
from influencr.pipeline import apply_said

from .conftest import HEARD, NOW, post, profile, put

ZOE = "tiktok:id-zoe"


@pytest.fixture
def scene(engine: Engine) -> Engine:
    """Zoe says nothing of where she is; the people whom she knows are in Lyon."""
    friends = [f"lyon{i}" for i in range(8)]
    people = [profile("zoe", bio_text="I paint")]
    people += [profile(name, place_raw="Lyon, France", posts_count=0) for name in friends]
    put(engine, "profiles", people)
    put(engine, "posts", [post(i, "zoe") for i in range(2)])
    follows = [
        {"follower_id": one, "followed_id": other, "followed_at": NOW - timedelta(days=1), **HEARD}
        for name in friends
        for one, other in ((ZOE, f"tiktok:id-{name}"), (f"tiktok:id-{name}", ZOE))
    ]
    put(engine, "follows", follows)
    engine.refresh()
    return engine


def place_of(name: str) -> dict[str, Any]:
    place = Gazetteer.load().named(name)[0][0]
    return {"place_id": place.id, "label": place.label}


def say(engine: Engine, field: str, value: Any, who: str = ZOE) -> dict[str, Any]:
    Rights(engine.home.path).say(who, field, value, proven_at=NOW, way="bio")
    apply_said(engine.home, engine.catalogue, engine.index)
    return row(engine)


def row(engine: Engine) -> dict[str, Any]:
    shown = engine.show("tiktok:@zoe")
    assert shown is not None
    return shown


def test_a_place_that_was_said_outranks_the_places_of_friends(scene: Engine):
    assert (row(scene)["place_basis"], row(scene)["place_name"]) == ("network", "Lyon")
    said = say(scene, "place", place_of("Osaka"))
    assert (said["place_basis"], said["place_name"], said["place_level"]) == (
        "said",
        "Osaka",
        "city",
    )
    assert said["place_reason"].startswith("said by the creator, proven on ")
    assert said["lat"] is not None
    scene.refresh(force=True)
    assert row(scene)["place_name"] == "Osaka"


def test_a_country_alone_is_not_looked_for_closer(scene: Engine):
    france = place_of("France")
    for _ in range(2):
        said = say(scene, "place", france)
        assert (said["place_level"], said["country"], said["lat"]) == ("country", "FR", None)
        scene.refresh(force=True)
    assert row(scene)["place_level"] == "country"


def test_no_place_is_no_place(scene: Engine):
    assert say(scene, "place", {"place_id": None})["place_level"] is None
    scene.refresh(force=True)
    assert row(scene)["place_level"] is None
    assert row(scene)["place_reason"].endswith("no place is to be shown")


def test_taken_back_what_is_read_counts_again(scene: Engine):
    before = row(scene)["topics"]
    say(scene, "place", place_of("Osaka"))
    say(scene, "topics", ["coffee"])
    say(scene, "place", None)
    assert say(scene, "topics", None)["topics"] == before
    scene.refresh(force=True)
    assert row(scene)["place_name"] == "Lyon"


def test_what_was_said_while_everybody_was_judged_is_in_the_index_too(
    scene: Engine, monkeypatch: pytest.MonkeyPatch
):
    from influencr.pipeline import _refresh

    build = _refresh.build_index

    def slow(*given: Any, **named: Any) -> int:
        Rights(scene.home.path).say(ZOE, "topics", ["coffee"], proven_at=NOW, way="bio")
        return build(*given, **named)

    monkeypatch.setattr(_refresh, "build_index", slow)
    scene.refresh(force=True)
    assert row(scene)["topics"] == ["coffee"]
    assert Rights(scene.home.path).to_apply() == []


def test_an_index_built_anew_of_what_was_judged_before_has_it_too(scene: Engine):
    say(scene, "topics", ["coffee"])
    (scene.home.judged / "indexed.json").unlink()
    scene.refresh()
    assert row(scene)["topics"] == ["coffee"]


def test_somebody_known_by_handle_is_found_again_under_their_id(scene: Engine):
    assert say(scene, "topics", ["coffee"], who="tiktok:@zoe")["topics"] == ["coffee"]


def test_a_place_that_the_gazetteer_has_lost_keeps_its_words(scene: Engine):
    said = say(scene, "place", {"place_id": 1, "label": "Atlantis, Ocean"})
    assert said["place_level"] is None
    assert "Atlantis, Ocean, which the gazetteer no longer holds" in said["place_reason"]


def test_who_leaves_takes_it_along(scene: Engine):
    say(scene, "topics", ["coffee"])
    scene.forget(["tiktok:@zoe"])
    assert Rights(scene.home.path).statements() == []
