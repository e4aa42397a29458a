"""The acceptance of influence: invented worlds, judged as of a day, against the 28 days after it.

Each world is written as files; follows, posts, acts and counts of after the cut are taken away; the
rest is imported into an empty home and refreshed, so that vetting flags what it would have flagged
then. The influence score and all baselines see the same frames as of the cut.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from benchmarks.influence import asked, guards
from benchmarks.influence.baselines import ABLATIONS, BASELINES, PAST, REQUIRED
from benchmarks.influence.cut import flagged_by, home_of, write_cut
from benchmarks.influence.frames import DAY, Came, Seen, came, seen
from benchmarks.influence.goals import (
    ABOVE_BASELINE,
    PLACEBO,
    RECOVERED,
    drawn,
    figure,
    inside,
)
from benchmarks.influence.measures import (
    calibration_slope,
    inside_cohorts,
    log_error,
    pair_accuracy,
    pairs_of,
)

from influencr.sources.synthetic import AS_OF, INFLUENCE, VERSION, Influence, Size, write_world

__all__ = ["HORIZON_DAYS", "QUICK", "SCORE", "Judged", "figures", "judge_world", "run"]

Array = npt.NDArray[np.float64]

HORIZON_DAYS = 28
#: For trying: too few placebo creators for a verdict.
QUICK = Size(1_500, 15_000, mean_follows=40, mean_posts=40)
#: Creators smaller than this at the cut are left out: a handful of acts a year tells nothing.
LEAST_FOLLOWERS = 30
#: Decimal logarithms of followers in one cohort of `recovered`; and where a topic counts too.
_NARROW, _WIDE = 0.1, 0.5
_DRAWS = 300

SCORE = "influence score"
_TAUGHT, _SPLIT = f"{SCORE}, taught by other creators", f"{SCORE}, credit for items split"
_ORACLE, _ORACLE_LATER = "planted, at the cut", "planted, two weeks later"

_DATA = (
    "invented worlds of {creators:,} creators (55 % of them on the open network, which is what is "
    "measured) and {audience:,} audience accounts, world version {version}, seeds {seeds}; "
    "influence planted as `Influence()` states: drift, heavy tails, break-outs, weeks of a topic, "
    "replies without content, items that several bring, late starts, a quarter of people with paid "
    "acts, reciprocal groups, a quarter of people with a response that is noise"
)
_PROTOCOL = (
    "Day 0 is 28 days before the end. What happened after it is taken out of the files; the rest "
    "is imported and refreshed; accounts in findings that stand are *flagged*. Score and baselines "
    "see posts and acts until day 0; baselines count all actors and all replies, as a customer "
    "would. **Outcome**: different accounts per post (made from day 0 on, at least two days old at "
    "the end) with a repost, a quote or a reply that says something, without acts that were paid "
    "for or came from a reciprocal group. **Pair accuracy**: of two creators whose followers "
    "differ by less than 0.05 in the decimal logarithm, who gets more? Creators with at least 30 "
    "followers, a score, and a post after day 0; placebo creators are measured apart. Intervals: "
    "bootstrap over creators."
)


class Judged(NamedTuple):
    """One world.

    frame      one row per creator: `Came.creators` with followers, language, topic, region, posts
               before the cut, the score's interval and what followers did before exposure
    scores     name -> one number per creator
    shuffled   the same after posts were dealt anew (score and past mean), with their outcome
    around     rates of `guards.rates_around`
    """

    frame: pl.DataFrame
    scores: dict[str, Array]
    shuffled: dict[str, Array]
    around: dict[str, float]
    seconds: dict[str, float]


def run(seeds: Iterable[int], *, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """All worlds of these seeds together."""
    size, seeds = (QUICK if quick else INFLUENCE), tuple(seeds)
    worlds = [judge_world(seed, size, say=say) for seed in seeds]
    told, tables = figures(worlds)
    return {
        "id": "worlds",
        "title": "acceptance on invented worlds, out of time",
        "data": _DATA.format(
            creators=size.n_creators,
            audience=size.n_audience,
            version=VERSION,
            seeds=", ".join(map(str, seeds)),
        ),
        "protocol": _PROTOCOL,
        "figures": told,
        "tables": tables,
        "notes": _notes(worlds, seeds),
    }


def judge_world(
    seed: int,
    size: Size,
    *,
    influence: Influence | None = None,
    say: Callable[[str], None],
) -> Judged:
    """Write, cut, import, refresh and judge one world; nothing of it stays on disk."""
    until = int(AS_OF.timestamp())
    cut = until - HORIZON_DAYS * DAY
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="influencr-influence-") as folder:
        place = Path(folder)
        began = time.monotonic()
        how = Influence() if influence is None else influence
        world = write_world(place / "world", **size._asdict(), seed=seed, influence=how)
        seconds["world"] = time.monotonic() - began
        began = time.monotonic()
        files = write_cut(world.observed, place / "files", cut)
        engine = home_of(files, place / "home")
        seconds["import and refresh"] = time.monotonic() - began
        now = seen(world.folder, cut, flagged_by(engine))
        then = came(world.folder, now, until)
        judged = judge(now, then, world.folder, seed=seed, stored=engine.home.judged)
        told = ", ".join(f"{name} {value:.0f} s" for name, value in seconds.items())
        say(f"world {seed}: {now.acts.height:,} acts before the cut; {told}")
        return judged._replace(seconds=seconds | judged.seconds)


def judge(now: Seen, then: Came, world: Path, *, seed: int, stored: Path | None = None) -> Judged:
    """All numbers of one world as of the cut."""
    began = time.monotonic()
    scores = {name: make(now) for name, make in {**BASELINES, **ABLATIONS}.items()}
    seconds = {"baselines": time.monotonic() - began}
    began = time.monotonic()
    kept = None if stored is None else asked.of_home(now, stored)
    told = asked.of_frames(now) if kept is None else kept
    scores[SCORE] = told.value
    seconds["score"] = time.monotonic() - began
    scores[_TAUGHT] = asked.split_by_creator(now)
    scores[_SPLIT] = asked.exclusive(now).value
    scores[_ORACLE] = then.creators["expected"].fill_null(float("nan")).to_numpy()
    scores[_ORACLE_LATER] = then.creators["later"].fill_null(float("nan")).to_numpy()
    other, after = guards.dealt(now, then, seed=seed)
    shuffled = {
        SCORE: asked.of_frames(other).value,
        PAST: BASELINES[PAST](other),
        "outcome": after.creators["outcome"].fill_null(float("nan")).to_numpy(),
    }
    n_posts = now.posts.group_by("creator").len("posts")
    frame = then.creators.with_columns(
        now.creators["followers", "language", "topic", "region"],
        before=pl.Series(guards.before_exposure(now)),
        low=pl.Series(told.low),
        high=pl.Series(told.high),
    ).join(n_posts, on="creator", how="left", maintain_order="left")
    return Judged(
        frame.with_columns(pl.col("posts").fill_null(0)),
        scores,
        shuffled,
        guards.rates_around(now, world, seed=seed),
        seconds,
    )


class _All(NamedTuple):
    """Worlds put together; `group` is the world."""

    frame: pl.DataFrame
    scores: dict[str, Array]
    group: npt.NDArray[np.int64]
    size: Array

    def column(self, name: str) -> Array:
        value: Array = self.frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return value


def _together(worlds: list[Judged]) -> _All:
    frame = pl.concat([one.frame for one in worlds])
    names = worlds[0].scores
    scores = {name: np.concatenate([one.scores[name] for one in worlds]) for name in names}
    group = np.repeat(np.arange(len(worlds)), [one.frame.height for one in worlds])
    followers = frame["followers"].cast(pl.Float64).to_numpy()
    return _All(frame, scores, group, np.log10(np.maximum(followers, 1.0)))


def figures(worlds: list[Judged]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Figures with goals, and tables."""
    every = _together(worlds)
    outcome = every.column("outcome")
    large = every.frame["followers"].to_numpy() >= LEAST_FOLLOWERS
    placebo = every.frame["placebo"].to_numpy()
    judged = ~np.isnan(every.scores[SCORE])
    main = large & ~placebo & judged
    pairs = pairs_of(every.size, np.where(main, outcome, np.nan), every.group)
    value, draws = pair_accuracy(pairs, every.scores, draws=_DRAWS)
    best = max(BASELINES, key=lambda name: value[name])
    asked_for = max(REQUIRED, key=lambda name: value[name])
    told = [
        drawn(
            f"pair accuracy above the best baseline that the project asks for ({asked_for})",
            *_less(value, draws, asked_for),
            ABOVE_BASELINE,
        ),
        drawn(
            f"pair accuracy above the best of all baselines ({best})",
            *_less(value, draws, best),
            ABOVE_BASELINE,
        ),
        drawn("pair accuracy of the score", value[SCORE], draws[SCORE]),
        drawn(f"above {best}, score taught by other creators", *_less(value, draws, best, _TAUGHT)),
        *_own(every, main),
        *_placebo(every, outcome, large & placebo & judged),
        *_recovered(every, main),
        *_sized(every, main, outcome),
        *_shuffled(worlds, every, main),
        *_exposed(every, main),
        figure(
            "creators with a score, share of those with followers and a post after the cut",
            float(judged[large & ~np.isnan(outcome)].mean()),
        ),
        figure("pairs", float(len(pairs.more))),
        figure("creators in pairs", float((main & ~np.isnan(outcome)).sum())),
    ]
    tables = [
        _accuracies(value, draws),
        _orders(every, main, outcome),
        _parts(every, main, outcome, placebo & large & judged),
        _around(worlds),
    ]
    return told, tables


