"""The tables of members: people, teams, who is in which, who is asked to join, keys of programs."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

__all__ = [
    "OF_ANYBODY",
    "SCOPES",
    "ApiKey",
    "Invitation",
    "Membership",
    "Team",
    "TrialMemory",
    "User",
]

#: What a key may be allowed to do -> how a page says it.
SCOPES = {
    "search": "Search and read dossiers",
    "lists": "Read and change lists, saved searches and brands",
    "import": "Bring files of records in (for operators)",
}
#: Those that a key of anybody may have; the others need a member of staff.
OF_ANYBODY = ("search", "lists")
NAME_MAX = 80


class _People(BaseUserManager["User"]):
    """Makes members."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A member; without a password they can only sign in after setting one."""
        one = self.model(email=email.strip().lower(), **fields)
        one.set_password(password)
        one.save(using=self._db)
        return one

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An operator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """The member of an address, however it is capitalised."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address.

    team   the team whose things they see now; None before the address is confirmed
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=NAME_MAX, blank=True, default="")
    team = models.ForeignKey(
        "Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[_People] = _People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="email_once"),
        ]

    def __str__(self) -> str:
        return self.email


class Team(models.Model):
    """People who share lists, brands, saved searches and one subscription."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=NAME_MAX)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def owner_key(self) -> str:
        """Under which owner the things of this team are kept."""
        return f"team:{self.pk}"


class Membership(models.Model):
    """A person in a team. Exactly one of a team is its owner."""

    OWNER = "owner"
    MEMBER = "member"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=[(OWNER, "owner"), (MEMBER, "member")])
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "user"], name="once_in_a_team"),
            models.UniqueConstraint(
                fields=["team"], condition=models.Q(role="owner"), name="one_owner"
            ),
        ]
        ordering: ClassVar[list[str]] = ["since", "pk"]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class Invitation(models.Model):
    """Somebody is asked to join a team; the link in the mail holds the token, of which only a
    digest is kept.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "email"], name="asked_once"),
        ]
        ordering: ClassVar[list[str]] = ["sent_at", "pk"]

    def __str__(self) -> str:
        return f"{self.email} to {self.team}"


class ApiKey(models.Model):
    """A key by which a program acts for a team. Shown once; only its digest is kept.

    prefix   its first letters, by which people and logs name it
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="keys")
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=NAME_MAX)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.prefix


class TrialMemory(models.Model):
    """An address has had its trial: a keyed digest of it, and when that is forgotten."""

    digest = models.CharField(max_length=64, unique=True)
    forget_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:8]
