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
#: Knows on which server an account lives, and sends the question on [relay-rollout, 2026-01-24].
_RELAY = "https://relay1.us-east.bsky.network"
#: Repositories of the most active accounts have some hundred megabytes. Our own choice.
_MAX_REPOSITORY = 512 << 20


class Ears(NamedTuple):
    """Servers in the order of preference, what makes a reader of them from a position, and what
    fetches a whole repository by its DID."""

    servers: tuple[Server, ...]
    reader: Callable[[Position], AbstractContextManager[Reading]]
    repositories: Callable[[str], bytes]


def ears(home: Home, *, from_cursor: int | None = None) -> Ears:
    """What to listen with, from `sources.toml` ([bluesky] jetstream = [...]) and the environment.

    from_cursor   where to begin instead of where listening stood

    Raises NoContact without an operator to ask, UsageError for an address that is no stream.
    """
    from influencr.sources.bluesky.stream import PUBLIC, Reader, open_websocket, server
    from influencr.sources.http import Rule, Settings, State

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

    relay = settings.address(_SOURCE, "relay", _RELAY)

    def repositories(did: str) -> bytes:
        host = relay.partition("://")[2].partition("/")[0]
        with (
            State(home.sources / "bluesky.sqlite") as state,
            settings.client(_SOURCE, rules=[Rule(host, 10.0, 10)], state=state) as client,
        ):
            answer = client.get(
                f"{relay}/xrpc/com.atproto.sync.getRepo",
                {"did": did},
                max_bytes=_MAX_REPOSITORY,
                purpose="repositories",
            )
        return answer.body

    return Ears(servers, reader, repositories)


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
