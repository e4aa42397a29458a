"""Every system on every set that the folder holds: the whole evaluation as one document.

What is seen and what is not is part of the result: `locations` and the development half of
`tiktok` were looked at while rules were written; `unseen`, `bios` and the other half were not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from influencr.errors import UnknownValue
from influencr.geography import METHOD, VERSION
from influencr.geography.evaluation import _sets as sets
from influencr.geography.evaluation._carmen import CarmenAbsent
from influencr.geography.evaluation._disagreements import FILE, judged, read_verdicts
from influencr.geography.evaluation._metrics import curve
from influencr.geography.evaluation._scoring import compare, outcomes, score, where
from influencr.geography.evaluation._sets import GoldSet, MissingSet, Row
from influencr.geography.evaluation._systems import (
    Answer,
    System,
    ours,
    plain,
    published,
    resolver,
)
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["HALVES", "SETS", "evaluate", "gold_set"]

SETS = ("locations", "strings", "bios", "tiktok")
HALVES = ("development", "unseen", "all")

#: Coverages at which the curve of bios is read: one row in five, and three in ten.
_COVERAGES = (0.2, 0.3)
_SEED = 20_261_123
_N_RESAMPLES = 1_000


def evaluate(
    datasets: Path,
    *,
    wanted: Sequence[str] = ("locations",),
    half: str = "development",
    gold: Path | None = None,
    carmen: bool = False,
    carmen_python: Path | None = None,
    gazetteer: Gazetteer | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Figures of the wanted sets: `{method, version, half, sets, left_out}`.

    datasets        folder with the data sets, one folder each
    wanted          names of SETS
    half            of tiktok: one of HALVES; "all" gives both halves and the whole
    gold            folder with the labels that this project made (locations.csv, bios.csv)
    carmen          also run Carmen, in `carmen_python` (default: this interpreter)
    say             receives a line when a step begins

    A set or baseline that is absent is named in `left_out`, one sentence each; the rest is done.
    Raises UnknownValue for a set or half that does not exist.
    """
    for name in wanted:
        if name not in SETS:
            raise UnknownValue("--set", name, (*SETS, "all"))
    if half not in HALVES:
        raise UnknownValue("--half", half, HALVES)
    found = gazetteer or Gazetteer.load()
    left_out: list[str] = []
    other: System | None = None
    if carmen:
        try:
            other = published(found, carmen_python)
        except CarmenAbsent as error:
            left_out.append(str(error))
    results: dict[str, Any] = {}
    for name in wanted:
        try:
            rows = gold_set(name, datasets, gold)
        except MissingSet as error:
            left_out.append(f"{name}: {error}")
            continue
        results[name] = _evaluated(rows, found, other, half=half, gold=gold, say=say)
    return {
        "method": METHOD,
        "method_version": VERSION,
        "half": half,
        "sets": results,
        "left_out": left_out,
    }


def gold_set(name: str, datasets: Path, gold: Path | None) -> GoldSet:
    """One set by its name; MissingSet where a file of it is absent."""
    if name == "locations":
        return sets.locations(datasets)
    if name == "tiktok":
        return sets.tiktok(datasets)
    if gold is None:
        raise MissingSet(
            f"the labels of {name} are not here; name their folder with --gold.", field="--gold"
        )
    return sets.strings(datasets, gold) if name == "strings" else sets.bios(datasets, gold)


