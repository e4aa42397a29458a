"""A stream that goes on: read in a thread, taken in lots, resumed wherever the line broke.

The thread decodes what comes and lays it aside, at most MOST_WAITING events; then it stops reading,
and the server waits. A line that breaks is opened again at the last event that was read, after a
pause that doubles up to MAX_PAUSE with a random part; after TRIES failures in a row the next server
is asked. A position that a server no longer has, or an answer that it skipped something, is kept as
a gap and told: what happened in it can only be collected.

MOST_WAITING, MAX_PAUSE, TRIES: our own choice; tests/unit/sources/bluesky/stream/test_reader.py.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, Self

from influencr.errors import InfluencrError, Refused, Rejected, ServiceError, Terminal
from influencr.sources.bluesky.stream._event import BadFrame, Event, StreamEnded
from influencr.sources.bluesky.stream._jetstream import UnknownDictionary
from influencr.sources.bluesky.stream._memory import Position
from influencr.sources.bluesky.stream._servers import REWIND_US, Server, start

__all__ = ["MAX_PAUSE", "MOST_WAITING", "TRIES", "Lot", "Reader", "open_websocket"]

MOST_WAITING = 50_000
MAX_PAUSE = 60.0
TRIES = 3
_FIRST_PAUSE = 0.25
#: So often a quiet line is looked at, to see whether to stop.
_GLANCE = 0.5
#: A v1 server skips silently what it no longer has; its window is 36 hours. A first event that
#: comes so much later than asked for, after an absence of most of that window, is a gap.
_ABSENT_US = 24 * 3_600_000_000
_SKIPPED_US = 600_000_000
#: What a server answers before the stream begins, and what it means.
_TOO_OLD = "CursorTooOld"
_NO_DICTIONARY = "UnknownZstdDictionary"


class Line(Protocol):
    """An open websocket."""

    def recv(self, timeout: float | None = None) -> str | bytes:
        """The next message; TimeoutError when there is none for so long."""
        ...


#: (url, subprotocol or "") -> the open line; OSError or InfluencrError when there is none.
type Opener = Callable[[str, str], AbstractContextManager[Line]]


class Lot(NamedTuple):
    """Events of one server, in their order."""

    server: str
    events: list[Event]


class Reader:
    """Reads servers one after the other, from where a position says; a context manager.

    servers       at least one; the first is preferred
    position      where listening stood
    from_cursor   where to begin instead, on the first server
    opener        opens a line; see `open_websocket`
    clock         seconds since 1970
    """

    def __init__(
        self,
        servers: Sequence[Server],
        position: Position,
        *,
        opener: Opener,
        from_cursor: int | None = None,
        clock: Callable[[], float] = time.time,
        random_part: Callable[[], float] = random.random,
        first_pause: float = _FIRST_PAUSE,
    ) -> None:
        self._servers = list(servers)
        self._cursors = dict(position.cursors)
        self._at_us = position.at_us
        self._from = from_cursor
        self._opener = opener
        self._clock = clock
        self._random = random_part
        self._first_pause = first_pause
        self._lots: list[Lot] = []
        self._waiting = 0
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._plain: set[str] = set()
        self._failure: InfluencrError | None = None
        self._gap_from: int | None = None
        #: Stretches [from, to] in microseconds that no server had.
        self.gaps: list[tuple[int, int]] = []
        #: Messages that could not be read, and what was wrong with the last one.
        self.bad = 0
        self.problem: str | None = None
        #: Lines opened so far; more than one means that some broke.
        self.lines = 0
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()

    def take(self, timeout: float) -> list[Lot]:
        """Everything that came since the last call; waits at most so long for something.

        Raises what makes going on senseless: a server that refuses the very first request.
        """
        with self._changed:
            if not self._lots and self._failure is None:
                self._changed.wait(timeout)
            if self._failure is not None and not self._lots:
                raise self._failure
            lots, self._lots, self._waiting = self._lots, [], 0
            self._changed.notify_all()
        return lots

    # The thread.

    def _run(self) -> None:
        number = failures = 0
        try:
            while not self._stop.is_set():
                at = self._servers[number % len(self._servers)]
                if self._listen(at):
                    failures = 0
                else:
                    failures += 1
                if failures and failures % TRIES == 0 and len(self._servers) > 1:
                    number += 1
                pause = min(self._first_pause * 2.0 ** min(failures, 20), MAX_PAUSE)
                self._stop.wait(pause * (0.5 + self._random() / 2))
        except InfluencrError as failure:
            with self._changed:
                self._failure = failure
                self._changed.notify_all()
        except Exception as failure:  # noqa: BLE001 - handed to whoever takes
            with self._changed:
                self._failure = Terminal(f"Reading the stream failed: {failure!r}.")
                self._failure.__cause__ = failure
                self._changed.notify_all()

    def _listen(self, at: Server) -> bool:
        """Read one line until it breaks; whether anything came."""
        position = Position(cursors=self._cursors, at_us=self._at_us)
        asked = start(at, position, self._from)
        url = at.url(asked, compressed=at.address not in self._plain)
        heard = False
        try:
            with self._opener(url, "xrpc.v1.json" if at.dialect == "v2" else "") as line:
                self.lines += 1
                while not self._stop.is_set():
                    try:
                        message = line.recv(timeout=_GLANCE)
                    except TimeoutError:
                        continue
                    events = self._decoded(at, message)
                    if events:
                        if not heard:
                            self._look_for_gap(at, asked, events[0])
                        heard = True
                        self._lay_aside(at, events)
        except UnknownDictionary as error:
            self.problem = error.message
            self._plain.add(at.address)
        except StreamEnded as error:
            self.problem = error.message
            if error.name == "FutureCursor":
                # The server began anew: its numbers mean something else now.
                self._cursors.pop(at.address, None)
        except (Rejected, Refused) as error:
            self._answer(at, error, asked)
        except (OSError, InfluencrError) as error:
            self.problem = f"{at.address}: {error}"
        except Exception as error:
            # websockets has a tree of its own for whatever breaks a line.
            if not type(error).__module__.startswith("websockets"):
                raise
            self.problem = f"{at.address}: {error}"
        return heard

    def _answer(self, at: Server, error: ServiceError, asked: int | None) -> None:
        """The server did not even begin."""
        self.problem = error.message
        if _TOO_OLD in error.body:
            # An instant is moved up to the oldest that there is; a number is refused.
            self._cursors.pop(at.address, None)
            self._from = None
            self._gap_from = self._at_us or asked
            if not self._at_us:
                self._at_us = REWIND_US
        elif _NO_DICTIONARY in error.body:
            self._plain.add(at.address)
        elif not self.lines and len(self._servers) == 1:
            raise error

    def _decoded(self, at: Server, message: str | bytes) -> Sequence[Event]:
        try:
            events = at.decode(message)
        except UnknownDictionary:
            raise
        except BadFrame as error:
            self.bad += 1
            self.problem = error.message
            return ()
        if events and events[0].kind == "info":
            self.problem = f"{at.address}: {events[0].status} {events[0].message}".rstrip()
            if events[0].status == "OutdatedCursor":
                self._gap_from = self._at_us
            return ()
        return events

    def _look_for_gap(self, at: Server, asked: int | None, first: Event) -> None:
        begun, self._gap_from = self._gap_from, None
        if begun is None and at.dialect == "v1" and asked is not None:
            absent = self._clock() * 1_000_000 - asked > _ABSENT_US
            begun = asked if absent and first.at_us - asked > _SKIPPED_US else None
        if begun:
            self.gaps.append((begun, first.at_us))

    def _lay_aside(self, at: Server, events: Sequence[Event]) -> None:
        last = events[-1]
        with self._changed:
            while self._waiting >= MOST_WAITING and not self._stop.is_set():
                self._changed.wait(_GLANCE)
            if self._lots and self._lots[-1].server == at.address:
                self._lots[-1].events.extend(events)
            else:
                self._lots.append(Lot(at.address, list(events)))
            self._waiting += len(events)
            self._changed.notify_all()
        self._from = None
        self._cursors[at.address] = last.cursor
        self._at_us = max(self._at_us, last.at_us)


def open_websocket(
    *, contact: str, allow: Sequence[str] = ()
) -> Callable[[str, str], AbstractContextManager[Line]]:
    """Opens lines over checked addresses only, under a name that says whom to ask.

    contact   of the operator; allow: base addresses that the settings name
    """
    from influencr import __version__
    from influencr.sources.http import connect

    agent = f"influencr/{__version__} (+{contact})"

    def opener(url: str, subprotocol: str) -> Any:
        from websockets.exceptions import InvalidStatus
        from websockets.sync.client import connect as websocket

        sock = connect(url, allow=allow)
        try:
            return websocket(
                url,
                sock=sock,
                subprotocols=[subprotocol] if subprotocol else None,  # type: ignore[list-item]
                compression=None,
                user_agent_header=agent,
                proxy=None,
                max_size=8 << 20,
                max_queue=1_024,
            )
        except InvalidStatus as error:
            sock.close()
            status, body = error.response.status_code, error.response.body or b""
            told = body[:4_000].decode("utf-8", "replace")
            sentence = f"{url.partition('?')[0]} answered {status} instead of a stream."
            if 400 <= status < 500 and status not in (408, 429):
                raise Rejected(sentence, status=status, url=url, body=told) from None
            raise OSError(sentence) from None
        except BaseException:
            sock.close()
            raise

    return opener
