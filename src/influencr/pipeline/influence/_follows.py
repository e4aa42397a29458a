"""Follows of a group of creators, from what the vetting run left: read once, used twice.

Vetting has cut them by creator, dropped people who may not be counted, and told times that cannot
be true (-1).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from influencr.pipeline.vetting._plan import ACCOUNTS

__all__ = ["follows_of"]

_SCHEMA = {"creator": pl.UInt64, "actor": pl.UInt64, "at": pl.Int64}


def follows_of(vetting: Path, creators: pl.Series) -> pl.DataFrame:
    """creator, actor u64, at i64 (-1 unknown): who follows these creators, in order of arrival.

    vetting    folder of the vetting run
    creators   keys
    """
    parts = [_part(vetting, file, creators) for file in sorted(vetting.glob("audience-*.parquet"))]
    parts = [part for part in parts if len(part)]
    return pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA)


def _part(vetting: Path, file: Path, creators: pl.Series) -> pl.DataFrame:
    listed = pl.read_parquet(file, columns=["key"])["key"]
    rows = np.flatnonzero(listed.is_in(creators.implode()).to_numpy())
    if not len(rows):
        return pl.DataFrame(schema=_SCHEMA)
    arrays: dict[str, Any] = {
        name: np.load(vetting / f"{file.stem}-{name}.npy", mmap_mode="r")
        for name in ("starts", "who", "at")
    }
    accounts = np.load(vetting / f"{ACCOUNTS}-key.npy", mmap_mode="r")
    first, stop = arrays["starts"][rows], arrays["starts"][rows + 1]
    n = stop - first
    # Positions of all follows of these creators, one creator after the other.
    at = np.arange(n.sum()) + np.repeat(first - np.concatenate([[0], np.cumsum(n)[:-1]]), n)
    return pl.DataFrame(
        {
            "creator": np.repeat(listed.to_numpy()[rows], n),
            "actor": accounts[arrays["who"][at]],
            "at": np.asarray(arrays["at"][at]),
        },
        schema=_SCHEMA,
    )
