"""What an index is asked, independent of the engine that answers: a small tree of frozen nodes.

A node decides which creators match and, where scores are asked for, what each match is worth:

    Term, Terms, Prefix, Phrase, Range, Anyone   1 for a match
    Constant(clause, score)                      `score` whatever the clause is worth
    Boost(clause, factor)                        the clause's score times `factor`
    And, Or                                      the sum of the clauses that match
    Prefer(clause, extras)                       matches as `clause`; extras that match add up
    Not(clause)                                  0; matches where the clause does not
    Stands(node, worths)                         the sum of the worths of the fields it stands in
    Best(clauses, rest)                          matches as Or; the greatest clause that matches,
                                                 and `rest` of what the others are worth
    Blend(clauses, weights, at_least, power)     a soft And: enough of the clauses, by weight
    Among(ids)                                   1 for a creator of the set
    Scale(clause, by, otherwise)                 the clause times a factor by what else matches

All weights, worths and factors are short binary fractions on purpose: 64-bit sums of their
products are then exact in any order of addition, so the order of results does not depend on who
computes it. (An engine that adds in 32 bits, as tantivy does, is exact up to 24 significant bits.)

Fields that can be asked for are the keys of `documents.FIELDS`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NoReturn

import msgspec
import xxhash

from influencr.errors import UsageError

__all__ = [
    "WORD_FIELDS",
    "Among",
    "And",
    "Anyone",
    "Best",
    "Blend",
    "Boost",
    "Constant",
    "IdSet",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Prefer",
    "Prefix",
    "Range",
    "Scale",
    "Stands",
    "Term",
    "Terms",
    "coverage_factor",
]

#: The fields that a word can stand in, in the order of their bits in an index of words; `all` is
#: any of them.
WORD_FIELDS = ("name", "handle", "bio", "topics", "posts", "called")


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


class Stands(msgspec.Struct, frozen=True):
    """Creators in whom a word, a beginning or a phrase stands, worth more by where it stands.

    node     Term, Prefix or Phrase on the field `all`: who matches
    worths   (field, worth) pairs over WORD_FIELDS and `all`; a match is worth the sum of the
             worths of the fields that hold it, `all` among them always

    Raises UsageError for another kind of node and for a field that words do not stand in.
    """

    node: Term | Prefix | Phrase
    worths: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if not isinstance(self.node, Term | Prefix | Phrase) or self.node.field != "all":
            _refuse(f"Stands takes a Term, Prefix or Phrase on 'all', not {self.node!r}.")
        for field, _ in self.worths:
            if field != "all" and field not in WORD_FIELDS:
                _refuse(
                    f"Stands: no word stands in {field!r}; valid: all, {', '.join(WORD_FIELDS)}."
                )


class Best(msgspec.Struct, frozen=True):
    """Creators that match at least one clause, worth the best of those that match, plus `rest`
    times the sum of the others.

    rest   from 0 (the best alone) to 1 (as Or)

    Nobody for no clause. With a `rest`, clauses are worth nothing negative. Raises UsageError for a
    `rest` outside of its bounds.
    """

    clauses: tuple[Node, ...]
    rest: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if not 0 <= self.rest <= 1:
            _refuse(f"Best: rest lies from 0 to 1; received {self.rest}.")


class Blend(msgspec.Struct, frozen=True):
    """A soft And: creators that match enough of the clauses, worth more the more they match.

    weights    one positive weight a clause
    at_least   a creator matches where the weights of the matching clauses add up to this much;
               above 0, at most the sum of all weights
    power      how hard a missing clause is punished; 0 = not at all

    Worth: sum of weight x score over the matching clauses, times `coverage_factor`. Raises
    UsageError for weights and bounds that make no sense.
    """

    clauses: tuple[Node, ...]
    weights: tuple[float, ...]
    at_least: float
    power: float

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if len(self.clauses) != len(self.weights) or not self.clauses:
            _refuse(
                f"Blend takes one weight a clause and at least one clause; received "
                f"{len(self.clauses)} clauses and {len(self.weights)} weights."
            )
        if min(self.weights) <= 0 or self.power < 0:
            _refuse(
                f"Blend: weights are positive and power is not negative; received {self.weights} "
                f"and {self.power}."
            )
        if not 0 < self.at_least <= math.fsum(self.weights):
            _refuse(
                f"Blend: at_least lies above 0 and at most at the sum of the weights, "
                f"{math.fsum(self.weights)}; received {self.at_least}."
            )


class IdSet:
    """A set of profile ids that can be part of a node: compared and hashed by a digest.

    Lists and brands hold thousands of ids; the digest is made once, in whatever order they come.

    >>> IdSet(["tiktok:1", "tiktok:2"]) == IdSet(["tiktok:2", "tiktok:1", "tiktok:2"])
    True
    """

    __slots__ = ("_hash", "digest", "ids")

    #: The ids, sorted, each once.
    ids: tuple[str, ...]
    #: 128 bits of xxh3 over the sorted ids.
    digest: bytes

    def __init__(self, profile_ids: Iterable[str] = ()) -> None:
        self.ids = tuple(sorted(set(profile_ids)))
        state = xxhash.xxh3_128()
        for profile_id in self.ids:
            written = profile_id.encode()
            state.update(len(written).to_bytes(4, "little"))
            state.update(written)
        self.digest = state.digest()
        self._hash = hash(self.digest)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdSet) and self.digest == other.digest

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __repr__(self) -> str:
        return f"IdSet({len(self.ids)} ids, {self.digest.hex()[:8]})"


class Among(msgspec.Struct, frozen=True):
    """Creators of a set; nobody for an empty set."""

    ids: IdSet


class Scale(msgspec.Struct, frozen=True):
    """The clause's creators, worth the clause times the factor of the first node that matches.

    by          (node, factor) pairs in the order in which they are tried
    otherwise   the factor where none of them matches
    """

    clause: Node
    by: tuple[tuple[Node, float], ...]
    otherwise: float


Node = (
    Anyone
    | Term
    | Terms
    | Prefix
    | Phrase
    | Range
    | And
    | Or
    | Not
    | Constant
    | Boost
    | Prefer
    | Stands
    | Best
    | Blend
    | Among
    | Scale
)


def coverage_factor(matched: float, whole: float, power: float) -> float:
    """What a Blend multiplies by: (matched weight / all weight) ** power in whole 256ths.

    Rounded (half upwards), so that scores stay exact sums of short binary fractions.

    >>> coverage_factor(3.0, 4.0, 1.0), coverage_factor(2.0, 3.0, 2.0), coverage_factor(3, 3, 7)
    (0.75, 0.4453125, 1.0)
    """
    share = math.pow(matched / whole, power)
    return math.floor(share * 256 + 0.5) / 256


def _refuse(sentence: str) -> NoReturn:
    raise UsageError(sentence)
