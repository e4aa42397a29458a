"""The same for programs that await."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from influencr.answers import request_of
from influencr.errors import NotListed
from influencr.remote import _asked
from influencr.remote._address import address_of
from influencr.remote._asked import Asked
from influencr.remote._calls import Attempts, call_of
from influencr.remote._errors import document_of
from influencr.remote._files import download
from influencr.search import make_query

if TYPE_CHECKING:
    from influencr.engine import Exported
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

__all__ = ["AsyncRemote"]


class AsyncRemote:
    """`Remote` for programs that await: the same names, keywords, values and errors."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 60.0,
        attempts: int = 3,
        allow_http: bool = False,
    ) -> None:
        from influencr.remote._wire import AsyncWire

        self._address = address_of(url, key, allow_http=allow_http)
        self._attempts = attempts
        self._timeout = timeout
        self._wire = AsyncWire(self._address, timeout)

    @property
    def url(self) -> str:
        """Where it asks."""
        return self._address.url

    async def ask(self, question: str, /, **request: Any) -> dict[str, Any]:
        """See `Remote.ask`."""
        import asyncio

        known, _ = request_of(question, request)
        call = call_of(known, request)
        attempts = Attempts(self._attempts)
        while True:
            outcome = await self._wire.send(call)
            wait = attempts.wait_after(outcome)
            if wait is None:
                return document_of(call, outcome, self.url)
            await asyncio.sleep(wait)

    async def search(self, text: str = "", **filters: Any) -> Results:
        """See `Remote.search`."""
        return await self._value(_asked.query(make_query(text=text, **filters)))

    async def query(self, query: Query) -> Results:
        """See `Remote.query`."""
        return await self._value(_asked.query(query))

    async def count(self, text: str = "", **filters: Any) -> int:
        """See `Remote.count`."""
        return await self._value(_asked.count(text, filters))

    def every(self, text: str = "", **filters: Any) -> AsyncIterator[Hit]:
        """See `Remote.every`."""
        return self._walk(make_query(text=text, **filters))

    async def export(self, query: Query, path: str | os.PathLike[str]) -> Exported:
        """See `Remote.export`; done in a thread of its own."""
        import asyncio

        from influencr.remote._wire import Wire

        def done() -> Exported:
            wire = Wire(self._address, self._timeout)
            try:
                return download(wire, self.url, Attempts(self._attempts), query, path)
            finally:
                wire.close()

        return await asyncio.to_thread(done)

    async def whereabouts(self, query: Query) -> Whereabouts:
        """See `Remote.whereabouts`."""
        return await self._value(_asked.whereabouts(query))

    async def similar(
        self, who: str, *, by: str = "content", limit: int = 20, **filters: Any
    ) -> Results:
        """See `Remote.similar`."""
        return await self.search(similar=(who,), similar_by=by, limit=limit, **filters)

    async def show(self, who: str) -> dict[str, Any] | None:
        """See `Remote.show`."""
        try:
            return await self._value(_asked.show(who))
        except NotListed:
            return None

    async def explain(self, query: Query, who: str) -> Explained:
        """See `Remote.explain`."""
        return await self._value(_asked.explain(query, who))

    async def compare(self, query: Query, one: str, other: str) -> Compared:
        """See `Remote.compare`."""
        return await self._value(_asked.compare(query, one, other))

    async def suggest_places(self, prefix: str, *, limit: int = 10) -> list[PlaceSuggestion]:
        """See `Remote.suggest_places`."""
        return await self._value(_asked.suggest_places(prefix, limit))

    async def overlap(self, who: Iterable[str]) -> Together:
        """See `Remote.overlap`."""
        return await self._value(_asked.overlap(who))

    async def plan(
        self,
        query: Query | None = None,
        *,
        who: Iterable[str] = (),
        on: str | None = None,
        prices: Mapping[str, tuple[float, float]] | None = None,
        price_file: str | os.PathLike[str] | None = None,
        curve: bool = True,
        **brief: Any,
    ) -> Plan:
        """See `Remote.plan`."""
        asked = _asked.plan(
            query, who=who, on=on, prices=prices, price_file=price_file, curve=curve, brief=brief
        )
        return await self._value(asked)

    async def close(self) -> None:
        """Close connections; nothing can be asked any more."""
        await self._wire.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncRemote({self.url!r})"

    # Inside.

    async def _value[T](self, asked: Asked[T]) -> T:
        return asked.back(await self.ask(asked.name, **asked.values))

    async def _walk(self, query: Query) -> AsyncIterator[Hit]:
        after = query.after
        while True:
            page = await self.query(_asked.page_of(query, after))
            for hit in page.hits:
                yield hit
            if page.next is None:
                return
            after = page.next
