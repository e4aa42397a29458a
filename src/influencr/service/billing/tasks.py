"""What is done about money while nobody asks."""

from __future__ import annotations

from datetime import timedelta

from django.tasks import task
from django.utils import timezone

from influencr.service.billing import reminders
from influencr.service.billing.models import ProcessedEvent
from influencr.service.billing.providers import by_card

__all__ = ["forget_events", "look_after_payments", "remind"]

#: Stripe tells an event again for three days, and an operator may have it told again for thirty.
_EVENTS_DAYS = 60


@task
def remind() -> None:
    """Send the mails that are due about trials and payments."""
    reminders.send_due()


@task
def look_after_payments() -> None:
    """Ask Stripe about payments that are due, in case no event of them came."""
    if by_card():
        from influencr.service.billing.providers import stripe

        stripe.reread_due()


@task
def forget_events() -> None:
    """Forget events that are not told again."""
    old = timezone.now() - timedelta(days=_EVENTS_DAYS)
    ProcessedEvent.objects.filter(taken_at__lt=old).delete()
