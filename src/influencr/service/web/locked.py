"""Where results stop: what is behind, why it is closed, and the one way on."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from influencr.service.billing.entitlements import Entitlement
from influencr.service.web import numbers

__all__ = ["Locked", "locked"]


class Locked(NamedTuple):
    """The block below the last row.

    title   how many more there are; never blurred rows, never invented ones
    """

    title: str
    sentence: str
    button: str
    href: str


def locked(entitled: Entitlement, shown: int, total: int, here: str) -> Locked | None:
    """The block for somebody who sees `shown` of `total`; None when nothing is behind it.

    here   the address to come back to after signing up
    """
    more = total - shown
    if more <= 0:
        return None
    count = numbers.count(more)
    if entitled.state == "stranger":
        return Locked(
            f"The other {count} open with the trial",
            "7 days free, no card. Searching is unlimited, and every number opens its evidence.",
            "Start 7 days free",
            f"{reverse('account_signup')}?{urlencode({'next': here})}",
        )
    return Locked(
        f"The other {count} are closed",
        f"{entitled.sentence} What your team keeps, and your account, stay open.",
        "Open the search again",
        reverse("billing"),
    )
