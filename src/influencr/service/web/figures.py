"""The figures of a creator: influence first, reach last, each with its interval where one is known.

Bars of a column share one axis, so that rows can be compared by eye. Influence lies on a log axis
from the lowest to the highest bound on the page; engagement lies by its place among creators of
the size, whose middle is marked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from influencr.influence import closeness
from influencr.pipeline.influence import line_heights
from influencr.search import ordinal
from influencr.service.web import numbers, words
from influencr.service.web.marked import plain

__all__ = ["Axis", "Bar", "Figure", "Line", "axis", "cadence", "figures", "followers", "line"]

#: Size of a bar and of a line of growth in px; the templates set the same boxes.
BAR_PX: Final = 96.0
LINE_PX: Final = (72.0, 20.0)
_MARGIN = 2.0
# Smallest change that fills the height of a line, as a share of the highest point.
_FLAT = 0.05
_NBSP = "\N{NO-BREAK SPACE}"


class Axis(NamedTuple):
    """The log axis of a column: the values at its ends."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value lies in px; what is beyond an end lies at the end."""
        if self.high <= self.low:
            return BAR_PX / 2
        value = min(max(value, self.low), self.high)
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(_MARGIN + share * (BAR_PX - 2 * _MARGIN), 1)


class Bar(NamedTuple):
    """An interval with its estimate in px; `tick` is the middle of the cohort.

    The interval has no width where it is not known; `dot` and `tick` are None where they are not.
    """

    x: float
    width: float
    dot: float | None
    tick: float | None


class Line(NamedTuple):
    """Twelve months of followers: the points of a polyline, and its end."""

    points: str
    x: float
    y: float


class Figure(NamedTuple):
    """A number with its unit and what stands behind it; value None reads "unknown".

    spoken   what `note` abbreviates, in full
    """

    name: str
    value: str | None
    unit: str
    note: str
    reason: str
    spoken: str = ""
    bar: Bar | None = None
    line: Line | None = None


def axis(creators: Iterable[dict[str, Any]]) -> Axis | None:
    """The axis of influence of some creators; None where none of them has an interval."""
    ends = [
        float(value)
        for creator in creators
        for name in ("influence", "influence_low", "influence_high")
        if (value := creator.get(name)) is not None and value > 0
    ]
    return Axis(min(ends), max(ends)) if ends else None


def figures(creator: dict[str, Any], shared: Axis | None = None) -> tuple[Figure, ...]:
    """Influence, closeness, engagement and followers.

    shared   the axis of the column; default: the creator's own
    """
    return (
        _influence(creator, shared or axis([creator])),
        _closeness(creator),
        _engagement(creator),
        followers(creator),
    )


def _influence(creator: dict[str, Any], shared: Axis | None) -> Figure:
    value = creator.get("influence")
    low, high = creator.get("influence_low"), creator.get("influence_high")
    bar, said, spoken = None, [], []
    if value is not None and low is not None and high is not None:
        said.append(f"{numbers.amount(low)}–{numbers.amount(high)}")
        spoken.append(f"95{_NBSP}% interval {said[0]}")
        if shared is not None:
            start, end = shared.at(low), shared.at(high)
            bar = Bar(start, round(max(end - start, 1.0), 1), shared.at(value), None)
    percentile = creator.get("influence_percentile")
    if value is not None and percentile is not None:
        said.append(f"p{percentile:.0f}")
        spoken.append(f"{ordinal(round(percentile))} percentile of its size")
    return Figure(
        "Influence",
        None if value is None else numbers.amount(value),
        "acts a post",
        " · ".join(said),
        plain(creator.get("influence_reason") or ""),
        ", ".join(spoken),
        bar,
    )


def _closeness(creator: dict[str, Any]) -> Figure:
    value = creator.get("closeness")
    hours = closeness.PROMPT_HOURS
    return Figure(
        "Closeness",
        None if value is None else numbers.percent(value),
        "%",
        f"answered in {hours:.0f}{_NBSP}h",
        plain(creator.get("closeness_reason") or ""),
        f"of the replies are answered within {hours:.0f} hours",
    )


def _engagement(creator: dict[str, Any]) -> Figure:
    rate = creator.get("engagement_rate")
    percentile = creator.get("engagement_percentile")
    note = words.engagement(
        creator.get("engagement_definition"), creator.get("engagement_n_posts") or 0
    )
    bar, spoken = None, note
    if rate is not None and percentile is not None:
        place = _MARGIN + percentile / 100 * (BAR_PX - 2 * _MARGIN)
        bar = Bar(0.0, 0.0, round(place, 1), BAR_PX / 2)
        spoken = f"{ordinal(round(percentile))} percentile of its size; {note}"
        note = f"p{percentile:.0f} of its size"
    return Figure(
        "Engagement",
        None if rate is None else numbers.percent(rate),
        "%",
        note,
        plain(creator.get("engagement_reason") or ""),
        spoken,
        bar,
    )


def followers(creator: dict[str, Any]) -> Figure:
    """How many follow, and how that changed within twelve months."""
    n, gained = creator.get("followers"), creator.get("followers_12m")
    following = creator.get("following")
    note = "" if following is None else f"follows {numbers.count(following)}"
    spoken = ""
    if n is not None and gained is not None:
        before = n - gained
        change = f"{gained / before * 100:+,.0f}{_NBSP}%" if before > 0 else f"{gained:+,}"
        note = f"{change.replace('-', chr(0x2212))} in 12{_NBSP}mo"
        spoken = f"{change} in 12 months"
    return Figure(
        "Followers",
        None if n is None else numbers.count(n),
        "",
        note,
        "the source does not say",
        spoken,
        line=None if n is None else line(creator.get("growth_line")),
    )


def cadence(creator: dict[str, Any]) -> Figure:
    """How often somebody posts."""
    weekly = creator.get("posts_per_week")
    n_seen = creator.get("activity_n_posts") or 0
    return Figure(
        "Posts a week",
        None if weekly is None else numbers.cadence(weekly),
        "",
        numbers.plural(n_seen, "post seen", "posts seen") if n_seen else "stated in the source",
        plain(creator.get("activity_reason") or ""),
    )


def line(written: str | None) -> Line | None:
    """The sparkline of a growth line as the pipeline writes it; None where there is none."""
    heights = line_heights(written)
    if len(heights) < 2:
        return None
    width, height = LINE_PX
    # From the lowest to the highest of the year: the change is what a small line can tell. Where
    # hardly anything changed it stays flat.
    low, high = min(heights), max(heights)
    span = max(high - low, _FLAT)
    step = (width - 2 * _MARGIN - 1) / (len(heights) - 1)
    points = [
        (round(_MARGIN + i * step, 1), round(height - 3 - (h - low) / span * (height - 6), 1))
        for i, h in enumerate(heights)
    ]
    return Line(" ".join(f"{x:g},{y:g}" for x, y in points), *points[-1])
