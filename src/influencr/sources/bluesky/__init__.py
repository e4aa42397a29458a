"""What is on Bluesky? Public calls without a key, and (in `stream`) what is said as it is said.

Useful for: finding who says or is listed for something somewhere, their posts, who follows and
reacts, and which wishes they have declared. Not useful for: deciding what any of it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.sources.bluesky._source import DEFAULT_BUDGET, BlueskySource

__all__ = ["DEFAULT_BUDGET", "BlueskySource"]


def __getattr__(name: str) -> object:
    # the text functions are loaded with the source, never by naming this folder
    if name in __all__:
        from influencr.sources.bluesky import _source

        return getattr(_source, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
