"""The words of a query by brute force: read sign by sign, looked for text by text.

Shares with `search` the tokeniser and what `search.meaning` says may stand for a word; reading the
query, matching, rarity, coverage, focus and worths are written here a second time.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from influencr.index import Vocabulary
from influencr.search.meaning import alternatives
from influencr.text import fold, handle_words, names, words

__all__ = ["Asked", "accounts"]

Row = Mapping[str, Any]
_Key = tuple[str, tuple[str, ...]]  # ("said", words), ("topic", (name,)), ("account", (name,))

_FIELDS = ("name", "handle", "bio", "topics", "posts", "called")
_FREE = {"posts"}  # standing there alone is worth no more than standing at all
_MOST_WAYS = 48


class _Piece(NamedTuple):
    """One piece as typed; `sign` is a whole tag or mention."""

    raw: str
    excluded: bool
    words: tuple[str, ...]
    sign: str | None
    beginning: bool
    quoted: bool
    account: str | None

    @property
    def is_soft(self) -> bool:
        if self.quoted or self.beginning or not self.words:
            return False
        return self.sign is None or self.sign[0] == "#"

    @property
    def key(self) -> tuple[str, ...]:
        return (self.sign,) if self.sign is not None else self.words


class _Weighed(NamedTuple):
    """A piece with its ways in order, and its rarity."""

    piece: _Piece
    ways: dict[_Key, float]
    rarity: float
    anybody: bool


class Asked:
    """What a text asks for, in an index with a vocabulary."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        pieces = _read(text)
        self.excluded = [p for p in pieces if p.excluded]
        wanted = [p for p in pieces if not p.excluded]
        self.required = _weighed(wanted, vocabulary)
        plain = [p for p in wanted if p.is_soft and p.sign is None]
        alone = len(plain) > 1 and len(plain) == len(wanted)
        self.run = tuple(w for p in plain for w in p.words) if alone else ()

    @property
    def is_nothing(self) -> bool:
        """No word was asked for and none excluded."""
        return not (self.required or self.excluded)

    def finds(self, row: Row) -> bool:
        """Enough of the soft pieces, all of the others, none of the excluded."""
        if any(_holds(p, row) for p in self.excluded):
            return False
        soft = [w for w in self.required if w.piece.is_soft]
        if not all(self._ways_in(w, row) for w in self.required if not w.piece.is_soft):
            return False
        sayable = sum(w.rarity for w in soft if w.anybody) or sum(w.rarity for w in soft)
        said = sum(w.rarity for w in soft if self._ways_in(w, row))
        return not soft or said >= 3 / 8 * sayable

    def holds_all(self, row: Row) -> bool:
        """Found, with every piece."""
        return self.finds(row) and all(self._ways_in(w, row) for w in self.required)

    def worth(self, row: Row) -> float:
        """words x focus."""
        if not self.required:
            return 1.0
        soft = strict = matched = whole = 0.0
        for weighed in self.required:
            found = self._ways_in(weighed, row)
            best = max(found, default=0.0)
            points = weighed.rarity * (best + 0.5 * (sum(found) - best))
            if not weighed.piece.is_soft:
                strict += points
                continue
            soft += points
            whole += weighed.rarity
            matched += weighed.rarity if found else 0.0
        share = math.floor(256 * matched / whole + 0.5) / 256 if whole else 1.0
        total = soft * share + strict
        if self.run and (fields := _fields(self.run, False, row)):
            total += 0.5 * whole * _worth_of(fields)
        return total * _focus(row)

    def _ways_in(self, weighed: _Weighed, row: Row) -> list[float]:
        found = []
        for (kind, said), weight in weighed.ways.items():
            if kind == "topic":
                worth = 1.0 if said[0] in (row.get("topics") or ()) else 0.0
            elif kind == "account":
                worth = 16.0 if said[0] in accounts(row) else 0.0
            else:
                fields = _fields(said, weighed.piece.beginning, row)
                worth = _worth_of(fields) if fields else 0.0
            if worth:
                found.append(weight * worth)
        return found


def accounts(row: Row) -> list[str]:
    """The names with @ that a creator is found by."""
    handle = row.get("handle") or ""
    return [f"@{fold(handle)}", f"@{fold(handle_words(handle))}"] if handle else []


# Reading.


def _read(text: str) -> list[_Piece]:
    """The pieces of a query text, read character by character."""
    pieces: list[_Piece] = []
    i, n = 0, len(text)
    while i < n:
        if text[i].isspace():
            i += 1
            continue
        excluded = text[i] == "-" and i + 1 < n and not text[i + 1].isspace()
        if excluded:
            i += 1
        if text[i] == '"':
            end = text.find('"', i + 1)
            raw, quoted = text[i + 1 : end if end >= 0 else n], True
            i = end + 1 if end >= 0 else n
        else:
            end = i
            while end < n and not text[end].isspace() and text[end] != '"':
                end += 1
            raw, quoted, i = text[i:end], False, end
        piece = _piece(raw, excluded, quoted)
        if piece is not None:
            pieces.append(piece)
    return pieces


