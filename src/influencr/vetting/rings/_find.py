"""Follow-back rings and pods: from follows and reactions to groups, and from groups to the ledger.

Members of such groups are real people who exchange attention. They are called a reciprocal group,
and never bought; the label says that the exchange inflates numbers, not whose fault that is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from influencr.errors import SchemaError
from influencr.vetting.rings._groups import Circle, circles
from influencr.vetting.verdict import EVIDENCE_SCHEMA, as_evidence, clear_rows, evidence_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from influencr.vetting._audience import Accounts, Audience

__all__ = [
    "ACT_COLUMNS",
    "KINDS",
    "VERSION",
    "Mutual",
    "Rings",
    "evidence",
    "find",
    "mutual",
    "pods",
]

VERSION = "1"
KINDS = ("ring", "pod")
_STATISTIC = ("reciprocal_ring", "reciprocal_pod")
ACT_COLUMNS = ("author", "actor", "post", "posted_at", "at")
#: A reaction counts when it comes this soon after the post (method, section 7: the same peel on
#: commenter x (creator, hour)).
_HOUR = 3_600
#: Somebody is tied to an author who reacted within the hour to at least so many of the posts, and
#: to at least this share of them; a pod is tied both ways. Our own choice.
_MIN_POSTS, _POST_SHARE = 3, 0.2
#: The middle eight tenths of a ring's follows take at most this part of the time that those of the
#: creators' other returned follows take; with too few others, at most so many days. Our own choice.
_RING_SPAN, _FEW_OTHERS, _RING_DAYS = 0.4, 20, 120
#: Creators with fewer followers seen are not looked at (our own choice).
_MIN_SEEN = 5


class Mutual(NamedTuple):
    """Follows that are returned: creator uint64[n] (its key), who int32[n] (row in accounts), at
    int64[n] (seconds UTC of the follow, -1 unknown)."""

    creator: NDArray[np.uint64]
    who: NDArray[np.int32]
    at: NDArray[np.int64]

    @classmethod
    def join(cls, parts: Sequence[Mutual]) -> Mutual:
        """Several groups of creators as one."""
        none = cls(
            np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
        )
        every = [none, *parts]
        return cls(
            np.concatenate([part.creator for part in every]),
            np.concatenate([part.who for part in every]),
            np.concatenate([part.at for part in every]),
        )


class Rings(NamedTuple):
    """Reciprocal groups.

    kind                int8[g], place in KINDS
    tied, p, lift       float64[g]: share of the possible ties inside; chance of so many in a graph
                        with the same degrees; ties over their expectation
    member, group       uint64[x] key of each member, int32[x] its group; may be in several
    creator             bool[x], the member is one of the creators of its group
    """

    kind: NDArray[np.int8]
    tied: NDArray[np.float64]
    p: NDArray[np.float64]
    lift: NDArray[np.float64]
    member: NDArray[np.uint64]
    group: NDArray[np.int32]
    creator: NDArray[np.bool_]

    @classmethod
    def join(cls, parts: Sequence[Rings]) -> Rings:
        """Rings and pods together."""
        every = [_as_rings([], np.zeros(0, dtype=np.uint64), 0), *parts]
        shift = np.cumsum([0, *(len(part.kind) for part in every)])
        columns = {name: np.concatenate([getattr(p, name) for p in every]) for name in cls._fields}
        columns["group"] = np.concatenate(
            [p.group + by for p, by in zip(every, shift[:-1], strict=True)]
        ).astype(np.int32)
        return cls(**columns)


def mutual(audience: Audience) -> Mutual:
    """The returned follows of a group of creators; packs, lists and onboarding count as others."""
    rows = np.flatnonzero(audience.mutual)
    creator = np.searchsorted(audience.starts, rows, side="right") - 1
    keys = audience.creators["key"].to_numpy().astype(np.uint64)
    return Mutual(keys[creator], audience.who[rows], audience.at[rows])


def find(ties: Mutual, accounts: Accounts) -> Rings:
    """Follow-back rings of a whole world, from the returned follows of all its creators.

    People of one small place or trade follow each other too, over the years. A ring is made within
    weeks: where times are known, its follows lie closer together than the other returned follows of
    the same creators do.
    """
    keys, number = np.unique(
        np.concatenate([ties.creator, accounts.key[ties.who]]), return_inverse=True
    )
    n = len(ties.creator)
    creator, member = number[:n], number[n:]
    order = np.argsort(creator, kind="stable")
    ordered = creator[order]

    def own(one: Circle) -> NDArray[np.int64]:
        """Ties of the circle's creators; few of many, so that they are not looked for among all."""
        first = np.searchsorted(ordered, one.creators, side="left")
        last = np.searchsorted(ordered, one.creators, side="right")
        return np.concatenate([order[i:j] for i, j in zip(first, last, strict=True)])

    return _as_rings(
        [
            one
            for one in circles(creator, member, possible=len(accounts.key))
            if _made_at_once(one, member[own(one)], ties.at[own(one)])
        ],
        keys,
        0,
    )


def _made_at_once(one: Circle, member: NDArray[np.int64], at: NDArray[np.int64]) -> bool:
    """member, at   of all ties of the circle's creators."""
    known = at >= 0
    inside = known & np.isin(member, one.members)
    others = known & ~np.isin(member, one.members)
    if not inside.any():
        return True
    low, high = np.quantile(at[inside], [0.1, 0.9])
    span = float(high - low)
    if others.sum() < _FEW_OTHERS:
        return span <= _RING_DAYS * 86_400
    low, high = np.quantile(at[others], [0.1, 0.9])
    return span <= _RING_SPAN * float(high - low)


