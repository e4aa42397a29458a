"""Hidden by the network for 30 days: gone from everywhere, and welcome back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from influencr.engine import Engine
from influencr.kept import Kept
from influencr.pipeline import _expire, _purge, observe_expiry
from influencr.sources.http import State

from .conftest import post, profile, put

#: Nobody is hidden before this.
DAY = datetime.now(UTC).replace(microsecond=0)
#: The first midnight at which 30 days are over, and a little.
DUE = 31.5


def says(engine: Engine, name: str, status: str | None, day: float = 0, **fields) -> None:
    """The network says so of an account, so many days after the start."""
    row = {"profile_id": f"bluesky:id-{name}", "platform": "bluesky", "status": status}
    heard = {"fetched_at": DAY + timedelta(days=day), "source": "bluesky", "fetch_method": "api"}
    put(engine, "profiles", [profile(name, platform="bluesky") | row | heard | fields])


def follow(a: str, b: str, **fields):
    ends = {"follower_id": f"bluesky:id-{a}", "followed_id": f"bluesky:id-{b}"}
    return {k: v for k, v in profile(a).items() if k in HEARD} | ends | fields


HEARD = ("source", "fetched_at", "fetch_method", "licence", "policy")


@pytest.fixture
def town(engine: Engine) -> Engine:
    """Ana and Bob bake, follow each other, answer each other, and are in one another's pack."""
    heard = {k: v for k, v in profile("x").items() if k in HEARD}
    people = [
        profile("ana", platform="bluesky", bio_text="Secretword bakes bread in Lyon"),
        profile("bob", platform="bluesky", bio_text="bakes bread in Nice"),
    ]
    put(engine, "profiles", people)
    named = [post(i, n, platform="bluesky") for n in ("ana", "bob") for i in range(3)]
    named[0]["text"] = "Secretpost about bread"
    named[3] |= {"reply_to": "ana-0", "mentions": ["@ana", "@cy"]}
    put(engine, "posts", named)
    put(engine, "follows", [follow("ana", "bob"), follow("bob", "ana"), follow("cy", "bob")])
    acts = [("ana", "bob-1"), ("bob", "ana-1"), ("cy", "ana-1"), ("cy", "bob-1")]
    put(
        engine,
        "engagements",
        [heard | {"actor_id": f"bluesky:id-{a}", "post_id": p, "kind": "like"} for a, p in acts],
    )
    packs = [("one", "ana", "bob"), ("two", "bob", "ana"), ("two", "bob", "cy")]
    put(
        engine,
        "packs",
        [
            heard | {"pack_id": p, "owner_id": f"bluesky:id-{o}", "member_id": f"bluesky:id-{m}"}
            for p, o, m in packs
        ],
    )
    engine.refresh()
    return engine


def stored(engine: Engine, table: str, column: str) -> list[str]:
    return sorted(engine.catalogue.scan(table).collect()[column].to_list())


