"""Does engagement drop by a fifth past 100,000 followers? The saying, tested where data allow.

`cohorts.change_at` fits a line on either side of a size (log rate on log followers, inside a power
of ten on each side) and tells both slopes and the jump between, with bootstrap intervals over
accounts. `tier ratio` is what the saying compares: the middle rate of accounts in the power of ten
above against that in the one below. A number that falls smoothly with size has such a ratio below
one without anything happening at 100,000.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from benchmarks.influence.goals import figure, need

from influencr.cohorts import Change, change_at

__all__ = ["run"]

Array = npt.NDArray[np.float64]

#: What the saying claims, as a ratio, and the size that it names.
CLAIMED, AT = 0.8, 100_000.0
_MONTHS = ("sep", "oct", "nov", "dec")
_TIMES = {"K": 1e3, "M": 1e6, "B": 1e9}

_Loaded = tuple[Array, Array, npt.NDArray[Any] | None, str]


def run(datasets: Path | None, *, quick: bool = False) -> dict[str, Any]:
    """Slopes, jump and ratio on four sets; beside it the same at other sizes."""
    draws = 100 if quick else 1_000
    told, rows, notes = [], [], []
    for name, load in _SETS.items():
        size, value, group, rate = load(datasets)
        known = np.isfinite(size) & np.isfinite(value) & (size > 0) & (value > 0)
        found = change_at(size, value, at=AT, group=group, draws=draws)
        n = int(known.sum())
        if found.jump is None:
            notes.append(f"{name} ({rate}): {n:,} rows with a rate; {found.reason}")
        else:
            told.append(_jump(name, found))
        for at in _near(size[known]):
            other = change_at(size, value, at=at, group=group, draws=draws)
            if other.jump is not None:
                rows.append([name, f"{at:,.0f}", *_cells(other)])
    return {
        "id": "saying",
        "title": "the saying that engagement drops by a fifth past 100,000 followers",
        "data": "instagram-spain-3000, influencers-top1000-2022 (three networks, four months), "
        "tiktok-samples, bluesky-profiles-4k; only accounts with a rate above zero",
        "protocol": __doc__.partition("\n\n")[2].strip(),
        "figures": told,
        "tables": [
            {
                "title": "The same at other sizes, for comparison",
                "columns": [
                    *("set", "at", "below", "above", "slope below", "slope above"),
                    *("jump", "jump, interval", "tier ratio", "tier ratio, interval"),
                ],
                "rows": rows,
            }
        ],
        "notes": [
            *notes,
            "Slopes are powers: -0.2 means that ten times the followers have 37 % less. A jump of "
            "1 is none.",
            "Lists of the top accounts hold whoever had engagement enough to be listed, which "
            "bends every slope; rates of different sets are defined differently and not compared.",
        ],
    }


def _jump(name: str, found: Change) -> dict[str, Any]:
    value, low, high = _three(found.jump)
    told = figure(f"{name}: jump at 100,000 (the saying: {CLAIMED:g})", value, low, high)
    return {**told, "n_left": found.n_left, "n_right": found.n_right}


def _three(value: Any) -> tuple[float, float, float]:
    point, low, high = value
    return float(point), float(low), float(high)


def _cells(found: Change) -> list[Any]:
    slopes = [_three(one)[0] for one in (found.slope_left, found.slope_right)]
    cells: list[Any] = [found.n_left, found.n_right, *slopes]
    for three in (found.jump, found.tier_ratio):
        value, low, high = _three(three)
        cells += [value, f"{low:.2f} to {high:.2f}"]
    return cells


def _near(size: Array) -> list[float]:
    """100,000 and the round sizes with accounts around them."""
    wanted = (1e3, 1e4, 3e4, 1e5, 3e5, 1e6, 1e7, 3e7)
    return [at for at in wanted if min((size < at).sum(), (size >= at).sum()) >= 50]


def _spain(datasets: Path | None) -> _Loaded:
    with gzip.open(need(datasets, "instagram-spain-3000", "influencers.jsonl.gz")) as file:
        rows = pl.read_ndjson(file.read(), infer_schema_length=None)
    return _columns(rows, "followerCount", "engagementRate", "the rate that the list states")


def _columns(rows: pl.DataFrame, size: str, value: str, rate: str) -> _Loaded:
    numbers = rows.select(pl.col(size, value).cast(pl.Float64)).fill_null(float("nan"))
    return numbers[size].to_numpy(), numbers[value].to_numpy(), None, rate


def _number(column: str) -> pl.Expr:
    """17.8M and the like."""
    text = pl.col(column).cast(pl.String).str.strip_chars().str.to_uppercase()
    last = text.str.slice(-1).replace_strict(_TIMES, default=1.0, return_dtype=pl.Float64)
    return text.str.extract(r"^([\d.]+)").cast(pl.Float64, strict=False) * last


def _top(network: str, *parts: str) -> Callable[[Path | None], _Loaded]:
    def load(datasets: Path | None) -> _Loaded:
        months = []
        for month in _MONTHS:
            path = need(datasets, "influencers-top1000-2022", f"{network}_2022_{month}.csv.gz")
            read = pl.read_csv(path, infer_schema=False)
            total = pl.sum_horizontal(_number(part).fill_null(0.0) for part in parts)
            months.append(
                read.select(
                    who=pl.col("AccountName"), size=_number("Subscribers"), total=total
                ).with_columns(rate=pl.col("total") / pl.col("size"))
            )
        rows = pl.concat(months).drop_nulls()
        return (
            rows["size"].to_numpy(),
            rows["rate"].to_numpy(),
            rows["who"].rank("dense").to_numpy(),
            " + ".join(part.lower() for part in parts) + " of a post, per follower",
        )

    return load


def _tiktok(datasets: Path | None) -> _Loaded:
    path = need(datasets, "tiktok-samples", "restricted", "tiktok_creators.csv")
    rows = pl.read_csv(path, infer_schema_length=None).filter(pl.col("total_videos") > 0)
    rows = rows.with_columns(
        rate=pl.col("total_likes") / pl.col("total_videos") / pl.col("followers")
    )
    return _columns(rows, "followers", "rate", "likes per video, per follower, over all time")


def _bluesky(datasets: Path | None) -> _Loaded:
    with gzip.open(need(datasets, "bluesky-profiles-4k", "profiles.jsonl.gz")) as file:
        rows = pl.read_ndjson(file.read(), infer_schema_length=None)
    total = pl.col("avg_likes_received") + pl.col("avg_replies_received")
    rows = rows.with_columns(rate=total / pl.col("followers_count"))
    return _columns(rows, "followers_count", "rate", "likes and replies per post, per follower")


_SETS: dict[str, Callable[[Path | None], _Loaded]] = {
    "instagram-spain-3000": _spain,
    "influencers-top1000-2022, Instagram": _top("instagram", "EngagementAverage"),
    "influencers-top1000-2022, TikTok": _top("tiktok", "Likes", "Comments", "Shares"),
    "influencers-top1000-2022, YouTube": _top("youtube", "Likes", "Comments"),
    "tiktok-samples": _tiktok,
    "bluesky-profiles-4k": _bluesky,
}
