"""Several sorted dictionaries -> one, piece by piece: memory does not grow with the words.

Pieces are cut at the same words in every source. In each source a piece is in order already, and
sorting lists that are joined merges them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from influencr.index.columns._words import BLOCK, Words

__all__ = ["Union"]

type _Array = np.ndarray[Any, Any]

#: Words of all sources together in a piece: about 100 MB of Python's objects. Our own choice.
_AT_A_TIME: Final = 400_000


class Union:
    """The words of several dictionaries, each once.

    sources   each with (n,) of bool: which of its words are taken; None for all of them

    n         how many words the union has; known when `pieces` came to its end
    codes     for each source (n,) the new numbers of its words, ascending; a word that is not
              taken has the number of the one before it; the same
    """

    def __init__(self, sources: Sequence[tuple[Words, _Array | None]]) -> None:
        self._sources = [
            (words, None if used is None or used.all() else used) for words, used in sources
        ]
        self.n = 0
        self.codes: list[_Array] = [np.zeros(len(words), np.int32) for words, _ in sources]

    def pieces(self) -> Iterator[list[bytes]]:
        """The words in order, as lists one after the other."""
        ends = [0] * len(self._sources)
        for cut in self._cuts():
            starts = ends
            ends = [
                len(words) if cut is None else words.first_from(cut) for words, _ in self._sources
            ]
            yield self._piece(starts, ends)
        for codes, (_, used) in zip(self.codes, self._sources, strict=True):
            if used is not None:
                np.maximum.accumulate(codes, out=codes)

    def _cuts(self) -> list[bytes | None]:
        """The words at which pieces end; None for the end of all."""
        heads = sorted(itertools.chain.from_iterable(words.heads for words, _ in self._sources))
        step = max(1, _AT_A_TIME // BLOCK)
        return [*dict.fromkeys(heads[step::step]), None]

    def _piece(self, starts: Sequence[int], ends: Sequence[int]) -> list[bytes]:
        texts = [
            words.raws(low, high)
            for (words, _), low, high in zip(self._sources, starts, ends, strict=True)
        ]
        taken = [
            some if used is None else list(itertools.compress(some, used[low:high].tolist()))
            for some, (_, used), low, high in zip(texts, self._sources, starts, ends, strict=True)
        ]
        if len(taken) == 1:
            found = taken[0]
        else:
            found = list(dict.fromkeys(sorted(itertools.chain.from_iterable(taken))))
        code_of = dict(zip(found, itertools.count(self.n), strict=False))
        for codes, some, (_, used), low, high in zip(
            self.codes, texts, self._sources, starts, ends, strict=True
        ):
            if used is None:
                new = map(code_of.__getitem__, some)
            else:
                # Taken or not is this source's own: another one may hold the word.
                new = map(code_of.get, some, itertools.repeat(0))
            codes[low:high] = np.fromiter(new, np.int32, len(some))
        self.n += len(found)
        return found
