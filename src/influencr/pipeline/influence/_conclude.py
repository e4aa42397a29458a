"""From sums to statements: what is usual in the home is learned, then every creator is judged.

Nothing here sees an act. Learning reads the sums of everybody; the score is fitted on at most
FITTED creators of each network, those whose hashes are smallest, which is a fair sample.

FITTED: our own choice, above what `score.fit` reads of one stratum.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from influencr.influence import closeness, engagement, score
from influencr.pipeline.influence._plan import Plan
from influencr.pipeline.influence._store import (
    INFLUENCE_FILE,
    INFLUENCE_SCHEMA,
    JUMP,
    growth_lines,
)

__all__ = ["FITTED", "conclude"]

FITTED = 24_000
_PLACES = tuple(
    f"engagement_{what}percentile{end}"
    for what in ("", "effortful_")
    for end in ("", "_low", "_high")
)


def conclude(
    work: Path, plan: Plan, standing: pl.DataFrame, progress: Callable[[int], None]
) -> Path:
    """influence.parquet from what the groups were reduced to.

    standing   `creator, family, from_at, to_at` of vetting findings that stand and have a time
    progress   called with groups done
    """
    groups = range(plan.groups)
    creators = pl.read_parquet(work / "creators.parquet")
    usual = engagement.learn(engagement.Measured.concat(_measured(work, group) for group in groups))
    talk = closeness.learn(pl.concat(_read(work, "closeness", group) for group in groups))
    closeness_of = [closeness.facts(_read(work, "closeness", g), talk) for g in groups]
    answered = pl.concat(
        facts.select("creator", closeness="closeness_answered") for facts in closeness_of
    )
    judged = creators.join(answered, on="creator", how="left", maintain_order="left")
    context = _fitted(work, plan, judged)
    parts = []
    for group in groups:
        first, stop = plan.bounds[group], plan.bounds[group + 1]
        mine = judged.slice(first, stop - first)
        scored = score.judge(
            mine, _read(work, "posts", group), None, as_of=plan.as_of, context=context
        )
        grown = _read(work, "growth", group)
        part = work / f"judged-{group:06d}.parquet"
        labels = _labels(work, mine["profile_id"])
        pl.concat(
            [
                mine.select("profile_id", "platform", "handle"),
                *(
                    facts.drop("profile_id", "creator")
                    for facts in (
                        engagement.facts(_measured(work, group), usual),
                        scored,
                        closeness_of[group],
                        grown,
                    )
                ),
                _found(mine, _read(work, "jumps", group), standing),
                growth_lines(
                    grown["growth_at"], grown["growth_followers"], as_of=plan.as_of
                ).to_frame(),
                labels.drop("profile_id"),
            ],
            how="horizontal",
        ).with_columns(
            # Shares of a cohort are percentiles here, like that of the score.
            *(pl.col(name) * 100.0 for name in _PLACES),
            as_of=pl.lit(datetime.fromtimestamp(plan.as_of, UTC)),
        ).select(pl.col(name).cast(kind) for name, kind in INFLUENCE_SCHEMA.items()).write_parquet(
            part
        )
        parts.append(part)
        progress(group + 1)
    whole = work / INFLUENCE_FILE
    pl.scan_parquet(parts, schema=INFLUENCE_SCHEMA).sink_parquet(whole, row_group_size=_ROWS)
    return whole


#: Rows of a group of the file: what reading one creator costs.
_ROWS = 2_000


def _read(work: Path, what: str, group: int) -> pl.DataFrame:
    return pl.read_parquet(work / f"{what}-{group:06d}.parquet")


def _measured(work: Path, group: int) -> engagement.Measured:
    return engagement.Measured(_read(work, "measured", group), _read(work, "histogram", group))


def _fitted(work: Path, plan: Plan, creators: pl.DataFrame) -> score.Context:
    drawn = creators.filter(pl.col("creator").rank("ordinal").over("platform") <= FITTED)
    posts = (
        pl.scan_parquet([work / f"posts-{group:06d}.parquet" for group in range(plan.groups)])
        .join(drawn.lazy().select("creator"), on="creator", how="semi")
        .collect()
    )
    return score.fit(drawn, posts, None, as_of=plan.as_of)


def _labels(work: Path, profile_ids: pl.Series) -> pl.DataFrame:
    """Labels of these creators, in their order."""
    found = (
        pl.scan_parquet(work / "labels" / "*.parquet")
        .filter(pl.col("profile_id").is_in(profile_ids.implode()))
        .collect()
    )
    return profile_ids.to_frame().join(found, on="profile_id", how="left", maintain_order="left")


def _found(creators: pl.DataFrame, jumps: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """growth_found: the jumps of each creator, with the families that found something then."""
    beside = (
        jumps.select("creator", "from_at", "to_at")
        .join(standing, on="creator", suffix="_then")
        .filter(
            pl.col("from_at") <= pl.col("to_at_then"), pl.col("to_at") >= pl.col("from_at_then")
        )
        .group_by("creator", "from_at", "to_at")
        .agg(families=pl.col("family").unique().sort())
    )

    def time(name: str) -> pl.Expr:
        return pl.from_epoch(pl.col(name), "s").dt.cast_time_unit("us").dt.replace_time_zone("UTC")

    lists = (
        jumps.join(beside, on=["creator", "from_at", "to_at"], how="left", maintain_order="left")
        .select(
            "creator",
            found=pl.struct(
                time("from_at").alias("from_at"),
                time("to_at").alias("to_at"),
                *("gained", "expected", "before", "basis"),
                pl.col("families").fill_null([]).alias("families"),
            ).cast(JUMP),
        )
        .group_by("creator", maintain_order=True)
        .agg(growth_found=pl.col("found"))
    )
    return (
        creators.select("creator")
        .join(lists, on="creator", how="left", maintain_order="left")
        .select("growth_found")
    )
