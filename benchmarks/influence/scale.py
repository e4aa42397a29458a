"""Scale: how long it takes to judge the influence of every creator, and how much memory.

    python -m benchmarks.influence --scale 100000000
    python -m benchmarks.influence.scale FOLDER        # files that `write_files` left

A network without texts is written: a post for every twenty acts, fifty posts for every creator,
sizes and reactions with heavy tails, followers with dates. Then, in a process of its own whose
memory is read once a second, its files are cut into groups of creators (actors and authors as
numbers, whether the actor followed by then, followers at the time of each post), reduced to one row
per post, fitted on a sample, and every creator is judged. Storing the files in a catalogue and
writing judged columns is not part of the figure, nor is making the network.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from benchmarks.influence.frames import ACT_KINDS, sized
from benchmarks.own_process import in_own_process, watched
from benchmarks.vetting.goals import figure

from influencr.influence import score

__all__ = ["GOAL_GB", "GOAL_SECONDS", "measured", "run_scale", "write_files"]

_MODULE = "benchmarks.influence.scale"
#: What the requirements ask for at a hundred million acts on two cores.
GOAL_SECONDS, GOAL_GB = 600, 8.0
_GOAL_ACTS = 100_000_000
_ACTS_PER_POST, _POSTS_PER_CREATOR, _ACTS_PER_ACCOUNT, _FOLLOWS_PER_ACCOUNT = 20, 50, 100, 20
_SEED = 1
_DAY, _NOW, _DAYS = 86_400, 1_793_000_000, 120
#: Creators written, and groups of creators judged, at a time.
_CHUNK, _ACTS_PER_GROUP = 2_000, 4_000_000
#: Acts read at a time while they are cut.
_BATCH = 8_000_000
#: Drawn for every act that stays: who was drawn twice for a post counts once.
_DRAWN = 1.3
#: Shares of likes, reposts, replies and quotes.
_KINDS = np.cumsum([0.72, 0.17, 0.09, 0.02])


def run_scale(acts: int, *, say: Callable[[str], None]) -> dict[str, Any]:
    """Seconds and memory at a hundredth, a tenth and all of `acts`."""
    sizes = [size for size in (acts // 100, acts // 10, acts) if size >= 100_000] or [acts]
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="influencr-scale-") as folder:
            say(f"writing about {size:,} acts")
            write_files(Path(folder), size)
            say("judging their creators")
            rows.append(
                in_own_process("benchmarks.influence.scale", Path(folder), wanted="bench influence")
            )
            say(f"{rows[-1]['acts']:,} acts in {rows[-1]['seconds']:,.0f} s")
    last = rows[-1]
    whole = last["acts"] >= 0.9 * _GOAL_ACTS
    columns = ("acts", "posts", "creators", "seconds", "cpu_seconds", "peak_gb")
    return {
        "id": "scale",
        "title": "every creator of a large network",
        "data": "an invented network: {acts:,} acts on {posts:,} posts of {creators:,} creators, "
        "{follows:,} follows".format(**last),
        "protocol": __doc__.partition("left\n\n")[2].strip(),
        "figures": [
            figure(
                "seconds to judge every creator",
                last["seconds"],
                goal=GOAL_SECONDS if whole else None,
                more_is_better=False,
            ),
            figure(
                "peak memory, GB",
                last["peak_gb"],
                goal=GOAL_GB if whole else None,
                more_is_better=False,
            ),
            figure("acts per second", round(last["acts"] / last["seconds"])),
        ],
        "tables": [
            {
                "title": "Growth",
                "columns": [name.replace("_", " ") for name in columns],
                "rows": [[row[name] for name in columns] for row in rows],
            },
            {
                "title": "Seconds by step",
                "columns": ["acts", *last["steps"]],
                "rows": [[row["acts"], *row["steps"].values()] for row in rows],
            },
        ],
        "notes": ["Other work on the machine counts; the load before is in the machine's line."],
    }


def write_files(folder: Path, acts: int) -> None:
    """creators.parquet, and folders posts, acts and follows of Parquet files, with keys for ids.

    Deterministic. Followers of a creator are distinct accounts, and only they react.
    """
    n_creators = max(200, acts // _ACTS_PER_POST // _POSTS_PER_CREATOR)
    n_accounts = max(2_000, acts // _ACTS_PER_ACCOUNT)
    rng = np.random.default_rng(_SEED)
    weight = np.exp(rng.normal(0, 1.4, n_creators))
    followers = weight / weight.sum() * n_accounts * _FOLLOWS_PER_ACCOUNT
    followers = np.clip(followers, 5, n_accounts * 0.2).astype(np.int64)
    pull = followers**0.8 * np.exp(0.8 * rng.normal(size=n_creators))
    pull *= _DRAWN * acts / (pull.sum() * _POSTS_PER_CREATOR)
    pl.DataFrame(
        {
            "profile_id": "bluesky:did:example:" + pl.Series(np.arange(n_creators)).cast(pl.String),
            "creator": np.arange(n_creators, dtype=np.uint64),
            "platform": pl.repeat("bluesky", n_creators, eager=True),
            "language": pl.Series(["en", "de", "ja", "pt", "es"]).gather(
                rng.integers(0, 5, n_creators)
            ),
            "topic": pl.Series([f"topic{i}" for i in range(40)]).gather(
                rng.integers(0, 40, n_creators)
            ),
            "followers": followers,
        }
    ).write_parquet(folder / "creators.parquet")
    for name in ("posts", "acts", "follows"):
        (folder / name).mkdir()
    post = 0
    for number, begin in enumerate(range(0, n_creators, _CHUNK)):
        end = min(begin + _CHUNK, n_creators)
        post = _write_chunk(
            folder, number, np.arange(begin, end), followers[begin:end], pull[begin:end], post
        )


def _write_chunk(
    folder: Path,
    number: int,
    creators: npt.NDArray[np.int64],
    followers: npt.NDArray[np.int64],
    pull: npt.NDArray[np.float64],
    first_post: int,
) -> int:
    rng = np.random.default_rng([_SEED, number])
    n_accounts = int(followers.max() * 5)
    start = np.concatenate([[0], np.cumsum(followers)])
    who = np.repeat(creators, followers)
    # A stride that shares no factor with most sizes gives every creator distinct followers.
    offset = np.repeat(rng.integers(0, n_accounts, len(creators)), followers)
    place = np.arange(len(who)) - np.repeat(start[:-1], followers)
    account = (offset + place * 4) % n_accounts
    since = _NOW - (rng.random(len(who)) ** 2 * 900 * _DAY).astype(np.int64)
    n_posts = rng.poisson(_POSTS_PER_CREATOR * np.exp(rng.normal(-0.32, 0.8, len(creators))))
    author = np.repeat(np.arange(len(creators)), n_posts)
    at = _NOW - (rng.random(len(author)) * _DAYS * _DAY).astype(np.int64)
    lift = np.exp(0.9 * rng.normal(size=len(author)) - 0.405)
    n_acts = np.minimum(rng.poisson(pull[author] * lift), followers[author])
    post = np.repeat(np.arange(len(author)), n_acts)
    of = author[post]
    pick = start[of] + (followers[of] * rng.random(len(post)) ** 2.2).astype(np.int64)
    kind = np.searchsorted(_KINDS, rng.random(len(post)) * _KINDS[-1])
    acted = at[post] + 20 + np.exp(rng.normal(9.5, 1.8, len(post))).astype(np.int64)
    acts = pl.DataFrame(
        {
            "post": (first_post + post).astype(np.uint64),
            "creator": creators[of].astype(np.uint64),
            "actor": account[pick].astype(np.uint64),
            "kind": kind.astype(np.int8),
            "at": np.minimum(acted, _NOW),
        }
    ).unique(["post", "actor", "kind"], keep="first")
    acts = acts.sort("at")
    counts = acts.group_by("post").agg(
        (pl.col("kind") == k).sum().cast(pl.Int64).alias(name)
        for k, name in enumerate(("likes", "reposts", "replies", "quotes"))
    )
    posts = pl.DataFrame(
        {
            "creator": creators[author].astype(np.uint64),
            "post": (first_post + np.arange(len(author))).astype(np.uint64),
            "at": at,
        }
    ).join(counts, on="post", how="left")
    posts = posts.with_columns(
        pl.col("likes", "reposts", "replies", "quotes").fill_null(0),
        views=pl.lit(None, dtype=pl.Int64),
        counted_at=pl.lit(_NOW),
        kind=pl.lit("post"),
    )
    follows = pl.DataFrame(
        {
            "followed": who.astype(np.uint64),
            "follower": account.astype(np.uint64),
            "at": since,
        }
    )
    for name, frame in (("posts", posts), ("acts", acts), ("follows", follows.sort("at"))):
        frame.write_parquet(folder / name / f"{number:05d}.parquet", compression="lz4")
    return first_post + len(author)


def measured(folder: Path) -> dict[str, Any]:
    """Seconds and peak memory of judging every creator of these files."""
    work = Path(tempfile.mkdtemp(prefix=".scale-", dir=folder))
    steps: dict[str, float] = {}
    began = time.monotonic()
    used = resource.getrusage(resource.RUSAGE_SELF)

    def done(step: str) -> None:
        steps[step] = round(time.monotonic() - began - sum(steps.values()), 1)

    try:
        with watched() as memory:
            n_acts = _count(folder / "acts")
            n_groups = max(1, -(-n_acts // _ACTS_PER_GROUP))
            for name, key in (("acts", "creator"), ("posts", "creator"), ("follows", "followed")):
                _cut(folder / name, work / name, key, n_groups)
            done("cut")
            creators = pl.read_parquet(folder / "creators.parquet")
            for group in range(n_groups):
                _per_post(work, group).write_parquet(work / f"post-{group:05d}.parquet")
            done("per post")
            context = _fitted(work, creators)
            done("fit")
            n_judged = sum(_judged(work, group, creators, context) for group in range(n_groups))
            done("judge")
            seconds = time.monotonic() - began
        cpu = resource.getrusage(resource.RUSAGE_SELF)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return {
        "acts": n_acts,
        "posts": _count(folder / "posts"),
        "follows": _count(folder / "follows"),
        "creators": creators.height,
        "judged": n_judged,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(
            cpu.ru_utime + cpu.ru_stime - used.ru_utime - used.ru_stime,
            1,
        ),
        "peak_gb": round(memory[0] / 1e9, 2),
        "steps": steps,
    }


def _count(folder: Path) -> int:
    found: int = pl.scan_parquet(folder / "*.parquet").select(pl.len()).collect().item()
    return found


def _cut(source: Path, target: Path, key: str, n_groups: int) -> None:
    """Rows of a folder into one folder per group of creators."""
    for group in range(n_groups):
        (target / str(group)).mkdir(parents=True)
    for number, rows in enumerate(_batches(source)):
        parts = rows.with_columns(group=pl.col(key).hash(seed=0) % n_groups)
        for (group,), part in parts.partition_by("group", as_dict=True, include_key=False).items():
            file = target / str(group) / f"{number:05d}.parquet"
            part.write_parquet(file, compression="lz4")


def _batches(folder: Path) -> Iterator[pl.DataFrame]:
    waiting: list[pl.DataFrame] = []
    for file in sorted(folder.iterdir()):
        waiting.append(pl.read_parquet(file))
        if sum(frame.height for frame in waiting) >= _BATCH:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


def _group(work: Path, name: str, group: int) -> pl.DataFrame:
    return pl.read_parquet(work / name / str(group) / "*.parquet")


def _per_post(work: Path, group: int) -> pl.DataFrame:
    """One row per post of a group, from its acts and follows."""
    follows = _group(work, "follows", group)
    posts = sized(_group(work, "posts", group), follows)
    pairs = follows.select(creator="followed", actor="follower", since="at")
    acts = _group(work, "acts", group).join(pairs, on=["creator", "actor"], how="left")
    acts = acts.select(
        "creator",
        "post",
        "actor",
        "kind",
        "at",
        # No account of this network is flagged; telling who is belongs to vetting.
        flagged=pl.lit(value=False),
        follower=pl.col("since").is_not_null() & (pl.col("since") <= pl.col("at")),
        generic=(pl.col("kind") == ACT_KINDS.index("reply")) & (pl.col("actor") % 3 == 0),
    )
    return score.per_post(acts, posts, as_of=_NOW)


def _fitted(work: Path, creators: pl.DataFrame) -> score.Context:
    """Learned from a sample of creators with a bounded number of posts."""
    share = max(1, creators.height // 20_000)
    chosen = creators.filter(pl.col("creator").hash(seed=3) % share == 0)
    files = sorted(work.glob("post-*.parquet"))
    keys = chosen["creator"].implode()
    posts = pl.concat(
        [pl.read_parquet(file).filter(pl.col("creator").is_in(keys)) for file in files]
    )
    return score.fit(chosen, posts, None, as_of=_NOW)


def _judged(work: Path, group: int, creators: pl.DataFrame, context: score.Context) -> int:
    posts = pl.read_parquet(work / f"post-{group:05d}.parquet")
    mine = creators.filter(pl.col("creator").is_in(posts["creator"].unique().implode()))
    told = score.judge(mine, posts, None, as_of=_NOW, context=context)
    return int(told["influence_per_post"].is_not_null().sum())


if __name__ == "__main__":
    chosen = argparse.ArgumentParser(description=__doc__)
    chosen.add_argument("folder", type=Path)
    print(json.dumps(measured(chosen.parse_args().folder)))
