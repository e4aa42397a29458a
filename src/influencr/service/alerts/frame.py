"""What the frame of every page says of alerts: how many are unread."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from influencr.errors import InfluencrError
from influencr.service.accounts import teams
from influencr.service.alerts import reading
from influencr.service.web.engine import engine_of

__all__ = ["frame"]


def frame(request: HttpRequest) -> dict[str, Any]:
    """`alerts_new`, counted when a template asks; nothing in an instance without members."""
    if not teams.has_members():
        return {}
    return {"alerts_new": SimpleLazyObject(lambda: _unread(request))}


def _unread(request: HttpRequest) -> int:
    user, team = teams.member_of(request), teams.team_of(request)
    if user is None or team is None:
        return 0
    try:
        kept = engine_of(request).alerts.kept
        return kept.n_told(after=reading.of(user, team).read_to)
    except InfluencrError:
        return 0  # a page that says what is wrong with the home must not fail on saying it
