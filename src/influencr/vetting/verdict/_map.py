"""The follower map drawn: an SVG that needs no script, no style sheet and no request.

Order of arrival runs across, creation of the account up. People who found a creator on their own
scatter below the diagonal (nobody follows before their account exists); accounts made together and
delivered together draw a flat streak. Colour is never alone: marks in a batch are triangles or
solid cells inside an outline with its words, known crowds are rings inside a dotted one.

Colours are the design tokens as `var(--token, fallback)` in presentation attributes, so that the
picture follows the page's theme and a strict content security policy. `standalone` adds the same
tokens for both themes, for a file of its own. Sizes never go below 12 px.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from influencr.errors import UnknownValue
from influencr.vetting.verdict._map_data import (
    _STEPS,
    COLUMNS,
    DOTS,
    ROWS,
    FollowerMap,
    Streak,
    bounds,
)
from influencr.vetting.verdict._sentences import ALTERNATIVE_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MAP_SIZES", "MapRow", "follower_map", "map_summary", "map_table"]

_DOT: Final = "var(--dot, #5e7894)"
_BATCH: Final = "var(--inflated, #a63117)"
_CROWD: Final = "var(--vetted, #0a674c)"
_LINE: Final = "var(--line, #e0ded6)"
_RULE: Final = "var(--rule, #b8b6ad)"
_LABEL: Final = "var(--ink3, #62676d)"
_INK: Final = "var(--ink, #191b1d)"
_SURFACE: Final = "var(--surface, #ffffff)"
_THEMES: Final = (
    "<style>svg{--surface:#fff;--line:#e0ded6;--rule:#b8b6ad;--ink:#191b1d;--ink3:#62676d;"
    "--dot:#5e7894;--inflated:#a63117;--vetted:#0a674c;"
    "background:var(--surface);font-family:'IBM Plex Sans',system-ui,sans-serif}"
    "@media(prefers-color-scheme:dark){svg{--surface:#181b1e;--line:#2d3237;--rule:#4b5259;"
    "--ink:#ecebe6;--ink3:#9aa0a6;--dot:#86a0bb;--inflated:#ff967a;--vetted:#66cda8}}</style>"
)


class _Frame(NamedTuple):
    """width, height of the picture; the plot lies between left/right and top/bottom."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    ticks: int
    words: bool


#: Drawings, not scalings: a small map has fewer ticks and words.
MAP_SIZES: Final = {
    "wide": _Frame(800, 430, 66, 792, 12, 372, 6, words=True),
    "narrow": _Frame(343, 300, 58, 339, 10, 244, 3, words=True),
    "thumbnail": _Frame(132, 40, 1, 131, 2, 38, 0, words=False),
}


class MapRow(NamedTuple):
    """One twelfth of the followers, in order of arrival.

    first, last          positions, 1 = the first follower
    arrived              day of the middle arrival, "" unknown
    ordinary, in_batch, in_crowd   followers with a creation date, by kind
    """

    first: int
    last: int
    arrived: str
    ordinary: int
    in_batch: int
    in_crowd: int


def follower_map(
    data: FollowerMap, *, size: str = "wide", label: str = "", standalone: bool = False
) -> str:
    """The map as SVG text, below 60 KB for any number of followers.

    size         of MAP_SIZES
    label        prefix for the ids of title and description where a page has several maps
    standalone   for a file of its own: brings colours for light and dark

    Raises UnknownValue for a size that does not exist.
    """
    if size not in MAP_SIZES:
        raise UnknownValue("size", size, MAP_SIZES)
    frame = MAP_SIZES[size]
    title, text = f"{label}map-title", f"{label}map-text"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="follower-map" role="img" '
        f'viewBox="0 0 {frame.width} {frame.height}" width="{frame.width}" '
        f'height="{frame.height}" aria-labelledby="{escape(title)} {escape(text)}">',
        f'<title id="{escape(title)}">Follower map</title>',
        f'<desc id="{escape(text)}">{escape(map_summary(data))}</desc>',
    ]
    if standalone:
        parts.append(_THEMES)
    if frame.words:
        parts += _axes(data, frame)
    parts += [_shade(data, streak, frame) for streak in data.streaks]
    parts += _dots(data, frame) if data.n <= DOTS else _cells(data, frame)
    if frame.words:
        parts += _captions(data, frame)
    parts.append("</svg>")
    return "".join(part for part in parts if part)


