"""What a node is worth to creators of one segment: exactly, for those asked for.

Scores are 64-bit floats; nodes are made of short binary fractions, so sums are exact.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import numpy as np

from influencr.index._nodes import (
    WORD_FIELDS,
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
    coverage_factor,
)
from influencr.index.columns._match import Matcher, is_words
from influencr.index.columns._standing import MASKS, Standing

__all__ = ["Leaf", "Scorer", "is_worth_nothing"]

type _Array = np.ndarray[Any, Any]

#: Alternatives held by fewer than one creator in SHORT are put into one list before they are
#: looked up: our own choice.
SHORT: Final = 256
#: Factors of a Blend come from a table of all sets of clauses up to so many clauses.
_TABLED: Final = 12

_BITS = np.arange(MASKS)


class Leaf(NamedTuple):
    """Worth by mask: `worth` is 0 and `matches` false where the leaf does not match."""

    standing: Standing
    worth: _Array
    matches: _Array


class _Merged(NamedTuple):
    """Ascending creators, each with what the best of several short alternatives is worth, and with
    what all of them are worth together."""

    docs: _Array
    worth: _Array
    whole: _Array


class Scorer:
    """Scores for one segment; made for one request."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._n = matcher.n
        self._leaves: dict[Node, Leaf | None] = {}
        self._best: dict[Best, tuple[list[Leaf], _Merged | None, list[Node]]] = {}

    def weigh(self, node: Node, ids: _Array) -> _Array:
        """The worth of each of these ascending creators, all of whom match; float64."""
        scores, _ = self._weigh(node, ids, sure=True)
        return np.broadcast_to(np.asarray(scores, np.float64), (len(ids),))

    def _weigh(self, node: Node, ids: _Array, *, sure: bool) -> tuple[Any, Any]:
        """(scores, who matches): scores are 0 where the node does not match.

        sure   all of them match: then the second value means nothing
        """
        leaf = self.leaf(node)
        if leaf is not None:
            masks = leaf.standing.masks_at(ids)
            return (
                leaf.worth.take(masks, mode="clip"),
                None if sure else leaf.matches.take(masks, mode="clip"),
            )
        match node:
            case Anyone():
                return 1.0, True
            case Term() | Terms() | Prefix() | Phrase() | Range() | Among():
                matches = True if sure else self._matcher.holds(node, ids)
                return np.asarray(matches, np.float64), matches
            case Not():
                return 0.0, True if sure else self._matcher.holds(node, ids)
            case Constant(clause, score):
                matches = True if sure else self._matcher.holds(clause, ids)
                return score * np.asarray(matches, np.float64), matches
            case Boost(clause, factor):
                scores, matches = self._weigh(clause, ids, sure=sure)
                return scores * factor, matches
            case Stands(clause):
                return self._weigh(clause, ids, sure=sure)
            case And(clauses):
                return self._sum_of_all(clauses, ids, sure=sure)
            case Or(clauses):
                total: Any = 0.0
                anyone: Any = False
                for clause in clauses:
                    scores, matches = self._weigh(clause, ids, sure=False)
                    total = total + scores
                    anyone = anyone | matches
                return total, anyone
            case Prefer(clause, extras):
                total, matches = self._weigh(clause, ids, sure=sure)
                for extra in extras:
                    scores, _ = self._weigh(extra, ids, sure=False)
                    total = total + scores
                return (total, matches) if sure else (total * matches, matches)
            case Best():
                return self._greatest(node, ids)
            case Blend():
                return self._blended(node, ids)
            case Scale(clause, by, otherwise):
                scores, matches = self._weigh(clause, ids, sure=sure)
                factors = np.full(len(ids), otherwise)
                columns: dict[str, _Array] = {}
                for other, factor in reversed(by):
                    if isinstance(other, Range):
                        # Often all of them ask about one number: it is gathered once.
                        numbers = columns.get(other.field)
                        if numbers is None:
                            numbers = columns[other.field] = self._matcher.numbers(other.field)[ids]
                        holds = self._matcher.between(other, numbers)
                    else:
                        holds = self._matcher.holds(other, ids)
                    factors[holds] = factor
                return scores * factors, matches
            case _:
                assert_never(node)

    def _sum_of_all(self, clauses: Sequence[Node], ids: _Array, *, sure: bool) -> tuple[Any, Any]:
        total: Any = 0.0
        everyone: Any = True
        for clause in clauses:
            if sure and is_worth_nothing(clause):
                continue
            scores, matches = self._weigh(clause, ids, sure=sure)
            total = total + scores
            if not sure:
                everyone = everyone & matches
        return (total, everyone) if sure else (total * everyone, everyone)

    def _greatest(self, node: Best, ids: _Array) -> tuple[Any, Any]:
        leaves, merged, others = self._alternatives(node)
        best = np.full(len(ids), -np.inf)
        whole = np.zeros(len(ids) if node.rest else 0)
        for leaf in leaves:
            worth = np.where(leaf.matches, leaf.worth, -np.inf)
            masks = leaf.standing.masks_at(ids)
            np.maximum(best, worth.take(masks, mode="clip"), out=best)
            if node.rest:
                whole += np.where(leaf.matches, leaf.worth, 0.0).take(masks, mode="clip")
        if merged is not None and len(merged.docs) and len(ids):
            short, long = (merged.docs, ids) if len(merged.docs) < len(ids) else (ids, merged.docs)
            at = np.searchsorted(long, short)
            at[at == len(long)] = 0
            hit = np.flatnonzero(long[at] == short)
            mine, theirs = (at[hit], hit) if short is merged.docs else (hit, at[hit])
            best[mine] = np.maximum(best[mine], merged.worth[theirs])
            if node.rest:
                whole[mine] += merged.whole[theirs]
        for other in others:
            scores, matches = self._weigh(other, ids, sure=False)
            np.maximum(best, np.where(matches, scores, -np.inf), out=best)
            if node.rest:
                whole += scores
        found = best > -np.inf
        best[~found] = 0.0
        if node.rest:
            best += node.rest * (whole - best)
        return best, found

    def _alternatives(self, node: Best) -> tuple[list[Leaf], _Merged | None, list[Node]]:
        """The long alternatives one by one, the short ones in one list, and what is no word."""
        known = self._best.get(node)
        if known is not None:
            return known
        leaves: list[Leaf] = []
        others: list[Node] = []
        docs: list[_Array] = []
        worth: list[_Array] = []
        for clause in node.clauses:
            leaf = self.leaf(clause)
            if leaf is None:
                others.append(clause)
            elif len(leaf.standing) * SHORT > self._n:
                leaves.append(leaf)
            else:
                matching = leaf.matches.take(leaf.standing.masks)
                docs.append(leaf.standing.docs[matching])
                worth.append(leaf.worth.take(leaf.standing.masks[matching]))
        merged = None
        if docs:
            everyone, worths = np.concatenate(docs), np.concatenate(worth)
            order = np.lexsort((worths, everyone))
            everyone, worths = everyone[order], worths[order]
            last = np.empty(len(everyone), bool)
            last[-1:] = True
            np.not_equal(everyone[1:], everyone[:-1], out=last[:-1])
            ends = np.flatnonzero(last)
            # Sums of short binary fractions are exact, and so are their differences.
            sums = np.diff(np.cumsum(worths)[ends], prepend=0.0)
            merged = _Merged(everyone[ends], worths[ends], sums)
        self._best[node] = leaves, merged, others
        return self._best[node]

    def _blended(self, node: Blend, ids: _Array) -> tuple[Any, Any]:
        total: Any = np.zeros(len(ids))
        weight = np.zeros(len(ids))
        sets = np.zeros(len(ids), np.uint16)
        n = len(node.clauses)
        for i, (clause, own) in enumerate(zip(node.clauses, node.weights, strict=True)):
            scores, matches = self._weigh(clause, ids, sure=False)
            total += own * scores
            weight += own * np.asarray(matches)
            if n <= _TABLED:
                sets |= np.left_shift(np.asarray(matches, np.uint16), np.uint16(i))
        found = weight >= node.at_least
        if node.power:
            whole = math.fsum(node.weights)
            if n <= _TABLED:
                factors = _factors(node.weights, whole, node.power, sets)
                total *= factors.take(sets)
            else:
                different, which = np.unique(weight, return_inverse=True)
                by_weight = [coverage_factor(w, whole, node.power) for w in different.tolist()]
                total *= np.array(by_weight)[which]
        return total * found, found

    # Leaves

    def leaf(self, node: Node) -> Leaf | None:
        """A word, beginning or phrase, weighted in whatever way; None for anything else."""
        if node in self._leaves:
            return self._leaves[node]
        found = self._leaves[node] = self._as_leaf(node)
        return found

    def _as_leaf(self, node: Node) -> Leaf | None:
        weighting = _weighting(node)
        if weighting is None:
            return None
        words, worth, matches = weighting
        return Leaf(self._matcher.standing(words), worth, matches)


