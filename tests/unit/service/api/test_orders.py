"""Orders over HTTP: done once under one key, streamed as files, refused by name."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest
import time_machine

from influencr.engine import Engine
from influencr.service.api import repeated
from influencr.service.api.models import Given


@pytest.fixture(scope="module")
def home(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("api") / "home"
    shutil.copytree(tiny_home, folder)
    with Engine(folder) as opened:
        yield opened


@pytest.fixture
def call(home: Engine, monkeypatch: pytest.MonkeyPatch, client: Any) -> Iterator[Any]:
    from influencr.service.web import engine as door

    door.forget_engine()
    monkeypatch.setattr(door, "_open", lambda _: home)

    def called(verb: str, path: str, body: Any = None, **headers: str) -> Any:
        return client.generic(
            verb,
            f"/api/v1/{path}",
            b"" if body is None else msgspec.json.encode(body),
            content_type="application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    yield called
    for one in home.lists.all():
        home.lists.remove(one.id)
    door.forget_engine()


def streamed(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


@pytest.mark.django_db
def test_an_order_sent_twice_under_one_key_is_done_once(call: Any, home: Engine) -> None:
    first = call("POST", "lists", {"name": "Bakers"}, Idempotency_Key="k1")
    assert first.status_code == 201
    again = call("POST", "lists", {"name": "Bakers"}, Idempotency_Key="k1")
    assert again.status_code == 201
    assert again.content == first.content
    assert again.headers[repeated.REPEATED] == "true"
    assert len(home.lists.all()) == 1
    # What is kept of it opens nothing.
    assert "Bakers" not in str(Given.objects.values())


@pytest.mark.django_db
def test_another_order_under_the_same_key_is_refused(call: Any, home: Engine) -> None:
    call("POST", "lists", {"name": "Bakers"}, Idempotency_Key="k1")
    other = call("POST", "lists", {"name": "Cooks"}, Idempotency_Key="k1")
    assert other.status_code == 422
    assert other.json()["error"]["field"] == "Idempotency-Key"
    assert [one.name for one in home.lists.all()] == ["Bakers"]


@pytest.mark.django_db
def test_what_was_refused_may_be_sent_again_under_its_key(call: Any) -> None:
    assert call("POST", "lists", {"name": ""}, Idempotency_Key="k1").status_code == 422
    assert call("POST", "lists", {"name": "Bakers"}, Idempotency_Key="k1").status_code == 201


@pytest.mark.django_db
def test_while_the_first_is_being_done_the_second_is_told_so(call: Any) -> None:
    call("POST", "lists", {"name": "Bakers"}, Idempotency_Key="k1")
    Given.objects.update(status=0, answer="")
    told = call("POST", "lists", {"name": "Bakers"}, Idempotency_Key="k1")
    assert told.status_code == 409
    assert told.json()["error"]["code"] == "in_progress"


@pytest.mark.django_db
def test_a_key_is_forgotten_after_a_day(call: Any) -> None:
    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC), tick=False) as clock:
        call("POST", "lists", {"name": "Bakers"}, Idempotency_Key="k1")
        clock.shift(repeated.KEPT + timedelta(seconds=1))
        assert call("POST", "lists", {"name": "Cooks"}, Idempotency_Key="k1").status_code == 201
        clock.shift(repeated.KEPT + timedelta(seconds=1))
        assert repeated.tidy() == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "ä"])
def test_a_key_that_cannot_be_one_is_refused(call: Any, key: str) -> None:
    told = call("POST", "lists", {"name": "Bakers"}, Idempotency_Key=key)
    assert told.status_code == 422


def test_an_order_without_a_key_asks_no_table(call: Any) -> None:
    # No access to the database is allowed in this test.
    assert call("POST", "lists", {"name": "Bakers"}).status_code == 201


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH"])
def test_a_form_of_another_site_changes_nothing(client: Any, call: Any, verb: str) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        path = {"POST": "lists", "PUT": "prices", "PATCH": "lists/x"}[verb]
        told = client.generic(verb, f"/api/v1/{path}", b'{"name":"x"}', content_type=kind)
        assert told.status_code == 415


def test_a_file_of_a_search_holds_everybody_in_order(call: Any) -> None:
    total = call("GET", "count?everything=true").json()["total"]
    lines = streamed(call("GET", "export?everything=true&sort=followers&limit=1")).splitlines()
    rows = [msgspec.json.decode(line) for line in lines]
    assert len(rows) == total
    followers = [row["followers"] or -1 for row in rows]
    assert followers == sorted(followers, reverse=True)
    sent = call("POST", "export", {"everything": True, "sort": "followers", "format": "csv"})
    assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
    table = pl.read_csv(io.BytesIO(streamed(sent)), infer_schema_length=None)
    assert table["profile_id"].to_list() == [row["profile_id"] for row in rows]
    whole = streamed(call("GET", "export?everything=true&format=parquet"))
    assert len(pl.read_parquet(whole)) == total


def test_a_file_is_refused_before_its_first_byte(call: Any) -> None:
    told = call("GET", "export?followers_mim=5")
    assert told.status_code == 422
    assert told.json()["error"]["field"] == "followers_mim"
    told = call("GET", "export?format=xlsx")
    assert told.json()["error"]["valid"] == ["csv", "ndjson", "parquet"]
    told = call("GET", "export?brand=nobody")
    assert told.status_code == 422
    assert call("GET", "lists/nothing/export").status_code in (404, 422)


@pytest.mark.django_db
def test_a_file_gives_its_turn_back(call: Any) -> None:
    from influencr.service.operations.turns import EACH

    for _ in range(EACH * 3):
        response = call("GET", "export?everything=true")
        next(iter(response.streaming_content))
        response.close()


def test_a_list_is_taken_along(call: Any, home: Engine) -> None:
    who = [hit["profile_id"] for hit in call("GET", "search?limit=3").json()["hits"]]
    call("POST", "lists", {"name": "Bakers"})
    added = call("POST", "lists/Bakers/creators", {"who": who, "note": "=SUM(A1)"})
    assert added.json()["came"] == who
    table = pl.read_csv(io.BytesIO(streamed(call("GET", "lists/Bakers/export?format=csv"))))
    assert table["profile_id"].to_list() == who
    assert table["note"].to_list() == ["'=SUM(A1)"] * 3


def test_ten_thousand_names_fit_into_one_question(call: Any) -> None:
    names = [f"bluesky:@somebody.with.a.rather.long.name.{i}.example" for i in range(10_000)]
    told = call("POST", "look_up", {"who": names, "fields": ["followers"]}).json()
    assert told["n"]["not_listed"] == 10_000


def test_webhooks_belong_to_teams(call: Any) -> None:
    told = call("GET", "webhooks")
    assert told.status_code == 403
    assert "no members" in told.json()["error"]["message"]
