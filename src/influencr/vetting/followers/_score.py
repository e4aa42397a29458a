"""How much each follower's profile looks like those that were bought, and what says so.

The probability is that of the shipped scorecard (fitted on SRF Data 2017, Instagram) with the
documented rules on top; it refers to a crowd of which about a tenth is bought, as in that set. It
is for shares over many followers, corrected for the measured error of the test, and for ordering.
It is never a statement about one person, and where `error_rates` knows nothing it is only an order.

A profile of which too little is known gets no probability. Silence and youth are not looked at.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from influencr.vetting.followers._fields import Fields, read_fields
from influencr.vetting.followers._reasons import reasons_of
from influencr.vetting.followers._rules import rule_parts
from influencr.vetting.followers._scorecard import Scorecard

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["METHOD", "Shipped", "probabilities", "score", "shipped"]

METHOD = "follower-scorecard"
#: Rows at once: the arrays of one batch stay in the processor's cache and in 50 MB.
_BATCH = 65_536
#: Fields of which one is enough for a probability, and those of which two are.
_TELLING = ("followers", "following", "posts", "handle_digit_share")
_SUPPORTING = ("has_avatar", "bio_length", "has_link", "display_name_words", "has_banner")


class Shipped(NamedTuple):
    """The shipped scorecard, its version, and what it is fitted on."""

    scorecard: Scorecard
    version: str
    fitted_on: str


def score(
    profiles: pl.DataFrame, platform: str | None = None, *, reasons: bool = True
) -> pl.DataFrame:
    """How much each profile looks bought, in the order of the rows.

    profiles   columns as in `read_fields`; any may be missing or null
    platform   of all rows; None: their column `platform`
    reasons    False: only the probabilities (several times faster)
    returns    `p_bought` (Float32, null when too little is known) and, if asked for, `reasons`
               (list of phrases, what raises the probability first; never empty)

    Raises SchemaError when no column is understood.
    """
    frames = [
        _scored(profiles.slice(start, _BATCH), platform, reasons=reasons)
        for start in range(0, max(profiles.height, 1), _BATCH)
    ]
    return pl.concat(frames)


def _scored(batch: pl.DataFrame, platform: str | None, *, reasons: bool) -> pl.DataFrame:
    fields = read_fields(batch, platform)
    p, parts = _judged(fields)
    told = pl.Series("p_bought", p, dtype=pl.Float32, nan_to_null=True)
    if not reasons:
        return told.to_frame()
    return pl.DataFrame([told, reasons_of(fields, parts, known=~np.isnan(p))])


def probabilities(fields: Fields) -> NDArray[np.float32]:
    """The probability of each profile alone; NaN when too little is known."""
    return _judged(fields)[0]


def _judged(fields: Fields) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float64]]]:
    """Probabilities, and the parts in log-odds that they are made of."""
    z, parts = shipped().scorecard.parts(fields)
    rules = rule_parts(fields)
    for part in rules.values():
        z += part
    z[~_enough(fields)] = np.nan
    p = (1 / (1 + np.exp(-z))).astype(np.float32)
    return p, {**parts, **rules}


def _enough(fields: Fields) -> NDArray[np.bool_]:
    telling = np.zeros(fields.n, dtype=bool)
    for name in _TELLING:
        telling |= ~np.isnan(getattr(fields, name))
    supporting = np.zeros(fields.n, dtype=np.int8)
    for name in _SUPPORTING:
        supporting += ~np.isnan(getattr(fields, name))
    return telling | (supporting >= 2)


@functools.cache
def shipped() -> Shipped:
    """The shipped model, read once per process (a JSON file of a few kilobytes)."""
    file = resources.files("influencr.vetting.followers") / "data" / "srf-2017.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    return Shipped(
        Scorecard.from_document(document), document["version"], document["fitted_on"]["name"]
    )
