"""The parts of a probability, said in words.

Every phrase repeats an observed number. A phrase is given for each field whose parts together raise
(or, after those, lower) the odds by at least `TELLING`; a profile about which nothing is telling
gets one phrase that says so. No phrase names a cause or a person's intent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting.followers._fields import Fields

    Floats = NDArray[np.float64]

__all__ = ["DORMANT_DAYS", "NOTHING", "TELLING", "TOO_LITTLE", "reasons_of"]

#: Log-odds from which a part is worth a phrase: half again the odds. Own choice.
TELLING = 0.4
#: Days without a post after which a phrase calls a profile dormant (evidence family A).
DORMANT_DAYS = 90

NOTHING = "nothing in the profile stands out"
TOO_LITTLE = "too little is known of this profile"

#: Terms that speak of the same numbers share a phrase, so that the phrase is given once.
_FOLLOWING = ("following", "following_per_follower", "followers", "posts_per_following")


def reasons_of(fields: Fields, parts: dict[str, Floats], *, known: NDArray[np.bool_]) -> pl.Series:
    """For each profile a list of phrases, never empty; what raises the odds comes first.

    parts   by term or rule, what it adds in log-odds
    known   False where too little is known for a probability
    """
    crowd = sum((parts[name] for name in _FOLLOWING), np.zeros(fields.n))
    frame = pl.DataFrame(
        {
            "known": known,
            "crowd": crowd,
            **parts,
            **{f"_{name}": getattr(fields, name) for name in _SHOWN},
        },
        nan_to_null=True,
    )
    phrases = [*_raising(), *_lowering(), _dormant()]
    told = frame.select(
        pl.when(pl.col("known"))
        .then(pl.concat_list(phrases).list.drop_nulls())
        .otherwise(pl.lit([TOO_LITTLE], dtype=pl.List(pl.String)))
        .alias("reasons")
    )["reasons"]
    empty = pl.lit([NOTHING], dtype=pl.List(pl.String))
    return (
        told.to_frame()
        .select(pl.when(pl.col("reasons").list.len() == 0).then(empty).otherwise(pl.col("reasons")))
        .to_series()
        .alias("reasons")
    )


_SHOWN = (
    "following",
    "followers",
    "posts",
    "handle_digit_share",
    "bio_length",
    "display_name_digit_share",
    "age_days",
    "silent_days",
)


def _count(name: str) -> pl.Expr:
    return pl.col(f"_{name}").cast(pl.Int64).cast(pl.String)


def _percent(name: str) -> pl.Expr:
    return (pl.col(f"_{name}") * 100).round(0).cast(pl.Int64).cast(pl.String)


def _crowd() -> pl.Expr:
    """Whom it follows and who follows it, as far as known."""
    return (
        pl.when(pl.col("_following").is_not_null() & pl.col("_followers").is_not_null())
        .then(
            pl.format("follows {} and is followed by {}", _count("following"), _count("followers"))
        )
        .when(pl.col("_following").is_not_null())
        .then(pl.format("follows {}", _count("following")))
        .otherwise(pl.format("is followed by {}", _count("followers")))
    )


def _posts() -> pl.Expr:
    return (
        pl.when(pl.col("_posts") == 0)
        .then(pl.lit("no posts"))
        .when(pl.col("_posts") == 1)
        .then(pl.lit("1 post"))
        .otherwise(pl.format("{} posts", _count("posts")))
    )


def _raises(part: str, phrase: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(part) >= TELLING).then(phrase)


def _lowers(part: str, phrase: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(part) <= -TELLING).then(phrase)


def _raising() -> list[pl.Expr]:
    per_day = (pl.col("_following") / pl.col("_age_days")).round(0).cast(pl.Int64)
    return [
        _raises("crowd", _crowd()),
        _raises("posts", _posts()),
        _raises("no_avatar", pl.lit("no profile picture")),
        _raises(
            "handle_digit_share",
            pl.format("{} % of the handle are digits", _percent("handle_digit_share")),
        ),
        _raises("empty_bio", pl.lit("the bio is empty")),
        _raises("no_display_name", pl.lit("no display name")),
        _raises(
            "digits_in_display_name",
            pl.format("{} % of the display name are digits", _percent("display_name_digit_share")),
        ),
        _raises("display_name_is_handle", pl.lit("the display name repeats the handle")),
        _raises("follows_fast", pl.format("{} follows per day", per_day)),
        _raises("is_private", pl.lit("the profile is private")),
    ]


def _lowering() -> list[pl.Expr]:
    against = " (speaks against it)"
    return [
        _lowers("crowd", pl.concat_str(_crowd(), pl.lit(against))),
        _lowers("posts", pl.concat_str(_posts(), pl.lit(against))),
        _lowers("has_link", pl.lit("has a link" + against)),
        _lowers("own_domain", pl.lit("the handle is a domain of its own" + against)),
        _lowers(
            "bio_says_something",
            pl.format("a bio of {} characters" + against, _count("bio_length")),
        ),
        _lowers("has_banner", pl.lit("has a banner picture" + against)),
        _lowers("is_private", pl.lit("the profile is private" + against)),
    ]


def _dormant() -> pl.Expr:
    """Beside the probability, never inside it."""
    return pl.when(pl.col("_silent_days") > DORMANT_DAYS).then(
        pl.format("dormant: last post {} days ago, which does not count", _count("silent_days"))
    )
