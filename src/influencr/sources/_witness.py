"""What a profile says this minute, asked because somebody wants to show that it is theirs.

A source that can look has a class method

    witness(home, profile_id, handle, *, transport=None) -> Seen

which asks the network a few times, quickly or not at all (`ASKING`), and keeps nothing; and

    cannot_witness(home, handle) -> str

which asks nobody and says in one sentence why it could not ("" when it can).
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["ASKING", "Seen", "Spoken"]

#: How a client asks while somebody waits in front of a page; our own choice.
ASKING: dict[str, Any] = {
    "attempts": 2,
    "max_wait": 4.0,
    "connect_timeout": 4.0,
    "read_timeout": 6.0,
    "total_timeout": 10.0,
}


class Spoken(NamedTuple):
    """One post that the profile wrote itself: neither a repost, nor a reply, nor a quoted text."""

    text: str
    address: str


class Seen(NamedTuple):
    """A profile as its network shows it now.

    handle   as it is called now
    bio      everything the profile says of itself, as plain text
    links    addresses that it gives
    posts    its newest own posts; None where the source cannot read posts
    """

    handle: str | None
    bio: str
    links: tuple[str, ...]
    posts: tuple[Spoken, ...] | None
