"""The comparison: everybody answers the same questions, question by question, in random order."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.search_speed.answers import difference
from benchmarks.search_speed.builds import ENGINES, OURS, PEERS, WHOLE, build
from benchmarks.search_speed.figures import Row, by_kind, heaviest, ratios, summary
from benchmarks.search_speed.missing import Missing
from benchmarks.search_speed.questions import Question, logs
from benchmarks.search_speed.workers import Worker

__all__ = ["GOALS", "compare"]

#: (goal's words, size, kind, peer or figure, at most). Ratios are of wall p95, ours / theirs.
GOALS = (
    ("p95 against PostgreSQL", 1_000_000, "ratio", "postgres", 0.05),
    ("p95 against SQLite", 1_000_000, "ratio", "sqlite", 0.05),
    ("p95 against Lucene", 1_000_000, "ratio", "lucene", 0.8),
    ("p95 in milliseconds", 1_000_000, "p95", "ours", 10.0),
    ("p95 in milliseconds", 10_000_000, "p95", "ours", 60.0),
    ("serving memory in GB", 10_000_000, "memory", "ours", 4.0),
)
#: Logs that warm up: a virtual machine needs more of them until everything is compiled.
_WARMING = 3
_WARMING_OTHERS = 1
#: Questions of every kind in such a log, 144 in all.
_WARMING_EACH = 2
#: Differences and slow questions that are told in full.
_TOLD = 5


def compare(
    root: Path,
    n: int,
    *,
    engines: Sequence[str] = ENGINES,
    passes: int = 1,
    each: int = 5,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[dict[str, Any], list[Row]]:
    """(the figures, one row per question and engine).

    root     folder of the engines' files, built there when they are not
    n        creators
    passes   logs that are measured, each of `each` questions of every kind

    An engine that is not installed stands under "missing" with what is missing. Raises
    RuntimeError when an engine fails at a question.
    """
    missing: dict[str, str] = {}
    builds: dict[str, dict[str, Any]] = {}
    for engine in engines:
        try:
            builds[engine] = build(root, "ours" if engine == WHOLE else engine, n, say=say)
        except Missing as sentence:
            missing[engine] = str(sentence)
            say(f"missing: {sentence}")
    with contextlib.ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for engine in builds:
            say(f"starting {engine}")
            try:
                workers[engine] = worker = Worker(root, engine)
            except Missing as sentence:
                missing[engine] = str(sentence)
                say(f"missing: {sentence}")
                continue
            stack.callback(worker.close)
        asked = logs(*[min(_WARMING_EACH, each)] * _WARMING, *[each] * passes)
        for number, log in enumerate(asked[:_WARMING]):
            say(f"warming up, {number + 1} of {_WARMING}")
            for engine, worker in workers.items():
                if number < _WARMING_OTHERS or engine == "lucene":
                    for question in log:
                        worker.ask(question)
        load = [round(os.getloadavg()[0], 1)]
        rows, differences = [], []
        order = random.Random(passes)
        for number, log in enumerate(asked[_WARMING:]):
            shuffled = order.sample(log, len(log))
            for done, question in enumerate(shuffled):
                if done % 60 == 0:
                    say(f"pass {number + 1} of {passes}, question {done} of {len(log)}")
                differences += _ask(question, workers, order, rows)
        load.append(round(os.getloadavg()[0], 1))
        memory = {engine: worker.memory() for engine, worker in workers.items()}
        settings = {engine: worker.settings for engine, worker in workers.items()}
    found = {
        "creators": n,
        "questions": passes * len(asked[-1]),
        "without_matches": _without_matches(rows),
        "load": load,
        "missing": missing,
        "compared": [engine for engine in workers if engine != WHOLE],
        "differences": {"questions": len(differences), "first": differences[:_TOLD]},
        "engines": {
            engine: _figures([row for row in rows if row.engine == engine])
            | {"build": builds[engine], "memory": memory[engine], "settings": settings[engine]}
            for engine in workers
        },
        "ratios": _ratios(rows, workers),
    }
    return {**found, "goals": list(_goals(found))}, rows


def _without_matches(rows: list[Row]) -> int:
    """Questions that nobody matches; the whole search reads words in its own way."""
    asked = [row for row in rows if row.engine != WHOLE]
    return sum(1 for row in asked if row.engine == asked[0].engine and row.total == 0)


def _ask(
    question: Question, workers: dict[str, Worker], order: random.Random, rows: list[Row]
) -> list[str]:
    """Ask everybody; returns one sentence when they do not agree."""
    answers = {}
    for engine in order.sample(list(workers), len(workers)):
        timed = workers[engine].ask(question)
        rows.append(Row(engine, question, timed.answer.total, timed.wall, timed.cpu))
        if engine != WHOLE:
            answers[engine] = timed.answer
    first, *others = sorted(answers)
    for other in others:
        if (found := difference(answers[first], answers[other])) is not None:
            return [
                f"{first} and {other} at {' '.join(question.words)}, {question.filter}: {found}"
            ]
    return []


def _figures(rows: list[Row]) -> dict[str, Any]:
    slowest = sorted(rows, key=lambda row: -row.wall)[:_TOLD]
    return {
        "wall": summary([row.wall for row in rows]),
        "cpu": summary([row.cpu for row in rows]),
        "by": by_kind(rows),
        "heaviest": heaviest(rows),
        "slowest": [
            {
                "words": list(row.question.words),
                **{"shape": row.question.shape, "filter": row.question.filter},
                **{"matches": row.total, "wall_ms": round(row.wall * 1_000, 2)},
            }
            for row in slowest
        ],
    }


def _ratios(rows: list[Row], workers: dict[str, Worker]) -> dict[str, Any]:
    if "ours" not in workers:
        return {}
    seconds = {
        (engine, kind): [getattr(row, kind) for row in rows if row.engine == engine]
        for engine in workers
        for kind in ("wall", "cpu")
    }
    # Rows of an engine are in the order of the questions, the same for everybody.
    return {
        engine: {
            kind: ratios(seconds["ours", kind], seconds[engine, kind]) for kind in ("wall", "cpu")
        }
        for engine in workers
        if engine in PEERS or (engine in OURS and engine != "ours")
    }


def _goals(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The goals of this size; "found" is None where the peer is missing.

    "by_cpu" is the same from CPU instead of wall time: what a machine without other work shows.
    """
    for words, size, kind, of, at_most in GOALS:
        if size != found["creators"]:
            continue
        value: float | None = None
        by_cpu: float | None = None
        if kind == "ratio" and of in found["ratios"]:
            told = found["ratios"][of]
            value, by_cpu = (told[time]["p95"]["ratio"] for time in ("wall", "cpu"))
        elif kind == "p95" and of in found["engines"]:
            told = found["engines"][of]
            value, by_cpu = (told[time]["p95"] for time in ("wall", "cpu"))
        elif kind == "memory" and of in found["engines"]:
            value = round(found["engines"][of]["memory"]["resident"] / 1e9, 3)
        reached = None if value is None else value <= at_most
        yield {
            **{"goal": words, "at_most": at_most, "found": value, "by_cpu": by_cpu},
            "reached": reached,
        }
