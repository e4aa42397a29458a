"""The judged queries: what was asked, and which profile got which grade."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["RELEVANT", "SETS", "STRICT", "Judged", "Question", "read_judged"]

#: Grades from here on count as relevant (gold/README.md): one of the main things, or the main one.
RELEVANT = 2
#: The main thing alone.
STRICT = 3

#: Set -> its queries, its grades. Nobody who fits the engine reads the unseen ones.
SETS = {
    "judged": ("relevance-queries.csv", "relevance.csv"),
    "unseen": ("relevance-unseen-queries.csv", "relevance-unseen.csv"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One judged query.

    language   ISO 639-1 code of its words
    grades     profile key -> 0 to 3, of the judged profiles only
    """

    id: str
    text: str
    language: str
    grades: dict[str, int]

    def relevant(self, least: int = RELEVANT) -> set[str]:
        """Keys of the profiles with at least this grade."""
        return {key for key, grade in self.grades.items() if grade >= least}


@dataclass(frozen=True, slots=True)
class Judged:
    """All questions, and the SHA-256 of the files that they were read from."""

    questions: list[Question]
    checksums: dict[str, str]


def read_judged(gold: Path, which: str = "judged") -> Judged:
    """The questions of a folder of labels. Raises FileNotFoundError when a file is not there.

    which   a key of `SETS`
    """
    asked, judged = SETS[which]
    grades: dict[str, dict[str, int]] = {}
    for row in _rows(gold / judged):
        grades.setdefault(row["query_id"], {})[row["key"]] = int(row["grade"])
    questions = [
        Question(row["id"], row["query"], row["language"], grades.get(row["id"], {}))
        for row in _rows(gold / asked)
    ]
    sums = {n: hashlib.sha256((gold / n).read_bytes()).hexdigest() for n in (asked, judged)}
    return Judged(questions, sums)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
