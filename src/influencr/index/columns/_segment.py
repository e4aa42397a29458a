"""One segment, open for reading: some creators as sorted words, postings, columns and rows.

A segment never changes after it was written. Its creators are numbered 0 .. n - 1 (their `ord`);
who of them is still to be found is said by the generation (`_manifest`), not here.

    words           what creators say: word t is held by docs[starts[t]:starts[t+1]], ascending
    masks, counts   beside every one of `docs`: in which of WORD_FIELDS (bit i = field i) and how
                    often (at most MOST times: a word repeated more often is noise)
    positions       of word t: positions[position_starts[t]:position_starts[t+1]], ascending, in
                    the one stream of all texts; creator d owns doc_starts[d] .. doc_starts[d+1]-1
                    of it, their field i the part from field_starts[d, i] to field_starts[d, i+1]
                    (counted from doc_starts[d]). After every text one position is empty, so words
                    side by side always are of one text.
    keywords        values, and for each value the creators that have it, ascending
    numbers         one array each; -1 is unknown
    rows            the stored creator, in blocks of up to ROWS compressed together, in any order:
                    row_at[d] is ROWS times the block of creator d plus the place in it
"""

from __future__ import annotations

import bisect
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import xxhash
import zstandard

from influencr.index.columns._files import Arrays
from influencr.index.columns._words import Words

__all__ = [
    "MANY",
    "MOST",
    "NUMBERS",
    "ROWS",
    "SINGLE",
    "Keyword",
    "Segment",
    "uid_hashes",
]

type _Array = np.ndarray[Any, Any]

#: Keyword fields with exactly one value a creator.
SINGLE: Final = (
    *("platform", "country", "admin1", "language"),
    *("activity", "verdict", "label", "place_level"),
    *("contact", "lockstep", "engagement_anomaly"),
)

#: Keyword fields with any number of values a creator.
MANY: Final = ("topic", "point", "audience", "place")

#: Number fields and how they are stored.
NUMBERS: Final = {
    "followers": "<i8",
    "engagement": "<f8",
    "influence": "<f8",
    "closeness": "<f8",
    "last_post": "<i8",
    "posts_per_week": "<f8",
    "bought_high": "<f8",
    "not_bought": "<f8",
    "followers_seen": "<i8",
    "created": "<i8",
    "growth_1m": "<f8",
    "growth_3m": "<f8",
    "growth_6m": "<f8",
    "growth_12m": "<f8",
    "n_words": "<i4",
    "quality": "<i2",
    "tie": "<i8",
}

#: Rows that are compressed together: larger is smaller on disk and slower to read one of.
ROWS: Final = 8

#: How many positions of one word a creator can have.
MOST: Final = 65_535

_HASH: Final = np.dtype([("low", "<u8"), ("high", "<u8")])


def uid_hashes(profile_ids: Sequence[str]) -> _Array:
    """The 128-bit hashes that stand for profile ids: (n,) of fields `high` and `low`.

    At ten million creators two of them share a hash with a probability below 1e-24.
    """
    digest = xxhash.xxh3_128_intdigest
    raw = b"".join([digest(p.encode()).to_bytes(16, "little") for p in profile_ids])
    return np.frombuffer(raw, _HASH)


class Keyword:
    """One field of exact values.

    codes          single-valued: number of the value of each creator, (n,)
    starts, codes  multi-valued: creator d has codes[starts[d]:starts[d+1]]; `starts` is None in a
                   single-valued field
    value_starts, value_docs   creators of value v: value_docs[value_starts[v]:value_starts[v+1]],
                   ascending; absent (None) in `sort_name`
    values         the values in rising order: texts, or whole numbers in `place`
    """

    def __init__(self, arrays: Arrays, field: str) -> None:
        self.field = field
        self.codes: _Array = arrays[f"{field}.codes"]
        self.starts = arrays.get(f"{field}.starts")
        self.value_starts = arrays.get(f"{field}.value_starts")
        self.value_docs = arrays.get(f"{field}.value_docs")
        self._numbers = arrays.get(f"{field}.numbers")
        self._words = Words(arrays, f"{field}.values") if self._numbers is None else None

    def __len__(self) -> int:
        """How many different values."""
        if self._words is not None:
            return len(self._words)
        return len(self.numbers)

    @cached_property
    def values(self) -> list[Any]:
        """Every value, in rising order; value v is the one of code v."""
        if self._words is not None:
            return self._words.texts(0, len(self._words))
        found: list[Any] = self.numbers.tolist()
        return found

    @property
    def words(self) -> Words:
        """The values of a field of texts as a dictionary."""
        if self._words is None:
            raise TypeError(f"{self.field} holds whole numbers")
        return self._words

    @property
    def numbers(self) -> _Array:
        """The values of a field of whole numbers, int64, ascending."""
        if self._numbers is None:
            raise TypeError(f"{self.field} holds texts")
        return self._numbers

    def value(self, code: int) -> Any:
        """One value by its code, without reading the others."""
        if self._words is not None:
            return self._words.text(code)
        return int(self.numbers[code])

    def find(self, value: str | int) -> int:
        """The code of a value, -1 when no creator has it."""
        if self._words is not None:
            return self._words.find(value) if isinstance(value, str) else -1
        if isinstance(value, str):
            return -1
        at = bisect.bisect_left(self.numbers, value)
        return at if at < len(self.numbers) and int(self.numbers[at]) == value else -1

    def find_all(self, values: Sequence[str] | Sequence[int]) -> _Array:
        """Codes of those of the values that occur here, ascending, each once."""
        if self._words is not None:
            codes = {self.find(value) for value in values}
            codes.discard(-1)
            return np.array(sorted(codes), np.int64)
        wanted = np.unique(np.array([v for v in values if not isinstance(v, str)], np.int64))
        at = np.searchsorted(self.numbers, wanted)
        at = at[at < len(self.numbers)]
        found: _Array = at[self.numbers[at] == wanted[: len(at)]].astype(np.int64)
        return found

    def docs(self, code: int) -> _Array:
        """The creators that have the value of this code, ascending."""
        if self.value_starts is None or self.value_docs is None:
            raise TypeError(f"{self.field} has no inverted lists")
        low, high = int(self.value_starts[code]), int(self.value_starts[code + 1])
        found: _Array = self.value_docs[low:high]
        return found


