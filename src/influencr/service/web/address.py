"""The address of a search page: every control of the page is a link to a changed address."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from influencr.search import Query, query_to_params

__all__ = ["PAGING", "VIEW", "WHO", "Address"]

#: Parameters that say which page of the results is shown; any change of the question drops them.
#: `after` belongs to the query; `start` (rows before this page) and `trail` (cursors of the pages
#: before) only let the page count its rows and link back; `places` is how many the map's list
#: names.
PAGING = ("after", "start", "trail", "places", "done")
#: How the results are shown, list or map: it stays with every change, and belongs to no query.
VIEW = "view"
#: Whom a page of reasons is about: it carries the question along, and is no part of it.
WHO = "who"


@functools.cache
def _path(page: str) -> str:
    # The same in every mode: modes add addresses and move none.
    return reverse(page)


@functools.lru_cache(maxsize=4_096)
def _encoded(pair: tuple[str, str]) -> str:
    # A page has a hundred links of the same few parameters.
    return urlencode((pair,))


class Address:
    """An immutable list of parameters; changes give a new address without the paging."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        # An empty box of a form says nothing, so it does not lengthen the address.
        self._pairs = tuple((k, v) for k, v in pairs if v != "")

    @classmethod
    def of(cls, given: QueryDict) -> Address:
        """The address that was asked for."""
        return cls((key, value) for key, values in given.lists() for value in values)

    @classmethod
    def asking(cls, query: Query) -> Address:
        """The address of a question that was made elsewhere."""
        params = query_to_params(query)
        return cls((key, value) for key, values in params.items() for value in values)

    def values(self, key: str) -> list[str]:
        """All values of a parameter, in order."""
        return [v for k, v in self._pairs if k == key]

    def params(self) -> dict[str, list[str]]:
        """Parameter -> values."""
        found: dict[str, list[str]] = {}
        for key, value in self._pairs:
            found.setdefault(key, []).append(value)
        return found

    def question(self) -> dict[str, list[str]]:
        """The parameters that belong to the query, not to the page."""
        left = ("start", "trail", "places", "done", VIEW, WHO)
        return {k: v for k, v in self.params().items() if k not in left}

    def fields(self, *, without: Iterable[str] = ()) -> list[tuple[str, str]]:
        """What a form that sets the parameters in `without` must carry along as hidden fields."""
        left = {*without, *PAGING, WHO}
        return [(k, v) for k, v in self._pairs if k not in left]

    def with_(self, changes: Mapping[str, Iterable[str]]) -> Address:
        """The address with these parameters set anew; no values removes one."""
        kept = [(k, v) for k, v in self._pairs if k not in changes and k not in PAGING]
        added = [(k, v) for k, values in changes.items() for v in values]
        return Address([*kept, *added])

    def without(self, *keys: str) -> Address:
        """The address without these parameters."""
        return self.with_(dict.fromkeys(keys, ()))

    def toggled(self, key: str, value: str) -> Address:
        """The address with one value of a parameter added, or taken out if it was there."""
        present = self.values(key)
        if value in present:
            return self.with_({key: [v for v in present if v != value]})
        return self.with_({key: [*present, value]})

    def paged(self, *, after: str | None, start: int, trail: Iterable[str]) -> Address:
        """The address of another page of the same question."""
        kept = [(k, v) for k, v in self._pairs if k not in PAGING]
        if after is not None:
            kept.append(("after", after))
        if start:
            kept.append(("start", str(start)))
        return Address([*kept, *(("trail", cursor) for cursor in trail)])

    @property
    def href(self) -> str:
        """The address as a link."""
        return self.at("search")

    def at(self, page: str) -> str:
        """The same parameters on another page, by the name of its address."""
        query = "&".join([_encoded(pair) for pair in self._pairs])
        return _path(page) + (f"?{query}" if query else "")

    def why(self, *who: str) -> str:
        """The page that says why somebody is where they are, or one above the other."""
        return self.with_({WHO: who, VIEW: ()}).at("why")

    def __str__(self) -> str:
        return self.href
