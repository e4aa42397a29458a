"""A node without its worths: two nodes that match the same creators for the same reasons are one.

A search asks for the same words again and again: as a filter, and weighted, to rank by. Without
their worths both are the same node, and their set of creators is worked out once.
"""

from __future__ import annotations

from influencr.index._nodes import (
    And,
    Best,
    Blend,
    Boost,
    Constant,
    Node,
    Not,
    Or,
    Prefer,
    Scale,
    Stands,
)

__all__ = ["bare"]


def bare(node: Node) -> Node:
    """A node that matches the same creators, with as little about their worth as may be.

    >>> from influencr.index import Term
    >>> word = Term("all", "fern")
    >>> bare(Boost(Best((Stands(word, (("name", 2.0),)), Constant(word, 3.0))), 0.5)) == word
    True
    """
    match node:
        case Stands(clause) | Boost(clause) | Constant(clause) | Prefer(clause) | Scale(clause):
            return bare(clause)
        case Or(clauses) | Best(clauses):
            different = tuple(dict.fromkeys(map(bare, clauses)))
            return different[0] if len(different) == 1 else Or(different)
        case And(clauses):
            different = tuple(dict.fromkeys(map(bare, clauses)))
            return different[0] if len(different) == 1 else And(different)
        case Not(clause):
            return Not(bare(clause))
        case Blend(clauses, weights, at_least, power):
            inner = tuple(map(bare, clauses))
            if power == 0 and all(a is b for a, b in zip(inner, clauses, strict=True)):
                return node
            return Blend(inner, weights, at_least, 0.0)
        case _:
            return node
