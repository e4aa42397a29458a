"""Where a team wants to be called, and each call: when, how often, and what came back.

A call names alerts by their numbers alone. What it says is read from the home when it is sent, so
that nobody who has left is named in it, however late it goes out.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from influencr.service.accounts.models import Team, User

__all__ = ["STATES", "Delivery", "Webhook"]

#: State of a call -> how a page says it.
STATES = {
    "waiting": "on its way",
    "delivered": "delivered",
    "failed": "given up",
}


class Webhook(models.Model):
    """An address of a team that is called with its alerts.

    secret          sealed; by it the calls are signed (`signing`)
    upto            number of the newest alert that a call was made of
    paused_at       since when nothing is sent; None: it is sent
    paused_because  a sentence; "" when a member paused it
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="webhooks")
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=300)
    upto = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_because = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["made_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "url"], name="called_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Delivery(models.Model):
    """One call: the alerts with numbers above `after` up to `upto`; none for a trial call.

    attempts   how often it was sent
    due_at     when it is sent next; None when it is not
    status     of HTTP, of the last answer; None without one
    problem    why the last one failed, in a sentence
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    after = models.BigIntegerField(default=0)
    upto = models.BigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=list(STATES.items()), default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    done_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-upto", "pk"]

    def __str__(self) -> str:
        return str(self.pk)
