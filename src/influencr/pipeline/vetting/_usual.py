"""judged/usual.zip: what a whole look at all audiences leaves for looking at one of them again.

What is usual on each platform, the groups that were found over all creators, and how much everybody
follows back. Accounts and creators in it are 64-bit hashes of their ids; who leaves is taken out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from influencr.errors import HomeError
from influencr.pipeline._durable import publish
from influencr.pipeline._graph import key_of
from influencr.pipeline.vetting._accounts import load_accounts
from influencr.pipeline.vetting._kept import keep, kept
from influencr.pipeline.vetting._look import BLOCKS, RINGS, read_ties
from influencr.vetting import lockstep

__all__ = ["USUAL_FILE", "forget_usual", "pack_usual", "unpack_usual", "use_groups"]

USUAL_FILE = "usual.zip"
_VERSION, _TIES = "version", "ties-others.parquet"
#: Not the rates of shared bios: their groups are numbered anew in each run.
_LEARNT = ("background-*.npz",)
#: Arrays of groups that hold keys of people.
_KEYS = ("member", "customer")


def pack_usual(work: Path, *, methods: str) -> Path:
    """usual.zip of the run in this folder.

    methods   versions of everything in it: another version does not read it
    """
    accounts = load_accounts(work)
    blocks = kept(work / BLOCKS, lockstep.Blocks)
    by_key: Any = accounts.key[blocks.member]
    keep(work / BLOCKS, blocks._replace(member=by_key))
    listed = pl.read_parquet(work / "listed.parquet", columns=["number", "key"])
    read_ties(work).join(
        listed.select("key", creator=pl.col("number").cast(pl.Int64)), on="creator"
    ).drop("creator").write_parquet(work / _TIES)
    files = [work / BLOCKS, work / RINGS, work / _TIES]
    files += [file for pattern in _LEARNT for file in sorted(work.glob(pattern))]
    whole = work / USUAL_FILE
    with zipfile.ZipFile(whole, "w") as packed:
        packed.writestr(_VERSION, methods)
        for file in files:
            packed.write(file, file.name)
    return whole


def unpack_usual(judged: Path, work: Path, *, methods: str) -> pl.DataFrame:
    """Put it into the folder of another run; returns how much everybody follows back: `key`,
    `platform, followers, seen, back, own`.

    Raises HomeError where there is none of these versions.
    """
    told = HomeError(
        "Nothing is stored that one audience could be compared with; run `influencr refresh` once."
    )
    file = judged / USUAL_FILE
    if not file.exists():
        raise told
    with zipfile.ZipFile(file) as packed:
        if packed.read(_VERSION).decode() != methods:
            raise told
        packed.extractall(work)
    return pl.read_parquet(work / _TIES)


def use_groups(work: Path) -> None:
    """Groups over accounts by key become groups over the accounts of this run."""
    key = load_accounts(work).key
    blocks = kept(work / BLOCKS, lockstep.Blocks)
    named = np.asarray(blocks.member, dtype=np.uint64)
    row = np.minimum(np.searchsorted(key, named), max(len(key) - 1, 0))
    here = key[row] == named if len(key) else np.zeros(len(named), dtype=bool)
    keep(
        work / BLOCKS,
        blocks._replace(member=row[here].astype(np.int32), member_block=blocks.member_block[here]),
    )


def forget_usual(judged: Path, names: Iterable[str]) -> None:
    """Take people out, by id; the file is written anew, and its old bytes are gone."""
    file = judged / USUAL_FILE
    if not file.exists():
        return
    gone = pl.DataFrame({"profile_id": list(names)}, schema={"profile_id": pl.String}).select(
        key=key_of()
    )["key"]
    partial = file.with_name(f".{USUAL_FILE}.partial")
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(partial, "w") as left:
        for name in packed.namelist():
            body = packed.read(name)
            if name == _TIES:
                rows = pl.read_parquet(io.BytesIO(body)).filter(
                    ~pl.col("key").is_in(gone.implode())
                )
                buffer = io.BytesIO()
                rows.write_parquet(buffer)
                body = buffer.getvalue()
            elif name in (BLOCKS, RINGS):
                body = _without(body, gone.to_numpy())
            left.writestr(name, body)
    publish(partial, file)


def _without(body: bytes, gone: np.ndarray[Any, Any]) -> bytes:
    """Arrays of groups in which these keys are nobody's."""
    with np.load(io.BytesIO(body), allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    for name in _KEYS:
        if name in arrays:
            arrays[name] = np.where(np.isin(arrays[name], gone), np.uint64(0), arrays[name])
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()
