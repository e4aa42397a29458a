"""People instead of followers, as documents: audiences together, and plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from influencr.planning import Plan, Together

__all__ = ["overlap_document", "plan_document"]


def overlap_document(found: Together) -> dict[str, Any]:
    """How many different people some creators have together, and who shares whom."""
    document: dict[str, Any] = msgspec.to_builtins(found)
    return document


def plan_document(plan: Plan) -> dict[str, Any]:
    """A roster with everything that is counted of it (docs/algorithms/planning.md)."""
    document: dict[str, Any] = msgspec.to_builtins(plan)
    return document
