"""Curves of a positive number against size, per platform, with allowance for language and topic.

`fit` takes one row per creator and keeps a distribution per stratum (`_stratum`); strata are never
mixed: numbers of different platforms, or made in different ways, do not compare. Below a stratum,
language, topic and both together are drawn towards it, the more the fewer creators they have.

A number that is counted in steps (a median of whole reactions, a share of followers) is given half
a step, so that none lies at minus infinity, and its percentile the width of a step.

MIN_CREATORS is our own choice: with fewer, the interval of a percentile spans most of 0..1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import polars as pl

from influencr.cohorts._stratum import Stratum, fit_stratum
from influencr.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "EXPECTED_AT",
    "EXPECTED_SCHEMA",
    "MIN_CREATORS",
    "PERCENTILE_SCHEMA",
    "Curves",
    "fit",
]

#: With fewer creators of a stratum nothing is said.
MIN_CREATORS = 30
#: Quantiles that `expected` gives.
EXPECTED_AT = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
EXPECTED_SCHEMA: Final[Mapping[str, Any]] = {
    **{f"expected_{round(100 * at):02d}": pl.Float64() for at in EXPECTED_AT},
    "level": pl.Float64(),
    "spread": pl.Float64(),
}
PERCENTILE_SCHEMA: Final[Mapping[str, Any]] = {
    "percentile": pl.Float64(),
    "percentile_low": pl.Float64(),
    "percentile_high": pl.Float64(),
    "cohort_n": pl.Int64(),
    "cohort_close": pl.Int64(),
    "reason": pl.String(),
}
_KEY = "\x1f"


class _Names(NamedTuple):
    value: str
    size: str
    step: str | None
    strata: tuple[str, ...]
    language: str | None
    topic: str | None


class Curves(NamedTuple):
    """What is usual.

    strata    words of a stratum -> its curves
    too_few   words of a stratum -> creators, where these are fewer than MIN_CREATORS
    names     of the columns that it was fitted on, and that it is asked with
    """

    strata: dict[tuple[str, ...], Stratum]
    too_few: dict[tuple[str, ...], int]
    names: _Names

    def expected(self, creators: pl.DataFrame) -> pl.DataFrame:
        """What is usual for creators like these; their own number is not looked at.

        creators   as for `fit`, without the value
        returns    EXPECTED_SCHEMA, one row per row: the number below which 5, 10, .. 95 % of
                   comparable creators lie, and `level`, `spread` of its natural logarithm; null
                   where the size is unknown or the stratum has too few creators

        Raises SchemaError when a column is missing.
        """
        rows = _prepared(creators, self.names, valued=False)
        parts = []
        for stratum, part in self._by_stratum(rows):
            if stratum is None:
                parts.append(_nulls(part, EXPECTED_SCHEMA))
                continue
            asked = _asked(part)
            table = stratum.curve(*asked, np.array(EXPECTED_AT))
            level, spread = stratum.place(*asked)
            half = part["step"].to_numpy() / 2
            parts.append(
                part.select("row").with_columns(
                    *(
                        pl.Series(name, np.maximum(np.exp(table[:, i]) - half, 0.0))
                        for i, name in enumerate(list(EXPECTED_SCHEMA)[: len(EXPECTED_AT)])
                    ),
                    pl.Series("level", level),
                    pl.Series("spread", spread),
                )
            )
        return _in_order(parts, EXPECTED_SCHEMA)

    def percentile(
        self, creators: pl.DataFrame, *, low: str | None = None, high: str | None = None
    ) -> pl.DataFrame:
        """The share of comparable creators whose number is lower, with a 95 % interval.

        creators    as for `fit`
        low, high   columns with the 95 % interval of the number itself, if it is in doubt
        returns     PERCENTILE_SCHEMA, one row per row: `percentile` 0.001..0.999, the interval for
                    few creators near, the doubt in the number and its step; `cohort_n` creators of
                    the stratum, `cohort_close` those of the same language and topic; null with the
                    reason where the number or the size is unknown or the stratum too small

        Raises SchemaError when a column is missing.
        """
        rows = _prepared(creators, self.names, valued=True, bounds=(low, high))
        parts = []
        for stratum, part in self._by_stratum(rows):
            if stratum is None:
                parts.append(self._untold(part))
                continue
            asked = _asked(part)
            value, step = part["value"].to_numpy(), part["step"].to_numpy()
            log_value = np.log(value + step / 2)
            lowest, highest = part["low"].to_numpy(), part["high"].to_numpy()
            # The tiny number keeps a bound of 0 with no step finite.
            below = log_value - np.log(np.maximum(np.minimum(lowest, value), 1e-300) + step / 2)
            above = np.log(np.maximum(highest, value) + step / 2) - log_value
            coarse_low = log_value - np.log(np.maximum(value - step / 2, 0.0) + step / 2 + 1e-300)
            coarse_high = np.log(value + step) - log_value
            bounds = stratum.percentile_interval(
                log_value,
                *asked,
                below=np.where(step > 0, np.hypot(below, coarse_low), below),
                above=np.hypot(above, np.where(step > 0, coarse_high, 0.0)),
            )
            close = part.select("language", "topic").unique()
            counted = close.with_columns(
                pl.Series(
                    "cohort_close",
                    [stratum.cohort(language, topic) for language, topic in close.iter_rows()],
                    dtype=pl.Int64,
                )
            )
            parts.append(
                part.select("row", "language", "topic")
                .with_columns(
                    pl.Series("percentile", stratum.percentile(log_value, *asked)),
                    pl.Series("percentile_low", bounds[0]),
                    pl.Series("percentile_high", bounds[1]),
                    pl.lit(stratum.n, dtype=pl.Int64).alias("cohort_n"),
                )
                .join(counted, on=["language", "topic"], maintain_order="left")
                .with_columns(
                    reason=pl.format(
                        "More than {} % of {} comparable creators, with allowance for size, "
                        "language and topic ({} share both).",
                        (pl.col("percentile") * 100).round(1),
                        "cohort_n",
                        "cohort_close",
                    )
                )
                .select("row", *PERCENTILE_SCHEMA)
            )
        return _in_order(parts, PERCENTILE_SCHEMA)

    def chart(
        self, stratum: Sequence[str], *, language: str = "", topic: str = "", n: int = 24
    ) -> dict[str, list[float]] | None:
        """Points to draw: `size`, and the number below which 5, 50 and 95 % lie (`low`, `usual`,
        `high`), at `n` sizes between the smallest and the largest that were fitted.

        None where the stratum has too few creators.
        """
        found = self.strata.get(tuple(stratum))
        if found is None:
            return None
        size = np.linspace(found.level.low, found.level.high, n)
        words = np.full(n, language), np.full(n, topic)
        table = np.exp(found.curve(size, *words, np.array([0.05, 0.5, 0.95])))
        return {
            "size": (10**size).tolist(),
            "low": table[:, 0].tolist(),
            "usual": table[:, 1].tolist(),
            "high": table[:, 2].tolist(),
        }

    def _by_stratum(self, rows: pl.DataFrame) -> list[tuple[Stratum | None, pl.DataFrame]]:
        parts: list[tuple[Stratum | None, pl.DataFrame]] = []
        for words, part in rows.partition_by("stratum", as_dict=True).items():
            stratum = self.strata.get(tuple(str(words[0]).split(_KEY)))
            usable = part.filter(pl.col("usable") & (stratum is not None))
            if len(usable):
                parts.append((stratum, usable))
            left = part.filter(~(pl.col("usable") & (stratum is not None)))
            if len(left):
                parts.append((None, left))
        return parts

    def _untold(self, part: pl.DataFrame) -> pl.DataFrame:
        few = part["stratum"].unique().to_list()
        counts = {word: self.too_few.get(tuple(word.split(_KEY)), 0) for word in few}
        n = pl.col("stratum").replace_strict(counts, default=0, return_dtype=pl.Int64)
        reason = (
            pl.when(~pl.col("known"))
            .then(pl.lit("The number is not known."))
            .when(~pl.col("sized"))
            .then(pl.lit("The size is not known, and creators are compared with those of theirs."))
            .otherwise(
                pl.format(
                    "Only {} comparable creators are known; {} are needed to say what is usual.",
                    n,
                    pl.lit(MIN_CREATORS),
                )
            )
        )
        return _nulls(part, PERCENTILE_SCHEMA, reason=reason)


def fit(
    creators: pl.DataFrame,
    *,
    value: str = "value",
    size: str = "size",
    step: str | None = None,
    strata: Sequence[str] = ("platform",),
    language: str | None = "language",
    topic: str | None = "topic",
    trusted: str | None = None,
) -> Curves:
    """What is usual, per stratum.

    creators         one row per creator
    value            column of the number: 0 or more (more than 0 without `step`); null unknown
    size             column of the size, more than 0; null unknown
    step             column of the step in which the number is counted; half of it is added before
                     the logarithm is taken. None: the number is continuous
    strata           columns whose words keep creators apart (platform, way of counting)
    language, topic  columns of cohorts inside a stratum, null unknown; None: no such column
    trusted          bool column; others do not tell what is usual

    Raises SchemaError when a column is missing. Deterministic, whatever the order of rows.

    >>> rng = np.random.default_rng(1)
    >>> followers = 10 ** rng.uniform(2, 5, 500)
    >>> market = pl.DataFrame({
    ...     "platform": "p", "language": "en", "topic": None, "size": followers,
    ...     "value": followers**0.5 * np.exp(rng.normal(0, 0.4, 500)),
    ... })
    >>> asked = market.head(1).with_columns(size=pl.lit(10_000.0), value=pl.lit(300.0))
    >>> bool(85 < fit(market).expected(asked)["expected_50"].item() < 115)
    True
    >>> bool(fit(market).percentile(asked)["percentile"].item() > 0.99)
    True
    """
    names = _Names(value, size, step, tuple(strata), language, topic)
    if trusted is not None:
        _require(creators, trusted)
        creators = creators.filter(pl.col(trusted).fill_null(False))
    rows = _prepared(creators, names, valued=True).filter("usable")
    fitted, too_few = {}, {}
    for words, part in rows.partition_by("stratum", as_dict=True).items():
        key = tuple(str(words[0]).split(_KEY))
        if len(part) < MIN_CREATORS:
            too_few[key] = len(part)
            continue
        # The order of rows decides nothing: thinning draws from sorted rows.
        part = part.sort("size", "value", "language", "topic")
        log_value = np.log(part["value"].to_numpy() + part["step"].to_numpy() / 2)
        fitted[key] = fit_stratum(log_value, *_asked(part))
    return Curves(fitted, too_few, names)


def _require(creators: pl.DataFrame, name: str) -> None:
    if name not in creators.columns:
        raise SchemaError(f"Cohorts need the column {name!r} of creators.", field=name)


def _prepared(
    creators: pl.DataFrame,
    names: _Names,
    *,
    valued: bool,
    bounds: tuple[str | None, str | None] = (None, None),
) -> pl.DataFrame:
    """row, stratum, language, topic, size (log10), step, and value, low, high if `valued`."""
    needed = (*names.strata, names.size, names.language, names.topic, names.step, *bounds)
    for name in needed:
        if name is not None:
            _require(creators, name)
    if valued:
        _require(creators, names.value)

    def word(name: str | None) -> pl.Expr:
        return pl.lit("") if name is None else pl.col(name).cast(pl.String).fill_null("")

    size = pl.col(names.size).cast(pl.Float64)
    sized = (size.is_finite() & (size > 0)).fill_null(False)
    step = pl.lit(0.0) if names.step is None else pl.col(names.step).cast(pl.Float64)
    value = pl.col(names.value).cast(pl.Float64) if valued else pl.lit(1.0)
    known = (value.is_finite() & ((value > 0) | ((value == 0) & (step > 0)))).fill_null(False)
    low, high = (pl.col(b).cast(pl.Float64) if b is not None else value for b in bounds)
    return creators.select(
        stratum=pl.concat_str([word(name) for name in names.strata], separator=_KEY)
        if names.strata
        else pl.lit(""),
        language=word(names.language),
        topic=word(names.topic),
        size=pl.when(sized).then(size.log10()),
        step=step.fill_null(0.0),
        value=value,
        low=pl.coalesce(low, value),
        high=pl.coalesce(high, value),
        sized=sized,
        known=known,
        usable=sized & known,
    ).with_row_index("row")


def _asked(part: pl.DataFrame) -> tuple[Floats, NDArray[np.str_], NDArray[np.str_]]:
    return (
        part["size"].to_numpy(),
        part["language"].to_numpy().astype(np.str_),
        part["topic"].to_numpy().astype(np.str_),
    )


def _nulls(
    part: pl.DataFrame, schema: Mapping[str, Any], *, reason: pl.Expr | None = None
) -> pl.DataFrame:
    empty = {name: pl.lit(None, dtype=kind) for name, kind in schema.items() if name != "reason"}
    told = {} if reason is None else {"reason": reason}
    return part.select("row", **empty, **told).select("row", *schema)


def _in_order(parts: list[pl.DataFrame], schema: Mapping[str, Any]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame(schema=schema)
    return pl.concat(parts).sort("row").drop("row")
