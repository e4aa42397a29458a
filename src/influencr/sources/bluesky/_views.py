"""From what the AppView answers to records of ours.

A view that lacks a field that its kind never carries says nothing about it (None); one that could
have carried it says that there is nothing (a bio ""). A mirrored copy may neither be indexed nor
counted: its origin may have said no, and is found and counted where it lives.

Sources: app.bsky.actor.defs, app.bsky.feed.defs, app.bsky.graph.defs, app.bsky.feed.getLikes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from influencr.records import (
    Engagement,
    Follow,
    PackMember,
    Policy,
    Post,
    Profile,
    canonical_handle,
)
from influencr.sources.bluesky._labels import flags
from influencr.sources.bluesky._records import (
    did_of,
    instant,
    quoted,
    reference,
    said,
    sort_at,
    tid_instant,
)

__all__ = [
    "LICENCE",
    "SOURCE",
    "engagement",
    "follow",
    "followed",
    "gone",
    "hidden_from_recommendations",
    "is_open",
    "member",
    "post",
    "profile",
    "wants_no_recommendation",
]

SOURCE = "bluesky"
#: What is published through the protocol, for whoever reads it; no other terms are attached.
LICENCE = "open-protocol"
_NO_HANDLE = "handle.invalid"
_DECLARED = "hideFromAlgorithmicRecommendations"

type Births = Callable[[str], datetime | None]


#: As numbers: adding flags up anew for every row costs a tenth of the reading.
_ALLOWED = int(Policy.default())
#: A mirrored copy is listed and counted where the person lives, not once more here.
_MIRRORED = int(Policy.default() & ~(Policy.INDEX | Policy.SCORE))


def _seen(at: datetime, policy: int = _ALLOWED) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "fetched_at": at,
        "fetch_method": "api",
        "licence": LICENCE,
        "policy": policy,
    }


def profile(
    view: Mapping[str, Any], *, at: datetime, births: Births | None = None
) -> Profile | None:
    """A profileView, profileViewBasic or profileViewDetailed; None for a view without a DID.

    at       when the AppView answered
    births   DID -> when the account was made as the PLC directory has it; wins over the view
    """
    did = view.get("did")
    if not isinstance(did, str) or not did.startswith("did:"):
        return None
    told = flags(view.get("labels"), at=at)
    detailed = "followersCount" in view or "postsCount" in view or "followsCount" in view
    with_bio = detailed or "description" in view or "indexedAt" in view
    handle = view.get("handle")
    if not isinstance(handle, str) or handle == _NO_HANDLE:
        handle = None
    born = births(did) if births is not None else None
    return Profile(
        profile_id=reference(did),
        platform=SOURCE,
        handle=canonical_handle(handle, platform=SOURCE) if handle else None,
        display_name=_text(view.get("displayName"), ""),
        bio_text=_text(view.get("description"), "") if with_bio else None,
        links=_links(view) if detailed else None,
        has_avatar=bool(view.get("avatar")),
        has_banner=bool(view.get("banner")) if detailed else None,
        followers=_count(view.get("followersCount")),
        following=_count(view.get("followsCount")),
        posts_count=_count(view.get("postsCount")),
        account_created_at=born or instant(view.get("createdAt")),
        is_bot=told.is_bot,
        is_verified=_verified(view.get("verification")),
        status=told.status,
        no_signed_out=told.no_signed_out,
        **_seen(at, _MIRRORED if told.is_bridged else _ALLOWED),
    )


def is_open(row: Profile) -> bool:
    """Whether calls may be spent on an account: neither hidden, nor opted out, nor a mirror.

    Somebody who does not want to be shown is not looked at closer; the gates decide for good.
    """
    mirrored = row.policy & int(Policy.INDEX) == 0 or (row.handle or "").endswith(".brid.gy")
    return row.status == "active" and not row.no_signed_out and not mirrored


def gone(did: str, status: str, *, at: datetime) -> Profile:
    """An account that the network does not show: `takendown`, `suspended`, `deactivated`, ..."""
    return Profile(profile_id=reference(did), platform=SOURCE, status=status, **_seen(at))


def hidden_from_recommendations(did: str, *, hidden: bool, at: datetime) -> Profile:
    """What an account's visibility declaration says, as a profile row of its own."""
    return Profile(profile_id=reference(did), platform=SOURCE, no_recommend=hidden, **_seen(at))


