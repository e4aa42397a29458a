"""Files over HTTP: from whoever runs the instance, taken in by the queue, told row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from influencr.engine import Engine
from influencr.service.accounts import keys
from influencr.service.imports import taking
from influencr.service.imports.models import Import
from influencr.service.jobs.worker import Worker

BAKERS = (
    b"username,full_name,biography,followers_count,media_count,country,city\n"
    b"sourdough.ada,Ada Ferment,Vegan baking in Berlin,5200,310,DE,Berlin\n"
    b"oven.bela,Bela Ofen,Backen ohne Ei,12800,120,DE,Potsdam\n"
    b",,,no number,,,\n"
)
ASKED = "imports?name=bakers.csv&licence=ours&platform=instagram"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Engine]:
    from influencr.service.web import engine as door

    door.forget_engine()
    opened = Engine(tmp_path / "home", create=True)
    monkeypatch.setattr(door, "_open", lambda _: opened)
    yield opened
    opened.close()
    door.forget_engine()


def send(client: Any, path: str = ASKED, data: bytes = BAKERS, **headers: str) -> Any:
    kind = headers.pop("kind", "text/csv")
    return client.generic(
        "POST", f"/api/v1/{path}", data, content_type=kind,
        headers={"Host": "localhost", **headers},
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_file_is_taken_in_by_the_queue_and_found(client: Any, empty: Engine) -> None:
    told = send(client)
    assert told.status_code == 202, told.content
    one = told.json()
    assert one["state"] == "waiting"
    assert b"sourdough" in next(empty.home.service.glob("imports/*")).read_bytes()
    Worker().drain()
    done = client.get(f"/api/v1/imports/{one['id']}").json()
    assert (done["state"], done["problem"]) == ("done", "")
    assert done["told"]["rows_read"] == 3
    assert done["told"]["rows_kept"] == 2
    assert done["told"]["rows_quarantined"] == 1
    assert sum(done["told"]["reasons"].values()) == 1
    assert [hit.handle for hit in empty.search('"sourdough"').hits] == ["sourdough.ada"]
    assert not list(empty.home.service.glob("imports/*"))
    # The same file again is taken for what it is.
    send(client)
    Worker().drain()
    newest = client.get("/api/v1/imports").json()["imports"][0]
    assert (newest["state"], newest["told"]["rows_new"]) == ("done", 0)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_read_says_why(client: Any, empty: Engine) -> None:
    one = send(client, data=b"\x00\x01\x02 no table").json()
    Worker().drain()
    done = client.get(f"/api/v1/imports/{one['id']}").json()
    assert done["state"] == "failed"
    assert "bakers.csv" in done["problem"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kind", "status", "field"),
    [
        ("imports?name=../../x.csv&licence=ours", "text/csv", 422, "name"),
        ("imports?name=x.csv", "text/csv", 422, "licence"),
        ("imports?name=x.csv&licence=ours&platfrom=x", "text/csv", 422, "platfrom"),
        ("imports?name=x.csv&licence=ours", "text/plain", 415, None),
        ("imports?name=x.csv&licence=ours", "application/x-www-form-urlencoded", 415, None),
    ],
)
def test_what_cannot_be_meant_is_refused(
    client: Any, empty: Engine, path: str, kind: str, status: int, field: str | None
) -> None:
    told = send(client, path, kind=kind)
    assert told.status_code == status
    assert told.json()["error"].get("field") == field
    assert Import.objects.count() == 0


@pytest.mark.django_db
def test_an_open_instance_takes_files_from_its_own_machine_alone(
    client: Any, empty: Engine
) -> None:
    assert send(client, **{"X-Forwarded-For": "8.8.8.8"}).status_code == 403
    assert (
        client.generic(
            "POST", f"/api/v1/{ASKED}", BAKERS, content_type="text/csv", REMOTE_ADDR="8.8.8.8"
        ).status_code
        == 403
    )


def test_an_invented_world_takes_no_file_in(client: Any, engine: Any) -> None:
    engine.is_demo = True
    told = send(client)
    assert told.status_code == 422
    assert "invented" in told.json()["error"]["message"]


def test_with_members_only_staff_may(members: Any, client: Any, engine: Any) -> None:
    with pytest.raises(Exception, match="only a member of staff"):
        keys.make(members.olga.team, members.olga, "robot", ["import"])
    members.olga.is_staff = True
    members.olga.save()
    _, key = keys.make(members.olga.team, members.olga, "robot", ["import"])
    bearer = {"Authorization": f"Bearer {key}"}
    engine.is_demo = True
    assert send(client, **bearer).status_code == 422  # the world is invented: who asks may
    members.olga.is_staff = False
    members.olga.save()
    assert send(client, **bearer).status_code == 403
    assert client.get("/api/v1/imports", headers=bearer).status_code == 403
    assert send(client).status_code == 401


def test_names_become_no_path() -> None:
    for name in ("", ".", "..", "a/b.csv", "a\\b", "-x", "ä.csv", "x" * 101):
        assert not taking.NAME.fullmatch(name)
