"""The smallest change of each filter that finds more creators, with the exact number that it adds.

A number is moved along steps that people think in (radius, days, rate, size) until somebody is
added; where no step is left, or the filter is a choice of words, the filter is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from influencr.search._plan import Plan, ordinal
from influencr.search._query import ACTIVITY_STATES, Query
from influencr.search._results import Loosening

__all__ = ["MOST", "loosenings"]

#: How many suggestions are made at most.
MOST = 3

# Our own choice of steps; each is tried only beyond the value asked for.
_KM = (10.0, 25.0, 50.0, 100.0, 200.0, 500.0, 1_000.0)
#: Filters of one number, each dropped by itself.
_SINGLE = (
    *("influence_min", "closeness_min", "active_within_days", "posts_per_week_min"),
    *("fit_min", "alignment_min", "bought_share_max", "followers_seen_min", "account_days_min"),
    "growth_min",
)
_DAYS = (7, 14, 30, 60, 90, 180, 365)
_HALVINGS = 3
_PERCENTILES = (95.0, 90.0, 75.0, 50.0, 25.0, 0.0)
_ROUND_SIZES = tuple(
    int(f"{lead}{'0' * zeros}") for zeros in range(2, 9) for lead in ("1", "2", "5")
)


def loosenings(
    plan: Plan, total: int, without: dict[str, int], count: Callable[[Query], int]
) -> tuple[Loosening, ...]:
    """Up to MOST suggestions: gradual changes first, the most helpful first among equals.

    without   filter name -> total when it is dropped (from the funnel)
    count     the exact total of a changed query
    """
    gradual: list[Loosening] = []
    dropped: list[Loosening] = []
    for applied in plan.filters:
        gain = without.get(applied.name, total) - total
        if gain <= 0:
            continue
        step = _first_step(plan, applied.name, total, count)
        if step is not None:
            gradual.append(step)
        elif (change := _drop(plan, applied.name)) is not None:
            adds = count(msgspec.structs.replace(plan.query, **change)) - total
            if adds > 0:
                lifts_default = applied.name == "activity" and not plan.query.activity
                label = "dormant creators too" if lifts_default else f"without {applied.label}"
                dropped.append(Loosening(label=label, change=change, adds=adds))
    gradual.sort(key=lambda s: -s.adds)
    dropped.sort(key=lambda s: -s.adds)
    return tuple((gradual + dropped)[:MOST])


def _first_step(
    plan: Plan, name: str, total: int, count: Callable[[Query], int]
) -> Loosening | None:
    for label, change in _steps(plan, name):
        adds = count(msgspec.structs.replace(plan.query, **change)) - total
        if adds > 0:
            return Loosening(label=label, change=change, adds=adds)
    return None


def _steps(plan: Plan, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    query = plan.query
    if name == "text":
        yield from _fewer_words(plan)
    elif name == "place" and plan.place is not None and (km := plan.place.widest_km):
        for wider in _KM:
            if wider > km:
                yield f"within {wider:g} km", {"within_km": wider}
    elif name == "active_within_days" and query.active_within_days is not None:
        for days in _DAYS:
            if days > query.active_within_days:
                yield f"posted within {days} days", {"active_within_days": days}
    elif name == "engagement" and query.engagement_min is not None:
        rate = query.engagement_min
        for _ in range(_HALVINGS):
            rate /= 2
            yield f"engagement from {rate:.2g}", {"engagement_min": float(f"{rate:.2g}")}
    elif name == "influence_min" and query.influence_min is not None:
        for percentile in _PERCENTILES:
            if percentile < query.influence_min:
                label = f"influence from the {ordinal(percentile)} percentile of the size"
                yield label, {"influence_min": percentile}
    elif name == "closeness_min" and query.closeness_min is not None:
        share = query.closeness_min
        for _ in range(_HALVINGS):
            share /= 2
            yield f"closeness from {share:.2g}", {"closeness_min": float(f"{share:.2g}")}
    elif name == "posts_per_week_min" and query.posts_per_week_min is not None:
        rate = query.posts_per_week_min
        for _ in range(_HALVINGS):
            rate /= 2
            yield f"at least {rate:.2g} posts a week", {"posts_per_week_min": float(f"{rate:.2g}")}
    elif name == "growth_min" and query.growth_min is not None and query.growth_min > 0:
        rate = query.growth_min
        for _ in range(_HALVINGS):
            rate = float(f"{rate / 2:.2g}")
            yield f"grew by {rate:.2g} or more", {"growth_min": rate}
        yield "no fewer followers than before", {"growth_min": 0.0}
    elif name in ("audience_place", "bought_share_max", "followers_seen_min", "account_days_min"):
        yield from _of_audience(plan, name)
    elif name == "followers":
        yield from _sizes(query)


def _of_audience(plan: Plan, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Steps of what is asked of the audience and the age of the account."""
    query = plan.query
    if name == "audience_place" and query.audience_share_min is not None:
        percent = round(query.audience_share_min * 100)
        for _ in range(_HALVINGS):
            percent //= 2
            if percent:
                yield (
                    f"at least {percent} % of the audience there",
                    {"audience_share_min": percent / 100},
                )
    elif name == "bought_share_max" and query.bought_share_max:
        share = query.bought_share_max
        for _ in range(_HALVINGS):
            share = min(1.0, float(f"{share * 2:.2g}"))
            label = f"at most {share:.2g} of the followers look bought"
            yield label, {"bought_share_max": share}
    elif name == "followers_seen_min" and query.followers_seen_min is not None:
        fewer = [s for s in reversed(_ROUND_SIZES) if s < query.followers_seen_min][:2]
        for size in fewer:
            yield f"at least {size:,} followers seen", {"followers_seen_min": size}
    elif name == "account_days_min" and query.account_days_min is not None:
        days = query.account_days_min
        for _ in range(_HALVINGS):
            days //= 2
            if days:
                yield f"account at least {days:,} days old", {"account_days_min": days}


