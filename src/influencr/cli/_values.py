"""Numbers and times as people read them in a narrow column, and a range as they type it."""

from __future__ import annotations

from datetime import datetime

from influencr.errors import UsageError

__all__ = ["ago", "count", "moved", "parse_range", "share"]


def parse_range(text: str, *, option: str) -> tuple[str | None, str | None]:
    """Both ends, inclusive, of `1k-50k`, `1k-`, `0-50k`; an end that is left out is open.

    The ends stay text: `search.make_query` reads numbers for every face alike.

    >>> parse_range("1k-50k", option="--followers"), parse_range("5k-", option="--followers")
    (('1k', '50k'), ('5k', None))
    """
    low, dash, high = (part.strip() for part in text.replace("..", "-").partition("-"))
    if not dash or not (low or high):
        raise UsageError(
            f"{option}: {text!r} is not a range; write 1k-50k, 1k- (at least) or 0-50k.",
            field=option,
        )
    return low or None, high or None


def moved(influence: float | None, percentile: float | None) -> str:
    """Acts a post with the percentile of the size, for a narrow column; a dash when unknown.

    >>> moved(5.04, 74.2), moved(0.123, None), moved(1234.0, 99.9), moved(None, None)
    ('5.0 p74', '0.12', '1.2K p100', '-')
    """
    if influence is None:
        return "-"
    if influence < 100:
        acts = f"{influence:.2f}" if influence < 1 else f"{influence:.1f}"
    else:
        acts = count(influence)
    return acts if percentile is None else f"{acts} p{percentile:.0f}"


def count(number: float | None) -> str:
    """A count for a narrow column: three digits and a multiple; a dash when it is unknown.

    >>> [count(n) for n in (None, 0, 999, 1_234, 56_789, 999_950, 1_234_567)]
    ['-', '0', '999', '1.2K', '56.8K', '1M', '1.2M']
    """
    if number is None:
        return "-"
    if number < 1_000:
        return f"{number:.0f}"
    for unit, size in (("K", 1e3), ("M", 1e6)):
        if number < size * 999.95:  # 999,950 rounds to 1000.0K, which is 1M
            return f"{number / size:.1f}".removesuffix(".0") + unit
    return f"{number / 1e9:.1f}".removesuffix(".0") + "B"


def share(value: float | None) -> str:
    """A share as a percentage with two significant places; a dash when it is unknown.

    >>> [share(v) for v in (None, 0.0, 0.0012, 0.0431, 0.25, 609.02)]
    ['-', '0%', '0.12%', '4.3%', '25%', '>999%']
    """
    if value is None:
        return "-"
    percent = value * 100
    if (
        percent > 999
    ):  # a dozen followers and one post that travelled: no digit of it means anything
        return ">999%"
    places = 2 if percent < 1 else 1 if percent < 10 else 0
    text = f"{percent:.{places}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def ago(instant: datetime | None, *, now: datetime) -> str:
    """How long before `now`, in the largest unit that leaves a small number; `-` when unknown.

    >>> from datetime import UTC, timedelta
    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> [ago(now - timedelta(days=d), now=now) for d in (0, 1, 20, 90, 800)]
    ['today', '1 day', '20 days', '3 months', '2 years']
    """
    if instant is None:
        return "-"
    days = max(0, (now - instant).days)
    if days == 0:
        return "today"
    if days < 60:
        return "1 day" if days == 1 else f"{days} days"
    if days < 730:
        return f"{round(days / 30.4375)} months"
    return f"{round(days / 365.25)} years"
