"""Which follows came with one click, or from what a network proposes to newcomers.

Told follower by follower, from whole follow lists, so that a crowd is never excused as a crowd: a
follow has a cause only where its own follower shows it. Two causes exist.

pack, list    one click on a starter pack or list follows everybody in it. Follows of one follower
              that come close after each other form a group; inside it, from the first to the last
              target that is in one known pack, at least MIN_INSIDE of the targets are in it, and
              they are at least MIN_COVERED of what the follower could still follow in that pack.
              Follows that name the pack themselves (`via`) need no closeness, but the rest holds.
onboarding    a follow within minutes of the follower's own sign-up, of an account that newcomers
              of many other weeks follow just as fast (`_onboarding`).

What a follow says of itself is not believed alone: `via` may be written by anybody, so it counts
only where the pack is known, the target is in it and the click brought more of its members. That
is also what laundering costs here. A bought crowd that also clicks a pack gets a cause for its
follows of that pack's members and for nothing else; a customer who is a member of the pack is
excused for just these follows, and only if every bought account follows half of the pack with
them. Families P, C and D never read causes, so those accounts are still seen there.

Constants are our own choice, fixed by tests/unit/vetting/crowds, except MIN_INSIDE, the share of
targets in one known pack that was measured to be enough (docs/algorithms/crowds.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from influencr.errors import SchemaError
from influencr.vetting.crowds._onboarding import proposed_rows

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

__all__ = [
    "CAUSES",
    "MIN_CLICK",
    "MIN_COVERED",
    "MIN_INSIDE",
    "click_causes",
]

#: What explains a follow; the number stored is the place in this tuple.
CAUSES: Final = ("none", "pack", "list", "onboarding", "viral", "giveaway", "press", "ring")
_PACK, _LIST, _ONBOARDING = (CAUSES.index(word) for word in ("pack", "list", "onboarding"))

#: Share of the targets of a click that are in one known pack.
MIN_INSIDE = 0.8
#: Share of a pack's members, followed earlier ones left out, that a click follows.
MIN_COVERED = 0.5
#: Fewer follows together are no click; two or three accounts of one pack are followed by chance.
MIN_CLICK = 4
#: Follows of a click lie this close (seconds): first a machine's pace, then a person's within an
#: hour, for networks and clients that are slow.
_PACES_S = (30, 600)
#: No group lasts longer than this.
_LONGEST_S = 3_600
#: A membership may be recorded this long after a click, if half of the click's other targets were
#: members in time: records are often written, or first seen by us, after the fact.
_LATE_S = 60 * 86_400


def click_causes(follows: pl.DataFrame, created: pl.DataFrame, packs: pl.DataFrame) -> pl.Series:
    """The cause of each follow that its own follower shows.

    follows   `follower` u64, `followed` u64, `at` i64 (seconds UTC, -1 or null unknown), `via` u64
              (the pack or list that the record names, null for none). Whole follow lists of some
              followers; which follower falls into which call must not depend on whom they follow
              (cut by a hash), because proposals to newcomers are found in the call's own rows.
              Sorted by follower and time it is fastest
    created   `key` u64, `created` i64 (-1 or null unknown); `language` (any type) makes newcomers
              be compared with those who speak the same
    packs     `pack` u64, `member` u64, `added` i64, `removed` i64 (null unknown); `kind` "list"
              for those that are lists, "pack" otherwise
    returns   i8, one per row of `follows` in its order: a place in CAUSES, 0 for none

    Raises SchemaError when a column is missing.
    """
    import polars as pl

    _need(follows, ("follower", "followed", "at", "via"), "follows")
    _need(created, ("key", "created"), "created")
    _need(packs, ("pack", "member", "added", "removed"), "packs")
    n = len(follows)
    if not n:
        return pl.Series("cause", [], dtype=pl.Int8)
    follower = follows["follower"].to_numpy()
    at = follows["at"].fill_null(-1).to_numpy()
    order = _order(follower, at)
    if order is not None:
        follows = follows[order]
        follower, at = follower[order], at[order]
    cause = np.zeros(n, dtype=np.int8)
    first = np.ones(n, dtype=bool)
    np.not_equal(follower[1:], follower[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    _packs(cause, follows, first, starts, at, packs)
    cause[proposed_rows(follows, starts, at, cause == 0, created)] = _ONBOARDING
    if order is not None:
        back = np.empty(n, dtype=np.int8)
        back[order] = cause
        cause = back
    return pl.Series("cause", cause)


def _need(frame: pl.DataFrame, columns: tuple[str, ...], what: str) -> None:
    for name in columns:
        if name not in frame.columns:
            raise SchemaError(
                f"The {what} need the column {name!r}; received {', '.join(frame.columns)}.",
                field=name,
                valid=list(columns),
            )


def _order(follower: NDArray[np.uint64], at: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Rows by follower and time; None when they lie so already."""
    step = follower[1:] == follower[:-1]
    if (~step | (at[1:] >= at[:-1])).all() and (step | (follower[1:] > follower[:-1])).all():
        return None
    by_time = np.argsort(at, kind="stable")
    rows: NDArray[np.int64] = by_time[np.argsort(follower[by_time], kind="stable")]
    return rows


