"""What a channel says of itself this minute; see `sources._witness`. Costs one unit of 10,000."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from influencr import text
from influencr.errors import NotThere
from influencr.sources._witness import ASKING, Seen
from influencr.sources.youtube._api import ADDRESS, YouTubeApi, rules

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.sources.http import Transport

__all__ = ["cannot_witness", "witness"]


def cannot_witness(home: Home, handle: str | None) -> str:
    """Why YouTube cannot be asked from here; "" when it can."""
    from influencr.sources.http import Settings

    settings = Settings.read(home)
    if settings.contact is None or not settings.secret("youtube", "key"):
        return "this instance has no key of YouTube"
    return ""


def witness(
    home: Home, profile_id: str, handle: str | None, *, transport: Transport | None = None
) -> Seen:
    """The channel's description and its links; its videos are not read for this."""
    from influencr.sources.http import Settings, State

    settings = Settings.read(home)
    key = settings.secret("youtube", "key") or ""
    address = settings.address("youtube", "address", ADDRESS)
    native = profile_id.partition(":")[2]
    with (
        State(home.sources / "youtube.sqlite") as state,
        settings.client(
            "youtube",
            rules=rules(address),
            state=state,
            secrets=[key],
            transport=transport,
            **ASKING,
        ) as client,
    ):
        api = YouTubeApi(client, key=key, address=address, clock=time.time)
        found = api.channels([native], purpose="proof") if native.startswith("UC") else []
    if not found:
        raise NotThere(f"YouTube shows no channel {handle or native}.")
    snippet = found[0].get("snippet")
    shown: Mapping[str, Any] = snippet if isinstance(snippet, Mapping) else {}
    said = [shown.get(name) for name in ("title", "description")]
    bio = "\n".join(one for one in said if isinstance(one, str))
    custom = shown.get("customUrl")
    return Seen(custom if isinstance(custom, str) else handle, bio, tuple(text.links(bio)), None)
