"""How right is the share of a creator's audience that a brand wants? On invented worlds.

    python -m benchmarks alignment                # new seeds, into docs/benchmarks/alignment.*
    python benchmarks/bench_alignment.py --fit    # what judging adds to the intervals, other seeds

Every world plants who is devoted to some topics (`sources.synthetic.Devotion`), where everybody
lives and what they speak. It enters through import and refresh like real files; then several
brands are asked for, and the share that is stated of every creator is compared with the share of
*all* its followers that match in truth: those who tell nothing among them, and by what was planted.

Homophily is planted: this shows that counting, sampling, judging and intervals do what they say,
not how people behave.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from influencr import geography
from influencr.engine import Engine
from influencr.pipeline import judge
from influencr.pipeline.alignment import Target, alignment, follows_of
from influencr.pipeline.alignment._align import MIN_KNOWN, counted
from influencr.pipeline.alignment._bounds import JUDGING, Judging, bounds, stated
from influencr.sources.synthetic import Devotion, write_world

N_CREATORS, N_AUDIENCE, MEAN_FOLLOWS, MEAN_POSTS = 5_000, 36_000, 60, 8
#: Seeds on which JUDGING was fitted; the figures come from others.
FITTED_ON = (*range(501, 507), *range(601, 613))
SEEDS = tuple(range(701, 710))

#: (planted topics, the judge's topics, share of the audience that is devoted), by seed in turn.
SUBJECTS: tuple[tuple[tuple[str, ...], tuple[str, ...], float], ...] = (
    (("fitness", "yoga", "running", "cycling"), ("fitness", "yoga", "running", "cycling"), 0.4),
    (("makeup", "skincare", "hair"), ("beauty & makeup", "hair"), 0.3),
    (("dogs", "cats"), ("pets",), 0.5),
    (("fashion", "sneakers"), ("fashion",), 0.2),
    (("gaming",), ("gaming",), 0.35),
    (("travel",), ("travel",), 0.25),
)
#: Further subjects, from seed 601 on.
OTHER_SUBJECTS: tuple[tuple[tuple[str, ...], tuple[str, ...], float], ...] = (
    (("photography",), ("photography",), 0.3),
    (("home-cooking", "street-food", "bbq"), ("food",), 0.4),
    (("gardening", "interior"), ("gardening", "home & interiors"), 0.25),
)

#: What brands state beside the topics: places as typed, languages, whether topics are asked for.
BRANDS = (
    (("Germany",), (), False),
    (("United States",), (), False),
    (("Europe",), (), False),
    (("London",), (), False),
    ((), ("de",), False),
    ((), ("en",), False),
    ((), ("ja", "ko"), False),
    ((), (), True),
    ((), ("en",), True),
    (("United States", "United Kingdom"), ("en",), False),
    (("Europe",), ("en",), True),
    (("United States", "United Kingdom"), ("en",), True),
    (("Europe",), (), True),
)
_CREATORS = ("creator", "celebrity", "brand", "bot", "hidden_bot", "group")


class Planted(NamedTuple):
    """profile ids, who is a creator, follows by number, and what is true of everybody."""

    ids: pl.Series
    is_creator: np.ndarray
    follower: np.ndarray
    followed: np.ndarray
    language: np.ndarray
    country: np.ndarray
    place: np.ndarray
    devoted: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--seeds", type=int, nargs="*")
    parser.add_argument("--rows", type=Path, help="keep what was compared, or read it from here")
    options = parser.parse_args()
    seeds = tuple(options.seeds or (FITTED_ON if options.fit else SEEDS))
    began = time.monotonic()
    if options.rows is not None and options.rows.exists():
        whole = pl.read_parquet(options.rows)
    else:
        rows: list[pl.DataFrame] = []
        for seed in seeds:
            rows.append(compared(seed))
            print(f"seed {seed}: {time.monotonic() - began:.0f} s", file=sys.stderr)
        whole = pl.concat(rows)
        if options.rows is not None:
            whole.write_parquet(options.rows)
    if options.fit:
        json.dump(fitted(whole), sys.stdout, indent=1)
        return
    json.dump(
        {
            "seeds": list(seeds),
            "world": {
                "n_creators": N_CREATORS,
                "n_audience": N_AUDIENCE,
                "mean_follows": MEAN_FOLLOWS,
                "mean_posts": MEAN_POSTS,
            },
            "subjects": [
                {"planted": list(p), "topics": list(t), "share": s} for p, t, s in SUBJECTS
            ],
            "judging": {" + ".join(k): v._asdict() for k, v in JUDGING.items() if k},
            **figures(whole),
            "seconds": round(time.monotonic() - began, 1),
        },
        sys.stdout,
        indent=1,
    )


def compared(seed: int) -> pl.DataFrame:
    """One row per creator and brand with enough known followers: stated, and true."""
    subjects = SUBJECTS if seed < 601 else (*SUBJECTS, *OTHER_SUBJECTS)
    keys, topics, share = subjects[seed % len(subjects)]
    with tempfile.TemporaryDirectory() as folder:
        world = write_world(
            Path(folder) / "world",
            n_creators=N_CREATORS,
            n_audience=N_AUDIENCE,
            mean_follows=MEAN_FOLLOWS,
            mean_posts=MEAN_POSTS,
            seed=seed,
            bought=False,
            devotion=Devotion(keys, share),
            only=("profiles", "posts", "follows", "packs", "truth"),
        )
        planted = read_truth(world.truth, world.observed)
        with Engine(Path(folder) / "home", create=True) as engine:
            engine.import_files(world.files, licence="synthetic", lawful_basis="invented people")
            judge(engine.catalogue, out=engine.home.judged)
            follows = follows_of(engine.home.path, engine.home.judged, engine.catalogue)
            if follows is None:
                raise SystemExit(f"seed {seed}: no follows came in")
            found = []
            for places, languages, asks_topics in BRANDS:
                areas = tuple(geography.ask(place) for place in places)
                target = Target(areas, languages, topics if asks_topics else ())
                began = time.perf_counter()
                stated = alignment(follows, target)
                ms = (time.perf_counter() - began) * 1_000
                counts = counted(follows, target)
                found.append(
                    stated.with_columns(
                        known=pl.Series(counts["known"]), match=pl.Series(counts["match"])
                    )
                    .join(truth_of(planted, target), on="profile_id")
                    .filter(pl.col("known") >= MIN_KNOWN)
                    .select(
                        *("share", "low", "high", "known", "match", "n_followers", "truth"),
                        pl.col("n_match").is_not_null().alias("counted"),
                        seed=pl.lit(seed),
                        brand=pl.lit(name_of(places, languages, topics if asks_topics else ())),
                        kind=pl.lit(" + ".join(target.pieces)),
                        ms=pl.lit(ms),
                    )
                )
    return pl.concat(found)


def name_of(places: tuple[str, ...], languages: tuple[str, ...], topics: tuple[str, ...]) -> str:
    return "; ".join(", ".join(words) for words in (places, languages, topics) if words)


def read_truth(truth: Path, observed: Path) -> Planted:
    accounts = pl.read_parquet(truth / "accounts*.parquet").with_row_index("number")
    numbers = accounts.select("planted_profile", "number")
    edges = (
        pl.read_parquet(observed / "bluesky_follows*.parquet", columns=["follower", "followed"])
        .join(numbers.rename({"number": "a"}), left_on="follower", right_on="planted_profile")
        .join(numbers.rename({"number": "b"}), left_on="followed", right_on="planted_profile")
    )
    return Planted(
        "bluesky:" + accounts["planted_profile"],
        accounts["planted_kind"].is_in(_CREATORS).to_numpy(),
        edges["a"].to_numpy(),
        edges["b"].to_numpy(),
        accounts["planted_language"].to_numpy(),
        accounts["planted_country"].to_numpy(),
        accounts["planted_place_id"].to_numpy(),
        accounts["planted_devoted"].to_numpy(),
    )


def truth_of(planted: Planted, target: Target) -> pl.DataFrame:
    """profile_id of each creator, share of all its followers that match by what was planted."""
    match = np.ones(len(planted.ids), dtype=bool)
    if target.places:
        inside = np.zeros(len(match), dtype=bool)
        for area in target.places:
            inside |= np.isin(planted.country, list(area.codes))
            if area.place_ids is not None:
                inside |= np.isin(planted.place, area.place_ids)
        match &= inside
    if target.languages:
        match &= np.isin(planted.language, list(target.languages))
    if target.topics:
        match &= planted.devoted
    n = len(match)
    all_ = np.bincount(planted.followed, minlength=n)
    hits = np.bincount(planted.followed, weights=match[planted.follower], minlength=n)
    return pl.DataFrame({"profile_id": planted.ids, "truth": hits / np.maximum(all_, 1)}).filter(
        pl.Series(planted.is_creator)
    )


# --- figures --------------------------------------------------------------------------------


def covered(rows: pl.DataFrame, low: np.ndarray, high: np.ndarray) -> float:
    truth = rows["truth"].to_numpy()
    # Stated bounds are rounded to four places.
    return float(((low <= truth + 1e-4) & (truth <= high + 1e-4)).mean())


def spearman(one: np.ndarray, other: np.ndarray) -> float | None:
    ranks = [pl.Series(x).rank("average").to_numpy() for x in (one, other)]
    if min(r.std() for r in ranks) == 0:
        return None
    return float(np.corrcoef(*ranks)[0, 1])


def by_method(rows: pl.DataFrame) -> dict[str, float]:
    """Coverage of the usual forms, of raw counts."""
    n, hits, everybody = (
        rows[c].to_numpy().astype(float) for c in ("known", "match", "n_followers")
    )
    p, z = hits / n, 1.959963984540054
    found = {}
    half = z * np.sqrt(p * (1 - p) / n)
    found["Wald"] = covered(rows, p - half, p + half)
    n4, p4 = n + z * z, (hits + z * z / 2) / (n + z * z)
    half = z * np.sqrt(p4 * (1 - p4) / n4)
    found["Agresti-Coull"] = covered(rows, p4 - half, p4 + half)
    found["Wilson"] = covered(rows, *bounds(hits, n, np.full_like(n, 1e15)))
    found["Wilson, finite"] = covered(rows, *bounds(hits, n, everybody))
    pieces = tuple(rows["kind"][0].split(" + "))
    found["chosen"] = covered(rows, *bounds(hits, n, everybody, JUDGING[pieces]))
    found["chosen, as stated"] = covered(rows, rows["low"].to_numpy(), rows["high"].to_numpy())
    return found


def row_of(rows: pl.DataFrame) -> dict[str, Any]:
    share, truth = rows["share"].to_numpy(), rows["truth"].to_numpy()
    correlation = spearman(share, truth)
    return {
        "creators": len(rows),
        "mean_truth": round(float(truth.mean()), 4),
        "mean_error": round(float((share - truth).mean()), 4),
        "spearman": None if correlation is None else round(correlation, 4),
        "covered_by_95_percent": round(
            covered(rows, rows["low"].to_numpy(), rows["high"].to_numpy()), 4
        ),
        "mean_width": round(float((rows["high"] - rows["low"]).mean()), 4),
    }


def figures(rows: pl.DataFrame) -> dict[str, Any]:
    kinds = rows["kind"].unique(maintain_order=True).to_list()
    sizes = ((MIN_KNOWN, 49), (50, 99), (100, 199), (200, 499), (500, 10**9))
    return {
        "all": row_of(rows),
        "by_seed": [
            {"seed": s, **row_of(rows.filter(pl.col("seed") == s))}
            for s in rows["seed"].unique(maintain_order=True)
        ],
        "by_kind": [{"kind": k, **row_of(rows.filter(pl.col("kind") == k))} for k in kinds],
        "by_known": [
            {"known_followers": f"{low}+" if high == 10**9 else f"{low}-{high}", **row_of(mine)}
            for low, high in sizes
            for mine in (rows.filter(pl.col("known").is_between(low, high)),)
            if len(mine)
        ],
        "methods": {
            k: {m: round(v, 4) for m, v in by_method(rows.filter(pl.col("kind") == k)).items()}
            for k in kinds
        },
        "told_as_few": round(float((~rows["counted"]).mean()), 4),
        "milliseconds_per_brand": round(float(rows["ms"].unique().median() or 0), 1),
    }


def fitted(rows: pl.DataFrame) -> dict[str, Any]:
    """JUDGING per combination: the narrowest of a grid with 95 in 100 stated intervals holding."""
    variances = (0.0, *(1 / x for x in (4000, 2000, 1000, 500, 300, 200, 150, 100, 70, 50, 30, 20)))
    seemings = (0.0, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04)
    found: dict[str, Any] = {}
    for kind in rows["kind"].unique(maintain_order=True):
        mine = rows.filter(pl.col("kind") == kind)
        hits, n, all_ = (mine[c].to_numpy() for c in ("match", "known", "n_followers"))
        pieces = tuple(kind.split(" + "))
        best: tuple[float, float, float, float] | None = None
        for variance in variances:
            for seeming in seemings:
                table = {pieces: Judging(variance, seeming)}
                _, low, high = stated(hits, n, all_, pieces, judging=table)
                hold, width = covered(mine, low, high), float((high - low).mean())
                if hold >= 0.95 and (best is None or width < best[0]):
                    best = (width, hold, variance, seeming)
        if best is not None:
            found[kind] = dict(zip(("width", "covered", "variance", "seeming"), best, strict=True))
    return {"fitted": found, **figures(rows)}


if __name__ == "__main__":
    main()
