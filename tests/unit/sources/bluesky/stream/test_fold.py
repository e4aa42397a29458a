"""What a stream of events comes to: rows of what concerns the index, and nothing of the rest."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from influencr.errors import Terminal
from influencr.sources.bluesky.stream import Event, Fold, Folded, Memory, Position

from .conftest import NOON, SECOND, commit, did, follow, like, named, post, post_uri, standing

MINUTE = 60 * SECOND


def when(at: int) -> datetime:
    return datetime.fromtimestamp((NOON + at) / SECOND, UTC)


def reply_to(whose: str, which: str) -> dict[str, Any]:
    parent = {"uri": post_uri(whose, which), "cid": "bafyreib"}
    return {"reply": {"root": parent, "parent": parent}}


def quote_of(whose: str, which: str) -> dict[str, Any]:
    return {"embed": {"$type": "app.bsky.embed.record", "record": {"uri": post_uri(whose, which)}}}


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory(":memory:") as opened:
        yield opened


@pytest.fixture
def fold(memory: Memory) -> Fold:
    """Ana and Bob are in the catalogue; everybody else is a stranger."""
    return Fold({did("ana"), did("bob")}, memory)


def folded(fold: Fold, *events: Event) -> dict[str, list[dict[str, Any]]]:
    fold.take_all(events)
    return rows(fold.drain())


def rows(done: Folded) -> dict[str, list[dict[str, Any]]]:
    """Table -> rows without the columns that are null."""
    return {
        batch.table: [
            {name: value for name, value in row.items() if value is not None}
            for row in batch.frame.sort("fetched_at").to_dicts()
        ]
        for batch in done.batches
    }


HEARD = {
    "source": "bluesky",
    "fetch_method": "stream",
    "licence": "open-protocol",
    "policy": 15,
}


def test_a_post_of_the_known_is_a_row(fold: Fold) -> None:
    event = post("ana", "3k1", "Kaffee!", at=MINUTE, langs=["de-CH", "en"], tags=["Espresso"])
    assert folded(fold, event) == {
        "posts": [
            {
                "post_id": f"bluesky:{post_uri('ana', '3k1')}",
                "profile_id": f"bluesky:{did('ana')}",
                "created_at": when(MINUTE),
                "kind": "post",
                "text": "Kaffee!",
                "language": "de",
                "hashtags": ["Espresso"],
                "mentions": [],
                "links": [],
                "fetched_at": when(MINUTE),
                **HEARD,
            }
        ]
    }


def test_strangers_among_themselves_leave_nothing(fold: Fold) -> None:
    assert (
        folded(
            fold,
            post("zoe", "3k1", "hello", at=1),
            like("yan", "3k2", "zoe", "3k1", at=2),
            follow("yan", "3k3", "zoe", at=3),
            follow("ana", "3k4", "zoe", at=4),
            commit("zoe", "actor.profile", "self", {"displayName": "Zoe"}, at=5),
            standing("zoe", at=6, active=True),
            named("zoe", "zoe.example", at=7),
            commit("zoe", "graph.block", "3k5", {"subject": did("ana")}, at=8),
        )
        == {}
    )


def test_a_deleted_post_loses_its_words(fold: Fold) -> None:
    folded(fold, post("ana", "3k1", "not so sure", at=1))
    (row,) = folded(fold, commit("ana", "feed.post", "3k1", None, at=MINUTE))["posts"]
    assert (row["text"], row["deleted_at"]) == ("", when(MINUTE))


@pytest.mark.parametrize("kind", ["like", "repost"])
def test_a_reaction_is_undone_by_its_record_key(fold: Fold, memory: Memory, kind: str) -> None:
    made = folded(fold, like("zoe", "3k2", "ana", "3k1", at=5, kind=kind))["engagements"]
    memory.commit(Position())
    gone = folded(fold, commit("zoe", f"feed.{kind}", "3k2", None, at=MINUTE))["engagements"]
    ends = {
        "actor_id": f"bluesky:{did('zoe')}",
        "post_id": f"bluesky:{post_uri('ana', '3k1')}",
        "kind": kind,
        "at": when(5),
        **HEARD,
    }
    assert made == [{**ends, "fetched_at": when(5)}]
    assert gone == [{**ends, "fetched_at": when(MINUTE - 1), "deleted_at": when(MINUTE)}]
    assert folded(fold, commit("zoe", f"feed.{kind}", "3k2", None, at=MINUTE)) == {}


def test_a_follow_tells_where_it_came_from_and_is_undone(fold: Fold) -> None:
    pack = f"at://{did('bob')}/app.bsky.graph.starterpack/3p"
    event = follow("zoe", "3k1", "ana", at=5)
    assert event.record is not None
    event.record["via"] = {"uri": pack, "cid": "bafyreib"}
    (made,) = folded(fold, event)["follows"]
    assert (made["follower_id"], made["followed_id"], made["followed_at"], made["via_id"]) == (
        f"bluesky:{did('zoe')}",
        f"bluesky:{did('ana')}",
        when(5),
        f"bluesky:{pack}",
    )
    (gone,) = folded(fold, commit("zoe", "graph.follow", "3k1", None, at=MINUTE))["follows"]
    assert (gone["followed_id"], gone["deleted_at"]) == (made["followed_id"], when(MINUTE))


def test_replies_and_quotes_that_the_known_receive(fold: Fold) -> None:
    found = folded(
        fold,
        post("zoe", "3k1", "lovely", at=1, **reply_to("ana", "3k0")),
        post("yan", "3k2", "look", at=2, **quote_of("ana", "3k0")),
        post("bob", "3k3", "see", at=3, **quote_of("ana", "3k0")),
        post("yan", "3k4", "no", at=4, **reply_to("zoe", "3k1")),
    )
    assert [(row["kind"], row.get("reply_to")) for row in found["posts"]] == [
        ("reply", f"bluesky:{post_uri('ana', '3k0')}"),
        ("quote", None),
    ]
    assert [(row["actor_id"], row["kind"]) for row in found["engagements"]] == [
        (f"bluesky:{did('yan')}", "quote"),
        (f"bluesky:{did('bob')}", "quote"),
    ]
    ended = folded(
        fold,
        commit("zoe", "feed.post", "3k1", None, at=11),
        commit("yan", "feed.post", "3k2", None, at=12),
        commit("bob", "feed.post", "3k3", None, at=13),
        commit("yan", "feed.post", "3k4", None, at=14),
    )
    assert [row["post_id"] for row in ended["posts"]] == [
        f"bluesky:{post_uri('zoe', '3k1')}",
        f"bluesky:{post_uri('bob', '3k3')}",
    ]
    assert all("deleted_at" in row for row in ended["posts"] + ended["engagements"])
    assert len(ended["engagements"]) == 2


def test_a_stranger_who_no_longer_answers_is_dropped(fold: Fold) -> None:
    folded(fold, post("zoe", "3k1", "lovely", at=1, **reply_to("ana", "3k0")))
    changed = post("zoe", "3k1", "something else", at=2)._replace(operation="update")
    (row,) = folded(fold, changed)["posts"]
    assert (row["text"], row["deleted_at"]) == ("", when(2))


def test_a_profile_record_tells_all_of_it(fold: Fold) -> None:
    label = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "bot"}]}
    full = {
        "displayName": "Ana",
        "description": "Potter in Porto",
        "website": " https://ana.example ",
        "avatar": {"$type": "blob"},
        "labels": label,
    }
    found = folded(
        fold,
        commit("ana", "actor.profile", "self", full, at=1),
        commit("bob", "actor.profile", "self", {}, at=2, operation="update"),
        commit("bob", "actor.profile", "other", {"displayName": "no"}, at=3),
    )["profiles"]
    assert (
        found[0]
        | {
            "display_name": "Ana",
            "bio_text": "Potter in Porto",
            "links": ["https://ana.example"],
            "has_avatar": True,
            "has_banner": False,
            "is_bot": True,
            "no_signed_out": False,
        }
        == found[0]
    )
    assert found[1] | {"display_name": "", "bio_text": "", "links": [], "is_bot": False} == found[1]
    assert len(found) == 2


def test_wishes_are_kept_and_taken_back(fold: Fold) -> None:
    hide = {"hideFromAlgorithmicRecommendations": True}
    found = folded(
        fold,
        commit("ana", "actor.contentVisibilityDeclaration", "self", hide, at=SECOND),
        commit("ana", "actor.contentVisibilityDeclaration", "self", None, at=MINUTE),
    )["profiles"]
    assert [row["no_recommend"] for row in found] == [True, False]


def test_standing_hides_shows_and_ends(fold: Fold) -> None:
    found = fold
    fold.take_all(
        [
            standing("ana", at=1, active=False, status="takendown"),
            standing("ana", at=2, active=True),
            standing("ana", at=3, active=False, status="throttled"),
            standing("ana", at=4, active=False),
            standing("bob", at=5, active=False, status="deleted"),
            post("bob", "3k9", "too late", at=6),
        ]
    )
    done = found.drain()
    assert [row["status"] for row in rows(done)["profiles"]] == [
        "takendown",
        "active",
        "deactivated",
        "deleted",
    ]
    assert done.gone == {f"bluesky:{did('bob')}"}
    assert "posts" not in rows(done)


def test_names_change(fold: Fold) -> None:
    fold.take_all(
        [
            named("ana", "Ana.Example", at=1),
            named("bob", None, at=2),
            named("bob", "handle.invalid", at=3),
        ]
    )
    done = fold.drain()
    (row,) = rows(done)["profiles"]
    assert (row["profile_id"], row["handle"]) == (f"bluesky:{did('ana')}", "ana.example")
    assert done.look_again == {f"bluesky:{did('bob')}"}


def test_a_handle_and_a_standing_of_one_moment_do_not_tie(fold: Fold) -> None:
    found = folded(
        fold, named("ana", "ana.example", at=SECOND), standing("ana", at=SECOND, active=True)
    )
    assert len({row["fetched_at"] for row in found["profiles"]}) == 2


def test_strangers_are_noted_when_their_standing_changes(memory: Memory) -> None:
    fold = Fold({did("ana")}, memory, hidden={did("xia")})
    fold.take_all(
        [
            standing("zoe", at=1, active=False, status="deleted"),
            standing("yan", at=2, active=True),
            standing("xia", at=3, active=True),
        ]
    )
    assert fold.drain().strangers == {
        f"bluesky:{did('zoe')}": ("deleted", NOON + 1),
        f"bluesky:{did('xia')}": ("active", NOON + 3),
    }


def test_a_cut_repository_is_to_be_read_whole(fold: Fold) -> None:
    fold.take(Event(did("ana"), "sync", NOON, 1, NOON))
    fold.take(Event(did("zoe"), "sync", NOON, 2, NOON))
    assert fold.drain().cut == {f"bluesky:{did('ana')}"}


def test_newcomers_are_noted_by_their_words(memory: Memory) -> None:
    fold = Fold({did("ana")}, memory, wanted=lambda told: "espresso" in told.casefold())
    fold.take_all(
        [
            post("zoe", "3k1", "Espresso time", at=1),
            post("yan", "3k2", "tea time", at=2),
            commit("xia", "actor.profile", "self", {"description": "espresso bar"}, at=3),
        ]
    )
    done = fold.drain()
    assert done.newcomers == {f"bluesky:{did('zoe')}", f"bluesky:{did('xia')}"}
    assert done.batches == []


def test_a_revision_from_the_future_counts_from_when_it_was_seen(fold: Fold) -> None:
    event = post("ana", "3k1", "from tomorrow", at=86_400 * SECOND)._replace(at_us=NOON)
    (row,) = folded(fold, event)["posts"]
    assert row["fetched_at"] == row["created_at"] == when(0)


DAMAGED: list[Any] = [
    {},
    {"subject": None},
    {"subject": {"uri": 7}},
    {"subject": {"uri": "at://"}},
    {"subject": {"uri": "https://example.org"}},
    {"text": 5, "langs": "en", "tags": {"a": 1}, "facets": [None, {"features": [1, {}]}]},
    {"embed": [], "reply": "x", "labels": {"values": [{"val": ["x"]}, 3]}, "createdAt": []},
    {"reply": {"parent": {"uri": 1}}, "embed": {"record": {"record": {"uri": None}}}},
    {"list": 3, "subject": 4, "name": [], "purpose": {}},
]


@pytest.mark.parametrize("record", DAMAGED)
def test_records_of_any_shape_do_no_harm(fold: Fold, record: dict[str, Any]) -> None:
    collections = (
        *("feed.post", "feed.like", "feed.repost", "graph.follow", "actor.profile"),
        *("actor.contentVisibilityDeclaration", "graph.list", "graph.listitem"),
        "graph.starterpack",
    )
    events: Iterable[Event] = [
        commit("ana", collection, "self", record, at=n + 1)
        for n, collection in enumerate(collections)
    ]
    fold.take_all(events)
    assert set(rows(fold.drain())) <= {"posts", "profiles"}


def test_a_commit_without_its_record_is_counted_as_damaged(fold: Fold) -> None:
    fold.take(commit("ana", "feed.post", "3k1", None, at=1, operation="create"))
    assert fold.drain().counts["malformed"] == 1


# Packs.


def listed(owner: str, rkey: str, whom: str, *, at: int, key: str = "3l") -> Event:
    record = {"list": f"at://{did(owner)}/app.bsky.graph.list/{key}", "subject": did(whom)}
    return commit(owner, "graph.listitem", rkey, record, at=at)


def a_list(owner: str, purpose: str, *, at: int, key: str = "3l") -> Event:
    record = {"name": "A list", "purpose": f"app.bsky.graph.defs#{purpose}", "description": "d"}
    return commit(owner, "graph.list", key, record, at=at)


def a_pack(owner: str, *, at: int, name: str = "Makers of Porto") -> Event:
    inside = f"at://{did(owner)}/app.bsky.graph.list/3l"
    return commit(owner, "graph.starterpack", "3p", {"name": name, "list": inside}, at=at)


def test_members_of_a_curated_list_and_of_a_pack(fold: Fold) -> None:
    found = folded(
        fold,
        a_list("zoe", "curatelist", at=1),
        listed("zoe", "3i", "ana", at=2),
        listed("zoe", "3j", "yan", at=3),
    )["packs"]
    assert [(row["pack_id"], row["name"], row["member_id"], row["added_at"]) for row in found] == [
        (
            f"bluesky:at://{did('zoe')}/app.bsky.graph.list/3l",
            "A list",
            f"bluesky:{did('ana')}",
            when(2),
        )
    ]
    found = folded(
        fold,
        a_list("yan", "referencelist", at=1),
        listed("yan", "3i", "ana", at=2),
        a_pack("yan", at=3),
    )["packs"]
    assert [(row["pack_id"], row["name"], row["owner_id"]) for row in found] == [
        (
            f"bluesky:at://{did('yan')}/app.bsky.graph.starterpack/3p",
            "Makers of Porto",
            f"bluesky:{did('yan')}",
        )
    ]


def test_moderation_lists_are_nobodys_business(fold: Fold) -> None:
    assert (
        folded(
            fold,
            listed("zoe", "3i", "ana", at=1),
            a_list("zoe", "modlist", at=2),
            listed("zoe", "3j", "bob", at=3),
            listed("yan", "3k", "bob", at=4, key="never seen"),
        )
        == {}
    )


def test_nobody_is_put_on_the_list_of_somebody_else(fold: Fold) -> None:
    folded(fold, a_list("zoe", "curatelist", at=1))
    event = listed("zoe", "3i", "ana", at=2)._replace(did=did("yan"))
    assert folded(fold, event) == {}


def test_members_leave_and_packs_are_renamed_and_go(fold: Fold) -> None:
    folded(
        fold,
        a_list("zoe", "referencelist", at=1),
        a_pack("zoe", at=2),
        listed("zoe", "3i", "ana", at=3),
        listed("zoe", "3j", "bob", at=4),
    )
    (left,) = folded(fold, commit("zoe", "graph.listitem", "3i", None, at=SECOND))["packs"]
    assert (left["member_id"], left["removed_at"]) == (f"bluesky:{did('ana')}", when(SECOND))
    (named_,) = folded(fold, a_pack("zoe", at=2 * SECOND, name="New name"))["packs"]
    assert (named_["name"], named_["member_id"]) == ("New name", f"bluesky:{did('bob')}")
    (gone,) = folded(fold, commit("zoe", "graph.starterpack", "3p", None, at=3 * SECOND))["packs"]
    assert (gone["member_id"], gone["removed_at"]) == (f"bluesky:{did('bob')}", when(3 * SECOND))


def test_replies_to_somebody_who_left_can_still_be_deleted(fold: Fold, memory: Memory) -> None:
    folded(
        fold,
        post("zoe", "3k1", "lovely", at=1, **reply_to("ana", "3k0")),
        like("zoe", "3k2", "ana", "3k0", at=2),
        follow("zoe", "3k3", "ana", at=3),
    )
    memory.commit(Position())
    assert memory.forget([did("ana")]) == 3
    ended = folded(
        fold,
        commit("zoe", "feed.post", "3k1", None, at=MINUTE),
        commit("zoe", "feed.like", "3k2", None, at=MINUTE),
        commit("zoe", "graph.follow", "3k3", None, at=MINUTE),
    )
    assert [row["post_id"] for row in ended.pop("posts")] == [f"bluesky:{post_uri('zoe', '3k1')}"]
    assert ended == {}


def test_half_a_lot_is_never_committed(fold: Fold, memory: Memory) -> None:
    fold.take(like("zoe", "3k2", "ana", "3k0", at=2))
    with pytest.raises(Terminal, match="after its rows"):
        memory.commit(None, done={"forget": ["bluesky:x"]})
    fold.take(a_list("zoe", "curatelist", at=3))
    memory.commit(Position())
    fold.take(a_list("yan", "curatelist", at=4))
    with pytest.raises(Terminal):
        memory.commit(None)
