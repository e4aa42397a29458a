"""Would the figures look as good if there were nothing to know?

dealt      posts, with all that happened to them, are dealt anew among creators of nearly the same
           size: whoever still foretells the outcome does so from the size, or by leaking
exposure   on items that several creators brought: what followers did before the creator posted
           cannot be the creator's doing, nor what like people did who do not follow
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from benchmarks.influence.frames import ACT_KINDS, DAY, Came, Seen, sized

__all__ = ["before_exposure", "dealt", "rates_around"]

Array = npt.NDArray[np.float64]

#: A post goes to one of so many creators that are next smaller or larger. Sliding, because in
#: fixed groups the busiest creator of a group would stay visible.
_NEIGHBOURS = 75
_HOURS = 72
_EFFORT = [ACT_KINDS.index(kind) for kind in ("repost", "reply", "quote")]


def dealt(now: Seen, came: Came, *, seed: int) -> tuple[Seen, Came]:
    """The same posts and acts under authors drawn from their neighbours in size."""
    rng = np.random.default_rng(seed)
    order = now.creators.sort("followers", "creator")["creator"]
    rank = pl.DataFrame({"creator": order, "rank": pl.int_range(len(order), eager=True)})
    both = pl.concat([frame.select("post", "creator") for frame in (now.posts, came.posts)])
    place = both.join(rank, on="creator")["rank"].to_numpy()
    place = place + rng.integers(-_NEIGHBOURS, _NEIGHBOURS + 1, len(place))
    # Whoever falls off an end is put as far inside it.
    last = len(order) - 1
    place = np.where(place < 0, -place, np.where(place > last, 2 * last - place, place))
    new = both.join(rank, on="creator").select("post").with_columns(dealt=order.gather(place))

    def moved(frame: pl.DataFrame) -> pl.DataFrame:
        joined = frame.join(new, on="post", how="left", maintain_order="left")
        return joined.with_columns(creator=pl.coalesce("dealt", "creator")).drop("dealt")

    told = moved(came.posts)
    means = told.group_by("creator").agg(outcome=pl.col("acts").mean(), n_posts=pl.len())
    creators = came.creators.drop("outcome", "n_posts").join(
        means, on="creator", how="left", maintain_order="left"
    )
    return (
        now._replace(
            posts=sized(moved(now.posts).drop("followers_then"), now.follows),
            acts=moved(now.acts).sort("creator", "post", "at", "actor", "kind"),
        ),
        Came(creators.with_columns(pl.col("n_posts").fill_null(0)), told),
    )


def _told(now: Seen) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Posts about items, and effortful acts on them: item, actor, at, author."""
    posts = now.posts.filter(pl.col("item") >= 0).select("creator", "post", "item", posted="at")
    acts = (
        now.acts.filter(pl.col("kind").is_in(_EFFORT) & ~pl.col("flagged") & ~pl.col("generic"))
        .join(posts.select("post", "item"), on="post")
        .select("item", "actor", "at", author="creator")
    )
    return posts, acts


def before_exposure(now: Seen) -> Array:
    """Per creator, followers per post who shared the item elsewhere in the 72 hours before it.

    NaN for creators who brought no item.
    """
    posts, acts = _told(now)
    follows = now.follows.select(actor="follower", creator="followed", since="at")
    met = (
        posts.join(acts, on="item")
        .filter(
            (pl.col("author") != pl.col("creator"))
            & (pl.col("at") < pl.col("posted"))
            & (pl.col("at") >= pl.col("posted") - _HOURS * 3_600)
        )
        .join(follows, on=["actor", "creator"])
        .filter(pl.col("since") <= pl.col("posted"))
        .select("post", "actor")
        .unique()
        .group_by("post")
        .len("n")
    )
    mean = (
        posts.join(met, on="post", how="left")
        .group_by("creator")
        .agg(v=pl.col("n").fill_null(0).mean())
    )
    joined = now.creators.select("creator").join(
        mean, on="creator", how="left", maintain_order="left"
    )
    return joined["v"].fill_null(float("nan")).to_numpy()


def rates_around(now: Seen, world: Path, *, most: int = 400, seed: int = 0) -> dict[str, float]:
    """People per 1,000 who shared an item, before and after a creator brought it.

    followers    who followed the creator then
    others       people of the same language and main interest who did not follow, as many

    "on the post" counts acts on that creator's post alone, "anywhere" acts on the item under
    anybody, both inside 72 hours.
    """
    rng = np.random.default_rng(seed)
    posts, acts = _told(now)
    own = now.acts.filter(pl.col("kind").is_in(_EFFORT) & ~pl.col("flagged"))
    accounts = pl.read_parquet(world / "truth" / "accounts*.parquet").select(
        actor=("bluesky:" + pl.col("planted_profile")).hash(seed=0),
        language="planted_language",
        topic="planted_topic_1",
        kind="planted_kind",
    )
    people = accounts.filter(pl.col("kind").is_in(["lurker", "ordinary", "talkative"]))
    chosen = posts.filter(pl.col("posted") < now.cut - 3 * DAY)
    chosen = chosen[np.sort(rng.permutation(chosen.height)[:most])]
    sums = dict.fromkeys(("followers", "others", *_CELLS), 0.0)
    groups = people.partition_by("language", "topic", as_dict=True)
    who_of = {row[0]: row[1:3] for row in accounts.iter_rows()}
    follows = now.follows.filter(pl.col("followed").is_in(chosen["creator"].unique().implode()))
    followers_of = follows.partition_by("followed", as_dict=True)
    for creator, post, item, posted in chosen.iter_rows():
        mine = followers_of[(creator,)] if (creator,) in followers_of else follows.clear()
        group = groups.get(who_of.get(creator, ("", "")))
        if group is None:
            continue
        follower = mine.filter(pl.col("at") <= posted)["follower"]
        inside = group.filter(pl.col("actor").is_in(follower.implode()))["actor"]
        outside = group.filter(~pl.col("actor").is_in(follower.implode()))["actor"]
        sums["followers"] += len(inside)
        sums["others"] += len(outside)
        near = acts.filter(
            (pl.col("item") == item)
            & pl.col("at").is_between(posted - _HOURS * 3_600, posted + _HOURS * 3_600)
        )
        here = own.filter(pl.col("post") == post)["actor"].unique()
        before = near.filter(pl.col("at") < posted)["actor"].unique()
        after = near.filter(pl.col("at") >= posted)["actor"].unique()
        for side, members in (("followers", inside), ("others", outside)):
            for name, actors in (("before", before), ("after", after), ("on the post", here)):
                sums[f"{side}, {name}"] += int(actors.is_in(members.implode()).sum())
    told = {"posts": float(chosen.height)}
    for name in _CELLS:
        side = name.partition(",")[0]
        told[name] = 1_000 * sums[name] / max(sums[side], 1.0)
    return told


_CELLS = tuple(
    f"{side}, {name}"
    for side in ("followers", "others")
    for name in ("before", "after", "on the post")
)
