"""Some creators' audiences taken together, as one value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from influencr.planning.audience._counts import Audience

__all__ = ["Own", "Together", "together"]


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """One creator's audience.

    people     known one by one and in no batch that looks bought; None where nobody is known
    n_flagged  people in such a batch
    stated     followers as the profile says, None unknown
    is_whole   nearly all of those are known; else `people` is "at least"
    reason     why nothing is known, None where something is
    """

    profile_id: str
    platform: str
    handle: str | None
    people: int | None
    n_flagged: int
    stated: int | None
    is_whole: bool
    reason: str | None


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """How many different people some creators have, and who shares whom.

    as_of       the instant that the follower lists refer to
    creators    each with their own people, in the order asked
    known       profile ids of those whose audience is known: rows and columns of `shared`
    shared      people who follow both; on the diagonal a creator's own
    total       their people counted as often as they follow one of them
    unique      each of them counted once
    frequency   at place k - 1: people who follow at least k of them
    at_least    of somebody only a part of the followers is known
    """

    as_of: datetime
    creators: tuple[Own, ...]
    known: tuple[str, ...]
    shared: tuple[tuple[int, ...], ...]
    total: int
    unique: int
    frequency: tuple[int, ...]
    at_least: bool


def together(audience: Audience, creators: Sequence[tuple[str, str, str | None]]) -> Together:
    """The audiences of some creators, (profile id, platform, handle) each, taken together."""
    ids = [profile_id for profile_id, _, _ in creators]
    own = []
    for profile_id, platform, handle in creators:
        known = audience.of(profile_id)
        own.append(
            Own(
                profile_id=profile_id,
                platform=platform,
                handle=handle,
                people=None if known.reason is not None else known.n,
                n_flagged=known.n_flagged,
                stated=known.stated,
                is_whole=known.is_whole,
                reason=known.reason,
            )
        )
    shares, union = audience.overlap(ids), audience.union(ids)
    return Together(
        as_of=audience.as_of,
        creators=tuple(own),
        known=shares.ids,
        shared=shares.shared,
        total=union.total,
        unique=union.unique,
        frequency=audience.frequency(ids),
        at_least=bool(union.n_partial),
    )
