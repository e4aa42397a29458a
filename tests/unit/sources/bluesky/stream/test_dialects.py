"""Three dialects, one event; what is none of the documented shapes is said and not guessed."""

import json
from importlib.resources import files

import pytest

from influencr.sources.bluesky.stream import (
    BadFrame,
    Event,
    StreamEnded,
    decode_repos,
    decode_v1,
    decode_v2,
    read_car,
)
from influencr.sources.bluesky.stream._event import tid_us
from influencr.sources.bluesky.stream._jetstream import UnknownDictionary

from .conftest import (
    NOON,
    commit,
    compressed,
    did,
    encoded,
    iso,
    like,
    named,
    post,
    repos,
    repository,
    standing,
    tid,
    v1,
    v2,
)

DICTIONARIES = files("influencr.sources.bluesky.stream").joinpath("dictionaries")
EVENTS = [
    post("ana", "3k1", "Hello 👋 ünïcode", at=1),
    like("bob", "3k2", "ana", "3k1", at=2),
    commit("bob", "feed.like", "3k2", None, at=3),
    commit("ana", "actor.profile", "self", {"displayName": "Ana"}, at=4, operation="update"),
    standing("ana", at=5, active=False, status="takendown"),
    standing("ana", at=6, active=True),
    named("ana", "ana.example", at=7),
    named("ana", None, at=8),
]


@pytest.mark.parametrize("event", EVENTS)
def test_v1_and_v2_tell_the_same(event: Event) -> None:
    (one,), (other,) = decode_v1(v1(event)), decode_v2(v2(event))
    assert one == other == event


@pytest.mark.parametrize("event", EVENTS)
def test_compressed_or_not(event: Event) -> None:
    first = DICTIONARIES.joinpath("jetstream_v1.zdict").read_bytes()
    second = DICTIONARIES.joinpath("jetstream_v2_20260811.zdict").read_bytes()
    assert decode_v1(compressed(v1(event), first)) == (event,)
    assert decode_v2(compressed(v2(event), second)) == (event,)
    # The frame names its dictionary, so either stream may use either.
    assert decode_v1(compressed(v1(event), second)) == (event,)


def test_v2_tells_of_repositories_that_were_cut() -> None:
    (event,) = decode_v2(v2(Event(did("ana"), "sync", NOON, 7, NOON - 5_000_000, tid(NOON))))
    assert (event.kind, event.rev, event.cursor, event.said_us) == (
        "sync",
        tid(NOON),
        7,
        NOON - 5_000_000,
    )


def test_v2_says_why_it_ends_and_what_it_skipped() -> None:
    with pytest.raises(StreamEnded, match="ConsumerTooSlow: be faster"):
        decode_v2('{"$type":"error","error":"ConsumerTooSlow","message":"be faster"}')
    told = {"$type": "network.bsky.jetstream.subscribeEvents#info", "name": "OutdatedCursor"}
    (event,) = decode_v2(json.dumps({"$type": "message", "payload": told}))
    assert (event.kind, event.status) == ("info", "OutdatedCursor")


@pytest.mark.parametrize(
    "frame",
    ["", "{}", "[]", '{"did":1}', '{"did":"a","kind":"new","time_us":1}', b"\x00\x01", "\ud800"],
)
def test_other_shapes_are_bad_frames(frame: str | bytes) -> None:
    for decode in (decode_v1, decode_v2):
        with pytest.raises(BadFrame):
            decode(frame)


def test_a_frame_of_an_unknown_dictionary_is_said() -> None:
    frame = bytearray(
        compressed(v1(EVENTS[0]), DICTIONARIES.joinpath("jetstream_v1.zdict").read_bytes())
    )
    at = bytes(frame).index((1_612_007_021).to_bytes(4, "little"))
    frame[at : at + 4] = (77).to_bytes(4, "little")
    with pytest.raises(UnknownDictionary, match="dictionary 77"):
        decode_v1(bytes(frame))


def test_a_bomb_is_not_unpacked() -> None:
    whole = DICTIONARIES.joinpath("jetstream_v1.zdict").read_bytes()
    with pytest.raises(BadFrame, match="left out"):
        decode_v1(compressed(" " * (5 << 20), whole))


