"""What is on the network: every write that it acknowledged, less what was taken back.

The ledger is what catalogue, index and exports are compared with, so it is kept apart from all of
them: plain dictionaries of what we sent, never of what we read.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

PROFILE = "app.bsky.actor.profile"
POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"
REPOST = "app.bsky.feed.repost"
FOLLOW = "app.bsky.graph.follow"
LIST = "app.bsky.graph.list"
LIST_ITEM = "app.bsky.graph.listitem"
PACK = "app.bsky.graph.starterpack"
VISIBILITY = "app.bsky.actor.contentVisibilityDeclaration"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def did_of(uri: str) -> str:
    return uri.removeprefix("at://").split("/", 1)[0]


@dataclass
class Account:
    did: str
    handle: str
    token: str
    status: str = "active"  # deleted takendown deactivated


@dataclass
class Ledger:
    """uri -> record, for everything that is there now; `cids` also of what is gone."""

    accounts: dict[str, Account] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    cids: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wrote(self, uri: str, cid: str, record: dict[str, Any]) -> None:
        with self.lock:
            self.records[uri] = record
            self.cids[uri] = cid

    def removed(self, uri: str) -> None:
        with self.lock:
            del self.records[uri]
            self.gone.add(uri)

    def left(self, did: str, status: str) -> None:
        """An account is deleted (its records with it), or hidden."""
        with self.lock:
            self.accounts[did].status = status
            if status == "deleted":
                theirs = [uri for uri in self.records if did_of(uri) == did]
                self.gone.update(theirs)
                for uri in theirs:
                    del self.records[uri]

    def by_handle(self, handle: str) -> Account:
        return next(a for a in self.accounts.values() if a.handle == handle)

    def of(self, collection: str, did: str | None = None) -> dict[str, dict[str, Any]]:
        """Records of one kind (of one account) that are there now."""
        with self.lock:
            return {
                uri: record
                for uri, record in self.records.items()
                if record["$type"] == collection and did in (None, did_of(uri))
            }

    def active(self) -> set[str]:
        return {did for did, account in self.accounts.items() if account.status == "active"}

    # What the records mean.

    def follows(self) -> set[tuple[str, str]]:
        """(who, whom), both of them active."""
        active = self.active()
        return {
            (did_of(uri), record["subject"])
            for uri, record in self.of(FOLLOW).items()
            if did_of(uri) in active and record["subject"] in active
        }

    def acts(self, collection: str) -> set[tuple[str, str]]:
        """(who, post) of likes or reposts of posts that are there."""
        active = self.active()
        posts = self.posts()
        return {
            (did_of(uri), record["subject"]["uri"])
            for uri, record in self.of(collection).items()
            if did_of(uri) in active and record["subject"]["uri"] in posts
        }

    def posts(self) -> dict[str, dict[str, Any]]:
        """Posts and replies of active accounts."""
        active = self.active()
        return {uri: record for uri, record in self.of(POST).items() if did_of(uri) in active}

    def profile(self, did: str) -> dict[str, Any]:
        return self.records.get(f"at://{did}/{PROFILE}/self", {})

    def counts(self, did: str) -> dict[str, int]:
        """What a profile view counts."""
        follows = self.follows()
        return {
            "followers": sum(whom == did for _, whom in follows),
            "following": sum(who == did for who, _ in follows),
            "posts_count": sum(did_of(uri) == did for uri in self.posts()),
        }

    def shown(self) -> set[str]:
        """Accounts that may be found by people who are not signed in, and did not ask to be left
        out of recommendations."""
        hidden = {
            did_of(uri)
            for uri, record in self.of(PROFILE).items()
            if "!no-unauthenticated" in labels_of(record)
        }
        hidden |= {
            did_of(uri)
            for uri, record in self.of(VISIBILITY).items()
            if record.get("hideFromAlgorithmicRecommendations")
        }
        return self.active() - hidden


def labels_of(profile: dict[str, Any]) -> set[str]:
    return {label["val"] for label in profile.get("labels", {}).get("values", [])}
