"""The funnel: what each filter left and removed, and the smallest changes that add creators."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from influencr.search import FunnelStep, Loosening, Results
from influencr.service.web import numbers
from influencr.service.web.address import Address

__all__ = ["Step", "Way", "steps", "ways"]

# Width of the drawing in px; templates/parts/funnel.html sets the same box.
_WIDTH = 220


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


def steps(results: Results, address: Address) -> list[Step]:
    """The funnel's lines in the order in which the filters apply."""
    most = max((step.left for step in results.funnel), default=0)
    last = len(results.funnel) - 1
    return [_step(step, most, i == last, address) for i, step in enumerate(results.funnel)]


def ways(loosenings: Iterable[Loosening], address: Address) -> list[Way]:
    """The loosenings, smallest change first, as the engine ordered them."""
    return [
        Way(
            way.label,
            numbers.plural(way.adds, "creator", "creators"),
            _changed(address, way.change),
        )
        for way in loosenings
    ]


def _step(step: FunnelStep, most: int, last: bool, address: Address) -> Step:
    width = _WIDTH * math.log1p(step.left) / math.log1p(most) if most else 0.0
    lifted = _lifted(step.filter, address)
    without = step.without
    adds = ""
    if lifted and without is not None:
        adds = numbers.plural(without, "creator", "creators")
    return Step(
        label=step.label,
        left=numbers.count(step.left),
        removed=f"\N{MINUS SIGN}{numbers.count(step.removed)}" if step.removed else "",
        bar=round(width, 1),
        href=lifted,
        adds=adds,
        last=last,
    )


def _lifted(name: str, address: Address) -> str:
    """The address without the filter, or empty when the line is no filter of the address."""
    fields = {
        "place": ("place", "near", "within_km", "include_region_level"),
        "size": ("followers_min", "followers_max"),
        "followers": ("followers_min", "followers_max"),
        "engagement": ("engagement_min", "engagement_max"),
    }.get(name, (name,))
    if any(address.values(field) for field in fields):
        return address.without(*fields).href
    if name in ("defaults", "default", "hidden", "everything"):
        return address.with_({"everything": ["1"]}).href
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
