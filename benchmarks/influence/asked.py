"""The influence score of the product, asked as of a day."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from benchmarks.influence.frames import Seen

from influencr.influence import score

__all__ = ["Told", "exclusive", "of_frames", "of_home", "split_by_creator"]

Array = npt.NDArray[np.float64]

_COLUMNS = ("influence_per_post", "influence_per_post_low", "influence_per_post_high")


class Told(NamedTuple):
    """Expected acts per post of each creator with its 95 % interval; NaN where it is refused."""

    value: Array
    low: Array
    high: Array


def of_frames(now: Seen) -> Told:
    """Learned from these frames and judged on them."""
    context = score.fit(now.creators, now.posts, now.acts, as_of=now.cut)
    told = score.judge(now.creators, now.posts, now.acts, as_of=now.cut, context=context)
    return _aligned(now, told)


def exclusive(now: Seen) -> Told:
    """The same with the credit for items that several brought split between them."""
    known = pl.when(pl.col("item") >= 0).then("item")
    shared = score.shared_with(now.posts.with_columns(item=known))
    posts = now.posts.join(shared, on="post", how="left", maintain_order="left")
    return of_frames(now._replace(posts=posts))


def split_by_creator(now: Seen) -> Array:
    """The values, each half of the creators judged by what the other half taught."""
    half = (now.creators["creator"].hash(seed=1) % 2).to_numpy()
    value = np.full(len(half), np.nan)
    for side in (0, 1):
        taught = now.creators.filter(pl.Series(half != side))
        asked = now.creators.filter(pl.Series(half == side))
        context = score.fit(taught, *_of(now, taught), as_of=now.cut)
        told = score.judge(asked, *_of(now, asked), as_of=now.cut, context=context)
        value[half == side] = _aligned(now._replace(creators=asked), told).value
    return value


def _of(now: Seen, creators: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    keys = creators["creator"].implode()
    posts, acts = (frame.filter(pl.col("creator").is_in(keys)) for frame in (now.posts, now.acts))
    return posts, acts


def of_home(now: Seen, judged: Path) -> Told | None:
    """What a home stored; None where this version stores no influence."""
    path = judged / "influence.parquet"
    if not path.exists():
        return None
    return _aligned(now, pl.read_parquet(path, columns=["profile_id", *_COLUMNS]))


def _aligned(now: Seen, told: pl.DataFrame) -> Told:
    joined = now.creators.select("profile_id").join(
        told.select("profile_id", *_COLUMNS), on="profile_id", how="left", maintain_order="left"
    )
    return Told(
        *(joined[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in _COLUMNS)
    )
