"""Where do records come from? Each origin is one folder that yields batches of observed rows.

A source knows its origin and nothing about who consumes the rows. It delivers at least once: the
same batch may come again after a stop, and the catalogue stores it once. A new source is one
folder plus one entry point in the group `influencr.sources`; nothing else is edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from influencr.errors import UnknownValue
from influencr.sources._allowance import Allowance
from influencr.sources._collecting import (
    Collectable,
    Found,
    Phrase,
    Plan,
    Report,
    Scene,
    Step,
    Wanted,
)

if TYPE_CHECKING:
    import msgspec
    import polars as pl

__all__ = [
    "GROUP",
    "Allowance",
    "Batch",
    "Collectable",
    "Found",
    "Phrase",
    "Plan",
    "Report",
    "Scene",
    "Source",
    "Step",
    "Wanted",
    "batches_of",
    "installed",
    "load",
]

#: Entry-point group under which sources announce themselves.
GROUP = "influencr.sources"


class Batch(NamedTuple):
    """Rows of one table, ready to append.

    table   a key of `records.OBSERVED`: profiles, posts, follows, engagements or packs
    frame   any subset of the record's columns that includes the required ones, with their types;
            no natural key twice with the same `fetched_at`
    """

    table: str
    frame: pl.DataFrame


@runtime_checkable
class Source(Protocol):
    """One origin of records; `testing.check_source` holds what every source owes.

    `name` is what stands in the rows' `source` column. `batches()` may be called again and then
    starts from the beginning, or from where the origin says that it stopped.
    """

    name: str

    def batches(self) -> Iterator[Batch]:
        """The rows, in an order that the origin chooses; at least once each."""
        ...


def batches_of(records: Iterable[msgspec.Struct]) -> list[Batch]:
    """Records of `influencr.records`, mixed, as one batch per table with the table's types.

    Of several with the same natural key and `fetched_at` one row is made: what the later ones know,
    else the earlier.
    """
    from influencr.sources._frames import batches_of as made

    return made(records)


def installed() -> dict[str, EntryPoint]:
    """Every announced source by name, without importing any of them."""
    return {point.name: point for point in entry_points(group=GROUP)}


def load(name: str) -> Any:
    """The class of the source called `name`; UnknownValue names the installed ones."""
    points = installed()
    if name not in points:
        raise UnknownValue("source", name, points)
    return points[name].load()
