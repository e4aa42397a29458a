"""How well do neighbours tell a place, and do audience intervals hold? On invented worlds.

    python -m benchmarks places_network          # both, into docs/benchmarks/places-network.json
    python benchmarks/bench_network.py [--seeds 3]

Neighbours: the places of 1,000 creators who tell a city are hidden, all at once, and inferred from
their mutual follows; compared with where they were planted. Audience: the shares that are stated
for every creator of the graph are compared with where all of its followers were planted.

In these worlds homophily is planted (docs/guides/synthetic-world.md), so the figures show that the
code does what it says and how its limits trade, not how people behave.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from influencr import geography
from influencr.pipeline._graph import sample_followers
from influencr.sources.synthetic import Size, write_world

HIDDEN = 1_000
GATES = (25.0, 50.0, 100.0, 200.0)
FEWEST = (2, 3, 4, 5, 6, 7, 8)
#: Shares of all accounts that tell their place, to see what coverage hangs on.
TELLING = (0.05, 0.1, 0.2, 0.4)
#: The one at which limits are varied: with fewer there are too few answers to compare.
SWEPT = 0.2
#: What the bios tell; one follower in eleven tells and is read rightly; the same, but people in
#: another country than the creator tell half as often.
TELLINGS = ("as read", "rightly read", "abroad half as often")
#: Denser than the demo, as people who post are: a creator has some thirty mutual follows.
WORLD = Size(10_000, 60_000, mean_follows=100, mean_posts=2)
SIZES = ((20, 49), (50, 99), (100, 199), (200, 10**9))
_EARTH_KM = geography.EARTH_RADIUS_KM


class Observed(NamedTuple):
    """One world: accounts with planted truth and what their words tell, and follows by number."""

    accounts: pl.DataFrame
    follows: pl.DataFrame


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(1, parser.parse_args().seeds + 1)
    began = time.monotonic()
    hidden: list[dict[str, Any]] = []
    covered: list[pl.DataFrame] = []
    for seed in seeds:
        for bought in (True, False):
            world = observe(seed, bought=bought)
            if bought:
                hidden += list(neighbours(world, seed))
            covered += [
                audiences(world, telling=telling).with_columns(
                    bought=pl.lit(bought), telling=pl.lit(telling)
                )
                for telling in (TELLINGS[:1] if bought else TELLINGS)
            ]
    result = {
        "seeds": list(seeds),
        "world": {**WORLD._asdict()},
        "note": "homophily is planted: this shows how the code works, not how people behave",
        "neighbours": pooled(hidden),
        "audience": coverage(pl.concat(covered)),
        "seconds": round(time.monotonic() - began, 1),
    }
    json.dump(result, sys.stdout, indent=1)


def observe(seed: int, *, bought: bool) -> Observed:
    """A world of a middling size, its bios read by the judge of places."""
    with tempfile.TemporaryDirectory() as folder:
        parts = ("profiles", "follows", "truth")
        world = write_world(
            Path(folder) / "world", **WORLD._asdict(), seed=seed, bought=bought, only=parts
        )
        profiles = pl.read_parquet(world.observed / "bluesky_profiles*.parquet")
        truth = pl.read_parquet(world.truth / "accounts*.parquet")
        follows = pl.read_parquet(
            world.observed / "bluesky_follows*.parquet",
            columns=["follower", "followed", "followed_at"],
        )
    said = geography.judge(
        profiles.select(profile_id="did", bio_text="description"),
        languages=[None] * len(profiles),
    ).select("profile_id", "place_id", "place_level", "place_basis")
    accounts = (
        truth.join(said, left_on="planted_profile", right_on="profile_id")
        .join(
            profiles.select(planted_profile="did", followers="followersCount"),
            on="planted_profile",
        )
        .with_row_index("number")
    )
    numbers = accounts.select("number", "planted_profile")
    edges = (
        follows.join(
            numbers.rename({"number": "a"}), left_on="follower", right_on="planted_profile"
        )
        .join(numbers.rename({"number": "b"}), left_on="followed", right_on="planted_profile")
        .select("a", "b", at="followed_at")
    )
    return Observed(accounts, edges)


# --- neighbours -----------------------------------------------------------------------------


def neighbours(world: Observed, seed: int) -> Iterator[dict[str, Any]]:
    """One row per setting: who was asked, who was answered, how far off."""
    accounts = world.accounts
    rng = np.random.default_rng(seed)
    located = accounts.filter(
        (pl.col("place_level") == "city")
        & pl.col("place_basis").is_in(["declared", "bio"])
        & (pl.col("planted_kind") == "creator")
    )["number"].to_numpy()
    chosen = pl.Series(np.sort(rng.permutation(located)[:HIDDEN]), dtype=pl.UInt32)
    mutual = (
        world.follows.filter(pl.col("a").is_in(chosen.implode()))
        .join(world.follows.select(a="b", b="a"), on=["a", "b"], how="semi")
        .select(profile_id="a", neighbour_id="b")
    )
    places = accounts.select(
        "place_id", "place_level", "place_basis", "followers", profile_id="number"
    )
    shown = places.filter(~pl.col("profile_id").is_in(chosen.implode()))
    usual = geography.NeighbourRule()
    yield {"what": "as read", **scored(accounts, chosen, shown, mutual, usual)}
    # The words still tell the country, as a flag does.
    countries = accounts.filter(pl.col("number").is_in(chosen.implode())).select(
        profile_id="number",
        place_id=pl.col("planted_country").replace_strict(
            {c: country_id(c) for c in accounts["planted_country"].unique()}, return_dtype=pl.Int64
        ),
        place_level=pl.lit("country"),
        place_basis=pl.lit("declared"),
        followers="followers",
    )
    known = pl.concat([shown, countries.select(shown.columns)])
    yield {
        "what": "as read, and the country of those asked is known",
        **scored(accounts, chosen, known, mutual, usual),
    }
    for share in TELLING:
        tells = rng.random(len(accounts)) < share
        told = accounts.filter(pl.Series(tells) & ~pl.col("number").is_in(chosen.implode())).select(
            profile_id="number",
            place_id="planted_place_id",
            place_level=pl.lit("city"),
            place_basis=pl.lit("declared"),
            followers="followers",
        )
        yield {
            "what": f"{share:.0%} tell a city",
            **scored(accounts, chosen, told, mutual, usual),
        }
        if share == SWEPT:
            for name, rule in rules().items():
                yield {
                    "what": f"{share:.0%} tell a city, {name}",
                    **scored(accounts, chosen, told, mutual, rule),
                }


def rules() -> dict[str, geography.NeighbourRule]:
    """Each limit varied by itself, from the usual 100 km and four."""
    rule = geography.NeighbourRule
    return {
        **{f"gate {g:.0f} km": rule(max_dispersion_km=g) for g in GATES},
        "no gate": rule(max_dispersion_km=None),
        **{f"at least {n}": rule(min_neighbours=n) for n in FEWEST},
        "all weigh alike": rule(by_popularity=False),
    }


def country_id(code: str) -> int:
    gazetteer = geography.Gazetteer.load()
    return int(gazetteer.ids[gazetteer.country_row[code]])


def scored(
    accounts: pl.DataFrame,
    chosen: pl.Series,
    places: pl.DataFrame,
    mutual: pl.DataFrame,
    rule: geography.NeighbourRule,
) -> dict[str, Any]:
    found = geography.infer_from_neighbours(places, mutual, rule=rule)
    asked = accounts.filter(pl.col("number").is_in(chosen.implode()))
    both = asked.drop("place_level").join(
        found.select("profile_id", "place_level", "lat", "lon", "place_confidence", said="country"),
        left_on="number",
        right_on="profile_id",
        how="left",
    )
    city = both.filter(pl.col("place_level") == "city")
    km = distances(city)
    country = both.filter(pl.col("place_level") == "country")
    enough = found.filter(pl.col("n_neighbours") >= rule.min_neighbours)
    return {
        "n": len(chosen),
        "n_with_enough": len(enough),
        "km": km,
        "city_confidence": city["place_confidence"].to_numpy(),
        "city_country_right": same(city["said"], city["planted_country"]),
        "country_right": same(country["said"], country["planted_country"]),
    }


def same(said: pl.Series, planted: pl.Series) -> np.ndarray:
    return np.array([a == b for a, b in zip(said, planted, strict=True)], dtype=bool)


def distances(rows: pl.DataFrame) -> np.ndarray:
    columns = ("lat", "lon", "planted_lat", "planted_lon")
    lat, lon, lat0, lon0 = (np.radians(rows[c].to_numpy().astype(float)) for c in columns)
    half = np.sin((lat - lat0) / 2) ** 2
    half += np.cos(lat) * np.cos(lat0) * np.sin((lon - lon0) / 2) ** 2
    return 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def pooled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Settings over all seeds."""
    table = []
    for what in dict.fromkeys(row["what"] for row in rows):
        mine = [row for row in rows if row["what"] == what]
        n = sum(row["n"] for row in mine)
        km, right, country, sure = (
            np.concatenate([row[key] for row in mine])
            for key in ("km", "city_country_right", "country_right", "city_confidence")
        )
        answered = len(right) + len(country)
        table.append(
            {
                "setting": what,
                "asked": n,
                "with_enough_neighbours": sum(row["n_with_enough"] for row in mine),
                "city_answers": len(km),
                "city_coverage": round(len(km) / n, 4),
                "median_km": rounded(np.median(km)) if len(km) else None,
                "within_40_km": share(km <= 40),
                "within_161_km": share(km <= 161),
                "city_country_right": share(right),
                "country_only_answers": len(country),
                "country_only_right": share(country),
                "any_answer": round(answered / n, 4),
                "country_right_of_all_answers": share(np.concatenate([right, country])),
                "mean_confidence_of_cities": rounded(sure.mean()) if len(sure) else None,
            }
        )
    return table


