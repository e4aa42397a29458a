"""How many there are of what, today and on the days before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from influencr.service.accounts.models import Team, User
from influencr.service.admin.models import Tally
from influencr.service.billing import entitlements
from influencr.service.web import numbers
from influencr.service.web.engine import get_engine

__all__ = ["DAYS", "Count", "counted", "counts"]

#: Days that a line shows, and after which a count is deleted; our own choice.
DAYS = 30
_KEPT_DAYS = 400
_WEEK = timedelta(days=7)
#: Size of a line in px.
_WIDTH, _HEIGHT = 120.0, 24.0

NAMES = {
    "members": "Members",
    "teams": "Teams",
    "trial": "In their trial",
    "active": "Paid or given",
    "grace": "A payment failed",
    "locked": "Closed",
    "creators": "Creators listed",
    "cases": "Open cases",
}


class Count(NamedTuple):
    """One number with its line of the last days; `change` against a week ago, "" unknown."""

    name: str
    value: str
    change: str
    points: str


def counted() -> dict[str, int]:
    """Count everything now, and keep it as today's."""
    states = entitlements.standing()
    engine = get_engine()
    found = {
        "members": User.objects.filter(memberships__isnull=False).distinct().count(),
        "teams": Team.objects.count(),
        **{name: states.get(name, 0) for name in ("trial", "active", "grace", "locked")},
        "creators": engine.status()["index"]["n_creators"] or 0,
        "cases": len(engine.rights.cases("open")),
    }
    today = timezone.now().date()
    for name, n in found.items():
        Tally.objects.update_or_create(day=today, name=name, defaults={"n": n})
    Tally.objects.filter(day__lt=today - timedelta(days=_KEPT_DAYS)).delete()
    return found


def counts() -> tuple[Count, ...]:
    """Today's numbers, each with its days."""
    now = counted()
    today = timezone.now().date()
    rows = Tally.objects.filter(day__gt=today - timedelta(days=DAYS)).order_by("day")
    days: dict[str, dict[date, int]] = {}
    for row in rows:
        days.setdefault(row.name, {})[row.day] = row.n
    return tuple(
        Count(
            words,
            numbers.count(now[name]),
            _change(days.get(name, {}), today),
            _line(days.get(name, {}), today),
        )
        for name, words in NAMES.items()
    )


def _change(days: dict[date, int], today: date) -> str:
    before = days.get(today - _WEEK)
    if before is None:
        return ""
    return f"{days[today] - before:+,} in 7 days".replace("-", "\N{MINUS SIGN}")


def _line(days: dict[date, int], today: date) -> str:
    """Points of a line over the days that were counted; empty for fewer than two."""
    if len(days) < 2:
        return ""
    low, high = min(days.values()), max(days.values())
    span = max(high - low, 1)
    points = []
    for day, n in days.items():
        x = _WIDTH - 3 - (today - day).days * (_WIDTH - 6) / (DAYS - 1)
        points.append(f"{x:.1f},{_HEIGHT - 3 - (n - low) / span * (_HEIGHT - 6):.1f}")
    return " ".join(points)
