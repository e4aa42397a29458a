"""The distribution of followers in the results, drawn from the size facet."""

from __future__ import annotations

import re
from typing import NamedTuple

from influencr.search import Results
from influencr.service.web import numbers
from influencr.service.web.address import Address

__all__ = ["Bin", "Histogram", "histogram"]

_WIDTH, _HEIGHT, _GAP = 216, 40, 1
_BOUNDS = re.compile(r"(\d+)[-–](\d*)")


class Bin(NamedTuple):
    """One bar of the drawing, in px, and the link that keeps only its creators."""

    x: float
    y: float
    width: float
    height: float
    inside: bool
    href: str
    text: str


class Histogram(NamedTuple):
    """The bars with the ends of the axis and what is asked, as the form shows it."""

    bins: tuple[Bin, ...]
    width: int
    height: int
    from_text: str
    to_text: str
    low: str
    high: str


def histogram(results: Results, address: Address) -> Histogram:
    """The bars, one per size bin of the engine; no bars when it sent no bins."""
    low = (address.values("followers_min") or [""])[0]
    high = (address.values("followers_max") or [""])[0]
    bounded = []
    for value in results.facets.get("size", ()):
        if match := _BOUNDS.fullmatch(value.value):
            bounded.append((int(match[1]), int(match[2]) if match[2] else None, value))
    bounded.sort(key=lambda item: item[0])
    if not any(value.count for *_, value in bounded):
        return Histogram((), _WIDTH, _HEIGHT, "", "", low, high)
    most = max(value.count for *_, value in bounded) or 1
    step = _WIDTH / len(bounded)
    bins = []
    for i, (first, last, value) in enumerate(bounded):
        height = max(1.0, _HEIGHT * value.count / most) if value.count else 0.0
        change = {"followers_min": [str(first)], "followers_max": [str(last)] if last else []}
        people = numbers.plural(value.count, "creator", "creators")
        bins.append(
            Bin(
                x=round(i * step, 1),
                y=round(_HEIGHT - height, 1),
                width=round(step - _GAP, 1),
                height=round(height, 1),
                inside=_overlaps(first, last, low, high),
                href=address.with_(change).href,
                text=f"{_span(first, last)} followers: {people}",
            )
        )
    final = bounded[-1][1]
    return Histogram(
        tuple(bins),
        _WIDTH,
        _HEIGHT,
        numbers.count(bounded[0][0]),
        numbers.count(final) if final else f"{numbers.count(bounded[-1][0])}+",
        low,
        high,
    )


def _span(first: int, last: int | None) -> str:
    if last is None:
        return f"{numbers.count(first)} and more"
    return f"{numbers.count(first)}–{numbers.count(last)}"


def _overlaps(first: int, last: int | None, low: str, high: str) -> bool:
    if low.isdecimal() and last is not None and last < int(low):
        return False
    return not (high.isdecimal() and first > int(high))
