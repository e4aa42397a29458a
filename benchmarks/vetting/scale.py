"""B14: how long vetting takes, and how much memory, as the number of follows grows.

    python -m benchmarks.vetting --scale 100000000
    python -m benchmarks.vetting.scale HOME          # one home that exists already, as JSON
    python -m benchmarks.vetting.scale HOME HOME HOME --output docs/benchmarks

Each world goes the way of a user's data up to the catalogue: written as files, imported. Then the
audiences of all creators are looked at, exactly as `refresh` does it, in a process of its own whose
memory is read once a second, helpers included. What `refresh` does before (judging profiles)
and after (the index) is not part of the figure, nor is making the world.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from benchmarks.own_process import in_own_process, watched
from benchmarks.runs import as_run
from benchmarks.vetting.goals import figure

from influencr import influence, vetting
from influencr.engine import Engine
from influencr.errors import Terminal
from influencr.pipeline import CREATORS_SCHEMA, newest_observation
from influencr.pipeline._creators import NO_FOLLOWERS_KNOWN
from influencr.pipeline._gates import may_be_counted
from influencr.pipeline._judge import _bucket_files, _buckets
from influencr.pipeline.vetting import run_vetting
from influencr.records import Policy
from influencr.sources.synthetic import Size, write_world

__all__ = ["GOAL_GB", "GOAL_SECONDS", "build", "measured", "of_homes", "run_scale"]

#: What issue 5 asks for at a hundred million follows on two cores.
GOAL_SECONDS, GOAL_GB = 900, 8.0
_GOAL_FOLLOWS = 100_000_000
#: Written follows per audience account, and audience accounts per creator, of these worlds.
_PER_ACCOUNT, _PER_CREATOR = 40, 20
_SEED = 1


def run_scale(follows: int, *, say: Callable[[str], None]) -> dict[str, Any]:
    """Seconds, memory and the growth curve at a hundredth, a tenth and all of `follows`."""
    sizes = [size for size in (follows // 100, follows // 10, follows) if size >= 100_000]
    rows = []
    for size in sizes or [follows]:
        with tempfile.TemporaryDirectory(prefix="influencr-scale-") as folder:
            say(f"making a world of about {size:,} follows")
            home = build(Path(folder), size)
            say("looking at its audiences")
            rows.append(in_own_process("benchmarks.vetting.scale", home, wanted="bench vetting"))
            say(f"{rows[-1]['follows']:,} follows in {rows[-1]['seconds']:,.0f} s")
    return _told(rows)


def of_homes(homes: Sequence[Path], *, say: Callable[[str], None]) -> dict[str, Any]:
    """The same of homes that exist already (`build`), whatever their order."""
    rows = []
    for home in homes:
        say(f"looking at the audiences of {home}")
        rows.append(in_own_process("benchmarks.vetting.scale", home, wanted="bench vetting"))
        say(f"{rows[-1]['follows']:,} follows in {rows[-1]['seconds']:,.0f} s")
    return _told(sorted(rows, key=lambda row: row["follows"]))


def _told(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures and the growth curve from measurements, the smallest first."""
    last = rows[-1]
    whole = last["follows"] >= 0.95 * _GOAL_FOLLOWS
    figures = [
        figure(
            "seconds to look at every audience",
            last["seconds"],
            goal=GOAL_SECONDS if whole else None,
            more_is_better=False,
        ),
        figure(
            "peak memory, GB, helpers included",
            last["peak_gb"],
            goal=GOAL_GB if whole else None,
            more_is_better=False,
        ),
        figure("follows per second", round(last["follows"] / last["seconds"])),
    ]
    if len(rows) > 1:
        figures.append(figure("CPU seconds grow with follows to the power of", _power(rows)))
    return {
        "id": "b14",
        "title": "Scale: every audience of a world",
        "data": (
            "an invented world: {follows:,} follows, {accounts:,} accounts, {creators:,} creators "
            "on open networks, sellers of every style"
        ).format(**last),
        "protocol": __doc__.partition("\n\n")[2].rpartition("\n\n")[2],
        "figures": figures,
        "tables": [_growth(rows), _shares(rows)],
        "notes": ["Other work on the machine counts; the load before is in the machine's line."],
        "growth": rows,
    }


def _power(rows: list[dict[str, Any]]) -> float:
    """Slope from the smallest to the largest world, both axes logarithmic; 1 is linear."""
    first, last = rows[0], rows[-1]
    return round(
        math.log(last["cpu_seconds"] / first["cpu_seconds"])
        / math.log(last["follows"] / first["follows"]),
        3,
    )


def _growth(rows: list[dict[str, Any]]) -> dict[str, Any]:
    columns = ("follows", "accounts", "creators", "seconds", "cpu_seconds", "peak_gb")
    return {
        "title": "Growth",
        "columns": [
            *(name.replace("_", " ") for name in columns),
            "CPU seconds per million follows",
        ],
        "rows": [
            [*(row[name] for name in columns), 1e6 * row["cpu_seconds"] / row["follows"]]
            for row in rows
        ],
    }


