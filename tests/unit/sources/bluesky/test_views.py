"""Views of the AppView become our records; shapes are held against the official models."""

from datetime import UTC, datetime

import pytest
from tests.standins.bluesky_search import basic
from tests.standins.bluesky_world import BORN, INDEXED, World, tid

from influencr.pipeline import excluded_because
from influencr.records import Policy
from influencr.sources._frames import batches_of
from influencr.sources.bluesky import _views as views
from influencr.sources.bluesky._labels import BRIDGED, flags

AT = datetime(2026, 11, 1, tzinfo=UTC)


def label(value, src="did:plc:mod", **more):
    return {"src": src, "uri": "did:plc:a", "val": value, "cts": INDEXED, **more}


def detailed(**more):
    world = World()
    did = world.person(7, "Ana", "coffee in Lisbon", followers=1234, follows=56, posts=78, **more)
    return world.accounts[did]


def test_a_detailed_view_tells_everything():
    view = detailed(website="https://ana.example", avatar="https://cdn.example/1")
    row = views.profile(view, at=AT)
    assert row.profile_id == f"bluesky:{view['did']}"
    assert (row.handle, row.display_name, row.bio_text) == (
        "p7.example.net",
        "Ana",
        "coffee in Lisbon",
    )
    assert (row.followers, row.following, row.posts_count) == (1234, 56, 78)
    assert row.links == ["https://ana.example"]
    assert (row.has_avatar, row.has_banner) == (True, False)
    assert row.account_created_at == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert (row.status, row.no_signed_out, row.is_bot) == ("active", False, False)
    assert row.no_recommend is None
    assert (row.source, row.licence, row.fetch_method) == ("bluesky", "open-protocol", "api")
    assert row.policy == int(Policy.default())


def test_a_search_result_has_no_counts_and_says_so():
    row = views.profile(basic(detailed()), at=AT)
    assert (row.followers, row.following, row.posts_count, row.links) == (None,) * 4
    assert row.bio_text == "coffee in Lisbon"


def test_a_basic_view_does_not_know_the_bio():
    row = views.profile({"did": "did:plc:a", "handle": "a.example"}, at=AT)
    assert row.bio_text is None
    assert row.display_name == ""


def test_a_bio_that_was_emptied_is_known_to_be_empty():
    view = detailed()
    del view["description"]
    assert views.profile(view, at=AT).bio_text == ""


def test_a_lost_handle_is_none():
    assert views.profile(detailed(handle="handle.invalid"), at=AT).handle is None


def test_the_directorys_birth_date_wins():
    ledger = datetime(2023, 5, 5, tzinfo=UTC)
    assert views.profile(detailed(), at=AT, births=lambda did: ledger).account_created_at == ledger
    unknown = views.profile(detailed(), at=AT, births=lambda did: None)
    assert unknown.account_created_at == datetime.fromisoformat(BORN)


@pytest.mark.parametrize("view", [{}, {"did": 4}, {"handle": "a.example"}])
def test_a_view_of_nobody_is_nothing(view):
    assert views.profile(view, at=AT) is None


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([label("!no-unauthenticated", src="did:plc:a")], "no_signed_out"),
        ([label("!takedown")], "hidden"),
        ([label("!hide")], "hidden"),
        ([label("!suspend")], "hidden"),
        ([label(BRIDGED)], "policy"),
        ([label("bot", src="did:plc:a")], None),
        ([label("porn")], None),
        ([label("!hide", exp="2026-10-31T00:00:00Z")], None),
        ([label("!hide"), label("!hide", neg=True)], None),
        ([label("!hide"), label("!hide", src="did:plc:other", neg=True)], "hidden"),
    ],
)
def test_labels_close_what_they_have_to(labels, expected):
    import polars as pl

    row = views.profile({**detailed(), "labels": labels}, at=AT)
    (batch,) = batches_of([row])
    frame = batch.frame.with_columns(n_posts_seen=pl.lit(3))
    because = frame.select(excluded_because()).item()
    if expected == "hidden":
        # the catalogue's view leaves such a status out with everything at its ends
        assert row.status in ("takendown", "suspended")
        assert because == "status"
    else:
        assert because == expected
    assert row.is_bot is any(one["val"] == "bot" for one in labels)


