"""Where are a creator's followers? Shares of places among those who tell one, with intervals.

The population is the creator's followers that are known one by one; the sample is those whose
places were read; the figures are shares of the sampled followers who tell a place in their own
words. Nothing is inferred for the others: how many they are stands beside the figures, and the
intervals say how far chance may have moved a share, not how those who tell differ from those who
do not.

Levels are told apart. A follower known to Germany only may live in Berlin, so the share of a city
or region is what is certain ("at least"), and the upper bound of its interval counts everybody who
is known only to the country or region around it as if they lived there.

Nobody is singled out: a country of fewer than MIN_CELL people goes into "other countries", a
region or city of fewer is not listed, and below MIN_KNOWN people with a place nothing is.

MIN_KNOWN = 20, MIN_CELL = 5: our own choice (20 people bound a half to +- 18 points at 90 %; five
is the usual smallest cell of published tables, as in the handbooks of official statistics).
Intervals are Wilson's with the finite-population factor (`_interval`), stated as 90 % and made with
the normal quantile of 95 %: only shares of five people and more are shown, among them those that
chance lifted to five, so that of the *shown* countries at the quantile of 90 % only 84 to 89 in a
hundred intervals hold, and 89 to 96 at that of 95 % (`python -m benchmarks places_network`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from influencr.geography.followers._interval import Z_95, wilson
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._reader import Gazetteer

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MAX_FINE", "MIN_CELL", "MIN_KNOWN", "OTHER", "audience", "audience_schema"]

MIN_KNOWN = 20
MIN_CELL = 5
#: Regions and cities that are kept at most, each; all countries with enough people are.
MAX_FINE = 12
#: The code of the countries that are too few to be named.
OTHER = "other"

_ORDER = {"country": 0, "other": 1, "admin1": 2, "city": 3}


def audience_schema() -> dict[str, Any]:
    """Columns that `audience` adds to profile_id."""
    import polars as pl

    texts, numbers = pl.List(pl.String), pl.List(pl.Float64)
    return {
        "audience_codes": texts,
        "audience_labels": texts,
        "audience_levels": texts,
        "audience_shares": numbers,
        "audience_lows": numbers,
        "audience_highs": numbers,
        "audience_n_followers": pl.Int64,
        "audience_n_sampled": pl.Int64,
        "audience_n_known": pl.Int64,
        "audience_reason": pl.String,
    }


def audience(
    sampled: pl.DataFrame, totals: pl.DataFrame, *, gazetteer: Gazetteer | None = None
) -> pl.DataFrame:
    """Where the sampled followers of each creator are.

    sampled   `profile_id` (the creator), `place_id` (null = tells none), `n` followers there; any
              number of rows per pair
    totals    `profile_id, n_followers` known one by one, `n_sampled` of them; one row per creator
    returns   profile_id and the columns of `audience_schema`, one row per row of totals and in
              its order. The lists run in parallel: level country (largest first), "other", then
              admin1 and city ("at least" shares), codes ISO 3166-1, ISO 3166-2 (else GeoNames)
              and GeoNames ids; shares and bounds 0..1 of the followers who tell a place. Empty
              lists where fewer than MIN_KNOWN tell one; the reason says it all in one sentence.
    """
    import polars as pl

    found = gazetteer or Gazetteer.load()
    cells = _cells(sampled, found)
    n_known = (
        cells.filter(pl.col("level") == "country")
        .group_by("profile_id")
        .agg(pl.col("n").sum().alias("n_known"))
    )
    counted = totals.select("profile_id", "n_followers", "n_sampled").join(
        n_known, on="profile_id", how="left", maintain_order="left"
    )
    counted = counted.with_columns(pl.col("n_known").fill_null(0).cast(pl.Int64))
    listed = _bounded(
        _named(cells.join(counted, on="profile_id").filter(pl.col("n_known") >= MIN_KNOWN), found)
    )
    lists = (
        listed.sort("profile_id", "order", "n", "code", descending=[False, False, True, False])
        .group_by("profile_id", maintain_order=True)
        .agg(
            audience_codes="code",
            audience_labels="label",
            audience_levels="level",
            audience_shares="share",
            audience_lows="low",
            audience_highs="high",
        )
    )
    result = counted.join(lists, on="profile_id", how="left", maintain_order="left").with_columns(
        audience_n_followers="n_followers",
        audience_n_sampled="n_sampled",
        audience_n_known="n_known",
        audience_reason=_reason(),
    )
    schema = audience_schema()
    return result.with_columns(
        pl.col(name).fill_null([]) for name, dtype in schema.items() if dtype.is_nested()
    ).select("profile_id", *(pl.col(name).cast(dtype) for name, dtype in schema.items()))


def _cells(sampled: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """profile_id, level, code, row, n, n_coarser (known only to what lies around the cell)."""
    import polars as pl

    ids = sampled["place_id"].drop_nulls().unique()
    places = pl.DataFrame(
        [_frames(number, gazetteer) for number in ids.to_list()],
        schema={
            "place_id": pl.Int64,
            "country": pl.Int64,
            "admin1": pl.Int64,
            "city": pl.Int64,
        },
        orient="row",
    )
    told = (
        sampled.join(places, on="place_id")
        .filter(pl.col("country").is_not_null())
        .group_by("profile_id", "country", "admin1", "city")
        .agg(pl.col("n").sum().cast(pl.Int64))
    )
    coarse_country = told.filter(pl.col("admin1").is_null() & pl.col("city").is_null())
    coarse_region = told.filter(pl.col("admin1").is_not_null() & pl.col("city").is_null())
    country = (
        told.group_by("profile_id", row="country")
        .agg(pl.col("n").sum())
        .with_columns(level=pl.lit("country"), n_coarser=pl.lit(0, dtype=pl.Int64))
    )
    only_country = coarse_country.select("profile_id", "country", in_country="n")
    only_region = coarse_region.select("profile_id", "admin1", in_region="n")
    region = (
        told.filter(pl.col("admin1").is_not_null())
        .group_by("profile_id", "country", row="admin1")
        .agg(pl.col("n").sum())
        .join(only_country, on=["profile_id", "country"], how="left")
        .with_columns(level=pl.lit("admin1"), n_coarser=pl.col("in_country").fill_null(0))
    )
    city = (
        told.filter(pl.col("city").is_not_null())
        .group_by("profile_id", "country", "admin1", row="city")
        .agg(pl.col("n").sum())
        .join(only_country, on=["profile_id", "country"], how="left")
        .join(only_region, on=["profile_id", "admin1"], how="left")
        .with_columns(
            level=pl.lit("city"),
            n_coarser=pl.col("in_country").fill_null(0) + pl.col("in_region").fill_null(0),
        )
    )
    columns = ("profile_id", "level", "row", "n", "n_coarser")
    return pl.concat([frame.select(columns) for frame in (country, region, city)])


def _frames(place_id: int, gazetteer: Gazetteer) -> tuple[int | None, ...]:
    """place_id and the rows of the country, first-level division and city that it tells."""
    row = gazetteer.row(place_id)
    country = -1 if row is None else gazetteer.country_row_of(row)
    if row is None or country < 0:
        return place_id, None, None, None
    kind = gazetteer.kinds[row]
    region = row if kind == PlaceKind.ADMIN1 else gazetteer.admin1s[row]
    return (
        place_id,
        country,
        region if region >= 0 else None,
        row if kind == PlaceKind.CITY else None,
    )


def _named(cells: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Cells that may be shown, with code and label; small countries merged, small others gone."""
    import polars as pl

    small = pl.col("n") < MIN_CELL
    is_country = pl.col("level") == "country"
    rest = (
        cells.filter(is_country & small)
        .group_by("profile_id", "n_known", "n_followers")
        .agg(pl.col("n").sum())
        .with_columns(
            level=pl.lit("other"),
            code=pl.lit(OTHER),
            label=pl.lit("other countries"),
            n_coarser=pl.lit(0, dtype=pl.Int64),
        )
    )
    kept = cells.filter(~small).filter(
        is_country
        | (pl.struct(-pl.col("n"), "row").rank("ordinal").over("profile_id", "level") <= MAX_FINE)
    )
    rows = kept["row"].unique().to_list()
    names = pl.DataFrame(
        [(row, _code(row, gazetteer), gazetteer.label(row)) for row in rows],
        schema={"row": pl.Int64, "code": pl.String, "label": pl.String},
        orient="row",
    )
    columns = ("profile_id", "level", "code", "label", "n", "n_coarser", "n_known", "n_followers")
    return pl.concat(
        [kept.join(names, on="row").select(columns), rest.select(columns)]
    ).with_columns(order=pl.col("level").replace_strict(_ORDER, return_dtype=pl.Int64))


