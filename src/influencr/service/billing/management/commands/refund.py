"""`influencr manage refund ADDRESS INVOICE`: give back what a team paid by card."""

from __future__ import annotations

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from influencr.errors import InfluencrError
from influencr.service.billing import operating
from influencr.service.billing.management.commands.subscription import team_of
from influencr.service.billing.providers.bills import Invoice, money

__all__ = ["Command"]


class Command(BaseCommand):
    """Gives money back; without an invoice, lists them."""

    help = "List the invoices of a member's team, or give back what it paid on one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, which, how much."""
        parser.add_argument("address", help="e-mail address of a member of the team")
        parser.add_argument("invoice", nargs="?", help="number or id; none: list them")
        parser.add_argument("--amount", metavar="MONEY", help="a part, like 12.50")
        parser.add_argument("--end", action="store_true", help="the subscription ends now too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what was done."""
        team = team_of(options["address"])
        try:
            if not options["invoice"]:
                self._list(operating.invoices(team))
                return
            cents = _cents(options["amount"])
            back = operating.refund(team, options["invoice"], cents, end=options["end"])
        except InfluencrError as error:
            raise CommandError(error.message) from error
        told = money(back.cents, back.currency).replace("\xa0", " ")
        self.stdout.write(f"{told} given back ({back.status}, {back.id}).")

    def _list(self, found: list[Invoice]) -> None:
        for one in found:
            back = f", {one.money_back} given back" if one.refunded else ""
            line = f"{one.number or one.id}  {one.made_at:%Y-%m-%d}  {one.money}  {one.status}"
            self.stdout.write((line + back).replace("\xa0", " "))
        if not found:
            self.stdout.write("No invoice.")


def _cents(typed: str | None) -> int | None:
    if not typed:
        return None
    try:
        cents = Decimal(typed) * 100
    except InvalidOperation as error:
        raise CommandError(f"--amount: {typed!r} is no amount; write it like 12.50.") from error
    if not cents.is_finite() or cents != int(cents) or cents <= 0:
        raise CommandError(f"--amount: {typed!r} cannot be given back; write it like 12.50.")
    return int(cents)