def map_summary(data: FollowerMap) -> str:
    """What the picture shows, in words."""
    shown = f"{data.n:,} followers"
    if data.followers is not None and data.followers > data.n:
        shown += f" of {data.followers:,}"
    parts = [
        f"{shown} in order of arrival across, creation of their accounts up, from "
        f"{_day(data.low)} to {_day(data.high)}."
    ]
    for streak in data.streaks:
        place = f"positions {streak.first + 1:,} to {streak.last + 1:,}"
        known = f", explained by: {_cause(streak)}" if streak.cause else ""
        parts.append(f"{_made(streak)} at {place}{_came(streak)}{known}.")
    if not data.streaks:
        parts.append("No batch stands out.")
    if data.undated:
        parts.append(f"{data.undated:,} have no known creation date and are not drawn.")
    return " ".join(parts)


def map_table(data: FollowerMap) -> list[MapRow]:
    """The same as a table: twelve rows, or one per follower where there are fewer."""
    edges = bounds(data.n)
    arrived = data.arrived or (-1,) * len(data.parts)
    return [
        MapRow(first + 1, last, _day(at) if at >= 0 else "", *counts)
        for (first, last), at, counts in zip(pairwise(edges), arrived, data.parts, strict=True)
    ]


def _x(data: FollowerMap, frame: _Frame, position: float) -> float:
    return frame.left + (frame.right - frame.left) * (position + 0.5) / data.n


def _y(data: FollowerMap, frame: _Frame, made: float) -> float:
    share = min(1.0, max(0.0, (made - data.low) / (data.high - data.low)))
    return frame.bottom - (frame.bottom - frame.top) * share


def _dots(data: FollowerMap, frame: _Frame) -> list[str]:
    """One mark per follower: a dot, a ring for a known crowd, a triangle in a batch."""
    heights, kinds = data.heights().astype(np.float64), data.kind_of()
    drawn = heights <= _STEPS
    x = frame.left + (frame.right - frame.left) * (np.arange(data.n) + 0.5) / data.n
    y = frame.bottom - (frame.bottom - frame.top) * heights / _STEPS
    big = 3.2 if data.n < 400 else 2.6
    scale = 1.0 if frame.words else 0.55

    def points(kind: int) -> list[tuple[float, float]]:
        chosen = drawn & (kinds == kind)
        return list(zip(x[chosen].round(1).tolist(), y[chosen].round(1).tolist(), strict=True))

    ordinary = "".join(f"M{a:g} {b:g}h0" for a, b in points(0))
    crowd = "".join(
        f"M{a - 2 * scale:g} {b:g}a{2 * scale:g} {2 * scale:g} 0 1 0 {4 * scale:g} 0"
        f"a{2 * scale:g} {2 * scale:g} 0 1 0-{4 * scale:g} 0"
        for a, b in points(2)
    )
    up, side = 3.4 * scale, 3.2 * scale
    batch = "".join(
        f"M{a:g} {b - up:.1f}l{side:.1f} {1.7 * up:.1f}h-{2 * side:.1f}z" for a, b in points(1)
    )
    return [
        _path(
            ordinary,
            f'stroke="{_DOT}" stroke-width="{big * scale:g}" stroke-linecap="round" '
            'fill="none" opacity=".6"',
        ),
        _path(crowd, f'stroke="{_CROWD}" stroke-width="1" fill="none" opacity=".75"'),
        _path(batch, f'fill="{_BATCH}" opacity=".85"'),
    ]


def _cells(data: FollowerMap, frame: _Frame) -> list[str]:
    """Cells of the grid, the fuller the stronger; runs along a row are one stroke."""
    grid = data.heights()
    top = int(grid.max())
    wide = (frame.right - frame.left) / COLUMNS
    high = (frame.bottom - frame.top) / ROWS
    parts = [
        f'<g transform="translate({frame.left} {frame.bottom}) scale({wide:.4f} {-high:.4f})" '
        'fill="none">'
    ]
    # Six steps of strength for ordinary followers, two for the others.
    steps = np.unique(np.ceil(np.geomspace(1, max(top, 2), 7)).astype(int))
    for i, (least, most) in enumerate(zip(steps, [*steps[1:], 256], strict=True)):
        strength = 0.16 + 0.66 * i / max(1, len(steps) - 1)
        runs = _runs((grid[0] >= least) & (grid[0] < most))
        parts.append(_path(runs, f'stroke="{_DOT}" stroke-width="1" opacity="{strength:.2f}"'))
    parts.append(_path(_runs(grid[2] > 0), f'stroke="{_CROWD}" stroke-width=".5" opacity=".7"'))
    parts.append(_path(_runs(grid[1] > 0), f'stroke="{_BATCH}" stroke-width="1"'))
    parts.append("</g>")
    return parts


