"""The same questions for programs that await: each is answered in a thread of its own.

An engine may be shared by threads, and what costs time in a question runs outside the interpreter
lock, so that others are answered meanwhile. Who stops waiting for an answer does not stop the
thread that works on it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from influencr.engine._engine import Engine

if TYPE_CHECKING:
    from influencr.engine._export import Exported
    from influencr.planning import Plan, Together
    from influencr.search import (
        Compared,
        Explained,
        Hit,
        PlaceSuggestion,
        Query,
        Results,
        Whereabouts,
    )

__all__ = ["AsyncEngine"]

#: Hits that a thread brings at once; our own choice.
_AT_ONCE = 200


class AsyncEngine:
    """The questions of an engine, awaited; names, keywords, values and errors are `Engine`'s.

    engine   the engine underneath, for everything that is not a question
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def search(self, text: str = "", **filters: Any) -> Results:
        """See `Engine.search`."""
        return await _in_thread(self.engine.search, text, **filters)

    async def query(self, query: Query) -> Results:
        """See `Engine.query`."""
        return await _in_thread(self.engine.query, query)

    async def count(self, text: str = "", **filters: Any) -> int:
        """See `Engine.count`."""
        return await _in_thread(self.engine.count, text, **filters)

    async def every(self, text: str = "", **filters: Any) -> AsyncIterator[Hit]:
        """See `Engine.every`."""
        hits = await _in_thread(self.engine.every, text, **filters)
        while some := await _in_thread(_next, hits):
            for hit in some:
                yield hit

    async def export(self, query: Query, path: str | os.PathLike[str]) -> Exported:
        """See `Engine.export`."""
        return await _in_thread(self.engine.export, query, path)

    async def whereabouts(self, query: Query) -> Whereabouts:
        """See `Engine.whereabouts`."""
        return await _in_thread(self.engine.whereabouts, query)

    async def similar(
        self, who: str, *, by: str = "content", limit: int = 20, **filters: Any
    ) -> Results:
        """See `Engine.similar`."""
        return await _in_thread(self.engine.similar, who, by=by, limit=limit, **filters)

    async def show(self, who: str) -> dict[str, Any] | None:
        """See `Engine.show`."""
        return await _in_thread(self.engine.show, who)

    async def explain(self, query: Query, who: str) -> Explained:
        """See `Engine.explain`."""
        return await _in_thread(self.engine.explain, query, who)

    async def compare(self, query: Query, one: str, other: str) -> Compared:
        """See `Engine.compare`."""
        return await _in_thread(self.engine.compare, query, one, other)

    async def suggest_places(self, prefix: str, *, limit: int = 10) -> list[PlaceSuggestion]:
        """See `Engine.suggest_places`."""
        return await _in_thread(self.engine.suggest_places, prefix, limit=limit)

    async def overlap(self, who: Iterable[str]) -> Together:
        """See `Engine.overlap`."""
        return await _in_thread(self.engine.overlap, who)

    async def plan(self, query: Query | None = None, **brief: Any) -> Plan:
        """See `Engine.plan`."""
        return await _in_thread(self.engine.plan, query, **brief)

    async def close(self) -> None:
        """See `Engine.close`."""
        await _in_thread(self.engine.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


async def _in_thread[**P, T](call: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    # Whoever awaits has it loaded; whoever does not, starts without it.
    import asyncio

    return await asyncio.to_thread(call, *given, **named)


def _next(hits: Iterator[Hit]) -> list[Hit]:
    return list(islice(hits, _AT_ONCE))
