"""From a ledger to verdicts, many creators at once; and what each reason is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from influencr.errors import SchemaError
from influencr.vetting.verdict._ledger import is_explained, is_standing
from influencr.vetting.verdict._rule import (
    CODES,
    DESIGNS,
    MIN_LABELS,
    MIN_SP,
    STATUS_OF,
    VERSION,
    Creators,
    apply,
    row_sums,
    total,
)
from influencr.vetting.verdict._sentences import STATUS_WORDS, sentence

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["DECIDED_SCHEMA", "NEARLY_WHOLE", "decide", "effects"]

#: Share of the shown followers that counts as all of them: platforms count accounts that are gone.
#: Our own choice.
NEARLY_WHOLE: Final = 0.9

#: status     vetted, needs_a_look, looks_inflated, unknown
#: code       what the rule concluded, finer (`_rule.STATUS_OF`)
#: sentence   what is shown
#: looked     letters of the families that looked; stood: of those with a finding that stands
DECIDED_SCHEMA: Final[dict[str, pl.DataType]] = {
    "creator": pl.Int64(),
    "status": pl.String(),
    "code": pl.String(),
    "sentence": pl.String(),
    "looked": pl.List(pl.String()),
    "stood": pl.List(pl.String()),
    "version": pl.String(),
}
_ORDER: Final = {"G": 0, "C": 1, "D": 2, "P": 3, "B": 4, "E": 5, "X": 6, "A": 7}


def decide(
    evidence: pl.DataFrame,
    shares: pl.DataFrame,
    activity: pl.DataFrame,
    availability: pl.DataFrame,
    *,
    as_of: datetime,
) -> pl.DataFrame:
    """The verdict of every creator of `shares`, in that order: DECIDED_SCHEMA.

    evidence       the whole ledger, family P included (`share.complete`)
    shares         `share.SHARES_SCHEMA`, one row per creator
    activity       `creator, activity_state`; who is missing is unknown
    availability   `creator, platform`, and `design` (DESIGNS) where the caller knows how the
                   followers seen were chosen; without it they are the whole audience when they are
                   NEARLY_WHOLE of the followers shown, and otherwise nobody knows
    as_of          the instant that the evidence refers to

    Raises SchemaError when evidence names a creator that `shares` does not have.
    """
    facts = _facts(shares, activity, availability)
    rows = _numbered(evidence, facts)
    sums = row_sums(rows)
    codes = apply(total(sums, len(facts)), _creators(facts))
    told = facts.with_columns(code=pl.Series(np.array(CODES)[codes], dtype=pl.String))
    families = rows.group_by("creator").agg(
        looked=pl.col("family").unique().sort(),
        stood=pl.col("family").filter(is_standing()).unique().sort(),
    )
    told = (
        told.with_row_index("number")
        .with_columns(pl.col("number").cast(pl.Int64))
        .join(families, left_on="number", right_on="creator", how="left", maintain_order="left")
        .with_columns(
            pl.col("looked").fill_null(pl.lit([], pl.List(pl.String))),
            pl.col("stood").fill_null(pl.lit([], pl.List(pl.String))),
            status=pl.col("code").replace_strict(dict(STATUS_OF), return_dtype=pl.String),
            version=pl.lit(VERSION),
        )
    )
    speaking = (
        rows.filter(pl.col("fires"))
        .with_columns(
            stands=is_standing(),
            explained=is_explained(),
            rank=pl.col("family").replace_strict(_ORDER, return_dtype=pl.Int64),
        )
        .sort("creator", "rank", pl.col("members"), descending=[False, False, True])
        .drop("member_rows", "chart")
        .partition_by("creator", as_dict=True)
    )
    nothing: list[dict[str, object]] = []
    said = [
        sentence(
            one["code"],
            one,
            found.to_dicts() if (found := speaking.get((one["number"],))) is not None else nothing,
            as_of=as_of,
        )
        for one in told.iter_rows(named=True)
    ]
    return told.with_columns(sentence=pl.Series(said, dtype=pl.String)).select(
        pl.col(name).cast(kind) for name, kind in DECIDED_SCHEMA.items()
    )


def effects(
    evidence: pl.DataFrame,
    shares: pl.DataFrame,
    activity: pl.DataFrame,
    availability: pl.DataFrame,
) -> pl.Series:
    """What the verdict would be without each row of the ledger: "without this: needs a look".

    Arguments as for `decide`. One text per row of `evidence`, in its order. The finding, its
    members and, for family P, the share of the other followers are left out.
    """
    facts = _facts(shares, activity, availability)
    rows = _numbered(evidence, facts)
    sums = row_sums(rows)
    whole = total(sums, len(facts))
    of_row = whole._replace(counts=whole.counts[sums.creator], creator=sums.creator)
    codes = apply(of_row, _creators(facts).take(sums.creator), without=sums)
    words = np.array([f"without this: {STATUS_WORDS[STATUS_OF[code]]}" for code in CODES])
    return pl.Series("effect", words[codes], dtype=pl.String)


def _facts(
    shares: pl.DataFrame, activity: pl.DataFrame, availability: pl.DataFrame
) -> pl.DataFrame:
    """The shares with `activity_state`, `platform` and `design`."""
    if "design" not in availability.columns:
        availability = availability.with_columns(design=pl.lit(None, pl.String))
    return (
        shares.join(
            activity.select("creator", "activity_state"),
            on="creator",
            how="left",
            maintain_order="left",
        )
        .join(
            availability.select("creator", "platform", "design"),
            on="creator",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            design=pl.coalesce(
                "design",
                pl.when(pl.col("n_seen") >= NEARLY_WHOLE * pl.col("followers"))
                .then(pl.lit("whole"))
                .otherwise(pl.lit("unknown")),
            )
        )
    )


def _numbered(evidence: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """The ledger with creators numbered as they stand in `facts`."""
    numbers = facts.select("creator", number=pl.int_range(pl.len(), dtype=pl.Int64))
    joined = evidence.join(numbers, on="creator", how="left", maintain_order="left")
    if joined["number"].null_count():
        strange = joined.filter(pl.col("number").is_null())["creator"][0]
        raise SchemaError(
            f"The ledger names creator {strange}, of whom there is no share.", field="creator"
        )
    return joined.with_columns(creator="number").drop("number")


def _creators(facts: pl.DataFrame) -> Creators:
    def numbers(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return facts[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    fair = facts["design"].is_in(list(DESIGNS[:2])).to_numpy()
    active = facts["activity_state"].replace_strict(
        {"active": 1, "quiet": 0, "dormant": 0}, default=-1, return_dtype=pl.Int8
    )
    with np.errstate(invalid="ignore"):
        tested = (numbers("sp") >= MIN_SP) & (facts["n_sp"].to_numpy() >= MIN_LABELS)
    return Creators(
        members=facts["members"].to_numpy(),
        seen=facts["n_seen"].to_numpy(),
        rest_point=numbers("rest_point"),
        rest_lo=numbers("rest_lo"),
        rest_hi=numbers("rest_hi"),
        n=facts["n"].to_numpy(),
        tested=tested,
        cohort_p90=numbers("cohort_p90"),
        cohort_p95=numbers("cohort_p95"),
        active=active.fill_null(-1).to_numpy(),
        fair=fair,
        whole=(facts["design"] == "whole").to_numpy(),
    )
