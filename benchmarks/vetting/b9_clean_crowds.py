"""B9: innocent crowds keep their innocence, and a bought crowd cannot borrow it.

Four parts. Two legitimate accounts whose followers are mostly days old go the whole way from files
to a verdict (`named_crowds`). An invented world in which nobody sells goes the same way: nobody in
it should look inflated. In invented worlds with packs, onboarding, viral posts, giveaways, press
and ten kinds of sellers the causes of single follows are compared with what was planted, with and
without the `via` that records carry. And every planted wave is asked for its explanation: windows
of innocent waves as a whole, windows of orders by their members.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from benchmarks.vetting.goals import MissingData, figure, wilson
from benchmarks.vetting.named_crowds import run as named_crowds
from benchmarks.vetting.worlds import run_world

from influencr.sources.synthetic import Size, write_world
from influencr.vetting._audience import Accounts, Audience
from influencr.vetting.crowds import ALTERNATIVES, CAUSES, click_causes, explain

__all__ = ["run"]

#: Worlds of causes: large enough for every kind of seller.
_SIZE, _SEEDS = Size(9_000, 90_000, mean_follows=48, mean_posts=8), (1011, 1012)
_QUICK, _QUICK_SEEDS = Size(2_000, 16_000, mean_follows=40, mean_posts=6), (20,)
#: The world in which nobody sells: more than 10,000 creators on the open network.
_CALM, _CALM_SEED = Size(18_500, 90_000, mean_follows=40, mean_posts=4), 1013
_QUICK_CALM, _QUICK_CALM_SEED = Size(900, 7_000, mean_follows=30, mean_posts=4), 19
#: Windows with fewer planted follows are not asked for.
_LEAST = 20


def run(
    datasets: Path | None, *, quick: bool = False, seeds: tuple[int, ...] | None = None
) -> dict[str, Any]:
    """All four parts; the shape of `goals.KEYS`. `seeds` of the worlds of causes."""
    figures: list[dict[str, Any]] = []
    tables: list[dict[str, Any]] = []
    notes = [
        "In invented worlds every click on a pack carries its pack's name; real records often do "
        "not, hence the second measurement.",
        "Remaining: a customer who is a member of a pack that ordinary people click too, when "
        "every bought account follows half of that pack; and a seller's own pack with old accounts "
        "among those who click it.",
    ]
    try:
        named = named_crowds(datasets, quick=quick)
        figures += named["figures"]
        tables += named.get("tables", [])
        notes += named["notes"]
    except MissingData as missing:
        notes.append(f"The named crowds were not measured: {missing.message}")
    figures += _nobody_sells(quick=quick)
    chosen = seeds or (_QUICK_SEEDS if quick else _SEEDS)
    size = _QUICK if quick else _SIZE
    counts, windows, seconds, follows = [], [], 0.0, 0
    for seed in chosen:
        with tempfile.TemporaryDirectory(prefix="influencr-crowds-") as folder:
            world = write_world(Path(folder) / "world", **size._asdict(), seed=seed)
            told = _one_world(world.folder)
        counts.append(told[0])
        windows.append(told[1].with_columns(world=pl.lit(seed)))
        seconds += told[2]
        follows += told[3]
    more, table = _of_causes(pl.concat(counts))
    figures += more
    tables.append(table)
    more, table = _of_windows(pl.concat(windows))
    figures += more
    tables.append(table)
    figures.append(
        figure("follows per second, causes of clicks", follows / seconds, goal=1_000_000.0)
    )
    return {
        "id": "b9",
        "title": "innocent crowds: named accounts, clean worlds, causes and explanations",
        "data": "bluesky-samples, bluesky-profiles-4k; invented worlds of "
        f"{size.n_creators:,} creators and {size.n_audience:,} accounts, seeds "
        f"{', '.join(map(str, chosen))}",
        "protocol": (__doc__ or "").split("\n\n", 1)[1].replace("\n", " ").strip(),
        "figures": figures,
        "tables": tables,
        "notes": notes,
    }


def _nobody_sells(*, quick: bool) -> list[dict[str, Any]]:
    seed = _QUICK_CALM_SEED if quick else _CALM_SEED
    calm = run_world(seed, _QUICK_CALM if quick else _CALM, bought=False, say=lambda _: None)
    # Members of exchange rings are not clean: what is said of their followers may be true.
    creators = calm.compared.creators.filter(pl.col("of_class") == "clean")
    n = len(creators)
    told = []
    for name, hits, goal in (
        ("nobody sells: looks inflated", creators["status"] == "looks_inflated", 0.001),
        ("nobody sells: a group family stands", creators["flagged"], 0.01),
    ):
        value, low, high = wilson(int(hits.sum()), n)
        told.append(
            figure(name, value, low, high, goal=goal, more_is_better=False, note=f"{n:,} creators")
        )
    return told


def _one_world(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, float, int]:
    """Counts of causes, explanations of planted waves, seconds and follows."""
    follows, truth = _follows(folder)
    created = _read(folder, "observed", "bluesky_profiles").select(
        _key("did").alias("key"), pl.col("createdAt").dt.epoch("s").alias("created")
    )
    packs = _packs(folder)
    began = time.perf_counter()
    cause = click_causes(follows, created, packs)
    seconds = time.perf_counter() - began
    unnamed = follows.with_columns(via=pl.lit(None, dtype=pl.UInt64))
    blind = click_causes(unnamed, created, packs)
    words = pl.Series(list(CAUSES))
    counts = pl.DataFrame(
        {
            "planted": truth["planted_cause"].fill_null("organic"),
            "named": words.gather(cause.cast(pl.Int64)),
            "unnamed": words.gather(blind.cast(pl.Int64)),
        }
    )
    counts = counts.group_by("planted", "named", "unnamed").agg(n=pl.len())
    audience = _audience(folder, follows, cause, created)
    asked = _waves(audience, follows, truth)
    posts = _read(folder, "observed", "bluesky_posts")
    said = explain(
        audience, asked, _posts(posts), _mentions(posts, folder), packs=packs, acts=_acts(folder)
    )
    said = said.with_columns(planted=asked["planted"].gather(said["window"]))
    return counts, said, seconds, len(follows)


def _key(column: str) -> pl.Expr:
    return pl.col(column).hash(seed=0)


def _read(folder: Path, part: str, name: str) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(file) for file in sorted((folder / part).glob(f"{name}*")))


def _follows(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Follows by follower and time, and beside them what was planted."""
    via = pl.when(pl.col("via").is_null()).then(None).otherwise(_key("via"))
    follows = _read(folder, "observed", "bluesky_follows").select(
        follower=_key("follower"),
        followed=_key("followed"),
        at=pl.col("followed_at").dt.epoch("s"),
        via=via,
    )
    follows = follows.sort("follower", "at")
    planted = _read(folder, "truth", "event_members").select(
        "planted_cause",
        "planted_event",
        follower=_key("planted_actor"),
        followed=_key("planted_target"),
    )
    truth = follows.select("follower", "followed").join(
        planted, on=["follower", "followed"], how="left", maintain_order="left"
    )
    return follows, truth.select("planted_cause", "planted_event")


