"""Two charts as SVG, by hand: agreement over coverage, and confidence against what was right.

The pictures carry their own colours for a light and a dark page (`prefers-color-scheme`), differ by
line and marker as well as by colour, and label curves where they end, so that no legend is needed.
Colours are those of Okabe and Ito (2008), which people with any colour vision tell apart, darkened
or lightened to reach a contrast of 3 on their page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

__all__ = ["coverage_chart", "reliability_chart"]

_WIDTH, _HEIGHT = 800, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 212, 62, 56
_STYLES = 5

_STYLE = """
svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-size: 13px }
.page { fill: #ffffff }
.ink { fill: #1f2328 } .soft { fill: #59636e } .grid { stroke: #d9dee3 } .axis { stroke: #59636e }
.l0, .m0 { stroke: #0060a8 } .l1, .m1 { stroke: #b34a00 } .l2, .m2 { stroke: #00735a }
.l3, .m3 { stroke: #8f3d6e } .l4, .m4 { stroke: #59636e }
.f0, .t0 { fill: #0060a8 } .f1, .t1 { fill: #b34a00 } .f2, .t2 { fill: #00735a }
.f3, .t3 { fill: #8f3d6e } .f4, .t4 { fill: #59636e }
.line { fill: none; stroke-width: 2 } .l0 { stroke-width: 3 } .band { fill-opacity: 0.13 }
.l2 { stroke-dasharray: 7 4 } .l3 { stroke-dasharray: 2 4 } .l4 { stroke-dasharray: 10 3 2 3 }
.bar { stroke-width: 1.5 } .title { font-size: 16px; font-weight: 600 } .small { font-size: 12px }
.goal { fill: none; stroke: #1f2328; stroke-width: 1.5 }
.ideal { stroke: #59636e; stroke-dasharray: 4 4 }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 }
.ink { fill: #f0f6fc } .soft { fill: #9198a1 } .grid { stroke: #2d333b } .axis { stroke: #9198a1 }
.l0, .m0 { stroke: #58a6ff } .l1, .m1 { stroke: #ff9d4d } .l2, .m2 { stroke: #3fd0a4 }
.l3, .m3 { stroke: #e08cc0 } .l4, .m4 { stroke: #9198a1 }
.f0, .t0 { fill: #58a6ff } .f1, .t1 { fill: #ff9d4d } .f2, .t2 { fill: #3fd0a4 }
.f3, .t3 { fill: #e08cc0 } .f4, .t4 { fill: #9198a1 }
.band { fill-opacity: 0.2 } .goal { stroke: #f0f6fc } .ideal { stroke: #9198a1 }
}
"""


class _Frame:
    """Data coordinates to pixels, and the parts collected so far."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.x_range, self.y_range = x, y
        self.parts: list[str] = []

    def x(self, value: float) -> float:
        low, high = self.x_range
        return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        low, high = self.y_range
        value = min(max(value, low), high)
        return _HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    def text(self, x: float, y: float, words: str, names: str, anchor: str = "start") -> None:
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{names}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, names: str) -> None:
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{names}"/>'
        )

    def axes(self, x_label: str, y_label: str, x_step: float, y_step: float) -> None:
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        for value in _ticks(y0, y1, y_step):
            self.line(_LEFT, self.y(value), _WIDTH - _RIGHT, self.y(value), "grid")
            self.text(_LEFT - 8, self.y(value) + 4, f"{value:.0%}", "soft small", "end")
        for value in _ticks(x0, x1, x_step):
            bottom = _HEIGHT - _BOTTOM
            self.line(self.x(value), bottom, self.x(value), bottom + 5, "axis")
            self.text(self.x(value), bottom + 20, f"{value:.0%}", "soft small", "middle")
        self.line(_LEFT, _HEIGHT - _BOTTOM, _WIDTH - _RIGHT, _HEIGHT - _BOTTOM, "axis")
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        self.text(middle, _HEIGHT - 14, x_label, "soft", "middle")
        self.text(_LEFT - 44, _TOP - 14, y_label, "soft")

    def document(self, title: str, about: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            f'width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-labelledby="t d">\n'
            f'<title id="t">{escape(title)}</title><desc id="d">{escape(about)}</desc>\n'
            f"<style>{_STYLE}</style>\n"
            f'<rect class="page" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>\n'
            f'<text x="{_LEFT - 44}" y="26" class="ink title">{escape(title)}</text>\n'
            + "\n".join(self.parts)
            + "\n</svg>\n"
        )


def coverage_chart(
    title: str,
    series: Sequence[dict[str, Any]],
    *,
    goals: Sequence[tuple[float, float]] = (),
    x_label: str = "coverage: share of all rows answered, surest first",
    y_label: str = "agreement of those answers",
) -> str:
    """Curves with their Wilson bands; a system without an order of its answers is one marker.

    series   name, style (0..4; default its position) and points (coverage, agreement, low, high),
             ascending
    goals    (coverage, agreement) that were set as aims, drawn as small rings
    """
    ends = [p for s in series for p in s["points"][-1:]]
    x_high = min(1.0, _up(max([p["coverage"] for p in ends] + [g[0] for g in goals] + [0.1]), 0.05))
    lows = [p["agreement"] for s in series for p in _settled(s["points"])]
    lows += [s["points"][0]["low"] for s in series if len(s["points"]) == 1]
    y_low = max(0.0, _down(min([*lows, 0.9]) - 0.03, 0.1))
    frame = _Frame((0.0, x_high), (y_low, 1.0))
    frame.axes(x_label, y_label, 0.05 if x_high <= 0.5 else 0.1, 0.1)
    labels: list[tuple[float, float, str, int]] = []
    for at, one in _styled(series):
        points = _settled(one["points"])
        if not points:
            continue
        if len(one["points"]) > 1:
            _band(frame, points, at)
            path = " ".join(
                f"{frame.x(p['coverage']):.1f},{frame.y(p['agreement']):.1f}" for p in points
            )
            frame.parts.append(f'<polyline points="{path}" class="line l{at}"/>')
        last = points[-1]
        x, y = frame.x(last["coverage"]), frame.y(last["agreement"])
        if len(one["points"]) == 1:
            frame.line(x, frame.y(last["low"]), x, frame.y(last["high"]), f"bar m{at}")
        frame.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" class="f{at}"/>')
        labels.append((y, x, f"{one['name']} {last['agreement']:.0%}", at))
    for goal_x, goal_y in goals:
        frame.parts.append(
            f'<circle cx="{frame.x(goal_x):.1f}" cy="{frame.y(goal_y):.1f}" r="6" class="goal"/>'
        )
    if goals:
        right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM - 14
        words = "goal: on or above the ring"
        frame.text(right - 8, bottom + 4, words, "soft small", "end")
        # 6.2 px is a letter of the small size, on average.
        x = right - 22 - 6.2 * len(words)
        frame.parts.append(f'<circle cx="{x:.1f}" cy="{bottom}" r="6" class="goal"/>')
    _labels(frame, labels)
    about = "; ".join(
        f"{s['name']}: {s['points'][-1]['agreement']:.1%} at {s['points'][-1]['coverage']:.1%}"
        for s in series
        if s["points"]
    )
    return frame.document(title, f"{about}. Bands are 95 % Wilson intervals.")


def reliability_chart(title: str, series: Sequence[dict[str, Any]]) -> str:
    """How many were right per tenth of confidence; on the dashed diagonal it can be believed.

    series   name, style (0..4; default its position) and table rows (confidence, n, right as a
             Share)
    """
    shown = [row for s in series for row in s["table"]]
    low = _down(
        min([r["confidence"] for r in shown] + [r["right"]["low"] for r in shown] + [0.9]), 0.1
    )
    frame = _Frame((low, 1.0), (low, 1.0))
    frame.axes("confidence that was stated", "share that was right", 0.1, 0.1)
    frame.line(frame.x(low), frame.y(low), frame.x(1.0), frame.y(1.0), "ideal")
    labels = []
    for at, one in _styled(series):
        path = []
        for row in one["table"]:
            x = frame.x(row["confidence"]) + (at - 0.5) * 3
            y = frame.y(row["right"]["value"])
            path.append(f"{x:.1f},{y:.1f}")
            frame.line(
                x, frame.y(row["right"]["low"]), x, frame.y(row["right"]["high"]), f"bar m{at}"
            )
            # The area of a dot says how many answers stand behind it.
            radius = 2.5 + 9 * (row["n"] / sum(r["n"] for r in one["table"])) ** 0.5
            frame.parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" class="f{at}" '
                'fill-opacity="0.75"/>'
            )
        if path:
            frame.parts.append(f'<polyline points="{" ".join(path)}" class="line l{at}"/>')
            row = one["table"][-1]
            labels.append(
                (frame.y(row["right"]["value"]), frame.x(row["confidence"]), one["name"], at)
            )
    _labels(frame, labels)
    about = "; ".join(
        f"{s['name']}: "
        + ", ".join(
            f"{r['confidence']:.2f} said, {r['right']['value']:.2f} right" for r in s["table"]
        )
        for s in series
    )
    return frame.document(title, about + ". Bars are 95 % Wilson intervals.")


def _styled(series: Sequence[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Number of the colour and line of each, the first one last, so that it lies on top."""
    found = [(one.get("style", at) % _STYLES, one) for at, one in enumerate(series)]
    return found[::-1]


def _band(frame: _Frame, points: Sequence[dict[str, float]], at: int) -> None:
    upper = [f"{frame.x(p['coverage']):.1f},{frame.y(p['high']):.1f}" for p in points]
    lower = [f"{frame.x(p['coverage']):.1f},{frame.y(p['low']):.1f}" for p in reversed(points)]
    frame.parts.append(f'<polygon points="{" ".join(upper + lower)}" class="band f{at}"/>')


def _settled(points: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    """A curve from where 20 answers stand behind a point: before, it is only noise."""
    return [p for p in points if p.get("n", 20) >= 20] or list(points[-1:])


def _labels(frame: _Frame, labels: Sequence[tuple[float, float, str, int]]) -> None:
    """Names at the right edge, pushed apart, each with a thin line from where its curve ends."""
    gap = 19.0
    ordered = sorted(labels)
    ys: list[float] = []
    for y, *_ in ordered:
        ys.append(max(y, ys[-1] + gap) if ys else y)
    over = (ys[-1] - (_HEIGHT - _BOTTOM)) if ys else 0.0
    if over > 0:
        ys = [y - over for y in ys]
        for i in range(len(ys) - 2, -1, -1):
            ys[i] = min(ys[i], ys[i + 1] - gap)
    edge = _WIDTH - _RIGHT + 10
    for (y, x, words, at), placed in zip(ordered, ys, strict=True):
        frame.line(x + 6, y, edge - 2, placed, f"m{at}")
        frame.parts[-1] = frame.parts[-1].replace(
            "/>", ' stroke-width="0.8" stroke-opacity="0.6"/>'
        )
        frame.text(edge + 2, placed + 4, words, f"t{at}")


def _ticks(low: float, high: float, step: float) -> list[float]:
    n = round((high - low) / step)
    return [low + i * step for i in range(n + 1)]


def _up(value: float, step: float) -> float:
    return -(-(value + 1e-9) // step) * step


def _down(value: float, step: float) -> float:
    return round((value + 1e-9) // step * step, 9)
