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
from influencr.influence.engagement._sponsored import Ratio, learn_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["MIN_USUAL", "Home", "Views", "learn", "rate_of_views", "seen_of"]

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
    sponsored: dict[str, Ratio]
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
    sponsored: dict[str, Ratio] = {}
    told = []
    for (platform,), part in facts.partition_by("platform", as_dict=True).items():
        for what in ("reactions", "acts", "people"):
            seen = seen_of(part, measured.histogram, what)
            if len(seen.bin):
                priors[str(platform), what] = learn_prior(seen)
        views[str(platform)] = _views(part)
        if (str(platform), "reactions") in priors:
            prior = priors[str(platform), "reactions"]
            sponsored[str(platform)] = _sponsored(part, measured.histogram, prior)
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


def rate_of_views(part: pl.DataFrame, noise: float) -> tuple[Floats, Floats]:
    """ln(reactions per view) of creators with views, and its squared standard error.

    A rate varies from post to post, and reactions are counted: both are in the error. Posts with
    most of the views decide the rate, so there are fewer of them than posts.
    """
    from scipy import special

    total, reactions, squares = (
        part[name].to_numpy() for name in ("views_total", "views_reactions", "views_squares")
    )
    worth = total**2 / squares
    by_chance = (part["n_views"].to_numpy() - 1) / (reactions + 0.5)
    apart = np.maximum(part["views_apart"].to_numpy() - by_chance, 0.0) * worth
    own = cohorts.noise_of(worth, apart, noise)
    # Moments of the logarithm of a Poisson rate under Jeffreys' prior; none is minus infinity.
    by_count = special.polygamma(1, reactions + 0.5)
    return special.digamma(reactions + 0.5) - np.log(total), own / worth + by_count


def _noise_of_views(part: pl.DataFrame) -> float:
    """Relative variance of the rates of one creator's posts, over all creators."""
    worth = (part["views_total"] ** 2 / part["views_squares"]).to_numpy()
    by_chance = (part["n_views"].to_numpy() - 1) / (part["views_reactions"].to_numpy() + 0.5)
    free = float((1 - 1 / worth).sum())
    if free <= 0:
        return 1.0
    return max(float((part["views_apart"].to_numpy() - by_chance).sum()) / free, 0.01)


def _views(part: pl.DataFrame) -> Views:
    some = part.filter(pl.col("n_views") > 0)
    if some.is_empty():
        return Views(None, cohorts.spread_of(np.zeros(0), np.zeros(0), 1.0))
    noise = _noise_of_views(some)
    rest, variance = rate_of_views(some, noise)
    stratum = None
    size = np.log10(some["followers"].cast(pl.Float64).fill_null(np.nan).to_numpy())
    sized = np.isfinite(size)
    if sized.sum() >= cohorts.MIN_CREATORS:
        asked = (
            size[sized],
            *(
                some[name].fill_null("").to_numpy().astype(np.str_)[sized]
                for name in ("language", "topic")
            ),
        )
        stratum = cohorts.fit_stratum(rest[sized], *asked)
        rest, variance = rest[sized] - stratum.place(*asked)[0], variance[sized]
    return Views(stratum, cohorts.spread_of(rest, variance, noise))


def _sponsored(part: pl.DataFrame, histogram: pl.DataFrame, prior: Prior) -> Ratio:
    some = part.filter(pl.col("n_sponsored") > 0, pl.col("n_posts") >= MIN_USUAL)
    if len(some) > MAX_LEARNED:
        rng = np.random.default_rng(2)
        some = some[np.sort(rng.choice(len(some), MAX_LEARNED, replace=False))]
    usual, paid = (seen_of(some, histogram, what) for what in ("reactions", "sponsored"))
    return learn_ratio(usual, paid, prior)
