"""The same documents for every engine: what our index stores of the creators, as plain columns.

The words are those of `index.documents`, already folded and cut, so no peer has to agree with us
about language: all of them split at spaces and find the same creators.

A corpus is a folder of Parquet files with one row per creator:

    id                          0, 1, 2, ...
    everything                  all words of the creator, joined by spaces
    name, handle, topic_words   those that stand there, again
    topic                       values of the facet, a list
    country, language, platform, verdict   keywords; "unknown" where not known
    size                        band of followers, 0 to 4 (`SIZE_EDGES`)
    followers, engagement, last_post, posts_per_week   numbers; -1 where not known
    lat, lon, point             degrees and the number of the point; null and -1 where not known
    quality                     512ths by which a score is multiplied
"""

from __future__ import annotations

import bisect
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
from benchmarks.search_speed.creators import SEED, batch_of, frames

from influencr.index import WORD_FIELDS, documents, engagement_edges

__all__ = ["SIZE_EDGES", "WEIGHTS", "Corpus", "edges_of", "weighted"]

#: Version of what is written here; a folder of another one is written anew.
FORMAT = 1
#: Followers at which the facet of sizes is cut.
SIZE_EDGES = (1_000, 10_000, 100_000, 1_000_000)
#: What a word is worth more for standing there; everywhere it is worth 1.
WEIGHTS = {"name": 2, "handle": 1, "topics": 1}


class Corpus:
    """The documents in a folder, written by `Corpus.write`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: dict[str, Any] = json.loads((folder / "corpus.json").read_text(encoding="utf-8"))

    @property
    def n(self) -> int:
        """How many creators."""
        found: int = self.told["creators"]
        return found

    def tables(self) -> Iterator[pl.DataFrame]:
        """The rows, batch after batch, in order of id."""
        for file in sorted(self.folder.glob("*.parquet")):
            if file.name != "points.parquet":
                yield pl.read_parquet(file)

    def points(self) -> pl.DataFrame:
        """point, lat, lon: each point where somebody is."""
        return pl.read_parquet(self.folder / "points.parquet")

    @classmethod
    def write(cls, folder: Path, n: int, *, say: Callable[[str], None] = lambda _: None) -> Corpus:
        """The corpus of the first n creators; what lies there is kept when it is just that."""
        told = {"format": FORMAT, "seed": SEED, "creators": n}
        try:
            if cls(folder).told == told:
                return cls(folder)
        except (OSError, ValueError):
            pass
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        edges = edges_of(n)
        points: dict[tuple[float, float], int] = {}
        for number, frame in enumerate(frames(n, batch=batch_of(n))):
            say(f"documents {number * batch_of(n):,} of {n:,}")
            _table(frame, edges, points).write_parquet(folder / f"{number:05}.parquet")
        lats, lons = zip(*points, strict=True) if points else ((), ())
        pl.DataFrame(
            {"point": list(points.values()), "lat": lats, "lon": lons},
            schema={"point": pl.Int32, "lat": pl.Float64, "lon": pl.Float64},
        ).write_parquet(folder / "points.parquet")
        (folder / "corpus.json").write_text(json.dumps(told), encoding="utf-8")
        return cls(folder)


def edges_of(n: int) -> dict[str, list[float]]:
    """Engagement parts of the world, from its first batch: a stream has to be given them."""
    return engagement_edges(next(frames(batch_of(n), batch=batch_of(n))))


def weighted(row: dict[str, Any]) -> str:
    """One text in which words are repeated by `WEIGHTS`: the catch-all field."""
    parts = [row["everything"]]
    for column, field in (("name", "name"), ("handle", "handle"), ("topic_words", "topics")):
        parts += [row[column]] * WEIGHTS[field]
    return " ".join(part for part in parts if part)


def _table(
    frame: pl.DataFrame,
    edges: dict[str, list[float]],
    points: dict[tuple[float, float], int],
) -> pl.DataFrame:
    rows = []
    found = documents(frame, edges)
    places = frame.select("profile_id", "lat", "lon").iter_rows()
    for document, (profile_id, lat, lon) in zip(found, places, strict=True):
        rows.append(
            {
                "id": int(profile_id.rpartition(":")[2]),
                "everything": _plain(text for field in WORD_FIELDS for text in document[field]),
                "name": _plain(document["name"]),
                "handle": _plain(document["handle"]),
                "topic_words": _plain(document["topics"]),
                "topic": document["topic"],
                "country": document["country"],
                "language": document["language"],
                "platform": document["platform"],
                "verdict": document["verdict"],
                "size": bisect.bisect_right(SIZE_EDGES, document["followers"]),
                "followers": document["followers"],
                "engagement": float(document["engagement"]),
                "last_post": document["last_post"],
                "posts_per_week": float(document["posts_per_week"]),
                "lat": lat,
                "lon": lon,
                "point": -1 if lat is None else points.setdefault((lat, lon), len(points)),
                "quality": document["quality"],
            }
        )
    return pl.DataFrame(rows, schema_overrides={"lat": pl.Float64, "lon": pl.Float64})


def _plain(texts: Iterable[str]) -> str:
    return " ".join(text for text in texts if text)
