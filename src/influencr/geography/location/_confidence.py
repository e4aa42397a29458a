"""How sure a reading is, as the probability that its country is right.

A hand-made table by kind of evidence gives a first figure; a logistic regression fitted on labelled
location strings (calibration.toml: coefficients only, with their provenance) corrects it. Without
that file the table stands alone.
"""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

from influencr.geography.gazetteer._format import NameKind, PlaceKind

__all__ = [
    "AREA_CODE",
    "FEATURES",
    "FLAG_ALONE",
    "FLAG_FIRST",
    "POINT",
    "Traits",
    "confidence",
    "table",
]

#: Coordinates in the text; one flag and nothing else; the first of several flags. Judgement: a flag
#: in a location field is often heritage (design document, section 10).
POINT = 0.97
FLAG_ALONE = 0.8
FLAG_FIRST = 0.6
#: A telephone area code where another hint gives its country.
AREA_CODE = 0.7

#: Names of the features, in order. `table` is the logit of the hand-made figure.
FEATURES = (
    "table",
    "log_population",
    "margin",
    "contained",
    "cost",
    "pieces",
    "unread",
    "is_alternate",
    "is_city",
    "hint",
)

_CALIBRATION = Path(__file__).with_name("calibration.toml")
_TABLE = {
    "contained": 0.92,
    "country": 0.95,
    "region": 0.88,
    "million": 0.85,
    "large": 0.75,
    "small": 0.5,
    "code": 0.7,
    "lonely": 0.8,
}
_MARGIN = 0.7


@dataclass(slots=True, frozen=True)
class Traits:
    """What is known about a reading that was chosen.

    margin       score points ahead of the next reading elsewhere, 9 when there is none
    n_contained  other words and flags that contain the place
    n_unread     segments that name nothing we know
    lonely       a state's code behind an unknown name
    hint         score points from the clock, the language and declared fields
    """

    kind: int
    name_kind: int
    population: int
    n_contained: int
    margin: float
    cost: float
    n_pieces: int
    n_unread: int
    lonely: bool
    hint: float

    def features(self) -> tuple[float, ...]:
        """The numbers of FEATURES."""
        first = table(self)
        return (
            math.log(first / (1.0 - first)),
            math.log10(self.population + 1),
            min(self.margin, 3.0),
            float(min(self.n_contained, 2)),
            self.cost,
            float(min(self.n_pieces, 4)),
            float(min(self.n_unread, 3)),
            float(self.name_kind == NameKind.ALTERNATE),
            float(self.kind == PlaceKind.CITY),
            max(-1.5, min(2.5, self.hint)),
        )


def table(traits: Traits) -> float:
    """The hand-made figure (docs/algorithms/geography.md)."""
    first = _TABLE[_word(traits)]
    if traits.margin < _MARGIN:
        first *= 0.75
    if traits.cost:
        first *= 0.9
    return first


def _word(traits: Traits) -> str:
    if traits.lonely:
        return "lonely"
    if traits.name_kind == NameKind.CODE and not traits.n_contained:
        return "code"
    if traits.kind in (PlaceKind.COUNTRY, PlaceKind.UNION):
        return "country"
    if traits.n_contained:
        return "contained"
    if traits.kind != PlaceKind.CITY:
        return "region"
    if traits.population >= 1_000_000 or traits.name_kind == NameKind.ALIAS:
        return "million"
    return "large" if traits.population >= 100_000 else "small"


@functools.cache
def _coefficients() -> tuple[float, tuple[float, ...]] | None:
    """(intercept, weight per feature) of calibration.toml; None when it was not fitted yet."""
    if not _CALIBRATION.exists():
        return None
    fitted = tomllib.loads(_CALIBRATION.read_text(encoding="utf-8"))["country"]
    weights = fitted["weights"]
    return float(fitted["intercept"]), tuple(float(weights[name]) for name in FEATURES)


def confidence(traits: Traits) -> float:
    """The probability that the country is right, 0.02..0.995, to three digits."""
    fitted = _coefficients()
    if fitted is None:
        return round(table(traits), 3)
    intercept, weights = fitted
    logit = intercept + sum(w * x for w, x in zip(weights, traits.features(), strict=True))
    return round(min(0.995, max(0.02, 1.0 / (1.0 + math.exp(-logit)))), 3)
