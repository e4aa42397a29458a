"""What every reader hands on: columns of text as they stood in the file, and where they stood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import polars as pl

__all__ = ["LIST_MARK", "MAX_FIELD", "MAX_RECORD", "BadRow", "Raw", "Reader", "mend"]

#: Longest record, in bytes, and longest field of a delimited record, in characters. Own choices:
#: no public text is longer (a YouTube description ends at 5,000), and memory stays bounded when a
#: quote is never closed or a line never ends. The field limit is the csv module's own default.
MAX_RECORD = 16 << 20
MAX_FIELD = 131_072

#: Parts of a list column, joined into one text (ASCII unit separator).
LIST_MARK = "\x1f"


class BadRow(NamedTuple):
    """A record that could not even be split into columns; `text` is its beginning."""

    line: int
    reason: str
    text: str


class Raw(NamedTuple):
    """Some rows: `frame` by source column name, `lines` the line (or row number) each starts at."""

    frame: pl.DataFrame
    lines: pl.Series
    bad: list[BadRow]


class Reader(Protocol):
    """Rows of one file, in file order.

    position, size   raw bytes read and in all, for progress
    problem          None, or why the file could not be read to its end (known when rows() ends)
    surprises        what the sample could not foresee, counted
    """

    size: int
    problem: str | None
    surprises: dict[str, int]

    @property
    def position(self) -> int:
        """Raw bytes read so far."""
        ...

    def rows(self) -> Iterator[Raw]:
        """All rows from the beginning; pieces are as large as the reader finds convenient."""
        ...


def mend(text: str) -> str | None:
    """Text decoded with `surrogateescape`, made encodable; None when its bytes were never UTF-8.

    Surrogates that were written as if they were characters are joined in pairs; lone ones go.

    >>> mend(b"a\\xed\\xa0\\x80b".decode("utf-8", "surrogateescape"))
    'ab'
    >>> mend(b"a\\xffb".decode("utf-8", "surrogateescape")) is None
    True
    """
    try:
        wide = text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogatepass")
    except UnicodeError:
        return None
    return wide.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
