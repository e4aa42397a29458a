"""The acceptance of vetting: invented worlds, from import to verdict, against what was planted.

Every world goes the way of a user's data: written as files, imported into a temporary home,
refreshed, and read from what the home stores. Seeds from 1000 on are worlds that nobody looked at
while the methods were made.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from benchmarks.vetting.goals import WORLD_GOALS, figure, wilson
from benchmarks.vetting.planted import Compared, compared

from influencr.sources.synthetic import VERSION, VETTING, Size, write_world
from influencr.vetting.verdict._rule import FOUND_OF_100, smallest_batch

__all__ = ["QUICK", "Timed", "figures", "run", "run_world"]

#: For trying: a few purchases, a minute.
QUICK = Size(3_000, 24_000, mean_follows=45, mean_posts=6)
#: Follows and followers that the acceptance is about.
LEAST_SHARE, LEAST_FOLLOWERS = 0.03, 1_000
_DAY = 86_400
#: Labels that are made again from what is stored.
LABELS = 1_000

_DATA = (
    "invented worlds of {creators:,} creators and {audience:,} audience accounts (world version "
    "{version}, seeds {seeds}): packs, onboarding, viral posts, giveaways, press, newcomers, "
    "migration waves, rings, and sellers of ten styles"
)
_PROTOCOL = (
    "Each world is imported as files into an empty home and refreshed; then stored verdicts and "
    "evidence are compared with what was planted. A creator is *flagged* when the audience looks "
    "inflated or a finding of a group family (G, C, D) stands unexplained. An order is *found* "
    "when such a finding is about it: half of the finding came by the order, or half of the order "
    "is in the finding. *Clean* creators ordered nothing, are in no exchange ring, and less than "
    "1 % of their followers are sellers' accounts; whoever got more without an order is counted "
    "as *unsolicited*."
)
_NOTES = (
    "In these worlds sellers' accounts belong to one seller, nobody unfollows, and looks are drawn "
    "from wide chances, not from people: a method that works here may fail on real data.",
    "Orders of 3 to 70 % of expected followers; a large creator's order may come out smaller, "
    "because a seller has no more accounts.",
)


class Timed(NamedTuple):
    """One world: the comparison, seconds of each stage, labels made again (same, of), and who is in
    a planted ring or pod and in one that was found (`_exchange`)."""

    compared: Compared
    seconds: dict[str, float]
    follows: int
    labels: tuple[int, int]
    effects: tuple[int, int]
    exchange: pl.DataFrame


def run(seeds: Iterable[int], *, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """All worlds of these seeds; the shape of `goals.KEYS`. Worlds without sellers: B9."""
    size = QUICK if quick else VETTING
    seeds = tuple(seeds)
    timed = []
    for seed in seeds:
        timed.append(run_world(seed, size, say=say))
    together = _together([one.compared for one in timed])
    figures_, tables = figures(together)
    figures_ += [*_again(timed), *_claims(together.orders), *_exchanges(timed)]
    tables.append(_times(timed, seeds))
    return {
        "id": "worlds",
        "title": "acceptance on invented worlds, from import to verdict",
        "data": _DATA.format(
            creators=size.n_creators,
            audience=size.n_audience,
            version=VERSION,
            seeds=", ".join(map(str, seeds)),
        ),
        "protocol": _PROTOCOL,
        "figures": figures_,
        "tables": tables,
        "notes": list(_NOTES),
    }


def run_world(seed: int, size: Size, *, bought: bool = True, say: Callable[[str], None]) -> Timed:
    """Write, import, refresh and compare one world; nothing of it stays on disk."""
    from benchmarks.vetting.again import labels_again

    from influencr.engine import Engine

    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="influencr-vetting-") as folder:
        place = Path(folder)
        began = time.monotonic()
        world = write_world(place / "world", **size._asdict(), seed=seed, bought=bought)
        seconds["world"] = time.monotonic() - began
        engine = Engine(place / "home", create=True)
        began = time.monotonic()
        report = engine.import_files([world.observed], licence="synthetic")
        for failed in report.failed:
            if failed.error is not None:
                raise failed.error
        seconds["import"] = time.monotonic() - began
        shutil.rmtree(world.observed)
        stages: dict[str, list[float]] = {}
        began = time.monotonic()
        engine.refresh(progress=lambda stage, *_: _mark(stages, stage))
        seconds["refresh"] = time.monotonic() - began
        seconds |= {f"refresh: {name}": t[-1] - t[0] for name, t in stages.items()}
        found = compared(seed, world.truth, engine.home.judged)
        labels, effects = labels_again(engine.home.judged, n=LABELS, seed=seed)
        told = ", ".join(f"{name} {value:.0f} s" for name, value in seconds.items())
        say(f"world {seed}: {world.n_rows['bluesky_follows']:,} follows; {told}")
        exchange = _exchange(world.truth, engine.home.judged)
        return Timed(found, seconds, world.n_rows["bluesky_follows"], labels, effects, exchange)


def _mark(stages: dict[str, list[float]], stage: str) -> None:
    stages.setdefault(stage, []).append(time.monotonic())


def _together(worlds: list[Compared]) -> Compared:
    return Compared(
        *(pl.concat(frames, how="diagonal_relaxed") for frames in zip(*worlds, strict=True))
    )


def figures(found: Compared) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Figures with goals, and tables by style, size, crowd and class."""
    large = found.orders.filter(
        (pl.col("share") >= LEAST_SHARE) & (pl.col("followers") >= LEAST_FOLLOWERS)
    )
    clean = found.creators.filter(pl.col("of_class") == "clean")
    nothing = found.creators.filter(pl.col("of_class").is_in(["clean", "unsolicited"]))
    packs = clean.filter(pl.col("crowds").list.contains("pack"))
    told = [
        _share("purchases found", large["found"]),
        _share("their creators flagged", large["flagged"]),
        _share("clean creators flagged", clean["flagged"]),
        _share("clean creators who look inflated", clean["status"] == "looks_inflated"),
        _share("creators who ordered nothing flagged, unsolicited ones too", nothing["flagged"]),
        _share("members of starter packs flagged", packs["flagged"]),
        *_batches(large.filter("found")),
        *_lockstep(found),
        *_calibration(found.creators),
    ]
    tables = [
        _recalls("Purchases found, by style", large, "style"),
        _recalls("Purchases found, by share of the followers", _banded(large, "share"), "band"),
        _recalls(
            "Purchases of 3 % or more found, by followers",
            _banded(found.orders.filter(pl.col("share") >= LEAST_SHARE), "followers"),
            "band",
        ),
        _confusion(found.creators),
        _crowds(found.creators),
    ]
    return told, tables


