"""Bodies as Stripe takes them: `items[0][price]=x` is a list of one map."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl


def decoded(body: str) -> dict[str, Any]:
    """The nested parameters of a form or a query."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        at: Any = found
        for key, following in zip([first, *rest], [*rest, None], strict=True):
            if following is None:
                at[key if isinstance(at, dict) else len(at)] = value
            else:
                at = at.setdefault(key, {})
    return {key: _listed(value) for key, value in found.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(one) for key, one in value.items()}
    if inner and all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def switched(value: Any) -> bool:
    """A switch as it is sent."""
    return str(value).lower() == "true"
