"""The influence score of creators: parts that multiply to it, an interval, a percentile.

    influence_per_post = usual for the size
                         x response of those who act
                         x share of them that is clean
                         x share that is due to them alone, where items are known to be shared
                         x likes and views, as far as they tell more
                         x passers-by, if the home's own posts show that they tell
                         x closeness, likewise

MIN_POSTS and CLEAN_PRIOR are our own choice, fixed by tests/unit/influence/score. One post is
enough because little is then claimed: the score stays near what is usual for the size, and its
interval says so. Of a creator with few acts the share that is clean is the home's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from influencr.errors import SchemaError
from influencr.influence.score._estimate import passers_of, respond
from influencr.influence.score._level import Who
from influencr.influence.score._parts import RESULT_SCHEMA, with_parts
from influencr.influence.score._posts import per_post
from influencr.influence.score._totals import STRATUM, posts_of, read, sums
from influencr.records import Policy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.influence.score._context import Context, Stratum

    Floats = NDArray[np.float64]

__all__ = ["CLEAN_PRIOR", "MIN_POSTS", "allowed", "judge", "scores", "who_of"]

#: Settled posts with known reactions that a score needs.
MIN_POSTS = 1
#: Acts at the home's share that a creator's own share of clean acts is mixed with.
CLEAN_PRIOR = 10.0
#: Two-sided normal quantile of 95 %.
_Z = 1.959963984540054

_SCORED = {
    "creator": pl.UInt64(),
    "basis": pl.Int8(),
    "shown": pl.Int8(),
    "n_posts": pl.Int64(),
    "n_effort": pl.Float64(),
    "n_clean": pl.Float64(),
    "n_crowd": pl.Float64(),
    "n_apart": pl.Float64(),
    "n_likes": pl.Float64(),
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "place_low": pl.Float64(),
    "place_high": pl.Float64(),
    "usual": pl.Float64(),
    "response": pl.Float64(),
    "clean": pl.Float64(),
    "alone": pl.Float64(),
    "likes": pl.Float64(),
    "passers": pl.Float64(),
    "closeness_factor": pl.Float64(),
    "has_apart": pl.Boolean(),
    "has_likes": pl.Boolean(),
    "has_passers": pl.Boolean(),
    "has_closeness": pl.Boolean(),
    "recent": pl.Boolean(),
    "n_compared": pl.Int64(),
    "fitted": pl.Boolean(),
}


def allowed(creators: pl.DataFrame) -> pl.Expr:
    """Whose source permits a derived number; a frame without policies permits it."""
    if "policy" not in creators.columns:
        return pl.lit(True)
    return (pl.col("policy").fill_null(0) & int(Policy.SCORE)) != 0


def with_cohorts(creators: pl.DataFrame) -> pl.DataFrame:
    """The same, with language and topic, null where the frame has no such column."""
    return creators.with_columns(
        pl.lit(None, dtype=pl.String).alias(name)
        for name in ("language", "topic")
        if name not in creators.columns
    )


def who_of(creators: pl.DataFrame, keys: NDArray[np.uint64]) -> tuple[Who, Floats]:
    """Who the creators with these keys are (ascending; all in the frame), and their closeness."""
    frame = pl.DataFrame({"creator": pl.Series(keys, dtype=pl.UInt64)}).join(
        creators.unique("creator"), on="creator", how="left", maintain_order="left"
    )

    def words(name: str) -> NDArray[np.str_]:
        if name not in frame.columns:
            return np.full(frame.height, "", dtype=np.str_)
        return frame[name].cast(pl.String).fill_null("").to_numpy().astype(np.str_)

    followers = pl.col("followers").cast(pl.Float64)
    size = pl.when(followers >= 0).then(pl.max_horizontal(followers, 1.0).log10())
    if "audience_hidden" in frame.columns:
        size = pl.when(~pl.col("audience_hidden").fill_null(False)).then(size)
    closeness = np.full(frame.height, np.nan)
    if "closeness" in frame.columns:
        closeness = frame["closeness"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    sized = frame.select(size.fill_null(float("nan"))).to_series().to_numpy().astype(np.float64)
    return Who(sized, words("language"), words("topic")), closeness


def scores(
    creators: pl.DataFrame, rows: pl.DataFrame, *, as_of: int, context: Context
) -> pl.DataFrame:
    """Score and parts of every creator that has posts and a stratum; no percentile yet.

    creators   with platform and followers, one row per creator
    rows       the per-post table
    """
    used = read(rows, as_of=as_of).join(
        creators.select("creator", "platform"), on="creator", how="inner"
    )
    out = []
    for words, part in used.partition_by(*STRATUM, as_dict=True).items():
        key = (str(words[0]), int(str(words[1])), int(str(words[2])))
        stratum = context.strata.get(key)
        if stratum is not None:
            out.append(_stratum(part.drop("platform"), creators, stratum))
    table = pl.concat(out) if out else pl.DataFrame(schema=_SCORED)
    return creators.join(table, on="creator", how="left", maintain_order="left")


def _stratum(rows: pl.DataFrame, creators: pl.DataFrame, stratum: Stratum) -> pl.DataFrame:
    told, model = stratum.told, stratum.model
    keys = rows["creator"].unique().sort().to_numpy()
    who, closeness = who_of(creators, keys)
    found = respond(model, posts_of(rows, keys, model.measures), who, told.memory)
    table = sums(rows)
    usual = stratum.factor * np.exp(stratum.power * found.usual) * (1.0 + stratum.passers_ratio)
    response = np.exp(told.response * found.response)
    likes = np.exp(told.likes * found.likes)
    passers = np.exp(told.passers * passers_of(table, stratum.passers_ratio))
    known = np.isfinite(closeness)
    close = np.exp(told.closeness * np.where(known, closeness - stratum.closeness, 0.0))
    own = (table["n_clean"].to_numpy() + CLEAN_PRIOR * stratum.clean_share) / (
        table["n_effort"].to_numpy() + CLEAN_PRIOR
    )
    clean = own / stratum.clean_share
    acts, apart = table["n_acts"].to_numpy(), table["n_apart"].to_numpy()
    alone = (acts + CLEAN_PRIOR * stratum.alone_share) / (acts + apart + CLEAN_PRIOR)
    alone = alone / stratum.alone_share
    value = usual * response * likes * passers * close
    wide = _Z * np.sqrt(told.response**2 * found.variance + told.drift)
    return (
        table.select(
            "creator",
            "basis",
            "shown",
            "n_posts",
            "n_effort",
            "n_clean",
            "n_crowd",
            "n_apart",
            pl.col("n_likes").cast(pl.Float64),
        )
        .with_columns(
            pl.Series("value", value),
            pl.Series("low", value * np.exp(-wide)),
            pl.Series("high", value * np.exp(wide)),
            # Scores lie closer together than rates: a bound's place among rates is, among scores,
            # nearer by as much.
            pl.Series("place_low", value * np.exp(-wide * stratum.visible)),
            pl.Series("place_high", value * np.exp(wide * stratum.visible)),
            pl.Series("usual", usual),
            # What all who act would show, of which the next two are the shares that count.
            pl.Series("response", response / clean / alone),
            pl.Series("clean", clean),
            pl.Series("alone", alone),
            pl.Series("likes", likes),
            pl.Series("passers", passers),
            pl.Series("closeness_factor", close),
            pl.lit(stratum.alone_share < 1.0).alias("has_apart"),
            pl.lit(len(model.measures) > 1 and told.likes > 0).alias("has_likes"),
            pl.lit(told.passers != 0).alias("has_passers"),
            pl.Series("has_closeness", known & (told.closeness != 0)),
            pl.lit(told.memory is not None).alias("recent"),
            pl.lit(stratum.n_creators, dtype=pl.Int64).alias("n_compared"),
            pl.lit(model.fitted).alias("fitted"),
        )
        .select(list(_SCORED))
    )


def judge(
    creators: pl.DataFrame,
    posts: pl.DataFrame,
    acts: pl.DataFrame | None = None,
    *,
    as_of: int,
    context: Context,
) -> pl.DataFrame:
    """The influence of these creators.

    creators   as for `fit`; one row per creator, any part of the home
    posts      their posts, as for `per_post`, or its result
    acts       acts on these posts; None where only counts are known
    as_of      seconds since 1970, UTC
    context    what `fit` learned in the home
    returns    RESULT_SCHEMA, one row per row of `creators`, in its order. Numbers are null with
               `influence_reason` where there are fewer than MIN_POSTS settled posts whose
               reactions are known, or where the source permits no derived number

    The product of `factor` over `influence_parts` is `influence_per_post`. Raises SchemaError when
    a column is missing.
    """
    for name in ("profile_id", "creator", "platform", "followers"):
        if name not in creators.columns:
            raise SchemaError(
                f"The influence score needs the column {name!r} of creators.", field=name
            )
    creators = with_cohorts(creators)
    rows = per_post(acts, posts, as_of=as_of)
    permitted = creators.filter(allowed(creators)).unique("creator", keep="first")
    table = scores(permitted, rows, as_of=as_of, context=context)
    enough = pl.col("n_posts") >= MIN_POSTS
    told = [c for c in _SCORED if c not in ("creator", "n_posts")]
    table = table.with_columns(pl.when(enough).then(pl.col(c)).alias(c) for c in told)
    full = creators.with_row_index("row").with_columns(permitted=allowed(creators))
    full = full.join(
        table.select("creator", *(c for c in _SCORED if c != "creator")),
        on="creator",
        how="left",
        maintain_order="left",
    )
    result = with_parts(full, context)
    return result.select(list(RESULT_SCHEMA))
