"""What a page of creators needs for its save buttons: the lists there are, and who is on them."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from influencr.engine import Shortlist
from influencr.errors import InfluencrError
from influencr.service.accounts import teams
from influencr.service.web.engine import engine_of

__all__ = ["Saving", "may_save", "saving_of"]


class Saving:
    """The lists of whoever asks, read once per request.

    lists   the last changed first: what is saved next goes to the first one
    """

    def __init__(self, request: HttpRequest) -> None:
        self._lists = engine_of(request).lists
        self.lists: list[Shortlist] = self._lists.all()
        self._names = {one.id: one.name for one in self.lists}
        self._where: dict[str, tuple[str, ...]] | None = None

    @property
    def current(self) -> Shortlist | None:
        """Where a save button saves to unless another list is chosen."""
        return self.lists[0] if self.lists else None

    def look(self, profile_ids: Iterable[str]) -> None:
        """Read which lists these are on, all at once."""
        self._where = self._lists.where(profile_ids) if self.lists else {}

    def on(self, profile_id: str) -> tuple[str, ...]:
        """Ids of the lists that somebody is on."""
        if self._where is None:
            self.look([profile_id])
        return (self._where or {}).get(profile_id, ())

    def named(self, ids: Iterable[str]) -> str:
        """The names of lists in one line."""
        return ", ".join(self._names[one] for one in ids if one in self._names)


def may_save(request: HttpRequest) -> bool:
    """Whether whoever asks has lists: members, and everybody in an open instance."""
    return not teams.has_members() or teams.team_of(request) is not None


def saving_of(request: HttpRequest) -> Saving | None:
    """The lists of whoever asks; None for a stranger, and where nothing can be kept."""
    if not hasattr(request, "_influencr_saving"):
        found = None
        if may_save(request):
            try:
                found = Saving(request)
            except InfluencrError:
                found = None  # the page itself says what is wrong
        request._influencr_saving = found  # type: ignore[attr-defined]
    told: Saving | None = request._influencr_saving  # type: ignore[attr-defined]
    return told
