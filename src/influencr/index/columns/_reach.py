"""Who can be worth that much at all: what makes a page of the best twenty cheap among half a
million matches.

`reaching(node, worth)` gives a set that holds everybody who is worth at least `worth`, and as few
others as can be told from posting lists alone. It rests on one rule: give every part of a sum a
bar, such that the greatest worths below the bars add up to less than the total; then whoever
reaches the total has a part that reaches its bar. Where words stand only in bios, the bar lies
above all that such a word is worth, and their lists are not read at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import numpy as np

from influencr.index._nodes import (
    Among,
    And,
    Anyone,
    Best,
    Blend,
    Boost,
    Constant,
    Node,
    Not,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Range,
    Scale,
    Stands,
    Term,
    Terms,
)
from influencr.index.columns._match import Matcher
from influencr.index.columns._score import Scorer, is_worth_nothing
from influencr.index.columns._sets import Docs, union

__all__ = ["Bounds"]

type _Array = np.ndarray[Any, Any]

#: Worths of alternatives that are told apart when bars are chosen, and steps of a sum in a sum:
#: our own choice.
_MOST_LEVELS: Final = 24
_STEPS: Final = 8
#: More creators than one in so many are told apart by factor, in so many groups of factors.
_MANY: Final = 500
_GROUPS: Final = 3
#: Sums of bars are computed with rounding.
_SLACK: Final = 1 - 1e-9


class _Level(NamedTuple):
    """A worth, the most that anybody is worth who does not reach it, and about how many do."""

    worth: float
    below: float
    n: int


class Bounds:
    """Bounds of scores in one segment; made for one request."""

    def __init__(self, matcher: Matcher, scorer: Scorer) -> None:
        self._matcher = matcher
        self._scorer = scorer
        self._n = matcher.n
        self._levels: dict[Node, list[_Level]] = {}

    def span(self, node: Node) -> tuple[float, float]:
        """(least, most) that a creator of the segment who matches can be worth.

        Not always reached; 0 and 0 when nobody matches.
        """
        leaf = self._scorer.leaf(node)
        if leaf is not None:
            worth = leaf.worth[leaf.matches & (leaf.standing.kinds > 0)]
            return (float(worth.min()), float(worth.max())) if len(worth) else (0.0, 0.0)
        match node:
            case Anyone() | Term() | Terms() | Prefix() | Phrase() | Range() | Among():
                return 1.0, 1.0
            case Not():
                return 0.0, 0.0
            case Constant(_, score):
                return score, score
            case Boost(clause, factor):
                ends = [end * factor for end in self.span(clause)]
                return min(ends), max(ends)
            case Stands(clause):
                return self.span(clause)
            case And(clauses):
                spans = [self.span(c) for c in clauses]
                return math.fsum(s[0] for s in spans), math.fsum(s[1] for s in spans)
            case Or(clauses):
                return _sum_of_some([self.span(c) for c in clauses])
            case Prefer(clause, extras):
                low, high = _sum_of_some([self.span(c) for c in extras])
                least, most = self.span(clause)
                return least + low, most + high
            case Best(clauses, rest):
                spans = [self.span(c) for c in clauses]
                high = max((s[1] for s in spans), default=0.0)
                others = math.fsum(max(0.0, s[1]) for s in spans) - max(0.0, high)
                return min((s[0] for s in spans), default=0.0), high + rest * others
            case Blend(clauses, weights):
                spans = [
                    (w * low, w * high)
                    for w, (low, high) in zip(weights, map(self.span, clauses), strict=True)
                ]
                low, high = _sum_of_some(spans)
                return min(low, 0.0), max(high, 0.0)
            case Scale(clause, by, otherwise):
                ends = [
                    end * factor
                    for end in self.span(clause)
                    for factor in (otherwise, *(f for _, f in by))
                ]
                return min(ends), max(ends)
            case _:
                assert_never(node)

    def reaching(self, node: Node, worth: float) -> Docs:
        """Everybody who matches and is worth at least this much, and perhaps others."""
        least, most = self.span(node)
        if worth > most:
            return Docs.none(self._n)
        if worth <= least or worth <= 0:
            return self._matcher.docs(node)
        leaf = self._scorer.leaf(node)
        if leaf is not None:
            return self._matcher.standing_as(leaf.standing, leaf.matches & (leaf.worth >= worth))
        match node:
            case Boost(clause, factor) if factor > 0:
                return self.reaching(clause, worth / factor)
            case And() | Or() | Prefer() | Blend() | Best() if _adds_up(node):
                parts, weights = _parts(node)
                if len(parts) == 1:
                    return self.reaching(parts[0], worth / weights[0])
                bars = self._bars(parts, weights, worth)
                return union(
                    self._n,
                    [
                        self.reaching(part, bar)
                        for part, bar in zip(parts, bars, strict=True)
                        if bar < math.inf
                    ],
                )
            case Best(clauses):
                return union(self._n, [self.reaching(c, worth) for c in clauses])
            case Scale() if _least_factor(node) >= 0:
                return self._scaled(node, worth)
        return self._matcher.docs(node)

    def _scaled(self, node: Scale, worth: float) -> Docs:
        """Who reaches a worth with the greatest factor; those of small factors by theirs."""
        found = self.reaching(node.clause, _shared(worth, _most_factor(node)))
        if len(found) * _MANY <= self._n:
            return found
        # Each node is asked with those next to it, by the greatest of their factors. Who matches
        # none of them is in the last set, as is everybody else who reaches that much anyway.
        groups = [self.reaching(node.clause, _shared(worth, node.otherwise))]
        size = -(-len(node.by) // _GROUPS)
        for start in range(0, len(node.by), size or 1):
            some = node.by[start : start + size]
            reached = self.reaching(node.clause, _shared(worth, max(f for _, f in some)))
            if len(reached):
                groups.append(reached & union(self._n, [self._matcher.docs(n) for n, _ in some]))
        return union(self._n, groups)

    def n_listed(self, node: Node) -> int:
        """How long the lists of its words are, all together."""
        leaf = self._scorer.leaf(node)
        if leaf is not None:
            return len(leaf.standing)
        match node:
            case And(clauses) | Or(clauses) | Best(clauses) | Blend(clauses):
                return sum(self.n_listed(c) for c in clauses)
            case Prefer(clause, extras):
                return sum(self.n_listed(c) for c in (clause, *extras))
            case Boost(clause) | Constant(clause) | Scale(clause):
                return self.n_listed(clause)
        return 0

    def n_reaching(self, node: Node, worth: float) -> int:
        """About how many `reaching` would give, creators of several parts counted again."""
        return _n_from(self.levels(node), worth)

    def levels(self, node: Node) -> list[_Level]:
        """Worths that may be asked about, rising, the last one the most that occurs."""
        known = self._levels.get(node)
        if known is None:
            known = self._levels[node] = self._levels_of(node)
        return known

    def _levels_of(self, node: Node) -> list[_Level]:
        leaf = self._scorer.leaf(node)
        if leaf is not None:
            return _cumulated(leaf.worth, np.where(leaf.matches, leaf.standing.kinds, 0))
        match node:
            case Boost(clause, factor) if factor > 0:
                return _times(self.levels(clause), factor)
            case Scale(clause) if _least_factor(node) >= 0 and _most_factor(node) > 0:
                return _times(self.levels(clause), _most_factor(node))
            case Best(clauses) if not _adds_up(node):
                every = [levels for c in clauses if (levels := self.levels(c))]
                worths = sorted({level.worth for levels in every for level in levels})
                chosen = worths[:: 1 + len(worths) // _MOST_LEVELS] + worths[-1:]
                return [
                    _Level(
                        worth,
                        max((_below(levels, worth) for levels in every), default=0.0),
                        sum(_n_from(levels, worth) for levels in every),
                    )
                    for worth in dict.fromkeys(chosen)
                ]
            case And() | Or() | Prefer() | Blend() | Best() if _adds_up(node):
                parts, weights = _parts(node)
                if len(parts) == 1:
                    return _times(self.levels(parts[0]), weights[0])
                most = math.fsum(
                    max(0.0, weight * levels[-1].worth)
                    for weight, part in zip(weights, parts, strict=True)
                    if (levels := self.levels(part))
                )
                steps = [most * step / _STEPS for step in range(1, _STEPS + 1)]
                return [_Level(w, w, self._n_over_bars(parts, weights, w)) for w in steps]
        _, most = self.span(node)
        return [_Level(most, most, self._matcher.most(node))]

    def _n_over_bars(self, parts: Sequence[Node], weights: Sequence[float], worth: float) -> int:
        if worth <= 0:
            return self._n
        bars = self._bars(parts, weights, worth)
        counts = (_n_from(self.levels(p), bar) for p, bar in zip(parts, bars, strict=True))
        return min(self._n, sum(counts))

    def _bars(self, parts: Sequence[Node], weights: Sequence[float], worth: float) -> list[float]:
        """For each part of a sum a bar, so that who reaches none of them stays below `worth`.

        -inf for a part whose matches are all let in, inf for one that is left out wholly. Chosen
        so that few reach any: bars are raised from level to level, those first that keep most
        creators out for the worth given away.
        """
        every = [self.levels(part) for part in parts]
        # Bars stand under level at[i] of part i; at 0 all are let in, and nothing is given away.
        at = [0] * len(parts)
        given = [0.0] * len(parts)
        left = worth * _SLACK
        while True:
            chosen: tuple[float, int, int, float] | None = None
            for i, levels in enumerate(every):
                here = levels[at[i]].n if at[i] < len(levels) else 0
                for j in range(at[i] + 1, len(levels) + 1):
                    below = levels[j].below if j < len(levels) else levels[-1].worth
                    # A part may be worth less than nothing, but gives nothing back by that.
                    price = max(0.0, weights[i] * below) - given[i]
                    if price >= left:
                        break
                    kept_out = here - (levels[j].n if j < len(levels) else 0)
                    gain = kept_out / price if price > 0 else math.inf
                    if chosen is None or gain > chosen[0]:
                        chosen = gain, i, j, price
            if chosen is None:
                break
            _, i, j, price = chosen
            at[i], given[i], left = j, given[i] + price, left - price
        return [
            -math.inf if not k else math.inf if k >= len(levels) else levels[k].worth
            for k, levels in zip(at, every, strict=True)
        ]


def _least_factor(node: Scale) -> float:
    return min((node.otherwise, *(factor for _, factor in node.by)))


def _most_factor(node: Scale) -> float:
    return max((node.otherwise, *(factor for _, factor in node.by)))


def _shared(worth: float, factor: float) -> float:
    """What has to be reached before the factor; no factor of 0 makes anything of it."""
    return worth / factor if factor > 0 else math.inf


def _times(levels: Sequence[_Level], factor: float) -> list[_Level]:
    return [_Level(x.worth * factor, x.below * factor, x.n) for x in levels]


def _n_from(levels: Sequence[_Level], worth: float) -> int:
    """About how many are worth at least this much."""
    return next((level.n for level in levels if level.worth >= worth), 0)


def _below(levels: Sequence[_Level], worth: float) -> float:
    """The most that somebody can be worth who is not worth this much."""
    for level in levels:
        if level.worth >= worth:
            return min(level.below, worth)
    return levels[-1].worth


def _cumulated(worth: _Array, n: _Array) -> list[_Level]:
    """Levels of a table of worths and of how many creators have each: exact ones."""
    order = np.argsort(worth)
    order = order[n[order] > 0]
    reach = np.cumsum(n[order][::-1])[::-1]
    levels: list[_Level] = []
    for own, held in zip(worth[order].tolist(), reach.tolist(), strict=True):
        if not levels or levels[-1].worth < own:
            levels.append(_Level(own, levels[-1].worth if levels else 0.0, held))
    return levels


def _adds_up(node: Node) -> bool:
    """Whether the worth of a node is a sum: of a Best only with a share of the others."""
    return not isinstance(node, Best) or node.rest > 0


def _parts(node: And | Or | Prefer | Blend | Best) -> tuple[Sequence[Node], Sequence[float]]:
    """What a node adds up, with the weight of each part; parts that are worth nothing left out."""
    match node:
        case And(clauses) | Or(clauses):
            some = [c for c in clauses if not is_worth_nothing(c)]
        case Prefer(clause, extras):
            some = [c for c in (clause, *extras) if not is_worth_nothing(c)]
        case Blend(clauses, weights):
            return clauses, weights
        case Best(clauses, rest):
            # The best counts in full: its share as one of all, and what is left of it once more.
            return (Best(clauses), *clauses), (1.0 - rest, *(rest for _ in clauses))
    return some, (1.0,) * len(some)


def _sum_of_some(spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The span of a sum of any of the parts, at least one of them."""
    if not spans:
        return 0.0, 0.0
    negative = math.fsum(min(0.0, low) for low, _ in spans)
    low = negative if negative < 0 else min(low for low, _ in spans)
    return low, math.fsum(max(0.0, high) for _, high in spans)
