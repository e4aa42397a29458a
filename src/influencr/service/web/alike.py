"""Creators like one creator as the dossier shows them: by content, by audience, with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.safestring import SafeString

from influencr.errors import UsageError
from influencr.search import Hit, Query
from influencr.service.web import audiences, numbers, words
from influencr.service.web.address import Address
from influencr.service.web.likeness import Likeness, likeness
from influencr.service.web.marked import initials, marked, plain
from influencr.service.web.row import dossier_path

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["Alike", "Group", "alike"]

_SHOWN = 5


class Alike(NamedTuple):
    """One similar creator with what both have in common."""

    href: str
    initials: str
    name: SafeString
    handle: str
    platform: str
    place: str
    followers: str
    likeness: Likeness


class Group(NamedTuple):
    """Similar creators by one measure, and the search that finds all of them.

    reason   why there are none, empty when there are
    reading  they will be known after a while
    """

    by: str
    people: tuple[Alike, ...]
    total: str
    href: str
    reason: str
    reading: bool


def alike(engine: Engine, creator: dict[str, Any]) -> tuple[Group, Group]:
    """(by content, by audience). Audiences are not waited for (`audiences`)."""
    by_content = _group(engine, creator, "content")
    if not audiences.are_read(engine, creator["profile_id"]):
        href = _address(creator, "audience").href
        return by_content, Group("audience", (), "", href, audiences.READING, reading=True)
    return by_content, _group(engine, creator, "audience")


def _group(engine: Engine, creator: dict[str, Any], by: str) -> Group:
    address = _address(creator, by)
    query = Query(
        similar=(creator["profile_id"],), similar_by=by, limit=_SHOWN, facets=(), funnel=False
    )
    try:
        results = engine.query(query)
    except UsageError as error:
        # Not an error of the reader's: this creator has nothing to be compared by.
        _, _, reason = plain(error.message).partition(f"by {by}: ")
        reason = reason.partition("; ask by")[0] or plain(error.message)
        return Group(by, (), "", address.href, reason, reading=False)
    title = creator.get("display_name") or creator.get("handle") or creator["profile_id"]
    reason = "" if results.hits else "nobody shares enough"
    return Group(
        by,
        tuple(_alike(hit, {creator["profile_id"]: title}) for hit in results.hits),
        numbers.plural(results.total, "creator", "creators"),
        address.href,
        reason,
        reading=False,
    )


def _alike(hit: Hit, names: dict[str, str]) -> Alike:
    creator = hit.creator
    name = plain(creator.get("display_name") or "") or hit.handle or hit.profile_id
    found = likeness(hit, names)
    if found is None:
        raise TypeError("a search for similar creators always says why they are")
    followers = creator.get("followers")
    return Alike(
        href=dossier_path(hit.platform, hit.handle, hit.profile_id),
        initials=initials(name, hit.handle),
        name=marked(name),
        handle=plain(hit.handle or ""),
        platform=words.platform(hit.platform),
        place=plain(creator.get("place_label") or creator.get("place_name") or ""),
        followers="" if followers is None else numbers.plural(followers, "follower", "followers"),
        likeness=found,
    )


def _address(creator: dict[str, Any], by: str) -> Address:
    handle = creator.get("handle")
    name = f"{creator['platform']}:@{handle}" if handle else creator["profile_id"]
    return Address([("similar", name), *([("similar_by", by)] if by != "content" else [])])
