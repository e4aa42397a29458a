"""What happens on the network right now? Jetstream and relay streams, folded into rows.

Useful for: keeping known creators fresh within seconds, honouring deletions as they happen, and
knowing when accounts were born. Not useful for: finding people (collection does), or what happened
while nobody listened for longer than the servers remember.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.sources.bluesky.stream._births import Births, Born, extend
    from influencr.sources.bluesky.stream._event import BadFrame, Event, StreamEnded
    from influencr.sources.bluesky.stream._fold import COLLECTIONS, Fold, Folded
    from influencr.sources.bluesky.stream._jetstream import decode_v1, decode_v2
    from influencr.sources.bluesky.stream._left import done, forget, left, position
    from influencr.sources.bluesky.stream._memory import Memory, Position
    from influencr.sources.bluesky.stream._plc import Page, births_of, pages_of, read_export
    from influencr.sources.bluesky.stream._reader import Lot, Reader, open_websocket
    from influencr.sources.bluesky.stream._repos import decode_repos, read_car
    from influencr.sources.bluesky.stream._servers import PUBLIC, Server, server

__all__ = [
    "COLLECTIONS",
    "PUBLIC",
    "BadFrame",
    "Births",
    "Born",
    "Event",
    "Fold",
    "Folded",
    "Lot",
    "Memory",
    "Page",
    "Position",
    "Reader",
    "Server",
    "StreamEnded",
    "births_of",
    "decode_repos",
    "decode_v1",
    "decode_v2",
    "done",
    "extend",
    "forget",
    "left",
    "open_websocket",
    "pages_of",
    "position",
    "read_car",
    "read_export",
    "server",
]

_HOMES = {
    "_births": ("Births", "Born", "extend"),
    "_event": ("BadFrame", "Event", "StreamEnded"),
    "_fold": ("COLLECTIONS", "Fold", "Folded"),
    "_jetstream": ("decode_v1", "decode_v2"),
    "_left": ("done", "forget", "left", "position"),
    "_memory": ("Memory", "Position"),
    "_plc": ("Page", "births_of", "pages_of", "read_export"),
    "_reader": ("Lot", "Reader", "open_websocket"),
    "_repos": ("decode_repos", "read_car"),
    "_servers": ("PUBLIC", "Server", "server"),
}


def __getattr__(name: str) -> object:
    # xxhash, polars and sockets are loaded with what needs them, never by naming this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
