"""Files that came in, and what became of each."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from influencr.service.accounts.models import User

__all__ = ["STATES", "Import"]

STATES = {
    "waiting": "waits for its turn",
    "running": "is being taken in",
    "done": "taken in",
    "failed": "could not be taken in",
}


class Import(models.Model):
    """One file.

    name      as it was sent; it is kept in the home until it is taken in
    options   platform, kind, licence, lawful_basis, as `Engine.import_files` takes them
    told      rows by what became of them, and why rows went into quarantine
    problem   why it failed, in a sentence
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=100)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=list(STATES.items()), default="waiting")
    told = models.JSONField(default=dict)
    problem = models.CharField(max_length=500, blank=True, default="")
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)
