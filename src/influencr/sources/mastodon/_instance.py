"""One server, asked: where its accounts live, page after page, and what it does not answer.

Every address asked is on the server that the operator listed: a `Link` header that leads elsewhere
ends the list. What a server refuses (a token is needed, the feature is off, robots.txt says no) is
remembered with its reason, and that kind of question is not asked again in this run; the client
underneath keeps the pace, waits as told, and stops at the budget.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from influencr.errors import BadAnswer, NotThere, Refused, Rejected

if TYPE_CHECKING:
    from influencr.sources.http import Client

__all__ = ["Instance", "Page", "next_page"]

#: So many useless answers in a row end a kind of question for this run; our own choice.
MOST_FAILURES = 3

_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^,;<>]+)*)")
_REL_NEXT = re.compile(
    r";\s*rel\s*=\s*\"?(?:[^\";]*\s)?next(?:\s[^\";]*)?\"?\s*(?:;|$)", re.IGNORECASE
)


class Page(NamedTuple):
    """What one call answered: the items, and the address of the next page or None."""

    items: list[Any]
    next_url: str | None


class Instance:
    """A server of the operator's list.

    base     "https://mastodon.example": scheme and host, nothing behind
    client   asks; its budget holds for all servers together, its pace for each alone
    told     called with the kind of question after every call

    `domain` is what stands behind the @ of its accounts, `hosts` where their addresses lie; both
    are known after `introduce`. `refusals` says which kinds of question it does not answer.
    """

    def __init__(self, base: str, client: Client, told: Callable[[str], None]) -> None:
        self.base = base.rstrip("/")
        self.host = urlsplit(self.base).netloc.casefold()
        self.domain = self.host
        self.hosts = frozenset({self.host})
        self.refusals: dict[str, str] = {}
        self._client = client
        self._told = told
        # Answers in a row that could not be used, by kind of question.
        self._failures: dict[str, int] = {}

    def introduce(self) -> bool:
        """Ask who it is; False when it does not answer as a server of this API."""
        told = self.one("instance", "/api/v2/instance")
        name = told.get("domain") if isinstance(told, Mapping) else None
        if told is None:
            # Servers before 4.0 and other software know only the first form.
            because = self.refusals.pop("instance", None)
            told = self.one("instance", "/api/v1/instance")
            if told is None and because is not None:
                self.refusals["instance"] = because
            name = told.get("uri") if isinstance(told, Mapping) else None
        if not isinstance(name, str) or not name.strip():
            return False
        self.domain = name.strip().removeprefix("https://").removeprefix("http://").strip("/")
        self.domain = self.domain.casefold()
        self.hosts = frozenset({self.host, self.domain})
        return True

    def one(self, purpose: str, path: str, params: Mapping[str, Any] | None = None) -> Any | None:
        """The answer to one question; None when it is not answered, with the reason kept."""
        page = self._ask(purpose, self.base + path, params)
        return None if page is None else page[0]

    def pages(
        self,
        purpose: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        start: str | None = None,
        limit: int,
    ) -> Iterator[Page]:
        """Pages of a list, at most `limit`, from `start` (an address of an earlier page) on.

        A list that comes back to a page that was read ends there.
        """
        url, seen = start or self.base + path, set[str]()
        asked = None if start else params
        for _ in range(limit):
            answer = self._ask(purpose, url, asked)
            if answer is None:
                return
            items, link = answer
            if not isinstance(items, list):
                self._fail(purpose, "the answer is not a list")
                return
            seen.add(url)
            following = next_page(link)
            if following is not None and (not self._is_here(following) or following in seen):
                following = None
            yield Page(items, following)
            if following is None:
                return
            url, asked = following, None

    def account(self, purpose: str, number: str) -> tuple[Any, bool]:
        """An account by its number, and whether the server says that it does not exist."""
        url = f"{self.base}/api/v1/accounts/{quote(number, safe='')}"
        try:
            answer = self._get(purpose, url, None)
        except NotThere:
            return None, True
        return (None if answer is None else answer[0]), False

    def _ask(
        self, purpose: str, url: str, params: Mapping[str, Any] | None
    ) -> tuple[Any, str | None] | None:
        try:
            return self._get(purpose, url, params)
        except NotThere:
            return None

    def _get(
        self, purpose: str, url: str, params: Mapping[str, Any] | None
    ) -> tuple[Any, str | None] | None:
        if purpose in self.refusals:
            return None
        try:
            answer = self._client.get(
                url, params, headers={"Accept": "application/json"}, purpose=purpose
            )
            if not self._is_here(answer.url):
                # Its accounts would look like a stranger's; the operator lists the right name.
                elsewhere = urlsplit(answer.url).netloc
                self.refusals[purpose] = f"it answers from {elsewhere}; list that name instead."
                return None
            made = answer.json(), answer.headers.get("link")
        except Refused as error:
            self.refusals[purpose] = error.message
            return None
        except (Rejected, BadAnswer) as error:
            self._fail(purpose, error.message)
            return None
        finally:
            self._told(purpose)
        self._failures.pop(purpose, None)
        return made

    def _fail(self, purpose: str, because: str) -> None:
        """One answer that is no use may be about one account; several in a row are the server."""
        self._failures[purpose] = self._failures.get(purpose, 0) + 1
        if self._failures[purpose] >= MOST_FAILURES:
            self.refusals[purpose] = because

    def _is_here(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return f"{parts.scheme}://{parts.netloc}".casefold() == self.base.casefold()


def next_page(header: str | None) -> str | None:
    """The address behind rel="next" in a Link header (RFC 8288); None when there is none.

    >>> next_page('<https://a.example/x?max_id=1>; rel="next", <https://a.example/x>; rel="prev"')
    'https://a.example/x?max_id=1'
    """
    for address, parameters in _LINK.findall(header or ""):
        if _REL_NEXT.search(parameters):
            return str(address)
    return None