def _packs(
    cause: NDArray[np.int8],
    follows: pl.DataFrame,
    first: NDArray[np.bool_],
    starts: NDArray[np.int64],
    at: NDArray[np.int64],
    packs: pl.DataFrame,
) -> None:
    import polars as pl

    members = packs.select(
        "pack",
        pl.col("member").alias("followed"),
        "added",
        "removed",
        is_list=(pl.col("kind") == "list").fill_null(False)
        if "kind" in packs.columns
        else pl.lit(False),
    ).unique(["pack", "followed"], keep="first", maintain_order=True)
    if not len(members):
        return
    owner = np.cumsum(first, dtype=np.int64) - 1
    via = follows["via"]
    if via.null_count() < len(via):
        # Named by the follow itself: a group is all that one follower says came from one pack.
        rows = np.flatnonzero(via.is_not_null().to_numpy())
        group = (
            pl.DataFrame({"owner": owner[rows], "via": via.gather(rows)})
            .select(pl.struct("owner", "via").rank("dense").cast(pl.Int64) - 1)
            .to_series()
            .to_numpy()
        )
        _explain(cause, rows, group, follows, owner, starts, at, members, named=True)
    gap = np.empty(len(at), dtype=np.int64)
    gap[0] = 0
    np.subtract(at[1:], at[:-1], out=gap[1:])
    timed = at >= 0
    for pace in _PACES_S:
        new = first | (gap > pace)
        begins = np.flatnonzero(new)
        length = np.diff(begins, append=len(at))
        long_enough = length >= MIN_CLICK
        wide = np.repeat(long_enough, length) & timed
        # A group holds follows without a cause; those already explained stand in nobody's way.
        rows = np.flatnonzero(wide & (cause == 0))
        if not len(rows):
            continue
        group = np.repeat(np.arange(len(begins)), length)[rows]
        group = _cut_long(group, at[rows])
        _explain(cause, rows, group, follows, owner, starts, at, members, named=False)