def _shares(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Seconds of each step; the helpers share out what is done group by group."""
    names = list(rows[0]["steps"])
    told = []
    for row in rows:
        ends = [row["steps"][name] for name in names]
        spans = [round(b - a, 1) for a, b in itertools.pairwise([0.0, *ends])]
        told.append([f"{row['follows']:,}", *spans])
    return {"title": "Seconds, step by step", "columns": ["follows", *names], "rows": told}


def build(folder: Path, follows: int) -> Path:
    """A home whose catalogue holds a world of about so many follows; nothing is judged yet."""
    audience = max(2_000, follows // _PER_ACCOUNT)
    size = Size(
        n_creators=max(300, audience // _PER_CREATOR),
        n_audience=audience,
        mean_follows=48,
        mean_posts=2,
    )
    world = folder / "world"
    written = write_world(world, **size._asdict(), seed=_SEED)
    home = folder / "home"
    with Engine(home, create=True) as engine:
        for file in sorted(written.files, key=str):
            if "truth" in file.parts:
                continue
            report = engine.import_files(
                [file], licence="synthetic", lawful_basis="invented people"
            )
            for failed in report.failed:
                raise failed.error or Terminal(f"{file} could not be imported.")
            file.unlink()
    shutil.rmtree(world)
    return home


def measured(home: Path) -> dict[str, Any]:
    """Seconds and peak memory of looking at every audience in this home."""
    work = Path(tempfile.mkdtemp(prefix=".scale-", dir=home))
    stages: list[tuple[float, int]] = []
    try:
        with Engine(home) as engine:
            snapshot = engine.catalogue.snapshot()
            as_of = newest_observation(snapshot)
            if as_of is None:
                raise Terminal(f"{home} is empty.")
            profiles, posts, n_profiles, n_buckets = _buckets(snapshot, work)
            listed = []
            for number in range(n_buckets):
                part = work / f"listed-{number:05d}.parquet"
                _listed(profiles(number), posts(number), as_of).write_parquet(part)
                listed.append(part)
            n_creators = sum(pl.scan_parquet(f).select(pl.len()).collect().item() for f in listed)
            nobody = work / "nobody.parquet"
            pl.DataFrame(schema={"profile_id": pl.String}).write_parquet(nobody)
            n_follows: int = snapshot.scan("follows").select(pl.len()).collect().item()
            room = work / "vetting"
            room.mkdir()
            began = time.monotonic()
            used = (
                resource.getrusage(resource.RUSAGE_SELF),
                resource.getrusage(resource.RUSAGE_CHILDREN),
            )
            with watched() as memory:
                done = run_vetting(
                    snapshot,
                    room,
                    buckets=_bucket_files(work, n_buckets),
                    creators=listed,
                    barred=[nobody],
                    as_of=as_of,
                    progress=lambda d, _: stages.append((time.monotonic() - began, d)),
                )
            seconds = time.monotonic() - began
            verdicts = pl.read_parquet(done.vetting)["verdict"].value_counts(sort=True)
        cpu = sum(
            getattr(now, name) - getattr(then, name)
            for now, then in zip(
                (
                    resource.getrusage(resource.RUSAGE_SELF),
                    resource.getrusage(resource.RUSAGE_CHILDREN),
                ),
                used,
                strict=True,
            )
            for name in ("ru_utime", "ru_stime")
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return {
        "follows": n_follows,
        "accounts": n_profiles,
        "creators": n_creators,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_gb": round(memory[0] / 1e9, 2),
        "steps": _steps(stages),
        "verdicts": dict(verdicts.iter_rows()),
    }


def _listed(profiles: pl.DataFrame, posts: pl.DataFrame, as_of: Any) -> pl.DataFrame:
    """The columns of creators that vetting reads; places and topics are not among them."""
    kept = profiles.filter(may_be_counted(), pl.col("posts_count") > 0).sort("profile_id")
    told = (
        kept.select(
            "profile_id", "platform", "handle", "language", "followers", "account_created_at"
        )
        .join(vetting.judge_activity(kept, posts.lazy(), as_of=as_of), on="profile_id", how="left")
        .join(influence.judge_engagement(kept, posts.lazy()), on="profile_id", how="left")
        .with_columns(
            audience_reason=pl.lit(NO_FOLLOWERS_KNOWN),
            post_text=pl.lit(""),
            policy=pl.lit(int(Policy.default())),
        )
    )
    missing = [
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in CREATORS_SCHEMA.items()
        if name not in told.columns
    ]
    return told.with_columns(missing).select(
        pl.col(name).cast(kind) for name, kind in CREATORS_SCHEMA.items()
    )


def _steps(stages: list[tuple[float, int]]) -> dict[str, float]:
    """Step -> the second at which it was done."""
    from influencr.pipeline.vetting._run import _COSTS

    found, so_far = {}, 0
    for name, cost in _COSTS.items():
        so_far += cost
        found[name] = round(next((at for at, done in stages if done >= so_far), 0.0), 1)
    return found


def main() -> int:
    """One home as JSON; several as a benchmark, added to the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("homes", type=Path, nargs="+", metavar="HOME")
    parser.add_argument("--output", type=Path, metavar="DIR")
    chosen = parser.parse_args()
    if chosen.output is None:
        for home in chosen.homes:
            print(json.dumps(measured(home)))
        return 0
    from benchmarks.vetting.__main__ import write

    began = time.monotonic()
    told = of_homes(chosen.homes, say=lambda line: print(line, file=sys.stderr, flush=True))
    write(chosen.output, as_run([{**told, "seconds": round(time.monotonic() - began, 1)}]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
