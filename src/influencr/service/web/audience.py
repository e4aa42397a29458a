"""Where a creator's audience is, as the dossier shows it: bars with intervals, and who is unknown.

Shares are of the sampled followers who tell a place; the last bar says how many do not. Both bars
run from 0 to 100 %, so that they can be compared by eye, and every figure stands beside its bar.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from influencr.service.web import numbers
from influencr.service.web.marked import plain

__all__ = ["Audience", "Bar", "Group", "audience", "audience_gap"]

#: Length of a whole bar in the units of its drawing.
_FULL = 200.0
#: Lines shown at once; further countries are one click away.
_SHOWN = 8
_SHOWN_FINE = 5
_NBSP = "\N{NO-BREAK SPACE}"


class Bar(NamedTuple):
    """One line: a place with its share, drawn and written.

    width, low, high   in units of the drawing, 0 to 200
    share, interval    as written
    """

    label: str
    width: float
    low: float
    high: float
    share: str
    interval: str


class Group(NamedTuple):
    """Bars of one level; `more` are those that are one click away.

    at_least   shares are what is certain: some followers are known to their country only
    """

    title: str
    at_least: bool
    bars: tuple[Bar, ...]
    more: tuple[Bar, ...]


class Audience(NamedTuple):
    """What is known of an audience's places.

    sentence   the sample in one sentence
    unknown    share of the sampled followers who tell no place, as a bar; None without groups
    claim      country that an imported data set claims, apart from everything counted here
    """

    sentence: str
    groups: tuple[Group, ...]
    unknown: Bar | None
    claim: str


def audience(creator: dict[str, Any]) -> Audience | None:
    """The section of a creators row, None when there is neither a figure nor a claim."""
    claim = plain(creator.get("audience_country_claimed") or "")
    codes = creator.get("audience_codes") or []
    if not codes and not claim:
        return None
    bars: dict[str, list[Bar]] = {"country": [], "admin1": [], "city": []}
    for label, level, share, low, high in zip(
        creator.get("audience_labels") or (),
        creator.get("audience_levels") or (),
        creator.get("audience_shares") or (),
        creator.get("audience_lows") or (),
        creator.get("audience_highs") or (),
        strict=True,
    ):
        group = bars["country" if level == "other" else level]
        group.append(_bar(plain(label), share, low, high))
    groups = tuple(
        Group(title, level != "country", tuple(found[:shown]), tuple(found[shown:]))
        for level, title, shown in (
            ("country", "Countries", _SHOWN),
            ("admin1", "Regions", _SHOWN_FINE),
            ("city", "Cities", _SHOWN_FINE),
        )
        if (found := bars[level])
    )
    return Audience(_sentence(creator), groups, _unknown(creator) if groups else None, claim)


def audience_gap(creator: dict[str, Any]) -> str:
    """Why nothing is said about where the audience is; "" when something is."""
    if creator.get("audience_codes"):
        return ""
    return _sentence(creator) or "no follower is known one by one"


def _sentence(creator: dict[str, Any]) -> str:
    reason = plain(creator.get("audience_reason") or "")
    return reason[:1].upper() + reason[1:]


def _bar(label: str, share: float, low: float, high: float) -> Bar:
    return Bar(
        label,
        round(_FULL * share, 1),
        round(_FULL * low, 1),
        round(_FULL * high, 1),
        f"{numbers.percent(share)}{_NBSP}%",
        f"{numbers.percent(low)}–{numbers.percent(high)}{_NBSP}%",
    )


def _unknown(creator: dict[str, Any]) -> Bar:
    sampled = creator.get("audience_n_sampled") or 0
    silent = sampled - (creator.get("audience_n_known") or 0)
    share = silent / sampled if sampled else 0.0
    width = round(_FULL * share, 1)
    return Bar(
        "tell no place",
        width,
        width,
        width,
        f"{numbers.percent(share)}{_NBSP}%",
        f"{numbers.count(silent)} of {numbers.count(sampled)}",
    )
