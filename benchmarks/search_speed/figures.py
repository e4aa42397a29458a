"""Percentiles, ratios of percentiles with intervals, and time per match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from benchmarks.search_speed.questions import CLASSES, FILTERS, SHAPES, Question

__all__ = ["Row", "by_kind", "heaviest", "ratios", "summary"]

#: Draws of the bootstrap; with 2,000 the ends of an interval move by less than its own rounding.
_DRAWS = 2_000
_SEED = 4


class Row(msgspec.Struct, frozen=True):
    """What one question took of one engine; wall and CPU in seconds."""

    engine: str
    question: Question
    total: int
    wall: float
    cpu: float


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Milliseconds: p50, p95, p99 and the mean."""
    found = np.asarray(seconds) * 1_000
    told = dict(zip(("p50", "p95", "p99"), np.percentile(found, [50, 95, 99]), strict=True))
    return {name: round(float(value), 3) for name, value in (*told.items(), ("mean", found.mean()))}


def by_kind(rows: Sequence[Row]) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """frequency, shape and filter -> each of theirs -> wall and CPU -> `summary`."""
    kinds = {"frequency": CLASSES, "shape": SHAPES, "filter": FILTERS}
    return {
        kind: {
            name: {
                "wall": summary([row.wall for row in chosen]),
                "cpu": summary([row.cpu for row in chosen]),
            }
            for name in names
            if (chosen := [row for row in rows if getattr(row.question, kind) == name])
        }
        for kind, names in kinds.items()
    }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, dict[str, float]]:
    """Our p95 and mean as shares of theirs, with 95 % intervals.

    ours, theirs   seconds for the same questions in the same order; questions are drawn in pairs
    """
    mine, other = np.asarray(ours), np.asarray(theirs)
    drawn = np.random.default_rng(_SEED).integers(0, len(mine), (_DRAWS, len(mine)))
    found = {}
    for name, of in (("p95", _p95), ("mean", _mean)):
        low, high = np.percentile(of(mine[drawn]) / of(other[drawn]), [2.5, 97.5])
        ratio = of(mine[None, :])[0] / of(other[None, :])[0]
        values = {"ratio": ratio, "low": low, "high": high}
        found[name] = {key: round(float(value), 4) for key, value in values.items()}
    return found


def _p95(values: Any) -> Any:
    return np.percentile(values, 95, axis=1)


def _mean(values: Any) -> Any:
    return values.mean(axis=1)


def heaviest(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Time per match of the word, asked alone and without a filter, that most creators have.

    {"word", "matches", "wall_ns", "cpu_ns"}; None where no such question found anybody.
    """
    alone = [r for r in rows if len(r.question.words) == 1 and r.question.filter == "none"]
    most = max(alone, key=lambda row: row.total, default=None)
    if most is None or not most.total:
        return None
    return {
        "word": most.question.words[0],
        "matches": most.total,
        "wall_ns": round(most.wall * 1e9 / most.total, 2),
        "cpu_ns": round(most.cpu * 1e9 / most.total, 2),
    }
