"""The tantivy schema and the only place where an index directory is opened.

Analyzers are not stored in a tantivy index, so opening and registering belong together: nobody
else in this package calls `tantivy.Index`. Text arrives already cut (`index.documents`), the
analyzer only splits at spaces: tantivy's own tokenizers lose emoji, tags and Chinese words.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import tantivy

from influencr.index._documents import FIELDS
from influencr.index._nodes import WORD_FIELDS

__all__ = ["FLOATS", "FORMAT", "add_all", "add_weight", "open_index", "schema", "true_score"]

#: Version of schema and document layout; raised with every change that needs a rebuild.
FORMAT = 6

#: Number fields that hold fractions; the others hold whole numbers.
FLOATS = frozenset(
    {
        *("engagement", "influence", "closeness", "posts_per_week", "bought_high", "not_bought"),
        *("growth_1m", "growth_3m", "growth_6m", "growth_12m"),
    }
)

_ANALYZER = "influencr_words"
# The engine multiplies a score by log2(2 + w) in 32-bit floats. With the multiplier scaled to
# 4..32 that formula returns every quality exactly (tests/unit/index/test_tantivy_exact.py).
_SCALE = 32


@functools.cache
def schema() -> Any:
    """The schema of FORMAT."""
    builder = tantivy.SchemaBuilder()
    for name, kind in FIELDS.items():
        if kind == "key":
            # Text, not a number: deleting by an unsigned number finds nothing, silently.
            builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
        elif kind == "words":
            builder.add_text_field(name, tokenizer_name=_ANALYZER, index_option="position")
        elif kind in ("keyword", "order"):
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        elif kind == "id":
            # Signed: places of our own, which GeoNames does not list, have negative ids.
            builder.add_integer_field(name, indexed=True, fast=True)
        elif name in FLOATS:
            builder.add_float_field(name, fast=True)
        else:
            builder.add_integer_field(name, fast=True)
    builder.add_float_field("w", fast=True)
    builder.add_bytes_field("creator", stored=True)
    return builder.build()


def add_weight(fields: dict[str, Any]) -> dict[str, Any]:
    """The document with the multiplier of its quality in the form that the engine wants."""
    fields["w"] = 2.0 ** (fields["quality"] / _SCALE) - 2.0
    return fields


def add_all(fields: dict[str, Any]) -> dict[str, Any]:
    """The document with the field `all`: every text of the other fields of words."""
    fields["all"] = [text for field in WORD_FIELDS for text in fields[field]]
    return fields


def true_score(score: float) -> float:
    """The engine's weighted score without the scale: score x quality, exact."""
    return score / (512 / _SCALE)


def open_index(folder: Path | None, *, create: bool = False) -> Any:
    """An index with its analyzers registered; in memory when `folder` is None."""
    if folder is None:
        index = tantivy.Index(schema())
    elif create:
        index = tantivy.Index(schema(), path=str(folder), reuse=False)
    else:
        index = tantivy.Index.open(str(folder))
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_ANALYZER, analyzer)
    index.config_reader(reload_policy="manual")
    return index
