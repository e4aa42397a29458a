"""What a search answers: the same value for every face, with the reasons in it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.search._similar import Similar
from influencr.search.brand._lens import BrandHit, BrandRead

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = [
    "Compared",
    "Explained",
    "FacetValue",
    "FilterCheck",
    "FunnelStep",
    "Histogram",
    "Hit",
    "Loosening",
    "Match",
    "PartRatio",
    "PiecePoints",
    "PlaceChoice",
    "PlaceOffer",
    "Results",
    "WayFound",
]


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Why it matched: one field and the passage of it; `spans` are the (start, end) to mark.

    field   name, handle, bio, posts, topics
    text    the passage, plain text (escape before showing)
    """

    field: str
    text: str
    spans: tuple[tuple[int, int], ...]


class WayFound(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which a creator says a piece of the query.

    said      the words, topic or account found
    kind      word (as typed), form, part, joined, typo, same, other_language, near, related, topic
              (`search.meaning`); exact (asked for letter for letter), account, run (side by side)
    because   for people: "form of baker", "Spanish for baker"
    weight    how surely it is meant; the word as typed has 1
    fields    where it stands: name, handle, bio, topics, posts, called
    points    weight x worth of the fields x rarity of the piece
    """

    said: str
    kind: str
    because: str
    weight: float
    fields: tuple[str, ...]
    points: float


class PiecePoints(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of the query in one creator; `found` is empty when it is missing.

    is_soft   other words may stand for it, and it may be missing
    read_as   what it was taken for, when it was probably mistyped
    rarity    what it weighs among the pieces
    points    the best of `found`, and half of the points of the others
    """

    piece: str
    is_soft: bool
    read_as: str | None
    rarity: float
    found: tuple[WayFound, ...]
    points: float


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One creator found.

    score     product of `parts`; comparable within one answer only
    parts     name -> factor, in the order in which they are multiplied
    why       where the words matched, at least one entry when the query had words
    creator   the creator's row as the index holds it (columns in docs/reference/creators)
    distance_km  from the centre of a radius search, else None
    words     piece by piece what the part `words` is made of: the points of the soft pieces times
              `coverage`, those of the others, and those of `run`, add up to it
    coverage  factor for soft pieces that are missing; 1 when none is
    run       the plain words side by side, where they stand so
    attention  what the part `attention` was read from: influence (percentile of its size),
              engagement (rate among those of its platform), or unknown (then it is 1)
    brand     fit, alignment and mentions, when the query names a brand
    audience  what is known of their audience in the places that the query asks for it
    similar   why they are similar, when the query asks for creators like others
    """

    profile_id: str
    platform: str
    handle: str | None
    score: float
    parts: dict[str, float]
    why: tuple[Match, ...]
    creator: dict[str, Any]
    distance_km: float | None = None
    words: tuple[PiecePoints, ...] = ()
    coverage: float = 1.0
    run: WayFound | None = None
    attention: str = "unknown"
    brand: BrandHit | None = None
    similar: Similar | None = None
    audience: str | None = None


class FilterCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One filter of a query and one creator: whether they pass it, and their value in words."""

    filter: str
    label: str
    passed: bool
    value: str


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """Why a creator is, or is not, among the results of a query.

    found      they are
    because    one sentence that says so with the reason
    filters    every filter of the query in its order, default exclusions among them
    missing    pieces of the words that they do not say in any way
    hit        score, parts and words as with any hit, whether found or not; None when the index
               does not hold them
    """

    profile_id: str
    platform: str
    handle: str | None
    found: bool
    because: str
    filters: tuple[FilterCheck, ...] = ()
    missing: tuple[str, ...] = ()
    hit: Hit | None = None


class PartRatio(msgspec.Struct, frozen=True, kw_only=True):
    """One part of two scores side by side; `ratio` is upper / lower, None where lower is 0."""

    part: str
    upper: float
    lower: float
    ratio: float | None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Two creators under one query: which stands above, and what decides.

    upper, lower   in the order of the results; somebody who is not found stands below
    parts          the parts of both scores, the product of whose ratios is that of the scores
    decides        the part furthest from 1 in favour of `upper`; or the filter that leaves `lower`
                   out, the sort, or "tie"
    because        one sentence
    """

    upper: Explained
    lower: Explained
    parts: tuple[PartRatio, ...]
    decides: str
    because: str


class FacetValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value and the exact number of results that have it; `chosen` if it was asked for."""

    value: str
    label: str
    count: int
    chosen: bool = False


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """How many results lie between the edges of a number, its own filter left out.

    edges     rising; days for `last_post_days`, a rate for `engagement`, percentiles for
              `influence`
    counts    one more than there are edges: below the first, between neighbours, from the last on
    unknown   results whose number is not known
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    unknown: int


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
    n_all       of `total`, those who hold every piece of the words in some way
    text        the words that were searched: `query["text"]` less what was taken as the place
    offer       the words end with the bare name of a place, which was searched as words
    brand       how the brand of the query was understood
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
    n_all: int = 0
    text: str = ""
    offer: PlaceOffer | None = None
    brand: BrandRead | None = None
    histograms: dict[str, Histogram] = {}

    def to_polars(self) -> pl.DataFrame:
        """One row per hit, in their order, with the same columns and types whatever was asked.

        Identity, score and its parts (null: not a part of this search) and why it matched come
        first, then the creator's columns (docs/reference/creators), then `as_of`. Unknown is null.
        """
        from influencr.search._frames import polars_frame

        return polars_frame(self)

    def to_pandas(self) -> pd.DataFrame:
        """The same for pandas, with its types that know missing values (Int64, Float64, string,
        boolean, datetime64[us, UTC]); lists are objects.

        Raises UsageError where pandas is not installed (`pip install 'influencr[pandas]'`).
        """
        from influencr.search._frames import pandas_frame

        return pandas_frame(self)
