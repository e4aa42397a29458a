"""The settings of card payments, checked before anybody is asked to pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from influencr.errors import UsageError

__all__ = ["LOOKUP_KEY", "Payments", "payments"]

#: Lookup key of the price when none is named; `manage stripe --make-price` makes one under it.
LOOKUP_KEY = "influencr_monthly"
_API = "https://api.stripe.com"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Payments(NamedTuple):
    """How Stripe is reached.

    price   id of a price, or the lookup key of one
    api     where it is asked; another address than Stripe's is a stand-in on this machine
    """

    key: str
    webhook_secret: str
    price: str
    api: str

    def __repr__(self) -> str:
        """Without the secrets, which would otherwise reach a log."""
        return f"Payments(price={self.price!r}, api={self.api!r})"

    @property
    def is_test(self) -> bool:
        """Whether no real money moves."""
        return "_test_" in self.key

    @property
    def pages(self) -> tuple[str, ...]:
        """Origins of the pages to which a member is sent for paying and for the card."""
        if self.api == _API:
            return ("https://checkout.stripe.com", "https://billing.stripe.com")
        asked = urlsplit(self.api)
        return (f"{asked.scheme}://{asked.netloc}",)


def payments(environ: Mapping[str, str]) -> Payments:
    """The settings that billing `stripe` needs.

    Raises UsageError for one that is missing or cannot be what it is said to be.
    """
    key = _needed(environ, "INFLUENCR_STRIPE_KEY", "the secret key of your Stripe account")
    if not key.startswith(("sk_", "rk_")):
        raise UsageError(
            "INFLUENCR_STRIPE_KEY: this is no secret key; take the one that begins with sk_ or rk_ "
            "(the publishable one, pk_, cannot do it).",
            field="INFLUENCR_STRIPE_KEY",
        )
    secret = _needed(
        environ,
        "INFLUENCR_STRIPE_WEBHOOK_SECRET",
        "the signing secret of the webhook endpoint https://<your host>/billing/webhook",
    )
    if not secret.startswith("whsec_"):
        raise UsageError(
            "INFLUENCR_STRIPE_WEBHOOK_SECRET: this is no signing secret; it begins with whsec_.",
            field="INFLUENCR_STRIPE_WEBHOOK_SECRET",
        )
    price = environ.get("INFLUENCR_STRIPE_PRICE", "").strip() or LOOKUP_KEY
    return Payments(key, secret, price, _api(environ.get("INFLUENCR_STRIPE_API", "")))


def _needed(environ: Mapping[str, str], name: str, what: str) -> str:
    found = environ.get(name, "").strip()
    if not found:
        raise UsageError(
            f"{name}: billing `stripe` needs {what}; set it, or choose another INFLUENCR_BILLING.",
            field=name,
        )
    return found


def _api(typed: str) -> str:
    address = typed.strip().rstrip("/") or _API
    asked = urlsplit(address)
    if address != _API and (asked.scheme != "http" or asked.hostname not in _LOOPBACK):
        raise UsageError(
            "INFLUENCR_STRIPE_API: only a stand-in on this machine (http://127.0.0.1:...) may take "
            "the place of Stripe.",
            field="INFLUENCR_STRIPE_API",
        )
    return address
