"""Results as a data frame: one row per creator found, the same columns whatever was asked.

Columns that say why somebody stands where they stand come first (`FOUND`), then those of
docs/reference/creators, then `as_of`. A part of the score that a search does not have is null, as
is everything unknown; the parts of a row that are not null multiply to its score. Posts, which are
the raw material of a search, are left out, as in every document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from influencr.errors import UsageError
from influencr.index import COLUMNS

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from influencr.search._results import Hit, Results

__all__ = ["FOUND", "pandas_frame", "polars_frame", "schema"]

#: Parts of a score in the order in which they are multiplied (docs/algorithms/ranking.md).
_PARTS = ("words", "focus", "place", "activity", "attention", "similar", "fit", "alignment")
_WHO = ("profile_id", "platform", "handle")
_LEFT_OUT = (*_WHO, "post_text")

#: What a hit adds to a creator's row: column -> kind of its values.
FOUND = {
    "score": "number",
    **{f"part_{part}": "number" for part in _PARTS},
    "matched": "texts",
    "coverage": "number",
    "attention": "text",
    "distance_km": "number",
    "audience": "text",
    "fit": "number",
    "alignment": "number",
    "alignment_low": "number",
    "alignment_high": "number",
    "likeness": "number",
}

#: Kinds of the creator's columns; those that are not named are text. tests/unit/search/
#: test_frames.py holds them against what the judges write.
_KINDS = {
    **dict.fromkeys(
        (
            *("place_id", "followers", "following", "posts_count", "likes_received"),
            *("activity_n_posts", "engagement_n_posts", "followers_seen", "followers_12m"),
            *("n_posts_seen", "policy"),
            *("audience_n_followers", "audience_n_sampled", "audience_n_known"),
        ),
        "whole",
    ),
    **dict.fromkeys(
        (
            *("lat", "lon", "place_confidence", "posts_per_week", "engagement_rate"),
            *("engagement_percentile", "bought_low", "bought_high", "label_p"),
            *("influence", "influence_low", "influence_high", "influence_per_1000"),
            *("influence_percentile", "closeness"),
            *(f"growth_{months}m_relative" for months in (1, 3, 6, 12)),
        ),
        "number",
    ),
    **dict.fromkeys(("account_created_at", "last_post_at", "fetched_at"), "instant"),
    **dict.fromkeys(("is_verified", "is_business"), "flag"),
    **dict.fromkeys(
        (
            *("links", "place_evidence", "other_place_labels", "other_place_roles"),
            *("topics", "topic_evidence", "called"),
            *("audience_codes", "audience_labels", "audience_levels"),
        ),
        "texts",
    ),
    "other_place_ids": "wholes",
    **dict.fromkeys(
        ("topic_weights", "audience_shares", "audience_lows", "audience_highs"), "numbers"
    ),
}


def schema() -> dict[str, str]:
    """Column -> kind (text, whole, number, flag, instant, texts, wholes, numbers), in order."""
    return {
        **dict.fromkeys(_WHO, "text"),
        **FOUND,
        **{name: _KINDS.get(name, "text") for name in COLUMNS if name not in _LEFT_OUT},
        "as_of": "instant",
    }


def polars_frame(results: Results) -> pl.DataFrame:
    """See `Results.to_polars`."""
    import polars as pl

    types: dict[str, Any] = {
        "text": pl.String,
        "whole": pl.Int64,
        "number": pl.Float64,
        "flag": pl.Boolean,
        "instant": pl.Datetime("us", "UTC"),
        "texts": pl.List(pl.String),
        "wholes": pl.List(pl.Int64),
        "numbers": pl.List(pl.Float64),
    }
    kinds = schema()
    return pl.DataFrame(
        {
            name: pl.Series(name, values, dtype=types[kinds[name]])
            for name, values in _columns(results, kinds).items()
        }
    )


def pandas_frame(results: Results) -> pd.DataFrame:
    """See `Results.to_pandas`."""
    try:
        import pandas as pd
    except ImportError as error:
        raise UsageError(
            "pandas is not installed, and only `to_pandas` needs it: "
            "`pip install 'influencr[pandas]'`, or use `to_polars`."
        ) from error

    types = {
        "text": "string",
        "whole": "Int64",
        "number": "Float64",
        "flag": "boolean",
        "instant": pd.DatetimeTZDtype("us", "UTC"),
    }
    kinds = schema()
    return pd.DataFrame(
        {
            name: pd.Series(values, name=name, dtype=types.get(kinds[name], "object"))
            for name, values in _columns(results, kinds).items()
        }
    )


def _columns(results: Results, names: dict[str, str]) -> dict[str, list[Any]]:
    rows = [_row(hit) for hit in results.hits]
    columns = {name: [row.get(name) for row in rows] for name in names}
    columns["as_of"] = [results.as_of] * len(rows)
    return columns


def _row(hit: Hit) -> dict[str, Any]:
    brand, similar = hit.brand, hit.similar
    alignment = None if brand is None else brand.alignment
    return {
        **hit.creator,
        "profile_id": hit.profile_id,
        "platform": hit.platform,
        "handle": hit.handle,
        "score": hit.score,
        **{f"part_{part}": factor for part, factor in hit.parts.items()},
        "matched": [f"{match.field}: {match.text}" for match in hit.why],
        "coverage": hit.coverage,
        "attention": hit.attention,
        "distance_km": hit.distance_km,
        "audience": hit.audience,
        "fit": None if brand is None or brand.fit is None else brand.fit.fit,
        "alignment": None if alignment is None else alignment.share,
        "alignment_low": None if alignment is None else alignment.low,
        "alignment_high": None if alignment is None else alignment.high,
        "likeness": None if similar is None else similar.likeness,
    }