def _sizes(query: Query) -> Iterator[tuple[str, dict[str, Any]]]:
    low, high = query.followers_min, query.followers_max
    smaller = [s for s in reversed(_ROUND_SIZES) if low is not None and s < low][:2]
    larger = [s for s in _ROUND_SIZES if high is not None and s > high][:2]
    for size in smaller:
        yield f"followers from {size:,}", {"followers_min": size}
    for size in larger:
        yield f"followers up to {size:,}", {"followers_max": size}


def _fewer_words(plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each word left out in turn; the text is put together again from what was typed."""
    items = plan.words.required
    if len(items) < 2:
        return
    for item in items:
        rest = plan.words.without(item)
        typed = [_typed(i.typed, i.quoted) for i in rest.required]
        typed += [f"-{_typed(i.typed, i.quoted)}" for i in rest.excluded]
        yield f"without the word {item.typed}", {"text": " ".join(typed)}


def _typed(piece: str, quoted: bool) -> str:
    return f'"{piece}"' if quoted else piece


def _drop(plan: Plan, name: str) -> dict[str, Any] | None:
    """The fields to set so that a filter is gone; None when that would be no suggestion."""
    query = plan.query
    if name in ("text", "exclude", "not_on_list", "similar", "new"):
        return None
    if name == "place":
        return {"place": None, "near": None, "within_km": None, "include_region_level": False}
    if name == "audience_place":
        return {"audience_place": (), "audience_share_min": None}
    if name == "has_contact":
        return {"has_contact": False}
    if name in ("followers", "engagement"):
        return {f"{name}_min": None, f"{name}_max": None}
    if name in _SINGLE:
        return {name: None}
    if name in ("verdict", "label") and not getattr(query, name):
        # A default exclusion protects the member; lifting it is a click, not a suggestion.
        return None
    if name == "activity" and not query.activity:
        # Silence is no danger: an imported list of last year is dormant as a whole.
        return {"activity": ACTIVITY_STATES}
    return {name: ()}
