"""Bios on which we and the country of registration disagree, for a reader to judge who is wrong.

The words go to the terminal and nowhere else. A verdict is stored by the row's key alone, in a
table `key, verdict, class`; verdicts are in VERDICTS, a class is a word of the reader's own
("heritage flag", "traveller", "misread name").
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from influencr.errors import UnknownValue, UsageError
from influencr.geography.evaluation import _sets as sets
from influencr.geography.evaluation._metrics import share
from influencr.geography.evaluation._systems import Answer, ours
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["FILE", "VERDICTS", "Disagreement", "disagreements", "judged", "read_verdicts"]

FILE = "tiktok-disagreements.csv"
VERDICTS = ("ours_wrong", "gold_wrong", "both_possible", "unclear")


@dataclass(slots=True, frozen=True)
class Disagreement:
    """One bio, the country of registration, and what we answered instead."""

    key: str
    text: str
    region: str
    country: str
    confidence: float
    reason: str


def disagreements(
    datasets: Path,
    n: int,
    *,
    seed: int = 1,
    half: str = "development",
    gazetteer: Gazetteer | None = None,
) -> tuple[list[Disagreement], int]:
    """A random sample of n disagreements (all, when there are fewer), and how many there are.

    The same seed gives the same sample as long as the answers stay the same.
    """
    if n < 1:
        raise UsageError(
            f"--disagreements: {n} is not possible; give 1 or more.", field="--disagreements"
        )
    rows = [r for r in sets.tiktok(datasets).rows if half in ("all", r.group)]
    answers = ours(gazetteer or Gazetteer.load(), column="bio_text")[1](rows)
    found = [
        Disagreement(
            row.key,
            row.text,
            row.country or "",
            answer.country,
            answer.confidence or 0.0,
            answer.reason,
        )
        for row, answer in zip(rows, answers, strict=True)
        if answer.country is not None and answer.country != row.country
    ]
    chosen = random.Random(seed).sample(found, min(n, len(found)))  # noqa: S311 - repeatable
    return chosen, len(found)


def read_verdicts(file: Path) -> dict[str, tuple[str, str]]:
    """Key -> verdict and class; UnknownValue for a verdict that does not exist."""
    found = {}
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            verdict = (row.get("verdict") or "").strip()
            if verdict not in VERDICTS:
                raise UnknownValue("verdict", verdict, VERDICTS)
            found[(row.get("key") or "").strip()] = (verdict, (row.get("class") or "").strip())
    return found


def judged(
    rows: Sequence[sets.Row], answers: Sequence[Answer], verdicts: dict[str, tuple[str, str]]
) -> dict[str, Any]:
    """Shares of the verdicts among the disagreements that stand today, and what they mean for the
    agreement of all answers."""
    here: list[tuple[str, str]] = []
    n_answers = n_agree = 0
    for row, answer in zip(rows, answers, strict=True):
        if answer.country is None:
            continue
        n_answers += 1
        if answer.country == row.country:
            n_agree += 1
        elif row.key in verdicts:
            here.append(verdicts[row.key])
    counted = Counter(verdict for verdict, _ in here)
    classes = Counter(here)
    told: dict[str, Any] = {
        "judged": len(here),
        "judged_that_agree_today": sum(
            a.country is not None and a.country == r.country and r.key in verdicts
            for r, a in zip(rows, answers, strict=True)
        ),
        "disagreements": n_answers - n_agree,
        "verdicts": {name: asdict(share(counted[name], len(here))) for name in VERDICTS},
        "classes": [
            {"verdict": verdict, "class": name, "n": n}
            for (verdict, name), n in sorted(classes.items(), key=lambda item: (-item[1], item[0]))
        ],
    }
    if here and n_answers:
        agreement = n_agree / n_answers
        ours_right = counted["gold_wrong"] / len(here)
        possible = counted["both_possible"] / len(here)
        told["agreement"] = agreement
        told["right_by_reading"] = agreement + (1 - agreement) * ours_right
        told["right_or_possible_by_reading"] = agreement + (1 - agreement) * (ours_right + possible)
    return told
