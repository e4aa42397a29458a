"""What a search is looked at through beside its words: a brand, or creators to be like.

A lens adds filters (steps of the funnel), factors of the score, and what it saw of each hit. It
works through index nodes alone, so counts, facets and paging need not know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from influencr.index import Node

__all__ = ["Lens"]


class Lens(Protocol):
    """One thing that a search is looked at through."""

    @property
    def filters(self) -> tuple[tuple[str, str, Node], ...]:
        """(field of `Query`, label, who passes), in the order of the funnel."""
        ...

    def scale(self, node: Node) -> Node:
        """The node, worth each factor times as much."""
        ...

    def see(self, creator: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
        """(the same factors for one creator, by name, in the order of the product; what is shown
        of them: fields of `Hit`)."""
        ...

    def read(self) -> dict[str, Any]:
        """How it was understood: fields of `Results`."""
        ...
