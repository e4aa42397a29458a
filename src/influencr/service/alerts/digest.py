"""One mail of what is new for a member: in text and markup, with a link that stops it at once.

What it holds is fixed before it is sent, and only then counts as mailed when the mail server has
taken it. A process that is killed in between sends it again under the same Message-ID; so nothing
is lost, and what arrives twice is recognised as one.
"""

from __future__ import annotations

import secrets
import smtplib
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from influencr.errors import HomeError
from influencr.service.accounts.adapter import MailNotSent
from influencr.service.accounts.models import Team, User
from influencr.service.alerts import feed
from influencr.service.alerts.models import EVERY, Digest, Reading
from influencr.service.billing import entitlements
from influencr.service.web import numbers
from influencr.service.web.engine import get_engine

__all__ = ["next_after", "send", "stop", "stop_token"]

#: When mails go out, UTC. Own choice: before a working day in Europe, after one in America.
_HOUR = 6
#: How many alerts of one team a mail names. Own choice: the page has all of them.
_NAMED = 30
_SALT = "influencr.alerts.stop"


class _Part(NamedTuple):
    """What one mail says of one team."""

    team: str
    lines: list[feed.Line]
    more: str
    waiting: list[feed.Rule]
    closed: str


def next_after(every: str, now: datetime) -> datetime:
    """When the next mail goes out: tomorrow's or today's hour, or that of Monday."""
    at = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    if at <= now:
        at += timedelta(days=1)
    return at + timedelta(days=-at.weekday() % 7) if every == "weekly" else at


def stop_token(digest: Digest) -> str:
    """What the link that stops the mails ends in: signed, for this member alone, without an end."""
    return signing.dumps(digest.pk, salt=_SALT, compress=False)


def stop(token: str) -> bool:
    """Send no more mail; whether the link was one of ours."""
    try:
        found = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return False
    Digest.objects.filter(pk=found).update(every="off", due_at=None)
    return True


def send(digest_id: int) -> bool:
    """Send a member what is unread and was not mailed; whether there was anything.

    Raises MailNotSent when the mail server does not take it; calling again sends the same mail.
    """
    one = _begin(digest_id)
    if one is None:
        return False
    parts = [part for team in _teams(one.user) if (part := _part(one, team)) is not None]
    if parts:
        _post(one, parts)
    with transaction.atomic():
        for team_id, number in one.upto.items():
            closed = not entitlements.of(Team.objects.get(pk=team_id)).may_search
            Reading.objects.update_or_create(
                user=one.user,
                team_id=team_id,
                defaults={"mailed_to": number, "told_closed": closed},
            )
        now = timezone.now()
        Digest.objects.filter(pk=one.pk).update(
            sending="", upto={}, **({"sent_at": now} if parts else {})
        )
    return bool(parts)


def _begin(digest_id: int) -> Digest | None:
    """Fix what the mail holds; one that was begun and not finished stays as it was."""
    with transaction.atomic():
        one = Digest.objects.select_for_update().filter(pk=digest_id).first()
        if one is None or one.every == "off" or not one.user.is_active:
            return None
        if one.sending:
            # A team that the member has left, or that is gone, is not mailed any more.
            left = {str(team.pk) for team in _teams(one.user)}
            one.upto = {team: n for team, n in one.upto.items() if team in left}
            return one
        try:
            engine = get_engine()
            one.upto = {
                str(team.pk): engine.of(team.owner_key).alerts.kept.newest()
                for team in _teams(one.user)
            }
        except HomeError:
            return None  # nothing can have been told
        one.sending = secrets.token_hex(16)
        one.save(update_fields=["sending", "upto"])
        return one


def _teams(user: User) -> list[Team]:
    return [one.team for one in user.memberships.select_related("team")]


def _part(one: Digest, team: Team) -> _Part | None:
    """What is said of one team; None when that is nothing."""
    if str(team.pk) not in one.upto:
        return None
    engine = get_engine().of(team.owner_key)
    reading = Reading.objects.filter(user=one.user, team=team).first() or Reading()
    after, upto = max(reading.mailed_to, reading.read_to), one.upto[str(team.pk)]
    kept = engine.alerts.kept
    told = kept.told(after=after, before=upto + 1, limit=_NAMED)
    lines = feed.lines(
        engine,
        told,
        read_to=reading.read_to,
        known=feed.people(engine, [alert.profile_id for alert in told]),
    )
    more = kept.n_told(after=after) - kept.n_told(after=upto) - len(told)
    told_now = entitlements.of(team)
    waiting: list[feed.Rule] = []
    if not told_now.may_search and not reading.told_closed:
        waiting = [rule for rule in feed.rules(engine, kept.watches())[0] if rule.waiting]
    if not lines and not waiting:
        return None
    return _Part(
        team=team.name,
        lines=lines,
        more=numbers.count(more) if more > 0 else "",
        waiting=waiting,
        closed=told_now.sentence if waiting else "",
    )


def _post(one: Digest, parts: list[_Part]) -> None:
    site = one.site.rstrip("/")
    end = f"{site}{reverse('alerts-stop', args=[stop_token(one)])}"
    context: dict[str, Any] = {
        "operator": settings.INFLUENCR_OPERATOR,
        "parts": parts,
        "several": len(parts) > 1,
        "site": site,
        "feed": f"{site}{reverse('alerts')}",
        "stop": end,
        "every": EVERY[one.every],
        "n": sum(len(part.lines) for part in parts),
    }
    headers = {
        "Message-ID": f"<alerts.{one.sending}@{urlsplit(site).hostname or 'localhost'}>",
        # RFC 8058: a mail program stops it with one click, without a page or a login.
        "List-Unsubscribe": f"<{end}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    message = get_adapter().render_mail("alerts/mail/digest", one.user.email, context, headers)
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotSent("The mail server does not take the mail with alerts.") from error
