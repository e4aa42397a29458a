"""What the benchmarks of fitted follower models share: tables, cross-validation, figures."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from benchmarks.vetting import labelled_sets as sets
from benchmarks.vetting.goals import figure

from influencr.vetting import followers
from influencr.vetting.followers._evaluate import Held

__all__ = ["SEED", "cross_validated", "figures_of_fit", "labelled", "purba_judged", "wide"]

#: Of all splits reported; the methods were chosen with other splits.
SEED = 20_261_123


def labelled(columns: pl.DataFrame, labels: np.ndarray) -> followers.Labelled:
    """A table and its labels as `influencr followers fit` takes them."""
    return followers.read_labelled(columns.with_columns(_label=pl.Series(labels)), "_label")


def cross_validated(table: followers.Labelled, *, quick: bool, seed: int = SEED) -> Held:
    """Out of fold, 10 folds (quick: 3); everything chosen inside the training part."""
    return followers.cross_validate(table, folds=3 if quick else 10, seed=seed)


@cache
def purba_judged(
    datasets: Path | None, names: tuple[str, ...] | None, *, quick: bool
) -> tuple[followers.Labelled, Held]:
    """Purba et al. 2020 and its out-of-fold judgements; made once per process.

    names   of the columns; None: all
    """
    columns, labels = sets.purba(datasets)
    table = labelled(columns if names is None else columns.select(names), labels)
    return table, cross_validated(table, quick=quick)


def wide(
    name: str, found: dict[str, float], goal: float | None = None, *, note: str | None = None
) -> dict[str, Any]:
    """A figure of `figures_of` with its interval."""
    return figure(name, found["value"], found["low"], found["high"], goal=goal, note=note)


def figures_of_fit(
    title: str, table: followers.Labelled, held: Held, goals: dict[str, float]
) -> list[dict[str, Any]]:
    """All figures of one cross-validation; `goals` by name of the figure."""
    found = followers.figures_of(table.y, held)
    return [wide(f"{title}, {name}", one, goals.get(name)) for name, one in found.items()]
