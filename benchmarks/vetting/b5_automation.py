"""B5: automated accounts, which are another target than bought followers: how far `fit` goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from benchmarks.vetting import labelled_sets as sets
from benchmarks.vetting.fitted import SEED, cross_validated, figures_of_fit, labelled

from influencr.vetting import followers
from influencr.vetting.followers._evaluate import Held

__all__ = ["run"]

#: Best of linear model and forest, as the methods measured them.
_BANDS = {"1k": 0.894, "100k": 0.792, "1M": 0.851}


def run(datasets: Path | None, *, quick: bool = False) -> dict[str, Any]:
    """InstaFake automated on the file's own split, Gilani by band."""
    columns, labels, trains = sets.instafake_automated(datasets)
    mine, theirs = (
        labelled(columns.filter(pl.Series(part)), labels[part]) for part in (trains, ~trains)
    )
    model = followers.fit_model(mine, label="label", seed=SEED)
    asked = theirs.x[:, [theirs.columns.index(name) for name in model.columns]]
    n = len(theirs.y)
    held = Held(
        model.probability(asked),
        np.full(n, float(model.about["cut"])),
        np.full(n, float(model.about["cut_f1"])),
    )
    figures = figures_of_fit(
        "InstaFake automated, the file's split", theirs, held, {"accuracy": 0.96, "f1": 0.96}
    )
    columns, labels, bands = sets.gilani(datasets)
    for band, goal in _BANDS.items():
        here = (bands == band).to_numpy()
        table = labelled(columns.filter(pl.Series(here)), labels[here])
        held = cross_validated(table, quick=quick)
        figures += figures_of_fit(f"Gilani {band}", table, held, {"auc": goal})
    return {
        "id": "B5",
        "title": "Automated accounts (another target than bought followers)",
        "data": "instafake-2019 (automated), gilani-2017",
        "protocol": "InstaFake: the file's train and validation part; Gilani: "
        f"{3 if quick else 10}-fold by band of followers; the band of 10 million has 50 rows and "
        "is left out",
        "figures": figures,
        "notes": [
            "To beat: .960 accuracy and F1; AUC .894, .792 and .851 by band; published .931 "
            "accuracy and .86."
        ],
    }
