"""What goes over the wire: the key to one address, patience, and no secret in any error."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import influencr
from influencr.errors import BadAnswer, Refused, Rejected, Unreachable
from influencr.search import make_query

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEY = "inf_" + "k" * 43


class Scripted(ThreadingHTTPServer):
    """Answers as it is told, one after the other, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answers(self, status: int, document: Any = None, **headers: str) -> None:
        self.script.append((status, headers, json.dumps(document).encode()))


class Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers, body))
        status, sent, told = self.server.script.pop(0)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(told)), **sent}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(told)

    do_POST = do_GET  # noqa: N815 - as the library calls it

    def log_message(self, *_: Any) -> None:
        """Nothing is written to the terminal."""


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as scripted:
        thread = threading.Thread(target=scripted.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield scripted
        scripted.shutdown()
        thread.join()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between attempts, which nobody waits for."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("asyncio.sleep", sleep)
    return waits


COUNTED = {"total": 3}


def test_the_key_and_who_asks_are_told(server: Scripted) -> None:
    server.answers(200, COUNTED)
    with influencr.connect(server.url, KEY) as client:
        assert client.count("food") == 3
    ((verb, path, headers, _),) = server.asked
    assert (verb, path) == ("GET", "/api/v1/count?text=food")
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["user-agent"].startswith("influencr/")


def test_without_a_key_none_is_sent(server: Scripted) -> None:
    server.answers(200, COUNTED)
    with influencr.connect(server.url) as client:
        client.count()
    assert "authorization" not in server.asked[0][2]


def test_what_passes_is_asked_again(server: Scripted, waited: list[float]) -> None:
    server.answers(503, {"error": {"code": "overloaded", "message": "Busy."}}, Retry_After="2")
    server.answers(502)
    server.answers(200, COUNTED)
    with influencr.connect(server.url) as client:
        assert client.count() == 3
    assert waited == [2.0, 1.0]
    assert len({path for _, path, *_ in server.asked}) == 1


def test_awaited_it_is_asked_again_too(server: Scripted, waited: list[float]) -> None:
    server.answers(503, Retry_After="2")
    server.answers(200, COUNTED)

    async def ask() -> int:
        async with influencr.connect_async(server.url) as client:
            return await client.count()

    assert asyncio.run(ask()) == 3
    assert waited == [2.0]


def test_patience_ends(server: Scripted, waited: list[float]) -> None:
    for _ in range(2):
        server.answers(503, {"error": {"code": "overloaded", "message": "Busy here."}})
    with (
        influencr.connect(server.url, attempts=2) as client,
        pytest.raises(Unreachable, match=r"Busy here\.") as told,
    ):
        client.count()
    assert told.value.code == "overloaded"
    assert len(server.asked) == 2


def test_an_order_is_sent_again_with_the_same_key(server: Scripted, waited: list[float]) -> None:
    server.answers(503)
    server.answers(201, {"id": "a"})
    with influencr.connect(server.url) as client:
        assert client.ask("list_make", name="Bakers") == {"id": "a"}
    one, other = (headers["idempotency-key"] for _, _, headers, _ in server.asked)
    assert one == other


def test_a_refused_key_is_told_and_not_shown(server: Scripted) -> None:
    server.answers(401, {"error": {"code": "key_refused", "message": "The key is not known."}})
    with influencr.connect(server.url, KEY) as client, pytest.raises(Refused) as told:
        client.search("food")
    assert str(told.value) == "The key is not known."
    assert told.value.code == "key_refused"
    assert KEY not in repr(vars(told.value))


def test_a_key_does_not_follow_to_another_address(server: Scripted) -> None:
    with Scripted() as other:
        server.answers(307, Location=f"{other.url}/api/v1/count")
        with influencr.connect(server.url, KEY) as client, pytest.raises(Rejected):
            client.count()
        assert other.asked == []


def test_nobody_there_is_said(waited: list[float]) -> None:
    with Scripted() as gone:
        url = gone.url
    for client in (influencr.connect(url, KEY), influencr.connect(url, KEY, attempts=1)):
        with client, pytest.raises(Unreachable, match="does not answer") as told:
            client.count()
        assert KEY not in str(told.value)
    assert waited == [0.5, 1.0]


def test_awaited_nobody_there_is_said(waited: list[float]) -> None:
    with Scripted() as gone:
        url = gone.url

    async def ask() -> None:
        async with influencr.connect_async(url, attempts=1) as client:
            await client.count()

    with pytest.raises(Unreachable, match="does not answer"):
        asyncio.run(ask())


FILE = {"Content-Disposition": 'attachment; filename="influencr.jsonl"'}


def test_a_file_is_asked_for_again_until_it_comes(
    server: Scripted, waited: list[float], tmp_path: Path
) -> None:
    server.answers(503, Retry_After="3")
    server.script.append((200, FILE, b'{"handle":"a"}\n'))
    with influencr.connect(server.url, KEY) as client:
        assert client.export(make_query(text="bread"), tmp_path / "a.jsonl").n_rows == 1
    assert waited == [3.0]
    verb, path, headers, body = server.asked[1]
    assert (verb, path) == ("POST", "/api/v1/export")
    assert headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(body) == {"format": "ndjson", "text": "bread"}


def test_a_file_that_breaks_off_is_not_written(server: Scripted, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"before")
    server.script.append((200, {**FILE, "Content-Length": "99"}, b'{"handle":"a"}\n'))
    with influencr.connect(server.url) as client, pytest.raises(Unreachable, match="broke the fil"):
        client.export(make_query(), file)
    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_no_file_is_not_taken_for_one(server: Scripted, tmp_path: Path) -> None:
    server.script.append((200, {"Content-Type": "text/html"}, b"<p>Welcome"))
    with (
        influencr.connect(server.url) as client,
        pytest.raises(BadAnswer, match="like an instance"),
    ):
        client.export(make_query(), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []
