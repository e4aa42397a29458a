"""An operator's own table of labelled profiles: which columns count, and what the labels say.

Every column that holds numbers or flags is a feature; of texts the fields of `read_fields` are
taken (digits in the handle, length of the bio, words of the name). Left out, and named in
`skipped`: identifiers, dates, texts without such fields, columns with one value.
Dates are left out on purpose: labelled sets are often collected class by class, so that a date
tells the class and nothing about the next profile. The age of an account is a feature where the
table says both when it was created and when it was observed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from influencr.errors import UnknownValue, UsageError
from influencr.vetting.followers._fields import SPELLINGS, read_fields

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["MIN_PER_CLASS", "Labelled", "feature_matrix", "known_labels", "read_labelled"]

#: Labelled profiles of each class below which nothing is fitted or evaluated; own choice.
MIN_PER_CLASS = 20
#: Label words, compared without case.
POSITIVE = ("1", "1.0", "f", "fake", "true", "bought")
NEGATIVE = ("0", "0.0", "r", "real", "false", "genuine")

_IDENTIFIER = re.compile(r"(^|[_.\s])(id|key|uuid|url|uri|index)$", re.IGNORECASE)
_DATE = re.compile(r"(_at|_on|[_.]date|[_.]time|^date|^time|timestamp|updated)$", re.IGNORECASE)
#: A column called `url` or `id` with so few values is a flag, not a name; two, and missing.
_FLAG_VALUES = 3
_FLAGS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}
#: Fields that texts give, by the text column that they need.
_FROM_TEXT = {
    "handle": ("handle_digit_share",),
    "display_name": (
        "display_name_words",
        "display_name_digit_share",
        "display_name_equals_handle",
    ),
    "bio": ("bio_length",),
    "link": ("has_link",),
    "created_at": ("age_days",),
    "observed_at": (),
}


class Labelled(NamedTuple):
    """columns: names of the features. x: (n, k), NaN missing. y: (n,) 1 = positive label.

    skipped: column -> why it is no feature. group: (n,) equal for rows with equal features, so
    that no split puts a row on one side and its double on the other.
    """

    columns: tuple[str, ...]
    x: Floats
    y: NDArray[np.int8]
    skipped: dict[str, str]
    group: NDArray[np.int64]


def read_labelled(frame: pl.DataFrame, label: str) -> Labelled:
    """Features and labels of a table; rows without a label are left out.

    Raises UnknownValue when `label` is no column or holds another word than the label words,
    UsageError when a class has fewer than MIN_PER_CLASS rows or no column is a feature.
    """
    if label not in frame.columns:
        raise UnknownValue("--label", label, frame.columns)
    y, known = _labels(frame[label], label)
    rows = frame.filter(pl.Series(known)).drop(label)
    y = y[known]
    for word, n in (("positive", int((y == 1).sum())), ("negative", int((y == 0).sum()))):
        if n < MIN_PER_CLASS:
            raise UsageError(
                f"--label: {n} {word} rows in column {label!r}; at least {MIN_PER_CLASS} of each "
                "class are needed.",
                field="--label",
            )
    found, skipped = _features(rows)
    columns = {}
    for name, values in found.items():
        if np.unique(values[~np.isnan(values)]).size < 2:
            skipped[name] = "one value"
        else:
            columns[name] = values
    if not columns:
        raise UsageError(
            f"no column holds numbers that differ; columns seen: {', '.join(frame.columns)}.",
            field="--input",
        )
    x = np.column_stack(list(columns.values()))
    _, group = np.unique(np.where(np.isnan(x), -np.pi, x), axis=0, return_inverse=True)
    return Labelled(tuple(columns), x, y, skipped, group.ravel())


def feature_matrix(frame: pl.DataFrame, columns: tuple[str, ...]) -> Floats:
    """The features that a model was fitted on, of unlabelled profiles; NaN where missing.

    Raises UsageError when the table has none of them.
    """
    found, _ = _features(frame)
    if not set(columns) & set(found):
        raise UsageError(
            "this table has none of the columns that the model was fitted on: "
            f"{', '.join(columns)}.",
            field="--model",
        )
    missing = np.full(frame.height, np.nan)
    return np.column_stack([found.get(name, missing) for name in columns])


def known_labels(series: pl.Series, label: str) -> pl.Series:
    """True where a row has a label; raises as `read_labelled` does."""
    return pl.Series(_labels(series, label)[1])


def _labels(series: pl.Series, label: str) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    words = series.cast(pl.String).str.strip_chars().str.to_lowercase().fill_null("")
    positive = words.is_in(POSITIVE).to_numpy()
    negative = words.is_in(NEGATIVE).to_numpy()
    strange = words.filter(pl.Series(~positive & ~negative) & (words != ""))
    if strange.len():
        raise UnknownValue(label, str(strange[0]), (*POSITIVE, *NEGATIVE))
    return positive.astype(np.int8), positive | negative


def _features(frame: pl.DataFrame) -> tuple[dict[str, Floats], dict[str, str]]:
    found: dict[str, Floats] = {}
    skipped: dict[str, str] = {}
    for name in frame.columns:
        series = frame[name]
        values = _numbers(series)
        if _DATE.search(name):
            skipped[name] = "a date"
        elif values is None:
            skipped[name] = "text"
        elif _IDENTIFIER.search(name) and series.n_unique() > _FLAG_VALUES:
            skipped[name] = "an identifier"
        else:
            found[name] = values
    for name, values in _text_features(frame).items():
        if name not in found:
            found[name] = values
    return found, skipped


def _numbers(series: pl.Series) -> Floats | None:
    """The column as numbers; None when it holds anything else."""
    if series.dtype == pl.Boolean or series.dtype.is_numeric():
        return series.cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
    if series.dtype != pl.String:
        return None
    words = series.str.strip_chars().str.to_lowercase()
    read = words.replace_strict(_FLAGS, default=None, return_dtype=pl.Float64)
    read = read.fill_null(words.cast(pl.Float64, strict=False))
    empty = words.is_null() | (words == "")
    if (read.is_null() & ~empty).any() or empty.all():
        return None
    values = read.fill_null(np.nan).to_numpy().copy()
    return np.where(np.isfinite(values), values, np.nan)


def _text_features(frame: pl.DataFrame) -> dict[str, Floats]:
    """Fields of `read_fields` that the table's texts give."""
    lower = {name.casefold(): name for name in frame.columns}
    texts: dict[str, pl.Series] = {}
    for field in _FROM_TEXT:
        for spelling in SPELLINGS[field]:
            name = lower.get(spelling)
            if name is not None and not frame[name].dtype.is_numeric():
                texts.setdefault(spelling, frame[name])
    if not texts:
        return {}
    fields = read_fields(pl.DataFrame([s.alias(n) for n, s in texts.items()]))
    out: dict[str, Floats] = {}
    for field, derived in _FROM_TEXT.items():
        if any(spelling in texts for spelling in SPELLINGS[field]):
            out |= {name: getattr(fields, name) for name in derived}
    return {name: values for name, values in out.items() if not np.isnan(values).all()}
