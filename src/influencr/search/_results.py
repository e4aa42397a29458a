"""What a search answers: the same value for every face, with the reasons in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

__all__ = ["FacetValue", "FunnelStep", "Hit", "Loosening", "Match", "PlaceChoice", "Results"]


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
    """How a place was understood, never a silent guess: label, what it covers, the rivals."""

    asked: str
    label: str
    place_id: int | None
    kind: str
    lat: float | None
    lon: float | None
    within_km: float | None
    n_places: int
    alternatives: tuple[str, ...]


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """A page of hits, exact counts, facets, funnel and how the question was understood.

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
