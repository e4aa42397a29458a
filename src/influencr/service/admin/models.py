"""What operators did, and how many there were of what on which day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from influencr.service.accounts.models import User

__all__ = ["Deed", "Tally"]


class Deed(models.Model):
    """One change that an operator made. It names whom it concerned by number, so that nobody who
    has gone is named here.

    by       who did it; None: somebody at the terminal, or who has gone
    verb     what was done, one of `deeds.VERBS`
    about    kind of what it was done to: member, team, case, task
    key      its number there
    detail   what was set, in words without a person
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=20)
    about = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    detail = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.verb} {self.about} {self.key}"


class Tally(models.Model):
    """How many there were of something on a day; the last count of the day stays."""

    day = models.DateField()
    name = models.CharField(max_length=40)
    n = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "name"], name="counted_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.name} on {self.day}"
