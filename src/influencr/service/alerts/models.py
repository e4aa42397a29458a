"""How far each member has read, and which mails they want; what is told is kept in the home.

Creators are named nowhere here: who leaves leaves the home, and with it every alert.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from influencr.service.accounts.models import Team, User

__all__ = ["EVERY", "Digest", "Reading"]

#: How often a mail comes -> how a page says it.
EVERY = {"daily": "every morning", "weekly": "every Monday", "off": "never"}


class Reading(models.Model):
    """How far a member has read the alerts of a team.

    read_to      number of the newest alert that counts as read
    mailed_to    number of the newest alert that was in a mail
    told_closed  a mail has said that new creators wait while the search is closed
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    read_to = models.BigIntegerField(default=0)
    mailed_to = models.BigIntegerField(default=0)
    told_closed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "team"], name="reads_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class Digest(models.Model):
    """The mails of one member.

    every    a key of EVERY
    due_at   when the next may go out; None when none is to
    site     how the member's browser reached us, which the links in the mail begin with
    sending  id of the mail that is on its way, "" for none: one that was cut off goes out again
             under the same id, which mail servers and readers take for the same mail
    upto     team -> number of the newest alert in that mail
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="digest")
    every = models.CharField(max_length=8, choices=list(EVERY.items()))
    due_at = models.DateTimeField(null=True, blank=True)
    site = models.CharField(max_length=300)
    sending = models.CharField(max_length=64, blank=True, default="")
    upto = models.JSONField(default=dict)
    sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"digest of {self.user_id}"
