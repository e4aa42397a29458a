"""The sets as they lie on disk, and reading them.

    <home>/audiences/<when>/about.json         what they were made from; written last
    <home>/audiences/<when>/creators.parquet   who has a set, how large, where it begins
    <home>/audiences/<when>/sets.bin           two roaring bitmaps a creator: people, flagged people
    <home>/audiences/<when>/keys.npy, numbers.npy, place.npy, barred.npy

A person is a number, given when they are first seen following somebody listed and never given to
anybody else, so that an update changes the sets of those alone whose followers changed. `keys` are
64-bit hashes of ids in rising order and `numbers` the person of each: they say which number a new
follow is for, and whom to take out who leaves. No id, handle or word of a follower is kept.

The folder appears in one step under its final name; readers of an older one go on in it.
"""

from __future__ import annotations

import array
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
from pyroaring import BitMap

__all__ = [
    "CREATORS_SCHEMA",
    "FOLDER",
    "FORMAT",
    "About",
    "Audiences",
    "bitmap",
    "held_audiences",
    "opened",
]

type Numbers = np.ndarray[Any, Any]

#: Where they lie below the home.
FOLDER = "audiences"
FORMAT = 1
ABOUT, CREATORS, SETS = "about.json", "creators.parquet", "sets.bin"
ARRAYS = ("keys", "numbers", "place", "barred")

#: Columns of creators.parquet, sorted by `profile_id`.
CREATORS_SCHEMA: dict[str, Any] = {
    "profile_id": pl.String,
    "followers": pl.Int64,
    "n_people": pl.Int64,
    "n_flagged": pl.Int64,
    "reason": pl.String,
    "start": pl.Int64,
    "middle": pl.Int64,
    "end": pl.Int64,
}


class About(msgspec.Struct, frozen=True, kw_only=True):
    """about.json.

    judged_at    the judgement that it belongs to
    as_of        the instant that the judgement refers to
    files        data files of the follows that were read
    hashed_by    what made the keys: another version may hash otherwise, and all is read anew
    by_handle    some follow names somebody by handle: who that is may change, so all is read anew
    n_numbers    numbers given so far
    updated      whether it came out of the one before, by what changed
    seconds      how long it took
    """

    format: int
    judged_at: datetime
    as_of: datetime
    files: tuple[str, ...]
    hashed_by: str
    by_handle: bool
    n_numbers: int
    updated: bool
    seconds: float


@dataclass(frozen=True)
class Audiences:
    """Sets of people who follow creators.

    creators   CREATORS_SCHEMA: `followers` as the profile states them (null unknown), `n_people`
               known one by one and not flagged, `n_flagged` in a batch that looks bought, `reason`
               why the audience may not be read (null where it may)
    place      gazetteer id that a person's own words tell, by number; NO_PLACE for none
    """

    about: About
    folder: Path
    creators: pl.DataFrame
    sets: Numbers
    keys: Numbers
    numbers: Numbers
    place: Numbers
    barred: Numbers

    @cached_property
    def seats(self) -> dict[str, int]:
        """profile id -> row of `creators`."""
        return {name: i for i, name in enumerate(self.creators["profile_id"].to_list())}

    @cached_property
    def bounds(self) -> Numbers:
        """start, middle and end of each creator's two sets in the file."""
        return self.creators.select("start", "middle", "end").to_numpy()

    def people(self, seat: int) -> BitMap:
        """Followers of a creator who are in no batch that looks bought."""
        first, middle, _ = self.bounds[seat].tolist()
        return BitMap.deserialize(self.sets[first:middle].tobytes())

    def flagged(self, seat: int) -> BitMap:
        """Followers of a creator who are in such a batch."""
        _, middle, end = self.bounds[seat].tolist()
        return BitMap.deserialize(self.sets[middle:end].tobytes())


def bitmap(numbers: Numbers) -> BitMap:
    """The set of these numbers; ten times as fast as from an array of numpy's."""
    return BitMap(array.array("I", np.ascontiguousarray(numbers, dtype=np.uint32).tobytes()))


def held_audiences(home: Path) -> Audiences | None:
    """The newest sets that are complete, whichever judgement they belong to; None for none."""
    root = home / FOLDER
    folders = sorted((p for p in root.glob("2*") if p.is_dir()), reverse=True)
    for folder in folders:
        try:
            file = (folder / ABOUT).stat()
        except FileNotFoundError:
            continue
        stamp = (folder, file.st_ino, file.st_mtime_ns)
        known = _OPEN.get(home)
        if known is not None and known[0] == stamp:
            return known[1]
        if (found := opened(folder)) is not None:
            _OPEN[home] = (stamp, found)
            return found
    _OPEN.pop(home, None)
    return None


#: The sets of each home that this process asked last; a change on disk has another stamp.
_OPEN: dict[Path, tuple[tuple[Path, int, int], Audiences]] = {}


def opened(folder: Path) -> Audiences | None:
    """The sets of one folder; None where it is not complete or of another format."""
    try:
        about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
        if about.format != FORMAT:
            return None
        arrays = {name: _mapped(folder / f"{name}.npy") for name in ARRAYS}
        creators = pl.read_parquet(folder / CREATORS)
        sets = folder / SETS
        return Audiences(
            about=about,
            folder=folder,
            creators=creators,
            sets=np.memmap(sets, np.uint8, "r") if sets.stat().st_size else np.zeros(0, np.uint8),
            **arrays,
        )
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _mapped(path: Path) -> Numbers:
    # An empty array cannot be mapped.
    found: Numbers = np.load(path, mmap_mode="r" if path.stat().st_size > 128 else None)
    return found
