"""Addresses that open something, signed and ending by themselves: nothing of them is stored.

A request to prove a profile holds a random secret that never appears in public; the code that does
is a digest of it. Who has shown that a profile is theirs gets an address that opens the record for
two hours. In every mode the same, without a session and without a cookie.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.utils import timezone

from influencr.sources.proving import code_of

__all__ = [
    "ASKED_S",
    "OPEN_S",
    "Asked",
    "Opened",
    "ask",
    "grant",
    "number",
    "number_of",
    "opened",
    "read",
]

#: How long a code may take to be seen, and how long a record then stays open; our own choice: DNS
#: takes hours, and nobody corrects for longer than two.
ASKED_S = 24 * 3_600
OPEN_S = 2 * 3_600
_ASK, _OPEN, _NUMBER = "rights.ask", "rights.open", "rights.number"


class Asked(NamedTuple):
    """A request to prove one profile: `code` is what is put in public."""

    profile_id: str
    code: str
    until: datetime
    is_over: bool


class Opened(NamedTuple):
    """A record that is open to who proved it."""

    profile_id: str
    way: str
    proven_at: datetime
    until: datetime


def ask(profile_id: str) -> str:
    """The signed piece of an address under which a profile is proven."""
    issued = int(timezone.now().timestamp())
    return signing.dumps([profile_id, issued, secrets.token_urlsafe(16)], salt=_ASK)


def read(text: str) -> Asked | None:
    """The request behind such a piece, over or not; None for what this instance never signed."""
    found = _loads(text, _ASK)
    if found is None:
        return None
    profile_id, issued, secret = found
    ends = issued + ASKED_S
    key = str(settings.SECRET_KEY).encode()
    return Asked(
        profile_id,
        code_of(key, profile_id, issued, secret),
        datetime.fromtimestamp(ends, UTC),
        timezone.now().timestamp() >= ends,
    )


def grant(profile_id: str, way: str = "operator") -> str:
    """The signed piece of an address that opens a record for two hours.

    way   how the profile was proven: post, bio, dns or page; "operator" where the operator knows
    """
    return signing.dumps([profile_id, way, int(timezone.now().timestamp())], salt=_OPEN)


def opened(text: str) -> Opened | None:
    """What such a piece opens; None when it never did, or no longer does."""
    found = _loads(text, _OPEN)
    if found is None:
        return None
    profile_id, way, at = found
    if timezone.now().timestamp() >= at + OPEN_S:
        return None
    return Opened(
        profile_id, way, datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(at + OPEN_S, UTC)
    )


def number(kind: str, value: int) -> str:
    """The signed number of a case or a removal, for the page that says how it stands."""
    return signing.dumps(value, salt=f"{_NUMBER}.{kind}")


def number_of(kind: str, text: str) -> int | None:
    """The number again; None for what was never signed."""
    found = _loads(text, f"{_NUMBER}.{kind}")
    return found if isinstance(found, int) else None


def _loads(text: str, salt: str) -> Any:
    try:
        return signing.loads(text, salt=salt)
    except signing.BadSignature:
        return None