def _evaluated(
    found: GoldSet,
    gazetteer: Gazetteer,
    carmen: System | None,
    *,
    half: str,
    gold: Path | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    rows = found.rows
    if found.name == "tiktok" and half != "all":
        # The other half is not even read by a system.
        rows = [row for row in rows if row.group == half]
    told: dict[str, Any] = {
        "about": found.about,
        "checksums": found.checksums,
        "unmatched_labels": found.unmatched,
        "views": {},
    }
    if found.name in ("bios", "tiktok"):
        mine = [ours(gazetteer, column="bio_text")]
        if found.name == "bios":
            # The labels say what a bio states; what its language suggests they cannot judge.
            mine.append(ours(gazetteer, column="bio_text", stated=True))
        others = [
            plain(gazetteer, flags=True, scan=False),
            plain(gazetteer, flags=True, scan=True),
            plain(gazetteer, flags=False, scan=True),
        ]
    else:
        mine = [ours(gazetteer, column="place_raw")]
        if any(row.time_zone for row in rows):
            mine.append(ours(gazetteer, column="place_raw", time_zone=True))
        mine.append(resolver(gazetteer))
        others = [plain(gazetteer, flags=False, scan=True)]
    if carmen is not None:
        others.append(carmen)
    answers: dict[str, list[Answer]] = {}
    for name, answer in (*mine, *others):
        say(f"{found.name}: {len(rows):,} rows, {name}")
        answers[name] = answer(rows)
    first = mine[0][0]
    for view, chosen in _views(found.name, rows, half):
        here = [rows[i] for i in chosen]
        said = {name: [all_[i] for i in chosen] for name, all_ in answers.items()}
        told["views"][view] = _view(here, said, first, {name for name, _ in mine})
    if found.name == "tiktok" and gold is not None and (gold / FILE).exists():
        told["read"] = judged(rows, answers[first], read_verdicts(gold / FILE))
    if any(row.words_kind for row in rows):
        told["recall_by_words"] = _by_words(rows, answers[first])
    return told


def _views(name: str, rows: Sequence[Row], half: str) -> Iterator[tuple[str, list[int]]]:
    """Names of the parts that are scored, and the rows of each; parts without rows are left out."""
    if name == "tiktok":
        for part in HALVES:
            if half in (part, "all"):
                yield part, where(rows, lambda row, p=part: p in ("all", row.group))  # type: ignore[misc]
        return
    yield "all", list(range(len(rows)))
    tests: list[tuple[str, Callable[[Row], bool]]] = [
        ("without ambiguous", lambda row: "a" not in row.flags)
    ]
    if name == "bios":
        # An origin or a flag is a place that somebody states, but not where they say they live.
        tests.append(("home or no place", lambda r: r.role == "lives" or not r.is_located))
    else:
        tests.append(("non-ASCII", lambda row: not row.text.isascii()))
    if name != "locations":
        groups = sorted({row.group for row in rows if row.group})
        tests += [(group, lambda row, g=group: row.group == g) for group in groups]  # type: ignore[misc]
    for view, test in tests:
        if chosen := where(rows, test):
            yield view, chosen


def _view(
    rows: Sequence[Row], answers: dict[str, list[Answer]], first: str, mine: set[str]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rows": len(rows),
        "located": sum(row.is_located for row in rows),
        "with_words": sum(bool(row.text.strip()) for row in rows),
        "systems": {},
        "differences": {},
    }
    for name, said in answers.items():
        told["systems"][name] = score(rows, said, calibrated=name in mine)
        read = told["systems"][name]
        if "curve" in read:
            whole = curve([a.confidence for a in said], _right(rows, said))
            read["at_coverage"] = {f"{c:.2f}": whole.at_coverage(c) for c in _COVERAGES}
        if name not in mine:
            told["differences"][name] = compare(rows, answers[first], said)
            told["differences"][name]["same_coverage"] = same_coverage(rows, answers[first], said)
    return told


def _right(rows: Sequence[Row], answers: Sequence[Answer]) -> list[bool]:
    return [bool(v) for v in outcomes(rows, answers)["precision"]]


def same_coverage(
    rows: Sequence[Row], one: Sequence[Answer], other: Sequence[Answer]
) -> dict[str, float] | None:
    """Agreement of the surest answers of one, as many as the other gives, minus the other's.

    None when the first gives fewer answers than the second, or either gives none.
    """
    order = np.array([a.confidence if a.country and a.confidence else -1.0 for a in one])
    right = np.array(_right(rows, one))
    answered = np.array([a.country is not None for a in other])
    agreed = np.array(_right(rows, other))
    if not 0 < answered.sum() <= (order >= 0).sum():
        return None

    def gap(chosen: np.ndarray[Any, Any]) -> tuple[float, float, float]:
        n = max(1, int(answered[chosen].sum()))
        best = chosen[np.argsort(-order[chosen], kind="stable")[:n]]
        mine, theirs = float(right[best].mean()), float(agreed[chosen].sum()) / n
        return mine - theirs, mine, theirs

    rng = np.random.default_rng(_SEED)
    # Shuffled once: among equal confidences no order of the file decides.
    value, mine, theirs = gap(rng.permutation(len(rows)))
    draws = [gap(rng.integers(len(rows), size=len(rows)))[0] for _ in range(_N_RESAMPLES)]
    low, high = np.quantile(draws, (0.025, 0.975))
    return {
        "coverage": float(answered.mean()),
        "one": mine,
        "other": theirs,
        "value": value,
        "low": float(low),
        "high": float(high),
    }


def _by_words(rows: Sequence[Row], answers: Sequence[Answer]) -> dict[str, Any]:
    """Country recall by the kind of words that state the place."""
    from dataclasses import asdict

    from influencr.geography.evaluation._metrics import share

    told = {}
    values = outcomes(rows, answers)["country"]
    for kind in sorted({row.words_kind for row in rows if row.is_located and row.words_kind}):
        here = [
            bool(v)
            for row, v in zip(rows, values, strict=True)
            if row.is_located and row.words_kind == kind
        ]
        told[kind] = asdict(share(sum(here), len(here)))
    return told