def _packs(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "observed" / "bluesky_packs.csv").select(
        pack=_key("pack_id"),
        member=_key("member"),
        added=pl.col("added_at").str.to_datetime(time_zone="UTC").dt.epoch("s"),
        removed=pl.lit(None, dtype=pl.Int64),
    )


def _audience(
    folder: Path, follows: pl.DataFrame, cause: pl.Series, created: pl.DataFrame
) -> Audience:
    creators = (
        _read(folder, "truth", "creators")
        .filter(pl.col("planted_profile").str.starts_with("bluesky:"))
        .select(
            profile_id=pl.col("planted_profile").str.strip_prefix("bluesky:"),
            language="planted_language",
            topic="planted_topic_1",
        )
        .with_columns(key=_key("profile_id"), platform=pl.lit("bluesky"))
        .join(created, on="key")
        .with_columns(followers=pl.lit(None, dtype=pl.Int64))
    )
    came = (
        follows.with_columns(cause.alias("cause"))
        .join(creators.select(followed="key").with_row_index("row"), on="followed")
        .sort("row", "at")
    )
    keys = np.unique(np.concatenate([created["key"].to_numpy(), follows["follower"].to_numpy()]))
    born = np.full(len(keys), -1, dtype=np.int64)
    born[np.searchsorted(keys, created["key"].to_numpy())] = created["created"].to_numpy()
    return Audience.of(
        creators,
        np.searchsorted(came["row"].to_numpy(), np.arange(len(creators) + 1)),
        np.searchsorted(keys, came["follower"].to_numpy()).astype(np.int32),
        Accounts.of(keys, created=born),
        at=came["at"].to_numpy(),
        cause=came["cause"].to_numpy(),
    )


