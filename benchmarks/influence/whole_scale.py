"""The influence run of a whole judgement, on a home that is made for it: time, memory, growth.

    python -m benchmarks.influence.whole_scale ACTS [ACTS ...]

The network of `scale` is stored in a catalogue with names for ids, judged and vetted; then
`pipeline.influence.run_influence` is done alone, in a process of its own, from the stored rows to
judged rows. Storing, judging places and topics, and vetting are not in the figures. Seconds count
other work on the machine; CPU seconds, helper processes included, do not. `steps` are CPU seconds
by the progress that the run reports.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from benchmarks.influence.scale import write_files
from benchmarks.own_process import watched

from influencr.engine import Engine
from influencr.influence import ACT_KINDS
from influencr.pipeline import _judge
from influencr.pipeline import influence as influence_run

__all__ = ["measured", "store"]

_HEARD = {
    "source": "synthetic",
    "fetch_method": "import",
    "licence": "synthetic",
    "policy": 15,
}
_NAME = "bluesky:did:example:"


def store(folder: Path, engine: Engine) -> None:
    """The files of `scale.write_files` into the home's catalogue."""
    newest = pl.scan_parquet(folder / "acts" / "*.parquet").select(pl.col("at").max()).collect()
    now = datetime.fromtimestamp(newest.item(), UTC)
    heard = {**_HEARD, "fetched_at": now}

    def said() -> list[pl.Expr]:
        return [pl.lit(value).alias(name) for name, value in heard.items()]

    def name(column: str) -> pl.Expr:
        return pl.lit(_NAME) + pl.col(column).cast(pl.String)

    def when(column: str) -> pl.Expr:
        return pl.from_epoch(column, "s").dt.cast_time_unit("us").dt.replace_time_zone("UTC")

    catalogue = engine.catalogue
    creators = pl.read_parquet(folder / "creators.parquet")
    # Creators stand apart from the accounts that act, whose numbers begin again at 0.
    author = pl.lit(_NAME + "c") + pl.col("creator").cast(pl.String)
    catalogue.append(
        "profiles",
        creators.select(
            author.alias("profile_id"),
            pl.lit("bluesky").alias("platform"),
            (pl.lit("c") + pl.col("creator").cast(pl.String)).alias("handle"),
            pl.col("language"),
            pl.col("followers"),
            (pl.lit("About ") + pl.col("topic")).alias("bio_text"),
            *said(),
        ),
    )
    for file in sorted((folder / "posts").iterdir()):
        catalogue.append(
            "posts",
            pl.read_parquet(file).select(
                (pl.lit("at://") + pl.col("post").cast(pl.String)).alias("post_id"),
                author.alias("profile_id"),
                when("at").alias("created_at"),
                "kind",
                *("likes", "replies", "reposts", "quotes"),
                *said(),
            ),
        )
    for file in sorted((folder / "acts").iterdir()):
        catalogue.append(
            "engagements",
            pl.read_parquet(file).select(
                name("actor").alias("actor_id"),
                (pl.lit("at://") + pl.col("post").cast(pl.String)).alias("post_id"),
                pl.col("kind")
                .replace_strict(dict(enumerate(ACT_KINDS)), return_dtype=pl.String)
                .alias("kind"),
                when("at").alias("at"),
                *said(),
            ),
        )
    for file in sorted((folder / "follows").iterdir()):
        catalogue.append(
            "follows",
            pl.read_parquet(file).select(
                name("follower").alias("follower_id"),
                (pl.lit(_NAME + "c") + pl.col("followed").cast(pl.String)).alias("followed_id"),
                when("at").alias("followed_at"),
                *said(),
            ),
        )


def measured(engine: Engine) -> dict[str, Any]:
    """Judge the home once; figures of its influence run."""
    judged = engine.home.judged
    told: dict[str, Any] = {}
    steps: dict[str, float] = {}
    inner = influence_run.run_influence

    def run(*args: Any, **kwargs: Any) -> Path:
        began, before = time.monotonic(), _cpu()
        last = [before]

        def progress(done: int, of: int) -> None:
            # Helpers are only counted when they have ended, which is before the last step.
            now = _cpu()
            steps[f"{done}/{of}"] = round(now - last[0], 2)
            last[0] = now

        with watched() as memory:
            found = inner(*args, **{**kwargs, "progress": progress})
        told.update(
            seconds=round(time.monotonic() - began, 1),
            cpu_seconds=round(_cpu() - before, 1),
            peak_gb=round(memory[0] / 1e9, 2),
        )
        return found

    _judge.run_influence = run  # type: ignore[attr-defined]
    _judge.judge(engine.catalogue, out=judged, force=True)
    snapshot = engine.catalogue.snapshot()
    rows = {
        table: snapshot.scan(table).select(pl.len()).collect().item()
        for table in ("engagements", "posts", "follows")
    }
    stated = pl.scan_parquet(judged / influence_run.INFLUENCE_FILE)
    n, scored = stated.select(pl.len(), pl.col("influence_per_post").count()).collect().row(0)
    return {**rows, "creators": n, "scored": scored, **told, "steps": steps}


def _cpu() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    """Make homes of the sizes asked for and print the figures of each as one line of JSON."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("acts", nargs="*", type=int)
    asked.add_argument("--home", type=Path)
    given = asked.parse_args()
    if given.home is not None:
        print(json.dumps(measured(Engine(given.home))))
        return
    for acts in given.acts:
        with tempfile.TemporaryDirectory(prefix="influencr-scale-") as folder:
            files, home = Path(folder) / "files", Path(folder) / "home"
            files.mkdir()
            write_files(files, acts)
            with Engine(home, create=True) as engine:
                store(files, engine)
            subprocess.run(
                [sys.executable, "-m", "benchmarks.influence.whole_scale", "--home", str(home)],
                check=True,
            )


if __name__ == "__main__":
    main()
