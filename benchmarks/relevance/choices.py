"""Would the numbers of the ranking have been chosen without these questions? Cross-validation.

The numbers that ship were chosen on the judged questions themselves, so their own figure flatters.
Here each question is scored with numbers chosen without it: the questions are dealt into FOLDS
parts by language, the numbers are chosen by coordinate descent over the coarse GRID on all parts
but one, and the questions left out are scored with what was chosen. The whole is done SHUFFLES
times with other deals. Only condensed lists are looked at, so only judged profiles are scored.

What is chosen from is the numbers of `search._meant` and nothing else: no word, concept, rule or
weight of a kind of word is fitted here.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from functools import cached_property
from statistics import fmean
from typing import Any

import msgspec
import numpy as np
from benchmarks.relevance.judged import Question
from benchmarks.relevance.metrics import SEED, compare, score

from influencr.index import WORD_FIELDS, Phrase, Vocabulary, tie
from influencr.search import _meant
from influencr.search._points import Said
from influencr.search._words import parse_words

__all__ = ["GRID", "Bench", "Choice", "choices", "told"]

FOLDS = 6
SHUFFLES = 5
ROUNDS = 2
#: What a change has to gain on the questions that it is chosen on; smaller gains are noise.
LEAST_GAIN = 0.001
#: What is wanted of a choice: nDCG@10, and a quarter of recall@50.
RECALL_SHARE = 0.25

type _Array = np.ndarray[Any, Any]
type _Figures = dict[str, float]


class Choice(msgspec.Struct, frozen=True):
    """Numbers of the ranking; the defaults are those that ship.

    slope   of the focus: 1 / (1 + slope x log2(1 + n / 20)), in 16ths, at least 1/2
    fall    rarity is log2(1 + n / (1 + frequency)) to this power, in quarters; 0 = all alike
    """

    rest: float = _meant.REST
    slope: float = 0.35
    fall: float = 1.0
    run: float = _meant.RUN_SHARE
    power: float = _meant.POWER
    at_least: float = _meant.AT_LEAST
    name: float = _meant.WORTHS["name"]
    bio: float = _meant.WORTHS["bio"]
    topics: float = _meant.WORTHS["topics"]
    topic: float = _meant.TOPIC_WORTH


GRID: dict[str, tuple[float, ...]] = {
    "rest": (0.0, 0.25, 0.5, 0.75, 1.0),
    "slope": (0.0, 0.1, 0.2, 0.35, 0.5, 1.0),
    "fall": (0.0, 0.5, 1.0, 1.5),
    "run": (0.0, 0.5, 1.0),
    "power": (0.0, 0.5, 1.0, 2.0),
    "at_least": (0.01, 0.25, 0.375, 0.45),
    "name": (0.0, 1.0, 2.0, 3.0),
    "bio": (0.0, 1.0, 2.0),
    "topics": (0.0, 1.0, 2.0),
    "topic": (0.5, 1.0, 2.0),
}


class _Asked:
    """One question: who of the judged says which piece in which way."""

    def __init__(
        self, question: Question, rows: Mapping[str, Mapping[str, Any]], vocabulary: Vocabulary
    ) -> None:
        self.question = question
        self.keys = [key for key in question.grades if key in rows]
        meant = _meant.mean(parse_words(question.text), vocabulary)
        said = [Said(rows[key]) for key in self.keys]
        self.ties = np.array([tie(rows[key]["profile_id"]) for key in self.keys])
        self.n_words = np.array([creator.n_words for creator in said])
        # Beside each piece: masks of fields (ways x creators), weights, topics (bit 7 of a mask).
        self.pieces = [
            (
                np.array([[_mask(creator, way) for creator in said] for way in piece.ways]),
                np.array([way.weight for way in piece.ways]),
                _frequency(piece, vocabulary),
                piece.is_said,
            )
            for piece in meant.soft
        ]
        self.run = (
            np.array([_bits(creator.fields(Phrase("all", meant.run))) for creator in said])
            if meant.run
            else None
        )
        self.n_creators = vocabulary.n_creators

    def figures(self, choice: Choice) -> _Figures:
        """nDCG@10 and recall@50 of the order that a choice makes, condensed."""
        worth = _worth(choice)
        total = np.zeros(len(self.keys))
        matched = np.zeros(len(self.keys))
        whole = sayable = 0.0
        for masks, weights, frequency, is_said in self.pieces:
            ways = worth[masks] * weights[:, None]
            best = ways.max(axis=0)
            rarity = _rarity(frequency, self.n_creators, choice.fall)
            total += rarity * (best + choice.rest * (ways.sum(axis=0) - best))
            matched += rarity * (masks > 0).any(axis=0)
            whole += rarity
            sayable += rarity if is_said else 0.0
        if not whole:
            return score([], self.question)["condensed"]
        total *= np.floor(256 * (matched / whole) ** choice.power + 0.5) / 256
        if self.run is not None:
            total += choice.run * whole * worth[self.run]
        total *= _focus(choice.slope)[np.minimum(self.n_words, _LONG)]
        found = np.flatnonzero((matched > 0) & (matched >= choice.at_least * (sayable or whole)))
        order = found[np.lexsort((self.ties[found], -total[found]))]
        return score([self.keys[i] for i in order.tolist()], self.question)["condensed"]


class Bench:
    """All questions, and what choices are worth to them.

    rows   key -> the creator's row, of the judged profiles that can be found
    """

    def __init__(
        self,
        questions: Sequence[Question],
        rows: Mapping[str, Mapping[str, Any]],
        vocabulary: Vocabulary,
    ) -> None:
        self.asked = [_Asked(question, rows, vocabulary) for question in questions]
        self._known: dict[Choice, list[_Figures]] = {}

    def figures(self, choice: Choice) -> list[_Figures]:
        if choice not in self._known:
            self._known[choice] = [one.figures(choice) for one in self.asked]
        return self._known[choice]

    @cached_property
    def languages(self) -> list[str]:
        return [one.question.language for one in self.asked]

    def wanted(self, choice: Choice, among: Sequence[int]) -> float:
        told = self.figures(choice)
        recalls = [told[i]["recall_50"] for i in among if "recall_50" in told[i]]
        return fmean(told[i]["ndcg_10"] for i in among) + RECALL_SHARE * fmean(recalls)

    def chosen(self, among: Sequence[int]) -> Choice:
        """The best choice for these questions, by coordinate descent from the middle of GRID."""
        choice = Choice(**{name: values[len(values) // 2] for name, values in GRID.items()})
        best = self.wanted(choice, among)
        for _ in range(ROUNDS):
            before = choice
            for name, values in GRID.items():
                for value in values:
                    other = msgspec.structs.replace(choice, **{name: value})
                    found = self.wanted(other, among)
                    if found > best + LEAST_GAIN:
                        choice, best = other, found
            if choice == before:
                break
        return choice

    def folds(self, seed: int) -> list[list[int]]:
        """The numbers of the questions of each part, English and others dealt apart."""
        chance = random.Random(seed)  # repeatable on purpose
        parts: list[list[int]] = [[] for _ in range(FOLDS)]
        for english in (True, False):
            own = [i for i, code in enumerate(self.languages) if (code == "en") is english]
            chance.shuffle(own)
            for i, question in enumerate(own):
                parts[i % FOLDS].append(question)
        return parts


def choices(
    bench: Bench, baselines: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> dict[str, Any]:
    """What the numbers that ship are worth, and what cross-validated ones are.

    baselines   system -> question id -> figures, condensed
    returns     shipped, cross_validated: figure -> mean over the questions; over: system -> figure
                -> lead of the cross-validated figures; chosen: number -> value -> in how many
                folds; alone: number -> value -> nDCG@10 with every other number as shipped
    """
    shipped = Choice()
    runs: list[list[_Figures]] = []
    chosen: list[Choice] = []
    for shuffle in range(SHUFFLES):
        told: list[_Figures] = [{} for _ in bench.asked]
        for part in bench.folds(SEED + shuffle):
            others = [i for i in range(len(bench.asked)) if i not in set(part)]
            choice = bench.chosen(others)
            chosen.append(choice)
            for i in part:
                told[i] = bench.figures(choice)[i]
        runs.append(told)
    ids = [one.question.id for one in bench.asked]
    # Each question counts once: the mean of its figures over the deals.
    crossed = {
        figure: {
            ids[i]: fmean(run[i][figure] for run in runs)
            for i in range(len(ids))
            if figure in runs[0][i]
        }
        for figure in ("ndcg_10", "recall_50")
    }
    own = {
        figure: {
            id_: f[figure]
            for id_, f in zip(ids, bench.figures(shipped), strict=True)
            if figure in f
        }
        for figure in crossed
    }
    return {
        "folds": FOLDS,
        "shuffles": SHUFFLES,
        "shipped": {figure: fmean(values.values()) for figure, values in own.items()},
        "cross_validated": {figure: fmean(values.values()) for figure, values in crossed.items()},
        "over": {
            system: {
                figure: compare(values, {q: f[figure] for q, f in told_by.items() if figure in f})
                for figure, values in crossed.items()
            }
            for system, told_by in baselines.items()
        },
        "numbers": msgspec.to_builtins(shipped),
        "chosen": {
            name: {f"{value:g}": sum(getattr(c, name) == value for c in chosen) for value in values}
            for name, values in GRID.items()
        },
        "alone": {
            name: {
                f"{value:g}": fmean(
                    f["ndcg_10"]
                    for f in bench.figures(msgspec.structs.replace(shipped, **{name: value}))
                )
                for value in values
            }
            for name, values in GRID.items()
        },
    }


# The ranking once more, with numbers that can be changed.

_TOPIC, _ACCOUNT = 1 << 6, 1 << 7
_LONG = 1_000


def _mask(creator: Said, way: _meant.Way) -> int:
    if way.is_said:
        return _bits(creator.fields(way.node))
    if not creator.has(way.node):
        return 0
    return _TOPIC if way.node.field == "topic" else _ACCOUNT


def _bits(fields: Sequence[str]) -> int:
    return sum(1 << WORD_FIELDS.index(field) for field in fields)


def _worth(choice: Choice) -> _Array:
    """What each mask is worth."""
    own = {"name": choice.name, "bio": choice.bio, "topics": choice.topics}
    worths = [own.get(field, _meant.WORTHS.get(field, 0.0)) for field in WORD_FIELDS]
    found = np.zeros(256)
    for mask in range(1, 1 << len(worths)):
        found[mask] = 1.0 + sum(w for i, w in enumerate(worths) if mask >> i & 1)
    found[_TOPIC], found[_ACCOUNT] = choice.topic, _meant.ACCOUNT_WORTH
    return found


def _focus(slope: float) -> _Array:
    n = np.arange(_LONG + 1)
    return np.maximum(np.round(16 / (1 + slope * np.log2(1 + n / 20))), 8) / 16


def _frequency(piece: _meant.Piece, vocabulary: Vocabulary) -> float:
    return max(way.weight * _meant.frequency(way.node, vocabulary) for way in piece.ways)


def _rarity(frequency: float, n_creators: int, fall: float) -> float:
    said = math.log2(1 + n_creators / (1 + frequency)) ** fall
    return max(1.0, math.floor(said * 4 + 0.5) / 4)


def told(found: dict[str, Any]) -> list[str]:
    """The section of the page."""
    lead = found["over"]["sqlite porter"]
    stem = found["over"]["tantivy en_stem"]

    def shown(figures: dict[str, float]) -> str:
        return f"{figures['mean']:+.3f} ({figures['low']:+.3f} to {figures['high']:+.3f})"

    lines = [
        "",
        "## Choices, cross-validated",
        "",
        f"The numbers of the ranking were chosen on these questions. Chosen without the question "
        f"that is scored ({found['folds']} folds, {found['shuffles']} deals), nDCG@10 is "
        f"{found['cross_validated']['ndcg_10']:.3f} and recall@50 "
        f"{found['cross_validated']['recall_50']:.3f}, against "
        f"{found['shipped']['ndcg_10']:.3f} and {found['shipped']['recall_50']:.3f} with the "
        f"numbers that ship. Over sqlite porter that is {shown(lead['ndcg_10'])} and "
        f"{shown(lead['recall_50'])}, over tantivy en_stem {shown(stem['ndcg_10'])} and "
        f"{shown(stem['recall_50'])}.",
        "",
        "Each number alone, the others as shipped (nDCG@10), and how many of the "
        f"{found['folds'] * found['shuffles']} folds chose it:",
        "",
        "| number | ships | value: nDCG@10 (folds) |",
        "| --- | ---: | --- |",
    ]
    for name, values in found["alone"].items():
        cells = (f"{v}: {figure:.3f} ({found['chosen'][name][v]})" for v, figure in values.items())
        lines.append(f"| {name} | {found['numbers'][name]:g} | {', '.join(cells)} |")
    return lines
