"""Who is meant by a handle, a reference or a URL, and why is somebody not in the index?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from influencr.errors import UsageError
from influencr.pipeline._gates import EXCLUSIONS, excluded_because
from influencr.pipeline._update import current_names
from influencr.records import canonical_handle

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["Meant", "find_creators", "known_as", "meant", "unlisted"]

#: Host of a profile's page -> platform. Any other host with /@name is taken for a Mastodon server.
_HOSTS = {
    "bsky.app": "bluesky",
    "instagram.com": "instagram",
    "threads.com": "threads",
    "threads.net": "threads",
    "tiktok.com": "tiktok",
    "twitch.tv": "twitch",
    "twitter.com": "twitter",
    "x.com": "twitter",
    "youtube.com": "youtube",
}
_URL = re.compile(
    r"^(?:https?://)?(?:www\.|m\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)/(.+)$", re.IGNORECASE
)
_REFERENCE = re.compile(r"^([a-z][a-z0-9_-]*):(.+)$")


class Meant(NamedTuple):
    """What a person typed: a platform (None = any), and a handle, a native id, or either."""

    platform: str | None
    handle: str | None
    native_id: str | None


def meant(typed: str) -> Meant:
    """Read `platform:@handle`, `platform:name`, `@handle`, a bare handle or a profile's URL.

    A name after a platform without @ may be a native id or a handle; people write both so.

    Raises UsageError for a text that names nobody.

    >>> meant("https://www.tiktok.com/@Ana?lang=en")
    Meant(platform='tiktok', handle='ana', native_id='Ana')
    >>> meant("bluesky:did:plc:abc")
    Meant(platform='bluesky', handle=None, native_id='did:plc:abc')
    >>> meant("tiktok:Ana")
    Meant(platform='tiktok', handle='ana', native_id='Ana')
    >>> meant("@ana.example")
    Meant(platform=None, handle='ana.example', native_id=None)
    """
    text = typed.strip()
    if text.startswith("did:"):
        return Meant("bluesky", None, text)
    url = _URL.match(text)
    if url and "@" not in url[1]:
        host = url[1].lower()
        platform = _HOSTS.get(host, "mastodon")
        written = text if platform == "mastodon" else re.split(r"[?#]", url[2])[0]
        handle = canonical_handle(text, platform=platform)
        return Meant(platform, handle, written.rstrip("/").rpartition("/")[2].lstrip("@"))
    if reference := _REFERENCE.match(text):
        platform, rest = reference[1], reference[2]
        if rest.startswith("@"):
            return Meant(platform, canonical_handle(rest, platform=platform), None)
        handle = None if rest.startswith("did:") else canonical_handle(rest, platform=platform)
        return Meant(platform, handle, rest)
    handle = canonical_handle(text, platform="")
    if handle is None:
        raise UsageError(
            f"{typed!r} names nobody; give a handle such as @ana, a reference such as tiktok:@ana "
            "or the address of a profile.",
            field="reference",
        )
    return Meant(None, handle, None)


def find_creators(judged: Path, who: Meant) -> list[tuple[str, str, str | None]]:
    """(profile_id, platform, handle) of the listed creators that are meant, sorted.

    judged   folder of the judged files
    """
    rows = current_names(judged)
    found = rows.filter(_matches(who)).unique("profile_id").sort("profile_id").collect()
    return found.rows()


def known_as(catalogue: Catalogue, who: Meant) -> list[tuple[str, str, str | None]]:
    """(profile_id, platform, handle) of everybody in the catalogue who is meant, sorted."""
    rows = catalogue.latest("profiles").select("profile_id", "platform", "handle")
    found = rows.filter(_matches(who)).unique("profile_id").sort("profile_id").collect()
    return found.rows()


def unlisted(catalogue: Catalogue, who: Meant) -> list[dict[str, Any]]:
    """Profiles that the catalogue knows and that are meant, with why they are not listed.

    returns   `profile_id, platform, handle, why_not` each; people who left and people whom the
              network hides are never among them
    """
    profiles = catalogue.latest("profiles").filter(_matches(who)).collect()
    if profiles.is_empty():
        return []
    counts = (
        catalogue.latest("posts")
        .filter(pl.col("profile_id").is_in(profiles["profile_id"].implode()))
        .group_by("profile_id")
        .agg(pl.len().alias("n_posts_seen"))
        .collect()
    )
    gated = (
        profiles.join(counts, on="profile_id", how="left")
        .with_columns(pl.col("n_posts_seen").fill_null(0))
        .with_columns(excluded_because())
        .sort("profile_id")
    )
    later = "observed after the last refresh; refresh to list them"
    return [
        {"profile_id": i, "platform": p, "handle": h, "why_not": EXCLUSIONS.get(word or "", later)}
        for i, p, h, word in gated.select("profile_id", "platform", "handle", "excluded").rows()
    ]


def _matches(who: Meant) -> pl.Expr:
    named = pl.lit(False)
    if who.handle is not None:
        named = named | (pl.col("handle").str.to_lowercase() == who.handle).fill_null(False)
        if who.platform is not None:
            named = named | (pl.col("profile_id") == f"{who.platform}:@{who.handle}")
    if who.native_id is not None and who.platform is not None:
        named = named | (pl.col("profile_id") == f"{who.platform}:{who.native_id}")
    return named if who.platform is None else named & (pl.col("platform") == who.platform)
