"""What does a call look like? Its address with parameters, and the name that it goes under."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from influencr.errors import NoContact, UsageError

__all__ = ["composed", "user_agent"]

_MAIL = re.compile(r"(?:mailto:)?[^\s@<>()\"]+@[^\s@<>()\"]+\.[^\s@<>()\"]+")
_PAGE = re.compile(r"https://[^\s<>()\"@]+\.[^\s<>()\"@]+")


def composed(url: str, params: Mapping[str, Any] | None) -> str:
    """The address with its parameters encoded.

    >>> composed("https://example.org/a", {"q": "a b", "ids": [1, 2], "new": True, "no": None})
    'https://example.org/a?q=a+b&ids=1&ids=2&new=true'
    """
    pairs: list[tuple[str, str]] = []
    for name, value in (params or {}).items():
        several = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        pairs += [(name, _text(one)) for one in several if one is not None]
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def user_agent(contact: str | None) -> str:
    """The name of this crawler with the way to reach its operator.

    Raises NoContact without a contact, UsageError for one that is no address.

    >>> user_agent("mailto:you@example.org").partition(" ")[2]
    '(+mailto:you@example.org)'
    """
    from influencr import __version__

    text = (contact or "").strip()
    if not text:
        raise NoContact
    if not text.isascii() or not (_MAIL.fullmatch(text) or _PAGE.fullmatch(text)):
        raise UsageError(
            f"contact: {text!r} is neither an e-mail address nor an https:// address.",
            field="contact",
        )
    if not text.startswith(("mailto:", "https:")):
        text = f"mailto:{text}"
    return f"influencr/{__version__} (+{text})"
