"""What stands in AT Protocol records: addresses, instants, words, links, hashtags and mentions.

Shared by what is asked for (views) and what is listened to (stream); knows no table.

Sources: the lexicons under app.bsky (richtext.facet, feed.post, embed.*), the TID format of
atproto.com/specs/tid, and the rule for client-made instants of docs.bsky.app "timestamps".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

__all__ = [
    "SKEW",
    "Said",
    "did_of",
    "instant",
    "quoted",
    "reference",
    "said",
    "sort_at",
    "tid_instant",
]

#: A client's clock may be ahead by so much; later than that the AppView's own instant is taken.
SKEW = timedelta(minutes=2)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TID_DIGITS = {c: n for n, c in enumerate("234567abcdefghijklmnopqrstuvwxyz")}
_TID_LENGTH = 13
_CLOCK_BITS = 10


class Said(NamedTuple):
    """What a post says. Lists in the order of the text, nothing twice.

    text        the words; descriptions of its pictures behind them, each on a line of its own
    language    first declared language as ISO 639-1, None where none is declared
    """

    text: str
    language: str | None
    hashtags: list[str]
    mentions: list[str]
    links: list[str]


def reference(native: str) -> str:
    """`bluesky:` before a DID or an at:// address.

    >>> reference("did:plc:abc")
    'bluesky:did:plc:abc'
    """
    return f"bluesky:{native}"


def did_of(uri: str) -> str | None:
    """The DID that an at:// address begins with; None where it has none.

    >>> did_of("at://did:plc:abc/app.bsky.feed.post/3k")
    'did:plc:abc'
    """
    if not uri.startswith("at://did:"):
        return None
    return uri[len("at://") :].partition("/")[0]


def instant(text: Any) -> datetime | None:
    """An ISO 8601 instant in UTC; None for what is none. Without a zone it is UTC."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def tid_instant(rkey: str) -> datetime | None:
    """When a record key of the TID kind was made; None for another kind of key.

    The clock is the client's own, so it is as true as a `createdAt`.

    >>> tid_instant("3kntb7rvkhk2a").isoformat()[:16]
    '2024-03-16T16:41'
    """
    if len(rkey) != _TID_LENGTH or any(c not in _TID_DIGITS for c in rkey):
        return None
    number = 0
    for c in rkey:
        number = number * 32 + _TID_DIGITS[c]
    if number >> 63:
        return None
    return _EPOCH + timedelta(microseconds=number >> _CLOCK_BITS)


def sort_at(created: Any, indexed: Any) -> datetime | None:
    """When something was really said: what the client says, unless it lies in the future.

    created   `createdAt` of the record, made by the client
    indexed   `indexedAt` of the view, made by the AppView; None where nobody indexed it

    >>> sort_at("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z").day
    1
    """
    own, seen = instant(created), instant(indexed)
    if own is None or own < _EPOCH:
        return seen
    if seen is not None and own > seen + SKEW:
        return seen
    return own


def said(record: Mapping[str, Any]) -> Said:
    """What a post's record (app.bsky.feed.post) says; damaged parts are passed over."""
    text = _text(record.get("text"))
    tags = [_text(tag) for tag in _list(record.get("tags"))]
    mentions: list[str] = []
    links: list[str] = []
    inline: list[str] = []
    for feature in _features(record.get("facets")):
        kind = _text(feature.get("$type"))
        if kind.endswith("#tag"):
            inline.append(_text(feature.get("tag")))
        elif kind.endswith("#mention") and _text(feature.get("did")).startswith("did:"):
            mentions.append(reference(_text(feature.get("did"))))
        elif kind.endswith("#link"):
            links.append(_text(feature.get("uri")))
    pictures: list[str] = []
    for part in _parts(record.get("embed")):
        pictures += [_text(_map(image).get("alt")) for image in _list(part.get("images"))]
        pictures += [_text(_map(item).get("alt")) for item in _list(part.get("items"))]
        if _text(part.get("$type")).startswith("app.bsky.embed.video"):
            pictures.append(_text(part.get("alt")))
        links.append(_text(_map(part.get("external")).get("uri")))
    languages = [_text(code) for code in _list(record.get("langs"))]
    return Said(
        text="\n".join(line for line in (text, *(p.strip() for p in pictures)) if line),
        language=next((c.split("-")[0].lower() for c in languages if c), None),
        hashtags=_once(tag.lstrip("#").strip() for tag in (*inline, *tags)),
        mentions=_once(mentions),
        links=_once(links),
    )


def quoted(record: Mapping[str, Any]) -> str | None:
    """The at:// address of the post that a post quotes; None where it quotes none."""
    for part in _parts(record.get("embed")):
        inner = _map(part.get("record"))
        # a quote beside pictures wraps the reference once more
        uri = _text(inner.get("uri")) or _text(_map(inner.get("record")).get("uri"))
        if "/app.bsky.feed.post/" in uri:
            return uri
    return None


def _parts(embed: Any) -> Iterator[Mapping[str, Any]]:
    """An embed and, where it holds a record with media, the media."""
    found = _map(embed)
    if found:
        yield found
        if media := _map(found.get("media")):
            yield media


def _features(facets: Any) -> Iterator[Mapping[str, Any]]:
    for facet in _list(facets):
        for feature in _list(_map(facet).get("features")):
            if isinstance(feature, Mapping):
                yield feature


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))
