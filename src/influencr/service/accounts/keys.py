"""Keys of programs: made and shown once, recognised by digest, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from influencr.errors import UnknownValue, UsageError
from influencr.service.accounts.models import NAME_MAX, OF_ANYBODY, SCOPES, ApiKey, Team, User

__all__ = ["PREFIX", "check", "make", "revoke"]

#: What every key begins with, so that a search for leaked secrets finds it.
PREFIX = "inf_"
#: Keys of one team that are not revoked. Own choice.
KEYS_MAX = 20
_SHOWN = len(PREFIX) + 6
#: "Last used" is not written more often than this, so that a busy program costs no writes.
_NOTED = timedelta(minutes=1)


def make(team: Team, by: User, name: str, scopes: Iterable[str]) -> tuple[ApiKey, str]:
    """A new key and its text, which is not kept and cannot be shown again.

    Raises UsageError for a key without a name or a scope and for too many, UnknownValue for an
    unknown scope.
    """
    name, wanted = name.strip(), sorted(set(scopes))
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise UsageError(f"name: give the key a name of 1 to {NAME_MAX} characters.", field="name")
    for scope in wanted:
        if scope not in SCOPES:
            raise UnknownValue("scopes", scope, SCOPES)
    if any(scope not in OF_ANYBODY for scope in wanted) and not by.is_staff:
        raise UsageError("scopes: only a member of staff may bring files in.", field="scopes")
    if not wanted:
        raise UsageError("scopes: choose what the key may do.", field="scopes")
    if team.keys.filter(revoked_at=None).count() >= KEYS_MAX:
        raise UsageError(f"name: {KEYS_MAX} keys are enough; revoke one first.", field="name")
    text = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        team=team, made_by=by, name=name, prefix=text[:_SHOWN], digest=_digest(text), scopes=wanted
    )
    return key, text


def check(text: str, scope: str) -> ApiKey | None:
    """The key of a text when it exists, is not revoked and has the scope; its use is noted."""
    if not text.startswith(PREFIX):
        return None
    # The digest of 256 random bits: looking it up tells nothing about any other key.
    key = ApiKey.objects.select_related("team").filter(digest=_digest(text)).first()
    if key is None or key.revoked_at is not None or scope not in key.scopes:
        return None
    now = timezone.now()
    if key.used_at is None or now - key.used_at >= _NOTED:
        key.used_at = now
        ApiKey.objects.filter(pk=key.pk).update(used_at=now)
    return key


def revoke(team: Team, number: int) -> None:
    """Make a key of this team worthless from now on. Raises UsageError for any other."""
    if not team.keys.filter(pk=number).exists():
        raise UsageError("key: there is no such key in this team.", field="key")
    team.keys.filter(pk=number, revoked_at=None).update(revoked_at=timezone.now())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
