"""Exact counts of people over the sets of followers (`pipeline.audiences`).

Everything here counts people who are known one by one and are not flagged. Somebody whose audience
is not known is named in `unknown` and never adds anything: unknown is not nobody. Where only a part
of the followers is known (less than WHOLE of those that the profile states) the figures say "at
least" and `n_partial` counts such creators.

WHOLE: our own choice; follower lists and stated counts differ by a few per cent on any day, because
accounts are hidden or suspended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pyroaring import BitMap

from influencr.pipeline.alignment._follows import NO_PLACE
from influencr.pipeline.alignment._target import inside
from influencr.pipeline.audiences import Audiences

if TYPE_CHECKING:
    from influencr.geography import Area, Gazetteer

__all__ = ["WHOLE", "Audience", "Known", "Local", "Overlap", "Union"]

type Numbers = np.ndarray[Any, Any]

WHOLE = 0.95
#: Up to so many creators, pairs are counted one by one. Where both took as long, measured.
_PAIRS = 200
_NOT_HELD = "who follows this creator is not known here"


class Known(NamedTuple):
    """What is known of one creator's audience.

    n          people known one by one who are in no batch that looks bought
    n_flagged  people in such a batch
    stated     followers as the profile says, None unknown
    is_whole   the known ones are at least WHOLE of those
    reason     why nothing is known, None where something is
    """

    n: int
    n_flagged: int
    stated: int | None
    is_whole: bool
    reason: str | None


class Overlap(NamedTuple):
    """Who shares people with whom.

    ids       creators whose audience is known, in the order asked
    unknown   those whose audience is not
    shared    people who follow both, row by row; on the diagonal a creator's own
    """

    ids: tuple[str, ...]
    unknown: tuple[str, ...]
    shared: tuple[tuple[int, ...], ...]

    def share(self, row: int, column: int) -> float | None:
        """Of the row's people, the share who also follow the column; None for nobody."""
        own = self.shared[row][row]
        return self.shared[row][column] / own if own else None


class Union(NamedTuple):
    """How many different people some creators have together.

    total       their people counted as often as they follow one of them
    unique      each of them counted once
    n_partial   creators of `known` of whose followers only a part is known: "at least"
    """

    total: int
    unique: int
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    n_partial: int

    @property
    def times(self) -> float | None:
        """How often a person is counted on average in the total; None for nobody."""
        return self.total / self.unique if self.unique else None


class Local(NamedTuple):
    """Of different people, how many live in a place by their own words.

    inside    their words tell a place inside
    outside   their words tell a place outside
    unknown   they tell none, or one too coarse to say
    """

    inside: int
    outside: int
    unknown: int


