"""How a broken promise is told."""

from __future__ import annotations

__all__ = ["demand"]


def demand(kept: bool, sentence: str) -> None:
    """Raise AssertionError with the sentence when the promise was not kept."""
    if not kept:
        raise AssertionError(sentence)
