"""Search by looking at every creator: slow, obvious, and written apart from the engine.

Takes a creators frame and answers the same `Query` by plain loops. It shares the tokeniser, the
word lists and `search.meaning` (what may stand for a word) with `search`, but no matching,
scoring, counting or paging; where the two differ, one of them is wrong. Radius is haversine over
the creators' own coordinates.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import xxhash

from influencr.index import Vocabulary
from influencr.search import Query
from influencr.testing._oracle_words import Asked, accounts
from influencr.text import fold, words

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Answer", "Oracle", "World"]

Row = Mapping[str, Any]

_STATE_WORTH = {"active": 1.0, "unknown": 0.75, "quiet": 0.5, "dormant": 0.25}
_HIDDEN = {
    "verdict": {"looks_inflated"},
    "label": {"celebrity", "brand", "bot"},
    "activity": {"dormant"},
}
_SORTED_BY = {
    "influence": "influence_percentile",
    "engagement": "engagement_rate",
    "last_post": "last_post_at",
    "bought_share": "bought_high",
}
_COLUMN = {"activity": "activity_state", "size": "followers"}


class World:
    """The places of a test: name -> (id, lat, lon, country, region or None)."""

    def __init__(self, cities: Mapping[str, tuple[int, float, float, str, str | None]]) -> None:
        self.cities = cities


class Answer(NamedTuple):
    """ids in order with the score of each, and how many of them hold every piece; counts per facet
    value; funnel as (name, left, removed, without)."""

    ids: list[str]
    n_all: int
    scores: dict[str, float]
    facets: dict[str, dict[str, int]]
    funnel: list[tuple[str, int, int, int | None]]
    unlocated: int | None


class Oracle:
    """Brute force over the rows of a creators frame.

    as_of    the index's instant
    world    the places that `near` and `country` may name
    rates    the frame whose engagement rates made the parts of the index; default: `creators`
    vocabulary   of the index, which says what words mean and how rare they are
    """

    def __init__(
        self,
        creators: pl.DataFrame,
        *,
        as_of: datetime,
        world: World,
        vocabulary: Vocabulary,
        rates: pl.DataFrame | None = None,
    ) -> None:
        self.vocabulary = vocabulary
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
        asked = Asked(query.text, self.vocabulary)
        tests = self._tests(query, asked)
        kept = [r for r in self.rows if all(t(r) for _, t in tests)]
        scores = {r["profile_id"]: self._score(r, query, asked) for r in kept}
        return Answer(
            [r["profile_id"] for r in sorted(kept, key=self._sort_key(query, scores))],
            sum(asked.holds_all(r) for r in kept),
            scores,
            {f: self._facet(f, query, tests) for f in query.facets},
            self._funnel(tests),
            self._unlocated(query, tests),
        )

    # Filters

    def _tests(self, query: Query, asked: Asked) -> list[tuple[str, Callable[[Row], bool]]]:
        tests: list[tuple[str, Callable[[Row], bool]]] = []
        if not asked.is_nothing:
            tests.append(("text", asked.finds))
        if query.near:
            tests.append(("place", lambda r: self._is_near(r, query)))
        for name in ("country", "audience_place", "platform", "language", "topic"):
            chosen = set(getattr(query, name))
            if chosen and name == "audience_place":
                tests.append((name, lambda r: _listens_in(r, query)))
            elif chosen:
                tests.append((name, _among(name, chosen, wanted=True)))
        if query.followers_min is not None or query.followers_max is not None:
            low, high = query.followers_min, query.followers_max
            tests.append(("followers", lambda r: _lies(r.get("followers"), low, high)))
        if query.engagement_min is not None or query.engagement_max is not None:
            least, most = query.engagement_min, query.engagement_max
            tests.append(("engagement", lambda r: _lies(r.get("engagement_rate"), least, most)))
        if query.influence_min is not None:
            standing = query.influence_min
            tests.append(
                ("influence_min", lambda r: _lies(r.get("influence_percentile"), standing, None))
            )
        if query.closeness_min is not None:
            close = query.closeness_min
            tests.append(("closeness_min", lambda r: _lies(r.get("closeness"), close, None)))
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
        tests += self._of_account_and_audience(query)
        for name, hidden in _HIDDEN.items():
            chosen = set(getattr(query, name))
            if chosen:
                tests.append((name, _among(name, chosen, wanted=True)))
            elif not query.everything:
                tests.append((name, _among(name, hidden, wanted=False)))
        if query.exclude:
            tests.append(("exclude", lambda r: not any(_is(r, e) for e in query.exclude)))
        return tests

    def _of_account_and_audience(self, query: Query) -> list[tuple[str, Callable[[Row], bool]]]:
        tests: list[tuple[str, Callable[[Row], bool]]] = []
        if query.account_days_min is not None:
            until = self.as_of - timedelta(days=query.account_days_min)
            tests.append(
                (
                    "account_days_min",
                    lambda r: (
                        r.get("account_created_at") is not None and r["account_created_at"] <= until
                    ),
                )
            )
        if query.growth_min is not None:
            gained, of = query.growth_min, f"growth_{query.growth_months}m_relative"
            tests.append(("growth_min", lambda r: _lies(r.get(of), gained, None)))
        if query.has_contact:
            tests.append(("has_contact", lambda r: bool(r.get("contact_email"))))
        if query.bought_share_max is not None:
            most = query.bought_share_max
            tests.append(("bought_share_max", lambda r: _lies(r.get("bought_high"), None, most)))
        for name in ("lockstep", "engagement_anomaly"):
            if chosen := set(getattr(query, name)):
                tests.append((name, _among(name, chosen, wanted=True)))
        if query.followers_seen_min is not None:
            seen = query.followers_seen_min
            tests.append(
                ("followers_seen_min", lambda r: _lies(r.get("followers_seen") or None, seen, None))
            )
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

    def _score(self, row: Row, query: Query, asked: Asked) -> float:
        score = asked.worth(row)
        if query.near:
            km = self._km(row, query)
            share = 2.0 if km is None else km / self._centre(query)[2]
            score *= next((f for s, f in ((0.25, 1.0), (0.5, 0.875), (0.75, 0.75), (1.0, 0.625))
                           if share <= s), 0.5)  # fmt: skip
        score *= _STATE_WORTH.get(row.get("activity_state") or "unknown", 0.75)
        cuts = self._cuts.get(row["platform"])
        rate = row.get("engagement_rate")
        percentile = row.get("influence_percentile")
        if percentile is not None:
            score *= 1 + min(127, math.floor(percentile * 128 / 100)) / 128
        elif rate is not None and cuts:
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
            column = _SORTED_BY.get(query.sort, query.sort)
            if query.sort == "growth":
                column = f"growth_{query.growth_months}m_relative"
            value = row.get(column)
            if isinstance(value, datetime):
                value = int(value.timestamp())
            least_first = query.sort == "bought_share"
            return (math.inf if value is None else value if least_first else -value), last

        return key


def _among(name: str, values: set[str], *, wanted: bool) -> Callable[[Row], bool]:
    return lambda row: bool(_values(row, name) & values) is wanted


def _listens_in(row: Row, query: Query) -> bool:
    """Of some place asked for, the lower bound of the share is at least as high."""
    shares = dict(zip(row.get("audience_codes") or (), row.get("audience_lows") or (), strict=True))
    least = query.audience_share_min or 0.0
    return any(place in shares and shares[place] >= least - 1e-12 for place in query.audience_place)


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
    named = {name.removeprefix("@") for name in accounts(row)}
    if ":" not in reference:
        return fold(reference).lstrip("@") in named
    platform, _, rest = reference.partition(":")
    if rest.startswith("@"):
        by_name = row["platform"] == platform and fold(rest).lstrip("@") in named
        return by_name or row["profile_id"] == reference
    return bool(row["profile_id"] == reference)