def test_a_commit_of_a_relay_gives_one_event_for_each_operation() -> None:
    record = {"$type": "app.bsky.feed.post", "text": "Guten Tag", "createdAt": iso(NOON)}
    frame = repos(
        "ana",
        [
            ("create", "app.bsky.feed.post/3k1", record),
            ("delete", "app.bsky.feed.like/3k2", None),
        ],
        at=9,
        seq=41,
    )
    made, gone = decode_repos(frame)
    assert made == Event(
        did("ana"),
        "commit",
        NOON // 1_000_000 * 1_000_000 + 9,
        41,
        0,
        tid(NOON + 9),
        "create",
        "app.bsky.feed.post",
        "3k1",
        record,
    )
    assert (gone.operation, gone.collection, gone.record) == ("delete", "app.bsky.feed.like", None)


def test_a_commit_without_its_records_asks_for_the_repository() -> None:
    record = {"text": "a"}
    events = decode_repos(
        repos("ana", [("create", "app.bsky.feed.post/3k1", record)], at=1, without=1)
    )
    assert [event.kind for event in events] == ["sync"]
    events = decode_repos(repos("ana", [], at=1, tooBig=True))
    assert [event.kind for event in events] == ["sync"]


def test_a_relay_tells_of_standing_names_and_itself() -> None:
    def frame(kind: str, **body: object) -> bytes:
        return encoded({"op": 1, "t": kind}) + encoded(body)

    about = {"did": did("ana"), "seq": 5, "time": iso(NOON)}
    (event,) = decode_repos(frame("#account", active=False, status="deleted", **about))
    assert (event.active, event.status, event.cursor, event.said_us) == (False, "deleted", 5, NOON)
    (event,) = decode_repos(frame("#identity", handle="ana.example", **about))
    assert (event.kind, event.handle) == ("identity", "ana.example")
    (event,) = decode_repos(frame("#sync", rev=tid(NOON), **about))
    assert (event.kind, event.rev) == ("sync", tid(NOON))
    (event,) = decode_repos(frame("#info", name="OutdatedCursor", message="too old"))
    assert (event.kind, event.status, event.message) == ("info", "OutdatedCursor", "too old")
    assert decode_repos(frame("#handle", **about)) == ()
    ended = encoded({"op": -1}) + encoded({"error": "FutureCursor", "message": "ahead"})
    with pytest.raises(StreamEnded, match="FutureCursor: ahead"):
        decode_repos(ended)


@pytest.mark.parametrize("frame", [b"", b"\xa0", b"\xff\xff", "text", encoded({"op": 1}) + b"\x01"])
def test_a_relay_may_send_rubbish(frame: bytes | str) -> None:
    if frame == encoded({"op": 1}) + b"\x01":
        assert decode_repos(frame) == ()
        return
    with pytest.raises(BadFrame):
        decode_repos(frame)


def test_a_whole_repository_is_walked_in_order() -> None:
    records = {f"app.bsky.feed.post/3k{n}": {"text": f"number {n}"} for n in range(1, 8)}
    records["app.bsky.actor.profile/self"] = {"displayName": "Ana"}
    who, rev, found = read_car(repository("ana", records, at=3))
    assert (who, rev) == (did("ana"), tid(NOON + 3))
    assert {f"{c}/{r}": record for c, r, record in found} == records


def test_half_a_repository_is_none() -> None:
    whole = repository(
        "ana", {f"app.bsky.feed.post/3k{n}": {"text": str(n)} for n in range(6)}, at=3
    )
    for damaged in (whole[:-60], whole[: len(whole) // 2], b"", b"\x05abc"):
        with pytest.raises(BadFrame):
            read_car(damaged)


def test_a_tid_tells_its_instant() -> None:
    assert tid_us(tid(NOON)) == NOON
    assert tid_us("3mptbypluud2a") == 1_783_175_887_514_441
    for other in ("", "self", "0000000000000", "3MPTBYPLUUD2A"):
        assert tid_us(other) == 0
