"""What the acceptance asks for, and how a figure says whether it was reached."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from benchmarks.vetting.goals import MissingData, figure, need

__all__ = [
    "ABOVE_BASELINE",
    "PLACEBO",
    "RECOVERED",
    "MissingData",
    "drawn",
    "figure",
    "inside",
    "need",
]

#: From the project's requirements of influence: size-matched pair accuracy above the best
#: baseline, of placebo creators, and rank correlation with what was planted.
ABOVE_BASELINE = 0.05
PLACEBO = (0.48, 0.52)
RECOVERED = 0.8


def drawn(
    name: str, value: float, draws: npt.NDArray[np.float64], goal: float | None = None
) -> dict[str, Any]:
    """A figure with the interval of its bootstrap draws."""
    known = draws[np.isfinite(draws)]
    low, high = (
        (float(x) for x in np.quantile(known, [0.025, 0.975])) if len(known) else (None,) * 2
    )
    return figure(name, value, low, high, goal=goal)


def inside(
    name: str, value: float, draws: npt.NDArray[np.float64], bounds: tuple[float, float]
) -> dict[str, Any]:
    """A figure that must lie between two bounds."""
    told = drawn(name, value, draws)
    low, high = bounds
    return {
        **told,
        "goal": (low + high) / 2,
        "reached": bool(low <= value <= high),
        "wanted": f"{low:.2f} to {high:.2f}",
    }
