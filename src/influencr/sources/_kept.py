"""Until when may rows be kept that a service lends for some days only?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["kept_until"]


def kept_until(fetched_at: datetime, *, days: int) -> datetime:
    """The last midnight (UTC) within `days` days; what is then not asked for again is dropped.

    On midnight, so that a whole day's rows go in one step, and asking twice on one day changes
    nothing.

    >>> kept_until(datetime(2026, 11, 23, 17, 30, tzinfo=UTC), days=30).isoformat()
    '2026-12-23T00:00:00+00:00'
    """
    last = fetched_at.astimezone(UTC) + timedelta(days=days)
    return last.replace(hour=0, minute=0, second=0, microsecond=0)
