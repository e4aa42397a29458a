"""Alerts: a saved search finds somebody new; somebody on a list falls silent, gains a bought batch,
gets another verdict, or is listed no more.

What is compared is what the index and the judged tables say, with what they said at the last look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.engine._judged import Judged
from influencr.errors import HomeError, UsageError

if TYPE_CHECKING:
    from influencr.index import Snapshot
    from influencr.kept import KeptAlerts, KeptList, Watch
    from influencr.search import SavedSearch

__all__ = ["AT_ONCE", "NAMED", "Alerting", "Alerts"]

#: How many new creators of one search are told one by one after one refresh; the others are
#: counted. Own choice: more are a search to be run, not news.
NAMED = 50
#: A search that finds more is looked at first by the next `look`, for nobody waits so long for a
#: page: reading 10,000 creators takes about 5 s. Own choice.
AT_ONCE = 1_000
#: Families of evidence that tell of followers who came together; see `vetting.FAMILIES`.
_BATCHES = ("G", "C", "D", "B")
#: Windows of one batch wander by so much from one judgement to the next. Own choice.
_SAME_BATCH = timedelta(days=3)

#: (profile id or "", what, before, after, how many)
type Told = tuple[str, str, Any, Any, int]


class Alerting(Judged):
    """What is watched for an owner."""

    @property
    def alerts(self) -> Alerts:
        """The alerts of the owner whose engine this is."""
        return Alerts(self)

    def watching(self) -> list[str]:
        """Every owner for whom something is to be watched."""
        from influencr.kept import Kept

        return Kept(self.home.path).watching()


class Alerts:
    """The watches of one owner: looking at them, and what that told."""

    def __init__(self, engine: Judged) -> None:
        from influencr.kept import Kept

        self._engine = engine
        self._all = Kept(engine.home.path, engine.owner)

    @property
    def kept(self) -> KeptAlerts:
        """What was told, who is muted, how far each watch is."""
        return self._all.alerts

    def watch(self, name: str) -> None:
        """Tell from now on whom a saved search finds anew; those whom it finds now are known.

        Those whom a search of many finds are read by the next `look`.

        Raises UnknownValue for a search that is not kept, UsageError for one that cannot be asked
        or finds too many to tell what is new; then nothing is watched.
        """
        from influencr.kept import kept_key

        saved = self._engine.saved.get(name)
        key = kept_key(saved.name)
        n = self._engine.saved.count(saved.name)
        self.kept.watch("search", key)
        if n > AT_ONCE:
            return
        for one in self.kept.watches():
            if (one.kind, one.key) == ("search", key):
                self._search(one, saved, self._engine.index.snapshot(), closed=False)

    def unwatch(self, name: str) -> bool:
        """Tell nothing of a saved search any more, and forget what was told; whether it was."""
        from influencr.kept import kept_key

        return self.kept.unwatch("search", kept_key(name))

    def look(self, *, closed: bool = False, between: Callable[[], None] = lambda: None) -> int:
        """Look at everything that is watched and was not looked at in this index; returns how
        many things were told.

        closed    the owner may not search: who would be new is counted, and told when they may
        between   called before each watch; what it raises ends the look, and nothing is lost

        Looking again tells nothing again. A home in which nothing is indexed tells nothing.
        """
        from influencr.kept import kept_key

        snapshot = self._engine.index.snapshot()
        if snapshot.info.generation == 0:
            return 0
        self.kept.sweep(datetime.now(UTC))
        lists = {one.id: one for one in self._all.lists.all()}
        watched = {w.key for w in self.kept.watches() if w.kind == "list"}
        for new in lists.keys() - watched:
            self.kept.watch("list", new)
        searches = {kept_key(one.name): one for one in self._engine.saved.list()}
        told = 0
        for watch in self.kept.watches():
            between()
            if watch.kind == "list" and watch.key in lists:
                told += self._list(watch, lists[watch.key], snapshot)
            if watch.kind == "search" and watch.key in searches:
                told += self._search(watch, searches[watch.key], snapshot, closed=closed)
        return told

    # Searches.

    def _search(self, watch: Watch, saved: SavedSearch, snapshot: Snapshot, *, closed: bool) -> int:
        info, asks = snapshot.info, msgspec.json.encode(saved.query)
        anew = watch.asks != asks
        if watch.generation == info.generation and not (watch.waiting and not closed):
            if not anew:
                return 0
            if watch.problem and watch.looked_at and watch.looked_at > saved.saved_at:
                return 0
        known = () if anew else self.kept.known(watch)
        try:
            beyond = self._engine.saved.beyond(saved.name, known, limit=NAMED)
        except UsageError as error:
            self.kept.waits(watch, generation=info.generation, n=0, problem=error.message)
            return 0
        if closed and not anew:
            self.kept.waits(watch, generation=info.generation, n=beyond.results.total)
            return 0
        told: list[Told] = []
        if not anew and watch.muted_at is None:
            hits = beyond.results.hits
            told = [(hit.profile_id, "new", None, _of_new(hit.creator), 1) for hit in hits]
            if (more := beyond.results.total - len(hits)) > 0:
                told.append(("", "more", None, None, more))
            told.reverse()  # the newest are read first: the best comes last
        done = self.kept.looked(
            watch,
            asks=asks,
            generation=beyond.results.generation,
            as_of=beyond.results.as_of,
            came=dict.fromkeys(beyond.ids),
            told=told,
            anew=anew,
        )
        return len(told) if done else 0

    # Lists.

    def _list(self, watch: Watch, one: KeptList, snapshot: Snapshot) -> int:
        info = snapshot.info
        ids = [item.profile_id for item in self._all.lists.items(one.id)]
        known = self.kept.known(watch)
        if watch.generation == info.generation and known.keys() == set(ids):
            return 0
        rows = snapshot.creators(ids) if ids else {}
        batches = self._batches(list(rows))
        came: dict[str, Any] = {}
        told: list[Told] = []
        for who in ids:
            before = known.get(who)
            state = _state(rows.get(who), before, batches.get(who, []))
            if state != before:
                came[who] = state
            if before is not None and watch.muted_at is None:
                told += ((who, what, was, now, 1) for what, was, now in _changes(before, state))
        done = self.kept.looked(
            watch,
            asks=b"",
            generation=info.generation,
            as_of=info.as_of,
            came=came,
            went=known.keys() - set(ids),
            told=told,
        )
        return len(told) if done else 0

    def _batches(self, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        """Who has followers that came together and nothing explains it: when, and how many."""
        from influencr.pipeline.vetting import read_vetted
        from influencr.vetting.verdict import EXPLAINED_BY

        found: dict[str, list[dict[str, Any]]] = {}
        try:
            for vetted in read_vetted(self._engine.home.judged, ids) if ids else ():
                found[vetted.profile_id] = [
                    {
                        "family": row.family,
                        "members": row.members,
                        "from": None if row.from_at is None else row.from_at.isoformat(),
                        "to": None if row.to_at is None else row.to_at.isoformat(),
                    }
                    for row in vetted.verdict.evidence
                    if row.fires
                    and row.family in _BATCHES
                    and not any(
                        check.outcome == "found"
                        and check.alternative in EXPLAINED_BY.get(row.family, ())
                        for check in row.checked
                    )
                ]
        except HomeError:
            return {}  # nobody's audience was looked at in this home
        return found


def _of_new(creator: dict[str, Any]) -> dict[str, Any]:
    """What is worth saying of somebody new when they were found."""
    told = {name: creator.get(name) for name in ("followers", "influence", "verdict")}
    return {name: value for name, value in told.items() if value is not None}


def _state(
    row: dict[str, Any] | None, before: dict[str, Any] | None, batches: list[dict[str, Any]]
) -> dict[str, Any]:
    """What is compared from one look to the next; of somebody unlisted, what was true last."""
    if row is None:
        return {**(before or {}), "listed": False}
    last = row.get("last_post_at")
    return {
        "listed": True,
        "activity": row.get("activity_state") or "unknown",
        "last_post": last.isoformat() if isinstance(last, datetime) else None,
        "verdict": row.get("verdict") or "unknown",
        "bought": [row.get("bought_low"), row.get("bought_high")],
        "batches": batches,
    }


def _changes(was: dict[str, Any], now: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """What is told of a creator whose state changed: (what, before, after)."""
    if not now["listed"]:
        if was["listed"]:
            yield "unlisted", None, None
        return
    if "activity" not in was:
        return  # never seen while listed
    posted = {"activity": was["activity"], "last_post": was["last_post"]}
    posts = {"activity": now["activity"], "last_post": now["last_post"]}
    if was["activity"] in ("active", "quiet") and now["activity"] == "dormant":
        yield "silent", posted, posts
    if was["activity"] == "dormant" and now["activity"] == "active":
        yield "again", posted, posts
    if was["verdict"] != now["verdict"]:
        yield (
            "verdict",
            {"verdict": was["verdict"], "bought": was["bought"]},
            {"verdict": now["verdict"], "bought": now["bought"]},
        )
    known = list(was["batches"])
    for batch in now["batches"]:
        if not _is_among(batch, known):
            yield "batch", len(was["batches"]), batch
            known.append(batch)  # several tests may find the same one


def _is_among(batch: dict[str, Any], others: Iterable[dict[str, Any]]) -> bool:
    """Whether followers of the same days were told of already, by whatever test."""
    for other in others:
        if batch["from"] is None or other["from"] is None:
            if batch["family"] == other["family"]:
                return True
            continue
        begins, ends = _time(batch["from"]), _time(batch["to"])
        if (
            begins <= _time(other["to"]) + _SAME_BATCH
            and ends >= _time(other["from"]) - _SAME_BATCH
        ):
            return True
    return False


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
