"""SQLite: FTS5 for the words, R*Tree for the points, one pass over the matches.

Set up as somebody who knows it would:

- the words are one contentless column in which words of a name are repeated, split at spaces;
- the join order is forced (CROSS JOIN): left to itself the planner was up to 30 times slower;
- filters are one bit each of a number per match, so the funnel costs no further pass;
- facets are counted by Python's Counter over the columns of one fetch, which was faster than a
  GROUP BY each; a topic is one character, so that they are counted without being taken apart;
- places are an R*Tree of the distinct points, checked by great circle, instead of one of creators;
- counts without the words come from covering indexes.
"""

from __future__ import annotations

import heapq
import math
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.search_speed.answers import TOP, Answer, funnel_of_masks, top_topics
from benchmarks.search_speed.corpus import Corpus, weighted
from benchmarks.search_speed.questions import Question, Radius

__all__ = ["Sqlite", "build"]

_FILE = "creators.sqlite"
_SPEED = (
    "PRAGMA mmap_size = 17179869184",
    "PRAGMA cache_size = -1000000",
    "PRAGMA temp_store = memory",
)
#: Every class of characters but spaces belongs to a word: texts are cut already.
_TOKENS = "unicode61 remove_diacritics 0 categories ''L* M* N* P* S* Co''"
_TABLES = f"""
CREATE TABLE creators (
    id INTEGER PRIMARY KEY, country INTEGER, language INTEGER, size INTEGER, topics TEXT,
    platform INTEGER, verdict INTEGER, followers INTEGER, engagement REAL, last_post INTEGER,
    posts_per_week REAL, point INTEGER, quality INTEGER
);
CREATE TABLE codes (field TEXT, value TEXT, code INTEGER);
CREATE VIRTUAL TABLE words USING fts5(everything, content='', tokenize='{_TOKENS}');
CREATE VIRTUAL TABLE points USING rtree(id, south, north, west, east);
CREATE TABLE places (id INTEGER PRIMARY KEY, lat REAL, lon REAL);
"""
_INDEXES = """
INSERT INTO words(words) VALUES ('optimize');
CREATE INDEX by_country ON creators (country);
CREATE INDEX by_point ON creators (point);
CREATE INDEX by_conditions ON creators
    (platform, verdict, followers, engagement, last_post, posts_per_week);
ANALYZE;
"""
_KEYWORDS = ("country", "language", "platform", "verdict")
#: The first character that stands for a topic: letters without case.
_FIRST_TOPIC = 0x4E00
_RADIUS_KM = 6371.0088


