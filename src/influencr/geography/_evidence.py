"""What one clue says about where somebody is, before clues are weighed against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Evidence", "Prior"]


@dataclass(slots=True, frozen=True)
class Evidence:
    """One clue: a place (or several countries), how surely it was read, and the words.

    kind        what sort of clue (a key of reliability.toml): location, pin, based, flag, ...
    row         gazetteer row of the finest place that the words name; None for a clue that only
                shifts the odds between countries (language, time zone)
    confidence  0..1, that the words name this place and no other of the name. Whether the clue
                says where somebody *lives* is the reliability of its kind, not this number
    words       as written, for the reason
    role        "lives", "origin" ("from", "born in") or "visits" ("next: Lisbon")
    countries   alpha-2 -> share, for clues without one place; sums to at most 1
    point       coordinates that the words themselves hold
    """

    kind: str
    row: int | None
    confidence: float
    words: str
    role: str = "lives"
    countries: Mapping[str, float] = field(default_factory=dict)
    point: tuple[float, float] | None = None


@dataclass(slots=True, frozen=True)
class Prior:
    """What is known before a location is read; shifts the choice, never forces or forbids it.

    countries   alpha-2 -> natural log of P(country | hints) / P(country); absent means 0
    zones       IANA time zones that fit the profile's clock; empty when unknown
    """

    countries: Mapping[str, float] = field(default_factory=dict)
    zones: frozenset[str] = frozenset()
