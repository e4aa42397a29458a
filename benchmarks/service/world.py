"""A home with an index of invented creators who have everything that a row of results shows.

The creators are those of `benchmarks.search_speed.creators`; here they are given what the judges
would have said (influence and its interval, closeness, the small follower map, the year's growth),
so that a page weighs what a page weighs.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import polars as pl
from benchmarks.search_speed.corpus import edges_of
from benchmarks.search_speed.creators import AS_OF, SEED, batch_of, frames

from influencr.home import Home
from influencr.records import Policy
from influencr.vetting.verdict._thumbnail import ACROSS, UP

__all__ = ["SHEET", "built", "judged_frames"]

#: Beside the home: what was built, and how long it took.
SHEET = "service-world.json"
#: Raised when what is built here changes.
_VERSION = 2
#: Small follower maps and lines of growth that creators share. Own choice: a page shows 20.
_DRAWN = 4_096
_POINTS = 24
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def built(home: Home, n: int, *, say: Callable[[str], None]) -> dict[str, Any]:
    """What the index of n creators in a home took; built now unless it lies there already."""
    from influencr.index.columns import ColumnIndex
    from influencr.index.columns._manifest import FORMAT

    sheet = home.path / SHEET
    told = {"creators": n, "seed": SEED, "format": FORMAT, "version": _VERSION}
    try:
        found: dict[str, Any] = json.loads(sheet.read_text(encoding="utf-8"))
        if {key: found.get(key) for key in told} == told:
            return found
    except (OSError, ValueError):
        pass
    say(f"building an index of {n:,} creators")
    began = time.perf_counter()
    index = ColumnIndex(home.index)
    try:
        index.build(judged_frames(n), as_of=AS_OF, demo=True, edges=edges_of(n))
    finally:
        index.close()
    n_bytes = sum(file.stat().st_size for file in home.index.iterdir())
    found = {**told, "seconds": round(time.perf_counter() - began, 1), "bytes": n_bytes}
    sheet.write_text(json.dumps(found), encoding="utf-8")
    return found


def judged_frames(n: int) -> Iterator[pl.DataFrame]:
    """The first n creators with what the judges would have said of them."""
    size = batch_of(n)
    maps, lines = _maps(), _lines()
    for i, frame in enumerate(frames(n, batch=size)):
        yield _judged(frame, np.random.default_rng([SEED, 8, size, i]), maps, lines)


def _judged(
    frame: pl.DataFrame, rng: np.random.Generator, maps: list[str], lines: list[str]
) -> pl.DataFrame:
    n = len(frame)
    followers = frame["followers"].to_numpy()
    known = rng.random(n) < 0.7
    acts = followers * rng.lognormal(-4.2, 0.8, n)
    spread = 1 + rng.random(n) * 0.4
    close = rng.beta(1.3, 6, n)
    gained = (followers * rng.normal(0.1, 0.2, n)).astype(np.int64)
    seen = frame["verdict"].to_numpy() != "unknown"
    low = rng.beta(1, 12, n)
    some = rng.integers(0, _DRAWN, n)
    return frame.with_columns(
        engagement_definition=pl.lit("likes + comments + shares of a post / followers then"),
        engagement_n_posts=pl.Series(rng.integers(10, 60, n)),
        engagement_percentile=_known(rng.random(n) * 100, frame["engagement_rate"].is_not_null()),
        influence=_known(acts.round(2), known),
        influence_low=_known((acts / spread).round(2), known),
        influence_high=_known((acts * spread).round(2), known),
        influence_per_1000=_known((acts / np.maximum(followers, 1) * 1000).round(3), known),
        influence_percentile=_known((rng.random(n) * 100).round(1), known),
        influence_reason=pl.lit("acts that followers gave to posts of the last 90 days"),
        closeness=_known(close.round(4), known),
        closeness_reason=pl.lit("replies that were answered, of those that were seen"),
        followers_12m=pl.Series(gained),
        growth_line=pl.Series([lines[i] for i in some]),
        following=pl.Series(rng.integers(10, 2_000, n)),
        verdict_reason=pl.lit("none of the checks found a batch that stands"),
        followers_seen=_known(np.minimum(followers, 2_000), seen),
        bought_low=_known(low.round(4), seen),
        bought_high=_known((low + 0.03).round(4), seen),
        follower_map=pl.Series([maps[i] if s else None for i, s in zip(some, seen, strict=True)]),
        label_reason=pl.lit("writes of themselves and answers"),
        place_confidence=pl.Series(rng.random(n).round(2)),
        place_evidence=pl.lit(["declared in the location field"]),
        source=pl.lit("synthetic"),
        licence=pl.lit("synthetic"),
        policy=pl.lit(int(Policy.default())),
    )


def _known(values: Any, known: Any) -> pl.Series:
    """The values, null where not known."""
    return pl.select(pl.when(pl.Series(known)).then(pl.Series(values))).to_series()


def _maps() -> list[str]:
    rng = np.random.default_rng([SEED, 9])
    drawn = []
    for _ in range(_DRAWN):
        cells = np.minimum(rng.poisson(0.7, ACROSS * UP), 3).astype(np.uint8)
        if rng.random() < 0.2:
            start = int(rng.integers(0, ACROSS - 4)) * UP
            cells[start : start + 3 * UP : 7] |= 3 << 2
        cells = np.append(cells, np.uint8(0)) if len(cells) % 2 else cells
        drawn.append(base64.b85encode((cells[::2] | cells[1::2] << 4).tobytes()).decode("ascii"))
    return drawn


def _lines() -> list[str]:
    rng = np.random.default_rng([SEED, 10])
    drawn = []
    for _ in range(_DRAWN):
        heights = np.cumsum(np.abs(rng.normal(1, 1, _POINTS))) + rng.random() * 200
        drawn.append("".join(_LETTERS[int(h)] for h in heights / heights.max() * 63))
    return drawn
