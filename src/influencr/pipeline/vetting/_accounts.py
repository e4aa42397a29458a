"""What is known of every account that follows somebody, as arrays over one numbering.

Profiles are read in the buckets in which they were judged. Accounts that
were only ever seen as followers get a row of unknowns: they count as followers and tell nothing.
Whoever may not be counted (`_gates.may_be_counted`) has no row at all, and their follows were
dropped before.

Nothing that names a person is in the arrays: the key is a hash, a bio is a group number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from influencr import vetting
from influencr.pipeline._gates import may_be_counted
from influencr.pipeline._graph import key_of
from influencr.pipeline.vetting._plan import ACCOUNTS, read_buckets, read_plan
from influencr.vetting import arrivals, followers
from influencr.vetting._audience import Accounts

__all__ = [
    "ACCOUNT_SCHEMA",
    "account_rows",
    "declared_language",
    "gather_accounts",
    "load_accounts",
    "sort_profiles",
    "write_accounts",
]

type _Array = np.ndarray[Any, Any]

#: What a bucket of profiles leaves for vetting.
ACCOUNT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "key": pl.UInt64,
    "created": pl.Int64,
    "p": pl.Float32,
    "state": pl.Int8,
    "bio": pl.String,
    "language": pl.String,
    "followers": pl.Int32,
    "following": pl.Int32,
}
_UNKNOWN, _ACTIVE, _QUIET, _DORMANT = 0, 1, 2, 3
_MOST = np.iinfo(np.int32).max


def account_rows(profiles: pl.DataFrame, posts: pl.DataFrame, *, as_of: datetime) -> pl.DataFrame:
    """ACCOUNT_SCHEMA of the profiles that may be counted.

    profiles   latest state, one row per profile
    posts      latest posts of these profiles; only `profile_id` and `created_at` are read

    `p` is the follower model's, NaN for platforms and profiles that it says nothing about. The
    state follows the rule of `vetting.judge_activity`: silence is only claimed where somebody
    looked within `vetting.STALE_DAYS`.
    """
    counted = profiles.filter(may_be_counted())
    newest = (
        posts.filter(pl.col("created_at") <= as_of)
        .group_by("profile_id")
        .agg(pl.col("created_at").max().alias("_posted_at"))
    )
    counted = counted.join(newest, on="profile_id", how="left", maintain_order="left")
    seen = pl.max_horizontal(
        "_posted_at",
        pl.when(pl.col("last_active_at") <= as_of).then(pl.col("last_active_at")),
    )
    silent = (pl.lit(as_of) - seen).dt.total_seconds() / 86_400
    looked = (pl.lit(as_of) - pl.col("fetched_at")).dt.total_seconds() / 86_400
    # Somebody who was dormant when last looked at was so whatever came after.
    dormant_then = (pl.col("fetched_at") - seen).dt.total_seconds() / 86_400 > vetting.DORMANT_DAYS
    state = (
        pl.when(silent <= vetting.ACTIVE_DAYS)
        .then(_ACTIVE)
        .when((silent > vetting.DORMANT_DAYS) & ((looked <= vetting.STALE_DAYS) | dormant_then))
        .then(_DORMANT)
        .when((silent <= vetting.DORMANT_DAYS) & (looked <= vetting.STALE_DAYS))
        .then(_QUIET)
        .otherwise(_UNKNOWN)
    )
    created = pl.col("account_created_at")
    return counted.select(
        key_of().alias("key"),
        pl.when(created <= as_of).then(created.dt.epoch("s")).fill_null(-1).alias("created"),
        _scores(counted),
        state.alias("state"),
        pl.col("bio_text").alias("bio"),
        declared_language().alias("language"),
        *(pl.col(c).clip(0, _MOST).fill_null(-1).alias(c) for c in ("followers", "following")),
    ).select(pl.col(name).cast(dtype) for name, dtype in ACCOUNT_SCHEMA.items())


def write_accounts(work: Path, bucket: int) -> None:
    """accounts/<bucket>.parquet from the files that buckets.json names."""
    profiles, posts = read_buckets(work)[bucket]
    rows = account_rows(
        pl.read_parquet(list(profiles)),
        pl.scan_parquet(list(posts)).select("profile_id", "created_at").collect()
        if posts
        else pl.DataFrame(schema={"profile_id": pl.String, "created_at": pl.Datetime("us", "UTC")}),
        as_of=datetime.fromtimestamp(read_plan(work).as_of, UTC),
    )
    rows.write_parquet(work / "accounts" / f"{bucket:06d}.parquet", compression="lz4")


def declared_language() -> pl.Expr:
    """ISO 639-1 as the profile declares it; words are not guessed at."""
    return pl.col("language").str.to_lowercase().str.extract(r"^([a-z]{2})(?:$|[-_])")


def _scores(profiles: pl.DataFrame) -> pl.Series:
    """The follower model's probabilities, by platform, NaN where it has no word to say."""
    p = np.full(len(profiles), np.nan, dtype=np.float32)
    platforms = profiles["platform"]
    for platform in platforms.unique().sort():
        rows = np.flatnonzero((platforms == platform).to_numpy())
        scored = followers.score(profiles[rows], platform, reasons=False)
        p[rows] = scored["p_bought"].cast(pl.Float32).fill_null(np.nan).to_numpy()
    return pl.Series("p", p)


