"""Looking at everything that is watched, and sending the mails that are due."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from influencr.errors import HomeError
from influencr.service import jobs
from influencr.service.accounts.models import Team
from influencr.service.alerts import digest
from influencr.service.alerts.models import Digest
from influencr.service.billing import entitlements
from influencr.service.web.engine import get_engine

__all__ = ["look", "mail", "send"]

_OF_A_TEAM = "team:"


@task
def look() -> None:
    """Look at what every team watches; what changed since the last look is told once."""
    try:
        engine = get_engine()
        owners = engine.watching()
    except HomeError:
        return  # no home yet
    ids = {UUID(o.removeprefix(_OF_A_TEAM)): o for o in owners if o.startswith(_OF_A_TEAM)}
    for team in Team.objects.filter(pk__in=list(ids)).order_by("pk"):
        closed = not entitlements.of(team).may_search
        engine.of(ids[team.pk]).alerts.look(closed=closed, between=jobs.go_on)


@task
def mail() -> None:
    """Have every mail sent that is due, each as a task of its own, which is tried again alone."""
    now = timezone.now()
    due = Digest.objects.exclude(every="off").filter(due_at__lte=now)
    for one in due.order_by("pk"):
        with transaction.atomic():
            # Of two processes one moves it on, and the task is part of that.
            moved = Digest.objects.filter(pk=one.pk, due_at=one.due_at).update(
                due_at=digest.next_after(one.every, now)
            )
            if moved:
                send.enqueue(one.pk)


@task
def send(digest_id: int) -> None:
    """Send one member what is new. Raises MailNotSent, then it is tried again."""
    digest.send(digest_id)
