"""From profiles and judged questions to figures: who is better, by how much, how surely."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.relevance.choices import Bench, choices
from benchmarks.relevance.judged import RELEVANT, STRICT, Judged, Question
from benchmarks.relevance.metrics import DEEP, FIGURES, TOP, VIEWS, compare, score
from benchmarks.relevance.systems import (
    OURS,
    PLATFORM_OF,
    SYSTEMS,
    fill,
    sqlite_orders,
    tantivy_orders,
)
from benchmarks.relevance.ties import ties
from benchmarks.relevance_corpus import Row

__all__ = ["GROUPS", "measure"]

#: Group -> which questions.
GROUPS: dict[str, Callable[[Question], bool]] = {
    "all": lambda _: True,
    "English": lambda q: q.language == "en",
    "other languages": lambda q: q.language != "en",
    "one word": lambda q: len(q.text.split()) == 1,
    "several words": lambda q: len(q.text.split()) > 1,
}


def measure(
    rows: Sequence[Row],
    judged: Judged,
    *,
    choosing: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """All figures, as they stand in docs/benchmarks/relevance.json.

    rows   the corpus; a profile that consent or policy keeps out of the engine's searches is taken
           out for everybody, with its grades, and counted

    choosing   also cross-validate the numbers of the ranking on these questions (`choices`)

    Fitting parts of the engine to these questions would make the figures worthless; so no setting
    is taken here.
    """
    texts = [question.text for question in judged.questions]
    with tempfile.TemporaryDirectory(prefix="influencr-relevance-") as folder:
        say(f"importing and judging {len(rows):,} profiles")
        home = fill(Path(folder), rows)
        with closing(home.engine):
            say(f"asking {len(texts)} questions of four systems")
            ours = [home.order(text) for text in texts]
            as_place = {t: place for t in texts if (place := home.stated_place(t)) is not None}
            snapshot = home.engine.index.snapshot()
            wanted = {key for q in judged.questions for key in q.grades} & home.listed
            ids = {f"{PLATFORM_OF[r.set]}:{r.key}": r.key for r in rows if r.key in wanted}
            found_rows = {ids[p]: row for p, row in snapshot.creators(list(ids)).items()}
            bench = Bench(judged.questions, found_rows, snapshot.vocabulary) if choosing else None
    listed = [row for row in rows if row.key in home.listed]
    orders = {
        OURS: [[key for key, _ in order] for order in ours],
        "sqlite porter": sqlite_orders(listed, texts),
    }
    for tokenizer in ("default", "en_stem"):
        orders[f"tantivy {tokenizer}"] = tantivy_orders(listed, texts, tokenizer=tokenizer)

    questions = [_listed(question, home.listed) for question in judged.questions]
    known = {row.key for row in rows}
    pairs = [(q, key, grade) for q in judged.questions for key, grade in q.grades.items()]
    gone = [(grade, key in known) for _, key, grade in pairs if key not in home.listed]
    asked = [
        _asked(question, {name: found[i] for name, found in orders.items()})
        for i, question in enumerate(questions)
    ]
    return {
        "corpus": {
            "rows": len(rows),
            "sha256": _checksum(rows),
            "sets": _sets(rows),
            "listed": len(home.listed),
            "left_out": home.excluded,
            "hidden_by_default": home.hidden,
        },
        "labels": {
            "sha256": judged.checksums,
            "queries": len(questions),
            "pairs": len(pairs),
            "relevant": sum(grade >= RELEVANT for _, _, grade in pairs),
            "strictly_relevant": sum(grade >= STRICT for _, _, grade in pairs),
            "pairs_not_in_corpus": sum(not present for _, present in gone),
            "pairs_left_out": sum(present for _, present in gone),
            "relevant_left_out": sum(present and grade >= RELEVANT for grade, present in gone),
            "words_taken_as_place": as_place,
        },
        "systems": SYSTEMS,
        "ties": ties(questions, ours),
        "groups": {
            name: _group([a for q, a in zip(questions, asked, strict=True) if belongs(q)])
            for name, belongs in GROUPS.items()
            if any(map(belongs, questions))
        },
        "queries": asked,
        "choices": choices(bench, _baselines(asked)) if bench is not None else None,
    }


def _baselines(asked: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, float]]]:
    """System -> question id -> figures, condensed, of everybody but ours."""
    return {
        name: {a["id"]: a["systems"][name]["condensed"] for a in asked}
        for name in SYSTEMS
        if name != OURS
    }


def _listed(question: Question, listed: set[str]) -> Question:
    grades = {key: grade for key, grade in question.grades.items() if key in listed}
    return Question(question.id, question.text, question.language, grades)


def _asked(question: Question, orders: dict[str, list[str]]) -> dict[str, Any]:
    """One question: its figures by system, and how much each found."""
    systems: dict[str, Any] = {}
    for name, order in orders.items():
        top = order[:TOP]
        judged_of_top = sum(key in question.grades for key in top)
        systems[name] = {
            "results": len(order),
            # Of what was found: who finds nothing has no unjudged results either.
            "judged_share_10": judged_of_top / len(top) if top else None,
            **score(order, question),
        }
    n_relevant = len(question.relevant())
    return {
        "id": question.id,
        "query": question.text,
        "language": question.language,
        "judged": len(question.grades),
        "relevant": n_relevant,
        "recall_50_at_most": min(DEEP, n_relevant) / n_relevant if n_relevant else None,
        "systems": systems,
    }


def _group(asked: list[dict[str, Any]]) -> dict[str, Any]:
    systems: dict[str, Any] = {}
    for name in SYSTEMS:
        told = [a["systems"][name] for a in asked]
        shares = [t["judged_share_10"] for t in told if t["judged_share_10"] is not None]
        systems[name] = {
            "without_results": sum(t["results"] == 0 for t in told),
            "results": fmean(t["results"] for t in told),
            "judged_share_10": fmean(shares) if shares else None,
        }
        for view in VIEWS:
            systems[name][view] = {
                figure: fmean(values)
                for figure in FIGURES
                if (values := list(_values(asked, name, view, figure).values()))
            }
    differences = {
        other: {
            view: {
                figure: compare(ours, _values(asked, other, view, figure))
                for figure in FIGURES
                if (ours := _values(asked, OURS, view, figure))
            }
            for view in VIEWS
        }
        for other in SYSTEMS
        if other != OURS
    }
    ceilings = [a["recall_50_at_most"] for a in asked if a["recall_50_at_most"] is not None]
    return {
        "queries": len(asked),
        "recall_50_at_most": fmean(ceilings) if ceilings else None,
        "systems": systems,
        "differences": differences,
    }


def _values(asked: list[dict[str, Any]], name: str, view: str, figure: str) -> dict[str, float]:
    told = {a["id"]: a["systems"][name][view] for a in asked}
    return {query: figures[figure] for query, figures in told.items() if figure in figures}


def _sets(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    by_set: dict[str, list[Row]] = {}
    for row in rows:
        by_set.setdefault(row.set, []).append(row)
    return {n: {"rows": len(own), "sha256": _checksum(own)} for n, own in by_set.items()}


def _checksum(rows: Sequence[Row]) -> str:
    """Of what the systems were given, in order: key, name and text of each row."""
    found = hashlib.sha256()
    for row in rows:
        found.update(json.dumps([row.key, row.name, row.text]).encode() + b"\n")
    return found.hexdigest()