def test_flags_may_be_taken_back():
    with_flag = views.profile({**detailed(), "labels": [label("!no-unauthenticated")]}, at=AT)
    without = views.profile(detailed(), at=AT)
    # False and not unknown: only that makes a later row win over an earlier one
    assert (with_flag.no_signed_out, without.no_signed_out) == (True, False)


def test_damaged_labels_ask_for_nothing():
    assert flags([None, "x", {}], at=AT) == (False, False, False, "active")
    assert flags(None, at=AT).status == "active"


def test_a_mirror_is_neither_indexed_nor_counted():
    row = views.profile({**detailed(), "labels": [label(BRIDGED)]}, at=AT)
    assert row.policy & int(Policy.INDEX | Policy.SCORE) == 0
    assert not views.is_open(row)
    assert not views.is_open(views.profile(detailed(handle="a.b.ap.brid.gy"), at=AT))
    assert views.is_open(views.profile(detailed(), at=AT))


def test_a_post_with_its_counts():
    world = World()
    ana = world.person(1, "Ana")
    uri = world.write(ana, "flat white", langs=["en"], createdAt="2026-09-01T00:00:00Z")
    world.likes[uri] = ["x"] * 4
    row = views.post(world._found_post(uri), at=AT)
    assert (row.post_id, row.profile_id) == (f"bluesky:{uri}", f"bluesky:{ana}")
    assert (row.likes, row.replies, row.reposts, row.quotes) == (4, 0, 0, 0)
    assert (row.kind, row.language, row.text) == ("post", "en", "flat white")
    assert row.created_at == datetime(2026, 9, 1, tzinfo=UTC)
    assert views.post({"uri": uri}, at=AT) is None


def test_an_answer_names_what_it_answers():
    world = World()
    ana = world.person(1, "Ana")
    parent = world.write(ana, "one", 1)
    strong = {"uri": parent, "cid": "bafyrei"}
    uri = world.write(ana, "two", 2, reply={"root": strong, "parent": strong})
    row = views.post(world._found_post(uri), at=AT)
    assert (row.kind, row.reply_to) == ("reply", f"bluesky:{parent}")


def test_a_member_knows_when_it_was_added():
    item = {"uri": f"at://did:plc:o/app.bsky.graph.listitem/{tid(3)}", "subject": detailed()}
    named = {"name": "Coffee", "description": None, "owner": "did:plc:o", "at": AT}
    row = views.member("at://did:plc:o/app.bsky.graph.starterpack/1", item, **named)
    assert row.added_at.timestamp() == 1_760_000_003
    assert row.owner_id == "bluesky:did:plc:o"
    out = views.member("at://x", {**item, "subjectOptedOut": True}, **named)
    assert out is None


def test_a_follow_record_knows_its_instant_and_what_led_there():
    uri = f"at://did:plc:a/app.bsky.graph.follow/{tid(9)}"
    pack = "at://did:plc:o/app.bsky.graph.starterpack/1"
    record = {
        "subject": "did:plc:b",
        "createdAt": "2026-02-03T04:05:06Z",
        "via": {"uri": pack, "cid": "bafyrei"},
    }
    row = views.followed({"uri": uri, "value": record}, at=AT)
    assert (row.follower_id, row.followed_id) == ("bluesky:did:plc:a", "bluesky:did:plc:b")
    assert (row.followed_at, row.via_id) == (
        datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        f"bluesky:{pack}",
    )
    undated = views.followed({"uri": uri, "value": {"subject": "did:plc:b"}}, at=AT)
    assert undated.followed_at.timestamp() == 1_760_000_009
    assert views.followed({"uri": uri, "value": {"subject": 3}}, at=AT) is None
