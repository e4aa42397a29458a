from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from influencr.catalogue import HIDDEN_STATUS, TABLES, empty
from influencr.errors import UnknownValue, UsageError

DAY = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 29)]
ANA = {"profile_id": "tiktok:1", "platform": "tiktok"}


def only(frame):
    collected = frame.collect()
    assert collected.height == 1
    return collected.row(0, named=True)


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_reads_as_no_rows_of_the_right_shape(catalogue, table):
    assert catalogue.latest(table).collect().equals(empty(table))
    scanned = catalogue.scan(table, as_of=DAY[1]).collect()
    assert scanned.is_empty()
    assert scanned.schema == TABLES[table].stored
    assert catalogue.identities().collect().is_empty()


@pytest.mark.parametrize("table", ["profiles", "posts", "follows", "engagements", "packs"])
def test_latest_has_the_columns_of_the_record(catalogue, world, table):
    for name, frame in world.items():
        catalogue.append(name, frame)
    assert catalogue.latest(table).collect().schema == empty(table).schema


def test_newest_known_value_per_field_and_an_empty_bio_is_known(catalogue, rows):
    catalogue.append("profiles", rows([{**ANA, "bio_text": "baker", "followers": 5}], day=1))
    catalogue.append("profiles", rows([{**ANA, "bio_text": "", "links": ["a"]}], day=2))
    catalogue.append("profiles", rows([{**ANA, "followers": 7}], day=3, licence="third"))
    ana = only(catalogue.latest("profiles"))
    assert (ana["bio_text"], ana["followers"], ana["links"]) == ("", 7, ["a"])
    assert (ana["fetched_at"], ana["licence"]) == (DAY[2], "third")


def test_as_of_shows_what_was_known_then(catalogue, rows):
    for day in (1, 3, 5):
        catalogue.append("profiles", rows([{**ANA, "followers": day}], day=day))
    assert only(catalogue.latest("profiles", as_of=DAY[3]))["followers"] == 3
    assert only(catalogue.latest("profiles", as_of=DAY[4]))["followers"] == 5
    assert catalogue.scan("profiles", as_of=DAY[3]).collect().height == 2
    assert catalogue.latest("profiles", as_of=DAY[0] - timedelta(seconds=1)).collect().is_empty()
    with pytest.raises(UsageError, match="time zone"):
        catalogue.latest("profiles", as_of=datetime(2026, 1, 1))
    with pytest.raises(UnknownValue):
        catalogue.latest("profile")


def test_ties_do_not_depend_on_the_order_of_arrival(tmp_path, rows):
    from influencr.catalogue import Catalogue

    values = [{**ANA, "followers": n, "bio_text": None if n % 2 else f"bio {n}"} for n in range(6)]
    found = []
    for i, order in enumerate((values, values[::-1])):
        catalogue = Catalogue(tmp_path / str(i), salt=b"s")
        for value in order:
            catalogue.append("profiles", rows([value]))
        found.append(only(catalogue.latest("profiles")))
    assert found[0] == found[1]


def test_a_handle_becomes_the_native_id_once_both_were_seen(catalogue, rows):
    by_handle = {"profile_id": "tiktok:@ana", "platform": "tiktok", "handle": "ana"}
    catalogue.append("profiles", rows([{**by_handle, "bio_text": "baker"}], day=1))
    catalogue.append("follows", rows([{"follower_id": "tiktok:@ana", "followed_id": "tiktok:2"}]))
    catalogue.append(
        "follows", rows([{"follower_id": "tiktok:1", "followed_id": "tiktok:2"}], day=2)
    )
    catalogue.append("posts", rows([{"post_id": "p", "profile_id": "tiktok:@ana"}]))
    catalogue.append(
        "engagements", rows([{"actor_id": "tiktok:@ana", "post_id": "p", "kind": "like"}])
    )
    pack = {"pack_id": "k", "member_id": "tiktok:@ana", "owner_id": "tiktok:@ana"}
    catalogue.append("packs", rows([pack]))
    assert only(catalogue.latest("posts"))["profile_id"] == "tiktok:@ana"
    catalogue.append("profiles", rows([{**ANA, "handle": "@Ana", "followers": 9}], day=2))
    assert catalogue.identities().collect().rows() == [("tiktok:@ana", "tiktok:1")]
    ana = only(catalogue.latest("profiles"))
    assert (ana["profile_id"], ana["bio_text"], ana["followers"]) == ("tiktok:1", "baker", 9)
    assert only(catalogue.latest("follows"))["follower_id"] == "tiktok:1"
    assert only(catalogue.latest("posts"))["profile_id"] == "tiktok:1"
    assert only(catalogue.latest("engagements"))["actor_id"] == "tiktok:1"
    packed = only(catalogue.latest("packs"))
    assert (packed["member_id"], packed["owner_id"]) == ("tiktok:1", "tiktok:1")
    # Before the day of the observation that carries both, nobody knew.
    assert only(catalogue.latest("follows", as_of=DAY[0]))["follower_id"] == "tiktok:@ana"


