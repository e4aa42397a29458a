"""Candidates, their people and prices, as arrays that a choice is made over.

People who follow the same candidates are one *class* with a weight: whatever is chosen, they are
reached together. Nearly all people follow one candidate only, so a class for each candidate holds
most of them, and what remains is small. Classes are told apart by the sum of a random 64-bit number
of each candidate; two different ones share a sum once in 10^5 instances of ten million people, and
the figures of a finished plan are counted again on the sets themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from pyroaring import BitMap
from scipy import sparse

__all__ = ["Instance", "Limit", "Numbers", "instance"]

type Numbers = np.ndarray[Any, Any]

_SEED = 20_261_123


class Limit(NamedTuple):
    """How many of some candidates a roster may have.

    name       for people: "creators below 10,000 followers"
    members    rows of the instance
    at_most    None: any number
    """

    name: str
    members: tuple[int, ...]
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True)
class Instance:
    """What a roster is chosen from.

    cost      price of each candidate, finite and at least 0
    starts    int64[n + 1] into `classes`
    classes   int32, the classes of people of each candidate, rising
    weight    int64, people in each class
    limits    what every roster has to keep to
    include   rows that are in every roster
    """

    cost: Numbers
    starts: Numbers
    classes: Numbers
    weight: Numbers
    limits: tuple[Limit, ...] = ()
    include: tuple[int, ...] = ()

    @property
    def n(self) -> int:
        """Candidates."""
        return len(self.cost)

    @cached_property
    def size(self) -> Numbers:
        """People of each candidate."""
        return self.gains(np.ones(len(self.weight)))

    @cached_property
    def total(self) -> int:
        """People of all candidates together, each once."""
        return int(self.weight.sum())

    @cached_property
    def matrix(self) -> sparse.csr_matrix:
        """Candidates x classes, 1 where the class follows the candidate."""
        shape = (self.n, len(self.weight))
        ones = np.ones(len(self.classes))
        return sparse.csr_matrix((ones, self.classes, self.starts), shape=shape)

    @cached_property
    def turned(self) -> sparse.csr_matrix:
        """The same with classes in rows."""
        return self.matrix.T.tocsr()

    def of(self, row: int) -> Numbers:
        """The classes of one candidate."""
        found: Numbers = self.classes[self.starts[row] : self.starts[row + 1]]
        return found

    def gains(self, open_: Numbers) -> Numbers:
        """Of each candidate, the people in classes that are open (1 or a part of it)."""
        found: Numbers = self.matrix @ (self.weight * open_)
        return found

    def reopened(self, classes: Numbers) -> Numbers:
        """What each candidate would gain more if these classes were open; costs their followers
        alone."""
        edges = self.turned.indptr
        first = edges[classes].astype(np.int64)
        counts = edges[classes + 1] - first
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        who = self.turned.indices[np.repeat(first, counts) + within]
        found: Numbers = np.bincount(
            who, weights=np.repeat(self.weight[classes], counts), minlength=self.n
        )
        return found

    def covered(self, rows: Sequence[int]) -> Numbers:
        """How many of these candidates each class follows."""
        times = np.zeros(len(self.weight), dtype=np.int32)
        for row in rows:
            times[self.of(row)] += 1
        return times

    def value(self, rows: Sequence[int]) -> int:
        """People whom these candidates reach, each once."""
        return int(self.weight[self.covered(rows) > 0].sum())

    def price(self, rows: Sequence[int]) -> float:
        """What these candidates cost."""
        return float(self.cost[list(rows)].sum()) if len(rows) else 0.0

    def limits_of(self, row: int) -> tuple[int, ...]:
        """The limits that a candidate counts for."""
        found: tuple[int, ...] = self._limits_of.get(row, ())
        return found

    @cached_property
    def _limits_of(self) -> dict[int, tuple[int, ...]]:
        found: dict[int, list[int]] = {}
        for number, limit in enumerate(self.limits):
            for row in limit.members:
                found.setdefault(row, []).append(number)
        return {row: tuple(numbers) for row, numbers in found.items()}


def instance(
    sets: Sequence[BitMap],
    cost: Sequence[float],
    *,
    counted: Numbers | None = None,
    limits: Sequence[Limit] = (),
    include: Sequence[int] = (),
) -> Instance:
    """Candidates as an instance.

    sets      the people of each, by number
    cost      the price of each
    counted   by number, who counts (all when None): those who live in a place, for one
    """
    arrays = [np.frombuffer(one.to_array(), dtype=np.uint32) for one in sets]
    if counted is not None:
        arrays = [one[counted[one]] for one in arrays]
    sizes = np.array([len(one) for one in arrays], dtype=np.int64)
    whom = np.repeat(np.arange(len(sets), dtype=np.int32), sizes)
    people = np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.uint32)
    times = np.bincount(people) if len(people) else np.zeros(0, dtype=np.int64)
    alone = times[people] == 1
    own = np.bincount(whom[alone], minlength=len(sets)).astype(np.int64)
    shared = _shared(people[~alone], whom[~alone], times)
    starts, classes, weight = _joined(own, *shared)
    return Instance(
        cost=np.asarray(cost, dtype=np.float64),
        starts=starts,
        classes=classes,
        weight=weight,
        limits=tuple(limits),
        include=tuple(include),
    )


def _shared(people: Numbers, whom: Numbers, times: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """(candidate, class) pairs of people who follow several, and the weight of each class."""
    if not len(people):
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    several = times > 1
    rank = np.cumsum(several, dtype=np.int32) - 1
    n = int(rank[-1]) + 1
    person = rank[people]
    n_candidates = int(whom.max()) + 1
    drawn = np.random.default_rng(_SEED).integers(0, 2**63, n_candidates, dtype=np.uint64)
    # By person, without a sort of its own: the transpose of a sparse matrix is a counting sort.
    by_person = sparse.csr_matrix(
        (np.ones(len(people), dtype=np.int8), (person, whom)), shape=(n, n_candidates)
    )
    by_person.sort_indices()
    edges = by_person.indptr.astype(np.int64)
    sums = np.add.reduceat(drawn[by_person.indices], edges[:-1])
    _, first, seat = np.unique(sums, return_index=True, return_inverse=True)
    weight = np.bincount(seat, minlength=len(first)).astype(np.int64)
    counts = edges[first + 1] - edges[first]
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    candidates = by_person.indices[np.repeat(edges[first], counts) + within]
    return candidates.astype(np.int64), np.repeat(np.arange(len(first)), counts), weight


def _joined(
    own: Numbers, candidates: Numbers, classes: Numbers, weight: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """starts, classes, weight: a class for those who follow one candidate alone, then the rest."""
    some = np.flatnonzero(own)
    rows = np.concatenate([some, candidates])
    numbers = np.concatenate([np.arange(len(some)), classes + len(some)])
    # Within a candidate the classes come in rising order already.
    pairs = sparse.coo_matrix(
        (np.ones(len(rows), dtype=np.int8), (rows, numbers)),
        shape=(len(own), len(some) + len(weight)),
    ).tocsr()
    starts = pairs.indptr.astype(np.int64)
    return starts, pairs.indices.astype(np.int32), np.concatenate([own[some], weight])
