"""Rows of CSV and its relatives, with the line each starts at, whatever single rows look like.

Two ways to read the same block. When every quote stands where a quote may stand and every row has
the right number of fields, polars parses it (millions of rows per second). Otherwise Python's csv
module reads it row by row, and rows that do not fit are handed out as bad ones. Both give the same
rows on clean blocks (tests/property/test_import_laws.py).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from influencr.sources.files._bytes import BLOCK, ByteStream
from influencr.sources.files._raw import MAX_FIELD, MAX_RECORD, BadRow, Raw, mend

__all__ = ["DelimitedReader", "sniff_delimiter"]

_SHOWN = 500  # characters of a bad row that are kept
_CUT_OFF = "the file breaks off inside this row"
_TOO_LONG = "a line longer than 16 MiB"
_LONG_FIELD = "a field longer than 131,072 characters"
_OPEN_QUOTE = "a quoted field is never closed"
_NOT_UTF8 = "bytes that are not valid text in this encoding"


def sniff_delimiter(text: str) -> tuple[str, list[list[str]]]:
    """The delimiter of a sample, and the sample's first rows split by it.

    Of comma, semicolon, tab and bar, the one that splits the header into more than one field and
    the most rows into as many fields as the header has; a comma when none does.
    """
    best, best_rows, best_score = ",", list(_some_rows(text, ",")), (0.0, 0)
    for mark in (",", ";", "\t", "|"):
        rows = list(_some_rows(text, mark))
        if not rows or len(rows[0]) < 2:
            continue
        width = len(rows[0])
        share = sum(len(r) == width for r in rows) / len(rows)
        score = (share, width) if share > 0.8 else (share / 2, width)
        if score > best_score:
            best, best_rows, best_score = mark, rows, score
    return best, best_rows


def _some_rows(text: str, mark: str, *, limit: int = 200) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=mark)
    for _ in range(limit):
        try:
            row = next(reader)
        except (StopIteration, csv.Error):
            return
        if row:
            yield row


class DelimitedReader:
    """Rows of one delimited file; see `_raw.Reader`. The header is the first row that is not blank.

    columns   the header's names, made unique by the plan; `wanted` are those worth keeping
    """

    def __init__(
        self,
        path: Path,
        *,
        encoding: str,
        delimiter: str,
        columns: list[str],
        wanted: list[str] | None = None,
        block_bytes: int = BLOCK,
    ) -> None:
        self._stream = ByteStream(path)
        self._encoding = encoding
        self._mark = delimiter
        self._columns = columns
        self._wanted = wanted if wanted is not None else columns
        self._block_bytes = block_bytes
        self._line = 1
        self.size = self._stream.size
        self.problem: str | None = None
        self.surprises: dict[str, int] = {}

    @property
    def position(self) -> int:
        """Raw bytes read so far."""
        return self._stream.position

    def rows(self) -> Iterator[Raw]:
        """All rows after the header."""
        self._line, self.problem = 1, None
        buffer, header_pending, skipping = b"", True, False
        for block in self._stream.text(self._encoding):
            if skipping:  # inside a line that is too long
                end = block.find(b"\n")
                if end < 0:
                    continue
                block, skipping = block[end + 1 :], False
                self._line += 1
            buffer = buffer + block if buffer else block
            if header_pending:
                rest = self._skip_header(buffer)
                if rest is None:
                    if len(buffer) > MAX_RECORD:
                        break
                    continue
                buffer, header_pending = rest, False
            if len(buffer) < self._block_bytes:
                continue
            raw, buffer = self._parse(buffer, final=False)
            yield raw
            if len(buffer) > MAX_RECORD:
                bad = [BadRow(self._line, _TOO_LONG, _shown(buffer))]
                end = buffer.find(b"\n")
                skipping = end < 0
                buffer = b"" if skipping else buffer[end + 1 :]
                self._line += 0 if skipping else 1
                yield self._raw([], [], bad)
        self.problem = self._stream.problem
        if skipping or header_pending:
            return
        last: list[BadRow] = []
        if self.problem and buffer:
            # What stands after the last line end was cut: it may look whole and not be.
            buffer, _, rest = buffer.rpartition(b"\n")
            line = self._line + buffer.count(b"\n") + bool(buffer)
            buffer += b"\n" if buffer else b""
            last = [BadRow(line, _CUT_OFF, _shown(rest))] if rest else []
        elif buffer and not buffer.endswith(b"\n"):
            buffer += b"\n"
        while buffer:
            raw, buffer = self._parse(buffer, final=True)
            yield raw
        if last:
            yield self._raw([], [], last)

    def _skip_header(self, buffer: bytes) -> bytes | None:
        """What follows the header row, or None when it is not complete yet."""
        lines = buffer.split(b"\n")
        feed = _Feed([line.decode("utf-8", "replace") for line in lines[:-1]][:1000])
        reader = csv.reader(feed, delimiter=self._mark)
        for row in reader:
            if feed.starved:
                return None
            if row:
                self._line = feed.at + 1
                return b"\n".join(lines[feed.at :])
        return None

    def _parse(self, buffer: bytes, *, final: bool) -> tuple[Raw, bytes]:
        """The complete records at the beginning of `buffer`, and the rest."""
        fast = self._parse_clean(buffer)
        return fast if fast is not None else self._parse_rows(buffer, final=final)

    def _parse_clean(self, buffer: bytes) -> tuple[Raw, bytes] | None:
        import numpy as np
        import polars as pl

        data = np.frombuffer(buffer, np.uint8)
        line_ends = np.flatnonzero(data == 10)
        quotes = np.flatnonzero(data == 34)
        ends = line_ends
        if quotes.size:
            ends = line_ends[np.searchsorted(quotes, line_ends) % 2 == 0]
        if not ends.size:
            return None
        cut = int(ends[-1]) + 1
        marks = np.flatnonzero(data[:cut] == ord(self._mark))
        if quotes.size:
            quotes = quotes[quotes < cut]
            if not _quotes_are_regular(data, quotes, ord(self._mark)):
                return None
            marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
        n_marks = np.diff(np.searchsorted(marks, ends), prepend=0)
        lengths = np.diff(ends, prepend=-1)
        if (n_marks != len(self._columns) - 1).any() or int(lengths.max()) > MAX_FIELD:
            return None
        if len(self._columns) == 1 and int(lengths.min()) < 2:
            return None  # blank lines
        wanted = [self._columns.index(name) for name in self._wanted]
        try:
            frame = pl.read_csv(
                io.BytesIO(buffer[:cut]),
                has_header=False,
                separator=self._mark,
                schema={f"column_{i}": pl.String for i in range(len(self._columns))},
                columns=sorted(wanted),
                infer_schema=False,
            )
        except pl.exceptions.ComputeError:  # not UTF-8 somewhere: the other way finds out where
            return None
        if frame.height != ends.size:
            return None
        frame = frame.select(
            pl.col(f"column_{i}").alias(self._columns[i]).replace("", None) for i in wanted
        )
        n_before = np.searchsorted(line_ends, ends)
        starts = self._line + np.concatenate([[0], n_before[:-1] + 1])
        self._line += int(n_before[-1]) + 1
        return Raw(frame, pl.Series("line", starts, dtype=pl.Int64), []), buffer[cut:]

    def _parse_rows(self, buffer: bytes, *, final: bool) -> tuple[Raw, bytes]:
        pieces = buffer.split(b"\n")
        rest = pieces.pop()
        feed = _Feed([piece.decode("utf-8", "surrogateescape") for piece in pieces])
        reader = csv.reader(feed, delimiter=self._mark)
        width = len(self._columns)
        rows: list[list[str]] = []
        starts: list[int] = []
        bad: list[BadRow] = []
        done = 0
        while feed.at < len(pieces):
            start = feed.at
            reason = None
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error:
                row, reason = [], _OPEN_QUOTE if feed.at - start > 1 else _LONG_FIELD
            if feed.starved and reason is None:
                if not final:
                    done = start
                    break
                reason = _OPEN_QUOTE
            if reason is None and row and len(row) != width:
                reason = f"{len(row)} fields where the header has {width}"
            if reason is not None:
                bad.append(BadRow(self._line + start, reason, _shown(pieces[start])))
                if feed.at - start > 1 or feed.starved or reason is _LONG_FIELD:
                    # A stray quote swallowed what follows: only its own line is bad, go on behind.
                    feed.at, feed.starved = start + 1, False
                    reader = csv.reader(feed, delimiter=self._mark)
            elif row:
                mended = _mended(row)
                if mended is None:
                    bad.append(BadRow(self._line + start, _NOT_UTF8, _shown(pieces[start])))
                else:
                    rows.append(mended)
                    starts.append(self._line + start)
            done = feed.at
        left = b"\n".join([*pieces[done:], rest])
        self._line += done
        return self._raw(rows, starts, bad), left

    def _raw(self, rows: list[list[str]], starts: list[int], bad: list[BadRow]) -> Raw:
        import polars as pl

        places = [self._columns.index(name) for name in self._wanted]
        frame = pl.DataFrame(
            {
                name: pl.Series([row[i] or None for row in rows], dtype=pl.String)
                for name, i in zip(self._wanted, places, strict=True)
            }
        )
        return Raw(frame, pl.Series("line", starts, dtype=pl.Int64), bad)


class _Feed:
    """Lines for csv.reader that can be moved back, and that tell when it asked for one too many."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self.at = 0
        self.starved = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._lines):
            self.starved = True
            raise StopIteration
        self.at += 1
        return self._lines[self.at - 1] + "\n"


def _quotes_are_regular(data: object, quotes: object, mark: int) -> bool:
    """Whether every quote opens a field, closes one, or is doubled inside one."""
    import numpy as np

    array, at = np.asarray(data), np.asarray(quotes)
    if at.size % 2:
        return False
    if not at.size:
        return True
    opening, closing = at[0::2], at[1::2]
    before = array[opening - 1]
    opens = (opening == 0) | (before == mark) | (before == 10)
    opens[1:] |= closing[:-1] == opening[1:] - 1
    after = array[np.minimum(closing + 1, array.size - 1)]
    closes = (after == mark) | (after == 10)
    closes[:-1] |= closing[:-1] == opening[1:] - 1
    return bool(opens.all() and closes.all())


def _mended(row: list[str]) -> list[str] | None:
    """The row without surrogates, or None when it was not UTF-8."""
    if all(field.isascii() for field in row):
        return row
    try:
        for field in row:
            field.encode()
    except UnicodeEncodeError:
        mended = [mend(field) for field in row]
        return None if None in mended else [field or "" for field in mended]
    return row


def _shown(line: bytes) -> str:
    return line[: 4 * _SHOWN].decode("utf-8", "replace")[:_SHOWN]
