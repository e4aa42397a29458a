"""The follower map as small as a word: for a row of a list, learnt once and read at a glance.

Arrival across, creation of the account up, as on the large map; shade says how many followers lie
in a cell, and those of batches that stand are drawn over it. Two hundred characters hold it, so a
search can carry one with every hit.

ACROSS, UP: our own choice; a cell is two pixels and a half wide in a row of a list.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

import numpy as np

from influencr.vetting.verdict._map_data import DOTS, FollowerMap

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ACROSS", "UP", "thumbnail", "thumbnail_svg"]

ACROSS: Final = 33
UP: Final = 12
#: A cell is dark from this many times the mean of the cells that hold anybody, and of middle shade
#: from the mean; our own choice.
_DARK: Final = 3.0
_STEPS: Final = 251
_NO_DATE: Final = 255
_STEP: Final = "M%d %dh%dv1h-%dz"
#: Kind of mark of a batch that stands (`_map_data.KINDS`).
_STANDS: Final = 1


def thumbnail(of: FollowerMap) -> str:
    """ACROSS x UP cells of four bits, as text: two bits of shade for everybody, two for batches.

    Nobody can be told from it: a cell is a thirtieth of the arrivals.
    """
    everybody, batches = _counts(of)
    whole = everybody + batches
    level = whole[whole > 0].mean() if whole.any() else 1.0
    cells = (_shade(whole, level) | _shade(batches, level) << 2).ravel()
    if len(cells) % 2:
        cells = np.append(cells, np.uint8(0))
    return base64.b85encode((cells[::2] | cells[1::2] << 4).tobytes()).decode("ascii")


def thumbnail_svg(text: str) -> str:
    """The picture, without a size of its own: `viewBox` ACROSS x UP, paths of class `s1`..`s3` for
    everybody and `b1`..`b3` for batches, each present only where a cell has it."""
    packed = np.frombuffer(base64.b85decode(text), dtype=np.uint8)
    cells = np.stack([packed & 15, packed >> 4], axis=1).ravel()[: ACROSS * UP].reshape(ACROSS, UP)
    paths = []
    # Twenty of them are drawn for every page of results, so the arrays are asked once each.
    for name, shade in (("s", cells & np.uint8(3)), ("b", cells >> np.uint8(2))):
        path = _paths(shade)
        paths += [f'<path class="{name}{n}" d="{path[n]}"/>' for n in (1, 2, 3) if path[n]]
    return (
        f'<svg viewBox="0 0 {ACROSS} {UP}" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false">{"".join(paths)}</svg>'
    )


def _counts(of: FollowerMap) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """float64[ACROSS, UP] twice: followers of no batch, and of batches that stand."""
    heights = of.heights()
    if of.n <= DOTS:
        drawn = np.flatnonzero(heights != _NO_DATE)
        x = drawn * ACROSS // max(of.n, 1)
        y = heights[drawn].astype(np.int64) * UP // _STEPS
        flat = np.bincount(
            ((of.kind_of()[drawn] == _STANDS) * ACROSS + x) * UP + y, minlength=2 * ACROSS * UP
        )
        both = flat.reshape(2, ACROSS, UP).astype(np.float64)
        return both[0], both[1]
    # A cell of the large map holds the root of how many lie in it.
    counts = heights.astype(np.float64) ** 2
    kinds, across, up = counts.shape
    counts = counts.reshape(kinds, ACROSS, across // ACROSS, UP, up // UP).sum(axis=(2, 4))
    return counts[0] + counts[2], counts[_STANDS]


def _shade(counts: NDArray[np.float64], level: float) -> NDArray[np.uint8]:
    shade = (counts > 0).astype(np.uint8) + (counts >= level) + (counts >= _DARK * level)
    return np.where(counts > 0, shade, 0).astype(np.uint8)


def _paths(shade: NDArray[np.uint8]) -> list[str]:
    """Shade 0 to 3 -> the cells of that shade: neighbours in one row of the map as one step of the
    path, from the lowest row up, y counted from the top."""
    paths: list[list[str]] = [[], [], [], []]
    for up, row in enumerate(shade.T.tolist()):
        y, start = UP - 1 - up, 0
        for x in range(1, ACROSS + 1):
            if x == ACROSS or row[x] != row[start]:
                paths[row[start]].append(_STEP % (start, y, x - start, x - start))
                start = x
    return ["".join(path) for path in paths]