def _runs(cells: NDArray[np.bool_]) -> str:
    """Strokes through neighbouring cells of a row: cells[column, row]."""
    found = []
    for row in range(ROWS):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], cells[:, row], [False]])))
        found += [f"M{a} {row}.5h{b - a}" for a, b in edges.reshape(-1, 2).tolist()]
    return "".join(found)


def _shade(data: FollowerMap, streak: Streak, frame: _Frame) -> str:
    """The stretch of arrivals in which a finding lies."""
    x0, x1 = _x(data, frame, streak.first), _x(data, frame, streak.last)
    colour = _CROWD if streak.cause else _BATCH
    wide = max(x1 - x0, 2.0)
    return (
        f'<rect x="{x0:.1f}" y="{frame.top}" width="{wide:.1f}" '
        f'height="{frame.bottom - frame.top}" fill="{colour}" opacity=".06"/>'
    )


def _axes(data: FollowerMap, frame: _Frame) -> list[str]:
    text = f'font-size="12" fill="{_LABEL}"'
    parts = []
    for at in _dates(data.low, data.high, frame.ticks):
        y = _y(data, frame, at)
        parts.append(
            f'<path d="M{frame.left} {y:.1f}H{frame.right}" stroke="{_LINE}"/>'
            f'<text x="{frame.left - 8}" y="{y + 4:.1f}" text-anchor="end" {text}>'
            f"{datetime.fromtimestamp(at, UTC):%b %Y}</text>"
        )
    base = frame.bottom + 8
    parts.append(f'<path d="M{frame.left} {base}H{frame.right}" stroke="{_RULE}"/>')
    for position in _round_positions(data.n, frame.ticks):
        x = _x(data, frame, position - 0.5)
        parts.append(
            f'<path d="M{x:.1f} {base}v5" stroke="{_RULE}"/>'
            f'<text x="{x:.1f}" y="{base + 19}" text-anchor="'
            f'{"end" if x > frame.right - 24 else "middle"}" {text}>{position:,}</text>'
        )
    if data.arrived:
        line = [
            f"{_x(data, frame, (k + 0.5) / len(data.arrived) * data.n):.1f} "
            f"{_y(data, frame, at):.1f}"
            for k, at in enumerate(data.arrived)
            if at >= 0
        ]
        parts.append(
            f'<path d="M{"L".join(line)}" stroke="{_RULE}" stroke-dasharray="4 3" fill="none"/>'
        )
    end = frame.height - 8
    parts.append(
        f'<text x="{frame.right}" y="{end}" text-anchor="end" {text}>'
        "order of arrival, first follower to newest →</text>"
    )
    if frame.width > 500:
        dashed = " · dashed: the day they followed" if data.arrived else ""
        parts.append(
            f'<text x="{frame.left}" y="{end}" {text}>up: creation of the account{dashed}</text>'
        )
    return parts


def _captions(data: FollowerMap, frame: _Frame) -> list[str]:
    """Outlines with their words, placed so that none lies over another."""
    parts = []
    taken: list[tuple[float, float, float, float]] = []
    outlines = [_outline(data, streak, frame) for streak in data.streaks]
    for streak, (x, y, wide, high) in zip(data.streaks, outlines, strict=True):
        colour = _CROWD if streak.cause else _BATCH
        dotted = ' stroke-dasharray="2 2"' if streak.cause else ""
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="3" '
            f'fill="none" stroke="{colour}" stroke-width="1.2"{dotted}/>'
        )
    limit = 3 if frame.width > 500 else 1
    # Two tests may have found the same followers: that is said once.
    told = {
        _words(streak): (streak, outline)
        for streak, outline in zip(data.streaks, outlines, strict=True)
    }
    for (head, below), (streak, outline) in list(told.items())[:limit]:
        box_wide = 16 + 6.6 * max(len(head), len(below))
        box_wide = min(box_wide, frame.right - frame.left)
        place = _free(outline, (box_wide, 40.0), [*outlines, *taken], frame)
        taken.append((*place, box_wide, 40.0))
        parts.append(_box(streak, outline, place, box_wide, head, below))
    return parts


def _outline(data: FollowerMap, streak: Streak, frame: _Frame) -> tuple[float, float, float, float]:
    x0, x1 = _x(data, frame, streak.first), _x(data, frame, streak.last)
    y0, y1 = _y(data, frame, streak.made_to), _y(data, frame, streak.made_from)
    return x0 - 5, y0 - 6, x1 - x0 + 10, y1 - y0 + 12


