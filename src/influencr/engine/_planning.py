"""Questions about people instead of followers: audiences counted, and plans for a budget."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from influencr.engine._listing import Listing
from influencr.engine._opened import Progress

if TYPE_CHECKING:
    from influencr.planning import Audience, Plan, Together
    from influencr.search import Query

__all__ = ["Planning"]


class Planning(Listing):
    """What can be asked about reach; nothing else in the product knows it."""

    def audiences(self, *, progress: Progress | None = None) -> Audience | None:
        """Who follows whom, ready to be counted; None where nobody's followers are known.

        `refresh` makes the sets; where it was ended before that, the first call does, which takes a
        while in a large home. While another process makes them, those of the judgement before
        answer.
        """
        from influencr.engine._plans import audiences

        return audiences(self, progress)

    def overlap(self, who: Iterable[str], *, progress: Progress | None = None) -> Together:
        """How many different people some creators have together, and who shares whom.

        who   creators as `show` takes them, in the order of the answer

        Raises UsageError for nobody and for somebody who is not listed, HomeError where nobody's
        followers are known one by one.
        """
        from influencr.engine._plans import overlap

        return overlap(self, who, progress)

    def plan(
        self,
        query: Query | None = None,
        *,
        who: tuple[str, ...] = (),
        on: str | None = None,
        prices: Mapping[str, tuple[float, float]] | None = None,
        price_file: str | os.PathLike[str] | None = None,
        curve: bool = True,
        progress: Progress | None = None,
        **brief: Any,
    ) -> Plan:
        """The roster for a budget, or the cheapest one that reaches so many people.

        query        candidates are those whom a search finds, in its order; or
        who          named creators, as `show` takes them; or
        on           the creators on a list, by its name or id. None of them: everybody listed
        prices       name as `show` takes it -> range for one post, for this plan
        price_file   the same as a CSV file (`planning.read_prices`)
        curve        with what other budgets would buy
        brief        fields of `planning.Brief`; creators are named as `show` takes them

        Raises UsageError for what cannot be asked, and when no roster does it with the nearest that
        one can do; HomeError when nothing is judged.
        """
        from influencr.engine._plans import plan

        return plan(self, query, who, on, prices or {}, price_file, curve, progress, brief)

    def keep_prices(
        self, prices: Mapping[str, tuple[float, float]], *, currency: str = "USD"
    ) -> int:
        """Keep own prices of a post for later plans; how many. Creators as `show` takes them."""
        from influencr.engine._plans import keep_prices

        return keep_prices(self, prices, currency)
