"""Rows of JSON lines and of a JSON array, flattened to columns of text.

Nested objects become `outer.inner`; lists become one text with `LIST_MARK` between the parts, of
objects in a list their `value`, `url`, `name` or `tag`; the free key and value fields of a profile
(`fields`) give `fields.location`, `fields.timezone` and `fields.links`. Numbers, true and false
become the text that JSON writes for them, so that one set of rules reads values from every kind of
file.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from influencr.sources.files._bytes import BLOCK, ByteStream
from influencr.sources.files._named import named_fields
from influencr.sources.files._raw import LIST_MARK, MAX_RECORD, BadRow, Raw, mend

__all__ = ["ArrayReader", "LinesReader", "flatten"]

_SHOWN = 500
_NOT_JSON = "not valid JSON"
_NOT_OBJECT = "not a JSON object"
_CUT_OFF = "the file breaks off inside this row"
_TOO_LONG = "a line longer than 16 MiB"
_NOT_UTF8 = "bytes that are not valid text in this encoding"
_BETWEEN = re.compile(r"[\s,]*")
_FIELDS = "fields"
_TELLING = ("value", "url", "name", "tag", "title")


def flatten(record: dict[str, Any], *, depth: int = 3) -> dict[str, str | None]:
    """One record as texts by column.

    >>> flatten({"a": 1, "b": {"c": True, "d": ["x", "y"]}, "e": None})
    {'a': '1', 'b.c': 'true', 'b.d': 'x\\x1fy', 'e': None}
    >>> flatten({"fields": [{"name": "Ort", "value": "Graz"}]})["fields.location"]
    'Graz'
    """
    flat: dict[str, str | None] = {}
    for key, value in record.items():
        if isinstance(value, str):
            flat[key] = value
        elif key == _FIELDS and isinstance(value, list):
            said = named_fields(value)
            # Always all three: the sample of a file decides which columns are read.
            flat[f"{key}.location"], flat[f"{key}.timezone"] = said.place, said.time_zone
            flat[f"{key}.links"] = LIST_MARK.join(said.links) or None
        elif isinstance(value, dict) and depth > 1:
            for inner, text in flatten(value, depth=depth - 1).items():
                flat[f"{key}.{inner}"] = text
        else:
            flat[key] = _as_text(value)
    return flat


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        parts = (_as_text(_telling_part(item)) for item in value)
        return LIST_MARK.join(part for part in parts if part)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _telling_part(item: Any) -> Any:
    if isinstance(item, dict):
        return next((item[key] for key in _TELLING if item.get(key)), None)
    return item


class _Columns:
    """Collects records as columns; a column that the plan does not know is counted."""

    def __init__(self, known: list[str], wanted: list[str] | None) -> None:
        self.known = set(known)
        self.wanted = wanted
        self.surprises: dict[str, int] = {}

    def raw(self, records: list[dict[str, Any]], lines: list[int], bad: list[BadRow]) -> Raw:
        import polars as pl

        flats = [flatten(record) for record in records]
        wanted = self.wanted
        if wanted is None:
            wanted = list(dict.fromkeys(key for flat in flats for key in flat))
        else:
            for flat in flats:
                if not flat.keys() <= self.known:
                    self._count(flat.keys() - self.known)
        frame = pl.DataFrame([_column(name, (flat.get(name) for flat in flats)) for name in wanted])
        return Raw(frame, pl.Series("line", lines, dtype=pl.Int64), bad)

    def _count(self, names: Iterable[str]) -> None:
        for name in names:
            text = f"column {name[:60]!r} first appears after the sample and was not read"
            if text in self.surprises or len(self.surprises) < 100:
                self.surprises[text] = self.surprises.get(text, 0) + 1


def _column(name: str, values: Iterable[str | None]) -> Any:
    import polars as pl

    texts = list(values)
    try:
        return pl.Series(name, texts, dtype=pl.String)
    except (UnicodeEncodeError, pl.exceptions.PolarsError):
        # JSON can spell half of a surrogate pair; no text holds one.
        return pl.Series(
            name, [_unpaired(t) if t is not None else None for t in texts], dtype=pl.String
        )


def _unpaired(text: str) -> str:
    if text.isascii():
        return text
    mended = mend(text)
    if mended is not None:
        return mended
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


class LinesReader:
    """Rows of a JSON lines file; see `_raw.Reader`."""

    def __init__(
        self,
        path: Path,
        *,
        encoding: str,
        columns: list[str],
        wanted: list[str] | None = None,
        block_bytes: int = BLOCK,
    ) -> None:
        self._stream = ByteStream(path)
        self._encoding = encoding
        self._columns = _Columns(columns, wanted)
        self._block_bytes = block_bytes
        self.size = self._stream.size
        self.problem: str | None = None
        self.surprises = self._columns.surprises

    @property
    def position(self) -> int:
        """Raw bytes read so far."""
        return self._stream.position

    def rows(self) -> Iterator[Raw]:
        """All rows, one per line that is not blank."""
        line, buffer, skipping = 1, b"", False
        for block in self._stream.text(self._encoding):
            if skipping:
                end = block.find(b"\n")
                if end < 0:
                    continue
                block, skipping, line = block[end + 1 :], False, line + 1
            buffer = buffer + block if buffer else block
            if len(buffer) < self._block_bytes:
                continue
            whole, found, buffer = buffer.rpartition(b"\n")
            if found:
                yield self._parse(whole, line)
                line += whole.count(b"\n") + 1
            if len(buffer) > MAX_RECORD:
                yield self._columns.raw([], [], [BadRow(line, _TOO_LONG, _shown(buffer))])
                buffer, skipping = b"", True
        self.problem = self._stream.problem
        if self.problem and buffer:
            whole, found, rest = buffer.rpartition(b"\n")
            yield self._parse(whole, line)
            line += whole.count(b"\n") + bool(found)
            if rest:
                yield self._columns.raw([], [], [BadRow(line, _CUT_OFF, _shown(rest))])
        elif buffer:
            yield self._parse(buffer.removesuffix(b"\n"), line)

    def _parse(self, block: bytes, first: int) -> Raw:
        import msgspec

        lines = block.split(b"\n")
        try:
            records = msgspec.json.Decoder().decode_lines(block)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            records = []
        if len(records) == len(lines) and all(type(r) is dict for r in records):
            return self._columns.raw(records, list(range(first, first + len(lines))), [])
        good: list[dict[str, Any]] = []
        starts: list[int] = []
        bad: list[BadRow] = []
        for number, text in enumerate(lines, first):
            if not text.strip():
                continue
            record, reason = _decode(text)
            if record is None:
                bad.append(BadRow(number, reason, _shown(text)))
            else:
                good.append(record)
                starts.append(number)
        return self._columns.raw(good, starts, bad)


def _decode(line: bytes) -> tuple[dict[str, Any] | None, str]:
    text = mend(line.decode("utf-8", "surrogateescape"))
    if text is None:
        return None, _NOT_UTF8
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None, _NOT_JSON
    if not isinstance(record, dict):
        return None, _NOT_OBJECT
    return record, ""


class ArrayReader:
    """Rows of a file that is one JSON array of objects; see `_raw.Reader`.

    Read piece by piece, so a large array needs no more memory than a large file of lines. Behind
    the first thing that is not JSON nothing can be told apart any more: reading ends there, and
    `problem` says at which line.
    """

    def __init__(
        self, path: Path, *, encoding: str, columns: list[str], wanted: list[str] | None = None
    ) -> None:
        self._stream = ByteStream(path)
        self._encoding = encoding
        self._columns = _Columns(columns, wanted)
        self.size = self._stream.size
        self.problem: str | None = None
        self.surprises = self._columns.surprises

    @property
    def position(self) -> int:
        """Raw bytes read so far."""
        return self._stream.position

    def rows(self) -> Iterator[Raw]:
        """All objects of the array; `lines` say where each begins."""
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        text, line, opened = "", 1, False
        for block in self._stream.text(self._encoding):
            text += decoder.decode(block)
            at = 0
            if not opened:
                at = text.find("[") + 1
                line += text.count("\n", 0, at)
                opened = True
            at, line, raw, ended = self._take(text, at, line)
            text = text[at:]
            yield raw
            if ended:
                return
            if len(text) > MAX_RECORD:
                break
        self.problem = self._stream.problem or f"it is not valid JSON from line {line} on"
        if text.strip():
            yield self._columns.raw([], [], [BadRow(line, _NOT_JSON, _unpaired(text[:_SHOWN]))])

    def _take(self, text: str, at: int, line: int) -> tuple[int, int, Raw, bool]:
        """Every complete object from `at` on; True at the closing bracket."""
        decode = json.JSONDecoder().raw_decode
        records: list[dict[str, Any]] = []
        starts: list[int] = []
        bad: list[BadRow] = []
        ended = False
        while True:
            match = _BETWEEN.match(text, at)
            start = match.end() if match else at
            line += text.count("\n", at, start)
            at = start
            if text.startswith("]", at):
                ended = True
                break
            if at >= len(text):
                break
            try:
                record, end = decode(text, at)
            except (ValueError, RecursionError):
                break
            if isinstance(record, dict):
                records.append(record)
                starts.append(line)
            else:
                bad.append(BadRow(line, _NOT_OBJECT, text[at:end][:_SHOWN]))
            line += text.count("\n", at, end)
            at = end
        return at, line, self._columns.raw(records, starts, bad), ended


def _shown(line: bytes) -> str:
    return line[: 4 * _SHOWN].decode("utf-8", "replace")[:_SHOWN]
