"""Which servers can be listened to, in which dialect, and from where in their stream.

A position is a server's own number and means nothing to another. Jetstream servers understand an
instant as well: whoever leaves one of them for another asks for the instant of the last event, less
REWIND_US, since their clocks and their order differ a little. A relay does not; after a switch it
is asked for everything that it still has, and what was stored already changes nothing.

REWIND_US: our own choice; the README of Jetstream advises "a few seconds".
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from influencr.errors import UsageError
from influencr.sources.bluesky.stream._event import Decoder
from influencr.sources.bluesky.stream._fold import COLLECTIONS
from influencr.sources.bluesky.stream._jetstream import V2_DICTIONARY, decode_v1, decode_v2
from influencr.sources.bluesky.stream._memory import Position
from influencr.sources.bluesky.stream._repos import decode_repos

__all__ = ["PUBLIC", "REWIND_US", "Server", "server", "start"]

#: The public Jetstream servers [bsky-docs, blog of 2024-10-16]. v2 servers serve v1 as well.
PUBLIC = (
    "wss://jetstream2.us-east.bsky.network/subscribe",
    "wss://jetstream1.us-east.bsky.network/subscribe",
    "wss://jetstream2.us-west.bsky.network/subscribe",
    "wss://jetstream1.us-west.bsky.network/subscribe",
)
REWIND_US = 10_000_000
#: Positions from here on are microseconds, below it numbers of a server [Jetstream docs].
_FIRST_INSTANT = 10**15
_PATHS: dict[str, tuple[str, Decoder]] = {
    "/subscribe": ("v1", decode_v1),
    "/xrpc/network.bsky.jetstream.subscribeEvents": ("v2", decode_v2),
    "/xrpc/com.atproto.sync.subscribeRepos": ("repos", decode_repos),
}


class Server(NamedTuple):
    """A stream: its address without query, its dialect (v1, v2 or repos), how it is read."""

    address: str
    dialect: str
    decode: Decoder

    def url(self, cursor: int | None, *, compressed: bool = True) -> str:
        """What to connect to in order to go on at a position (None: from now on)."""
        words: list[tuple[str, str | int]] = []
        if self.dialect == "v1":
            words += [("wantedCollections", name) for name in COLLECTIONS]
            if compressed:
                words.append(("compress", "true"))
        elif self.dialect == "v2":
            # No `kinds`: a stream of commits alone would lose deleted accounts.
            words += [("collections", name) for name in COLLECTIONS]
            if compressed:
                words.append(("zstdDictionary", V2_DICTIONARY))
        if cursor is not None:
            words.append(("cursor", cursor))
        return f"{self.address}?{urlencode(words)}" if words else self.address


def server(address: str) -> Server:
    """The server at an address; UsageError names the paths that are understood.

    >>> server("wss://relay.example/xrpc/com.atproto.sync.subscribeRepos").dialect
    'repos'
    """
    parts = urlsplit(address)
    if parts.scheme not in ("ws", "wss") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(
            f"jetstream: {address!r} is no stream; write it as wss://host/subscribe.",
            field="jetstream",
        )
    known = _PATHS.get(parts.path.rstrip("/"))
    if known is None:
        raise UsageError(
            f"jetstream: {address!r} is none of the known streams; they end in "
            f"{', '.join(_PATHS)}.",
            field="jetstream",
        )
    return Server(address.rstrip("/"), *known)


def start(at: Server, position: Position, from_cursor: int | None = None) -> int | None:
    """From where to ask a server; None for "from now on", when nothing was ever heard.

    from_cursor   what the person asked for, in place of what was stored
    """
    if from_cursor is not None:
        return from_cursor
    own = position.cursors.get(at.address)
    if own is not None:
        return own
    if not position.at_us:
        return None
    return 0 if at.dialect == "repos" else max(position.at_us - REWIND_US, _FIRST_INSTANT)
