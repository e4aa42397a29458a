"""Drawings of the dossier, made on the server: lines and marks of numbers, coloured by style sheet.

Each is drawn twice, for a wide and for a narrow page, so that no text shrinks below 12 px.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from influencr.service.web import numbers

__all__ = ["Chart", "Jump", "Mark", "cohort", "growth"]

#: Width, height and margins (left, right, top, bottom) in px of both sizes; our own choice.
_WIDE: Final = (520.0, 320.0, 56.0, 16.0, 16.0, 44.0)
_NARROW: Final = (288.0, 248.0, 44.0, 8.0, 12.0, 40.0)
#: Ticks that an axis has at most, wide and narrow.
_TICKS: Final = (6, 4)
_YEAR: Final = 365.25 * 86_400


class Chart(NamedTuple):
    """One drawing in both sizes."""

    wide: SafeString
    narrow: SafeString


class Mark(NamedTuple):
    """The creator whose page it is: where they lie, their interval, what is written beside."""

    x: float
    y: float
    low: float | None
    high: float | None
    text: str


class Jump(NamedTuple):
    """A day on which followers came or left: when, how many there were then, whether a test of the
    audience found something at that time that nothing innocent explains."""

    at: float
    followers: float
    found: bool
    text: str


class _Frame:
    """Where the numbers of both axes lie in px, and the drawing so far."""

    def __init__(
        self, size: tuple[float, ...], x: tuple[float, float], y: tuple[float, float]
    ) -> None:
        self.width, self.height, self.left, right, self.top, bottom = size
        self.right, self.bottom = self.width - right, self.height - bottom
        self._x, self._y = x, y
        self.parts: list[str] = []

    def x(self, value: float) -> float:
        low, high = self._x
        share = (value - low) / (high - low) if high > low else 0.5
        return round(self.left + min(max(share, 0.0), 1.0) * (self.right - self.left), 1)

    def y(self, value: float) -> float:
        low, high = self._y
        share = (value - low) / (high - low) if high > low else 0.5
        return round(self.bottom - min(max(share, 0.0), 1.0) * (self.bottom - self.top), 1)

    def add(self, part: str) -> None:
        self.parts.append(part)

    def text(self, x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> None:
        name = f' class="{kind}"' if kind else ""
        self.add(f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{name}>{escape(words)}</text>')

    def across(self, ticks: Iterable[tuple[float, str]]) -> None:
        """Ticks below, the outer ones kept inside the drawing."""
        for value, words in ticks:
            x = self.x(value)
            half = 3.4 * len(words)
            anchor = "end" if x + half > self.width else "start" if x < half else "middle"
            self.add(f'<path class="tick" d="M{x:g} {self.bottom:g}v4"/>')
            self.text(x, self.bottom + 18, words, anchor)

    def up(self, ticks: Iterable[tuple[float, str]]) -> None:
        """Ticks at the left, each with a line across."""
        for value, words in ticks:
            y = self.y(value)
            self.add(f'<path class="grid" d="M{self.left:g} {y:g}H{self.right:g}"/>')
            self.text(self.left - 6, y + 4, words, "end")

    def drawn(self, title: str) -> SafeString:
        # Safe: numbers and escaped words only.
        return mark_safe(  # noqa: S308
            f'<svg viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-label="{escape(title)}">{"".join(self.parts)}</svg>'
        )


def _both(draw: Callable[[tuple[float, ...], int], SafeString]) -> Chart:
    return Chart(draw(_WIDE, _TICKS[0]), draw(_NARROW, _TICKS[1]))


def cohort(
    points: Sequence[tuple[float, float]],
    band: Sequence[tuple[float, float, float, float]],
    mark: Mark,
    title: str,
    unit: str = "",
) -> Chart:
    """Creators by followers (log) and a value (log), with the usual line and one mark.

    points   (followers, value), all above 0
    band     (followers, low, usual, high) by rising size; empty where too few are known
    unit     behind the numbers at the left
    """
    xs = [p[0] for p in points] + [b[0] for b in band] + [mark.x]
    ys = [p[1] for p in points] + [v for b in band for v in b[1:]]
    ys += [v for v in (mark.y, mark.low, mark.high) if v is not None]
    x = math.log10(min(xs)), math.log10(max(xs))
    y = math.log10(max(min(ys), 1e-3)), math.log10(max(ys))

    def draw(size: tuple[float, ...], most: int) -> SafeString:
        frame = _Frame(size, x, y)
        frame.up(_decades(*y, most, lambda n: f"{n:,g}{unit}"))
        frame.across(_decades(*x, most, lambda n: numbers.count(round(n))))
        _draw_band(frame, band)
        for followers, value in points:
            cx, cy = frame.x(math.log10(followers)), frame.y(_log(value))
            frame.add(f'<circle class="other" cx="{cx:g}" cy="{cy:g}" r="1.5"/>')
        _draw_usual(frame, band)
        _draw_mark(frame, mark)
        frame.text(frame.right, frame.bottom + 36, "followers, log scale", "end", "axis")
        return frame.drawn(title)

    return _both(draw)


def _log(value: float) -> float:
    return math.log10(max(value, 1e-3))


def _draw_band(frame: _Frame, band: Sequence[tuple[float, float, float, float]]) -> None:
    if band:
        top = [f"{frame.x(math.log10(s)):g},{frame.y(_log(high)):g}" for s, _, _, high in band]
        foot = [f"{frame.x(math.log10(s)):g},{frame.y(_log(low)):g}" for s, low, _, _ in band]
        frame.add(f'<polygon class="band" points="{" ".join(top + foot[::-1])}"/>')


def _draw_usual(frame: _Frame, band: Sequence[tuple[float, float, float, float]]) -> None:
    if not band:
        return
    line = [f"{frame.x(math.log10(s)):g},{frame.y(_log(usual)):g}" for s, _, usual, _ in band]
    frame.add(f'<polyline class="usual" points="{" ".join(line)}"/>')
    frame.text(frame.left + 8, frame.top + 10, "line: median, band: 80 % of them", "start", "said")


def _draw_mark(frame: _Frame, mark: Mark) -> None:
    cx, cy = frame.x(math.log10(mark.x)), frame.y(_log(mark.y))
    if mark.low is not None and mark.high is not None:
        low, high = frame.y(_log(mark.low)), frame.y(_log(mark.high))
        frame.add(f'<path class="reach" d="M{cx:g} {high:g}V{low:g}"/>')
    frame.add(f'<path class="own" d="M{cx:g} {cy - 7:g}l6.5 11h-13z"/>')
    after = cx + 12 + 6.6 * len(mark.text) < frame.right
    y = min(max(cy + 4, frame.top + 26), frame.bottom - 6)
    frame.text(cx + (12 if after else -12), y, mark.text, "start" if after else "end", "own-says")


def growth(
    at: Sequence[float], followers: Sequence[float], jumps: Sequence[Jump], title: str
) -> Chart:
    """Followers over time, from none up, with a mark on each jump.

    at   seconds since 1970, rising
    """
    x, y = (at[0], at[-1]), (0.0, max(followers) * 1.04)

    def draw(size: tuple[float, ...], most: int) -> SafeString:
        frame = _Frame(size, x, y)
        frame.up(_rounds(y[1], most))
        frame.across(_dates(*x, most))
        line = " ".join(
            f"{frame.x(t):g},{frame.y(n):g}" for t, n in zip(at, followers, strict=True)
        )
        frame.add(f'<polyline class="grown" points="{line}"/>')
        for jump in jumps:
            _draw_jump(frame, jump)
        frame.add(
            f'<circle class="end" cx="{frame.x(at[-1]):g}" cy="{frame.y(followers[-1]):g}" r="3"/>'
        )
        frame.text(frame.right, frame.bottom + 36, "followers, over time", "end", "axis")
        return frame.drawn(title)

    return _both(draw)


def _draw_jump(frame: _Frame, jump: Jump) -> None:
    cx, cy = frame.x(jump.at), frame.y(jump.followers)
    if jump.found:
        frame.add(f'<path class="found" d="M{cx:g} {cy - 7:g}l6.5 11h-13z"/>')
    else:
        frame.add(f'<circle class="jump" cx="{cx:g}" cy="{cy:g}" r="4.5"/>')
    before = cx - 10 - 6.6 * len(jump.text) > frame.left
    frame.text(
        cx + (-10 if before else 10),
        max(cy + 4, frame.top + 10),
        jump.text,
        "end" if before else "start",
        "found-says" if jump.found else "said",
    )


def _decades(
    low: float, high: float, most: int, write: Callable[[float], str]
) -> list[tuple[float, str]]:
    """Powers of ten within two logs; with 3 between them where there is room."""
    whole = [float(p) for p in range(math.ceil(low), math.floor(high) + 1)]
    while len(whole) > most:
        whole = whole[::2]
    if len(whole) <= most // 2:
        third = math.log10(3)
        between = [p + third for p in range(math.floor(low), math.floor(high) + 1)]
        whole = sorted(whole + [p for p in between if low <= p <= high])
    return [(p, write(float(f"{10**p:.1g}"))) for p in whole]


def _rounds(high: float, most: int) -> list[tuple[float, str]]:
    """0 and round numbers up to the highest."""
    step = 10.0 ** math.floor(math.log10(max(high, 1.0)))
    while high / step < most / 2:
        step /= 2
    while high / step > most:
        step *= 2
    step = max(step, 1.0)
    return [(i * step, numbers.count(round(i * step))) for i in range(math.floor(high / step) + 1)]


def _dates(first: float, last: float, most: int) -> list[tuple[float, str]]:
    """Beginnings of years; of months where the whole is shorter than two years."""
    begin, end = (datetime.fromtimestamp(t, UTC) for t in (first, last))
    if last - first >= 2 * _YEAR:
        years = list(range(begin.year + 1, end.year + 1))
        years = years[:: max(1, math.ceil(len(years) / most))]
        return [(datetime(year, 1, 1, tzinfo=UTC).timestamp(), str(year)) for year in years]
    months = [
        datetime(begin.year + n // 12, n % 12 + 1, 1, tzinfo=UTC)
        for n in range(begin.month, begin.month + 25)
    ]
    months = [month for month in months if month < end]
    months = months[:: max(1, math.ceil(len(months) / most))]
    return [(month.timestamp(), f"{month:%b} {month.year}") for month in months]
