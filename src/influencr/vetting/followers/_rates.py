"""How often the follower test errs, where that was measured, and for whom it was not.

A share of bought followers may only be shown after correction for the error of the test, so the
error has to be known where the test is used: platform and language. `error_rates` answers with
what was measured and on how many labelled profiles, or with None in the place of numbers and the
reason in words. It never fills a gap from another platform.

The figures lie in data/error-rates.json, written by `benchmarks/vetting/shipped.py` from the sets
that it names; the cut is the lowest probability at which at least `SPECIFICITY` of the genuine
profiles of the fitted set stay below it, out of fold.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any, NamedTuple

__all__ = ["MIN_LABELS", "SPECIFICITY", "ErrorRates", "Scores", "error_rates"]

#: The specificity that the cut is chosen for, and that "vetted" needs.
SPECIFICITY = 0.99
#: Genuine labelled profiles below which a language has no rates of its own.
MIN_LABELS = 200


class Scores(NamedTuple):
    """Probabilities of the labelled profiles, counted by bin.

    edges             inner edges of the bins, rising
    bought, genuine   labelled profiles per bin, one more than edges
    """

    edges: tuple[float, ...]
    bought: tuple[int, ...]
    genuine: tuple[int, ...]


class ErrorRates(NamedTuple):
    """Error of the follower test at its cut, for one platform and language.

    se, sp         sensitivity and specificity in [0, 1]; None: not known here, see `reason`
    n_se, n_sp     labelled bought and genuine profiles behind them; 0 where unknown
    cut            a profile is flagged when its probability is at least this
    calibration    the labelled sets behind se and sp, by name; "" where none
    version        of the model that the figures hold for
    language       the language that the genuine profiles were of; None: languages not known,
                   all together
    mean_bought, mean_genuine   mean probability of each class, for shares by adjusted probability
    reason         one sentence: what was measured, or why nothing is known
    scores         probabilities of the labelled profiles by bin, for shares that use how sure the
                   test was; None: only the cut is known
    """

    se: float | None
    sp: float | None
    n_se: int
    n_sp: int
    cut: float
    calibration: str
    version: str
    language: str | None = None
    mean_bought: float | None = None
    mean_genuine: float | None = None
    reason: str = ""
    scores: Scores | None = None

    @property
    def known(self) -> bool:
        """Whether both rates were measured at all; says nothing about how good they are."""
        return self.se is not None and self.sp is not None


def error_rates(platform: str | None, language: str | None = None) -> ErrorRates:
    """What is known of the shipped test's error on `platform` among profiles of `language`.

    platform   as in the catalogue
    language   ISO 639-1; None: the audience's language is not known

    Rates of the language itself are given where at least MIN_LABELS genuine profiles of it were
    labelled, else those of the platform with `language` None in the answer, else none at all.
    """
    document = _document()
    cut, version = float(document["cut"]), str(document["version"])
    for row in document["rates"]:
        if row["platform"] == platform and language and row["language"] == language:
            return _rates(row, cut, version)
    for row in document["rates"]:
        if row["platform"] == platform and row["language"] is None:
            return _rates(row, cut, version)
    return ErrorRates(
        None,
        None,
        0,
        0,
        cut,
        "",
        version,
        reason=f"No labelled bought and genuine followers of {platform or 'this platform'} are "
        "known, so the error of the test is not known there.",
    )


def _rates(row: dict[str, Any], cut: float, version: str) -> ErrorRates:
    return ErrorRates(
        row["se"],
        row["sp"],
        row["n_se"],
        row["n_sp"],
        cut,
        row["calibration"],
        version,
        row["language"],
        row["mean_bought"],
        row["mean_genuine"],
        row["reason"],
        Scores(*(tuple(row["scores"][name]) for name in Scores._fields)),
    )


@functools.cache
def _document() -> dict[str, Any]:
    """The measured figures, read once per process."""
    file = resources.files("influencr.vetting.followers") / "data" / "error-rates.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
