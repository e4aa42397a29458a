"""What an account of a listed server says this minute; see `sources._witness`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from influencr.errors import NotThere, Unreachable, UsageError
from influencr.sources._witness import ASKING, Seen, Spoken
from influencr.sources.mastodon._accounts import read_account
from influencr.sources.mastodon._frames import NAME
from influencr.sources.mastodon._instance import Instance
from influencr.sources.mastodon._settings import RULE, read_wishes
from influencr.sources.mastodon._text import plain

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.sources.http import Client, Settings, Transport

__all__ = ["cannot_witness", "look", "witness"]

_POSTS = 30


def cannot_witness(home: Home, handle: str | None) -> str:
    """Why the account's own server cannot be asked from here; "" when it can."""
    from influencr.sources.http import Settings

    settings = Settings.read(home)
    if settings.contact is None:
        return "this instance asks no network (its operator named no contact)"
    if _base_of(settings, handle) is None:
        return "your server is not on the list of those that this instance asks"
    return ""


def witness(
    home: Home, profile_id: str, handle: str | None, *, transport: Transport | None = None
) -> Seen:
    """What the account says now, on its own server."""
    from influencr.sources.http import Settings

    settings = Settings.read(home)
    base = _base_of(settings, handle)
    if base is None or handle is None:
        raise UsageError("The server of this account is not on the list of those that are asked.")
    # A question of three calls in front of a waiting person, at the pace of a run and no faster
    # after the first few.
    rules = settings.rules(NAME, [RULE._replace(burst=5)])
    with settings.client(NAME, rules=rules, transport=transport, **ASKING) as client:
        return look(client, base, profile_id, handle)


def _base_of(settings: Settings, handle: str | None) -> str | None:
    """ "https://host" of the listed server of a handle."""
    domain = (handle or "").lstrip("@").rpartition("@")[2].casefold()
    try:
        bases = read_wishes(settings).bases
    except UsageError:
        return None  # no server is listed
    return next((base for base in bases if _host(base) == domain), None) if domain else None


def _host(base: str) -> str:
    return base.partition("://")[2]


def look(client: Client, base: str, profile_id: str, handle: str) -> Seen:
    """The account of a handle, from its own server.

    base   "https://host" of the server

    Raises NotThere when it is not there, or is by now another account of that name; Unreachable
    when the server does not answer as one.
    """
    instance = Instance(base, client, lambda _: None)
    if not instance.introduce():
        because = instance.refusals.get("instance", "it does not answer as a server of this kind")
        raise Unreachable(f"{instance.host} cannot be asked: {because}")
    user = handle.lstrip("@").partition("@")[0]
    entity = instance.one("lookup", "/api/v1/accounts/lookup", {"acct": user})
    account = read_account(entity, domain=instance.domain, hosts=instance.hosts)
    if account is None:
        raise NotThere(f"{instance.host} shows no account {user}.")
    if ":@" not in profile_id and account.name.lower() != profile_id.lower():
        raise NotThere(f"{account.handle} is another account by now than the one that is listed.")
    number = quote(account.id, safe="")
    posts = instance.one(
        "posts",
        f"/api/v1/accounts/{number}/statuses",
        {"limit": _POSTS, "exclude_reblogs": True, "exclude_replies": True},
    )
    said = plain(_text(account.entity.get("note")))
    links = [*said.links]
    for field in account.entity.get("fields") or ():
        if isinstance(field, Mapping):
            value = plain(_text(field.get("value")))
            links += value.links or ([value.text] if "://" in value.text else [])
    return Seen(
        handle=account.handle,
        bio=account.words,
        links=tuple(dict.fromkeys(links)),
        posts=tuple(
            spoken
            for post in (posts if isinstance(posts, list) else ())
            if (spoken := _own(post, account.id)) is not None
        ),
    )


def _own(post: Any, number: str) -> Spoken | None:
    """A public post that this account wrote itself and to nobody."""
    if not isinstance(post, Mapping) or post.get("reblog") is not None:
        return None
    author = post.get("account")
    if not isinstance(author, Mapping) or str(author.get("id")) != number:
        return None
    if post.get("in_reply_to_id") is not None or post.get("visibility") not in (
        "public",
        "unlisted",
    ):
        return None
    return Spoken(plain(_text(post.get("content"))).text, _text(post.get("url")))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
