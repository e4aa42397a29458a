"""A closer look at accounts that were chosen: what they post, who recommends them, who follows.

Follows are kept only between people who both opted in, so the audience that is seen here is the
part of it that agreed to be seen, and never the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from influencr.errors import TooManyCalls, Unreachable
from influencr.sources.mastodon._accounts import Account, instant, shown, withdrawn
from influencr.sources.mastodon._frames import NAME, batch
from influencr.sources.mastodon._posts import Author, read_post
from influencr.sources.mastodon._text import plain

if TYPE_CHECKING:
    from influencr.sources import Batch
    from influencr.sources.mastodon._instance import Instance
    from influencr.sources.mastodon._memory import Kept, Memory
    from influencr.sources.mastodon._settings import Wishes

__all__ = ["Closer"]

#: Statuses, accounts and collections of one page: the documented most.
_STATUS_PAGE, _ACCOUNT_PAGE, _COLLECTION_PAGE = 40, 80, 80
#: Accounts whose rows are stored together; a kill repeats the calls of at most so many.
_TOGETHER = 10


class Met(NamedTuple):
    """Who stands in a list of accounts: names that may be kept, of these the profiles not seen in
    this run, and people who were kept before and now say no."""

    names: list[str]
    unseen: list[Account]
    left: list[Account]


class Closer:
    """What is read of the accounts of one server that this run chose."""

    def __init__(
        self,
        instance: Instance,
        memory: Memory,
        wishes: Wishes,
        now: Callable[[], datetime],
        meeting: Callable[[Instance, Sequence[Any]], Met],
    ) -> None:
        self._instance, self._memory, self._wishes = instance, memory, wishes
        self._now, self._meeting = now, meeting
        self._clear()

    def _clear(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {
            table: [] for table in ("profiles", "posts", "packs", "follows")
        }
        self._met: dict[str, Account] = {}
        self._done: list[str] = []

    def batches(self) -> Iterator[Batch]:
        """Rows of the chosen accounts that this run did not look at before."""
        for kept in self._memory.chosen(self._instance.base):
            if kept.looked == self._memory.run:
                continue
            try:
                self._look(kept)
            except (Unreachable, TooManyCalls):
                # What was read of those before is whole, and is stored before this run ends.
                yield from self._flush()
                raise
            if len(self._done) == _TOGETHER:
                yield from self._flush()
        yield from self._flush()

    def _flush(self) -> Iterator[Batch]:
        rows, met, done = self._rows, self._met, self._done
        self._clear()
        # A group whose first tables were stored before a kill goes on with the others. Its key is
        # a digest, because it would name people.
        key = hashlib.sha256("\n".join(done).encode()).hexdigest()
        for table, of_table in rows.items():
            question = f"{self._instance.base} group {key} {table}"
            if of_table and not self._memory.is_asked(question):
                yield batch(table, of_table)
                self._memory.note_asked(question)
        kept = [account for account in met.values() if account.refused is None]
        self._memory.keep(self._instance.base, kept, frozenset())
        self._memory.drop(name for name, account in met.items() if account.refused is not None)
        self._memory.note_looked(done)

    def _look(self, kept: Kept) -> None:
        rows: dict[str, list[dict[str, Any]]] = {
            "posts": list(self._posts(kept)),
            "packs": list(self._packs(kept)),
        }
        met: dict[str, Account] = {}
        if not kept.hides:
            followers = self._named(kept, "followers", self._wishes.follower_pages, met)
            following = self._named(kept, "following", self._wishes.following_pages, met)
            at = self._now()
            edges = [(name, kept.name) for name in followers]
            edges += [(kept.name, name) for name in following]
            rows["follows"] = [
                {"follower_id": a, "followed_id": b, "fetched_at": at} for a, b in edges if a != b
            ]
        rows["profiles"] = [
            (shown if account.refused is None else withdrawn)(account, at=self._now())
            for name, account in met.items()
            if name not in self._met
        ]
        for table, of_table in rows.items():
            self._rows[table] += of_table
        self._met.update(met)
        self._done.append(kept.name)

    def _posts(self, kept: Kept) -> Iterator[dict[str, Any]]:
        path = f"/api/v1/accounts/{kept.id}/statuses"
        params = {"limit": _STATUS_PAGE, "exclude_reblogs": True, "exclude_replies": True}
        author = Author(kept.name, kept.id, kept.may_be_read)
        domain, hosts = self._instance.domain, self._instance.hosts
        for page in self._instance.pages("posts", path, params, limit=self._wishes.post_pages):
            at = self._now()
            for status in page.items:
                row = read_post(status, author, at=at, domain=domain, hosts=hosts)
                if row is not None:
                    yield row

    def _packs(self, kept: Kept) -> Iterator[dict[str, Any]]:
        """Memberships in collections (4.6) that their makers show and the member accepted."""
        path = f"/api/v1/accounts/{kept.id}/in_collections"
        told = self._instance.one("collections", path, {"limit": _COLLECTION_PAGE})
        found = told.get("collections") if isinstance(told, Mapping) else None
        for entry in found if isinstance(found, list) else []:
            if not isinstance(entry, Mapping) or not isinstance(entry.get("uri"), str):
                continue
            open_ = entry.get("discoverable") is True and entry.get("sensitive") is False
            if not open_ or any(c.isspace() for c in entry["uri"]):
                continue
            accepted = _accepted(entry.get("items"), kept.id)
            if accepted is None:
                continue
            tag = entry.get("tag")
            name = tag.get("name") if isinstance(tag, Mapping) else None
            said = [plain(_string(entry.get("description"))).text]
            if isinstance(name, str) and name:
                said.append(f"#{name}")
            owner = self._memory.by_id(self._instance.base, str(entry.get("account_id")))
            yield {
                "pack_id": f"{NAME}:{entry['uri']}",
                "member_id": kept.name,
                "fetched_at": self._now(),
                "name": plain(_string(entry.get("name"))).text or None,
                "description": " ".join(part for part in said if part) or None,
                "owner_id": None if owner is None else owner.name,
                "added_at": instant(accepted.get("created_at")),
            }

    def _named(self, kept: Kept, purpose: str, n_pages: int, met: dict[str, Account]) -> list[str]:
        path = f"/api/v1/accounts/{kept.id}/{purpose}"
        names: dict[str, None] = {}
        pages = self._instance.pages(purpose, path, {"limit": _ACCOUNT_PAGE}, limit=n_pages)
        for page in pages:
            here = self._meeting(self._instance, page.items)
            names.update(dict.fromkeys(here.names))
            met.update((account.name, account) for account in (*here.unseen, *here.left))
        return list(names)


def _accepted(items: object, number: str) -> Mapping[str, Any] | None:
    """The item of a collection that holds this account with its consent; None without one.

    Asked without a token, a server shows accepted items alone; a list of nobody says nothing.
    """
    if items is None:
        return {}
    for item in items if isinstance(items, list) else []:
        if isinstance(item, Mapping) and str(item.get("account_id")) == number:
            return item if item.get("state") in (None, "accepted") else None
    return None


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
