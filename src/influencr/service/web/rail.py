"""The filter rail: facets as links with exact counts, and the brands to look through."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from influencr.kept import kept_key
from influencr.search import FacetValue, Query, Results
from influencr.service.web import numbers, words
from influencr.service.web.address import Address
from influencr.service.web.marked import plain
from influencr.service.web.spread import as_percent

__all__ = [
    "BRAND",
    "Audience",
    "Brand",
    "Group",
    "Option",
    "audience",
    "brand",
    "contact",
    "groups",
]

# What tests of the audience say.
_FINDINGS = ("lockstep", "engagement_anomaly")
# Facets in the order of the rail; numbers are drawn apart, as histograms.
_ORDER = (
    *("verdict", "platform", "language", "country", "topic", "activity", "label"),
    *_FINDINGS,
)
_SHOWN = 6
_BAR_PX = 30

#: Parameters that belong to a brand and go with it.
BRAND = ("brand", "fit_min", "alignment_min")
#: What the form of the audience sets.
_AUDIENCE = ("audience_place", "audience_share_min")


class Option(NamedTuple):
    """One value: choosing it is following `href`. `bar` is its length in px."""

    value: str
    text: str
    count: str  # type: ignore[assignment]
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


class Brand(NamedTuple):
    """The brands to choose from, and the least fit and alignment where one is chosen.

    carried   what the form of the two numbers must carry along
    """

    options: tuple[Option, ...]
    chosen: str
    fit: str
    alignment: str
    carried: tuple[tuple[str, str], ...]


class Audience(NamedTuple):
    """Where the audience is, as the form shows it; `carried` is what it must carry along."""

    place: str
    share: str
    carried: tuple[tuple[str, str], ...]


def audience(address: Address) -> Audience:
    """The group of the rail that asks where the audience is, apart from the creator."""
    return Audience(
        place=plain(" or ".join(address.values("audience_place"))),
        share=as_percent((address.values("audience_share_min") or [""])[0]),
        carried=tuple(address.fields(without=_AUDIENCE)),
    )


def contact(query: Query, address: Address) -> Option:
    """Only who published an address for business, as a link that switches it."""
    chosen = query.has_contact
    href = address.with_({"has_contact": [] if chosen else ["true"]}).href
    return Option("true", "Contact published for business", "", chosen, href, 0, "", "")


def groups(results: Results, address: Address) -> list[Group]:
    """The facets that have something to say, in order."""
    found = []
    for key in _ORDER:
        values = [v for v in results.facets.get(key, ()) if v.count or v.chosen]
        if not values or _is_silent(key, values):
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


def _is_silent(key: str, values: Sequence[FacetValue]) -> bool:
    """Nothing was looked at yet, so there is nothing to choose."""
    return key in _FINDINGS and all(v.value == "unknown" and not v.chosen for v in values)


def brand(names: Sequence[str], query: Query, address: Address) -> Brand:
    """The group of the rail that looks at the results through a brand."""
    asked = kept_key(query.brand or "")
    options = []
    for name in names:
        chosen = kept_key(name) == asked
        lifted = address.without(*BRAND)
        href = (lifted if chosen else lifted.with_({"brand": [name]})).href
        options.append(Option(name, plain(name), "", chosen, href, 0, "", ""))
    return Brand(
        tuple(options),
        chosen=plain(query.brand or ""),
        fit=as_percent((address.values("fit_min") or [""])[0]),
        alignment=as_percent((address.values("alignment_min") or [""])[0]),
        carried=tuple(address.fields(without=BRAND[1:])),
    )


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
