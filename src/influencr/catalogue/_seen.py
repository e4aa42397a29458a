"""Which observations does a table already hold? Fingerprints in sorted arrays, 24 bytes a row.

A set of Python objects would need about 100 bytes a row, and one sorted array would be copied
whole for every batch. So rows lie in a few sorted runs; a run is merged into its neighbour when it
has grown to half its size (a log-structured merge with factor 2: each row is moved about log2(n)
times, and a look-up searches about log2(n / batch) runs).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Seen"]

type _Int64s = npt.NDArray[np.int64]
type _Run = tuple[_Int64s, _Int64s, _Int64s]


class Seen:
    """Stored states: (key fingerprint, instant, content fingerprint), sorted by key."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def __len__(self) -> int:
        return sum(len(run[0]) for run in self._runs)

    def add(self, keys: _Int64s, at: _Int64s, contents: _Int64s) -> None:
        """Remember rows that are now stored."""
        if not len(keys):
            return
        order = np.argsort(keys, kind="stable")
        self._runs.append((keys[order], at[order], contents[order]))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            newer = self._runs.pop()
            self._runs.append(_merged(self._runs.pop(), newer))

    def unchanged(self, keys: _Int64s, at: _Int64s, contents: _Int64s) -> npt.NDArray[np.bool_]:
        """bool array (n,): which rows of a batch say nothing new.

        A row is unchanged when the state just before it (same key; greatest instant not after it,
        ties in the order of content fingerprints) has the same content. States are the stored rows
        and the other rows of the batch, so an exact second delivery is found inside the batch too.
        The answer does not depend on the order of the batch, apart from which of two equal rows is
        called the second.
        """
        if not len(keys):  # every row of the batch was blocked
            return np.zeros(0, dtype=np.bool_)
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        distinct = ordered[starts]
        counts = np.diff(np.r_[starts, len(ordered)])
        stored = [_rows_of(run, distinct) for run in self._runs]
        held = np.concatenate([s[0] for s in stored]) if stored else np.empty(0, np.int64)
        result = np.zeros(len(keys), dtype=bool)
        # Only keys that occur twice or are stored need the comparison below.
        relevant = counts > 1
        if len(held):
            relevant |= np.isin(distinct, held)
        if not relevant.any():
            return result
        rows = order[np.repeat(relevant, counts)]
        held_at = np.concatenate([*(s[1] for s in stored), at[:0]])
        held_contents = np.concatenate([*(s[2] for s in stored), contents[:0]])
        if len(held) == len(rows) == int(relevant.sum()):
            # One stored state for each key, one row for each: a second delivery of a file. Both
            # sides have the same keys, so sorting by key lays them side by side.
            beside = np.argsort(held)
            same_content = held_contents[beside] == contents[rows]
            result[rows] = same_content & (held_at[beside] <= at[rows])
            return result
        all_keys = np.concatenate([held, keys[rows]])
        all_at = np.concatenate([held_at, at[rows]])
        all_contents = np.concatenate([held_contents, contents[rows]])
        # Position last: a stored row comes before an equal one of the batch (lexsort is stable).
        sequence = np.lexsort((all_contents, all_at, all_keys))
        k, c = all_keys[sequence], all_contents[sequence]
        same = np.r_[False, (k[1:] == k[:-1]) & (c[1:] == c[:-1])]
        of_batch = sequence >= len(held)
        result[rows[sequence[of_batch] - len(held)]] = same[of_batch]
        return result


def _rows_of(run: _Run, distinct: _Int64s) -> _Run:
    """All rows of a run whose key is among the sorted distinct keys."""
    keys, at, contents = run
    first = np.searchsorted(keys, distinct)
    inside = first < len(keys)
    found = first[inside][keys[first[inside]] == distinct[inside]]
    if not len(found):
        return keys[:0], at[:0], contents[:0]
    lengths = np.searchsorted(keys, keys[found], side="right") - found
    # 0..n of each found key, laid end to end.
    offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    index = np.repeat(found, lengths) + offsets
    return keys[index], at[index], contents[index]


def _merged(older: _Run, newer: _Run) -> _Run:
    """Two sorted runs as one; column by column, so that only one is held twice at a time."""
    places = np.searchsorted(older[0], newer[0], side="right") + np.arange(len(newer[0]))
    from_newer = np.zeros(len(older[0]) + len(newer[0]), dtype=bool)
    from_newer[places] = True
    merged: list[_Int64s] = []
    for a, b in zip(older, newer, strict=True):
        column = np.empty(len(from_newer), dtype=np.int64)
        column[from_newer] = b
        column[~from_newer] = a
        merged.append(column)
    return merged[0], merged[1], merged[2]
