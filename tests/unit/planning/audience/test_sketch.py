"""Sketches against the sets they were made of: within their own bounds as often as they say."""

import numpy as np
import pytest

from influencr.errors import UsageError
from influencr.planning.audience import Sketch


def test_a_small_audience_is_told_exactly() -> None:
    one, other = Sketch.of(range(100)), Sketch.of(range(50, 200))
    assert one.people == (100, 100, 100)
    assert one.union(other).people == 200
    assert one.shared(other).people == 50
    assert one.without(other).people == 50


def test_bounds_hold_in_95_of_100() -> None:
    draw = np.random.default_rng(5)
    held = []
    for _ in range(60):
        pool = draw.integers(0, 2**63, 60_000, dtype=np.uint64)
        n, m, k = 40_000, 20_000, int(draw.integers(1_000, 15_000))
        a, b = pool[:n], np.concatenate([pool[n - k : n], pool[n : n + m - k]])
        one, other = Sketch.of(a), Sketch.of(b)
        pairs = (
            (one.people, n),
            (one.union(other), n + m - k),
            (one.shared(other), k),
            (one.without(other), n - k),
        )
        held += [e.low <= truth <= e.high for e, truth in pairs]
    assert np.mean(held) >= 0.95


def test_written_and_read_again() -> None:
    one = Sketch.of(range(100_000))
    assert Sketch.read(one.write()).people == one.people
    with pytest.raises(UsageError, match="no theta sketch"):
        Sketch.read(b"nothing")
