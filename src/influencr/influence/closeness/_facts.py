"""What is stated about how close a creator is to those who reply.

closeness               chance that a reply is answered within PROMPT_HOURS; 0..1
closeness_answered      x closeness_within_day: its two parts, whose product it is
closeness_answered      share of replies that the creator answers
closeness_within_day    share of the answers that come within PROMPT_HOURS
closeness_answer_hours  hours until the middle answer
closeness_mutual        share of repliers with whom it went both ways on MIN_MUTUAL posts or more
closeness_repeat        share of repliers who replied to MIN_REPEAT posts or more

A product of all would be small for everybody and mean nothing; "of 100 replies so many are answered
within a day" is something that a person can check. Who comes back stands beside it, under its own
name. Shares are drawn towards what is usual on the platform, the more the fewer replies there are.
Intervals are of 95 %. With no reply seen everything is unknown.

MIN_REPLIES is our own choice: an answer to one of two replies says little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from influencr.cohorts import Z_95
from influencr.influence.closeness._learn import SHARES, Home, Shares, delay_variance, worth
from influencr.influence.closeness._measure import MIN_MUTUAL, MIN_REPEAT, PROMPT_HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FACTS_SCHEMA", "MIN_REPLIES", "facts"]

#: With fewer replies (answers, repliers) nothing is stated.
MIN_REPLIES = 3
_TAILS = (0.025, 0.975)
_NAMES = ("", "_answered", "_within_day", "_answer_hours", "_mutual", "_repeat")

FACTS_SCHEMA: Final[Mapping[str, Any]] = {
    "profile_id": pl.String(),
    "creator": pl.UInt64(),
    **{
        f"closeness{name}{suffix}": kind
        for name in _NAMES
        for suffix, kind in (
            ("", pl.Float64()),
            ("_low", pl.Float64()),
            ("_high", pl.Float64()),
            ("_n", pl.Int64()),
            ("_reason", pl.String()),
        )
    },
    "closeness_mutual_pairs": pl.Int64(),
    "closeness_repeat_repliers": pl.Int64(),
}


def facts(measured: pl.DataFrame, home: Home) -> pl.DataFrame:
    """FACTS_SCHEMA, one row per creator measured, in their order.

    measured   from `measure`, of a bucket or of all
    home       `learn` of all buckets together
    """
    rows = measured.with_row_index("row")
    parts = [_platform(part, home) for part in rows.partition_by("platform")]
    if not parts:
        return pl.DataFrame(schema=FACTS_SCHEMA)
    whole = pl.concat(parts).sort("row")
    return whole.select(pl.col(name).cast(kind) for name, kind in FACTS_SCHEMA.items())


def _platform(part: pl.DataFrame, home: Home) -> pl.DataFrame:
    from scipy import special

    platform = str(part["platform"][0])
    numbers: dict[str, Floats] = {}
    posterior: dict[str, tuple[Floats, Floats]] = {}
    for name, (hits, of) in SHARES.items():
        prior = home.shares.get((platform, name), Shares(0.5, 0.5, 0))
        k, n = (part[column].to_numpy().astype(np.float64) for column in (hits, of))
        less = np.ones(len(n))
        if name == "answered":
            less = worth(part, home.correlation.get(platform, 0.0))
        a, b = k * less + prior.a, (n - k) * less + prior.b
        posterior[name] = a, b
        low, high = (special.betaincinv(a, b, tail) for tail in _TAILS)
        # Who never answered may never answer (Brown, Cai and DasGupta 2001).
        low, high = np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)
        numbers[f"_{name}"] = np.stack([low, a / (a + b), high], axis=1)
    numbers[""] = _product(posterior["answered"], posterior["within_day"])
    numbers[""][part["n_answered"].to_numpy() == 0, 0] = 0.0
    numbers["_answer_hours"] = _hours(part, home, platform)
    counts = {
        "": "n_replies",
        "_answered": "n_replies",
        "_within_day": "n_timed",
        "_answer_hours": "n_timed",
        "_mutual": "n_repliers",
        "_repeat": "n_repliers",
    }
    seen = {name: pl.col(column) >= MIN_REPLIES for name, column in counts.items()}
    # Whether answers come soon cannot be told where no time of an answer is known; where nothing
    # is answered it does not matter, and the usual share stands in.
    timed = (pl.col("n_timed") > 0) | (pl.col("n_answered") == 0)
    seen[""] &= timed
    # Nobody comes back on fewer posts than that takes.
    seen["_mutual"] &= pl.col("n_posts") >= MIN_MUTUAL
    seen["_repeat"] &= pl.col("n_posts") >= MIN_REPEAT
    columns = []
    for name, values in numbers.items():
        for at, suffix in ((1, ""), (0, "_low"), (2, "_high")):
            value = pl.Series(f"closeness{name}{suffix}", values[:, at])
            columns.append(pl.when(seen[name] & pl.col("scored")).then(value).alias(value.name))
        columns.append(pl.col(counts[name]).alias(f"closeness{name}_n"))
        columns.append(_reason(name, counts[name], seen[name]).alias(f"closeness{name}_reason"))
    heard = pl.col("scored") & (pl.col("n_replies") > 0)
    return part.select(
        "row",
        "profile_id",
        "creator",
        *columns,
        closeness_mutual_pairs=pl.when(heard).then("n_mutual"),
        closeness_repeat_repliers=pl.when(heard).then("n_repeat"),
    )


def _product(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> Floats:
    """Interval and mean of the product of two independent beta variables.

    The beta distribution with the product's mean and variance (Fan 1991).
    """
    from scipy import special

    mean, square = np.ones(len(one[0])), np.ones(len(one[0]))
    for a, b in (one, other):
        mean = mean * a / (a + b)
        square = square * a * (a + 1) / ((a + b) * (a + b + 1))
    variance = np.maximum(square - mean**2, 1e-15)
    strength = np.maximum(mean * (1 - mean) / variance - 1, 1e-6)
    a, b = mean * strength, (1 - mean) * strength
    low, high = (special.betaincinv(a, b, tail) for tail in _TAILS)
    return np.stack([low, mean, high], axis=1)


def _hours(part: pl.DataFrame, home: Home, platform: str) -> Floats:
    n = part["n_timed"].to_numpy().astype(np.float64)
    spread = home.delays.get(platform)
    if spread is None:
        return np.full((len(n), 3), np.nan)
    square = part["delay_square"].fill_null(0.0).to_numpy()
    mean, variance = spread.shrunk(
        part["delay_median"].fill_null(0.0).to_numpy(), delay_variance(n, square, spread.noise)
    )
    half = Z_95 * np.sqrt(variance)
    value: Floats = np.exp(np.stack([mean - half, mean, mean + half], axis=1)) / 3_600
    return value


def _reason(name: str, count: str, seen: pl.Expr) -> pl.Expr:
    told = {
        "": pl.format(
            "Of {} replies {} were answered; {} of {} answers within " + f"{PROMPT_HOURS} hours.",
            "n_replies",
            "n_answered",
            "n_prompt",
            "n_timed",
        ),
        "_answered": pl.format("{} of {} replies were answered.", "n_answered", "n_replies"),
        "_within_day": pl.format(
            "{} of {} answers came within " + f"{PROMPT_HOURS} hours.", "n_prompt", "n_timed"
        ),
        "_answer_hours": pl.format("Middle of {} answers.", "n_timed"),
        "_mutual": pl.format(
            "With {} of {} repliers it went both ways on " + f"{MIN_MUTUAL} posts or more.",
            "n_mutual",
            "n_repliers",
        ),
        "_repeat": pl.format(
            "{} of {} repliers replied to " + f"{MIN_REPEAT} posts or more.",
            "n_repeat",
            "n_repliers",
        ),
    }[name]
    few = pl.format(
        "Only {} {} seen; " + f"{MIN_REPLIES} are needed.",
        pl.col(count),
        pl.lit({"n_replies": "replies", "n_timed": "dated answers"}.get(count, "repliers")),
    )
    return (
        pl.when(~pl.col("scored"))
        .then(pl.lit("The source's terms do not allow a computed number."))
        .when(~pl.col("collected"))
        .then(pl.lit("Replies to this creator were not collected one by one."))
        .when(pl.col("n_replies") == 0)
        .then(pl.lit("No reply of anybody else was seen."))
        .when(seen)
        .then(told)
        .when((pl.lit(name) == "") & (pl.col("n_replies") >= MIN_REPLIES))
        .then(pl.lit("When answers came is not known."))
        .when(pl.col(count) >= MIN_REPLIES)
        .then(pl.format("Only {} posts with replies were seen.", "n_posts"))
        .otherwise(few)
    )
