"""What was planted in an invented world, beside what vetting concluded about it.

`compared` gives two frames that can be put together over worlds: one row per order of followers,
one row per creator whose followers are known. `worlds` counts in them.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import polars as pl

from influencr.pipeline._graph import key_of
from influencr.vetting.verdict import GROUP_FAMILIES, is_standing

__all__ = ["Compared", "compared"]

#: Share of a finding, or of an order, that must be in the other for the one to be about the other.
_MOST = 0.5
#: Share of followers that are sellers' accounts from which a creator who ordered nothing is not
#: called clean: what vetting says of these followers is true, whoever wanted them.
_CLEAN = 0.01


class Compared(NamedTuple):
    """One world, or several put together.

    orders     one per order whose members follow: seed, seller, style, profile_id, n (members),
               followers, share, start, end (seconds), customers of the seller, whether the creator
               ordered once, and what was found: `flagged` (the creator), `found` (a finding is
               about this order), `covered` (share of the members in findings), `size` (followers
               in the findings about it), `from_at`, `to_at` (window of the best one), `families`
    creators   one per creator with known followers: class (`of_class`), followers, planted share
               of sellers' accounts, crowds it was in, verdict, limits of the share, families that
               stand, `flagged`
    accounts   one per account that is in a lockstep finding that stands, or placed an order:
               seed, style (null: placed none), orders, sold (a seller's account, or placed an
               order), in_lockstep
    """

    orders: pl.DataFrame
    creators: pl.DataFrame
    accounts: pl.DataFrame


def compared(seed: int, truth: Path, judged: Path) -> Compared:
    """What was planted (folder `truth` of a world) beside what was judged (folder of a home)."""
    vetted = pl.read_parquet(judged / "vetting.parquet").filter(pl.col("platform") == "bluesky")
    standing = (
        pl.read_parquet(judged / "evidence.parquet")
        .filter(pl.col("family").is_in(list(GROUP_FAMILIES)) & is_standing())
        .with_row_index("row")
        .select(
            "row",
            "profile_id",
            "family",
            "members",
            "member_keys",
            pl.col("from_at").dt.epoch("s"),
            pl.col("to_at").dt.epoch("s"),
        )
    )
    members = _members(truth)
    orders = _orders(truth, members, vetted)
    creators = _creators(truth, orders, vetted, standing)
    orders = _found(orders, members, standing).join(
        creators.select("profile_id", "flagged", "status", "seen"), on="profile_id", how="left"
    )
    return Compared(
        orders.with_columns(seed=pl.lit(seed), flagged=pl.col("flagged").fill_null(value=False)),
        creators.with_columns(seed=pl.lit(seed)),
        _accounts(truth, members, orders, standing).with_columns(seed=pl.lit(seed)),
    )


def _members(truth: Path) -> pl.DataFrame:
    """One row per follow of an order: event, profile_id (the customer), key, at."""
    return (
        pl.scan_parquet(truth / "event_members*.parquet")
        .filter(pl.col("planted_cause") == "bought")
        .select(
            event="planted_event",
            profile_id="bluesky:" + pl.col("planted_target"),
            follower="bluesky:" + pl.col("planted_actor"),
            at=pl.col("planted_time").dt.epoch("s"),
        )
        .with_columns(key=key_of("follower"))
        .drop("follower")
        .collect()
    )


def _orders(truth: Path, members: pl.DataFrame, vetted: pl.DataFrame) -> pl.DataFrame:
    if not (truth / "batches.parquet").exists():
        schema = {"event": pl.Int32, "seller": pl.Int64, "style": pl.String}
        orders = pl.DataFrame(schema=schema)
    else:
        orders = pl.read_parquet(truth / "batches.parquet").select(
            pl.col("planted_event").cast(pl.Int32).alias("event"),
            seller="planted_seller",
            style="planted_style",
        )
    real = members.group_by(pl.col("event").cast(pl.Int32), "profile_id").agg(
        n=pl.len(), start=pl.col("at").min(), end=pl.col("at").max()
    )
    return (
        orders.join(real, on="event")
        .join(vetted.select("profile_id", followers="n_seen"), on="profile_id")
        .with_columns(
            share=pl.col("n") / pl.col("followers"),
            once=pl.len().over("profile_id") == 1,
            customers=pl.col("profile_id").n_unique().over("seller"),
        )
    )


def _creators(
    truth: Path, orders: pl.DataFrame, vetted: pl.DataFrame, standing: pl.DataFrame
) -> pl.DataFrame:
    planted = (
        pl.read_parquet(truth / "creators.parquet")
        .filter(pl.col("planted_profile").str.starts_with("bluesky:"))
        .select(
            profile_id="planted_profile",
            kind="planted_kind",
            ordered="planted_bought_followers",
            sellers="planted_sellers_followers",
        )
    )
    crowds = _crowds(truth)
    share = orders.group_by("profile_id").agg(largest=pl.col("share").max())
    stands = standing.group_by("profile_id").agg(families=pl.col("family").unique().sort())
    ringed = pl.read_parquet(truth / "rings.parquet").select(
        profile_id="bluesky:" + pl.col("planted_account"), ring=pl.lit(value=True)
    )
    return (
        planted.join(
            vetted.select(
                "profile_id",
                seen="n_seen",
                status="verdict",
                lo="share_lo",
                hi="share_hi",
                point="share_point",
                members="share_members",
            ),
            on="profile_id",
        )
        .join(crowds, on="profile_id", how="left")
        .join(share, on="profile_id", how="left")
        .join(stands, on="profile_id", how="left")
        .join(ringed.unique("profile_id"), on="profile_id", how="left")
        .with_columns(
            planted=pl.col("sellers") / pl.max_horizontal("seen", pl.lit(1)),
            families=pl.col("families").fill_null(pl.lit([], pl.List(pl.String))),
            crowds=pl.col("crowds").fill_null(pl.lit([], pl.List(pl.String))),
        )
        .with_columns(
            of_class=pl.when(pl.col("largest") >= 0.03)
            .then(pl.lit("ordered 3 % or more"))
            .when(pl.col("ordered") > 0)
            .then(pl.lit("ordered less"))
            .when(pl.col("planted") >= _CLEAN)
            .then(pl.lit("unsolicited"))
            .when(pl.col("ring").is_not_null())
            .then(pl.lit("exchange ring"))
            .otherwise(pl.lit("clean")),
            flagged=(pl.col("status") == "looks_inflated") | (pl.col("families").list.len() > 0),
        )
        .drop("ring")
    )


def _crowds(truth: Path) -> pl.DataFrame:
    """Per creator the innocent causes that brought it followers at once."""
    bursts = pl.read_parquet(truth / "bursts.parquet").filter(
        pl.col("planted_kind").is_in(["viral", "giveaway", "press"])
    )
    named = bursts.select(
        profile_id="bluesky:" + pl.col("planted_creator"),
        crowd=pl.when((pl.col("planted_kind") == "press") & (pl.col("planted_mentions") == 0))
        .then(pl.lit("press that nobody names"))
        .otherwise(pl.col("planted_kind")),
    )
    newcomers = bursts.filter(pl.col("planted_newcomers") >= 0.5 * pl.col("planted_follows"))
    mostly_new = newcomers.select(
        profile_id="bluesky:" + pl.col("planted_creator"), crowd=pl.lit("mostly newcomers")
    )
    clicked = (
        pl.scan_parquet(truth / "event_members*.parquet")
        .filter(pl.col("planted_cause").is_in(["pack", "onboarding"]))
        .select(profile_id="bluesky:" + pl.col("planted_target"), crowd="planted_cause")
        .unique()
        .collect()
    )
    return (
        pl.concat([named, mostly_new, clicked])
        .group_by("profile_id")
        .agg(crowds=pl.col("crowd").unique().sort())
    )


def _found(orders: pl.DataFrame, members: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """The orders with what was found about each."""
    listed = standing.select("row", "profile_id", "members", key="member_keys").explode("key")
    hits = (
        listed.join(members.select("event", "profile_id", "key"), on=["profile_id", "key"])
        .group_by("row", pl.col("event").cast(pl.Int32))
        .agg(hits=pl.len())
        .join(orders.select("event", "n"), on="event")
        .join(standing.drop("member_keys", "profile_id"), on="row")
    )
    about = hits.filter(
        (pl.col("hits") >= _MOST * pl.col("members")) | (pl.col("hits") >= _MOST * pl.col("n"))
    )
    best = about.sort("hits", "members", descending=[True, False]).group_by("event").first()
    # A finding over several orders of one creator belongs to the one that it holds most of.
    own = about.sort("hits", descending=True).group_by("row").first()
    size = (
        own.select("row", "event")
        .join(listed.select("row", "key"), on="row")
        .group_by("event")
        .agg(size=pl.col("key").n_unique())
    )
    covered = (
        listed.select("profile_id", "key")
        .unique()
        .join(members.select("event", "profile_id", "key"), on=["profile_id", "key"])
        .group_by(pl.col("event").cast(pl.Int32))
        .agg(covered_n=pl.len())
    )
    families = about.group_by("event").agg(families=pl.col("family").unique().sort())
    return (
        orders.join(best.select("event", "from_at", "to_at"), on="event", how="left")
        .join(size, on="event", how="left")
        .join(covered, on="event", how="left")
        .join(families, on="event", how="left")
        .with_columns(
            found=pl.col("families").is_not_null(),
            covered=pl.col("covered_n").fill_null(0) / pl.col("n"),
            families=pl.col("families").fill_null(pl.lit([], pl.List(pl.String))),
        )
        .drop("covered_n")
    )


def _accounts(
    truth: Path, members: pl.DataFrame, orders: pl.DataFrame, standing: pl.DataFrame
) -> pl.DataFrame:
    placed = (
        members.with_columns(pl.col("event").cast(pl.Int32))
        .join(orders.select("event", "style", "customers"), on="event")
        .group_by("key")
        .agg(style=pl.col("style").first(), orders=pl.len(), customers=pl.col("customers").max())
    )
    lockstep = (
        standing.filter(pl.col("family") == "G")
        .select(key=pl.col("member_keys").list.explode())
        .drop_nulls()
        .unique()
        .with_columns(in_lockstep=pl.lit(value=True))
    )
    sellers = (
        pl.scan_parquet(truth / "accounts*.parquet")
        .filter(pl.col("planted_kind") == "bought")
        .select(profile_id="bluesky:" + pl.col("planted_profile"))
        .select(key=key_of(), of_seller=pl.lit(value=True))
        .collect()
    )
    return (
        placed.join(lockstep, on="key", how="full", coalesce=True)
        .join(sellers, on="key", how="left")
        .with_columns(
            pl.col("in_lockstep").fill_null(value=False),
            pl.col("orders").fill_null(0),
            sold=pl.col("of_seller").fill_null(value=False) | pl.col("orders").is_not_null(),
        )
        .drop("of_seller")
    )