def wants_no_recommendation(record: Any) -> bool:
    """Read an app.bsky.actor.contentVisibilityDeclaration; a missing word is no wish (lexicon)."""
    return isinstance(record, Mapping) and record.get(_DECLARED) is True


def post(view: Mapping[str, Any], *, at: datetime) -> Post | None:
    """A postView with its counts; None for a damaged one."""
    uri, record = view.get("uri"), view.get("record")
    author = _did(view.get("author"))
    if not isinstance(uri, str) or not isinstance(record, Mapping) or author is None:
        return None
    words = said(record)
    parent = _uri(_map(record.get("reply")).get("parent"))
    kind = "reply" if parent else "quote" if quoted(record) else "post"
    return Post(
        post_id=reference(uri),
        profile_id=reference(author),
        created_at=sort_at(record.get("createdAt"), view.get("indexedAt")),
        kind=kind,
        text=words.text,
        language=words.language,
        hashtags=words.hashtags,
        mentions=words.mentions,
        links=words.links,
        likes=_count(view.get("likeCount")),
        replies=_count(view.get("replyCount")),
        reposts=_count(view.get("repostCount")),
        quotes=_count(view.get("quoteCount")),
        saves=_count(view.get("bookmarkCount")),
        reply_to=reference(parent) if parent else None,
        **_seen(at),
    )


def engagement(
    actor: str, uri: str, kind: str, *, when: datetime | None, at: datetime
) -> Engagement:
    """One act of the account `actor` (a DID) on the post `uri`; `when` None where nobody says."""
    return Engagement(
        actor_id=reference(actor), post_id=reference(uri), kind=kind, at=when, **_seen(at)
    )


def follow(follower: str, followed_did: str, *, at: datetime) -> Follow:
    """One follow as a list of followers or follows shows it: without its instant."""
    return Follow(follower_id=reference(follower), followed_id=reference(followed_did), **_seen(at))


def followed(entry: Mapping[str, Any], *, at: datetime) -> Follow | None:
    """One app.bsky.graph.follow record of `listRecords`, with its instant and where it came from.

    A strongRef in `via` names the pack or post that led there. None for a damaged entry.
    """
    record, uri = entry.get("value"), entry.get("uri")
    if not isinstance(record, Mapping) or not isinstance(uri, str):
        return None
    follower, subject = did_of(uri), record.get("subject")
    if follower is None or not isinstance(subject, str) or not subject.startswith("did:"):
        return None
    via = _uri(record.get("via"))
    when = instant(record.get("createdAt")) or tid_instant(uri.rpartition("/")[2])
    return Follow(
        follower_id=reference(follower),
        followed_id=reference(subject),
        followed_at=when,
        via_id=reference(via) if via else None,
        **_seen(at),
    )


def member(
    pack_uri: str,
    item: Mapping[str, Any],
    *,
    name: str | None,
    description: str | None,
    owner: str | None,
    at: datetime,
) -> PackMember | None:
    """One listItemView of a starter pack or list; None for a damaged one or an opted-out member.

    added_at   from the record key of the list item, which its owner's client made from the clock
    """
    did = _did(item.get("subject"))
    if did is None or item.get("subjectOptedOut") is True:
        return None
    return PackMember(
        pack_id=reference(pack_uri),
        member_id=reference(did),
        name=name,
        description=description,
        owner_id=reference(owner) if owner else None,
        added_at=tid_instant(str(item.get("uri", "")).rpartition("/")[2]),
        **_seen(at),
    )


def _verified(state: Any) -> bool:
    found = _map(state)
    return "valid" in (found.get("verifiedStatus"), found.get("trustedVerifierStatus"))


def _links(view: Mapping[str, Any]) -> list[str]:
    given = [view.get("website")]
    more = view.get("links")
    given += [_map(link).get("url") for link in more] if isinstance(more, list) else []
    return list(dict.fromkeys(link for link in given if isinstance(link, str) and link))


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _uri(strong_reference: Any) -> str | None:
    uri = _map(strong_reference).get("uri")
    return uri if isinstance(uri, str) and uri.startswith("at://") else None


def _did(actor: Any) -> str | None:
    did = _map(actor).get("did")
    return did if isinstance(did, str) and did.startswith("did:") else None


def _text(value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) else otherwise


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