def test_a_handle_that_changed_hands_belongs_to_the_last_one_seen_with_it(catalogue, rows):
    catalogue.append("profiles", rows([{**ANA, "handle": "bakery"}], day=1))
    ben = {"profile_id": "tiktok:2", "platform": "tiktok", "handle": "bakery"}
    catalogue.append("profiles", rows([ben], day=2))
    assert catalogue.identities().collect().rows() == [("tiktok:@bakery", "tiktok:2")]
    assert catalogue.identities(as_of=DAY[0]).collect().rows() == [("tiktok:@bakery", "tiktok:1")]


@pytest.mark.parametrize(
    ("platform", "handle", "reference"),
    [
        ("tiktok", "@Ana.Bakes", "tiktok:@ana.bakes"),
        ("mastodon", "https://floss.social/@9to5linux", "mastodon:@9to5linux@floss.social"),
        ("instagram", "https://instagram.com/ana/", "instagram:@ana"),
        ("tiktok", "STRASSE_ẞ", "tiktok:@strasse_ss"),
        ("tiktok", "  كوميدي ", "tiktok:@كوميدي"),
        ("mastodon", "Ana@Host.example", "mastodon:@ana@host.example"),
    ],
)
def test_identities_compare_handles_in_canonical_form(catalogue, rows, platform, handle, reference):
    row = {"profile_id": f"{platform}:1", "platform": platform, "handle": handle}
    nameless = {"profile_id": f"{platform}:2", "platform": platform, "handle": " "}
    catalogue.append("profiles", rows([row, nameless]))
    assert catalogue.identities().collect()["reference"].to_list() == [reference]


def test_a_deleted_post_stays_deleted_and_an_unfollow_can_be_undone(catalogue, rows):
    post = {"post_id": "p", "profile_id": "tiktok:1", "text": "hello"}
    edge = {"follower_id": "tiktok:1", "followed_id": "tiktok:2"}
    catalogue.append("posts", rows([post], day=1))
    catalogue.append("follows", rows([edge], day=1))
    catalogue.append("posts", rows([{**post, "deleted_at": DAY[1]}], day=2))
    catalogue.append("follows", rows([{**edge, "deleted_at": DAY[1]}], day=2))
    assert catalogue.latest("posts").collect().is_empty()
    assert catalogue.latest("follows").collect().is_empty()
    catalogue.append("posts", rows([post], day=3))
    catalogue.append("follows", rows([edge], day=3))
    assert catalogue.latest("posts").collect().is_empty()
    assert catalogue.latest("follows").collect().height == 1
    assert catalogue.latest("posts", as_of=DAY[0]).collect().height == 1


def test_who_left_a_pack_is_no_member(catalogue, rows):
    member = {"pack_id": "k", "member_id": "tiktok:1"}
    catalogue.append("packs", rows([member, {**member, "member_id": "tiktok:2"}], day=1))
    catalogue.append("packs", rows([{**member, "removed_at": DAY[1]}], day=2))
    assert only(catalogue.latest("packs"))["member_id"] == "tiktok:2"


@pytest.mark.parametrize("status", HIDDEN_STATUS)
def test_a_hidden_profile_takes_everything_at_its_ends_along(catalogue, world, rows, status):
    for table, frame in world.items():
        catalogue.append(table, frame)
    cleo = {"profile_id": "bluesky:did:plc:cleo333", "platform": "bluesky"}
    catalogue.append("profiles", rows([{**cleo, "status": status}], day=2))
    columns = {
        "profiles": ["profile_id"],
        "posts": ["profile_id"],
        "follows": ["follower_id", "followed_id"],
        "engagements": ["actor_id"],
        "packs": ["member_id"],
    }
    for table, ends in columns.items():
        seen = catalogue.latest(table).select(ends).collect()
        assert seen.height
        assert cleo["profile_id"] not in {value for row in seen.rows() for value in row}
    assert catalogue.scan("profiles").collect().height == 5
    catalogue.append("profiles", rows([{**cleo, "status": "active"}], day=3))
    assert catalogue.latest("follows").collect().height == 4


