"""Who matches, how many, where they are; and places while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from influencr.answers import documents
from influencr.answers._question import question
from influencr.search import Query

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["Count", "Place", "Search", "Similar", "Suggest", "Whereabouts"]

_FIELDS = (
    "fields of each creator that are wanted, as `handle` or `place.label`; none: all of them. "
    "profile_id, platform and handle always come"
)


class Search(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words and filters."""

    query: Query = Query()
    fields: Annotated[tuple[str, ...], Meta(description=_FIELDS)] = ()


class Count(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words and filters; what concerns the page of an answer changes nothing."""

    query: Query = Query()


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words and filters."""

    query: Query = Query()


class Similar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A creator, and filters."""

    who: Annotated[
        str, Meta(description="whom they should be like: platform:@handle, a profile id, a handle")
    ]
    by: Annotated[
        Literal["content", "audience"],
        Meta(description="what they should have in common: what they say, or who follows them"),
    ] = "content"
    query: Query = Query()
    fields: Annotated[tuple[str, ...], Meta(description=_FIELDS)] = ()


class Suggest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The beginning of a place's name."""

    prefix: Annotated[
        str, Meta(description="what is typed so far, in any script; words before the name are kept")
    ]
    limit: Annotated[int, Meta(ge=1, le=50, description="places, 1 to 50")] = 10


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that name a place."""

    place: Annotated[
        str, Meta(description="as in a search: `Lyon`, `within 50 km of Austin`, `Spain, Portugal`")
    ]


@question("search", Search, path="search", by_post=True, returns=documents.ResultsDocument)
def search(engine: Engine, request: Search) -> dict[str, Any]:
    """Creators that match words and filters, ranked, with the reasons for each.

    Exact total, hits, facets, funnel, the smallest loosening, and how the question was understood.
    `next` is the cursor of the following page: send it as `after`.
    """
    documents.check(request.fields, documents.hit_fields())
    return _found(documents.results_document(engine.query(request.query)), request.fields)


@question("count", Count, path="count", by_post=True, returns=documents.CountDocument)
def count(engine: Engine, request: Count) -> dict[str, Any]:
    """How many creators match words and filters: exact, and looks at none of them."""
    query = msgspec.structs.replace(
        request.query, limit=1, after=None, facets=(), funnel=False, histograms=()
    )
    found = engine.query(query)
    return {
        "total": found.total,
        "query": found.query,
        "place": msgspec.to_builtins(found.place),
        "as_of": found.as_of,
        "generation": found.generation,
        "demo": found.demo,
    }


@question(
    "whereabouts",
    Whereabouts,
    path="whereabouts",
    by_post=True,
    returns="influencr.search:Whereabouts",
)
def whereabouts(engine: Engine, request: Whereabouts) -> dict[str, Any]:
    """Where everybody who matches is, counted by place: what a map of a search shows."""
    return documents.whereabouts_document(engine.whereabouts(request.query))


@question("similar", Similar, path="creators/{who}/similar", returns=documents.ResultsDocument)
def similar(engine: Engine, request: Similar) -> dict[str, Any]:
    """Creators like one creator, by what they say or by who follows them, with the reasons."""
    query = msgspec.structs.replace(
        request.query, similar=(request.who, *request.query.similar), similar_by=request.by
    )
    documents.check(request.fields, documents.hit_fields())
    return _found(documents.results_document(engine.query(query)), request.fields)


@question("suggest", Suggest, path="suggest", searches=False, returns=documents.SuggestionsDocument)
def suggest(engine: Engine, request: Suggest) -> dict[str, Any]:
    """Places whose name begins so, with how many creators are there."""
    return documents.suggestions_document(
        engine.suggest_places(request.prefix, limit=request.limit)
    )


@question("place", Place, path="places", searches=False, returns=documents.AreaDocument)
def place(engine: Engine, request: Place) -> dict[str, Any]:
    """How a place in a search is understood, what it covers, and the other readings."""
    return documents.area_document(engine.read_place(request.place))


def _found(document: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    if fields:
        document["hits"] = [
            documents.cut(hit, fields, documents.hit_fields()) for hit in document["hits"]
        ]
    return document
