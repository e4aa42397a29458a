"""What other budgets would buy, as the points of a drawing with its labels on the lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from influencr.planning import Plan
from influencr.service.web import numbers

__all__ = ["Curve", "curve"]

_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 548.0, 14.0, 226.0
_STEPS = (1, 2, 2.5, 5, 10)


class Curve(NamedTuple):
    """Paths and labels in units of a drawing of 560 x 262.

    rows, columns   (place, label) of the axes
    dot             where this plan stands
    table           budget, people, bound, biggest first: the same as numbers
    """

    ours: str
    bound: str
    biggest: str
    rows: tuple[tuple[float, str], ...]
    columns: tuple[tuple[float, str], ...]
    dot: tuple[float, float]
    dot_says: str
    dot_right: bool
    table: tuple[tuple[str, str, str, str], ...]
    says: str


def curve(plan: Plan, sign: str) -> Curve:
    """The drawing of a plan's frontier."""
    points = plan.frontier
    most_money = points[-1].budget
    tops = [p.bound or p.people or p.biggest for p in points]
    most_people = max(1.0, *(float(t) for t in tops))
    step = _step(most_people / 4)
    high = step * -(-most_people // step)

    def x(money: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * money / most_money, 1)

    def y(people: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * people / high, 1)

    known = [p for p in points if p.people is not None]
    spent = plan.brief.budget if plan.brief.budget is not None else plan.cost_high
    across = _step(most_money / 4)
    says = f"{sign}{spent:,.0f} reaches {plan.unique:,} people"
    return Curve(
        ours=_path([(0.0, 0.0), *((p.budget, float(p.people or 0)) for p in known)], x, y),
        bound=_path([(p.budget, float(p.bound or 0)) for p in known], x, y),
        biggest=_path([(0.0, 0.0), *((p.budget, float(p.biggest)) for p in points)], x, y),
        rows=tuple((y(i * step), f"{i * step:,.0f}") for i in range(int(high / step) + 1)),
        columns=tuple(
            (x(i * across), f"{sign}{i * across:,.0f}") for i in range(int(most_money / across) + 1)
        ),
        dot=(x(spent), y(plan.unique)),
        dot_says=f"this plan: {numbers.count(plan.unique)}",
        dot_right=spent < most_money * 0.6,
        table=tuple(
            (
                f"{sign}{p.budget:,.0f}",
                "nobody" if p.people is None else numbers.count(p.people),
                "" if p.bound is None else numbers.count(int(p.bound)),
                numbers.count(p.biggest),
            )
            for p in points
        ),
        says=says,
    )


def _step(wanted: float) -> float:
    size = 1.0
    while size * 10 <= wanted:
        size *= 10
    return next(max(1.0, size * k) for k in _STEPS if size * k >= wanted)


def _path(
    points: Sequence[tuple[float, float]], x: Callable[[float], float], y: Callable[[float], float]
) -> str:
    return "M" + " L".join(f"{x(a)} {y(b)}" for a, b in points)
