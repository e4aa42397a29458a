"""Making the sets from the catalogue: all at once, or only what changed since.

Consent is that of the follower graph (`pipeline._graph`): a follow or a profile whose policy does
not allow SCORE is not read, nor is anybody who may not be counted (`_gates`); a creator who hides
their followers, or whose source does not allow it, has no set.

Flagged are the followers whom a finding that stands names as members of a batch (families C and G
of the verdict). A single follower's score is no finding: the share that looks bought beyond the
batches is told as a share, never as people.

An update reads the follows that came since and nothing else of the table but the rows of the same
followers. It is not tried, and all is read, when files of the table were merged or erased, when a
follow names somebody by handle, when people who could not be counted may be counted now, or when
more than MAX_SHARE of the table is new.

MAX_SHARE: our own choice; an update of so many rows costs about as much as reading all.
Memory: 16 bytes for each of at most 20 million follows, 4 bytes a follow, 30 bytes a person.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np
import polars as pl
from pyroaring import BitMap

from influencr.errors import HomeError
from influencr.pipeline._durable import locked, write_whole
from influencr.pipeline._gates import may_be_counted
from influencr.pipeline._graph import key_of
from influencr.pipeline._judge import PLACES_FILE, read_report
from influencr.pipeline._said import SAID
from influencr.pipeline.alignment._follows import NO_PLACE, grouped, listed, numbered
from influencr.pipeline.audiences._files import (
    ABOUT,
    CREATORS,
    CREATORS_SCHEMA,
    FOLDER,
    FORMAT,
    SETS,
    About,
    Audiences,
    Numbers,
    bitmap,
    held_audiences,
)
from influencr.pipeline.vetting import EVIDENCE_FILE
from influencr.records import Policy
from influencr.vetting import share, verdict

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue, Snapshot
    from influencr.pipeline._judge import JudgeReport

__all__ = ["MAX_SHARE", "audiences_of"]

MAX_SHARE = 0.3
_OWN_WORDS = ("declared", "bio", SAID)
_PATIENCE_SECONDS = 600.0
_NO_PAIRS = {"a": pl.UInt64, "b": pl.UInt64}

type Told = Callable[[int, int], None]


def audiences_of(
    home: Path, judged: Path, catalogue: Catalogue, *, progress: Told | None = None
) -> Audiences | None:
    """The sets of the last whole judgement, made or brought up when they are not there yet.

    home       the data home's folder
    judged     folder of the judged files
    progress   called with (follows read, in all) while they are made
    returns    None where no follow is known

    Raises HomeError when nothing was judged yet.
    """
    report = read_report(judged)
    if report is None:
        raise HomeError("Nothing is judged in this home yet; import a file first.")
    held = held_audiences(home)
    if held is not None and held.about.judged_at == report.judged_at:
        return held
    root = home / FOLDER
    root.mkdir(exist_ok=True)
    with locked(root, "prepare", patience_seconds=_PATIENCE_SECONDS):
        held = held_audiences(home)
        if held is not None and held.about.judged_at == report.judged_at:
            return held
        for left in root.glob(".work-*"):
            shutil.rmtree(left, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=".work-", dir=root))
        try:
            if not _make(held, catalogue.snapshot(), judged, work, report, progress):
                return None
            old = [p for p in root.iterdir() if p.is_dir() and p != work]
            folder = root / report.judged_at.strftime("%Y%m%dT%H%M%S%f")
            if folder in old:  # not complete, or it would have answered
                shutil.rmtree(folder)
                old.remove(folder)
            work.rename(folder)
            for one in old:
                shutil.rmtree(one, ignore_errors=True)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return held_audiences(home)


class _Sets(NamedTuple):
    """What was read: who has which number, and how to get a creator's followers."""

    keys: Numbers
    numbers: Numbers
    n_numbers: int
    # Seat, all followers; in order of the creators.
    followers: Iterator[BitMap]
    by_handle: bool
    updated: bool


def _make(
    held: Audiences | None,
    snapshot: Snapshot,
    judged: Path,
    work: Path,
    report: JudgeReport,
    progress: Told | None,
) -> bool:
    began = time.monotonic()
    n_follows: int = snapshot.scan("follows").select(pl.len()).collect().item()
    if not n_follows:
        return False
    done = 0

    def read(n: int) -> None:
        nonlocal done
        done += n
        if progress is not None:
            progress(min(done, n_follows), n_follows)

    creators = listed(judged).select("profile_id", "key", "followers", "reason").sort("profile_id")
    barred = _barred(snapshot)
    sets = _changed(held, snapshot, creators, barred, work, read, n_follows)
    if sets is None:
        sets = _all(snapshot, creators, barred, work, read)
    _write(work, creators, sets, _flagged(judged, creators, sets))
    np.save(work / "keys.npy", sets.keys)
    np.save(work / "numbers.npy", sets.numbers)
    np.save(work / "place.npy", _places(judged, sets))
    np.save(work / "barred.npy", barred)
    for file in work.glob("raw-*.bin"):
        file.unlink()
    about = About(
        format=FORMAT,
        judged_at=report.judged_at,
        as_of=report.as_of,
        files=tuple(snapshot.files["follows"]),
        hashed_by=f"polars {pl.__version__}",
        by_handle=sets.by_handle,
        n_numbers=sets.n_numbers,
        updated=sets.updated,
        seconds=round(time.monotonic() - began, 3),
    )
    write_whole(work / ABOUT, msgspec.json.encode(about))
    return True


