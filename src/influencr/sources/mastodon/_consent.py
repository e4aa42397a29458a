"""Who may be kept, and whose words: the fediverse's rules, before anything is stored.

A rule is a yes where the person has to say yes and a no wherever they, their server or their notes
say no. The flags of an account are believed only from its own server: `noindex` is sent for local
accounts alone (Account entity), and a copy elsewhere may be old. Silence is a no for `discoverable`
(it is nullable) and for `indexable` (FEP-5feb: missing means false).

Sources: Mastodon's Account entity; the norm that discovery tools respect `discoverable` and
`indexable` (spec/activitypub.md in mastodon/documentation); the stop words are a custom of the
fediverse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["REFUSALS", "refused_because", "words_may_be_read"]

#: Word -> sentence, in the order in which the rules are tried.
REFUSALS: dict[str, str] = {
    "suspended": "suspended by its server",
    "memorial": "kept in memory of somebody",
    "moved": "moved to another account",
    "limited": "limited by its server",
    "locked": "approves its followers",
    "noindex": "asked search engines to stay away",
    "stop_word": "#nobot, #noindex or #nosearch in the profile",
    "not_discoverable": "did not opt in to being discovered",
}

_STOP_WORDS = re.compile(r"#(?:nobots?|noindex|nosearch)\b", re.IGNORECASE)


def refused_because(account: Mapping[str, Any], words: str) -> str | None:
    """The word of REFUSALS that keeps an account out, None when it may be kept.

    account   an Account entity as the account's own server sends it
    words     everything the profile says, as plain text: name, note, fields

    >>> refused_because({"discoverable": True}, "Painter")
    >>> refused_because({"discoverable": None}, "Painter")
    'not_discoverable'
    >>> refused_because({"discoverable": True}, "Painter #NoBot")
    'stop_word'
    """
    said = {
        "suspended": _is_set(account, "suspended"),
        "memorial": _is_set(account, "memorial"),
        "moved": _is_set(account, "moved"),
        "limited": _is_set(account, "limited"),
        "locked": _is_set(account, "locked"),
        "noindex": _is_set(account, "noindex"),
        "stop_word": _STOP_WORDS.search(words) is not None,
        "not_discoverable": account.get("discoverable") is not True,
    }
    return next((word for word in REFUSALS if said[word]), None)


def words_may_be_read(account: Mapping[str, Any]) -> bool:
    """Whether the text of an account's posts may be kept: only a plain yes is a yes."""
    return account.get("indexable") is True


def _is_set(account: Mapping[str, Any], flag: str) -> bool:
    """Whether a flag stands; one of another type than documented is taken for set.

    A server that sends "true" or 1 means something by it, and the safe reading is the no.
    """
    return account.get(flag) not in (None, False)