def _share(name: str, hits: pl.Series) -> dict[str, Any]:
    value, low, high = wilson(int(hits.sum()), len(hits))
    goal, more = WORLD_GOALS.get(name, (None, True))
    told = figure(name, value, low, high, goal=goal, more_is_better=more)
    return {**told, "n": len(hits), "hits": int(hits.sum())}


def _number(name: str, value: float | None, **more: Any) -> dict[str, Any]:
    goal, better = WORLD_GOALS.get(name, (None, True))
    return {**figure(name, value, goal=goal, more_is_better=better), **more}


def _batches(found: pl.DataFrame) -> list[dict[str, Any]]:
    """Size and dates of what was found about each purchase."""
    error = (found["size"] / found["n"] - 1).abs()
    first = ((found["from_at"] - found["start"]).abs() / _DAY).drop_nulls()
    last = ((found["to_at"] - found["end"]).abs() / _DAY).drop_nulls()
    return [
        _number("batch size, median error", error.median(), n=len(error)),
        _share("batch size within 10 %", error <= 0.10),
        _share("first day wrong by more than 2 days", first > 2),
        _share("last day wrong by more than 2 days", last > 2),
        _share("at least 90 % of the batch named", found["covered"] >= 0.9),
    ]


def _lockstep(found: Compared) -> list[dict[str, Any]]:
    """Members over all sellers; customers among those whom lockstep names."""
    named = found.accounts.filter("in_lockstep")
    sold = found.accounts.filter(pl.col("style").is_not_null())
    # Two orders at least: one alone is no lockstep.
    able = sold.filter(pl.col("orders") >= 2)
    precision = wilson(int(named["sold"].sum()), len(named))[0]
    recall = wilson(int(able["in_lockstep"].sum()), len(able))[0]
    f1 = None
    if precision is not None and recall is not None:
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    by = found.creators.filter(pl.col("families").list.contains("G"))
    return [
        _share("accounts in lockstep that are sold", named["sold"]),
        _share("accounts with two orders or more in lockstep", able["in_lockstep"]),
        _number("lockstep, F1 of accounts", f1),
        _share("customers, false discovery", by["planted"] < 0.01),
        _share("customers, false discovery with unsolicited ones", by["ordered"] == 0),
    ]