def _barred(snapshot: Snapshot) -> Numbers:
    """Keys of everybody observed who may not be counted, or is hidden by now; rising."""
    latest = snapshot.latest("profiles")
    refused = latest.filter(~may_be_counted()).select(key=key_of()).collect()["key"]
    seen = latest.select(key=key_of()).collect()["key"]
    # Rows by handle whose id is known by now stand under the id in the latest state.
    named = pl.col("profile_id").str.contains(":@", literal=True)
    ever = (
        snapshot.scan("profiles")
        .filter(~named)
        .select(key=key_of())
        .unique()
        .collect(engine="streaming")["key"]
    )
    hidden = np.setdiff1d(ever.to_numpy(), seen.to_numpy())
    return np.union1d(refused.to_numpy(), hidden).astype(np.uint64)


def _all(
    snapshot: Snapshot,
    creators: pl.DataFrame,
    barred: Numbers,
    work: Path,
    read: Callable[[int], None],
) -> _Sets:
    follows = _counted(snapshot.latest("follows"))
    people, whose, whom = numbered(follows, creators, pl.DataFrame({"key": barred}), work, read)
    starts, pieces = grouped(whom, whose, len(creators))

    def followers() -> Iterator[BitMap]:
        seat = at = 0
        for piece in pieces:
            while seat < len(creators) and starts[seat + 1] - at <= len(piece):
                yield bitmap(piece[starts[seat] - at : starts[seat + 1] - at])
                seat += 1
            at += len(piece)
        for _ in range(seat, len(creators)):
            yield BitMap()

    return _Sets(
        keys=people,
        numbers=np.arange(len(people), dtype=np.uint32),
        n_numbers=len(people),
        followers=followers(),
        by_handle=_names_by_handle(snapshot.scan("follows")),
        updated=False,
    )


def _counted(follows: pl.LazyFrame) -> pl.LazyFrame:
    return follows.filter(pl.col("policy") & int(Policy.SCORE) != 0).select(
        a=key_of("follower_id"), b=key_of("followed_id")
    )


def _names_by_handle(follows: pl.LazyFrame) -> bool:
    found: bool = (
        follows.select(
            pl.any_horizontal(
                pl.col("follower_id", "followed_id").str.contains(":@", literal=True)
            ).any()
        )
        .collect(engine="streaming")
        .item()
    )
    return bool(found)


def _changed(
    held: Audiences | None,
    snapshot: Snapshot,
    creators: pl.DataFrame,
    barred: Numbers,
    work: Path,
    read: Callable[[int], None],
    n_follows: int,
) -> _Sets | None:
    """The sets of before with what changed; None when all has to be read."""
    if (
        held is None
        or held.about.by_handle
        or held.about.hashed_by != f"polars {pl.__version__}"
        or len(np.setdiff1d(held.barred, barred))
        or (added := snapshot.added("follows", held.about.files)) is None
    ):
        return None
    fresh = added.select("follower_id", "followed_id").unique().collect(engine="streaming")
    before = held.creators.select("profile_id", known=pl.col("reason").is_null())
    now = creators.join(before, on="profile_id", how="left", maintain_order="left")
    opened = now.filter(pl.col("reason").is_null() & ~pl.col("known").fill_null(value=False))
    if len(fresh) > MAX_SHARE * n_follows or _names_by_handle(fresh.lazy()):
        return None
    read(n_follows - len(fresh))
    pairs = fresh.select(a=key_of("follower_id"), b=key_of("followed_id"))
    # What the new rows led to: a follow that stands, or one that was taken back.
    stands = (
        _counted(snapshot.latest("follows", among=fresh["follower_id"].unique()))
        .collect()
        .join(pairs, on=["a", "b"], how="semi")
        if len(fresh)
        else pl.DataFrame(schema=_NO_PAIRS)
    )
    ended = pairs.join(stands, on=["a", "b"], how="anti")
    if len(opened):
        theirs = snapshot.latest("follows").filter(
            pl.col("followed_id").is_in(opened["profile_id"].implode())
        )
        stands = pl.concat([stands, _counted(theirs).collect()]).unique()
    excluded = pl.DataFrame({"key": barred}, schema={"key": pl.UInt64})
    seats = creators.with_row_index("seat").filter(pl.col("reason").is_null())
    seats = seats.select("key", "seat")
    stands = stands.join(seats, left_on="b", right_on="key").join(
        excluded, left_on="a", right_on="key", how="anti"
    )
    ended = ended.join(seats, left_on="b", right_on="key")
    new = np.setdiff1d(stands["a"].to_numpy(), held.keys)
    all_keys = np.concatenate([held.keys, new])
    all_numbers = np.concatenate(
        [held.numbers, np.arange(len(new), dtype=np.uint32) + np.uint32(held.about.n_numbers)]
    )
    gone = np.isin(all_keys, barred)
    off = bitmap(all_numbers[gone])
    order = np.argsort(all_keys[~gone], kind="stable")
    keys, numbers = all_keys[~gone][order], all_numbers[~gone][order]
    more = _by_seat(stands, keys, numbers)
    less = _by_seat(ended, keys, numbers)
    old_seats = held.seats

    def followers() -> Iterator[BitMap]:
        ids, reasons = creators["profile_id"].to_list(), creators["reason"].to_list()
        for seat, (name, reason) in enumerate(zip(ids, reasons, strict=True)):
            was = old_seats.get(name)
            if reason is not None:
                yield BitMap()
                continue
            found = BitMap() if was is None else held.people(was) | held.flagged(was)
            if seat in less:
                found -= less[seat]
            if seat in more:
                found |= more[seat]
            if off:
                found -= off
            yield found

    return _Sets(
        keys=keys,
        numbers=numbers,
        n_numbers=held.about.n_numbers + len(new),
        followers=followers(),
        by_handle=False,
        updated=True,
    )


