"""One event of the network's stream, whichever dialect told it.

Four things happen to an account: it writes, changes or deletes a record (`commit`), changes its
handle or its keys (`identity`), changes its standing (`account`), or its history was cut and must
be read anew (`sync`). A fifth kind, `info`, is the server's own word about the stream.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from influencr.errors import Terminal, Transient

__all__ = ["BadFrame", "Decoder", "Event", "StreamEnded", "tid_us"]

_TID_DIGITS = str.maketrans("234567abcdefghijklmnopqrstuvwxyz", "0123456789abcdefghijklmnopqrstuv")
_TID_LENGTH = 13


class Event(NamedTuple):
    """What one message said.

    did         the account
    kind        commit, identity, account, sync or info
    at_us       when the server saw it, or where it does not say when it was sent: microseconds
                since 1970, 0 where nobody says
    cursor      the position in this server's stream; asking from here goes on after, or with,
                this event (both happen, so folding must bear a repetition)
    said_us     the instant that the account's own server wrote on an identity or account event,
                which is the same on every server; 0 where there is none
    rev         revision of the repository (a TID) of a commit or sync
    operation   create, update or delete
    collection, rkey   which record; record: its content, None for a delete
    handle      of an identity event, None when it does not say
    active, status     of an account event
    message     of an info event; its name is in `status`
    """

    did: str
    kind: str
    at_us: int = 0
    cursor: int = 0
    said_us: int = 0
    rev: str = ""
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: dict[str, Any] | None = None
    handle: str | None = None
    active: bool | None = None
    status: str | None = None
    message: str = ""


#: One websocket message -> its events, in order; raises BadFrame and StreamEnded.
type Decoder = Callable[[bytes | str], Sequence[Event]]


class BadFrame(Terminal):
    """A message that is none of the documented shapes; the stream itself goes on."""

    code = "bad_frame"


class StreamEnded(Transient):
    """The server said why it ends the connection; `name` is its word, such as ConsumerTooSlow."""

    code = "stream_ended"

    def __init__(self, name: str, message: str = "") -> None:
        told = f": {message}" if message else ""
        super().__init__(f"the stream's server closed with {name}{told}")
        self.name = name


def tid_us(tid: str) -> int:
    """Microseconds since 1970 of a TID (revision, record key); 0 for a text that is none.

    A TID is 64 bits in 13 digits of base 32: a zero, 53 bits of microseconds, 10 bits of clock.
    [atproto.com/specs/tid]

    >>> tid_us("3mptbypluud2a")
    1783175887514441
    >>> tid_us("self")
    0
    """
    if len(tid) != _TID_LENGTH:
        return 0
    try:
        return int(tid.translate(_TID_DIGITS), 32) >> 10
    except ValueError:
        return 0