class Audience:
    """Counts over the sets of one judgement; cheap to make, safe to share between threads."""

    def __init__(self, sets: Audiences) -> None:
        self._sets = sets

    @property
    def as_of(self) -> datetime:
        """The instant that the follower lists refer to."""
        return self._sets.about.as_of

    @property
    def n_people(self) -> int:
        """People who follow anybody listed, flagged ones among them."""
        return len(self._sets.keys)

    def of(self, profile_id: str) -> Known:
        """What is known of one creator's audience."""
        seat = self._sets.seats.get(profile_id)
        if seat is None:
            return Known(0, 0, None, is_whole=False, reason=_NOT_HELD)
        n, flagged, stated = (int(self._figures[name][seat]) for name in _FIGURES)
        reason = self._sets.creators["reason"][seat]
        if reason is None and n + flagged == 0:
            reason = _NOT_HELD
        whole = reason is None and stated >= 0 and n + flagged >= WHOLE * stated
        return Known(n, flagged, None if stated < 0 else stated, is_whole=whole, reason=reason)

    def people(self, profile_id: str) -> BitMap:
        """The set itself; empty where nothing is known."""
        seat = self._sets.seats.get(profile_id)
        return BitMap() if seat is None else self._sets.people(seat)

    def overlap(self, profile_ids: Sequence[str]) -> Overlap:
        """Who of these creators shares people with whom."""
        known, unknown = self._split(profile_ids)
        sets = [self.people(name) for name in known]
        shared = _by_pair(sets) if len(sets) <= _PAIRS else _by_person(sets)
        return Overlap(known, unknown, tuple(tuple(row) for row in shared))

    def union(self, profile_ids: Sequence[str]) -> Union:
        """How many different people these creators have together."""
        known, unknown = self._split(profile_ids)
        sets = [self.people(name) for name in known]
        return Union(
            total=sum(len(one) for one in sets),
            unique=len(BitMap.union(*sets)) if sets else 0,
            known=known,
            unknown=unknown,
            n_partial=sum(not self.of(name).is_whole for name in known),
        )

    def frequency(self, profile_ids: Sequence[str]) -> tuple[int, ...]:
        """At place k - 1: people who follow at least k of these creators."""
        known, _ = self._split(profile_ids)
        at_least: list[BitMap] = []
        for name in known:
            carried = self.people(name)
            # Who was in k sets already and is in this one is in k + 1 now.
            for k, level in enumerate(at_least):
                carried, at_least[k] = level & carried, level | carried
            at_least.append(carried)
        return tuple(len(level) for level in at_least)

    def local(
        self, profile_ids: Sequence[str], area: Area, gazetteer: Gazetteer | None = None
    ) -> Local:
        """Of the different people of these creators, how many live in a place.

        area   as `Engine.read_place` understands a place
        """
        known, _ = self._split(profile_ids)
        if not known:
            return Local(0, 0, 0)
        everybody = BitMap.union(*(self.people(name) for name in known))
        told = inside(self._places(everybody), (area,), gazetteer)
        yes, no = int((told == 1).sum()), int((told == 0).sum())
        return Local(yes, no, len(told) - yes - no)

    def living_in(self, area: Area, gazetteer: Gazetteer | None = None) -> tuple[Numbers, Numbers]:
        """By person's number: whether they live in a place, and whether that is known."""
        told = inside(self._sets.place, (area,), gazetteer)
        return told == 1, told >= 0

    # Inside.

    def _split(self, profile_ids: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        asked = tuple(dict.fromkeys(profile_ids))
        known = tuple(name for name in asked if self.of(name).reason is None)
        return known, tuple(name for name in asked if name not in set(known))

    def _places(self, people: BitMap) -> Numbers:
        if not people:
            return np.full(0, NO_PLACE, dtype=np.int64)
        return np.asarray(self._sets.place)[np.frombuffer(people.to_array(), dtype=np.uint32)]

    @cached_property
    def _figures(self) -> dict[str, Numbers]:
        creators = self._sets.creators
        return {name: creators[name].fill_null(-1).to_numpy() for name in _FIGURES}


_FIGURES = ("n_people", "n_flagged", "followers")


def _by_pair(sets: Sequence[BitMap]) -> list[list[int]]:
    """People whom each two have in common, one pair after the other."""
    shared = [[0] * len(sets) for _ in sets]
    for i, one in enumerate(sets):
        shared[i][i] = len(one)
        for j in range(i):
            shared[i][j] = shared[j][i] = one.intersection_cardinality(sets[j])
    return shared


def _by_person(sets: Sequence[BitMap]) -> list[list[int]]:
    """The same, all pairs of each person at once: quicker where there are many creators."""
    from scipy import sparse

    arrays = [np.frombuffer(one.to_array(), dtype=np.uint32) for one in sets]
    ends = np.concatenate([[0], np.cumsum([len(one) for one in arrays])])
    people = np.concatenate(arrays)
    shape = (len(sets), int(people.max(initial=0)) + 1)
    follows = sparse.csr_matrix((np.ones(len(people), dtype=np.int32), people, ends), shape=shape)
    counted: list[list[int]] = (follows @ follows.T).toarray().tolist()
    return counted
