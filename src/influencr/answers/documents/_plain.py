"""A document as JSON and nothing else."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["encoded", "plain"]


def encoded(document: Any) -> bytes:
    """The document as JSON in UTF-8; instants as ISO 8601 with Z, tuples as lists."""
    return msgspec.json.encode(document)


def plain(document: Any) -> Any:
    """The document as reading its JSON gives it: what every face and the remote client see."""
    return msgspec.json.decode(encoded(document))
