"""What does a service say about its limits? Headers of three generations in one reading.

    RateLimit-Remaining, RateLimit-Reset         Bluesky: reset in unix seconds; the IETF drafts
                                                 3-6: reset in seconds from now
    RateLimit: "default";r=50;t=30               IETF drafts 7 and later
    RateLimit: limit=100, remaining=50, reset=30
    X-RateLimit-Remaining, X-RateLimit-Reset     Mastodon: ISO 8601; others: unix (milli)seconds
    Retry-After                                  seconds or an HTTP date (RFC 9110, 10.2.3)

What cannot be read says nothing; a limit is never lifted by a header, only narrowed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

__all__ = ["Reading", "read_limits"]

# A number above this is an instant, below it a span: 10^8 s are three years from now on the one
# reading and 1973 on the other. Above 10^11 it counts milliseconds.
_INSTANT = 1e8
_MILLISECONDS = 1e11
_ITEM = re.compile(r";\s*([rt])=(\d+)")
_PAIR = re.compile(r"\b(remaining|reset)\s*=\s*(\d+)")


class Reading(NamedTuple):
    """What one answer says.

    remaining   calls left until `reset_at`; None = not said
    reset_at    unix seconds of our clock; None = not said
    retry_at    unix seconds before which nothing should be asked; None = not said
    """

    remaining: int | None = None
    reset_at: float | None = None
    retry_at: float | None = None


def read_limits(headers: Mapping[str, str], now: float) -> Reading:
    """The limits in an answer's headers (names in lower case) that came at `now`.

    Instants are told by the service's clock; when it sends `Date`, they are moved to ours.
    """
    said = _date(headers.get("date", ""))
    shift = now - said if said is not None else 0.0
    # A clock that is off by more than a day is broken, not skewed: do not build on it.
    shift = shift if abs(shift) <= 86_400 else 0.0
    remaining = reset = None
    for prefix in ("ratelimit", "x-ratelimit", "x-rate-limit"):
        remaining = _count(headers.get(f"{prefix}-remaining", ""))
        reset = _instant(headers.get(f"{prefix}-reset", ""), now, shift)
        if remaining is not None or reset is not None:
            break
    if remaining is None and (field := headers.get("ratelimit", "")):
        found = {"r": "remaining", "t": "reset"}
        pairs = {found[name]: int(value[:12]) for name, value in _ITEM.findall(field)}
        pairs |= {name: int(value[:12]) for name, value in _PAIR.findall(field)}
        remaining = pairs.get("remaining")
        if "reset" in pairs:
            reset = now + pairs["reset"]
    return Reading(remaining, reset, _instant(headers.get("retry-after", ""), now, shift))


def _count(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None


def _instant(text: str, now: float, shift: float) -> float | None:
    """Unix seconds of our clock of a number, an ISO 8601 or an HTTP date."""
    text = text.strip()
    if not text or len(text) > 64:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        number = float(text)
        if not math.isfinite(number):
            return None
        if number < _INSTANT:
            return now + number
        return (number / 1000 if number >= _MILLISECONDS else number) + shift
    instant = _iso(text)
    if instant is None:
        instant = _date(text)
    return None if instant is None else instant + shift


def _iso(text: str) -> float | None:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _seconds(parsed)


def _date(text: str) -> float | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return _seconds(parsed)


def _seconds(instant: datetime) -> float | None:
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    try:
        return aware.timestamp()
    except (OverflowError, ValueError):
        return None