def sort_profiles(parts: Sequence[Path], work: Path) -> None:
    """profiles-*.npy, sorted by key, from files of ACCOUNT_SCHEMA: key, created, language."""
    rows = pl.scan_parquet(list(parts)).select("key", "created", "language").sort("key").collect()
    spoken = rows["language"].drop_nulls().unique().sort()
    codes = rows["language"].replace_strict(
        spoken, pl.int_range(len(spoken), eager=True), default=-1, return_dtype=pl.Int16
    )
    for name, values in (("key", rows["key"]), ("created", rows["created"]), ("language", codes)):
        np.save(work / f"profiles-{name}.npy", values.to_numpy())


def gather_accounts(parts: Sequence[Path], work: Path, groups: int) -> None:
    """accounts-*.npy of everybody with a profile or seen as a follower, in order of key.

    parts    files of ACCOUNT_SCHEMA
    groups   groups of followers, whose keys-<group>.npy are there
    """
    key = np.concatenate([np.load(work / f"keys-{g}.npy") for g in range(groups)])
    n = len(key)
    rows = pl.scan_parquet(list(parts)).drop("bio", "language").collect()
    at = np.searchsorted(key, rows["key"].to_numpy())
    _save(work, "key", key)
    for name, unknown, dtype in (
        ("created", -1, np.int64),
        ("p", np.nan, np.float32),
        ("state", 0, np.int8),
        ("followers", -1, np.int32),
        ("following", -1, np.int32),
    ):
        _save(work, name, _scattered(rows[name].to_numpy(), at, n, unknown, dtype))
    codes = np.load(work / "profiles-language.npy")
    place = np.searchsorted(key, np.load(work / "profiles-key.npy"))
    _save(work, "language", _scattered(codes, place, n, -1, np.int16))
    del rows, codes, place
    bios = pl.scan_parquet(list(parts)).select("bio").collect()["bio"]
    grouped = arrivals.bio_groups(bios)
    _save(work, "bio", _scattered(grouped.to_numpy(), at, n, -1, np.int32))
    # No source delivers a fingerprint of the picture yet, so that no two are known to be alike.
    _save(work, "avatar", np.full(n, -1, dtype=np.int32))


def load_accounts(work: Path) -> Accounts:
    """The accounts of this run, mapped into memory: processes share them."""
    return Accounts(
        **{
            # As plain arrays over the mapped files: slicing a memmap costs ten times as much.
            name: np.asarray(np.load(work / f"{ACCOUNTS}-{name}.npy", mmap_mode="r"))
            for name in Accounts._fields
        }
    )


def _save(work: Path, name: str, values: _Array) -> None:
    np.save(work / f"{ACCOUNTS}-{name}.npy", values)


def _scattered(values: _Array, at: _Array, n: int, unknown: float, dtype: Any) -> _Array:
    whole = np.full(n, unknown, dtype=dtype)
    whole[at] = values
    return whole
