"""What is compared: the engine as a member meets it, and plain BM25 as two libraries offer it.

Everybody is given the same two texts of a profile, name and text, and nothing else. A system is
asked for all its matches in order, so that a list can be condensed to the judged ones.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import tantivy
from benchmarks.relevance_corpus import Row

from influencr.engine import Engine
from influencr.errors import UsageError
from influencr.search import Query, make_query

__all__ = ["OURS", "SYSTEMS", "Home", "fill", "sqlite_orders", "tantivy_orders"]

OURS = "influencr"

#: System -> what it is.
SYSTEMS = {
    OURS: "this version, in the order that a search has by default",
    "sqlite porter": "SQLite FTS5, tokenizer porter over unicode61, bm25(), words joined by OR",
    "tantivy default": "tantivy, tokenizer default, BM25, words joined by OR",
    "tantivy en_stem": "tantivy, tokenizer en_stem, BM25, words joined by OR",
}

#: Data set of a row -> the network that it came from.
PLATFORM_OF = {
    "tiktok": "tiktok",
    "bluesky-4k": "bluesky",
    "bluesky-views": "bluesky",
    "cresci-2017": "twitter",
    "twibot20": "twitter",
    "youtube-tech": "youtube",
    "mastodon-official": "mastodon",
}
#: Hits on a page when all of them are fetched.
_PAGE = 2_000


class Home(NamedTuple):
    """The engine over the imported rows.

    listed     keys that can be found at all
    excluded   reason word -> rows that consent and policy keep out of every search
    hidden     rows that only the exclusions of a search by default leave out
    """

    engine: Engine
    listed: set[str]
    excluded: dict[str, int]
    hidden: int

    def order(self, text: str) -> list[tuple[str, float]]:
        """(key, score) of all matches of what a member types, best first.

        Brands, celebrities and bots are asked for too: the judges were asked for the topic alone.
        """
        return _all(self.engine, text=text, everything=True)

    def stated_place(self, text: str) -> str | None:
        """What the search took out of the words as a place, None when nothing."""
        choice = self.engine.query(_query(text=text, limit=1)).place
        return None if choice is None else choice.words


def fill(folder: Path, rows: Sequence[Row]) -> Home:
    """A home in this folder that holds the rows, imported as a file of profiles and judged.

    Raises UsageError when the import does not keep every row.
    """
    file = folder / "profiles.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for row in rows:
            profile = {
                "platform": PLATFORM_OF[row.set],
                "native_id": row.key,
                "display_name": row.name,
                "bio": row.text,
            }
            out.write(json.dumps(profile) + "\n")
    engine = Engine(folder / "home", create=True)
    report = engine.import_files([file], licence="dataset", kind="profiles")
    for failed in report.failed:
        if failed.error is not None:
            raise failed.error
    if report.n_new != len(rows):
        raise UsageError(f"{report.n_new:,} profiles were stored of {len(rows):,} in the corpus.")
    refreshed = engine.refresh().report
    everybody = _all(engine, everything=True)
    hidden = len(everybody) - engine.query(_query(limit=1)).total
    return Home(engine, {key for key, _ in everybody}, dict(refreshed.excluded), hidden)


def _query(**fields: Any) -> Query:
    return make_query(facets=(), funnel=False, **fields)


def _all(engine: Engine, **fields: Any) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    after: str | None = None
    while True:
        page = engine.query(_query(limit=_PAGE, after=after, **fields))
        found += [(hit.profile_id.partition(":")[2], hit.score) for hit in page.hits]
        after = page.next
        if after is None:
            return found


def sqlite_orders(rows: Sequence[Row], texts: Sequence[str]) -> list[list[str]]:
    """For each text the keys of all matches, best first; ties in the order of the rows."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE profiles USING fts5"
            "(key UNINDEXED, name, text, tokenize = 'porter unicode61')"
        )
        connection.executemany(
            "INSERT INTO profiles VALUES (?, ?, ?)", [(r.key, r.name, r.text) for r in rows]
        )
        asked = "SELECT key FROM profiles WHERE profiles MATCH ? ORDER BY rank, rowid"
        return [[key for (key,) in connection.execute(asked, (_either(t),))] for t in texts]


def tantivy_orders(rows: Sequence[Row], texts: Sequence[str], *, tokenizer: str) -> list[list[str]]:
    """For each text the keys of all matches, best first; ties in the order of the rows.

    tokenizer   "default" or "en_stem", as tantivy ships them
    """
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("key", stored=True, tokenizer_name="raw")
    for field in ("name", "text"):
        schema.add_text_field(field, tokenizer_name=tokenizer)
    index = tantivy.Index(schema.build())
    # One thread writes one segment, so that ties are in the same order every time.
    writer = index.writer(num_threads=1)
    for row in rows:
        writer.add_document(tantivy.Document(key=[row.key], name=[row.name], text=[row.text]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    orders: list[list[str]] = []
    for text in texts:
        query = index.parse_query(_either(text), ["name", "text"])
        hits = searcher.search(query, limit=max(1, len(rows))).hits
        orders.append([searcher.doc(address)["key"][0] for _, address in hits])
    return orders


def _either(text: str) -> str:
    """The words between blanks joined by OR, quoted: both languages then leave the signs alone."""
    return " OR ".join('"' + word.replace('"', " ") + '"' for word in text.split())
