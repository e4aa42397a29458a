"""What an account of Bluesky says this minute; see `sources._witness`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from influencr import text
from influencr.errors import InfluencrError, NotThere
from influencr.sources._witness import ASKING, Seen, Spoken
from influencr.sources.bluesky._xrpc import Xrpc, error_name

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.sources.bluesky._xrpc import Caller, Hosts
    from influencr.sources.http import Transport

__all__ = ["cannot_witness", "look", "witness"]

_POSTS = 30
_GONE = ("Profile not found", "AccountTakedown", "AccountDeactivated", "InvalidHandle")


def cannot_witness(home: Home, handle: str | None) -> str:
    """Why Bluesky cannot be asked from here; "" when it can."""
    from influencr.sources.http import Settings

    if Settings.read(home).contact is None:
        return "this instance asks no network (its operator named no contact)"
    return ""


def witness(
    home: Home, profile_id: str, handle: str | None, *, transport: Transport | None = None
) -> Seen:
    """What the account says now."""
    from influencr.sources.bluesky._source import hosts_of, rules_of
    from influencr.sources.http import Settings

    settings = Settings.read(home)
    hosts = hosts_of(settings.address)
    with settings.client("bluesky", rules=rules_of(hosts), transport=transport, **ASKING) as client:
        return look(client, hosts, profile_id, handle)


def look(client: Caller, hosts: Hosts, profile_id: str, handle: str | None) -> Seen:
    """The account of a DID, or of a handle where no DID is known.

    Raises NotThere for an account that is not there.
    """
    native = profile_id.partition(":")[2]
    actor = native if native.startswith("did:") else (handle or native).lstrip("@")
    xrpc = Xrpc(client, hosts)
    try:
        shown = xrpc.ask(
            hosts.appview, "app.bsky.actor.getProfile", {"actor": actor}, purpose="proof"
        )
    except InfluencrError as error:
        if error_name(error) in _GONE:
            raise NotThere(f"Bluesky shows no account {actor}.") from None
        raise
    did = _text(shown.get("did"))
    feed = xrpc.ask(
        hosts.appview,
        "app.bsky.feed.getAuthorFeed",
        {"actor": did or actor, "limit": _POSTS, "filter": "posts_no_replies"},
        purpose="proof",
    )
    items = feed.get("feed")
    bio = _text(shown.get("description"))
    return Seen(
        handle=_text(shown.get("handle")) or None,
        bio="\n".join((_text(shown.get("displayName")), bio)),
        links=tuple(text.links(bio)),
        posts=tuple(
            spoken
            for item in (items if isinstance(items, list) else ())
            if (spoken := _own(item, did)) is not None
        ),
    )


def _own(item: Any, did: str) -> Spoken | None:
    """A post that this account wrote itself and to nobody: no repost, no reply."""
    post = item.get("post") if isinstance(item, Mapping) else None
    if not isinstance(post, Mapping) or item.get("reason") is not None:
        return None
    author, record = post.get("author"), post.get("record")
    if not isinstance(author, Mapping) or not isinstance(record, Mapping):
        return None
    address = _text(post.get("uri"))
    # The address carries whose repository holds the record; a view could say anything.
    if author.get("did") != did or not address.startswith(f"at://{did}/app.bsky.feed.post/"):
        return None
    if record.get("reply") is not None:
        return None
    return Spoken(_text(record.get("text")), address)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
