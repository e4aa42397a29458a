"""The webhooks of a team: made with a secret that is shown once, paused, tried, removed."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from influencr.errors import Refused, UnknownValue, UsageError
from influencr.service.accounts.models import Team, User
from influencr.service.accounts.sealed import opened, sealed
from influencr.service.webhooks import signing
from influencr.service.webhooks.models import Delivery, Webhook
from influencr.sources.http import check_public

__all__ = ["HOOKS_MAX", "again", "get", "make", "pause", "remove", "secret_of", "trial"]

#: Webhooks of one team. Own choice.
HOOKS_MAX = 10
_PURPOSE = "secret of a webhook"
_URL_MAX = 500


def make(team: Team, by: User | None, url: str, newest: int) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is not shown again.

    newest   number of the newest alert: what was told before is not sent

    Raises UsageError for an address that is not public https, and for too many.
    """
    url = url.strip()
    if len(url) > _URL_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError(
            f"url: give an https address of at most {_URL_MAX} plain characters.", field="url"
        )
    try:
        check_public(url)
    except Refused:
        raise UsageError(
            "url: give the https address of a host on the public internet; addresses of private "
            "networks and of this machine are not called.",
            field="url",
        ) from None
    if team.webhooks.count() >= HOOKS_MAX:
        raise UsageError(f"url: {HOOKS_MAX} webhooks are enough; remove one first.", field="url")
    secret = signing.new_secret()
    try:
        with transaction.atomic():
            made = Webhook.objects.create(
                team=team, made_by=by, url=url, secret=sealed(secret, _PURPOSE), upto=newest
            )
    except IntegrityError:
        raise UsageError("url: this address is called already.", field="url") from None
    return made, secret


def get(team: Team, which: str) -> Webhook:
    """One webhook of a team. Raises UnknownValue for any other."""
    number = _uuid(which)
    found = None if number is None else team.webhooks.filter(pk=number).first()
    if found is None:
        raise UnknownValue("webhook", which, [str(one.pk) for one in team.webhooks.all()])
    return found


def secret_of(hook: Webhook) -> str:
    """By what its calls are signed. Raises HomeError when the home is another one."""
    return opened(hook.secret, _PURPOSE)


def pause(hook: Webhook, *, on: bool, because: str = "") -> None:
    """Send nothing, or send again from where it stopped."""
    hook.paused_at = timezone.now() if on else None
    hook.paused_because = because[:300] if on else ""
    hook.save(update_fields=["paused_at", "paused_because"])
    if not on:
        hook.deliveries.filter(state="waiting").update(due_at=timezone.now())


def remove(hook: Webhook) -> None:
    """Call it no more, and forget its calls."""
    hook.delete()


def trial(hook: Webhook) -> Delivery:
    """A call without alerts, to see whether it arrives."""
    return Delivery.objects.create(webhook=hook, due_at=timezone.now())


def again(hook: Webhook, which: str) -> Delivery:
    """Send a call again that was given up or delivered. Raises UnknownValue for any other."""
    number = _uuid(which)
    one = None if number is None else hook.deliveries.filter(pk=number).first()
    if one is None:
        raise UnknownValue("delivery", which, [str(d.pk) for d in hook.deliveries.all()[:20]])
    one.state, one.attempts, one.due_at = "waiting", 0, timezone.now()
    one.save(update_fields=["state", "attempts", "due_at"])
    return one


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
