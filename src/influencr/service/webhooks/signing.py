"""How a receiver knows that a call is ours, whole, and not an old one sent again.

Signed as the specification Standard Webhooks (version 1) says, so that its libraries check it:

    webhook-id         of the call; the same when it is sent again
    webhook-timestamp  unix seconds at which it was sent
    webhook-signature  "v1," and Base64 of HMAC-SHA256 over "{id}.{timestamp}.{body}"

The key is what follows "whsec_" in the secret, in Base64: 32 random bytes.
"""

from __future__ import annotations

import base64
import hmac
import secrets

__all__ = ["headers", "new_secret"]

_BEGINS = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """A secret for one webhook."""
    return _BEGINS + base64.b64encode(secrets.token_bytes(_BYTES)).decode("ascii")


def headers(secret: str, call: str, sent_at: int, body: bytes) -> dict[str, str]:
    """The headers that sign a body.

    secret    as `new_secret` gives it
    call      id of the call
    sent_at   unix seconds
    """
    key = base64.b64decode(secret.removeprefix(_BEGINS))
    signed = f"{call}.{sent_at}.".encode() + body
    mark = base64.b64encode(hmac.digest(key, signed, "sha256")).decode("ascii")
    return {
        "webhook-id": call,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": f"v1,{mark}",
    }
