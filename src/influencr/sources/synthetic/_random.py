"""One stream of random numbers per named part, so that parts do not disturb one another."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "scatter", "stream"]

Array = npt.NDArray[Any]

_PRIME = 0x9E3779B1  # odd, so that multiplying permutes the numbers below any power of two


def stream(seed: int, part: str, *index: int) -> np.random.Generator:
    """The generator of one part (and chunk) of the world with this seed."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(part.encode()), *index]))
    )


def scatter(n: int, *, seed: int, bits: int = 40) -> Array:
    """n different numbers below 2**bits in an order that tells nothing; the i-th is i's own."""
    mask = (1 << bits) - 1
    start = (seed * 2654435761 + 97) & mask
    i = np.arange(n, dtype=np.uint64)
    mixed = (i * np.uint64(_PRIME) + np.uint64(start)) & np.uint64(mask)
    # A second round, with the halves swapped, breaks the even spacing of the first.
    half = bits // 2
    low = mixed & np.uint64((1 << half) - 1)
    swapped = (low << np.uint64(bits - half)) | (mixed >> np.uint64(half))
    return (swapped * np.uint64(_PRIME * 4 + 1)) & np.uint64(mask)
