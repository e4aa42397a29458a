"""`influencr manage stripe`: whether the account at Stripe is ready to take payments."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from influencr.errors import InfluencrError
from influencr.service.accounts.post import site_address
from influencr.service.billing.entitlements import PRICE
from influencr.service.billing.providers.bills import money

__all__ = ["Command"]


class Command(BaseCommand):
    """Looks the price up, and makes it when asked to."""

    help = "Say whether Stripe is ready: the key, the price, the address for its events."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to make."""
        parser.add_argument(
            "--make-price", action="store_true", help="make the monthly price when there is none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask Stripe, and say how it is."""
        from influencr.service.billing.providers import stripe

        told = settings.INFLUENCR_PAYMENTS
        try:
            price = stripe.make_price() if options["make_price"] else stripe.find_price()
        except InfluencrError as error:
            raise CommandError(error.message) from error
        mode = "test mode, no real money moves" if told is None or told.is_test else "live"
        promised = (PRICE * 100, "usd", "month")
        if (price.amount, price.currency, price.interval) != promised:
            cost = money(price.amount, price.currency).replace("\xa0", " ")
            raise CommandError(
                f"Stripe would charge {cost} a {price.interval} ({price.id}), and the pages say "
                f"${PRICE} a month; name a price of that amount in INFLUENCR_STRIPE_PRICE, or make "
                "one with --make-price after taking the lookup key from the other one."
            )
        cost = money(price.amount, price.currency).replace("\xa0", " ")
        self.stdout.write(f"Key: works ({mode}).")
        self.stdout.write(f"Price: {cost} a {price.interval} ({price.id}).")
        self.stdout.write(f"Events: send them to {site_address('/billing/webhook')}.")
