"""What an index is asked, independent of the engine that answers: a small tree of frozen nodes.

A node decides which creators match and, where scores are asked for, what each match is worth:

    Term, Terms, Prefix, Phrase, Range, Anyone   1 for a match
    Constant(clause, score)                      `score` whatever the clause is worth
    Boost(clause, factor)                        the clause's score times `factor`
    And, Or                                      the sum of the clauses that match
    Prefer(clause, extras)                       matches as `clause`; extras that match add up
    Not(clause)                                  0; matches where the clause does not

All scores are small whole numbers and eighths on purpose (see `quality`): 32-bit arithmetic is
then exact in every engine, so the order of results does not depend on who computes it.

Fields that can be asked for are the keys of `documents.FIELDS`.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "And",
    "Anyone",
    "Boost",
    "Constant",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Prefer",
    "Prefix",
    "Range",
    "Term",
    "Terms",
]


class Anyone(msgspec.Struct, frozen=True):
    """Everybody in the index."""


class Term(msgspec.Struct, frozen=True):
    """Creators whose `field` holds exactly this value (a word, a keyword or a place id)."""

    field: str
    value: str | int


class Terms(msgspec.Struct, frozen=True):
    """Creators whose `field` holds one of the values; none of them for an empty set."""

    field: str
    values: tuple[str, ...] | tuple[int, ...]


class Prefix(msgspec.Struct, frozen=True):
    """Creators whose text `field` holds a word that starts like this."""

    field: str
    value: str


class Phrase(msgspec.Struct, frozen=True):
    """Creators whose text `field` holds these words side by side; the last may be a beginning."""

    field: str
    words: tuple[str, ...]
    last_is_prefix: bool = False


class Range(msgspec.Struct, frozen=True):
    """Creators whose number lies between the bounds, both inclusive; unknown numbers never do.

    Unknown is stored as -1, so a missing lower bound means 0.
    """

    field: str
    lower: float | None = None
    upper: float | None = None


class And(msgspec.Struct, frozen=True):
    """Creators that match every clause; everybody for no clause."""

    clauses: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True):
    """Creators that match at least one clause; nobody for no clause."""

    clauses: tuple[Node, ...]


class Not(msgspec.Struct, frozen=True):
    """Creators that do not match the clause."""

    clause: Node


class Constant(msgspec.Struct, frozen=True):
    """The clause's creators, each worth `score`."""

    clause: Node
    score: float


class Boost(msgspec.Struct, frozen=True):
    """The clause's creators, each worth `factor` times as much."""

    clause: Node
    factor: float


class Prefer(msgspec.Struct, frozen=True):
    """The clause's creators; those that match extras too are worth more, nobody is left out."""

    clause: Node
    extras: tuple[Node, ...]


Node = Anyone | Term | Terms | Prefix | Phrase | Range | And | Or | Not | Constant | Boost | Prefer
