"""Names that may mean several people."""

from __future__ import annotations

from influencr.errors import UsageError

__all__ = ["ambiguous"]


def ambiguous(who: str, candidates: list[tuple[str, str, str | None]]) -> UsageError:
    """The error that says whom a name may mean: (profile id, platform, handle) each."""
    names = [f"{p}:@{h}" if h else i for i, p, h in candidates]
    if len(set(names)) < len(names):
        names = [i for i, _, _ in candidates]
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return UsageError(
        f"{who!r} names {len(names)} profiles; say which: {shown}.", field="reference", valid=names
    )
