"""The same verdict again, from what is stored: nothing is believed that cannot be recomputed.

A stored creator is their ledger, their share, whether they post and how their followers were seen.
`rederive` applies the rule to these and nothing else. `recheck` does so for somebody who disputes
a verdict, and sets the new record, with its date, beside the old one; neither replaces the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import polars as pl

from influencr.errors import UsageError
from influencr.records import BoughtShare, Verdict
from influencr.vetting.share._measure import BATCH_FAMILIES, SHARES_SCHEMA, combine
from influencr.vetting.verdict._decide import decide, effects
from influencr.vetting.verdict._ledger import EVIDENCE_SCHEMA, as_record, is_standing
from influencr.vetting.verdict._rule import DESIGNS
from influencr.vetting.verdict._sentences import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = ["Recheck", "recheck", "rederive"]


class Recheck(msgspec.Struct, frozen=True, kw_only=True):
    """A disputed verdict and what the same inputs say today.

    before, after   the two dated records
    same            status and every finding agree
    differences     one sentence each; empty when `same`
    """

    before: Verdict
    after: Verdict
    same: bool
    differences: tuple[str, ...]


def rederive(
    evidence: pl.DataFrame,
    share: BoughtShare,
    *,
    platform: str,
    activity_state: str,
    design: str | None = None,
    as_of: datetime,
    checked_at: datetime,
    members: Sequence[str | None] = (),
) -> Verdict:
    """The verdict of one creator from their stored ledger and share.

    evidence         EVIDENCE_SCHEMA; the column `creator` is not read, and times may be instants
    share            as stored; members and the whole share are counted anew from the evidence, so
                     that a ledger from which a reason was taken gives what is left
    design           how the followers seen were chosen (`_rule.DESIGNS`); None: from the counts
    members          hash of the members of each row, where stored

    Raises UsageError for a design that does not exist.
    """
    if design is not None and design not in DESIGNS:
        raise UsageError(
            f"design: {design!r} is not known; valid: {', '.join(DESIGNS)}.", field="design"
        )
    rows = evidence.select(
        pl.lit(0, pl.Int64).alias("creator"),
        *(
            (pl.col(name).dt.epoch("s") if evidence.schema[name].is_temporal() else pl.col(name))
            .cast(kind)
            .alias(name)
            for name, kind in EVIDENCE_SCHEMA.items()
            if name != "creator"
        ),
    )
    share = _counted(share, rows)
    facts = {"creator": 0, **dict.fromkeys(SHARES_SCHEMA), **msgspec.structs.asdict(share)}
    shares = pl.DataFrame([{**facts, "creator": 0}], schema=SHARES_SCHEMA, orient="row")
    activity = pl.DataFrame({"creator": [0], "activity_state": [activity_state]})
    availability = pl.DataFrame(
        {"creator": [0], "platform": [platform], "design": [design]},
        schema_overrides={"design": pl.String},
    )
    decided = decide(rows, shares, activity, availability, as_of=as_of).row(0, named=True)
    worth = effects(rows, shares, activity, availability)
    hashes = [*members, *([None] * (len(rows) - len(members)))]
    return Verdict(
        status=decided["status"],
        sentence=decided["sentence"],
        share=share,
        evidence=tuple(
            as_record(row, members=digest, effect=effect)
            for row, digest, effect in zip(rows.iter_rows(named=True), hashes, worth, strict=True)
        ),
        as_of=as_of,
        checked_at=checked_at,
        n_seen=share.n_seen,
        followers=share.followers,
        version=decided["version"],
    )


def recheck(before: Verdict, evidence: pl.DataFrame, **stored: Any) -> Recheck:
    """A disputed verdict beside what its stored inputs say now.

    before     the record that is disputed
    evidence   as for `rederive`, and `stored` are its other arguments: `platform`,
               `activity_state`, `design`, `checked_at`, `members`; share and `as_of` are the old
               record's unless they are given
    """
    after = rederive(
        evidence,
        stored.pop("share", before.share),
        as_of=stored.pop("as_of", before.as_of),
        **stored,
    )
    found = []
    if after.status != before.status:
        found.append(
            f"The verdict was {STATUS_WORDS[before.status]} and is {STATUS_WORDS[after.status]}."
        )
    if after.version != before.version:
        found.append(f"The rule was version {before.version} and is version {after.version}.")
    old, new = ({_finding(e) for e in v.evidence} for v in (before, after))
    if old != new:
        found.append(
            f"{len(old - new)} findings of the old record are gone and {len(new - old)} are new."
        )
    return Recheck(before=before, after=after, same=not found, differences=tuple(found))


def _counted(share: BoughtShare, rows: pl.DataFrame) -> BoughtShare:
    """The share with the members that the evidence itself names."""
    batches = rows.filter(pl.col("family").is_in(BATCH_FAMILIES) & is_standing())
    listed = batches["member_rows"].explode().drop_nulls().n_unique() if len(batches) else 0
    unlisted = batches.filter(pl.col("member_rows").list.len() == 0)["members"].sum()
    members = min(int(listed) + int(unlisted), share.n_seen)
    tested = (rows["family"] == "P").any()
    rest = [
        np.array([np.nan if value is None or not tested else value])
        for value in (share.rest_point, share.rest_lo, share.rest_hi)
    ]
    limits = combine((rest[0], rest[1], rest[2]), np.array([members]), np.array([share.n_seen]))
    point, lo, hi = (None if np.isnan(limit[0]) else float(limit[0]) for limit in limits)
    return msgspec.structs.replace(share, members=members, point=point, lo=lo, hi=hi)


def _finding(evidence: Any) -> tuple[Any, ...]:
    what = (evidence.family, evidence.statistic, evidence.value, evidence.p, evidence.members)
    return (*what, evidence.fires, evidence.effect)
