"""Who put whom on a list: kept as a member's number, shown as the name that the team sees."""

from __future__ import annotations

from django.http import HttpRequest

from influencr.service.accounts import teams

__all__ = ["by", "names"]

_PREFIX = "user:"


def by(request: HttpRequest) -> str:
    """How whoever asks is kept: nobody in an open instance."""
    user = teams.member_of(request)
    return f"{_PREFIX}{user.pk}" if user else ""


def names(request: HttpRequest) -> dict[str, str]:
    """Kept -> shown, for the people of the team; who has left it has no name any more."""
    team = teams.team_of(request)
    if team is None:
        return {}
    return {
        f"{_PREFIX}{one.user_id}": teams.shown_name(one.user)
        for one in team.memberships.select_related("user")
    }