def _less(
    value: dict[str, float], draws: dict[str, Array], other: str, name: str = SCORE
) -> tuple[float, Array]:
    return value[name] - value[other], draws[name] - draws[other]


def _own(every: _All, main: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Against an outcome without what others brought too, and without crowds."""
    own = np.where(main, every.column("own"), np.nan)
    pairs = pairs_of(every.size, own, every.group)
    names = (SCORE, _SPLIT, PAST)
    value, draws = pair_accuracy(pairs, {n: every.scores[n] for n in names}, draws=100)
    return [
        drawn(f"outcome without shared items and crowds, pair accuracy: {n}", value[n], draws[n])
        for n in names
    ]


def _placebo(every: _All, outcome: Array, rows: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    pairs = pairs_of(every.size, np.where(rows, outcome, np.nan), every.group)
    value, draws = pair_accuracy(pairs, {n: every.scores[n] for n in (SCORE, PAST)}, draws=_DRAWS)
    return [
        inside("placebo creators, pair accuracy of the score", value[SCORE], draws[SCORE], PLACEBO),
        drawn("placebo creators, pair accuracy of the past mean", value[PAST], draws[PAST]),
        figure("placebo creators", float((rows & ~np.isnan(outcome)).sum())),
    ]


def _cohorts(every: _All, width: float, *names: str) -> npt.NDArray[np.int64]:
    """Number of the cohort of each row: world, size class and these columns."""
    keys = pl.DataFrame(
        {
            "world": every.group,
            "size": np.floor(every.size / width).astype(np.int64),
            **{name: every.frame[name] for name in names},
        }
    )
    return keys.select(pl.struct(pl.all()).rank("dense")).to_series().to_numpy().astype(np.int64)


def _recovered(every: _All, main: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    planted = np.where(main, every.column("expected"), np.nan)
    cohort = _cohorts(every, _NARROW)
    many = np.where(every.frame["posts"].to_numpy() >= 20, planted, np.nan)
    told = []
    for name, target, goal in (
        ("recovered influence, Spearman inside size cohorts", planted, RECOVERED),
        ("the same, creators with 20 posts or more", many, None),
        ("the same, credit for items split", planted, None),
    ):
        score = every.scores[_SPLIT if name.endswith("split") else SCORE]
        value = inside_cohorts(cohort, score, target)[0]
        told.append(drawn(name, value, _redrawn(cohort, score, target), goal))
    past = inside_cohorts(cohort, every.scores[PAST], planted)[0]
    return [*told, figure(f"the same of the {PAST}", past)]


def _sized(every: _All, main: npt.NDArray[np.bool_], outcome: Array) -> list[dict[str, Any]]:
    """Is the number itself right, and does its interval hold what it says?"""
    score, low, high = every.scores[SCORE], every.column("low"), every.column("high")
    planted = every.column("expected")
    held = (planted >= low) & (planted <= high)
    known = main & ~np.isnan(outcome)
    return [
        figure("planted expectation inside the 95 % interval, share", float(held[main].mean())),
        figure("width of the interval, median of high / low", float(np.median((high / low)[main]))),
        figure(
            "mean score over mean outcome",
            float(score[known].mean() / outcome[known].mean()),
        ),
    ]


def _redrawn(cohort: npt.NDArray[np.int64], score: Array, target: Array) -> Array:
    """Bootstrap of the Spearman inside cohorts, over creators."""
    rows = np.flatnonzero(~np.isnan(target))
    rng = np.random.default_rng(0)
    found = []
    for _ in range(100):
        again = rng.choice(rows, len(rows))
        found.append(inside_cohorts(cohort[again], score[again], target[again])[0])
    return np.array(found)


def _shuffled(
    worlds: list[Judged], every: _All, main: npt.NDArray[np.bool_]
) -> list[dict[str, Any]]:
    scores = {n: np.concatenate([one.shuffled[n] for one in worlds]) for n in (SCORE, PAST)}
    # Inside 0.05 a little size is left, which whoever knows nothing else goes by.
    scores["followers"] = every.scores["followers"]
    outcome = np.concatenate([one.shuffled["outcome"] for one in worlds])
    known = main & ~np.isnan(scores[SCORE])
    pairs = pairs_of(every.size, np.where(known, outcome, np.nan), every.group)
    value, draws = pair_accuracy(pairs, scores, draws=100)
    return [
        inside(
            "posts dealt anew inside a size, pair accuracy of the score",
            value[SCORE],
            draws[SCORE],
            PLACEBO,
        ),
        *(
            drawn(f"posts dealt anew, pair accuracy of {n}", value[n], draws[n])
            for n in ("followers", PAST)
        ),
    ]


def _exposed(every: _All, main: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    before = np.where(main, every.column("before"), np.nan)
    pairs = pairs_of(every.size, before, every.group)
    if not len(pairs.more):
        return [figure("before exposure", None, note="nobody brought an item that others brought")]
    names = (SCORE, PAST, _ORACLE)
    value, draws = pair_accuracy(pairs, {n: every.scores[n] for n in names}, draws=100)
    return [
        drawn(f"what followers did before the post, pair accuracy of the {n}", value[n], draws[n])
        for n in names
    ]


def _accuracies(value: dict[str, float], draws: dict[str, Array]) -> dict[str, Any]:
    rows = []
    for name in sorted(value, key=lambda name: -value[name]):
        low, high = np.quantile(draws[name], [0.025, 0.975])
        kind = "baseline" if name in BASELINES else "part of the method"
        kind = "truth" if name in (_ORACLE, _ORACLE_LATER) else kind
        kind = "**the product**" if name in (SCORE, _TAUGHT, _SPLIT) else kind
        rows.append([name, value[name], f"{low:.3f} to {high:.3f}", kind])
    columns = ["", "pair accuracy", "interval", "what it is"]
    return {"title": "Who gets more of two of the same size", "columns": columns, "rows": rows}


def _orders(every: _All, main: npt.NDArray[np.bool_], outcome: Array) -> dict[str, Any]:
    """Spearman, NDCG@10, log error and slope."""
    target = np.where(main, outcome, np.nan)
    cohorts = {
        "size": _cohorts(every, _NARROW),
        "topic": _cohorts(every, _WIDE, "topic"),
        "region": _cohorts(every, _WIDE, "region"),
    }
    rows = []
    counted = ("past 28 days, mean", PAST, *ABLATIONS, SCORE, _TAUGHT, _ORACLE)
    for name, score in every.scores.items():
        found = [inside_cohorts(cohort, score, target) for cohort in cohorts.values()]
        gains = [x for one in found for x in one[:2]]
        fits = [None, None]
        if name in counted:
            fits = [log_error(score, target), calibration_slope(score, target)]
        rows.append([name, *gains, *fits])
    columns = [""]
    for name in cohorts:
        columns += [f"Spearman, {name}", f"NDCG@10, {name}"]
    columns += ["mean error of log(1+x)", "calibration slope"]
    title = "Order inside cohorts of size, topic and size, region and size; fit of the number"
    return {"title": title, "columns": columns, "rows": rows}


def _parts(
    every: _All,
    main: npt.NDArray[np.bool_],
    outcome: Array,
    noise: npt.NDArray[np.bool_],
) -> dict[str, Any]:
    """Pair accuracy among some creators only."""
    dirty = (every.frame["paid"] | every.frame["pod"]).to_numpy()
    posts, followers = every.frame["posts"].to_numpy(), every.frame["followers"].to_numpy()
    parts = {
        "without paid acts or a reciprocal group": main & ~dirty,
        "with paid acts or in a reciprocal group": main & dirty,
        "3 to 9 posts before the cut": main & (posts < 10),
        "10 to 29 posts": main & (posts >= 10) & (posts < 30),
        "30 posts or more": main & (posts >= 30),
        "fewer than 300 followers": main & (followers < 300),
        "300 followers or more": main & (followers >= 300),
        "placebo creators among the others": main | noise,
    }
    names = (
        SCORE,
        PAST,
        "influence-passivity",
        "past mean, distinct accounts not flagged",
        _ORACLE,
    )
    rows = []
    for label, chosen in parts.items():
        pairs = pairs_of(every.size, np.where(chosen, outcome, np.nan), every.group)
        if not len(pairs.more):
            continue
        value, draws = pair_accuracy(pairs, {n: every.scores[n] for n in names}, draws=100)
        gain = draws[SCORE] - draws[PAST]
        low, high = np.quantile(gain, [0.025, 0.975])
        n = int((chosen & ~np.isnan(outcome)).sum())
        rows.append([label, n, *(value[x] for x in names), f"{low:+.3f} to {high:+.3f}"])
    columns = ["", "creators", *names, f"score less {PAST}, interval"]
    return {"title": "Pair accuracy among some creators", "columns": columns, "rows": rows}


def _around(worlds: list[Judged]) -> dict[str, Any]:
    rows = []
    for side, told in (
        ("followers", "followers of the same language and interest"),
        ("others", "people of the same language and interest who do not follow"),
    ):
        cells = [
            float(np.mean([one.around[f"{side}, {name}"] for one in worlds]))
            for name in ("before", "after", "on the post")
        ]
        rows.append([told, *cells])
    columns = ["", "72 hours before", "72 hours after", "on the creator's own post"]
    title = "Who shares an item that several brought, per 1,000, around a creator's post"
    return {"title": title, "columns": columns, "rows": rows}


def _notes(worlds: list[Judged], seeds: tuple[int, ...]) -> list[str]:
    paid = float(np.mean([one.frame["paid"].mean() for one in worlds]))
    times = "; ".join(
        f"{seed}: " + ", ".join(f"{name} {value:.0f}" for name, value in one.seconds.items())
        for seed, one in zip(seeds, worlds, strict=True)
    )
    return [
        f"{paid:.0%} of all creators have paid acts at some time. What is gained over baselines "
        "that count all acts depends on this share: see creators without any.",
        "The planted number is the ceiling: nobody can know the luck of the coming posts.",
        "A world's people are drawn from laws, not from life: figures say that the method finds "
        "what was put in, not how much of it there is in a real network.",
        f"Seconds by seed: {times}.",
    ]
