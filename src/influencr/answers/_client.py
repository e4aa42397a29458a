"""What one holds to ask, here or from afar: the same names, keywords and values.

`influencr.open` gives an `Engine`, `influencr.connect` a client of an instance; both are a
`Client`. Whoever wants documents instead of values (MCP, a script) asks by name: `Asks`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

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

__all__ = ["Asks", "AsyncAsks", "AsyncClient", "Client"]


class Asks(Protocol):
    """Any question of QUESTIONS by its name, answered by its document."""

    def ask(self, question: str, /, **request: Any) -> dict[str, Any]:
        """The document; raises UnknownValue for no question, UsageError for what cannot be asked.

        question   a name in `influencr.answers.QUESTIONS`
        request    its fields; filters of a search by their own names
        """
        ...


class AsyncAsks(Protocol):
    """`Asks`, awaited."""

    async def ask(self, question: str, /, **request: Any) -> dict[str, Any]:
        """See `Asks.ask`."""
        ...


class Client(Protocol):
    """Questions about creators; see the methods of the same names of `influencr.engine.Engine`."""

    def search(self, text: str = "", **filters: Any) -> Results:
        """Creators that match words and filters."""
        ...

    def query(self, query: Query) -> Results:
        """The same for a query made before."""
        ...

    def count(self, text: str = "", **filters: Any) -> int:
        """How many match, exactly."""
        ...

    def every(self, text: str = "", **filters: Any) -> Iterator[Hit]:
        """Everybody who matches, one after the other in their order, whatever `limit`."""
        ...

    def export(self, query: Query, path: str | os.PathLike[str]) -> Exported:
        """Write everybody who matches to a file; the bytes are the same, here and from afar."""
        ...

    def whereabouts(self, query: Query) -> Whereabouts:
        """Where everybody who matches is."""
        ...

    def similar(self, who: str, *, by: str = "content", limit: int = 20, **filters: Any) -> Results:
        """Creators like one creator."""
        ...

    def show(self, who: str) -> dict[str, Any] | None:
        """One creator's row with every reason, None for nobody; from afar also None for somebody
        who is known and not listed, and never with the posts."""
        ...

    def explain(self, query: Query, who: str) -> Explained:
        """Why a creator is, or is not, among the results."""
        ...

    def compare(self, query: Query, one: str, other: str) -> Compared:
        """Which of two creators stands above the other, and what decides."""
        ...

    def suggest_places(self, prefix: str, *, limit: int = 10) -> list[PlaceSuggestion]:
        """Places whose name begins so."""
        ...

    def overlap(self, who: Iterable[str]) -> Together:
        """How many different people some creators have together."""
        ...

    def plan(self, query: Query | None = None, **brief: Any) -> Plan:
        """The roster for a budget, or the cheapest one that reaches so many people."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class AsyncClient(Protocol):
    """`Client`, awaited."""

    async def search(self, text: str = "", **filters: Any) -> Results:
        """Creators that match words and filters."""
        ...

    async def query(self, query: Query) -> Results:
        """The same for a query made before."""
        ...

    async def count(self, text: str = "", **filters: Any) -> int:
        """How many match, exactly."""
        ...

    def every(self, text: str = "", **filters: Any) -> AsyncIterator[Hit]:
        """Everybody who matches, one after the other in their order, whatever `limit`."""
        ...

    async def export(self, query: Query, path: str | os.PathLike[str]) -> Exported:
        """Write everybody who matches to a file."""
        ...

    async def whereabouts(self, query: Query) -> Whereabouts:
        """Where everybody who matches is."""
        ...

    async def similar(
        self, who: str, *, by: str = "content", limit: int = 20, **filters: Any
    ) -> Results:
        """Creators like one creator."""
        ...

    async def show(self, who: str) -> dict[str, Any] | None:
        """One creator's row with every reason, None for nobody."""
        ...

    async def explain(self, query: Query, who: str) -> Explained:
        """Why a creator is, or is not, among the results."""
        ...

    async def compare(self, query: Query, one: str, other: str) -> Compared:
        """Which of two creators stands above the other, and what decides."""
        ...

    async def suggest_places(self, prefix: str, *, limit: int = 10) -> list[PlaceSuggestion]:
        """Places whose name begins so."""
        ...

    async def overlap(self, who: Iterable[str]) -> Together:
        """How many different people some creators have together."""
        ...

    async def plan(self, query: Query | None = None, **brief: Any) -> Plan:
        """The roster for a budget, or the cheapest one that reaches so many people."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
