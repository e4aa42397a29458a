"""What is usual in this home: everything that facts about single creators lean on.

Estimated from the home's own creators each time, per platform; nothing ships.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from influencr import cohorts
from influencr.influence.engagement._measure import WHATS, Measured
from influencr.influence.engagement._posterior import (
    MAX_LEARNED,
    Prior,
    Seen,
    estimate,
)
from influencr.influence.engagement._posterior import learn as learn_prior
from influencr.influence.engagement._rate import MIN_POSTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["MIN_USUAL", "Home", "Views", "learn", "seen_of"]

#: Usual posts needed before sponsored ones are compared with them; our own choice.
MIN_USUAL = 3


class Views(NamedTuple):
    """Reactions per view: the curve of ln(rate) and how creators lie around it."""

    stratum: cohorts.Stratum | None
    spread: cohorts.Spread


class Home(NamedTuple):
    """What is usual here.

    priors      (platform, one of WHATS) -> prior of counts per post
    views       platform -> reactions per view
    sponsored   platform -> ln(sponsored / usual)
    weight      mean weight of an effortful act (EFFORT)
    curves      of the median reactions and of the people per post against followers
    """

    priors: dict[tuple[str, str], Prior]
    views: dict[str, Views]
    sponsored: dict[str, cohorts.Spread]
    weight: float
    curves: dict[str, cohorts.Curves]


def seen_of(facts: pl.DataFrame, histogram: pl.DataFrame, what: str) -> Seen:
    """The histograms of these creators, in order of `facts`."""
    rows = facts.select("creator").with_row_index("row").unique("creator", keep="first")
    mine = (
        histogram.filter(pl.col("what") == WHATS.index(what))
        .join(rows, on="creator")
        .sort("row", "bin")
    )
    row = mine["row"].to_numpy()
    return Seen(
        np.searchsorted(row, np.arange(len(facts) + 1)).astype(np.int64),
        mine["bin"].to_numpy().astype(np.int64),
        mine["n"].to_numpy().astype(np.int64),
        np.log10(facts["followers"].cast(pl.Float64).fill_null(np.nan).to_numpy()),
        *(facts[name].fill_null("").to_numpy().astype(np.str_) for name in ("language", "topic")),
    )


def learn(measured: Measured) -> Home:
    """What is usual, from everybody measured. Deterministic."""
    facts = measured.facts.filter("scored").unique("creator", keep="first", maintain_order=True)
    # The order in which creators arrived decides nothing.
    facts = facts.sort("platform", "creator")
    priors: dict[tuple[str, str], Prior] = {}
    views: dict[str, Views] = {}
    sponsored: dict[str, cohorts.Spread] = {}
    told = []
    for (platform,), part in facts.partition_by("platform", as_dict=True).items():
        for what in WHATS:
            seen = seen_of(part, measured.histogram, what)
            if len(seen.bin):
                priors[str(platform), what] = learn_prior(seen)
        views[str(platform)] = _views(part)
        sponsored[str(platform)] = _sponsored(part)
        told.append(_told(part, measured.histogram, priors, str(platform)))
    people = int(facts["n_people"].sum())
    whole = pl.concat(told) if told else None
    curves = (
        {}
        if whole is None
        else {
            what: cohorts.fit(whole.filter(pl.col("what") == what), size="followers")
            for what in ("reactions", "people")
        }
    )
    weight = float(facts["weight"].sum()) / people if people else 1.0
    return Home(priors, views, sponsored, weight, curves)


def _told(
    part: pl.DataFrame,
    histogram: pl.DataFrame,
    priors: dict[tuple[str, str], Prior],
    platform: str,
) -> pl.DataFrame:
    """Estimates of a sample of creators, which percentiles are read from."""
    frames = []
    for what, n in (("reactions", "n_posts"), ("people", "n_people_posts")):
        enough = part.filter(pl.col(n) >= MIN_POSTS, pl.col("followers") > 0)
        if len(enough) > MAX_LEARNED:
            rng = np.random.default_rng(1)
            enough = enough[np.sort(rng.choice(len(enough), MAX_LEARNED, replace=False))]
        if (platform, what) not in priors or enough.is_empty():
            continue
        found = estimate(seen_of(enough, histogram, what), priors[platform, what])
        value = found.median if what == "reactions" else found.mean
        frames.append(
            enough.select(
                "platform",
                "language",
                "topic",
                "followers",
                what=pl.lit(what),
                value=pl.Series(value[:, 1]),
            )
        )
    schema = {
        **dict.fromkeys(("platform", "language", "topic"), pl.String),
        "followers": pl.Int64,
        "what": pl.String,
        "value": pl.Float64,
    }
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def _pooled(n: Floats, square: Floats) -> float:
    """Variance between posts of one creator, over all creators."""
    free = float(np.maximum(n - 1, 0).sum())
    return float(square[n > 1].sum()) / free if free > 0 else 1.0


def _views(part: pl.DataFrame) -> Views:
    some = part.filter(pl.col("n_views") > 0)
    n = some["n_views"].to_numpy().astype(np.float64)
    mean = some["views_mean"].to_numpy()
    noise = _pooled(n, some["views_square"].to_numpy())
    variance = cohorts.noise_of(n, some["views_square"].to_numpy(), noise) / np.maximum(n, 1)
    stratum = None
    size = np.log10(some["followers"].cast(pl.Float64).fill_null(np.nan).to_numpy())
    sized = np.isfinite(size)
    rest = mean.copy()
    if sized.sum() >= cohorts.MIN_CREATORS:
        language, topic = (
            some[name].fill_null("").to_numpy().astype(np.str_) for name in ("language", "topic")
        )
        stratum = cohorts.fit_stratum(mean[sized], size[sized], language[sized], topic[sized])
        rest[sized] -= stratum.place(size[sized], language[sized], topic[sized])[0]
        rest, variance = rest[sized], variance[sized]
    return Views(stratum, cohorts.spread_of(rest, variance, noise))


def _sponsored(part: pl.DataFrame) -> cohorts.Spread:
    some = part.filter(pl.col("n_sponsored") > 0, pl.col("n_posts") >= MIN_USUAL)
    ns, nu = (some[name].to_numpy().astype(np.float64) for name in ("n_sponsored", "n_posts"))
    square = some["usual_square"].to_numpy() + some["sponsored_square"].to_numpy()
    free = float((ns + nu - 2).sum())
    noise = float(square.sum()) / free if free > 0 else 1.0
    # The two means share one variance, of which two degrees of freedom are used.
    variance = cohorts.noise_of(ns + nu - 1, square, noise) * (
        1 / np.maximum(ns, 1) + 1 / np.maximum(nu, 1)
    )
    ratio = (some["sponsored_mean"] - some["usual_mean"]).to_numpy()
    return cohorts.spread_of(ratio, variance, noise)