# --- audience -------------------------------------------------------------------------------


def audiences(world: Observed, *, telling: str) -> pl.DataFrame:
    """One row per stated share: what was stated, what is true of all followers."""
    accounts = world.accounts.with_columns(
        place_id=pl.when(pl.col("place_basis").is_in(["declared", "bio"])).then("place_id")
    )
    if telling != TELLINGS[0]:
        draws = np.random.default_rng(len(accounts)).random(len(accounts))
        accounts = accounts.with_columns(
            place_id=pl.when(pl.Series(draws < 1 / 11)).then("planted_place_id")
        )
    followed = accounts.filter(pl.col("planted_kind").is_in(["creator", "brand", "celebrity"]))
    edges = world.follows.join(followed.select(b="number", home="planted_country"), on="b").join(
        accounts.select("place_id", "planted_country", "planted_place_id", a="number"),
        on="a",
    )
    if telling == TELLINGS[2]:
        silent = (pl.col("planted_country") != pl.col("home")) & (pl.col("a") % 2 == 1)
        edges = edges.with_columns(place_id=pl.when(~silent).then("place_id"))
    sampled, totals = sample_followers(edges.rename({"b": "profile_id"}))
    counts = sampled.group_by("profile_id", "place_id").agg(pl.len().cast(pl.Int64).alias("n"))
    stated = geography.audience(counts, totals.sort("profile_id"))
    lists = {
        "code": "audience_codes",
        "level": "audience_levels",
        "share": "audience_shares",
        "low": "audience_lows",
        "high": "audience_highs",
    }
    flat = (
        stated.select("profile_id", n_known="audience_n_known", **lists)
        .filter(pl.col("code").list.len() > 0)
        .explode(*lists)
    )
    n = edges.group_by("b").agg(pl.len().alias("n_all")).rename({"b": "profile_id"})
    true = pl.concat(
        [
            edges.group_by("b", code=pl.col(column).cast(pl.String)).agg(pl.len().alias("n_there"))
            for column in ("planted_country", "planted_place_id")
        ]
    ).rename({"b": "profile_id"})
    return (
        flat.filter(pl.col("level").is_in(["country", "city"]))
        .join(true, on=["profile_id", "code"], how="left")
        .join(n, on="profile_id")
        .with_columns(truth=pl.col("n_there").fill_null(0) / pl.col("n_all"))
        .select(
            "level",
            "n_known",
            "share",
            "low",
            "high",
            "truth",
            rank=pl.int_range(pl.len()).over("profile_id", "level"),
        )
    )


