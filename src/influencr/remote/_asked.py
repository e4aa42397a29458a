"""The questions of a client: their name, their fields, and the way back to a value.

Here alone stands which question a method asks, for those who wait and those who await.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from influencr.answers import documents
from influencr.errors import UnknownValue, UsageError
from influencr.search import Query, make_query

if TYPE_CHECKING:
    from influencr.planning import Plan, Together
    from influencr.search import Compared, Explained, PlaceSuggestion, Results, Whereabouts

__all__ = [
    "PAGE",
    "Asked",
    "compare",
    "count",
    "explain",
    "overlap",
    "page_of",
    "plan",
    "query",
    "show",
    "stated",
    "suggest_places",
    "whereabouts",
]

#: Hits of a page when everybody is walked through; own choice, some megabytes.
PAGE = 500
#: Fields of a brief that have another name among the fields of a question, because the filters of
#: a search stand beside them.
_BRIEF = {"place": "audience_in", "exclude": "without"}


class Asked[T](NamedTuple):
    """One question, and how its document becomes a value."""

    name: str
    values: dict[str, Any]
    back: Callable[[dict[str, Any]], T]


def query(asked: Query) -> Asked[Results]:
    """A search."""
    return Asked("search", stated(asked), documents.results_from)


def page_of(asked: Query, after: str | None) -> Query:
    """The query for the next page of everybody who matches."""
    return msgspec.structs.replace(
        asked, after=after, limit=PAGE, facets=(), histograms=(), funnel=False
    )


def count(text: str, filters: Mapping[str, Any]) -> Asked[int]:
    """How many match."""
    asked = stated(make_query(text=text, **filters))
    return Asked("count", asked, lambda document: int(document["total"]))


def whereabouts(asked: Query) -> Asked[Whereabouts]:
    """Where those who match are."""
    return Asked("whereabouts", stated(asked), documents.whereabouts_from)


def show(who: str) -> Asked[dict[str, Any]]:
    """One creator."""
    return Asked("creator", {"who": who}, _row)


def explain(asked: Query, who: str) -> Asked[Explained]:
    """Why somebody is found or not."""
    return Asked("explain", {**stated(asked), "who": who}, documents.explained_from)


def compare(asked: Query, one: str, other: str) -> Asked[Compared]:
    """Who stands above whom."""
    return Asked("compare", {**stated(asked), "one": one, "other": other}, documents.compared_from)


def suggest_places(prefix: str, limit: int) -> Asked[list[PlaceSuggestion]]:
    """Places to choose from."""
    return Asked("suggest", {"prefix": prefix, "limit": limit}, documents.suggestions_from)


def overlap(who: Iterable[str]) -> Asked[Together]:
    """Audiences taken together."""
    return Asked("overlap", {"who": list(who)}, documents.overlap_from)


def plan(
    asked: Query | None,
    *,
    who: Iterable[str],
    on: str | None,
    prices: Mapping[str, tuple[float, float]] | None,
    price_file: str | os.PathLike[str] | None,
    curve: bool,
    brief: Mapping[str, Any],
) -> Asked[Plan]:
    """A roster; a file of prices is read here and sent with the question."""
    from influencr.planning import Brief, read_prices

    for name in brief:
        if name not in Brief.__struct_fields__:
            raise UnknownValue("plan", name, Brief.__struct_fields__)
    if brief.get("verdict"):
        raise UsageError(
            "verdict: an instance takes it as a filter of the query; give `query` with it.",
            field="verdict",
        )
    typed = dict(prices or {})
    if price_file is not None:
        typed = {**read_prices(Path(price_file)), **typed}
    values: dict[str, Any] = {} if asked is None else stated(asked)
    values |= {_BRIEF.get(name, name): value for name, value in brief.items() if value is not None}
    values |= {"who": list(who), "prices": typed, "curve": curve}
    if on is not None:
        values["list"] = on
    return Asked("plan", {k: v for k, v in values.items() if v not in ([], {}, ())}, _plan)


def _plan(document: dict[str, Any]) -> Plan:
    return documents.plan_from(document)


def _row(document: dict[str, Any]) -> dict[str, Any]:
    document.pop("measured", None)
    return {**documents.creator_row(document), "indexed": True}


def stated(asked: Query) -> dict[str, Any]:
    """The fields of a query that differ from the default."""
    default = Query()
    return {
        name: value
        for name in Query.__struct_fields__
        if (value := getattr(asked, name)) != getattr(default, name)
    }