def _calibration(creators: pl.DataFrame) -> list[dict[str, Any]]:
    both = creators.filter(pl.col("lo").is_not_null() & pl.col("hi").is_not_null())
    inside = both["planted"].is_between(both["lo"] - 1e-9, both["hi"] + 1e-9)
    least = creators.filter(pl.col("lo").is_not_null() & pl.col("hi").is_null())
    told = [
        _share("planted share inside the interval", inside),
        _share('planted share not below "at least"', least["planted"] >= least["lo"] - 1e-9),
    ]
    if len(both):
        told.append(_number("width of the interval, median", (both["hi"] - both["lo"]).median()))
    return told


def _again(worlds: list[Timed]) -> list[dict[str, Any]]:
    labels = [sum(one.labels[i] for one in worlds) for i in (0, 1)]
    effects = [sum(one.effects[i] for one in worlds) for i in (0, 1)]
    hits = pl.Series([True] * labels[0] + [False] * (labels[1] - labels[0]), dtype=pl.Boolean)
    stated = pl.Series([True] * effects[0] + [False] * (effects[1] - effects[0]), dtype=pl.Boolean)
    return [
        _share("labels made again from what is stored", hits),
        _share("verdict without a reason is the one stated", stated),
    ]


def _claims(orders: pl.DataFrame) -> list[dict[str, Any]]:
    """What the sentence "vetted" says of its own power, beside what was found: deliveries as large
    as it speaks about, in audiences of the size that it speaks about."""
    told = []
    for seen, of_100 in FOUND_OF_100.items():
        above = min((other for other in FOUND_OF_100 if other > seen), default=10**9)
        band = orders.filter(pl.col("followers").is_between(seen, above, closed="left"))
        least = band["followers"].map_elements(smallest_batch, return_dtype=pl.Int64)
        spoken_of = band.filter(band["n"] >= least)
        upto = f" to {above:,}" if above < 10**9 else " or more"
        name = f'deliveries of which "vetted" speaks found, {seen:,}{upto} followers seen'
        value, low, high = wilson(int(spoken_of["found"].sum()), len(spoken_of))
        one = figure(name, value, low, high, goal=of_100 / 100, more_is_better=True)
        told.append({**one, "n": len(spoken_of), "hits": int(spoken_of["found"].sum())})
    return told


def _exchange(truth: Path, judged: Path) -> pl.DataFrame:
    """One row per creator about whom family X has a row: `ring`, `pod` (planted in one), and
    `found` (in a reciprocal group that was found)."""
    planted = {
        name: "bluesky:" + pl.read_parquet(truth / f"{name}s.parquet")["planted_account"]
        for name in ("ring", "pod")
    }
    rows = pl.scan_parquet(judged / "evidence.parquet").filter(pl.col("family") == "X")
    group = pl.col("statistic").is_in(["reciprocal_ring", "reciprocal_pod"])
    return (
        rows.group_by("profile_id")
        .agg(found=(group & pl.col("fires")).any(), back=(~group & pl.col("fires")).any())
        .with_columns(
            pl.col("profile_id").is_in(who.implode()).alias(name) for name, who in planted.items()
        )
        .collect()
    )


