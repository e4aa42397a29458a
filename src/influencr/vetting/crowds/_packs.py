"""Which follows one click on a known starter pack or list explains.

Follows of one follower that come close after each other form a group. Inside it, from the first to
the last target that is in one known pack, at least MIN_INSIDE of the targets are in it, they are at
least MIN_CLICK (MIN_QUICK at a machine's pace: packs begin small, and who follows two of the four
in it did click), and at least MIN_COVERED of what the follower could still follow in that pack.
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

__all__ = [
    "MIN_CLICK",
    "MIN_COVERED",
    "MIN_INSIDE",
    "MIN_NAMED",
    "MIN_PART",
    "MIN_QUICK",
    "MIN_WAVE",
    "WAVE_S",
    "clicked_rows",
]

#: Share of the targets of a click that are in one known pack.
MIN_INSIDE = 0.8
#: Share of a pack's members, followed earlier ones left out, that a click follows.
MIN_COVERED = 0.5
#: Fewer follows together are no click: two or three accounts of one pack are followed by chance.
MIN_CLICK = 4
#: The same where the follows name the pack.
MIN_NAMED = 3
#: The same where they come at a machine's pace: half a pack within seconds of each other.
MIN_QUICK = 2
#: Who follows less of it than MIN_COVERED, yet at least MIN_PART at a machine's pace, clicked it
#: too if at least MIN_WAVE others clicked it for certain within WAVE_S: some clients let people
#: pick, and some follows fail or are undone.
MIN_PART, MIN_WAVE, WAVE_S = 0.25, 10, 86_400
#: Follows of a click lie this close (seconds): first a machine's pace, then a person's within an
#: hour, for networks and clients that are slow.
_PACES_S = ((30, MIN_QUICK), (600, MIN_CLICK))
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
        clicks = _clicks(
            rows, group, follows, owner, starts, at, members, MIN_NAMED, named=True, parts=False
        )
        free[clicks.filter("sure")["row"].to_numpy()] = False
        found.append(clicks)
    gap = np.empty(len(at), dtype=np.int64)
    gap[0] = 0
    np.subtract(at[1:], at[:-1], out=gap[1:])
    timed = at >= 0
    for pace, least in _PACES_S:
        new = first | (gap > pace)
        begins = np.flatnonzero(new)
        length = np.diff(begins, append=len(at))
        long_enough = length >= least
        wide = np.repeat(long_enough, length) & timed
        # Follows that are already explained stand in nobody's way.
        rows = np.flatnonzero(wide & free)
        if not len(rows):
            continue
        group = np.repeat(np.arange(len(begins)), length)[rows]
        group = _cut_long(group, at[rows])
        clicks = _clicks(
            rows,
            group,
            follows,
            owner,
            starts,
            at,
            members,
            least,
            named=False,
            parts=least == MIN_QUICK,
        )
        free[clicks.filter("sure")["row"].to_numpy()] = False
        found.append(clicks)
    clicks = pl.concat(found) if found else pl.DataFrame()
    if not len(clicks):
        return none
    clicks = clicks.with_columns(
        owner=pl.Series(owner[clicks["row"].to_numpy()]),
        at=pl.Series(at[clicks["row"].to_numpy()]),
    )
    by = clicks.filter("sure").select("pack", "owner", "at")
    doubted = _made_together(by, follows["follower"].gather(starts), created)
    believed = _in_a_wave(clicks.join(doubted, on="pack", how="anti")).unique(
        "row", keep="first", maintain_order=True
    )
    return believed["row"].to_numpy(), believed["is_list"].to_numpy()


def _in_a_wave(clicks: pl.DataFrame) -> pl.DataFrame:
    """The clicks that are sure, and those that are not while enough others clicked the same pack.

    clicks   `pack`, `owner`, `at`, `sure` of every follow; the sure ones come first in the answer
    """
    sure, part = clicks.filter("sure"), clicks.filter(~pl.col("sure"), pl.col("at") >= 0)
    if not len(part):
        return sure
    others = (
        sure.filter(pl.col("at") >= 0)
        .join(part.select("pack").unique(), on="pack", how="semi")
        .group_by("pack", "owner")
        .agg(pl.col("at").min())
        .sort("pack", "at")
        .with_row_index("place")
        .with_columns(pl.col("place").cast(pl.Int64))
    )
    for name, shift in (("low", -WAVE_S), ("high", WAVE_S)):
        # The number of sure clicks of the pack up to that moment.
        moments = part.with_row_index("row_").select("row_", "pack", at=pl.col("at") + shift)
        so_far = (
            moments.sort("pack", "at")
            .join_asof(
                others.select("pack", "at", "place"), on="at", by="pack", check_sortedness=False
            )
            .sort("row_")["place"]
        )
        part = part.with_columns(so_far.alias(name))
    first = others.group_by("pack").agg(first=pl.col("place").min())
    part = part.join(first, on="pack", how="left", maintain_order="left").with_columns(
        pl.col("low", "high").fill_null(pl.col("first") - 1)
    )
    return pl.concat(
        [sure, part.filter(pl.col("high") - pl.col("low") >= MIN_WAVE).select(sure.columns)]
    )


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
    least: int,
    *,
    named: bool,
    parts: bool,
) -> pl.DataFrame:
    """`row`, `pack`, `is_list`, `sure` of those `rows` that a known pack explains.

    A click is sure that follows at least MIN_COVERED of the pack.

    group   number per row; rows of one group belong to one follower
    least   fewest targets of a click
    named   the pack of a group is the one that its rows name, whatever lies between them
    parts   clicks that are not sure are told, too
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
            pl.col("n_inside") >= least,
            pl.col("n_inside") >= MIN_INSIDE * pl.col("n_span"),
            pl.col("n_in_time") >= MIN_IN_TIME * pl.col("n_inside"),
        )
        .collect()
    )
    groups = _covering(groups, follows, owner, starts, at, members)
    if not parts:
        groups = groups.filter("sure")
    best = groups.sort(
        "sure", "n_inside", "size", "pack", descending=[True, True, False, False]
    ).unique("group", keep="first", maintain_order=True)
    return (
        inside.join(best.lazy().select("group", "pack", "sure"), on=["group", "pack"])
        .select("row", "pack", "is_list", "sure")
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
    """Of these groups those that follow enough of what the pack still offered, with its `size`, and
    those that follow a part of it, which are not `sure`."""
    pairs = groups.lazy().select("group", "pack", "begin").join(members.lazy(), on="pack")
    here = (pl.col("removed").is_null() | (pl.col("begin") < pl.col("removed"))) & (
        pl.col("added").is_null() | (pl.col("begin") >= pl.col("added")) | (pl.col("begin") < 0)
    )
    sizes = pairs.filter(here).group_by("group", "pack").agg(pl.len().alias("size"))
    sized = groups.lazy().join(sizes, on=["group", "pack"], how="left").collect()
    sized = sized.with_columns(pl.col("size").fill_null(0))
    enough = pl.col("n_inside") >= MIN_COVERED * pl.col("size")
    sized = sized.with_columns(sure=enough)
    plain, doubtful = sized.filter("sure"), sized.filter(~pl.col("sure"))
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
    rest = rest.with_columns(sure=enough).filter(pl.col("n_inside") >= MIN_PART * pl.col("size"))
    return pl.concat([plain, rest.select(plain.columns)])