@functools.lru_cache(maxsize=4_096)
def _weighting(node: Node) -> tuple[Term | Prefix | Phrase, _Array, _Array] | None:
    """(word, beginning or phrase; its worth by mask; which masks match): the same in all segments.

    None for a node that is nothing of that.
    """
    match node:
        case Term(field, _) | Prefix(field, _) | Phrase(field, _, _) if is_words(field):
            matches = _in_field(field)
            return node, matches.astype(np.float64), matches
        case Stands(clause, worths):
            worth = np.zeros(MASKS)
            for field, own in worths:
                worth[_in_field(field)] += own
            return clause, worth, _in_field("all")
        case Boost(clause, factor) if (inner := _weighting(clause)) is not None:
            return inner[0], inner[1] * factor, inner[2]
        case Constant(clause, score) if (inner := _weighting(clause)) is not None:
            return inner[0], inner[2] * score, inner[2]
    return None


def _in_field(field: str) -> _Array:
    """For each mask whether it stands for this field, too; `all` is any of them."""
    flags: _Array = _BITS > 0 if field == "all" else _BITS & (1 << WORD_FIELDS.index(field)) > 0
    return flags


def is_worth_nothing(node: Node) -> bool:
    return isinstance(node, Not) or (isinstance(node, Constant) and node.score == 0)


def _factors(weights: Sequence[float], whole: float, power: float, sets: _Array) -> _Array:
    """The factor of each set of clauses that occurs, by its number (bit i = clause i)."""
    factors = np.zeros(1 << len(weights))
    for number in np.flatnonzero(np.bincount(sets, minlength=len(factors))).tolist():
        matched = math.fsum(w for i, w in enumerate(weights) if number >> i & 1)
        factors[number] = coverage_factor(matched, whole, power)
    return factors
