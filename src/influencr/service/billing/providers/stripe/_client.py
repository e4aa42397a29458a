"""The client of Stripe, and its failures in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import stripe
from django.conf import settings

from influencr.errors import Transient, UsageError
from influencr.service._payments import Payments

__all__ = ["StripeAway", "asking", "client", "is_missing", "payments"]

#: Own choices: a page waits for the answer, and Stripe sends an event again when we take longer.
_TIMEOUT_S = 8
_AGAIN = 1


class StripeAway(Transient):
    """Stripe did not answer, or not as it should."""

    code = "stripe_away"


def payments() -> Payments:
    """The settings. Raises UsageError in an instance where nobody pays by card."""
    found: Payments | None = settings.INFLUENCR_PAYMENTS
    if found is None:
        raise UsageError("billing: nobody pays by card on this instance.", field="billing")
    return found


def client() -> stripe.StripeClient:
    """Asks in the version of the API that the library was made for, with a timeout."""
    told = payments()
    return _client(told.key, told.api)


@lru_cache(maxsize=4)
def _client(key: str, api: str) -> stripe.StripeClient:
    # Kept between requests: it keeps connections, one set per thread.
    return stripe.StripeClient(
        key,
        base_addresses={"api": api},
        http_client=stripe.RequestsClient(timeout=_TIMEOUT_S),
        max_network_retries=_AGAIN,
    )


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Around questions to Stripe. Raises StripeAway, which says what could not be done."""
    try:
        yield
    except stripe.StripeError as error:
        told = f"{type(error).__name__}" + (f", {error.code}" if error.code else "")
        raise StripeAway(
            f"{what} did not work: Stripe, who takes the payments, did not answer as it should "
            f"({told}). Nothing was charged for this; try again in a minute."
        ) from error


def is_missing(error: BaseException | None) -> bool:
    """Whether Stripe says that there is no such thing (any more)."""
    return isinstance(error, stripe.InvalidRequestError) and error.code == "resource_missing"
