"""What labels on an account ask for, whoever put them there: the person or the moderation.

Source of the words: docs.bsky.app "moderation" and the global labels of the lexicons. A label that
was taken back (`neg`) or has run out (`exp`) asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from influencr.sources.bluesky._records import instant

__all__ = ["BRIDGED", "Flags", "flags"]

#: Mirrors of fediverse accounts made by Bridgy Fed carry this label.
BRIDGED = "bridged-from-bridgy-fed-activitypub"

_NO_SIGNED_OUT = "!no-unauthenticated"
_BOT = "bot"
#: Label -> the status that it means. `!hide` is the network's word for "show this to nobody".
_STATUS = {
    "!takedown": "takendown",
    "!hide": "takendown",
    "!suspend": "suspended",
}


class Flags(NamedTuple):
    """What an account's labels say.

    no_signed_out   asked to be shown to signed-in people only
    is_bot          says of itself that it is automated
    is_bridged      a mirrored copy of an account elsewhere
    status          `takendown`, `suspended`, or `active` where no label hides it
    """

    no_signed_out: bool
    is_bot: bool
    is_bridged: bool
    status: str


def flags(labels: Any, *, at: datetime) -> Flags:
    """Read the `labels` of a profile view as they hold at an instant."""
    held: dict[str, None] = {}
    taken: set[tuple[Any, str]] = set()
    valid = [label for label in labels if isinstance(label, Mapping)] if labels else []
    for label in valid:
        if label.get("neg") is True:
            taken.add((label.get("src"), str(label.get("val"))))
    for label in valid:
        value = str(label.get("val"))
        ends = instant(label.get("exp"))
        if label.get("neg") is True or (label.get("src"), value) in taken:
            continue
        if ends is None or ends > at:
            held[value] = None
    return Flags(
        no_signed_out=_NO_SIGNED_OUT in held,
        is_bot=_BOT in held,
        is_bridged=BRIDGED in held,
        status=next((status for word, status in _STATUS.items() if word in held), "active"),
    )