def _piece(raw: str, excluded: bool, quoted: bool) -> _Piece | None:
    beginning = raw.endswith("*")
    bare = raw.rstrip("*")
    found = tuple(words(bare))
    if bare[:1] in ("#", "@") and names(bare) and not (quoted and " " in bare.strip()):
        return _Piece(raw, excluded, found, names(bare)[0], beginning, quoted, None)
    if not found:
        return None
    account = None
    plain = all(c.isascii() and (c.isalnum() or c in "_.-") for c in bare)
    if plain and not quoted and not beginning:
        account = f"@{fold(bare)}"
    return _Piece(raw, excluded, found, None, beginning, quoted, account)


def _weighed(pieces: list[_Piece], vocabulary: Vocabulary) -> list[_Weighed]:
    found: list[_Weighed] = []
    i = 0
    while i < len(pieces):
        if not pieces[i].is_soft:
            found.append(_strict(pieces[i], vocabulary))
            i += 1
            continue
        end = i
        while end < len(pieces) and pieces[end].is_soft:
            end += 1
        readings = alternatives([p.raw for p in pieces[i:end]], vocabulary)
        for k, piece in enumerate(pieces[i:end]):
            ways: dict[_Key, float] = {("said", piece.key): 1.0}
            if piece.account is not None:
                ways["account", (piece.account,)] = 1.0
            for reading in readings:
                if reading.start <= k < reading.stop:
                    for one in reading.alternatives:
                        key = ("topic", (one.topic,)) if one.topic else ("said", one.words)
                        ways[key] = max(ways.get(key, 0.0), one.weight)
            ranked = sorted(ways.items(), key=lambda way: -way[1])[:_MOST_WAYS]
            meant = max(weight * _frequency(key, vocabulary) for key, weight in ranked)
            rarity = _rarity(meant, vocabulary.n_creators)
            found.append(_Weighed(piece, dict(ranked), rarity, meant > 0))
        i = end
    return found


def _strict(piece: _Piece, vocabulary: Vocabulary) -> _Weighed:
    *whole, last = piece.key
    said = [vocabulary.frequency(word) for word in whole]
    if not piece.beginning:
        said.append(vocabulary.frequency(last))
    elif not whole:
        begun = sum(n for _, n in vocabulary.starting(last, 64))
        said.append(min(begun, vocabulary.n_creators))
    rarity = _rarity(min(said), vocabulary.n_creators)
    return _Weighed(piece, {("said", piece.key): 1.0}, rarity, True)


def _frequency(key: _Key, vocabulary: Vocabulary) -> float:
    kind, said = key
    said = tuple(words(said[0])) if kind == "topic" else said
    return min((vocabulary.frequency(word) for word in said), default=0)


def _rarity(frequency: float, n: int) -> float:
    return max(1.0, math.floor(4 * math.log2(1 + n / (1 + frequency)) + 0.5) / 4)


# Looking.


def _texts(row: Row, field: str) -> list[str]:
    if field == "name":
        return [row.get("display_name") or ""]
    if field == "handle":
        return [handle_words(row.get("handle") or "")]
    if field == "bio":
        return [row.get("bio_text") or ""]
    if field in ("topics", "called"):
        return list(row.get(field) or ())
    return (row.get("post_text") or "").split("\n")


@functools.lru_cache(maxsize=1 << 16)
def _cut(text: str) -> tuple[list[str], list[str]]:
    return words(text), names(text)


def _fields(said: tuple[str, ...], beginning: bool, row: Row) -> list[str]:
    """The fields in which a word, name or phrase stands; the last word may be a beginning."""
    return [f for f in _FIELDS if _stands(said, beginning, row, f)]


def _stands(said: tuple[str, ...], beginning: bool, row: Row, field: str) -> bool:
    def equal(have: str, want: str, *, last: bool) -> bool:
        return have.startswith(want) if beginning and last else have == want

    k = len(said)
    if field == "handle" and k == 1 and any(equal(a, said[0], last=True) for a in accounts(row)):
        return True
    for text in _texts(row, field):
        stream, signs = _cut(text)
        # Second names are single; parts of a joined emoji are among them, side by side.
        for run in (stream, signs if field != "posts" else _signs_of_posts(row)):
            if any(
                all(equal(run[i + j], said[j], last=j == k - 1) for j in range(k))
                for i in range(len(run) - k + 1)
            ):
                return True
    return False


def _signs_of_posts(row: Row) -> list[str]:
    return [sign for line in _texts(row, "posts") for sign in _cut(line)[1]]


def _holds(piece: _Piece, row: Row) -> bool:
    if len(piece.words) > 1 and piece.account is not None and piece.account in accounts(row):
        return True
    return bool(_fields(piece.key, piece.beginning, row))


def _worth_of(fields: list[str]) -> float:
    return 1.0 + sum(field not in _FREE for field in fields)


def _focus(row: Row) -> float:
    n = 0
    for field in ("name", "bio", "topics"):
        for text in _texts(row, field):
            stream, signs = _cut(text)
            n += len(stream) + len(signs)
    steps = ((1, 16), (4, 15), (8, 14), (14, 13), (23, 12), (36, 11), (57, 10), (94, 9))
    return next((sixteenths for most, sixteenths in steps if n <= most), 8) / 16