def _exchanges(worlds: list[Timed]) -> list[dict[str, Any]]:
    everybody = pl.concat([one.exchange for one in worlds])
    nobody = everybody.filter(~pl.col("ring") & ~pl.col("pod"))
    return [
        _share("members of follow-back rings found", everybody.filter("ring")["found"]),
        _share("members of pods found", everybody.filter("pod")["found"]),
        _share("creators in neither, in a reciprocal group found", nobody["found"]),
        _share("creators in neither, said to follow back more than others", nobody["back"]),
    ]


_BANDS = {
    "share": (0.03, 0.05, 0.1, 0.2, 1.01),
    "followers": (0, 100, 300, 1_000, 3_000, 10_000, 10**9),
}


def _banded(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    bounds = _BANDS[column]
    words = [
        f"{low:.0%} to {high:.0%}" if column == "share" else f"{low:,} to {high:,}"
        for low, high in itertools.pairwise(bounds)
    ]
    words[-1] = f"{bounds[-2]:.0%} or more" if column == "share" else f"{bounds[-2]:,} or more"
    place = pl.sum_horizontal((pl.col(column) >= bound).cast(pl.Int32) for bound in bounds[1:-1])
    return frame.with_columns(order=place).with_columns(
        band=pl.col("order").replace_strict(dict(enumerate(words)), return_dtype=pl.String)
    )


def _recalls(title: str, orders: pl.DataFrame, by: str) -> dict[str, Any]:
    """One row per style or band: found with interval, and by which families."""
    rows = []
    sort = "order" if "order" in orders.columns else by
    for (name,), part in orders.sort(sort).group_by(by, maintain_order=True):
        value, low, high = wilson(int(part["found"].sum()), len(part))
        seen = part.filter("found")
        error = (seen["size"] / seen["n"] - 1).abs()
        rows.append(
            [
                str(name),
                len(part),
                value,
                f"{low:.2f} to {high:.2f}",
                *(int(part["families"].list.contains(f).sum()) for f in ("G", "C", "D")),
                error.median(),
            ]
        )
    columns = ["", "orders", "found", "interval", "by G", "by C", "by D", "median size error"]
    return {"title": title, "columns": columns, "rows": rows}


_STATUSES = ("vetted", "needs_a_look", "looks_inflated", "unknown")


def _confusion(creators: pl.DataFrame) -> dict[str, Any]:
    rows = []
    for (name,), part in creators.sort("of_class").group_by("of_class", maintain_order=True):
        value, low, high = wilson(int(part["flagged"].sum()), len(part))
        counts = [int((part["status"] == status).sum()) for status in _STATUSES]
        rows.append([str(name), len(part), *counts, value, f"{low:.3f} to {high:.3f}"])
    return {
        "title": "Verdicts, by what was planted",
        "columns": ["", "creators", *_STATUSES, "flagged", "interval"],
        "rows": rows,
    }


def _crowds(creators: pl.DataFrame) -> dict[str, Any]:
    clean = creators.filter(pl.col("of_class") == "clean")
    rows = []
    listed = clean.explode("crowds").with_columns(pl.col("crowds").fill_null("none of these"))
    for (name,), part in listed.sort("crowds").group_by("crowds", maintain_order=True):
        value, low, high = wilson(int(part["flagged"].sum()), len(part))
        families = [int(part["families"].list.contains(f).sum()) for f in ("G", "C", "D")]
        rows.append([str(name), len(part), value, f"{low:.3f} to {high:.3f}", *families])
    return {
        "title": "Clean creators flagged, by the crowd that came",
        "columns": ["", "creators", "flagged", "interval", "G", "C", "D"],
        "rows": rows,
    }


def _times(worlds: list[Timed], seeds: tuple[int, ...]) -> dict[str, Any]:
    names = [name for name in worlds[0].seconds if name != "world"]
    rows = [
        [str(seed), one.follows, *(round(one.seconds.get(name, 0.0), 1) for name in names)]
        for seed, one in zip(seeds, worlds, strict=True)
    ]
    return {"title": "Seconds", "columns": ["seed", "follows", *names], "rows": rows}
