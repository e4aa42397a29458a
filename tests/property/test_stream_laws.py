"""Laws of the stream: any order, repetition, cut and restart of deliveries folds to one state."""

import hashlib
import json
import tempfile
from base64 import b32encode
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.sources.bluesky.stream import Event, Fold, Memory, Position

NOON = 1_795_176_000_000_000
SECOND = 1_000_000
KNOWN = ("ana", "bob")
EVERYBODY = (*KNOWN, "zoe")
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"

laws = settings(deadline=None, max_examples=25)


def did(name):
    return "did:plc:" + b32encode(hashlib.sha256(name.encode()).digest()[:15]).decode().lower()


def tid(at_us):
    return "".join(_DIGITS[((at_us << 10) >> shift) & 31] for shift in range(60, -1, -5))


def uri(name, rkey):
    return f"at://{did(name)}/app.bsky.feed.post/{rkey}"


def made(kind, about, text, at):
    """A record of a kind, about a post or account of somebody."""
    whom, which = about
    created = datetime.fromtimestamp((NOON + at) / SECOND, UTC).isoformat()
    return {
        "follow": {"subject": did(whom), "createdAt": created},
        "like": {"subject": {"uri": uri(whom, which)}, "createdAt": created},
        "repost": {"subject": {"uri": uri(whom, which)}, "createdAt": created},
        "post": {"text": text, "createdAt": created},
        "reply": {
            "text": text,
            "createdAt": created,
            "reply": {"parent": {"uri": uri(whom, which)}},
        },
        "quote": {
            "text": text,
            "createdAt": created,
            "embed": {"record": {"uri": uri(whom, which)}},
        },
        "profile": {"displayName": text},
        "list": {"name": text, "purpose": "app.bsky.graph.defs#curatelist"},
        "item": {"list": f"at://{did('zoe')}/app.bsky.graph.list/l", "subject": did(whom)},
        "pack": {"name": text, "list": f"at://{did('zoe')}/app.bsky.graph.list/l"},
    }[kind]


COLLECTION = {
    "follow": "graph.follow",
    "like": "feed.like",
    "repost": "feed.repost",
    "post": "feed.post",
    "reply": "feed.post",
    "quote": "feed.post",
    "profile": "actor.profile",
    "list": "graph.list",
    "item": "graph.listitem",
    "pack": "graph.starterpack",
}

