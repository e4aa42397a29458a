"""What a search answers: the same value for every face, with the reasons in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

__all__ = [
    "FacetValue",
    "FunnelStep",
    "Hit",
    "Loosening",
    "Match",
    "PlaceChoice",
    "PlaceOffer",
    "Results",
]


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Why it matched: one field and the passage of it; `spans` are the (start, end) to mark.

    field   name, handle, bio, posts, topics
    text    the passage, plain text (escape before showing)
    """

    field: str
    text: str
    spans: tuple[tuple[int, int], ...]


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One creator found.

    score     product of `parts`; comparable within one answer only
    parts     name -> factor, in the order in which they are multiplied
    why       where the words matched, at least one entry when the query had words
    creator   the creator's row as the index holds it (columns in docs/reference/creators)
    distance_km  from the centre of a radius search, else None
    """

    profile_id: str
    platform: str
    handle: str | None
    score: float
    parts: dict[str, float]
    why: tuple[Match, ...]
    creator: dict[str, Any]
    distance_km: float | None = None


class FacetValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value and the exact number of results that have it; `chosen` if it was asked for."""

    value: str
    label: str
    count: int
    chosen: bool = False


class FunnelStep(msgspec.Struct, frozen=True, kw_only=True):
    """One filter in order: creators `left` after it, `removed` by it, the total `without` it."""

    filter: str
    label: str
    left: int
    removed: int
    without: int | None = None


class Loosening(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest change that adds results: `change` are query fields to set, `adds` how many."""

    label: str
    change: dict[str, Any]
    adds: int


class PlaceChoice(msgspec.Struct, frozen=True, kw_only=True):
    """How a place was understood, never a silent guess: label, what it covers, the rivals.

    alternatives  labels of the other readings, best first
    asks          for each of them the words that ask for it in place of `asked`
    population    of the place; 0 when unknown
    corrected     the name that was read as a misspelling of the place, None when it is a name
    several       labels of the places, when the words list more than one
    words         the search words that the place was taken from, None when it was asked for apart
    """

    asked: str
    label: str
    place_id: int | None
    kind: str
    lat: float | None
    lon: float | None
    within_km: float | None
    n_places: int
    alternatives: tuple[str, ...]
    asks: tuple[str, ...] = ()
    population: int = 0
    corrected: str | None = None
    several: tuple[str, ...] = ()
    words: str | None = None


class PlaceOffer(msgspec.Struct, frozen=True, kw_only=True):
    """Search words that end with a place: the `text` without it, the `place` as it was typed, and
    the `label` that it is read as."""

    text: str
    place: str
    label: str


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """A page of hits, exact counts, facets, funnel and how the question was understood.

    place       how the place was understood, asked for apart or taken from the end of the words
    text        the words that were searched: `query["text"]` less what was taken as the place
    offer       the words end with the bare name of a place, which was searched as words
    unlocated   results of the same query without its place filter whose place is unknown
    next        cursor of the following page, None on the last
    as_of       the instant that ages and activity refer to
    """

    query: dict[str, Any]
    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    funnel: tuple[FunnelStep, ...]
    loosenings: tuple[Loosening, ...]
    place: PlaceChoice | None
    unlocated: int | None
    next: str | None
    as_of: datetime
    generation: int
    demo: bool
    took_ms: float
    text: str = ""
    offer: PlaceOffer | None = None
