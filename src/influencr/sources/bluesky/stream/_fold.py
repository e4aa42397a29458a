"""Folding: what remains of a stream of events, as rows of what concerns the index.

`known` says who concerns it. Kept are the profile, standing, visibility and posts of the known;
follows of them; likes, reposts, replies and quotes that their posts receive; and their places in
packs. Everything else goes by and leaves nothing.

Rules, whatever the order in which events come and however often:

- A row's instant is that of the revision, which is the same on every server and in every
  repetition; a revision from the future counts from when the server saw it. The catalogue orders
  by it, so an older event that comes late changes nothing.
- Of two events about one record the one with the lower revision is dropped.
- A delete is turned into a row by what is remembered of the record (`_memory`): follows, reactions
  and memberships end, posts lose their words.
- Within one commit, what it makes counts after what it ends: rows of a delete lie one microsecond
  before the revision, those of a visibility declaration two, handles one before the standing that
  comes with them. So no two rows about one key share an instant.
- `account`: deleted, taken down, suspended and deactivated hide at once; deleted also asks for
  erasure. `throttled` and `desynchronized` are troubles of a server, not the wish of a person.
- `sync` (the repository was cut, and is to be read whole) and an `identity` without a handle (the
  account is to be looked at again) cannot be folded; whom they are about is told.

Somebody who followed twice (two records for one account) and takes one back counts as gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, MutableSet
from typing import Any, NamedTuple

from influencr.records import canonical_handle
from influencr.sources import Batch
from influencr.sources.bluesky._records import quoted, reference, said
from influencr.sources.bluesky.stream._event import Event, tid_us
from influencr.sources.bluesky.stream._fields import (
    POST,
    SKEW_US,
    account_of,
    believed_us,
    profile_fields,
    replied_to,
    strong_reference,
    subject_uri,
)
from influencr.sources.bluesky.stream._memory import GONE, Edge, Memory
from influencr.sources.bluesky.stream._packs import Packs
from influencr.sources.bluesky.stream._rows import Rows

__all__ = ["COLLECTIONS", "Fold", "Folded"]

#: What a subscription asks for. Blocks are never asked for: nobody is shown by whom.
COLLECTIONS = (
    "app.bsky.actor.profile",
    "app.bsky.actor.contentVisibilityDeclaration",
    "app.bsky.feed.post",
    "app.bsky.feed.like",
    "app.bsky.feed.repost",
    "app.bsky.graph.follow",
    "app.bsky.graph.list",
    "app.bsky.graph.listitem",
    "app.bsky.graph.starterpack",
)
_HIDING = ("deleted", "takendown", "suspended", "deactivated")
_TROUBLES = ("throttled", "desynchronized")


class Folded(NamedTuple):
    """What a batch of events comes to.

    batches      rows for the catalogue
    changed      profile ids whose own rows changed: profile, standing, posts, packs
    gone         profile ids of accounts that were deleted
    look_again   profile ids whose handle changed without being told
    cut          profile ids whose repository has to be read whole, to see what is still in it
    newcomers    profile ids of strangers who said a word that was asked for
    strangers    profile id -> (status, instant in microseconds) of accounts outside the index whose
                 standing changed: what they did to the known has to follow
    counts       events by what became of them
    """

    batches: list[Batch]
    changed: set[str]
    gone: set[str]
    look_again: set[str]
    cut: set[str]
    newcomers: set[str]
    strangers: dict[str, tuple[str, int]]
    counts: Counter[str]


class Fold:
    """Folds events one by one; `drain` gives what came together since the last time.

    known    accounts (DIDs) that concern the index; those that were deleted are taken out of it
    memory   what is remembered between events; the caller commits it after storing the rows
    hidden   accounts outside the index that were hidden before, and may come back
    wanted   says of a stranger's words whether they make a newcomer; None: nobody asks
    """

    def __init__(
        self,
        known: MutableSet[str],
        memory: Memory,
        *,
        hidden: MutableSet[str] | None = None,
        wanted: Callable[[str], bool] | None = None,
    ) -> None:
        self._known = known
        self._hidden: MutableSet[str] = set() if hidden is None else hidden
        self._memory = memory
        self._wanted = wanted
        self._packs = Packs(memory)
        self._of_collection: dict[str, Callable[[Event, int], None]] = {
            "app.bsky.actor.profile": self._profile,
            "app.bsky.actor.contentVisibilityDeclaration": self._visibility,
            "app.bsky.feed.post": self._post,
            "app.bsky.feed.like": self._reaction,
            "app.bsky.feed.repost": self._reaction,
            "app.bsky.graph.follow": self._follow,
            "app.bsky.graph.list": self._list,
            "app.bsky.graph.listitem": self._list,
            "app.bsky.graph.starterpack": self._list,
        }
        self._start()

    def _start(self) -> None:
        self._rows = Rows()
        self._changed: set[str] = set()
        self._gone: set[str] = set()
        self._look_again: set[str] = set()
        self._cut: set[str] = set()
        self._newcomers: set[str] = set()
        self._strangers: dict[str, tuple[str, int]] = {}
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        """Rows that wait to be drained."""
        return len(self._rows)

    def drain(self) -> Folded:
        """What came together since the last time."""
        folded = Folded(
            self._rows.batches(),
            self._changed,
            self._gone,
            self._look_again,
            self._cut,
            self._newcomers,
            self._strangers,
            self._counts,
        )
        self._start()
        return folded

    def take_all(self, events: Iterable[Event]) -> None:
        """Fold these events."""
        for event in events:
            self.take(event)

    def take(self, event: Event) -> None:
        """Fold one event."""
        kind = event.kind
        self._counts[kind] += 1
        if kind == "commit":
            fold = self._of_collection.get(event.collection)
            if fold is None:
                return
            rev_us = tid_us(event.rev) or event.at_us
            if rev_us > event.at_us + SKEW_US and event.at_us:
                rev_us = event.at_us
            if event.operation == "delete" or event.record is not None:
                fold(event, rev_us)
            else:
                self._counts["malformed"] += 1
        elif kind == "account":
            self._account(event)
        elif event.did in self._known:
            if kind == "identity":
                self._identity(event)
            elif kind == "sync":
                self._cut.add(reference(event.did))

    # Whoever is known, about themselves.

    def _own(self, did: str, fetched_us: int, columns: dict[str, Any]) -> None:
        name = reference(did)
        row = {"profile_id": name, "platform": "bluesky", **columns}
        self._rows.add("profiles", fetched_us, row)
        self._changed.add(name)
        self._counts["kept"] += 1

    def _account(self, event: Event) -> None:
        at = event.said_us or event.at_us
        if at > event.at_us + SKEW_US and event.at_us:
            at = event.at_us
        if event.active:
            status = "active"
        elif event.status in _TROUBLES:
            return
        else:
            status = event.status if event.status in _HIDING else "deactivated"
        if event.did not in self._known:
            # Most strangers left nothing here; whoever did is found when there is time for it.
            if status != "active" or event.did in self._hidden:
                self._strangers[reference(event.did)] = (status, at)
            return
        self._own(event.did, at, {"status": status})
        if status == "deleted":
            self._gone.add(reference(event.did))
            self._known.discard(event.did)

    def _identity(self, event: Event) -> None:
        at = event.said_us or event.at_us
        if at > event.at_us + SKEW_US and event.at_us:
            at = event.at_us
        handle = event.handle
        if not handle or handle == "handle.invalid":
            self._look_again.add(reference(event.did))
            return
        self._own(event.did, at - 1, {"handle": canonical_handle(handle, platform="bluesky")})

    def _profile(self, event: Event, rev_us: int) -> None:
        if event.rkey != "self":
            return
        if event.did not in self._known:
            record = event.record
            if self._wanted is not None and record is not None:
                told = f"{record.get('displayName', '')} {record.get('description', '')}"
                self._meet(event.did, told)
            return
        deleted = event.operation == "delete"
        fields = profile_fields({} if deleted else event.record or {})
        self._own(event.did, rev_us - deleted, fields)

    def _visibility(self, event: Event, rev_us: int) -> None:
        if event.did in self._known and event.rkey == "self":
            record = event.record or {}
            hidden = record.get("hideFromAlgorithmicRecommendations") is True
            self._own(event.did, rev_us - 2, {"no_recommend": hidden})

    def _meet(self, did: str, told: str) -> None:
        if self._wanted is not None and self._wanted(told):
            self._newcomers.add(reference(did))

    # Posts.

    def _post(self, event: Event, rev_us: int) -> None:
        did, known = event.did, event.did in self._known
        post_uri = f"at://{did}{POST}{event.rkey}"
        record = event.record
        if event.operation == "delete" or record is None:
            replied = self._undo(event, "reply", rev_us)
            quote = self._undo(event, "quote", rev_us)
            if quote:
                self._engagement(did, quote.subject, "quote", quote.at_us, rev_us - 1, rev_us)
            if known or replied:
                self._end_post(post_uri, did, rev_us)
            return
        parent = replied_to(record)
        quote_uri = quoted(record) or ""
        at = believed_us(record.get("createdAt"), rev_us)
        answers = account_of(parent) in self._known if parent else False
        quotes = account_of(quote_uri) in self._known if quote_uri else False
        if not (known or answers or quotes):
            if self._wanted is not None:
                self._meet(did, str(record.get("text", "")))
            if event.operation == "create":
                return
        if event.operation != "create" or quotes:
            before = self._tie(event, "quote", quote_uri if quotes else "", at, rev_us)
            if before is None:
                return
            if before.subject and (before.subject, before.at_us) != (quote_uri, at):
                self._engagement(did, before.subject, "quote", before.at_us, rev_us - 1, rev_us)
            if quotes:
                self._engagement(did, quote_uri, "quote", at, rev_us, None)
        if not known:
            replied = self._tie(event, "reply", parent if answers else "", at, rev_us)
            if replied is None:
                return
            if not answers:
                if replied.subject:
                    self._end_post(post_uri, did, rev_us)
                return
        words = said(record)
        self._store_post(
            rev_us,
            did,
            {
                "post_id": reference(post_uri),
                "created_at": at,
                "kind": "reply" if parent else "quote" if quote_uri else "post",
                "text": words.text,
                "language": words.language,
                "hashtags": words.hashtags,
                "mentions": words.mentions,
                "links": words.links,
                "reply_to": reference(parent) if parent else None,
            },
        )

    def _end_post(self, post_uri: str, did: str, rev_us: int) -> None:
        # Wiped: the words are nobody's business any more.
        row = {"post_id": reference(post_uri), "text": "", "deleted_at": rev_us}
        self._store_post(rev_us - 1, did, row)

    def _store_post(self, fetched_us: int, did: str, row: dict[str, Any]) -> None:
        self._rows.add("posts", fetched_us, {"profile_id": reference(did), **row})
        self._counts["kept"] += 1
        if did in self._known:
            self._changed.add(reference(did))

    # Edges.

    def _reaction(self, event: Event, rev_us: int) -> None:
        kind = event.collection[14:]  # like, repost
        did = event.did
        if event.operation == "delete" or event.record is None:
            edge = self._undo(event, kind, rev_us)
            if edge:
                self._engagement(did, edge.subject, kind, edge.at_us, rev_us - 1, rev_us)
            return
        uri = subject_uri(event.record)
        if account_of(uri) not in self._known:
            return
        at = believed_us(event.record.get("createdAt"), rev_us)
        before = self._tie(event, kind, uri, at, rev_us)
        if before is None:
            return
        if before.subject and (before.subject, before.at_us) != (uri, at):
            self._engagement(did, before.subject, kind, before.at_us, rev_us - 1, rev_us)
        self._engagement(did, uri, kind, at, rev_us, None)

    def _follow(self, event: Event, rev_us: int) -> None:
        did = event.did
        if event.operation == "delete" or event.record is None:
            edge = self._undo(event, "follow", rev_us)
            if edge:
                self._edge(did, edge.subject, edge.at_us, None, rev_us - 1, rev_us)
            return
        whom = event.record.get("subject")
        if not isinstance(whom, str) or whom not in self._known:
            return
        at = believed_us(event.record.get("createdAt"), rev_us)
        before = self._tie(event, "follow", whom, at, rev_us)
        if before is None:
            return
        if before.subject and before.subject != whom:
            self._edge(did, before.subject, before.at_us, None, rev_us - 1, rev_us)
        via = strong_reference(event.record.get("via"))
        self._edge(did, whom, at, reference(via) if via else None, rev_us, None)

    def _tie(self, event: Event, kind: str, subject: str, at: int, rev_us: int) -> Edge | None:
        """Remember that a record is now about `subject` ("" for nobody we know).

        What it was about before (subject "" for nothing); None for an older revision or a
        repetition, which changes nothing.
        """
        key = self._memory.key(event.did, kind, event.rkey)
        before = self._memory.edge(key)
        if before is None:
            if subject:
                self._memory.put(key, Edge(rev_us, subject, at))
            return Edge(0, "", 0)
        if before.rev_us >= rev_us:
            self._counts["older"] += 1
            return None
        self._memory.put(key, Edge(rev_us, subject, at))
        return before._replace(subject="") if before.subject == GONE else before

    def _undo(self, event: Event, kind: str, rev_us: int) -> Edge | None:
        """Remember that a record went; what it was about, None when that concerns nobody."""
        key = self._memory.key(event.did, kind, event.rkey)
        before = self._memory.edge(key)
        if before is not None and before.rev_us >= rev_us:
            self._counts["older"] += 1
            return None
        self._memory.put(key, Edge(rev_us, "", rev_us))
        if before is None or (before.subject == GONE and kind != "reply"):
            return None
        return before if before.subject else None

    def _engagement(
        self, did: str, uri: str, kind: str, at: int, fetched_us: int, deleted: int | None
    ) -> None:
        row = {
            "actor_id": reference(did),
            "post_id": reference(uri),
            "kind": kind,
            "at": at,
            "deleted_at": deleted,
        }
        self._rows.add("engagements", fetched_us, row)
        self._counts["kept"] += 1

    def _edge(
        self, did: str, whom: str, at: int, via: str | None, fetched_us: int, deleted: int | None
    ) -> None:
        row = {
            "follower_id": reference(did),
            "followed_id": reference(whom),
            "followed_at": at,
            "via_id": via,
            "deleted_at": deleted,
        }
        self._rows.add("follows", fetched_us, row)
        self._counts["kept"] += 1

    # Packs.

    def _list(self, event: Event, rev_us: int) -> None:
        for fetched_us, row in self._packs.take(event, rev_us, self._known):
            self._rows.add("packs", fetched_us, row)
            self._changed.add(row["member_id"])
            self._counts["kept"] += 1
