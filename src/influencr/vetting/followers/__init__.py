"""Does a follower's profile look bought? A probability with reasons, and how often it errs.

`score` judges profiles with the shipped scorecard, `error_rates` says how good that is on a
platform. `fit_model`, `load_model` and `evaluate_labels` are for an operator's own labels over any
numeric columns. Nothing here looks at silence: whoever does not post is dormant, a class of its
own, and never counts as bought. See docs/algorithms/followers.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from influencr.vetting.followers._fields import Fields, read_fields
    from influencr.vetting.followers._rates import ErrorRates, error_rates
    from influencr.vetting.followers._score import probabilities, score, shipped

_WHERE = {
    "ErrorRates": "_rates",
    "Fields": "_fields",
    "error_rates": "_rates",
    "probabilities": "_score",
    "read_fields": "_fields",
    "score": "_score",
    "shipped": "_score",
}

__all__ = [
    "ErrorRates",
    "Fields",
    "error_rates",
    "probabilities",
    "read_fields",
    "score",
    "shipped",
]


def __getattr__(name: str) -> Any:
    """Loads what is asked for: NumPy and Polars stay out of a mere import of the package."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