def pods(acts: pl.DataFrame) -> Rings:
    """Groups that react to one another's posts within the hour.

    acts   `author` and `actor` (uint64 keys), `post` (anything that names a post), `posted_at` and
           `at` (seconds UTC); replies, or likes and replies. One row per act

    Raises SchemaError for a missing column.
    """
    missing = [c for c in ACT_COLUMNS if c not in acts.columns]
    if missing:
        raise SchemaError(f"Acts need the column {missing[0]!r}.", field=missing[0])
    posts = acts.group_by("author").agg(n_posts=pl.col("post").n_unique())
    soon = (
        acts.filter(
            pl.col("author") != pl.col("actor"),
            (pl.col("at") - pl.col("posted_at")).is_between(0, _HOUR),
        )
        .group_by("author", "actor")
        .agg(n=pl.col("post").n_unique())
        .join(posts, on="author")
        .filter(pl.col("n") >= _MIN_POSTS, pl.col("n") >= _POST_SHARE * pl.col("n_posts"))
        .select("author", "actor")
    )
    both = soon.join(
        soon.select(author="actor", actor="author"), on=["author", "actor"], how="semi"
    ).sort("author", "actor")
    keys, number = np.unique(
        np.concatenate(
            [
                both["author"].to_numpy().astype(np.uint64),
                both["actor"].to_numpy().astype(np.uint64),
            ]
        ),
        return_inverse=True,
    )
    return _as_rings(
        circles(number[: len(both)], number[len(both) :], possible=acts["actor"].n_unique()),
        keys,
        1,
    )


def _as_rings(found: list[Circle], keys: NDArray[np.uint64], kind: int) -> Rings:
    members = [np.union1d(one.members, one.creators) for one in found]
    sizes = [len(one) for one in members]
    whole = np.concatenate([np.zeros(0, dtype=np.int64), *members]).astype(np.int64)
    is_creator = [np.isin(who, one.creators) for who, one in zip(members, found, strict=True)]
    return Rings(
        kind=np.full(len(found), kind, dtype=np.int8),
        tied=np.array([one.tied for one in found]),
        p=np.array([one.p for one in found]),
        lift=np.array([one.lift for one in found]),
        member=keys[whole] if len(whole) else np.zeros(0, dtype=np.uint64),
        group=np.repeat(np.arange(len(found), dtype=np.int32), sizes).astype(np.int32),
        creator=np.concatenate([np.zeros(0, dtype=bool), *is_creator]).astype(bool),
    )


def evidence(rings: Rings, audience: Audience) -> pl.DataFrame:
    """The ledger's rows of family X: EVIDENCE_SCHEMA.

    One row that fires per creator and reciprocal group that it belongs to, with the members among
    its followers; everybody else with at least five followers seen gets one row that does not fire,
    whose value is the share of followers that it follows back.
    """
    keys = audience.creators["key"].to_numpy().astype(np.uint64)
    order = np.argsort(keys, kind="stable")
    creators = rings.member[rings.creator]
    place = np.searchsorted(keys[order], creators)
    here = np.zeros(len(creators), dtype=bool)
    if len(keys):
        place = np.minimum(place, len(keys) - 1)
        here = keys[order][place] == creators
    groups = rings.group[rings.creator]
    rows = [
        _row(rings, audience, int(order[place[x]]), int(groups[x])) for x in np.flatnonzero(here)
    ]
    found = as_evidence(rows)
    seen = audience.seen >= _MIN_SEEN
    seen[[row["creator"] for row in rows]] = False
    sums = np.concatenate([[0], np.cumsum(audience.mutual, dtype=np.int64)])
    back = sums[audience.starts[1:]] - sums[audience.starts[:-1]]
    clear = clear_rows(
        np.flatnonzero(seen),
        family="X",
        statistic="followed_back",
        version=VERSION,
        values=(back / np.maximum(audience.seen, 1))[seen],
    )
    return (
        pl.concat([found, clear])
        .select(pl.col(name).cast(kind) for name, kind in EVIDENCE_SCHEMA.items())
        .sort("creator", maintain_order=True)
    )


def _row(rings: Rings, audience: Audience, creator: int, group: int) -> dict[str, Any]:
    follows = audience.rows(creator)
    members = rings.member[rings.group == group]
    inside = np.flatnonzero(np.isin(audience.accounts.key[audience.who[follows]], members))
    at = audience.at[follows][inside]
    at = at[at >= 0]
    kind = int(rings.kind[group])
    return evidence_row(
        creator=creator,
        family="X",
        statistic=_STATISTIC[kind],
        version=VERSION,
        value=float(rings.tied[group]),
        p=float(rings.p[group]),
        from_at=int(at.min()) if len(at) and kind == 0 else None,
        to_at=int(at.max()) if len(at) and kind == 0 else None,
        members=len(inside),
        member_rows=inside,
        share=len(inside) / max(int(audience.seen[creator]), 1),
        fires=True,
        chart=json.dumps(
            {
                "kind": KINDS[kind],
                "label": "reciprocal group",
                "accounts": len(members),
                "creators": int((rings.creator & (rings.group == group)).sum()),
                "tied": round(float(rings.tied[group]), 3),
            }
        ),
    )
