"""Nodes as tantivy queries. Built from parts, never through tantivy's query parser."""

from __future__ import annotations

import functools
import itertools
import math
import re
from typing import Any, assert_never

import msgspec
import tantivy

from influencr.errors import UsageError
from influencr.index._documents import FIELDS
from influencr.index._nodes import (
    Among,
    And,
    Anyone,
    Best,
    Blend,
    Boost,
    Constant,
    Node,
    Not,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Range,
    Scale,
    Stands,
    Term,
    Terms,
    coverage_factor,
)
from influencr.index.tantivy._schema import FLOATS, schema

__all__ = ["between", "translate"]

_Query = tantivy.Query
_MUST = tantivy.Occur.Must
_SHOULD = tantivy.Occur.Should
_NOT = tantivy.Occur.MustNot
# 2 ** this many subsets are the most that a Blend is written out as.
_MOST_BLENDED = 6
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
        case Stands():
            return _stands(node)
        case Best(clauses, rest):
            if not clauses:
                return _Query.empty_query()
            return _Query.disjunction_max_query([translate(c) for c in clauses], rest)
        case Blend():
            return _blend(node)
        case Among(ids):
            return translate(Terms("uid", ids.ids))
        case Scale(clause, by, otherwise):
            return _scale(clause, by, otherwise)
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


def _stands(node: Stands) -> Any:
    """The match, worth what `all` is worth, plus each field that holds it too."""
    anywhere = math.fsum(worth for field, worth in node.worths if field == "all")
    extras = [
        (_SHOULD, _Query.boost_query(translate(msgspec.structs.replace(node.node, field=f)), w))
        for f, w in node.worths
        # A field that the schema does not hold has no word in it.
        if f in FIELDS and f != "all"
    ]
    must = _Query.const_score_query(translate(node.node), anywhere)
    return _Query.boolean_query([(_MUST, must), *extras])


def _blend(node: Blend) -> Any:
    """Every set of clauses that is enough, each without the clauses that are not in it.

    tantivy has no "at least this weight"; where a set cannot overlap another, its own sum and
    factor can be stated exactly.
    """
    whole = math.fsum(node.weights)
    parts = [translate(Boost(c, w)) for c, w in zip(node.clauses, node.weights, strict=True)]
    if node.at_least == whole:
        return _Query.boolean_query([(_MUST, p) for p in parts])
    if node.power == 0 and node.at_least <= min(node.weights):
        return _Query.boolean_query([(_SHOULD, p) for p in parts])
    n = len(parts)
    if n > _MOST_BLENDED:
        raise UsageError(
            f"The tantivy index weighs at most {_MOST_BLENDED} words against each other; received "
            f"{n}. Leave some out, or use the columns index."
        )
    sets: list[tuple[Any, Any]] = []
    for chosen in itertools.product((True, False), repeat=n):
        matched = math.fsum(w for w, c in zip(node.weights, chosen, strict=True) if c)
        if matched < node.at_least:
            continue
        query = _Query.boolean_query(
            [(_MUST if c else _NOT, p) for p, c in zip(parts, chosen, strict=True)]
        )
        factor = coverage_factor(matched, whole, node.power)
        sets.append((_SHOULD, _Query.boost_query(query, factor)))
    return _Query.boolean_query(sets)


def _scale(clause: Node, by: tuple[tuple[Node, float], ...], otherwise: float) -> Any:
    scored = translate(clause)
    earlier: list[tuple[Any, Any]] = []
    cases: list[tuple[Any, Any]] = []
    for other, factor in by:
        who = _Query.const_score_query(translate(other), 0.0)
        query = _Query.boolean_query([(_MUST, scored), (_MUST, who), *earlier])
        cases.append((_SHOULD, _Query.boost_query(query, factor)))
        earlier.append((_NOT, who))
    rest = _Query.boolean_query([(_MUST, scored), *earlier])
    cases.append((_SHOULD, _Query.boost_query(rest, otherwise)))
    return _Query.boolean_query(cases)
