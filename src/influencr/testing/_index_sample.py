"""What the checks of an index share: a small frame, and how to build and ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from influencr.index import Node, Order, SearchIndex, Snapshot

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AS_OF", "Make", "built", "expect", "ids_of", "sample", "text"]

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)

Make = Callable[[Path], SearchIndex]


def sample(n: int = 40) -> pl.DataFrame:
    """A small creators frame in several scripts, with every kind of unknown in it."""
    import polars as pl

    bios = [
        "Vegan food 🍜 and more",
        "東京ラーメン #ramen",
        "مكياج و جمال",
        "❤️ makeup artist @ana.b",
        None,
    ]
    return pl.DataFrame(
        {
            "profile_id": [f"tiktok:{i}" for i in range(n)],
            "platform": ["tiktok" if i % 2 else "bluesky" for i in range(n)],
            "handle": [f"someone_{i}" for i in range(n)],
            "display_name": [None if i % 7 == 0 else f"Name {i % 5}" for i in range(n)],
            "bio_text": [bios[i % 5] for i in range(n)],
            "topics": [[f"topic {i % 3}", "food"] if i % 4 else [] for i in range(n)],
            "country": [None if i % 3 == 0 else "FR" for i in range(n)],
            "place_id": [None if i % 3 == 0 else i for i in range(n)],
            "followers": [None if i % 5 == 0 else i * 1000 for i in range(n)],
            "engagement_rate": [None if i % 2 else i / 1000 for i in range(n)],
            "activity_state": [("active", "quiet", "dormant", "unknown")[i % 4] for i in range(n)],
        },
        schema_overrides={"place_id": pl.Int64, "followers": pl.Int64},
    )


def expect(kept: bool, promise: str) -> None:
    """Raise AssertionError with the promise when it was not kept."""
    if not kept:
        raise AssertionError(promise)


def built(make: Make, folder: Path, frame: pl.DataFrame | None = None) -> SearchIndex:
    """An index in a new folder, of `sample` or another frame."""
    index = make(folder)
    index.build(sample() if frame is None else frame, as_of=AS_OF)
    return index


def ids_of(snapshot: Snapshot, node: Node) -> set[str]:
    """Profile ids of the matches, a thousand at most."""
    return {e.profile_id for e in snapshot.page(node, Order("quality"), limit=1000)}


def text(value: str) -> Any:
    """A text as a column of one value."""
    import polars as pl

    return pl.lit(value)
