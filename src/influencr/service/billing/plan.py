"""How a team stands, as its page draws it: the state, a scale of days, what may be done."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta
from typing import NamedTuple

from influencr.service.accounts.models import Team
from influencr.service.billing import entitlements
from influencr.service.billing.entitlements import TRIAL_DAYS, Entitlement
from influencr.service.billing.models import Subscription
from influencr.service.billing.operating import payer_of

__all__ = ["Plan", "Scale", "plan"]

_WIDTH = 600.0


class Scale(NamedTuple):
    """A ruler from the beginning to the end of what runs, one line a day.

    days    where the lines are, in units of the drawing, WIDTH across
    at      where now is
    """

    days: list[float]
    at: float
    begins: datetime
    ends: datetime


class Plan(NamedTuple):
    """What the page says.

    is_customer   Stripe knows the team
    is_alive      a subscription goes on, or would when it is paid
    begins_later  subscribed during the trial: nothing was charged yet
    loses_none    whoever pays now is charged when the trial ends
    """

    entitlement: Entitlement
    scale: Scale | None
    trial_until: datetime
    paid_until: datetime | None
    is_customer: bool
    is_alive: bool
    ends: bool
    begins_later: bool
    loses_none: bool


def plan(team: Team, now: datetime) -> Plan:
    """How a team stands at an instant."""
    entitlements.begin_trial(team)
    one = Subscription.objects.get(team=team)
    told = entitlements.judged(one, now)
    payer = payer_of(team)
    is_alive = payer is not None and bool(payer.subscription)
    return Plan(
        told,
        _scale(one, told, now),
        one.trial_until,
        one.paid_until,
        payer is not None,
        is_alive,
        one.ends,
        is_alive and told.state == "trial",
        one.trial_until - now > timedelta(days=2, hours=1),
    )


def _scale(one: Subscription, told: Entitlement, now: datetime) -> Scale | None:
    """The trial, or the month that runs; nothing for what has no end or is over."""
    if told.until is None:
        return None
    is_week = told.state in ("trial", "grace")
    begins = told.until - timedelta(days=TRIAL_DAYS) if is_week else _month_before(told.until)
    length = told.until - begins
    if not begins <= now:
        return None
    whole = length / timedelta(days=1)
    lines = [_WIDTH * day / whole for day in range(int(whole) + 1)]
    return Scale(lines, _WIDTH * ((now - begins) / length), begins, told.until)


def _month_before(at: datetime) -> datetime:
    """The same day of the month before, or its last."""
    year, month = (at.year - 1, 12) if at.month == 1 else (at.year, at.month - 1)
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))
