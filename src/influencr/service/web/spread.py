"""How the results spread over a number: bars that are links, and the ends that can be typed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

from influencr.search import GROWTH_MONTHS, Histogram, Query, Results
from influencr.service.web import numbers
from influencr.service.web.address import Address

__all__ = ["TYPED", "Bar", "End", "Months", "Spread", "as_percent", "spreads"]

_WIDTH, _HEIGHT, _GAP = 216, 36, 1
_USUAL_MONTHS = Query().growth_months
_NBSP = "\N{NO-BREAK SPACE}"
# Shares, which the form speaks of in percent.
_PERCENT = ("engagement", "closeness", "bought_share", "growth")

#: Parameters that the forms of the rail set.
TYPED = (
    "influence_min",
    "closeness_min",
    "followers_min",
    "followers_max",
    "engagement_min",
    "engagement_max",
    "active_within_days",
    "posts_per_week_min",
    "bought_share_max",
    "followers_seen_min",
    "account_days_min",
    "growth_min",
    "growth_months",
)


class _Number(NamedTuple):
    """One number of creators: its parameters, and how it is written.

    below   the largest value under an edge, as the parameter takes it
    """

    name: str
    title: str
    unit: str
    low: str
    high: str
    write: Callable[[float], str]
    below: Callable[[float], str]


class Bar(NamedTuple):
    """One bar in px with what it says; `href` keeps its creators, empty where nothing can."""

    x: float
    y: float
    width: float
    height: float
    inside: bool
    href: str
    text: str


class End(NamedTuple):
    """One end that can be typed: a parameter of the form, its value, what it is called."""

    name: str
    value: str
    label: str


class Months(NamedTuple):
    """A window of growth; the usual one has no value, so that it is not in the address."""

    value: str
    text: str
    chosen: bool


class Spread(NamedTuple):
    """One histogram with its ends.

    ends      from and to, or the one of them that can be asked for
    edges     where the bars are cut, as the form writes them, for the handles of a script
    rising    the single end is the lower one (from 2 posts a week on), not the upper (30 days)
    months    the windows to choose from, of growth alone
    unknown   creators whose number nobody knows, in words; empty when there are none
    """

    name: str
    title: str
    unit: str
    bars: tuple[Bar, ...]
    width: int
    height: int
    first: str
    last: str
    low: End | None
    high: End | None
    edges: str
    unknown: str
    months: tuple[Months, ...] = ()


def as_percent(rate: str) -> str:
    """The rate of an address as the form shows it; what is no number is shown as it was typed."""
    try:
        return f"{float(rate) * 100:.6g}" if rate else ""
    except ValueError:
        return rate


_NUMBERS = (
    _Number(
        "influence",
        "Influence, percentile of the size",
        "",
        "influence_min",
        "",
        lambda edge: f"{edge:g}",
        lambda edge: f"{edge:g}",
    ),
    _Number(
        "closeness",
        "Closeness, replies answered",
        f"{_NBSP}%",
        "closeness_min",
        "",
        lambda edge: as_percent(str(edge)),
        lambda edge: f"{edge:g}",
    ),
    _Number(
        "followers",
        "Followers",
        "",
        "followers_min",
        "followers_max",
        lambda edge: numbers.count(int(edge)),
        lambda edge: str(int(edge) - 1),
    ),
    _Number(
        "engagement",
        "Engagement",
        f"{_NBSP}%",
        "engagement_min",
        "engagement_max",
        lambda edge: as_percent(str(edge)),
        # A rate is no whole number: the next below the edge, as far as an address need tell.
        lambda edge: f"{edge - 1e-9:.10g}",
    ),
    _Number(
        "posts_per_week",
        "Posts a week",
        " a week",
        "posts_per_week_min",
        "",
        lambda edge: f"{edge:g}",
        lambda edge: f"{edge:g}",
    ),
    _Number(
        "last_post_days",
        "Last post",
        " days",
        "",
        "active_within_days",
        lambda edge: f"{edge:,.0f}",
        lambda edge: f"{edge:.0f}",
    ),
    _Number(
        "bought_share",
        "Followers that look bought",
        f"{_NBSP}%",
        "",
        "bought_share_max",
        lambda edge: as_percent(str(edge)),
        lambda edge: f"{edge:g}",
    ),
    _Number(
        "followers_seen",
        "Followers seen for the verdict",
        "",
        "followers_seen_min",
        "",
        lambda edge: numbers.count(int(edge)),
        lambda edge: f"{edge:g}",
    ),
    _Number(
        "account_days",
        "Age of the account",
        " days",
        "account_days_min",
        "",
        lambda edge: f"{edge:,.0f}",
        lambda edge: f"{edge:.0f}",
    ),
    _Number(
        "growth",
        "Growth in followers",
        f"{_NBSP}%",
        "growth_min",
        "",
        lambda edge: as_percent(str(edge)),
        lambda edge: f"{edge:g}",
    ),
)


# What the form says behind the box where it is not the unit.
_UNIT_OF_FORM = {
    "influence": "or higher",
    "posts_per_week": "or more",
    "closeness": "% or more",
    "followers_seen": "or more",
    "account_days": "days or more",
    "growth": "% or more",
    "last_post_days": "days ago",
}


def spreads(query: Query, results: Results, address: Address) -> list[Spread]:
    """The histograms of an answer in the order of the rail; ends without bars where it has none."""
    asked: dict[str, tuple[float | None, float | None]] = {
        "influence": (query.influence_min, None),
        "closeness": (query.closeness_min, None),
        "followers": (query.followers_min, query.followers_max),
        "engagement": (query.engagement_min, query.engagement_max),
        "posts_per_week": (query.posts_per_week_min, None),
        "last_post_days": (None, query.active_within_days),
        "bought_share": (None, query.bought_share_max),
        "followers_seen": (query.followers_seen_min, None),
        "account_days": (query.account_days_min, None),
        "growth": (query.growth_min, None),
    }
    found = [
        _spread(number, results.histograms.get(number.name), asked[number.name], address)
        for number in _NUMBERS
    ]
    months = tuple(
        Months(
            value="" if n == _USUAL_MONTHS else str(n),
            text=f"in {numbers.plural(n, 'month', 'months')}",
            chosen=n == query.growth_months,
        )
        for n in GROWTH_MONTHS
    )
    return [one._replace(months=months) if one.name == "growth" else one for one in found]


def _spread(
    number: _Number,
    found: Histogram | None,
    asked: tuple[float | None, float | None],
    address: Address,
) -> Spread:
    shown = found if found is not None and any(found.counts) else None
    edges = shown.edges if shown else ()
    return Spread(
        name=number.name,
        title=number.title,
        unit=_UNIT_OF_FORM.get(number.name, number.unit.strip()),
        bars=_bars(number, shown, asked, address) if shown else (),
        width=_WIDTH,
        height=_HEIGHT,
        first=_first(number, edges[0]) if shown else "",
        last=f"{number.write(edges[-1])}+" if shown else "",
        low=_end(number, number.low, "from", address) if number.low else None,
        high=_end(number, number.high, "to" if number.low else "at most", address)
        if number.high
        else None,
        edges=" ".join(_typed(number, edge) for edge in edges),
        unknown=f"{numbers.count(found.unknown)} unknown"
        if found and shown and shown.unknown
        else "",
    )


def _bars(
    number: _Number,
    found: Histogram,
    asked: tuple[float | None, float | None],
    address: Address,
) -> tuple[Bar, ...]:
    most = max(found.counts)
    step = _WIDTH / len(found.counts)
    bounds = itertools.pairwise((None, *found.edges, None))
    bars = []
    for i, ((low, high), count) in enumerate(zip(bounds, found.counts, strict=True)):
        height = max(1.5, _HEIGHT * count / most) if count else 0.0
        text = f"{_between(number, low, high)}: {numbers.plural(count, 'creator', 'creators')}"
        href, told = _kept(number, i, low, high, found.counts, address)
        bars.append(
            Bar(
                x=round(i * step, 1),
                y=round(_HEIGHT - height, 1),
                width=round(step - _GAP, 1),
                height=round(height, 1),
                inside=_overlaps(low, high, *asked),
                href=href,
                text=text + told,
            )
        )
    return tuple(bars)


def _kept(
    number: _Number,
    i: int,
    low: float | None,
    high: float | None,
    counts: tuple[int, ...],
    address: Address,
) -> tuple[str, str]:
    """(the address that a bar leads to, what it says of that where it is not the bar alone)."""
    if number.low and number.high:
        change = {
            number.low: [] if low is None else [f"{low:.10g}"],
            number.high: [] if high is None else [number.below(high)],
        }
        return address.with_(change).href, ""
    name, edge = (number.low, low) if number.low else (number.high, high)
    if edge is None:
        return "", ""
    reached = sum(counts[i:]) if number.low else sum(counts[: i + 1])
    said = f"from {number.write(edge)} on" if number.low else f"up to {number.write(edge)}"
    return address.with_({name: [f"{edge:.10g}"]}).href, f"; {said}: {numbers.count(reached)}"


def _between(number: _Number, low: float | None, high: float | None) -> str:
    noun = " followers" if number.name == "followers" else number.unit
    if low is None:
        return _first(number, high or 0) + (noun if number.name == "followers" else "")
    if high is None:
        return f"{number.write(low)} and more{noun}"
    return f"{number.write(low)}–{number.write(high)}{noun}"


def _first(number: _Number, edge: float) -> str:
    """What lies before the first edge; ages and shares reach up to and including it."""
    if not number.low:
        # Both are asked for by "at most", so the edge itself is in.
        return (
            "up to 1 day"
            if number.name == "last_post_days" and edge == 1
            else f"up to {number.write(edge)}{number.unit}"
        )
    return f"under {number.write(edge)}{number.unit}"


def _overlaps(
    low: float | None, high: float | None, least: float | None, most: float | None
) -> bool:
    """Whether a bar lies at least partly between what is asked for."""
    if least is not None and high is not None and high <= least:
        return False
    return most is None or low is None or low < most


def _end(number: _Number, name: str, says: str, address: Address) -> End:
    value = (address.values(name) or [""])[0]
    if number.name not in _PERCENT:
        return End(name, value, f"{number.title} {says}")
    name = name.replace(number.name, f"{number.name}_percent")
    return End(name, as_percent(value), f"{number.title} {says}, percent")


def _typed(number: _Number, edge: float) -> str:
    return as_percent(str(edge)) if number.name in _PERCENT else f"{edge:.10g}"
