"""The file of what is kept: its tables, and how an older one is brought up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from influencr.kept._sqlite import SqliteFile

__all__ = ["FILE", "FORMAT", "File", "now"]

FILE = "kept.sqlite"
#: 2: disputes; 3: owners; 4: lists; 5: alerts; 6: prices. An older file is brought up when it is
#: next opened; what formats 1 and 2 keep is of owner "".
FORMAT = 6
_TABLES = """
CREATE TABLE IF NOT EXISTS brands (
    owner TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, saved_at TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT;
CREATE TABLE IF NOT EXISTS searches (
    owner TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, query BLOB NOT NULL,
    saved_at TEXT NOT NULL, seen_at TEXT, PRIMARY KEY (owner, key)
) STRICT;
CREATE TABLE IF NOT EXISTS seen (
    owner TEXT NOT NULL, key TEXT NOT NULL, profile_id TEXT NOT NULL,
    first_seen_at TEXT NOT NULL, PRIMARY KEY (owner, key, profile_id),
    FOREIGN KEY (owner, key) REFERENCES searches (owner, key) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS disputes (
    number INTEGER PRIMARY KEY, profile_id TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL,
    before TEXT, checked_at TEXT, after TEXT, changed INTEGER, version TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS disputes_of ON disputes (profile_id);
CREATE TABLE IF NOT EXISTS lists (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
    note TEXT NOT NULL, statuses TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL,
    changed_at TEXT NOT NULL, link TEXT UNIQUE, link_until TEXT, link_notes INTEGER,
    removed_at TEXT, UNIQUE (owner, key)
) STRICT;
CREATE TABLE IF NOT EXISTS listed (
    number INTEGER PRIMARY KEY,
    list TEXT NOT NULL REFERENCES lists (id) ON DELETE CASCADE, profile_id TEXT NOT NULL,
    status TEXT NOT NULL, note TEXT NOT NULL, added_by TEXT NOT NULL, added_at TEXT NOT NULL,
    removed_at TEXT, UNIQUE (list, profile_id)
) STRICT;
CREATE INDEX IF NOT EXISTS listed_who ON listed (profile_id);
CREATE TABLE IF NOT EXISTS watches (
    owner TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, made_at TEXT NOT NULL,
    muted_at TEXT, asks BLOB, generation INTEGER, looked_at TEXT, as_of TEXT,
    problem TEXT NOT NULL, waiting INTEGER NOT NULL, PRIMARY KEY (owner, kind, key)
) STRICT;
CREATE TABLE IF NOT EXISTS watched (
    owner TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, profile_id TEXT NOT NULL,
    state BLOB, PRIMARY KEY (owner, kind, key, profile_id),
    FOREIGN KEY (owner, kind, key) REFERENCES watches (owner, kind, key) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS watched_who ON watched (profile_id);
CREATE TABLE IF NOT EXISTS alerts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, kind TEXT NOT NULL,
    key TEXT NOT NULL, profile_id TEXT NOT NULL, what TEXT NOT NULL, before TEXT, after TEXT,
    at TEXT NOT NULL, as_of TEXT, n INTEGER NOT NULL,
    FOREIGN KEY (owner, kind, key) REFERENCES watches (owner, kind, key) ON DELETE CASCADE
) STRICT;
CREATE INDEX IF NOT EXISTS alerts_of ON alerts (owner, number);
CREATE INDEX IF NOT EXISTS alerts_who ON alerts (profile_id);
CREATE TABLE IF NOT EXISTS hushed (
    owner TEXT NOT NULL, profile_id TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (owner, profile_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS prices (
    owner TEXT NOT NULL, profile_id TEXT NOT NULL, currency TEXT NOT NULL, low REAL NOT NULL,
    high REAL NOT NULL, saved_at TEXT NOT NULL, PRIMARY KEY (owner, profile_id, currency)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS prices_who ON prices (profile_id);
"""
# What formats 1 and 2 called the same, moved aside and copied over.
_ASIDE = """
ALTER TABLE seen RENAME TO seen_2;
ALTER TABLE searches RENAME TO searches_2;
ALTER TABLE brands RENAME TO brands_2;
"""
_COPIED = """
INSERT INTO brands SELECT '', key, body, saved_at FROM brands_2;
INSERT INTO searches SELECT '', key, name, query, saved_at, seen_at FROM searches_2;
INSERT INTO seen SELECT '', key, profile_id, first_seen_at FROM seen_2;
DROP TABLE seen_2;
DROP TABLE searches_2;
DROP TABLE brands_2;
"""
_OWNED_SINCE = 3


class File(SqliteFile):
    """`kept.sqlite` of a home."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, FORMAT, _steps)


def _steps(version: int) -> str:
    """What makes the tables of this format, with what those of an older one held."""
    return f"{_ASIDE}{_TABLES}{_COPIED}" if 0 < version < _OWNED_SINCE else _TABLES


def now() -> str:
    """This instant, as the file says it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