def build(folder: Path, corpus: Corpus) -> None:
    """Write the documents into a file in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / _FILE, isolation_level=None)
    try:
        for pragma in (*_SPEED, "PRAGMA journal_mode = off", "PRAGMA synchronous = off"):
            connection.execute(pragma)
        connection.executescript(_TABLES)
        codes: dict[tuple[str, str], int] = {}
        for table in corpus.tables():
            rows = table.to_dicts()
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT INTO words (rowid, everything) VALUES (?, ?)",
                ((row["id"], weighted(row)) for row in rows),
            )
            connection.executemany(
                f"INSERT INTO creators VALUES ({', '.join('?' * 13)})",
                (_row(row, codes) for row in rows),
            )
            connection.execute("COMMIT")
        connection.execute("BEGIN")
        for point, lat, lon in corpus.points().iter_rows():
            connection.execute(
                "INSERT INTO points VALUES (?, ?, ?, ?, ?)", (point, lat, lat, lon, lon)
            )
            connection.execute("INSERT INTO places VALUES (?, ?, ?)", (point, lat, lon))
        connection.executemany(
            "INSERT INTO codes VALUES (?, ?, ?)", ((*name, code) for name, code in codes.items())
        )
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)
    finally:
        connection.close()


def _row(row: dict[str, Any], codes: dict[tuple[str, str], int]) -> tuple[Any, ...]:
    def code(field: str, value: str) -> int:
        return codes.setdefault((field, value), len(codes))

    topics = "".join(chr(_FIRST_TOPIC + code("topic", topic)) for topic in row["topic"])
    country, language, platform, verdict = (code(field, row[field]) for field in _KEYWORDS)
    return (
        *(row["id"], country, language, row["size"], topics, platform, verdict, row["followers"]),
        *(row["engagement"], row["last_post"], row["posts_per_week"], row["point"], row["quality"]),
    )


class Sqlite:
    """The file of `build`, open for reading."""

    def __init__(self, folder: Path) -> None:
        file = folder / _FILE
        self._connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
        for pragma in _SPEED:
            self._connection.execute(pragma)
        every = self._connection.execute("SELECT field, value, code FROM codes").fetchall()
        self._code = {(field, value): code for field, value, code in every}
        self._value = {code: value for _, value, code in every}
        self._n: int = self._one("SELECT count(*) FROM creators")
        self.settings = [
            f"SQLite {sqlite3.sqlite_version}, FTS5 contentless and optimized, R*Tree of points",
            "memory map of the file, 1 GB cache, prepared statements, forced join order, ANALYZE",
            "text score: bm25() of the repeated words x quality",
        ]

    def _one(self, sql: str, values: Any = ()) -> Any:
        return self._connection.execute(sql, values).fetchone()[0]

    def ask(self, question: Question) -> Answer:
        joined = " OR " if question.any_word else " AND "
        words = joined.join(f'"{word}"' for word in question.words)
        if question.vetting is not None:
            return self._by_conditions(question, words)
        where, values, without = "", [], self._n
        if question.country is not None:
            code = self._code.get(("country", question.country), -1)
            where, values = "AND c.country = ?", [code]
            without = self._one("SELECT count(*) FROM creators WHERE country = ?", values)
        elif question.radius is not None:
            inside = self._inside(question.radius)
            listed = ", ".join(map(str, inside))
            near = f"SELECT id FROM creators WHERE point IN ({listed})"
            without = self._one(f"SELECT count(*) FROM ({near})")
            where = f"AND +words.rowid IN ({near})"
        rows = self._connection.execute(
            "SELECT c.id, c.country, c.language, c.size, c.topics, bm25(words) * c.quality "
            "FROM words CROSS JOIN creators c ON c.id = words.rowid "
            f"WHERE words MATCH ? {where}",
            (words, *values),
        ).fetchall()
        total = len(rows)
        funnel = [(total, without)]
        if where:
            having = self._one("SELECT count(*) FROM words WHERE words MATCH ?", (words,))
            funnel = [(having, without), (total, having)]
        return self._answer(rows, funnel)

    def _by_conditions(self, question: Question, words: str) -> Answer:
        asked = question.vetting
        assert asked is not None
        values = {
            "words": words,
            "platform": self._code.get(("platform", asked.platform), -1),
            "verdict": self._code.get(("verdict", asked.verdict), -1),
            "least": asked.followers_min,
            "most": asked.followers_max,
            "engagement": asked.engagement_min,
            "last_post": asked.last_post_min,
            "weekly": asked.posts_per_week_min,
        }
        rows = self._connection.execute(
            "SELECT id, country, language, size, topics, "
            "       CASE WHEN mask = 63 THEN bm25(words) * quality END, mask "
            "FROM (SELECT c.*, words, "
            "        (c.platform = :platform) "
            "      | ((c.followers BETWEEN :least AND :most) << 1) "
            "      | ((c.engagement >= :engagement) << 2) "
            "      | ((c.last_post >= :last_post) << 3) "
            "      | ((c.posts_per_week >= :weekly) << 4) "
            "      | ((c.verdict = :verdict) << 5) AS mask "
            "      FROM words CROSS JOIN creators c ON c.id = words.rowid "
            "      WHERE words MATCH :words)",
            values,
        ).fetchall()
        without = self._one(
            "SELECT count(*) FROM creators WHERE platform = :platform AND verdict = :verdict "
            "AND followers BETWEEN :least AND :most AND engagement >= :engagement "
            "AND last_post >= :last_post AND posts_per_week >= :weekly",
            values,
        )
        masks = Counter(row[6] for row in rows)
        passing = [row for row in rows if row[6] == 63]
        return self._answer(passing, funnel_of_masks(masks, 6, without))

    def _inside(self, radius: Radius) -> list[int]:
        """The points within a radius: the box from the R*Tree, then the great circle."""
        north = math.degrees(radius.km / _RADIUS_KM) * 1.0001
        cosine = math.cos(math.radians(min(89.9, abs(radius.lat) + north)))
        east = north / cosine
        lat = math.radians(radius.lat)
        found = self._connection.execute(
            "SELECT p.id FROM points r CROSS JOIN places p ON p.id = r.id "
            "WHERE r.north >= :south AND r.south <= :north AND r.east >= :west AND r.west <= :east "
            "AND :double * asin(sqrt(pow(sin((radians(p.lat) - :lat) / 2), 2) + :cosine * "
            "cos(radians(p.lat)) * pow(sin(radians(p.lon - :lon) / 2), 2))) <= :km",
            {
                **{"south": radius.lat - north, "north": radius.lat + north},
                **{"west": radius.lon - east, "east": radius.lon + east},
                **{"lat": lat, "cosine": math.cos(lat), "lon": radius.lon},
                **{"double": 2 * _RADIUS_KM, "km": radius.km},
            },
        )
        return [point for (point,) in found]

    def _answer(self, rows: list[tuple[Any, ...]], funnel: list[tuple[int, int]]) -> Answer:
        value = self._value
        columns = list(zip(*rows, strict=True)) if rows else [()] * 7
        sizes = Counter(columns[3])
        topics = Counter("".join(columns[4]))
        best = heapq.nsmallest(TOP, zip(columns[5], columns[0], strict=True))
        return Answer(
            total=len(rows),
            country={value[code]: n for code, n in Counter(columns[1]).items()},
            language={value[code]: n for code, n in Counter(columns[2]).items()},
            topic=top_topics({value[ord(t) - _FIRST_TOPIC]: n for t, n in topics.items()}),
            size=[sizes.get(band, 0) for band in range(5)],
            funnel=funnel,
            top=[identity for _, identity in best],
        )

    def spent(self) -> float | None:
        return None

    def processes(self) -> list[int]:
        return []

    def close(self) -> None:
        self._connection.close()
