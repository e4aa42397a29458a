"""How the instance stands, as the pages show it: sources, coverage, removals."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from influencr.search import Query
from influencr.service.web import numbers, words
from influencr.service.web.marked import plain

if TYPE_CHECKING:
    from influencr.engine import Engine
    from influencr.kept import Departure

__all__ = ["Coverage", "Left", "Source", "Standing", "coverage", "removals", "sources", "standing"]

_COUNTRIES = 12
#: Width of a whole bar in px.
_BAR = 120
#: The clock that listed people are promised (product.md): gone everywhere within a minute.
PROMISED_S = 60.0


class Coverage(NamedTuple):
    """Creators of one platform or country: how many, and a bar against the largest."""

    name: str
    n: str
    bar: float


class Source(NamedTuple):
    """One network that is asked; `tone` is the shape beside its state."""

    name: str
    state: str
    tone: str
    accounts: str
    asked: str
    lag: str
    runs_out: str
    error: str
    spent: str


class Standing(NamedTuple):
    """The index: of when it is, and what waits."""

    as_of: str
    judged: str
    built: str
    stale: bool
    demo: bool
    tables: tuple[tuple[str, str, str], ...]
    pending: bool


class Left(NamedTuple):
    """One removal with its clock."""

    number: int
    asked: str
    took: str
    tone: str
    why: str
    way: str
    n: int


def coverage(engine: Engine) -> tuple[tuple[Coverage, ...], tuple[Coverage, ...]]:
    """By platform and by country, the largest first; nothing before there is an index."""
    if not engine.status()["index"]["n_creators"]:
        return (), ()
    facets = engine.query(Query(limit=1, facets=("platform", "country"), funnel=False)).facets
    found = []
    for name, most in (("platform", 20), ("country", _COUNTRIES)):
        values = sorted(facets.get(name, ()), key=lambda one: -one.count)[:most]
        top = max((one.count for one in values), default=0) or 1
        found.append(
            tuple(
                Coverage(
                    plain(words.platform(one.value) if name == "platform" else one.label),
                    numbers.count(one.count),
                    round(_BAR * one.count / top, 1),
                )
                for one in values
            )
        )
    return found[0], found[1]


def sources(engine: Engine) -> tuple[Source, ...]:
    """Every network that was asked, as `influencr sources status` tells it."""
    from influencr.pipeline.revisits import standings

    return tuple(_source(one) for one in standings(engine.home, engine.catalogue))


def _source(one: object) -> Source:
    from influencr.pipeline.revisits import Standing as Stands

    if not isinstance(one, Stands):
        raise TypeError("a standing of a source is wanted")
    rests = max(one.resting.values(), default=None)
    if one.last_error is not None:
        state, tone = "failed", "inflated"
    elif rests is not None:
        state, tone = f"rests until {numbers.instant(rests)}", "look"
    elif one.gaps:
        state, tone = f"{one.gaps} gaps", "look"
    else:
        state, tone = "in order", "vetted"
    error = one.last_error or {}
    at = error.get("at")
    said = plain(str(error.get("says") or ""))
    return Source(
        words.platform(one.source),
        state,
        tone,
        numbers.count(one.accounts),
        "never" if one.asked_at is None else numbers.instant(one.asked_at),
        "" if one.lag_seconds is None else _span(one.lag_seconds),
        numbers.count(one.expiring) if one.expiring else "",
        f"{numbers.instant(at)}: {said}" if isinstance(at, datetime) else said,
        ", ".join(f"{host} {n:,}" for host, n in one.spent_today.items()),
    )


def standing(engine: Engine) -> Standing:
    """Of when the index is, and what the tables hold."""
    told = engine.status()
    return Standing(
        _at(told["as_of"]),
        _at(told["judged_at"]),
        _at(told["index"]["built_at"]),
        bool(told["is_stale"]),
        bool(told["demo"]),
        tuple(
            (name, numbers.count(table["rows"]), _at(table["last_fetched_at"]))
            for name, table in told["tables"].items()
        ),
        bool(told["pending_removals"]),
    )


def removals(engine: Engine, now: datetime) -> tuple[Left, ...]:
    """Who left, the newest first, and how long it took until nothing was left."""
    return tuple(_left(one, now) for one in engine.rights.departures())


def _left(one: Departure, now: datetime) -> Left:
    seconds = one.seconds
    late = (seconds if seconds is not None else (now - one.asked_at).total_seconds()) > PROMISED_S
    if seconds is None:
        took = f"under way for {_span((now - one.asked_at).total_seconds())}"
    else:
        took = f"gone after {_span(seconds)}"
    tone = "inflated" if late else "look" if seconds is None else "vetted"
    return Left(
        one.number,
        numbers.instant(one.asked_at),
        took,
        tone,
        one.reason.replace("_", " "),
        one.way or "asked by the operator or the network",
        one.n,
    )


def _at(instant: datetime | None) -> str:
    return "unknown" if instant is None else numbers.instant(instant)


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} d"
