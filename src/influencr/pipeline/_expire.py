"""What ran out leaves the index before the next question, not at the next refresh.

A source may allow rows to be kept until an instant only (YouTube: 30 days). The catalogue's views
leave such rows out by the clock, but creators and index were made earlier. So every refresh notes
the next instant at which something runs out (judged/expiry); whoever asks after it first lets
the people concerned be judged again from what may still be kept, which takes out of the index
whoever nothing is left of, and has the catalogue delete the rows. The whole judgement that is due
then is left to the next `refresh`. Accounts that the network has hidden for too long (`_purge`) go
at the same instants, by the same note.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from influencr import sources
from influencr.errors import Busy
from influencr.pipeline._durable import locked, write_whole
from influencr.pipeline._forget import drop_from_judged
from influencr.pipeline._judge import methods, read_report
from influencr.pipeline._purge import purge_paused, to_purge
from influencr.pipeline._update import bring_in
from influencr.pipeline.audiences import forget_audiences

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue, Snapshot
    from influencr.home import Home
    from influencr.index import SearchIndex

__all__ = [
    "EXPIRY_FILE",
    "drop_expired",
    "let_expire",
    "next_expiry",
    "note_expiry",
    "observe_expiry",
]

EXPIRY_FILE = "expiry"
#: Table -> column that names whose row it is. Follows and engagements that ran out change numbers
#: about somebody, never whether they are shown: they wait for the next whole judgement.
_OWNERS = {"profiles": "profile_id", "posts": "profile_id", "packs": "member_id"}


def drop_expired(home: Home, catalogue: Catalogue, index: SearchIndex) -> list[str]:
    """Delete what ran out: rows of the catalogue, accounts that were hidden for too long, and what
    sources remember between runs. Returns every name of the accounts that went.

    A source whose state holds something that it may keep for a time only has `expire(home)`.
    The caller holds the lock of `home.judged`.
    """
    catalogue.drop_expired()
    purged = to_purge(home, catalogue)
    if purged:
        # Killed in a refresh before anything was noted, the next question completes it.
        write_whole(home.judged / EXPIRY_FILE, datetime.now(UTC).isoformat().encode())
        purge_paused(home, catalogue, index, purged)
    for name in sources.installed():
        own = getattr(sources.load(name), "expire", None)
        if own is not None:
            own(home)
    return purged


def note_expiry(home: Home, catalogue: Catalogue) -> None:
    """Write down when something in the catalogue runs out, or somebody is to be purged, next."""
    ends = (catalogue.next_expiry(), catalogue.next_purge())
    at = min((end for end in ends if end is not None), default=None)
    write_whole(home.judged / EXPIRY_FILE, at.isoformat().encode() if at is not None else b"")


def next_expiry(judged: Path) -> datetime | None:
    """The instant that was noted; None where nothing runs out or nothing was noted yet."""
    try:
        noted = (judged / EXPIRY_FILE).read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    return datetime.fromisoformat(noted) if noted else None


def observe_expiry(home: Home, catalogue: Catalogue, index: SearchIndex) -> list[str]:
    """For runs that add rows without a refresh: note the next instant anew, and let go of what is
    due. Returns every name of the accounts that were purged.

    While another process refreshes, nothing is done: that one does it.
    """
    try:
        with locked(home.judged, "note"):
            note_expiry(home, catalogue)
        at = next_expiry(home.judged)
        if at is None or at > datetime.now(UTC):
            return []
        return _let_go(home, catalogue, index)[1]
    except Busy:
        return []


def let_expire(home: Home, catalogue: Catalogue, index: SearchIndex) -> int:
    """Take what ran out of index, judged files and catalogue; returns how many creators went.

    Raises Busy while another process refreshes, which does the same. Killed in between, it is done
    by the next question: the note is written last.
    """
    return _let_go(home, catalogue, index)[0]


def _let_go(home: Home, catalogue: Catalogue, index: SearchIndex) -> tuple[int, list[str]]:
    snapshot = catalogue.snapshot()
    names = _ran_out(snapshot)
    held = index.snapshot().creators(names.to_list()) if len(names) else {}
    if held:
        known = pl.Series(sorted(held), dtype=pl.String)
        report = read_report(home.judged)
        if report is not None and report.methods == methods():
            bring_in(home, catalogue, index, known)
        else:
            # Judged by another version, which `refresh` mends: nobody is judged in between.
            _delete(index, sorted(set(held) - set(_alive(snapshot, known))))
    with locked(home.judged, "ask"):
        left = index.snapshot().creators(list(held)).keys() if held else set[str]()
        gone = sorted(held.keys() - left)
        if gone:
            drop_from_judged(home.judged, gone)
            forget_audiences(home.path, gone)
        purged = drop_expired(home, catalogue, index)
        note_expiry(home, catalogue)
    return len(gone), purged


def _alive(snapshot: Snapshot, names: pl.Series) -> list[str]:
    rows = snapshot.latest("profiles", among=names).select("profile_id")
    return rows.collect()["profile_id"].to_list()


def _delete(index: SearchIndex, gone: list[str]) -> None:
    as_of = index.snapshot().info.as_of
    if not gone or as_of is None:
        return
    try:
        index.delete(gone)
        index.commit(as_of=as_of)
    except BaseException:
        index.rollback()
        raise


def _ran_out(snapshot: Snapshot) -> pl.Series:
    """Everybody of whom a row ran out, each once."""
    now = datetime.now(UTC)
    found = [
        snapshot.scan(table)
        .filter(pl.col("expires_at") <= now)
        .select(pl.col(column).alias("profile_id"))
        .unique()
        .collect(engine="streaming")["profile_id"]
        for table, column in _OWNERS.items()
    ]
    return pl.concat(found).drop_nulls().unique()
