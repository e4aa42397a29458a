"""Who matches a node, in one segment.

Two ways to ask. `docs(node)` makes the set of all who match: leaves out of posting lists and
columns, the rest by set algebra. `holds(node, ids)` asks for some creators only, which is what a
rare word leaves of a search: then no filter is ever worked out for the whole segment.

Leaves are kept with the segment (`_kept`), combinations are not: those of one request are kept by
the snapshot that it asks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, assert_never

import numpy as np

from influencr.errors import UsageError
from influencr.index._documents import FIELDS
from influencr.index._interface import Held
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
)
from influencr.index.columns._kept import kept_of
from influencr.index.columns._phrase import of_phrase
from influencr.index.columns._segment import NUMBERS, SINGLE, Keyword, Segment, uid_hashes
from influencr.index.columns._sets import FEW, SMALL, Docs, union
from influencr.index.columns._standing import Standing, of_prefix, of_term

__all__ = ["Matcher"]

type _Array = np.ndarray[Any, Any]
type _Words = Term | Prefix | Phrase

#: A soft And of more states than this is added up creator by creator instead.
_STATES: Final = 200
#: Sets that a generation remembers: our own choice, enough for one search with all its counts.
_REMEMBERED: Final = 256


class Matcher:
    """Answers for one segment."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.n = segment.n
        self.kept = kept_of(segment)
        # Sets of this generation's requests by the very node object, which is found without
        # looking into it: to hash a tree of alternatives costs more than many an intersection.
        self._same: dict[int, tuple[Node, Docs]] = {}

    # Leaves

    def standing(self, node: _Words) -> Standing:
        """Where a word, beginning or phrase stands, in any field: the node's own is left aside."""
        match node:
            case Term(_, value):
                key: Any = ("word", value)
            case Prefix(_, value):
                key = ("prefix", value)
            case Phrase(_, words, last_is_prefix):
                key = ("phrase", words, last_is_prefix)
        found: Standing | None = self.kept.get(key)
        if found is None:
            found = self._standing(node)
            found.key = key
            bitmap = self.n // 8 if len(found) * FEW > self.n else 0
            # A long list is going to be given a bitmap with its ranks.
            self.kept.put(key, found, found.nbytes + bitmap * 3 // 2)
        return found

    def _standing(self, node: _Words) -> Standing:
        match node:
            case Term(_, value):
                return of_term(self.segment, str(value))
            case Prefix(_, value):
                return of_prefix(self.segment, value)
            case Phrase(_, words, last_is_prefix):
                return of_phrase(self.segment, words, last_is_prefix=last_is_prefix)

    def standing_as(self, standing: Standing, kinds: _Array) -> Docs:
        """Who says it in one of these ways: a truth value for each mask."""
        if kinds[standing.kinds > 0].all():
            return standing.members
        if len(standing) * FEW <= self.n:
            return Docs.of(self.n, standing.docs[kinds.take(standing.masks)])

        def chosen() -> Docs:
            at = np.flatnonzero(kinds.take(standing.masks, mode="clip"))
            return Docs.of(self.n, standing.docs.take(at))

        key = ("kinds", standing.key, np.packbits(kinds).tobytes())
        found: Docs = self.kept.made(key, chosen, lambda d: self.n // 8)
        return found

    def docs(self, node: Node) -> Docs:
        """Who matches, deleted creators too."""
        known = self._known(node)
        if known is not None:
            return known
        found = self._docs(node)
        if len(self._same) >= _REMEMBERED:
            self._same.clear()
        self._same[id(node)] = node, found
        return found

    def _known(self, node: Node) -> Docs | None:
        # The node is kept beside its set, so its number cannot become that of another one.
        known = self._same.get(id(node))
        return known[1] if known is not None and known[0] is node else None

    def _docs(self, node: Node) -> Docs:
        match node:
            case Anyone():
                return Docs.everybody(self.n)
            case Term(field, _) | Prefix(field, _) | Phrase(field, _, _) if is_words(field):
                return self._said(node)
            case Term() | Terms() | Range():
                found: Docs = self.kept.made(node, lambda: self._column(node), lambda d: d.nbytes)
                return found
            case Prefix(field) | Phrase(field):
                raise UsageError(f"{field}: only fields of words know beginnings and phrases.")
            case Among(ids):
                return self._people(ids.ids)
            case And(clauses):
                return self._all_of(clauses)
            case Or(clauses) | Best(clauses):
                return union(self.n, [self.docs(c) for c in clauses])
            case Not(clause):
                return Docs.everybody(self.n) - self.docs(clause)
            case Blend():
                return self._enough(node)
            case Stands(clause):
                return self.docs(clause)
            case Constant(clause) | Boost(clause) | Prefer(clause) | Scale(clause):
                return self.docs(clause)
            case _:
                assert_never(node)

    def holds(self, node: Node, ids: _Array) -> _Array:
        """For each of these ascending creators (uint32) whether it matches; bool."""
        held = self._known(node)
        if held is not None:
            return held.has(ids)
        match node:
            case Anyone():
                return np.ones(len(ids), bool)
            case Term(field, _) | Prefix(field, _) | Phrase(field, _, _) if is_words(field):
                masks = self.standing(node).masks_at(ids)
                bits = 63 if field == "all" else 1 << WORD_FIELDS.index(field)
                said: _Array = masks & np.uint8(bits) != 0
                return said
            case Term() | Terms() | Range():
                known: Docs | None = self.kept.get(node)
                return known.has(ids) if known is not None else self._column_at(node, ids)
            case And(clauses):
                flags = np.ones(len(ids), bool)
                for clause in clauses:
                    flags &= self.holds(clause, ids)
                return flags
            case Or(clauses) | Best(clauses):
                flags = np.zeros(len(ids), bool)
                for clause in clauses:
                    flags |= self.holds(clause, ids)
                return flags
            case Not(clause):
                return ~self.holds(clause, ids)
            case Blend(clauses, weights, at_least):
                total = np.zeros(len(ids))
                for clause, weight in zip(clauses, weights, strict=True):
                    total += weight * self.holds(clause, ids)
                enough: _Array = total >= at_least
                return enough
            case Stands(clause):
                return self.holds(clause, ids)
            case Constant(clause) | Boost(clause) | Prefer(clause) | Scale(clause):
                return self.holds(clause, ids)
            case Among() | Prefix() | Phrase():
                return self.docs(node).has(ids)
            case _:
                assert_never(node)

    def _said(self, node: _Words) -> Docs:
        standing = self.standing(node)
        if node.field == "all":
            return standing.members
        found: Docs = self.kept.made(
            node, lambda: standing.within(WORD_FIELDS.index(node.field)), lambda d: d.nbytes
        )
        return found

    def _people(self, profile_ids: Sequence[str]) -> Docs:
        ords = self.segment.find_uids(uid_hashes(profile_ids))
        return Docs.of(self.n, np.unique(ords[ords >= 0]).astype(np.uint32))

    # Columns

    def _column(self, node: Term | Terms | Range) -> Docs:
        if isinstance(node, Range) or (isinstance(node, Term) and node.field in NUMBERS):
            return Docs.where(self.between(node, self.numbers(node.field)))
        if node.field == "uid":
            values = node.values if isinstance(node, Terms) else (node.value,)
            return self._people([str(v) for v in values])
        keyword = self.keyword(node.field)
        if isinstance(node, Term):
            code = keyword.find(node.value)
            return self.having(keyword, code) if code >= 0 else Docs.none(self.n)
        codes = keyword.find_all(node.values)
        if len(codes) <= 8:
            return union(self.n, [self.having(keyword, c) for c in codes.tolist()])
        docs = np.concatenate([keyword.docs(c) for c in codes.tolist()])
        if len(docs) * FEW > self.n:
            flags = np.zeros(self.n, bool)
            flags[docs] = True
            return Docs.where(flags)
        return Docs.of(self.n, np.unique(docs))

    def having(self, keyword: Keyword, code: int) -> Docs:
        """The creators who have the value of this code."""
        found: Docs = self.kept.made(
            ("value", keyword.field, code), lambda: self._having(keyword, code), lambda d: d.nbytes
        )
        return found

    def _having(self, keyword: Keyword, code: int) -> Docs:
        docs = keyword.docs(code)
        k = len(docs)
        if k and int(docs[-1]) - int(docs[0]) == k - 1:
            # Where the segment is sorted by this field, its creators lie side by side.
            return Docs.between(self.n, int(docs[0]), int(docs[-1]) + 1)
        if k * FEW > self.n and keyword.starts is None:
            return Docs.where(keyword.codes == code)
        return Docs.of(self.n, docs)

    def _column_at(self, node: Term | Terms | Range, ids: _Array) -> _Array:
        if isinstance(node, Range) or (isinstance(node, Term) and node.field in NUMBERS):
            return self.between(node, self.numbers(node.field)[ids])
        if node.field not in SINGLE:
            return self.docs(node).has(ids)
        keyword = self.keyword(node.field)
        codes = keyword.codes[ids]
        if isinstance(node, Term):
            found: _Array = codes == keyword.find(node.value)
            return found
        wanted = np.zeros(len(keyword) + 1, bool)
        wanted[keyword.find_all(node.values)] = True
        known: _Array = wanted[codes]
        return known

    def between(self, node: Term | Range, numbers: _Array) -> _Array:
        """For each number whether it lies in the range (or is the number of the term); bool."""
        if isinstance(node, Term):
            flags: _Array = numbers == (np.nan if isinstance(node.value, str) else node.value)
            return flags
        low: float | None = 0 if node.lower is None else node.lower
        high: float | None = node.upper
        if numbers.dtype.kind == "i":
            # Fractional bounds of whole numbers are moved inwards, infinite ones dropped.
            low = None if low == -math.inf else low if low == math.inf else math.ceil(low or 0)
            if high is not None and not math.isinf(high):
                high = math.floor(high)
        flags = np.ones(len(numbers), bool) if low is None else numbers >= low
        if high is not None:
            flags &= numbers <= high
        return flags

    def numbers(self, field: str) -> _Array:
        """The column of a number field. Raises UsageError for another one."""
        if field not in NUMBERS:
            raise UsageError(f"{field}: is no number; valid: {', '.join(NUMBERS)}.")
        return self.segment.number(field)

    def keyword(self, field: str) -> Keyword:
        """A field of exact values. Raises UsageError for another one."""
        if FIELDS.get(field) not in ("keyword", "id"):
            raise UsageError(f"{field}: no such field to ask for; valid: {', '.join(FIELDS)}.")
        return self.segment.keyword(field)

    def held(self, field: str) -> Held:
        """The values of a field of exact values, the same object as long as the segment is open."""
        found: Held = self.kept.pinned(("held", field), lambda: Held(self.keyword(field).values))
        return found

    # Combinations

    def _all_of(self, clauses: Sequence[Node]) -> Docs:
        """Smallest first; when few are left, the other clauses are asked about those alone."""
        wanted, unwanted = _flat(clauses)
        found: Docs | None = None
        # In a short segment every intersection costs next to nothing, and their order nothing.
        for clause in sorted(wanted, key=self.most) if self.n > SMALL else wanted:
            if found is None:
                found = self.docs(clause)
            elif self._is_cheaper_one_by_one(found, clause):
                found = found.keep(self.holds(clause, found.ids))
            else:
                found = found & self.docs(clause)
            if not len(found):
                return found
        if found is None:
            found = Docs.everybody(self.n)
        for clause in unwanted:
            if self._is_cheaper_one_by_one(found, clause):
                found = found.keep(~self.holds(clause, found.ids))
            else:
                found = found - self.docs(clause)
        return found

    def _is_cheaper_one_by_one(self, found: Docs, clause: Node) -> bool:
        return (
            found.is_few
            and len(found) * 4 * FEW <= self.n
            and self._known(clause) is None
            and self.kept.get(clause) is None
        )

    def most(self, node: Node) -> int:
        """At most so many match; found without working anything out."""
        held = self._known(node)
        if held is not None:
            return len(held)
        match node:
            case Term(field, value):
                if is_words(field):
                    return len(self.standing(node))
                if FIELDS.get(field) == "keyword":
                    keyword = self.keyword(field)
                    code = keyword.find(value)
                    return len(keyword.docs(code)) if code >= 0 else 0
                return 1 if field == "uid" else self.n
            case Prefix(_, value):
                low, high = self.segment.words.between(value)
                return min(self.n, int(self.segment.starts[high] - self.segment.starts[low]))
            case Phrase(_, words, last_is_prefix):
                return min(
                    len(self.standing(Term("all", w)))
                    for w in (words[:-1] if last_is_prefix and len(words) > 1 else words)
                )
            case And(clauses):
                return min((self.most(c) for c in clauses), default=self.n)
            case Or(clauses) | Best(clauses):
                return min(self.n, sum(self.most(c) for c in clauses))
            case Blend(clauses):
                return min(self.n, sum(self.most(c) for c in clauses))
            case Stands(clause):
                return self.most(clause)
            case Constant(clause) | Boost(clause) | Prefer(clause) | Scale(clause):
                return self.most(clause)
            case Among(ids):
                return min(self.n, len(ids))
            case Terms("uid", values):
                return min(self.n, len(values))
            case Anyone() | Terms() | Range() | Not():
                known: Docs | None = self.kept.get(node)
                return len(known) if known is not None else self.n
            case _:
                assert_never(node)

    def _enough(self, node: Blend) -> Docs:
        """Whose clauses weigh enough: "with this clause and enough of the rest, or without it".

        Written out over the clauses in falling order of weight; equal rests are worked out once.
        """
        order = sorted(range(len(node.weights)), key=lambda i: -node.weights[i])
        weights = [node.weights[i] for i in order]
        rests = [math.fsum(weights[i:]) for i in range(len(weights) + 1)]
        states: set[tuple[int, float]] = set()

        def walk(i: int, need: float) -> None:
            if need <= 0 or need > rests[i] or (i, need) in states or len(states) > _STATES:
                return
            states.add((i, need))
            walk(i + 1, need - weights[i])
            walk(i + 1, need)

        walk(0, node.at_least)
        sets = [self.docs(node.clauses[i]) for i in order]
        if len(states) > _STATES:
            anyone = union(self.n, sets)
            total = np.zeros(len(anyone))
            for members, weight in zip(sets, weights, strict=True):
                total += weight * members.has(anyone.ids)
            return anyone.keep(total >= node.at_least)
        everybody = Docs.everybody(self.n)
        done: dict[tuple[int, float], Docs] = {}

        def enough(i: int, need: float) -> Docs:
            if need <= 0:
                return everybody
            if need > rests[i]:
                return Docs.none(self.n)
            known = done.get((i, need))
            if known is None:
                known = sets[i] & enough(i + 1, need - weights[i])
                if need <= rests[i + 1]:
                    known = known | enough(i + 1, need)
                done[i, need] = known
            return known

        return enough(0, node.at_least)


def is_words(field: str) -> bool:
    """Words stand in this field."""
    return field == "all" or field in WORD_FIELDS


def _flat(clauses: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """(who must match, who must not) of a conjunction with those inside it."""
    wanted: list[Node] = []
    unwanted: list[Node] = []
    for clause in clauses:
        if isinstance(clause, And):
            more, less = _flat(clause.clauses)
            wanted += more
            unwanted += less
        elif isinstance(clause, Not):
            unwanted.append(clause.clause)
        else:
            wanted.append(clause)
    return wanted, unwanted
