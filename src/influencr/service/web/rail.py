"""The filter rail: facets as links with exact counts, and the numbers a member types."""

from __future__ import annotations

import math
from typing import NamedTuple

from influencr.search import FacetValue, Results
from influencr.service.web import numbers, words
from influencr.service.web.address import Address

__all__ = ["TYPED", "Group", "NumberField", "Option", "as_percent", "groups", "number_fields"]

# Facets in the order of the rail; size is drawn apart, as a histogram.
_ORDER = ("verdict", "platform", "language", "country", "topic", "activity", "label")
_SHOWN = 6
_BAR_PX = 30

#: Parameters that the number form sets, in both their spellings.
TYPED = (
    "followers_min",
    "followers_max",
    "engagement_min",
    "engagement_max",
    "active_within_days",
    "posts_per_week_min",
)


class Option(NamedTuple):
    """One value: choosing it is following `href`. `bar` is its length in px."""

    value: str
    text: str
    count: str
    chosen: bool
    href: str
    bar: float
    shape: str
    tone: str


class Group(NamedTuple):
    """One facet: the first values, and the rest that opens on demand."""

    key: str
    title: str
    options: tuple[Option, ...]
    more: tuple[Option, ...]
    more_text: str


class NumberField(NamedTuple):
    """One pair or single of numbers that can be typed; names are parameters of the form."""

    title: str
    unit: str
    low: tuple[str, str, str]
    high: tuple[str, str, str] | None


def groups(results: Results, address: Address) -> list[Group]:
    """The facets that have something to say, in order."""
    found = []
    for key in _ORDER:
        values = [v for v in results.facets.get(key, ()) if v.count or v.chosen]
        if not values:
            continue
        longest = max(v.count for v in values) or 1
        options = [_option(key, v, longest, address) for v in values]
        # What is chosen never hides behind "more".
        options.sort(key=lambda option: not option.chosen)
        first, rest = options[:_SHOWN], options[_SHOWN:]
        if len(rest) == 1:
            first, rest = options, []
        title = words.FACET_TITLES[key]
        found.append(Group(key, title, tuple(first), tuple(rest), f"{len(rest)} more"))
    return found


def number_fields(address: Address) -> list[NumberField]:
    """The numbers of the rail with what was asked: each end as (parameter, value, its name)."""

    def end(name: str, label: str) -> tuple[str, str, str]:
        return name, (address.values(name) or [""])[0], label

    def percent(name: str, label: str) -> tuple[str, str, str]:
        _, value, _ = end(name, label)
        return name.replace("engagement", "engagement_percent"), as_percent(value), label

    return [
        NumberField(
            "Engagement",
            "%",
            percent("engagement_min", "Engagement from, percent"),
            percent("engagement_max", "Engagement to, percent"),
        ),
        NumberField(
            "Posted within", "days", end("active_within_days", "Posted within, days"), None
        ),
        NumberField("Posts a week", "or more", end("posts_per_week_min", "Posts a week"), None),
    ]


def as_percent(rate: str) -> str:
    """The rate of an address as the form shows it; what is no number is shown as it was typed."""
    try:
        return f"{float(rate) * 100:.6g}" if rate else ""
    except ValueError:
        return rate


def _option(key: str, value: FacetValue, longest: int, address: Address) -> Option:
    word = words.VERDICT.get(value.value) if key == "verdict" else None
    if key == "activity":
        word = words.ACTIVITY.get(value.value)
    share = value.count / longest
    return Option(
        value=value.value,
        text=words.word_of(key, value.value, value.label),
        count=numbers.count(value.count),
        chosen=value.chosen,
        href=address.toggled(key, value.value).href,
        bar=round(max(1.5, math.ceil(share * _BAR_PX * 2) / 2), 1) if value.count else 0,
        shape=word.shape if word else "",
        tone=word.tone if word else "",
    )
