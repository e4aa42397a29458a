"""What is in an instance, as everybody who asks may know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["status_document"]

#: What concerns the machine and its operator alone.
_WITHIN = ("home", "quarantine", "pending_removals", "tables")


def status_document(status: Mapping[str, Any]) -> dict[str, Any]:
    """`Engine.status` without what concerns the operator alone; `records` are rows by table."""
    told = {name: value for name, value in status.items() if name not in _WITHIN}
    told["records"] = {name: table["rows"] for name, table in status["tables"].items()}
    return told
