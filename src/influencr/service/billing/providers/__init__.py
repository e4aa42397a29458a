"""One module per way in which it becomes known that somebody has paid."""

from __future__ import annotations

from django.conf import settings

__all__ = ["by_card"]


def by_card() -> bool:
    """Whether members pay by card here, through Stripe."""
    return bool(settings.INFLUENCR_BILLING == "stripe")
