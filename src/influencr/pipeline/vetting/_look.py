"""Every family of evidence that reads follows, over one group of creators at a time.

Creators are looked at platform by platform, because where followers come from and how many share a
bio differ between networks. What families find is kept in files, `creator` counting over the whole
run; it is put together, corrected for the many creators and judged in `_conclude`.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from influencr.pipeline.vetting._cut import (
    assemble,
    by_platform,
    load_audience,
    sample_of,
)
from influencr.pipeline.vetting._kept import keep, kept
from influencr.pipeline.vetting._plan import read_plan
from influencr.vetting import arrivals, lockstep
from influencr.vetting.verdict import EVIDENCE_SCHEMA

__all__ = ["assemble_group", "find_blocks", "found_files", "learn", "look", "look_for_lockstep"]

_BLOCKS = "blocks.npz"


def assemble_group(work: Path, group: int) -> None:
    """The audience of one group of creators, on disk."""
    assemble(work, group)


def learn(work: Path) -> None:
    """background-<platform>.npz and rates-<platform>.npz: what is usual, told from all creators."""
    for platform in pl.read_parquet(work / "listed.parquet")["platform"].unique().sort():
        sample = sample_of(work, platform)
        if sample is not None:
            keep(_usual(work, "background", platform), arrivals.background(sample.accounts, sample))
            keep(_usual(work, "rates", platform), arrivals.base_rates(sample))


def look(work: Path, group: int) -> None:
    """found-arrivals-<group>.parquet and what lockstep needs of this group."""
    audience = load_audience(work, group)
    found, suspicious = [], []
    for first, part in by_platform(audience):
        platform = part.creators["platform"][0]
        background = kept(_usual(work, "background", platform), arrivals.Background)
        rates = kept(_usual(work, "rates", platform), arrivals.BaseRates)
        for rows in (
            arrivals.scan(part, background),
            arrivals.bursts(part),
            arrivals.duplicates(part, rates),
        ):
            found.append(_numbered(rows, audience.creators["number"], first))
        suspicious.append(lockstep.candidates(part))
    _keep(work, "arrivals", group, found)
    keep(work / f"candidates-{group:06d}.npz", lockstep.Candidates.join(suspicious))


def find_blocks(work: Path) -> None:
    """blocks.npz: groups of accounts that arrive together, over all creators."""
    plan = read_plan(work)
    parts = [
        kept(work / f"candidates-{group:06d}.npz", lockstep.Candidates)
        for group in range(plan.creator_groups)
    ]
    accounts = load_audience(work, 0).accounts
    keep(work / _BLOCKS, lockstep.blocks(lockstep.Candidates.join(parts), accounts))


def look_for_lockstep(work: Path, group: int) -> None:
    """found-lockstep-<group>.parquet from the blocks."""
    blocks = kept(work / _BLOCKS, lockstep.Blocks)
    audience = load_audience(work, group)
    found = [_numbered(lockstep.evidence(blocks, audience), audience.creators["number"], 0)]
    _keep(work, "lockstep", group, found)


def _usual(work: Path, what: str, platform: str) -> Path:
    return work / f"{what}-{platform}.npz"


def found_files(work: Path) -> list[Path]:
    """Every file that families left."""
    return sorted(work.glob("found-*.parquet"))


def _numbered(rows: pl.DataFrame, numbers: pl.Series, first: int) -> pl.DataFrame:
    """Rows of the ledger with creators counted over the whole run."""
    return rows.with_columns(
        numbers.gather(rows["creator"] + first).cast(pl.Int64).alias("creator")
    ).select(pl.col(name).cast(kind) for name, kind in EVIDENCE_SCHEMA.items())


def _keep(work: Path, family: str, group: int, found: list[pl.DataFrame]) -> None:
    whole = pl.concat(found) if found else pl.DataFrame(schema=EVIDENCE_SCHEMA)
    whole.write_parquet(work / f"found-{family}-{group:06d}.parquet", compression="lz4")
