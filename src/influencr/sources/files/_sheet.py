"""One piece of a file under work: what its rows have in common, what became of them, objections."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Origin", "Refusal", "Shaped", "Sheet"]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What every row of a file has in common."""

    source: str
    fetched_at: datetime
    fetch_method: str
    licence: str
    lawful_basis: str | None
    contact_published: bool


class Refusal(NamedTuple):
    """One refused row: its place in the raw frame, and why."""

    at: int
    reason: str
    field: str | None
    value: str | None


@dataclass(kw_only=True)
class Shaped:
    """Rows of one raw piece: `tables` hold the kept ones, `indices` where each kept row stood."""

    tables: dict[str, pl.DataFrame]
    indices: pl.Series
    refusals: list[Refusal]
    n_left_out: int = 0
    notes: Counter[str] = field(default_factory=Counter)


class Sheet:
    """One raw piece under work: typed columns so far, and the first objection to each row."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.height = frame.height
        self.objections: dict[int, Refusal] = {}
        self.notes: Counter[str] = Counter()

    def object_to(
        self, reasons: pl.Series, name: str, values: pl.Series | None, *, named: bool = True
    ) -> None:
        """Refuse the rows where `reasons` is not null; the first objection to a row stands."""
        for index in reasons.is_not_null().arg_true().to_list():
            value = None if values is None else values[index]
            reason = f"{name}: {reasons[index]}" if named else str(reasons[index])
            shown = None if value is None else str(value)
            self.objections.setdefault(index, Refusal(index, reason, name, shown))

    def note(self, reasons: pl.Series | None, name: str) -> None:
        """Count values that were left empty."""
        if reasons is None:
            return
        for text in reasons.drop_nulls().to_list():
            self.notes[f"{name}: {text}; left empty"] += 1

    def filled(self, value: object, dtype: object) -> pl.Series:
        import polars as pl

        return pl.Series([value], dtype=dtype).new_from_index(0, self.height)  # type: ignore[arg-type]
