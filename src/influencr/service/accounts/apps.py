"""Django's handles on the members, and on the addresses that allauth keeps for them."""

from __future__ import annotations

from allauth.account.apps import AccountConfig
from django.apps import AppConfig


class Accounts(AppConfig):
    """People, teams, invitations, keys."""

    name = "influencr.service.accounts"
    label = "accounts"
    default = True

    def ready(self) -> None:
        """Hear of confirmed addresses."""
        from influencr.service.accounts import confirmed

        confirmed.listen()


class Addresses(AccountConfig):
    """allauth's tables of addresses, which an instance without members has too.

    allauth's own handle refuses to start where nobody can sign in.
    """

    default = False

    def ready(self) -> None:
        """Nothing that needs a middleware."""
