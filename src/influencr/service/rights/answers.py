"""Mail to people who contested something and left an address."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from influencr.kept import Case
from influencr.service.rights import signed

__all__ = ["address_of_case", "answered"]


def answered(case: Case, request: HttpRequest | None = None) -> bool:
    """Send the operator's answer to who asked; whether a mail went out.

    Nothing goes out without an address or without a mail server: the answer then stands on the
    page of the case alone. Raises MailNotSent.
    """
    if not case.contact or not case.answer or not settings.INFLUENCR_MAIL_READY:
        return False
    path = address_of_case(case)
    context = {
        "named": case.named,
        "words": case.text,
        "answer": case.answer,
        "address": request.build_absolute_uri(path) if request is not None else "",
    }
    get_adapter().send_mail("rights/mail/answer", case.contact, context)
    return True


def address_of_case(case: Case) -> str:
    """The path under which a case can be read by who knows it."""
    return reverse("creators-asked", args=[signed.number("case", case.number)])
