"""influencr: a search engine for micro influencers, by keyword and place, with the evidence.

>>> import influencr
>>> engine = influencr.open("path/to/home")              # doctest: +SKIP
>>> engine.search("vegan baking", near="Austin, TX")     # doctest: +SKIP

Or of an instance on another machine, with the same questions:

>>> client = influencr.connect("https://influencr.example", "inf_...")   # doctest: +SKIP
>>> client.search("vegan baking", near="Austin, TX")                     # doctest: +SKIP
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.engine import AsyncEngine, Engine
    from influencr.remote import AsyncRemote, Remote

__all__ = ["__version__", "connect", "connect_async", "open", "open_async"]

__version__ = "0.1.0"


def open(home: str | os.PathLike[str] | None = None) -> Engine:  # noqa: A001 - reads `influencr.open`
    """The engine on one data home; `home` defaults to INFLUENCR_HOME, else the user data folder.

    Raises HomeError when nothing was ever imported there.
    """
    from influencr.engine import Engine

    return Engine(home)


def open_async(home: str | os.PathLike[str] | None = None) -> AsyncEngine:
    """The same for programs that await: `async with influencr.open_async() as engine`.

    Raises as `open`.
    """
    from influencr.engine import AsyncEngine, Engine

    return AsyncEngine(Engine(home))


def connect(
    url: str,
    key: str | None = None,
    *,
    timeout: float = 60.0,
    attempts: int = 3,
    allow_http: bool = False,
) -> Remote:
    """An instance on another machine, asked as the engine of `open`; see `remote.Remote`.

    url, key   where it is served, and a key of a program ("inf_..."); None for an open instance

    Nothing is sent before the first question. Raises UsageError for what is no address, and for a
    key that would go to another machine unencrypted.
    """
    from influencr.remote import Remote

    return Remote(url, key, timeout=timeout, attempts=attempts, allow_http=allow_http)


def connect_async(
    url: str,
    key: str | None = None,
    *,
    timeout: float = 60.0,
    attempts: int = 3,
    allow_http: bool = False,
) -> AsyncRemote:
    """The same for programs that await: `async with influencr.connect_async(url) as client`."""
    from influencr.remote import AsyncRemote

    return AsyncRemote(url, key, timeout=timeout, attempts=attempts, allow_http=allow_http)
