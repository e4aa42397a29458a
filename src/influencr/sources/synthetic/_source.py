"""A synthetic world as a source of records: written to a folder, read by the door of real data."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from influencr.sources import Batch
from influencr.sources.synthetic._sizes import TEST, Size

__all__ = ["SyntheticSource"]

#: Importing in this order lets later files name profiles that are already known.
_ORDER = ("profiles", "accounts", "channels", "creators")


class SyntheticSource:
    """Yields a world's records through `sources.files`, as an import of its files would.

    size, seed   what to make; the same values give the same records
    """

    name = "synthetic"

    def __init__(self, *, size: Size = TEST, seed: int = 1) -> None:
        self.size, self.seed = size, seed

    def batches(self) -> Iterator[Batch]:
        """Every observed row; rows say `synthetic` as their source and their licence."""
        import polars as pl

        from influencr.sources.files import FileSource, inspect
        from influencr.sources.synthetic._world import write_world

        with tempfile.TemporaryDirectory(prefix="influencr-synthetic-") as folder:
            world = write_world(Path(folder) / "world", **self.size._asdict(), seed=self.seed)
            for path in sorted(world.files, key=_rank):
                source = FileSource(
                    inspect(path), licence="synthetic", quarantine=Path(folder) / "quarantine"
                )
                for batch in source.batches():
                    frame = batch.frame.with_columns(
                        source=pl.lit(self.name), fetch_method=pl.lit(self.name)
                    )
                    yield Batch(batch.table, frame)


def _rank(path: Path) -> tuple[int, str]:
    return (0 if any(word in path.name for word in _ORDER) else 1, path.name)
