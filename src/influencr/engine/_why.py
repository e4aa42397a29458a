"""Why somebody is found or not: names of people brought to profile ids, and those not listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from influencr.errors import UsageError

if TYPE_CHECKING:
    from influencr.engine._asking import Asking
    from influencr.search import Compared, Explained, Query

__all__ = ["compare", "explain"]


def explain(engine: Asking, query: Query, who: str) -> Explained:
    """See `Engine.explain`."""
    row = _row(engine, who)
    return _unlisted(row) if "why_not" in row else engine.searcher.explain(query, row["profile_id"])


def compare(engine: Asking, query: Query, one: str, other: str) -> Compared:
    """See `Engine.compare`."""
    from influencr.search import Compared

    rows = [_row(engine, who) for who in (one, other)]
    if not any("why_not" in row for row in rows):
        return engine.searcher.compare(query, rows[0]["profile_id"], rows[1]["profile_id"])
    # Who is not listed is not in the index and stands below everybody who is.
    rows.sort(key=lambda row: "why_not" in row)
    upper, lower = (
        _unlisted(row) if "why_not" in row else engine.searcher.explain(query, row["profile_id"])
        for row in rows
    )
    return Compared(upper=upper, lower=lower, parts=(), decides="index", because=lower.because)


def _row(engine: Asking, who: str) -> dict[str, Any]:
    row = engine.show(who)
    if row is None:
        raise UsageError(
            f"Nobody called {who!r} is known here; check the spelling, or write platform:handle.",
            field="creator",
        )
    return row


def _unlisted(row: dict[str, Any]) -> Explained:
    from influencr.search import Explained

    name = f"{row['platform']}:@{row['handle']}" if row["handle"] else row["profile_id"]
    return Explained(
        profile_id=row["profile_id"],
        platform=row["platform"],
        handle=row["handle"],
        found=False,
        because=f"{name} is not found: not listed, {row['why_not']}.",
    )