def coverage(rows: pl.DataFrame) -> list[dict[str, Any]]:
    held = (pl.col("low") <= pl.col("truth") + 1e-4) & (pl.col("truth") <= pl.col("high") + 1e-4)
    table = []
    worlds = {
        f"{'some' if bought else 'nobody'} bought followers, {telling}": (
            pl.col("bought") == bought
        )
        & (pl.col("telling") == telling)
        for bought in (False, True)
        for telling in TELLINGS
    }
    for world, chosen in worlds.items():
        for level, which in (
            ("country", pl.lit(value=True)),
            ("country, the largest", pl.col("rank") == 0),
            ("city", pl.lit(value=True)),
        ):
            mine = rows.filter(chosen & (pl.col("level") == level.split(",")[0]) & which)
            for low, high in ((20, 10**9), *SIZES):
                some = mine.filter(pl.col("n_known").is_between(low, high))
                if some.is_empty():
                    continue
                table.append(
                    {
                        "world": world,
                        "level": level,
                        "known_followers": f"{low}+" if high == 10**9 else f"{low}-{high}",
                        "shares": len(some),
                        "covered_by_90_percent": round(float(some.select(held.mean()).item()), 4),
                        "mean_width": rounded(float((some["high"] - some["low"]).mean())),
                        "mean_error": rounded(float((some["share"] - some["truth"]).mean())),
                    }
                )
    return table


def share(hits: np.ndarray) -> float | None:
    return round(float(hits.mean()), 4) if len(hits) else None


def rounded(value: float) -> float:
    return round(float(value), 3)


if __name__ == "__main__":
    main()
