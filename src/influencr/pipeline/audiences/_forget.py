"""Somebody leaves: out of every set, as a follower and as a creator."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from influencr.pipeline._durable import locked, write_whole
from influencr.pipeline._graph import key_of
from influencr.pipeline.alignment._follows import NO_PLACE
from influencr.pipeline.audiences._files import (
    ABOUT,
    ARRAYS,
    CREATORS,
    CREATORS_SCHEMA,
    FOLDER,
    SETS,
    Audiences,
    bitmap,
    held_audiences,
)

__all__ = ["forget_audiences"]

_PATIENCE_SECONDS = 600.0


def forget_audiences(home: Path, names: Sequence[str] | None) -> None:
    """Take people out of the sets, or throw the sets away (`names` None) to be made anew.

    names   profile ids, and `platform:@handle` for whom nothing else is known
    """
    root = home / FOLDER
    if not root.exists():
        return
    with locked(root, "remove", patience_seconds=_PATIENCE_SECONDS):
        held = None if names is None else held_audiences(home)
        if held is None or names is None or held.about.hashed_by != f"polars {pl.__version__}":
            for folder in root.iterdir():
                if folder.is_dir():
                    shutil.rmtree(folder, ignore_errors=True)
            return
        keys = pl.DataFrame({"profile_id": list(names)}).select(key=key_of())["key"].to_numpy()
        gone = np.isin(held.keys, keys)
        if not gone.any() and not any(name in held.seats for name in names):
            return
        work = Path(tempfile.mkdtemp(prefix=".work-", dir=root))
        try:
            _without(held, set(names), gone, work)
            aside = held.folder.with_name(f".work-old-{held.folder.name}")
            held.folder.rename(aside)
            work.rename(held.folder)
            shutil.rmtree(aside, ignore_errors=True)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _without(held: Audiences, names: set[str], gone: np.ndarray, work: Path) -> None:
    off = bitmap(held.numbers[gone])
    rows, at = [], 0
    with (work / SETS).open("wb") as out:
        for seat, row in enumerate(held.creators.iter_rows(named=True)):
            if row["profile_id"] in names:
                continue
            people, flagged = held.people(seat) - off, held.flagged(seat) - off
            middle = at + out.write(people.serialize())
            end = middle + out.write(flagged.serialize())
            sizes = {"n_people": len(people), "n_flagged": len(flagged)}
            rows.append({**row, **sizes, "start": at, "middle": middle, "end": end})
            at = end
    pl.DataFrame(rows, schema=CREATORS_SCHEMA).write_parquet(work / CREATORS)
    place = np.array(held.place)
    place[np.asarray(held.numbers)[gone]] = NO_PLACE
    kept = {"keys": held.keys[~gone], "numbers": held.numbers[~gone], "place": place}
    for name in ARRAYS:
        np.save(work / f"{name}.npy", kept.get(name, getattr(held, name)))
    # Written anew, so that who holds the old sets sees that they changed.
    write_whole(work / ABOUT, (held.folder / ABOUT).read_bytes())
