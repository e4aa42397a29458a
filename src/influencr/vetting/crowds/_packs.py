"""Which follows one click on a known starter pack or list explains.

Follows of one follower that come close after each other form a group. Inside it, from the first to
the last target that is in one known pack, at least MIN_INSIDE of the targets are in it, they are at
least MIN_CLICK, and at least MIN_COVERED of what the follower could still follow in that pack.
Follows that name the pack themselves (`via`) need no closeness and may be MIN_NAMED, but the rest
holds. What a follow says of itself is not believed alone: `via` may be written by anybody.

That is also what laundering costs here. A bought crowd that clicks a pack gets a cause for its
follows of that pack's members and for nothing else. A customer who is a member is excused for just
these follows, only if every bought account follows half of the pack with them, and only in a pack
that others click too: where nearly all who click were made together, on a few days on which few
others signed up, and not at the moment of the click as invited newcomers are, the pack explains
nothing (`_made_together`). What remains is a customer in a pack that ordinary people click, or in
a seller's pack whose accounts are old or a few of which are.

MIN_INSIDE was measured to be enough (docs/algorithms/crowds.md); the other constants are our own
choice, fixed by tests/unit/vetting/crowds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MIN_CLICK", "MIN_COVERED", "MIN_INSIDE", "MIN_NAMED", "clicked_rows"]

#: Share of the targets of a click that are in one known pack.
MIN_INSIDE = 0.8
#: Share of a pack's members, followed earlier ones left out, that a click follows.
MIN_COVERED = 0.5
#: Fewer follows together are no click: two or three accounts of one pack are followed by chance.
MIN_CLICK = 4
#: The same where the follows name the pack.
MIN_NAMED = 3
#: Follows of a click lie this close (seconds): first a machine's pace, then a person's within an
#: hour, for networks and clients that are slow.
_PACES_S = (30, 600)
#: No group lasts longer than this.
_LONGEST_S = 3_600
#: A membership may be recorded this long after a click, if MIN_IN_TIME of the click's targets were
#: members in time: records are often written, or first seen by us, after the fact.
_LATE_S = 60 * 86_400
MIN_IN_TIME = 0.2
#: A pack is not believed when at least MIN_SETTLED people clicked it who had signed up more than a
#: day before, and MADE_TOGETHER of them signed up on at most FEW_DAYS days (MIN_A_DAY each) that
#: brought LUMPED times fewer accounts to the network ...
MIN_SETTLED, MADE_TOGETHER, FEW_DAYS, MIN_A_DAY, LUMPED = 20, 0.8, 10, 3, 4.0
#: ... unless so many others clicked it too: then it is a real pack that a crowd hides behind, and
#: its other members shall not suffer for that.
ENOUGH_OTHERS = 10
_DAY = 86_400


def clicked_rows(
    follows: pl.DataFrame,
    first: NDArray[np.bool_],
    at: NDArray[np.int64],
    created: pl.DataFrame,
    packs: pl.DataFrame,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Rows of `follows` that a click explains, and whether it was on a list.

    follows   `follower`, `followed`, `via`, sorted by follower and time
    first     whether a row is its follower's first
    at        seconds UTC per row, -1 unknown
    created   `key`, `created`
    packs     `pack`, `member`, `added`, `removed`, and `kind` if known
    """
    members = packs.select(
        "pack",
        pl.col("member").alias("followed"),
        "added",
        "removed",
        is_list=(pl.col("kind") == "list").fill_null(False)
        if "kind" in packs.columns
        else pl.lit(False),
    ).unique(["pack", "followed"], keep="first", maintain_order=True)
    none = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    if not len(members):
        return none
    free = np.ones(len(at), dtype=bool)
    starts = np.flatnonzero(first)
    found = []
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
        clicks = _clicks(rows, group, follows, owner, starts, at, members, named=True)
        free[clicks["row"].to_numpy()] = False
        found.append(clicks)
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
        # Follows that are already explained stand in nobody's way.
        rows = np.flatnonzero(wide & free)
        if not len(rows):
            continue
        group = np.repeat(np.arange(len(begins)), length)[rows]
        group = _cut_long(group, at[rows])
        clicks = _clicks(rows, group, follows, owner, starts, at, members, named=False)
        free[clicks["row"].to_numpy()] = False
        found.append(clicks)
    clicks = pl.concat(found) if found else pl.DataFrame()
    if not len(clicks):
        return none
    by = pl.DataFrame(
        {
            "pack": clicks["pack"],
            "owner": owner[clicks["row"].to_numpy()],
            "at": at[clicks["row"].to_numpy()],
        }
    )
    doubted = _made_together(by, follows["follower"].gather(starts), created)
    believed = clicks.join(doubted, on="pack", how="anti")
    return believed["row"].to_numpy(), believed["is_list"].to_numpy()


