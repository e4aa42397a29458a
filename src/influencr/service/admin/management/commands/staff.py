"""`influencr manage staff ADDRESS`: who may open the operator's pages."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from influencr.service.accounts.models import User
from influencr.service.admin import deeds

__all__ = ["Command"]


class Command(BaseCommand):
    """Makes a member an operator, or no longer one."""

    help = "Let a member open the operator's pages at /admin; with --off no longer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address, and which way."""
        parser.add_argument("address", help="e-mail address of a member")
        parser.add_argument("--off", action="store_true", help="an operator no longer")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how it is."""
        user = User.objects.filter(email=options["address"].strip().lower()).first()
        if user is None:
            raise CommandError(f"{options['address']}: nobody has that address.")
        user.is_staff = not options["off"]
        user.save(update_fields=["is_staff"])
        deeds.note(None, "no staff" if options["off"] else "staff", "member", user.pk)
        said = "is no operator any more" if options["off"] else "may open /admin with a second step"
        self.stdout.write(f"{user.email} {said}.")
