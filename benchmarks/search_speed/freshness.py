"""How soon is a changed creator found, and what do searches notice of it?

One process writes, two read, on a copy of our index. Creators arrive at a steady rate; the writer
takes whoever has arrived, puts them in, takes some out, commits, and goes on. The readers ask a
question at a steady pace, check that an answer agrees with itself, and look for the oldest creator
of each commit: visible after = seen by another process - arrived, so it holds the waiting for the
commit before, the commit itself, and the reader's own pace. Before and after, the same readers ask
at the same pace while nobody writes: that is the quiet that searches are compared with.

The readers do not ask as fast as they can: on two cores three busy processes would measure the
scheduler.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from benchmarks.search_speed.answers import Answer
from benchmarks.search_speed.builds import OURS, build, folder_of
from benchmarks.search_speed.creators import batch_of, frames
from benchmarks.search_speed.figures import summary
from benchmarks.search_speed.ours import Ours, open_index
from benchmarks.search_speed.questions import Question, logs

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["GOALS", "freshness"]

#: (goal's words, figure, at most).
GOALS = (
    ("errors", "errors", 0.0),
    ("upserts visible after, slowest, in seconds", "upsert_max", 2.0),
    ("deletions visible after, slowest, in seconds", "delete_max", 2.0),
    ("p95 of searches against quiet", "slowdown", 2.0),
)
READERS = 2
#: Seconds from one question of a reader to its next.
_PACE = 0.05
#: Of the creators that arrive, this share is new; the others replace one that is there.
_NEW = 0.5
#: Creators taken out with every commit.
_DELETED = 5
#: A changed creator is known by followers that nobody else has.
_MARK = 1_000_000_000
#: Seconds that a probe is waited for before it counts as an error.
_PATIENCE = 30.0
#: Failed commits after which the writer gives up.
_TOO_MANY = 5


def freshness(
    root: Path,
    n: int,
    *,
    engine: str = "ours",
    rate: int = 500,
    seconds: float = 60.0,
    quiet: float = 20.0,
    each: int = 5,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """The figures.

    rate      creators that arrive per second
    seconds   how long they arrive
    quiet     seconds of asking without a writer, before and after
    """
    build(root, engine, n, say=say)
    arriving = _arriving(n, int(rate * seconds))
    folder = root / "freshness"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(folder_of(root, engine), folder)
    context = multiprocessing.get_context("spawn")
    load = [round(os.getloadavg()[0], 1)]
    readers = []
    try:
        warming, *asked = logs(*[each] * (1 + READERS))
        for number, log in enumerate(asked):
            mine, theirs = context.Pipe()
            mixed = random.Random(number).sample(log, len(log))
            given = (theirs, OURS[engine], folder, warming, mixed)
            reader = context.Process(target=_read, args=given, name="reader")
            reader.start()
            theirs.close()
            readers.append((reader, mine))
        for _, pipe in readers:
            pipe.recv()
        say(f"quiet, {quiet:g} s")
        _tell(readers, "quiet")
        time.sleep(quiet)
        say(f"writing {rate} creators a second, {seconds:g} s")
        _tell(readers, "writing")
        pipes = [pipe for _, pipe in readers]
        written = _write(OURS[engine], folder, n, rate, arriving, pipes)
        say(f"quiet, {quiet:g} s")
        _tell(readers, "quiet")
        time.sleep(quiet)
        _tell(readers, None)
        told = [pipe.recv() for _, pipe in readers]
    finally:
        for reader, pipe in readers:
            pipe.close()
            reader.join(_PATIENCE * 2)
            if reader.is_alive():
                reader.terminate()
                reader.join()
        shutil.rmtree(folder, ignore_errors=True)
    load.append(round(os.getloadavg()[0], 1))
    return _figures(written, told) | {
        **{"creators": n, "engine": engine, "rate": rate, "seconds": seconds, "load": load},
        **{"readers": READERS, "questions_per_second": round(READERS / _PACE)},
    }


def _tell(readers: list[Any], word: object) -> None:
    for _, pipe in readers:
        pipe.send(word)


def _write(
    layout: str, folder: Path, n: int, rate: int, arriving: pl.DataFrame, pipes: list[Connection]
) -> dict[str, Any]:
    """Let creators arrive and put them in; every commit's oldest is sent to a reader."""
    rows = len(arriving)
    chance = np.random.default_rng(n)
    index = open_index(layout, folder)
    commits: list[float] = []
    errors: list[str] = []
    deleted: set[str] = set()
    looked_for: set[str] = set()
    ids = arriving["profile_id"].to_list()
    done = 0
    began = time.monotonic()
    try:
        while done < rows and len(errors) < _TOO_MANY:
            arrived = min(rows, int((time.monotonic() - began) * rate))
            if arrived == done:
                time.sleep(1 / rate)
                continue
            batch = arriving.slice(done, arrived - done).drop("is_new")
            since = time.monotonic()
            gone = []
            if done:
                # Of those put in by the commits before, so that it is known that they were there;
                # never one that a reader looks for.
                picked = (ids[int(i)] for i in chance.integers(0, done, _DELETED))
                gone = [one for one in dict.fromkeys(picked) if one not in deleted | looked_for]
            try:
                index.upsert(batch)
                index.delete(gone)
                index.commit()
            except Exception:  # noqa: BLE001 - counted, and shown in the figures
                errors.append(traceback.format_exc())
                index.rollback()
                continue
            deleted |= set(gone)
            looked_for.add(ids[done])
            commits.append(time.monotonic() - since)
            pipe = pipes[len(commits) % len(pipes)]
            pipe.send(("upsert", ids[done], _MARK + done, began + done / rate))
            if gone:
                pipe.send(("delete", gone[0], None, since))
            done = arrived
        took = time.monotonic() - began
        expected = n + arriving["is_new"].sum() - len(deleted)
        found = index.snapshot().info.n_creators
        if found != expected:
            errors.append(f"{found} creators at the end, expected {expected}")
    finally:
        index.close()
    return {"commits": commits, "errors": errors, "rows": rows, "took": took, "gone": len(deleted)}


