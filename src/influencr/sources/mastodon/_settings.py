"""Which servers may be asked, and how much of each: the table [mastodon] of sources.toml.

The source is off until the operator names servers; there is no list of ours. A server belongs on
the list when its own rules, or the people who run it, allow being read by a search engine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from influencr.errors import UsageError
from influencr.sources.http import Rule

if TYPE_CHECKING:
    from influencr.sources.http import Settings

__all__ = ["RULE", "Wishes", "read_wishes"]

#: 300 calls in 5 minutes per address and server are the documented limit (api/rate-limits). A
#: bucket lets one call more through than its refill, hence a little less than one a second.
RULE = Rule("*", 0.99, 1)

_NAME = re.compile(r"^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$")


class Wishes(NamedTuple):
    """What the operator allowed.

    bases             "https://host" of every listed server, in the order of the list
    directory_pages   pages of 80 accounts of a server's profile directory
    creators          accounts per server whose posts, tags, collections and audience are read
    post_pages        pages of 40 posts of such an account
    follower_pages    pages of 80 of those who follow it, unless it hides them
    following_pages   pages of 80 of those whom it follows, unless it hides them

    The numbers are our own choice: half an hour for a server at its documented pace.
    """

    bases: tuple[str, ...]
    directory_pages: int = 25
    creators: int = 200
    post_pages: int = 1
    follower_pages: int = 3
    following_pages: int = 1


def read_wishes(settings: Settings) -> Wishes:
    """Read [mastodon]; UsageError when no server is named or something cannot be meant."""
    servers = settings.value("mastodon", "instances", list[str]())
    if not servers:
        raise UsageError(
            "mastodon is off: write the servers that may be asked as `instances = [...]` under "
            "[mastodon] in sources.toml; docs/sources/mastodon.md says which ones that may be.",
            field="instances",
        )
    settings.check_keys("mastodon", ["instances", *(n for n in Wishes._fields if n != "bases")])
    return Wishes(
        tuple(dict.fromkeys(_base(server) for server in servers)),
        **{name: _pages(settings, name) for name in Wishes._fields if name != "bases"},
    )


def _pages(settings: Settings, name: str) -> int:
    value = settings.value("mastodon", name, int(Wishes._field_defaults[name]))
    if not 0 <= value <= 100_000:
        raise UsageError(
            f"sources.toml: [mastodon] {name} = {value}; a number from 0 to 100000 is valid.",
            field=name,
        )
    return value


def _base(server: object) -> str:
    """ "https://host" of a server, given as a name or as an address without a path."""
    text = server.strip().casefold().rstrip("/") if isinstance(server, str) else ""
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if (
        parts.scheme not in ("http", "https")
        or not _NAME.match(parts.netloc)
        or any((parts.path, parts.query, parts.fragment))
    ):
        raise UsageError(
            f"sources.toml: [mastodon] instances names {server!r}, which is no server; write a "
            'name such as "mastodon.example".',
            field="instances",
        )
    return f"{parts.scheme}://{parts.netloc}"
