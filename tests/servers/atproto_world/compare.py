"""What the catalogue holds beside what the ledger says; both as plain sets, so that a difference
reads as rows."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from atproto_world.ledger import LIKE, LIST, LIST_ITEM, PACK, POST, REPOST, Ledger, did_of, instant

_PREFIX = "bluesky:"
_QUOTED = "app.bsky.embed.record"


class Stored:
    """The latest state of every table of a home, as plain rows."""

    def __init__(self, home: Path) -> None:
        from influencr.engine import Engine

        with Engine(home) as engine:
            self.tables: dict[str, list[dict[str, Any]]] = {
                table: engine.catalogue.latest(table).collect().to_dicts()
                for table in ("profiles", "posts", "follows", "engagements", "packs")
            }

    def profiles(self) -> dict[str, dict[str, Any]]:
        return {bare(row["profile_id"]): row for row in self.tables["profiles"]}

    def posts(self) -> dict[str, dict[str, Any]]:
        return {bare(row["post_id"]): row for row in self.tables["posts"]}

    def follows(self) -> Counter[tuple[str, str]]:
        return Counter(
            (bare(row["follower_id"]), bare(row["followed_id"])) for row in self.tables["follows"]
        )

    def acts(self, kind: str) -> Counter[tuple[str, str]]:
        return Counter(
            (bare(row["actor_id"]), bare(row["post_id"]))
            for row in self.tables["engagements"]
            if row["kind"] == kind
        )

    def memberships(self) -> Counter[tuple[str, str]]:
        return Counter(
            (bare(row["pack_id"]), bare(row["member_id"])) for row in self.tables["packs"]
        )


def bare(name: str) -> str:
    return name.removeprefix(_PREFIX)


def differences(stored: Stored, ledger: Ledger, about: Iterable[str]) -> dict[str, Any]:
    """Everything that is stored about these accounts and was not written, or the reverse; {} when
    they are equal. Counts how often each row is there, so that nothing may be counted twice.

    about   whose posts, followers and audience are compared
    """
    people, posts = set(about), stored.posts().keys()
    found = {
        "profiles": _words(stored, ledger, people),
        "posts": _posts(stored, ledger, people),
        "follows": _unequal(
            {e: n for e, n in stored.follows().items() if e[1] in people},
            {e for e in ledger.follows() if e[1] in people},
        ),
        "memberships": _unequal(
            {m: n for m, n in stored.memberships().items() if m[1] in people},
            {m for m in memberships(ledger) if m[1] in people},
        ),
    }
    for kind, written in (
        ("like", ledger.acts(LIKE)),
        ("repost", ledger.acts(REPOST)),
        ("quote", quotes(ledger)),
    ):
        found[kind] = _unequal(
            # An act on a post that is gone dangles, on the network as here: nothing reads it.
            {
                a: n
                for a, n in stored.acts(kind).items()
                if did_of(a[1]) in people and a[1] in posts
            },
            {a for a in written if did_of(a[1]) in people},
        )
    return {what: rows for what, rows in found.items() if rows}


def quotes(ledger: Ledger) -> set[tuple[str, str]]:
    """(who, quoted post), both there."""
    posts = ledger.posts()
    pairs = {
        (did_of(uri), record["embed"]["record"]["uri"])
        for uri, record in posts.items()
        if record.get("embed", {}).get("$type") == _QUOTED
    }
    return {(who, post) for who, post in pairs if post in posts}


def memberships(ledger: Ledger) -> set[tuple[str, str]]:
    """(pack or list, member): a starter pack by its own address, a curated list by its."""
    packs = {record["list"]: uri for uri, record in ledger.of(PACK).items()}
    lists = ledger.of(LIST)
    active = ledger.active()
    return {
        (packs.get(record["list"], record["list"]), record["subject"])
        for record in ledger.of(LIST_ITEM).values()
        if record["list"] in lists and record["subject"] in active
    }


def exported(file: Path) -> set[str]:
    """DIDs in an export (.jsonl)."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {bare(json.loads(line)["profile_id"]) for line in lines}


def _words(stored: Stored, ledger: Ledger, people: set[str]) -> list[Any]:
    rows = stored.profiles()
    wrong: list[Any] = []
    for did in sorted(people & ledger.active()):
        row, record = rows.get(did), ledger.profile(did)
        if row is None:
            wrong.append(("missing", did))
            continue
        told = {
            "handle": ledger.accounts[did].handle,
            "display_name": record.get("displayName", ""),
            "bio_text": record.get("description", ""),
        }
        wrong += [
            (did, name, row[name], value) for name, value in told.items() if row[name] != value
        ]
    wrong += [("still there", did) for did in sorted((people - ledger.active()) & rows.keys())]
    return wrong


def _posts(stored: Stored, ledger: Ledger, people: set[str]) -> list[Any]:
    """Posts of these people, and what others answered them."""

    def concerns(uri: str, record: dict[str, Any]) -> bool:
        parent = record.get("reply", {}).get("parent", {}).get("uri", "")
        return did_of(uri) in people or (bool(parent) and did_of(parent) in people)

    written = {uri: _said(r) for uri, r in ledger.posts().items() if concerns(uri, r)}
    read = {}
    for uri, row in stored.posts().items():
        to = bare(row["reply_to"] or "")
        if did_of(uri) in people or (to and did_of(to) in people):
            read[uri] = tuple(
                row[name] for name in ("text", "created_at", "kind", "language", "hashtags")
            )
    wrong: list[Any] = [("lost", uri) for uri in sorted(written.keys() - read.keys())]
    wrong += [("too many", uri) for uri in sorted(read.keys() - written.keys())]
    wrong += [
        ("other", uri, read[uri], said)
        for uri, said in sorted(written.items())
        if uri in read and read[uri] != said
    ]
    return wrong


def _said(record: dict[str, Any]) -> tuple[Any, ...]:
    tags = [
        feature["tag"]
        for facet in record.get("facets", [])
        for feature in facet["features"]
        if feature["$type"].endswith("#tag")
    ]
    quotes_one = record.get("embed", {}).get("$type") == _QUOTED
    kind = "reply" if "reply" in record else "quote" if quotes_one else "post"
    return record["text"], instant(record["createdAt"]), kind, record["langs"][0], tags


def _unequal(read: dict[Any, int], written: set[Any]) -> list[Any]:
    wrong: list[Any] = [("lost", row) for row in sorted(written - read.keys())]
    wrong += [("too many", row) for row in sorted(read.keys() - written)]
    wrong += [("twice", row, n) for row, n in sorted(read.items()) if n > 1]
    return wrong


__all__ = ["POST", "Stored", "differences", "exported", "memberships", "quotes"]