def _arriving(n: int, rows: int) -> pl.DataFrame:
    """Creators that arrive: new ones and changed ones, each once, marked by their followers."""
    batch = batch_of(n)
    after = -(-n // batch) * batch
    new = pl.concat(frames(int(rows * _NEW), first=after, batch=batch))
    old = pl.concat(frames(min(n, rows - len(new)), batch=batch))
    both = pl.concat([new.with_columns(is_new=True), old.with_columns(is_new=False)])
    both = both.sample(fraction=1.0, shuffle=True, seed=rows)
    marks = pl.int_range(_MARK, _MARK + len(both), dtype=pl.Int64).alias("followers")
    return both.with_columns(marks)


def _read(
    pipe: Connection,
    layout: str,
    folder: Path,
    warming: list[Question],
    questions: list[Question],
) -> None:
    engine = Ours(layout, folder)
    index = open_index(layout, folder)
    times: dict[str, list[float]] = {"quiet": [], "writing": []}
    seen: dict[str, list[float]] = {"upsert": [], "delete": []}
    errors: list[str] = []
    probes: list[tuple[str, str, int | None, float]] = []
    for question in warming:
        engine.ask(question)
    pipe.send("ready")
    phase: str | None = "start"
    turn = 0
    while phase is not None:
        due = time.monotonic() + _PACE
        while pipe.poll():
            told = pipe.recv()
            if isinstance(told, tuple):
                probes.append(told)
            else:
                phase = told
        if phase in times:
            try:
                began = time.perf_counter()
                answer = engine.ask(questions[turn % len(questions)])
                times[phase].append(time.perf_counter() - began)
                errors += _torn(answer)
                probes = _looked(index, probes, seen, errors)
            except Exception:  # noqa: BLE001 - counted, and shown in the figures
                errors.append(traceback.format_exc())
            turn += 1
        time.sleep(max(0.0, due - time.monotonic()))
    errors += [f"never visible: {probe}" for probe in probes]
    pipe.send({"times": times, "seen": seen, "errors": errors})
    engine.close()
    index.close()


def _torn(answer: Answer) -> list[str]:
    """What does not agree within one answer: it would come from two generations."""
    parts = {sum(answer.country.values()), sum(answer.language.values()), answer.funnel[-1][0]}
    return [] if parts == {answer.total} else [f"total {answer.total}, its parts {parts}"]


def _looked(
    index: Any,
    probes: list[tuple[str, str, int | None, float]],
    seen: dict[str, list[float]],
    errors: list[str],
) -> list[tuple[str, str, int | None, float]]:
    """Look for the probes in the newest generation; returns those that are not seen yet."""
    if not probes:
        return probes
    found = index.snapshot().creators([profile_id for _, profile_id, _, _ in probes])
    now = time.monotonic()
    waiting = []
    for probe in probes:
        kind, profile_id, mark, since = probe
        row = found.get(profile_id)
        if (row is None) if kind == "delete" else (row is not None and row["followers"] == mark):
            seen[kind].append(now - since)
        elif now - since > _PATIENCE:
            errors.append(f"not visible after {_PATIENCE:g} s: {probe}")
        else:
            waiting.append(probe)
    return waiting


def _figures(written: dict[str, Any], told: list[dict[str, Any]]) -> dict[str, Any]:
    times = {
        phase: [seconds for one in told for seconds in one["times"][phase]]
        for phase in ("quiet", "writing")
    }
    seen = {kind: [s for one in told for s in one["seen"][kind]] for kind in ("upsert", "delete")}
    errors = written["errors"] + [error for one in told for error in one["errors"]]
    found: dict[str, Any] = {
        "searches": {phase: {"questions": len(s), **summary(s)} for phase, s in times.items() if s},
        "visible_after_s": {kind: _spread(values) for kind, values in seen.items() if values},
        "commits": {"number": len(written["commits"]), **_spread(written["commits"])},
        "upserts_per_second": round(written["rows"] / written["took"], 1),
        "upserted": written["rows"],
        "deleted": written["gone"],
        "errors": {"number": len(errors), "first": errors[:3]},
    }
    searches, visible = found["searches"], found["visible_after_s"]
    values = {
        "errors": float(len(errors)),
        "upsert_max": visible.get("upsert", {}).get("max"),
        "delete_max": visible.get("delete", {}).get("max"),
        "slowdown": (
            round(searches["writing"]["p95"] / searches["quiet"]["p95"], 3)
            if len(searches) == len(times)
            else None
        ),
    }
    found["goals"] = [
        {
            **{"goal": words, "at_most": at_most, "found": values[name]},
            "reached": None if values[name] is None else values[name] <= at_most,
        }
        for words, name, at_most in GOALS
    ]
    return found


def _spread(seconds: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(seconds, [50, 95])
    told = {"p50": p50, "p95": p95, "max": max(seconds)}
    return {name: round(float(value), 3) for name, value in told.items()}
