"""What the frame of every page says about the reader: signed in or not, days left."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from influencr.service.accounts import teams
from influencr.service.billing import entitlements

__all__ = ["frame"]


def frame(request: HttpRequest) -> dict[str, Any]:
    """`members` (whether people sign in here), and for those templates that ask, who reads."""
    if not teams.has_members():
        return {"members": False}
    return {
        "members": True,
        "me": SimpleLazyObject(lambda: teams.member_of(request)),
        "my_team": SimpleLazyObject(lambda: teams.team_of(request)),
        "entitled": SimpleLazyObject(lambda: entitlements.of(request)),
    }
