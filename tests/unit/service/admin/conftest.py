"""An operator with a second step, and an instance that has something to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from tests.standins.members import PASSWORD, person

from influencr.kept import Case, Departure
from influencr.pipeline.revisits import Standing
from influencr.search import FacetValue

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(at: datetime) -> str:
    return format_hotp_value(hotp_value(KEY, int(at.timestamp()) // 30))


def case(number: int, **changes: Any) -> Case:
    given: dict[str, Any] = {
        "number": number,
        "kind": "contest",
        "profile_id": "bluesky:did:plc:juno",
        "named": "bluesky:@juno",
        "about": "verdict",
        "text": "These people came from my book tour.",
        "shown": True,
        "contact": "juno@sauerteig.example",
        "opened_at": NOW - timedelta(days=2),
        "proven_at": NOW - timedelta(days=2),
        "way": "dns",
        "answered_at": None,
        "answer": None,
        "withdrawn_at": None,
        **changes,
    }
    return Case(**given)


class Desk:
    """Cases and departures in memory."""

    def __init__(self) -> None:
        self.held = {1: case(1), 2: case(2, kind="help", about="", proven_at=None, way=None)}

    def cases(self, state: str | None = None, kind: str | None = None) -> list[Case]:
        return [one for one in self.held.values() if state is None or one.state == state]

    def case(self, number: int) -> Case | None:
        return self.held.get(number)

    def answer(self, number: int, text: str) -> Case:
        from influencr.errors import UsageError

        if not text.strip():
            raise UsageError("answer: write some words.", field="answer")
        self.held[number] = self.held[number]._replace(answer=text, answered_at=NOW)
        return self.held[number]

    def departures(self, limit: int = 100) -> list[Departure]:
        at = NOW - timedelta(hours=1)
        under_way = Departure(2, "bluesky:x", NOW - timedelta(minutes=3), None, "opt_out", "bio", 1)
        return [under_way, Departure(1, None, at, at + timedelta(seconds=4), "opt_out", "dns", 1)]


def standings(home: Any, catalogue: Any) -> list[Standing]:
    calm = Standing(
        *("bluesky", 1_200, NOW, 0, None, {}, 42.0, 0, None, None, (), {"bsky": 31}, {})
    )
    failed = calm._replace(
        source="youtube", lag_seconds=None, last_error={"at": NOW, "says": "The key is refused."}
    )
    return [calm, failed]


@pytest.fixture
def at_desk(members: Any, engine: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The members, with an engine that has an index, sources, cases and departures."""
    engine.status = lambda: {
        "demo": False,
        "as_of": NOW,
        "judged_at": NOW,
        "is_stale": False,
        "index": {"n_creators": 412, "built_at": NOW},
        "tables": {"profiles": {"rows": 1_200, "last_fetched_at": NOW}},
        "pending_removals": False,
    }
    engine.rights = Desk()
    engine.answer = cast.results(
        facets={
            "platform": (FacetValue(value="bluesky", label="Bluesky", count=400),),
            "country": (FacetValue(value="DE", label="Germany", count=300),),
        }
    )
    monkeypatch.setattr("influencr.pipeline.revisits.standings", standings)
    return members


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def operator(at_desk: Any, clock: Any) -> Client:
    """A browser in which an operator has just signed in with both steps."""
    one = person("op@instance.example")
    one.is_staff = True
    one.save()
    TOTP.activate(one, KEY)
    cache.clear()
    client = Client()
    client.post("/login", {"login": one.email, "password": PASSWORD})
    assert client.post("/login/second", {"code": code(NOW)}).status_code == 302
    return client
