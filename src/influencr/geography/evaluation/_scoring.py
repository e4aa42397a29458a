"""Counts of what a system got right, by the rules of the sets' own descriptions.

country     right country, of the rows that name a place
precision   right country, of all answers; an answer to a row without a place is wrong
rejected    no answer, of the rows without a place
admin1      country and first-level region right, of the US, CA and GB rows with a labelled region
city_40     answered at city level at most 40 km off, of the rows with coordinates
city_161    answered with a point, at whatever level, at most 161 km off, of the same rows
coverage    answered, of the rows that name a place
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from influencr.geography._distance import EARTH_RADIUS_KM
from influencr.geography.evaluation._metrics import calibration, curve, difference, share
from influencr.geography.evaluation._sets import Row
from influencr.geography.evaluation._systems import Answer

__all__ = ["METRICS", "compare", "kilometres", "outcomes", "score", "where"]

METRICS = ("country", "precision", "rejected", "admin1", "city_40", "city_161", "coverage")
#: 161 km is 100 miles, the distance that the literature on user location uses.
_NEAR_KM = {"city_40": 40.0, "city_161": 161.0}
_REGIONS = ("US", "CA", "GB")
#: Goals of the geography issue, at which the curve is read.
_PRECISION, _RECALL, _SURE = 0.98, 0.75, 0.8


def kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance of two points."""
    a, b = math.radians(lat), math.radians(other_lat)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def outcomes(rows: Sequence[Row], answers: Sequence[Answer]) -> dict[str, list[bool | None]]:
    """Per metric and row: right, wrong, or None where the row does not count for the metric."""
    found: dict[str, list[bool | None]] = {name: [] for name in METRICS}
    for row, answer in zip(rows, answers, strict=True):
        answered = answer.country is not None
        right = row.is_located and answer.country == row.country
        found["country"].append(right if row.is_located else None)
        found["coverage"].append(answered if row.is_located else None)
        found["precision"].append(right if answered else None)
        found["rejected"].append(None if row.is_located else not answered)
        region = None
        if row.country in _REGIONS and row.admin1:
            region = right and (answer.admin1 or "").rpartition("-")[2] == row.admin1
        found["admin1"].append(region)
        for name, km in _NEAR_KM.items():
            near = None
            if row.is_located and row.lat is not None and row.lon is not None:
                near = (
                    (answer.is_city or name != "city_40")
                    and answer.lat is not None
                    and answer.lon is not None
                    and kilometres(row.lat, row.lon, answer.lat, answer.lon) <= km
                )
            found[name].append(near)
    return found


def score(
    rows: Sequence[Row], answers: Sequence[Answer], *, calibrated: bool = False
) -> dict[str, Any]:
    """Every metric as a Share, the curve, and, for a confidence that is a probability, how far it
    can be believed."""
    by_metric = outcomes(rows, answers)
    out: dict[str, Any] = {}
    for name, values in by_metric.items():
        counted = [v for v in values if v is not None]
        out[name] = asdict(share(sum(counted), len(counted)))
    out["rows"] = len(rows)
    right = [bool(v) for v in by_metric["precision"]]
    confidences = [a.confidence if a.country is not None else None for a in answers]
    if all(c is not None for c, a in zip(confidences, answers, strict=True) if a.country):
        whole = curve(confidences, right)
        out["curve"] = _thinned(whole.points)
        out["area"] = whole.area
        n_located = sum(row.is_located for row in rows)
        if calibrated and n_located:
            out |= _believed(whole.points, n_located)
    if calibrated:
        kept = [(c, r) for c, r in zip(confidences, right, strict=True) if c is not None]
        found = calibration([c for c, _ in kept], [r for _, r in kept])
        out["calibration"] = asdict(found) if found else None
    return out


def _believed(points: list[dict[str, float]], n_located: int) -> dict[str, Any]:
    """Precision and recall where they are promised; recall counts right answers, of all located."""

    def told(point: dict[str, float] | None) -> dict[str, Any] | None:
        if point is None:
            return None
        return {
            "precision": asdict(share(int(point["k"]), int(point["n"]))),
            "recall": asdict(share(int(point["k"]), n_located)),
            "confidence": point["confidence"],
        }

    sure = [p for p in points if p["confidence"] >= _SURE]
    enough = next((p for p in points if p["k"] / n_located >= _RECALL), None)
    wide = next((p for p in reversed(points) if p["agreement"] >= _PRECISION), None)
    return {
        "sure": told(sure[-1] if sure else None),
        "precision_at_recall": told(enough),
        "recall_at_precision": told(wide),
    }


def _thinned(points: list[dict[str, float]], n: int = 150) -> list[dict[str, float]]:
    """At most about n points of a curve, the first and the last among them."""
    if len(points) <= n:
        return points
    kept: list[dict[str, float]] = []
    for i, point in enumerate(points):
        last = i == len(points) - 1
        if not kept or last or point["coverage"] - kept[-1]["coverage"] >= 1 / n:
            kept.append(point)
    return kept


def compare(
    rows: Sequence[Row],
    one: Sequence[Answer],
    other: Sequence[Answer],
    *,
    metrics: Sequence[str] = ("country", "rejected", "admin1", "city_40", "city_161"),
) -> dict[str, Any]:
    """Differences of two systems on the rows that count for each metric."""
    first, second = outcomes(rows, one), outcomes(rows, other)
    out: dict[str, Any] = {}
    for name in metrics:
        pairs = [
            (a, b)
            for a, b in zip(first[name], second[name], strict=True)
            if a is not None and b is not None
        ]
        if pairs:
            out[name] = difference([a for a, _ in pairs], [b for _, b in pairs])
    return out


def where(rows: Sequence[Row], test: Callable[[Row], bool]) -> list[int]:
    """Positions of the rows that pass a test."""
    return [i for i, row in enumerate(rows) if test(row)]
