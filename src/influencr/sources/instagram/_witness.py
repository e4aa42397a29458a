"""What a professional account says this minute; see `sources._witness`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from influencr import text
from influencr.errors import NotThere
from influencr.sources._witness import ASKING, Seen, Spoken
from influencr.sources.instagram._api import ADDRESS, InstagramApi, rules

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.sources.http import Transport

__all__ = ["cannot_witness", "witness"]


def cannot_witness(home: Home, handle: str | None) -> str:
    """Why Instagram cannot be asked from here; "" when it can."""
    from influencr.sources.http import Settings

    settings = Settings.read(home)
    user = settings.value("instagram", "user", "")
    if settings.contact is None or not settings.secret("instagram", "token") or not user:
        return "this instance has no access to Instagram"
    return "" if handle else "the name of the account is not known here"


def witness(
    home: Home, profile_id: str, handle: str | None, *, transport: Transport | None = None
) -> Seen:
    """Biography, website and captions of a professional account.

    Raises NotThere for a personal or private one: the network does not tell them apart, nor from
    another account that has the name by now.
    """
    from influencr.sources.http import Settings, State

    settings = Settings.read(home)
    token = settings.secret("instagram", "token") or ""
    address = settings.address("instagram", "address", ADDRESS)
    with (
        State(home.sources / "instagram.sqlite") as state,
        settings.client(
            "instagram",
            rules=rules(address),
            state=state,
            secrets=[token],
            transport=transport,
            **ASKING,
        ) as client,
    ):
        user = settings.value("instagram", "user", "")
        api = InstagramApi(client, token=token, user=user, address=address, clock=time.time)
        found = api.discover((handle or "").lstrip("@"), purpose="proof")
    native = profile_id.partition(":")[2]
    if found is None or (not native.startswith("@") and str(found.get("id")) != native):
        raise NotThere(f"Instagram shows no professional account {handle} that is listed here.")
    media = found.get("media")
    captions = media.get("data") if isinstance(media, dict) else None
    bio = "\n".join(one for n in ("name", "biography") if isinstance(one := found.get(n), str))
    website = found.get("website")
    links = [website] if isinstance(website, str) and website else []
    return Seen(
        handle=handle,
        bio=bio,
        links=tuple(dict.fromkeys([*links, *text.links(bio)])),
        posts=tuple(
            Spoken(str(one.get("caption") or ""), str(one.get("permalink") or ""))
            for one in captions or ()
            if isinstance(one, dict)
        ),
    )
