"""Mails about money: each goes out once, to the owner of the team, however often it is asked for.

A mail speaks of an instant (the end of a trial, a payment that failed). That it went out is written
under this instant before it is sent, and taken back when the mail server refuses it: two processes
cannot send it twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from allauth.account.adapter import get_adapter
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from influencr.service.accounts.models import Membership, Team
from influencr.service.accounts.post import site_address
from influencr.service.billing.entitlements import PRICE, TRIAL_DAYS, judged
from influencr.service.billing.models import Reminder, Subscription
from influencr.service.billing.providers import by_card

__all__ = ["send_due"]

#: How long before its end a trial is spoken of: on the sixth of seven days (product.md).
_BEFORE = timedelta(days=1)
#: What is older than this is not announced any more: the instance was off, or mail was.
_LATE = timedelta(days=2)


class _Due(NamedTuple):
    team: Team
    kind: str
    about: datetime
    sentence: str


def send_due(now: datetime | None = None) -> int:
    """Send every mail that is due and was not sent; how many. Raises MailNotSent."""
    now = now or timezone.now()
    return sum(_send(due, now) for due in list(_due(now)))


def _due(now: datetime) -> Iterator[_Due]:
    ending = Q(trial_until__gt=now, trial_until__lte=now + _BEFORE)
    ended = Q(trial_until__gt=now - _LATE, trial_until__lte=now)
    failed = Q(failed_at__gt=now - _LATE, failed_at__lte=now)
    for one in Subscription.objects.filter(ending | ended | failed).select_related("team"):
        told = judged(one, now)
        if one.failed_at is not None:
            if told.state in ("grace", "trial", "active"):
                yield _Due(one.team, "failed", one.failed_at, told.sentence)
        elif one.paid_until is None and not one.trial_before:
            # Whoever has subscribed, or was let in by the operator, loses nothing.
            if told.state == "trial":
                yield _Due(one.team, "ending", one.trial_until, told.sentence)
            elif told.state == "locked":
                yield _Due(one.team, "ended", one.trial_until, told.sentence)


def _send(due: _Due, now: datetime) -> int:
    owner = Membership.objects.select_related("user").get(team=due.team, role=Membership.OWNER)
    with transaction.atomic():
        row, is_new = Reminder.objects.get_or_create(
            team=due.team, kind=due.kind, about=due.about, defaults={"sent_at": now}
        )
    if not is_new:
        return 0
    context = {
        "team": due.team.name,
        "sentence": due.sentence,
        "day": f"{due.about.day} {due.about:%B, %H:%M} UTC",
        "address": site_address(reverse("billing")),
        "by_card": by_card(),
        "price": PRICE,
        "days": TRIAL_DAYS,
    }
    try:
        get_adapter().send_mail(f"billing/mail/{due.kind}", owner.user.email, context)
    except BaseException:
        row.delete()
        raise
    return 1
