"""Mail of our own, beside the mail that allauth sends."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from django.conf import settings

__all__ = ["invitation", "site_address"]

_NOT_OURS = ("localhost", "127.0.0.1", "[::1]", "*")


def site_address(path: str) -> str:
    """The whole address of a page, for mail that goes out while nobody asks for a page: by the
    first of the names that the operator says this instance answers to.
    """
    names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name not in _NOT_OURS]
    host = names[0] if names else "localhost:8000"
    return f"{app_settings.DEFAULT_HTTP_PROTOCOL}://{host}{path}"


def invitation(to: str, *, team: str, by: str, address: str) -> None:
    """Ask somebody to join a team. Raises MailNotSent."""
    context = {"team": team, "by": by, "address": address}
    get_adapter().send_mail("accounts/mail/invitation", to, context)
