"""Search by looking at every creator: slow, obvious, and written apart from the engine.

Takes a creators frame and answers the same `Query` by plain loops over `text.words` and
`text.names`. It shares no matching, scoring, counting or paging with `search` and `index`; where
the two differ, one of them is wrong. Radius is haversine over the creators' own coordinates.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import xxhash

from influencr.search import Query
from influencr.text import fold, handle_words, names, words
from influencr.topics import Named, topic_of

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Answer", "Oracle", "World"]

Row = Mapping[str, Any]

_FIELD_WORTH = {"name": 3, "handle": 2, "topics": 2, "bio": 1}
_STATE_WORTH = {"active": 1.0, "unknown": 0.75, "quiet": 0.5, "dormant": 0.25}
_HIDDEN = {
    "verdict": {"looks_inflated"},
    "label": {"celebrity", "brand", "bot"},
    "activity": {"dormant"},
}
_COLUMN = {"activity": "activity_state", "size": "followers"}


class World:
    """The places of a test: name -> (id, lat, lon, country, region or None)."""

    def __init__(self, cities: Mapping[str, tuple[int, float, float, str, str | None]]) -> None:
        self.cities = cities


class Answer(NamedTuple):
    """ids in order with the score of each; counts per facet value; funnel as (name, left,
    removed, without)."""

    ids: list[str]
    scores: dict[str, float]
    facets: dict[str, dict[str, int]]
    funnel: list[tuple[str, int, int, int | None]]
    unlocated: int | None


class _Piece(NamedTuple):
    excluded: bool
    words: list[str]
    sign: str | None
    beginning: bool
    quoted: bool
    account: str | None
    topic: Named | None = None


class Oracle:
    """Brute force over the rows of a creators frame.

    as_of    the index's instant
    world    the places that `near` and `country` may name
    rates    the frame whose engagement rates made the parts of the index; default: `creators`
    """

    def __init__(
        self,
        creators: pl.DataFrame,
        *,
        as_of: datetime,
        world: World,
        rates: pl.DataFrame | None = None,
    ) -> None:
        self.rows: list[dict[str, Any]] = creators.to_dicts()
        self.as_of = as_of
        self.world = world
        self._cuts: dict[str, list[float]] = {}
        base = self.rows if rates is None else rates.to_dicts()
        for platform in {r["platform"] for r in base}:
            known = sorted(
                r["engagement_rate"]
                for r in base
                if r["platform"] == platform and r.get("engagement_rate") is not None
            )
            if known:
                self._cuts[platform] = [known[i * len(known) // 128] for i in range(1, 128)]

    def search(self, query: Query) -> Answer:
        """The whole answer, without pages."""
        tests = self._tests(query)
        kept = [r for r in self.rows if all(t(r) for _, t in tests)]
        pieces = [p for p in _read(query.text) if not p.excluded]
        scores = {r["profile_id"]: self._score(r, query, pieces) for r in kept}
        return Answer(
            [r["profile_id"] for r in sorted(kept, key=self._sort_key(query, scores))],
            scores,
            {f: self._facet(f, query, tests) for f in query.facets},
            self._funnel(tests),
            self._unlocated(query, tests),
        )

    # Filters

    def _tests(self, query: Query) -> list[tuple[str, Callable[[Row], bool]]]:
        tests: list[tuple[str, Callable[[Row], bool]]] = []
        pieces = _read(query.text)
        if pieces:
            tests.append(("text", lambda r: all(_found(p, r) is not p.excluded for p in pieces)))
        if query.near:
            tests.append(("place", lambda r: self._is_near(r, query)))
        for name in ("country", "platform", "language", "topic"):
            asked = set(getattr(query, name))
            if asked:
                tests.append((name, _among(name, asked, wanted=True)))
        if query.followers_min is not None or query.followers_max is not None:
            low, high = query.followers_min, query.followers_max
            tests.append(("followers", lambda r: _lies(r.get("followers"), low, high)))
        if query.engagement_min is not None or query.engagement_max is not None:
            least, most = query.engagement_min, query.engagement_max
            tests.append(("engagement", lambda r: _lies(r.get("engagement_rate"), least, most)))
        if query.active_within_days is not None:
            since = self.as_of - timedelta(days=query.active_within_days)
            tests.append(
                (
                    "active_within_days",
                    lambda r: r.get("last_post_at") is not None and r["last_post_at"] >= since,
                )
            )
        if query.posts_per_week_min is not None:
            cadence = query.posts_per_week_min
            tests.append(
                ("posts_per_week_min", lambda r: _lies(r.get("posts_per_week"), cadence, None))
            )
        for name, hidden in _HIDDEN.items():
            asked = set(getattr(query, name))
            if asked:
                tests.append((name, _among(name, asked, wanted=True)))
            elif not query.everything:
                tests.append((name, _among(name, hidden, wanted=False)))
        if query.exclude:
            tests.append(("exclude", lambda r: not any(_is(r, e) for e in query.exclude)))
        return tests

    def _centre(self, query: Query) -> tuple[float, float, float, str, str | None]:
        _, lat, lon, country, region = self.world.cities[query.near or ""]
        return lat, lon, query.within_km or 50.0, country, region

    def _km(self, row: Row, query: Query) -> float | None:
        if row.get("lat") is None:
            return None
        lat, lon, _, _, _ = self._centre(query)
        return _haversine(lat, lon, row["lat"], row["lon"])

    def _is_near(self, row: Row, query: Query) -> bool:
        km = self._km(row, query)
        if km is not None:
            return km <= self._centre(query)[2]
        return query.include_region_level and self._is_coarse(row, query)

    def _is_coarse(self, row: Row, query: Query) -> bool:
        """Known to the country or region around the centre only."""
        _, _, _, country, region = self._centre(query)
        if row.get("place_level") == "country":
            return row.get("country") == country
        if row.get("place_level") in ("admin1", "admin2"):
            return row.get("admin1") == region if region else row.get("country") == country
        return False

    def _unlocated(
        self, query: Query, tests: list[tuple[str, Callable[[Row], bool]]]
    ) -> int | None:
        if not (query.near or query.country):
            return None
        others = [t for n, t in tests if n not in ("place", "country")]
        rows = [r for r in self.rows if all(t(r) for t in others)]
        if query.near and not query.include_region_level:
            return sum(not r.get("place_level") or self._is_coarse(r, query) for r in rows)
        return sum(not r.get("place_level") for r in rows)

    # Counting

    def _facet(
        self, facet: str, query: Query, tests: list[tuple[str, Callable[[Row], bool]]]
    ) -> dict[str, int]:
        own = "followers" if facet == "size" else facet
        rows = [r for r in self.rows if all(t(r) for n, t in tests if n != own)]
        if facet == "size":
            return dict(Counter(_band(r.get("followers"), query.size_bands) for r in rows))
        return dict(Counter(v for r in rows for v in _values(r, facet)))

    def _funnel(
        self, tests: list[tuple[str, Callable[[Row], bool]]]
    ) -> list[tuple[str, int, int, int | None]]:
        left = self.rows
        steps: list[tuple[str, int, int, int | None]] = [("all", len(left), 0, None)]
        passed = [[test(r) for _, test in tests] for r in self.rows]
        for i, (name, test) in enumerate(tests):
            now = [r for r in left if test(r)]
            without = sum(all(p[:i]) and all(p[i + 1 :]) for p in passed)
            steps.append((name, len(now), len(left) - len(now), without))
            left = now
        return steps

    # Order

    def _score(self, row: Row, query: Query, pieces: list[_Piece]) -> float:
        score = float(sum(_worth(p, row) for p in pieces)) if pieces else 1.0
        plain = [p for p in pieces if p.words and not p.beginning and not p.quoted]
        if len(plain) > 1 and len(plain) == len(pieces):
            run = _Piece(False, [w for p in plain for w in p.words], None, False, True, None)
            if _found(run, row):
                score += 1 + sum(n for f, n in _FIELD_WORTH.items() if _stands(run, row, f))
        if query.near:
            km = self._km(row, query)
            share = 2.0 if km is None else km / self._centre(query)[2]
            score *= next((f for s, f in ((0.25, 1.0), (0.5, 0.875), (0.75, 0.75), (1.0, 0.625))
                           if share <= s), 0.5)  # fmt: skip
        score *= _STATE_WORTH.get(row.get("activity_state") or "unknown", 0.75)
        cuts = self._cuts.get(row["platform"])
        rate = row.get("engagement_rate")
        if rate is not None and cuts:
            below = sum(c < rate for c in cuts)
            score *= 1 + ((below + sum(c <= rate for c in cuts)) // 2) / 128
        return score

    def _sort_key(self, query: Query, scores: dict[str, float]) -> Callable[[Row], tuple[Any, int]]:
        def key(row: Row) -> tuple[Any, int]:
            last = xxhash.xxh3_64_intdigest(row["profile_id"].encode()) >> 1
            if query.sort == "relevance":
                return -scores[row["profile_id"]], last
            if query.sort == "name":
                shown = " ".join(words(row.get("display_name") or ""))
                return (shown or fold(row.get("handle") or ""))[:120], last
            column = {"engagement": "engagement_rate", "last_post": "last_post_at"}.get(
                query.sort, query.sort
            )
            value = row.get(column)
            if isinstance(value, datetime):
                value = int(value.timestamp())
            return (math.inf if value is None else -value), last

        return key


def _among(name: str, values: set[str], *, wanted: bool) -> Callable[[Row], bool]:
    return lambda row: bool(_values(row, name) & values) is wanted


def _haversine(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    p, q = math.radians(lat), math.radians(other_lat)
    dp, dl = q - p, math.radians(other_lon) - math.radians(lon)
    a = math.sin(dp / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(dl / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(a)))


def _values(row: Row, name: str) -> set[str]:
    if name == "topic":
        return set(row.get("topics") or ())
    return {row.get(_COLUMN.get(name, name)) or "unknown"}


def _lies(number: float | None, low: float | None, high: float | None) -> bool:
    if number is None:
        return False
    return (low is None or number >= low) and (high is None or number <= high)


def _band(followers: int | None, edges: Sequence[int]) -> str:
    if followers is None:
        return "unknown"
    starts = [0, *edges]
    start = max(s for s in starts if s <= followers)
    later = [s for s in starts if s > start]
    return f"{start}-{later[0] - 1 if later else ''}"


def _is(row: Row, reference: str) -> bool:
    handle = fold(row.get("handle") or "")
    accounts = {handle, fold(handle_words(row.get("handle") or ""))} - {""}
    if ":" not in reference:
        return fold(reference).lstrip("@") in accounts
    platform, _, rest = reference.partition(":")
    if rest.startswith("@"):
        by_name = row["platform"] == platform and fold(rest).lstrip("@") in accounts
        return by_name or row["profile_id"] == reference
    return bool(row["profile_id"] == reference)


# Words


def _read(text: str) -> list[_Piece]:
    """The pieces of a query text, read character by character."""
    pieces: list[_Piece] = []
    i, n = 0, len(text)
    while i < n:
        if text[i].isspace():
            i += 1
            continue
        excluded = text[i] == "-" and i + 1 < n and not text[i + 1].isspace()
        if excluded:
            i += 1
        if text[i] == '"':
            end = text.find('"', i + 1)
            raw, quoted = text[i + 1 : end if end >= 0 else n], True
            i = end + 1 if end >= 0 else n
        else:
            end = i
            while end < n and not text[end].isspace() and text[end] != '"':
                end += 1
            raw, quoted, i = text[i:end], False, end
        piece = _piece(raw, excluded, quoted)
        if piece is not None:
            pieces.append(piece)
    return pieces


def _piece(raw: str, excluded: bool, quoted: bool) -> _Piece | None:
    beginning = raw.endswith("*")
    bare = raw.rstrip("*")
    if not quoted and bare[:1] in ("#", "@") and names(bare):
        return _Piece(excluded, [], names(bare)[0], beginning, False, None)
    found = words(bare)
    if not found:
        return None
    account = None
    if (
        not quoted
        and not beginning
        and all(c.isascii() and (c.isalnum() or c in "_.-") for c in bare)
    ):
        account = fold(bare)
    topic = None if quoted or beginning or excluded else topic_of(bare)
    return _Piece(excluded, found, None, beginning, quoted, account, topic)


def _accounts(row: Row) -> list[str]:
    handle = row.get("handle") or ""
    return [f"@{fold(handle)}", f"@{fold(handle_words(handle))}"] if handle else []


def _texts(row: Row, field: str) -> list[str]:
    if field == "name":
        return [row.get("display_name") or ""]
    if field == "handle":
        return [handle_words(row.get("handle") or "")]
    if field == "bio":
        return [row.get("bio_text") or ""]
    if field == "topics":
        return list(row.get("topics") or ())
    return (row.get("post_text") or "").split("\n")


@functools.lru_cache(maxsize=1 << 16)
def _cut(text: str) -> tuple[list[str], list[str]]:
    return words(text), names(text)


def _stands(piece: _Piece, row: Row, field: str) -> bool:
    if field == "handle" and any(_equals(a, piece) for a in _accounts(row)):
        return True
    for text in _texts(row, field):
        stream, signs = _cut(text)
        if any(_equals(name, piece) for name in signs):
            return True
        k = len(piece.words)
        if k and any(
            all(
                have.startswith(want) if piece.beginning and j == k - 1 else have == want
                for j, (have, want) in enumerate(zip(stream[i : i + k], piece.words, strict=True))
            )
            for i in range(len(stream) - k + 1)
        ):
            return True
    return False


def _equals(name: str, piece: _Piece) -> bool:
    """A second name: of a sign, or of a single word (parts of a joined emoji)."""
    want = piece.sign if piece.sign is not None else piece.words[0]
    if piece.sign is None and len(piece.words) != 1:
        return False
    return name.startswith(want) if piece.beginning else name == want


def _is_account(piece: _Piece, row: Row) -> bool:
    return piece.account is not None and f"@{piece.account}" in _accounts(row)


def _stands_anywhere(piece: _Piece, row: Row) -> bool:
    if len(piece.words) > 1 and _is_account(piece, row):
        return True
    return any(_stands(piece, row, f) for f in ("name", "handle", "bio", "topics", "posts"))


def _found(piece: _Piece, row: Row) -> bool:
    return _stands_anywhere(piece, row) or (
        piece.topic is not None and piece.topic.topic in (row.get("topics") or ())
    )


def _worth(piece: _Piece, row: Row) -> float:
    worth = 1.0
    if not _stands_anywhere(piece, row):
        spoken = piece.topic.languages if piece.topic is not None else ()
        worth = 0.75 if row.get("language") in spoken else 0.25
    worth += sum(n for f, n in _FIELD_WORTH.items() if _stands(piece, row, f))
    return worth + (16 if _is_account(piece, row) else 0)