def _by_seat(pairs: pl.DataFrame, keys: Numbers, numbers: Numbers) -> dict[int, BitMap]:
    """seat -> numbers of the people `a` in its pairs."""
    a = pairs["a"].to_numpy()
    at = np.searchsorted(keys, a)
    known = np.zeros(len(a), dtype=bool)
    inner = at < len(keys)
    known[inner] = keys[at[inner]] == a[inner]
    seats = pairs["seat"].to_numpy()[known]
    people = numbers[at[known]]
    if not len(seats):
        return {}
    order = np.argsort(seats, kind="stable")
    seats, people = seats[order], people[order]
    edges = np.flatnonzero(np.diff(seats, prepend=-1))
    ends = np.append(edges[1:], len(seats))
    return {
        int(seats[first]): bitmap(people[first:last])
        for first, last in zip(edges.tolist(), ends.tolist(), strict=True)
    }


def _flagged(judged: Path, creators: pl.DataFrame, sets: _Sets) -> dict[int, BitMap]:
    """seat -> members of its standing batches."""
    file = judged / EVIDENCE_FILE
    if not file.exists():
        return {}
    members = (
        pl.scan_parquet(file)
        .filter(pl.col("family").is_in(share.BATCH_FAMILIES) & verdict.is_standing())
        .select("profile_id", a="member_keys")
        .explode("a")
        .filter(pl.col("a").is_not_null())
        .unique()
        .collect()
        .join(creators.with_row_index("seat").select("profile_id", "seat"), on="profile_id")
    )
    return _by_seat(members, sets.keys, sets.numbers) if len(members) else {}


def _write(work: Path, creators: pl.DataFrame, sets: _Sets, flagged: dict[int, BitMap]) -> None:
    sizes, bounds, at = [], [], 0
    with (work / SETS).open("wb") as out:
        for seat, everybody in enumerate(sets.followers):
            bad = everybody & flagged[seat] if seat in flagged else BitMap()
            good = everybody - bad if bad else everybody
            middle = at + out.write(good.serialize())
            end = middle + out.write(bad.serialize())
            sizes.append((len(good), len(bad)))
            bounds.append((at, middle, end))
            at = end
    told = creators.select("profile_id", "followers", "reason").with_columns(
        pl.Series("n_people", [n for n, _ in sizes], dtype=pl.Int64),
        pl.Series("n_flagged", [n for _, n in sizes], dtype=pl.Int64),
        *(
            pl.Series(name, [row[i] for row in bounds], dtype=pl.Int64)
            for i, name in enumerate(("start", "middle", "end"))
        ),
    )
    told.select(list(CREATORS_SCHEMA)).write_parquet(work / CREATORS)


def _places(judged: Path, sets: _Sets) -> Numbers:
    """The gazetteer id of the place that each person's own words tell, by number."""
    place = np.full(sets.n_numbers, NO_PLACE, dtype=np.int64)
    file = judged / PLACES_FILE
    if not file.exists():
        return place
    keyed = pl.DataFrame({"key": sets.keys, "number": sets.numbers})
    told = (
        pl.scan_parquet(file)
        .filter(pl.col("place_basis").is_in(_OWN_WORDS) & pl.col("place_id").is_not_null())
        .select(key_of().alias("key"), "place_id")
        .collect()
        .join(keyed, on="key")
    )
    place[told["number"].to_numpy()] = told["place_id"].to_numpy()
    return place
