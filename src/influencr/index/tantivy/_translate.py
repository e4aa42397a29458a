"""Nodes as tantivy queries. Built from parts, never through tantivy's query parser."""

from __future__ import annotations

import functools
import math
import re
from typing import Any, assert_never

import tantivy

from influencr.index._documents import FIELDS
from influencr.index._nodes import (
    And,
    Anyone,
    Boost,
    Constant,
    Node,
    Not,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Range,
    Term,
    Terms,
)
from influencr.index.tantivy._schema import FLOATS, schema

__all__ = ["between", "translate"]

_Query = tantivy.Query
_MUST = tantivy.Occur.Must
_SHOULD = tantivy.Occur.Should
_NOT = tantivy.Occur.MustNot
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$#@&~<>/-]")


@functools.lru_cache(maxsize=4096)
def translate(node: Node) -> Any:
    """The query that matches as the node does and is worth what the node says."""
    match node:
        case Anyone():
            return _worth_one(_Query.all_query())
        case Term(field, value):
            return _worth_one(_Query.term_query(schema(), field, value, _option(field)))
        case Terms(field, values):
            if not values:
                return _Query.empty_query()
            return _worth_one(_Query.term_set_query(schema(), field, list(values)))
        case Prefix(field, value):
            return _worth_one(_Query.regex_query(schema(), field, _starting(value)))
        case Phrase(field, words, last_is_prefix):
            return _phrase(field, words, last_is_prefix)
        case Range(field, lower, upper):
            return _worth_one(between(field, lower if lower is not None else 0, upper))
        case And(clauses):
            return _all_of(clauses)
        case Or(clauses):
            if not clauses:
                return _Query.empty_query()
            return _Query.boolean_query([(_SHOULD, translate(c)) for c in clauses])
        case Prefer(clause, extras):
            return _Query.boolean_query(
                [(_MUST, translate(clause)), *((_SHOULD, translate(e)) for e in extras)]
            )
        case Not(clause):
            return _all_of((node,))
        case Constant(clause, score):
            return _Query.const_score_query(translate(clause), score)
        case Boost(clause, factor):
            return _Query.boost_query(translate(clause), factor)
        case _:
            assert_never(node)


def between(
    field: str,
    lower: float | None,
    upper: float | None,
    *,
    above: bool = False,
    below: bool = False,
) -> Any:
    """Numbers from lower to upper; `above` and `below` leave the bound itself out."""
    low: float | None = lower
    high: float | None = upper
    kind = tantivy.FieldType.Float
    if field not in FLOATS:
        # Fractional bounds of whole numbers are moved inwards to the next whole number.
        kind = tantivy.FieldType.Integer
        low = None if lower is None else math.ceil(lower)
        high = None if upper is None else math.floor(upper)
    return _Query.range_query(
        schema(), field, kind, low, high, include_lower=not above, include_upper=not below
    )


def _worth_one(query: Any) -> Any:
    return _Query.const_score_query(query, 1.0)


def _option(field: str) -> str:
    return "position" if FIELDS[field] == "words" else "basic"


def _starting(value: str) -> str:
    # tantivy's regex has its own grammar: a class is read the same way everywhere.
    return _SPECIAL.sub(lambda m: f"\\{m[0]}", value) + ".*"


def _phrase(field: str, words: tuple[str, ...], last_is_prefix: bool) -> Any:
    if len(words) == 1:
        return translate(Prefix(field, words[0]) if last_is_prefix else Term(field, words[0]))
    if not last_is_prefix:
        return _worth_one(_Query.phrase_query(schema(), field, list(words)))
    # `phrase_prefix_query` stops after 50 expansions and would count too few.
    patterns = [_SPECIAL.sub(lambda m: f"\\{m[0]}", w) for w in words[:-1]]
    return _worth_one(_Query.regex_phrase_query(schema(), field, [*patterns, _starting(words[-1])]))


def _all_of(clauses: tuple[Node, ...]) -> Any:
    parts: list[tuple[Any, Any]] = []
    for clause in clauses:
        if isinstance(clause, Not):
            parts.append((_NOT, translate(clause.clause)))
        else:
            parts.append((_MUST, translate(clause)))
    if not any(occur == _MUST for occur, _ in parts):
        # Exclusions alone match nobody in tantivy; the empty conjunction means everybody.
        parts.append((_MUST, _Query.const_score_query(_Query.all_query(), 0.0)))
    return _Query.boolean_query(parts)
