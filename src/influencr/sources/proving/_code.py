"""The code that is put somewhere in public: it shows nothing to who merely reads it there.

It is a keyed digest of the profile, the instant and a random secret that only the browser holds
which asked for it. Somebody who copies a code from a post can neither make it valid for another
profile nor use it for this one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

__all__ = ["code_of", "codes_in", "has_code"]

# 80 bits in four groups of four: short enough to type, far too many to guess.
_BYTES = 10
_CODE = re.compile(r"(?<![a-z0-9])influencr-[a-z2-7]{4}(?:-[a-z2-7]{4}){3}(?![a-z0-9])", re.I)


def code_of(key: bytes, profile_id: str, issued: int, secret: str) -> str:
    """The code of one request to prove one profile.

    key      of this instance
    issued   unix seconds
    secret   random, never shown in public
    """
    said = "\n".join(("prove", profile_id, str(issued), secret)).encode()
    digest = hmac.new(key, said, hashlib.sha256).digest()[:_BYTES]
    text = base64.b32encode(digest).decode("ascii").lower()
    return "influencr-" + "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def codes_in(text: str) -> list[str]:
    """Every code that stands in a text, each once, in lower case.

    >>> codes_in("mine: Influencr-ABCD-efgh-ijkl-mnop.")
    ['influencr-abcd-efgh-ijkl-mnop']
    """
    return list(dict.fromkeys(found.lower() for found in _CODE.findall(text)))


def has_code(text: str, code: str) -> bool:
    """Whether exactly this code stands in a text; compared in constant time."""
    return any(hmac.compare_digest(found, code) for found in codes_in(text))
