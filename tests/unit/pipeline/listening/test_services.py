"""What listening asks over HTTP: the ledger page by page, and whole repositories."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.unit.sources.bluesky.stream.conftest import NOON, SECOND, did, iso

from influencr.errors import NotThere, UnreadableInput
from influencr.home import Home
from influencr.pipeline.listening import ears, read_births
from influencr.sources.bluesky.stream import Births

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def line(number: int) -> bytes:
    told = {
        "type": "sequenced_op",
        "did": did(f"p{number}"),
        "operation": {"type": "plc_operation", "prev": None},
        "createdAt": iso(NOON + number * SECOND),
        "seq": number,
    }
    return json.dumps(told).encode() + b"\n"


class Service(ThreadingHTTPServer):
    """A directory of `n` accounts, and one repository."""

    n = 1_200
    asked: list[str]


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        parts = urlsplit(self.path)
        words = parse_qs(parts.query)
        if parts.path == "/export":
            after, count = int(words["after"][0]), int(words["count"][0])
            last = min(after + count, self.server.n)
            return self.answer(200, b"".join(line(i) for i in range(after + 1, last + 1)))
        if words.get("did") == [did("ana")]:
            return self.answer(200, b"car file")
        return self.answer(404, b"{}")

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[Home, Service]]:
    with Service(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        home = Home(tmp_path / "home")
        address = f"http://127.0.0.1:{server.server_address[1]}"
        (home.path / "sources.toml").write_text(
            'contact = "mailto:ops@example.org"\n'
            f'[bluesky]\nplc = "{address}"\nrelay = "{address}"\n'
        )
        yield home, server
        server.shutdown()
        thread.join()


def test_the_ledger_is_read_to_its_end_and_goes_on_there(service: tuple[Home, Service]) -> None:
    home, server = service
    told: list[int] = []
    read = read_births(home, progress=told.append)
    assert (read.n_operations, read.n_accounts, read.last_seq) == (1_200, 1_200, 1_200)
    assert told == [1_000, 1_200]
    births = Births(home.sources / "births.bin")
    assert births.seconds([did("p7"), did("x")]).tolist() == [NOON // SECOND + 7, -1]
    server.n = 1_250
    read = read_births(home)
    assert (read.n_operations, read.n_accounts) == (50, 1_250)
    assert [path.partition("after=")[2] for path in server.asked] == ["0", "1000", "1200"]
    assert read_births(home, seconds=0).n_operations == 0


def test_what_was_read_before_a_bad_file_is_kept(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_bytes(line(1) + line(2))
    bad.write_bytes(line(3) + b"no operation\n")
    with pytest.raises(UnreadableInput, match=r"bad\.jsonl, line 2"):
        read_births(home, [good, bad])
    assert len(Births(home.sources / "births.bin")) == 2


def test_a_repository_is_asked_of_the_relay(service: tuple[Home, Service]) -> None:
    home, server = service
    hears = ears(home)
    assert hears.repositories(did("ana")) == b"car file"
    assert server.asked[0].startswith("/xrpc/com.atproto.sync.getRepo?did=did")
    with pytest.raises(NotThere):
        hears.repositories(did("bob"))
