"""Which keys a file has already given, in 12 bytes each.

Sorted runs of 64-bit key hashes with 32 bits of the row's content, merged as they grow. Two
different keys share a hash with a chance of about n^2 / 2^65: three in a million files of ten
million rows, and then one row goes to quarantine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CAPACITY", "Seen"]

#: Keys kept; behind that, doubles are only found among these and within one batch (the catalogue
#: stores them once all the same). 25 million keys are 300 MB.
CAPACITY = 25_000_000

#: Runs are not merged beyond this size, because a merge needs room for a copy.
_LARGEST_MERGE = 4_000_000


class Seen:
    """Keys of one table in one file, first one wins."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []
        self._n_left = capacity

    def sort_out(self, keys: np.ndarray, contents: np.ndarray) -> np.ndarray:
        """What each row of a batch is: 0 new, 1 the same again, 2 the same key with other content.

        keys       uint64 hashes; contents   uint64 hashes of the whole row. New keys are kept.
        """
        import numpy as np

        order = np.argsort(keys, kind="stable")
        keys_sorted = keys[order]
        short = (contents[order] >> np.uint64(32)).astype(np.uint32)
        is_first = np.ones(len(keys), bool)
        is_first[1:] = keys_sorted[1:] != keys_sorted[:-1]
        group = np.cumsum(is_first) - 1
        first_at = np.flatnonzero(is_first)
        base = short[first_at]  # content of the first row with this key, here or earlier
        unique = keys_sorted[first_at]
        known = np.zeros(len(unique), bool)
        for run_keys, run_contents in self._runs:
            at = np.minimum(np.searchsorted(run_keys, unique), len(run_keys) - 1)
            found = run_keys[at] == unique
            base = np.where(found, run_contents[at], base)
            known |= found
        verdict = np.where(short == base[group], 1, 2).astype(np.int8)
        verdict[first_at[~known]] = 0
        out = np.empty(len(keys), np.int8)
        out[order] = verdict
        self._keep(unique[~known], base[~known])
        return out

    def _keep(self, keys: np.ndarray, contents: np.ndarray) -> None:
        import numpy as np

        keys, contents = keys[: self._n_left], contents[: self._n_left]
        if not len(keys):
            return
        self._n_left -= len(keys)
        self._runs.append((keys, contents))
        while len(self._runs) > 1:
            (k1, c1), (k2, c2) = self._runs[-2:]
            if len(k1) > 2 * len(k2) or len(k1) + len(k2) > _LARGEST_MERGE:
                break
            merged = np.concatenate([k1, k2])
            order = np.argsort(merged, kind="stable")
            self._runs[-2:] = [(merged[order], np.concatenate([c1, c2])[order])]