def _made_together(by: pl.DataFrame, follower: pl.Series, created: pl.DataFrame) -> pl.DataFrame:
    """Packs (`pack`) that next to nobody clicks but accounts that were made together.

    by         `pack`, `owner` (number of the follower) and `at` of every follow by a click
    follower   key of each owner
    """
    known = created.select("key", "created").unique("key", keep="first")
    born = (
        follower.to_frame("key")
        .join(known, on="key", how="left", maintain_order="left")["created"]
        .fill_null(-1)
    )
    clickers = by.group_by("pack", "owner").agg(pl.col("at").min())
    clickers = clickers.with_columns(born=born.gather(clickers["owner"]))
    all_clickers = clickers.group_by("pack").agg(n_all=pl.len())
    settled = clickers.filter(
        pl.col("born") >= 0, (pl.col("at") < 0) | (pl.col("at") - pl.col("born") > _DAY)
    ).with_columns(day=pl.col("born") // _DAY)
    sizes = settled.group_by("pack").agg(n_settled=pl.len())
    signed_up = known.filter(pl.col("created") >= 0).select(day=pl.col("created") // _DAY)
    usual = signed_up.group_by("day").agg(usual=pl.len() / max(len(signed_up), 1))
    lumps = (
        settled.group_by("pack", "day")
        .agg(n=pl.len())
        .filter(pl.col("n") >= MIN_A_DAY)
        .join(usual, on="day", how="left")
        .sort("pack", "n", descending=[False, True])
        .group_by("pack", maintain_order=True)
        .agg(pl.col("n").head(FEW_DAYS).sum(), pl.col("usual").head(FEW_DAYS).sum())
    )
    share = pl.col("n") / pl.col("n_settled")
    return (
        lumps.join(sizes, on="pack")
        .join(all_clickers, on="pack")
        .filter(
            pl.col("n_settled") >= MIN_SETTLED,
            pl.col("n_all") - pl.col("n") < ENOUGH_OTHERS,
            share >= MADE_TOGETHER,
            share >= LUMPED * pl.col("usual"),
        )
        .select("pack")
    )


def _cut_long(group: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Groups cut every `_LONGEST_S` from their first follow; numbers stay in order."""
    begin = np.flatnonzero(np.diff(group, prepend=-1))
    since = at - np.repeat(at[begin], np.diff(begin, append=len(group)))
    new = np.diff(group, prepend=-1) != 0
    part = since // _LONGEST_S
    new |= np.diff(part, prepend=-1) != 0
    cut: NDArray[np.int64] = np.cumsum(new) - 1
    return cut


def _clicks(
    rows: NDArray[np.int64],
    group: NDArray[np.int64],
    follows: pl.DataFrame,
    owner: NDArray[np.int64],
    starts: NDArray[np.int64],
    at: NDArray[np.int64],
    members: pl.DataFrame,
    *,
    named: bool,
) -> pl.DataFrame:
    """`row`, `pack`, `is_list` of those `rows` that a known pack explains.

    group   number per row; rows of one group belong to one follower
    named   the pack of a group is the one that its rows name, whatever lies between them
    """
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
            pl.col("n_inside") >= (MIN_NAMED if named else MIN_CLICK),
            pl.col("n_inside") >= MIN_INSIDE * pl.col("n_span"),
            pl.col("n_in_time") >= MIN_IN_TIME * pl.col("n_inside"),
        )
        .collect()
    )
    groups = _covering(groups, follows, owner, starts, at, members)
    best = groups.sort("n_inside", "size", "pack", descending=[True, False, False]).unique(
        "group", keep="first", maintain_order=True
    )
    return (
        inside.join(best.lazy().select("group", "pack"), on=["group", "pack"])
        .select("row", "pack", "is_list")
        .collect()
    )


def _covering(
    groups: pl.DataFrame,
    follows: pl.DataFrame,
    owner: NDArray[np.int64],
    starts: NDArray[np.int64],
    at: NDArray[np.int64],
    members: pl.DataFrame,
) -> pl.DataFrame:
    """Of these groups those that follow enough of what the pack still offered, with its `size`."""
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
    # Only now are other follows looked up: a follower who had half of the pack already, or whose
    # follow of a member was made anew later, by another click, and has that date.
    who = owner[doubtful["row"].to_numpy()]
    low = starts[who]
    high = np.append(starts, len(at))[who + 1]
    length = high - low
    base = np.repeat(low - (np.cumsum(length) - length), length)
    mine = base + np.arange(int(length.sum()))
    since = at[mine] - np.repeat(doubtful["begin"].to_numpy(), length)
    elsewhere = (since < 0) | (since > _LONGEST_S)
    had = (
        pl.DataFrame(
            {
                "group": doubtful["group"].to_numpy().repeat(length)[elsewhere],
                "pack": doubtful["pack"].to_numpy().repeat(length)[elsewhere],
                "followed": follows["followed"].gather(mine[elsewhere]),
            }
        )
        .join(members.select("pack", "followed"), on=["pack", "followed"])
        .group_by("group", "pack")
        .agg(pl.len().alias("had"))
    )
    rest = doubtful.join(had, on=["group", "pack"], how="left").with_columns(
        size=pl.col("size") - pl.col("had").fill_null(0)
    )
    return pl.concat([plain, rest.filter(enough).select(plain.columns)])
