"""The interface over the invented world, in an open instance and in one with members."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.http import HttpResponse
from django.test import Client

from influencr.engine import Engine


class Calls(NamedTuple):
    """A program: calls the interface, and reads what comes back."""

    client: Client
    headers: dict[str, str]

    def get(self, path: str, params: Any = None, **headers: str) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", params, headers={**self.headers, **headers})

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.client.post(
            f"/api/v1/{path}",
            body if isinstance(body, bytes) else json.dumps(body),
            content_type="application/json",
            headers={**self.headers, **headers},
        )


@pytest.fixture(scope="module")
def world(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine over a copy of the invented world, in which lists may be kept."""
    folder = tmp_path_factory.mktemp("api") / "home"
    shutil.copytree(tiny_home, folder)
    with Engine(folder) as opened:
        yield opened


@pytest.fixture
def door(world: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The service opens that world."""
    from influencr.service.lists import reach
    from influencr.service.web import audiences, engine

    parts = (engine.forget_engine, audiences.forget_reading, reach.forget_reading)
    for forget in parts:
        forget()
    monkeypatch.setattr(engine, "_open", lambda home: world)
    # Small as it is, this world may be read slowly on a busy machine.
    monkeypatch.setattr(audiences, "_PATIENCE_S", 60)
    monkeypatch.setattr(reach, "_PATIENCE_S", 60)
    yield
    for forget in parts:
        forget()


@pytest.fixture
def api(door: None) -> Calls:
    """A program that asks an open instance; it has no database to touch."""
    return Calls(Client(), {})


@pytest.fixture
def cast(settings: Any, db: None, door: None) -> Any:
    """An instance with members, and who they are."""
    from tests.standins.members import Cast, open_members

    open_members(settings)
    return Cast()


@pytest.fixture
def with_key(cast: Any) -> Any:
    """Makes a program of somebody, with a key that may do some things."""
    from influencr.service.accounts import keys

    def make(user: Any, *scopes: str) -> Calls:
        _, text = keys.make(user.team, user, "a program", scopes or ("search", "lists"))
        return Calls(Client(), {"Authorization": f"Bearer {text}"})

    return make
