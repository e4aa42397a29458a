"""Every family of evidence that reads follows, over one group of creators at a time.

Creators are looked at platform by platform, because where followers come from and how many share a
bio differ between networks. What families find is kept in files, `creator` counting over the whole
run; it is put together, corrected for the many creators and judged in `_conclude`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from influencr.pipeline.vetting._cut import (
    assemble,
    by_platform,
    load_audience,
    sample_of,
)
from influencr.pipeline.vetting._kept import keep, kept
from influencr.pipeline.vetting._plan import read_plan
from influencr.pipeline.vetting._talk import read_acts
from influencr.vetting import arrivals, lockstep, rings
from influencr.vetting.verdict import EVIDENCE_SCHEMA

if TYPE_CHECKING:
    from influencr.vetting._audience import Audience

__all__ = [
    "BLOCKS",
    "RINGS",
    "assemble_group",
    "find_groups",
    "found_files",
    "learn",
    "look",
    "look_for_groups",
    "read_ties",
]

#: Groups over all creators, in the folder of the run.
BLOCKS, RINGS = "blocks.npz", "rings.npz"


def assemble_group(work: Path, group: int) -> None:
    """The audience of one group of creators, on disk."""
    assemble(work, group)


def learn(work: Path) -> None:
    """background-<platform>.npz and rates-<platform>.npz: what is usual, told from all creators.

    A background that lies here already (of a run over everybody) stays.
    """
    for platform in pl.read_parquet(work / "listed.parquet")["platform"].unique().sort():
        sample = sample_of(work, platform)
        if sample is None:
            continue
        background = _usual(work, "background", platform)
        if not background.exists():
            keep(background, arrivals.background(sample.accounts, sample))
        keep(_usual(work, "rates", platform), arrivals.base_rates(sample))


def look(work: Path, group: int) -> None:
    """found-arrivals-<group>.parquet and what lockstep and rings need of this group."""
    audience = load_audience(work, group)
    found, suspicious = [], []
    for first, part in by_platform(audience):
        platform = part.creators["platform"][0]
        background = kept(_usual(work, "background", platform), arrivals.Background)
        rates = kept(_usual(work, "rates", platform), arrivals.BaseRates)
        for rows in (
            arrivals.scan(part, background),
            arrivals.bursts(part, rates),
            arrivals.duplicates(part, rates),
        ):
            found.append(_numbered(rows, audience.creators["number"], first))
        suspicious.append(lockstep.candidates(part))
    _keep(work, "arrivals", group, found)
    keep(work / f"candidates-{group:06d}.npz", lockstep.Candidates.join(suspicious))
    keep(work / f"mutual-{group:06d}.npz", rings.mutual(audience))
    _ties(audience).write_parquet(work / f"ties-{group:06d}.parquet")


def find_groups(work: Path) -> None:
    """blocks.npz: accounts that arrive together; rings.npz: people who follow or answer each
    other. Both over all creators."""
    plan = read_plan(work)
    parts = [
        kept(work / f"candidates-{group:06d}.npz", lockstep.Candidates)
        for group in range(plan.creator_groups)
    ]
    accounts = load_audience(work, 0).accounts
    keep(work / BLOCKS, lockstep.blocks(lockstep.Candidates.join(parts), accounts))
    del parts
    ties = [
        kept(work / f"mutual-{group:06d}.npz", rings.Mutual) for group in range(plan.creator_groups)
    ]
    circles = [rings.find(rings.Mutual.join(ties), accounts)]
    acts = read_acts(work)
    if acts is not None:
        circles.append(rings.pods(acts))
    keep(work / RINGS, rings.Rings.join(circles))


def look_for_groups(work: Path, group: int) -> None:
    """found-groups-<group>.parquet from the blocks and the rings.

    Of rings only findings: who is in none is told by how much it follows back (`read_ties`).
    """
    blocks = kept(work / BLOCKS, lockstep.Blocks)
    circles = kept(work / RINGS, rings.Rings)
    audience = load_audience(work, group)
    found = [
        _numbered(rows, audience.creators["number"], 0)
        for rows in (
            lockstep.evidence(blocks, audience),
            rings.evidence(circles, audience).filter("fires"),
        )
    ]
    _keep(work, "groups", group, found)


def _ties(audience: Audience) -> pl.DataFrame:
    """`creator` (its number), followers seen, those it follows back, and its own follows seen."""
    sums = np.concatenate([[0], np.cumsum(audience.mutual, dtype=np.int64)])
    return audience.creators.select(
        pl.col("number").cast(pl.Int64).alias("creator"),
        "platform",
        "followers",
        pl.Series("seen", audience.seen),
        pl.Series("back", sums[audience.starts[1:]] - sums[audience.starts[:-1]]),
        own="own_follows",
    )


def read_ties(work: Path) -> pl.DataFrame:
    """What `engagement.reciprocity` reads, of everybody with a known follower."""
    groups = range(read_plan(work).creator_groups)
    return pl.concat([pl.read_parquet(work / f"ties-{group:06d}.parquet") for group in groups])


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