def _cut_long(group: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Groups cut every `_LONGEST_S` from their first follow; numbers stay in order."""
    begin = np.flatnonzero(np.diff(group, prepend=-1))
    since = at - np.repeat(at[begin], np.diff(begin, append=len(group)))
    new = np.diff(group, prepend=-1) != 0
    part = since // _LONGEST_S
    new |= np.diff(part, prepend=-1) != 0
    cut: NDArray[np.int64] = np.cumsum(new) - 1
    return cut


def _explain(
    cause: NDArray[np.int8],
    rows: NDArray[np.int64],
    group: NDArray[np.int64],
    follows: pl.DataFrame,
    owner: NDArray[np.int64],
    starts: NDArray[np.int64],
    at: NDArray[np.int64],
    members: pl.DataFrame,
    *,
    named: bool,
) -> None:
    """Sets the cause of those `rows` that a known pack explains.

    group   number per row; rows of one group belong to one follower
    named   the pack of a group is the one that its rows name, whatever lies between them
    """
    import polars as pl

    taken = follows[["followed", "via"]][rows].with_columns(
        row=pl.Series(rows), group=pl.Series(group), at=pl.Series(at[rows])
    )
    if not named:
        # Where the row stands in its group: between the first and the last target of a pack
        # nothing else may lie.
        new = np.diff(group, prepend=-1) != 0
        begin = np.flatnonzero(new)
        place = np.arange(len(group)) - np.repeat(begin, np.diff(begin, append=len(group)))
        taken = taken.with_columns(place=pl.Series(place))
    inside = taken.lazy().join(members.lazy(), on="followed")
    if named:
        inside = inside.filter(pl.col("via") == pl.col("pack"))
    inside = inside.filter(
        (pl.col("removed").is_null() | (pl.col("at") < pl.col("removed")) | (pl.col("at") < 0))
        & (
            pl.col("added").is_null()
            | (pl.col("at") + _LATE_S >= pl.col("added"))
            | (pl.col("at") < 0)
        )
    ).with_columns(
        in_time=(pl.col("added").is_null() | (pl.col("at") >= pl.col("added")) | (pl.col("at") < 0))
    )
    span = pl.len() if named else (pl.col("place").max() - pl.col("place").min() + 1)
    groups = (
        inside.group_by("group", "pack")
        .agg(
            pl.len().alias("n_inside"),
            span.alias("n_span"),
            pl.col("in_time").sum().alias("n_in_time"),
            pl.col("at").min().alias("begin"),
            pl.col("row").first(),
        )
        .filter(
            pl.col("n_inside") >= MIN_CLICK,
            pl.col("n_inside") >= MIN_INSIDE * pl.col("n_span"),
            2 * pl.col("n_in_time") >= pl.col("n_inside"),
        )
        .collect()
    )
    if not len(groups):
        return
    groups = _covering(groups, follows, owner, starts, at, members)
    best = groups.sort("n_inside", "size", "pack", descending=[True, False, False]).unique(
        "group", keep="first", maintain_order=True
    )
    explained = inside.join(best.lazy().select("group", "pack"), on=["group", "pack"]).select(
        "row", "is_list"
    )
    done = explained.collect()
    cause[done["row"].to_numpy()] = np.where(done["is_list"].to_numpy(), _LIST, _PACK)


def _covering(
    groups: pl.DataFrame,
    follows: pl.DataFrame,
    owner: NDArray[np.int64],
    starts: NDArray[np.int64],
    at: NDArray[np.int64],
    members: pl.DataFrame,
) -> pl.DataFrame:
    """Of these groups those that follow enough of what the pack still offered, with its `size`."""
    import polars as pl

    pairs = groups.lazy().select("group", "pack", "begin").join(members.lazy(), on="pack")
    here = (pl.col("removed").is_null() | (pl.col("begin") < pl.col("removed"))) & (
        pl.col("added").is_null() | (pl.col("begin") >= pl.col("added")) | (pl.col("begin") < 0)
    )
    sizes = pairs.filter(here).group_by("group", "pack").agg(pl.len().alias("size"))
    sized = groups.lazy().join(sizes, on=["group", "pack"], how="left").collect()
    sized = sized.with_columns(pl.col("size").fill_null(0))
    enough = pl.col("n_inside") >= MIN_COVERED * pl.col("size")
    plain, doubtful = sized.filter(enough), sized.filter(~enough)
    if not len(doubtful):
        return plain
    # Only now are earlier follows looked up: a follower who had half of the pack already.
    who = owner[doubtful["row"].to_numpy()]
    low = starts[who]
    high = np.append(starts, len(at))[who + 1]
    length = high - low
    base = np.repeat(low - (np.cumsum(length) - length), length)
    mine = base + np.arange(int(length.sum()))
    earlier = at[mine] < np.repeat(doubtful["begin"].to_numpy(), length)
    before = (
        pl.DataFrame(
            {
                "group": doubtful["group"].to_numpy().repeat(length)[earlier],
                "pack": doubtful["pack"].to_numpy().repeat(length)[earlier],
                "followed": follows["followed"].gather(mine[earlier]),
            }
        )
        .join(members.select("pack", "followed"), on=["pack", "followed"])
        .group_by("group", "pack")
        .agg(pl.len().alias("had"))
    )
    rest = doubtful.join(before, on=["group", "pack"], how="left").with_columns(
        size=pl.col("size") - pl.col("had").fill_null(0)
    )
    return pl.concat([plain, rest.filter(enough).select(plain.columns)])
