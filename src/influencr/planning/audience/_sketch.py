"""Audiences that are not here one by one: a theta sketch of them, and what it can tell.

A theta sketch (Dasgupta, Lang, Rhodes, Thaler, ICDT 2016; Apache DataSketches) keeps those people
whose hash is below a threshold theta: a simple random sample of at most 2^lg_k, the same people in
every sketch that they belong to. So sketches of two audiences tell their union, what they share and
what one has that the other has not, each with an error that the sketch knows itself:

    estimate = kept / theta,  relative standard error about 1 / sqrt(kept)

Useful where an audience is handed over without the people in it (an agency's, another instance's),
or where so many follow that the list itself was not read. Bounds are those of the sketch at LEVEL
standard deviations. An estimate is never added to an exact count without its bounds.

LG_K: 2^12 people, 1.6 % at one standard deviation for a union, 61 KB; measured in
docs/benchmarks/planning.md. LEVEL: two standard deviations, 95.4 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import datasketches as ds  # type: ignore[import-untyped]
import numpy as np

from influencr.errors import UsageError

__all__ = ["LEVEL", "LG_K", "Estimate", "Sketch"]

LG_K = 12
LEVEL = 2

type Numbers = np.ndarray[Any, Any]


class Estimate(NamedTuple):
    """A number of people with its bounds; the same three numbers where it is exact."""

    people: float
    low: float
    high: float


class Sketch:
    """A sample of an audience that can be joined with others."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @classmethod
    def of(cls, keys: Numbers | Sequence[int], *, lg_k: int = LG_K) -> Self:
        """A sketch of people.

        keys   64-bit hashes of their ids (of one kind for all sketches that are to be joined)
        """
        made = ds.update_theta_sketch(lg_k)
        for key in np.asarray(keys, dtype=np.uint64).view(np.int64).tolist():
            made.update(key)
        return cls(made.compact())

    @classmethod
    def read(cls, content: bytes) -> Self:
        """A sketch that was written; UsageError for bytes that are none."""
        try:
            return cls(ds.compact_theta_sketch.deserialize(content))
        except (ValueError, RuntimeError, IndexError) as error:
            raise UsageError(
                "This is no theta sketch of Apache DataSketches in its compact form.",
                field="sketch",
            ) from error

    def write(self) -> bytes:
        """As bytes, in the form that DataSketches reads in every language."""
        found: bytes = self._inner.serialize()
        return found

    @property
    def people(self) -> Estimate:
        """How many people there are."""
        return _estimate(self._inner)

    def union(self, *others: Sketch) -> Estimate:
        """How many different people are in this or another."""
        both = ds.theta_union(max(LG_K, 5))
        for one in (self, *others):
            both.update(one._inner)
        return _estimate(both.get_result())

    def shared(self, other: Sketch) -> Estimate:
        """How many are in both."""
        both = ds.theta_intersection()
        both.update(self._inner)
        both.update(other._inner)
        return _estimate(both.get_result())

    def without(self, other: Sketch) -> Estimate:
        """How many are in this and not in the other."""
        return _estimate(ds.theta_a_not_b().compute(self._inner, other._inner))


def _estimate(sketch: Any) -> Estimate:
    return Estimate(
        float(sketch.get_estimate()),
        float(sketch.get_lower_bound(LEVEL)),
        float(sketch.get_upper_bound(LEVEL)),
    )
