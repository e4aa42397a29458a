"""Which network a file is about, told by its columns, its values, its name or its folder's name.

Only a hint that names one network counts; two different networks in one place cancel each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from influencr.records import PLATFORMS
from influencr.sources.files._aliases import PLATFORM_WORDS, fold_name

__all__ = ["NATIVE", "guess_platform", "is_platform_word", "platform_word"]

#: What a native id looks like, by network. Where the pattern does not fit, a value is a handle.
NATIVE: dict[str, str] = {
    "bluesky": r"^did:[a-z]+:\S+$",
    "instagram": r"^\d{4,25}$",
    "mastodon": r"^https?://\S+$",
    "threads": r"^\d{4,25}$",
    "tiktok": r"^\d{4,25}$",
    "twitch": r"^\d{4,25}$",
    "twitter": r"^\d{2,25}$",
    "youtube": r"^UC[\w-]{10,30}$",
}

# Columns that only one network's exports have, folded.
_COLUMNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("twitter", frozenset({"screenname", "friendscount"})),
    ("twitter", frozenset({"tweetid"})),
    ("twitter", frozenset({"retweets", "tweets"})),
    ("mastodon", frozenset({"mastodonprofile"})),
    ("mastodon", frozenset({"acct"})),
    ("mastodon", frozenset({"reblogscount"})),
    ("youtube", frozenset({"channelid"})),
    ("youtube", frozenset({"videoid", "channeltitle"})),
    ("tiktok", frozenset({"diggcount"})),
    ("tiktok", frozenset({"heartcount"})),
    ("tiktok", frozenset({"secuid"})),
    ("tiktok", frozenset({"awemeid"})),
    ("bluesky", frozenset({"did"})),
    ("bluesky", frozenset({"authordid"})),
)
_HOSTS = (
    (r"(?:^|\.|/)tiktok\.com(?:/|$)", "tiktok"),
    (r"(?:^|\.|/)instagram\.com(?:/|$)", "instagram"),
    (r"(?:^|\.|/)(?:youtube\.com|youtu\.be)(?:/|$)", "youtube"),
    (r"(?:^|\.|/)(?:twitter\.com|x\.com)(?:/|$)", "twitter"),
    (r"(?:^|\.|/)bsky\.app(?:/|$)", "bluesky"),
    (r"(?:^|\.|/)threads\.(?:net|com)(?:/|$)", "threads"),
    (r"(?:^|\.|/)twitch\.tv(?:/|$)", "twitch"),
    (r"\.bsky\.social$", "bluesky"),
    (r"^(?:at://)?did:(?:plc|web):", "bluesky"),
    (r"^UC[\w-]{22}$", "youtube"),
    (r"^https?://[^/\s]+/(?:@|users/)[^/@\s]+/?$", "mastodon"),
    (r"^@?[\w.-]+@[\w-]+(?:\.[\w-]+)+$", "mastodon"),
)
_PREFIX = re.compile(r"^(" + "|".join(PLATFORMS) + r"):(?!//)\S")
#: Share of a column's sampled values that must agree. Own choice.
_MOST = 0.5


def platform_word(text: str) -> str | None:
    """The network that a word means, or the word itself when it could name one we do not know.

    >>> platform_word("Tik Tok"), platform_word("X"), platform_word("LinkedIn"), platform_word("?")
    ('tiktok', 'twitter', 'linkedin', None)
    """
    folded = fold_name(text)
    if folded in PLATFORM_WORDS:
        return PLATFORM_WORDS[folded]
    return folded if re.fullmatch(r"[a-z][a-z0-9]{1,30}", folded) else None


def is_platform_word(text: str) -> bool:
    """Whether a word names a network that we know."""
    return fold_name(text) in PLATFORM_WORDS


def guess_platform(
    path: Path, columns: Sequence[str], naming: Mapping[str, Sequence[str]]
) -> tuple[str, str] | None:
    """The network and the reason, or None.

    columns   the file's column names
    naming    sampled values of the columns that name profiles (handle, id, profile URL)
    """
    folded = {fold_name(column): column for column in columns}
    # Dotted names of nested records count by their last part too.
    folded |= {fold_name(c.rpartition(".")[2]): c for c in columns if "." in c}
    by_value = _by_values(naming)
    if by_value:
        return by_value
    by_column = {platform for platform, needed in _COLUMNS if needed <= folded.keys()}
    if len(by_column) == 1:
        platform = by_column.pop()
        needed = next(n for p, n in _COLUMNS if p == platform and n <= folded.keys())
        return platform, "column " + " and ".join(repr(folded[n]) for n in sorted(needed))
    named = {name for key in folded for name in PLATFORMS if key.startswith(name)}
    if len(named) == 1:
        return named.pop(), "a column's name"
    places: tuple[tuple[str, str], ...] = (
        ("the file's name", path.name),
        ("its folder's name", path.resolve().parent.name),
    )
    places += (("a folder's name", path.resolve().parent.parent.name),)
    for place, text in places:
        words = re.split(r"[^a-z0-9]+", text.casefold())
        found = {PLATFORM_WORDS[w] for w in words if w in PLATFORM_WORDS and w not in ("x", "tt")}
        if len(found) == 1:
            return found.pop(), f"{place} {text!r}"
    return None


def _by_values(naming: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    for column, values in naming.items():
        sample = [v.strip() for v in values if v and v.strip()][:500]
        if not sample:
            continue
        prefixes = [m[1] for v in sample if (m := _PREFIX.match(v))]
        if len(prefixes) > _MOST * len(sample) and len(set(prefixes)) == 1:
            return prefixes[0], f"values of {column!r} such as {sample[0][:60]!r}"
        for pattern, platform in _HOSTS:
            n_fit = sum(1 for v in sample if re.search(pattern, v, re.IGNORECASE))
            if n_fit > _MOST * len(sample):
                return platform, f"values of {column!r} such as {sample[0][:60]!r}"
    return None
