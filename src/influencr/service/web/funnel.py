"""The funnel: what each filter left and removed, and the smallest changes that add creators."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from influencr.search import FunnelStep, Loosening, Query, Results
from influencr.service.web import chips, numbers, words
from influencr.service.web.address import Address
from influencr.service.web.marked import plain

__all__ = ["Step", "Way", "filter_label", "label", "lifted", "steps", "ways"]

# Width of the drawing in px; templates/parts/funnel.html sets the same box.
_WIDTH = 220

# The default exclusions as conditions; tests keep them equal to what search leaves out.
_LEFT_OUT = {
    "verdict": "audience does not look inflated",
    "label": "no celebrity, brand or bot",
    "activity": "not dormant",
}
_DROPPED = {
    "place": "any place",
    "country": "any country",
    "region": "any region",
    "platform": "any platform",
    "language": "any language",
    "topic": "any topic",
    "followers_min": "any size",
    "engagement_min": "any engagement, unknown too",
    "influence_min": "any influence, unknown too",
    "closeness_min": "any closeness, unknown too",
    "active_within_days": "whenever they last posted",
    "posts_per_week_min": "however often they post",
    "audience_place": "wherever their audience is, unknown too",
    "account_days_min": "any account age, unknown too",
    "growth_min": "whether they grow or not, unknown too",
    "has_contact": "without a published contact, too",
    "bought_share_max": "any share that looks bought, unknown too",
    "lockstep": "lockstep or not, unknown too",
    "engagement_anomaly": "any engagement for the size, unknown too",
    "followers_seen_min": "however many followers were seen",
    "verdict": "any verdict",
    "label": "whoever is behind it",
    "activity": "any activity",
    "on_list": "whichever list they are on",
}
_FIELDS = {
    "place": ("place", "near", "within_km", "include_region_level"),
    "followers": ("followers_min", "followers_max"),
    "engagement": ("engagement_min", "engagement_max"),
    "similar": ("similar", "similar_by"),
    "growth_min": ("growth_min", "growth_months"),
    "audience_place": ("audience_place", "audience_share_min"),
}


class Step(NamedTuple):
    """One line; `bar` in px on a log scale; `href` lifts the filter, empty where nothing can be."""

    label: str
    left: str
    removed: str
    bar: float
    href: str
    adds: str
    last: bool


class Way(NamedTuple):
    """One loosening as a link."""

    label: str
    adds: str
    href: str


def steps(query: Query, results: Results, address: Address) -> list[Step]:
    """The funnel's lines in the order in which the filters apply."""
    most = max((step.left for step in results.funnel), default=0)
    last = len(results.funnel) - 1
    return [
        _step(step, label(step, query, results), most, i == last, address)
        for i, step in enumerate(results.funnel)
    ]


def label(step: FunnelStep, query: Query, results: Results) -> str:
    """The filter of a step as the page calls it; what it does not know keeps the engine's words."""
    return filter_label(step.filter, step.label, query, results)


def filter_label(name: str, told: str, query: Query, results: Results | None = None) -> str:
    """A filter as pages call it; `told` is how the engine does."""
    if name == "all":
        return "everybody in the index"
    if name == "text":
        return f"match “{query.text}”"
    if name in _LEFT_OUT and not getattr(query, name):
        return _LEFT_OUT[name]
    if name == "audience_place":
        return f"audience in {' or '.join(chips.audience(p, query) for p in query.audience_place)}"
    if name == "has_contact":
        return "contact published for business"
    if name in chips.MANY:
        return f"{words.FIELDS[name]} {chips.values(name, query, results)}"
    for chip in chips.ranges(query, Address()):
        if chip.field in (name, words.FIELDS.get(name)):
            return f"{chip.field} {chip.value}"
    return plain(told)


def ways(loosenings: Iterable[Loosening], address: Address) -> list[Way]:
    """The loosenings, smallest change first, as the engine ordered them."""
    return [
        Way(
            _way(way),
            numbers.plural(way.adds, "creator", "creators"),
            _changed(address, way.change),
        )
        for way in loosenings
    ]


def _way(way: Loosening) -> str:
    """The change in words: a dropped filter by its name, a moved number as the engine wrote it."""
    # By what they are: 0 % is a number that was moved, and equal to False.
    changed = {n for n, v in way.change.items() if v is None or v is False or v == ()}
    if changed != set(way.change):
        for name in ("engagement", "closeness", "growth"):
            rate = way.change.get(f"{name}_min")
            if rate is not None:
                return f"{name} from {rate * 100:.3g}\N{NO-BREAK SPACE}%"
        if (least := way.change.get("audience_share_min")) is not None:
            return f"audience there from {least * 100:.0f}\N{NO-BREAK SPACE}%"
        if (most := way.change.get("bought_share_max")) is not None:
            return f"up to {most * 100:.3g}\N{NO-BREAK SPACE}% look bought"
        if isinstance(distance := way.change.get("within_km"), float):
            return f"within {numbers.km(distance)}"
        return way.label
    for name, text in _DROPPED.items():
        if name in changed:
            return text
    return way.label


def _step(step: FunnelStep, text: str, most: int, last: bool, address: Address) -> Step:
    width = _WIDTH * math.log1p(step.left) / math.log1p(most) if most else 0.0
    href = lifted(step.filter, address)
    without = step.without
    adds = ""
    if href and without is not None:
        adds = numbers.plural(without, "creator", "creators")
    return Step(
        label=text,
        left=numbers.count(step.left),
        removed=f"\N{MINUS SIGN}{numbers.count(step.removed)}" if step.removed else "",
        bar=round(width, 1),
        href=href,
        adds=adds,
        last=last,
    )


def lifted(name: str, address: Address) -> str:
    """The address without the filter, or empty when the line is no filter of the address."""
    fields = _FIELDS.get(name, (name,))
    if any(address.values(field) for field in fields):
        return address.without(*fields).href
    if name in _LEFT_OUT:
        return address.with_({"everything": ["true"]}).href
    return ""


def _changed(address: Address, change: dict[str, Any]) -> str:
    return address.with_({name: _values(value) for name, value in change.items()}).href


def _values(value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return ["1"]
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    if isinstance(value, float):
        return [f"{value:g}"]
    return [str(value)]
