"""Text of strangers, made safe: every character escaped, matches wrapped in `<mark>`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from influencr.text import printable

__all__ = ["from_match", "initials", "language_code", "marked", "plain", "safe_link"]

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WHITE = re.compile(r"\s+")


def plain(text: str) -> str:
    """The text on one line, without control and direction-override characters; not yet escaped."""
    return _WHITE.sub(" ", printable(text)).strip()


def marked(text: str, spans: Iterable[tuple[int, int]] = ()) -> SafeString:
    """The text escaped, with the spans marked; spans may touch, overlap or point outside.

    >>> str(marked("<b>vegan</b> food", [(3, 8)]))
    '&lt;b&gt;<mark>vegan</mark>&lt;/b&gt; food'
    """
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        start, end = max(start, done), min(end, len(text))
        if start >= end:
            continue
        pieces += [escape(printable(text[done:start])), "<mark>"]
        pieces += [escape(printable(text[start:end])), "</mark>"]
        done = end
    pieces.append(escape(printable(text[done:])))
    # Safe because every piece of foreign text went through `escape` one by one above.
    return mark_safe(_WHITE.sub(" ", "".join(pieces)).strip())  # noqa: S308


def from_match(
    text: str, spans: Iterable[tuple[int, int]], *, before: int
) -> tuple[str, list[tuple[int, int]]]:
    """The text from at most `before` characters ahead of its first match on, so that a passage
    that is cut after two lines still shows why it is there; spans moved along.

    >>> from_match("one two three four", [(14, 18)], before=6)
    ('…three four', [(7, 11)])
    """
    moved = sorted(spans)
    if not moved or moved[0][0] <= before:
        return text, moved
    start = moved[0][0] - before
    gap = text.find(" ", start, moved[0][0])
    start = gap + 1 if gap >= 0 else start
    return "…" + text[start:], [(a - start + 1, b - start + 1) for a, b in moved]


def initials(name: str | None, handle: str | None) -> str:
    """One or two letters that stand for somebody where a face would mislead.

    >>> initials("Juno Sauerteig", None), initials("🌱🌱", "leaf.tv"), initials("小麦ハル", None)
    ('JS', 'LE', '小')
    """
    words = [w for w in re.split(r"[\s._\-|/]+", plain(name or "")) if w and w[0].isalpha()]
    if not words:
        letters = [c for c in handle or "" if c.isalnum()]
        return "".join(letters[:2]).upper() or "·"
    first = words[0][0].upper()
    if len(words) > 1 and first.isascii():
        return first + words[-1][0].upper()
    return first


def language_code(code: str | None) -> str:
    """The code as a `lang` attribute may hold it, else empty (the browser then guesses)."""
    return code if code and _LANGUAGE.fullmatch(code) else ""


def safe_link(address: str) -> tuple[str, str] | None:
    """(href, text) of a link found in a profile, or None when it is not plainly http or https.

    >>> safe_link("javascript:alert(1)") is None
    True
    >>> safe_link("example.org/shop")
    ('https://example.org/shop', 'example.org/shop')
    """
    text = plain(address)
    if not text or any(c.isspace() for c in text):
        return None
    href = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "." not in host or "@" in parts.netloc:
        return None
    if ":" in text.partition("/")[0] and "://" not in text:
        return None
    href = quote(href, safe="%/:?#[]@!$&'()*+,;=~-._")
    return href, href.partition("://")[2].removeprefix("www.").rstrip("/")
