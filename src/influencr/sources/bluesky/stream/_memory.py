"""What has to be remembered between two events: live edges, packs, the position in the stream.

A delete says only whose record went, not what it was about. So every edge that was written (a
follow, a like, a repost, a reply, a quote) is kept as long as it lives:

    stream_edges       key      64-bit hash of account, kind and record key
                       rev      its revision, in microseconds since 2023
                       subject  64-bit hash of whom or what it is about; null: it was taken back
                       lag      microseconds from its own time to its revision
    stream_subjects    id -> whom or what: 15 bytes of a did:plc and 8 of a TID where they are such

Two different edges share a key with a chance of one in 370,000 at 10 million edges, and one in
3,700 at 100 million; the older one is then never undone. An edge that was taken back stays for a
day, so that a late repetition of its creation is recognised as older.

All of it lies in the SQLite file of the source, beside what collecting keeps there, in tables of
its own. What was changed is held in memory until `commit`, which writes edges, position and
whatever is left to do in one transaction: called after the catalogue has the rows, it leaves the
file as if nothing had happened when the process is killed before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from influencr.errors import Terminal
from influencr.sources.bluesky._records import reference
from influencr.sources.bluesky.stream._names import packed, unpacked

__all__ = ["GONE", "TAKEN_BACK_US", "Edge", "Memory", "Position"]

#: What an edge is about whose other end left for good: it lives on and names nobody, so that a
#: reply to somebody who left can still be deleted by whoever wrote it.
GONE = "-"

#: How long a taken-back edge is remembered. Our own choice: a server is left for another with ten
#: seconds of overlap, and no server replays out of order.
TAKEN_BACK_US = 86_400_000_000
#: Revisions are kept from here, so that they fit six bytes until 2031: 2023-01-01.
_SINCE_US = 1_672_531_200_000_000
_BUSY_SECONDS = 30.0
_SIGN = 1 << 63
_MASK = (1 << 64) - 1

_TABLES = """
create table if not exists stream_edges (
    key integer primary key, rev integer not null, subject integer, lag integer
);
create table if not exists stream_subjects (id integer primary key, name blob not null);
create table if not exists stream_packs (
    uri text primary key, list text not null, name text, description text, curated integer not null,
    rev integer not null, gone integer not null
) without rowid;
create index if not exists stream_packs_of on stream_packs (list);
create table if not exists stream_members (
    key integer primary key, list text not null, member text not null, owner text not null,
    added integer, rev integer not null, gone integer not null, shown integer not null
);
create index if not exists stream_members_of on stream_members (list);
create table if not exists stream_left (
    what text not null, profile_id text not null, primary key (what, profile_id)
) without rowid;
create table if not exists stream_strangers (
    profile_id text primary key, status text not null, at integer not null
) without rowid;
create table if not exists stream_place (name text primary key, value text not null) without rowid;
"""


class Edge(NamedTuple):
    """One act that can be taken back; `subject` "" is one that was.

    rev_us   instant of its revision; at_us: the time that its record states
    """

    rev_us: int
    subject: str
    at_us: int


class Position(msgspec.Struct, frozen=True):
    """Where listening stands.

    cursors    server -> the position in its stream up to which everything is stored
    at_us      instant of the newest stored event
    counts     events since the beginning by what became of them
    gaps       stretches that no server had any more: [from, to] in microseconds
    problem    the last thing that went wrong with a server, None when all is well
    written_us when this was written
    """

    cursors: dict[str, int] = {}
    at_us: int = 0
    counts: dict[str, int] = {}
    gaps: list[tuple[int, int]] = []
    problem: str | None = None
    written_us: int = 0


class Memory:
    """The tables above in one SQLite file; for one thread.

    path   the file, or ":memory:"
    """

    def __init__(self, path: Path | str) -> None:
        import xxhash

        self._hash = xxhash.xxh3_64_intdigest
        self._sql = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        self._sql.execute("pragma journal_mode=wal")
        self._sql.execute("pragma synchronous=normal")
        # What is deleted here names people who left.
        self._sql.execute("pragma secure_delete=on")
        self._sql.executescript(_TABLES)
        self._changed: dict[int, Edge] = {}

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        self._sql.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Edges.

    def key(self, did: str, kind: str, rkey: str) -> int:
        """The number under which an edge is kept."""
        return _signed(self._hash(f"{did} {kind} {rkey}".encode("utf-8", "surrogatepass")))

    def edge(self, key: int) -> Edge | None:
        """The edge as it is now, with what this batch did to it; None when it was never seen."""
        found = self._changed.get(key)
        if found is not None:
            return found
        row = self._sql.execute(
            "select rev, lag, subject from stream_edges where key = ?", (key,)
        ).fetchone()
        if row is None:
            return None
        rev, lag, subject = row[0] + _SINCE_US, row[1], row[2]
        name = None
        if subject is not None:
            name = self._sql.execute(
                "select name from stream_subjects where id = ?", (subject,)
            ).fetchone()
        return Edge(rev, "", rev) if name is None else Edge(rev, unpacked(name[0]), rev - lag)

    def put(self, key: int, edge: Edge) -> None:
        """Remember an edge, or with `subject` "" that it was taken back."""
        self._changed[key] = edge

    # Packs: see `_packs`, which alone reads and writes these two tables.

    @property
    def packs(self) -> sqlite3.Connection:
        """The connection, inside the transaction that `commit` ends."""
        if not self._sql.in_transaction:
            self._sql.execute("begin immediate")
        return self._sql

    # Position, and what is left to do.

    def position(self) -> Position:
        """Where listening stood when something was last committed."""
        row = self._sql.execute("select value from stream_place where name = 'position'").fetchone()
        return Position() if row is None else msgspec.json.decode(row[0], type=Position)

    def left(self, what: str) -> list[str]:
        """Profile ids with something left to do: "bring in", "forget", "look again",
        "read whole", "newcomer", or that is so: "hidden"."""
        rows = self._sql.execute(
            "select profile_id from stream_left where what = ? order by profile_id", (what,)
        )
        return [row[0] for row in rows]

    def strangers(self) -> dict[str, tuple[str, int]]:
        """Profile id -> (status, instant in microseconds) that were noted and not looked at yet."""
        rows = self._sql.execute("select profile_id, status, at from stream_strangers")
        return {row[0]: (row[1], row[2]) for row in rows}

    def forget_strangers(self, seen: Mapping[str, tuple[str, int]]) -> None:
        """They were looked at; what was noted since stays."""
        self._sql.executemany(
            "delete from stream_strangers where profile_id = ? and status = ? and at = ?",
            [(name, *told) for name, told in seen.items()],
        )

    def commit(
        self,
        position: Position | None,
        *,
        left: Mapping[str, Iterable[str]] | None = None,
        done: Mapping[str, Iterable[str]] | None = None,
        strangers: Mapping[str, tuple[str, int]] | None = None,
    ) -> None:
        """Write everything since the last commit; on disk, or nothing of it, when this returns.

        position    None leaves it as it is, which only nothing folded since allows: Terminal else
        left        what -> profile ids with that left to do from now on
        done        what -> profile ids that no longer have it
        strangers   profile id -> (status, instant) of whom it has to be seen whether they left
                    anything here
        """
        sql = self._sql
        if position is None and (self._changed or sql.in_transaction):
            # Written without the position and killed before the rows are stored, these edges would
            # make the repetition look like nothing new.
            raise Terminal("What was folded is committed with its position, and after its rows.")
        if not sql.in_transaction:
            sql.execute("begin immediate")
        try:
            self._write_edges()
            if position is not None:
                sql.execute(
                    "insert or replace into stream_place values ('position', ?)",
                    (msgspec.json.encode(position).decode(),),
                )
            for what, ids in (done or {}).items():
                sql.executemany(
                    "delete from stream_left where what = ? and profile_id = ?",
                    [(what, one) for one in ids],
                )
            for what, ids in (left or {}).items():
                sql.executemany(
                    "insert or ignore into stream_left values (?, ?)",
                    [(what, one) for one in ids],
                )
            sql.executemany(
                "insert into stream_strangers values (?, ?, ?) on conflict do update set "
                "status = excluded.status, at = excluded.at where excluded.at > at",
                [(name, *told) for name, told in (strangers or {}).items()],
            )
            sql.execute("commit")
        except BaseException:
            sql.execute("rollback")
            raise
        self._changed.clear()

    def _write_edges(self) -> None:
        rows: list[tuple[int, int, int | None, int | None]] = []
        names: dict[int, bytes] = {}
        for key, edge in self._changed.items():
            if edge.subject:
                name = packed(edge.subject)
                subject = _signed(self._hash(name))
                names[subject] = name
                rows.append((key, edge.rev_us - _SINCE_US, subject, edge.rev_us - edge.at_us))
            else:
                rows.append((key, edge.rev_us - _SINCE_US, None, None))
        self._sql.executemany(
            "insert or ignore into stream_subjects values (?, ?)", list(names.items())
        )
        self._sql.executemany("insert or replace into stream_edges values (?, ?, ?, ?)", rows)

    # Tidying.

    def tidy(self, now_us: int) -> int:
        """Forget what was taken back long ago; returns how many edges went."""
        limit = now_us - TAKEN_BACK_US - _SINCE_US
        gone = self._sql.execute(
            "delete from stream_edges where subject is null and rev < ?", (limit,)
        ).rowcount
        for statement in (
            "delete from stream_members where gone and rev < ?",
            "delete from stream_packs where gone and rev < ?",
        ):
            self._sql.execute(statement, (limit + _SINCE_US,))
        self._sql.execute("pragma wal_checkpoint(truncate)")
        return gone

    def forget(self, dids: Iterable[str]) -> int:
        """Blank every edge that is about these accounts, drop their memberships; returns how many.

        What they did to others stays as a number that nobody can read back.
        """
        accounts = set(dids)
        sql = self._sql
        sql.execute("begin immediate")
        try:
            about = [
                row[0]
                for row in sql.execute("select id, name from stream_subjects")
                if unpacked(row[1]).removeprefix("at://").partition("/")[0] in accounts
            ]
            gone, nobody = 0, packed(GONE)
            blank = _signed(self._hash(nobody))
            if about:
                sql.execute("insert or ignore into stream_subjects values (?, ?)", (blank, nobody))
            for subject in about:
                gone += sql.execute(
                    "update stream_edges set subject = ? where subject = ?", (blank, subject)
                ).rowcount
            sql.executemany("delete from stream_subjects where id = ?", [(one,) for one in about])
            for did in accounts:
                gone += sql.execute(
                    "delete from stream_members where member = ? or owner = ?", (did, did)
                ).rowcount
                sql.execute("delete from stream_packs where uri like ?", (f"at://{did}/%",))
                for statement in (
                    "delete from stream_left where profile_id = ?",
                    "delete from stream_strangers where profile_id = ?",
                ):
                    sql.execute(statement, (reference(did),))
            sql.execute("commit")
        except BaseException:
            sql.execute("rollback")
            raise
        sql.execute("pragma wal_checkpoint(truncate)")
        return gone

    def sizes(self) -> dict[str, int]:
        """Live edges, taken-back ones, subjects, and bytes of the file."""
        live, dead = self._sql.execute(
            "select count(subject), count(*) - count(subject) from stream_edges"
        ).fetchone()
        subjects = self._sql.execute("select count(*) from stream_subjects").fetchone()[0]
        pages = self._sql.execute("pragma page_count").fetchone()[0]
        size = self._sql.execute("pragma page_size").fetchone()[0]
        return {"live": live, "taken_back": dead, "subjects": subjects, "bytes": pages * size}


def _signed(number: int) -> int:
    """64 bits as SQLite holds them."""
    return ((number + _SIGN) & _MASK) - _SIGN
