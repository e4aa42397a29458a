"""Making calls of what was told, and sending each until it arrives or is given up.

A call that was sent and whose answer was lost is sent again under the same id; so nothing is lost,
and what arrives twice is recognised as one.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from influencr import __version__
from influencr.answers.questions.alerting import alert_document, names_of
from influencr.errors import HomeError, InfluencrError, ServiceError
from influencr.service.web.engine import get_engine
from influencr.service.webhooks import kept, signing
from influencr.service.webhooks.models import Delivery, Webhook
from influencr.sources.http import Call, Transport, public_wire

if TYPE_CHECKING:
    from influencr.kept import KeptAlerts

__all__ = ["BACK_OFF", "KEPT", "gather", "send", "transport"]

#: Waits between the attempts of one call. Own choice: through a night and a day of repair.
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
#: How long calls are shown after they were made. Own choice: as long as failed tasks.
KEPT = timedelta(days=30)
#: Alerts of one call. Own choice: a body of some hundred kilobytes at most.
_AT_ONCE = 100
#: Alerts that are read at once on the way to the oldest one that was not sent.
_LOOKED_AT = 5_000
#: Seconds that a receiver has to connect, between two pieces of its answer, and in all.
_SECONDS = (5.0, 10.0, 15.0)
#: An answer is its status; more than this of its body is refused unread.
_ANSWER_BYTES = 64 * 1024
_GONE = 410


@cache
def transport() -> Transport:
    """What sends calls: connections are opened to checked public addresses only."""
    connect, read, total = _SECONDS
    return public_wire(connect=connect, read=read, total=total)


def gather() -> list[UUID]:
    """Make calls of what was told since the last ones; returns every call that is due now."""
    now = timezone.now()
    try:
        engine = get_engine()
    except HomeError:
        return []  # nothing can have been told
    for hook in Webhook.objects.filter(paused_at=None).select_related("team"):
        told = engine.of(hook.team.owner_key).alerts.kept
        newest = told.newest()
        if newest <= hook.upto:
            continue
        numbers = _numbers(told, hook.upto)
        ends = [some[-1] for some in _parts(numbers)]
        with transaction.atomic():
            # Of two processes one moves it on, and the calls are part of that.
            last = ends[-1] if ends else newest
            if not Webhook.objects.filter(pk=hook.pk, upto=hook.upto).update(upto=last):
                continue
            begins = [hook.upto, *ends[:-1]]
            Delivery.objects.bulk_create(
                Delivery(webhook=hook, after=begin, upto=end, due_at=now)
                for begin, end in zip(begins, ends, strict=False)
            )
    Delivery.objects.filter(made_at__lt=now - KEPT).exclude(state="waiting").delete()
    due = Delivery.objects.filter(state="waiting", due_at__lte=now, webhook__paused_at=None)
    return list(due.order_by("made_at", "upto").values_list("pk", flat=True))


def send(delivery_id: UUID) -> bool:
    """Send one call that is due; whether it arrived. What fails is due again later, by BACK_OFF."""
    now = timezone.now()
    one = Delivery.objects.select_related("webhook__team").filter(pk=delivery_id).first()
    if one is None or one.state != "waiting" or one.webhook.paused_at is not None:
        return False
    if one.due_at is None or one.due_at > now:
        return False
    attempt = one.attempts + 1
    last = attempt > len(BACK_OFF)
    # Claimed before it is sent: a process that is killed meanwhile leaves it due again later.
    claimed = Delivery.objects.filter(pk=one.pk, state="waiting", attempts=one.attempts).update(
        attempts=attempt, due_at=now + BACK_OFF[min(attempt, len(BACK_OFF)) - 1]
    )
    if not claimed:
        return False
    hook = one.webhook
    status: int | None
    try:
        body = msgspec.json.encode(_said(one))
        secret = kept.secret_of(hook)
        signed = signing.headers(secret, str(one.pk), int(now.timestamp()), body)
        answer = transport()(
            Call(
                "POST",
                hook.url,
                {
                    "content-type": "application/json",
                    "user-agent": f"influencr/{__version__} (webhooks)",
                    **signed,
                },
                body,
                _ANSWER_BYTES,
            )
        )
        status, problem = answer.status, ""
        if not 200 <= status < 300:
            problem = f"It answered {status}; 200 to 299 is taken for received."
    except ServiceError as error:
        status, problem = error.status, error.message
    except InfluencrError as error:
        status, problem = None, error.message
    _settle(one.pk, hook, status=status, problem=problem, last=last)
    return not problem


def _settle(pk: UUID, hook: Webhook, *, status: int | None, problem: str, last: bool) -> None:
    mine = Delivery.objects.filter(pk=pk, state="waiting")
    if not problem:
        mine.update(
            state="delivered", status=status, problem="", due_at=None, done_at=timezone.now()
        )
        return
    if status == _GONE or last:
        mine.update(
            state="failed",
            status=status,
            problem=problem[:300],
            due_at=None,
            done_at=timezone.now(),
        )
        because = (
            "The address answered that it is gone (410)."
            if status == _GONE
            else f"A call was given up after {len(BACK_OFF) + 1} attempts: {problem}"
        )
        kept.pause(hook, on=True, because=because)
        return
    mine.update(status=status, problem=problem[:300])


def _said(one: Delivery) -> dict[str, Any]:
    """What a call says now: without those who have left or were muted since the alert."""
    engine = get_engine().of(one.webhook.team.owner_key)
    told = (
        engine.alerts.kept.told(after=one.after, before=one.upto + 1, limit=_LOOKED_AT)
        if one.upto
        else []
    )
    names = names_of(engine) if told else {}
    return {
        "type": "alerts" if one.upto else "trial",
        "id": str(one.pk),
        "made_at": one.made_at,
        "team": one.webhook.team.name,
        "operator": settings.INFLUENCR_OPERATOR,
        "alerts": [alert_document(alert, names) for alert in reversed(told)],
    }


def _numbers(told: KeptAlerts, after: int) -> list[int]:
    """Numbers of all alerts above one, rising."""
    found: list[int] = []
    before: int | None = None
    while some := told.told(after=after, before=before, limit=_LOOKED_AT):
        found += [one.number for one in some]
        before = some[-1].number
    return found[::-1]


def _parts(numbers: list[int]) -> list[list[int]]:
    return [numbers[i : i + _AT_ONCE] for i in range(0, len(numbers), _AT_ONCE)]
