from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from influencr.sources.synthetic import TEST, World, write_world


class Loaded(NamedTuple):
    """A small world with its tables read."""

    world: World

    def seen(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.world.observed / f"{name}.parquet")

    def true(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.world.truth / f"{name}.parquet")


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder: Path = tmp_path_factory.mktemp("synthetic") / "world"
    return Loaded(write_world(folder, **TEST._asdict(), seed=11))