def test_a_profile_hidden_under_its_handle_is_hidden_under_its_id(catalogue, rows):
    catalogue.append("profiles", rows([{**ANA, "handle": "ana"}], day=1))
    gone = {"profile_id": "tiktok:@ana", "platform": "tiktok", "status": "deleted"}
    catalogue.append("profiles", rows([gone], day=2))
    assert catalogue.latest("profiles").collect().is_empty()


def test_moved_and_memorial_profiles_are_still_there(catalogue, rows):
    other = {**ANA, "profile_id": "tiktok:2"}
    catalogue.append(
        "profiles", rows([{**ANA, "status": "moved"}, {**other, "status": "memorial"}])
    )
    assert catalogue.latest("profiles").collect().height == 2


def test_what_expired_is_gone_from_every_question_and_from_disk_after_compact(catalogue, rows):
    past, future = DAY[9], datetime(2999, 1, 1, tzinfo=UTC)
    catalogue.append("profiles", rows([{**ANA, "bio_text": "old", "expires_at": past}], day=1))
    catalogue.append("profiles", rows([{**ANA, "followers": 3, "expires_at": future}], day=2))
    ana = only(catalogue.latest("profiles"))
    assert (ana["bio_text"], ana["followers"]) == (None, 3)
    assert catalogue.latest("profiles", as_of=DAY[0]).collect().is_empty()
    assert catalogue.scan("profiles").collect().height == 2
    catalogue.compact()
    assert catalogue.scan("profiles").collect()["followers"].to_list() == [3]


def test_a_contact_counts_only_where_its_own_observation_allows_it(catalogue, rows):
    quiet = {**ANA, "contact_email": "ana@private.example", "contact_source": "bio"}
    catalogue.append("profiles", rows([quiet], day=1, policy=15))
    catalogue.append("profiles", rows([ANA], day=2, policy=31))
    assert only(catalogue.latest("profiles"))["contact_email"] is None
    published = {**ANA, "contact_email": "hello@ana.example", "contact_source": "website"}
    catalogue.append("profiles", rows([published], day=3, policy=31))
    assert only(catalogue.latest("profiles"))["contact_email"] == "hello@ana.example"


def test_a_snapshot_stands_still_while_writers_go_on(catalogue, rows):
    catalogue.append("profiles", rows([{**ANA, "handle": "ana", "followers": 1}], day=1))
    snapshot = catalogue.snapshot()
    catalogue.append("profiles", rows([{**ANA, "followers": 2}], day=2))
    catalogue.append("follows", rows([{"follower_id": "x:1", "followed_id": "x:2"}]))
    catalogue.compact()
    assert only(snapshot.latest("profiles"))["followers"] == 1
    assert snapshot.scan("follows").collect().is_empty()
    assert snapshot.identities().collect().height == 1
    assert only(catalogue.latest("profiles"))["followers"] == 2


def test_views_are_lazy_enough_to_select_from(catalogue, world):
    for table, frame in world.items():
        catalogue.append(table, frame)
    per_creator = catalogue.latest("follows").group_by("followed_id").agg(pl.len()).collect()
    assert dict(per_creator.iter_rows())["bluesky:did:plc:ben222"] == 2


def test_an_act_seen_without_its_instant_is_the_one_seen_with_it(catalogue, rows):
    act = {"actor_id": "tiktok:1", "post_id": "p", "kind": "repost"}
    catalogue.append("engagements", rows([{**act, "at": None}], day=1))
    assert only(catalogue.latest("engagements"))["at"] is None
    catalogue.append("engagements", rows([{**act, "at": DAY[0]}], day=2))
    assert only(catalogue.latest("engagements"))["at"] == DAY[0]
    # Taken back, it is gone also where nobody said when it was done; done again, it is back.
    ended = {**act, "at": DAY[0], "deleted_at": DAY[2]}
    catalogue.append("engagements", rows([ended], day=3))
    assert catalogue.latest("engagements").collect().is_empty()
    catalogue.append("engagements", rows([{**act, "at": DAY[3]}], day=4))
    assert only(catalogue.latest("engagements"))["at"] == DAY[3]
    # Whoever comments twice did two things.
    said = {**act, "kind": "comment"}
    catalogue.append("engagements", rows([{**said, "at": None}, {**said, "at": DAY[0]}], day=5))
    assert catalogue.latest("engagements").collect().height == 3
