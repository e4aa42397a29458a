"""A stream that goes on: whatever breaks, reading resumes where it stood, and a gap is told."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from influencr.errors import Refused, Rejected, UsageError
from influencr.sources.bluesky.stream import PUBLIC, Event, Position, Reader, server
from influencr.sources.bluesky.stream import _reader as module
from influencr.sources.bluesky.stream._servers import REWIND_US, start

from .conftest import NOON, SECOND, encoded, iso, post, v1, v2

V1 = "wss://one.example/subscribe"
OTHER = "wss://two.example/subscribe"
V2 = "wss://one.example/xrpc/network.bsky.jetstream.subscribeEvents"
REPOS = "wss://relay.example/xrpc/com.atproto.sync.subscribeRepos"


class Line:
    """A line that says these messages and then breaks with an error, or stays quiet."""

    def __init__(self, messages: Sequence[str | bytes], error: BaseException | None) -> None:
        self._messages = list(messages)
        self._error = error

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        return

    def recv(self, timeout: float | None = None) -> str | bytes:
        if self._messages:
            return self._messages.pop(0)
        if self._error is not None:
            raise self._error
        threading.Event().wait(0.01)
        raise TimeoutError


class Network:
    """Lines in the order in which they are to be opened; remembers what was asked."""

    def __init__(self, *lines: Line | BaseException) -> None:
        self._lines = list(lines)
        self.asked: list[str] = []

    def __call__(self, url: str, subprotocol: str) -> Any:
        self.asked.append(url)
        line = self._lines.pop(0) if self._lines else Line([], None)
        if isinstance(line, BaseException):
            raise line
        return line

    def cursors(self) -> list[str]:
        return [url.partition("cursor=")[2] for url in self.asked]


def read(
    network: Network,
    addresses: Sequence[str],
    until: Callable[[list[Event], Reader], bool],
    position: Position | None = None,
    **how: Any,
) -> tuple[list[Event], Reader]:
    reader = Reader(
        [server(address) for address in addresses],
        position or Position(),
        opener=network,
        first_pause=0.0,
        **how,
    )
    events: list[Event] = []
    with reader:
        for _ in range(500):
            for lot in reader.take(0.02):
                events += lot.events
            if until(events, reader):
                return events, reader
    raise AssertionError((events, network.asked, reader.problem))


def some(n: int, first: int = 0) -> list[Event]:
    return [post("ana", f"3k{i}", f"number {i}", at=i * SECOND) for i in range(first, first + n)]


def test_a_line_that_breaks_is_opened_at_the_last_event() -> None:
    told = some(4)
    network = Network(
        Line([v1(e) for e in told[:2]], OSError("reset")),
        Line([v1(e) for e in told[1:]], None),
    )
    events, reader = read(network, [V1], lambda e, _: len(e) >= 5)
    assert events == [*told[:2], *told[1:]]
    assert network.cursors() == ["", str(told[1].cursor)]
    assert reader.lines == 2
    assert "reset" in str(reader.problem)


def test_the_stored_position_is_asked_for_and_the_persons_own_wins() -> None:
    position = Position(cursors={V1: NOON}, at_us=NOON)
    network = Network()
    read(network, [V1], lambda *_: bool(network.asked), position)
    assert network.cursors() == [str(NOON)]
    network = Network()
    read(network, [V1], lambda *_: bool(network.asked), position, from_cursor=5)
    assert network.cursors() == ["5"]


def test_another_server_is_asked_from_a_little_earlier() -> None:
    told = some(2)
    broken = [OSError("no route")] * 3
    network = Network(Line([v1(e) for e in told], OSError("x")), *broken, Line([v1(told[1])], None))
    read(network, [V1, OTHER], lambda e, _: len(e) >= 3)
    assert [url.split("?")[0] for url in network.asked] == [V1] * 4 + [OTHER]
    assert network.cursors()[-1] == str(told[1].at_us - REWIND_US)


def test_a_relay_is_asked_for_everything_after_a_switch() -> None:
    position = Position(cursors={V1: NOON}, at_us=NOON)
    assert start(server(V1), position) == NOON
    assert start(server(OTHER), position) == NOON - REWIND_US
    assert start(server(REPOS), position) == 0
    assert start(server(REPOS), Position()) is None


def test_what_is_asked_for() -> None:
    url = server(V1).url(7)
    assert "wantedCollections=app.bsky.feed.post" in url
    assert url.endswith("compress=true&cursor=7")
    assert "block" not in url
    url = server(V2).url(None)
    assert "zstdDictionary=20260811" in url
    assert "kinds" not in url
    assert server(REPOS).url(9) == f"{REPOS}?cursor=9"
    assert [server(one).dialect for one in (*PUBLIC, V2, REPOS)] == ["v1"] * 4 + ["v2", "repos"]


@pytest.mark.parametrize(
    "address",
    ["https://one.example/subscribe", "wss://one.example/else", "one", "wss://a/subscribe?x=1"],
)
def test_an_address_that_is_no_stream_is_said(address: str) -> None:
    with pytest.raises(UsageError, match="jetstream: "):
        server(address)


def test_a_position_that_is_too_old_is_a_gap() -> None:
    position = Position(cursors={V2: 12}, at_us=NOON - 3_600 * SECOND)
    old = Rejected("no", status=400, url=V2, body='{"error":"CursorTooOld"}')
    info = {"$type": "network.bsky.jetstream.subscribeEvents#info", "name": "OutdatedCursor"}
    import json

    first = some(1)[0]._replace(cursor=99)
    network = Network(
        old, Line([json.dumps({"$type": "message", "payload": info}), v2(first)], None)
    )
    _, reader = read(network, [V2], lambda e, _: len(e) == 1, position)
    assert reader.gaps == [(NOON - 3_600 * SECOND, NOON)]
    assert network.cursors() == ["12", str(NOON - 3_600 * SECOND - REWIND_US)]


def test_a_silent_skip_of_v1_is_a_gap() -> None:
    absent = 40 * 3_600 * SECOND
    position = Position(cursors={V1: NOON - absent}, at_us=NOON - absent)
    network = Network(Line([v1(some(1)[0])], None))
    _, reader = read(network, [V1], lambda e, _: len(e) == 1, position, clock=lambda: NOON / SECOND)
    assert reader.gaps == [(NOON - absent, NOON)]


def test_a_quiet_night_is_no_gap() -> None:
    position = Position(cursors={V1: NOON - 8 * 3_600 * SECOND}, at_us=NOON - 8 * 3_600 * SECOND)
    network = Network(Line([v1(some(1)[0])], None))
    _, reader = read(network, [V1], lambda e, _: len(e) == 1, position, clock=lambda: NOON / SECOND)
    assert reader.gaps == []


def test_a_server_that_began_anew_is_read_from_now_on() -> None:
    ahead = encoded({"op": -1}) + encoded({"error": "FutureCursor"})
    network = Network(Line([ahead], None))
    _, reader = read(
        network, [REPOS], lambda *_: len(network.asked) == 2, Position(cursors={REPOS: 9_999})
    )
    assert network.cursors() == ["9999", ""]
    assert "FutureCursor" in str(reader.problem)


def test_unknown_dictionaries_are_asked_away() -> None:
    unknown = Rejected("no", status=400, url=V2, body='{"error":"UnknownZstdDictionary"}')
    network = Network(unknown)
    read(network, [V2], lambda *_: len(network.asked) == 2)
    assert "zstdDictionary" in network.asked[0]
    assert "zstdDictionary" not in network.asked[1]


def test_rubbish_between_events_is_counted() -> None:
    told = some(2)
    network = Network(Line([v1(told[0]), "{", v1(told[1])], None))
    events, reader = read(network, [V1], lambda e, _: len(e) == 2)
    assert events == told
    assert reader.bad == 1
    assert "cannot be read" in str(reader.problem)


@pytest.mark.parametrize(
    "refusal",
    [Rejected("answered 404", status=404, url=V1), Refused("not public", url=V1)],
)
def test_a_first_refusal_ends_it(refusal: Exception) -> None:
    network = Network(refusal)
    with pytest.raises(type(refusal)):
        read(network, [V1], lambda *_: False)


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    network = Network(ZeroDivisionError("ours"))
    with pytest.raises(Exception, match="ours"):
        read(network, [V1], lambda *_: False)


def test_the_server_waits_while_nobody_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 5)
    told = some(40)
    network = Network(Line([v1(e) for e in told], None))
    reader = Reader([server(V1)], Position(), opener=network, first_pause=0.0)
    with reader:
        for _ in range(1_000):
            if reader._waiting >= 5:
                break
            threading.Event().wait(0.01)
        first = [event for lot in reader.take(0.0) for event in lot.events]
        assert len(first) == 5
        rest: list[Event] = []
        for _ in range(200):
            rest += [event for lot in reader.take(0.05) for event in lot.events]
            if len(rest) == 35:
                break
    assert first + rest == told


@pytest.fixture
def live() -> Iterator[Any]:
    """A real websocket on loopback that sends a text and a compressed frame."""
    from websockets.sync.server import serve

    asked: list[Any] = []

    def play(line: Any) -> None:
        asked.append(line.request)
        line.send(v1(some(1)[0]))
        line.recv()

    with serve(play, "127.0.0.1", 0) as opened:
        thread = threading.Thread(target=opened.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{opened.socket.getsockname()[1]}/subscribe", asked
        opened.shutdown()
        thread.join()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_real_line_tells_whom_to_ask(live: Any) -> None:
    from influencr.sources.bluesky.stream import open_websocket

    address, asked = live
    opener = open_websocket(contact="mailto:ops@example.org", allow=[address])
    with Reader([server(address)], Position(), opener=opener) as reader:
        (lot,) = reader.take(10.0)
    assert lot.events == some(1)
    assert "mailto:ops@example.org" in asked[0].headers["User-Agent"]
    assert iso(NOON)
    with pytest.raises(Refused):
        open_websocket(contact="mailto:ops@example.org")(address, "")
