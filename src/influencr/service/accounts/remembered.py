"""Who has had a trial, so that deleting the account and signing up again begins no second one.

What is kept of an address is a keyed digest and a day on which it goes; nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from influencr.service.accounts.models import TrialMemory, User
from influencr.service.accounts.sealed import digest

__all__ = ["MONTHS", "addresses_of", "forget_old", "had_trial", "remember"]

#: How long it is remembered. Own choice: long enough that waiting is no way around a price.
MONTHS = 12
_KEPT = timedelta(days=365)
_PURPOSE = "trial"
#: Providers to which dots before the @ mean nothing, under the name that we know them by
#: (Google's help, "Dots don't matter in Gmail addresses").
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def addresses_of(user: User) -> list[str]:
    """All addresses of a member."""
    kept = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return sorted({user.email, *kept})


def had_trial(addresses: Iterable[str], now: datetime | None = None) -> bool:
    """Whether one of the addresses has had a trial that is remembered."""
    digests = [_digest(one) for one in addresses]
    found = TrialMemory.objects.filter(digest__in=digests, forget_at__gt=now or timezone.now())
    return found.exists()


def remember(addresses: Iterable[str], now: datetime | None = None) -> None:
    """Remember from now on that the addresses have had their trial."""
    until = (now or timezone.now()) + _KEPT
    for one in addresses:
        TrialMemory.objects.update_or_create(digest=_digest(one), defaults={"forget_at": until})


def forget_old(now: datetime | None = None) -> int:
    """Delete what has been remembered long enough; how many."""
    gone, _ = TrialMemory.objects.filter(forget_at__lte=now or timezone.now()).delete()
    return gone


def _digest(address: str) -> str:
    return digest(_normal(address), _PURPOSE)


def _normal(address: str) -> str:
    """One spelling for all addresses that end in the same box."""
    text = unicodedata.normalize("NFKC", address).strip().casefold()
    box, _, domain = text.rpartition("@")
    box = box.partition("+")[0] or box
    if domain in _DOTLESS:
        return f"{box.replace('.', '')}@{_DOTLESS[domain]}"
    return f"{box}@{domain}"
