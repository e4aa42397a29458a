"""How figures and dates are written: comma thousands, no-break spaces, at most three figures.

None is never formatted here: a page says "unknown" with the reason instead.
"""

from __future__ import annotations

from datetime import datetime

__all__ = [
    "ago",
    "amount",
    "cadence",
    "count",
    "day",
    "factor",
    "instant",
    "km",
    "percent",
    "plural",
]

_NBSP = "\N{NO-BREAK SPACE}"


def count(n: int) -> str:
    """A number of things.

    >>> count(2104318)
    '2,104,318'
    """
    return f"{n:,}"


def plural(n: int, one: str, many: str) -> str:
    """A number of things with its noun.

    >>> plural(1, "creator", "creators"), plural(0, "creator", "creators")
    ('1 creator', '0 creators')
    """
    return f"{n:,}{_NBSP}{one if n == 1 else many}"


def percent(share: float) -> str:
    """A share without its sign, at most three significant figures and two decimals.

    >>> percent(0.0512), percent(0.000_04), percent(1.2), percent(0)
    ('5.1', '<0.01', '120', '0')
    """
    value = share * 100
    if value == 0:
        return "0"
    if value < 0.01:
        return "<0.01"
    if value < 1:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def cadence(posts_per_week: float) -> str:
    """Posts per week, at most three significant figures.

    >>> cadence(0.04), cadence(2.5), cadence(14.2)
    ('<0.1', '2.5', '14')
    """
    if 0 < posts_per_week < 0.1:
        return "<0.1"
    return f"{posts_per_week:.1f}" if posts_per_week < 10 else f"{posts_per_week:,.0f}"


def amount(value: float) -> str:
    """A measured number of things that need not be whole.

    >>> amount(9.24), amount(0.348), amount(0.002), amount(1234.5), amount(0)
    ('9.2', '0.35', '<0.01', '1,234', '0')
    """
    if value == 0:
        return "0"
    if value < 0.01:
        return "<0.01"
    if value < 1:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def factor(value: float) -> str:
    """A factor of a score.

    >>> factor(0.9649), factor(12.345), factor(0.0004)
    ('0.96', '12.3', '0.0004')
    """
    if 0 < abs(value) < 0.01:
        return f"{value:.1g}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.1f}"


def km(distance: float) -> str:
    """A distance.

    >>> km(0.4), km(12.6)
    ('under 1\\xa0km', '13\\xa0km')
    """
    return f"under 1{_NBSP}km" if distance < 1 else f"{distance:,.0f}{_NBSP}km"


def day(at: datetime) -> str:
    """A date.

    >>> from datetime import UTC
    >>> day(datetime(2026, 11, 2, tzinfo=UTC))
    '2\\xa0Nov\\xa02026'
    """
    return f"{at.day}{_NBSP}{at:%b}{_NBSP}{at.year}"


def instant(at: datetime) -> str:
    """An instant to the minute, in UTC."""
    return f"{day(at)}, {at:%H:%M}{_NBSP}UTC"


def ago(at: datetime, as_of: datetime) -> str:
    """How long before `as_of` something was; dates beyond two years ago are written out.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> ago(datetime(2026, 11, 22, 9, tzinfo=UTC), now), ago(datetime(2026, 11, 1, tzinfo=UTC), now)
    ('today', '21\\xa0d\\xa0ago')
    """
    days = (as_of - at).days
    if days < 1:
        return "today"
    if days < 90:
        return f"{days}{_NBSP}d{_NBSP}ago"
    if days < 730:
        return f"{round(days / 30.44)}{_NBSP}months{_NBSP}ago"
    return f"{at:%b}{_NBSP}{at.year}"
