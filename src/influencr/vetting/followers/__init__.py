"""Does a follower's profile look bought? A probability with reasons, and how often it errs.

`score` judges profiles with the shipped scorecard, `error_rates` says how good that is on a
platform. `fit_model`, `load_model` and `evaluate_labels` are for an operator's own labels over any
numeric columns. Nothing here looks at silence: whoever does not post is dormant, a class of its
own, and never counts as bought. See docs/algorithms/followers.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from influencr.vetting.followers._evaluate import (
        cross_validate,
        evaluate_labels,
        evaluate_model,
        figures_of,
    )
    from influencr.vetting.followers._fields import Fields, read_fields
    from influencr.vetting.followers._fit import fit_model
    from influencr.vetting.followers._labelled import Labelled, read_labelled
    from influencr.vetting.followers._model import LabelModel, load_model, save_model
    from influencr.vetting.followers._posts import post_features
    from influencr.vetting.followers._rates import ErrorRates, error_rates
    from influencr.vetting.followers._score import probabilities, score, shipped

_WHERE = {
    "ErrorRates": "_rates",
    "Fields": "_fields",
    "LabelModel": "_model",
    "Labelled": "_labelled",
    "cross_validate": "_evaluate",
    "error_rates": "_rates",
    "evaluate_labels": "_evaluate",
    "evaluate_model": "_evaluate",
    "figures_of": "_evaluate",
    "fit_model": "_fit",
    "load_model": "_model",
    "post_features": "_posts",
    "probabilities": "_score",
    "read_fields": "_fields",
    "read_labelled": "_labelled",
    "save_model": "_model",
    "score": "_score",
    "shipped": "_score",
}

__all__ = [
    "ErrorRates",
    "Fields",
    "LabelModel",
    "Labelled",
    "cross_validate",
    "error_rates",
    "evaluate_labels",
    "evaluate_model",
    "figures_of",
    "fit_model",
    "load_model",
    "post_features",
    "probabilities",
    "read_fields",
    "read_labelled",
    "save_model",
    "score",
    "shipped",
]


def __getattr__(name: str) -> Any:
    """Loads what is asked for: NumPy and Polars stay out of a mere import of the package."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
