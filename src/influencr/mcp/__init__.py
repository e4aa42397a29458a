"""How does an assistant ask? The questions of the product as tools of the Model Context Protocol.

Useful for: any MCP client, over stdio or HTTP, on a data home or on an instance far away. Not
useful for: anything that REST or Python does as well. Read-only unless orders are allowed. What
people wrote of themselves reaches the client marked as data (`_fenced`). Costs: the official SDK is
the heaviest import of the product, 1 s of one core; only `influencr mcp` loads it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.mcp._serve import serve_http, serve_stdio
    from influencr.mcp._server import make_server
    from influencr.mcp._tools import Tools

__all__ = ["Tools", "make_server", "serve_http", "serve_stdio"]

_HOMES = {
    "_serve": ("serve_http", "serve_stdio"),
    "_server": ("make_server",),
    "_tools": ("Tools",),
}


def __getattr__(name: str) -> object:
    # The SDK is loaded on first use, never by importing this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
