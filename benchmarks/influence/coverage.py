"""Do the intervals of engagement and closeness hold what they promise? Simulated homes.

`python -m benchmarks.influence.coverage` prints a table: the share of creators whose planted number
lies inside its 95 % interval. Homes are drawn with fixed seeds; how posts vary, how creators lie
around the curve of their size, and how many there are differ from home to home. Nothing was chosen
on these figures but the list of ways of varying, whose members are not the generators here.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gamma as gamma_function
from typing import NamedTuple

import numpy as np
import polars as pl

from influencr.influence import closeness, engagement

DAY, NOW = 86_400, 1_780_000_000
Floats = np.ndarray


class Varying(NamedTuple):
    """draw(rng, n) -> factors of median 1 for n posts of one kind of creators; their mean."""

    draw: Callable[[np.random.Generator, int], Floats]
    mean: float


def _log_normal(sigma: float) -> Varying:
    return Varying(lambda rng, n: np.exp(sigma * rng.normal(size=n)), float(np.exp(sigma**2 / 2)))


def _gamma(shape: float, median: float) -> Varying:
    return Varying(lambda rng, n: rng.gamma(shape, size=n) / median, shape / median)


def _weibull(shape: float) -> Varying:
    median = np.log(2) ** (1 / shape)
    return Varying(
        lambda rng, n: rng.weibull(shape, n) / median, gamma_function(1 + 1 / shape) / median
    )


def _viral(rng: np.random.Generator, n: int) -> Floats:
    return np.exp(0.7 * rng.normal(size=n) + 3.0 * (rng.random(n) < 0.02) - 0.7 * 0.0251)


#: Per home: each creator varies in one of these ways.
POSTS: dict[str, tuple[Varying, ...]] = {
    "log-normal, three widths": (_log_normal(0.5), _log_normal(0.8), _log_normal(1.1)),
    "gamma, three shapes": (
        _gamma(0.7, 0.4007306),
        _gamma(1.5, 1.1829870),
        _gamma(4.0, 3.6720607),
    ),
    "Poisson alone": (Varying(lambda _, n: np.ones(n), 1.0),),
    "one post in 50 spreads": (
        Varying(_viral, float(np.exp(0.245 - 0.7 * 0.0251) * (0.98 + 0.02 * np.exp(3.0)))),
    ),
    "Weibull": (_weibull(0.8),),
}
BETWEEN: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "skewed": lambda rng, n: (rng.gamma(2.0, size=n) - 2) / np.sqrt(2),
    "heavy tails": lambda rng, n: rng.standard_t(4, n) / np.sqrt(2),
}


def _home(rng: np.random.Generator, kinds: tuple[Varying, ...], between: str, n: int, low: float):
    size = rng.normal(3.3, 0.8, n).clip(1.5, 6.5)
    kind = rng.integers(0, len(kinds), n)
    level = low + 1.4 * (size - 3.3) + 0.7 * BETWEEN[between](rng, n)
    who = np.repeat(np.arange(n), rng.integers(1, 50, n))
    m = len(who)
    factor = np.choose(kind[who], [k.draw(rng, m) for k in kinds])
    sponsored = rng.random(m) < 0.12
    ratio = np.exp(-0.3 + 0.3 * rng.normal(size=n))
    expected = np.exp(level[who]) * factor * np.where(sponsored, ratio[who], 1.0)
    count = rng.poisson(expected)
    rate = np.exp(-3 + 0.5 * rng.normal(size=n))
    views = np.round(expected / rate[who] * np.exp(0.3 * rng.normal(size=m))).astype(int)
    creators = pl.DataFrame({"creator": pl.Series(np.arange(n), dtype=pl.UInt64)}).with_columns(
        profile_id=pl.format("pond:{}", "creator"),
        platform=pl.lit("pond"),
        language=pl.Series(np.array(["en", "de"])[rng.integers(0, 2, n)]),
        topic=pl.lit(None, dtype=pl.String),
        followers=pl.Series((10**size).astype(np.int64)),
        audience_hidden=pl.lit(False),
        policy=pl.lit(15),
    )
    nothing = pl.lit(None, dtype=pl.Int64)
    posts = pl.DataFrame(
        {
            "creator": pl.Series(who, dtype=pl.UInt64),
            "post": pl.Series(np.arange(m), dtype=pl.UInt64),
            "sponsored": sponsored,
            "likes": count,
            "views": views,
        }
    ).with_columns(
        at=pl.lit(NOW - 10 * DAY),
        kind=pl.lit(None, dtype=pl.String),
        replies=nothing,
        reposts=nothing,
        quotes=nothing,
        counted_at=pl.lit(NOW),
    )
    mean = np.exp(level) * np.array([k.mean for k in kinds])[kind]
    truth = {
        "median": np.exp(level),
        "mean": mean,
        "sponsored_ratio": ratio,
        "per_view": rate / np.exp(0.045),
    }
    return creators, posts, truth


def _covered(facts: pl.DataFrame, prefix: str, truth: Floats) -> float:
    low, high = (facts[f"{prefix}_{end}"].to_numpy() for end in ("low", "high"))
    known = np.isfinite(low)
    return float(np.mean(((low <= truth) & (truth <= high))[known]))


def _engagement() -> None:
    names = ("median", "mean", "sponsored_ratio", "per_view")
    print("posts vary | creators | low counts | n |", " | ".join(names))
    for posts, kinds in POSTS.items():
        cases = [(b, 1.5, 1_500) for b in BETWEEN]
        cases += [("normal", -0.7, 1_500), ("normal", 1.5, 100), ("normal", 1.5, 35)]
        for number, (between, low, n) in enumerate(cases):
            shares = []
            for turn in range(max(1, 1_500 // n)):
                rng = np.random.default_rng([n, number, turn, len(posts)])
                creators, own, truth = _home(rng, kinds, between, n, low)
                found = engagement.measure(creators, own, as_of=NOW)
                facts = engagement.facts(found, engagement.learn(found))
                shares.append([_covered(facts, f"engagement_{k}", truth[k]) for k in names])
            told = " | ".join(f"{share:.3f}" for share in np.mean(shares, axis=0))
            print(f"{posts} | {between} | {'yes' if low < 0 else 'no'} | {n} | {told}", flush=True)


def _shares(rng: np.random.Generator, kind: str, n: int) -> Floats:
    if kind == "two kinds of creators":
        return np.where(rng.random(n) < 0.5, rng.beta(1, 20, n), rng.beta(8, 4, n))
    if kind == "logit-normal":
        return 1 / (1 + np.exp(0.5 - rng.normal(size=n)))
    return rng.beta(1.2, 2.5, n)


def _closeness() -> None:
    print("share of answers | together under a post | answered | hours | both parts")
    for kind in ("beta", "two kinds of creators", "logit-normal"):
        for together in (0.0, 0.2):
            shares = []
            for turn in range(3):
                rng = np.random.default_rng([turn, len(kind)])
                n = 1_500
                share = _shares(rng, kind, n)
                who = np.repeat(np.arange(n), rng.integers(0, 25, n))
                chance = share[who]
                if together:
                    strength = 1 / together - 1
                    chance = rng.beta(chance * strength + 1e-3, (1 - chance) * strength + 1e-3)
                post = np.repeat(np.arange(len(who)), rng.geometric(0.25, len(who)))
                middle, width = rng.normal(9.3, 1.0, n), rng.uniform(0.8, 1.6, n)
                author = who[post]
                delay = np.exp(middle[author] + width[author] * rng.normal(size=len(post)))
                at = NOW - rng.integers(20 * DAY, 80 * DAY, len(post))
                answered = rng.random(len(post)) < chance[post]
                replies = pl.DataFrame(
                    {
                        "creator": pl.Series(author, dtype=pl.UInt64),
                        "post": pl.Series(post, dtype=pl.UInt64),
                        "actor": pl.Series(10**6 + rng.integers(0, 10**5, len(post))),
                        "at": at,
                        "answered_at": np.where(answered, at + delay.astype(np.int64) + 1, -9),
                    }
                ).with_columns(pl.col("answered_at").replace(-9, None))
                creators = pl.DataFrame(
                    {"creator": pl.Series(np.arange(n), dtype=pl.UInt64)}
                ).with_columns(
                    profile_id=pl.format("pond:{}", "creator"),
                    platform=pl.lit("pond"),
                    policy=pl.lit(15),
                )
                found = closeness.measure(creators, replies.cast({"actor": pl.UInt64}), as_of=NOW)
                facts = closeness.facts(found, closeness.learn(found))
                from scipy.stats import norm

                prompt = norm.cdf((np.log(24 * 3_600) - middle) / width)
                shares.append(
                    [
                        _covered(facts, "closeness_answered", share),
                        _covered(facts, "closeness_answer_hours", np.exp(middle) / 3_600),
                        _covered(facts, "closeness", share * prompt),
                    ]
                )
            told = " | ".join(f"{value:.3f}" for value in np.mean(shares, axis=0))
            print(f"{kind} | {together:g} | {told}", flush=True)


if __name__ == "__main__":
    _engagement()
    _closeness()
