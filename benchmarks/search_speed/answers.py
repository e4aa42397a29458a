"""What every engine has to answer, in one form, so that answers can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec
from benchmarks.search_speed.questions import Question

__all__ = ["TOP", "TOP_TOPICS", "Answer", "Engine", "difference", "funnel_of_masks", "top_topics"]

#: Creators in a page, and topics in the facet of topics.
TOP = 20
TOP_TOPICS = 20


class Answer(msgspec.Struct, frozen=True):
    """An answer.

    total    creators that match, exactly
    country, language   each value among them -> creators, without the values that nobody has
    topic    the TOP_TOPICS most frequent as (value, creators), ties by value
    size     creators per band of followers
    funnel   per filter, the words first: (left after it and those before, total without it)
    top      ids of the best TOP by text score x quality; each engine has a text score of its own,
             so they are not compared
    """

    total: int
    country: dict[str, int]
    language: dict[str, int]
    topic: list[tuple[str, int]]
    size: list[int]
    funnel: list[tuple[int, int]]
    top: list[int]


class Engine(Protocol):
    """An engine that has its documents and answers questions, one at a time."""

    #: What was chosen for speed, in words.
    settings: list[str]

    def ask(self, question: Question) -> Answer:
        """The answer."""
        ...

    def spent(self) -> float | None:
        """Wall seconds of the last question, where the engine measures them itself."""
        ...

    def processes(self) -> list[int]:
        """The processes that served it; empty: the one that asks."""
        ...

    def close(self) -> None:
        """Stop what was started."""
        ...


def difference(one: Answer, other: Answer) -> str | None:
    """The first part in which two answers differ; None where they agree."""
    for part in ("total", "country", "language", "topic", "size", "funnel"):
        mine, theirs = getattr(one, part), getattr(other, part)
        if mine != theirs:
            return f"{part}: {_short(mine)} and {_short(theirs)}"
    if len(one.top) != len(other.top):
        return f"creators in the page: {len(one.top)} and {len(other.top)}"
    return None


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 120 else text[:117] + "..."


def top_topics(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent topics, ties by name."""
    found = [(value, n) for value, n in counts.items() if n]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:TOP_TOPICS]


def funnel_of_masks(
    masks: Mapping[int, int], n_filters: int, without_words: int
) -> list[tuple[int, int]]:
    """The funnel from how many creators with the words pass which filters.

    masks           bits of the filters that a creator passes -> creators with the words
    n_filters       filters beside the words
    without_words   creators that pass all filters, whatever their words
    """
    every = (1 << n_filters) - 1

    def passing(wanted: int) -> int:
        return sum(n for mask, n in masks.items() if mask & wanted == wanted)

    steps = [(passing(0), without_words)]
    for i in range(n_filters):
        steps.append((passing((1 << i + 1) - 1), passing(every & ~(1 << i))))
    return steps


def counts_of(pairs: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Value -> creators, of (value, creators) pairs."""
    return {value: n for value, n in pairs if n}
