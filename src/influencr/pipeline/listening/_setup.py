"""What a home's settings say about listening: which streams, and who can be asked about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from influencr.errors import NoContact, UsageError

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.pipeline.listening._run import Reading
    from influencr.sources.bluesky.stream import Position, Server

__all__ = ["Ears", "cursor_of", "ears"]

_SOURCE = "bluesky"
_KEY = "jetstream"


class Ears(NamedTuple):
    """Servers in the order of preference, and what makes a reader of them from a position."""

    servers: tuple[Server, ...]
    reader: Callable[[Position], AbstractContextManager[Reading]]


def ears(home: Home, *, from_cursor: int | None = None) -> Ears:
    """What to listen with, from `sources.toml` ([bluesky] jetstream = [...]) and the environment.

    from_cursor   where to begin instead of where listening stood

    Raises NoContact without an operator to ask, UsageError for an address that is no stream.
    """
    from influencr.sources.bluesky.stream import PUBLIC, Reader, open_websocket, server
    from influencr.sources.http import Settings

    settings = Settings.read(home)
    given: Sequence[str] = settings.value(_SOURCE, _KEY, list(PUBLIC))
    if not given or not all(isinstance(one, str) for one in given):
        raise UsageError(
            f"sources.toml: [{_SOURCE}] {_KEY} is {json.dumps(given)}; give a list of stream "
            "addresses, or leave it out for the public ones.",
            field=_KEY,
        )
    servers = tuple(server(address) for address in given)
    contact = settings.contact
    if not contact:
        raise NoContact()
    opener = open_websocket(contact=contact, allow=settings.named_addresses(_SOURCE))

    def reader(position: Position) -> AbstractContextManager[Reading]:
        return Reader(servers, position, opener=opener, from_cursor=from_cursor)

    return Ears(servers, reader)


def cursor_of(text: str) -> int:
    """A position as a person writes it: a number of the server, or an instant.

    >>> cursor_of("2026-07-04T14:38:08Z")
    1783175888000000
    >>> cursor_of("31527015322")
    31527015322
    """
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--from: {text!r} is neither a number of the stream nor an instant such as "
            "2026-07-04T14:38:08Z.",
            field="--from",
        ) from None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return round(at.timestamp() * 1_000_000)
