"""A page that a profile links to: does its author say the code?

Only what the author of a page writes counts: `<meta name="influencr" content="CODE">`, and a link
with rel="me" whose address holds the code. A code in the text of a page does not count, because
anybody may have put it there as a comment; and a link back with rel="me" alone does not count,
because everybody can see it and it says nothing about who is asking.
"""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from influencr.errors import BadAnswer
from influencr.sources._witness import ASKING
from influencr.sources.proving._code import codes_in, has_code
from influencr.sources.proving._settings import NAME

if TYPE_CHECKING:
    from influencr.sources.http import Settings, Transport

__all__ = ["META", "PageSeen", "look_at_page"]

META = "influencr"
_MOST_BYTES = 1 << 20
_KINDS = ("text/html", "application/xhtml+xml")
#: Elements whose inside is text to a browser, whatever it looks like; or no part of the page.
_AS_TEXT = frozenset(
    ("textarea", "title", "template", "noscript", "iframe", "noembed", "noframes", "xmp", "select")
)


class PageSeen(NamedTuple):
    """What stands on a page.

    has_code     said by the page's author
    links_back   a link with rel="me" leads to the profile
    in_text      the code stands on the page, but not where only its author writes
    other        another code is said by the author
    """

    has_code: bool
    links_back: bool
    in_text: bool
    other: bool


def look_at_page(
    settings: Settings,
    url: str,
    code: str,
    *,
    profile_pages: Sequence[str] = (),
    transport: Transport | None = None,
) -> PageSeen:
    """Read one page and look for the code.

    profile_pages   addresses of the profile, for the link back

    Raises Refused for an address that is not public or not https, BadAnswer for what is no page,
    and what the client raises.
    """
    with settings.client(NAME, transport=transport, **ASKING) as client:
        answer = client.get(url, headers={"accept": "text/html"}, max_bytes=_MOST_BYTES)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _KINDS:
        raise BadAnswer(f"{urlsplit(url).hostname} sent {kind or 'something'}, which is no page.")
    text = answer.body.decode("utf-8", "replace")
    reader = _Reader(answer.url)
    reader.feed(text)
    reader.close()
    said = "\n".join(reader.said)
    wanted = {_same(address) for address in profile_pages}
    return PageSeen(
        has_code=has_code(said, code),
        links_back=any(_same(address) in wanted for address in reader.mine),
        in_text=has_code(text, code),
        other=bool(codes_in(said)),
    )


def _same(address: str) -> str:
    """An address as two are compared: without scheme, `www.`, and a slash at its end."""
    rest = address.strip().partition("://")[2].partition("#")[0].partition("?")[0]
    return rest.casefold().removeprefix("www.").rstrip("/")


class _Reader(HTMLParser):
    """What the author says: contents of our meta, and addresses of links with rel="me"."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self.said: list[str] = []
        self.mine: list[str] = []
        self._inside = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside:
            return
        if tag in _AS_TEXT:
            self._inside = tag
            return
        given = dict(attrs)
        if tag == "meta" and (given.get("name") or "").strip().lower() == META:
            self.said.append(given.get("content") or "")
        elif tag in ("a", "link") and "me" in (given.get("rel") or "").lower().split():
            try:
                address = urljoin(self._base, (given.get("href") or "").strip())
            except ValueError:
                return
            self.said.append(address)
            self.mine.append(address)