def below(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


def is_gone(engine: Engine) -> bool:
    engine.close()
    held = below(engine.home.path)
    return not any(word in held for word in (b"Secretword", b"Secretpost", b"id-ana"))


@pytest.mark.parametrize("status", ["takendown", "suspended", "deactivated"])
def test_hidden_at_once_and_gone_after_30_days(town, ahead, status):
    says(town, "ana", status)
    town.refresh()
    assert [h.handle for h in town.search("bread").hits] == ["bob"]
    ahead(29.9)
    assert town.search("bread").total == 1
    assert not is_gone(town)
    ahead(DUE)
    assert town.search("bread").total == 1
    assert is_gone(town)


def test_everything_about_them_goes_and_nothing_else(town, ahead):
    with State(town.home.sources / "bluesky.sqlite") as state:
        state.mark("look", "id-ana")
        state.mark("look", "id-bob")
    (town.home.quarantine / "q.jsonl").write_text(
        '{"row": {"id": "id-ana"}}\n{"row": {"id": "id-bob"}}\n', encoding="utf-8"
    )
    says(town, "ana", "suspended")
    town.refresh()
    ahead(DUE)
    town.search("bread")
    bob = "bluesky:id-bob"
    assert stored(town, "profiles", "profile_id") == [bob]
    assert stored(town, "posts", "post_id") == ["bob-0", "bob-1", "bob-2"]
    assert stored(town, "follows", "follower_id") == ["bluesky:id-cy"]
    assert stored(town, "engagements", "post_id") == ["bob-1"]
    assert stored(town, "packs", "member_id") == ["bluesky:id-cy"]
    answer = town.catalogue.scan("posts").collect().sort("post_id").row(0, named=True)
    assert (answer["reply_to"], answer["mentions"]) == (None, ["@cy"])
    with State(town.home.sources / "bluesky.sqlite") as state:
        assert state.done("look") == {"id-bob"}
    assert "id-bob" in (town.home.quarantine / "q.jsonl").read_text(encoding="utf-8")
    assert town.catalogue.versions()["removals"] == -1
    assert not (town.home.judged / "purging.json").exists()
    assert is_gone(town)


@pytest.mark.parametrize("status", ["moved", "memorial", "active", None])
def test_everybody_else_stays(town, ahead, status):
    says(town, "ana", status)
    town.refresh()
    ahead(100)
    town.search("bread")
    assert not town.refresh().judged
    assert town.catalogue.next_purge() is None
    assert "bluesky:id-ana" in stored(town, "profiles", "profile_id")


def test_who_comes_back_in_time_stays_and_the_days_begin_anew(town, ahead):
    says(town, "ana", "deactivated")
    says(town, "ana", "active", day=20)
    town.refresh()
    ahead(DUE)
    assert town.search("bread").total == 2
    says(town, "ana", "deactivated", day=40)
    ahead(50)
    town.refresh()
    assert "bluesky:id-ana" in stored(town, "profiles", "profile_id")
    ahead(40 + DUE)
    town.search("bread")
    assert is_gone(town)


def test_a_row_that_came_late_or_tells_no_status_changes_nothing(town, ahead):
    says(town, "ana", "deactivated", day=5)
    says(town, "ana", "suspended", day=25)
    says(town, "ana", None, day=30)
    says(town, "ana", "active", day=2)
    town.refresh()
    midnight = (DAY + timedelta(days=36)).replace(hour=0, minute=0, second=0)
    assert town.catalogue.next_purge() == midnight
    assert _expire.next_expiry(town.home.judged) == midnight


def test_who_comes_back_afterwards_is_collected_anew(town, ahead):
    says(town, "ana", "takendown")
    town.refresh()
    ahead(DUE)
    town.search("bread")
    says(town, "ana", "active", day=32, bio_text="Back with bread")
    town.refresh()
    assert {h.handle for h in town.search("bread").hits} == {"ana", "bob"}
    assert town.search("secretword").total == 0


def test_known_by_handle_alone_they_go_too(town, ahead):
    says(town, "dora", "suspended", profile_id="bluesky:@dora", bio_text="Secretdora")
    town.refresh()
    ahead(DUE)
    town.search("bread")
    assert stored(town, "profiles", "handle") == ["ana", "bob"]
    assert b"Secretdora" not in below(town.home.path)


def test_rows_of_somebody_who_had_or_got_the_handle_stay(town, ahead):
    says(town, "cy", "active", handle="ana", day=-5)
    says(town, "cy", "active", handle="cy", day=-4)
    says(town, "ana", "suspended", handle="ana", day=0)
    says(town, "eve", "active", handle="old", day=1)
    says(town, "eve", "suspended", handle="old", day=2)
    says(town, "flo", "active", handle="old", day=3)
    town.refresh()
    ahead(3 + DUE)
    town.search("bread")
    left = town.catalogue.scan("profiles").collect()
    assert sorted(left["handle"].to_list()) == ["ana", "bob", "cy", "old"]
    assert set(left["profile_id"]) == {"bluesky:id-bob", "bluesky:id-cy", "bluesky:id-flo"}


def test_what_searches_have_shown_goes_and_what_members_typed_stays(town, ahead):
    kept = Kept(town.home.path)
    kept.save_search("bakers", "Bakers", b'{"without": ["@ana"]}')
    kept.see("bakers", ["bluesky:id-ana", "bluesky:id-bob"], [])
    says(town, "ana", "suspended")
    town.refresh()
    ahead(DUE)
    town.search("bread")
    assert kept.seen("bakers") == ["bluesky:id-bob"]
    assert b"@ana" in kept.search("bakers").query


def test_a_refresh_does_it_and_then_has_nothing_to_do(town, ahead):
    says(town, "ana", "takendown")
    town.refresh()
    ahead(DUE)
    assert town.refresh().n_searchable == 1
    assert is_gone(town)
    again = town.refresh()
    assert not again.judged
    assert again.updated is None


def test_a_run_without_a_refresh_notes_and_does_it(town, ahead):
    says(town, "ana", "takendown")
    assert _expire.next_expiry(town.home.judged) is None
    assert observe_expiry(town.home, town.catalogue, town.index) == []
    assert _expire.next_expiry(town.home.judged) is not None
    ahead(DUE)
    purged = observe_expiry(town.home, town.catalogue, town.index)
    assert {"bluesky:id-ana", "bluesky:@ana", "post:ana-1", "pack:one"} <= set(purged)
    assert [h.handle for h in town.search("bread").hits] == ["bob"]
    assert is_gone(town)


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs that a dead process would not run."""


STEPS = ["delete", "_tidy", "drop_from_judged", "forget_in_sources", "forget_follows"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_in_between_the_next_question_completes(town, ahead, monkeypatch, step, after):
    from influencr.catalogue import _erasure
    from influencr.catalogue._table import Table

    owner = {"delete": Table, "_tidy": _erasure}.get(step, _purge)
    says(town, "ana", "suspended")
    town.refresh()
    ahead(DUE)
    real = getattr(owner, step)

    def dies(*arguments: object) -> object:
        if after:
            real(*arguments)
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(owner, step, dies)
        with pytest.raises(Killed):
            town.search("bread")
    town.close()
    assert (town.home.judged / "purging.json").exists()
    assert [h.handle for h in town.search("bread").hits] == ["bob"]
    assert not (town.home.judged / "purging.json").exists()
    assert stored(town, "posts", "post_id") == ["bob-0", "bob-1", "bob-2"]
    assert is_gone(town)


def test_killed_in_a_first_refresh_the_next_question_completes(town, ahead, monkeypatch):
    """Nothing was noted before: the rows came from a file that was old already."""
    says(town, "ana", "suspended", day=-100)
    says(town, "ana", "suspended", day=-99, posts_count=11)
    with monkeypatch.context() as broken:
        broken.setattr(_purge, "drop_from_judged", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            town.refresh()
    assert [h.handle for h in town.search("bread").hits] == ["bob"]
    assert is_gone(town)


def test_nobody_due_costs_a_question_nothing(town, ahead, monkeypatch):
    says(town, "ana", "suspended")
    town.refresh()
    ahead(29)

    def looks(*_: object) -> None:
        raise AssertionError("looked")

    monkeypatch.setattr("influencr.catalogue._views.Views.paused", looks)
    monkeypatch.setattr("influencr.pipeline._expire.let_expire", looks)
    assert town.search("bread").total == 1


def test_while_nobody_is_hidden_one_column_is_read(town, monkeypatch):
    """The rest of the rows is only resolved where somebody is."""
    monkeypatch.setattr("influencr.catalogue._views.Views._resolved", None)
    assert town.catalogue.next_purge() is None
    assert town.catalogue.purge_names() == []