def _free(
    outline: tuple[float, float, float, float],
    box: tuple[float, float],
    taken: Iterable[tuple[float, float, float, float]],
    frame: _Frame,
) -> tuple[float, float]:
    """A place for a box near its outline that covers the least of others."""
    x, y, wide, high = outline
    around = [
        (x + wide + 14, y + high + 10),
        (x + wide + 14, y - box[1] - 10),
        (x - box[0] - 14, y + high + 10),
        (x - box[0] - 14, y - box[1] - 10),
        (x + wide / 2 - box[0] / 2, y + high + 24),
        (x + wide / 2 - box[0] / 2, y - box[1] - 24),
    ]
    fitted = [
        (
            min(max(a, frame.left + 2), frame.right - box[0] - 2),
            min(max(b, frame.top + 2), frame.bottom - box[1] - 2),
        )
        for a, b in around
    ]
    others = list(taken)

    def covered(place: tuple[float, float]) -> float:
        return sum(
            max(0.0, min(place[0] + box[0], a + w) - max(place[0], a))
            * max(0.0, min(place[1] + box[1], b + h) - max(place[1], b))
            for a, b, w, h in others
        )

    return min(fitted, key=covered)


def _box(
    streak: Streak,
    outline: tuple[float, float, float, float],
    place: tuple[float, float],
    wide: float,
    head: str,
    below: str,
) -> str:
    colour = _CROWD if streak.cause else _BATCH
    x, y = place
    ox = min(max(x + 12, outline[0]), outline[0] + outline[2])
    if not outline[0] <= x + 12 <= outline[0] + outline[2]:
        ox = outline[0] + (outline[2] if x > outline[0] else 0)
    under = y > outline[1]
    oy = outline[1] + (outline[3] if under else 0)
    meets = min(max(ox, x), x + wide)
    edge = y if under else y + 40
    return (
        f'<path d="M{ox:.1f} {oy:.1f}L{meets:.1f} {edge:.1f}" stroke="{colour}" fill="none"/>'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="40" rx="3" fill="{_SURFACE}" '
        f'stroke="{colour}"/>'
        f'<text x="{x + 8:.1f}" y="{y + 16:.1f}" font-size="12.5" font-weight="600" '
        f'fill="{colour}">{escape(head)}</text>'
        f'<text x="{x + 8:.1f}" y="{y + 32:.1f}" font-size="12" fill="{_INK}">'
        f"{escape(below)}</text>"
    )


def _words(streak: Streak) -> tuple[str, str]:
    if streak.cause:
        return f"{streak.members:,} followers{_came(streak)}", f"explained: {_cause(streak)}"
    below = _came(streak).strip(" ,") or f"positions {streak.first + 1:,}–{streak.last + 1:,}"
    return _made(streak), below


def _made(streak: Streak) -> str:
    if streak.made_from < 0:
        return f"{streak.members:,} followers"
    return f"{streak.members:,} accounts made {_span(streak.made_from, streak.made_to)}"


def _came(streak: Streak) -> str:
    if streak.from_at is None or streak.to_at is None:
        return ""
    hours = (streak.to_at - streak.from_at) / 3_600
    within = f" within {hours:.0f} hours" if 0.5 <= hours <= 72 else ""
    return f", arrived {_span(streak.from_at, streak.to_at)}{within}"


def _cause(streak: Streak) -> str:
    return ALTERNATIVE_WORDS.get(streak.cause, streak.cause)


def _span(first: int, last: int) -> str:
    a, b = (datetime.fromtimestamp(at, UTC) for at in (first, last))
    if a.date() == b.date():
        return f"{a.day} {a:%b %Y}"
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day}–{b.day} {b:%b %Y}"
    if a.year == b.year:
        return f"{a.day} {a:%b} – {b.day} {b:%b %Y}"
    return f"{a.day} {a:%b %Y} – {b.day} {b:%b %Y}"


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def _dates(low: int, high: int, ticks: int) -> list[int]:
    """First days of months between the edges, about `ticks` of them."""
    start, end = (datetime.fromtimestamp(at, UTC) for at in (low, high))
    months = (end.year - start.year) * 12 + end.month - start.month
    step = next((s for s in (1, 2, 3, 6, 12, 24, 36, 60) if months / s <= 1.5 * ticks), 120)
    found = []
    for month in range(start.year * 12, end.year * 12 + 12, step):
        at = int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp())
        if low <= at <= high:
            found.append(at)
    return found


def _round_positions(n: int, ticks: int) -> list[int]:
    if n < 2:
        return [0]
    rough = n / max(1, ticks)
    power = 10 ** int(np.floor(np.log10(rough)))
    step = max(1, next(int(m * power) for m in (1, 2, 3, 5, 10) if m * power >= rough))
    return list(range(0, n + 1, step))


def _path(d: str, how: str) -> str:
    return f'<path d="{d}" {how}/>' if d else ""
