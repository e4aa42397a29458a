"""Documents -> one segment file.

`add` only appends to flat lists and counts words off by a dictionary; sorting and inverting happen
once, in `write`, by array operations.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from influencr.index._nodes import WORD_FIELDS
from influencr.index.columns._files import ArraysWriter
from influencr.index.columns._postings import Postings, invert, inverted_values
from influencr.index.columns._rows import write_rows
from influencr.index.columns._segment import (
    MANY,
    NUMBERS,
    SINGLE,
    uid_hashes,
)
from influencr.index.columns._words import write_words

__all__ = [
    "SORTED_BY",
    "SegmentWriter",
    "document_order",
    "first_codes",
    "lengths_of",
    "starts_of",
    "take_lists",
    "write_codes",
    "write_keyword",
    "write_postings",
    "write_uids",
]

type _Array = np.ndarray[Any, Any]

#: Fields by which the creators of a sorted segment are ordered, the first first.
SORTED_BY = ("country", "admin1", "place", "platform", "language")

#: Stands for the empty position after a text; no word holds a line feed.
_GAP = "\n"
_FLUSH = 1 << 16

# What a writer holds at most, of stored rows and of words: about half a gigabyte when it is sorted.
_MOST_DOCUMENTS = 100_000
_MOST_BYTES = 128_000_000
_MOST_TOKENS = 5_000_000

_EXACT_FIELDS = (*SINGLE, *NUMBERS, "sort_name")
_EXACT = operator.itemgetter(*_EXACT_FIELDS)


class _Numbering(dict[Any, int]):
    """Gives every new key the next number."""

    def __missing__(self, key: Any) -> int:
        number = self[key] = len(self)
        return number


class SegmentWriter:
    """Collects documents (`index.documents`) and writes them as one segment."""

    def __init__(self) -> None:
        self.n = 0
        self._n_bytes = 0
        self._place_of: dict[str, int] = {}
        self._dropped: set[int] = set()
        self._ids = _Numbering()
        self._ids[_GAP]
        self._tokens: list[str] = []
        self._numbered: list[_Array] = []
        self._n_numbered = 0
        self._marks: list[int] = []
        self._uids: list[str] = []
        self._exact: list[tuple[Any, ...]] = []
        self._many: dict[str, list[Any]] = {field: [] for field in MANY}
        self._many_ends: dict[str, list[int]] = {field: [] for field in MANY}
        self._rows: list[bytes] = []

    def add(self, document: Mapping[str, Any]) -> None:
        """Take a document in; one of the same profile that came before is forgotten."""
        uid: str = document["uid"]
        self.drop(uid)
        self._place_of[uid] = self.n
        self.n += 1
        self._uids.append(uid)
        tokens, marks = self._tokens, self._marks
        marks.append(self._n_numbered + len(tokens))
        for field in WORD_FIELDS:
            for text in document[field]:
                tokens += text.split(" ")
                tokens.append(_GAP)
            marks.append(self._n_numbered + len(tokens))
        if len(tokens) > _FLUSH:
            self._number_tokens()
        self._exact.append(_EXACT(document))
        for field, values in self._many.items():
            values += document[field]
            self._many_ends[field].append(len(values))
        row = document["creator"]
        self._rows.append(row)
        self._n_bytes += len(row)

    def drop(self, profile_id: str) -> None:
        """Forget a document that was taken in."""
        place = self._place_of.pop(profile_id, None)
        if place is not None:
            self._dropped.add(place)

    @property
    def is_full(self) -> bool:
        """Whether it is time to write, for the sake of memory."""
        return (
            self.n >= _MOST_DOCUMENTS
            or self._n_bytes >= _MOST_BYTES
            or self._n_numbered >= _MOST_TOKENS
        )

    @property
    def n_kept(self) -> int:
        """Documents that `write` would write."""
        return self.n - len(self._dropped)

    def uids(self) -> Iterable[str]:
        """Profile ids of those."""
        return self._place_of.keys()

    def write(self, path: Path, *, sort: bool, endings: bool = True) -> None:
        """Write what was taken in as a segment file.

        sort      in order of SORTED_BY, else in the order of coming
        endings   whether words are to be found by them: not in parts that are merged anyway
        """
        self._number_tokens()
        order = np.arange(self.n)
        if self._dropped:
            kept = np.ones(self.n, bool)
            kept[list(self._dropped)] = False
            order = order[kept]
        columns = dict(zip(_EXACT_FIELDS, zip(*self._exact, strict=True), strict=True))
        if not columns:
            columns = dict.fromkeys(_EXACT_FIELDS, ())
        single = {field: _coded(columns[field]) for field in SINGLE}
        many = {
            field: (*_coded(values), starts_of(self._many_ends[field]))
            for field, values in self._many.items()
        }
        if sort:
            values, codes, starts = many["place"]
            by = {field: codes for field, (_, codes) in single.items()}
            by["place"] = first_codes(starts, codes)
            order = order[document_order([by[field][order] for field in SORTED_BY])]
        with ArraysWriter(path) as out:
            self._write_texts(out, order, endings=endings)
            for field, (values, codes) in single.items():
                write_keyword(out, field, values, codes[order])
            for field, (values, codes, starts) in many.items():
                write_keyword(out, field, values, *take_lists(codes, starts, order))
            names, codes = _coded(columns["sort_name"])
            write_keyword(out, "sort_name", names, codes[order], inverted=False)
            for field, dtype in NUMBERS.items():
                out.add(field, np.array(columns[field], dtype)[order])
            write_uids(out, uid_hashes(self._uids)[order])
            rows = self._rows
            write_rows(out, (rows[i] for i in order.tolist()))
            out.close({"n": len(order), "sorted": sort})

    def _number_tokens(self) -> None:
        tokens = self._tokens
        self._numbered.append(
            np.fromiter(map(self._ids.__getitem__, tokens), np.uint32, len(tokens))
        )
        self._n_numbered += len(tokens)
        tokens.clear()

    def _write_texts(self, out: ArraysWriter, order: _Array, *, endings: bool) -> None:
        """Words, postings and positions of the documents in this order."""
        marks = np.array(self._marks, np.int64).reshape(self.n, len(WORD_FIELDS) + 1)[order]
        numbered = np.concatenate(self._numbered)
        lengths = marks[:, -1] - marks[:, 0]
        doc_starts = starts_of(np.cumsum(lengths))
        field_starts = (marks - marks[:, :1]).astype(np.uint32)
        doc_of = np.repeat(np.arange(len(order), dtype=np.uint32), lengths)
        field_of = np.repeat(
            np.tile(np.arange(len(WORD_FIELDS), dtype=np.uint8), len(order)),
            np.subtract(marks[:, 1:], marks[:, :-1]).ravel(),
        )
        # The stream in the new order: where each of its positions lay before.
        before = np.arange(int(doc_starts[-1])) + np.repeat(
            marks[:, 0] - doc_starts[:-1].astype(np.int64), lengths
        )
        stream = numbered[before]
        del before, numbered
        held = np.flatnonzero(stream)
        stream = stream[held]
        n_ids = len(self._ids)
        used = np.zeros(n_ids, bool)
        used[stream] = True
        words = sorted([word for word, keep in zip(self._ids, used.tolist(), strict=True) if keep])
        rank = np.zeros(n_ids, np.uint32)
        rank[np.fromiter(map(self._ids.__getitem__, words), np.int64, len(words))] = np.arange(
            len(words), dtype=np.uint32
        )
        write_words(out, "words", ([word.encode() for word in words],), endings=endings)
        write_postings(
            out,
            invert(rank[stream], held, n_words=len(words), doc_of=doc_of, field_of=field_of),
        )
        out.add("doc_starts", doc_starts)
        out.add("field_starts", field_starts)


def document_order(columns: Sequence[_Array]) -> _Array:
    """The order of creators by these codes, the first column first; equal ones stay in order."""
    return np.lexsort(tuple(reversed(columns)))


def first_codes(starts: _Array, codes: _Array) -> _Array:
    """The first of several values of each creator plus one, 0 for who has none."""
    has = starts[1:] > starts[:-1]
    found = np.zeros(len(has), np.int64)
    found[has] = codes[starts[:-1][has].astype(np.int64)].astype(np.int64) + 1
    return found


def write_postings(out: ArraysWriter, postings: Postings) -> None:
    """Write the arrays under their names."""
    for name, array in postings._asdict().items():
        out.add(name, array)


def write_keyword(
    out: ArraysWriter,
    field: str,
    values: Sequence[Any],
    codes: _Array,
    starts: _Array | None = None,
    *,
    inverted: bool = True,
) -> None:
    """Write a keyword field; values that no code names are left out.

    starts   of a multi-valued field
    """
    used = np.zeros(len(values), bool)
    used[codes] = True
    if not used.all():
        codes = (np.cumsum(used) - 1)[codes]
        values = [value for value, keep in zip(values, used.tolist(), strict=True) if keep]
    if field == "place":
        out.add(f"{field}.numbers", np.array(values, np.int64))
    else:
        write_words(out, f"{field}.values", ([value.encode() for value in values],))
    write_codes(out, field, len(values), codes, starts, inverted=inverted)


def write_codes(
    out: ArraysWriter,
    field: str,
    n_values: int,
    codes: _Array,
    starts: _Array | None = None,
    *,
    inverted: bool = True,
) -> None:
    """Write which of n values of a keyword field creators have.

    starts   of a multi-valued field
    """
    out.add(f"{field}.codes", codes.astype(np.uint16 if n_values <= 1 << 16 else np.uint32))
    docs = np.arange(len(codes), dtype=np.uint32)
    if starts is not None:
        out.add(f"{field}.starts", starts)
        docs = np.repeat(np.arange(len(starts) - 1, dtype=np.uint32), lengths_of(starts))
    if inverted:
        value_starts, value_docs = inverted_values(codes, docs, n_values)
        out.add(f"{field}.value_starts", value_starts)
        out.add(f"{field}.value_docs", value_docs)


def write_uids(out: ArraysWriter, hashes: _Array) -> None:
    """Write the hashes of the profile ids of creators 0 .. n - 1."""
    order = np.lexsort((hashes["low"], hashes["high"]))
    out.add("uid_high", np.ascontiguousarray(hashes["high"][order]))
    out.add("uid_low", np.ascontiguousarray(hashes["low"][order]))
    out.add("uid_ords", order.astype(np.uint32))


def _coded(values: Sequence[Any]) -> tuple[list[Any], _Array]:
    """(the different values in rising order, the number of each value among them)."""
    distinct = sorted(set(values))
    code = {value: i for i, value in enumerate(distinct)}
    return distinct, np.fromiter(map(code.__getitem__, values), np.int64, len(values))


def starts_of(ends: Sequence[int] | _Array) -> _Array:
    """Where each list begins, and the end of all, from where each ends."""
    starts = np.zeros(len(ends) + 1, np.uint64)
    starts[1:] = ends
    return starts


def lengths_of(starts: _Array) -> _Array:
    """How long each list is, from where each begins; int64."""
    begins = starts.view(np.int64)
    found: _Array = begins[1:] - begins[:-1]
    return found


def take_lists(codes: _Array, starts: _Array, order: _Array) -> tuple[_Array, _Array]:
    """(codes, starts) of the lists that `order` names, in its order."""
    begins = starts[:-1].astype(np.int64)[order]
    lengths = lengths_of(starts)[order]
    new = starts_of(np.cumsum(lengths))
    at = np.arange(int(new[-1])) + np.repeat(begins - new[:-1].astype(np.int64), lengths)
    return codes[at], new
