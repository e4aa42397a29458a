"""Real posts: do the earlier ones of an account foretell what its later ones get?

Each account's posts are cut in two by time, the last third being what is foretold. Counts are those
of the day on which a set was collected, also those of earlier posts: what a customer would see who
looks back, not what could be read on the day of the cut.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from benchmarks.influence.goals import drawn, figure, need
from benchmarks.influence.measures import log_error, pair_accuracy, pairs_of, spearman

from influencr.influence import score

__all__ = ["run"]

Array = npt.NDArray[np.float64]

_DAY = 86_400
#: Where every account's cut is moved to; the score then sees all of them on one day.
_CUT = 1_700_000_000
#: Decimal logarithms of followers inside which accounts are compared.
_CLOSE, _NEAR = 0.05, 0.25
_PAST, _SCORE = "past mean", "influence score"


class _Set(NamedTuple):
    """Accounts and their posts; `effort` is what the outcome counts.

    creators   creator, followers (null unknown)
    posts      creator, at, likes, replies, reposts, quotes, views (null: not shown)
    """

    platform: str
    creators: pl.DataFrame
    posts: pl.DataFrame


def run(datasets: Path | None, *, quick: bool = False) -> dict[str, Any]:
    """Three sets, and what each of them is too thin for."""
    draws = 100 if quick else 1_000
    told, tables, notes = [], [], []
    for name, load in (("youtube-tech-videos", _youtube), ("bluesky-samples", _snowball)):
        figures, table, note = _measured(name, load(datasets), draws)
        told += figures
        tables.append(table)
        notes += note
    feed = _feed(datasets, quick=quick)
    told += feed[0]
    notes += feed[1]
    retweets = _retweets(datasets, draws)
    told += retweets[0]
    notes += retweets[1]
    return {
        "id": "posts",
        "title": "later posts of real accounts from earlier ones",
        "data": "youtube-tech-videos, bluesky-samples (author_feed_8959_posts, "
        "hashtag_snowball_1413_posts), twibot20-sample-100",
        "protocol": __doc__.partition("\n\n")[2].strip(),
        "figures": told,
        "tables": tables,
        "notes": notes,
    }


def _youtube(datasets: Path | None) -> _Set:
    videos = pl.read_csv(need(datasets, "youtube-tech-videos", "videos.csv.gz"))
    posts = videos.select(
        creator=pl.col("channel_id").hash(seed=0),
        post=pl.col("video_id").hash(seed=0),
        at=pl.col("published_at").str.to_datetime(time_zone="UTC").dt.epoch("s"),
        likes="like_count",
        replies="comment_count",
        reposts=pl.lit(None, dtype=pl.Int64),
        quotes=pl.lit(None, dtype=pl.Int64),
        views="view_count",
    )
    creators = videos.group_by(creator=pl.col("channel_id").hash(seed=0)).agg(
        followers=pl.col("subscriber_count").max()
    )
    return _Set("youtube", creators, posts)


def _bluesky_posts(path: Path) -> pl.DataFrame:
    frame = pl.read_parquet(path).filter(~pl.col("is_reply"))
    if "author_did" not in frame.columns:
        frame = frame.with_columns(author_did=pl.lit("one account"))
    if "quote_count" not in frame.columns:
        frame = frame.with_columns(quote_count=pl.lit(None, dtype=pl.Int64))
    return frame.select(
        creator=pl.col("author_did").hash(seed=0),
        post=pl.col("uri").hash(seed=0),
        at=pl.col("created_at").dt.epoch("s"),
        likes="like_count",
        replies="reply_count",
        reposts="repost_count",
        quotes="quote_count",
        views=pl.lit(None, dtype=pl.Int64),
    ).unique("post", keep="first", maintain_order=True)


def _snowball(datasets: Path | None) -> _Set:
    path = need(datasets, "bluesky-samples", "hashtag_snowball_1413_posts.parquet")
    posts = _bluesky_posts(path)
    creators = posts.select("creator").unique(maintain_order=True)
    return _Set("bluesky", creators.with_columns(followers=pl.lit(None, dtype=pl.Int64)), posts)


def _effort() -> pl.Expr:
    return pl.sum_horizontal("replies", "reposts", "quotes")


def _split(posts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Earlier and later posts, moved in time so that every account's cut is the same moment."""
    placed = posts.sort("creator", "at", "post").with_columns(
        place=pl.int_range(pl.len()).over("creator"), n=pl.len().over("creator")
    )
    placed = placed.filter(pl.col("n") >= 2).with_columns(
        later=pl.col("place") >= pl.col("n") - (pl.col("n") // 3).clip(1)
    )
    first = placed.filter("later").group_by("creator").agg(cut=pl.col("at").min())
    moved = placed.join(first, on="creator").with_columns(at=pl.col("at") - pl.col("cut") + _CUT)
    return moved.filter(~pl.col("later")), moved.filter("later")


def _scores(data: _Set, earlier: pl.DataFrame) -> pl.DataFrame:
    """One row per account with posts on both sides: what each number says of it."""
    creators = (
        data.creators.filter(pl.col("creator").is_in(earlier["creator"].unique().implode()))
        .sort("creator")
        .with_columns(
            profile_id=pl.format("{}:{}", pl.lit(data.platform), "creator"),
            platform=pl.lit(data.platform),
            language=pl.lit(None, dtype=pl.String),
            topic=pl.lit(None, dtype=pl.String),
        )
    )
    posts = earlier.with_columns(kind=pl.lit("post"), counted_at=pl.lit(_CUT + 30 * _DAY)).drop(
        "place", "n", "later", "cut"
    )
    context = score.fit(creators, posts, None, as_of=_CUT)
    judged = score.judge(creators, posts, None, as_of=_CUT, context=context)
    means = earlier.group_by("creator").agg(
        _effort().mean().alias(_PAST),
        (_effort() + pl.col("likes")).median().alias("median engagement"),
        _effort().sort_by("at").tail(3).mean().alias("mean of the last three"),
        _effort().median().alias("past median"),
        n=pl.len(),
    )
    return (
        creators.select("creator", "followers")
        .join(means, on="creator")
        .join(judged.select("creator", influence_per_post="influence_per_post"), on="creator")
        .rename({"influence_per_post": _SCORE})
        .with_columns(
            (pl.col("median engagement") / pl.col("followers")).alias("engagement rate"),
            pl.col("followers").cast(pl.Float64),
        )
        .sort("creator")
    )


def _measured(
    name: str, data: _Set, draws: int
) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    earlier, later = _split(data.posts)
    told = _scores(data, earlier).join(
        later.group_by("creator").agg(outcome=_effort().mean()), on="creator"
    )
    told = told.sort("creator").filter(pl.col(_SCORE).is_not_null())
    outcome = told["outcome"].to_numpy()
    names = [_SCORE, _PAST, "mean of the last three", "past median", "median engagement"]
    if told["followers"].null_count() < told.height:
        names += ["engagement rate", "followers"]
        size = np.log10(told["followers"].fill_null(0).clip(1).to_numpy())
    else:
        size = np.zeros(told.height)
    scores = {n: told[n].fill_null(float("nan")).to_numpy().astype(float) for n in names}
    group = np.zeros(told.height, dtype=np.int64)
    tight = pairs_of(size, outcome, group, close=_CLOSE)
    wide = pairs_of(size, outcome, group, close=_NEAR)
    value, boots = pair_accuracy(wide, scores, draws=draws)
    near, _ = pair_accuracy(tight, scores, draws=2)
    rows = []
    for n in sorted(names, key=lambda n: -value[n]):
        low, high = np.quantile(boots[n], [0.025, 0.975])
        fits = n in (_SCORE, _PAST, "mean of the last three", "past median")
        error = log_error(scores[n], outcome) if fits else None
        rows.append(
            [n, value[n], f"{low:.3f} to {high:.3f}", near[n], spearman(scores[n], outcome), error]
        )
    figures = [
        drawn(f"{name}: score less past mean", *_less(value, boots, _PAST)),
        *(
            drawn(f"{name}: score less {n}", *_less(value, boots, n))
            for n in names
            if n not in (_SCORE, _PAST)
        ),
    ]
    for one in figures:
        past = one["name"].endswith(_PAST)
        if one["name"].endswith(("last three", "past median")):
            continue  # other ways of writing the past mean
        # Against the past mean it is enough not to be worse; against all others, to be better.
        one["goal"] = 0.0
        one["reached"] = one["high"] >= 0 if past else one["low"] > 0
        one["wanted"] = "interval reaches 0" if past else "interval above 0"
    sized = name == "youtube-tech-videos"
    within = f"within {_NEAR:g} in log10 followers" if sized else "any size: followers not known"
    title = f"{name}: {told.height} accounts, {len(wide.more):,} pairs ({within})"
    columns = ["", "pair accuracy", "interval", "within 0.05", "Spearman", "mean error of log(1+x)"]
    note = (
        f"{name}: {earlier['creator'].n_unique():,} accounts have an earlier and a later post, "
        f"{told.height} of them a score. "
        + (
            f"Only {len(tight.more)} pairs are within {_CLOSE:g}; so {_NEAR:g} is used. "
            if sized
            else "Nothing is known of their followers, so sizes are not matched. "
        )
        + "Thin: differences of a few hundredths cannot be seen."
    )
    return figures, {"title": title, "columns": columns, "rows": rows}, [note]


def _less(value: dict[str, float], boots: dict[str, Array], other: str) -> tuple[float, Array]:
    return value[_SCORE] - value[other], boots[_SCORE] - boots[other]


def _feed(datasets: Path | None, *, quick: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """One account: every week, what the 28 days after it will bring per post."""
    path = need(datasets, "bluesky-samples", "author_feed_8959_posts.parquet")
    posts = _bluesky_posts(path).sort("at")
    begin, end = int(posts["at"].min()), int(posts["at"].max())
    creators = pl.DataFrame(
        {
            "profile_id": ["bluesky:one"],
            "creator": [posts["creator"][0]],
            "platform": ["bluesky"],
            "followers": pl.Series([None], dtype=pl.Int64),
            "language": pl.Series([None], dtype=pl.String),
            "topic": pl.Series([None], dtype=pl.String),
        },
        schema_overrides={"creator": pl.UInt64},
    )
    step = (28 if quick else 7) * _DAY
    found: dict[str, list[float]] = {}
    for cut in range(begin + 28 * _DAY, end - 28 * _DAY, step):
        earlier = posts.filter(pl.col("at") < cut)
        later = posts.filter((pl.col("at") >= cut) & (pl.col("at") < cut + 28 * _DAY))
        outcome = float(later.select(_effort().mean()).item())
        seen = earlier.with_columns(kind=pl.lit("post"), counted_at=pl.lit(cut))
        context = score.fit(creators, seen, None, as_of=cut)
        judged = score.judge(creators, seen, None, as_of=cut, context=context)
        recent = earlier.filter(pl.col("at") >= cut - 28 * _DAY)
        numbers = {
            _SCORE: judged["influence_per_post"][0],
            _PAST: earlier.select(_effort().mean()).item(),
            "past 28 days, mean": recent.select(_effort().mean()).item(),
            "past median": earlier.select(_effort().median()).item(),
        }
        for n, value in numbers.items():
            error = abs(np.log1p(value) - np.log1p(outcome)) if value is not None else np.nan
            found.setdefault(n, []).append(float(error))
    cuts = len(found[_PAST])
    figures = [
        figure(f"author feed: {n}, mean error of log(1+x)", float(np.mean(values)))
        for n, values in found.items()
    ]
    note = (
        f"author_feed_8959_posts is one account ({posts.height:,} posts that are no replies): "
        f"nothing can be compared between creators. {cuts} forecasts of 28 days, one a week, which "
        "overlap, so no interval is given."
    )
    return figures, [note]


def _retweets(datasets: Path | None, draws: int) -> tuple[list[dict[str, Any]], list[str]]:
    """Whom a hundred accounts retweeted earlier and later; the set has no times and no counts."""
    path = need(datasets, "twibot20-sample-100", "users.jsonl.gz")
    first: dict[str, list[set[str]]] = {}
    mentioned: dict[str, int] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            user = json.loads(line)
            texts = user["tweet"] or []
            # Newest first, as the interface gave them.
            for place, text in enumerate(texts):
                recent = place < len(texts) / 3
                found = re.match(r"RT @(\w+):", text)
                if found:
                    sides = first.setdefault(found[1].lower(), [set(), set()])
                    sides[recent].add(user["ID"])
                elif not recent:
                    for name in re.findall(r"@(\w+)", text):
                        mentioned[name.lower()] = mentioned.get(name.lower(), 0) + 1
    authors = [name for name, (earlier, _) in first.items() if earlier]
    outcome = np.array([len(first[name][1]) for name in authors], dtype=float)
    scores = {
        "distinct accounts earlier": np.array([len(first[n][0]) for n in authors], dtype=float),
        "mentions earlier": np.array([mentioned.get(n, 0) for n in authors], dtype=float),
    }
    pairs = pairs_of(np.zeros(len(authors)), outcome, np.zeros(len(authors), dtype=np.int64))
    keep = 60_000
    if len(pairs.more) > keep:
        chosen = np.random.default_rng(0).choice(len(pairs.more), keep, replace=False)
        pairs = pairs._replace(more=pairs.more[chosen], less=pairs.less[chosen])
    value, boots = pair_accuracy(pairs, scores, draws=min(draws, 200))
    figures = [
        drawn(f"twibot20: retweets by different accounts later, from {n}", value[n], boots[n])
        for n in scores
    ]
    several = sum(len(first[n][0]) >= 2 for n in authors)
    note = (
        f"twibot20-sample-100 has texts of 100 accounts, no times and no counts of reactions: the "
        f"score refuses. Taken as acts, their retweets name {len(authors):,} authors in the older "
        f"two thirds, {several} of them retweeted by two or more of the hundred; sizes of authors "
        "are not known."
    )
    return figures, [note]
