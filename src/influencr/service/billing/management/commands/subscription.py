"""`influencr manage subscription ADDRESS`: how a team stands, and what the operator allows it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from influencr.errors import InfluencrError
from influencr.service.accounts.models import Team, User
from influencr.service.billing import entitlements, operating

__all__ = ["Command", "team_of"]


class Command(BaseCommand):
    """Says what a team may do; sets until when it may search."""

    help = "Show or set until when the team of a member may search."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address, and what to change."""
        parser.add_argument("address", help="e-mail address of a member of the team")
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--until", metavar="DAY", help="paid, or free, up to and with this day")
        change.add_argument(
            "--end", action="store_true", help="everything ends now, at Stripe as well"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how it is."""
        team = team_of(options["address"])
        try:
            if options["until"]:
                operating.give(team, _end_of(options["until"]))
            if options["end"]:
                operating.end(team)
        except InfluencrError as error:
            raise CommandError(error.message) from error
        told = entitlements.of(team)
        self.stdout.write(f"{team}: {told.state}. {told.sentence}".rstrip())


def team_of(address: str) -> Team:
    """The team whose things a member sees. Raises CommandError for nobody."""
    user = User.objects.filter(email=address.strip().lower()).select_related("team").first()
    if user is None or user.team is None:
        raise CommandError(f"{address}: no member of that address has a team.")
    return user.team


def _end_of(day: str) -> datetime:
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise CommandError(f"--until: {day!r} is no day; write it like 2027-01-31.") from error
    return datetime.combine(found + timedelta(days=1), time(), UTC)
