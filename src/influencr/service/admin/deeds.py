"""The book of what operators did: written with every change, read by all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from influencr.service.accounts.models import Team, User
from influencr.service.admin.models import Deed

__all__ = ["VERBS", "Line", "newest", "note"]

#: What can be done -> how the book says it.
VERBS = {
    "give": "lets search until",
    "take back": "takes back what was given",
    "end": "ends the subscription",
    "refund": "gives money back",
    "resend": "sends the confirmation again",
    "answer": "answers",
    "again": "tries the task again",
    "staff": "makes an operator",
    "no staff": "makes an operator no longer",
}
_SHOWN = 200


class Line(NamedTuple):
    """One deed as the book shows it; `about` names whoever is still here."""

    at: datetime
    by: str
    what: str
    about: str
    detail: str


def note(by: User | None, verb: str, about: str, key: object, detail: str = "") -> None:
    """Write down that something was done. Raises KeyError for an unknown verb."""
    if verb not in VERBS:
        raise KeyError(verb)
    Deed.objects.create(by=by, verb=verb, about=about, key=str(key), detail=detail[:200])


def newest(about: str = "", keys: Sequence[object] = ()) -> list[Line]:
    """The newest deeds; about one thing alone where it is named."""
    rows = Deed.objects.select_related("by")
    if about:
        rows = rows.filter(about=about, key__in=[str(key) for key in keys])
    shown = list(rows[:_SHOWN])
    people = _names(User, [row.key for row in shown if row.about == "member"])
    teams = _names(Team, [row.key for row in shown if row.about == "team"])
    known = {"member": people, "team": teams}
    return [
        Line(
            row.at,
            row.by.email if row.by else "terminal, or gone",
            VERBS[row.verb],
            known.get(row.about, {}).get(row.key, f"{row.about} {row.key}"),
            row.detail,
        )
        for row in shown
    ]


def _names(model: type[User] | type[Team], keys: list[str]) -> dict[str, str]:
    return {str(one.pk): str(one) for one in model._default_manager.filter(pk__in=keys)}
