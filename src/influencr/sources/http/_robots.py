"""May robots read this address? What robots.txt says, read as RFC 9309 asks.

The group of our own name counts, else the group of everybody; the longest matching line decides,
`allow` before `disallow` when equally long; `*` and a final `$` are understood. A host without
such a file (4xx) allows everything, one whose file cannot be had (5xx, no answer) nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from influencr.errors import BadAnswer, NotThere, Refused, Rejected, Unreachable
from influencr.sources.http._answer import Answer, origin_of
from influencr.sources.http._state import State

__all__ = ["Robots", "may_read"]

# RFC 9309, 2.4: a copy is not to be used for more than 24 hours; 2.5: at least 500 KiB are read.
_KEPT_SECONDS = 86_400.0
_BYTES_READ = 512 * 1024


class Robots:
    """The robots.txt of every host that is asked, kept in the state for a day."""

    def __init__(self, state: State, clock: Callable[[], float]) -> None:
        self._state = state
        self._clock = clock
        self._lock = threading.Lock()

    def check(self, url: str, agent: str, fetch: Callable[[str], Answer]) -> None:
        """Refused when the host asks robots not to read this address."""
        origin = origin_of(url)
        if urlsplit(url).path == "/robots.txt":
            return
        with self._lock:
            text = self._text(origin, fetch)
        if text is None:
            raise Refused(f"{origin} has a robots.txt that cannot be read now, so it is not asked.")
        name = agent.partition("/")[0]
        if not may_read(text, name, url):
            raise Refused(f"{origin} asks robots not to read {urlsplit(url).path}.")

    def _text(self, origin: str, fetch: Callable[[str], Answer]) -> str | None:
        name, now = f"robots {origin}", self._clock()
        kept: Any = self._state.get(name)
        if kept is not None and 0 <= now - kept["at"] < _KEPT_SECONDS:
            return str(kept["text"])
        try:
            body = fetch(f"{origin}/robots.txt").body
        except (NotThere, Rejected) as error:
            if isinstance(error, Rejected) and error.status is not None and error.status < 400:
                return None
            body = b""
        except Refused as error:
            if error.status is None or error.status < 400:
                raise
            body = b""
        except (Unreachable, BadAnswer):
            return None
        text = body[:_BYTES_READ].decode("utf-8", "replace")
        self._state.put(name, {"at": now, "text": text})
        return text


def may_read(text: str, name: str, url: str) -> bool:
    """Whether a robots.txt lets the robot `name` read `url`.

    >>> may_read("User-agent: *\\nDisallow: /private/", "influencr", "https://a.org/private/x")
    False
    """
    parts = urlsplit(url)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += f"?{parts.query}"
    best, allowed = -1, True
    for is_allow, pattern in _lines(text, name):
        if not pattern or not _matches(pattern, path):
            continue
        if len(pattern) > best or (len(pattern) == best and is_allow):
            best, allowed = len(pattern), is_allow
    return allowed


def _lines(text: str, name: str) -> list[tuple[bool, str]]:
    """The rules that hold for a robot: those of its own groups, else those of `*`."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    current: list[str] = []
    in_rules = False
    for line in text.lstrip("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if in_rules:
                current, in_rules = [], False
            agent = re.match(r"[A-Za-z_-]*", value)
            current.append("*" if value.startswith("*") else agent.group().lower() if agent else "")
            groups.setdefault(current[-1], [])
        elif key in ("allow", "disallow"):
            in_rules = True
            for agent_name in current:
                groups[agent_name].append((key == "allow", value))
    return groups.get(name.lower(), groups.get("*", []))


def _matches(pattern: str, path: str) -> bool:
    ends = pattern.endswith("$")
    # Pieces in order, each as early as it can be: linear, where a regular expression could hang.
    pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    if len(pieces) == 1:
        return not ends or at == len(path)
    for piece in pieces[1:-1]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    last = pieces[-1]
    if ends:
        return path.endswith(last) and len(path) - len(last) >= at
    return path.find(last, at) >= 0
