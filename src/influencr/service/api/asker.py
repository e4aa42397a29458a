"""Who asks: the team of a key, or anybody where an instance is open; and whether they may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import HttpRequest
from ninja.security import HttpBearer

from influencr.service.accounts import keys, teams
from influencr.service.accounts.models import SCOPES, ApiKey
from influencr.service.api.refusals import RETRY_S, Refusal
from influencr.service.billing import entitlements
from influencr.service.operations import figures
from influencr.service.operations.turns import EACH, MOST_WAITING, asker_of, turns
from influencr.service.web.engine import get_engine

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["Asker", "Key", "a_turn", "may_search"]


class Asker(NamedTuple):
    """Who asks; `key` is None in an instance that is open to everybody."""

    key: ApiKey | None

    @property
    def engine(self) -> Engine:
        """The engine with what this asker keeps. Raises HomeError when there is nothing yet."""
        engine = get_engine()
        return engine if self.key is None else engine.of(self.key.team.owner_key)


class Key(HttpBearer):
    """A key of a program, sent as `Authorization: Bearer inf_...`; an open instance needs none."""

    openapi_bearerFormat = "inf_..."  # noqa: N815 - a word of OpenAPI

    def __init__(self, *scopes: str) -> None:
        """One of these rights is enough."""
        super().__init__()
        self._scopes = scopes

    def __call__(self, request: HttpRequest) -> Asker:
        """Who asks. Raises Refusal for a key that is missing, unknown or may not do this.

        In an open instance nothing is looked up, whatever was sent.
        """
        if not teams.has_members():
            return Asker(None)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refusal(
                "no_key",
                "This instance has members: send a key as `Authorization: Bearer inf_...`; "
                "/account/keys makes one.",
                headers={"WWW-Authenticate": 'Bearer realm="influencr"'},
            )
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Asker:
        """The asker of a key's text."""
        for scope in self._scopes:
            key = keys.check(token, scope)
            if key is not None:
                return Asker(key)
        others = [scope for scope in SCOPES if keys.check(token, scope) is not None]
        if others:
            raise Refusal(
                "scope",
                f"This key may not do this: it needs the right "
                f"{' or '.join(map(repr, self._scopes))} and has "
                f"{', '.join(others)}; make another one at /account/keys.",
                field="Authorization",
                valid=list(self._scopes),
            )
        raise Refusal(
            "key_refused",
            "This key is not known here or was revoked; /account/keys makes another one.",
            headers={"WWW-Authenticate": 'Bearer realm="influencr", error="invalid_token"'},
        )


def may_search(asker: Asker) -> None:
    """Raises Refusal for a team whose trial or subscription is over; what it keeps stays open."""
    if asker.key is None:
        return
    entitled = entitlements.of(asker.key.team)
    if not entitled.may_search:
        raise Refusal(
            "locked",
            f"{entitled.sentence} Searching opens again at /billing; lists, saved searches and "
            "their exports stay open.",
        )


@contextmanager
def a_turn(request: HttpRequest, asker: Asker) -> Iterator[None]:
    """A search's turn among those of the same team, or address; see `operations.turns`.

    Raises Refusal when too many are running or waiting.
    """
    again: dict[str, str] = {"Retry-After": str(RETRY_S)}
    if turns.queued() > MOST_WAITING:
        figures.TURNED_AWAY.labels("instance").inc()
        raise Refusal(
            "overloaded", "Very many search at this moment; ask again in a moment.", headers=again
        )
    who: Any = asker_of(request) if asker.key is None else f"team {asker.key.team_id}"
    if who is None:
        yield
        return
    if not turns.take(who):
        figures.TURNED_AWAY.labels("asker").inc()
        raise Refusal(
            "too_many_at_once",
            f"Searching is without limit, {EACH} at a time for each team: wait for the ones that "
            "run, then ask again.",
            headers=again,
        )
    try:
        yield
    finally:
        turns.give_back(who)
