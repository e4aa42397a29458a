"""What a confirmed address begins: a team of one's own, and with it the trial."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.db import transaction

from influencr.service.accounts import remembered, teams
from influencr.service.accounts.models import User
from influencr.service.billing import entitlements

__all__ = ["listen"]


def listen() -> None:
    """Connect to allauth's news of confirmed addresses."""
    email_confirmed.connect(_begin, dispatch_uid="influencr.begin")


def _begin(sender: Any, email_address: EmailAddress, **told: Any) -> None:
    user = email_address.user
    if isinstance(user, User) and not user.memberships.exists():
        addresses = remembered.addresses_of(user)
        again = remembered.had_trial(addresses)
        with transaction.atomic():
            entitlements.begin_trial(teams.found(user), again=again)
            if not again:
                remembered.remember(addresses)
