"""Does a creator follow its followers back more than creators of its size do? Family X.

Following back is a habit of whole networks (in 2010, 72 % of those on Twitter followed more than
80 % of their followers back; Weng et al., WSDM 2010), so nobody is told anything by the share
alone: it is placed among creators of the same platform near the same number of followers. Where it
is far above theirs, and the creator follows about as many as follow it, the number of followers was
made by exchange. That is a fact beside the verdict, and it never counts as bought.

The place is a mid-rank among about NEAR creators, blended between two divisions of the platform's
creators by size whose borders lie between each other's, so that one follower more changes nothing
at once.

NEAR, MIN_COHORT, HALF, RATIO, ABOVE, MIN_SEEN: our own choice, fixed by
tests/unit/vetting/engagement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from influencr.errors import SchemaError
from influencr.vetting.verdict._ledger import EVIDENCE_SCHEMA, empty_evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FOLLOWED_BACK", "reciprocity"]

FOLLOWED_BACK: Final = "followed_back"
VERSION: Final = "1"
#: Creators of about the same size that one is placed among; with fewer than MIN_COHORT on a
#: platform nobody is placed.
NEAR, MIN_COHORT = 200, 100
#: Fires when, with MIN_SEEN followers seen or more, surely more than HALF are followed back, the
#: creator follows between 1 / RATIO and RATIO times as many as follow it, and no more than
#: 1 - ABOVE of creators of its size do it as much.
HALF, RATIO, ABOVE, MIN_SEEN = 0.5, 2.0, 0.99, 50
#: Of a one-sided 95 % limit.
_Z = 1.645
_COLUMNS = ("creator", "platform", "followers", "seen", "back", "own")


def reciprocity(creators: pl.DataFrame) -> pl.DataFrame:
    """One row per creator whose own follows are known: EVIDENCE_SCHEMA, family X.

    creators   `creator` (row of the audience), `platform`, `followers` (as shown, null unknown),
               `seen` (followers seen), `back` (of them, whom it follows), `own` (its own follows
               seen; 0 means that they were not collected, and nothing is said)
    returns    statistic FOLLOWED_BACK; value the share followed back, p the share of creators of
               about its size with as much, null where too few can be compared

    Raises SchemaError when a column is missing.
    """
    for name in _COLUMNS:
        if name not in creators.columns:
            raise SchemaError(f"Reciprocity needs the column {name!r}.", field=name)
    known = creators.filter(pl.col("own") > 0, pl.col("seen") > 0).sort(
        "platform",
        pl.max_horizontal(pl.col("followers").fill_null(0), "seen"),
        "creator",
    )
    if known.is_empty():
        return empty_evidence()
    parts = [_placed(part) for part in known.partition_by("platform", maintain_order=True)]
    placed = pl.concat(parts)
    seen, share = pl.col("seen").cast(pl.Float64), pl.col("share")
    # Wilson's lower limit: three of four is not yet a habit.
    middle = (share + _Z**2 / (2 * seen)) / (1 + _Z**2 / seen)
    half = _Z * (share * (1 - share) / seen + _Z**2 / (4 * seen**2)).sqrt() / (1 + _Z**2 / seen)
    followers = pl.max_horizontal(pl.col("followers").fill_null(0), "seen")
    fires = (
        (pl.col("seen") >= MIN_SEEN)
        & (middle - half > HALF)
        & (pl.col("own") / followers).is_between(1 / RATIO, RATIO)
        & (pl.col("p") <= 1 - ABOVE)
    )
    fixed = {
        "creator": pl.col("creator"),
        "family": pl.lit("X"),
        "statistic": pl.lit(FOLLOWED_BACK),
        "value": share,
        "p": pl.col("p"),
        "members": pl.when(fires.fill_null(value=False)).then("back").otherwise(0),
        "member_rows": pl.lit([], dtype=pl.List(pl.Int32)),
        "share": share,
        "fires": fires.fill_null(value=False),
        "chart": pl.lit(""),
        "checked": pl.lit([], dtype=EVIDENCE_SCHEMA["checked"]),
        "version": pl.lit(f"reciprocity {VERSION}"),
    }
    return placed.select(
        (fixed[name] if name in fixed else pl.lit(None)).cast(kind).alias(name)
        for name, kind in EVIDENCE_SCHEMA.items()
    ).sort("creator")


def _placed(part: pl.DataFrame) -> pl.DataFrame:
    """The creators of one platform, in order of size, with `share` and `p`."""
    share = part["back"].to_numpy() / part["seen"].to_numpy()
    n = len(share)
    p = np.full(n, np.nan)
    if n >= MIN_COHORT:
        place = np.arange(n)
        width = n / max(1, round(n / NEAR))
        one = (place / width).astype(np.int64)
        # The second division is half a part further; its first and last parts are larger instead.
        two = np.clip(np.floor(place / width - 0.5), 0, max(int(n / width) - 2, 0)).astype(np.int64)
        inside = place / width - one
        weight = 1.0 - 2.0 * np.abs(inside - 0.5)
        p = weight * _as_much(share, one) + (1.0 - weight) * _as_much(share, two)
    return part.with_columns(share=pl.Series(share), p=pl.Series(p).fill_nan(None))


def _as_much(share: NDArray[np.float64], of: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of the creators of the same part that follow back as much, each counted half."""
    ranked = pl.DataFrame({"share": share, "of": of}).select(
        (1 - (pl.col("share").rank("average").over("of") - 0.5) / pl.len().over("of")).alias("p")
    )
    found: NDArray[np.float64] = ranked["p"].to_numpy()
    return found
