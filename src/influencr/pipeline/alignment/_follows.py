"""Who follows which creators, and what those people say, as arrays that any target is asked of.

Made once per whole judgement into `<home>/audience/<when>/`, read through memory maps:

    of_creator      creator -> the people who follow it, in rising order of their numbers
    of_person       person -> the creators that they follow here
    place, language, topics   what a person's own words tell

A person's number is the rank of the 64-bit hash of their id. So the first k followers of a
creator are a simple random sample of them, the same whatever the order of arrival, and the same
people wherever they follow several creators (a bottom-k sketch: Cohen and Kaplan, PODC 2007).

Consent is that of the follower graph (`pipeline._graph`): follows and profiles whose policy does
not allow SCORE are not read, nor is anybody under age; a creator who hides their followers, or
whose source does not allow it, has none here. No id, handle or word of a follower is kept.

Memory: 16 bytes for each of at most _FOLLOWS_AT_ONCE follows, and 30 bytes a person.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import polars as pl

from influencr import text, topics
from influencr.errors import HomeError
from influencr.pipeline._durable import locked, write_whole
from influencr.pipeline._gates import may_be_counted
from influencr.pipeline._graph import key_of
from influencr.pipeline._judge import CREATORS_FILE, PLACES_FILE, read_report
from influencr.pipeline._said import SAID
from influencr.records import Policy

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue, Snapshot

__all__ = [
    "FOLDER",
    "NO_PLACE",
    "Follows",
    "follows_of",
    "forget_follows",
    "grouped",
    "listed",
    "numbered",
]

type Numbers = np.ndarray[Any, Any]

#: Where it lies below the home.
FOLDER = "audience"
#: The place of who tells none.
NO_PLACE = np.iinfo(np.int64).min
FORMAT = 1

_BATCH_ROWS = 500_000
_FOLLOWS_AT_ONCE = 20_000_000
_META = "meta.json"
_CREATORS = "creators.parquet"
_ARRAYS = (
    *("creator_starts", "followers", "person_starts", "followed"),
    *("place", "language", "topic_starts", "topic_codes"),
)
_OWN_WORDS = ("declared", "bio", SAID)
_BARRED = "not read"


class _Meta(msgspec.Struct, frozen=True):
    format: int
    judged_at: datetime
    languages: list[str]
    topics: list[str]


@dataclass(frozen=True, slots=True)
class Follows:
    """The arrays; creators are numbered by `creators`, people by the rank of their hash.

    judged_at       the judgement that it belongs to
    creators        profile_id, language, topics, followers (as stated), reason (why the followers
                    may not be read, null where they may)
    creator_starts  int64[n_creators + 1] into followers: uint32, rising for each creator
    person_starts   int64[n_people + 1] into followed: uint32, creators' numbers, rising
    place           int64[n_people], gazetteer ids of what their own words tell, or NO_PLACE
    language        uint8[n_people], into `languages`; 0 is unknown
    topic_starts    int64[n_people + 1] into topic_codes: uint16, into `topics`
    """

    judged_at: datetime
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    creators: pl.DataFrame
    creator_starts: Numbers
    followers: Numbers
    person_starts: Numbers
    followed: Numbers
    place: Numbers
    language: Numbers
    topic_starts: Numbers
    topic_codes: Numbers

    @property
    def n_people(self) -> int:
        """People who follow somebody here."""
        return len(self.place)

    @property
    def n_creators(self) -> int:
        """Creators, also those whose followers are not known or not read."""
        return len(self.creators)

    def n_followers(self) -> Numbers:
        """Followers known one by one, of each creator."""
        return np.diff(self.creator_starts)


def follows_of(
    home: Path,
    judged: Path,
    catalogue: Catalogue,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Follows | None:
    """The arrays of the last whole judgement, made when they are not there yet.

    home       the data home's folder
    judged     folder of the judged files
    progress   called with (follows and people read, in all) while they are made
    returns    None where no follow is known

    Raises HomeError when nothing was judged yet.
    """
    report = read_report(judged)
    if report is None:
        raise HomeError("Nothing is judged in this home yet; import a file first.")
    root = home / FOLDER
    root.mkdir(exist_ok=True)
    if (found := _newest(root, report.judged_at)) is not None:
        return found
    with locked(root, "prepare", patience_seconds=600.0):
        if (found := _newest(root, report.judged_at)) is not None:
            return found
        for left in root.glob(".work-*"):
            shutil.rmtree(left, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=".work-", dir=root))
        try:
            made = _make(catalogue.snapshot(), judged, work, report.judged_at, progress)
            if not made:
                return None
            old = [p for p in root.iterdir() if p.is_dir() and p != work]
            work.rename(root / _name(report.judged_at))
            for folder in old:
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return _newest(root, report.judged_at)


def forget_follows(home: Path) -> None:
    """Throw the arrays away: somebody in them left. The next that asks makes them anew."""
    shutil.rmtree(home / FOLDER, ignore_errors=True)


def _name(judged_at: datetime) -> str:
    return judged_at.strftime("%Y%m%dT%H%M%S%f")


def _newest(root: Path, judged_at: datetime) -> Follows | None:
    folder = root / _name(judged_at)
    try:
        meta = msgspec.json.decode((folder / _META).read_bytes(), type=_Meta)
        if meta.format != FORMAT:
            return None
        # An empty array cannot be mapped.
        arrays = {
            name: np.load(path, mmap_mode="r" if path.stat().st_size > 128 else None)
            for name in _ARRAYS
            for path in (folder / f"{name}.npy",)
        }
        creators = pl.read_parquet(folder / _CREATORS)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return Follows(
        judged_at=meta.judged_at,
        languages=tuple(meta.languages),
        topics=tuple(meta.topics),
        creators=creators,
        **arrays,
    )


def _make(
    snapshot: Snapshot,
    judged: Path,
    work: Path,
    judged_at: datetime,
    progress: Callable[[int, int], None] | None,
) -> bool:
    n_follows: int = snapshot.scan("follows").select(pl.len()).collect().item()
    if not n_follows:
        return False
    n_profiles: int = snapshot.scan("profiles").select(pl.len()).collect().item()
    done = 0

    def read(n: int) -> None:
        nonlocal done
        done += n
        if progress is not None:
            progress(min(done, n_follows + n_profiles), n_follows + n_profiles)

    creators = listed(judged)
    raw = _raw_follows(snapshot, creators, work, read)
    people, whose, whom = raw
    by_creator = grouped(whom, whose, len(creators))
    _save(work, "creator_starts", "followers", *by_creator)
    _save(work, "person_starts", "followed", *grouped(whose, whom, len(people)))
    vocabulary = _own_words(snapshot, judged, people, work, read)
    for file in work.glob("raw-*.bin"):
        file.unlink()
    creators.drop("key").write_parquet(work / _CREATORS)
    meta = _Meta(FORMAT, judged_at, vocabulary[0], vocabulary[1])
    write_whole(work / _META, msgspec.json.encode(meta))
    return True


def listed(judged: Path) -> pl.DataFrame:
    """Everybody who is listed: id, key, language, topics, followers as stated, and why the
    followers may not be read (`reason`, null where they may)."""
    return (
        pl.scan_parquet(judged / CREATORS_FILE)
        .select(
            "profile_id",
            key_of().alias("key"),
            "language",
            "topics",
            "followers",
            # What the graph found out stands in place of "none is known": no bar either.
            reason=pl.when(pl.col("audience_reason").str.starts_with(_BARRED))
            .then("audience_reason")
            .when(pl.col("policy") & int(Policy.SCORE) == 0)
            .then(pl.lit(f"{_BARRED}: the source does not allow it")),
        )
        .collect()
    )


def _raw_follows(
    snapshot: Snapshot, creators: pl.DataFrame, work: Path, read: Callable[[int], None]
) -> tuple[Numbers, Numbers, Numbers]:
    """(sorted keys of all people, person number of each follow, creator number of each)."""
    barred = (
        snapshot.latest("profiles").filter(~may_be_counted()).select(key_of().alias("key"))
    ).collect()
    follows = (
        snapshot.latest("follows")
        .filter(pl.col("policy") & int(Policy.SCORE) != 0)
        .select(a=key_of("follower_id"), b=key_of("followed_id"))
    )
    return numbered(follows, creators, barred, work, read)


def numbered(
    follows: pl.LazyFrame,
    creators: pl.DataFrame,
    barred: pl.DataFrame,
    work: Path,
    read: Callable[[int], None],
) -> tuple[Numbers, Numbers, Numbers]:
    """(sorted keys of all people, person number of each follow, creator number of each).

    follows    `a` follows `b`, by key
    creators   as `listed` tells them; those with a reason are passed over
    barred     `key` of people who may not be counted
    work       where raw-*.bin are left, which the arrays are mapped from
    read       called with follows read
    """
    seats = creators.with_row_index("creator").filter(pl.col("reason").is_null())
    open_ = seats.select("key", pl.col("creator").cast(pl.UInt32))
    people = np.zeros(0, dtype=np.uint64)
    with (work / "raw-keys.bin").open("wb") as keys, (work / "raw-to.bin").open("wb") as to:
        for rows in follows.collect_batches(chunk_size=_BATCH_ROWS):
            read(len(rows))
            kept = rows.join(open_, left_on="b", right_on="key").join(
                barred, left_on="a", right_on="key", how="anti"
            )
            a = kept["a"].to_numpy()
            a.tofile(keys)
            kept["creator"].to_numpy().tofile(to)
            people = np.union1d(people, a)
    whose = np.memmap(work / "raw-whose.bin", np.uint32, "w+", shape=_n(work / "raw-to.bin"))
    whom = _mapped(work / "raw-to.bin", np.uint32)
    by_key = _mapped(work / "raw-keys.bin", np.uint64)
    for start in range(0, len(by_key), _BATCH_ROWS):
        part = slice(start, start + _BATCH_ROWS)
        whose[part] = np.searchsorted(people, by_key[part])
    return people, whose, whom


def _n(file: Path) -> tuple[int]:
    # A map of nothing is not allowed; one seat too many is cut off below.
    return (max(1, file.stat().st_size // 4),)


def _mapped(file: Path, dtype: Any) -> Numbers:
    if not file.stat().st_size:
        return np.zeros(0, dtype=dtype)
    return np.memmap(file, dtype, "r")


def grouped(major: Numbers, minor: Numbers, n: int) -> tuple[Numbers, Iterator[Numbers]]:
    """(starts, values of each group rising and without doubles, piece by piece)."""
    minor = minor[: len(major)]
    major = major[: len(minor)]
    counts = np.zeros(n, dtype=np.int64)
    for start in range(0, len(major), _FOLLOWS_AT_ONCE):
        counts += np.bincount(major[start : start + _FOLLOWS_AT_ONCE], minlength=n)
    ends = np.cumsum(counts)
    n_pieces = max(1, -(-len(major) // _FOLLOWS_AT_ONCE))
    bounds = np.searchsorted(ends, np.linspace(0, len(major), n_pieces + 1)[1:-1])
    bounds = np.concatenate([[0], bounds, [n]])
    starts = np.zeros(n + 1, dtype=np.int64)
    found = [
        _group_piece(major, minor, int(low), int(high), starts)
        for low, high in itertools.pairwise(bounds)
        if high > low
    ]
    np.cumsum(starts, out=starts)
    return starts, iter(found)


def _group_piece(major: Numbers, minor: Numbers, low: int, high: int, sizes: Numbers) -> Numbers:
    picked = [
        (major[part][inside].astype(np.uint64) << np.uint64(32)) | minor[part][inside]
        for start in range(0, len(major), _FOLLOWS_AT_ONCE)
        for part in (slice(start, start + _FOLLOWS_AT_ONCE),)
        for inside in ((major[part] >= low) & (major[part] < high),)
    ]
    both = np.unique(np.concatenate(picked)) if picked else np.zeros(0, dtype=np.uint64)
    sizes[low + 1 : high + 1] = np.bincount(
        (both >> np.uint64(32)).astype(np.int64) - low, minlength=high - low
    )
    values: Numbers = (both & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return values


def _save(work: Path, name: str, values: str, starts: Numbers, pieces: Iterator[Numbers]) -> None:
    np.save(work / f"{name}.npy", starts)
    out = (
        np.lib.format.open_memmap(
            work / f"{values}.npy", mode="w+", dtype=np.uint32, shape=(int(starts[-1]),)
        )
        if starts[-1]
        else None
    )
    if out is None:
        np.save(work / f"{values}.npy", np.zeros(0, dtype=np.uint32))
        return
    at = 0
    for piece in pieces:
        out[at : at + len(piece)] = piece
        at += len(piece)
    out.flush()


def _own_words(
    snapshot: Snapshot, judged: Path, people: Numbers, work: Path, read: Callable[[int], None]
) -> tuple[list[str], list[str]]:
    """Writes what people's own words tell; returns the languages and the topics."""
    n = len(people)
    keyed = pl.DataFrame({"key": people, "number": np.arange(n, dtype=np.uint32)})
    place = np.full(n, NO_PLACE, dtype=np.int64)
    told = (
        pl.scan_parquet(judged / PLACES_FILE)
        .filter(pl.col("place_basis").is_in(_OWN_WORDS))
        .select(key_of().alias("key"), "place_id")
        .collect()
        .join(keyed, on="key")
    )
    place[told["number"].to_numpy()] = told["place_id"].to_numpy()
    np.save(work / "place.npy", place)
    speaks = np.zeros(n, dtype=np.uint8)
    languages: dict[str, int] = {"": 0}
    said: list[pl.DataFrame] = []
    profiles = snapshot.latest("profiles").select(
        *("profile_id", "handle", "display_name", "bio_text", "topics_declared", "policy"),
        key=key_of(),
    )
    for rows in profiles.collect_batches(chunk_size=_BATCH_ROWS):
        read(len(rows))
        mine = rows.join(keyed, on="key").filter(
            pl.col("bio_text").fill_null("").str.strip_chars() != ""
        )
        codes = text.languages(mine["bio_text"].to_list())
        numbers = [languages.setdefault(code or "", len(languages)) for code in codes]
        speaks[mine["number"].to_numpy()] = numbers
        said.append(_topics_of(mine))
    np.save(work / "language.npy", speaks)
    whole = (
        pl.concat(said) if said else pl.DataFrame(schema={"number": pl.UInt32, "topic": pl.String})
    )
    whole = whole.sort("number", "topic")
    names = whole["topic"].unique().sort().to_list()
    number = {name: i for i, name in enumerate(names)}
    coded = np.array([number[topic] for topic in whole["topic"]], dtype=np.uint16)
    np.save(work / "topic_codes.npy", coded)
    starts = np.zeros(n + 1, dtype=np.int64)
    starts[1:] = np.cumsum(np.bincount(whole["number"].to_numpy(), minlength=n))
    np.save(work / "topic_starts.npy", starts)
    return list(languages), names


def _topics_of(rows: pl.DataFrame) -> pl.DataFrame:
    """number, topic: what people's names and bios say, as the judge of topics reads them."""
    nothing = pl.LazyFrame(
        schema={
            **dict.fromkeys(("profile_id", "post_id", "text", "member_id", "pack_id"), pl.String),
            "created_at": pl.Datetime("us", "UTC"),
            "hashtags": pl.List(pl.String),
            "name": pl.String,
        }
    )
    judged = topics.judge(rows, nothing, nothing.drop("profile_id"))
    return (
        judged.with_columns(rows["number"])
        .select("number", topic="topics")
        .explode("topic")
        .filter(pl.col("topic").is_not_null())
    )
