"""Whom somebody moves, and how that compares: stored facts, and the cohort to draw beside them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from influencr.errors import HomeError

if TYPE_CHECKING:
    import polars as pl

    from influencr.engine._opened import Opened

__all__ = ["Cohort", "Influence", "influence"]

#: Creators of one platform that a cohort is drawn from: a fair sample, by the hash of their id.
#: Our own choice, enough for a smooth line and read in a tenth of a second.
_DRAWN: Final = 6_000
#: Creators that are shown as points of their own, and sizes at which the band is drawn.
_POINTS: Final = 320
_STEPS: Final = 24
_CREATORS_FILE: Final = "creators.parquet"


class Cohort(NamedTuple):
    """Creators of one platform by size and influence, or engagement.

    n                   how many have both
    sizes               followers at which the band is told, rising; empty with too few creators
    low, usual, high    the value below which 10, 50 and 90 % of them lie there
    points              (followers, value) of some of them
    """

    n: int
    points: tuple[tuple[float, float], ...]
    sizes: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    usual: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


class Influence(NamedTuple):
    """Everything measured about one creator.

    facts        a row of judged/influence.parquet (docs/reference/creators)
    cohort       whom they are compared with; None where that was not asked for, or nobody of the
                 platform has a score
    engagement   the same for the share of the followers who react to a post
    """

    facts: dict[str, Any]
    cohort: Cohort | None
    engagement: Cohort | None = None


def influence(engine: Opened, profile_id: str, *, cohort: bool) -> Influence | None:
    """See `Engine.influence`."""
    from influencr.pipeline.influence import read_influence

    judged = engine.home.judged
    try:
        facts = next(read_influence(judged, [profile_id]), None)
    except HomeError:
        # Judged by a version that read no acts: the next whole refresh does.
        return None
    if facts is None:
        return None
    if not cohort:
        return Influence(facts, None)
    platform = str(facts["platform"])
    return Influence(
        facts, _cohort_of(judged, platform), _cohort_of(judged, platform, "engagement_rate")
    )


_lock = threading.Lock()
_kept: dict[tuple[str, str, str], tuple[int, Cohort | None]] = {}


def _cohort_of(judged: Path, platform: str, column: str = "influence") -> Cohort | None:
    """The cohort of a platform, worked out once for each judgement."""
    file = judged / _CREATORS_FILE
    stamp = file.stat().st_mtime_ns
    key = str(file), platform, column
    with _lock:
        known = _kept.get(key)
    if known is None or known[0] != stamp:
        known = stamp, _cohort(file, platform, column)
        with _lock:
            _kept[key] = known
    return known[1]


def _cohort(file: Path, platform: str, column: str) -> Cohort | None:
    import polars as pl

    from influencr import cohorts

    both = (
        pl.scan_parquet(file)
        .select("profile_id", "platform", "followers", pl.col(column).alias("value"))
        .filter(
            pl.col("platform") == platform,
            pl.col("value") > 0,
            pl.col("followers") > 0,
        )
        .collect()
    )
    if both.is_empty():
        return None
    drawn = both.sort(pl.col("profile_id").hash(seed=0)).head(_DRAWN)
    points = drawn.head(_POINTS).select(pl.col("followers").cast(pl.Float64), "value")
    cohort = Cohort(len(both), tuple((size, value) for size, value in points.iter_rows()))
    return cohort if len(drawn) < cohorts.MIN_CREATORS else _with_band(cohort, drawn)


def _with_band(cohort: Cohort, drawn: pl.DataFrame) -> Cohort:
    """The same with the value below which 10, 50 and 90 % lie, by size."""
    import numpy as np
    import polars as pl

    from influencr import cohorts

    curves = cohorts.fit(
        drawn.select("platform", "followers", "value"),
        value="value",
        size="followers",
        language=None,
        topic=None,
    )
    ends = drawn["followers"].quantile(0.01), drawn["followers"].quantile(0.99)
    sizes = np.geomspace(max(ends[0] or 1.0, 1.0), max(ends[1] or 1.0, 2.0), _STEPS)
    grid = pl.DataFrame(
        {"platform": [drawn["platform"][0]] * _STEPS, "followers": sizes.astype(np.int64)}
    )
    found = curves.expected(grid)
    low, usual, high = (tuple(found[f"expected_{share}"].to_list()) for share in (10, 50, 90))
    return cohort._replace(sizes=tuple(sizes.tolist()), low=low, usual=usual, high=high)
