"""Where an instance is, and which key it is shown."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urlsplit

from influencr.errors import UsageError

__all__ = ["Address", "address_of"]

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class Address(NamedTuple):
    """An instance and the key that it is shown; `url` ends without a slash.

    How it is written out never shows the key.
    """

    url: str
    key: str | None

    def __repr__(self) -> str:
        return f"Address(url={self.url!r}, key={'...' if self.key else None})"


def address_of(url: str, key: str | None, *, allow_http: bool) -> Address:
    """A checked address.

    Raises UsageError for what is no http address, and for a key that would be sent unencrypted to
    another machine.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise UsageError(
            f"url: {url!r} is not the address of an instance; write it like "
            "https://influencr.example.",
            field="url",
        )
    if parts.username or parts.password:
        raise UsageError("url: names and passwords do not belong there; give the key apart.")
    if key is not None and (not key.isascii() or not key.isprintable() or " " in key or not key):
        raise UsageError("key: that is no key; copy it as it was shown, inf_ first.", field="key")
    if key and parts.scheme == "http" and host not in _LOOPBACK and not allow_http:
        raise UsageError(
            f"url: {host} would be sent the key unencrypted; use https, or say allow_http=True.",
            field="url",
        )
    return Address(url.rstrip("/"), key)