class Segment:
    """A segment file, mapped. Attributes as in this module's docstring; safe for threads.

    Raises FileNotFoundError, and OtherFormat for a file that is not whole.
    """

    def __init__(self, path: Path) -> None:
        arrays = Arrays(path)
        self.path = path
        self.name = path.name
        self._arrays = arrays
        self.n = int(arrays.meta["n"])
        #: Creators are in order of country, region, place, platform, language.
        self.is_sorted = bool(arrays.meta["sorted"])
        self.words = Words(arrays, "words")
        self.starts: _Array = arrays["starts"]
        self.docs: _Array = arrays["docs"]
        self.masks: _Array = arrays["masks"]
        self.counts: _Array = arrays["counts"]
        self.position_starts: _Array = arrays["position_starts"]
        self.positions: _Array = arrays["positions"]
        self.doc_starts: _Array = arrays["doc_starts"]
        self.field_starts: _Array = arrays["field_starts"]
        self._keywords: dict[str, Keyword] = {}
        self._rows = arrays.span("rows")[0]
        self.row_starts: _Array = arrays["row_starts"]
        self.row_at: _Array = arrays["row_at"]
        self._local = threading.local()

    @classmethod
    def open(cls, path: Path) -> Segment:
        """The segment in this file."""
        return cls(path)

    def keyword(self, field: str) -> Keyword:
        """One of SINGLE, MANY, or `sort_name` (codes are ranks; "" for who has no name)."""
        found = self._keywords.get(field)
        if found is None:
            found = self._keywords[field] = Keyword(self._arrays, field)
        return found

    def number(self, field: str) -> _Array:
        """One of NUMBERS, (n,)."""
        return self._arrays[field]

    @cached_property
    def uids(self) -> _Array:
        """Upper halves of the hashes of profile ids, uint64, ascending."""
        return self._arrays["uid_high"]

    @cached_property
    def uid_ords(self) -> _Array:
        """The creators in the order of `uids`, uint32."""
        return self._arrays["uid_ords"]

    @cached_property
    def uid_lows(self) -> _Array:
        """Lower halves of the hashes, in the order of `uids`."""
        return self._arrays["uid_low"]

    def find_uid(self, profile_id: str) -> int:
        """The creator with this profile id, alive or not; -1 when there is none."""
        return int(self.find_uids(uid_hashes([profile_id]))[0])

    def find_uids(self, hashes: _Array) -> _Array:
        """For each of `uid_hashes(profile_ids)` the creator, -1 where there is none; int64."""
        found = np.full(len(hashes), -1, np.int64)
        if not self.n or not len(hashes):
            return found
        high, low = np.ascontiguousarray(hashes["high"]), hashes["low"]
        at = np.searchsorted(self.uids, high)
        # Two creators whose upper halves are equal lie side by side.
        open_ = np.arange(len(hashes))
        while len(open_):
            here = at[open_]
            open_, here = open_[here < self.n], here[here < self.n]
            same = self.uids[here] == high[open_]
            open_, here = open_[same], here[same]
            hit = self.uid_lows[here] == low[open_]
            found[open_[hit]] = self.uid_ords[here[hit]]
            open_ = open_[~hit]
            at[open_] += 1
        return found

    def uids_by_ord(self) -> _Array:
        """The hashes of the profile ids of creators 0 .. n - 1 (`uid_hashes`)."""
        hashes = np.empty(self.n, _HASH)
        hashes["high"][self.uid_ords] = self.uids
        hashes["low"][self.uid_ords] = self.uid_lows
        return hashes

    def row(self, ord_: int) -> bytes:
        """The stored creator (`documents.decode`)."""
        block, place = divmod(int(self.row_at[ord_]), ROWS)
        raw = self._unpacked(block)
        n = int.from_bytes(raw[:4], "little")
        ends = np.frombuffer(raw, "<u4", n, 4).tolist()
        first = 4 * n + 4
        return raw[first + (ends[place - 1] if place else 0) : first + ends[place]]

    def rows(self, block: int) -> list[bytes]:
        """The stored creators of a block, by place."""
        raw = self._unpacked(block)
        n = int.from_bytes(raw[:4], "little")
        ends = np.frombuffer(raw, "<u4", n, 4).tolist()
        first = 4 * n + 4
        return [
            raw[first + start : first + end]
            for start, end in zip([0, *ends[:-1]], ends, strict=True)
        ]

    def packed_rows(self, low: int, high: int) -> memoryview:
        """The bytes of the blocks low .. high - 1 as they lie in the file."""
        start, end = int(self.row_starts[low]), int(self.row_starts[high])
        return memoryview(self._arrays.raw)[self._rows + start : self._rows + end]

    def _unpacked(self, block: int) -> bytes:
        unzip = getattr(self._local, "unzip", None)
        if unzip is None:
            # A decompressor serves one thread at a time.
            unzip = self._local.unzip = zstandard.ZstdDecompressor()
        raw: bytes = unzip.decompress(self.packed_rows(block, block + 1))
        return raw
