"""Alerts: what changed with saved searches and lists that are watched."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import msgspec
from msgspec import Meta

from influencr.answers._question import question
from influencr.answers.questions.keeping import Nothing

if TYPE_CHECKING:
    from influencr.engine import Engine
    from influencr.kept import KeptAlert

__all__ = ["AlertDocument", "AlertsDocument", "WatchesDocument", "alert_document", "names_of"]


class Since(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which alerts."""

    after: Annotated[int, Meta(ge=0, le=2**53, description="only those with a higher number")] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000, description="at most so many, 1 to 1,000")] = 100


class OneSearch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which saved search."""

    name: Annotated[str, Meta(description="the saved search, by its name")]


class AlertDocument(TypedDict):
    """Something that was told.

    `what` is new, more (`n` further new ones), silent, again, verdict, batch or unlisted; `about`
    says by which saved search or list; `before` and `after` what it was and is.
    """

    number: int
    what: str
    about: dict[str, str]
    profile_id: str | None
    before: Any
    after: Any
    n: int
    at: datetime
    as_of: datetime | None


class AlertsDocument(TypedDict):
    """Alerts, the newest first; `newest` is the number to ask `after` next time."""

    alerts: list[AlertDocument]
    newest: int


class WatchDocument(TypedDict):
    """What is watched, and how far that is."""

    about: dict[str, str]
    muted: bool
    looked_at: datetime | None
    problem: str
    waiting: int


class WatchesDocument(TypedDict):
    """Everything that is watched."""

    watches: list[WatchDocument]


class WatchedDocument(TypedDict):
    """Whether a saved search is watched now."""

    name: str
    watched: bool


@question("alerts", Since, path="alerts", scope="lists", returns=AlertsDocument)
def alerts(engine: Engine, request: Since) -> dict[str, Any]:
    """What changed with saved searches and lists that are watched, the newest first."""
    kept, names = engine.alerts.kept, names_of(engine)
    told = kept.told(after=request.after, limit=request.limit)
    return {"alerts": [alert_document(one, names) for one in told], "newest": kept.newest()}


@question("watches", Nothing, path="alerts/watches", scope="lists", returns=WatchesDocument)
def watches(engine: Engine, request: Nothing) -> dict[str, Any]:
    """What is watched: every list, and the saved searches that were asked for."""
    names = names_of(engine)
    return {
        "watches": [
            {
                "about": _about(one.kind, one.key, names),
                "muted": one.muted_at is not None,
                "looked_at": one.looked_at,
                "problem": one.problem,
                "waiting": one.waiting,
            }
            for one in engine.alerts.kept.watches()
        ]
    }


@question(
    "watch", OneSearch, path="alerts/watches/{name}", verb="PUT", scope="lists", writes=True,
    returns=WatchedDocument,
)  # fmt: skip
def watch(engine: Engine, request: OneSearch) -> dict[str, Any]:
    """Tell from now on whom a saved search finds anew; those whom it finds now are known."""
    engine.alerts.watch(request.name)
    return {"name": engine.saved.get(request.name).name, "watched": True}


@question(
    "unwatch", OneSearch, path="alerts/watches/{name}", verb="DELETE", scope="lists", writes=True,
    returns=WatchedDocument,
)  # fmt: skip
def unwatch(engine: Engine, request: OneSearch) -> dict[str, Any]:
    """Tell nothing of a saved search any more, and forget what was told of it."""
    one = engine.saved.get(request.name)
    engine.alerts.unwatch(one.name)
    return {"name": one.name, "watched": False}


def alert_document(one: KeptAlert, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    """An alert; `names` as of `names_of`."""
    return {
        "number": one.number,
        "what": one.what,
        "about": _about(one.kind, one.key, names),
        "profile_id": one.profile_id or None,
        "before": one.before,
        "after": one.after,
        "n": one.n,
        "at": one.at,
        "as_of": one.as_of,
    }


def names_of(engine: Engine) -> dict[tuple[str, str], str]:
    """(kind, key) of a watch -> how a person calls it."""
    from influencr.kept import kept_key

    lists = {("list", one.id): one.name for one in engine.lists.all()}
    return lists | {("search", kept_key(one.name)): one.name for one in engine.saved.list()}


def _about(kind: str, key: str, names: dict[tuple[str, str], str]) -> dict[str, str]:
    return {"kind": kind, "key": key, "name": names.get((kind, key), "")}
