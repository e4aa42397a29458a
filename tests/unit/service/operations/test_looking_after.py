"""Health, readiness and figures: what an operator asks, and who else may."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from tests.standins.members import signed_in

from influencr.errors import HomeError, OtherFormat
from influencr.service.operations import readiness


def test_alive_is_alive_whatever_is_missing(client: Client, engine: Any, monkeypatch: Any):
    from influencr.service.web import engine as door

    monkeypatch.setattr(door, "get_engine", lambda: pytest.fail("health looks at nothing"))
    assert client.get("/health").json() == {"alive": True}


class Index:
    """An index as `ready` and the figures see it."""

    def __init__(self, told: Any) -> None:
        self._told = told

    @property
    def index(self) -> Index:
        return self

    def snapshot(self) -> Any:
        if isinstance(self._told, Exception):
            raise self._told
        return self._told


class Info:
    generation = 0

    @property
    def info(self) -> Info:
        return self


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (OtherFormat("Written at /home/somebody."), "another version"),
        (HomeError("No influencr data at /home/somebody."), "does not open"),
        (Info(), "Nothing is indexed"),
    ],
)
def test_what_is_missing_is_a_sentence_without_a_path(
    client: Client, monkeypatch: Any, told: Any, said: str
):
    from influencr.service.web import engine as door

    monkeypatch.setattr(door, "get_engine", lambda: Index(told))
    response = client.get("/ready")
    assert response.status_code == 503
    assert said in response.json()["missing"]["index"]
    assert "somebody" not in response.content.decode()


def test_an_open_instance_needs_its_index_alone(client: Client, engine: Any):
    response = client.get("/ready")
    assert (response.status_code, response.json()) == (200, {"ready": True, "missing": {}})


def test_with_members_the_database_and_a_worker_are_needed(members: Any, engine: Any):
    missing = Client().get("/ready").json()["missing"]
    assert set(missing) == {"worker"}


def test_a_database_that_does_not_answer_is_said(members: Any, engine: Any, monkeypatch: Any):
    class Broken:
        def cursor(self) -> Any:
            raise OperationalError("no such host db.internal")

    monkeypatch.setattr(readiness, "connection", Broken())
    missing = Client().get("/ready").json()["missing"]
    assert missing["database"] == "The database does not answer (OperationalError)."


LOCAL = {"REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": "localhost"}


def test_figures_are_for_this_machine(client: Client, engine: Any):
    client.get("/search?text=rye")
    told = client.get("/metrics", headers={"host": "localhost:8000"})
    assert told.status_code == 200
    text = told.content.decode()
    assert 'influencr_requests_total{method="GET",route="search",status="200"}' in text
    assert 'influencr_searches_total{ended="answered"}' in text
    assert "rye" not in text


@pytest.mark.parametrize(
    "changed",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_FORWARDED": "for=203.0.113.9"},
        {"HTTP_HOST": "search.example"},
        {"HTTP_AUTHORIZATION": "Bearer ", "REMOTE_ADDR": "203.0.113.9"},
    ],
)
def test_figures_are_nobody_elses(client: Client, engine: Any, settings: Any, changed: Any):
    settings.ALLOWED_HOSTS = ["*"]
    assert client.get("/metrics", **{"HTTP_HOST": "localhost", **changed}).status_code == 404


def test_a_token_opens_the_figures_from_anywhere(client: Client, engine: Any, settings: Any):
    settings.INFLUENCR_METRICS_TOKEN = "tök3n"
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics", **far, HTTP_AUTHORIZATION="Bearer tök3n").status_code == 200
    assert client.get("/metrics", **far, HTTP_AUTHORIZATION="Bearer other").status_code == 404
    # Where a token is set, being near is not enough.
    assert client.get("/metrics", headers={"host": "localhost"}).status_code == 404


def test_members_are_counted_and_not_named(members: Any, engine: Any):
    signed_in(members.olga).get("/search?text=secret+question")
    text = Client().get("/metrics", headers={"host": "localhost"}).content.decode()
    assert "influencr_members 4.0" in text
    assert 'influencr_teams_by_state{state="trial"} 2.0' in text
    assert 'influencr_teams_by_state{state="locked"} 1.0' in text
    assert "influencr_workers 0.0" in text
    for hidden in ("olga", "rye.example", "secret", "question", str(members.olga.team.pk)):
        assert hidden not in text


def test_a_part_that_is_broken_does_not_silence_the_others(members: Any, monkeypatch: Any):
    from influencr.service.web import engine as door

    monkeypatch.setattr(door, "get_engine", lambda: Index(HomeError("No data.")))
    text = Client().get("/metrics", headers={"host": "localhost"}).content.decode()
    assert 'influencr_part_up{part="index"} 0.0' in text
    assert 'influencr_part_up{part="members"} 1.0' in text
