"""Here and far away, waited for or awaited: one interface, which the type checker proves here.

Nothing imports this module.
"""

from __future__ import annotations

from influencr.answers import Asks, AsyncAsks, AsyncClient, Client
from influencr.engine import AsyncEngine, Engine
from influencr.remote import AsyncRemote, Remote

__all__ = ["asked", "asked_awaited", "awaited", "held"]


def held(engine: Engine, remote: Remote) -> tuple[Client, Client]:
    """What is held to ask."""
    return engine, remote


def awaited(engine: AsyncEngine, remote: AsyncRemote) -> tuple[AsyncClient, AsyncClient]:
    """The same for those who await."""
    return engine, remote


def asked(remote: Remote) -> Asks:
    """What answers with documents."""
    return remote


def asked_awaited(remote: AsyncRemote) -> AsyncAsks:
    """The same for those who await."""
    return remote