acts = st.lists(
    st.tuples(
        st.sampled_from(sorted(COLLECTION)),
        st.sampled_from(EVERYBODY),
        st.sampled_from("ab"),
        st.tuples(st.sampled_from(EVERYBODY), st.sampled_from("ab")),
        st.sampled_from(["one", "two"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)
standings = st.lists(
    st.tuples(st.sampled_from(EVERYBODY), st.sampled_from(["active", "takendown", "@name"])),
    max_size=3,
)


def history(acts, standings):
    """What happened, in order: repositories in which every record is made before it is deleted,
    and no post or list item is made twice under one key."""
    events, live, spent = [], {}, set()
    at = 0
    for kind, actor, rkey, about, text, ends in acts:
        at += SECOND
        if kind in ("list", "item", "pack"):
            actor = "zoe"
        rkey = {"profile": "self", "list": "l", "pack": "p"}.get(kind, rkey)
        # An item of a list is for one member, a follow for one account: the rules for people who
        # do either twice are stated in the modules, and are not this law's subject.
        if kind in ("item", "follow"):
            rkey = about[0]
        key = (actor, COLLECTION[kind], rkey)
        if ends and key in live:
            events.append(event(actor, kind, rkey, None, "delete", at))
            del live[key]
            if COLLECTION[kind] in ("feed.post",):
                spent.add(key)
        elif key not in spent:
            record = made(kind, about, text, at)
            operation = "update" if key in live else "create"
            if operation == "update" and kind in ("reply", "post", "quote"):
                continue  # what a post answers never changes in an app
            live[key] = (kind, about, text, at)
            events.append(event(actor, kind, rkey, record, operation, at))
    for name, what in standings:
        at += SECOND
        told = {"did": did(name), "at_us": NOON + at, "cursor": NOON + at, "said_us": NOON + at}
        if what == "@name":
            events.append(Event(kind="identity", handle=f"n{at}.example", **told))
        else:
            status = None if what == "active" else what
            events.append(Event(kind="account", active=status is None, status=status, **told))
    return events, live


def event(actor, kind, rkey, record, operation, at):
    return Event(
        did=did(actor),
        kind="commit",
        at_us=NOON + at,
        cursor=NOON + at,
        rev=tid(NOON + at),
        operation=operation,
        collection=f"app.bsky.{COLLECTION[kind]}",
        rkey=rkey,
        record=record,
    )


KEYS = {
    "profiles": ("profile_id",),
    "posts": ("post_id",),
    "follows": ("follower_id", "followed_id"),
    "engagements": ("actor_id", "post_id", "kind", "at"),
    "packs": ("pack_id", "member_id"),
}
ENDS = {
    "posts": "deleted_at",
    "follows": "deleted_at",
    "engagements": "deleted_at",
    "packs": "removed_at",
}


class Stored:
    """What the catalogue keeps and shows, in a dozen lines: see `catalogue._views`."""

    def __init__(self):
        self.rows = {}

    def take(self, folded):
        for table, frame in folded.batches:
            for row in frame.to_dicts():
                key = (table, *(row[c] for c in KEYS[table]))
                self.rows.setdefault(key, {})[
                    row["fetched_at"], json.dumps(row, default=str, sort_keys=True)
                ] = row

    def latest(self):
        found = {}
        for key, rows in self.rows.items():
            ordered = [rows[at] for at in sorted(rows)]
            instants = [row["fetched_at"] for row in ordered]
            assert len(set(instants)) == len(instants), f"two rows of {key} tie"
            shown = dict(ordered[-1])
            if key[0] in ("profiles", "posts"):
                for row in ordered:
                    shown |= {name: value for name, value in row.items() if value is not None}
            ends = ENDS.get(key[0])
            if ends is None or shown[ends] is None:
                shown.pop("fetched_at")
                found[key] = shown
        return found


def folded(events, cuts=(), restarts=()):
    """The state after these deliveries, cut into lots; after a restart the process has forgotten
    everything since the last lot that was committed, and reads again from there."""
    stored = Stored()
    cuts, restarts = set(cuts), set(restarts)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "s.sqlite"
        memory = Memory(file)
        fold, begun, n = Fold({did(name) for name in KNOWN}, memory), 0, 0
        while n < len(events):
            fold.take(events[n])
            n += 1
            if n in restarts:
                restarts.discard(n)
                # Killed after the rows were stored and before the position was.
                stored.take(fold.drain())
                memory.close()
                memory, n = Memory(file), begun
                fold = Fold({did(name) for name in KNOWN}, memory)
            elif n in cuts or n == len(events):
                stored.take(fold.drain())
                memory.commit(Position(at_us=n))
                begun = n
        memory.close()
    return stored.latest()


@given(st.data(), acts, standings)
@laws
def test_any_order_and_repetition_folds_to_the_same(data, acts, standings):
    events, _ = history(acts, standings)
    other = (
        data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events or [None])))))
        if events
        else []
    )
    cuts = data.draw(st.lists(st.integers(1, len(other) + 1), max_size=3))
    assert folded(other, cuts) == folded(events)


@given(st.data(), acts, standings)
@laws
def test_a_restart_anywhere_folds_to_the_same(data, acts, standings):
    events, _ = history(acts, standings)
    places = st.lists(st.integers(1, len(events) + 1), max_size=4)
    assert folded(events, data.draw(places), data.draw(places)) == folded(events)


@given(acts)
@laws
def test_what_is_left_is_what_is_live(acts):
    """Held against the repositories themselves, read as a person would."""
    events, live = history(acts, [])
    found = folded(events)
    follows, reactions, posts = set(), set(), {}
    for (actor, _, rkey), (kind, (whom, which), text, _) in live.items():
        name = f"bluesky:{did(actor)}"
        if kind == "follow" and whom in KNOWN:
            follows.add((name, f"bluesky:{did(whom)}"))
        if kind in ("like", "repost", "quote") and whom in KNOWN:
            reactions.add((name, f"bluesky:{uri(whom, which)}", kind))
        told = actor in KNOWN or (kind == "reply" and whom in KNOWN)
        if kind in ("post", "reply", "quote") and told:
            posts[f"bluesky:{uri(actor, rkey)}"] = text
    assert {key[1:] for key in found if key[0] == "follows"} == follows
    assert {key[1:4] for key in found if key[0] == "engagements"} == reactions
    assert {k[1]: row["text"] for k, row in found.items() if k[0] == "posts"} == posts
    names = {
        f"bluesky:{did(actor)}": text
        for (actor, _, _), (kind, _, text, _) in live.items()
        if kind == "profile" and actor in KNOWN
    }
    shown = {
        k[1]: row["display_name"]
        for k, row in found.items()
        if k[0] == "profiles" and row["display_name"]
    }
    assert shown == names
    is_list = ("zoe", "graph.list", "l") in live
    pack = live.get(("zoe", "graph.starterpack", "p"))
    members = {rkey for _, kind, rkey in live if kind == "graph.listitem"} & set(KNOWN)
    expected = {f"bluesky:{did(name)}" for name in members} if pack or is_list else set()
    assert {key[2] for key in found if key[0] == "packs"} == expected
