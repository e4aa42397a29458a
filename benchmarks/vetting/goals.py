"""What a benchmark of vetting gives back, and what the acceptance on invented worlds must reach."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from influencr.errors import UsageError

__all__ = [
    "KEYS",
    "WORLD_GOALS",
    "MissingData",
    "checked",
    "figure",
    "need",
    "wilson",
]

#: What `run` of a benchmark returns; `notes` may be empty, further keys are kept in the JSON.
KEYS = ("id", "title", "data", "protocol", "figures", "notes")

#: Standard normal quantile of a two-sided interval of 95 %.
_Z = 1.959963984540054

#: Of the worlds: name of a figure -> (what must be reached, whether more is better). From the
#: project's requirements of vetting.
WORLD_GOALS: dict[str, tuple[float, bool]] = {
    "purchases found": (0.95, True),
    "clean creators flagged": (0.01, False),
    "members of starter packs flagged": (0.01, False),
    "batch size, median error": (0.10, False),
    "first day wrong by more than 2 days": (0.05, False),
    "customers, false discovery": (0.01, False),
    "labels made again from what is stored": (1.0, True),
}


class MissingData(UsageError):
    """A data set is not there; the sentence names it."""


def need(datasets: Path | None, *names: str) -> Path:
    """The path of a file or folder inside the data sets.

    Raises MissingData, in one sentence, where it or the whole folder is not there.
    """
    if datasets is None:
        raise MissingData(
            f"The data set {names[0]} is needed; name the folder of the data sets.",
            field="--datasets",
        )
    path = Path(datasets).joinpath(*names)
    if not path.exists():
        raise MissingData(
            f"The data set {'/'.join(names)} is not in {datasets}.", field="--datasets"
        )
    return path


def figure(
    name: str,
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    *,
    goal: float | None = None,
    more_is_better: bool = True,
    note: str | None = None,
) -> dict[str, Any]:
    """One measured number with its interval and what it has to reach.

    value          None where it could not be measured; `note` says why
    low, high      95 % interval
    goal           what has to be reached, None for a number that only informs. A benchmark whose
                   goal is a range sets `reached` itself and says the range as `wanted`
    """
    if value is not None and not math.isfinite(value):
        value = None
    reached = None
    if goal is not None and value is not None:
        reached = value >= goal if more_is_better else value <= goal
    told: dict[str, Any] = {
        "name": name,
        "value": value,
        "low": low,
        "high": high,
        "goal": goal,
        "reached": reached,
    }
    if goal is not None:
        told["more_is_better"] = more_is_better
    if note is not None:
        told["note"] = note
    return told


def checked(result: dict[str, Any], module: str) -> dict[str, Any]:
    """A benchmark's answer if it has the agreed shape; raises TypeError naming what is wrong."""
    for key in KEYS:
        if key not in result:
            raise TypeError(f"{module}.run gave no {key!r}.")
    for one in result["figures"]:
        for key in ("name", "value", "low", "high", "goal", "reached"):
            if key not in one:
                raise TypeError(f"{module}.run: a figure has no {key!r}: {one!r}.")
    return result


def wilson(hits: int, n: int) -> tuple[float | None, float | None, float | None]:
    """Share and its 95 % interval after Wilson (1927); three times None of nothing.

    >>> [round(x, 3) for x in wilson(95, 100)]
    [0.95, 0.888, 0.978]
    """
    if n == 0:
        return None, None, None
    share, z2 = hits / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # At the edges rounding may leave a share outside its own interval by a last digit.
    return share, min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share)