def _code(row: int, gazetteer: Gazetteer) -> str:
    kind = gazetteer.kinds[row]
    if kind == PlaceKind.COUNTRY:
        return gazetteer.country(row) or str(gazetteer.ids[row])
    if kind == PlaceKind.ADMIN1:
        return gazetteer.region_of.get(row, str(gazetteer.ids[row]))
    return str(gazetteer.ids[row])


def _bounded(cells: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    n = cells["n_known"].to_numpy().astype(np.float64)
    hits = cells["n"].to_numpy().astype(np.float64)
    most = hits + cells["n_coarser"].to_numpy()
    everybody = cells["n_followers"].to_numpy().astype(np.float64)
    low, _ = wilson(hits, n, population=everybody, z=Z_95)
    _, high = wilson(most, n, population=everybody, z=Z_95)
    return cells.with_columns(
        share=pl.Series(np.round(hits / np.maximum(n, 1.0), 4)),
        low=pl.Series(np.round(low, 4)),
        high=pl.Series(np.round(high, 4)),
    )


def _reason() -> pl.Expr:
    import polars as pl

    def number(column: str) -> pl.Expr:
        digits = pl.col(column).cast(pl.String)
        # Thousands are set apart as everywhere: three digits before a non-digit or the end.
        for _ in range(3):
            digits = digits.str.replace(r"(\d)(\d{3})(,|$)", "$1,$2$3")
        return digits

    some = pl.col("n_sampled") < pl.col("n_followers")
    seen = (
        pl.when(pl.col("n_followers") == 1)
        .then(pl.lit("the one follower known here"))
        .when(some)
        .then(
            pl.concat_str(
                number("n_sampled"),
                pl.lit(" followers sampled of "),
                number("n_followers"),
                pl.lit(" known here"),
            )
        )
        .otherwise(
            pl.concat_str(pl.lit("all "), number("n_followers"), pl.lit(" followers known here"))
        )
    )
    told = pl.concat_str(
        number("n_known"),
        pl.lit(" of "),
        seen,
        pl.when(pl.col("n_known") == 1)
        .then(pl.lit(" tells a place"))
        .otherwise(pl.lit(" tell a place")),
    )
    return (
        pl.when(pl.col("n_followers") == 0)
        .then(pl.lit("no follower is known one by one"))
        .when(pl.col("n_known") < MIN_KNOWN)
        .then(pl.concat_str(pl.lit("not enough data: "), told, pl.lit(f"; {MIN_KNOWN} are needed")))
        .otherwise(pl.concat_str(told, pl.lit("; shares are of those, intervals 90 %")))
    )
