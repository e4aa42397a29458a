"""The tables of money: until when a team may search, and by what right."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from influencr.service.accounts.models import Team, User

__all__ = ["Payer", "ProcessedEvent", "Reminder", "Subscription"]


class Subscription(models.Model):
    """One per team. The state at an instant follows from these instants and from nothing else, so
    that news which come late or twice cannot leave it between two states.

    trial_until   end of the trial; every team has had one
    trial_before  its founder had one under the same address before: this one is over as it begins
    paid_until    end of what is paid; None: never paid
    given_until   until when the operator lets the team search without being asked for money
    grace_until   how long the search stays open when what follows paid_until is not paid; None: not
                  at all, because nothing follows
    failed_at     since when a payment is owed and was refused; None: none is
    ends          nothing follows after paid_until: the member has cancelled
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="subscription")
    trial_until = models.DateTimeField()
    trial_before = models.BooleanField(default=False)
    paid_until = models.DateTimeField(null=True, blank=True)
    given_until = models.DateTimeField(null=True, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    ends = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"subscription of {self.team_id}"


class Payer(models.Model):
    """A team as Stripe knows it.

    customer       id of the customer there; empty until there is one
    subscription   id of the subscription that is alive; empty without one
    owner          whose address the customer has
    asked, told    how often Stripe was asked how it stands, and which of these answers was written:
                   an answer that comes after a later question was answered is not
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="payer")
    customer = models.CharField(max_length=255, blank=True, default="", db_index=True)
    subscription = models.CharField(max_length=255, blank=True, default="")
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked = models.PositiveBigIntegerField(default=0)
    told = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer"], condition=~models.Q(customer=""), name="customer_once"
            ),
        ]

    def __str__(self) -> str:
        return self.customer


class ProcessedEvent(models.Model):
    """An event of Stripe that has been acted on; it is told again for three days at most."""

    event = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    taken_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.event}"


class Reminder(models.Model):
    """A mail about money that went out, so that it goes out once.

    about   the instant it speaks of: the same trial is announced once, a later failure again
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=20)
    about = models.DateTimeField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "kind", "about"], name="reminded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.team_id}"