def _waves(audience: Audience, follows: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Planted waves of at least _LEAST follows; the members where it was an order."""
    rows = pl.DataFrame(
        {
            "creator": np.repeat(np.arange(len(audience.creators)), audience.seen),
            "place": np.arange(len(audience.who)) - np.repeat(audience.starts[:-1], audience.seen),
            "follower": audience.accounts.key[audience.who],
        }
    )
    rows = rows.with_columns(followed=audience.creators["key"].gather(rows["creator"]))
    planted = pl.concat([follows.select("follower", "followed", "at"), truth], how="horizontal")
    return (
        planted.filter(pl.col("planted_cause").is_not_null(), pl.col("planted_cause") != "ring")
        .join(rows, on=["follower", "followed"])
        .group_by("planted_cause", "planted_event", "creator")
        .agg(
            n=pl.len(),
            from_at=pl.col("at").min(),
            to_at=pl.col("at").max(),
            member_rows=pl.col("place").cast(pl.Int32),
        )
        .filter(pl.col("n") >= _LEAST)
        .sort("planted_cause", "planted_event", "creator")
        .with_columns(
            member_rows=pl.when(pl.col("planted_cause") == "bought")
            .then("member_rows")
            .otherwise(pl.lit([], dtype=pl.List(pl.Int32)))
        )
        .rename({"planted_cause": "planted"})
    )


def _posts(posts: pl.DataFrame) -> pl.DataFrame:
    return posts.select(
        "kind",
        "text",
        key=_key("did"),
        post_id="uri",
        at=pl.col("createdAt").dt.epoch("s"),
        reposts="repostCount",
        likes="likeCount",
        replies="replyCount",
    )


def _mentions(posts: pl.DataFrame, folder: Path) -> pl.DataFrame:
    sizes = _read(folder, "observed", "bluesky_profiles").select(
        by=_key("did"), by_followers="followersCount"
    )
    return (
        posts.filter(pl.col("mentions").list.len() > 0)
        .explode("mentions")
        .select(key=_key("mentions"), at=pl.col("createdAt").dt.epoch("s"), by=_key("did"))
        .join(sizes, on="by", how="left")
    )


def _acts(folder: Path) -> pl.DataFrame:
    return _read(folder, "observed", "bluesky_engagements").select(
        "post_id", actor=_key("actor"), at=pl.col("at").dt.epoch("s")
    )


def _of_causes(counts: pl.DataFrame) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Causes given, by what was planted."""
    told, rows = [], []
    for planted, word, goal in (("pack", "pack", 0.95), ("onboarding", "onboarding", 0.9)):
        for column, how in (("named", ""), ("unnamed", ", without via")):
            value, low, high = _share(counts, planted, pl.col(column) == word)
            told.append(
                figure(
                    f"follows of planted {planted} with that cause{how}",
                    value,
                    low,
                    high,
                    goal=goal,
                )
            )
    for planted in ("bought", "organic"):
        value, low, high = _share(counts, planted, pl.col("named") != "none")
        told.append(
            figure(
                f"{planted} follows with any cause",
                value,
                low,
                high,
                goal=0.01,
                more_is_better=False,
            )
        )
    for (planted,), part in counts.sort("planted").group_by("planted", maintain_order=True):
        n = int(part["n"].sum())
        rows.append(
            [
                str(planted),
                n,
                *(
                    int(part.filter(pl.col(column) == word)["n"].sum())
                    for column in ("named", "unnamed")
                    for word in ("pack", "onboarding")
                ),
            ]
        )
    columns = ["", "follows", "pack", "onboarding", "pack, without via", "onboarding, without via"]
    return told, {"title": "Causes given, by what was planted", "columns": columns, "rows": rows}


def _share(
    counts: pl.DataFrame, planted: str, hit: pl.Expr
) -> tuple[float | None, float | None, float | None]:
    part = counts.filter(pl.col("planted") == planted)
    return wilson(int(part.filter(hit)["n"].sum()), int(part["n"].sum()))


def _of_windows(said: pl.DataFrame) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Waves of which an alternative explains half, by what was planted."""
    told, rows = [], []
    half = (pl.col("outcome") == "found") & (pl.col("explains") >= 0.5)
    for planted in ("pack", "onboarding", "viral", "giveaway", "press"):
        part = said.filter(pl.col("planted") == planted, pl.col("alternative") == planted)
        value, low, high = wilson(part.filter(half).height, part.height)
        told.append(figure(f"planted {planted} waves explained by half as that", value, low, high))
    orders = said.filter(pl.col("planted") == "bought")
    # Windows are numbered world by world.
    hits = orders.filter(half).select("world", "window").n_unique()
    value, low, high = wilson(hits, orders.height // len(ALTERNATIVES))
    told.append(
        figure(
            "orders explained by half as anything",
            value,
            low,
            high,
            goal=0.01,
            more_is_better=False,
        )
    )
    for (planted,), part in said.sort("planted").group_by("planted", maintain_order=True):
        row: list[Any] = [str(planted), part.height // len(ALTERNATIVES)]
        for alternative in ALTERNATIVES:
            row.append(part.filter(half, pl.col("alternative") == alternative).height)
        rows.append(row)
    return told, {
        "title": "Planted waves of which an alternative explains half",
        "columns": ["", "waves", *ALTERNATIVES],
        "rows": rows,
    }
