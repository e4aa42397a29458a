"""Where allauth asks us: who may sign up, how mail goes out, what a code is drawn as."""

from __future__ import annotations

import smtplib
import time
from io import BytesIO
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from influencr.errors import Transient
from influencr.service.accounts.sealed import opened, sealed

__all__ = ["Adapter", "MailNotSent", "SecondSteps"]

_SECOND_STEP = "key of a second step"


class MailNotSent(Transient):
    """The mail server could not be reached or did not take a mail."""

    code = "mail_not_sent"


class Adapter(DefaultAccountAdapter):
    """Sign-up only where mail can be sent; a mail server that fails is told, not hidden."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether the operator has set up mail."""
        return bool(settings.INFLUENCR_MAIL_READY)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one plain mail. Raises MailNotSent."""
        given = {"operator": settings.INFLUENCR_OPERATOR, **context}
        try:
            # Not the parent's, which needs a request: some mail goes out while nobody asks.
            self.render_mail(template_prefix, email, {"email": email, **given}).send()
        except (OSError, smtplib.SMTPException) as error:
            raise MailNotSent(
                "The mail could not be sent: the mail server of this instance does not answer. "
                "What you typed is kept; sign in or ask again in some minutes to have it sent."
            ) from error

    def is_reauthentication_required(self, *, app: str, **given: Any) -> bool:
        """Whether too long ago: who has signed in just now is not asked the same again."""
        if not super().is_reauthentication_required(app=app, **given):
            return False
        records = get_authentication_records(self.request, self.request.user)
        newest = max((float(one["at"]) for one in records), default=0.0)
        return bool(time.time() - newest >= app_settings.REAUTHENTICATION_TIMEOUT)

    def format_email_subject(self, subject: str) -> str:
        """The subject as it is: no prefix in brackets."""
        return subject


class SecondSteps(DefaultMFAAdapter):
    """Keys sealed at rest; the drawing of a code as markup, because the content policy loads no
    data: addresses.
    """

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        """What a passkey is called until its owner knows better."""
        now = timezone.now()
        return f"Passkey of {now.day} {now:%b %Y}"

    def encrypt(self, text: str) -> str:
        """A key of an app or the seed of recovery codes, as it lies in the database."""
        return sealed(text, _SECOND_STEP)

    def decrypt(self, encrypted_text: str) -> str:
        """The key again. Raises HomeError for one that this home did not seal."""
        return opened(encrypted_text, _SECOND_STEP)

    def build_totp_svg(self, url: str) -> str:
        """Dark squares on white in every scheme: cameras want the contrast."""
        import qrcode
        from qrcode.image.svg import SvgPathFillImage

        drawing = qrcode.make(url, image_factory=SvgPathFillImage, box_size=12, border=3)
        written = BytesIO()
        drawing.save(written)
        text = written.getvalue().decode("utf-8")
        return text[text.index("<svg") :]
