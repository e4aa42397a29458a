"""An instance far away, held like an engine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
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

__all__ = ["Remote"]


class Remote:
    """The questions of an instance: `influencr.answers.Client` over HTTP.

    url          where it is served, https://influencr.example
    key          a key of a program ("inf_..."); None for an open instance
    timeout      seconds to wait for an answer
    attempts     how often a question is asked at most while the instance is out of reach, busy or
                 says "later" in not more than 20 s; what writes carries a key of its own, so that
                 it is never done twice
    allow_http   send the key to another machine without encryption

    May be shared by threads. Errors are those of an engine, with the sentence of the instance;
    further Refused (key, right, trial over), Unreachable, TooManyCalls and BadAnswer.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 60.0,
        attempts: int = 3,
        allow_http: bool = False,
    ) -> None:
        from influencr.remote._wire import Wire

        self._address = address_of(url, key, allow_http=allow_http)
        self._attempts = attempts
        self._wire = Wire(self._address, timeout)

    @property
    def url(self) -> str:
        """Where it asks."""
        return self._address.url

    def ask(self, question: str, /, **request: Any) -> dict[str, Any]:
        """Any question of `influencr.answers.QUESTIONS` by its name; its document.

        Raises UnknownValue for no question, UsageError for what cannot be asked, before anything
        is sent.
        """
        known, _ = request_of(question, request)
        call = call_of(known, request)
        attempts = Attempts(self._attempts)
        while True:
            outcome = self._wire.send(call)
            wait = attempts.wait_after(outcome)
            if wait is None:
                return document_of(call, outcome, self.url)
            time.sleep(wait)

    def search(self, text: str = "", **filters: Any) -> Results:
        """Creators that match words and filters; the names are the fields of `search.Query`."""
        return self._value(_asked.query(make_query(text=text, **filters)))

    def query(self, query: Query) -> Results:
        """The same for a query made before."""
        return self._value(_asked.query(query))

    def count(self, text: str = "", **filters: Any) -> int:
        """How many match, exactly."""
        return self._value(_asked.count(text, filters))

    def every(self, text: str = "", **filters: Any) -> Iterator[Hit]:
        """Everybody who matches, one after the other in the order of `search`, whatever `limit`.

        Page by page: who comes or goes meanwhile may be in it or not, nobody comes twice.
        """
        return self._walk(make_query(text=text, **filters))

    def export(self, query: Query, path: str | os.PathLike[str]) -> Exported:
        """Write everybody who matches, in the query's order, whatever its `limit`.

        path   ends in .csv, .jsonl or .parquet; replaced as a whole, or not at all

        The bytes are those of `Engine.export` there, which tells who is never in it.
        """
        return download(self._wire, self.url, Attempts(self._attempts), query, path)

    def whereabouts(self, query: Query) -> Whereabouts:
        """Where everybody who matches a query is, counted by place."""
        return self._value(_asked.whereabouts(query))

    def similar(self, who: str, *, by: str = "content", limit: int = 20, **filters: Any) -> Results:
        """Creators like one creator, by "content" or by "audience"."""
        return self.search(similar=(who,), similar_by=by, limit=limit, **filters)

    def show(self, who: str) -> dict[str, Any] | None:
        """One creator's row with every reason, but for the posts; None for who is not listed."""
        try:
            return self._value(_asked.show(who))
        except NotListed:
            return None

    def explain(self, query: Query, who: str) -> Explained:
        """Why a creator is, or is not, among the results of a query."""
        return self._value(_asked.explain(query, who))

    def compare(self, query: Query, one: str, other: str) -> Compared:
        """Which of two creators stands above the other under a query, and what decides."""
        return self._value(_asked.compare(query, one, other))

    def suggest_places(self, prefix: str, *, limit: int = 10) -> list[PlaceSuggestion]:
        """Places whose name begins so in any script."""
        return self._value(_asked.suggest_places(prefix, limit))

    def overlap(self, who: Iterable[str]) -> Together:
        """How many different people some creators have together, and who shares whom."""
        return self._value(_asked.overlap(who))

    def plan(
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
        """The roster for a budget, or the cheapest one that reaches so many people.

        See `Engine.plan`; a file of prices is read on this machine.
        """
        asked = _asked.plan(
            query, who=who, on=on, prices=prices, price_file=price_file, curve=curve, brief=brief
        )
        return self._value(asked)

    def close(self) -> None:
        """Close connections; nothing can be asked any more."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Remote({self.url!r})"

    # Inside.

    def _value[T](self, asked: Asked[T]) -> T:
        return asked.back(self.ask(asked.name, **asked.values))

    def _walk(self, query: Query) -> Iterator[Hit]:
        after = query.after
        while True:
            page = self.query(_asked.page_of(query, after))
            yield from page.hits
            if page.next is None:
                return
            after = page.next
