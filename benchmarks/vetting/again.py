"""Are stored verdicts what their stored evidence says? Made again, one random label at a time.

Also: is a verdict without one of its reasons the one that the reason itself states?
"""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import polars as pl

from influencr.records import BoughtShare, Verdict
from influencr.vetting.verdict import EVIDENCE_SCHEMA, STATUS_WORDS, is_standing, rederive

__all__ = ["labels_again"]


def labels_again(judged: Path, *, n: int, seed: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """((labels that came out the same, labels tried), (effects that held, effects tried)).

    judged   folder of the judged files of a home
    n        labels tried, drawn at random; every label with a reason counts among those drawn
             first, so that not only empty ledgers are tried
    """
    vetted = pl.read_parquet(judged / "vetting.parquet")
    ledger = pl.read_parquet(judged / "evidence.parquet")
    state = pl.scan_parquet(judged / "creators*.parquet").select("profile_id", "activity_state")
    vetted = vetted.join(state.collect(), on="profile_id", how="left")
    rng = random.Random(seed)
    telling = set(ledger.filter("fires")["profile_id"])
    with_reason = [i for i in vetted["profile_id"] if i in telling]
    others = [i for i in vetted["profile_id"] if i not in telling]
    half = min(len(with_reason), n // 2)
    chosen = rng.sample(with_reason, half) + rng.sample(others, min(len(others), n - half))
    rows = {row["profile_id"]: row for row in vetted.iter_rows(named=True)}
    own = ledger.filter(pl.col("profile_id").is_in(chosen)).partition_by("profile_id", as_dict=True)
    empty = ledger.clear()
    same = held = tried = 0
    for profile_id in chosen:
        row, evidence = rows[profile_id], own.get((profile_id,), empty)
        told = _again(row, evidence)
        same += told.status == row["verdict"] and _told(row, told.sentence)
        standing = [i for i, fires in enumerate(evidence["fires"]) if fires]
        if standing:
            i = rng.choice(standing)
            rest = evidence.filter(pl.int_range(pl.len()) != i)
            without = _again(_less(row, evidence, i), rest)
            tried += 1
            held += evidence["effect"][i] == f"without this: {STATUS_WORDS[without.status]}"
    return (same, len(chosen)), (held, tried)


def _share(row: dict[str, object]) -> BoughtShare:
    names = [field.name for field in msgspec.structs.fields(BoughtShare)]
    return BoughtShare(**{name: row[f"share_{name}"] for name in names})


def _again(row: dict[str, object], evidence: pl.DataFrame) -> Verdict:
    return rederive(
        evidence.select(name for name in EVIDENCE_SCHEMA if name != "creator"),
        _share(row),
        platform=str(row["platform"]),
        activity_state=str(row["activity_state"]),
        as_of=row["as_of"],
        checked_at=row["checked_at"],
    )


def _told(row: dict[str, object], sentence: str) -> bool:
    """The stored sentence; whose followers may not be read is told so instead (n_seen is 0)."""
    return row["sentence"] == sentence or not row["n_seen"]


def _less(row: dict[str, object], evidence: pl.DataFrame, gone: int) -> dict[str, object]:
    """The creator's row without one finding: its members counted anew from those that stay."""
    rest = evidence.filter(pl.int_range(pl.len()) != gone)
    batches = rest.filter(pl.col("family").is_in(["C", "G"]) & is_standing())
    listed = batches["member_rows"].explode().drop_nulls().n_unique() if len(batches) else 0
    unlisted = batches.filter(pl.col("member_rows").list.len() == 0)["members"].sum()
    less = {**row, "share_members": int(listed) + int(unlisted)}
    if evidence["family"][gone] == "P":
        less |= {f"share_rest_{limit}": None for limit in ("point", "lo", "hi")}
    return less
